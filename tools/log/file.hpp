// A file of gesta's SQLite store as the tool sees it: opened, checked, and asked. What is only read is opened so that it cannot be written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <gesta/store/sqlite_statement.hpp>

#include "postgres.hpp"

namespace tool {

/// Why the tool gives up: said on standard error, and the exit code.
struct trouble {
  enum code : int {
    content = 1,  ///< the file holds what it must not hold
    usage = 2,    ///< the command line
    access = 3,   ///< a file cannot be opened, read or written
  };
  code exit;
  std::string words;
};

/// Text is put together with numbers as with text.
std::string operator+(std::string text, std::int64_t number);

/// "1 event", "2 events".
std::string counted(std::int64_t number, const char* what);

/// One query: `for (query q(db, "select ..."); q.next();)`. Errors of SQLite are trouble.
class query {
 public:
  query(sqlite3* connection, const std::string& sql);
  query& set(int parameter, std::int64_t number);
  query& set(int parameter, std::string_view text);
  query& set_bytes(int parameter, std::string_view bytes);
  query& set_null(int parameter);
  query& set_value(int parameter, const query& row, int column);

  bool next();
  /// Runs it to its end and makes it ready for the next time.
  void run();
  void again() { sqlite3_reset(statement_.get()); }

  int type(int column) const { return sqlite3_column_type(statement_.get(), column); }
  bool is_null(int column) const { return type(column) == SQLITE_NULL; }
  std::int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  double real(int column) const { return sqlite3_column_double(statement_.get(), column); }
  /// Text or bytes as they are; valid until the next step.
  std::string_view bytes(int column) const;

 private:
  struct statement {
    sqlite3_stmt* handle = nullptr;
    statement() = default;
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;
    ~statement() { sqlite3_finalize(handle); }
    sqlite3_stmt* get() const { return handle; }
  };
  [[noreturn]] void fail() const;

  sqlite3* connection_;
  statement statement_;
};

/// What a path holds.
enum class content { nothing, gesta, unfinished_copy, something_else };
/// Looks at the first bytes, without SQLite: a file of another program is not touched. What cannot be read is trouble.
content content_of(const std::string& path);

/// A copy that was begun and has not ended has this application id, so that no program takes it for a whole log: "gesc".
inline constexpr std::int64_t unfinished_application = 0x67657363;

/// One connection.
class file {
 public:
  enum class access { read, write };
  /// For reading the path has to hold a whole log; the file is then seen as it was at this moment, whoever writes meanwhile. A log in PostgreSQL is
  /// seen so too, and only read; `with_streams`: the table of streams will be asked more than once.
  file(const std::string& name, access how, bool with_streams = true);
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  ~file();

  sqlite3* connection() const { return connection_; }
  /// For people: shown().
  const std::string& path() const { return path_; }
  /// The number of the format of the tables that stand here: pragma user_version.
  std::int64_t format() const { return format_; }
  /// The number of the format that the log has where it stands.
  std::int64_t format_there() const { return format_there_; }
  /// Of a log in PostgreSQL.
  const postgres_layout& layout() const { return layout_; }
  /// Itself, where positions are 1, 2, 3, ...: else there is trouble, as no other form of a log keeps them.
  const file& without_gaps() const;

  void execute(const std::string& sql);
  std::int64_t ask(const std::string& sql);
  /// Whether there is such a table.
  bool has(std::string_view table);

 private:
  void open_to_read();
  void open(int flags, const std::string& name);

  std::string path_;
  sqlite3* connection_ = nullptr;
  std::int64_t format_ = 0, format_there_ = 0;
  postgres_layout layout_;
};

/// A path as SQLite's URI, for reading only.
std::string reading_uri(const std::string& path);

}  // namespace tool
