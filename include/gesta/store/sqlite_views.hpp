// Views in an SQLite file: each in a table that people read with plain SQL, with how far each consumer has come in the same transaction.
// Floor: store. An adapter: include it beside gesta.hpp and link sqlite3.
// May include: detail, message, react, model/diagnostic.hpp, codec, store.
//
//     gesta::sqlite_views::opened<by_country> views(gesta::sqlite_views{"shop.db"});
//     if (const country_row* fr = views.find<by_country>("FR")) ...
//
// The file may be that of a log or one of its own, which then has an empty log. What stands in it: sqlite_consumers.hpp, sqlite_columns.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/detail/pack.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/store/durability.hpp>
#include <gesta/store/sqlite_consumers.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_incarnation.hpp>
#include <gesta/store/sqlite_rows.hpp>
#include <gesta/store/view_store.hpp>

namespace gesta {

namespace detail {

/// Makes the tables of views, or sees to it that those that are there are of the row types of this program.
class sqlite_view_schema {
 public:
  explicit sqlite_view_schema(sqlite_file& file) : file_(file) {}

  /// Whatever is missing is made, in one transaction. Who finds all there writes nothing, and so waits for nobody. False: last_failure().
  template <class... Table>
  bool open(const Table&... table) {
    bool all_there = true;
    if (!are_there(all_there, table...)) return false;
    if (all_there) return true;
    if (!file_.begin()) return false;
    if (execute(sqlite_view_tables) && (make(table) && ...)) return file_.commit();
    const failure cause = file_.last_failure();
    file_.rollback();
    return file_.fail(cause);
  }

 private:
  template <class... Table>
  bool are_there(bool& all, const Table&... table) {
    std::string answer;
    if (!ask("select count(*) from sqlite_master where name in ('views', 'consumers', 'letters', 'letters_of_key', 'letters_due')", {}, answer)) return false;
    if (answer != "5") return all = false, true;
    return (is_there(table, all) && ...);
  }
  // False: it cannot be told, or the table is of another row.
  template <class Table>
  bool is_there(const Table& table, bool& there) {
    std::string schema;
    std::vector<std::string> stale, missing;
    if (!read_schema(table, schema) || !compare_indexes(table, stale, missing)) return false;
    there = there && !schema.empty() && stale.empty() && missing.empty();
    return true;
  }
  template <class Table>
  bool make(const Table& table) {
    std::string schema, taken;
    if (!read_schema(table, schema)) return false;
    if (schema.empty()) {
      if (!ask("select count(*) from sqlite_master where name = ? collate nocase", table.name(), taken)) return false;
      if (taken != "0")
        return refuse(failure::kind::cannot_open, table.name(), " is there and was not made for a view; give the projection another id: ");
      sqlite_statement enter;
      if (!execute(table.declaration()) || !file_.prepare(enter, "insert into views(name, schema) values(?, ?)") ||
          !file_.run(enter.set(0, table.name().c_str()).set(1, Table::schema().c_str())))
        return false;
    }
    std::vector<std::string> stale, missing;
    if (!compare_indexes(table, stale, missing)) return false;
    for (const std::string& name : stale)
      if (!execute("drop index " + quoted(name))) return false;
    for (const std::string& sql : missing)
      if (!execute(sql)) return false;
    return true;
  }

  // Empty: there is no such table.
  template <class Table>
  bool read_schema(const Table& table, std::string& schema) {
    if (!ask("select schema from views where name = ?", table.name(), schema)) return false;
    return schema.empty() || schema == Table::schema() ||
           refuse(failure::kind::differs, table.name(),
                  " was made for another row type, or another key; give the projection another id or version, and it is filled anew: ");
  }
  // Those that a row once declared and no longer does, by name, and what makes those that are not there. Others' indexes have other names.
  template <class Table>
  bool compare_indexes(const Table& table, std::vector<std::string>& stale, std::vector<std::string>& missing) {
    sqlite_statement all;
    if (!file_.prepare(all, "select name from sqlite_master where type = 'index' and tbl_name = ?1 and substr(name, 1, length(?1) + 1) = ?1 || '('"))
      return false;
    all.set(0, table.name().c_str());
    bool failed = false;
    while (file_.next(all, failed)) stale.emplace_back(all.text(0));
    if (failed) return false;
    table.each_index([&](const std::string& name, const std::string& columns) {
      if (const auto found = std::find(stale.begin(), stale.end(), name); found != stale.end()) stale.erase(found);
      else missing.push_back("create index if not exists " + quoted(name) + " on " + quoted(table.name()) + '(' + columns + ')');
    });
    return true;
  }

