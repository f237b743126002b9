// The opened log of a SQLite store without the types of a model: units of work, streams, events as bytes.
// Floor: store. `sqlite_store::log` gives it the model's tags and the codec.
// May include: message, store.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gesta/message/about.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_key.hpp>
#include <gesta/store/sqlite_names.hpp>
#include <gesta/store/sqlite_outcomes.hpp>
#include <gesta/store/sqlite_record.hpp>
#include <gesta/store/sqlite_unit.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// One log is one connection. What others commit is known after `catch_up`; until then it appends nothing.
class sqlite_log {
 public:
  /// What an entity remembers of its stream. It stays safe to use when the unit of work that made the stream is taken back.
  struct stream {
    std::uint32_t number = 0;  ///< in the file
    std::uint32_t ticket = 0;  ///< of this log alone; 0: not yet known
  };

  /// `keys` says by aggregate how the file holds its keys.
  sqlite_log(const sqlite_options& options, const model_ids& ids, const key_column* keys)
      : keys_(keys), file_(options), names_(file_, ids), outcomes_(file_, names_) {
    if (file_.broken() == nullptr && !prepare()) file_.break_off(file_.last_failure());
  }
  ~sqlite_log() {
    if (is_open_) rollback();
  }
  sqlite_log(const sqlite_log&) = delete;
  sqlite_log& operator=(const sqlite_log&) = delete;

  const failure* broken() const noexcept { return file_.broken(); }
  const failure& last_failure() const noexcept { return file_.last_failure(); }
  std::uint64_t last_position() const noexcept { return static_cast<std::uint64_t>(last_); }

  // ---- units of work

  /// Opens a unit of work: from here to its end nobody else writes. False: last_failure() says why.
  bool begin() {
    assert(!is_open_);
    if (!file_.begin()) return false;
    if (file_.data_version() != known_version_) {
      const sqlite_reading reading(last_row_);
      if (!look_again()) return file_.rollback(), false;
      known_version_ = file_.data_version();
    }
    is_open_ = true;
    is_doomed_ = false;
    committed_ = last_;
    ++unit_;
    return true;
  }

  /// Keeps the unit. False: nothing of it is kept, and last_failure() says why.
  bool commit() {
    assert(is_open_);
    if (!flush()) {
      rollback();
      return false;
    }
    if (!file_.commit()) {
      take_back();
      return false;
    }
    is_open_ = false;
    known_version_ = file_.data_version();
    names_.keep();
    touched_.clear();
    kept_streams_ = streams_.size();
    return true;
  }

  /// Takes everything of the unit back.
  void rollback() noexcept {
    file_.rollback();
    take_back();
  }

  /// Hands over what others appended since the last time, at first everything: f(const recorded&), which uses nothing of the log. Within
  /// a unit it costs nothing when there is nothing. Outside it keeps nobody from writing: the way to read a long log before the first unit.
  template <class F>
  bool catch_up(F&& f) {
    if (is_open_ && seen_ == last_) return true;
    const sqlite_reading view(last_row_);  // one view of the file for all that follows
    if (!is_open_ && !look_again()) return false;
    const sqlite_reading reading(after_.set(0, seen_));
    bool failed = false;
    const auto take = [&f](const recorded& record) { return f(record), true; };
    for (bool goes_on = true; file_.next(after_, failed, seen_ + 1);)
      if (!note_head({after_}) || !hand_over({after_}, take, goes_on)) return false;
    return !failed && (seen_ == last_ || corrupt(seen_ + 1, "it is missing"));
  }

  // ---- events

