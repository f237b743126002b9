// Each key in order and the keys beside each other; what is said to be done is done; what failed holds its key back and nothing else; and
// whoever stops and goes on at the checkpoint misses nothing.
#include <gesta/gesta.hpp>
#include <gesta/runtime/partitions.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

struct moved {
  std::uint32_t by;
  std::uint32_t lane;  // another partition than the entity's, for those who ask for it
  static constexpr auto id = "lanes.moved";
};
struct named {
  std::string name;
  static constexpr auto id = "lanes.named";
};
struct ended {
  static constexpr auto id = "lanes.ended";
};
struct move {
  std::uint32_t by, lane;
};
struct name {
  std::string to;
};
struct end {};
struct robot {
  std::uint64_t at = 0;
};
void evolve(robot& r, const moved& e) { r.at += e.by; }
void evolve(robot&, const named&) {}
void evolve(robot&, const ended&) {}
auto decide(const robot&, const move& c) -> gesta::emits<moved> { return moved{c.by, c.lane}; }
auto decide(const robot&, const name& c) -> gesta::emits<named> { return named{c.to}; }
auto decide(const robot&, const end&) -> gesta::emits<ended> { return ended{}; }
struct robots : gesta::aggregate<robot, gesta::commands<move, name, end>> {
  static constexpr auto id = "lanes.robot";
};
struct hall : gesta::model<robots> {};

using bytes = std::string;
bytes text(gesta::key_bytes key) { return {key.data, key.size}; }
bytes key_of(std::uint32_t n) {
  bytes key = "robot " + std::to_string(n);
  if (n % 7 == 0) key += " with a name that is longer than what lies in place, " + std::to_string(n);
  return key;
}

// What each key has seen: the versions in the order in which they came.
struct seen_by_key {
  std::map<bytes, std::vector<std::uint64_t>> versions;

  void add(const gesta::about& where) { versions[text(where.key)].push_back(where.version); }
  // The first key whose versions do not go up; empty: all do.
  bytes out_of_order() const {
    for (const auto& [key, all] : versions)
      for (std::size_t i = 1; i < all.size(); ++i)
        if (all[i] <= all[i - 1]) return key;
    return {};
  }
  std::size_t count() const {
    std::size_t sum = 0;
    for (const auto& [key, all] : versions) sum += all.size();
    return sum;
  }
};

// One for each worker; its own memory and no lock: what two workers would do at once in it, ThreadSanitizer sees.
struct watcher {
  using order = gesta::ordered_by_key;
  seen_by_key* seen;
  std::uint64_t sum = 0;

  void operator()(const moved& e, const gesta::about& where) {
    seen->add(where);
    sum += e.by;
  }
  void operator()(const named& e, const gesta::about& where) {
    if (e.name != text(where.key)) std::abort();  // the copy is whole, and the key is that of the event
    seen->add(where);
  }
};

template <class App>
void fill(App& app, std::mt19937& draw, std::uint32_t keys, std::uint32_t events) {
  for (std::uint32_t i = 0; i < events; ++i) {
    const bytes key = key_of(static_cast<std::uint32_t>(draw()) % keys);
    switch (draw() % 8) {
      case 0: app.handle(key, name{key}).match([](const robot&) {}); break;
      case 1: app.handle(key, end{}).match([](const robot&) {}); break;  // nobody here handles it
      default: app.handle(key, move{static_cast<std::uint32_t>(draw()) % 9, i % 5}).match([](const robot&) {});
    }
  }
}

unsigned seed() {
  const char* const given = std::getenv("GESTA_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::atoi(given)) : std::random_device{}();
  return seed;
}

using outcome = gesta::dispatched::outcome;

}  // namespace

