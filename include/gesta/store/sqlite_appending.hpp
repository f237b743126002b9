// The side of a SQLite log that writes: units of work, events that are appended, and what others appended meanwhile.
// Floor: store. `sqlite_log` reads single streams and erases in them beside it.
// May include: message, store.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>

#include <gesta/message/about.hpp>
#include <gesta/message/key.hpp>
#include <gesta/message/once.hpp>
#include <gesta/store/sqlite_chains.hpp>
#include <gesta/store/sqlite_erasing.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_key.hpp>
#include <gesta/store/sqlite_names.hpp>
#include <gesta/store/sqlite_outcomes.hpp>
#include <gesta/store/sqlite_records.hpp>
#include <gesta/store/sqlite_snapshots.hpp>
#include <gesta/store/sqlite_stream_rows.hpp>
#include <gesta/store/sqlite_streams.hpp>
#include <gesta/store/sqlite_unit.hpp>
#include <gesta/store/store.hpp>
#include <gesta/store/stream_heads.hpp>

namespace gesta::detail {

/// One log is one connection. What others commit is known after `catch_up` or `skip`; until then it appends nothing.
class sqlite_appending {
 public:
  using stream = numbered_stream;

  sqlite_appending(const sqlite_appending&) = delete;
  sqlite_appending& operator=(const sqlite_appending&) = delete;

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
      heads_.forget();
      ++times_changed_;
      known_version_ = file_.data_version();
    }
    is_open_ = true;
    is_doomed_ = false;
    committed_ = last_;
    kept_keys_ = stream_keys_.count();
    heads_.begin();
    return true;
  }

  /// Keeps the unit. False: nothing of it is kept, and last_failure() says why.
  bool commit() {
    assert(is_open_);
    if (!flush() || !write_heads() || !erasing_.end()) {
      rollback();
      return false;
    }
    if (!file_.commit()) {
      take_back();
      return false;
    }
    erasing_.keep();
    is_open_ = false;
    known_version_ = file_.data_version();
    names_.keep();
    heads_.keep();
    return true;
  }

  /// Takes everything of the unit back.
  void rollback() noexcept {
    file_.rollback();
    take_back();
  }

  // ---- what others appended

  /// Hands over what others appended since the last time, at first everything: f(const recorded&), which uses nothing of the log. Within
  /// a unit it costs nothing when there is nothing. Outside it keeps nobody from writing: the way to read a long log before the first unit.
  /// An erased event comes as a retired one (retired_tag), without payload, so that versions go on.
  template <class F>
  bool catch_up(F&& f) {
    if (is_open_ && seen_ == last_) return true;
    const sqlite_reading view(last_row_);  // one view of the file for all that follows
    if (!is_open_ && !look_again()) return false;
    return records_.each_after(seen_, [this](record_row row) { return note_head(row); }, f) &&
           (seen_ == last_ || file_.damaged_at(seen_ + 1, "it is missing"));
  }

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
  /// How often others were found to have written when a unit began. While it stays, what was loaded within units since is the state of now.
  std::uint32_t times_changed() const noexcept { return times_changed_; }

  // ---- events and outcomes

  /// Room for the bytes of the event that is appended next. nullptr: it is larger than SQLite keeps, and `append` says so.
  std::byte* room(std::size_t size) { return size > largest_ ? nullptr : waiting_.room(size); }
  /// Appends the event whose `size` bytes lie in the room as this version of the stream. One function for events of every type.
  append_result append(stream& handle, std::uint16_t aggregate, const key_bytes& key, std::uint64_t version, const origin& from, std::uint16_t tag,
                       std::size_t size) {
    assert(is_open_);
    if (is_doomed_) return append_result::failed;
    if (seen_ != last_) return append_result::conflict;
    if (heads_.find(handle) == nullptr) {
      std::int64_t number = find(aggregate, key);
      if (number == 0 && version != 1) return append_result::conflict;
      if (number == 0) number = make(aggregate, key);
      if (number < 0) return doom();
      handle = {static_cast<std::uint32_t>(number), heads_.find(number)->ticket};
    }
    known_stream& head = *heads_.find(handle);
    if (head.version + 1 != as_number(version)) return append_result::conflict;
    if (head.closed) return doom(tombstoned());
    if (size > largest_) return doom(failure(failure::kind::too_large, SQLITE_TOOBIG, "an event is larger than SQLite keeps: ", file_.path()));
    const std::int64_t type = names_.number(stored_kind::event, tag);
    if (type == 0) return doom();
    waiting_.put({last_ + 1, handle.number, head.version + 1, head.position, type, from, 0, 0}, size);
    heads_.change(handle.number, head);
    ++head.version;
    head.position = seen_ = ++last_;
    return !waiting_.are_many() || flush() ? append_result::ok : doom();
  }

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

 protected:
  static constexpr const char* not_its_head = "the head of a stream is not that of its events";

  /// `keys` says by aggregate how the file holds its keys.
  sqlite_appending(const sqlite_options& options, const model_ids& ids, const key_column* keys)
      : file_(options),
        names_(file_, ids),
        stream_keys_(file_, names_, keys),
        stream_rows_(file_, keys),
        outcomes_(file_, names_),
        snapshots_(file_),
        records_(file_, names_, stream_keys_),
        chains_(file_, stream_keys_, records_, snapshots_),
        erasing_(file_, stream_rows_, chains_, snapshots_) {
    if (file_.broken() == nullptr && !prepare()) file_.break_off(file_.last_failure());
  }
  ~sqlite_appending() {
    if (is_open_) rollback();
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
    for (changed_stream& was : heads_.changed()) {
      const known_stream& head = *heads_.find(was.number);
      if (head.version == was.written || head.closed) continue;
      bool moved = false;
      if (!stream_rows_.move_end(was.number, was.written, head.version, head.position, moved)) return false;
      if (!moved) return refuse_head(was.number);
      was.written = head.version;
    }
    return true;
  }
  append_result doom() noexcept {
    is_doomed_ = true;
    return append_result::failed;
  }
  append_result doom(const failure& cause) {
    file_.fail(cause);
    return doom();
  }

  /// The number of a key's stream in the file. 0: there is none; -1: an error.
  std::int64_t find(std::uint16_t aggregate, const key_bytes& key) {
    std::int64_t type = names_.number_in_file(stored_kind::aggregate, aggregate);
    if (type == 0 && !is_open_) {  // others may have entered it
      if (!names_.refresh()) return -1;
      type = names_.number_in_file(stored_kind::aggregate, aggregate);
    }
    if (type == 0) return 0;
    stream_row row;
    bool is_there = false;
    if (!stream_rows_.find(aggregate, type, key, row, is_there)) return -1;
    if (!is_there) return 0;
    known_stream* head = heads_.find(row.number);
    const bool are_all_seen = is_open_ && seen_ == last_ && heads_.are_all();
    if (row.number <= 0 || (are_all_seen && head == nullptr)) return file_.damaged("a stream without events"), -1;
    if (is_open_ && !heads_.are_all()) head = &known_or_added(row);
    if (is_open_ && head != nullptr && row.closed) head->closed = true;
    return row.number;
  }
  known_stream& known_or_added(const stream_row& row) {
    if (known_stream* const head = heads_.find(row.number)) return *head;
    known_stream& head = heads_.add(row.number);
    head.version = row.version;
    head.position = row.last;
    head.closed = row.closed;
    return head;
  }

  waiting_rows<waiting_event> waiting_;
  sqlite_file file_;
  sqlite_names names_;
  sqlite_streams stream_keys_;
  sqlite_stream_rows stream_rows_;
  sqlite_outcomes outcomes_;
  sqlite_snapshots snapshots_;
  sqlite_records records_;
  sqlite_chains chains_;
  sqlite_erasing erasing_;
  stream_heads heads_;
  sqlite_statement last_row_, insert_;

  std::int64_t last_ = 0;  ///< position of the last event, those of the open unit included
  std::int64_t seen_ = 0;  ///< position of the last event handed over or appended
  std::size_t largest_ = 0;
  bool is_open_ = false;
  bool is_doomed_ = false;

 private:
  bool prepare() {
    if (const int code = waiting_.show(file_.connection(), "gesta_waiting_events"); code != SQLITE_OK) return file_.fail(code);
    largest_ = static_cast<std::size_t>(sqlite3_limit(file_.connection(), SQLITE_LIMIT_LENGTH, -1)) - 1024;
    return names_.prepare() && stream_keys_.prepare() && stream_rows_.prepare() && outcomes_.prepare() && snapshots_.prepare() &&
           records_.prepare() && chains_.prepare() && erasing_.prepare() &&
           file_.prepare(insert_, "insert or fail into events select * from gesta_waiting_events") &&
           file_.prepare(last_row_, "select max(position) from events") && names_.refresh() && names_.fill_in_forms();
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

  /// Takes a record in as the new head of its stream.
  bool note_head(record_row row) {
    const std::int64_t at = row.position(), number = row.stream();
    if (number <= 0 || number > at) return file_.damaged_at(at, "its stream does not exist");
    // Where only some are known, streams are checked when they are read.
    if (heads_.are_all() && !heads_.take_in(number, row.version(), row.previous(), at))
      return file_.damaged_at(at, "its stream has another version before");
    seen_ = at;
    return true;
  }

  // Others closed the stream meanwhile; or the file is damaged, or was written to by a program that knows no heads.
  bool refuse_head(std::uint32_t number) {
    stream_row row;
    if (!stream_rows_.read(number, row)) return false;
    if (!row.closed) return file_.damaged(not_its_head);
    heads_.close_when_taken_back(number);
    return file_.fail(tombstoned());
  }
  failure tombstoned() const { return failure(failure::kind::tombstoned, 0, "the stream is closed, nothing may be added: ", file_.path()); }

  /// Makes the stream of a key that has none. -1: an error.
  std::int64_t make(std::uint16_t aggregate, const key_bytes& key) {
    const std::int64_t type = names_.number(stored_kind::aggregate, aggregate);
    const std::int64_t number = type == 0 ? -1 : stream_rows_.make(aggregate, type, key);
    if (number >= 0) heads_.add(number);
    return number;
  }

  void take_back() noexcept {
    if (!is_open_) return;
    erasing_.take_back();
    is_open_ = is_doomed_ = false;
    waiting_.clear();
    outcomes_.forget();
    names_.forget();
    heads_.take_back();
    stream_keys_.cut(kept_keys_);
    last_ = committed_;
    if (seen_ > last_) seen_ = last_;
  }

  std::size_t kept_keys_ = 0;        ///< known before the open unit
  std::uint32_t times_changed_ = 0;
  std::int64_t committed_ = 0;       ///< last_ when the unit began
  std::int64_t known_version_ = -1;  ///< data_version of the file as this log knows it
};

}  // namespace gesta::detail
