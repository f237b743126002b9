// The PostgreSQL store beside the same SQL written by hand over libpq: appends in batches and pipelined, and a replay, interleaved in one run.
// usage: benchmark.postgres [--hold] [--repetitions N]    --hold: ends with 1 where a ratio is below its floor, 0.8. The goal is 0.9.
//        benchmark.postgres --writers [--repetitions N]   commands of 1 to 16 writers, under the log's lock and side by side
#include <gesta/gesta.hpp>
#include <gesta/store/postgres.hpp>

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../../tests/servers/postgres.hpp"

namespace {

struct measured {
  std::array<std::int64_t, 8> word;
  static constexpr auto id = "bench.measured";
};
struct measure {};
struct series {};
[[maybe_unused]] void evolve(series&, const measured&) {}
[[maybe_unused]] auto decide(const series&, const measure&) -> gesta::emits<measured> { return measured{}; }
struct all_series : gesta::aggregate<series, gesta::commands<measure>> {
  static constexpr auto id = "bench.series";
};
struct bench : gesta::model<all_series> {};

using clock_type = std::chrono::steady_clock;
double seconds_since(clock_type::time_point start) { return std::chrono::duration<double>(clock_type::now() - start).count(); }

constexpr int streams = 1000;
std::string name_of(std::uint32_t stream) { return "s" + std::to_string(stream); }

measured made(std::uint64_t number) {
  measured m{};
  for (unsigned i = 0; i < 8; ++i) m.word[i] = static_cast<std::int64_t>(number * 0x9e3779b97f4a7c15u + i);
  return m;
}
void add(std::int64_t& sum, const void* bytes) {
  std::array<std::int64_t, 8> words;
  std::memcpy(&words, bytes, sizeof words);
  for (const std::int64_t word : words) sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(word));
}

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "benchmark.postgres: %s\n", what);
  std::exit(1);
}

/// gesta's log, by its concept: what an app calls.
class by_gesta {
 public:
  explicit by_gesta(const std::string& address) : log_({.address = address, .schema = "by_gesta"}), handles_(streams), versions_(streams) {
    for (std::uint32_t s = 0; s < streams; ++s) names_.push_back(name_of(s));
  }

  /// One unit: `batch` events, in one stream, or each in another one.
  void commit(std::uint32_t stream, std::size_t batch, std::uint64_t first, bool spread) {
    if (!log_.begin() || !log_.catch_up([](const gesta::recorded&) {})) give_up(log_.last_failure().describe());
    for (std::size_t i = 0; i < batch; ++i) {
      const std::uint32_t s = spread ? (stream + static_cast<std::uint32_t>(i)) % streams : stream;
      const gesta::key_bytes key{names_[s].data(), static_cast<std::uint32_t>(names_[s].size())};
      if (log_.append<all_series>(handles_[s], s, key, ++versions_[s], {{1}, {1, 1}, {1, 1}}, made(first + i)) != gesta::append_result::ok)
        give_up(log_.last_failure().describe());
    }
    if (!log_.commit()) give_up(log_.last_failure().describe());
  }
  std::int64_t replay() {
    std::int64_t sum = 0;
    if (!log_.read_all({}, [&](const gesta::recorded& r) { add(sum, r.payload); })) give_up(log_.last_failure().describe());
    return sum;
  }

 private:
  gesta::postgres_store::log<bench> log_;
  std::vector<gesta::postgres_store::log<bench>::stream> handles_;
  std::vector<std::uint64_t> versions_;
  std::vector<std::string> names_;
};

