// What a store costs, each figure beside its goal and its floor:
// - commits of 1, 10, 100 and 1000 events to one of 1000 streams, then everything replayed, then single streams read: gesta's SQLite store
//   beside the same work by hand in SQLite, in LMDB, and beside a raw file, which is what the disk can do. By hand an event is read with
//   what is asked about it: type, stream, version, position, time, correlation;
// - a log in memory replayed beside packed records by hand (store_replay.cpp);
// - states that are not at hand, from all events and from a snapshot (states.cpp).
//
//   benchmark.store [--only files|memory|states] [--repetitions N] [--events N] [--folder DIR] [--hold]
//
// Every repetition runs each contender once, in files of their own. Printed are medians of the repetitions; the worst commit is that of
// all. --events: of the log in memory, 10,000,000 unless said. --hold: exit 1 when a figure is beyond its floor.
#include "store.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

namespace {

using bench::add, bench::clock_type, bench::contender, bench::give_up, bench::made, bench::median, bench::payload, bench::seconds_since,
    bench::streams;

// ---- a raw file: records of header, event and checksum, written in place of zeros, flushed by each commit

class raw_file final : public contender {
 public:
  explicit raw_file(const std::string& folder) : file_(::open((folder + "/raw").c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600)) {
    const std::vector<char> zeros(std::size_t{1} << 20);
    for (int i = 0; i < 64; ++i)
      if (::write(file_, zeros.data(), zeros.size()) < 0) give_up("raw", std::strerror(errno));
    ::fsync(file_);
  }
  ~raw_file() override { ::close(file_); }

  void commit(std::uint32_t stream, std::size_t batch, std::uint64_t first) override {
    bytes_.clear();
    for (std::size_t i = 0; i < batch; ++i) {
      const payload p = made(first + i);
      std::uint64_t head[4] = {stream, first + i, sizeof p, 0};
      for (const std::int64_t word : p.word) head[3] = (head[3] ^ static_cast<std::uint64_t>(word)) * 0x100000001b3u;
      bytes_.insert(bytes_.end(), reinterpret_cast<const char*>(head), reinterpret_cast<const char*>(head + 4));
      bytes_.insert(bytes_.end(), reinterpret_cast<const char*>(&p), reinterpret_cast<const char*>(&p + 1));
    }
    if (::pwrite(file_, bytes_.data(), bytes_.size(), at_) != static_cast<ssize_t>(bytes_.size()) || ::fdatasync(file_) != 0)
      give_up("raw", std::strerror(errno));
    at_ += static_cast<off_t>(bytes_.size());
  }
  std::int64_t replay() override {
    std::int64_t sum = 0;
    bytes_.resize((sizeof(std::uint64_t[4]) + sizeof(payload)) * 1000);
    for (off_t from = 0; from < at_;) {
      const auto size = std::min<std::size_t>(bytes_.size(), static_cast<std::size_t>(at_ - from));
      if (::pread(file_, bytes_.data(), size, from) != static_cast<ssize_t>(size)) give_up("raw", std::strerror(errno));
      for (std::size_t i = 0; i < size; i += sizeof(std::uint64_t[4]) + sizeof(payload)) add(sum, bytes_.data() + i + sizeof(std::uint64_t[4]));
      from += static_cast<off_t>(size);
    }
    return sum;
  }
  std::int64_t read(std::uint32_t) override { return 0; }  // it has no streams

 private:
  int file_;
  off_t at_ = 0;
  std::vector<char> bytes_;
};

// ---- SQLite by hand: the tables of the store, a prepared statement per kind of row, the heads of the streams in memory

class by_hand final : public contender {
 public:
  explicit by_hand(const std::string& folder) {
    check(sqlite3_open((folder + "/hand.db").c_str(), &db_));
    run("pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-32768");
    run(gesta::detail::sqlite_tables);
    run("insert into types(kind, id, version, form) values('aggregate', 'account', 1, ''), ('event', 'account.moved', 1, '')");
    begin_ = prepare("begin immediate");
    commit_ = prepare("commit");
    make_ = prepare("insert into streams(aggregate, key, version, last) values(1, ?, 0, 0)");
    head_ = prepare("update streams set version = ?, last = ? where stream = ?");
    insert_ = prepare("insert into events values(?, ?, ?, ?, 2, ?, ?, null, ?)");
    all_ = prepare("select position, stream, version, type, time, correlation, payload from events order by position");
    one_ = prepare("select position, stream, version, type, time, correlation, payload, previous from events where position = ?");
    find_ = prepare("select stream, last from streams where aggregate = 1 and key = ?");
  }
  ~by_hand() override {
    for (sqlite3_stmt* s : {begin_, commit_, make_, head_, insert_, all_, one_, find_}) sqlite3_finalize(s);
    sqlite3_close(db_);
  }

