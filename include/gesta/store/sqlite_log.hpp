// The opened log of a SQLite store without the types of a model: what was appended is read, erased and kept as states.
// Floor: store. `sqlite_store::log` gives it the model's tags and the codec.
// May include: message, store.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/message/id.hpp>
#include <gesta/message/key.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/snapshots.hpp>
#include <gesta/store/sqlite_appending.hpp>
#include <gesta/store/sqlite_backup.hpp>
#include <gesta/store/sqlite_incarnation.hpp>
#include <gesta/store/sqlite_stream_rows.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// The whole log. Readings hand over f(const recorded&), which uses nothing of the log.
class sqlite_log : public sqlite_appending {
 public:
  /// `keys` says by aggregate how the file holds its keys.
  sqlite_log(const sqlite_options& options, const model_ids& ids, const key_column* keys) : sqlite_appending(options, ids, keys) {}

  /// The file, for views that are kept in it within the log's own units.
  sqlite_file& file() noexcept { return file_; }
  /// A position is a place in the log only together with this: a file restored from a backup gives positions anew.
  message_id incarnation() const noexcept { return file_.incarnation(); }
  /// Whether a position that was seen in an incarnation is one of this log: what a restore cut off is not. False: last_failure() says
  /// why it cannot be told.
  bool knows(const message_id& incarnation, std::uint64_t position, bool& answer) {
    if (!flush()) return false;
    const int code = is_of_this_log(file_.connection(), incarnation, position, answer);
    return code == SQLITE_OK || file_.fail(code);
  }
  /// visit(incarnation, position up to which it shares all with the one before) for each, the first one first. False: last_failure() says why not.
  template <class Visit>
  bool each_incarnation(Visit&& visit) {
    const int code = each_incarnation_in(file_.connection(), visit);
    return code == SQLITE_OK || file_.fail(code);
  }
  /// Copies the file while it is in use, also by this log: gesta::backup. What an open unit has done is not in the copy.
  copy_result backup(const char* to) { return sqlite_copy(file_.path(), to, file_.patience()).backup(); }

  // ---- reading alone

  /// From here on nothing is appended, and only some keys stay in memory. Before anything is read.
  void only_reads() noexcept {
    heads_.know_some();
    stream_keys_.know_some();
  }
  /// Sees what others appended since the last time. A file that is no longer the one under its path is broken: what is appended there does not
  /// come here.
  bool look() { return file_.is_in_its_place() && skip(); }

  // ---- one entity at a time

  static constexpr bool reads_single_entities = true;

  /// Reads what there is of one entity after a version: use(const stored_snapshot&), where that is 0, takes a snapshot or not
  /// (without_snapshots: none); then f(const recorded&) for each event. `version` becomes that of the last event, `handle` the entity's
  /// stream. What was erased is passed over. Within a unit: only for an entity that the unit did not append to. False: last_failure()
  /// says why.
  template <class Use, class F>
  bool load(std::uint16_t aggregate, stream& handle, const key_bytes& key, std::uint64_t& version, Use&& use, F&& f) {
    const sqlite_reading view(last_row_);
    bool failed = false;
    loaded_closed_ = false;
    if (is_doomed_) return false;
    if (!is_open_ && (!file_.next(last_row_, failed) || !names_.refresh())) return false;
    const std::int64_t number = heads_.find(handle) != nullptr ? handle.number : find(aggregate, key);
    if (number < 0) return false;
    if (number == 0) return version == 0 || file_.damaged("a stream is missing");
    stream_row head;
    if (!stream_rows_.read(number, head)) return false;
    if (!head.is_sound(number)) return file_.damaged(not_its_head);
    const known_stream* const own = heads_.find(number);
    handle = {static_cast<std::uint32_t>(number), own == nullptr ? 0 : own->ticket};
    if (as_count(head.version) < version) return file_.damaged("events have vanished from a stream");
    loaded_closed_ = head.closed;
    slice part{.after = version, .to = as_count(head.version)};
    version = as_count(head.version);
    if constexpr (!std::is_same_v<std::remove_cvref_t<Use>, without_snapshots>)
      if (part.after == 0) return chains_.read_from_snapshot(head, part, slice::end, use, f);
    return chains_.read(head, part, f);
  }

  /// Whether the stream that was loaded last is closed: whatever its state was, it has none now.
  bool loaded_closed() const noexcept { return loaded_closed_; }

  /// Calls visit(key_bytes) for each stream of an aggregate, until it gives false. False: also where the file could not be read.
  template <class Visit>
  bool each_stream(std::uint16_t aggregate, Visit&& visit) {
    return stream_rows_.each_key(aggregate, names_.number_in_file(stored_kind::aggregate, aggregate), visit);
  }

  // ---- streams and the whole log

