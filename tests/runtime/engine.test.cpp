#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>
#include <vector>

// What follows from an event: reactors, in which order, what they hear, and that all of it is one with its cause.
namespace {
using lines = std::vector<std::string>;
lines seen;
}  // namespace

namespace chain {

struct started {
  int n;
  static constexpr auto id = "started";
};
struct doubled {
  int n;
  static constexpr auto id = "doubled";
};
struct finished {
  int n;
  static constexpr auto id = "finished";
};
struct start {
  int n;
};
struct start_two {
  int first, second;
};
struct start_all {
  gesta::list<int, 4> numbers;
};
struct twice {
  int n;
};
struct finish {
  int n;
};
struct job {
  int sum = 0;
};
void evolve(job& j, const started& e) { j.sum += e.n; }
void evolve(job& j, const doubled& e) { j.sum += e.n; }
void evolve(job& j, const finished& e) { j.sum += e.n; }
auto decide(const job&, const start& c) -> gesta::emits<started> {
  seen.push_back("start " + std::to_string(c.n));
  return started{c.n};
}
auto decide(const job&, const start_two& c) -> gesta::emits<started, finished> { return gesta::emit(started{c.first}, finished{c.second}); }
auto decide(const job&, const start_all& c) -> gesta::emits<gesta::many<started>> {
  return gesta::each(c.numbers, [](int n) { return started{n}; });
}
auto decide(const job& j, const twice& c) -> gesta::emits<doubled> {
  seen.push_back("twice " + std::to_string(c.n) + " at " + std::to_string(j.sum));
  return doubled{c.n};
}
auto decide(const job&, const finish& c) -> gesta::emits<finished> {
  seen.push_back("finish " + std::to_string(c.n));
  return finished{c.n};
}
struct jobs : gesta::aggregate<job, gesta::commands<start, start_two, start_all, twice, finish>> {
  static constexpr auto id = "job";
};

struct doubler {
  static constexpr auto id = "doubler";
};
auto react(const doubler&, const started& e) { return gesta::to("other", twice{e.n * 10}); }
struct tripler {
  static constexpr auto id = "tripler";
};
auto react(const tripler&, const started& e) { return gesta::to("other", twice{e.n * 100}); }
struct finisher {
  static constexpr auto id = "finisher";
};
auto react(const finisher&, const doubled& e) { return gesta::to("third", finish{e.n}); }

struct journal {
  lines events;
};
template <class Event>
void note(journal& j, const char* what, const Event& e, const gesta::about& a) {
  j.events.push_back(std::to_string(a.position) + " " + std::string(a.key.data, a.key.size) + " v" + std::to_string(a.version) + " " + what + " " +
                     std::to_string(e.n));
  seen.push_back("projected " + std::to_string(a.position));
}
void project(journal& j, const started& e, const gesta::about& a) { note(j, "started", e, a); }
void project(journal& j, const doubled& e, const gesta::about& a) { note(j, "doubled", e, a); }
void project(journal& j, const finished& e, const gesta::about& a) { note(j, "finished", e, a); }
struct journals : gesta::projection<journal> {
  static constexpr auto id = "journal";
};

struct model : gesta::model<jobs, journals, gesta::reactors<doubler, tripler, finisher>> {};

}  // namespace chain

TEST_CASE("reactors of one event act in the order of the model, each to its end; then all is projected in order of position") {
  auto app = gesta::start<chain::model>(gesta::memory_store{});
  seen.clear();
  app.handle("one", chain::start{1});
  CHECK(seen == lines{"start 1", "twice 10 at 0", "finish 10", "twice 100 at 10", "finish 100", "projected 1", "projected 2", "projected 3",
                      "projected 4", "projected 5"});
  CHECK(app.view<chain::journal>().events ==
        lines{"1 one v1 started 1", "2 other v1 doubled 10", "3 third v1 finished 10", "4 other v2 doubled 100", "5 third v2 finished 100"});
}

