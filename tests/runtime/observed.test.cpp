// What observers hear, when, and what they do not hear: only what is kept is told as decided or refused.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../folder.hpp"
#include "shared_store.hpp"

namespace {

using lines = std::vector<std::string>;

// ---- a bank whose rewards follow from deposits, and a boundary

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct noted { int times; static constexpr auto id = "desk.noted"; };
struct seat_taken { int course; static constexpr auto id = "seat.taken"; using tags = gesta::tags<"course">; };

struct deposit { int amount; };
struct withdraw { int amount; static constexpr auto id = "account.withdraw"; };
struct note { std::int16_t desk; gesta::list<int, 4> times; };
struct take_seat { int course; };

struct insufficient_funds { int missing; static constexpr auto id = "account.insufficient_funds"; };
struct full_up { int course; };

struct account { int balance = 0; };
struct desk { int times = 0; };
struct course { int seats = 0; using tags = gesta::tags<"course">; };

void evolve(account& a, const deposited& e) { a.balance += e.amount; }
void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
void evolve(desk& d, const noted& e) { d.times += e.times; }
void evolve(course& c, const seat_taken&) { ++c.seats; }

auto decide(const account&, const deposit& c) -> gesta::emits<deposited>::or_nothing {
  if (c.amount == 0) return gesta::no_change;
  return deposited{c.amount};
}
auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}
auto decide(const desk&, const note& c) -> gesta::emits<gesta::many<noted>> {
  return gesta::each(c.times, [](int times) { return noted{times}; });
}
auto decide(const course& a, const take_seat& c) -> gesta::emits<seat_taken>::or_rejects<full_up> {
  if (a.seats == 2) return full_up{c.course};
  return seat_taken{c.course};
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> { static constexpr auto id = "account"; };
struct desks : gesta::aggregate<desk, gesta::commands<note>, gesta::by<"desk">> { static constexpr auto id = "desk"; };
struct seats : gesta::boundary<gesta::states<course>, gesta::commands<take_seat>> { static constexpr auto id = "seats"; };

// Withdrawals are noted twice.
struct keeping { static constexpr auto id = "keeping"; };
auto react(const keeping&, const withdrawn& e) { return note{static_cast<std::int16_t>(e.amount), {1, 1}}; }

struct count { int events = 0; };
void project(count& c, const deposited&) { ++c.events; }
void project(count& c, const withdrawn&) { ++c.events; }
void project(count& c, const noted&) { ++c.events; }
struct counts : gesta::projection<count> { static constexpr auto id = "counts"; };

struct bank : gesta::model<accounts, desks, seats, counts, gesta::reactors<keeping>> {};

/// For stores on which all has to be simple.
struct plain : gesta::model<accounts> {};

// ---- observers

std::string text(std::uint64_t n) { return std::to_string(n); }

/// Hears all.
struct recorder {
  lines all;
  const count* view = nullptr;  ///< how many events it shows then

  void add(const std::string& line) { all.push_back(view == nullptr ? line : line + ", shown " + std::to_string(view->events)); }
  lines take() { return std::exchange(all, {}); }
};
void observe(recorder& r, const gesta::decided& d) {
  r.add("decided " + std::string(d.command) + " on " + d.aggregate + " " + d.key_text + ": " + text(d.events) + " to v" + text(d.version) + " @" + text(d.position));
}
void observe(recorder& r, const gesta::rejected& d) {
  r.add("rejected " + std::string(d.command) + " on " + d.aggregate + " " + d.key_text + " v" + text(d.version) + ": " + d.rejection);
}
void observe(recorder& r, const gesta::conflicted& d) {
  r.add("conflict " + std::string(d.command) + " on " + d.aggregate + " " + d.key_text + ": " + text(d.actual) + " for " +
        (d.expected.what == gesta::expected::of::version ? text(d.expected.version) : "some"));
}
void observe(recorder& r, const gesta::retried& d) { r.add("retried " + std::string(d.who) + " " + text(d.attempt) + ": " + d.cause); }
void observe(recorder& r, const gesta::parked& d) {
  r.add("parked " + std::string(d.who) + " @" + text(d.position) + " " + std::string(d.key.data, d.key.size) + ": " + d.cause);
}
void observe(recorder& r, const gesta::stalled& d) { r.add("stalled " + std::string(d.who) + ": " + d.why.describe()); }
void observe(recorder& r, const gesta::caught_up& d) { r.add("caught up " + std::string(d.who) + " @" + text(d.position)); }

/// Hears two things.
struct counters { int decided = 0, rejected = 0; };
void observe(counters& c, const gesta::decided&) { ++c.decided; }
void observe(counters& c, const gesta::rejected&) { ++c.rejected; }

/// Only looks, so it may be const; counts all the same.
struct quiet_one { mutable int heard = 0; };
void observe(const quiet_one& q, const gesta::conflicted&) { ++q.heard; }

struct longest_key { std::string text, bytes; };
void observe(longest_key& l, gesta::decided d) { l = {d.key_text, {d.key.data, d.key.size}}; }

/// Does what it must not.
struct intruder { std::function<void()> act; };
void observe(intruder& i, const gesta::decided&) { i.act(); }

template <class Outcome>
void answered(const Outcome& outcome) {
  (void)outcome.match([](const auto&...) { return 0; });
}
template <class Store>
auto observed(const Store& store, recorder& r) {
  return gesta::start<bank>(store, gesta::observed_by(r));
}

}  // namespace