/// The same statements on the same tables, written down.
class by_hand {
 public:
  by_hand(const std::string& address, by_gesta& example) {
    (void)example;  // its schema is copied
    connection_ = PQconnectdb(address.c_str());
    script("create schema by_hand; set search_path = by_hand");
    for (const char* table : {"events", "streams"}) script(std::string("create table ") + table + "(like by_gesta." + table + " including all)");
    script("alter table streams set (fillfactor = 80); create sequence units");
    for (int s = 0; s < streams; ++s)
      script("insert into streams(stream, aggregate, key, version, last) values(" + std::to_string(s + 1) + ", 1, '" + name_of(static_cast<std::uint32_t>(s)) + "', 0, 0)");
    PQenterPipelineMode(connection_);
    prepare("begin", "begin", {});
    prepare("commit", "commit", {});
    prepare("lock", "select pg_advisory_xact_lock(1)", {});
    prepare("look", "select nextval('units'), coalesce((select max(position) from events), 0), coalesce((select max(stream) from streams), 0)", {});
    prepare("one", "insert into events values($1, $2, $3, $4, $5, $6, $7, $8)", {20, 20, 20, 23, 20, 2950, 2950, 17});
    prepare("many", "insert into events select $1 + n, s, v, t, at, c, u, p from unnest($2, $3, $4, $5, $6, $7, $8) with ordinality as rows(s, v, t, at, c, u, p, n)",
            {20, 1016, 1016, 1007, 1016, 2951, 2951, 1001});
    prepare("end", "with moved as (update streams set version = $3, last = $4 where stream = $1 and version = $2 and not closed returning 1) select 1 / count(*) from moved",
            {20, 20, 20, 20});
    prepare("ends", "with moved as (update streams s set version = e.version, last = e.last from unnest($1, $2, $3, $4) as e(stream, before, version, last) "
                    "where s.stream = e.stream and s.version = e.before and not closed returning 1) select 1 / (count(*) = $5)::integer from moved",
            {1016, 1016, 1016, 1016, 20});
    prepare("page", "select position, stream, version, type, time, correlation, causation, payload from events where position > $1 order by position limit 4096", {20});
    sync();
    versions_.resize(streams);
  }
  ~by_hand() { PQfinish(connection_); }
  by_hand(const by_hand&) = delete;
  by_hand& operator=(const by_hand&) = delete;

  void commit(std::uint32_t stream, std::size_t batch, std::uint64_t first, bool spread) {
    send("begin", {});
    send("lock", {});
    send("look", {});
    const std::int64_t last = sync();
    const bool is_one = batch == 1;
    std::string s, v, t, at, c, u, p;
    std::string numbers, before, after, lasts;
    const std::string id = big(1) + big(1);
    for (std::size_t i = 0; i < batch; ++i) {
      const std::uint32_t of = spread ? (stream + static_cast<std::uint32_t>(i)) % streams : stream;
      element(s, big(of + 1), is_one);
      element(v, big(static_cast<std::int64_t>(++versions_[of])), is_one);
      element(t, std::string("\0\0\0\1", 4), is_one);
      element(at, big(1), is_one);
      element(c, id, is_one);
      if (!is_one) u += std::string("\xff\xff\xff\xff", 4);
      const measured m = made(first + i);
      element(p, std::string(reinterpret_cast<const char*>(&m), sizeof m), is_one);
      if (spread || i + 1 == batch) {
        const auto many = static_cast<std::int64_t>(spread ? 1 : batch);
        element(numbers, big(of + 1), is_one || !spread);
        element(before, big(static_cast<std::int64_t>(versions_[of]) - many), is_one || !spread);
        element(after, big(static_cast<std::int64_t>(versions_[of])), is_one || !spread);
        element(lasts, big(last + static_cast<std::int64_t>(i) + 1), is_one || !spread);
      }
    }
    if (is_one) send("one", {big(last + 1), s, v, t, at, c, std::string("NULL"), p}, 6);
    else
      send("many", {big(last), array(20, batch, s), array(20, batch, v), array(23, batch, t), array(20, batch, at), array(2950, batch, c), array(2950, batch, u, true), array(17, batch, p)});
    if (!spread || is_one) send("end", {numbers, before, after, lasts});
    else send("ends", {array(20, batch, numbers), array(20, batch, before), array(20, batch, after), array(20, batch, lasts), big(static_cast<std::int64_t>(batch))});
    send("commit", {});
    sync();
  }
  std::int64_t replay() {
    std::int64_t sum = 0;
    for (std::int64_t after = 0;;) {
      send("page", {big(after)});
      PQpipelineSync(connection_);
      PGresult* const page = PQgetResult(connection_);
      if (PQresultStatus(page) != PGRES_TUPLES_OK) give_up(PQerrorMessage(connection_));
      const int rows = PQntuples(page);
      for (int row = 0; row < rows; ++row) add(sum, PQgetvalue(page, row, 7));
      if (rows != 0) after = number(PQgetvalue(page, rows - 1, 0));
      PQclear(page);
      sync(false);
      if (rows == 0) return sum;
    }
  }