  void commit(std::uint32_t stream, std::size_t batch, std::uint64_t first) override {
    step(begin_);
    head& h = heads_[stream];
    if (h.number == 0) {
      sqlite3_bind_int64(make_, 1, stream);
      step(make_);
      h.number = sqlite3_last_insert_rowid(db_);
    }
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    for (std::size_t i = 0; i < batch; ++i) {
      const payload p = made(first + i);
      const std::uint64_t id[2] = {0, static_cast<std::uint64_t>(position_ + 1)};
      sqlite3_bind_int64(insert_, 1, ++position_);
      sqlite3_bind_int64(insert_, 2, h.number);
      sqlite3_bind_int64(insert_, 3, ++h.version);
      if (h.last == 0) sqlite3_bind_null(insert_, 4);
      else sqlite3_bind_int64(insert_, 4, h.last);
      sqlite3_bind_int64(insert_, 5, now.tv_sec * 1'000'000'000 + now.tv_nsec);
      sqlite3_bind_blob(insert_, 6, id, sizeof id, SQLITE_TRANSIENT);
      sqlite3_bind_blob(insert_, 7, &p, sizeof p, SQLITE_STATIC);
      step(insert_);
      h.last = position_;
    }
    sqlite3_bind_int64(head_, 1, h.version);
    sqlite3_bind_int64(head_, 2, h.last);
    sqlite3_bind_int64(head_, 3, h.number);
    step(head_);
    step(commit_);
  }
  std::int64_t replay() override {
    std::int64_t sum = 0;
    std::int64_t before = 0;
    while (sqlite3_step(all_) == SQLITE_ROW) {
      event e(all_);
      if (e.position != ++before) give_up("by hand", "an event is missing");
      hand_over(e, sqlite3_column_blob(all_, 6), sum);
    }
    sqlite3_reset(all_);
    return sum;
  }
  // The links lead backwards, so the events are kept until the first one is found. One transaction, else each statement takes its own locks.
  std::int64_t read(std::uint32_t stream) override {
    std::int64_t sum = 0;
    run("begin");
    sqlite3_bind_int64(find_, 1, stream);
    std::int64_t number = 0, at = 0;
    if (sqlite3_step(find_) == SQLITE_ROW) {
      number = sqlite3_column_int64(find_, 0);
      at = sqlite3_column_int64(find_, 1);
    }
    sqlite3_reset(find_);
    found_.clear();
    while (at != 0) {
      sqlite3_bind_int64(one_, 1, at);
      if (sqlite3_step(one_) != SQLITE_ROW) give_up("by hand", "an event is missing");
      found_.push_back({event(one_), {}});
      if (found_.back().first.stream != number) give_up("by hand", "an event of another stream");
      std::memcpy(&found_.back().second, sqlite3_column_blob(one_, 6), sizeof(payload));
      at = sqlite3_column_int64(one_, 7);
      sqlite3_reset(one_);
    }
    for (std::size_t k = found_.size(); k-- != 0;) hand_over(found_[k].first, &found_[k].second, sum);
    run("commit");
    return sum;
  }

 private:
  /// What an event says beside its payload.
  struct event {
    explicit event(sqlite3_stmt* row)
        : position(sqlite3_column_int64(row, 0)), stream(sqlite3_column_int64(row, 1)), version(sqlite3_column_int64(row, 2)),
          type(sqlite3_column_int64(row, 3)), time(sqlite3_column_int64(row, 4)) {
      if (const void* const id = sqlite3_column_blob(row, 5); id != nullptr && sqlite3_column_bytes(row, 5) == sizeof correlation)
        std::memcpy(correlation, id, sizeof correlation);
    }
    std::int64_t position, stream, version, type, time;
    unsigned char correlation[16] = {};
  };
  void hand_over(const event& e, const void* bytes, std::int64_t& sum) {
    if (e.type != 2) give_up("by hand", "an event of another type");
    latest_ = e.position ^ e.stream ^ e.version ^ e.time ^ e.correlation[15];
    add(sum, bytes);
  }

  struct head {
    std::int64_t number = 0, version = 0, last = 0;
  };
  void check(int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE) give_up("by hand", sqlite3_errmsg(db_));
  }
  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* s = nullptr;
    check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr));
    return s;
  }
  void step(sqlite3_stmt* s) {
    check(sqlite3_step(s));
    sqlite3_reset(s);
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *begin_, *commit_, *make_, *head_, *insert_, *all_, *one_, *find_;
  std::vector<std::pair<event, payload>> found_;
  volatile std::int64_t latest_ = 0;  // so that what is read about an event is read
  std::vector<head> heads_ = std::vector<head>(streams);
  std::int64_t position_ = 0;
};

