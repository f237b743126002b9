// What the tests of the SQLite store share: a model, folders that vanish, children that can be killed.
#pragma once

#include <gesta/store/sqlite.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

// ---- a model

namespace models {

struct opened { std::int64_t owner; static constexpr auto id = "test.opened"; };
struct noted  { std::string words;  static constexpr auto id = "test.noted"; };
struct closed { static constexpr auto id = "test.closed"; };
struct full_up { std::int32_t by; static constexpr auto id = "test.full_up"; };
struct unnamed {};

struct open_account {};
struct write_note { std::string words; };
struct close_account {};

struct account {};
inline void evolve(account&, const opened&) {}
inline void evolve(account&, const noted&) {}
inline void evolve(account&, const closed&) {}
inline auto decide(const account&, const open_account&) -> gesta::emits<opened>::or_rejects<full_up, unnamed> { return opened{0}; }
inline auto decide(const account&, const write_note& c) -> gesta::emits<noted> { return noted{c.words}; }
inline auto decide(const account&, const close_account&) -> gesta::emits<closed> { return closed{}; }

struct accounts : gesta::aggregate<account, gesta::commands<open_account, write_note, close_account>> {
  static constexpr auto id = "test.account";
};

struct bank {
  using parts = gesta::detail::types<accounts>;
};

}  // namespace models

// ---- a log of it

namespace {

using namespace models;

using log_of_bank = gesta::sqlite_store::log<bank>;
static_assert(gesta::log_in_units<log_of_bank> && gesta::log_that_erases<log_of_bank> && gesta::log_with_incarnations<log_of_bank>);
using gesta::append_result;
using gesta::recall_result;
using gesta::verdict;
using kind = gesta::failure::kind;

inline gesta::key_bytes bytes_of(const std::string& key) { return {key.data(), static_cast<std::uint32_t>(key.size())}; }

/// Appends an event as this version of a stream that nobody remembers.
template <class Aggregate = accounts, class Log, class Event>
append_result append(Log& log, const std::string& key, std::uint64_t version, const Event& event) {
  typename Log::stream stream;
  return log.template append<Aggregate>(stream, 0, bytes_of(key), version, {}, event);
}
template <class Log>
append_result append(Log& log, const std::string& key, std::uint64_t version) {
  return append(log, key, version, opened{static_cast<std::int64_t>(version)});
}

/// Opens a unit and takes in what others did.
template <class Log>
bool start(Log& log) {
  return log.begin() && log.catch_up([](const gesta::recorded&) {});
}

/// A record as text: "position key/version tag".
inline std::string line_of(const gesta::recorded& r) {
  const std::string key(r.key.data, r.key.size);
  return std::to_string(r.position) + ' ' + key + '/' + std::to_string(r.version) + ' ' + std::to_string(r.tag);
}
using lines = std::vector<std::string>;

template <class Log>
lines all(Log& log) {
  lines out;
  CHECK(log.read_all({}, [&](const gesta::recorded& r) { return out.push_back(line_of(r)), true; }));
  return out;
}
template <class Log>
lines caught_up(Log& log) {
  lines out;
  CHECK(log.begin());
  CHECK(log.catch_up([&](const gesta::recorded& r) { out.push_back(line_of(r)); }));
  CHECK(log.commit());
  return out;
}

/// Commits so many events of one stream, each in a unit of its own.
inline void fill(const std::string& path, int events, const std::string& key = "a") {
  log_of_bank log(gesta::sqlite_store{.path = path});
  REQUIRE(log.broken() == nullptr);
  std::uint64_t version = caught_up(log).size();
  for (int i = 0; i < events; ++i) {
    REQUIRE(start(log));
    REQUIRE(append(log, key, ++version) == append_result::ok);
    REQUIRE(log.commit());
  }
}

// ---- files

/// A folder that vanishes with its content. Everybody may look into it.
struct folder {
  std::filesystem::path at;

  folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gesta-sqlite-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    at = pattern;
    std::filesystem::permissions(at, std::filesystem::perms(0755));
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(at); }

  std::string operator/(const char* name) const { return (at / name).string(); }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(at)) ++count;
    return count;
  }
};

inline std::string content(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}
inline void write_file(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

/// Runs SQL on a file as another program would.
inline void sql(const std::string& path, const char* statements) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  const int code = sqlite3_exec(connection, statements, nullptr, nullptr, nullptr);
  const std::string why = sqlite3_errmsg(connection);
  sqlite3_close(connection);
  REQUIRE_MESSAGE(code == SQLITE_OK, why);
}

/// The first value of a query's answer.
inline std::string answer(const std::string& path, const char* query) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  std::string out;
  const auto take = [](void* to, int, char** values, char**) {
    *static_cast<std::string*>(to) = values[0] == nullptr ? "" : values[0];
    return 0;
  };
  const int code = sqlite3_exec(connection, query, take, &out, nullptr);
  const std::string why = sqlite3_errmsg(connection);
  sqlite3_close(connection);
  REQUIRE_MESSAGE(code == SQLITE_OK, why);
  return out;
}

// ---- processes

/// A child process that runs work(say): say() tells the parent that it has come to the place agreed upon.
class child {
 public:
  template <class Work>
  explicit child(Work&& work) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::fflush(nullptr);
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ == 0) {
      ::close(ends[0]);
      const bool good = work([&] { (void)!::write(ends[1], "x", 1); });
      ::_exit(good ? 0 : 1);
    }
    ::close(ends[1]);
    from_ = ends[0];
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child() {
    ::close(from_);
    if (process_ > 0) kill();
  }

  /// Waits until the child has said something. False: it ended before.
  bool said() {
    char word;
    return ::read(from_, &word, 1) == 1;
  }
  void kill() {
    ::kill(process_, SIGKILL);
    ended();
  }
  /// Waits for its end. True: its work was good.
  bool ended() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  ::pid_t process_ = -1;
  int from_ = -1;
};

/// Waits to be killed.
[[noreturn]] inline void stay() {
  for (;;) ::pause();
}

}  // namespace