namespace lookalikes {

struct base {};
struct one : base { operator int() const { return 0; } };
[[maybe_unused]] void observe(one, const gesta::decided&) {}
[[maybe_unused]] void observe(one&, gesta::rejected) {}
template <class What>
void observe(one&, const What&) {}
[[maybe_unused]] void observe(one&, const gesta::stalled&, int) {}
[[maybe_unused]] void observe(base&, const gesta::caught_up&) {}
[[maybe_unused]] void observe(int, const gesta::retried&) {}

}  // namespace lookalikes

// Each pass is followed by the next, which has one less left.
namespace chain {

struct passed { int left; static constexpr auto id = "chain.passed"; };
struct pass { int left; };
struct player { int passes = 0; };
inline void evolve(player& p, const passed&) { ++p.passes; }
inline auto decide(const player&, const pass& c) -> gesta::emits<passed>::or_nothing {
  if (c.left == 0) return gesta::no_change;
  return passed{c.left};
}
struct players : gesta::aggregate<player, gesta::commands<pass>> { static constexpr auto id = "player"; using key = int; };
struct next { static constexpr auto id = "chain.next"; using cycle = gesta::allow_cycle<"each pass leaves one less", 2>; };
inline auto react(const next&, const passed& e) { return gesta::to(1, pass{e.left - 1}); }
struct model : gesta::model<players, gesta::reactors<next>> {};

template <class To>
void handle(To& to, int left) {
  (void)to.handle(0, pass{left}).match([](const player&) { return 0; }, [](const gesta::failure&) { return 1; });
}

}  // namespace chain

#if defined(__cpp_exceptions)
namespace throwing {

struct acted { int n; static constexpr auto id = "acted"; };
struct act { int n; };
struct thing { int sum = 0; };
inline void evolve(thing& t, const acted& e) { t.sum += e.n; }
inline auto decide(const thing&, const act& c) -> gesta::emits<acted> {
  if (c.n == 0) throw 1;
  return acted{c.n};
}
struct things : gesta::aggregate<thing, gesta::commands<act>> { static constexpr auto id = "thing"; };
struct model : gesta::model<things> {};

}  // namespace throwing
#endif

