#include "postgres.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <optional>

#include <gesta/codec/by_form.hpp>
#include <gesta/store/columns.hpp>
#include <gesta/store/postgres_consumers.hpp>
#include <gesta/store/postgres_failure.hpp>
#include <gesta/store/postgres_schema.hpp>
#include <gesta/store/sqlite_consumers.hpp>
#include <gesta/store/sqlite_ledger.hpp>
#include <gesta/store/sqlite_schema.hpp>

#include "postgres_link.hpp"

namespace tool {

using gesta::detail::postgres_answer;
using gesta::detail::postgres_row;

// ---- names

bool is_postgres(const std::string& name) {
  gesta::postgres_place place;
  return gesta::read_postgres_place(name, place);
}
gesta::postgres_place place_of(const std::string& name) {
  gesta::postgres_place place;
  gesta::read_postgres_place(name, place);
  if (place.schema.empty()) place.schema = "gesta";
  return place;
}
std::string shown(const std::string& name) {
  if (!is_postgres(name)) return name;
  const gesta::postgres_place place = place_of(name);
  std::string database;
  char* wrong = nullptr;
  PQconninfoOption* const parts = PQconninfoParse(place.address.c_str(), &wrong);
  if (wrong != nullptr) PQfreemem(wrong);  // it repeats what it could not read, which may be a password
  for (const PQconninfoOption* part = parts; part != nullptr && part->keyword != nullptr; ++part)
    if (std::strcmp(part->keyword, "dbname") == 0 && part->val != nullptr) database = part->val;
  PQconninfoFree(parts);
  return "postgres:" + database + '?' + place.schema;
}

// ---- the connection

postgres_link::postgres_link(const gesta::postgres_place& place) : schema_(place.schema), where_("schema " + place.schema) {
  char* wrong = nullptr;
  PQconninfoOption* const parts = PQconninfoParse(place.address.c_str(), &wrong);
  if (wrong != nullptr) PQfreemem(wrong);
  if (parts == nullptr) throw trouble{trouble::access, "the address of the database cannot be read: " + where_};
  PQconninfoFree(parts);
  const char* const names[] = {"connect_timeout", "fallback_application_name", "dbname", "client_encoding", nullptr};
  const char* const values[] = {"10", "gesta-log", place.address.c_str(), "UTF8", nullptr};
  connection_ = PQconnectdbParams(names, values, 1);
  try {
    if (connection_ == nullptr || PQstatus(connection_) != CONNECTION_OK) {
      std::string words = connection_ == nullptr ? "no memory" : PQerrorMessage(connection_);  // names and addresses, no secrets
      while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) words.pop_back();
      for (char& c : words)
        if (c == '\n') c = ' ';
      throw trouble{trouble::access, "the database cannot be reached: " + words};
    }
    PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
    where_ = std::string("database ") + PQdb(connection_) + ", schema " + schema_;
    ask("select set_config('search_path', quote_ident($1), false), set_config('lock_timeout', '10000', false), set_config("
        "'synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), false)", {schema_});
  } catch (...) {
    PQfinish(connection_);
    throw;
  }
}
postgres_answer postgres_link::ask(const std::string& sql, const std::vector<std::string>& texts) {
  std::vector<const char*> values;
  for (const std::string& text : texts) values.push_back(text.c_str());
  postgres_answer answer(PQexecParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 1));
  if (const ExecStatusType status = PQresultStatus(answer.get()); status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail(answer.get());
  return answer;
}
std::int64_t postgres_link::number(const std::string& sql, const std::vector<std::string>& texts) {
  const postgres_answer answer = ask("select (" + sql + ")::bigint", texts);
  return answer.rows() == 0 ? 0 : answer[0].number(0);
}
void postgres_link::run(const std::string& sql) {
  const postgres_answer answer(PQexec(connection_, sql.c_str()));
  if (const ExecStatusType status = PQresultStatus(answer.get()); status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail(answer.get());
}
void postgres_link::begin_copy(const std::string& sql) {
  const postgres_answer answer(PQexec(connection_, sql.c_str()));
  if (PQresultStatus(answer.get()) != PGRES_COPY_IN) fail(answer.get());
}
void postgres_link::put(const char* bytes, std::size_t size) {
  if (PQputCopyData(connection_, bytes, static_cast<int>(size)) != 1) end_copy();
}
void postgres_link::end_copy() {
  if (PQputCopyEnd(connection_, nullptr) != 1) fail(nullptr);
  std::optional<trouble> first;
  while (PGresult* const next = PQgetResult(connection_)) {
    const postgres_answer answer(next);
    if (PQresultStatus(next) == PGRES_COMMAND_OK || first) continue;
    try {
      fail(next);
    } catch (const trouble& t) {
      first = t;
    }
  }
  if (first) throw *first;
}
void postgres_link::fail(const PGresult* answer) const {
  const gesta::failure cause = gesta::detail::postgres_failure(answer, where_.c_str());
  const bool damaged = cause.why == gesta::failure::kind::corrupt || cause.why == gesta::failure::kind::conflict;
  throw trouble{damaged ? trouble::content : trouble::access, cause.describe()};
}

// ---- tables

const std::vector<postgres_table>& tables_of_log() {
  using kind = column_kind;
  static const std::vector<postgres_table> all = {
      {"types", {{"type", kind::integer}, {"kind", kind::raw}, {"id", kind::raw}, {"version", kind::integer}, {"form", kind::raw}}},
      {"streams",
       {{"stream"}, {"aggregate", kind::integer}, {"key", kind::key, "e.aggregate || ':' || e.key"}, {"version"}, {"last"}, {"first"}, {"closed", kind::truth}}},
      {"events",
       {{"position"},
        {"stream"},
        {"version"},
        {"previous", kind::number, "(select p.position from events p where p.stream = e.stream and p.version = e.version - 1)"},
        {"type", kind::integer},
        {"time"},
        {"correlation", kind::id},
        {"causation", kind::id},
        {"payload", kind::bytes}}},
      {"incarnations", {{"number", kind::integer}, {"incarnation", kind::id}, {"after"}, {"time"}}},
      {"snapshots", {{"stream"}, {"version"}, {"position"}, {"fingerprint"}, {"checksum"}, {"state", kind::bytes}}},
      {"sources", {{"source", kind::integer}, {"name", kind::words}}},
      {"outcomes",
       {{"source", kind::integer}, {"number"}, {"verdict", kind::integer}, {"version"}, {"position"}, {"rejection", kind::integer}, {"payload", kind::bytes}}}};
  return all;
}
const std::vector<postgres_table>& tables_of_views() {
  using kind = column_kind;
  static const std::vector<postgres_table> all = {
      {"views", {{"name", kind::raw}, {"schema", kind::raw}}},
      {"consumers",
       {{"name", kind::words}, {"incarnation", kind::id}, {"position"}, {"time"}, {"owner", kind::id}, {"until"}, {"paused", kind::truth}, {"serving", kind::truth}}},
      {"letters",
       {{"consumer", kind::words},
        {"position"},
        {"key", kind::bytes_or_text},
        {"cause", kind::words},
        {"attempts"},
        {"part"},
        {"since"},
        {"due"},
        {"discarded", kind::words}}}};
  return all;
}

key_form key_form_of(const std::string& form, bool& is_signed) {
  const gesta::form_reader read = gesta::read_form(form);
  is_signed = true;
  if (!read) return key_form::none;
  const std::string_view word = read.word();
  if (word.empty()) return key_form::bytes;
  if (word == "text") return key_form::text;
  is_signed = word[0] != 'u';
  return key_form::number;
}

namespace {

// ---- a table of the server as SQLite sees it

/// What the tables on one connection share.
struct server {
  explicit server(const gesta::postgres_place& place) : link(place) {}
  postgres_link link;
  std::map<std::int64_t, key_form> key_forms{};  ///< by the type of the aggregate
  std::map<std::string, postgres_table> tables{};
  std::int64_t cursors = 0;
};

struct table : sqlite3_vtab {
  server* on = nullptr;
  const postgres_table* of = nullptr;
};

/// What a question fixes, in a text that SQLite keeps for it: see best_index.
constexpr char of_number = 'n', of_id = 'i';

struct cursor : sqlite3_vtab_cursor {
  server* on = nullptr;
  const postgres_table* of = nullptr;
  std::string name{};  ///< on the server; empty: `rows` is all there is
  postgres_answer rows{};
  int at = 0;
  std::int64_t fetches = 0, rowid = 0;
  bool is_end = true;
  // What was read ahead where single positions are asked for one after the other.
  std::int64_t ahead_from = 0, ahead = 1;

  postgres_row row() const { return rows[at]; }
  void close() {
    rows = {};
    if (!name.empty()) on->link.ask("close " + name);
    name.clear();
  }
  void fetch() {
    // Rows are of any size: a few megabytes at a time.
    std::size_t size = 0;
    for (int i = 0; i < rows.rows(); ++i)
      for (std::size_t column = 0; column < of->columns.size(); ++column) size += rows[i].bytes(static_cast<int>(column)).size();
    if (fetches == 0) fetches = 32;
    else if (size < std::size_t{1} << 20 && fetches < 8192) fetches *= 4;
    else if (size > std::size_t{1} << 23 && fetches > 8) fetches /= 4;
    rows = on->link.ask("fetch " + std::to_string(fetches) + " from " + name);
    at = 0;
    is_end = rows.rows() == 0;
  }
};

int said(sqlite3_vtab* to, int code, const std::string& words) {
  sqlite3_free(to->zErrMsg);
  to->zErrMsg = sqlite3_mprintf("%s", words.c_str());
  return code;
}
template <class Do>
int guarded(sqlite3_vtab* to, Do&& act) {
  try {
    act();
    return SQLITE_OK;
  } catch (const trouble& t) {
    return said(to, t.exit == trouble::content ? SQLITE_ERROR : SQLITE_IOERR, t.words);
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
}

std::string declaration(const postgres_table& of) {
  std::string out = "create table " + gesta::detail::quoted(of.name) + '(';
  for (const postgres_column& c : of.columns) {
    const char* const type = c.kind == column_kind::number || c.kind == column_kind::truth || c.kind == column_kind::integer ? " integer"
                             : c.kind == column_kind::words || c.kind == column_kind::raw                                   ? " text"
                             : c.kind == column_kind::real                                                                  ? " real"
                             : c.kind == column_kind::id || c.kind == column_kind::bytes                                    ? " blob"
                                                                                                                             : "";
    out += (&c == of.columns.data() ? "" : ", ") + gesta::detail::quoted(c.name) + type + (c.may_be_null ? "" : " not null") + (c.is_hidden ? " hidden" : "");
  }
  return out + ')';
}

/// The expression that gives a column in the form that `value` reads.
std::string expression(const postgres_column& c) {
  const std::string plain = c.sql.empty() ? "e." + gesta::detail::quoted(c.name) : c.sql;
  if (c.kind == column_kind::truth) return plain + "::integer::bigint";
  if (c.kind == column_kind::integer) return plain + "::bigint";
  if (c.kind == column_kind::id) return "uuid_send(" + plain + ')';
  return plain;
}

int connect(sqlite3* db, void* shared, int count, const char* const* words, sqlite3_vtab** out, char** error) {
  server& on = *static_cast<server*>(shared);
  // words: the module, the database, the table, and its name on the server, in quotes.
  std::string name = count > 3 ? words[3] : "";
  if (name.size() >= 2 && name[0] == '"') {
    std::string bare;
    for (std::size_t i = 1; i + 1 < name.size(); ++i) {
      bare += name[i];
      if (name[i] == '"') ++i;
    }
    name = bare;
  }
  const auto found = on.tables.find(name);
  if (found == on.tables.end()) {
    *error = sqlite3_mprintf("there is no table %s", name.c_str());
    return SQLITE_ERROR;
  }
  if (const int code = sqlite3_declare_vtab(db, declaration(found->second).c_str()); code != SQLITE_OK) return code;
  auto made = std::make_unique<table>();
  made->on = &on;
  made->of = &found->second;
  *out = made.release();
  return SQLITE_OK;
}
int disconnect(sqlite3_vtab* of) {
  delete static_cast<table*>(of);
  return SQLITE_OK;
}

// Positions and correlations of events are compared, and rows put in the order of positions, by the server, which has an index; SQLite compares once more.
// The text: for each value n or i, a blank, u where it is one position alone, a blank, and the statement with $ in the place of each value.
int best_index(sqlite3_vtab* base, sqlite3_index_info* info) {
  const table& of = *static_cast<table*>(base);
  return guarded(base, [&] {
    const bool is_events = of.of->name == "events";
    std::string kinds, where;
    bool is_one = false;
    for (int i = 0; is_events && i < info->nConstraint; ++i) {
      const auto& constraint = info->aConstraint[i];
      if (constraint.usable == 0 || constraint.iColumn < 0) continue;
      const std::string& name = of.of->columns[static_cast<std::size_t>(constraint.iColumn)].name;
      const char* const op = constraint.op == SQLITE_INDEX_CONSTRAINT_EQ   ? " = "
                             : constraint.op == SQLITE_INDEX_CONSTRAINT_GT ? " > "
                             : constraint.op == SQLITE_INDEX_CONSTRAINT_GE ? " >= "
                             : constraint.op == SQLITE_INDEX_CONSTRAINT_LT ? " < "
                             : constraint.op == SQLITE_INDEX_CONSTRAINT_LE ? " <= "
                                                                           : nullptr;
      const bool is_position = name == "position", is_equal = constraint.op == SQLITE_INDEX_CONSTRAINT_EQ;
      if (op == nullptr || !(is_position || (name == "correlation" && is_equal))) continue;
      is_one = is_one || (is_position && is_equal);
      kinds += is_position ? of_number : of_id;
      info->aConstraintUsage[i].argvIndex = static_cast<int>(kinds.size());
      where += (where.empty() ? " where e." : " and e.") + name + op + '$';
    }
    is_one = is_one && kinds.size() == 1;
    std::string sql = "select ";
    for (std::size_t i = 0; i < of.of->columns.size(); ++i) {
      const bool is_used = (info->colUsed >> (i < 63 ? i : 63) & 1) != 0;
      const postgres_column& c = of.of->columns[i];
      sql += (i == 0 ? "" : ", ") + (is_used || (is_one && i == 0) ? expression(c) : std::string("null::bytea"));
    }
    if (is_one) where = " where e.position >= $";
    sql += " from " + gesta::detail::quoted(of.of->name) + " e" + where;
    if (is_one) {
      sql += " order by e.position";
      info->orderByConsumed = 1;
    } else if (is_events && info->nOrderBy == 1 && info->aOrderBy[0].iColumn == 0) {
      sql += std::string(" order by e.position") + (info->aOrderBy[0].desc != 0 ? " desc" : "");
      info->orderByConsumed = 1;
    }
    info->estimatedCost = is_one ? 20 : where.empty() ? 1e6 : 1e5;
    info->estimatedRows = is_one ? 1 : where.empty() ? 1'000'000 : 100'000;
    if (is_one) info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
    info->idxStr = sqlite3_mprintf("%s %s %s", kinds.c_str(), is_one ? "u" : "-", sql.c_str());
    info->needToFreeIdxStr = 1;
    if (info->idxStr == nullptr) throw std::bad_alloc();
  });
}

int open_cursor(sqlite3_vtab* base, sqlite3_vtab_cursor** out) {
  auto made = std::make_unique<cursor>();
  made->on = static_cast<table*>(base)->on;
  made->of = static_cast<table*>(base)->of;
  *out = made.release();
  return SQLITE_OK;
}
int close_cursor(sqlite3_vtab_cursor* base) {
  cursor& c = *static_cast<cursor*>(base);
  (void)guarded(base->pVtab, [&] { c.close(); });
  delete &c;
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int, const char* plan, int, sqlite3_value** values) {
  cursor& c = *static_cast<cursor*>(base);
  return guarded(base->pVtab, [&] {
    const std::string_view all(plan);
    const std::size_t kinds = all.find(' ');
    const bool is_one = all[kinds + 1] == 'u';
    c.is_end = true;
    c.rowid = 0;
    std::vector<std::string> literals;
    for (std::size_t i = 0; i < kinds; ++i) {
      sqlite3_value* const value = values[i];
      if (all[i] == of_number) {
        if (sqlite3_value_type(value) == SQLITE_NULL) return;
        literals.push_back('\'' + std::to_string(sqlite3_value_int64(value)) + "'::bigint");
      } else {
        if (sqlite3_value_type(value) != SQLITE_BLOB || sqlite3_value_bytes(value) != 16) return;
        const auto* const bytes = static_cast<const unsigned char*>(sqlite3_value_blob(value));
        std::string digits;
        for (int k = 0; k < 16; ++k) (digits += "0123456789abcdef"[bytes[k] >> 4]) += "0123456789abcdef"[bytes[k] & 15];
        literals.push_back('\'' + digits + "'::uuid");
      }
    }
    std::string sql;
    std::size_t next = 0;
    for (const char ch : all.substr(kinds + 3))
      if (ch == '$') sql += literals[next++];
      else sql += ch;
    if (!is_one) {
      c.close();
      c.fetches = 0;
      c.name = "c" + std::to_string(++c.on->cursors);
      c.on->link.ask("declare " + c.name + " no scroll cursor for " + sql);
      return c.fetch();
    }
    // One position: whoever asks for one after the other is given what was read ahead.
    const std::int64_t wanted = sqlite3_value_int64(values[0]);
    const std::int64_t offset = wanted - c.ahead_from;
    if (!(offset >= 0 && offset < c.rows.rows() && c.rows[static_cast<int>(offset)].number(0) == wanted)) {
      c.ahead = c.rows.rows() != 0 && offset == c.rows.rows() ? (c.ahead < 512 ? c.ahead * 2 : c.ahead) : 1;
      c.rows = c.on->link.ask(sql + " limit " + std::to_string(c.ahead));
      c.ahead_from = wanted;
      c.at = 0;
    } else {
      c.at = static_cast<int>(offset);
    }
    c.is_end = c.rows.rows() == 0 || c.row().number(0) != wanted;
  });
}
int next(sqlite3_vtab_cursor* base) {
  cursor& c = *static_cast<cursor*>(base);
  ++c.rowid;
  if (c.name.empty()) return c.is_end = true, SQLITE_OK;
  if (++c.at < c.rows.rows()) return SQLITE_OK;
  return guarded(base->pVtab, [&] { c.fetch(); });
}
int is_end(sqlite3_vtab_cursor* base) { return static_cast<cursor*>(base)->is_end ? 1 : 0; }
int rowid(sqlite3_vtab_cursor* base, sqlite3_int64* out) {
  *out = static_cast<cursor*>(base)->rowid;
  return SQLITE_OK;
}

void give_text(sqlite3_context* to, std::string_view text) {
  sqlite3_result_text64(to, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}
void give_bytes(sqlite3_context* to, std::string_view bytes) {
  sqlite3_result_blob64(to, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}
void give_text_or_bytes(sqlite3_context* to, std::string_view bytes) {  // SQL sees text up to its first zero
  bytes.find('\0') == bytes.npos ? give_text(to, bytes) : give_bytes(to, bytes);
}
bool give_key(const server& on, sqlite3_context* to, std::string_view said) {
  std::int64_t aggregate = 0;
  const std::size_t colon = said.find(':');
  std::from_chars(said.data(), said.data() + colon, aggregate);
  const std::string_view text = said.substr(colon + 1);
  const auto found = on.key_forms.find(aggregate);
  const key_form form = found == on.key_forms.end() ? key_form::none : found->second;
  gesta::detail::postgres_text room;
  std::string_view bytes;
  if (form == key_form::number) {
    const char* const end = text.data() + text.size();
    std::int64_t number = 0;
    std::uint64_t large = 0;
    if (const auto read = std::from_chars(text.data(), end, number); read.ec == std::errc{} && read.ptr == end) return sqlite3_result_int64(to, number), true;
    if (const auto read = std::from_chars(text.data(), end, large); read.ec == std::errc{} && read.ptr == end)
      return sqlite3_result_int64(to, static_cast<std::int64_t>(large)), true;
    return give_text(to, text), true;  // it is none of the form, as verify says
  }
  if (form == key_form::none || !room.restored(text, bytes) || (form == key_form::bytes && text.substr(0, 2) != "\\x")) return give_text(to, text), true;
  form == key_form::bytes ? give_bytes(to, bytes) : give_text_or_bytes(to, bytes);
  return true;
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* to, int number) {
  const cursor& c = *static_cast<cursor*>(base);
  const postgres_column& of = c.of->columns[static_cast<std::size_t>(number)];
  const postgres_row row = c.row();
  if (row.is_null(number)) return sqlite3_result_null(to), SQLITE_OK;
  const std::string_view bytes = row.bytes(number);
  gesta::detail::postgres_text room;
  std::string_view words;
  switch (of.kind) {
    case column_kind::number:
    case column_kind::truth:
    case column_kind::integer:
      if (bytes.size() != 8) return said(base->pVtab, SQLITE_ERROR, "table " + c.of->name + ": " + of.name + " is no bigint: " + c.on->link.where());
      sqlite3_result_int64(to, row.number(number));
      break;
    case column_kind::real: {
      const double value = std::bit_cast<double>(row.number(number));
      std::isnan(value) ? give_text(to, "NaN") : sqlite3_result_double(to, value);
      break;
    }
    case column_kind::id:
    case column_kind::bytes: give_bytes(to, bytes); break;
    case column_kind::bytes_or_text: give_text_or_bytes(to, bytes); break;
    case column_kind::raw: give_text(to, bytes); break;
    case column_kind::words:
      if (!room.restored(bytes, words)) return said(base->pVtab, SQLITE_ERROR, "table " + c.of->name + ": " + of.name + " holds no hex: " + c.on->link.where());
      give_text_or_bytes(to, words);
      break;
    case column_kind::key: give_key(*c.on, to, bytes); break;
  }
  return SQLITE_OK;
}

constexpr sqlite3_module module_of_tables() {
  sqlite3_module m{};
  m.iVersion = 1;
  m.xCreate = connect;
  m.xConnect = connect;
  m.xBestIndex = best_index;
  m.xDisconnect = disconnect;
  m.xDestroy = disconnect;
  m.xOpen = open_cursor;
  m.xClose = close_cursor;
  m.xFilter = filter;
  m.xNext = next;
  m.xEof = is_end;
  m.xColumn = column;
  m.xRowid = rowid;
  return m;
}
constexpr sqlite3_module tables_module = module_of_tables();

void execute(sqlite3* db, const std::string& sql) {
  for (query q(db, sql); q.next();) {
  }
}

// ---- views

struct view_table {
  postgres_table table;
  std::string key;                        ///< its columns, in quotes
  std::vector<std::string> declarations;  ///< for SQLite
  std::vector<view_index> indexes;
};

/// A table of a view as the server describes it.
view_table view_on(postgres_link& link, const std::string& name) {
  view_table made;
  made.table.name = name;
  const std::string of = "(quote_ident(current_schema()) || '.' || quote_ident($1))::regclass";
  const postgres_answer keys = link.ask(
      "select a.attname::text from pg_index i cross join unnest(i.indkey) with ordinality k(number, place) join pg_attribute a on a.attrelid = i.indrelid and "
      "a.attnum = k.number where i.indisprimary and i.indrelid = " + of + " order by k.place",
      {name});
  const postgres_answer columns = link.ask(
      "select attname::text, atttypid::bigint, attnotnull::integer::bigint from pg_attribute where attrelid = " + of + " and attnum > 0 and not attisdropped order by attnum",
      {name});
  std::string names, sql = "create table " + gesta::detail::quoted(name) + "(\n";
  for (int i = 0; i < keys.rows(); ++i) names += (i == 0 ? "" : ", ") + gesta::detail::quoted(std::string(keys[i].bytes(0)));
  bool is_number = false;
  for (int i = 0; i < columns.rows(); ++i) {
    using type = gesta::detail::postgres_type;
    postgres_column c{.name = std::string(columns[i].bytes(0))};
    const auto id = static_cast<Oid>(columns[i].number(1));
    const char* word = "integer";
    if (id == type::boolean) c.kind = column_kind::truth;
    else if (id == type::number) c.kind = column_kind::number;
    else if (id == type::twice) c.kind = column_kind::real, word = "real";
    else if (id == type::text) c.kind = column_kind::words, word = "text";
    else if (id == type::bytes) c.kind = column_kind::bytes, word = "blob";
    else throw trouble{trouble::content, "the table " + name + " is none that gesta makes of a view: column " + c.name + ": " + link.where()};
    const bool is_key = keys.rows() == 1 && keys[0].bytes(0) == c.name && std::string_view(word) == "integer";
    is_number = is_number || is_key;
    sql += "  " + gesta::detail::quoted(c.name) + ' ' + word + (is_key ? " primary key" : columns[i].number(2) == 0 ? "" : " not null");
    c.may_be_null = columns[i].number(2) == 0;
    if (c.name == "only" && is_key && i == 0) sql += " check (\"only\" = 0)";
    if (i + 1 < columns.rows()) sql += ",\n";
    made.table.columns.push_back(c);
  }
  made.declarations.push_back(sql + (is_number || keys.rows() == 0 ? ")" : ",\n  primary key(" + names + ")) without rowid"));
  made.key = names;
  const postgres_answer indexes = link.ask(
      "select columns from (select x.relname::text as name, string_agg(a.attname, chr(1) order by k.place)::text as columns from pg_index i join pg_class x "
      "on x.oid = i.indexrelid cross join unnest(i.indkey) with ordinality k(number, place) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = "
      "k.number where not i.indisprimary and i.indrelid = " + of + " group by x.relname) all_of_it where " + gesta::detail::postgres_index_is_gestas +
          " order by name",
      {name});
  for (int i = 0; i < indexes.rows(); ++i) {
    std::string on, words, one;
    for (const char c : std::string(indexes[i].bytes(0)) + '\1') {
      if (c != '\1') {
        one += c;
        continue;
      }
      on += (on.empty() ? "" : ", ") + gesta::detail::quoted(one);
      words += (words.empty() ? "" : ", ") + one;
      one.clear();
    }
    made.indexes.push_back({name + '(' + words + ')', on});
    made.declarations.push_back("create index if not exists " + gesta::detail::quoted(made.indexes.back().name) + " on " + gesta::detail::quoted(name) + '(' + on + ')');
  }
  return made;
}

}  // namespace

postgres_layout lay_out(sqlite3* connection, const std::string& database, const std::string& name, bool with_streams) {
  auto owned = std::make_unique<server>(place_of(name));
  server& on = *owned;
  on.link.run("begin isolation level repeatable read read only");
  const auto has = [&](const std::string& table) {
    return on.link.number("select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relname = $1 and "
                          "c.relkind in ('r', 'p')", {table}) != 0;
  };
  if (!has("gesta_format")) throw trouble{trouble::access, shown(name) + ": there is no log"};
  postgres_layout layout;
  layout.format = on.link.number("select coalesce(max(format), 0) from gesta_format");
  if (layout.format > gesta::detail::postgres_format)
    throw trouble{trouble::access, shown(name) + ": made by a newer gesta, format " + layout.format + "; this is a tool for formats up to " + std::int64_t{gesta::detail::postgres_format}};
  if (layout.format < 1) throw trouble{trouble::content, shown(name) + ": its format is " + layout.format + ", which never was one"};

  layout.has_gaps = on.link.number("select count(*) from gesta_format where positions = 'horizon'") != 0;
  layout.declarations = {gesta::detail::sqlite_tables, gesta::detail::sqlite_ledger().text()};
  std::vector<std::string> there;
  const auto add = [&](const postgres_table& of) {
    on.tables[of.name] = of;
    there.push_back(of.name);
  };
  for (postgres_table of : tables_of_log()) {
    if (!has(of.name)) continue;
    const auto of_event = [](const std::string& column) {
      return postgres_column{.name = "event_" + column, .sql = "(select p." + column + " from events p where p.position = e.position)", .is_hidden = true};
    };
    if (has("events") && (of.name == "outcomes" || of.name == "snapshots")) of.columns.insert(of.columns.end(), {of_event("stream"), of_event("version")});
    add(of);
  }
  if (has("views") && has("consumers") && has("letters")) {
    for (const postgres_table& of : tables_of_views()) add(of);
    layout.declarations.emplace_back(gesta::detail::sqlite_view_tables);
    const postgres_answer views = on.link.ask("select name from views order by name");
    for (int i = 0; i < views.rows(); ++i) {
      const std::string view(views[i].bytes(0));
      if (!has(view)) throw trouble{trouble::content, shown(name) + ": the table of the view " + view + " is missing"};
      view_table made = view_on(on.link, view);
      add(made.table);
      layout.keys[view] = made.key;
      layout.indexes[view] = made.indexes;
      layout.declarations.insert(layout.declarations.end(), made.declarations.begin(), made.declarations.end());
    }
  }
  if (has("types")) {
    const postgres_answer types = on.link.ask("select type::bigint, form from types where kind = 'aggregate'");
    for (int i = 0; i < types.rows(); ++i) {
      bool is_signed = false;
      on.key_forms[types[i].number(0)] = key_form_of(std::string(types[i].bytes(1)), is_signed);
    }
  }

  if (sqlite3_create_module_v2(connection, "gesta_postgres", &tables_module, owned.release(), [](void* shared) { delete static_cast<server*>(shared); }) != SQLITE_OK)
    throw trouble{trouble::access, sqlite3_errmsg(connection)};
  for (const std::string& one : there) {
    const std::string to = database + '.' + gesta::detail::quoted(one);
    const bool is_fetched = one == "types" || one == "incarnations" || one == "sources" || (one == "streams" && with_streams);
    const std::string as = is_fetched ? database + ".fetched" : to;
    execute(connection, "create virtual table " + as + " using gesta_postgres(" + gesta::detail::quoted(one) + ')');
    if (!is_fetched) continue;
    std::string sql = declaration(on.tables[one]);
    const std::string& first = on.tables[one].columns[0].name;
    sql.replace(0, sql.find('('), "create table " + to);
    if (const std::size_t at = sql.find(" integer"); at != sql.npos) sql.insert(at + 8, " primary key");
    execute(connection, sql);
    execute(connection, "insert into " + to + " select * from " + as + " order by " + first);
    execute(connection, "drop table " + as);
    if (one == "streams") execute(connection, "create index " + database + ".streams_by_key on streams(aggregate, key)");
  }
  return layout;
}

void append_to_postgres(const std::string& name, const std::function<appended()>& decide) {
  postgres_link to(place_of(name));
  // A connection that ends before the commit takes all back.
  to.run("begin; select pg_advisory_xact_lock(" + std::to_string(gesta::detail::postgres_lock(to.schema())) + ')');
  const appended one = decide();
  if (const std::int64_t format = to.number("select coalesce(max(format), 0) from gesta_format"); format != gesta::detail::postgres_format)
    throw trouble{trouble::access, shown(name) + ": is of format " + format + ", and this tool writes to logs of format " + std::int64_t{gesta::detail::postgres_format}};
  if (to.number("select count(*) from gesta_format where positions = 'horizon'") != 0)
    throw trouble{trouble::usage, shown(name) + ": its units run side by side, without the lock that a word of a person needs"};
  const std::string stream = std::to_string(one.stream), version = std::to_string(one.version), last = std::to_string(one.last);
  std::string hex;
  for (const char c : one.payload) (hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4]) += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  to.ask("insert into types select max(type) + 1, 'event', $1, 1, $2 from types having not exists(select 1 from types where kind = 'event' and id = $1)",
         {one.event, one.form});
  // Where the server that was read is not the one that is written to, and behind it, the head is another one.
  const postgres_answer head = to.ask("update streams set version = version + 1, last = (select max(position) + 1 from events) where stream = " + stream +
                                      " and version = " + version + " and last = " + last + " and not closed returning last");
  if (head.rows() != 1) throw trouble{trouble::content, shown(name) + ": stream " + stream + " does not end with version " + version + ", or is closed; see gesta-log verify"};
  to.ask("insert into events(position, stream, version, type, time, payload) select " + std::to_string(head[0].number(0)) + ", " + stream + ", " + version +
             " + 1, type, " + std::to_string(one.time) + ", decode($2, 'hex') from types where kind = 'event' and id = $1 order by version desc limit 1",
         {one.event, hex});
  // Who has the log open sees that others wrote, and who waits at its bell wakes.
  to.ask("select nextval('units'), pg_notify('gesta', $1)", {to.schema()});
  to.run("commit");
}

}  // namespace tool