TEST_CASE("events of one decision are all kept before the first of them is reacted to") {
  auto app = gesta::start<chain::model>(gesta::memory_store{});
  app.handle("one", chain::start_two{1, 2});
  const auto& events = app.view<chain::journal>().events;
  REQUIRE(events.size() == 6);
  CHECK(events[0] == "1 one v1 started 1");
  CHECK(events[1] == "2 one v2 finished 2");
  CHECK(events[2] == "3 other v1 doubled 10");
}

TEST_CASE("a run-time number of events is reacted to one by one") {
  auto app = gesta::start<chain::model>(gesta::memory_store{});
  seen.clear();
  app.handle("one", chain::start_all{{1, 2}});
  CHECK(app.view<chain::journal>().events == lines{"1 one v1 started 1", "2 one v2 started 2", "3 other v1 doubled 10", "4 third v1 finished 10",
                                                   "5 other v2 doubled 100", "6 third v2 finished 100", "7 other v3 doubled 20",
                                                   "8 third v3 finished 20", "9 other v4 doubled 200", "10 third v4 finished 200"});
}

TEST_CASE("an outcome has the position of the command's own last event, and the state after all that followed") {
  auto app = gesta::start<chain::model>(gesta::memory_store{});
  const auto outcome = app.handle("third", chain::start{1});
  CHECK(outcome.position() == 1);
  CHECK(app.last_position() == 5);
  CHECK(outcome.version() == 3);
  CHECK(outcome.match([](const chain::job& j) { return j.sum; }) == 111);
}

TEST_CASE("a repeated command gives the first outcome and nothing follows from it again") {
  auto app = gesta::start<chain::model>(gesta::memory_store{});
  const auto first = app.handle("third", chain::start{1}, gesta::once{"test", 1});
  const auto again = app.handle("third", chain::start{1}, gesta::once{"test", 1});
  CHECK(again.repeated());
  CHECK_FALSE(first.repeated());
  CHECK(again.version() == first.version());
  CHECK(again.position() == first.position());
  CHECK(app.last_position() == 5);
}

TEST_CASE("what a reactor sent is remembered under the reactor's id and the position of the cause") {
  auto app = gesta::start<chain::model>(gesta::memory_store{});
  app.handle("one", chain::start{1});
  const auto again = app.handle("other", chain::twice{10}, gesta::once{"doubler", 1 << 16});
  CHECK(again.repeated());
  CHECK(again.position() == 2);
  CHECK(app.handle("other", chain::twice{10}, gesta::once{"tripler", 1 << 16}).position() == 4);
  CHECK(app.handle("third", chain::finish{10}, gesta::once{"finisher", 2 << 16}).position() == 3);
  CHECK(app.last_position() == 5);
}

TEST_CASE("within a batch reactors act at once and are taken back with it") {
  auto app = gesta::start<chain::model>(gesta::memory_store{});
  {
    auto batch = app.batch();
    batch.handle("one", chain::start{1});
    CHECK(app.version<chain::jobs>("third") == 2);
    CHECK(app.view<chain::journal>().events.empty());
  }
  CHECK(app.version<chain::jobs>("one") == 0);
  CHECK(app.version<chain::jobs>("third") == 0);
  CHECK(app.state<chain::jobs>("third").sum == 0);
  CHECK(app.last_position() == 0);
  CHECK(app.view<chain::journal>().events.empty());
  CHECK_FALSE(app.handle("other", chain::twice{10}, gesta::once{"doubler", 1 << 16}).repeated());
}