  /// Appends one event of `size` bytes, which write(std::byte*) makes, as this version of the stream.
  template <class Write>
  append_result append(stream& handle, std::uint16_t aggregate, const key_bytes& key, std::uint64_t version, const origin& from,
                       std::uint16_t tag, std::size_t size, Write&& write) {
    assert(is_open_);
    if (is_doomed_) return append_result::failed;
    if (seen_ != last_) return append_result::conflict;
    if (known(handle) == nullptr) {
      std::int64_t number = find(aggregate, key);
      if (number == 0 && version != 1) return append_result::conflict;
      if (number == 0) number = make(aggregate, key);
      if (number < 0) return doom();
      handle = {static_cast<std::uint32_t>(number), streams_[static_cast<std::size_t>(number - 1)].ticket};
    }
    known_stream* const head = known(handle);
    if (head->version + 1 != as_number(version)) return append_result::conflict;
    if (size > largest_)
      return doom(failure(failure::kind::too_large, SQLITE_TOOBIG, "an event is larger than SQLite keeps: ", file_.path()));
    const std::int64_t type = names_.number(stored_kind::event, tag);
    if (type == 0) return doom();
    write(waiting_.room(size));
    waiting_.put({last_ + 1, handle.number, head->version + 1, head->position, type, from, 0, 0}, size);
    touch(handle.number, *head);
    ++head->version;
    head->position = seen_ = ++last_;
    return !waiting_.are_many() || flush() ? append_result::ok : doom();
  }

  /// A part of one stream, counted in versions: f(const recorded&) uses nothing of the log, and ends the reading by false.
  template <class F>
  bool read(std::uint16_t aggregate, const stream& handle, const key_bytes& key, const slice& part, F&& f) {
    // A statement left at its row holds one view of the file for those below, which else take and give back its locks one by one.
    const sqlite_reading view(last_row_);
    bool failed = false;
    if (!flush() || !file_.next(last_row_, failed)) return false;
    const std::int64_t number = known(handle) != nullptr ? handle.number : find(aggregate, key);
    if (number <= 0) return number == 0;  // without a stream there are no events
    std::vector<std::int64_t> positions;
    if (!find_known(number, part, positions) || !find_since(number, part, positions)) return false;
    const std::size_t count = positions.size() < part.limit ? positions.size() : static_cast<std::size_t>(part.limit);
    bool goes_on = true;
    for (std::size_t i = 0; i < count && goes_on; ++i) {
      const std::int64_t at = positions[part.backwards ? positions.size() - 1 - i : i];
      const sqlite_reading reading(one_.set(0, at));
      if (!file_.next(one_, failed)) return !failed && corrupt(at, "its stream does not exist");
      if (!hand_over({one_}, f, goes_on)) return false;
    }
    return true;
  }

  /// A part of all events, counted in positions: f(const recorded&) uses nothing of the log, and ends the reading by false.
  template <class F>
  bool read_all(const slice& part, F&& f) {
    if (!flush()) return false;
    sqlite_statement& rows = part.backwards ? before_ : after_;
    const sqlite_reading reading(rows.set(0, as_number(part.backwards ? part.to : part.after)));
    bool failed = false, goes_on = true;
    for (std::uint64_t count = 0; goes_on && count < part.limit && file_.next(rows, failed); ++count) {
      if (!part.holds(static_cast<std::uint64_t>(record_row{rows}.position()))) break;
      if (!hand_over({rows}, f, goes_on)) return false;
    }
    return !failed;
  }

  // ---- outcomes

  /// The outcome's payload is valid until the next call.
  recall_result recall(const once& request, remembered& outcome) {
    if (!is_open_) outcomes_.forget();  // others may have written
    const recall_result result = outcomes_.recall(request, outcome);
    if (result == recall_result::failed) is_doomed_ = is_open_;
    return result;
  }
  /// Within a unit: keeps an outcome with it.
  bool remember(const once& request, const remembered& outcome) {
    assert(is_open_);
    if (!is_doomed_ && outcomes_.remember(request, outcome)) return true;
    is_doomed_ = true;
    return false;
  }

 private:
  /// What is known of a stream up to the last position seen.
  struct known_stream {
    std::int64_t version = 0;
    std::int64_t position = 0;  ///< of its last event
    std::uint32_t ticket = 0;
    std::uint32_t unit = 0;  ///< the unit that appended last
  };
  /// What a stream was before the open unit.
  struct before_unit {
    std::uint32_t number;
    std::int64_t version, position;
  };

