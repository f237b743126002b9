// One connection to PostgreSQL, and a table of it as SQLite sees it. What goes wrong is trouble, in words without addresses and passwords.
#pragma once

#include <libpq-fe.h>

#include <string>
#include <vector>

#include <gesta/store/postgres_place.hpp>
#include <gesta/store/postgres_values.hpp>

#include "file.hpp"

namespace tool {

/// A connection whose search_path is the schema.
class postgres_link {
 public:
  explicit postgres_link(const gesta::postgres_place& place);
  postgres_link(const postgres_link&) = delete;
  postgres_link& operator=(const postgres_link&) = delete;
  ~postgres_link() { PQfinish(connection_); }

  /// Runs one statement; its rows are binary.
  gesta::detail::postgres_answer ask(const std::string& sql, const std::vector<std::string>& texts = {});
  /// The number in the first column of the first row; 0 where there is no row.
  std::int64_t number(const std::string& sql, const std::vector<std::string>& texts = {});
  /// Runs statements.
  void run(const std::string& sql);

  /// Between `copy ... from stdin (format binary)` and its end.
  void begin_copy(const std::string& sql);
  void put(const char* bytes, std::size_t size);
  void end_copy();

  const std::string& where() const { return where_; }
  const std::string& schema() const { return schema_; }

 private:
  [[noreturn]] void fail(const PGresult* answer) const;

  PGconn* connection_ = nullptr;
  std::string schema_, where_;
};

/// How a column of PostgreSQL stands in SQLite, and back.
enum class column_kind : unsigned char {
  number,         ///< bigint; INTEGER
  truth,          ///< boolean; INTEGER
  integer,        ///< of four bytes; INTEGER
  id,             ///< uuid; BLOB
  bytes,          ///< bytea; BLOB
  bytes_or_text,  ///< bytea; TEXT where it holds no zero
  words,          ///< text in which `\x` begins bytes; TEXT, BLOB where it holds a zero
  raw,            ///< text as it is
  key,            ///< of a stream: as the form of its aggregate says
  real,           ///< double precision; REAL, or 'NaN'
};
struct postgres_column {
  std::string name;
  column_kind kind = column_kind::number;
  std::string sql{};          ///< empty: the column of its name
  bool may_be_null = true;    ///< of views only
  bool is_hidden = false;     ///< for who asks for it by name: what the server looks up for each row, which costs a question each from here
};
struct postgres_table {
  std::string name;
  std::vector<postgres_column> columns;
};

/// The tables that each log has, in an order in which they can be filled.
const std::vector<postgres_table>& tables_of_log();
/// Those beside them where there are views.
const std::vector<postgres_table>& tables_of_views();

/// How a key stands in PostgreSQL.
enum class key_form : unsigned char { none, number, text, bytes };
/// By the form of its aggregate; `none`: it is none.
key_form key_form_of(const std::string& form, bool& is_signed);

}  // namespace tool
