// Who fills views, in tables of an SQLite file: how far each consumer has come, and the letters it has put aside.
// Floor: store. A part of sqlite_views.hpp; its rows are committed with those of the views.
// May include: detail, message, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/store/failure.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/sqlite_rows.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/sqlite_unit.hpp>

namespace gesta::detail {

/// The tables beside those of the views. They are made by who first opens views in a file.
///
///     views      one row for each table of a view. name: of the table. schema: what its columns are, and its key, in the words of
///                codec/wire_form.hpp; so a blob can be read without the program.
///     consumers  one row for each consumer: gesta::progress. incarnation, position: of the log that is followed; what is in the views of this
///                file is what came up to there. time: when the event there was recorded. owner, until: 16 bytes, and when the claim ends; NULL
///                and 0: whoever comes first. Times are nanoseconds since 1970.
///     letters    events that a consumer has put aside. position: of the event. key: the byte form of what keeps its order, as text where it
///                has no zero, else as a blob. attempts: 0 where it waits behind an earlier one. part: the first of its
///                hand-overs that was not done. due: 0 when a person says so. discarded: why
///                a person has closed it; empty while it is open.
inline constexpr const char* sqlite_view_tables = R"(
create table if not exists views(
  name   text primary key,
  schema text not null) without rowid;
create table if not exists consumers(
  name        text primary key,
  incarnation blob    not null,
  position    integer not null,
  time        integer not null,
  owner       blob,
  until       integer not null,
  paused      integer not null,
  serving     integer not null) without rowid;
create table if not exists letters(
  consumer  text    not null,
  position  integer not null,
  key               not null,
  cause     text    not null,
  attempts  integer not null,
  part      integer not null,
  since     integer not null,
  due       integer not null,
  discarded text    not null,
  primary key(consumer, position, key)) without rowid;
create index if not exists letters_of_key on letters(consumer, key) where discarded = '';
create index if not exists letters_due on letters(consumer, due, key) where due <> 0;
)";

/// Checkpoints and letters by the name of their consumer. Within a unit and, for reading, outside of one.
class sqlite_consumers {
 public:
  explicit sqlite_consumers(sqlite_rows_unit& unit) : unit_(unit) {}

  // Indexes are named where SQLite, which has no statistics, would take the primary key and look at each letter: 80 ms of 100,000.
  bool prepare() {
    sqlite_file& file = unit_.file();
    return file.prepare(load_, "select incarnation, position, time, owner, until, paused, serving from consumers where name = ?") &&
           file.prepare(save_, "insert or replace into consumers(name, incarnation, position, time, owner, until, paused, serving) "
                               "values(?, ?, ?, ?, ?, ?, ?, ?)") &&
           file.prepare(all_, "select incarnation, position, time, owner, until, paused, serving, name from consumers order by name") &&
           file.prepare(put_, "insert or replace into letters(consumer, position, key, cause, attempts, part, since, due, discarded) "
                              "values(?, ?, ?, ?, ?, ?, ?, ?, ?)") &&
           file.prepare(drop_, "delete from letters where consumer = ? and position = ? and key = ?") &&
           file.prepare(some_, "select position, key, cause, attempts, part, since, due, discarded from letters where consumer = ?1 and position >= ?2 "
                               "and (position > ?2 or cast(key as blob) > ?3) order by position, cast(key as blob) limit 64") &&
           file.prepare(one_, "select position, key, cause, attempts, part, since, due, discarded from letters "
                              "where consumer = ? and position = ? and key = ?") &&
           file.prepare(due_, "select position, key, cause, attempts, part, since, due, discarded from letters indexed by letters_of_key "
                              "where consumer = ?1 and discarded = '' "
                              "and key in (select key from letters indexed by letters_due where consumer = ?1 and due <> 0 and due <= ?2 order by due limit ?3) "
                              "order by position, cast(key as blob)") &&
           file.prepare(of_key_, "select 1 from letters indexed by letters_of_key where consumer = ? and key = ? and discarded = '' limit 1") &&
           file.prepare(any_, "select 1 from letters where consumer = ? and discarded = '' limit 1");
  }