  // The first value of the first row; empty where there is no row.
  bool ask(const char* sql, const std::string& name, std::string& answer) {
    sqlite_statement question;
    if (!file_.prepare(question, sql)) return false;
    if (!name.empty()) question.set(0, name.c_str());
    bool failed = false;
    if (file_.next(question, failed)) answer = question.text(0);
    return !failed;
  }
  bool execute(const std::string& sql) {
    const int code = sqlite3_exec(file_.connection(), sql.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK || file_.fail(code);
  }
  bool refuse(failure::kind why, const std::string& table, const char* words) {
    return file_.fail(failure(why, 0, "the table ", table.c_str(), words, file_.path()));
  }

  sqlite_file& file_;
};

/// What views on one connection share.
struct sqlite_views_core {
  explicit sqlite_views_core(sqlite_file& of) : file(of), unit(of), consumers(unit) {}

  sqlite_file& file;
  sqlite_rows_unit unit;
  sqlite_consumers consumers;
  bool is_broken = false;
  failure why;
};

template <class Projection>
struct sqlite_rows_of {
  explicit sqlite_rows_of(sqlite_rows_unit& unit) : table(unit) {}
  sqlite_rows<Projection> table;
};

/// The tables of some projections on somebody's connection, whose transactions are his. Neither thread-safe, copyable nor movable. He calls
///   begin()      when he has taken the write lock, before anything here is changed
///   flush()      before he commits: all that was changed is written. False: it has to be taken back
///   kept()       when he has committed
///   rollback()   when he has taken back, or could not commit
template <class... Projection>
class sqlite_views_on : protected sqlite_views_core, private sqlite_rows_of<Projection>... {
 public:
  /// Makes the tables where they are not there: outside of a transaction.
  explicit sqlite_views_on(sqlite_file& of) : sqlite_views_core(of), sqlite_rows_of<Projection>(unit)... {
    if (of.broken() == nullptr && sqlite_view_schema(of).open(table<Projection>()...) && unit.prepare() && consumers.prepare() &&
        (table<Projection>().prepare() && ...))
      return;
    is_broken = true;
    why = of.last_failure();
    unit.shut();
  }
  sqlite_views_on(const sqlite_views_on&) = delete;
  sqlite_views_on& operator=(const sqlite_views_on&) = delete;

  /// Why these views cannot be used at all; nullptr when they can.
  const failure* broken() const noexcept { return is_broken ? &why : file.broken(); }
  const failure& last_failure() const noexcept { return is_broken ? why : file.last_failure(); }

  bool begin() { return !is_broken && unit.begin(); }
  bool flush() { return !unit.is_doomed() && (table<Projection>().flush() && ...); }
  void kept() noexcept { unit.end(); }
  void rollback() noexcept {
    unit.end();
    (table<Projection>().forget(), ...);
    consumers.forget();
  }

  /// The rows of a projection: a row_table.
  template <class P>
  sqlite_rows<P>& table() noexcept {
    (void)sizeof(diagnostic::view_not_opened<contains<P, types<Projection...>>, P>);
    if constexpr (contains<P, types<Projection...>>) return static_cast<sqlite_rows_of<P>&>(*this).table;
    else __builtin_unreachable();
  }

  /// The row of a key, `views.find<by_country>("FR")`; outside of a unit as it is committed. nullptr: there is none, or it cannot be read.
  /// Good until the next call.
  template <class P>
  const typename sqlite_rows<P>::row_type* find(const typename sqlite_rows<P>::key_type& key = {}) {
    return table<P>().find(key);
  }
  /// visit(const Row&) for each row in the order of keys, until it returns false. False: they cannot be read.
  template <class P, class Visit>
  bool each(Visit&& visit) {
    return table<P>().each(visit);
  }

