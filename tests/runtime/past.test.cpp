// States and views as they were, on every store: what a fold of the first events gives.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "shared_store.hpp"

namespace {

struct added { int amount; static constexpr auto id = "past.added"; };
struct named { std::string name; static constexpr auto id = "past.named"; };
struct add { int amount; };
struct name { std::string name; };
struct sum {
  int total = 0;
  std::string name;
  std::uint64_t last_position = 0;
  bool operator==(const sum&) const = default;
};
void evolve(sum& s, const added& e) { s.total = (s.total * 31 + e.amount) % 1'000'003; }  // the order matters
void evolve(sum& s, const named& e) { s.name = e.name; }
auto decide(const sum&, const add& c) -> gesta::emits<added> { return added{c.amount}; }
auto decide(const sum&, const name& c) -> gesta::emits<named, added> { return gesta::emit(named{c.name}, added{1}); }
struct sums : gesta::aggregate<sum, gesta::commands<add, name>> {
  static constexpr auto id = "past.sum";
};

// Its state asks where its events lie.
struct placed { static constexpr auto id = "past.placed"; };
struct place {};
struct places {
  std::uint64_t last = 0;
};
void evolve(places& p, const placed&, const gesta::about& a) { p.last = a.position; }
auto decide(const places&, const place&) -> gesta::emits<placed> { return placed{}; }
struct all_places : gesta::aggregate<places, gesta::commands<place>> {
  static constexpr auto id = "past.place";
};

struct history {
  std::vector<std::uint64_t> positions;
  std::string keys;  ///< one after another
  int total = 0;
};
void project(history& h, const added& e, const gesta::about& a) {
  h.positions.push_back(a.position);
  h.keys.append(reinterpret_cast<const char*>(a.key.data), a.key.size);
  h.total += e.amount;
}

struct model : gesta::model<sums, all_places> {};

struct counting_clock {
  std::int64_t* now;
  gesta::timestamp operator()() const { return {++*now}; }
};

/// Every store that keeps everything, opened where no other test is.
template <class Test>
void on_each_store(Test&& test) {
  {
    INFO("memory");
    test([](auto clock) { return gesta::start<model>(gesta::memory_store{}, clock); });
  }
  {
    INFO("fixed memory");
    test([](auto clock) { return gesta::start<model>(gesta::fixed_memory_store{.bytes = 1 << 22}, clock); });
  }
  {
    INFO("a store that is no memory");
    shared::disk disk;
    test([&](auto clock) { return gesta::start<model>(shared::store{&disk}, clock); });
  }
  {
    INFO("SQLite");
    std::string folder = (std::filesystem::temp_directory_path() / "gesta-past-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    test([&](auto clock) { return gesta::start<model>(gesta::sqlite_store{.path = folder + "/a.db", .level = gesta::durability::process}, clock); });
    for (const std::size_t most : {1u, 2u, 16u}) {
      INFO("SQLite, states cached: ", most);
      const std::string path = folder + '/' + std::to_string(most) + ".db";
      test([&](auto clock) {
        return gesta::start<model>(gesta::sqlite_store{.path = path, .level = gesta::durability::process}, gesta::cached_states{most}, clock);
      });
    }
    std::filesystem::remove_all(folder);
  }
}

const auto fine = [](const auto&) {};

}  // namespace

TEST_CASE("a state at a version, a position or a time is the fold of what had happened by then") {
  on_each_store([](auto&& open) {
    std::int64_t now = 0;
    auto app = open(counting_clock{&now});
    std::mt19937 random(7);
    struct fact { std::string key; std::uint64_t version, position; std::int64_t time; sum after; };
    std::vector<fact> facts;
    std::map<std::string, std::pair<std::uint64_t, sum>> all;
    std::uint64_t position = 0;
    const auto happened = [&](const std::string& key, const auto& event) {
      auto& [version, state] = all[key];
      evolve(state, event);
      facts.push_back({key, ++version, ++position, now, state});
    };
    for (int i = 0; i < 120; ++i) {
      const std::string key(1, static_cast<char>('a' + random() % 3));
      if (random() % 4 == 0) {
        app.handle(key, name{std::to_string(i)}).match(fine);
        happened(key, named{std::to_string(i)});
        happened(key, added{1});
      } else {
        app.handle(key, add{i}).match(fine);
        happened(key, added{i});
      }
    }
    for (const char* key : {"a", "b", "c"}) {
      CHECK(app.template state<sums>(key) == all[key].second);
      CHECK(*app.template state<sums>(key, gesta::at_version{0}) == sum{});
      CHECK(*app.template state<sums>(key, gesta::at_version{1000}) == all[key].second);
      for (std::uint64_t at = 0; at <= position; ++at) {
        sum by_position, by_time;
        for (const fact& f : facts) {
          if (f.key != key) continue;
          if (f.position <= at) by_position = f.after;
          if (f.time <= static_cast<std::int64_t>(at)) by_time = f.after;
          if (f.position == at) CHECK(*app.template state<sums>(key, gesta::at_version{f.version}) == f.after);
        }
        CHECK(*app.template state<sums>(key, gesta::at_position{at}) == by_position);
        CHECK(*app.template state<sums>(key, gesta::at_time{{static_cast<std::int64_t>(at)}}) == by_time);
      }
    }
    const auto nobody = app.template state<sums>("nobody", gesta::at_position{50});
    REQUIRE(nobody);
    CHECK(*nobody == sum{});
  });
}

TEST_CASE("a view that the model does not list can be asked for as of a moment, and knows positions and keys") {
  on_each_store([](auto&& open) {
    std::int64_t now = 0;
    auto app = open(counting_clock{&now});
    for (int i = 1; i <= 5; ++i) app.handle("a", add{i}).match(fine);
    app.handle("a", place{}).match(fine);
    app.handle("b", add{100}).match(fine);
    CHECK(app.template view<history>(gesta::at_position{0})->positions.empty());
    CHECK(app.template view<history>(gesta::at_position{3})->total == 6);
    CHECK(app.template view<history>(gesta::at_time{{4}})->total == 10);
    CHECK(app.template view<history>(gesta::at_position{7})->positions == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 7});
    CHECK(app.template view<history>(gesta::at_position{7})->keys == "aaaaab");
  });
}

