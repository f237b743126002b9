// What a state costs that is not at hand: all events folded, or a snapshot and the events after it; and what a decision costs where states
// are cached, dropped, or changed by others. Streams of 10, 1,000 and 100,000 events, in a SQLite file and in memory.
// A part of benchmark.store.
//
// Durability is `process`, so that no disk is measured. Times are medians of many; the ratio is to the line above it that folds all.
#include "store.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

namespace {

using clock_type = std::chrono::steady_clock;

}  // namespace

namespace states {

struct moved {
  std::int64_t amount = 0, about = 0, why = 0, by = 0;
  static constexpr auto id = "account.moved";
};
struct move {
  std::int64_t amount;
};
struct account {
  std::int64_t balance = 0, moves = 0, largest = 0;
};
constexpr void evolve(account& a, const moved& e) {
  a.balance += e.amount;
  ++a.moves;
  if (e.amount > a.largest) a.largest = e.amount;
}
constexpr auto decide(const account& a, const move& c) -> gesta::emits<moved> { return moved{c.amount, a.moves}; }
struct accounts : gesta::aggregate<account, gesta::commands<move>> {
  static constexpr auto id = "account";
  using key = std::uint32_t;
};
struct bank : gesta::model<accounts> {};

}  // namespace states

namespace {

using namespace states;

[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "benchmark.store: states: %s\n", why);
  std::exit(1);
}

gesta::sqlite_store at(const std::string& path) {
  gesta::sqlite_store store;
  store.path = path;
  store.level = gesta::durability::process;
  return store;
}

/// The median time of one call, in microseconds; as many calls as take about a quarter of a second.
template <class Work>
double microseconds(Work&& work) {
  std::vector<double> took;
  const auto begin = clock_type::now();
  do {
    const auto start = clock_type::now();
    work();
    took.push_back(std::chrono::duration<double, std::micro>(clock_type::now() - start).count());
  } while (took.size() < 5 || clock_type::now() - begin < std::chrono::milliseconds(250));
  std::nth_element(took.begin(), took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2), took.end());
  return took[took.size() / 2];
}

template <class App>
void fill(App& app, std::uint32_t key, std::uint64_t events) {
  const auto good = [](const account&) {};
  const auto bad = [](const gesta::failure& f) { give_up(f.describe()); };
  for (std::uint64_t done = 0; done < events;) {
    auto unit = app.batch();
    for (int i = 0; i < 10000 && done < events; ++i, ++done) unit.handle(key, move{static_cast<std::int64_t>(done % 1000)}).match(good, bad);
    if (!unit.commit()) give_up("nothing is kept");
  }
}

template <class App>
void decide_one(App& app, std::uint32_t key) {
  app.handle(key, move{1}).match([](const account&) {}, [](const gesta::failure& f) { give_up(f.describe()); });
}

void line(const char* what, double took, double all) { std::printf("  %-66s%14.2f us%12.2f\n", what, took, all / took); }

template <class Value>
void check(const gesta::past<Value>& was, std::uint64_t version) {
  if (!was || was->moves != static_cast<std::int64_t>(version)) give_up("another state");
}

