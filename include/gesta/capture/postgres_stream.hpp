// Connections to a PostgreSQL server for logical replication: one that streams, one that asks.
// Floor: capture. Below the source, above libpq.
// May include: detail, store, capture.
#pragma once

#include <libpq-fe.h>
#include <poll.h>
#include <time.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <vector>

#include <gesta/capture/pgoutput.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// How changes of a PostgreSQL database are captured.
struct postgres_source {
  std::string address;                         ///< as libpq takes it: "host=/run/postgresql dbname=crm"; who it names may replicate
  std::string slot;                            ///< the reader's name: the server keeps where it is, and all that comes behind
  std::string publication;                     ///< which tables the server sends; gesta::publish_tables makes one
  std::uint32_t patience_milliseconds = 5000;  ///< how long to wait while the server says nothing
};

namespace detail {

/// One connection. A failure says what the server said, and neither address nor values.
class pg_link {
 public:
  pg_link() = default;
  pg_link(const pg_link&) = delete;
  pg_link& operator=(const pg_link&) = delete;
  ~pg_link() { close(); }

  PGconn* get() const noexcept { return connection_; }
  bool is_there() const noexcept { return connection_ != nullptr; }
  void close() noexcept {
    PQfinish(connection_);
    connection_ = nullptr;
  }
  bool open(const std::string& address, bool replicates, failure& cause) {
    close();
    PQconninfoOption* const read = PQconninfoParse(address.c_str(), nullptr);
    if (read == nullptr) {  // its words would quote the address
      cause = failure(failure::kind::cannot_open, 0, "the address of the server cannot be read");
      return false;
    }
    PQconninfoFree(read);
    const char* const names[] = {"dbname", "replication", "fallback_application_name", "client_encoding", nullptr};
    const char* const values[] = {address.c_str(), replicates ? "database" : nullptr, "gesta", "UTF8", nullptr};
    connection_ = PQconnectdbParams(names, values, 1);
    if (PQstatus(connection_) != CONNECTION_OK) {
      cause = failure(failure::kind::cannot_open, 0, "the server cannot be reached: ", PQerrorMessage(connection_));
      close();
      return false;
    }
    PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);  // who prints is the program
    // Values come as their text, which is to be the same whatever the database prefers.
    for (const char* const sql : {"set bytea_output = hex", "set extra_float_digits = 3", "set datestyle = 'ISO'", "set intervalstyle = postgres", "set timezone = 'UTC'"})
      if (!ask(sql, {}, cause)) return false;
    return true;
  }

  /// Runs one statement; its rows as texts, NULL as "". False: cause.
  bool ask(const std::string& sql, std::initializer_list<std::string> parameters, failure& cause, std::vector<std::vector<std::string>>* rows = nullptr) {
    PGresult* result = nullptr;
    if (parameters.size() == 0) {
      result = PQexec(connection_, sql.c_str());  // a connection that replicates knows no others
    } else {
      std::vector<const char*> values;
      for (const std::string& one : parameters) values.push_back(one.c_str());
      result = PQexecParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0);
    }
    const ExecStatusType status = PQresultStatus(result);
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_BOTH;
    if (!good) fail(result, cause);
    else if (rows != nullptr) {
      rows->clear();
      for (int i = 0; i < PQntuples(result); ++i) {
        rows->emplace_back();
        for (int k = 0; k < PQnfields(result); ++k) rows->back().emplace_back(PQgetvalue(result, i, k), static_cast<std::size_t>(PQgetlength(result, i, k)));
      }
    }
    PQclear(result);
    return good;
  }
  /// What the server said of a result; the first line alone: a detail can hold values.
  void fail(PGresult* result, failure& cause) {
    const char* const words = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char* const state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (words != nullptr && PQstatus(connection_) == CONNECTION_OK) {
      // 55006: the slot is used, maybe by the stream that was here before
      const bool waits = state != nullptr && std::strcmp(state, "55006") == 0;
      cause = failure(waits ? failure::kind::busy : failure::kind::input_output, 0, "PostgreSQL: ", words);
    } else {
      cause = failure(failure::kind::input_output, 0, "the connection to PostgreSQL was lost");
    }
  }

 private:
  PGconn* connection_ = nullptr;
};

inline std::int64_t pg_milliseconds() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

inline std::string pg_quoted(const std::string& text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out += c == quote ? std::string(2, c) : std::string(1, c);
  return out += quote;
}

/// "16/B374D848" as a number; false: it is none.
inline bool read_lsn(const std::string& text, std::uint64_t& to) noexcept {
  std::uint64_t part = 0, high = 0;
  bool has_slash = false;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (c == '/' && !has_slash) {
      has_slash = true;
      high = part;
      part = 0;
    } else if (digit >= 0) {
      part = part * 16 + static_cast<std::uint64_t>(digit);
    } else {
      return false;
    }
  }
  to = high << 32 | part;
  return has_slash;
}