namespace {

/// What happens on any store.
template <class App>
void all_kinds(App& app, recorder& r) {
  r.take();
  r.view = &app.template view<count>();
  answered(app.handle("ann", deposit{100}));
  answered(app.handle("ann", deposit{0}));
  answered(app.handle("ann", withdraw{101}));
  answered(app.handle("ann", withdraw{30}));
  answered(app.handle("ann", withdraw{1}, gesta::expected{7}));
  answered(app.handle("bob", deposit{1}, gesta::expected::exists()));
  answered(app.handle(note{7, {1, 1, 1}}));
  answered(app.handle(note{-7, {}}));
  CHECK(r.take() == lines{
                        "decided deposit on account ann: 1 to v1 @1, shown 1",
                        "decided deposit on account ann: 0 to v1 @0, shown 1",
                        "rejected account.withdraw on account ann v1: account.insufficient_funds, shown 1",
                        "decided account.withdraw on account ann: 1 to v2 @2, shown 4",
                        "decided note on desk 30: 2 to v2 @4, shown 4",
                        "conflict account.withdraw on account ann: 2 for 7, shown 4",
                        "conflict deposit on account bob: 0 for some, shown 4",
                        "decided note on desk 7: 3 to v3 @7, shown 7",
                        "decided note on desk -7: 0 to v0 @0, shown 7",
                    });
  r.view = nullptr;
  answered(app.handle(take_seat{1}));
  answered(app.handle(take_seat{1}, gesta::seen{app.last_position()}));
  answered(app.handle(take_seat{1}, gesta::seen{8}));
  answered(app.handle(take_seat{1}));
  CHECK(r.take() == lines{
                        "decided take_seat on seats : 1 to v1 @8",
                        "decided take_seat on seats : 1 to v2 @9",
                        "conflict take_seat on seats : 9 for 8",
                        "rejected take_seat on seats  v2: full_up",
                    });

  // Under a name there is one outcome, which is told once.
  for (int i = 0; i < 3; ++i) {
    answered(app.handle("ann", withdraw{1000}, gesta::once{"test", 1}));
    answered(app.handle("ann", deposit{1}, gesta::once{"test", 2}));
  }
  CHECK(r.take() == lines{"rejected account.withdraw on account ann v2: account.insufficient_funds", "decided deposit on account ann: 1 to v3 @10"});

  // A batch is told when it is kept, or never.
  {
    auto batch = app.batch();
    answered(batch.handle("cy", deposit{5}));
    answered(batch.handle("cy", withdraw{6}));
  }
  CHECK(r.take().empty());
  {
    auto batch = app.batch();
    answered(batch.handle("cy", deposit{5}));
    answered(batch.handle("cy", withdraw{6}));
    answered(batch.handle("cy", deposit{5}, gesta::expected{3}));
    CHECK_FALSE(batch.append(gesta::facts<accounts>("cy", gesta::expected{9}, deposited{1})));
    answered(batch.handle("cy", withdraw{2}));
    CHECK(r.take().empty());
    CHECK(batch.commit());
  }
  CHECK(r.take() == lines{
                        "decided deposit on account cy: 1 to v1 @11",
                        "rejected account.withdraw on account cy v1: account.insufficient_funds",
                        "conflict deposit on account cy: 1 for 3",
                        "conflict append on account cy: 1 for 9",
                        "decided account.withdraw on account cy: 1 to v2 @12",
                        "decided note on desk 2: 2 to v2 @14",
                    });

  // Facts are nobody's decision; what follows from them is one. A conflict of theirs names the stream.
  CHECK(app.append(gesta::facts<accounts>("di", gesta::expected::none(), deposited{9}, withdrawn{4}), gesta::facts<desks>(std::int16_t{1}, gesta::expected::any())));
  CHECK_FALSE(app.append(gesta::facts<accounts>("ann", gesta::expected::any(), deposited{1}), gesta::facts<desks>(std::int16_t{4}, gesta::expected{1}, noted{1})));
  CHECK_FALSE(app.append(gesta::facts<accounts>("ed", gesta::expected::any(), deposited{1}), gesta::facts<accounts>("ed", gesta::expected::any())));
  CHECK(r.take() == lines{
                        "decided note on desk 4: 2 to v2 @18",
                        "conflict append on desk 4: 2 for 1",
                        "stalled append: one append names the stream account ed twice",
                    });
}

}  // namespace

TEST_CASE("in memory observers hear each outcome once, when it is kept and views show it") {
  recorder r;
  auto app = observed(gesta::memory_store{}, r);
  CHECK(r.all.empty());  // there is no log to read
  all_kinds(app, r);
}

TEST_CASE("on SQLite they hear the same") {
  const folder f;
  recorder r;
  {
    auto app = observed(gesta::sqlite_store{.path = f / "bank.db"}, r);
    CHECK(r.all == lines{"caught up app @0"});
    all_kinds(app, r);
  }
  auto again = observed(gesta::sqlite_store{.path = f / "bank.db"}, r);
  CHECK(r.all == lines{"caught up app @18"});
}


