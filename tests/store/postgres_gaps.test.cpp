// No reader of a PostgreSQL log ever misses an event: writers that take their time, that take back, that are killed or cut off, and a foreign
// transaction that stays open; under the log's lock, and side by side with a horizon. The same readers on a table without either do miss some,
// which shows that they would notice.
// GESTA_TORTURE_SECONDS: how long it goes on under the lock, and half as long side by side; 20 unless said.
#include <gesta/gesta.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/postgres.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "postgres_logs.hpp"

namespace {

struct ticked {
  std::int64_t writer, number;
  static constexpr auto id = "ticked";
};
struct tick {
  std::int64_t writer, number;
};
struct counter {
  std::int64_t count = 0;
};
void evolve(counter& c, const ticked&) { ++c.count; }
auto decide(const counter&, const tick& t) -> gesta::emits<ticked> { return ticked{t.writer, t.number}; }
struct counters : gesta::aggregate<counter, gesta::commands<tick>> {
  static constexpr auto id = "counter";
};
struct clockwork : gesta::model<counters> {};

using clock_type = std::chrono::steady_clock;

/// What the programs of a run see of each other.
struct shared_memory {
  struct content {
    std::atomic<bool> are_writing{true};
    std::atomic<std::int64_t> kept{0};  ///< events that were acknowledged
    std::atomic<std::int64_t> last{0};  ///< the last position, when all writers have ended
    std::atomic<std::int64_t> there{0};  ///< how many events there are then
    std::atomic<bool> has_ended{false};
  };
  content* all;