  bool prepare() {
    const auto reads = [&](sqlite_statement& statement, const char* which) {
      return file_.prepare(statement, (std::string(record_row::query) + which).c_str());
    };
    if (const int code = waiting_.show(file_.connection(), "gesta_waiting_events"); code != SQLITE_OK) return file_.fail(code);
    largest_ = static_cast<std::size_t>(sqlite3_limit(file_.connection(), SQLITE_LIMIT_LENGTH, -1)) - 1024;
    return names_.prepare() && outcomes_.prepare() && reads(one_, "e.position = ?") &&
           reads(after_, "e.position > ? order by e.position") &&
           reads(before_, "e.position <= ? order by e.position desc") &&
           file_.prepare(tail_, "select position, version from events where position > ? and stream = ? order by position") &&
           file_.prepare(link_, "select stream, version, previous from events where position = ?") &&
           file_.prepare(insert_, "insert or fail into events select * from gesta_waiting_events") &&
           file_.prepare(find_, "select stream from streams where aggregate = ? and key = ?") &&
           file_.prepare(make_, "insert into streams(aggregate, key) values(?, ?)") &&
           file_.prepare(last_row_, "select max(position) from events") && names_.refresh();
  }

  // Others may have written. Leaves last_row_ at its row.
  bool look_again() {
    bool failed = false;
    if (!file_.next(last_row_, failed)) return false;
    const std::int64_t last = last_row_.number(0);
    if (last < last_) return file_.break_off(failure(failure::kind::corrupt, 0, "events have vanished from ", file_.path()));
    last_ = last;
    outcomes_.forget();
    return names_.refresh();
  }

  // A unit that failed is never written further: SQLite may have ended its transaction, and each row would be kept at once.
  bool flush() {
    if (!is_doomed_ && !waiting_.empty()) is_doomed_ = !file_.run(insert_);
    waiting_.clear();
    if (!is_doomed_) is_doomed_ = !outcomes_.flush();
    return !is_doomed_;
  }
  append_result doom() noexcept {
    is_doomed_ = true;
    return append_result::failed;
  }
  append_result doom(const failure& cause) {
    file_.fail(cause);
    return doom();
  }

  void take_back() noexcept {
    if (!is_open_) return;
    is_open_ = is_doomed_ = false;
    waiting_.clear();
    outcomes_.forget();
    names_.forget();
    for (const before_unit& was : touched_) {
      streams_[was.number - 1].version = was.version;
      streams_[was.number - 1].position = was.position;
    }
    touched_.clear();
    streams_.resize(kept_streams_);
    last_ = committed_;
    if (seen_ > last_) seen_ = last_;
  }

  // ---- streams

  static std::int64_t as_number(std::uint64_t count) noexcept {
    constexpr std::uint64_t most = std::uint64_t{1} << 62;
    return static_cast<std::int64_t>(count < most ? count : most);
  }
  known_stream* known(const stream& handle) noexcept {
    if (handle.ticket == 0 || handle.number > streams_.size()) return nullptr;
    known_stream& s = streams_[handle.number - 1];
    return s.ticket == handle.ticket ? &s : nullptr;
  }
  void touch(std::uint32_t number, known_stream& head) {
    if (head.unit == unit_) return;
    head.unit = unit_;
    touched_.push_back({number, head.version, head.position});
  }

  /// The number of a key's stream in the file. 0: there is none; -1: an error.
  std::int64_t find(std::uint16_t aggregate, const key_bytes& key) {
    const std::int64_t type = names_.number_in_file(stored_kind::aggregate, aggregate);
    if (type == 0) return 0;
    const sqlite_reading reading(keys_[aggregate].set(find_.set(0, type), 1, key));
    bool failed = false;
    if (!file_.next(find_, failed)) return failed ? -1 : 0;
    const std::int64_t number = find_.number(0);
    const bool has_events = number > 0 && (!is_open_ || number <= static_cast<std::int64_t>(streams_.size()));
    if (!has_events) file_.break_off(failure(failure::kind::corrupt, 0, "a stream without events stands in ", file_.path()));
    return has_events ? number : -1;
  }
  /// Makes the stream of a key that has none. -1: an error.
  std::int64_t make(std::uint16_t aggregate, const key_bytes& key) {
    const std::int64_t type = names_.number(stored_kind::aggregate, aggregate);
    if (type == 0 || !file_.run(keys_[aggregate].set(make_.set(0, type), 1, key))) return -1;
    streams_.push_back({0, 0, ++tickets_, 0});
    return sqlite3_last_insert_rowid(file_.connection());
  }

