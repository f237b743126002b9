// Changes of the tables of a SQLite file, as typed messages.
// Floor: capture.
// May include: detail, message, store, capture. Needs a SQLite that is built with SQLITE_ENABLE_PREUPDATE_HOOK, as those of Debian and Ubuntu are.
//
//     sqlite3* db = ...;                                              // the connection by which the program changes the tables
//     gesta::sqlite_capture<customer> changes(db, "crm");
//     if (!changes) ...                                               // changes.why()
//     ...                                                             // the program works, with db
//     changes.poll([](const gesta::change<customer>& one) { ... });   // all that is committed
//     changes.acknowledge();                                          // what was polled is done: it does not come again
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include <gesta/capture/change.hpp>
#include <gesta/capture/result.hpp>
#include <gesta/capture/rows.hpp>
#include <gesta/capture/sqlite_journal.hpp>
#include <gesta/message/about.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

namespace detail {

inline timestamp wall_clock() noexcept {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

/// What values a column prefers, by SQLite's rules about its declared type; `any`: none.
enum class sqlite_affinity : unsigned char { any, integer, real, numeric, text };

inline sqlite_affinity affinity_of(std::string type) {
  for (char& c : type) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const auto says = [&](const char* part) { return type.find(part) != std::string::npos; };
  if (says("INT")) return sqlite_affinity::integer;
  if (says("CHAR") || says("CLOB") || says("TEXT")) return sqlite_affinity::text;
  if (type.empty() || says("BLOB")) return sqlite_affinity::any;
  if (says("REAL") || says("FLOA") || says("DOUB")) return sqlite_affinity::real;
  return sqlite_affinity::numeric;
}

/// Whether a field can take what stands in a column of this affinity, where that holds what it prefers.
constexpr bool affinity_fits(sqlite_affinity column, cell_kind field) noexcept {
  switch (field) {
    case cell_kind::truth:
    case cell_kind::integer: return column != sqlite_affinity::text && column != sqlite_affinity::real;
    case cell_kind::real: return column != sqlite_affinity::text;
    case cell_kind::text: return column != sqlite_affinity::integer && column != sqlite_affinity::real;
    default: return column == sqlite_affinity::any;
  }
}

/// A value of SQLite into a field. nullptr: it fitted.
template <class T>
const char* sqlite_into(char type, const std::string& value, T& field) {
  if constexpr (is_nullable<T>) {
    field.reset();
    return type == 'n' ? nullptr : detail::sqlite_into(type, value, field.emplace());
  } else {
    constexpr cell_kind kind = detail::cell_kind_of<T>();
    if (type == 'n') return "it is NULL, and the field cannot be; make it a std::optional";
    if (type == 'i') {
      std::int64_t number = 0;
      if (std::from_chars(value.data(), value.data() + value.size(), number).ec != std::errc()) return "the number cannot be read";
      if constexpr (kind == cell_kind::truth || kind == cell_kind::integer) return detail::integer_into(number, field);
      else if constexpr (kind == cell_kind::real) field = static_cast<T>(number);
      else return "it holds an integer, and the field is something else";
    } else if (type == 'r') {
      double number = 0;
      std::memcpy(&number, value.data(), sizeof number);
      if constexpr (kind == cell_kind::real) field = static_cast<T>(number);
      else return "it holds a floating-point number, and the field is something else";
    } else if (type == 't') {
      if constexpr (kind == cell_kind::text) return detail::text_into({value.data(), value.size()}, field);
      else return "it holds a text, and the field is something else";
    } else {
      if constexpr (kind == cell_kind::bytes) {
        std::size_t at = 0;
        return detail::bytes_into(value.size(), [&] { return static_cast<unsigned char>(value[at++]); }, field);
      } else {
        return "it holds bytes, and the field is something else";
      }
    }
    return nullptr;
  }
}

}  // namespace detail

/// Captures what a connection to a SQLite file changes in the tables of Row..., by the pre-update hook. Each change is written into the table
/// gesta_changes of the same file, in the same transaction: what is rolled back, to a savepoint or by a failed statement too, is never delivered,
/// what is committed is, also after a crash, until it is acknowledged. It sees what its own connection does; programs that change the tables by
/// other connections are seen where each has a capture of its own, with any name. Positions follow the order of commits: SQLite has one writer.
///
/// The connection is the user's, and outlives it; its pre-update hook belongs to the capture. Where the hook was taken away, a write to a captured
/// table fails. Not copyable; one thread at a time; made and ended outside of transactions.
template <class... Row>
class sqlite_capture {
 public:
  using row_list = detail::types<Row...>;

