// gesta-log copy into PostgreSQL: one transaction, so that an interrupted copy leaves nothing behind.
#include <bit>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include <gesta/store/columns.hpp>
#include <gesta/store/postgres_consumers.hpp>
#include <gesta/store/postgres_schema.hpp>

#include "commands.hpp"
#include "postgres.hpp"
#include "postgres_link.hpp"

namespace tool {

namespace {

namespace json = boost::json;
using gesta::detail::quoted;

/// Rows in the binary form of `copy from stdin`, sent a megabyte at a time.
class rows_to_server {
 public:
  rows_to_server(postgres_link& link, const postgres_table& to) : link_(link) {
    std::string names;
    for (const postgres_column& c : to.columns)
      if (!is_made(c)) names += (names.empty() ? "" : ", ") + quoted(c.name), ++columns_;
    link_.begin_copy("copy " + quoted(to.name) + '(' + names + ") from stdin (format binary)");
    bytes_.assign("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  }
  /// A column that PostgreSQL has not got: it is told by others.
  static bool is_made(const postgres_column& c) { return c.name == "previous" && !c.sql.empty(); }

  void begin_row() {
    if (bytes_.size() >= std::size_t{1} << 20) send();
    put(2, columns_);
  }
  void null() { put(4, -1); }
  void number(std::int64_t value, int width) {
    put(4, width);
    put(width, value);
  }
  void bytes(std::string_view value) {
    put(4, static_cast<std::int64_t>(value.size()));
    bytes_.append(value);
  }
  void end() {
    put(2, -1);
    send();
    link_.end_copy();
  }

 private:
  void put(int width, std::int64_t value) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes_ += static_cast<char>(static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> shift));
  }
  void send() {
    link_.put(bytes_.data(), bytes_.size());
    bytes_.clear();
  }

  postgres_link& link_;
  std::string bytes_;
  std::int64_t columns_ = 0;
};

// ---- which columns of a view are truth values: SQLite does not say it, the form of the row does

const json::object* fields_of(const json::value& form) {
  const json::object* const object = form.if_object();
  const json::value* const fields = object == nullptr ? nullptr : object->if_contains("fields");
  return fields == nullptr ? nullptr : fields->if_object();
}
void find_truths(const std::string& name, const json::value& form, std::set<std::string>& truths) {
  if (const json::object* const fields = fields_of(form)) {
    for (const auto& field : *fields) find_truths(fields->size() == 1 ? name : name + '_' + std::string(field.key()), field.value(), truths);
  } else if (const json::object* const object = form.if_object()) {
    // An optional of what takes one column is that column.
    const json::value* inner = object->if_contains("optional");
    while (inner != nullptr && fields_of(*inner) != nullptr && fields_of(*inner)->size() == 1) inner = &fields_of(*inner)->begin()->value();
    if (inner != nullptr && inner->is_string()) find_truths(name, *inner, truths);
  } else if (form.is_string() && form.as_string() == "bool") {
    truths.insert(name);
  }
}
std::set<std::string> truths_in(const std::string& schema) {
  std::set<std::string> truths;
  std::error_code error;
  const json::value form = json::parse(schema, error);
  if (const json::object* const fields = error ? nullptr : fields_of(form))
    for (const auto& field : *fields) find_truths(std::string(field.key()), field.value(), truths);
  return truths;
}

class copying {
 public:
  copying(const std::string& from, const std::string& to) : from_(from, file::access::read), link_(place_of(to)), shown_(shown(to)) {
    if (from_.without_gaps().format() < 2) throw trouble{trouble::usage, from_.path() + ": format 1 does not say what its bytes are; a program that opens it brings it up to date"};
  }

  int run() {
    for (query q(from_.connection(), "select type, form, id from types where kind = 'aggregate'"); q.next();) {
      aggregate& of = aggregates_[static_cast<std::size_t>(q.number(0))];
      of.form = key_form_of(std::string(q.bytes(1)), of.is_signed);
      if (of.form == key_form::none)
        throw trouble{trouble::content, from_.path() + ": does not say what the keys of " + std::string(q.bytes(2)) + " are; the program that knows them enters it when it opens the file"};
    }
    begin();
    std::int64_t events = 0;
    for (const postgres_table& of : tables_of_log()) {
      if (!from_.has(of.name)) continue;  // snapshots, in a file of format 2
      const std::int64_t rows = fill(of);
      if (of.name == "events") events = rows;
    }
    if (from_.has("views") && from_.has("consumers") && from_.has("letters")) views();
    link_.run("commit");
    link_.run("analyze " + quoted("types") + ", streams, events, outcomes");
    print_line(shown_ + ": " + counted(events, "event") + " copied, " + events + " in all");
    for (const std::string& table : left_out()) print_line(shown_ + ": left out: " + table + ", which is no table of a log or of a view");
    end_output();
    return 0;
  }