TEST_CASE("a store that is full in the middle of a chain leaves nothing of the chain") {
  auto app = gesta::start<chain::model>(gesta::fixed_memory_store{1 << 20, 3, 100000});
  const auto starts = [&] { return app.handle("one", chain::start{1}).match([](const chain::job&) { return true; }, [](const gesta::failure& f) {
    CHECK(f.why == gesta::failure::kind::full);
    return false;
  }); };
  int chains = 0;
  while (starts()) ++chains;
  // Each chain records five events of 72 bytes (68 and the way to the next multiple of eight), and the last did not fit whole.
  CHECK(chains == (1 << 20) / 72 / 5);
  CHECK(static_cast<std::uint64_t>(chains) * 5 == app.last_position());
  CHECK(app.state<chain::jobs>("one").sum == chains);
  CHECK(app.state<chain::jobs>("other").sum == chains * 110);
  CHECK(app.state<chain::jobs>("third").sum == chains * 110);
  CHECK(app.view<chain::journal>().events.size() == app.last_position());
  CHECK_FALSE(starts());
  CHECK(app.version<chain::jobs>("other") == static_cast<std::uint64_t>(chains) * 2);
  // What the chain sent before it broke is not remembered.
  CHECK(app.handle("other", chain::twice{1}, gesta::once{"doubler", (app.last_position() + 1) << 16}).match(
      [](const chain::job&) { return true; }, [](const gesta::failure&) { return false; }));
}

// ---- heard refusals

namespace shop {

struct order_no {
  int value;
  friend bool operator==(order_no, order_no) = default;
};
struct placed {
  order_no order;
  int cents;
  static constexpr auto id = "order.placed";
};
struct confirmed {
  order_no order;
  static constexpr auto id = "order.confirmed";
};
struct cancelled {
  order_no order;
  int missing;
  static constexpr auto id = "order.cancelled";
};
struct place {
  order_no order;
  int cents;
};
struct confirm {
  order_no order;
};
struct cancel {
  order_no order;
  int missing;
};
struct already_placed {
  static constexpr auto id = "already_placed";
};
enum class stage { none, placed, confirmed, cancelled };
struct order {
  stage at = stage::none;
};
void evolve(order& o, const placed&) { o.at = stage::placed; }
void evolve(order& o, const confirmed&) { o.at = stage::confirmed; }
void evolve(order& o, const cancelled&) { o.at = stage::cancelled; }
auto decide(const order& o, const place& c) -> gesta::emits<placed>::or_rejects<already_placed> {
  if (o.at != stage::none) return already_placed{};
  return placed{c.order, c.cents};
}
auto decide(const order& o, const confirm& c) -> gesta::emits<confirmed>::or_nothing {
  if (o.at != stage::placed) return gesta::no_change;
  return confirmed{c.order};
}
auto decide(const order&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order, c.missing}; }
struct orders : gesta::aggregate<order, gesta::commands<place, confirm, cancel>, gesta::by<"order">> {
  static constexpr auto id = "order";
};

struct charged {
  order_no order;
  int cents;
  static constexpr auto id = "purse.charged";
};
struct filled {
  int cents;
  static constexpr auto id = "purse.filled";
};
struct charge {
  order_no order;
  int cents;
};
struct fill {
  int cents;
};
struct short_of {
  int missing;
  static constexpr auto id = "short_of";
};
struct purse {
  int cents = 0;
};
void evolve(purse& p, const charged& e) { p.cents -= e.cents; }
void evolve(purse& p, const filled& e) { p.cents += e.cents; }
auto decide(const purse& p, const charge& c) -> gesta::emits<charged>::or_nothing::or_rejects<short_of> {
  if (c.cents == 0) return gesta::no_change;
  if (c.cents > p.cents) return short_of{c.cents - p.cents};
  return charged{c.order, c.cents};
}
auto decide(const purse&, const fill& c) -> gesta::emits<filled> { return filled{c.cents}; }
struct purses : gesta::aggregate<purse, gesta::commands<charge, fill>> {
  static constexpr auto id = "purse";
};

struct payment {
  static constexpr auto id = "payment";
};
auto react(const payment&, const placed& e) { return gesta::to("purse", charge{e.order, e.cents}); }
cancel react(const payment&, const charge& asked, const short_of& no) { return {asked.order, no.missing}; }
void react(const payment&, const charge& asked, gesta::nothing) { seen.push_back("nothing to charge for " + std::to_string(asked.order.value)); }
struct confirmation {
  static constexpr auto id = "confirmation";
};
confirm react(const confirmation&, const charged& e) { return {e.order}; }

