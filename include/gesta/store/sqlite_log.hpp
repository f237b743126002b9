// The opened log of a SQLite store without the types of a model: units of work, streams, events as bytes.
// Floor: store. `sqlite_store::log` gives it the model's tags and the codec.
// May include: message, store.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <gesta/message/about.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/sqlite_backup.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_heads.hpp>
#include <gesta/store/sqlite_key.hpp>
#include <gesta/store/sqlite_names.hpp>
#include <gesta/store/sqlite_outcomes.hpp>
#include <gesta/store/sqlite_record.hpp>
#include <gesta/store/sqlite_snapshots.hpp>
#include <gesta/store/sqlite_unit.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Hands a record over; false: whoever takes it wants no more. A visitor that returns nothing wants all.
template <class F>
bool goes_on(F&& f, const recorded& record) {
  if constexpr (std::is_void_v<decltype(f(record))>) return f(record), true;
  else return static_cast<bool>(f(record));
}

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
      : keys_(keys), file_(options), names_(file_, ids), stream_keys_(file_, names_, keys), outcomes_(file_, names_), snapshots_(file_) {
    if (file_.broken() == nullptr && !prepare()) file_.break_off(file_.last_failure());
  }
  ~sqlite_log() {
    if (is_open_) rollback();
  }
  sqlite_log(const sqlite_log&) = delete;
  sqlite_log& operator=(const sqlite_log&) = delete;

  /// The file, for views that are kept in it within the log's own units.
  sqlite_file& file() noexcept { return file_; }
  const failure* broken() const noexcept { return file_.broken(); }
  const failure& last_failure() const noexcept { return file_.last_failure(); }
  std::uint64_t last_position() const noexcept { return static_cast<std::uint64_t>(last_); }
  /// A position is a place in the log only together with this: a file restored from a backup gives positions anew.
  message_id incarnation() const noexcept { return file_.incarnation(); }
  /// Whether a position that was seen in an incarnation is one of this log: what a restore cut off is not. False: last_failure() says
  /// why it cannot be told.
  bool knows(const message_id& incarnation, std::uint64_t position, bool& answer) {
    if (!flush()) return false;
    const int code = is_of_this_log(file_.connection(), incarnation, position, answer);
    return code == SQLITE_OK || file_.fail(code);
  }
  /// Copies the file while it is in use, also by this log: gesta::backup. What an open unit has done is not in the copy.
  copy_result backup(const char* to) { return sqlite_copy(file_.path(), to, file_.patience()).backup(); }

  // ---- one entity at a time

  static constexpr bool reads_single_entities = true;

  /// From here on streams are looked up when they are needed, and others' events need not be taken in: `skip` or `catch_up` before a unit
  /// appends. Before anything is read.
  void read_on_demand() noexcept { heads_.know_some(); }
  /// Passes over what others appended since the last time. Within a unit it costs nothing.
  bool skip() {
    const sqlite_reading view(last_row_);
    if (!is_open_ && !look_again()) return false;
    seen_ = last_;
    return true;
  }

  // ---- reading alone

  /// From here on nothing is appended, and only some keys stay in memory. Before anything is read.
  void only_reads() noexcept {
    heads_.know_some();
    stream_keys_.know_some();
  }
  /// Sees what others appended since the last time. A file that is no longer the one under its path is broken: what is appended there does not
  /// come here.
  bool look() { return file_.is_in_its_place() && skip(); }

  /// How often others were found to have written when a unit began. While it stays, what was loaded within units since is the state of now.
  std::uint32_t times_changed() const noexcept { return times_changed_; }

  /// Reads what there is of one entity after a version: use(const stored_snapshot&), where that is 0, takes a snapshot or not (without_snapshots: none); then
  /// f(const recorded&) for each event. `version` becomes that of the last event, `handle` the entity's stream. What was erased is passed
  /// over. Within a unit: only for an entity that the unit did not append to. False: last_failure() says why.
  template <class Use, class F>
  bool load(std::uint16_t aggregate, stream& handle, const key_bytes& key, std::uint64_t& version, Use&& use, F&& f) {
    const sqlite_reading view(last_row_);
    bool failed = false;
    loaded_closed_ = false;
    if (is_doomed_) return false;
    if (!is_open_ && (!file_.next(last_row_, failed) || !names_.refresh())) return false;
    const std::int64_t number = known(handle) != nullptr ? handle.number : find(aggregate, key);
    if (number < 0) return false;
    if (number == 0) return version == 0 || damaged("a stream is missing");
    row_of_stream head;
    if (!read_head(number, head)) return false;
    if (!is_sound(head, number)) return damaged("the head of a stream is not that of its events");
    const known_stream* const own = heads_.find(number);
    handle = {static_cast<std::uint32_t>(number), own == nullptr ? 0 : own->ticket};
    if (as_count(head.version) < version) return damaged("events have vanished from a stream");
    loaded_closed_ = head.closed;
    slice part{.after = version, .to = as_count(head.version)};
    version = as_count(head.version);
    if constexpr (!std::is_same_v<std::remove_cvref_t<Use>, without_snapshots>)
      if (part.after == 0) return read_from_snapshot(head, part, slice::end, use, f);
    return read_part(head, part, f);
  }

  /// Whether the stream that was loaded last is closed: whatever its state was, it has none now.
  bool loaded_closed() const noexcept { return loaded_closed_; }

  /// Calls visit(key_bytes) for each stream of an aggregate, until it gives false. False: also where the file could not be read.
  template <class Visit>
  bool each_stream(std::uint16_t aggregate, Visit&& visit) {
    const std::int64_t type = names_.number_in_file(stored_kind::aggregate, aggregate);
    const sqlite_reading reading(streams_of_.set(0, type));
    bool failed = false;
    while (file_.next(streams_of_, failed)) {
      key_bytes key;
      key_column::buffer buffer;
      if (!keys_[aggregate].get(streams_of_, 0, buffer, key)) return damaged("a key is of another type");
      if (!visit(key)) return false;
    }
    return !failed;
  }

  // ---- units of work

  /// Opens a unit of work: from here to its end nobody else writes. False: last_failure() says why.
  bool begin() {
    assert(!is_open_);
    if (!file_.begin()) return false;
    if (file_.data_version() != known_version_) {
      const sqlite_reading reading(last_row_);
      if (!look_again()) return file_.rollback(), false;
      heads_.forget();
      ++times_changed_;
      known_version_ = file_.data_version();
    }
    is_open_ = true;
    is_doomed_ = false;
    committed_ = last_;
    kept_keys_ = stream_keys_.count();
    ++unit_;
    return true;
  }

  /// Keeps the unit. False: nothing of it is kept, and last_failure() says why.
  bool commit() {
    assert(is_open_);
    if (!flush() || !write_heads() || (has_erased_ && !file_.overwrite(false))) {
      rollback();
      return false;
    }
    if (!file_.commit()) {
      take_back();
      return false;
    }
    if (has_erased_) file_.cut_log();
    is_open_ = has_erased_ = false;
    known_version_ = file_.data_version();
    names_.keep();
    touched_.clear();
    if (heads_.are_many()) heads_.forget();
    heads_.keep();
    return true;
  }

  /// Takes everything of the unit back.
  void rollback() noexcept {
    file_.rollback();
    take_back();
  }

  /// Hands over what others appended since the last time, at first everything: f(const recorded&), which uses nothing of the log. Within
  /// a unit it costs nothing when there is nothing. Outside it keeps nobody from writing: the way to read a long log before the first unit.
  /// An erased event comes as a retired one (retired_tag), without payload, so that versions go on.
  template <class F>
  bool catch_up(F&& f) {
    if (is_open_ && seen_ == last_) return true;
    const sqlite_reading view(last_row_);  // one view of the file for all that follows
    if (!is_open_ && !look_again()) return false;
    const sqlite_reading reading(after_.set(0, seen_));
    const sqlite_reading keys(stream_keys_.rows());
    bool failed = false;
    while (file_.next(after_, failed, seen_ + 1))
      if (!note_head({after_}) || !hand_over<true>({after_}, seen_, f)) return false;
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
      handle = {static_cast<std::uint32_t>(number), heads_.find(number)->ticket};
    }
    known_stream* const head = known(handle);
    if (head->version + 1 != as_number(version)) return append_result::conflict;
    if (head->closed) return doom(tombstoned());
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

  /// A part of one stream, counted in versions: f(const recorded&) uses nothing of the log, and may end the reading by false. What was erased
  /// is passed over. It takes a step for each event from the stream's end back to the first one wanted; the last ten cost ten.
  template <class F>
  bool read(std::uint16_t aggregate, const stream& handle, const key_bytes& key, const slice& part, F&& f) {
    const sqlite_reading view(last_row_);
    row_of_stream head;
    return look_up(aggregate, handle, key, head) && read_part(head, part, f);
  }

  /// As `read`, forwards and without a limit, but from the newest snapshot on that is sound, at most of version part.to and of position
  /// `upto`, and that use(const stored_snapshot&) takes. Events are handed over up to that version or beyond that position.
  template <class Use, class F>
  bool read_from_snapshot(std::uint16_t aggregate, const stream& handle, const key_bytes& key, slice part, std::uint64_t upto, Use&& use, F&& f) {
    const sqlite_reading view(last_row_);
    row_of_stream head;
    if (!look_up(aggregate, handle, key, head)) return false;
    return head.number == 0 || read_from_snapshot(head, part, upto, use, f);
  }


  // ---- snapshots

  static constexpr bool keeps_snapshots = true;

  /// Within a unit: keeps the state of a stream at its last version, `size` bytes that write(std::byte*) makes. Nothing is kept of a stream of
  /// which something was erased, since whoever erased it did not see this state, nor of a state larger than SQLite keeps.
  template <class Write>
  bool keep_snapshot(std::uint16_t aggregate, const stream& handle, const key_bytes& key, std::uint64_t version, std::uint64_t fingerprint,
                     std::size_t size, Write&& write) {
    assert(is_open_);
    const sqlite_reading view(last_row_);
    row_of_stream head;
    if (is_doomed_ || !look_up(aggregate, handle, key, head)) return doom(), false;
    if (head.number == 0 || as_count(head.version) != version || head.first != 1 || head.closed || size > largest_) return true;
    std::byte* const room = snapshots_.room(size);
    write(room);
    return snapshots_.put(head.number, {version, as_count(head.last), fingerprint, room, size}) || (doom(), false);
  }

  /// A part of all events, counted in positions: f(const recorded&) uses nothing of the log, and may end the reading by false. What was
  /// erased is passed over and not counted.
  template <class F>
  bool read_all(const slice& part, F&& f) {
    if (!flush()) return false;
    const int step = part.backwards ? -1 : 1;
    std::int64_t at = part.backwards ? std::min(as_number(part.to), last_) + 1 : as_number(part.after);
    sqlite_statement& rows = part.backwards ? before_ : ahead_;
    const sqlite_reading reading(rows.set(0, part.backwards ? as_number(part.to) : at));
    const sqlite_reading keys(stream_keys_.rows());
    bool failed = false, wants_more = true, is_first = part.backwards;
    std::uint64_t count = 0;
    const auto counted = [&](const recorded& record) { return ++count, goes_on(f, record); };
    while (wants_more && count < part.limit && file_.next(rows, failed, at + step)) {
      const std::int64_t position = record_row{rows}.position();
      if (!part.holds(as_count(position))) break;
      if (position != (at += step) && !is_first) return corrupt(at, "it is missing");
      at = position;  // backwards others may have appended since, so where it begins is not known before
      is_first = false;
      if (!hand_over({rows}, position, counted, wants_more)) return false;
    }
    return !failed;
  }

  /// What the file says of a stream, without reading its events. False: last_failure() says why it cannot be told.
  bool look_up(std::uint16_t aggregate, const stream& handle, const key_bytes& key, stream_head& out) {
    const sqlite_reading view(last_row_);
    row_of_stream head;
    if (!look_up(aggregate, handle, key, head)) return false;
    out = {as_count(head.version), as_count(head.last), as_count(head.first), head.closed};
    return true;
  }

  // ---- erasing

  /// Within a unit: erases the payloads of a stream's events below a version, with zeros over them. Positions and versions stay. False:
  /// last_failure() says why, and the unit is lost. A step for each event from the stream's end on.
  bool truncate_before(const stream& handle, std::uint16_t aggregate, const key_bytes& key, std::uint64_t version) {
    return erase(handle, aggregate, key, as_number(version), false);
  }
  /// Within a unit: erases the payloads of all events of a stream. Nothing may be added to it any more: failure::kind::tombstoned.
  bool close(const stream& handle, std::uint16_t aggregate, const key_bytes& key) {
    return erase(handle, aggregate, key, as_number(~std::uint64_t{0}), true);
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
  /// What a stream was before the open unit.
  struct before_unit {
    std::uint32_t number;
    std::int64_t version, position;
    std::int64_t written;  ///< the version in its row
    bool closed;
  };
  /// A row of the table `streams`.
  struct row_of_stream {
    std::int64_t number = 0;  ///< 0: there is no such stream
    std::int64_t version = 0, last = 0, first = 1;
    bool closed = false;
  };
  /// What an event says of its place.
  struct record_link {
    std::int64_t position, version;
  };

  bool prepare() {
    const auto reads = [&](sqlite_statement& statement, const char* query, const char* which) {
      return file_.prepare(statement, (std::string(query) + which).c_str());
    };
    if (const int code = waiting_.show(file_.connection(), "gesta_waiting_events"); code != SQLITE_OK) return file_.fail(code);
    largest_ = static_cast<std::size_t>(sqlite3_limit(file_.connection(), SQLITE_LIMIT_LENGTH, -1)) - 1024;
    return names_.prepare() && stream_keys_.prepare() && outcomes_.prepare() && reads(one_, record_row::linked_query, "position = ?") &&
           reads(after_, record_row::linked_query, "position > ? order by position") &&
           reads(ahead_, record_row::query, "position > ? order by position") &&
           reads(before_, record_row::query, "position <= ? order by position desc") &&
           file_.prepare(link_, "select stream, version, previous from events where position = ?") &&
           file_.prepare(insert_, "insert or fail into events select * from gesta_waiting_events") &&
           file_.prepare(find_, "select stream, version, last, first, closed from streams where aggregate = ? and key = ?") &&
           file_.prepare(head_, "select stream, version, last, first, closed from streams where stream = ?") &&
           file_.prepare(streams_of_, "select key from streams where aggregate = ? order by stream") &&
           file_.prepare(make_, "insert into streams(aggregate, key, version, last) values(?, ?, 0, 0)") &&
           file_.prepare(write_head_, "update streams set version = ?, last = ? where stream = ? and version = ? and closed = 0") &&
           file_.prepare(erase_, "update events set payload = null where position = ?") &&
           file_.prepare(cut_, "update streams set first = ?, closed = ? where stream = ?") &&
           file_.prepare(last_row_, "select max(position) from events") && snapshots_.prepare() && names_.refresh() && names_.fill_in_forms();
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
  /// Writes the heads of the streams that the unit appended to: once for each, however many events it got.
  bool write_heads() {
    for (before_unit& was : touched_) {
      const known_stream& head = *heads_.find(was.number);
      if (head.version == was.written || head.closed) continue;
      if (!file_.run(write_head_.set(0, head.version).set(1, head.position).set(2, std::int64_t{was.number}).set(3, was.written))) return false;
      if (sqlite3_changes(file_.connection()) != 1) return refuse_head(was.number);
      was.written = head.version;
    }
    return true;
  }
  // Others closed the stream meanwhile; or the file is damaged, or was written to by a program that knows no heads.
  bool refuse_head(std::uint32_t number) {
    row_of_stream row;
    if (!read_head(number, row)) return false;
    if (!row.closed) return damaged("the head of a stream is not that of its events");
    closed_by_others_.push_back(number);
    return file_.fail(tombstoned());
  }
  failure tombstoned() const { return failure(failure::kind::tombstoned, 0, "the stream is closed, nothing may be added: ", file_.path()); }

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
    if (has_erased_) file_.overwrite(false);
    is_open_ = is_doomed_ = has_erased_ = false;
    waiting_.clear();
    outcomes_.forget();
    names_.forget();
    for (const before_unit& was : touched_) {
      known_stream& head = *heads_.find(was.number);
      head.version = was.version;
      head.position = was.position;
      head.closed = was.closed;
    }
    touched_.clear();
    heads_.take_back();
    stream_keys_.cut(kept_keys_);
    for (const std::uint32_t number : closed_by_others_)
      if (known_stream* const head = heads_.find(number)) head->closed = true;
    closed_by_others_.clear();
    last_ = committed_;
    if (seen_ > last_) seen_ = last_;
  }

  // ---- streams

  static std::uint64_t as_count(std::int64_t number) noexcept { return static_cast<std::uint64_t>(number); }
  static std::int64_t as_number(std::uint64_t count) noexcept {
    constexpr std::uint64_t most = std::uint64_t{1} << 62;
    return static_cast<std::int64_t>(count < most ? count : most);
  }
  known_stream* known(const stream& handle) noexcept {
    if (handle.ticket == 0) return nullptr;
    known_stream* const head = heads_.find(handle.number);
    return head != nullptr && head->ticket == handle.ticket ? head : nullptr;
  }
  void touch(std::uint32_t number, known_stream& head) {
    if (head.unit == unit_) return;
    head.unit = unit_;
    touched_.push_back({number, head.version, head.position, head.version, head.closed});
  }

  /// The number of a key's stream in the file. 0: there is none; -1: an error.
  std::int64_t find(std::uint16_t aggregate, const key_bytes& key) {
    std::int64_t type = names_.number_in_file(stored_kind::aggregate, aggregate);
    if (type == 0 && !is_open_) {  // others may have entered it
      if (!names_.refresh()) return -1;
      type = names_.number_in_file(stored_kind::aggregate, aggregate);
    }
    if (type == 0) return 0;
    const sqlite_reading reading(keys_[aggregate].set(find_.set(0, type), 1, key));
    bool failed = false;
    if (!file_.next(find_, failed)) return failed ? -1 : 0;
    const std::int64_t number = find_.number(0);
    known_stream* head = heads_.find(number);
    if (number <= 0 || (is_open_ && seen_ == last_ && head == nullptr && heads_.are_all())) return damaged("a stream without events"), -1;
    if (is_open_ && head == nullptr && !heads_.are_all()) {
      head = &heads_.add(number);
      head->version = find_.number(1);
      head->position = find_.number(2);
    }
    if (is_open_ && head != nullptr && find_.number(4) != 0) head->closed = true;
    return number;
  }
  /// Makes the stream of a key that has none. -1: an error.
  std::int64_t make(std::uint16_t aggregate, const key_bytes& key) {
    const std::int64_t type = names_.number(stored_kind::aggregate, aggregate);
    if (type == 0 || !file_.run(keys_[aggregate].set(make_.set(0, type), 1, key))) return -1;
    const std::int64_t number = sqlite3_last_insert_rowid(file_.connection());
    heads_.add(number);
    return number;
  }

  static row_of_stream row_of(const sqlite_statement& row) noexcept {
    return {row.number(0), row.number(1), row.number(2), row.number(3), row.number(4) != 0};
  }
  bool read_head(std::int64_t number, row_of_stream& out) {
    const sqlite_reading reading(head_.set(0, number));
    bool failed = false;
    if (!file_.next(head_, failed)) return !failed && damaged("a stream is missing");
    out = row_of(head_);
    return true;
  }

  /// The row of a stream, and of what the open unit did to it. last_row_ is left at its row, which holds one view of the file for what
  /// follows: else each statement would take and give back its locks.
  bool look_up(std::uint16_t aggregate, const stream& handle, const key_bytes& key, row_of_stream& out) {
    bool failed = false;
    if (!flush() || !file_.next(last_row_, failed)) return false;
    const std::int64_t number = known(handle) != nullptr ? handle.number : find(aggregate, key);
    if (number <= 0) return number == 0;
    if (!read_head(number, out)) return false;
    if (const known_stream* const head = heads_.find(number); is_open_ && head != nullptr && head->unit == unit_) {
      out.version = head->version;
      out.last = head->position;
    }
    return is_sound(out, number) || damaged("the head of a stream is not that of its events");
  }
  static bool is_sound(const row_of_stream& row, std::int64_t number) noexcept {
    return row.number == number && row.version >= 1 && row.last >= row.version && row.first >= 1 && row.first <= row.version + 1;
  }

  known_stream& known_or_added(const row_of_stream& row) {
    if (known_stream* const head = heads_.find(row.number)) return *head;
    known_stream& head = heads_.add(row.number);
    head.version = row.version;
    head.position = row.last;
    head.closed = row.closed;
    return head;
  }

  bool erase(const stream& handle, std::uint16_t aggregate, const key_bytes& key, std::int64_t below, bool whole) {
    assert(is_open_);
    const sqlite_reading view(last_row_);
    row_of_stream head;
    if (is_doomed_) return false;
    if (seen_ != last_) return doom(failure(failure::kind::conflict, 0, "others wrote meanwhile: catch up before erasing")), false;
    if (!look_up(aggregate, handle, key, head) || !write_heads()) return doom(), false;
    if (head.number == 0) return true;
    const std::int64_t first = std::max(head.first, std::min(below, head.version + 1));
    const auto erase_one = [&](record_link link) { return file_.run(erase_.set(0, link.position)); };
    if (first > head.first || (whole && !head.closed)) {
      has_erased_ = true;
      known_stream& own = known_or_added(head);
      touch(static_cast<std::uint32_t>(head.number), own);
      if (!file_.overwrite(true) || !snapshots_.erase(head.number) || (first > head.first && !walk(head, head.first, first - 1, erase_one)) ||
          !file_.run(cut_.set(0, first).set(1, std::int64_t{whole || head.closed}).set(2, head.number)))
        return doom(), false;
      own.closed = whole || head.closed;
    }
    return true;
  }

  // ---- records

  bool damaged(const char* what) {
    return file_.break_off(failure(failure::kind::corrupt, 0, what, ": ", file_.path()));
  }
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
    if (!heads_.are_all()) return seen_ = at, true;  // streams are checked when they are read
    known_stream& head = heads_.add(number);
    if (row.version() != head.version + 1 || row.previous() != head.position) return corrupt(at, "its stream has another version before");
    ++head.version;
    head.position = seen_ = at;
    heads_.keep();
    return true;
  }

  /// Hands a record over. WithErased: also one that was erased, as if it was retired.
  template <bool WithErased = false, class F>
  bool hand_over(record_row row, std::int64_t position, F&& f, bool& wants_more) {
    recorded record{};
    if (!understand(row, position, record)) return false;
    if (record.aggregate == sqlite_names::unknown && record.tag == retired_tag) return true;  // its aggregate has left with it
    if (record.size == 0 && row.is_erased()) {
      if (!WithErased) return true;
      record.tag = retired_tag;
    }
    wants_more = goes_on(f, record);
    return true;
  }
  template <bool WithErased, class F>
  bool hand_over(record_row row, std::int64_t position, F&& f) {
    bool wants_more = true;
    return hand_over<WithErased>(row, position, f, wants_more);
  }

  bool understand(record_row row, std::int64_t position, recorded& record) {
    const char* why = row.read(names_, stream_keys_, position, record);
    if (why != nullptr && !is_open_ && names_.refresh()) why = row.read(names_, stream_keys_, position, record);  // others may have entered types
    return why == nullptr || corrupt(position, why);
  }

  template <class F>
  bool read_one(std::int64_t position, F&& f, bool& wants_more) {
    const sqlite_reading reading(one_.set(0, position));
    bool failed = false;
    if (!file_.next(one_, failed)) return !failed && corrupt(position, "its stream does not exist");
    return hand_over({one_}, position, f, wants_more);
  }

  /// As the reading from a snapshot above, once the stream is known.
  template <class Use, class F>
  bool read_from_snapshot(const row_of_stream& head, slice part, std::uint64_t upto, Use&& use, F&& f) {
    const std::int64_t most = std::min(as_number(part.to), head.version);
    bool failed = false;
    const auto take = [&](const stored_snapshot& found) {
      if (failed || !proves(head.number, as_number(found.version), as_number(found.position), failed) || !use(found)) return failed;
      part.after = found.version;
      return true;
    };
    if (!snapshots_.each_before(head.number, most, as_number(upto), take) || failed) return false;
    if (as_count(most) <= part.after) return true;
    row_of_stream later = head;  // the way back begins there
    if (!snapshots_.next_after(head.number, most, as_number(upto), later.version, later.last)) return false;
    if (later.version < 1 || later.version > head.version || !proves(head.number, later.version, later.last, failed)) later = head;
    return !failed && read_part(later, part, f);
  }

  /// What a reading is about, once its stream is known. `head` may be an earlier event of the stream than its last.
  template <class F>
  bool read_part(const row_of_stream& head, const slice& part, F&& f) {
    std::int64_t from = std::max(as_number(part.after) + 1, head.first), to = std::min(as_number(part.to), head.version);
    const std::int64_t limit = as_number(part.limit);
    if (from > to || limit == 0) return true;
    if (const char* const why = stream_keys_.find_alone(head.number)) return corrupt(head.last, why);
    bool wants_more = true;
    if (part.backwards) {
      if (to - from >= limit) from = to - limit + 1;
      const auto hand = [&](record_link link) { return read_one(link.position, f, wants_more) && wants_more; };
      return walk(head, from, to, hand) || !wants_more;
    }
    if (to - from >= limit) to = from + limit - 1;
    stream_rows& rows = gathered_;
    rows.clear();
    if (!gather(head, from, to, rows)) return false;
    for (std::size_t i = rows.positions.size(); wants_more && i-- != 0;)
      if (!read_one(rows.positions[i], f, wants_more)) return false;
    for (std::size_t i = rows.records.size(); wants_more && i-- != 0;) {
      recorded& one = rows.records[i].what;
      one.payload = rows.bytes.data() + rows.records[i].payload;
      wants_more = goes_on(f, one);
    }
    return true;
  }

  /// The way back along a stream, to be gone forwards: its last events whole, those before by their positions, so that a long stream does not
  /// fill the memory.
  struct stream_rows {
    struct row {
      recorded what;
      std::size_t payload;  ///< where it begins in `bytes`
    };
    static constexpr std::size_t most_bytes = std::size_t{1} << 20;
    std::vector<row> records;
    std::vector<std::byte> bytes;
    std::vector<std::int64_t> positions;

    void clear() noexcept {
      records.clear();
      bytes.clear();
      positions.clear();
    }
  };
  bool gather(const row_of_stream& head, std::int64_t from, std::int64_t to, stream_rows& rows) {
    row_of_stream before = head;
    if (to < head.version && !walk(head, to + 1, to, [](record_link) { return true; }, &before)) return false;
    std::int64_t at = before.last;
    for (std::int64_t version = to; version >= from; --version) {
      if (rows.bytes.size() + rows.records.size() * sizeof(stream_rows::row) > stream_rows::most_bytes) {
        before.version = version;
        before.last = at;
        return walk(before, from, version, [&](record_link link) { return rows.positions.push_back(link.position), true; });
      }
      const sqlite_reading reading(one_.set(0, at));
      const record_row row{one_};
      bool failed = false;
      if (!file_.next(one_, failed)) return !failed && corrupt(at, "it is missing");
      if (row.stream() != head.number || row.version() != version) return corrupt(at, "it is not of the stream that leads to it");
      const std::int64_t previous = row.previous();
      if (previous >= at) return corrupt(at, "it is not after the one before it");
      recorded record{};
      if (!understand(row, at, record)) return false;
      at = previous;
      if (record.aggregate == sqlite_names::unknown && record.tag == retired_tag) continue;  // as hand_over
      if (record.size == 0 && row.is_erased()) continue;
      rows.records.push_back({record, rows.bytes.size()});
      const auto* const payload = static_cast<const std::byte*>(record.payload);
      rows.bytes.insert(rows.bytes.end(), payload, payload + record.size);
    }
    return true;
  }

  /// Follows the links from the last event of a stream back to version `from`, and calls step(record_link) from version `to` on. False: an
  /// error, or a step said so.
  /// Where `end` is given, it says the event before that.
  template <class Step>
  bool walk(const row_of_stream& head, std::int64_t from, std::int64_t to, Step&& step, row_of_stream* end = nullptr) {
    std::int64_t at = head.last;
    for (std::int64_t version = head.version; version >= from; --version) {
      std::int64_t before = 0;
      {
        const sqlite_reading reading(link_.set(0, at));
        bool failed = false;
        if (!file_.next(link_, failed)) return !failed && corrupt(at, "it is missing");
        if (link_.number(0) != head.number || link_.number(1) != version) return corrupt(at, "it is not of the stream that leads to it");
        before = link_.number(2);
      }
      if (version <= to && !step(record_link{at, version})) return false;
      if (before >= at) return corrupt(at, "it is not after the one before it");
      at = before;
    }
    if (end != nullptr) {
      end->version = from - 1;
      end->last = at;
    }
    return true;
  }

  /// Whether an event of this stream and version lies at a position. Nothing is broken when not: who says so may be wrong.
  bool proves(std::int64_t number, std::int64_t version, std::int64_t position, bool& failed) {
    const sqlite_reading reading(link_.set(0, position));
    return file_.next(link_, failed) && link_.number(0) == number && link_.number(1) == version;
  }

  const key_column* keys_;
  waiting_rows<waiting_event> waiting_;
  sqlite_file file_;
  sqlite_names names_;
  sqlite_streams stream_keys_;
  sqlite_outcomes outcomes_;
  sqlite_snapshots snapshots_;
  stream_rows gathered_;  ///< of the reading that is under way, so that the next one need not make room
  sqlite_statement after_, ahead_, before_, one_, link_, insert_, find_, head_, streams_of_, make_, write_head_, erase_, cut_, last_row_;

  sqlite_heads heads_;
  std::vector<before_unit> touched_;   ///< by the open unit
  std::vector<std::uint32_t> closed_by_others_;
  std::size_t kept_keys_ = 0;  ///< known before the open unit
  std::uint32_t times_changed_ = 0;
  std::uint32_t unit_ = 0;
  std::int64_t last_ = 0;       ///< position of the last event, those of the open unit included
  std::int64_t seen_ = 0;       ///< position of the last event handed over or appended
  std::int64_t committed_ = 0;  ///< last_ when the unit began
  std::size_t largest_ = 0;
  std::int64_t known_version_ = -1;  ///< data_version of the file as this log knows it
  bool is_open_ = false;
  bool is_doomed_ = false;
  bool has_erased_ = false;  ///< the open unit
  bool loaded_closed_ = false;
};

}  // namespace gesta::detail