 private:
  struct aggregate {
    key_form form = key_form::none;
    bool is_signed = true;
  };
  struct per_type {
    std::vector<aggregate> all{};
    aggregate& operator[](std::size_t type) {
      if (type > 1'000'000) throw trouble{trouble::content, "a type has a number beyond 1,000,000"};
      if (all.size() <= type) all.resize(type + 1);
      return all[type];
    }
  };
  struct head {
    std::int64_t version = 0, last = 0;
  };

  /// Whoever else comes finds the lock of the log taken, and then all of it or nothing.
  void begin() {
    link_.run("begin; select pg_advisory_xact_lock(" + std::to_string(gesta::detail::postgres_lock(link_.schema())) + ')');
    if (link_.number("select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1", {link_.schema()}) != 0)
      throw trouble{trouble::access, shown_ + ": something is there already; a copy into PostgreSQL needs a schema that is empty or is not there"};
    link_.run("create schema if not exists " + quoted(link_.schema()));
    link_.run(std::string(gesta::detail::postgres_tables) + "insert into gesta_format values(" + std::to_string(gesta::detail::postgres_format) + ')');
  }

  [[noreturn]] void refuse(const postgres_table& of, const query& row, const std::string& column) const {
    throw trouble{trouble::content, from_.path() + ": the table " + of.name + ", the row that begins with " + std::string(row.bytes(0)) + ": " + column +
                                        " is not what stands there in a whole log; see gesta-log verify"};
  }