struct model : gesta::model<orders, purses, gesta::reactors<payment, confirmation>> {};

}  // namespace shop

TEST_CASE("a reactor's plain command finds its entity by its field") {
  auto app = gesta::start<shop::model>(gesta::memory_store{});
  app.handle("purse", shop::fill{100});
  CHECK(static_cast<bool>(app.handle(shop::place{{7}, 60})));
  CHECK(app.state<shop::orders>(shop::order_no{7}).at == shop::stage::confirmed);
  CHECK(app.state<shop::purses>("purse").cents == 40);
}

TEST_CASE("a reactor hears that its command was refused and answers with a further one, in the same commit") {
  auto app = gesta::start<shop::model>(gesta::memory_store{});
  app.handle("purse", shop::fill{10});
  const auto outcome = app.handle(shop::place{{7}, 60});
  CHECK(static_cast<bool>(outcome));
  CHECK(outcome.version() == 2);
  CHECK(app.state<shop::orders>(shop::order_no{7}).at == shop::stage::cancelled);
  CHECK(app.state<shop::purses>("purse").cents == 10);
  // Both steps are remembered: the refusal as the first, the answer to it as the second.
  const auto charge = app.handle("purse", shop::charge{{7}, 60}, gesta::once{"payment", 2 << 16});
  CHECK(charge.repeated());
  CHECK(charge.match([](const shop::short_of& no) { return no.missing; }, [](const shop::purse&) { return 0; }) == 50);
  CHECK(app.handle(shop::cancel{{7}, 50}, gesta::once{"payment", 2 << 16 | 1}).repeated());
}

TEST_CASE("a reactor hears that nothing was to be done") {
  auto app = gesta::start<shop::model>(gesta::memory_store{});
  seen.clear();
  CHECK(static_cast<bool>(app.handle(shop::place{{7}, 0})));
  CHECK(seen == lines{"nothing to charge for 7"});
  CHECK(app.state<shop::orders>(shop::order_no{7}).at == shop::stage::placed);
  CHECK(app.last_position() == 1);
}

// ---- what a reactor is told

namespace told {

struct asked {
  int n;
  static constexpr auto id = "asked";
};
struct answered {
  int n;
  static constexpr auto id = "answered";
};
struct ask {
  int n;
};
struct answer {
  int n;
};
struct talk {
  int last = 0;
};
void evolve(talk& t, const asked& e) { t.last = e.n; }
void evolve(talk& t, const answered& e) { t.last = e.n; }
std::string told_of(const gesta::about& a) {
  return "key " + std::to_string(gesta::key_from<int>(a.key)) + " v" + std::to_string(a.version) + " p" + std::to_string(a.position);
}
gesta::message_id correlation, causation;
auto decide(const talk&, const ask& c) -> gesta::emits<asked> { return asked{c.n}; }
auto decide(const talk&, const answer& c, const gesta::about& a) -> gesta::emits<answered> {
  seen.push_back("decides " + told_of(a));
  correlation = a.correlation;
  causation = a.causation;
  return answered{c.n};
}
struct talks : gesta::aggregate<talk, gesta::commands<ask, answer>> {
  static constexpr auto id = "talk";
  using key = int;
};
struct first {
  static constexpr auto id = "first";
};
auto react(const first&, const asked& e, const gesta::about& a) {
  seen.push_back("first " + told_of(a));
  return gesta::to(2, answer{e.n});
}
struct second {
  static constexpr auto id = "second";
};
auto react(const second&, const asked& e, const gesta::about& a) {
  seen.push_back("second " + told_of(a));
  return gesta::to(3, answer{e.n});
}
struct model : gesta::model<talks, gesta::reactors<first, second>> {};

}  // namespace told

