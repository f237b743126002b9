// Views in a PostgreSQL schema: each in a table that people read with plain SQL, with how far each consumer has come in the same transaction.
// Floor: store. An adapter: include it beside gesta.hpp and link libpq.
// May include: detail, message, react, codec, store.
//
//     gesta::postgres_views::opened<by_country> views(gesta::postgres_views{"host=/run/postgresql dbname=shop"});
//     if (const country_row* fr = views.find<by_country>("FR")) ...
//
// The schema may be that of a log or one of its own, which then has an empty log. What stands in it: postgres_consumers.hpp, postgres_columns.hpp.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/detail/pack.hpp>
#include <gesta/store/durability.hpp>
#include <gesta/store/postgres.hpp>
#include <gesta/store/postgres_consumers.hpp>
#include <gesta/store/postgres_rows.hpp>
#include <gesta/store/view_store.hpp>

namespace gesta {

namespace detail {

/// Makes the tables of views, or sees to it that those that are there are of the row types of this program.
class postgres_view_schema {
 public:
  explicit postgres_view_schema(postgres_connection& connection) : connection_(connection) {}

  /// Whatever is missing is made, in one transaction. Who finds all there writes nothing, and so waits for nobody. False: last_failure().
  template <class... Table>
  bool open(const Table&... table) {
    bool all_there = true;
    if (!are_there(all_there, table...)) return false;
    if (all_there) return true;
    postgres_connection::found now;
    if (!connection_.begin(now)) return false;
    if (connection_.script(postgres_view_tables) && (make(table) && ...)) return connection_.commit();
    const failure cause = connection_.last_failure();
    connection_.rollback();
    return connection_.fail(cause);
  }

 private:
  template <class... Table>
  bool are_there(bool& all, const Table&... table) {
    std::string answer;
    if (!ask("select count(*)::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and "
             "c.relname in ('views', 'consumers', 'letters', 'letters_of_key', 'letters_due')",
             connection_.schema(), answer))
      return false;
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
    if (table.name().size() > 63) return refuse(failure::kind::cannot_open, table.name(), " has a name of more than 63 bytes: ");
    if (!read_schema(table, schema)) return false;
    if (schema.empty()) {
      if (!ask("select count(*)::text from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() and c.relname = $1",
               table.name(), taken))
        return false;
      if (taken != "0")
        return refuse(failure::kind::cannot_open, table.name(), " is there and was not made for a view; give the projection another id: ");
      postgres_statement enter("insert into views(name, schema) values($1, $2)");
      const std::string made = Table::schema();
      if (!connection_.script(table.declaration())) return false;
      connection_.queue(enter, postgres_arguments<2>().add(table.name()).add(made));
      if (!connection_.run()) return false;
    }
    std::vector<std::string> stale, missing;
    if (!compare_indexes(table, stale, missing)) return false;
    for (const std::string& name : stale)
      if (!connection_.script("drop index " + quoted(name))) return false;
    for (const std::string& sql : missing)
      if (!connection_.script(sql)) return false;
    return true;
  }

  // Empty: there is no such table.
  template <class Table>
  bool read_schema(const Table& table, std::string& schema) {
    if (!ask("select schema from views where name = $1", table.name(), schema)) return false;
    return schema.empty() || schema == Table::schema() ||
           refuse(failure::kind::differs, table.name(),
                  " was made for another row type, or another key; give the projection another id or version, and it is filled anew: ");
  }
  // Those that a row once declared and no longer does, by name, and what makes those that are not there. Others' indexes have other names.
  template <class Table>
  bool compare_indexes(const Table& table, std::vector<std::string>& stale, std::vector<std::string>& missing) {
    postgres_statement all(std::string("select name from (select indexname::text as name from pg_indexes where schemaname = current_schema() and "
                                       "tablename = $1) all_of_it where ") + postgres_index_is_gestas,
                           {postgres_type::text});
    const std::size_t at = connection_.queue(all, postgres_arguments<1>().add(table.name()));
    if (!connection_.run()) return false;
    const postgres_answer found = connection_.take(at);
    for (int i = 0; i < found.rows(); ++i) stale.emplace_back(found[i].bytes(0));
    table.each_index([&](const std::string& name, const std::string& columns) {
      if (const auto there = std::find(stale.begin(), stale.end(), name); there != stale.end()) stale.erase(there);
      else missing.push_back("create index if not exists " + quoted(name) + " on " + quoted(table.name()) + '(' + columns + ')');
    });
    return true;
  }

  // The first value of the first row; empty where there is no row.
  bool ask(const char* sql, const std::string& name, std::string& answer) {
    postgres_statement question(sql, {postgres_type::text});
    std::size_t at = 0;
    if (!connection_.ask([&] { at = connection_.queue(question, postgres_arguments<1>().add(name)); })) return false;
    const postgres_answer& rows = connection_.answer(at);
    if (rows.rows() != 0) answer = rows[0].bytes(0);
    return true;
  }
  bool refuse(failure::kind why, const std::string& table, const char* words) {
    return connection_.fail(failure(why, 0, "the table ", table.c_str(), words, connection_.where()));
  }