  std::int64_t fill(const postgres_table& of) {
    std::string names;
    for (const postgres_column& c : of.columns) names += (names.empty() ? "" : ", ") + quoted(c.name);
    const bool is_events = of.name == "events";
    rows_to_server to(link_, of);
    query q(from_.connection(), "select " + names + " from " + quoted(of.name) + (is_events ? " order by position" : ""));
    std::int64_t count = 0;
    while (q.next()) {
      ++count;
      if (is_events) check_place(of, q, count);
      to.begin_row();
      for (std::size_t i = 0; i < of.columns.size(); ++i)
        if (!rows_to_server::is_made(of.columns[i]) && !put(to, of.columns[i], q, static_cast<int>(i))) refuse(of, q, of.columns[i].name);
    }
    to.end();
    return count;
  }
  /// PostgreSQL does not keep what leads from event to event: it has to be what the versions say.
  void check_place(const postgres_table& of, const query& row, std::int64_t position) {
    const std::int64_t stream = row.number(1);
    if (row.number(0) != position) refuse(of, row, "position");
    if (stream < 1 || stream > 4'000'000'000) refuse(of, row, "stream");
    if (heads_.size() <= static_cast<std::size_t>(stream)) heads_.resize(static_cast<std::size_t>(stream) + 1 + heads_.size() / 2);
    head& seen = heads_[static_cast<std::size_t>(stream)];
    if (row.number(2) != seen.version + 1) refuse(of, row, "version");
    if (row.number(3) != seen.last) refuse(of, row, "previous");  // NULL is read as 0
    seen = {row.number(2), position};
  }

  bool put(rows_to_server& to, const postgres_column& of, const query& row, int column) {
    const int type = row.type(column);
    if (type == SQLITE_NULL) return to.null(), true;
    const bool is_number = type == SQLITE_INTEGER, is_words = type == SQLITE_TEXT || type == SQLITE_BLOB;
    const auto fits = [&](std::int64_t least, std::int64_t most) { return is_number && row.number(column) >= least && row.number(column) <= most; };
    switch (of.kind) {
      case column_kind::number:
        if (is_number) to.number(row.number(column), 8);
        return is_number;
      case column_kind::integer: {
        const bool good = fits(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
        if (good) to.number(row.number(column), 4);
        return good;
      }
      case column_kind::truth:
        if (fits(0, 1)) to.number(row.number(column), 1);
        return fits(0, 1);
      case column_kind::real: {
        const bool is_none = type == SQLITE_TEXT && row.bytes(column) == "NaN";
        if (type != SQLITE_FLOAT && !is_none) return false;
        to.number(std::bit_cast<std::int64_t>(is_none ? std::numeric_limits<double>::quiet_NaN() : row.real(column)), 8);
        return true;
      }
      case column_kind::id:
        if (type != SQLITE_BLOB || row.bytes(column).size() != 16) return false;
        to.bytes(row.bytes(column));
        return true;
      case column_kind::bytes:
        if (type == SQLITE_BLOB) to.bytes(row.bytes(column));
        return type == SQLITE_BLOB;
      case column_kind::bytes_or_text:
        if (is_words) to.bytes(row.bytes(column));
        return is_words;
      case column_kind::words:
        if (is_words) to.bytes(room_.escaped(row.bytes(column)));
        return is_words;
      case column_kind::raw:
        if (type == SQLITE_TEXT) to.bytes(row.bytes(column));
        return type == SQLITE_TEXT;
      case column_kind::key: return put_key(to, row, column);
    }
    return false;
  }
  bool put_key(rows_to_server& to, const query& row, int column) {
    const std::int64_t type = row.number(column - 1);  // the aggregate
    if (type < 1 || type > 1'000'000) return false;
    const aggregate& of = aggregates_[static_cast<std::size_t>(type)];
    const bool is_number = row.type(column) == SQLITE_INTEGER;
    if (of.form == key_form::none || is_number != (of.form == key_form::number)) return false;
    if (is_number) {
      const std::int64_t number = row.number(column);
      to.bytes(of.is_signed ? std::to_string(number) : std::to_string(static_cast<std::uint64_t>(number)));
    } else if (of.form == key_form::text) {
      to.bytes(room_.escaped(row.bytes(column)));
    } else {
      std::string hex = "\\x";
      for (const char c : row.bytes(column)) (hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4]) += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
      to.bytes(hex);
    }
    return true;
  }

  // ---- views

  void views() {
    link_.run(gesta::detail::postgres_view_tables);
    for (const postgres_table& of : tables_of_views()) fill(of);
    std::vector<std::pair<std::string, std::string>> all;
    for (query q(from_.connection(), "select name, schema from views order by name"); q.next();) all.emplace_back(q.bytes(0), q.bytes(1));
    for (const auto& [name, schema] : all) {
      if (name.size() > 63) throw trouble{trouble::content, from_.path() + ": the view " + name + " has a name of more than 63 bytes"};
      fill(make(name, schema));
    }
  }
  postgres_table make(const std::string& name, const std::string& schema) {
    const std::set<std::string> truths = truths_in(schema);
    postgres_table made{name, {}};
    std::vector<std::string> keys;
    const auto there = from_.layout().keys.find(name);
    const bool is_said = there != from_.layout().keys.end();
    std::string sql = "create table " + quoted(name) + "(\n";
    query q(from_.connection(), "select name, lower(type), \"notnull\", pk from pragma_table_info(?) order by cid");
    for (q.set(1, name); q.next();) {
      postgres_column c{std::string(q.bytes(0)), column_kind::number};
      const std::string_view type = q.bytes(1);
      const char* word = "bigint";
      if (type == "integer" && truths.contains(c.name)) c.kind = column_kind::truth, word = "boolean";
      else if (type == "real") c.kind = column_kind::real, word = "double precision";
      else if (type == "text") c.kind = column_kind::words, word = "text collate \"C\"";
      else if (type == "blob") c.kind = column_kind::bytes, word = "bytea";
      else if (type != "integer") throw trouble{trouble::content, from_.path() + ": the table " + name + " is none that gesta makes of a view"};
      const auto place = static_cast<std::size_t>(q.number(3));
      if (place != 0 && keys.size() < place) keys.resize(place);
      if (place != 0) keys[place - 1] = quoted(c.name);
      sql += "  " + quoted(c.name) + ' ' + word + (q.number(2) != 0 || place != 0 ? " not null" : "");
      if (made.columns.empty() && c.name == "only" && (is_said ? there->second == "\"only\"" : place == 1)) sql += " check (\"only\" = 0)";
      sql += ",\n";
      made.columns.push_back(std::move(c));
    }
    if (is_said) keys = {there->second};
    if (keys.empty()) throw trouble{trouble::content, from_.path() + ": the table of the view " + name + " is missing, or has no key"};
    sql += "  primary key(";
    for (std::size_t i = 0; i < keys.size(); ++i) sql += (i == 0 ? "" : ", ") + keys[i];
    link_.run(sql + "))");
    for (const view_index& one : indexes_of(name))
      link_.run("create index " + quoted(gesta::detail::postgres_index_name(one.name)) + " on " + quoted(name) + '(' + one.on + ')');
    return made;
  }

  std::vector<view_index> indexes_of(const std::string& view) {
    if (const auto there = from_.layout().indexes.find(view); there != from_.layout().indexes.end()) return there->second;
    std::vector<view_index> all;
    query q(from_.connection(), "select name from pragma_index_list(?1) where origin = 'c' and substr(name, 1, length(?1) + 1) = ?1 || '('");
    for (q.set(1, view); q.next();) {
      view_index one{std::string(q.bytes(0)), {}};
      query columns(from_.connection(), "select name from pragma_index_info(?) order by seqno");
      for (columns.set(1, one.name); columns.next();) one.on += (one.on.empty() ? "" : ", ") + quoted(std::string(columns.bytes(0)));
      all.push_back(std::move(one));
    }
    return all;
  }

  /// What else stands in the file, by name.
  std::vector<std::string> left_out() {
    std::set<std::string> known;
    for (const auto* all : {&tables_of_log(), &tables_of_views()})
      for (const postgres_table& of : *all) known.insert(of.name);
    if (from_.has("views"))
      for (query q(from_.connection(), "select name from views"); q.next();) known.insert(std::string(q.bytes(0)));
    std::vector<std::string> others;
    for (query q(from_.connection(), "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name"); q.next();)
      if (!known.contains(std::string(q.bytes(0)))) others.emplace_back(q.bytes(0));
    return others;
  }

  file from_;
  postgres_link link_;
  std::string shown_;
  per_type aggregates_;
  std::vector<head> heads_;  ///< by stream
  gesta::detail::postgres_text room_;
};

}  // namespace

int copy_to_postgres(const std::string& from, const std::string& to) { return copying(from, to).run(); }

}  // namespace tool