  bool load(std::string_view consumer, progress& state) { return !is_broken && consumers.load(consumer, state); }
  bool save(std::string_view consumer, const progress& state) { return !is_broken && consumers.save(consumer, state); }
  /// visit(std::string_view name, const progress&) for each consumer, by name, until it returns false.
  template <class Visit>
  bool each_consumer(Visit&& visit) {
    return !is_broken && consumers.each_consumer(visit);
  }
  bool put(std::string_view consumer, const letter& one) { return !is_broken && consumers.put(consumer, one); }
  bool drop(std::string_view consumer, const letter& one) { return !is_broken && consumers.drop(consumer, one); }
  template <class Visit>
  bool each_letter(std::string_view consumer, Visit&& visit) {
    return !is_broken && consumers.each_letter(consumer, visit);
  }
  template <class Visit>
  bool each_due(std::string_view consumer, timestamp now, std::size_t most_keys, Visit&& visit) {
    return !is_broken && consumers.each_due(consumer, now, most_keys, visit);
  }
  bool find_letter(std::string_view consumer, std::uint64_t position, std::string_view key, letter& one, bool& found) {
    return !is_broken && consumers.find_letter(consumer, position, key, one, found);
  }
  bool any_letter(std::string_view consumer, bool& any) { return !is_broken && consumers.any_letter(consumer, any); }
  bool is_blocked(std::string_view consumer, std::string_view key, bool& blocked) {
    return !is_broken && consumers.is_blocked(consumer, key, blocked);
  }
  /// Within a unit: drops the table of a view that is none of these, an older version's, with its consumer and letters.
  bool drop_view(std::string_view name) { return !is_broken && consumers.drop_view(name); }
};

/// The opened views of a gesta::sqlite_views: opened_views with a connection of their own.
template <class... Projection>
class sqlite_views_of;

}  // namespace detail

/// Views in an SQLite file, which is made where there is none: that of a sqlite_store, or one of its own. Several processes may use it at a
/// time: one writes, the others wait. Each view is a table of the name of its projection.
struct sqlite_views {
  std::string path;
  durability level = durability::disk;
  std::uint32_t patience_milliseconds = 5000;   ///< how long to wait while another process writes; then failure::kind::busy
  std::uint64_t most_bytes = 0;                 ///< the file grows to this size, then failure::kind::full; 0: as the disk allows
  message_id (*random)() noexcept = random_id;  ///< where a new file gets its name from, so that a test can say it

  /// Made of this value, they open the file and make the tables that are not there. A table that was made for another row type is not
  /// touched: failure::kind::differs. Destroyed within a unit they take it back.
  template <class... Projection>
  using opened = detail::sqlite_views_of<Projection...>;
  /// On the connection of somebody else, whose transactions they are a part of.
  template <class... Projection>
  using opened_on = detail::sqlite_views_on<Projection...>;
};

namespace detail {

struct owned_sqlite_file {
  explicit owned_sqlite_file(const sqlite_views& views)
      : own({views.path.c_str(), views.level == durability::disk, views.patience_milliseconds, views.most_bytes, views.random}) {}
  sqlite_file own;
};

template <class... Projection>
class sqlite_views_of : private owned_sqlite_file, private sqlite_views_on<Projection...> {
  using on = sqlite_views_on<Projection...>;

 public:
  static constexpr bool can_fail = true;

  explicit sqlite_views_of(const sqlite_views& views) : owned_sqlite_file(views), on(owned_sqlite_file::own) {}
  ~sqlite_views_of() { rollback(); }

  /// Opens a unit and takes the write lock, waiting as long as patience says. False: last_failure().
  bool begin() {
    if (on::broken() != nullptr || !own.begin()) return false;
    if (on::begin()) return true;
    own.rollback();
    return false;
  }
  /// Keeps the unit; false: it was taken back, as a whole.
  bool commit() {
    if (!on::unit.is_open()) return false;
    if (on::flush() && own.commit()) return on::kept(), true;
    rollback();
    return false;
  }
  void rollback() noexcept {
    if (!on::unit.is_open()) return;
    own.rollback();
    on::rollback();
  }

  using on::any_letter;
  using on::broken;
  using on::drop;
  using on::drop_view;
  using on::each;
  using on::each_consumer;
  using on::each_due;
  using on::each_letter;
  using on::find;
  using on::find_letter;
  using on::is_blocked;
  using on::last_failure;
  using on::load;
  using on::put;
  using on::save;
  using on::table;
};

}  // namespace detail

}  // namespace gesta
