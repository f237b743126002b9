#include <gesta/runtime/reacting.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>
#include <gesta/testing/mortal_store.hpp>

#include "../../examples/dance.hpp"
#include "../folder.hpp"
#include "map_views.hpp"

namespace {

// ---- the dance, with some of its reactors behind a subscription

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, dance> {};
using behind = gesta::async<payment::billing>;
using both_behind = gesta::async<payment::billing, shipping::dispatch>;

struct standing {
  bool placed, confirmed;
  order::cause cancelled;
  int paid, left, reserved;
  bool shipped;

  bool operator==(const standing&) const = default;
};
template <class App>
standing of(App& app, int order, int item) {
  const auto o = app.template state<order::orders>(order);
  const auto s = app.template state<stock::stocks>(item);
  return {o.placed, o.confirmed, o.cancelled, app.template state<payment::payments>(order).held, s.left, s.held,
          app.template state<shipping::parcels>(order).shipped};
}
template <class App>
void place(App& app, int order, int item, int cents) {
  app.handle(order::place{order, item, cents}).match([](const auto&) {}, [&](const gesta::failure& why) { FAIL(why.describe()); });
}
template <class App>
std::string names_since(App& app, std::uint64_t position) {
  std::string names;
  const auto read = app.read({.after = position}, [&](const auto& event, const gesta::about&) {
    names += std::string(gesta::id_of<std::remove_cvref_t<decltype(event)>>.name) + " ";
  });
  CHECK(static_cast<bool>(read));
  return names;
}

gesta::sqlite_store in(const std::string& path) { return {.path = path, .level = gesta::durability::process}; }
gesta::sqlite_views views_in(const std::string& path) { return {.path = path, .level = gesta::durability::process}; }

/// Until nothing is left to hear.
template <class... Reactions>
void poll_all(Reactions&... all) {
  const auto poll = [](auto& one) {
    const auto result = one.poll();
    REQUIRE(static_cast<bool>(result));
    return result.handled;
  };
  while ((poll(all) + ...) != 0) {
  }
}

template <class App, class... Reactions>
void dances_in_all_outcomes(App& app, Reactions&... all) {
  const auto begin = [&](int order, int item, int cents) {
    place(app, order, item, cents);
    CHECK(of(app, order, item).paid == 0);  // not in the commit of the order
    poll_all(all...);
  };
  begin(1, 5, 100);
  CHECK(of(app, 1, 5) == standing{true, true, order::cause::none, 100, 2, 1, true});
  begin(2, 5, 900'00);  // the card is declined: heard by a desk that acts in the commit
  CHECK(of(app, 2, 5) == standing{false, false, order::cause::payment, 0, 2, 1, false});
  begin(7, 5, 70);
  CHECK(of(app, 7, 5) == standing{false, false, order::cause::shipping, 0, 2, 1, false});
  begin(3, 5, 100);
  begin(4, 5, 100);
  begin(5, 5, 50);
  CHECK(of(app, 5, 5) == standing{false, false, order::cause::stock, 0, 0, 3, false});
  CHECK(of(app, 1, 5) == standing{true, true, order::cause::none, 100, 0, 3, true});
}

}  // namespace

TEST_CASE("one reactor of a dance behind a subscription, the others in the commit: every outcome comes to its end, in memory") {
  auto app = gesta::start<shop>(gesta::memory_store{}, behind{});
  auto bills = gesta::react_by<payment::billing>(app, map_views{}, gesta::from_beginning{});
  dances_in_all_outcomes(app, bills);
}

TEST_CASE("two reactors behind subscriptions of their own, in memory and in SQLite") {
  SUBCASE("in memory") {
    auto app = gesta::start<shop>(gesta::memory_store{}, both_behind{});
    auto bills = gesta::react_by<payment::billing>(app, map_views{}, gesta::from_beginning{});
    auto parcels = gesta::react_by<shipping::dispatch>(app, map_views{}, gesta::from_beginning{});
    dances_in_all_outcomes(app, bills, parcels);
  }
  SUBCASE("in SQLite, with the checkpoints in the same file") {
    const folder f;
    {
      auto app = gesta::start<shop>(in(f / "a.db"), both_behind{});
      auto bills = gesta::react_by<payment::billing>(app, views_in(f / "a.db"), gesta::from_beginning{});
      auto parcels = gesta::react_by<shipping::dispatch>(app, views_in(f / "a.db"), gesta::from_beginning{});
      dances_in_all_outcomes(app, bills, parcels);
      place(app, 8, 6, 100);
    }
    auto app = gesta::start<shop>(in(f / "a.db"), both_behind{});  // started again, they go on where they were
    auto bills = gesta::react_by<payment::billing>(app, views_in(f / "a.db"), gesta::from_now{});
    auto parcels = gesta::react_by<shipping::dispatch>(app, views_in(f / "a.db"), gesta::from_now{});
    const std::uint64_t before = app.last_position();
    poll_all(bills, parcels);
    CHECK(names_since(app, before) == "payment.charged stock.reserved shipping.shipped order.confirmed ");
    CHECK(of(app, 8, 6) == standing{true, true, order::cause::none, 100, 2, 1, true});
  }
}

TEST_CASE("what was decided before its checkpoint was kept is not decided again") {
  auto app = gesta::start<shop>(gesta::memory_store{}, behind{});
  auto bills = gesta::react_by<payment::billing>(app, map_views{}, gesta::from_beginning{});
  place(app, 1, 5, 100);
  place(app, 2, 5, 900'00);
  SUBCASE("the view store fails at one commit after the other") {
    for (int at = 0; at < 40; ++at) {
      bills.views().failing_commits = at % 2;
      (void)bills.poll();
    }
  }
  SUBCASE("the checkpoint is lost, and all is heard again, twice") {
    poll_all(bills);
    for (int i = 0; i < 2; ++i) {
      auto again = gesta::react_by<payment::billing>(app, map_views{}, gesta::from_beginning{});
      poll_all(again);
    }
  }
  CHECK(names_since(app, 0) == "order.placed order.placed payment.charged stock.reserved shipping.shipped order.confirmed order.cancelled ");
  CHECK(of(app, 1, 5) == standing{true, true, order::cause::none, 100, 2, 1, true});
}

TEST_CASE("the same in SQLite, where a program that knows nothing of the first one hears all again") {
  const folder f;
  {
    auto app = gesta::start<shop>(in(f / "a.db"), behind{});
    auto bills = gesta::react_by<payment::billing>(app, map_views{}, gesta::from_beginning{});
    dances_in_all_outcomes(app, bills);
  }
  auto app = gesta::start<shop>(in(f / "a.db"), behind{});
  const std::uint64_t before = app.last_position();
  auto bills = gesta::react_by<payment::billing>(app, map_views{}, gesta::from_beginning{}, gesta::events_a_commit{1000});
  poll_all(bills);
  CHECK(bills.checkpoint().position == before);
  CHECK(names_since(app, before).empty());
}

namespace {

// One program after the other over one log, each of which dies at a commit.
struct fate {
  int commits_left = -1;
  gesta::testing::afterlife::death how{};
};
gesta::testing::afterlife::death decided_by(void* who) {
  fate& mine = *static_cast<fate*>(who);
  return mine.commits_left >= 0 && mine.commits_left-- == 0 ? mine.how : gesta::testing::afterlife::death::none;
}
// As above, of somebody who knows that the program may be dead.
template <class App>
bool try_to_place(App& app, int order, int item, int cents) {
  return app.handle(order::place{order, item, cents}, gesta::once{"web", static_cast<std::uint64_t>(order)})
      .match([](const auto&) { return true; }, [](const gesta::failure&) { return false; });
}
/// Whether all was done.
template <class Views>
bool lives(gesta::testing::afterlife& kept, const Views& views) {
  kept.is_dead = false;
  auto app = gesta::start<shop>(gesta::testing::mortal_store{&kept}, both_behind{});
  auto bills = gesta::react_by<payment::billing>(app, views, gesta::from_beginning{});
  auto parcels = gesta::react_by<shipping::dispatch>(app, views, gesta::from_beginning{});
  int item = 5;
  for (const auto& [order, cents] : {std::pair{1, 100}, {2, 900'00}, {7, 70}, {3, 100}, {4, 100}, {5, 50}}) {
    if (!try_to_place(app, order, item, cents)) return false;
    for (;;) {
      const auto first = bills.poll(), second = parcels.poll();
      CHECK(first.put_aside + second.put_aside == 0);  // a store that fails is no reason to put anything aside
      if (!first || !second) return false;
      if (first.handled + second.handled == 0) break;
    }
  }
  return true;
}
/// What is in a log, whatever came between.
std::map<std::string, int> counted(const gesta::testing::afterlife& kept) {
  std::map<std::string, int> all;
  for (const auto& one : kept.events) ++all[std::to_string(one.tag) + " " + one.key];
  return all;
}

template <class Views>
void dies_at_every_commit(const Views& views) {
  gesta::testing::afterlife undisturbed;
  REQUIRE(lives(undisturbed, map_views{}));
  REQUIRE(undisturbed.events.size() == 27);
  int deaths = 0;
  for (const auto how : {gesta::testing::afterlife::death::before, gesta::testing::afterlife::death::behind}) {
    for (int at = 0;; ++at) {
      gesta::testing::afterlife kept;
      fate mine{at, how};
      kept.dies_at_commit = decided_by;
      kept.who = &mine;
      if (lives(kept, views())) break;
      ++deaths;
      CAPTURE(at);
      CHECK(lives(kept, views()));
      CHECK(counted(kept) == counted(undisturbed));
    }
  }
  CHECK(deaths >= 40);
}

}  // namespace

TEST_CASE("a program that dies at any commit of its log, before it or behind it: the next one brings all to the same end, each command once") {
  dies_at_every_commit([] { return map_views{}; });  // and its checkpoints are gone with it
}

TEST_CASE("two instances: a claim lets one act, and without a claim each command is decided once all the same") {
  const folder f;
  auto one = gesta::start<shop>(in(f / "a.db"), behind{});
  auto two = gesta::start<shop>(in(f / "a.db"), behind{});
  SUBCASE("with a claim") {
    auto first = gesta::react_by<payment::billing>(one, views_in(f / "v.db"), gesta::from_beginning{});
    auto second = gesta::react_by<payment::billing>(two, views_in(f / "v.db"), gesta::from_beginning{});
    first.under({{1, 2}, gesta::seconds(60)});
    second.under({{3, 4}, gesta::seconds(60)});
    place(one, 1, 5, 100);
    CHECK(first.poll().handled == 1);
    place(one, 2, 5, 100);
    const auto kept_off = second.poll();
    CHECK(kept_off.owned_elsewhere);
    CHECK(kept_off.handled == 0);
    CHECK(first.release());
    poll_all(second);
  }
  SUBCASE("without, each with a checkpoint of its own") {
    auto first = gesta::react_by<payment::billing>(one, map_views{}, gesta::from_beginning{});
    auto second = gesta::react_by<payment::billing>(two, map_views{}, gesta::from_beginning{});
    place(one, 1, 5, 100);
    poll_all(first);
    place(two, 2, 5, 100);
    poll_all(second, first, second);
  }
  REQUIRE(one.catch_up());
  REQUIRE(two.catch_up());
  for (auto* const app : {&one, &two}) {
    CHECK(of(*app, 1, 5) == standing{true, true, order::cause::none, 100, 1, 2, true});
    CHECK(of(*app, 2, 5) == standing{true, true, order::cause::none, 100, 1, 2, true});
    CHECK(app->last_position() == 10);
  }
}

// ---- a reactor that acts alone

namespace {

struct asked {
  int pieces;
  std::int64_t now;
  static constexpr auto id = "basket.asked";
};
struct ask {
  int pieces;
  std::int64_t now = 0;
};
struct basket {
  int pieces = 0;
};
constexpr void evolve(basket& b, const asked& e) { b.pieces += e.pieces; }
constexpr auto decide(const basket&, const ask& c) -> gesta::emits<asked> { return asked{c.pieces, c.now}; }
struct baskets : gesta::aggregate<basket, gesta::commands<ask>> {
  static constexpr auto id = "basket";
};

struct packed {
  int shelf;
  static constexpr auto id = "shelf.packed";
};
struct empty {
  int shelf;
  static constexpr auto id = "shelf.empty";
};
struct missed {
  int shelf;
  static constexpr auto id = "shelf.missed";
};
struct pack {
  int shelf;
};
struct miss {
  int shelf;
};
struct shelf {
  int packed = 0, missed = 0;
};
constexpr void evolve(shelf& s, const packed&) { ++s.packed; }
constexpr void evolve(shelf& s, const missed&) { ++s.missed; }
constexpr auto decide(const shelf&, const pack& c) -> gesta::emits<packed>::or_rejects<empty> {
  if (c.shelf == 3) return empty{3};
  return packed{c.shelf};
}
constexpr auto decide(const shelf&, const miss& c) -> gesta::emits<missed> { return missed{c.shelf}; }
struct shelves : gesta::aggregate<shelf, gesta::commands<pack, miss>, gesta::by<"shelf">> {
  static constexpr auto id = "shelf";
};

std::int64_t told = 0;  // to the reaction below: the time of what it heard
#if __cpp_exceptions
int throws_at = -1;
#endif

struct packer {
  static constexpr auto id = "packer";
};
auto react(const packer&, const asked& e, const gesta::about& where) -> gesta::many<pack> {
  told = where.time.nanoseconds;
#if __cpp_exceptions
  if (e.pieces == throws_at) throw std::runtime_error("no paper");
#endif
  gesta::many<pack> all;
  for (int i = 1; i <= e.pieces; ++i) all.push_back({i});
  return all;
}
auto react(const packer&, const pack& c, const empty&) -> miss { return {c.shelf}; }

struct store : gesta::model<baskets, shelves, gesta::reactors<packer>> {};

struct told_clock {
  std::int64_t* now;
  gesta::timestamp operator()() const { return {*now}; }
};
std::int64_t any_time = 1;

template <class App>
std::string shelves_of(App& app) {
  std::string text;
  for (int i = 1; i <= 5; ++i) {
    const shelf s = app.template state<shelves>(i);
    text += std::to_string(s.packed) + (s.missed != 0 ? "-" + std::to_string(s.missed) : "") + " ";
  }
  return text;
}
template <class App>
void asks(App& app, const char* key, int pieces) {
  app.handle(key, ask{pieces}).match([](const auto&) {}, [&](const gesta::failure& why) { FAIL(why.describe()); });
}

template <class App, class Views>
void packs_many(App& app, const Views& views) {
  auto packs = gesta::react_by<packer>(app, views, gesta::from_beginning{});
  asks(app, "a", 2);
  asks(app, "b", 5);  // the third shelf is empty: the first refusal ends it, and is heard
  asks(app, "c", 0);
  CHECK(shelves_of(app) == "0 0 0 0 0 ");
  CHECK(packs.poll().handled == 3);
  CHECK(shelves_of(app) == "2 2 0-1 0 0 ");
  auto again = gesta::react_by<packer>(app, map_views{}, gesta::from_beginning{});
  CHECK(again.poll().handled == 3);
  CHECK(shelves_of(app) == "2 2 0-1 0 0 ");
}

}  // namespace

TEST_CASE("several commands are asked in order up to the first refusal, which is heard, and once") {
  SUBCASE("in memory") {
    auto app = gesta::start<store>(gesta::memory_store{}, gesta::async<packer>{}, told_clock{&any_time});
    packs_many(app, gesta::memory_views{});
  }
  SUBCASE("in SQLite") {
    const folder f;
    auto app = gesta::start<store>(in(f / "a.db"), gesta::async<packer>{});
    packs_many(app, views_in(f / "a.db"));
  }
}

TEST_CASE("a reactor that acted in the commit and follows the log now does nothing again") {
  const folder f;
  {
    auto app = gesta::start<store>(in(f / "a.db"));
    asks(app, "a", 4);
    CHECK(shelves_of(app) == "1 1 0-1 0 0 ");
  }
  auto app = gesta::start<store>(in(f / "a.db"), gesta::async<packer>{});
  auto packs = gesta::react_by<packer>(app, map_views{}, gesta::from_beginning{});
  CHECK(packs.poll().handled == 1);
  CHECK(shelves_of(app) == "1 1 0-1 0 0 ");
}

TEST_CASE("what follows has the correlation of the event, the reactor's request as its cause, and the time at which it is decided") {
  std::int64_t now = 100;
  auto app = gesta::start<store>(gesta::memory_store{}, gesta::async<packer>{}, told_clock{&now});
  auto packs = gesta::react_by<packer>(app, map_views{}, gesta::from_beginning{}, told_clock{&now});
  asks(app, "a", 1);
  now = 200;
  CHECK(packs.poll().handled == 1);
  CHECK(told == 100);
  std::vector<gesta::about> all;
  CHECK(app.read({}, [&](const auto&, const gesta::about& where) { all.push_back(where); }));
  REQUIRE(all.size() == 2);
  CHECK(all[1].time.nanoseconds == 200);
  CHECK(all[1].correlation == all[0].correlation);
  CHECK(all[1].causation != all[0].causation);
  now = 300;
  asks(app, "b", 0);  // of a caller again, at its own time
  all.clear();
  CHECK(app.read({.after = 2}, [&](const auto&, const gesta::about& where) { all.push_back(where); }));
  REQUIRE(all.size() == 1);
  CHECK(all[0].time.nanoseconds == 300);
}

namespace {

// What one reactor begins behind the log, another goes on with in the commit, as often as it may.
struct tossed {
  int times;
  static constexpr auto id = "toss.tossed";
};
struct toss {
  int times;
};
struct hand {
  int tossed = 0;
};
constexpr void evolve(hand& h, const tossed&) { ++h.tossed; }
constexpr auto decide(const hand&, const toss& c) -> gesta::emits<tossed> { return tossed{c.times}; }
struct hands : gesta::aggregate<hand, gesta::commands<toss>> {
  static constexpr auto id = "toss";
  using key = int;
};
struct bounced {
  int left;
  static constexpr auto id = "ball.bounced";
};
struct bounce {
  int left;
};
struct ball {
  int bounced = 0;
};
constexpr void evolve(ball& b, const bounced&) { ++b.bounced; }
constexpr auto decide(const ball&, const bounce& c) -> gesta::emits<bounced>::or_nothing {
  if (c.left == 0) return gesta::no_change;
  return bounced{c.left};
}
struct balls : gesta::aggregate<ball, gesta::commands<bounce>> {
  static constexpr auto id = "ball";
  using key = int;
};
struct thrower {
  static constexpr auto id = "thrower";
};
constexpr auto react(const thrower&, const tossed& e) { return gesta::to(1, bounce{e.times}); }
struct wall {
  static constexpr auto id = "wall";
  using cycle = gesta::allow_cycle<"each time it is one less", 3>;
};
constexpr auto react(const wall&, const bounced& e) { return gesta::to(1, bounce{e.left - 1}); }
struct game : gesta::model<hands, balls, gesta::reactors<thrower, wall>> {};

}  // namespace

TEST_CASE("reactions in the commit that go on beyond their bound put the event aside, and the next key goes on") {
  const auto play = [](auto& app) {
    auto throws = gesta::react_by<thrower>(app, map_views{}, gesta::from_beginning{});
    const auto say = [&](int who, int times) {
      app.handle(who, toss{times}).match([](const auto&) {}, [&](const gesta::failure& why) { FAIL(why.describe()); });
    };
    say(1, 4);
    say(2, 3);
    const auto all = throws.poll();
    CHECK(static_cast<bool>(all));
    CHECK(all.put_aside == 1);
    CHECK(all.handled == 1);
    CHECK(app.template state<balls>(1).bounced == 3);
    std::string cause;
    CHECK(throws.letters([&](const gesta::letter& l) { cause = l.cause; }));
    CHECK(cause == "the reactor wall acted more often than its allow_cycle says");
  };
  SUBCASE("in memory") {
    auto app = gesta::start<game>(gesta::memory_store{}, gesta::async<thrower>{});
    play(app);
  }
  SUBCASE("in SQLite") {
    const folder f;
    auto app = gesta::start<game>(in(f / "a.db"), gesta::async<thrower>{});
    play(app);
  }
}

TEST_CASE("while a batch of the app is open nothing is put aside: the poll says busy, and the next one goes on") {
  auto app = gesta::start<store>(gesta::memory_store{}, gesta::async<packer>{}, told_clock{&any_time});
  auto packs = gesta::react_by<packer>(app, map_views{}, gesta::from_beginning{}, gesta::events_a_commit{10});
  asks(app, "a", 1);
  asks(app, "b", 1);
  {
    auto batch = app.batch();
    const auto busy = packs.poll();
    REQUIRE_FALSE(static_cast<bool>(busy));
    CHECK(busy.why().why == gesta::failure::kind::busy);
    CHECK(busy.put_aside == 0);
    CHECK(packs.checkpoint().position == 0);
  }
  CHECK(packs.poll().handled == 2);
  CHECK(shelves_of(app) == "2 0 0 0 0 ");
}

#if __cpp_exceptions
TEST_CASE("an exception puts the event aside with nothing of it kept; its key waits, others go on, and a person lets it try again") {
  const auto throws = [](auto& app, const auto& views) {
    throws_at = 2;
    auto packs = gesta::react_by<packer>(app, views, gesta::from_beginning{});
    asks(app, "a", 2);
    asks(app, "a", 1);
    asks(app, "b", 1);
    const auto first = packs.poll();
    CHECK(static_cast<bool>(first));
    CHECK(first.put_aside == 2);
    CHECK(first.handled == 1);
    CHECK(shelves_of(app) == "1 0 0 0 0 ");
    std::string letters;
    CHECK(packs.letters([&](const gesta::letter& l) { letters += std::to_string(l.position) + " " + l.key + " " + l.cause + "; "; }));
    CHECK(letters == "1 a no paper; 2 a ; ");
    throws_at = -1;
    {
      auto batch = app.batch();  // a letter is not tried in vain either
      CHECK(packs.retry_all());
      CHECK_FALSE(static_cast<bool>(packs.poll()));
    }
    CHECK(packs.poll().handled == 2);
    CHECK(shelves_of(app) == "3 1 0 0 0 ");
  };
  SUBCASE("in memory") {
    auto app = gesta::start<store>(gesta::memory_store{}, gesta::async<packer>{}, told_clock{&any_time});
    throws(app, map_views{});
  }
  SUBCASE("in SQLite") {
    const folder f;
    auto app = gesta::start<store>(in(f / "a.db"), gesta::async<packer>{});
    throws(app, views_in(f / "v.db"));
  }
}
#endif