  /// `name` is that of the reader: where it is is kept in the file. A new one begins with what is changed from now on.
  sqlite_capture(sqlite3* connection, const char* name, timestamp (*now)() noexcept = detail::wall_clock)
      : journal_(connection, name, {detail::table_name<Row>()...}, now), at_{journal_.kept(), 0} {
    if (!journal_.is_good()) return;
    failure cause;
    if (!(check<Row>(cause) && ...)) journal_.break_off(cause);
  }

  /// Whether it was opened: each table is there, with the columns, the key and the kinds of values that its Row says.
  explicit operator bool() const noexcept { return journal_.is_good(); }
  /// Why not; or why the last call failed.
  const failure& why() const noexcept { return journal_.why(); }
  /// The tables have to be read first: a backfill was begun under this name, and not finished.
  bool needs_backfill() const noexcept { return !journal_.is_complete(); }

  /// Calls visit(const gesta::change<Row>&) for each committed change behind the last one, in order, at most so many. A visitor may return bool:
  /// false ends it, and that change is the next one again. While a transaction is open on the connection it is failure::kind::busy. The visitor
  /// may use the connection.
  template <class Visit>
  captured poll(Visit&& visit, std::uint64_t most = ~std::uint64_t{0}) {
    using taking = detail::takes_changes<std::remove_reference_t<Visit>, Row...>;
    (void)sizeof(taking);
    if constexpr (!taking::all) {
      return {};
    } else {
      if (!journal_.is_good()) return {why(), 0};
      if (journal_.is_open()) return {failure(failure::kind::busy, 0, "a transaction is open on the connection: ", journal_.path()), 0};
      if (!journal_.is_complete()) return {failure(failure::kind::differs, 0, "a backfill was begun and not finished; backfill: ", journal_.path()), 0};
      if (!journal_.missed_nothing()) return {why(), 0};
      std::uint64_t count = 0;
      while (count < most) {
        const int found = journal_.next(at_.commit, entry_);
        failed_ = {};
        if (found < 0) {
          failed_.commit = why().position;
          return {why(), count};
        }
        if (found == 0) break;
        failure cause;
        const came_to what = (came_to::other | ... | deliver<Row>(visit, cause));
        if (what == came_to::failed) {
          failed_.commit = cause.position = entry_.position;
          journal_.fail(cause);
          return {cause, count};
        }
        if (what == came_to::declined) break;
        at_ = {entry_.position, 0};
        count += what == came_to::delivered;
      }
      return captured(count);
    }
  }

  /// Keeps that all which was delivered is done. In an open transaction it is a part of that: what a program made of the changes, in the same file,
  /// and that they are done, are then one commit.
  captured acknowledge() {
    if (!journal_.is_good() || !journal_.keep(at_.commit, journal_.is_complete())) return {why(), 0};
    return {};
  }
  /// Passes over the change that the last poll failed at, and over no other.
  bool skip() noexcept {
    if (failed_.commit == 0) return false;
    at_ = failed_;
    failed_ = {};
    return true;
  }