  bool load(std::string_view consumer, progress& state) {
    state = {};
    if (unit_.is_doomed()) return false;
    const sqlite_reading reading(load_.set_text(0, view(consumer)));
    bool failed = false;
    if (!unit_.file().next(load_, failed)) return !failed || unit_.doom();
    return read(load_, state) || wrong("consumers", consumer);
  }
  bool save(std::string_view consumer, const progress& state) {
    if (unit_.is_doomed() || !fits(state.at.position)) return false;
    const stored_id incarnation = stored_id::of(state.at.incarnation), owner = stored_id::of(state.owner);
    save_.set_text(0, view(consumer)).set_blob(1, {incarnation.bytes, sizeof incarnation.bytes}).set(2, static_cast<std::int64_t>(state.at.position));
    if (state.owner == message_id{}) save_.set_null(4);
    else save_.set_blob(4, {owner.bytes, sizeof owner.bytes});
    save_.set(3, state.time.nanoseconds).set(5, state.until.nanoseconds);
    return unit_.run(save_.set(6, std::int64_t{state.is_paused}).set(7, std::int64_t{state.is_serving}));
  }
  /// visit(std::string_view name, const progress&) for each consumer, by name, until it gives false.
  template <class Visit>
  bool each_consumer(Visit&& visit) {
    if (unit_.is_doomed()) return false;
    const sqlite_reading reading(all_);
    bool failed = false;
    while (unit_.file().next(all_, failed)) {
      const byte_view name = all_.bytes(7);
      const std::string_view who(name.size == 0 ? "" : static_cast<const char*>(name.data), name.size);
      progress state;
      if (!read(all_, state)) return wrong("consumers", who);
      if constexpr (std::is_void_v<decltype(visit(who, static_cast<const progress&>(state)))>) visit(who, static_cast<const progress&>(state));
      else if (!visit(who, static_cast<const progress&>(state))) return true;
    }
    return !failed || unit_.doom();
  }

  bool put(std::string_view consumer, const letter& one) {
    if (unit_.is_doomed() || !fits(one.position)) return false;
    asked_.clear();
    return unit_.run(key(put_.set_text(0, view(consumer)).set(1, static_cast<std::int64_t>(one.position)), 2, one.key)
                         .set_text(3, view(one.cause))
                         .set(4, std::int64_t{one.attempts})
                         .set(5, std::int64_t{one.part})
                         .set(6, one.since.nanoseconds)
                         .set(7, one.due.nanoseconds)
                         .set_text(8, view(one.discarded)));
  }
  bool drop(std::string_view consumer, const letter& one) {
    if (unit_.is_doomed()) return false;
    if (one.position > most) return true;
    asked_.clear();
    return unit_.run(key(drop_.set_text(0, view(consumer)).set(1, static_cast<std::int64_t>(one.position)), 2, one.key));
  }
  /// The visitor may put and drop letters; those that it puts behind the one it is given are visited too.
  template <class Visit>
  bool each_letter(std::string_view consumer, Visit&& visit) {
    std::vector<letter> some;
    letter last;
    std::int64_t after = -1;
    do {
      some.clear();
      if (unit_.is_doomed() || !read_letters(consumer, after, last.key, some)) return false;
      for (const letter& one : some)
        if constexpr (std::is_void_v<decltype(visit(one))>) visit(one);
        else if (!visit(one)) return true;
      if (some.empty()) break;
      last = static_cast<letter&&>(some.back());
      after = static_cast<std::int64_t>(last.position);
    } while (some.size() == page);
    return true;
  }
  /// visit(const letter&) for the open letters of the keys that have one which is due, of `most` keys at most; in order of position, then of key.
  /// Costs as many steps as those keys have letters.
  template <class Visit>
  bool each_due(std::string_view consumer, timestamp now, std::size_t most_keys, Visit&& visit) {
    if (unit_.is_doomed()) return false;
    std::vector<letter> all;
    {
      const sqlite_reading reading(due_.set_text(0, view(consumer)).set(1, now.nanoseconds).set(2, static_cast<std::int64_t>(most_keys)));
      bool failed = false;
      while (unit_.file().next(due_, failed))
        if (!read(due_, all.emplace_back())) return wrong("letters", consumer);
      if (failed) return unit_.doom();
    }
    for (const letter& one : all)
      if (!visit(one)) break;
    return true;
  }
  /// The letter of this position and key.
  bool find_letter(std::string_view consumer, std::uint64_t position, std::string_view of_key, letter& one, bool& found) {
    found = false;
    if (unit_.is_doomed()) return false;
    if (position > most) return true;
    const sqlite_reading reading(key(one_.set_text(0, view(consumer)).set(1, static_cast<std::int64_t>(position)), 2, of_key));
    bool failed = false;
    found = unit_.file().next(one_, failed);
    if (failed) return unit_.doom();
    return !found || read(one_, one) || wrong("letters", consumer);
  }
  bool any_letter(std::string_view consumer, bool& any) {
    any = false;
    if (!look_for_some(consumer)) return false;
    any = has_some_;
    return true;
  }
  bool is_blocked(std::string_view consumer, std::string_view of_key, bool& blocked) {
    blocked = false;
    if (!look_for_some(consumer)) return false;
    if (!has_some_) return true;
    const sqlite_reading reading(key(of_key_.set_text(0, view(consumer)), 1, of_key));
    bool failed = false;
    blocked = unit_.file().next(of_key_, failed);
    return !failed || unit_.doom();
  }

