// Prepared statements of SQLite, and what its errors mean to us.
// Floor: store. The lowest part of the SQLite adapter.
// May include: store.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sqlite3.h>

#include <gesta/store/failure.hpp>

namespace gesta::detail {

/// The kind of failure that a result code of SQLite is, extended codes included.
constexpr failure::kind sqlite_failure_kind(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return failure::kind::busy;
    case SQLITE_FULL:
    case SQLITE_NOMEM: return failure::kind::full;
    case SQLITE_ERROR:  // a table is missing, or is another one
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return failure::kind::corrupt;
    case SQLITE_CONSTRAINT: return failure::kind::conflict;
    case SQLITE_TOOBIG: return failure::kind::too_large;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return failure::kind::cannot_open;
    default: return failure::kind::input_output;
  }
}

/// The last error of a connection as a failure: SQLite's own words and the path.
inline failure sqlite_failure(sqlite3* connection, int code, const char* path) {
  const char* const words = connection == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection);
  return failure(sqlite_failure_kind(code), code, words, ": ", path);
}

/// Bytes that SQLite or a caller owns. Valid until the statement they come from moves on.
struct byte_view {
  const void* data = nullptr;
  std::size_t size = 0;
};

/// One prepared statement. Parameters and columns are counted from 0. An error of a binding shows at the next step.
class sqlite_statement {
 public:
  sqlite_statement() = default;
  sqlite_statement(const sqlite_statement&) = delete;
  sqlite_statement& operator=(const sqlite_statement&) = delete;
  ~sqlite_statement() { sqlite3_finalize(statement_); }

  /// Returns SQLITE_OK or the error.
  int prepare(sqlite3* connection, const char* sql) noexcept {
    return sqlite3_prepare_v3(connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  }

  sqlite_statement& set(int parameter, std::int64_t number) noexcept { return note(sqlite3_bind_int64(statement_, parameter + 1, number)); }
  sqlite_statement& set(int parameter, const char* text) noexcept {
    return note(sqlite3_bind_text(statement_, parameter + 1, text, -1, SQLITE_STATIC));
  }
  sqlite_statement& set_text(int parameter, byte_view text) noexcept {
    return note(sqlite3_bind_text64(statement_, parameter + 1, static_cast<const char*>(text.data), text.size, SQLITE_STATIC, SQLITE_UTF8));
  }
  sqlite_statement& set_blob(int parameter, byte_view bytes) noexcept {
    // A null pointer would be NULL in SQL; no bytes are still a value.
    return note(sqlite3_bind_blob64(statement_, parameter + 1, bytes.size == 0 ? "" : bytes.data, bytes.size, SQLITE_STATIC));
  }

  sqlite_statement& set_real(int parameter, double number) noexcept { return note(sqlite3_bind_double(statement_, parameter + 1, number)); }
  sqlite_statement& set_null(int parameter) noexcept { return note(sqlite3_bind_null(statement_, parameter + 1)); }
  /// Bytes that may be gone when it steps.
  sqlite_statement& set_copy(int parameter, byte_view bytes) noexcept {
    return note(sqlite3_bind_blob64(statement_, parameter + 1, bytes.size == 0 ? "" : bytes.data, bytes.size, SQLITE_TRANSIENT));
  }

  /// SQLITE_ROW, SQLITE_DONE or an error. After the last two the statement is ready to be used again.
  int step() noexcept {
    const int code = error_ != SQLITE_OK ? error_ : sqlite3_step(statement_);
    if (code != SQLITE_ROW) reset();
    return code;
  }
  /// Gives up the rows that are left; what was bound stays bound.
  void reset() noexcept {
    sqlite3_reset(statement_);
    error_ = SQLITE_OK;
  }

  /// Whether it stands at a row.
  bool is_busy() const noexcept { return sqlite3_stmt_busy(statement_) != 0; }
  bool is_null(int column) const noexcept { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  bool is_number(int column) const noexcept { return sqlite3_column_type(statement_, column) == SQLITE_INTEGER; }
  /// SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB or SQLITE_NULL.
  int type(int column) const noexcept { return sqlite3_column_type(statement_, column); }
  double real(int column) const noexcept { return sqlite3_column_double(statement_, column); }
  std::int64_t number(int column) const noexcept { return sqlite3_column_int64(statement_, column); }
  byte_view bytes(int column) const noexcept {
    const void* const data = sqlite3_column_blob(statement_, column);
    return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  /// A text in UTF-8, whatever the file keeps texts in; zeros may stand in it.
  byte_view text_bytes(int column) const noexcept {
    const void* const data = sqlite3_column_text(statement_, column);
    return {data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  /// Ends with a zero; never a null pointer.
  const char* text(int column) const noexcept {
    const unsigned char* const words = sqlite3_column_text(statement_, column);
    return words == nullptr ? "" : reinterpret_cast<const char*>(words);
  }

 private:
  sqlite_statement& note(int code) noexcept {
    if (code != SQLITE_OK && error_ == SQLITE_OK) error_ = code;
    return *this;
  }

  sqlite3_stmt* statement_ = nullptr;
  int error_ = SQLITE_OK;
};

/// Resets a statement when its rows are no longer read: a statement left open would hold its snapshot of the file.
class sqlite_reading {
 public:
  explicit sqlite_reading(sqlite_statement& statement) noexcept : statement_(statement) {}
  sqlite_reading(const sqlite_reading&) = delete;
  sqlite_reading& operator=(const sqlite_reading&) = delete;
  ~sqlite_reading() { statement_.reset(); }

 private:
  sqlite_statement& statement_;
};

}  // namespace gesta::detail