  /// Calls visit with each row that the tables hold, as an insertion with facts().is_initial; polls then go on behind them, without a gap and
  /// without a change twice: the rows are those of one moment. Until all were taken the reader needs a backfill, from the start. The rows are read
  /// in one transaction on the connection, which a visitor leaves alone.
  template <class Visit>
  captured backfill(Visit&& visit) {
    using taking = detail::takes_changes<std::remove_reference_t<Visit>, Row...>;
    (void)sizeof(taking);
    if constexpr (!taking::all) {
      return {};
    } else {
      if (!journal_.is_good()) return {why(), 0};
      if (journal_.is_open()) return {failure(failure::kind::busy, 0, "a transaction is open on the connection: ", journal_.path()), 0};
      std::uint64_t from = 0, count = 0;
      // From here on the journal keeps what comes; what of it came before the rows are read is in them. No other backfill has this position.
      if (!journal_.take_position(from) || !journal_.keep(from, false) || !journal_.run("begin")) return {why(), 0};
      bool wants_more = true;
      const bool read = journal_.last(from) && (read_rows<Row>(visit, from, count, wants_more) && ...);
      const failure cause = journal_.why();
      journal_.run("rollback");
      if (!read) {
        journal_.fail(cause);
        return {cause, count};
      }
      if (wants_more) {
        if (!journal_.keep(from, true)) return {why(), count};
        at_ = {from, 0};
      }
      return captured(count);
    }
  }

  /// Behind which change it is: all up to there were delivered.
  source_position position() const noexcept { return at_; }
  /// Up to which change all is acknowledged.
  source_position acknowledged() const noexcept { return {journal_.kept(), 0}; }
  /// Removes the reader from the file, so that the journal keeps nothing for it any more. The next one of this name begins anew.
  captured forget() { return journal_.forget() ? captured() : captured(why(), 0); }

 private:
  enum class came_to : unsigned char { other = 0, delivered = 1, declined = 2, failed = 4 };
  friend constexpr came_to operator|(came_to a, came_to b) noexcept {
    return static_cast<came_to>(static_cast<unsigned char>(a) | static_cast<unsigned char>(b));
  }

  template <class One>
  bool check(failure& cause) {
    if constexpr (!detail::row_facts<One>::sound) return false;
    else {
      const std::string table = detail::table_name<One>();
      const char* const name = table.c_str();
      std::vector<detail::sqlite_table_column> columns;
      if (!journal_.columns_of(table, columns)) return cause = why(), false;
      if (columns.empty()) return cause = failure(failure::kind::differs, 0, "there is no table ", name, ": ", journal_.path()), false;
      std::size_t keys = 0;
      for (const auto& column : columns) keys += column.key != 0;
      using of = typename detail::row_facts<One>::keys;
      if (keys != of::count())
        return cause = failure(failure::kind::differs, 0, name, ": its primary key has ", std::uint64_t{keys}, " columns, and the key of the row has ",
                               std::uint64_t{of::count()}), false;
      return [&]<std::size_t... I>(detail::indices<I...>) { return (check_field<One, I>(name, columns, cause) && ...); }(detail::make_indices<detail::field_count<One>>{});
    }
  }
  template <class One, std::size_t I>
  static bool check_field(const char* table, const std::vector<detail::sqlite_table_column>& columns, failure& cause) {
    using field = detail::field_type<One, I>;
    constexpr detail::chars name = detail::column_of<One, I>();
    const auto wrong = [&](const char* what, const char* more = "") {
      cause = detail::column_failure(failure::kind::differs, table, name, what, more);
      return false;
    };
    for (const auto& column : columns) {
      if (column.name.size() != name.size || sqlite3_strnicmp(column.name.c_str(), name.data, static_cast<int>(name.size)) != 0) continue;
      constexpr detail::cell_kind kind = detail::cell_kind_of<field>();
      if (!detail::affinity_fits(detail::affinity_of(column.type), kind)) {
        wrong("the column is ", column.type.c_str());
        cause.add(", and the field is ");
        cause.add(detail::cell_kind_name(kind));
        return false;
      }
      if ((column.key != 0) != detail::is_key_field<One>(I))
        return wrong(column.key != 0 ? "it is a part of the primary key, and not of the key of the row" : "it is a part of the key of the row, and not of the primary key");
      if (!detail::is_nullable<field> && !column.not_null && column.key == 0) return wrong("the column can be NULL, and the field cannot; make it a std::optional");
      return true;
    }
    return wrong("there is no such column");
  }