TEST_CASE("with snapshots and cached states they hear the same, in whichever order the options are given") {
  const folder f;
  recorder r;
  auto app = gesta::start<plain>(gesta::sqlite_store{.path = f / "bank.db"}, gesta::cached_states{.most = 1}, gesta::observed_by(r), gesta::snapshots{.every = 1});
  r.take();
  for (const char* who : {"ann", "bob", "ann"}) answered(app.handle(who, deposit{5}));
  answered(app.handle("bob", withdraw{9}));
  CHECK(r.take() == lines{"decided deposit on account ann: 1 to v1 @1", "decided deposit on account bob: 1 to v1 @2",
                          "decided deposit on account ann: 1 to v2 @3", "rejected account.withdraw on account bob v1: account.insufficient_funds"});
  using other_order = decltype(gesta::start<plain>(gesta::sqlite_store{}, gesta::snapshots{}, gesta::observed_by(r), gesta::cached_states{}));
  static_assert(std::is_same_v<decltype(app), other_order>);
}

TEST_CASE("an event that follows from a command which is given up is not told, in a batch either") {
  recorder r;
  auto app = gesta::start<chain::model>(gesta::memory_store{}, gesta::observed_by(r));
  chain::handle(app, 1);
  CHECK(r.take() == lines{"decided pass on player 0: 1 to v1 @1", "decided pass on player 1: 0 to v0 @0"});
  chain::handle(app, 5);
  CHECK(r.take() == lines{"stalled pass: the reactor chain.next acted more often than its allow_cycle says"});
  {
    auto batch = app.batch();
    chain::handle(batch, 1);
    chain::handle(batch, 5);
    chain::handle(batch, 0);
    CHECK(r.take() == lines{"stalled pass: the reactor chain.next acted more often than its allow_cycle says"});
    CHECK(batch.commit());
  }
  CHECK(r.take() == lines{"decided pass on player 0: 1 to v2 @2", "decided pass on player 1: 0 to v0 @0", "decided pass on player 0: 0 to v2 @0"});
}

TEST_CASE("a full store is a stall, and what was decided before it was full is told") {
  recorder r;
  auto app = gesta::start<plain>(gesta::fixed_memory_store{.streams = 2}, gesta::observed_by(r));
  for (const char* who : {"ann", "bob", "cy", "ann"}) answered(app.handle(who, deposit{1}));
  CHECK(r.take() == lines{"decided deposit on account ann: 1 to v1 @1", "decided deposit on account bob: 1 to v1 @2",
                          "stalled deposit: the store has no room left for entities", "decided deposit on account ann: 1 to v2 @3"});
}

// ---- other processes, and what breaks

TEST_CASE("a decision that was faster elsewhere is told as tried again, and once as decided") {
  shared::disk disk;
  recorder r, others;
  auto app = gesta::start<plain>(shared::store{&disk}, gesta::observed_by(r));
  auto other = gesta::start<plain>(shared::store{&disk}, gesta::observed_by(others));
  r.take();
  others.take();
  for (const bool at_append : {false, true}) {
    disk.sees_conflict_at_append = at_append;
    int left = 2;
    disk.before_commit = [&] {
      if (left-- > 0) answered(other.handle("ann", deposit{50}));
    };
    answered(app.handle("ann", deposit{1}));
  }
  CHECK(r.take() == lines{
                        "retried deposit 1: others wrote",
                        "retried deposit 2: others wrote",
                        "decided deposit on account ann: 1 to v3 @3",
                        "retried deposit 1: others changed the entity while the command was decided",
                        "retried deposit 2: others changed the entity while the command was decided",
                        "decided deposit on account ann: 1 to v6 @6",
                    });
  CHECK(others.take().size() == 4);

  // What was refused at first, and what was no conflict at first, is told as it ended.
  disk.sees_conflict_at_append = false;
  int left = 1;
  disk.before_commit = [&] {
    if (left-- > 0) answered(other.handle("ann", withdraw{202}));
  };
  answered(app.handle("ann", withdraw{1}, gesta::expected{6}));
  CHECK(r.take() == lines{"retried account.withdraw 1: others wrote", "conflict account.withdraw on account ann: 7 for 6"});
  left = 1;
  disk.before_commit = [&] {
    if (left-- > 0) answered(other.handle("ann", deposit{4}));
  };
  CHECK(app.append(gesta::facts<accounts>("ann", gesta::expected::any(), deposited{1})));
  CHECK(r.take() == lines{"retried append 1: others wrote"});
}