TEST_CASE("each key is in order whatever the number of workers, and every event is handled once") {
  const unsigned from = seed();
  INFO("GESTA_SEED=" << from);
  std::mt19937 draw(from);
  auto app = gesta::start<hall>(gesta::memory_store{});
  fill(app, draw, 3000, 20'000);
  std::size_t handled = 0;
  CHECK(app.each_event([&](const auto& event, const gesta::about&) { handled += !std::is_same_v<std::remove_cvref_t<decltype(event)>, ended>; }));
  for (const unsigned count : {1u, 2u, 3u, 8u}) {
    INFO("workers: " << count);
    std::vector<seen_by_key> seen(count);
    auto lanes = gesta::partition<hall, gesta::bounded<16>>(gesta::workers{count}, [&](unsigned n) { return watcher{&seen[n]}; });
    auto feed = app.follow();
    std::uint64_t last = 0;
    while (!feed.is_live()) {
      CHECK(lanes.poll(feed, draw() % 2000 + 1));
      CHECK(lanes.done() >= last);
      last = lanes.done();
    }
    CHECK(lanes.wait_until_done(app.last_position()) == gesta::awaited::done);
    CHECK(lanes.done() == app.last_position());
    CHECK(lanes.checkpoint() == feed.checkpoint());
    std::size_t sum = 0;
    std::set<bytes> keys;
    std::size_t used = 0;
    for (const seen_by_key& one : seen) {
      CHECK(one.out_of_order() == "");
      sum += one.count();
      used += !one.versions.empty();
      for (const auto& [key, all] : one.versions) CHECK((keys.insert(key).second));  // a key has one worker
    }
    CHECK(sum == handled);
    CHECK(used == count);  // 3000 keys over 8 workers
  }
}

// The control of the test above: what looks for the order finds it broken where it is broken. The handler asks for none, the first event
// waits in its worker until the other has handled the second.
TEST_CASE("a handler that needs no order gets none, and the look at the order sees it") {
  struct shared {
    using order = gesta::unordered;
    std::mutex lock;
    seen_by_key seen;
    std::atomic<bool> second{false};

    void operator()(const moved&, const gesta::about& where) {
      if (where.version == 1) second.wait(false);
      const std::lock_guard locked(lock);
      seen.add(where);
      if (where.version == 2) {
        second.store(true);
        second.notify_all();
      }
    }
  };
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (std::uint32_t i = 0; i < 4; ++i) app.handle("a", move{1, 0});
  shared one;
  auto lanes = gesta::partition<hall>(gesta::workers{2}, [&](unsigned) -> shared& { return one; });
  auto feed = app.follow();
  CHECK(lanes.poll(feed));
  CHECK(lanes.wait_until_done(4) == gesta::awaited::done);
  CHECK(one.seen.count() == 4);
  CHECK(one.seen.out_of_order() == "a");
}

namespace other_lanes {
struct by_lane {
  using order = gesta::ordered_by_key;
  std::vector<std::pair<unsigned, std::uint64_t>>* seen;
  std::mutex* lock;

  bool operator()(const moved& e, const gesta::about& where) {
    const std::lock_guard locked(*lock);
    seen->push_back({e.lane, where.position});
    return true;
  }
};
constexpr std::uint32_t locate(const by_lane&, const moved& e) { return e.lane; }
}  // namespace other_lanes

TEST_CASE("locate says another partition than the entity's: order is kept over its entities") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  std::mt19937 draw(7);
  fill(app, draw, 500, 5000);
  std::vector<std::pair<unsigned, std::uint64_t>> seen;
  std::mutex lock;
  auto lanes = gesta::partition<hall>(gesta::workers{4}, [&](unsigned) { return other_lanes::by_lane{&seen, &lock}; });
  auto feed = app.follow();
  CHECK(lanes.poll(feed));
  lanes.drain();
  CHECK(lanes.done() == app.last_position());
  std::map<unsigned, std::uint64_t> last;
  std::size_t wrong = 0;
  for (const auto& [lane, position] : seen) {
    wrong += last[lane] >= position;
    last[lane] = position;
  }
  CHECK(wrong == 0);
  CHECK(last.size() == 5);
}

TEST_CASE("one worker keeps the order of the whole log, for a handler that says nothing") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  std::mt19937 draw(3);
  fill(app, draw, 100, 3000);
  std::vector<std::uint64_t> positions;
  auto lanes = gesta::partition<hall>(gesta::one_worker, [&](unsigned) {
    return [&](const auto&, const gesta::about& where) { positions.push_back(where.position); };
  });
  auto feed = app.follow();
  CHECK(lanes.poll(feed));
  CHECK(lanes.wait_until_done(3000) == gesta::awaited::done);
  lanes.drain();
  CHECK(positions.size() == 3000);
  for (std::size_t i = 0; i < positions.size(); ++i) CHECK((positions[i] == i + 1));
}