  template <class One>
  bool fill(const std::vector<detail::journal_cell>& cells, image<One>& to, failure& cause) {
    const detail::journal_cell* found = nullptr;
    return detail::fill_image(
        to, detail::table_name<One>().c_str(),
        [&](detail::chars name) {
          found = nullptr;
          for (const detail::journal_cell& one : cells)
            if (one.name.size() == name.size && sqlite3_strnicmp(one.name.c_str(), name.data, static_cast<int>(name.size)) == 0) found = &one;
          return found == nullptr ? absence::no_column : found->type == 'u' ? absence::not_told : absence::present;
        },
        [&](detail::chars, auto& field) { return detail::sqlite_into(found->type, found->value, field); }, cause);
  }

  template <class One, class Visit>
  came_to deliver(Visit& visit, failure& cause) {
    if (entry_.source != detail::table_name<One>()) return came_to::other;
    image<One> before(absence::never_was), after(absence::never_was);
    row_key<One> key{}, old_key{};
    if (entry_.has_before && !fill<One>(entry_.before, before, cause)) return came_to::failed;
    if (entry_.has_after && !fill<One>(entry_.after, after, cause)) return came_to::failed;
    const bool has_old = detail::take_key(before, old_key), has_new = detail::take_key(after, key);
    if (has_old != entry_.has_before || has_new != entry_.has_after) {
      cause = failure(failure::kind::corrupt, 0, entry_.source.c_str(), ": the journal holds a row without its key");
      return came_to::failed;
    }
    const bool key_changed = has_old && has_new && !detail::equal_keys(before.known(), after.known());
    const change<One> one(static_cast<operation>(entry_.operation), {{entry_.position, 0}, 0, {entry_.time}, false}, has_new ? key : old_key,
                          has_old ? old_key : key, before, after, key_changed);
    return detail::hand_over(visit, one) ? came_to::delivered : came_to::declined;
  }

  template <class One, class Visit>
  bool read_rows(Visit& visit, std::uint64_t from, std::uint64_t& count, bool& wants_more) {
    std::string sql = "select ";
    [&]<std::size_t... I>(detail::indices<I...>) {
      ((sql += (I == 0 ? "" : ", ") + detail::sql_name(std::string(detail::column_of<One, I>().data, detail::column_of<One, I>().size))), ...);
    }(detail::make_indices<detail::field_count<One>>{});
    sql += " from main." + detail::sql_name(detail::table_name<One>());
    detail::sqlite_statement rows;
    int code = rows.prepare(journal_.connection(), sql.c_str());
    if (code != SQLITE_OK) return journal_.fail(code);
    while (wants_more && (code = rows.step()) == SQLITE_ROW) {
      image<One> after(absence::present);
      failure cause;
      int at = 0;
      const bool good = detail::fill_image(
          after, detail::table_name<One>().c_str(), [](detail::chars) { return absence::present; },
          [&](detail::chars, auto& field) { return read_column(rows, at++, field); }, cause);
      if (!good) return journal_.fail(cause);
      const row_key<One> key = detail::key_in_row(after.known());
      const change<One> one(operation::inserted, {{from, count + 1}, 0, {}, true}, key, key, image<One>(absence::never_was), after, false);
      wants_more = detail::hand_over(visit, one);
      count += wants_more;
    }
    return !wants_more || code == SQLITE_DONE || journal_.fail(code);
  }
  template <class T>
  const char* read_column(detail::sqlite_statement& row, int at, T& field) {
    char type = 'n';
    switch (row.type(at)) {
      case SQLITE_INTEGER:
        type = 'i';
        value_ = std::to_string(row.number(at));
        break;
      case SQLITE_FLOAT: {
        type = 'r';
        const double number = row.real(at);
        value_.assign(reinterpret_cast<const char*>(&number), sizeof number);
        break;
      }
      case SQLITE_TEXT:
      case SQLITE_BLOB: {
        type = row.type(at) == SQLITE_TEXT ? 't' : 'b';
        const detail::byte_view bytes = type == 't' ? row.text_bytes(at) : row.bytes(at);
        value_.assign(bytes.size == 0 ? "" : static_cast<const char*>(bytes.data), bytes.size);
        break;
      }
      default: break;
    }
    return detail::sqlite_into(type, value_, field);
  }

  detail::sqlite_journal journal_;
  detail::journal_entry entry_;
  std::string value_;
  source_position at_;
  source_position failed_;
};

}  // namespace gesta