/// The stream of one slot: connected where it is needed, and again where it was lost.
class pg_stream {
 public:
  explicit pg_stream(const postgres_source& source) : source_(source) {}
  ~pg_stream() { end(); }
  pg_stream(const pg_stream&) = delete;
  pg_stream& operator=(const pg_stream&) = delete;

  const postgres_source& source() const noexcept { return source_; }
  bool is_running() const noexcept { return is_running_; }

  /// The connection that asks.
  bool asking(failure& cause) { return (asks_.is_there() && PQstatus(asks_.get()) == CONNECTION_OK) || asks_.open(source_.address, false, cause); }
  bool ask(const std::string& sql, std::initializer_list<std::string> parameters, failure& cause, std::vector<std::vector<std::string>>* rows = nullptr) {
    if (!asking(cause)) return false;
    if (asks_.ask(sql, parameters, cause, rows)) return true;
    if (PQstatus(asks_.get()) != CONNECTION_OK) asks_.close();
    return false;
  }

  /// Begins to stream behind what was acknowledged.
  bool start(failure& cause) {
    if (is_running_) return true;
    if (!streams_.open(source_.address, true, cause)) return false;
    const std::string sql = "START_REPLICATION SLOT " + detail::pg_quoted(source_.slot, '"') + " LOGICAL 0/0 (proto_version '1', publication_names " +
                            detail::pg_quoted(detail::pg_quoted(source_.publication, '"'), '\'') + ")";
    if (!streams_.ask(sql, {}, cause)) {
      streams_.close();
      return false;
    }
    return is_running_ = true;
  }
  /// The connection for commands about slots: it does not stream meanwhile.
  bool commanding(failure& cause) {
    end();
    return streams_.open(source_.address, true, cause);
  }
  /// A name that nobody else has while this connection is there.
  std::string name_of_connection() const { return "gesta_backfill_" + std::to_string(PQbackendPID(streams_.get())); }
  bool command(const std::string& sql, failure& cause, std::vector<std::vector<std::string>>* rows = nullptr) { return streams_.ask(sql, {}, cause, rows); }

  /// The next frame, valid until the next call. 1: there it is; 0: none came within that time; -1: cause, and the stream is over.
  int next(pg_frame& to, std::int64_t wait_milliseconds, failure& cause) {
    drop();
    for (const std::int64_t until = detail::pg_milliseconds() + wait_milliseconds;;) {
      const int size = PQgetCopyData(streams_.get(), &frame_, 1);
      if (size > 0) {
        if (const char* const wrong = detail::read_pg_frame({frame_, static_cast<std::size_t>(size)}, to); wrong != nullptr) {
          cause = failure(failure::kind::corrupt, 0, "the server sent something else than pgoutput: ", wrong);
          return lost();
        }
        return 1;
      }
      if (size < 0) {
        PGresult* const result = PQgetResult(streams_.get());
        streams_.fail(result, cause);
        PQclear(result);
        return lost();
      }
      const std::int64_t left = until - detail::pg_milliseconds();
      if (left <= 0) return 0;
      pollfd wait{PQsocket(streams_.get()), POLLIN, 0};
      if (wait.fd < 0 || (::poll(&wait, 1, static_cast<int>(left)) > 0 && PQconsumeInput(streams_.get()) == 0)) {
        streams_.fail(nullptr, cause);
        return lost();
      }
    }
  }

  /// Tells the server up to where all is done; it may answer at once, with how far it has sent.
  bool tell(std::uint64_t done, bool wants_reply, failure& cause) {
    char bytes[34] = {'r'};
    for (int field = 0; field < 3; ++field)
      for (int i = 0; i < 8; ++i) bytes[1 + field * 8 + i] = static_cast<char>(done >> (56 - i * 8));
    bytes[33] = wants_reply ? 1 : 0;  // its own time it does without
    if (PQputCopyData(streams_.get(), bytes, sizeof bytes) == 1 && PQflush(streams_.get()) == 0) return true;
    streams_.fail(nullptr, cause);
    lost();
    return false;
  }

  /// Ends the stream in order, so that the server has read what it was told last. Not waited for longer than a second.
  void end() noexcept {
    if (is_running_ && PQputCopyEnd(streams_.get(), nullptr) == 1) {
      failure ignored;
      pg_frame frame;
      for (const std::int64_t until = detail::pg_milliseconds() + 1000; is_running_ && detail::pg_milliseconds() < until;)
        if (next(frame, 100, ignored) < 0) break;
    }
    lost();
  }

 private:
  int lost() noexcept {
    drop();
    streams_.close();
    is_running_ = false;
    return -1;
  }
  void drop() noexcept {
    PQfreemem(frame_);
    frame_ = nullptr;
  }

  postgres_source source_;
  pg_link streams_, asks_;
  char* frame_ = nullptr;
  bool is_running_ = false;
};

}  // namespace detail

}  // namespace gesta
