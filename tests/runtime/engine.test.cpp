#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>
#include <vector>

// What follows from an event: reactors, in which order, and that all of it is one with its cause.
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
  const auto again = app.handle("other", chain::twice{10}, gesta::once{"reactor:doubler", 1 << 16});
  CHECK(again.repeated());
  CHECK(again.position() == 2);
  CHECK(app.handle("other", chain::twice{10}, gesta::once{"reactor:tripler", 1 << 16}).position() == 4);
  CHECK(app.handle("third", chain::finish{10}, gesta::once{"reactor:finisher", 2 << 16}).position() == 3);
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
  CHECK_FALSE(app.handle("other", chain::twice{10}, gesta::once{"reactor:doubler", 1 << 16}).repeated());
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
  CHECK(app.handle("other", chain::twice{1}, gesta::once{"reactor:doubler", (app.last_position() + 1) << 16}).match(
      [](const chain::job&) { return true; }, [](const gesta::failure&) { return false; }));
}