  // ---- records

  bool corrupt(std::int64_t at, const char* why) {
    failure cause(failure::kind::corrupt, 0, "the event at position ", static_cast<std::uint64_t>(at), " cannot be read, ", why);
    cause.add(": ");
    cause.add(file_.path());
    cause.position = static_cast<std::uint64_t>(at);
    return file_.break_off(cause);
  }

  /// Takes a record in as the new head of its stream. Records come in order; that nothing is missing between them is checked here.
  bool note_head(record_row row) {
    const std::int64_t at = row.position();
    if (at != seen_ + 1) return corrupt(seen_ + 1, "it is missing");
    const std::int64_t number = row.stream();
    if (number <= 0 || number > at) return corrupt(at, "its stream does not exist");
    while (static_cast<std::int64_t>(streams_.size()) < number) streams_.push_back({0, 0, ++tickets_, 0});
    known_stream& head = streams_[static_cast<std::size_t>(number - 1)];
    if (row.version() != head.version + 1 || row.previous() != head.position) return corrupt(at, "its stream has another version before");
    ++head.version;
    head.position = seen_ = at;
    if (kept_streams_ < streams_.size()) kept_streams_ = streams_.size();
    return true;
  }

  template <class F>
  bool hand_over(record_row row, F&& f, bool& goes_on) {
    recorded record{};
    key_column::buffer buffer;
    if (const char* const why = row.read(names_, keys_, buffer, record)) return corrupt(row.position(), why);
    if (record.aggregate != sqlite_names::unknown) goes_on = f(static_cast<const recorded&>(record));  // else its aggregate has left with it
    return true;
  }

  /// Follows the links from the last event that is known back to the first of the part.
  bool find_known(std::int64_t number, const slice& part, std::vector<std::int64_t>& positions) {
    if (number > static_cast<std::int64_t>(streams_.size())) return true;
    const known_stream& head = streams_[static_cast<std::size_t>(number - 1)];
    std::int64_t at = head.position;
    for (std::int64_t expected = head.version; expected > as_number(part.after); --expected) {
      const sqlite_reading reading(link_.set(0, at));
      bool failed = false;
      if (!file_.next(link_, failed)) return !failed && corrupt(at, "it is missing");
      if (link_.number(0) != number || link_.number(1) != expected) return corrupt(at, "it is not of the stream that leads to it");
      if (part.holds(static_cast<std::uint64_t>(expected))) positions.push_back(at);
      at = link_.number(2);
    }
    for (std::size_t i = 0, end = positions.size(); i + 1 < end; ++i, --end) std::swap(positions[i], positions[end - 1]);
    return true;
  }
  /// What others appended since catch_up.
  bool find_since(std::int64_t number, const slice& part, std::vector<std::int64_t>& positions) {
    const sqlite_reading reading(tail_.set(0, seen_).set(1, number));
    bool failed = false;
    while (file_.next(tail_, failed))
      if (part.holds(static_cast<std::uint64_t>(tail_.number(1)))) positions.push_back(tail_.number(0));
    return !failed;
  }

  const key_column* keys_;
  waiting_rows<waiting_event> waiting_;
  sqlite_file file_;
  sqlite_names names_;
  sqlite_outcomes outcomes_;
  sqlite_statement after_, before_, one_, tail_, link_, insert_, find_, make_, last_row_;

  std::vector<known_stream> streams_;  ///< by number, from 1
  std::vector<before_unit> touched_;   ///< by the open unit
  std::size_t kept_streams_ = 0;       ///< streams before the open unit
  std::uint32_t tickets_ = 0;
  std::uint32_t unit_ = 0;
  std::int64_t last_ = 0;       ///< position of the last event, those of the open unit included
  std::int64_t seen_ = 0;       ///< position of the last event handed over or appended
  std::int64_t committed_ = 0;  ///< last_ when the unit began
  std::size_t largest_ = 0;
  std::int64_t known_version_ = -1;  ///< data_version of the file as this log knows it
  bool is_open_ = false;
  bool is_doomed_ = false;
};

}  // namespace gesta::detail