  postgres_connection& connection_;
};

/// What views on one connection share.
struct postgres_views_core {
  explicit postgres_views_core(postgres_connection& of) : file(of), unit(of), consumers(unit) {}

  postgres_connection& file;
  postgres_rows_unit unit;
  postgres_consumers consumers;
  bool is_broken = false;
  failure why;
};

template <class Projection>
struct postgres_rows_of {
  explicit postgres_rows_of(postgres_rows_unit& unit) : table(unit) {}
  postgres_rows<Projection> table;
};

/// The tables of some projections on somebody's connection, whose transactions are his. Neither thread-safe, copyable nor movable. He calls
///   begin()      when he has taken the write lock, before anything here is changed
///   flush()      before he commits: all that was changed is written. False: it has to be taken back
///   kept()       when he has committed
///   rollback()   when he has taken back, or could not commit
template <class... Projection>
class postgres_views_on : protected postgres_views_core, private postgres_rows_of<Projection>... {
 public:
  /// Makes the tables where they are not there: outside of a transaction.
  explicit postgres_views_on(postgres_connection& of) : postgres_views_core(of), postgres_rows_of<Projection>(unit)... {
    if (of.broken() == nullptr && postgres_view_schema(of).open(table<Projection>()...)) return;
    is_broken = true;
    why = of.last_failure();
    unit.shut();
  }
  postgres_views_on(const postgres_views_on&) = delete;
  postgres_views_on& operator=(const postgres_views_on&) = delete;

  /// Why these views cannot be used at all; nullptr when they can.
  const failure* broken() const noexcept { return is_broken ? &why : file.broken(); }
  const failure& last_failure() const noexcept { return is_broken ? why : file.last_failure(); }

  bool begin() {
    if (is_broken) return false;
    unit.begin();
    return true;
  }
  bool flush() { return !unit.is_doomed() && (table<Projection>().flush() && ...); }
  void kept() noexcept { unit.end(); }
  void rollback() noexcept {
    unit.end();
    (table<Projection>().forget(), ...);
    consumers.forget();
  }

  /// The rows of a projection: a row_table.
  template <class P>
  postgres_rows<P>& table() noexcept {
    (void)sizeof(diagnostic::view_not_opened<contains<P, types<Projection...>>, P>);
    if constexpr (contains<P, types<Projection...>>) return static_cast<postgres_rows_of<P>&>(*this).table;
    else __builtin_unreachable();
  }

  /// The row of a key, `views.find<by_country>("FR")`; outside of a unit as it is committed. nullptr: there is none, or it cannot be read.
  /// Good until the next call.
  template <class P>
  const typename postgres_rows<P>::row_type* find(const typename postgres_rows<P>::key_type& key = {}) {
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

/// The opened views of a gesta::postgres_views: opened_views with a connection of their own.
template <class... Projection>
class postgres_views_of;

}  // namespace detail

/// Views in a PostgreSQL schema, which is made where there is none: that of a postgres_store, or one of its own. Several programs may use it at a
/// time: one writes, the others wait. Each view is a table of the name of its projection.
struct postgres_views {
  std::string address;                         ///< as libpq takes it
  std::string schema = "gesta";
  durability level = durability::disk;
  std::uint32_t patience_milliseconds = 5000;  ///< how long to wait while another one writes, then failure::kind::busy; and for a lost server
  message_id (*random)() noexcept = system_random_id;  ///< where a new schema's log gets its name from, so that a test can say it

  /// Made of this value, they connect and make the tables that are not there. A table that was made for another row type is not touched:
  /// failure::kind::differs. Destroyed within a unit they take it back.
  template <class... Projection>
  using opened = detail::postgres_views_of<Projection...>;
  /// On the connection of somebody else, whose transactions they are a part of.
  template <class... Projection>
  using opened_on = detail::postgres_views_on<Projection...>;
};

namespace detail {

struct owned_postgres_connection {
  explicit owned_postgres_connection(const postgres_views& views)
      : own({views.address.c_str(), views.schema.c_str(), views.level == durability::disk, views.patience_milliseconds, views.random}) {}
  postgres_connection own;
};

template <class... Projection>
class postgres_views_of : private owned_postgres_connection, private postgres_views_on<Projection...> {
  using on = postgres_views_on<Projection...>;

 public:
  static constexpr bool can_fail = true;

  explicit postgres_views_of(const postgres_views& views) : owned_postgres_connection(views), on(owned_postgres_connection::own) {}
  ~postgres_views_of() { rollback(); }

  /// Opens a unit and takes the lock, waiting as long as patience says. False: last_failure().
  bool begin() {
    postgres_connection::found now;
    return on::broken() == nullptr && own.begin(now) && on::begin();
  }
  /// Keeps the unit; false: it was taken back, as a whole; where last_failure() is input_output, nobody knows.
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