  shared_memory() {
    void* const memory = ::mmap(nullptr, sizeof(content), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    all = ::new (memory) content;
  }
  shared_memory(const shared_memory&) = delete;
  shared_memory& operator=(const shared_memory&) = delete;
  ~shared_memory() { ::munmap(all, sizeof(content)); }
};

struct dice {
  std::uint64_t state;
  std::uint64_t operator()(std::uint64_t sides) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % sides;
  }
};

int seconds_of_torture() {
  const char* const said = std::getenv("GESTA_TORTURE_SECONDS");
  return said == nullptr ? 20 : std::atoi(said);
}

/// Reads on behind the last position that was seen, until it has seen the last one: how many it got. `read(after, visit)` as a consumer would.
template <class Read>
std::int64_t follow(const shared_memory::content& shared, Read&& read) {
  std::int64_t seen = 0, last = 0;
  for (bool is_final = false;; ::usleep(300)) {
    is_final = shared.has_ended;
    const auto visit = [&](std::int64_t position) {
      ++seen;
      last = position;
    };
    if (!read(last, visit)) return -1;
    if (is_final) return last == shared.last ? seen : -2;
  }
}

void mess_about(dice& roll) {
  if (roll(4) == 0) ::usleep(static_cast<useconds_t>(roll(3000)));
}

template <class Store, class... Option>
void torture(const fresh& in, int seconds, Store store, const Option&... option) {
  (void)gesta::start<clockwork>(store, option...);
  const shared_memory shared;
  store.patience_milliseconds = 60000;

  // A stranger's transaction that has written and stays open all the time.
  sql("create table if not exists strangers(n integer)");
  PGconn* const stranger = PQconnectdb(the_server().address().c_str());
  PQclear(PQexec(stranger, "begin; insert into strangers values(1)"));

  const auto write = [&](std::int64_t writer, std::uint64_t seed) {
    auto app = gesta::start<clockwork>(store, option...);
    dice roll{seed};
    for (std::int64_t n = 0; shared.all->are_writing; ++n) {
      auto unit = app.batch();
      std::int64_t events = 0;
      for (const std::uint64_t many = 1 + roll(5); static_cast<std::uint64_t>(events) < many; ++events) {
        bool good = false;
        unit.handle("c" + std::to_string(roll(20)), tick{writer, n}).match([&](const counter&) { good = true; }, [](const gesta::failure&) {});
        if (!good) break;
        mess_about(roll);
      }
      if (roll(5) == 0) continue;  // taken back
      if (unit.commit()) shared.all->kept += events;
      else if (app.broken() != nullptr) return false;
    }
    return true;
  };
  std::vector<std::unique_ptr<other_program>> readers, writers;
  for (int i = 0; i < 4; ++i)
    readers.push_back(std::make_unique<other_program>([&](auto) {
      auto log = gesta::reader<clockwork>(store);
      const std::int64_t seen = follow(*shared.all, [&](std::int64_t after, auto&& visit) {
        const auto read = log.read({.after = static_cast<std::uint64_t>(after)},
                                   [&](const auto&, const gesta::about& where) { visit(static_cast<std::int64_t>(where.position)); });
        // A reading whose connection is cut goes on behind what it got; a second cut while it does is for who reads.
        const bool is_good = read || read.why().why == gesta::failure::kind::input_output;
        if (!is_good) std::fprintf(stderr, "a reader: %s\n", read.why().describe());
        return is_good;
      });
      if (seen != shared.all->there) std::fprintf(stderr, "a reader has seen %lld of %lld\n", static_cast<long long>(seen), static_cast<long long>(shared.all->there));
      return seen == shared.all->there;
    }));
  for (int i = 0; i < 3; ++i) writers.push_back(std::make_unique<other_program>([&, i](auto) { return write(i, static_cast<std::uint64_t>(i) + 1); }));

  dice roll{99};
  const auto end = clock_type::now() + std::chrono::seconds(seconds);
  int killed = 0, cut = 0;
  while (clock_type::now() < end) {
    ::usleep(300'000);
    if (roll(3) == 0) {
      // One that writes is killed, and another one begins.
      const std::size_t which = roll(writers.size());
      writers[which]->kill();
      writers[which] = std::make_unique<other_program>([&, which](auto) { return write(static_cast<std::int64_t>(which), 1000 + static_cast<std::uint64_t>(killed)); });
      ++killed;
    } else if (roll(3) == 0) {
      sql("select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity where application_name = 'gesta' and pid <> pg_backend_pid() order by random() limit 1) one");
      ++cut;
    }
  }
  shared.all->are_writing = false;
  for (auto& one : writers) CHECK(one->ended());
  shared.all->last = std::atoll(in("select coalesce(max(position), 0) from events").c_str());
  shared.all->there = std::atoll(in("select count(*) from events").c_str());
  shared.all->has_ended = true;
  for (auto& one : readers) CHECK(one->ended());
  PQfinish(stranger);
  CHECK(shared.all->there >= shared.all->kept);  // a commit whose writer was killed may not have been counted
  CHECK(shared.all->kept > 0);
  MESSAGE(shared.all->there.load(), " events, ", killed, " writers killed, ", cut, " connections cut");
}

}  // namespace

TEST_CASE("no reader misses an event, whatever writers and strangers do") {
  const fresh in;
  torture(in, seconds_of_torture(), in.store());
  CHECK(in("select max(position) - count(*) from events") == "0");
}

TEST_CASE("nor where writers run side by side") {
  const fresh in;
  torture(in, (seconds_of_torture() + 1) / 2, gesta::postgres_by_horizon{in.store()}, gesta::cached_states{.most = 100});
}

TEST_CASE("without the lock readers do miss events, and are seen to") {
  const fresh in;
  sql("create schema " + in.schema);
  in("create table events(position bigserial primary key, n bigint)");
  const shared_memory shared;
  std::vector<std::unique_ptr<other_program>> readers, writers;
  const auto connect = [&] {
    PGconn* const connection = PQconnectdb(the_server().address().c_str());
    PQclear(PQexec(connection, ("set search_path = " + in.schema).c_str()));
    return connection;
  };
  for (int i = 0; i < 3; ++i)
    writers.push_back(std::make_unique<other_program>([&, i](auto) {
      PGconn* const connection = connect();
      dice roll{static_cast<std::uint64_t>(i) + 1};
      while (shared.all->are_writing) {
        PQclear(PQexec(connection, "begin; insert into events(n) values(1)"));
        mess_about(roll);
        PQclear(PQexec(connection, roll(5) == 0 ? "rollback" : "commit"));
      }
      PQfinish(connection);
      return true;
    }));
  for (int i = 0; i < 2; ++i)
    readers.push_back(std::make_unique<other_program>([&](auto) {
      PGconn* const connection = connect();
      const std::int64_t seen = follow(*shared.all, [&](std::int64_t after, auto&& visit) {
        PGresult* const rows = PQexec(connection, ("select position from events where position > " + std::to_string(after) + " order by position").c_str());
        for (int row = 0; row < PQntuples(rows); ++row) visit(std::atoll(PQgetvalue(rows, row, 0)));
        PQclear(rows);
        return true;
      });
      PQfinish(connection);
      return seen == shared.all->kept;  // with nothing missed
    }));
  ::sleep(2);
  shared.all->are_writing = false;
  for (auto& one : writers) CHECK(one->ended());
  shared.all->last = std::atoll(in("select max(position) from events").c_str());
  shared.all->kept = std::atoll(in("select count(*) from events").c_str());
  shared.all->has_ended = true;
  bool all_good = true;
  for (auto& one : readers) all_good = one->ended() && all_good;
  CHECK_FALSE(all_good);
}
