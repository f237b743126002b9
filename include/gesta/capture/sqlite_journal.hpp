// The journal of changes in a SQLite file, and how a connection writes it: images by the pre-update hook, kept by a temporary trigger in the
// transaction of the change itself.
// Floor: capture. Below the source; knows no row.
// May include: detail, message, store.
//
// A pre-update hook sees old and new values of everything that its own connection changes, rows that REPLACE takes away and rows of a DELETE without
// WHERE included, but must not write, and is told nothing when a savepoint or a statement that failed is taken back. So what it saw waits in memory
// until the trigger behind the same row asks for it and inserts it into the journal: SQLite then takes it back with the row, or commits it with it.
// A change that waits when its statement fails is known by a number in a temporary table, which SQLite takes back as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <sqlite3.h>

#include <gesta/capture/change.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/message/about.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/sqlite_statement.hpp>

// sqlite3.h declares them only to who defines SQLITE_ENABLE_PREUPDATE_HOOK before the first inclusion; the library has them, or it does not link.
extern "C" {
void* sqlite3_preupdate_hook(sqlite3*, void (*)(void*, sqlite3*, int, char const*, char const*, sqlite3_int64, sqlite3_int64), void*);
int sqlite3_preupdate_old(sqlite3*, int, sqlite3_value**);
int sqlite3_preupdate_new(sqlite3*, int, sqlite3_value**);
int sqlite3_preupdate_count(sqlite3*);
int sqlite3_preupdate_blobwrite(sqlite3*);
}