TEST_CASE("an evolve that asks for its position gets it in the past too") {
  on_each_store([](auto&& open) {
    std::int64_t now = 0;
    auto app = open(counting_clock{&now});
    app.handle("x", add{1}).match(fine);
    app.handle("p", place{}).match(fine);
    app.handle("x", add{2}).match(fine);
    app.handle("p", place{}).match(fine);
    CHECK(app.template state<all_places>("p").last == 4);
    CHECK(app.template state<all_places>("p", gesta::at_version{1})->last == 2);
    CHECK(app.template state<all_places>("p", gesta::at_position{3})->last == 2);
  });
}

TEST_CASE("the events of an open batch count, until it is taken back") {
  on_each_store([](auto&& open) {
    std::int64_t now = 0;
    auto app = open(counting_clock{&now});
    app.handle("a", add{1}).match(fine);
    {
      auto batch = app.batch();
      batch.handle("a", add{2}).match(fine);
      CHECK(app.template state<sums>("a", gesta::at_version{2})->total == 33);
    }
    CHECK(app.template state<sums>("a", gesta::at_version{2})->total == 1);
  });
}

TEST_CASE("a store that keeps its last records only says so when older ones are asked for") {
  auto app = gesta::start<model>(gesta::last_records_store{.bytes = 2 << 20});
  app.handle("old", add{1});
  app.handle("old", place{});
  CHECK(app.state<sums>("old", gesta::at_version{1})->total == 1);
  for (int i = 0; i < 100000; ++i) app.handle("new", add{i});
  CHECK(app.state<sums>("old").total == 1);  // the state of now is kept
  for (const auto& was : {app.state<sums>("old", gesta::at_version{1}), app.state<sums>("new", gesta::at_version{100000}),
                          app.state<sums>("old", gesta::at_position{2}), app.state<sums>("old", gesta::at_time{{1}})}) {
    CHECK_FALSE(was);
    CHECK(was.why().why == gesta::failure::kind::truncated);
  }
  CHECK(app.state<sums>("old", gesta::at_version{0})->total == 0);
  const auto view = app.view<history>(gesta::at_position{100000});
  CHECK_FALSE(view);
  CHECK(view.why().why == gesta::failure::kind::truncated);
  CHECK(view.why().position > 1);
}
