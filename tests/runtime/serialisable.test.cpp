// Whatever clients ask at the same time, they are told what they would have been told one after another: by a check of drawn histories
// against a plain model. Processes on one SQLite file; drawn interleavings in memory; and stores that forget, which the check finds.
// GESTA_SEED=n draws other histories; the seed is printed.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "../folder.hpp"
#include "serial_model.hpp"

namespace {

using namespace serial;

unsigned seed() {
  const char* const word = std::getenv("GESTA_SEED");
  return word == nullptr ? 1u : static_cast<unsigned>(std::strtoul(word, nullptr, 10));
}

std::uint64_t clock_now() {  // one clock for all processes
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(t.tv_nsec);
}

template <class Outcome>
void note(const Outcome& outcome, exchange& one) {
  struct telling {
    std::uint64_t position;
    said operator()(const lessons&) const { return settled(); }
    said operator()(const course&, const student&, const place&) const { return settled(); }
    said operator()(const place&) const { return settled(); }
    said operator()(const holder&, const user&) const { return settled(); }
    said operator()(const user&) const { return settled(); }
    said settled() const { return position == 0 ? said::nothing : said::accepted; }
    said operator()(const already&) const { return said::already; }
    said operator()(const not_open&) const { return said::not_open; }
    said operator()(const full&) const { return said::full; }
    said operator()(const busy&) const { return said::busy; }
    said operator()(const in_use&) const { return said::in_use; }
    said operator()(const gesta::conflict&) const { return said::conflict; }
    said operator()(const gesta::failure& why) const { return std::fprintf(stderr, "%s\n", why.describe()), said::failed; }
  };
  one.told = outcome.match(telling{outcome.position()});
  one.position = one.told == said::conflict ? outcome.version() : outcome.position();
}

/// Carries out one wish; where it is for a boundary and a position was seen, with that.
template <class Where>
void ask(Where& where, exchange& one) {
  as_command(one.wished, [&](const auto& command) {
    using command_type = std::remove_cvref_t<decltype(command)>;
    if constexpr (!std::is_same_v<command_type, plan> && !std::is_same_v<command_type, serial::close>) {
      if (one.has_seen) return note(where.handle(command, gesta::seen{one.seen}), one);
    }
    note(where.handle(command), one);
  });
}

bool is_of_boundary(const wish& w) { return w.what != verb::plan && w.what != verb::close; }

/// One client: single wishes, wishes that name what was seen some time ago, batches, batches that are given up.
template <class App, class Clock>
void live(App& app, std::mt19937& random, int wishes, Clock&& now, std::vector<exchange>& told) {
  std::uint64_t seen = app.last_position();
  while (wishes > 0) {
    if (random() % 4 == 0) seen = app.last_position();
    const auto kind = static_cast<unsigned>(random() % 10);
    if (kind < 8) {
      exchange one{draw(random)};
      one.has_seen = kind < 3 && is_of_boundary(one.wished);
      one.seen = seen;
      one.call = now();
      ask(app, one);
      one.answer = now();
      told.push_back(one);
      --wishes;
    } else {
      std::vector<exchange> together;
      const std::uint64_t call = now();
      auto batch = app.batch();
      for (auto count = 1 + random() % 3; count != 0; --count) {
        exchange one{draw(random)};
        ask(batch, one);
        together.push_back(one);
      }
      wishes -= static_cast<int>(together.size());
      if (kind == 9) continue;  // taken back: nobody was told anything
      const gesta::committed end = batch.commit();
      const bool kept = static_cast<bool>(end);
      if (!kept) std::fprintf(stderr, "%s\n", end.why().describe());
      for (exchange& one : together) {
        one.call = call;
        one.answer = now();
        if (!kept) one.told = said::failed;
        told.push_back(one);
      }
    }
  }
}

/// Several processes on one file, each with an app of its own. What they were told, and the log.
template <class Store>
std::string run_processes(unsigned drawn, int processes, int wishes, const Store& store, const folder& f, std::size_t& conflicts, std::size_t& refusals) {
  std::vector<::pid_t> all;
  REQUIRE(gesta::start<school>(gesta::sqlite_store{.path = f / "a.db"}).broken() == nullptr);  // the file is there
  std::fflush(nullptr);
  for (int i = 0; i < processes; ++i) {
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      std::mt19937 random(drawn * 31 + static_cast<unsigned>(i));
      std::vector<exchange> told;
      auto app = gesta::start<school>(store);
      live(app, random, wishes, clock_now, told);
      std::FILE* const out = std::fopen((f / std::to_string(i)).c_str(), "wb");
      const bool good = out != nullptr && std::fwrite(told.data(), sizeof(exchange), told.size(), out) == told.size() && std::fclose(out) == 0;
      ::_exit(good ? 0 : 1);
    }
    all.push_back(child);
  }
  std::vector<exchange> told;
  for (int i = 0; i < processes; ++i) {
    int status = 0;
    ::waitpid(all[static_cast<std::size_t>(i)], &status, 0);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
    std::FILE* const in = std::fopen((f / std::to_string(i)).c_str(), "rb");
    REQUIRE(in != nullptr);
    for (exchange one; std::fread(&one, sizeof one, 1, in) == 1;) told.push_back(one);
    std::fclose(in);
  }
  for (const exchange& one : told) {
    conflicts += one.told == said::conflict;
    refusals += one.told == said::full || one.told == said::busy || one.told == said::in_use || one.told == said::not_open;
  }
  auto app = gesta::start<school>(gesta::sqlite_store{.path = f / "a.db"});
  std::vector<happening> log;
  REQUIRE(read_log(app, log));
  return check(log, told);
}