 private:
  static std::string big(std::int64_t value) {
    std::string out(8, '\0');
    for (int i = 0; i < 8; ++i) out[static_cast<std::size_t>(i)] = static_cast<char>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
    return out;
  }
  static std::int64_t number(const char* from) {
    std::uint64_t n = 0;
    for (int i = 0; i < 8; ++i) n = n << 8 | static_cast<unsigned char>(from[i]);
    return static_cast<std::int64_t>(n);
  }
  static void element(std::string& to, const std::string& bytes, bool alone) {
    if (!alone) to += big(static_cast<std::int64_t>(bytes.size())).substr(4);
    to += bytes;
  }
  static std::string array(int type, std::size_t count, const std::string& elements, bool has_null = false) {
    return big(1).substr(4) + big(has_null).substr(4) + big(type).substr(4) + big(static_cast<std::int64_t>(count)).substr(4) + big(1).substr(4) + elements;
  }

  void script(const std::string& sql) {
    PGresult* const result = PQexec(connection_, sql.c_str());
    if (PQresultStatus(result) != PGRES_COMMAND_OK) give_up(PQerrorMessage(connection_));
    PQclear(result);
  }
  void prepare(const char* name, const char* sql, const std::vector<Oid>& types) {
    PQsendPrepare(connection_, name, sql, static_cast<int>(types.size()), types.data());
    ++sent_;
  }
  void send(const char* name, const std::vector<std::string>& values, std::size_t null = ~std::size_t{0}) {
    const char* pointers[8] = {};
    int sizes[8] = {}, formats[8] = {};
    for (std::size_t i = 0; i < values.size(); ++i) {
      pointers[i] = i == null ? nullptr : values[i].data();
      sizes[i] = static_cast<int>(values[i].size());
      formats[i] = 1;
    }
    PQsendQueryPrepared(connection_, name, static_cast<int>(values.size()), pointers, sizes, formats, 1);
    ++sent_;
  }
  // Waits for all answers; gives the second value of the last one that has one.
  std::int64_t sync(bool sends = true) {
    std::int64_t answer = 0;
    if (sends) PQpipelineSync(connection_);
    for (;;) {
      PGresult* const result = PQgetResult(connection_);
      if (result == nullptr) continue;
      const ExecStatusType status = PQresultStatus(result);
      if (status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED) give_up(PQresultErrorMessage(result));
      if (status == PGRES_TUPLES_OK && PQnfields(result) == 3) answer = number(PQgetvalue(result, 0, 1));
      PQclear(result);
      if (status == PGRES_PIPELINE_SYNC) return answer;
    }
  }

  PGconn* connection_;
  int sent_ = 0;
  std::vector<std::uint64_t> versions_;
};

double median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}

/// What writers came to, each with an app and a connection of its own.
struct written {
  double commits = 0;  ///< in a second
  double p50 = 0, p99 = 0;  ///< ms
};
template <class Store>
written write_together(const Store& store, int writers) {
  std::atomic<bool> has_begun{false}, is_over{false};
  std::atomic<int> ready{0};
  std::vector<std::vector<double>> times(static_cast<std::size_t>(writers));
  std::vector<std::thread> all;
  for (int w = 0; w < writers; ++w)
    all.emplace_back([&, w] {
      auto app = gesta::start<bench>(store, gesta::cached_states{.most = 2 * streams});
      std::uint64_t roll = static_cast<std::uint64_t>(w) + 1;
      const auto send = [&] {
        roll = roll * 6364136223846793005u + 1442695040888963407u;
        app.handle(name_of(static_cast<std::uint32_t>(roll >> 33) % streams), measure{}).match([](const series&) {}, [](const gesta::failure& why) { give_up(why.describe()); });
      };
      for (int i = 0; i < 20; ++i) send();
      ++ready;
      while (!has_begun) std::this_thread::yield();
      while (!is_over) {
        const auto start = clock_type::now();
        send();
        times[static_cast<std::size_t>(w)].push_back(seconds_since(start) * 1e3);
      }
    });
  while (ready != writers) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  has_begun = true;
  const auto start = clock_type::now();
  std::this_thread::sleep_for(std::chrono::seconds(2));
  is_over = true;
  for (std::thread& one : all) one.join();
  const double seconds = seconds_since(start);
  std::vector<double> each;
  for (const auto& one : times) each.insert(each.end(), one.begin(), one.end());
  std::sort(each.begin(), each.end());
  return {static_cast<double>(each.size()) / seconds, each[each.size() / 2], each[each.size() * 99 / 100]};
}