// ---- gesta

struct moved {
  payload what;
  static constexpr auto id = "account.moved";
};
struct move {
  payload what;
};
struct account {
  std::int64_t moves = 0;
};
constexpr void evolve(account& a, const moved&) { ++a.moves; }
constexpr auto decide(const account&, const move& c) -> gesta::emits<moved> { return moved{c.what}; }
struct accounts : gesta::aggregate<account, gesta::commands<move>> {
  static constexpr auto id = "account";
  using key = std::uint32_t;
};
struct bank : gesta::model<accounts> {};

class library final : public contender {
 public:
  explicit library(const std::string& folder) : app_(gesta::start<bank>(gesta::sqlite_store{.path = folder + "/gesta.db"})) {}

  void commit(std::uint32_t stream, std::size_t batch, std::uint64_t first) override {
    const auto good = [](const account&) {};
    const auto bad = [](const gesta::failure& f) { give_up("gesta", f.describe()); };
    if (batch == 1) return app_.handle(stream, move{made(first)}).match(good, bad);
    auto unit = app_.batch();
    for (std::size_t i = 0; i < batch; ++i) unit.handle(stream, move{made(first + i)}).match(good, bad);
    if (const auto kept = unit.commit(); !kept) give_up("gesta", kept.why().describe());
  }
  std::int64_t replay() override {
    std::int64_t sum = 0;
    const bool readable = app_.each_event([&](const moved& m, const gesta::about& a) { take(m, a, sum); });
    if (!readable) give_up("gesta", "cannot be read");
    return sum;
  }
  std::int64_t read(std::uint32_t stream) override {
    std::int64_t sum = 0;
    const auto read = app_.read<accounts>(stream, {}, [&](const moved& m, const gesta::about& a) { take(m, a, sum); });
    if (!read) give_up("gesta", read.why().describe());
    return sum;
  }

 private:
  void take(const moved& m, const gesta::about& a, std::int64_t& sum) {
    latest_ = static_cast<std::int64_t>(a.position ^ a.version ^ a.correlation.low) ^ a.time.nanoseconds;
    add(sum, m.what);
  }

  volatile std::int64_t latest_ = 0;
  decltype(gesta::start<bank>(gesta::sqlite_store{})) app_;
};

// ---- measuring

struct figures {
  std::vector<double> rate;      ///< events per second, by repetition
  std::vector<double> commits;   ///< seconds of each commit, of all repetitions
  std::vector<double> replayed;  ///< events per second
  std::vector<double> streams;   ///< events per second, read stream by stream
};

double at_percent(std::vector<double> of, double percent) {
  std::sort(of.begin(), of.end());
  return of[std::min(of.size() - 1, static_cast<std::size_t>(percent / 100 * static_cast<double>(of.size())))];
}

std::int64_t measure(figures& f, const std::unique_ptr<contender> it, std::size_t batch, std::size_t commits) {
  std::vector<double> took;
  took.reserve(commits);
  const auto start = clock_type::now();
  for (std::size_t i = 0; i < commits; ++i) {
    const auto begun = clock_type::now();
    it->commit(static_cast<std::uint32_t>(i % streams), batch, i * batch);
    took.push_back(seconds_since(begun));
  }
  const double events = static_cast<double>(commits * batch);
  f.rate.push_back(events / seconds_since(start));
  f.commits.insert(f.commits.end(), took.begin(), took.end());
  const auto again = clock_type::now();
  const std::int64_t sum = it->replay();
  f.replayed.push_back(events / seconds_since(again));
  if (batch != 100) return sum;
  // 1,500 commits of 100 are 1,000 streams of 100 or 200.
  const auto reading = clock_type::now();
  std::int64_t of_streams = 0;
  for (std::uint32_t stream = 0; stream < streams; ++stream)
    of_streams = static_cast<std::int64_t>(static_cast<std::uint64_t>(of_streams) + static_cast<std::uint64_t>(it->read(stream)));
  f.streams.push_back(events / seconds_since(reading));
  if (of_streams != sum && of_streams != 0) give_up("streams", "the events differ");
  return sum;
}