namespace gesta::detail {

/// One column as a table declares it.
struct sqlite_table_column {
  std::string name;
  std::string type;
  bool not_null = false;
  bool has_default = false;  ///< other than NULL
  bool is_generated = false;
  int key = 0;  ///< its place in the primary key, from 1; 0: it is no part of it
};

/// A name as SQL takes any.
inline std::string sql_name(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out += '"';
}

inline void add_hex(std::string& to, const void* bytes, std::size_t size) {
  static constexpr char digits[] = "0123456789ABCDEF";
  const auto* const from = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < size; ++i) {
    to += digits[from[i] >> 4];
    to += digits[from[i] & 15];
  }
}
constexpr int nibble_of(char c) noexcept {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// One column of an image in the journal. It says its name, so that an image is read whatever has become of the table since:
/// `6E616D65=t416C696365,`, the name in hex, a letter and the value: n NULL, i an integer, r a real, t a text in hex, b bytes in hex,
/// u not told.
struct journal_cell {
  std::string name;
  char type = 'n';
  std::string value;  ///< a number in digits; text and bytes as they are
};

inline void add_cell(std::string& to, const std::string& name, sqlite3_value* value, bool is_told = true) {
  detail::add_hex(to, name.data(), name.size());
  to += '=';
  char digits[40];
  switch (value == nullptr ? SQLITE_NULL : sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      std::snprintf(digits, sizeof digits, "i%lld", static_cast<long long>(sqlite3_value_int64(value)));
      to += digits;
      break;
    case SQLITE_FLOAT: {
      const double number = sqlite3_value_double(value);
      to += 'r';
      detail::add_hex(to, &number, sizeof number);  // of this machine: a file of SQLite seldom moves, and digits depend on the locale
      break;
    }
    case SQLITE_TEXT: {
      const unsigned char* const words = sqlite3_value_text(value);
      to += 't';
      if (words != nullptr) detail::add_hex(to, words, static_cast<std::size_t>(sqlite3_value_bytes(value)));
      break;
    }
    case SQLITE_BLOB: {
      const void* const bytes = sqlite3_value_blob(value);
      to += 'b';
      if (bytes != nullptr) detail::add_hex(to, bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
      break;
    }
    default: to += is_told ? 'n' : 'u';
  }
  to += ',';
}

/// Reads an image. False: these are no bytes that a journal holds.
inline bool read_cells(chars from, std::vector<journal_cell>& to) {
  std::size_t count = 0, at = 0;
  const auto read_hex = [&](char end, std::string& out) {
    out.clear();
    while (at + 1 < from.size && from.data[at] != end) {
      const int high = detail::nibble_of(from.data[at]), low = detail::nibble_of(from.data[at + 1]);
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
      at += 2;
    }
    return at < from.size && from.data[at++] == end;
  };
  while (at < from.size) {
    if (to.size() == count) to.emplace_back();
    journal_cell& cell = to[count++];
    cell.value.clear();
    if (!read_hex('=', cell.name) || at == from.size) return false;
    cell.type = from.data[at++];
    switch (cell.type) {
      case 'i':
        while (at < from.size && from.data[at] != ',') cell.value += from.data[at++];
        if (cell.value.empty() || cell.value.size() > 20 || at++ == from.size) return false;
        for (std::size_t i = cell.value[0] == '-' ? 1 : 0; i < cell.value.size(); ++i)
          if (cell.value[i] < '0' || cell.value[i] > '9') return false;
        break;
      case 'r':
        if (!read_hex(',', cell.value) || cell.value.size() != sizeof(double)) return false;
        break;
      case 't':
      case 'b':
        if (!read_hex(',', cell.value)) return false;
        break;
      case 'n':
      case 'u':
        if (at == from.size || from.data[at++] != ',') return false;
        break;
      default: return false;
    }
  }
  to.resize(count);
  return true;
}

/// One row of the journal.
struct journal_entry {
  std::uint64_t position = 0;
  std::string source;
  std::int64_t operation = 0;
  std::int64_t time = 0;
  bool has_before = false, has_after = false;
  std::vector<journal_cell> before, after;
};

/// A connection that writes the journal, and one reader of it. Neither copyable nor movable: the connection refers to it.
class sqlite_journal {
 public:
  sqlite_journal(sqlite3* connection, const char* reader, std::vector<std::string> tables, timestamp (*now)() noexcept)
      : connection_(connection), reader_(reader), now_(now) {
    for (std::string& one : tables) tables_.push_back({static_cast<std::string&&>(one), {}});
    is_good_ = open();
  }
  sqlite_journal(const sqlite_journal&) = delete;
  sqlite_journal& operator=(const sqlite_journal&) = delete;
  ~sqlite_journal() {
    if (is_hooked_) take_down();
  }

  bool is_good() const noexcept { return is_good_; }
  const failure& why() const noexcept { return why_; }
  sqlite3* connection() const noexcept { return connection_; }
  bool fail(const failure& cause) {
    why_ = cause;
    return false;
  }
  bool fail(int code) { return fail(detail::sqlite_failure(connection_, code, path())); }
  /// Nothing can be done with it any more.
  void break_off(const failure& cause) {
    why_ = cause;
    is_good_ = false;
  }
  const char* path() const noexcept {
    const char* const name = sqlite3_db_filename(connection_, "main");
    return name == nullptr || *name == '\0' ? "memory" : name;
  }

  /// The columns of a table as they are now; none: there is no such table.
  bool columns_of(const std::string& name, std::vector<sqlite_table_column>& to) {
    to.clear();
    sqlite_statement ask;
    int code = ask.prepare(connection_, "select name, type, \"notnull\", dflt_value, pk, hidden from pragma_table_xinfo(?, 'main') order by cid");
    if (code != SQLITE_OK) return fail(code);
    ask.set(0, name.c_str());
    while ((code = ask.step()) == SQLITE_ROW) {
      const bool has_default = !ask.is_null(3) && sqlite3_stricmp(ask.text(3), "null") != 0;
      to.push_back({ask.text(0), ask.text(1), ask.number(2) != 0, has_default, ask.number(5) != 0, static_cast<int>(ask.number(4))});
    }
    return code == SQLITE_DONE || fail(code);
  }

  /// Whether a transaction is open on the connection: what it changed is not committed.
  bool is_open() const noexcept { return sqlite3_get_autocommit(connection_) == 0; }

  /// The next entry behind a position. 1: there it is; 0: there is none; -1: fail.
  int next(std::uint64_t after, journal_entry& to) {
    const sqlite_reading reading(next_.set(0, static_cast<std::int64_t>(after)));
    const int code = next_.step();
    if (code == SQLITE_DONE) return 0;
    if (code != SQLITE_ROW) return fail(code) ? 0 : -1;
    to.position = static_cast<std::uint64_t>(next_.number(0));
    to.source = next_.text(1);
    to.operation = next_.number(2);
    to.time = next_.number(3);
    to.has_before = !next_.is_null(4);
    to.has_after = !next_.is_null(5);
    if (to.operation < 0 || to.operation > 2 || !read_image(4, to.before) || !read_image(5, to.after)) {
      failure cause(failure::kind::corrupt, 0, "the change ", to.position, " in gesta_changes cannot be read: ", path());
      cause.position = to.position;
      return fail(cause) ? 0 : -1;
    }
    return 1;
  }

  /// What was missed since the last call, since something came between the hook and the journal; false once, with the cause, where something was.
  bool missed_nothing() {
    if (is_blob_written_) {
      is_blob_written_ = false;
      return fail(failure(failure::kind::differs, 0, "sqlite3_blob_write changed a row of ", blob_table_.c_str(),
                          ": no trigger sees that, so it is no change in the journal; backfill"));
    }
    const sqlite_reading reading(count_triggers_);
    const int code = count_triggers_.step();
    if (code != SQLITE_ROW) return fail(code);
    if (count_triggers_.number(0) == static_cast<std::int64_t>(6 * tables_.size())) return true;
    count_triggers_.reset();
    waiting_.clear();
    if (!drop_triggers() || !make_triggers()) return false;
    return fail(failure(failure::kind::differs, 0, "a captured table was made anew: what was written to it since is not in the journal; backfill: ", path()));
  }

  /// Where the reader is, as it is kept.
  std::uint64_t kept() const noexcept { return kept_; }
  bool is_complete() const noexcept { return is_complete_; }

  /// Keeps where the reader is. Entries that no reader needs any more are deleted. A part of an open transaction, where there is one.
  bool keep(std::uint64_t position, bool is_complete) {
    const bool own = !is_open();
    if (own && !run("begin immediate")) return false;
    keep_.set(0, reader_.c_str()).set(1, static_cast<std::int64_t>(position)).set(2, std::int64_t{is_complete});
    int code = keep_.step();
    if (code == SQLITE_DONE) code = number_.set(0, std::int64_t{0}).step();
    if (code == SQLITE_DONE) code = trim_.step();
    if (code != SQLITE_DONE) {
      fail(code);
      if (own) sqlite3_exec(connection_, "rollback", nullptr, nullptr, nullptr);
      return false;
    }
    if (own && !run("commit")) {
      if (is_open()) sqlite3_exec(connection_, "rollback", nullptr, nullptr, nullptr);
      return false;
    }
    kept_ = position;
    is_complete_ = is_complete;
    return true;
  }
  /// Removes the reader: the journal keeps nothing for it any more.
  bool forget() {
    sqlite_statement drop;
    int code = drop.prepare(connection_, "delete from main.gesta_change_readers where name = ?");
    if (code == SQLITE_OK) code = drop.set(0, reader_.c_str()).step();
    return code == SQLITE_DONE || fail(code);
  }
  /// A position of its own, behind all that were given out.
  bool take_position(std::uint64_t& to) {
    const int code = number_.set(0, std::int64_t{1}).step();
    return (code == SQLITE_DONE || fail(code)) && last(to);
  }
  /// The last position that was given out, 0 where none was.
  bool last(std::uint64_t& to) {
    const sqlite_reading reading(last_);
    const int code = last_.step();
    if (code == SQLITE_ROW) to = static_cast<std::uint64_t>(last_.number(0));
    return code == SQLITE_ROW || fail(code);
  }
  bool run(const char* sql) {
    const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
    return code == SQLITE_OK || fail(code);
  }

 private:
  struct table {
    std::string name;
    std::vector<sqlite_table_column> columns;
  };
  /// What the hook saw and no trigger has asked for.
  struct waiting {
    std::int64_t stamp;
    std::string json;
  };

  bool open() {
    if (connection_ == nullptr) return fail(failure(failure::kind::cannot_open, 0, "there is no connection"));
    if (is_open()) return fail(failure(failure::kind::busy, 0, "a transaction is open on the connection: ", path()));
    {
      sqlite_statement ask;
      const int code = ask.prepare(connection_, "select count(*) from pragma_function_list where name = 'gesta_change_begins'");
      if (code != SQLITE_OK) return fail(code);
      if (ask.step() == SQLITE_ROW && ask.number(0) != 0)
        return fail(failure(failure::kind::busy, 0, "the connection has a capture already, and only one pre-update hook: ", path()));
    }
    const bool made = run("begin immediate") &&
                      run("create table if not exists main.gesta_changes(position integer primary key autoincrement, source text not null, "
                          "operation integer not null, time integer not null, before text, after text)") &&
                      run("create table if not exists main.gesta_change_readers(name text primary key, position integer not null, "
                          "is_complete integer not null) without rowid") &&
                      run("insert into main.sqlite_sequence(name, seq) select 'gesta_changes', 0 where not exists(select 1 from main.sqlite_sequence "
                          "where name = 'gesta_changes')") &&
                      prepare() && find_reader() && run("commit");
    if (!made) {
      const failure cause = why_;
      if (is_open()) sqlite3_exec(connection_, "rollback", nullptr, nullptr, nullptr);
      return fail(cause);
    }
    return put_up();
  }

  bool prepare() {
    const auto make = [this](sqlite_statement& one, const char* sql) {
      const int code = one.prepare(connection_, sql);
      return code == SQLITE_OK || fail(code);
    };
    return make(next_, "select position, source, operation, time, before, after from main.gesta_changes where position > ? order by position limit 1") &&
           make(keep_, "insert into main.gesta_change_readers values(?, ?, ?) on conflict(name) do update set position = excluded.position, "
                       "is_complete = excluded.is_complete") &&
           make(trim_, "delete from main.gesta_changes where position <= (select min(position) from main.gesta_change_readers)") &&
           // A statement that ends by FAIL keeps what it wrote, and SQLite does not note the numbers that it gave: once trimmed they would be given again.
           make(number_, "update main.sqlite_sequence set seq = max(seq, coalesce((select max(position) from main.gesta_changes), 0)) + ? "
                         "where name = 'gesta_changes'") &&
           make(last_, "select max(coalesce((select seq from main.sqlite_sequence where name = 'gesta_changes'), 0), "
                       "coalesce((select max(position) from main.gesta_changes), 0))") &&
           make(schema_, "pragma main.schema_version") &&
           make(count_triggers_, "select count(*) from temp.sqlite_temp_schema where type = 'trigger' and name like 'gesta_change_%'");
  }
  bool find_reader() {
    sqlite_statement ask;
    int code = ask.prepare(connection_, "select position, is_complete from main.gesta_change_readers where name = ?");
    if (code == SQLITE_OK) code = ask.set(0, reader_.c_str()).step();
    if (code == SQLITE_ROW) {
      kept_ = static_cast<std::uint64_t>(ask.number(0));
      is_complete_ = ask.number(1) != 0;
      return true;
    }
    if (code != SQLITE_DONE) return fail(code);
    std::uint64_t from = 0;  // from now on
    return last(from) && keep(from, true);
  }

  bool put_up() {
    const auto define = [this](const char* name, int arguments, void (*f)(sqlite3_context*, int, sqlite3_value**)) {
      const int code = sqlite3_create_function_v2(connection_, name, arguments, SQLITE_UTF8 | SQLITE_INNOCUOUS, this, f, nullptr, nullptr, nullptr);
      return code == SQLITE_OK || fail(code);
    };
    is_hooked_ = true;
    const bool good = define("gesta_change_begins", 1, begins) && define("gesta_changes_taken", 0, taken) && load_columns() &&
                      run("create temp table gesta_change_count(n integer not null)") && run("insert into temp.gesta_change_count values(0)") &&
                      make_triggers();
    if (!good) {
      const failure cause = why_;
      take_down();
      return fail(cause);
    }
    sqlite3_preupdate_hook(connection_, hook, this);
    return true;
  }
  void take_down() {
    is_hooked_ = false;
    sqlite3_preupdate_hook(connection_, nullptr, nullptr);
    drop_triggers();
    run("drop table if exists temp.gesta_change_count");
    sqlite3_create_function_v2(connection_, "gesta_change_begins", 1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr);
    sqlite3_create_function_v2(connection_, "gesta_changes_taken", 0, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr, nullptr);
  }
  bool make_triggers() {
    for (const table& one : tables_) {
      // Who fires first among temporary triggers nobody promises, and one that ignores the row would keep ours from it.
      sqlite_statement ask;
      const int code = ask.prepare(connection_, "select count(*) from temp.sqlite_temp_schema where type = 'trigger' and tbl_name = ? collate nocase");
      if (code != SQLITE_OK) return fail(code);
      if (ask.set(0, one.name.c_str()).step() == SQLITE_ROW && ask.number(0) != 0)
        return fail(failure(failure::kind::differs, 0, one.name.c_str(), ": the connection has temporary triggers of its own on this table"));
    }
    for (std::size_t i = 0; i < tables_.size(); ++i)
      for (const char* const what : {"insert", "update", "delete"}) {
        const std::string name = "gesta_change_" + std::to_string(i) + what;
        const std::string on = std::string(what) + " on main." + detail::sql_name(tables_[i].name);
        if (!run(("create temp trigger " + name + "_begins before " + on + " begin update gesta_change_count set n = gesta_change_begins(n); end").c_str()) ||
            !run(("create temp trigger " + name + "_taken after " + on +
                  " begin insert into gesta_changes(source, operation, time, before, after) select json_extract(value, '$[0]'), "
                  "json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'), json_extract(value, '$[4]') "
                  "from json_each(gesta_changes_taken()) order by key; end").c_str()))
          return false;
      }
    return true;
  }
  bool drop_triggers() {
    for (std::size_t i = 0; i < tables_.size(); ++i)
      for (const char* const what : {"insert", "update", "delete"})
        for (const char* const end : {"_begins", "_taken"})
          if (!run(("drop trigger if exists temp.gesta_change_" + std::to_string(i) + what + end).c_str())) return false;
    return true;
  }

  /// Reads which columns the tables have, where their schema is another one than before.
  bool load_columns() {
    std::int64_t version = -1;
    {
      const sqlite_reading reading(schema_);
      const int code = schema_.step();
      if (code != SQLITE_ROW) return fail(code);
      version = schema_.number(0);
    }
    if (version == schema_version_) return true;
    for (table& one : tables_) {
      if (!columns_of(one.name, one.columns)) return false;
      if (one.columns.empty()) return fail(failure(failure::kind::differs, 0, "there is no table ", one.name.c_str(), " any more; close its capture"));
      for (const sqlite_table_column& column : one.columns)
        if (column.is_generated)
          return fail(failure(failure::kind::differs, 0, one.name.c_str(), ".", column.name.c_str(), ": a table with generated columns cannot be captured"));
    }
    schema_version_ = version;
    return true;
  }

  bool read_image(int column, std::vector<journal_cell>& to) {
    if (next_.is_null(column)) {
      to.clear();
      return true;
    }
    const byte_view bytes = next_.text_bytes(column);
    return detail::read_cells({bytes.size == 0 ? "" : static_cast<const char*>(bytes.data), bytes.size}, to);
  }

  // gesta_change_begins(n): before each row. n is what this function gave last, unless that was taken back since: then all that was seen later was.
  static void begins(sqlite3_context* context, int, sqlite3_value** argument) {
    auto& self = *static_cast<sqlite_journal*>(sqlite3_user_data(context));
    const std::int64_t survived = sqlite3_value_int64(argument[0]);
    while (!self.waiting_.empty() && self.waiting_.back().stamp > survived) self.waiting_.pop_back();
    if (survived != self.stamp_) self.schema_version_ = -1;  // with it a change of the schema may have been, and its number is given again
    const failure before = self.why_;
    if (!self.load_columns()) {
      sqlite3_result_error(context, self.why_.describe(), -1);
      return;
    }
    self.why_ = before;
    self.is_hook_due_ = true;
    sqlite3_result_int64(context, ++self.stamp_);
  }
  // gesta_changes_taken(): behind each row. What the hook has seen since, as JSON.
  static void taken(sqlite3_context* context, int, sqlite3_value**) {
    auto& self = *static_cast<sqlite_journal*>(sqlite3_user_data(context));
    if (self.is_hook_due_) {
      sqlite3_result_error(context, "gesta: another pre-update hook was set on this connection, so its changes cannot be captured", -1);
      return;
    }
    std::string all = "[";
    for (const waiting& one : self.waiting_) all += (all.size() == 1 ? "" : ",") + one.json;
    all += ']';
    self.waiting_.clear();
    sqlite3_result_text64(context, all.data(), all.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }

  static void hook(void* self, sqlite3* connection, int operation, char const* database, char const* name, sqlite3_int64, sqlite3_int64) {
    if (std::strcmp(database, "main") == 0) static_cast<sqlite_journal*>(self)->see(connection, operation, name);
  }
  void see(sqlite3* connection, int operation, const char* name) {
    const table* of = nullptr;
    for (const table& one : tables_)
      if (sqlite3_stricmp(one.name.c_str(), name) == 0) of = &one;
    if (of == nullptr) return;
    if (sqlite3_preupdate_blobwrite(connection) >= 0) {
      is_blob_written_ = true;
      blob_table_ = of->name;
      return;
    }
    is_hook_due_ = false;
    std::string json = "[\"";
    for (const char c : of->name) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned char>(c));
      if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) json += escaped;
      else json += c;
    }
    const gesta::operation what = operation == SQLITE_INSERT ? operation::inserted : operation == SQLITE_UPDATE ? operation::updated : operation::deleted;
    json += "\"," + std::to_string(static_cast<int>(what)) + ',' + std::to_string(now_().nanoseconds);
    add_image(json, connection, *of, what != operation::inserted, true);
    add_image(json, connection, *of, what != operation::deleted, false);
    waiting_.push_back({stamp_, json += ']'});
  }
  static void add_image(std::string& to, sqlite3* connection, const table& of, bool is_there, bool is_old) {
    if (!is_there) {
      to += ",null";
      return;
    }
    to += ",\"";
    const int count = sqlite3_preupdate_count(connection);
    for (int i = 0; i < count && static_cast<std::size_t>(i) < of.columns.size(); ++i) {
      sqlite3_value* value = nullptr;
      if (is_old) sqlite3_preupdate_old(connection, i, &value);
      else sqlite3_preupdate_new(connection, i, &value);
      // Of a row that is older than a column with a default, SQLite's hook says NULL instead of the default.
      const sqlite_table_column& column = of.columns[static_cast<std::size_t>(i)];
      detail::add_cell(to, column.name, value, !(is_old && column.has_default));
    }
    to += '"';
  }

  sqlite3* connection_;
  std::string reader_;
  timestamp (*now_)() noexcept;
  std::vector<table> tables_;
  failure why_;
  bool is_good_ = false;
  bool is_hooked_ = false;
  bool is_hook_due_ = false;
  bool is_blob_written_ = false;
  bool is_complete_ = true;
  std::string blob_table_;
  std::uint64_t kept_ = 0;
  std::int64_t schema_version_ = -1;
  std::int64_t stamp_ = 0;
  std::vector<waiting> waiting_;
  sqlite_statement next_, keep_, number_, trim_, last_, schema_, count_triggers_;
};

}  // namespace gesta::detail