// A gate that handlers wait at, so that a test decides when they go on.
namespace {
struct gate {
  std::atomic<bool> open{false};
  std::atomic<int> arrived{0};

  void pass() {
    ++arrived;
    arrived.notify_all();
    open.wait(false);
  }
  void wait_for_one() {
    for (int n = arrived.load(); n == 0; n = arrived.load()) arrived.wait(0);
  }
  void let_go() {
    open.store(true);
    open.notify_all();
  }
};
struct gated {
  using order = gesta::ordered_by_key;
  gate* at;
  std::atomic<int>* handled;
  void operator()(const moved&) {
    at->pass();
    ++*handled;
  }
};
}  // namespace

TEST_CASE("a full buffer that refuses ends the giving, and nothing is lost or given twice") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (std::uint32_t i = 0; i < 20; ++i) app.handle("a", move{i, 0});
  gate door;
  std::atomic<int> handled{0};
  using refusing = gesta::bounded<4, gesta::when_full::refuse>;
  auto lanes = gesta::partition<hall, refusing>(gesta::one_worker, [&](unsigned) { return gated{&door, &handled}; });
  auto feed = app.follow();
  auto came_to = lanes.poll(feed);
  CHECK(came_to.what() == outcome::full);
  door.wait_for_one();
  for (int i = 0; i < 3; ++i) CHECK(lanes.poll(feed).what() == outcome::full);  // and waits for nothing
  CHECK(handled == 0);
  CHECK(lanes.done() == 0);
  door.let_go();
  for (bool all = false; !all; std::this_thread::yield()) all = static_cast<bool>(lanes.poll(feed));
  CHECK(lanes.wait_until_done(20) == gesta::awaited::done);
  CHECK(handled == 20);
}

TEST_CASE("what is kept back is not given, whatever the caller says to have reached") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (std::uint32_t i = 0; i < 20; ++i) app.handle("a", move{i, 0});
  gate door;
  std::atomic<int> handled{0};
  using refusing = gesta::bounded<4, gesta::when_full::refuse>;
  auto lanes = gesta::partition<hall, refusing>(gesta::one_worker, [&](unsigned) { return gated{&door, &handled}; });
  auto feed = app.follow();
  CHECK(lanes.poll(feed).what() == outcome::full);
  const std::uint64_t kept_back = feed.checkpoint().position;  // the last that was taken from the feed
  lanes.reached(20);
  door.let_go();
  CHECK(lanes.wait_until_done(kept_back - 1) == gesta::awaited::done);
  CHECK(lanes.done() == kept_back - 1);
  for (bool all = false; !all; std::this_thread::yield()) all = static_cast<bool>(lanes.poll(feed));
  CHECK(lanes.wait_until_done(20) == gesta::awaited::done);
  CHECK(handled == 20);
}

TEST_CASE("a full buffer that blocks holds the giving back until there is room") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (std::uint32_t i = 0; i < 20; ++i) app.handle("a", move{i, 0});
  gate door;
  std::atomic<int> handled{0};
  auto lanes = gesta::partition<hall, gesta::bounded<4>>(gesta::one_worker, [&](unsigned) { return gated{&door, &handled}; });
  auto feed = app.follow();
  std::atomic<bool> given{false};
  std::thread giver([&] {
    CHECK(lanes.poll(feed));
    given = true;
  });
  door.wait_for_one();
  CHECK_FALSE(given);  // twenty do not fit, and none is done
  CHECK(lanes.wait_until_done(1, std::chrono::milliseconds(1)) == gesta::awaited::not_yet);
  door.let_go();
  giver.join();
  CHECK(lanes.wait_until_done(20) == gesta::awaited::done);
  CHECK(handled == 20);
}