  /// A part of one stream, counted in versions; f may end the reading by false. What was erased is passed over. It takes a step for each
  /// event from the stream's end back to the first one wanted; the last ten cost ten.
  template <class F>
  bool read(std::uint16_t aggregate, const stream& handle, const key_bytes& key, const slice& part, F&& f) {
    const sqlite_reading view(last_row_);
    stream_row head;
    return look_up(aggregate, handle, key, head) && chains_.read(head, part, f);
  }

  /// As `read`, forwards and without a limit, but from the newest snapshot on that is sound, at most of version part.to and of position
  /// `upto`, and that use(const stored_snapshot&) takes. Events are handed over up to that version or beyond that position.
  template <class Use, class F>
  bool read_from_snapshot(std::uint16_t aggregate, const stream& handle, const key_bytes& key, slice part, std::uint64_t upto, Use&& use, F&& f) {
    const sqlite_reading view(last_row_);
    stream_row head;
    if (!look_up(aggregate, handle, key, head)) return false;
    return head.number == 0 || chains_.read_from_snapshot(head, part, upto, use, f);
  }

  /// A part of all events, counted in positions; f may end the reading by false. What was erased is passed over and not counted.
  template <class F>
  bool read_all(const slice& part, F&& f) {
    return flush() && records_.read(part, last_, f);
  }
  /// The same for events of some types only: what is not wanted is neither handed over nor counted.
  template <class F>
  bool read_all(const slice& part, const wanted_types& wanted, F&& f) {
    return flush() && records_.read(part, wanted, f);
  }

  /// What the file says of a stream, without reading its events. False: last_failure() says why it cannot be told.
  bool look_up(std::uint16_t aggregate, const stream& handle, const key_bytes& key, stream_head& out) {
    const sqlite_reading view(last_row_);
    stream_row head;
    if (!look_up(aggregate, handle, key, head)) return false;
    out = {as_count(head.version), as_count(head.last), as_count(head.first), head.closed};
    return true;
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
    stream_row head;
    if (is_doomed_ || !look_up(aggregate, handle, key, head)) return doom(), false;
    if (head.number == 0 || as_count(head.version) != version || head.first != 1 || head.closed || size > largest_) return true;
    std::byte* const room = snapshots_.room(size);
    write(room);
    return snapshots_.put(head.number, {version, as_count(head.last), fingerprint, room, size}) || (doom(), false);
  }

  // ---- erasing

  /// Within a unit: erases the payloads of a stream's events below a version, with zeros over them. Positions and versions stay. False:
  /// last_failure() says why, and the unit is lost. A step for each event from the stream's end on.
  bool truncate_before(const stream& handle, std::uint16_t aggregate, const key_bytes& key, std::uint64_t version) {
    return erase(handle, aggregate, key, as_number(version), false);
  }
  /// Within a unit: erases the payloads of all events of a stream. Nothing may be added to it any more: failure::kind::tombstoned.
  bool close(const stream& handle, std::uint16_t aggregate, const key_bytes& key) {
    return erase(handle, aggregate, key, as_number(slice::end), true);
  }

 private:
  /// The row of a stream, and of what the open unit did to it. last_row_ is left at its row, which holds one view of the file for what
  /// follows: else each statement would take and give back its locks.
  bool look_up(std::uint16_t aggregate, const stream& handle, const key_bytes& key, stream_row& out) {
    bool failed = false;
    if (!flush() || !file_.next(last_row_, failed)) return false;
    const std::int64_t number = heads_.find(handle) != nullptr ? handle.number : find(aggregate, key);
    if (number <= 0) return number == 0;
    if (!stream_rows_.read(number, out)) return false;
    if (const known_stream* const head = heads_.find(number); is_open_ && head != nullptr && heads_.is_changed(*head)) {
      out.version = head->version;
      out.last = head->position;
    }
    return out.is_sound(number) || file_.damaged(not_its_head);
  }

  bool erase(const stream& handle, std::uint16_t aggregate, const key_bytes& key, std::int64_t below, bool whole) {
    assert(is_open_);
    const sqlite_reading view(last_row_);
    stream_row head;
    if (is_doomed_) return false;
    if (seen_ != last_) return doom(failure(failure::kind::conflict, 0, "others wrote meanwhile: catch up before erasing")), false;
    if (!look_up(aggregate, handle, key, head) || !write_heads()) return doom(), false;
    if (head.number == 0) return true;
    const std::int64_t first = std::max(head.first, std::min(below, head.version + 1));
    if (first == head.first && (head.closed || !whole)) return true;
    known_stream& own = known_or_added(head);
    heads_.change(static_cast<std::uint32_t>(head.number), own);
    if (!erasing_.erase(head, first, whole || head.closed)) return doom(), false;
    own.closed = whole || head.closed;
    return true;
  }

  bool loaded_closed_ = false;
};

}  // namespace gesta::detail
