// Payloads that are too large to travel, in a SQLite file of their own.
// Floor: store. An adapter: include it beside delivery/claim_check.hpp and link gesta::sqlite.
// May include: message, store, sqlite.
//
//   blobs   name (the hash of the bytes, primary key); time of the last check-in, nanoseconds since 1970; bytes
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gesta/message/about.hpp>
#include <gesta/store/blobs.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta {

/// Blobs that last: `gesta::sqlite_blobs blobs("blobs.db");`. Any number of processes use one file, each by an object of its own, one thread at a time. What
/// was put is on the disk before it is acknowledged. A file that cannot be used is a failure of each call.
class sqlite_blobs {
 public:
  /// The file is made where there is none.
  explicit sqlite_blobs(const std::string& path, std::uint32_t patience_milliseconds = 5000) : path_(path) {
    is_broken_ = !open(patience_milliseconds);
  }

  /// Why no call can be done; nullptr when it can.
  const failure* broken() const noexcept { return is_broken_ ? &last_ : nullptr; }
  const failure& last_failure() const noexcept { return last_; }

  bool put(std::string_view name, std::string_view bytes, timestamp now) {
    return !is_broken_ && done(put_.set_text(0, view(name)).set(1, now.nanoseconds).set_blob(2, view(bytes)));
  }
  blob_found get(std::string_view name, std::string& out) {
    if (is_broken_) return blob_found::failed;
    const detail::sqlite_reading reading(get_.set_text(0, view(name)));
    const int code = get_.step();
    if (code == SQLITE_DONE) return blob_found::missing;
    if (code != SQLITE_ROW) return fail(code), blob_found::failed;
    const detail::byte_view bytes = get_.bytes(0);
    out.assign(bytes.size == 0 ? "" : static_cast<const char*>(bytes.data), bytes.size);
    return blob_found::there;
  }
  bool collect(timestamp before, std::uint64_t& count) {
    if (is_broken_ || !done(collect_.set(0, before.nanoseconds))) return false;
    count = static_cast<std::uint64_t>(sqlite3_changes64(connection_.handle));
    return true;
  }

 private:
  struct connection {
    sqlite3* handle = nullptr;
    connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { sqlite3_close_v2(handle); }
  };
  static constexpr int application = 0x67657362;  // "gesb"

  static detail::byte_view view(std::string_view text) noexcept { return {text.data() == nullptr ? "" : text.data(), text.size()}; }
  bool fail(int code) {
    last_ = detail::sqlite_failure(connection_.handle, code, path_.c_str());
    return false;
  }
  bool done(detail::sqlite_statement& statement) {
    const int code = statement.step();
    return code == SQLITE_DONE || fail(code);
  }
  bool run(const char* sql) {
    const int code = sqlite3_exec(connection_.handle, sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK || fail(code);
  }
  bool prepare(detail::sqlite_statement& statement, const char* sql) {
    const int code = statement.prepare(connection_.handle, sql);
    return code == SQLITE_OK || fail(code);
  }
  bool number(const char* sql, std::int64_t& out) {
    detail::sqlite_statement asked;
    if (!prepare(asked, sql)) return false;
    const int code = asked.step();
    if (code != SQLITE_ROW) return fail(code);
    out = asked.number(0);
    return true;
  }
  bool open(std::uint32_t patience) {
    const int code = sqlite3_open_v2(path_.c_str(), &connection_.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) return fail(code);
    sqlite3_extended_result_codes(connection_.handle, 1);
    sqlite3_busy_timeout(connection_.handle, static_cast<int>(patience));
    return run("pragma trusted_schema=off; pragma synchronous=full") && run("begin immediate") && (is_of_blobs() || take_back()) && run("commit") &&
           run("pragma journal_mode=wal") &&
           prepare(put_, "insert into blobs (name, time, bytes) values (?, ?, ?) on conflict (name) do update set time = max(time, excluded.time), bytes = excluded.bytes") &&
           prepare(get_, "select bytes from blobs where name = ?") && prepare(collect_, "delete from blobs where time < ?");
  }
  bool take_back() {
    const failure cause = last_;
    sqlite3_exec(connection_.handle, "rollback", nullptr, nullptr, nullptr);
    last_ = cause;
    return false;
  }
  bool is_of_blobs() {
    std::int64_t of = 0, tables = 0;
    if (!number("pragma application_id", of) || !number("select count(*) from sqlite_master", tables)) return false;
    if (of == application) return true;
    if (of != 0 || tables != 0) return last_ = failure(failure::kind::cannot_open, 0, "this is no file of blobs: ", path_.c_str()), false;
    const std::string said = "pragma application_id=" + std::to_string(application) + "; pragma user_version=1";
    return run(said.c_str()) && run("create table blobs (name text primary key, time integer not null, bytes blob not null) strict;"
                                    "create index blobs_by_time on blobs (time)");
  }

  std::string path_;
  failure last_;
  connection connection_;
  detail::sqlite_statement put_, get_, collect_;
  bool is_broken_ = false;
};

}  // namespace gesta