  /// Within a unit: drops the table of a view, whichever program made it, with its consumer and letters. A table that is none of a view's stays.
  bool drop_view(std::string_view name) {
    if (unit_.is_doomed()) return false;
    asked_.clear();
    const auto with_name = [&](const char* sql, bool& any) {
      sqlite_statement one;
      if (!unit_.file().prepare(one, sql)) return unit_.doom();
      bool failed = false;
      any = unit_.file().next(one.set_text(0, view(name)), failed);
      return !failed || unit_.doom();
    };
    bool is_view = false, none = false;
    if (!with_name("select 1 from views where name = ?", is_view)) return false;
    if (is_view) {
      sqlite_statement table;
      if (!unit_.file().prepare(table, ("drop table if exists " + quoted(std::string(name))).c_str()) || !unit_.run(table)) return unit_.doom();
    }
    return with_name("delete from views where name = ?", none) && with_name("delete from consumers where name = ?", none) &&
           with_name("delete from letters where consumer = ?", none);
  }

  /// The unit was taken back.
  void forget() noexcept { asked_.clear(); }

 private:
  bool look_for_some(std::string_view consumer) {
    if (unit_.is_doomed() || !unit_.look()) return false;
    // Asked for each event, and mostly there are no letters at all: that is remembered as long as nobody else has written.
    if (asked_ != consumer || generation_ != unit_.generation()) {
      const sqlite_reading reading(any_.set_text(0, view(consumer)));
      bool failed = false;
      has_some_ = unit_.file().next(any_, failed);
      if (failed) return unit_.doom();
      asked_ = consumer;
      generation_ = unit_.generation();
    }
    return true;
  }

  static constexpr std::size_t page = 64;  ///< as the statement says
  static constexpr std::uint64_t most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

  static byte_view view(std::string_view text) noexcept { return {text.empty() ? "" : text.data(), text.size()}; }
  // SQL sees text only up to its first zero, so such a key stands as bytes.
  static sqlite_statement& key(sqlite_statement& to, int parameter, std::string_view bytes) noexcept {
    return bytes.find('\0') == std::string_view::npos ? to.set_text(parameter, view(bytes)) : to.set_blob(parameter, view(bytes));
  }

  bool fits(std::uint64_t position) {
    return position <= most || unit_.doom(failure(failure::kind::too_large, 0, "a position from 2^63 on: ", unit_.file().path()));
  }
  bool wrong(const char* table, std::string_view consumer) {
    const std::string name(consumer);
    constexpr const char* words = ": what stands there cannot be read: ";
    return unit_.doom(failure(failure::kind::corrupt, 0, "table ", table, ", ", name.c_str(), words, unit_.file().path()));
  }

  static bool is_id(const sqlite_statement& row, int column) noexcept {
    return row.type(column) == SQLITE_BLOB && row.bytes(column).size == sizeof(stored_id);
  }
  static bool is_position(const sqlite_statement& row, int column) noexcept { return row.is_number(column) && row.number(column) >= 0; }
  static bool read(const sqlite_statement& row, progress& state) noexcept {
    const bool is_owned = !row.is_null(3);
    if (!is_id(row, 0) || !is_position(row, 1) || !row.is_number(2) || (is_owned && !is_id(row, 3)) || !row.is_number(4) ||
        !read_integer(row, 5, state.is_paused) || !read_integer(row, 6, state.is_serving))
      return false;
    state.at = {stored_id::read(row, 0, {}), static_cast<std::uint64_t>(row.number(1))};
    state.time = {row.number(2)};
    if (is_owned) state.owner = stored_id::read(row, 3, {});
    state.until = {row.number(4)};
    return true;
  }
  static bool read_text(const sqlite_statement& row, int column, std::string& to) {
    if (row.type(column) != SQLITE_TEXT && row.type(column) != SQLITE_BLOB) return false;
    const byte_view bytes = row.bytes(column);
    to.assign(bytes.size == 0 ? "" : static_cast<const char*>(bytes.data), bytes.size);
    return true;
  }
  static bool read(const sqlite_statement& row, letter& one) {
    if (!is_position(row, 0) || !read_text(row, 1, one.key) || !read_text(row, 2, one.cause) || !read_integer(row, 3, one.attempts) ||
        !read_integer(row, 4, one.part) || !row.is_number(5) || !row.is_number(6) || !read_text(row, 7, one.discarded))
      return false;
    one.position = static_cast<std::uint64_t>(row.number(0));
    one.since = {row.number(5)};
    one.due = {row.number(6)};
    return true;
  }
  // In order of position, then of key, behind a position and a key.
  bool read_letters(std::string_view consumer, std::int64_t after, std::string_view after_key, std::vector<letter>& some) {
    const sqlite_reading reading(some_.set_text(0, view(consumer)).set(1, after).set_blob(2, view(after_key)));
    bool failed = false;
    while (unit_.file().next(some_, failed))
      if (!read(some_, some.emplace_back())) return wrong("letters", consumer);
    return !failed || unit_.doom();
  }

  sqlite_rows_unit& unit_;
  std::string asked_;  ///< the consumer of has_some_; empty: none
  bool has_some_ = false;
  std::uint64_t generation_ = 0;
  sqlite_statement load_, save_, all_, put_, drop_, some_, one_, due_, of_key_, any_;
};

}  // namespace gesta::detail