/// Several clients of one app in memory, a wish at a time in a drawn order; each goes by what it saw when it last looked.
std::string run_in_memory(unsigned drawn, bool passes_seen, std::size_t& conflicts) {
  std::mt19937 random(drawn);
  auto app = gesta::start<school>(gesta::memory_store{});
  std::uint64_t time = 0;
  std::vector<std::uint64_t> seen(4, 0);
  std::vector<exchange> told;
  for (int i = 0; i < 200; ++i) {
    const std::size_t client = random() % seen.size();
    if (random() % 3 == 0) {
      seen[client] = app.last_position();
      continue;
    }
    if (random() % 10 == 0) {
      live(app, random, 1, [&] { return ++time; }, told);
      continue;
    }
    exchange one{draw(random)};
    one.seen = seen[client];
    one.has_seen = passes_seen && is_of_boundary(one.wished);
    one.call = ++time;
    ask(app, one);
    one.answer = ++time;
    one.has_seen = is_of_boundary(one.wished);
    conflicts += one.told == said::conflict;
    told.push_back(one);
  }
  std::vector<happening> log;
  REQUIRE(read_log(app, log));
  return check(log, told);
}

/// A SQLite store that forgets: of what others recorded some events come as if they were retired, so that states are stale though every
/// version and position is right.
template <class Model>
class forgetting_log : public gesta::detail::sqlite_log_of<Model> {
  using base = gesta::detail::sqlite_log_of<Model>;

 public:
  using base::base;
  template <class F>
  bool catch_up(F&& f) {
    return base::catch_up([&](const gesta::recorded& record) {
      gesta::recorded other = record;
      if (record.position % 8 == 0) other.tag = gesta::retired_tag;
      f(other);
    });
  }
};
struct forgetting_store : gesta::sqlite_store {
  template <class Model>
  using log = forgetting_log<Model>;
};

}  // namespace

TEST_CASE("what processes on one SQLite file are told is what they would have been told one after another") {
  std::printf("serialisable: GESTA_SEED=%u\n", seed());
  std::size_t conflicts = 0, refusals = 0;
  for (unsigned round = 0; round < 8; ++round) {
    CAPTURE(round);
    const folder f;
    const gesta::sqlite_store store{.path = f / "a.db", .level = gesta::durability::process, .patience_milliseconds = 60000};
    CHECK(run_processes(seed() * 100 + round, 4, 200, store, f, conflicts, refusals) == "");
  }
  CHECK(conflicts > 20);
  CHECK(refusals > 200);
}

TEST_CASE("what clients of one app in memory are told, going by what they saw some time ago, is likewise") {
  std::size_t conflicts = 0;
  for (unsigned round = 0; round < 60; ++round) {
    CAPTURE(round);
    CHECK(run_in_memory(seed() * 1000 + round, true, conflicts) == "");
  }
  CHECK(conflicts > 500);
}

TEST_CASE("a store that forgets what others recorded is found") {
  std::size_t conflicts = 0, refusals = 0;
  unsigned found = 0;
  for (unsigned round = 0; round < 2; ++round) {
    const folder f;
    forgetting_store store;
    store.path = f / "a.db";
    store.level = gesta::durability::process;
    store.patience_milliseconds = 60000;
    found += run_processes(seed() * 100 + round, 4, 100, store, f, conflicts, refusals) != "";
  }
  CHECK(found == 2);
}

TEST_CASE("clients whose seen positions are not asked about are found") {
  std::size_t conflicts = 0;
  unsigned found = 0;
  for (unsigned round = 0; round < 10; ++round) found += run_in_memory(seed() * 1000 + round, false, conflicts) != "";
  CHECK(found == 10);
}