TEST_CASE("closing ends a giving that waits; what was given is handled, and exactly that is done") {
  for (int round = 0; round < 20; ++round) {
    auto app = gesta::start<hall>(gesta::memory_store{});
    for (std::uint32_t i = 0; i < 20; ++i) app.handle("a", move{i, 0});
    gate door;
    std::atomic<int> handled{0};
    auto lanes = gesta::partition<hall, gesta::bounded<4>>(gesta::one_worker, [&](unsigned) { return gated{&door, &handled}; });
    auto feed = app.follow();
    outcome came_to = outcome::all;
    std::thread giver([&] { came_to = lanes.poll(feed).what(); });
    door.wait_for_one();
    lanes.close();
    giver.join();
    CHECK(came_to == outcome::stopped);
    door.let_go();
    lanes.join();
    CHECK(handled > 0);
    CHECK(lanes.done() == static_cast<std::uint64_t>(handled));
    CHECK(lanes.wait_until_done(20) == gesta::awaited::stopped);
  }
}

namespace {
struct says_no {
  const gesta::failure* cause = nullptr;
  explicit operator bool() const { return cause == nullptr; }
  const gesta::failure& why() const { return *cause; }
};
// Fails for what `bad` names, until it is healed.
struct fragile {
  using order = gesta::ordered_by_key;
  std::mutex* lock;
  std::map<bytes, std::vector<std::uint64_t>>* handled;
  const std::set<std::uint64_t>* bad;

  static const gesta::failure& cause() {
    static const gesta::failure one(gesta::failure::kind::busy, 7, "the shop is closed");
    return one;
  }
  says_no operator()(const moved&, const gesta::about& where) {
    if (bad->count(where.position) != 0) return {&cause()};
    const std::lock_guard locked(*lock);
    (*handled)[text(where.key)].push_back(where.version);
    return {};
  }
};
}  // namespace

TEST_CASE("a failure holds its key back and no other; each event that is not done is told, with its cause, and can be parked") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (std::uint32_t i = 0; i < 5; ++i)
    for (const char* key : {"a", "b", "c"}) app.handle(key, move{i, 0});
  std::mutex lock;
  std::map<bytes, std::vector<std::uint64_t>> handled;
  const std::set<std::uint64_t> bad{5, 14};  // the second event of b, the last one too
  auto lanes = gesta::partition<hall>(gesta::workers{3}, [&](unsigned) { return fragile{&lock, &handled, &bad}; });
  auto feed = app.follow();
  CHECK(lanes.poll(feed));
  CHECK(lanes.wait_until_done(4) == gesta::awaited::done);
  CHECK(lanes.wait_until_done(15) == gesta::awaited::undone);
  CHECK(lanes.done() == 4);  // and not beyond what failed
  CHECK(handled["a"] == std::vector<std::uint64_t>{1, 2, 3, 4, 5});
  CHECK(handled["b"] == std::vector<std::uint64_t>{1});
  CHECK(handled["c"] == std::vector<std::uint64_t>{1, 2, 3, 4, 5});

  std::vector<gesta::undone> told;
  CHECK(lanes.park([&](const gesta::undone& one) { return told.push_back(one), false; }) == 0);
  CHECK(told.size() == 1);  // false ends it
  CHECK(lanes.done() == 4);
  told.clear();
  CHECK(lanes.park([&](const gesta::undone& one) { return told.push_back(one), told.size() < 3; }) == 2);
  CHECK(lanes.done() == 10);  // up to the first that is not parked
  CHECK_FALSE(lanes.release("b"));
  CHECK(lanes.park([&](const gesta::undone& one) { return told.push_back(one), true; }) == 2);
  CHECK(lanes.done() == 15);
  CHECK(told.size() == 5);
  CHECK(told[0].position == 5);
  CHECK(told[0].version == 2);
  CHECK(told[0].key == "b");
  CHECK(told[0].behind == 0);
  CHECK(told[0].cause.why == gesta::failure::kind::busy);
  CHECK(std::string(told[0].cause.describe()) == "the shop is closed");
  CHECK(told[1].position == 8);
  CHECK(told[1].behind == 5);
  CHECK(std::string(told[1].cause.describe()) == "it waits behind the event at position 5");
  CHECK(told.back().position == 14);
  CHECK(told.back().behind == 5);  // it is not tried: it is behind

  // Parked, the key still waits; released, it goes on with what comes then.
  app.handle("b", move{6, 0});
  CHECK(lanes.poll(feed));
  CHECK(lanes.wait_until_done(16) == gesta::awaited::undone);
  CHECK_FALSE(lanes.release("b"));
  CHECK(lanes.park([](const gesta::undone& one) { return one.position == 16; }) == 1);
  CHECK(lanes.release("b"));
  app.handle("b", move{7, 0});
  CHECK(lanes.poll(feed));
  CHECK(lanes.wait_until_done(17) == gesta::awaited::done);
  CHECK(handled["b"] == std::vector<std::uint64_t>{1, 7});
}