TEST_CASE("every reactor of an event is told the event's own key, version and position, whatever the one before it did") {
  auto app = gesta::start<told::model>(gesta::memory_store{});
  seen.clear();
  app.handle(1, told::ask{5});
  CHECK(seen == lines{"first key 1 v1 p1", "decides key 2 v0 p1", "second key 1 v1 p1", "decides key 3 v0 p2"});
}

TEST_CASE("what follows has the correlation of its beginning and a causation of its own") {
  auto app = gesta::start<told::model>(gesta::memory_store{});
  std::vector<gesta::about> all;
  app.handle(1, told::ask{5}, gesta::once{"test", 1});
  app.each_event([&](const auto&, const gesta::about& a) { all.push_back(a); });
  REQUIRE(all.size() == 3);
  CHECK(all[0].correlation == all[0].causation);
  CHECK(all[1].correlation == all[0].correlation);
  CHECK(all[2].correlation == all[0].correlation);
  CHECK(all[1].causation != all[0].causation);
  CHECK(all[2].causation != all[1].causation);
  CHECK(told::correlation == all[0].correlation);
  CHECK(told::causation == all[2].causation);
  CHECK(all[2].time == all[0].time);

  // Ids are made of who sends and why, so that another run gives the same.
  auto other = gesta::start<told::model>(gesta::memory_store{});
  other.handle(1, told::ask{5}, gesta::once{"test", 1});
  other.each_event([&](const auto&, const gesta::about& a) { CHECK(a.causation == all[a.position - 1].causation); });
}

// ---- a cycle that is allowed

namespace ring {

struct passed {
  int left;
  static constexpr auto id = "passed";
};
struct pass {
  int left;
};
struct stop {
  static constexpr auto id = "stop";
};
struct player {
  int passes = 0;
};
void evolve(player& p, const passed&) { ++p.passes; }
auto decide(const player&, const pass& c) -> gesta::emits<passed>::or_nothing {
  if (c.left == 0) return gesta::no_change;
  return passed{c.left};
}
struct players : gesta::aggregate<player, gesta::commands<pass>> {
  static constexpr auto id = "player";
  using key = int;
};
struct neighbour {
  static constexpr auto id = "neighbour";
  using cycle = gesta::allow_cycle<"each pass leaves one less", 3>;
};
auto react(const neighbour&, const passed& e) { return gesta::to(e.left % 2, pass{e.left - 1}); }
struct count {
  int passes = 0;
};
void project(count& c, const passed&) { ++c.passes; }
struct counts : gesta::projection<count> {
  static constexpr auto id = "counts";
};
struct model : gesta::model<players, counts, gesta::reactors<neighbour>> {};

std::string told(int left, auto& app) {
  return app.handle(0, pass{left}).match([](const player&) { return std::string("done"); }, [](const gesta::failure& f) {
    return (f.why == gesta::failure::kind::chain_too_long ? "too long: " : "failed: ") + std::string(f.describe());
  });
}

}  // namespace ring

TEST_CASE("a cycle runs up to its bound, counted anew for each command") {
  auto app = gesta::start<ring::model>(gesta::memory_store{});
  CHECK(ring::told(3, app) == "done");
  CHECK(ring::told(3, app) == "done");
  CHECK(app.last_position() == 6);
}

TEST_CASE("beyond its bound the whole chain fails and leaves nothing") {
  auto app = gesta::start<ring::model>(gesta::memory_store{});
  CHECK(ring::told(2, app) == "done");
  const auto zero = app.state<ring::players>(0).passes, one = app.state<ring::players>(1).passes;
  CHECK(ring::told(4, app) == "too long: the reactor neighbour acted more often than its allow_cycle says");
  CHECK(app.last_position() == 2);
  CHECK(app.state<ring::players>(0).passes == zero);
  CHECK(app.state<ring::players>(1).passes == one);
  CHECK(app.view<ring::count>().passes == 2);
  // What the broken chain had sent is forgotten too.
  CHECK_FALSE(app.handle(0, ring::pass{0}, gesta::once{"neighbour", 3 << 16}).repeated());
  CHECK(ring::told(1, app) == "done");
}