TEST_CASE("a conflict that comes back every time is a stall in the end") {
  shared::disk disk;
  recorder r;
  auto app = gesta::start<plain>(shared::store{&disk}, gesta::observed_by(r));
  r.take();
  disk.fails_at_commit = gesta::failure::kind::conflict;
  disk.failing_commits = 1000;
  answered(app.handle("ann", deposit{1}));
  REQUIRE(r.all.size() == gesta::detail::conflict_retries + 1);
  CHECK(r.all.front() == "retried deposit 1: the disk is gone");
  CHECK(r.all.back() == "stalled deposit: the disk is gone");
}

TEST_CASE("a store that is busy or breaks is a stall, and nothing is told as decided") {
  shared::disk disk;
  recorder r;
  auto app = gesta::start<plain>(shared::store{&disk}, gesta::observed_by(r));
  r.take();
  disk.fails_at_commit = gesta::failure::kind::input_output;
  disk.failing_commits = 1;
  answered(app.handle("ann", deposit{1}));
  disk.failing_commits = 1;
  answered(app.handle("ann", withdraw{1}));  // a refusal is told when its unit is kept
  disk.failing_begins = 1;
  answered(app.handle("ann", deposit{1}));
  CHECK(r.take() == lines{"stalled deposit: the disk is gone", "stalled account.withdraw: the disk is gone", "stalled deposit: somebody else writes"});
  {
    auto batch = app.batch();
    answered(batch.handle("ann", deposit{1}));
    disk.failing_commits = 1;
    CHECK_FALSE(batch.commit());
    CHECK_FALSE(batch.commit());  // it is over, which is no news
  }
  disk.failing_begins = 1;
  CHECK_FALSE(app.batch().commit());
  CHECK(r.take() == lines{"stalled batch: the disk is gone", "stalled batch: somebody else writes"});
  {
    auto batch = app.batch();
    answered(batch.handle("ann", deposit{7}));
    CHECK_FALSE(app.batch().commit());
    CHECK(batch.commit());
  }
  CHECK(r.take() == lines{"stalled batch: another batch of this app is open", "decided deposit on account ann: 1 to v1 @1"});

  auto other = gesta::start<plain>(shared::store{&disk});
  answered(other.handle("bob", deposit{1}));
  disk.events.back().payload.clear();
  answered(app.handle("ann", deposit{1}));
  answered(app.handle("ann", deposit{1}));
  CHECK_FALSE(app.append(gesta::facts<accounts>("ann", gesta::expected::any(), deposited{1})));
  CHECK(r.take() == lines{"stalled app: the event at position 2 cannot be read", "stalled deposit: the event at position 2 cannot be read",
                          "stalled deposit: the event at position 2 cannot be read", "stalled append: the event at position 2 cannot be read"});
}

TEST_CASE("a file that cannot be opened is told when the app starts, and with each command") {
  const folder f;
  recorder r;
  auto app = observed(gesta::sqlite_store{.path = f / "not/there.db"}, r);
  REQUIRE(r.all.size() == 1);
  CHECK(r.all[0].starts_with("stalled app: "));
  answered(app.handle("ann", deposit{1}));
  REQUIRE(r.all.size() == 2);
  CHECK(r.all[1] == "stalled deposit: " + r.all[0].substr(13));
}

TEST_CASE("another process that holds the file is a stall") {
  const folder f;
  recorder r;
  auto holder = gesta::start<plain>(gesta::sqlite_store{.path = f / "bank.db"});
  auto app = gesta::start<plain>(gesta::sqlite_store{.path = f / "bank.db", .patience_milliseconds = 0}, gesta::observed_by(r));
  r.take();
  auto batch = holder.batch();
  answered(batch.handle("ann", deposit{1}));
  answered(app.handle("ann", deposit{1}));
  REQUIRE(r.all.size() == 1);
  CHECK(r.take()[0].starts_with("stalled deposit: "));
  CHECK(batch.commit());
  answered(app.handle("ann", deposit{1}));
  CHECK(r.take() == lines{"decided deposit on account ann: 1 to v2 @2"});
}