/// Prints what commits and reading cost in files; false when a figure is beyond its floor.
bool in_files(const std::string& folder, int repetitions) {
#if GESTA_LMDB
  constexpr bool with_lmdb = true;
#else
  constexpr bool with_lmdb = false;
  std::printf("NO LMDB: built without it; scripts/setup long installs it (Debian and Ubuntu: liblmdb-dev)\n");
#endif
  bool kept = true;
  std::printf("%-10s%-16s%12s%10s%10s%10s%10s%12s%10s\n", "batch", "", "events/s", "p50 us", "p99 us", "worst ms", "/by hand", "replay/s", "/by hand");
  for (const auto& [batch, commits] : {std::pair<std::size_t, std::size_t>{1, 3000}, {10, 3000}, {100, 1500}, {1000, 400}}) {
    figures raw, hand, lmdb, ours;
    for (int r = 0; r < repetitions; ++r) {
      std::string place = folder + "/gesta-benchmark-XXXXXX";
      if (::mkdtemp(place.data()) == nullptr) give_up(place.c_str(), std::strerror(errno));
      const std::int64_t expected = measure(raw, std::make_unique<raw_file>(place), batch, commits);
      const auto same = [&](std::int64_t sum) {
        if (sum != expected) give_up("replay", "the events differ");
      };
      same(measure(hand, std::make_unique<by_hand>(place), batch, commits));
#if GESTA_LMDB
      same(measure(lmdb, bench::make_lmdb(place), batch, commits));
#endif
      same(measure(ours, std::make_unique<library>(place), batch, commits));
      std::filesystem::remove_all(place);
    }
    const auto print = [&](const char* name, const figures& f) {
      std::printf("%-10zu%-16s%12.0f%10.1f%10.1f%10.2f%10.2f%12.0f%10.2f\n", batch, name, median(f.rate), median(f.commits) * 1e6,
                  at_percent(f.commits, 99) * 1e6, at_percent(f.commits, 100) * 1e3, median(f.rate) / median(hand.rate), median(f.replayed),
                  median(f.replayed) / median(hand.replayed));
    };
    print("raw file", raw);
    print("SQLite by hand", hand);
    if (with_lmdb) print("LMDB by hand", lmdb);
    print("gesta", ours);
    const double ratio = median(ours.rate) / median(hand.rate), beyond = (at_percent(ours.commits, 100) - at_percent(raw.commits, 100)) * 1e3;
    std::printf("%-10zurate: %.2f of by hand (goal 0.9, floor 0.8); worst commit %.2f ms beyond the raw file's (goal 5, floor 15)\n", batch, ratio, beyond);
    const double replay = median(ours.replayed) / median(hand.replayed);
    std::printf("%-10zureplay: %.2f of by hand (goal 0.9, floor 0.8)\n", batch, replay);
    kept = kept && ratio >= 0.8 && beyond <= 15 && replay >= 0.8;
    if (batch != 100) continue;
    const double read = median(ours.streams) / median(hand.streams);
    std::printf("%-10zureading streams of 100 and 200, events/s: by hand %.0f, ", batch, median(hand.streams));
    if (with_lmdb) std::printf("LMDB %.0f, ", median(lmdb.streams));
    std::printf("gesta %.0f, %.2f of by hand (goal 0.9, floor 0.8)\n", median(ours.streams), read);
    kept = kept && read >= 0.8;
  }
  return kept;
}

}  // namespace

int main(int count, char** words) {
  int repetitions = 5;
  bool hold = false;
  std::size_t events = 10'000'000;
  std::string folder = ".", only;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--hold") hold = true;
    else if (word == "--repetitions" && i + 1 < count) repetitions = std::max(1, std::atoi(words[++i]));
    else if (word == "--events" && i + 1 < count) events = std::max<std::size_t>(1, std::strtoull(words[++i], nullptr, 10));
    else if (word == "--folder" && i + 1 < count) folder = words[++i];
    else if (word == "--only" && i + 1 < count) only = words[++i];
    else only = "?";
  }
  if (!only.empty() && only != "files" && only != "memory" && only != "states") {
    std::fprintf(stderr, "usage: benchmark.store [--only files|memory|states] [--repetitions N] [--events N] [--folder DIR] [--hold]\n");
    return 2;
  }
  bool kept = true;
  if (only.empty() || only == "memory") kept = bench::replay_in_memory(events, repetitions) && kept;
  if (only.empty() || only == "files") kept = in_files(folder, repetitions) && kept;
  if (only.empty() || only == "states") bench::states_not_at_hand(folder, 1'000'000);
  return hold && !kept ? 1 : 0;
}