int measure_writers(int repetitions) {
  const postgres_server server({"fsync=on", "shared_buffers=256MB", "max_wal_size=4GB"});
  const gesta::postgres_store lock{.address = server.address(), .schema = "lock", .patience_milliseconds = 60000};
  const gesta::postgres_by_horizon horizon{{.address = server.address(), .schema = "horizon", .patience_milliseconds = 60000}};
  std::printf("%7s | %22s | %22s | %5s\n%7s | %9s %6s %5s | %9s %6s %5s |\n", "writers", "under the lock", "side by side", "ratio", "", "commits/s", "p50 ms", "p99",
              "commits/s", "p50 ms", "p99");
  for (const int writers : {1, 2, 4, 8, 16}) {
    std::vector<written> one, other;
    for (int i = 0; i < repetitions; ++i) {
      if (i % 2 == 0) one.push_back(write_together(lock, writers)), other.push_back(write_together(horizon, writers));
      else other.push_back(write_together(horizon, writers)), one.push_back(write_together(lock, writers));
    }
    const auto middle = [](const std::vector<written>& of, double written::* which) {
      std::vector<double> values;
      for (const written& each : of) values.push_back(each.*which);
      return median(values);
    };
    const double commits = middle(one, &written::commits), beside = middle(other, &written::commits);
    std::printf("%7d | %9.0f %6.2f %5.2f | %9.0f %6.2f %5.2f | %5.2f\n", writers, commits, middle(one, &written::p50), middle(one, &written::p99), beside,
                middle(other, &written::p50), middle(other, &written::p99), beside / commits);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  bool holds = false, is_good = true, are_many = false;
  int repetitions = 5;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], "--hold") == 0) holds = true;
    if (std::strcmp(arguments[i], "--writers") == 0) are_many = true;
    if (std::strcmp(arguments[i], "--repetitions") == 0 && i + 1 < count) repetitions = std::atoi(arguments[++i]);
  }
  postgres_server::needed_by("benchmark.postgres");
  if (are_many) return measure_writers(repetitions);
  const postgres_server server({"fsync=on", "shared_buffers=256MB", "max_wal_size=4GB"});
  by_gesta gesta_log(server.address());
  by_hand hand(server.address(), gesta_log);
  // Every stream is there before anything is measured.
  for (std::uint32_t s = 0; s < streams; s += 100) {
    gesta_log.commit(s, 100, 0, true);
    hand.commit(s, 100, 0, true);
  }

  struct work {
    const char* name;
    std::size_t batch, commits;
    bool spread;
  };
  std::printf("%-22s %14s %14s %7s\n", "events/s", "by hand", "gesta", "ratio");
  std::uint64_t next = 1;
  std::uint32_t stream = 0;
  const auto report = [&](const char* name, const std::vector<double>& by_hand_rates, const std::vector<double>& gesta_rates) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < gesta_rates.size(); ++i) ratios.push_back(gesta_rates[i] / by_hand_rates[i]);
    const double ratio = median(ratios);
    std::printf("%-22s %14.0f %14.0f %7.2f\n", name, median(by_hand_rates), median(gesta_rates), ratio);
    std::fflush(stdout);
    is_good = is_good && ratio >= 0.8;
  };
  for (const work& w : {work{"append, batch 1", 1, 1500, false}, work{"append, batch 10", 10, 800, false}, work{"append, batch 100", 100, 300, false},
                        work{"append, batch 1000", 1000, 60, false}, work{"pipelined, 256 streams", 256, 150, true}}) {
    std::vector<double> one, other;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
      const auto run = [&](auto& log) {
        const auto start = clock_type::now();
        for (std::size_t i = 0; i < w.commits; ++i) {
          log.commit((stream + static_cast<std::uint32_t>(i) * 7) % streams, w.batch, next, w.spread);
          next += w.batch;
        }
        return static_cast<double>(w.commits * w.batch) / seconds_since(start);
      };
      // In turns, each first as often as second.
      if (repetition % 2 == 0) one.push_back(run(hand)), other.push_back(run(gesta_log));
      else other.push_back(run(gesta_log)), one.push_back(run(hand));
      stream = (stream + 1) % streams;
    }
    report(w.name, one, other);
  }
  std::vector<double> one, other;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    const double all = static_cast<double>(next);
    auto start = clock_type::now();
    (void)hand.replay();
    one.push_back(all / 2 / seconds_since(start));
    start = clock_type::now();
    (void)gesta_log.replay();
    other.push_back(all / 2 / seconds_since(start));
  }
  report("replay", one, other);
  return holds && !is_good ? 1 : 0;
}