TEST_CASE("events that the model does not know are told when they are parked, or stop the app") {
  const folder f;
  {
    auto app = gesta::start<bank>(gesta::sqlite_store{.path = f / "bank.db"});
    answered(app.handle("ann", deposit{1}));
    answered(app.handle(note{7, {1}}));
  }
  struct older : gesta::model<accounts> {};
  const std::string cause = "the event desk.noted version 1 at position 2, which the model neither knows nor has retired";
  recorder r;
  {
    auto app = gesta::start<older>(gesta::sqlite_store{.path = f / "bank.db"}, gesta::unknown_events::park, gesta::observed_by(r));
    CHECK(r.take() == lines{"parked app @2 7: " + cause, "caught up app @2"});
  }
  auto app = gesta::start<older>(gesta::sqlite_store{.path = f / "bank.db"}, gesta::observed_by(r));
  CHECK(r.take() == lines{"stalled app: " + cause});
}

// ---- feeds

TEST_CASE("a feed tells that it has seen all, each time there was more, and that it cannot go on") {
  recorder r;
  auto app = observed(gesta::memory_store{}, r);
  const auto ignore = [](const auto&, const gesta::about&) {};
  auto feed = app.follow();
  CHECK(feed.poll(ignore));
  for (int i = 0; i < 3; ++i) answered(app.handle("ann", deposit{1}));
  CHECK(r.take()[0] == "caught up feed @0");
  CHECK(feed.poll(ignore, 2));
  CHECK(r.take().empty());
  CHECK(feed.poll(ignore, 2));
  CHECK(feed.poll(ignore, 2));
  CHECK(r.take() == lines{"caught up feed @3"});
  auto restarted = app.follow(feed.checkpoint());
  CHECK(restarted.poll(ignore));
  auto beyond = app.follow({.position = 4});
  CHECK_FALSE(beyond.poll(ignore));
  CHECK(r.take() == lines{"caught up feed @3", "stalled feed: the checkpoint at position 4 is of another log, or of one that was restored from before"});
}

// ---- who hears

TEST_CASE("each observer hears what it has a function for, in the order in which they are given") {
  recorder first, second;
  counters some, more;
  const quiet_one silent{};
  auto app = gesta::start<bank>(gesta::memory_store{}, gesta::observed_by(some, first, silent, more, second));
  answered(app.handle("ann", deposit{1}));
  answered(app.handle("ann", withdraw{2}));
  answered(app.handle("ann", withdraw{2}, gesta::expected{7}));
  CHECK(some.decided == 1);
  CHECK(some.rejected == 1);
  CHECK(more.decided == 1);
  CHECK(silent.heard == 1);
  CHECK(first.all.size() == 3);
  CHECK(first.all == second.all);
}

TEST_CASE("what nobody hears is not written down") {
  using heard = gesta::detail::watch<gesta::observed_by<counters>>;
  static_assert(heard::hears<gesta::decided> && heard::hears<gesta::rejected> && !heard::hears<gesta::conflicted> && !heard::hears<gesta::stalled>);
  static_assert(std::is_empty_v<gesta::detail::watch_of<gesta::memory_store>>);
  static_assert(std::is_empty_v<gesta::detail::watch_of<gesta::with<gesta::memory_store, gesta::snapshots>>>);
  static_assert(std::is_empty_v<gesta::observed_by<>>);
  static_assert(!gesta::app<bank, gesta::memory_store>::is_observed);
  static_assert(gesta::app<bank, gesta::with<gesta::memory_store, gesta::observed_by<counters>>>::is_observed);
}

