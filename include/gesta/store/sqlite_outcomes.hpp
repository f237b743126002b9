// The remembered outcomes of gesta::once in a SQLite file.
// Floor: store. A part of the log; its rows are committed with the events.
// May include: detail, message, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/message/once.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_names.hpp>
#include <gesta/store/sqlite_unit.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Asks for outcomes and keeps them. Exact for all time. A sender mostly numbers its requests upwards, so the highest number of a source
/// is at hand, and a number above it is fresh without a question to the file. Numbers are compared as SQLite compares them: signed.
class sqlite_outcomes {
 public:
  sqlite_outcomes(sqlite_file& file, sqlite_names& names) : file_(file), names_(names) {}

  bool prepare() {
    if (const int code = waiting_.show(file_.connection(), "gesta_waiting_outcomes"); code != SQLITE_OK) return file_.fail(code);
    return file_.prepare(find_source_, "select source from sources where name = ?") &&
           file_.prepare(add_source_, "insert into sources(name) values(?)") &&
           file_.prepare(highest_, "select max(number) from outcomes where source = ?") &&
           file_.prepare(find_, "select verdict, version, position, rejection, payload from outcomes where source = ? and number = ?") &&
           file_.prepare(insert_, "insert or fail into outcomes select * from gesta_waiting_outcomes");
  }

  /// The outcome's payload is valid until the next call.
  recall_result recall(const once& request, remembered& outcome) {
    const auto number = static_cast<std::int64_t>(request.number);
    const source* const from = find(request.source);
    if (from == nullptr) return recall_result::failed;
    if (from->number == 0 || number > from->highest) return recall_result::fresh;
    if (!flush()) return recall_result::failed;
    const sqlite_reading reading(find_.set(0, from->number).set(1, number));
    bool failed = false;
    if (!file_.next(find_, failed)) return failed ? recall_result::failed : recall_result::fresh;
    return read(request, outcome) ? recall_result::known : recall_result::failed;
  }

  bool remember(const once& request, const remembered& outcome) {
    source* const from = find(request.source);
    if (from == nullptr || (from->number == 0 && !add(*from))) return false;
    const auto number = static_cast<std::int64_t>(request.number);
    std::int64_t rejection = 0;
    if (outcome.what == verdict::rejected && (rejection = names_.number(stored_kind::rejection, outcome.rejection)) == 0) return false;
    if (outcome.size != 0) std::memcpy(waiting_.room(outcome.size), outcome.payload, outcome.size);
    waiting_.put({from->number, number, static_cast<std::int64_t>(outcome.what), static_cast<std::int64_t>(outcome.version),
                  static_cast<std::int64_t>(outcome.position), rejection, 0, 0},
                 outcome.size);
    if (number > from->highest) from->highest = number;
    return !waiting_.are_many() || flush();
  }

  /// Writes what waits.
  bool flush() {
    if (waiting_.empty()) return true;
    const bool good = file_.run(insert_);
    waiting_.clear();
    return good;
  }

  /// Forgets what waits and what is known of the sources: the unit was taken back, or others wrote.
  void forget() {
    waiting_.clear();
    for (source& s : sources_) s = {};
  }

 private:
  struct source {
    std::string name;
    bool is_known = false;
    std::int64_t number = 0;  ///< in the file; 0: not there
    std::int64_t highest = std::numeric_limits<std::int64_t>::min();
  };

  // A place for each of the sources that are in use at a time; one that loses its place is looked up again.
  source* find(const char* name) {
    source& s = sources_[fnv1a(name) % places];
    if (s.is_known && s.name == name) return &s;
    s = {};
    if (!flush()) return nullptr;
    bool failed = false;
    {
      const sqlite_reading reading(find_source_.set(0, name));
      if (file_.next(find_source_, failed)) s.number = find_source_.number(0);
    }
    if (s.number != 0 && !failed) {
      const sqlite_reading reading(highest_.set(0, s.number));
      if (file_.next(highest_, failed) && !highest_.is_null(0)) s.highest = highest_.number(0);
    }
    if (failed) return nullptr;
    s.name = name;
    s.is_known = true;
    return &s;
  }

  bool add(source& s) {
    if (!file_.run(add_source_.set(0, s.name.c_str()))) return false;
    s.number = sqlite3_last_insert_rowid(file_.connection());
    return true;
  }

  bool read(const once& request, remembered& outcome) {
    outcome = {};
    const std::int64_t what = find_.number(0);
    outcome.what = static_cast<verdict>(what);
    outcome.version = static_cast<std::uint64_t>(find_.number(1));
    outcome.position = static_cast<std::uint64_t>(find_.number(2));
    if (what < 0 || what > static_cast<std::int64_t>(verdict::rejected)) return unreadable(failure::kind::corrupt, request, "no verdict");
    if (outcome.what == verdict::rejected) {
      outcome.rejection = names_.tag(stored_kind::rejection, find_.number(3));
      if (outcome.rejection == sqlite_names::unknown)
        return unreadable(failure::kind::unknown_event, request, "a rejection that the model does not know");
    }
    const byte_view payload = find_.bytes(4);
    const auto* const bytes = static_cast<const std::byte*>(payload.data);
    answer_.assign(bytes, bytes + payload.size);
    outcome.payload = answer_.data();
    outcome.size = static_cast<std::uint32_t>(payload.size);
    return true;
  }

  bool unreadable(failure::kind why, const once& request, const char* what) {
    return file_.fail(failure(why, 0, "the outcome of ", request.source, " ", request.number, " is ", what, ": ", file_.path()));
  }

  static constexpr std::size_t places = 64;

  waiting_rows<waiting_outcome> waiting_;
  sqlite_file& file_;
  sqlite_names& names_;
  source sources_[places];
  std::vector<std::byte> answer_;
  sqlite_statement find_source_, add_source_, highest_, find_, insert_;
};

}  // namespace gesta::detail
