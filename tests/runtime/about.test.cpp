#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>
#include <vector>

// What verbs are told about a message, on an injected clock, with the traced and with the lean envelope.
namespace {

struct ticked {
  int n;
  static constexpr auto id = "ticked";
};
struct tick {
  int n;
};
struct tick_twice {};
struct meter {
  gesta::text<40> evolved;
  std::int64_t time = 0;
  gesta::message_id correlation, causation;
};
std::string decided;

std::string told(const gesta::about& a) {
  return std::string(a.key.data, a.key.size) + " v" + std::to_string(a.version) + " p" + std::to_string(a.position) + " t" +
         std::to_string(a.time.nanoseconds);
}
void evolve(meter& m, const ticked&, const gesta::about& a) {
  m.evolved = gesta::text<40>(told(a));
  m.time = a.time.nanoseconds;
  m.correlation = a.correlation;
  m.causation = a.causation;
}
auto decide(const meter&, const tick& c, const gesta::about& a) -> gesta::emits<ticked> {
  decided = told(a);
  return ticked{c.n};
}
auto decide(const meter&, const tick_twice&) -> gesta::emits<gesta::many<ticked>> {
  static constexpr gesta::list<int, 2> two{1, 2};
  return gesta::each(two, [](int n) { return ticked{n}; });
}
struct meters : gesta::aggregate<meter, gesta::commands<tick, tick_twice>> {
  static constexpr auto id = "meter";
};
struct last {
  std::string line;
};
void project(last& v, const ticked&, const gesta::about& a) { v.line = told(a); }
struct lasts : gesta::projection<last, gesta::follows<meters>> {
  static constexpr auto id = "last";
};

struct traced : gesta::model<meters, lasts> {};
struct lean : gesta::model<meters, lasts, gesta::lean> {};

/// Counts its own readings.
struct counting_clock {
  std::int64_t* readings;
  gesta::timestamp operator()() const { return {1000 + ++*readings}; }
};

}  // namespace

TEST_CASE("decide is told the entity before the command, evolve and project the event itself") {
  std::int64_t readings = 0;
  auto app = gesta::start<traced>(gesta::memory_store{}, counting_clock{&readings});
  app.handle("a", tick{1});
  CHECK(decided == "a v0 p0 t1001");
  CHECK(app.state<meters>("a").evolved == "a v1 p1 t1001");
  CHECK(app.view<last>().line == "a v1 p1 t1001");
  app.handle("b", tick{1});
  app.handle("a", tick{1});
  CHECK(decided == "a v1 p2 t1003");
  CHECK(app.state<meters>("a").evolved == "a v2 p3 t1003");
  CHECK(app.view<last>().line == "a v2 p3 t1003");
}

TEST_CASE("events of an open number are told apart, too") {
  std::int64_t readings = 0;
  auto app = gesta::start<traced>(gesta::memory_store{}, counting_clock{&readings});
  app.handle("a", tick_twice{});
  CHECK(app.state<meters>("a").evolved == "a v2 p2 t1001");
  CHECK(app.view<last>().line == "a v2 p2 t1001");
}

TEST_CASE("the clock is read once per unit of work") {
  std::int64_t readings = 0;
  auto app = gesta::start<traced>(gesta::memory_store{}, counting_clock{&readings});
  app.handle("a", tick_twice{});
  CHECK(readings == 1);
  auto batch = app.batch();
  batch.handle("a", tick{1});
  batch.handle("b", tick{2});
  batch.handle("a", tick_twice{});
  REQUIRE(batch.commit());
  CHECK(readings == 2);
  CHECK(app.state<meters>("b").time == app.state<meters>("a").time);
}

TEST_CASE("a model with the lean envelope reads no clock and keeps no ids") {
  std::int64_t readings = 0;
  auto app = gesta::start<lean>(gesta::memory_store{}, counting_clock{&readings});
  app.handle("a", tick{1}, gesta::once{"test", 1});
  CHECK(readings == 0);
  CHECK(app.state<meters>("a").evolved == "a v1 p1 t0");
  CHECK(app.state<meters>("a").correlation == gesta::message_id{});
  app.each_event([](const ticked&, const gesta::about& a) {
    CHECK(a.time == gesta::timestamp{});
    CHECK(a.causation == gesta::message_id{});
    CHECK(a.version == 1);
  });
}

TEST_CASE("a request that is numbered gives its events an id made of source and number; others have ids that differ") {
  auto app = gesta::start<traced>(gesta::memory_store{});
  std::vector<gesta::message_id> ids;
  app.handle("a", tick{1}, gesta::once{"test", 1});
  app.handle("a", tick{1}, gesta::once{"test", 2});
  app.handle("a", tick{1});
  app.handle("b", tick{1});
  app.each_event([&](const ticked&, const gesta::about& a) {
    CHECK(a.correlation == a.causation);
    ids.push_back(a.causation);
  });
  REQUIRE(ids.size() == 4);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < i; ++j) CHECK(ids[i] != ids[j]);

  auto other = gesta::start<traced>(gesta::memory_store{});
  other.handle("z", tick{1}, gesta::once{"test", 2});
  CHECK(other.state<meters>("z").causation == ids[1]);
}

TEST_CASE("a state that was taken back and folded anew is told what it was told at first") {
  std::int64_t readings = 0;
  auto app = gesta::start<traced>(gesta::memory_store{}, counting_clock{&readings});
  app.handle("b", tick{1});
  app.handle("a", tick{1});
  const meter before = app.state<meters>("a");
  {
    auto batch = app.batch();
    batch.handle("a", tick{1});
    CHECK(app.state<meters>("a").evolved != before.evolved);
  }
  CHECK(app.state<meters>("a").evolved == before.evolved);
  CHECK(app.state<meters>("a").causation == before.causation);
}

TEST_CASE("the machine's clock stands at a time after 2020") {
  auto app = gesta::start<traced>(gesta::memory_store{});
  app.handle("a", tick{1});
  CHECK(app.state<meters>("a").time > 1'577'836'800'000'000'000);
}