TEST_CASE("a function by value, or for anything, is no function of an observer; one for a reader is") {
  using gesta::detail::observes_exactly;
  static_assert(observes_exactly<counters, gesta::decided>);
  static_assert(!observes_exactly<counters, gesta::parked>);
  static_assert(!observes_exactly<const counters, gesta::decided>, "it would have to change");
  static_assert(observes_exactly<quiet_one, gesta::conflicted> && observes_exactly<const quiet_one, gesta::conflicted>);
  static_assert(observes_exactly<lookalikes::one, gesta::rejected>);
  static_assert(!observes_exactly<lookalikes::one, gesta::decided>, "a copy would be told");
  static_assert(!observes_exactly<lookalikes::one, gesta::conflicted>, "a template");
  static_assert(!observes_exactly<lookalikes::one, gesta::stalled>, "another argument");
  static_assert(!observes_exactly<lookalikes::one, gesta::caught_up>, "of a base");
  static_assert(!observes_exactly<lookalikes::one, gesta::retried>, "of what it can become");
}

TEST_CASE("the hook is used without an app as well, and costs nothing where it is empty") {
  recorder r;
  counters c;
  const auto hook = gesta::observed_by(r, c);
  const auto copy = hook;
  copy.tell(gesta::parked{"by_country", 7, {"k", 1}, "no such country", 3});
  copy.tell(gesta::retried{"by_country", 2, "no such country", 7});
  gesta::observed_by<>().tell(gesta::caught_up{"by_country", 7});
  CHECK(r.all == lines{"parked by_country @7 k: no such country", "retried by_country 2: no such country"});
}

TEST_CASE("a long key is cut for people, its bytes are whole") {
  longest_key l;
  auto app = gesta::start<plain>(gesta::memory_store{}, gesta::observed_by(l));
  const std::string key(300, 'k');
  answered(app.handle(key, deposit{1}));
  CHECK(l.text == std::string(95, 'k'));
  CHECK(l.bytes == key);
}

TEST_CASE("a command behind a port is told as any other") {
  recorder r;
  auto app = observed(gesta::memory_store{}, r);
  auto port = app.port<accounts>();
  answered(port.handle("ann", deposit{1}));
  CHECK(r.take() == lines{"decided deposit on account ann: 1 to v1 @1"});
}

// ---- what an observer may not do

namespace {

/// How a program ends that does this.
template <class Act>
int end_of(Act act) {
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    std::signal(SIGILL, SIG_DFL);
    act();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("an observer that gives its app a command ends the program, also where it could not be noticed by anything else") {
  intruder in;
  auto app = gesta::start<plain>(gesta::memory_store{}, gesta::observed_by(in));
  in.act = [&] { answered(app.handle("bob", deposit{1})); };
  CHECK(end_of([&] { answered(app.handle("ann", deposit{1})); }) == SIGABRT);
  in.act = [&] { (void)app.append(gesta::facts<accounts>("bob", gesta::expected::any(), deposited{1})); };
  CHECK(end_of([&] { answered(app.handle("ann", deposit{1})); }) == SIGABRT);
  in.act = [] {};
  CHECK(end_of([&] { answered(app.handle("ann", deposit{1})); }) == 0);
}

#if defined(__cpp_exceptions)
TEST_CASE("an observer that throws ends the program") {
  intruder in;
  auto app = gesta::start<plain>(gesta::memory_store{}, gesta::observed_by(in));
  in.act = [] { throw 1; };
  CHECK(end_of([&] {
          std::set_terminate([] { std::abort(); });
          answered(app.handle("ann", deposit{1}));
        }) == SIGABRT);
}

TEST_CASE("a decision that throws is not told, and what was decided before it in the batch is") {
  recorder r;
  auto app = gesta::start<throwing::model>(gesta::memory_store{}, gesta::observed_by(r));
  {
    auto batch = app.batch();
    CHECK(batch.handle("a", throwing::act{1}));
    bool has_thrown = false;  // CHECK_THROWS is nothing here: see DOCTEST_CONFIG_NO_EXCEPTIONS_BUT_WITH_ALL_ASSERTS
    try {
      (void)batch.handle("a", throwing::act{0});
    } catch (...) {
      has_thrown = true;
    }
    CHECK(has_thrown);
    CHECK(batch.commit());
  }
  CHECK(r.take() == lines{"decided act on thing a: 1 to v1 @1"});
}
#endif
