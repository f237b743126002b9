// The events of a SQLite file in the order of the log: all from a position on, or a part of them forwards or backwards.
// Floor: store. Between the rows of a file and whoever takes gesta::recorded; single streams are read by sqlite_chains.hpp.
// May include: store.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>

#include <gesta/store/slice.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_names.hpp>
#include <gesta/store/sqlite_record.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/sqlite_stream_rows.hpp>
#include <gesta/store/sqlite_streams.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Hands a record over; false: whoever takes it wants no more. A visitor that returns nothing wants all.
template <class F>
bool goes_on(F&& f, const recorded& record) {
  if constexpr (std::is_void_v<decltype(f(record))>) return f(record), true;
  else return static_cast<bool>(f(record));
}

/// Makes records of rows. `keys` are those of the file's streams. False is an error everywhere: last_failure() of the file says why.
class sqlite_records {
 public:
  sqlite_records(sqlite_file& file, sqlite_names& names, sqlite_streams& keys) : file_(file), names_(names), keys_(keys) {}

  bool prepare() {
    return prepare(after_, record_row::linked_query, "position > ? order by position") &&
           prepare(ahead_, record_row::query, "position > ? order by position") &&
           prepare(before_, record_row::query, "position <= ? order by position desc") && knows_what_is_wanted() &&
           prepare(ahead_wanted_, record_row::query, "position > ? and position <= ? and gesta_wants(type) order by position") &&
           prepare(before_wanted_, record_row::query, "position > ? and position <= ? and gesta_wants(type) order by position desc");
  }
  /// A statement that finds events: a query of record_row and which rows.
  bool prepare(sqlite_statement& statement, const char* query, const char* which) {
    return file_.prepare(statement, (std::string(query) + which).c_str());
  }

  /// All events after a position: note(record_row), which says false where it was an error, then f(const recorded&). An erased event comes as a
  /// retired one.
  template <class Note, class F>
  bool each_after(std::int64_t position, Note&& note, F&& f) {
    const sqlite_reading reading(after_.set(0, position));
    const sqlite_reading keys(keys_.rows());
    bool failed = false, wants_more = true;
    while (file_.next(after_, failed, position + 1)) {
      const record_row row{after_};
      ++position;
      if (row.position() != position) return file_.damaged_at(position, "it is missing");
      if (!note(row) || !hand_over<true>(row, position, f, wants_more)) return false;
    }
    return !failed;
  }

  /// A part of all events, counted in positions, where `last` is the last position: f(const recorded&) may end the reading by false. What was
  /// erased is passed over and not counted.
  template <class F>
  bool read(const slice& part, std::int64_t last, F&& f) {
    const int step = part.backwards ? -1 : 1;
    std::int64_t at = part.backwards ? std::min(as_number(part.to), last) + 1 : as_number(part.after);
    sqlite_statement& rows = part.backwards ? before_ : ahead_;
    const sqlite_reading reading(rows.set(0, part.backwards ? as_number(part.to) : at));
    const sqlite_reading keys(keys_.rows());
    bool failed = false, wants_more = true, is_first = part.backwards;
    std::uint64_t count = 0;
    const auto counted = [&](const recorded& record) { return ++count, goes_on(f, record); };
    while (wants_more && count < part.limit && file_.next(rows, failed, at + step)) {
      const std::int64_t position = record_row{rows}.position();
      if (!part.holds(as_count(position))) break;
      if (position != (at += step) && !is_first) return file_.damaged_at(at, "it is missing");
      at = position;  // backwards others may have appended since, so where it begins is not known before
      is_first = false;
      if (!hand_over({rows}, position, counted, wants_more)) return false;
    }
    return !failed;
  }

  /// The same for events of some types only: a step of SQLite for each row of the part, and no more than its type for those that are not
  /// wanted. That no position is missing is not seen by it.
  template <class F>
  bool read(const slice& part, const wanted_types& wanted, F&& f) {
    wanted_ = wanted;
    sqlite_statement& rows = part.backwards ? before_wanted_ : ahead_wanted_;
    const sqlite_reading reading(rows.set(0, as_number(part.after)).set(1, as_number(part.to)));
    const sqlite_reading keys(keys_.rows());
    bool failed = false, wants_more = true;
    std::uint64_t count = 0;
    const auto counted = [&](const recorded& record) {
      if (!wanted.holds(record.tag)) return true;  // of a type that others entered after the dictionary was read
      ++count;
      return goes_on(f, record);
    };
    while (wants_more && count < part.limit && file_.next(rows, failed))
      if (!hand_over({rows}, record_row{rows}.position(), counted, wants_more)) return false;
    return !failed;
  }

  /// Hands the event of a row over, unless it was erased. WithErased: also then, as if it was retired.
  template <bool WithErased = false, class F>
  bool hand_over(record_row row, std::int64_t position, F&& f, bool& wants_more) {
    recorded record{};
    if (!understand(row, position, record)) return false;
    if (has_left(record)) return true;
    if (record.size == 0 && row.is_erased()) {
      if (!WithErased) return true;
      record.tag = retired_tag;
    }
    wants_more = goes_on(f, record);
    return true;
  }

  /// Makes the record of a row; it uses what the row holds.
  bool understand(record_row row, std::int64_t position, recorded& record) {
    const char* why = row.read(names_, keys_, position, record);
    if (why != nullptr && names_.refresh()) why = row.read(names_, keys_, position, record);  // others may have entered types
    return why == nullptr || file_.damaged_at(position, why);
  }

  /// Whether the aggregate of an event has left the model with it.
  static bool has_left(const recorded& record) noexcept {
    return record.aggregate == sqlite_names::unknown && record.tag == retired_tag;
  }

 private:
  // SQLite asks for each row whether its type is wanted. A list of types in the statement is as fast while it has one or two elements.
  bool knows_what_is_wanted() {
    const auto wants = [](sqlite3_context* answer, int, sqlite3_value** type) {
      const auto& self = *static_cast<const sqlite_records*>(sqlite3_user_data(answer));
      sqlite3_result_int(answer, static_cast<int>(self.wanted_.holds(self.names_.tag(stored_kind::event, sqlite3_value_int64(*type)))));
    };
    const int code = sqlite3_create_function_v2(file_.connection(), "gesta_wants", 1, SQLITE_UTF8, this, wants, nullptr, nullptr, nullptr);
    return code == SQLITE_OK || file_.fail(code);
  }

  sqlite_file& file_;
  sqlite_names& names_;
  sqlite_streams& keys_;
  wanted_types wanted_{nullptr, 0};  ///< of the reading that is under way
  sqlite_statement after_, ahead_, before_, ahead_wanted_, before_wanted_;
};

}  // namespace gesta::detail