void in_file(const std::string& folder, std::uint64_t events) {
  const std::uint64_t tail = events / 2 < 50 ? events / 2 : 50;
  const std::string path = folder + '/' + std::to_string(events) + ".db";
  {
    auto app = gesta::start<bank>(at(path), gesta::cached_states{}, gesta::snapshots{.every = 0});
    for (const std::uint32_t key : {1u, 2u}) {
      fill(app, key, events - tail);
      if (!app.snapshot<accounts>(key)) give_up("no snapshot");
      fill(app, key, tail);
    }
  }
  std::printf("\n%llu events, in a file; a snapshot %llu events before the last\n", static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(tail));
  const gesta::at_version last{events};
  double all = 0;
  {
    auto plain = gesta::start<bank>(at(path));
    all = microseconds([&] { check(plain.state<accounts>(1u, last), events); });
    line("state at the last version, all events folded", all, all);
  }
  {
    auto app = gesta::start<bank>(at(path), gesta::cached_states{}, gesta::snapshots{.every = 0});
    line("the same from the snapshot", microseconds([&] { check(app.state<accounts>(1u, last), events); }), all);
  }
  // What follows records events: the tail grows by what is measured, so snapshots are taken on the way.
  {
    auto app = gesta::start<bank>(at(path), gesta::cached_states{.most = 1});
    std::uint32_t key = 1;
    const double cold = microseconds([&] { decide_one(app, key = 3 - key); });
    line("decision and commit, entity dropped before, all events folded", cold, cold);
    all = cold;
  }
  {
    auto app = gesta::start<bank>(at(path), gesta::cached_states{.most = 1}, gesta::snapshots{.every = 100});
    for (const std::uint32_t key : {1u, 2u})
      if (!app.snapshot<accounts>(key)) give_up("no snapshot");
    std::uint32_t key = 1;
    line("entity dropped before, from the snapshot", microseconds([&] { decide_one(app, key = 3 - key); }), all);
  }
  {
    auto one = gesta::start<bank>(at(path), gesta::cached_states{}, gesta::snapshots{.every = 100});
    auto other = gesta::start<bank>(at(path), gesta::cached_states{}, gesta::snapshots{.every = 100});
    decide_one(one, 1);
    decide_one(other, 1);
    bool turn = false;
    line("entity cached, changed by another program before: its tail", microseconds([&] { (turn = !turn) ? decide_one(one, 1) : decide_one(other, 1); }), all);
  }
  {
    auto app = gesta::start<bank>(at(path), gesta::cached_states{}, gesta::snapshots{.every = 100});
    decide_one(app, 1);
    line("entity cached", microseconds([&] { decide_one(app, 1); }), all);
  }
  {
    auto app = gesta::start<bank>(at(path));
    line("all states in memory, no cache", microseconds([&] { decide_one(app, 1); }), all);
  }
}

void in_memory(std::uint64_t events) {
  std::printf("\n%llu events, in memory; snapshots every 100\n", static_cast<unsigned long long>(events));
  const gesta::at_version half{events / 2};
  auto plain = gesta::start<bank>(gesta::memory_store{});
  auto app = gesta::start<bank>(gesta::memory_store{}, gesta::snapshots{.every = 100});
  for (std::uint64_t i = 0; i < events; ++i) {
    plain.handle(1u, move{1});
    app.handle(1u, move{1});
  }
  const double all = microseconds([&] { check(plain.state<accounts>(1u, half), events / 2); });
  line("state at the middle version, all events folded", all, all);
  line("the same from the snapshot", microseconds([&] { check(app.state<accounts>(1u, half), events / 2); }), all);
}

void at_start(const std::string& folder, std::uint64_t events) {
  const std::string path = folder + "/start.db";
  {
    auto app = gesta::start<bank>(at(path), gesta::cached_states{});
    const auto good = [](const account&) {};
    const auto bad = [](const gesta::failure& f) { give_up(f.describe()); };
    for (std::uint64_t done = 0; done < events;) {
      auto unit = app.batch();
      for (int i = 0; i < 10000 && done < events; ++i, ++done) unit.handle(static_cast<std::uint32_t>(done % 10000), move{1}).match(good, bad);
      if (!unit.commit()) give_up("nothing is kept");
    }
  }
  std::printf("\nstart of an app and its first command, a file of %llu events of 10,000 entities\n", static_cast<unsigned long long>(events));
  const double all = microseconds([&] {
    auto app = gesta::start<bank>(at(path));
    decide_one(app, 7);
  });
  line("everything is read", all, all);
  line("states are cached", microseconds([&] {
         auto app = gesta::start<bank>(at(path), gesta::cached_states{});
         decide_one(app, 7);
       }),
       all);
}

}  // namespace

namespace bench {

void states_not_at_hand(const std::string& folder, std::uint64_t events) {
  std::string made = folder + "/gesta-benchmark-XXXXXX";
  if (::mkdtemp(made.data()) == nullptr) ::give_up(std::strerror(errno));
  std::printf("\n%-68s%17s%12s\n", "states that are not at hand", "median", "times");
  for (const std::uint64_t n : {10u, 1'000u, 100'000u}) in_file(made, n);
  for (const std::uint64_t n : {10u, 1'000u, 100'000u}) in_memory(n);
  at_start(made, events);
  std::filesystem::remove_all(made);
}

}  // namespace bench