TEST_CASE("what an earlier program parked is said to the next, which holds those keys back") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (const char* key : {"a", "b"}) app.handle(key, move{1, 0});
  std::mutex lock;
  std::map<bytes, std::vector<std::uint64_t>> handled;
  const std::set<std::uint64_t> bad;
  auto lanes = gesta::partition<hall>(gesta::workers{2}, [&](unsigned) { return fragile{&lock, &handled, &bad}; });
  lanes.hold("b", 99);
  auto feed = app.follow();
  CHECK(lanes.poll(feed));
  CHECK(lanes.wait_until_done(2) == gesta::awaited::undone);
  CHECK(handled.count("b") == 0);
  lanes.park([](const gesta::undone& one) { return one.behind == 99; });
  CHECK(lanes.done() == 2);
}

TEST_CASE("giving ends where as many events are undone as a buffer holds, and goes on when they are parked") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (std::uint32_t i = 0; i < 100; ++i) app.handle("a", move{i, 0});
  std::mutex lock;
  std::map<bytes, std::vector<std::uint64_t>> handled;
  const std::set<std::uint64_t> bad{1};
  auto lanes = gesta::partition<hall, gesta::bounded<8>>(gesta::workers{2}, [&](unsigned) { return fragile{&lock, &handled, &bad}; });
  auto feed = app.follow();
  std::vector<std::uint64_t> parked;
  std::size_t rounds = 0;
  for (bool all = false; !all; ++rounds) {
    const auto came_to = lanes.poll(feed);
    all = static_cast<bool>(came_to);
    if (!all) CHECK(came_to.what() == outcome::undone);
    std::size_t now = 0;
    lanes.park([&](const gesta::undone& one) { return parked.push_back(one.position), ++now, true; });
    CHECK(now <= 8 + 8 + 1);
  }
  CHECK(rounds >= 5);
  CHECK(lanes.wait_until_done(100) != gesta::awaited::stopped);
  lanes.park([&](const gesta::undone& one) { return parked.push_back(one.position), true; });
  CHECK(lanes.done() == 100);
  CHECK(parked.size() == 100);
  for (std::size_t i = 0; i < parked.size(); ++i) CHECK((parked[i] == i + 1));
}

#if defined(__cpp_exceptions)
TEST_CASE("a handler that throws has failed, and its words are the cause") {
  struct throwing {
    using order = gesta::ordered_by_key;
    void operator()(const moved& e) const {
      if (e.by == 1) throw std::runtime_error("no connection");
      if (e.by == 2) throw 2;
    }
  };
  auto app = gesta::start<hall>(gesta::memory_store{});
  app.handle("a", move{1, 0});
  app.handle("b", move{2, 0});
  app.handle("c", move{3, 0});
  auto lanes = gesta::partition<hall>(gesta::workers{2}, [&](unsigned) { return throwing{}; });
  auto feed = app.follow();
  CHECK(lanes.poll(feed));
  lanes.drain();
  CHECK(lanes.done() == 0);
  std::vector<std::string> causes;
  CHECK(lanes.park([&](const gesta::undone& one) {
    CHECK(one.cause.why == gesta::failure::kind::interrupted);
    return causes.push_back(one.cause.describe()), true;
  }) == 2);
  CHECK(causes == std::vector<std::string>{"the handler threw: no connection", "the handler threw something that is no std::exception"});
  CHECK(lanes.done() == 3);
}
#endif

namespace {
struct noting {
  using order = gesta::ordered_by_key;
  seen_by_key* seen;
  std::vector<std::uint64_t>* positions;
  void operator()(const auto&, const gesta::about& where) {
    seen->add(where);
    positions->push_back(where.position);
  }
};
}  // namespace

// Where it goes on is done(): after a drain each event comes once; after abandoning at least once, in order of its key, and those that come
// twice lie behind done() of then.
TEST_CASE("stopped at any moment and begun again at the checkpoint, every event is handled, each key in order") {
  const unsigned from = seed();
  INFO("GESTA_SEED=" << from);
  std::mt19937 draw(from);
  auto app = gesta::start<hall>(gesta::memory_store{});
  fill(app, draw, 200, 4000);
  for (const bool abandons : {false, true}) {
    std::map<std::uint64_t, int> times;
    gesta::checkpoint at{};
    std::size_t stops = 0;
    while (at.position != app.last_position()) {
      std::vector<seen_by_key> seen(3);
      std::vector<std::vector<std::uint64_t>> positions(3);
      auto lanes = gesta::partition<hall, gesta::bounded<32>>(gesta::workers{3}, [&](unsigned n) { return noting{&seen[n], &positions[n]}; });
      auto feed = app.follow(at);
      std::thread stopper([&, spins = draw() % 300] {
        for (unsigned i = 0; i < spins; ++i) std::this_thread::yield();
        if (abandons) lanes.abandon();
        else lanes.close();
      });
      (void)lanes.poll(feed).what();
      stopper.join();
      lanes.join();
      const gesta::checkpoint before = at;
      at = lanes.checkpoint();
      CHECK(at.position >= before.position);
      std::set<std::uint64_t> below;
      for (unsigned n = 0; n < 3; ++n) {
        CHECK(seen[n].out_of_order() == "");
        for (const std::uint64_t p : positions[n]) {
          ++times[p];
          if (p <= at.position) CHECK((below.insert(p).second));
          else CHECK((abandons));  // beyond it only where it was abandoned
        }
      }
      CHECK(below.size() == at.position - before.position);  // exactly what it says
      ++stops;
    }
    CHECK(times.size() == app.last_position());
    for (const auto& [position, count] : times) CHECK((abandons || count == 1));
    INFO("stops: " << stops);
    CHECK(stops >= 1);
  }
}

TEST_CASE("several threads wait for several positions, and each is woken") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  std::mt19937 draw(11);
  fill(app, draw, 50, 5000);
  std::vector<seen_by_key> seen(3);
  auto lanes = gesta::partition<hall, gesta::bounded<8>>(gesta::workers{3}, [&](unsigned n) { return watcher{&seen[n]}; });
  std::atomic<int> woken{0};
  std::vector<std::thread> waiting;
  for (std::uint64_t position : {1u, 100u, 2500u, 4999u, 5000u})
    waiting.emplace_back([&, position] {
      woken += lanes.wait_until_done(position) == gesta::awaited::done && lanes.done() >= position;
    });
  auto feed = app.follow();
  CHECK(lanes.poll(feed));
  for (std::thread& one : waiting) one.join();
  CHECK(woken == 5);
}

TEST_CASE("a reading gives as well, from where it begins") {
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (std::uint32_t i = 0; i < 10; ++i) app.handle("a", move{i, 0});
  gate door;
  std::atomic<int> handled{0};
  door.let_go();
  using refusing = gesta::bounded<2, gesta::when_full::refuse>;
  auto lanes = gesta::partition<hall, refusing>(gesta::workers{2}, [&](unsigned) { return gated{&door, &handled}; });
  lanes.reached(4);
  CHECK(lanes.done() == 4);
  std::uint64_t after = 4;
  while (after != 10) {  // each reading begins behind the last event that was taken
    std::uint64_t last = after;
    CHECK(app.read({.after = after, .to = 10}, [&](const auto& event, const gesta::about& where) {
      last = where.position;
      return lanes(event, where);
    }));
    after = last;
    while (!lanes.give_rest()) std::this_thread::yield();
  }
  lanes.reached(10);
  CHECK(lanes.wait_until_done(10) == gesta::awaited::done);
  CHECK(handled == 6);
}
