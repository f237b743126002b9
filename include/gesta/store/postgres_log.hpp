// The opened log of a PostgreSQL store without the types of a model: what was appended is read, erased and kept as states.
// Floor: store. `postgres_store::log` gives it the model's tags and the codec.
// May include: detail, message, store.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/key.hpp>
#include <gesta/store/postgres_appending.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/snapshots.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// The whole log. Readings hand over f(const recorded&), which uses nothing of the log.
class postgres_log : public postgres_appending {
 public:
  /// `keys` says by aggregate how the log holds its keys. `rings`: each commit rings the bell of gesta::postgres_bell.
  postgres_log(const postgres_options& options, const model_ids& ids, const postgres_key* keys, bool rings)
      : postgres_appending(options, ids, keys, rings) {}

  /// The connection, for views that are kept in the schema within the log's own units.
  postgres_connection& file() noexcept { return connection_; }
  /// A position is a place in the log only together with this.
  message_id incarnation() const noexcept { return connection_.incarnation(); }
  /// Whether a position that was seen in an incarnation is one of this log: what a restored dump has not got is not. False: last_failure() says
  /// why it cannot be told.
  bool knows(const message_id& incarnation, std::uint64_t position, bool& answer) {
    if (is_open_) flush();
    std::size_t at = 0;
    const std::int64_t where = postgres_number(position);
    if (!connection_.ask([&] { at = connection_.queue(knows_, postgres_arguments<2>().id(incarnation).number(where)); })) return false;
    const postgres_answer& found = connection_.answer(at);
    answer = found.rows() == 1 && (found[0].is_null(0) || found[0].number(0) >= where);
    return true;
  }
  /// visit(incarnation, position up to which it shares all with the one before) for each, the first one first. False: last_failure() says why not.
  template <class Visit>
  bool each_incarnation(Visit&& visit) {
    if (is_open_) flush();
    std::size_t at = 0;
    if (!connection_.ask([&] { at = connection_.queue(incarnations_); })) return false;
    const postgres_answer all = connection_.take(at);
    for (int i = 0; i < all.rows(); ++i) visit(all[i].id(0, {}), static_cast<std::uint64_t>(all[i].number(1)));
    return true;
  }

  /// How many events lie behind a position, up to another: positions may have gaps. False: last_failure() says why it cannot be told.
  bool count_events(std::uint64_t after, std::uint64_t to, std::uint64_t& count) {
    std::size_t at = 0;
    const auto question = [&] { at = connection_.queue(count_, postgres_arguments<2>().number(postgres_number(after)).number(postgres_number(to))); };
    if (!connection_.ask(question)) return false;
    count = static_cast<std::uint64_t>(connection_.answer(at)[0].number(0));
    return true;
  }

  // ---- reading alone

  /// From here on nothing is appended, and only some keys stay in memory. Before anything is read.
  void only_reads() noexcept { read_on_demand(); }
  /// Sees what others appended since the last time.
  bool look() { return skip(); }

  // ---- one entity at a time

  static constexpr bool reads_single_entities = true;

  /// Reads what there is of one entity after a version: use(const stored_snapshot&), where that is 0, takes a snapshot or not
  /// (without_snapshots: none); then f(const recorded&) for each event. `version` becomes that of the last event, `handle` the entity's
  /// stream. What was erased is passed over. Within a unit: only for an entity that the unit did not append to. False: last_failure()
  /// says why.
  template <class Use, class F>
  bool load(std::uint16_t aggregate, stream& handle, const key_bytes& key, std::uint64_t& version, Use&& use, F&& f) {
    loaded_closed_ = false;
    if (is_doomed_) return false;
    std::int64_t type = 0;
    if (!type_of(aggregate, type)) return false;
    postgres_stream_row head;
    if (type == 0) missed(aggregate, key);
    else if (!read_row(aggregate, type, key, head)) return false;
    if (head.number == 0) return version == 0 || connection_.damaged("a stream is missing");
    const known_stream* own = heads_.find(head.number);
    if (own == nullptr && is_open_ && !heads_.are_all()) own = &known_or_added(head);
    handle = {static_cast<std::uint32_t>(head.number), own == nullptr ? 0 : own->ticket};
    if (static_cast<std::uint64_t>(head.version) < version) return connection_.damaged("events have vanished from a stream");
    loaded_closed_ = head.closed;
    const slice part{.after = version, .to = static_cast<std::uint64_t>(head.version)};
    version = static_cast<std::uint64_t>(head.version);
    if constexpr (!std::is_same_v<std::remove_cvref_t<Use>, without_snapshots>)
      if (part.after == 0) return read_from_snapshot(head, part, slice::end, use, f);
    return records_.read_stream(head.number, part, head.first, head.version, f);
  }

  /// Whether the stream that was loaded last is closed: whatever its state was, it has none now.
  bool loaded_closed() const noexcept { return loaded_closed_; }

  /// Calls visit(key_bytes) for each stream of an aggregate, until it gives false. False: also where they could not be read.
  template <class Visit>
  bool each_stream(std::uint16_t aggregate, Visit&& visit) {
    std::int64_t type = 0, after = 0;
    if (!type_of(aggregate, type)) return false;
    while (type != 0) {
      std::size_t at = 0;
      const auto question = [&] { at = connection_.queue(keys_of_, postgres_arguments<2>().integer(static_cast<std::int32_t>(type)).number(after)); };
      if (!connection_.ask(question)) return false;
      const postgres_answer rows = connection_.take(at);
      if (rows.rows() == 0) return true;
      for (int row = 0; row < rows.rows(); ++row) {
        key_bytes key;
        if (!streams_.bytes(aggregate, rows[row].bytes(1), key) || !visit(key)) return false;
        after = rows[row].number(0);
      }
    }
    return true;
  }

  // ---- streams and the whole log

  /// A part of one stream, counted in versions; f may end the reading by false. What was erased is passed over.
  template <class F>
  bool read(std::uint16_t aggregate, const stream& handle, const key_bytes& key, const slice& part, F&& f) {
    postgres_stream_row head;
    if (!look_up(aggregate, handle, key, head)) return false;
    if (is_changed(head.number)) flush();
    return head.number == 0 || records_.read_stream(head.number, part, head.first, head.version, f);
  }

  /// As `read`, forwards and without a limit, but from the newest snapshot on that is sound, at most of version part.to and of position
  /// `upto`, and that use(const stored_snapshot&) takes. Events are handed over up to that version or beyond that position.
  template <class Use, class F>
  bool read_from_snapshot(std::uint16_t aggregate, const stream& handle, const key_bytes& key, slice part, std::uint64_t upto, Use&& use, F&& f) {
    postgres_stream_row head;
    if (!look_up(aggregate, handle, key, head)) return false;
    if (is_changed(head.number)) flush();
    return head.number == 0 || read_from_snapshot(head, part, upto, use, f);
  }

  /// A part of all events, counted in positions; f may end the reading by false. What was erased is passed over and not counted. By horizon it
  /// ends there; within a unit it is all that the unit sees.
  template <class F>
  bool read_all(const slice& part, F&& f) {
    if (is_doomed_) return false;
    if (is_open_) flush();
    return records_.read(bounded(part), f);
  }
  /// The same for events of some types only: what is not wanted is neither handed over nor counted.
  template <class F>
  bool read_all(const slice& part, const wanted_types& wanted, F&& f) {
    if (is_doomed_) return false;
    if (is_open_) flush();
    return records_.read(bounded(part), wanted, f);
  }

  /// What the log says of a stream, without reading its events. False: last_failure() says why it cannot be told.
  bool look_up(std::uint16_t aggregate, const stream& handle, const key_bytes& key, stream_head& out) {
    postgres_stream_row head;
    if (!look_up(aggregate, handle, key, head)) return false;
    const auto count = [](std::int64_t number) { return static_cast<std::uint64_t>(number); };
    out = {count(head.version), count(head.last), count(head.first), head.closed};
    return true;
  }

  // ---- snapshots

  static constexpr bool keeps_snapshots = true;

  /// Within a unit: keeps the state of a stream at its last version, `size` bytes that write(std::byte*) makes. Nothing is kept of a stream of
  /// which something was erased, since whoever erased it did not see this state, nor of a state larger than PostgreSQL keeps.
  template <class Write>
  bool keep_snapshot(std::uint16_t aggregate, const stream& handle, const key_bytes& key, std::uint64_t version, std::uint64_t fingerprint,
                     std::size_t size, Write&& write) {
    assert(is_open_);
    if (is_doomed_) return false;
    if (!write_rows()) return doom(), false;
    postgres_stream_row head;
    if (const known_stream* const own = heads_.find(handle); own != nullptr && heads_.is_changed(*own)) {
      head = {handle.number, own->version, own->position};
    } else if (!look_up(aggregate, handle, key, head)) {
      return doom(), false;
    } else {
      note_to_sweep(head.number);
    }
    if (head.number == 0 || head.version != postgres_number(version) || size > largest) return true;
    if (state_.size() < size) state_.resize(size);
    write(state_.data());
    const stored_snapshot taken{version, static_cast<std::uint64_t>(head.last), fingerprint, state_.data(), size};
    flush();
    write_heads();
    // Whether something of it was erased the row says, when it is written.
    connection_.queue(keep_, postgres_arguments<6>()
                                 .number(head.number)
                                 .number(head.version)
                                 .number(head.last)
                                 .number(static_cast<std::int64_t>(fingerprint))
                                 .number(static_cast<std::int64_t>(checksum(head.number, taken)))
                                 .add({reinterpret_cast<const char*>(state_.data()), size}));
    return true;
  }

  // ---- erasing

  /// Within a unit: erases the payloads of a stream's events below a version. Positions and versions stay. False: last_failure() says why, and
  /// the unit is lost. What PostgreSQL keeps of old rows goes with the next vacuum.
  bool truncate_before(const stream& handle, std::uint16_t aggregate, const key_bytes& key, std::uint64_t version) {
    return erase(handle, aggregate, key, postgres_number(version), false);
  }
  /// Within a unit: erases the payloads of all events of a stream. Nothing may be added to it any more: failure::kind::tombstoned.
  bool close(const stream& handle, std::uint16_t aggregate, const key_bytes& key) {
    return erase(handle, aggregate, key, postgres_number(slice::end), true);
  }

 private:
  slice bounded(slice part) const noexcept {
    if (connection_.is_by_horizon() && !is_open_) part.to = std::min(part.to, horizon());
    return part;
  }
  void missed(std::uint16_t aggregate, const key_bytes& key) {
    if (is_open_ && connection_.is_by_horizon()) note_read(aggregate, 0, key);
  }

  bool type_of(std::uint16_t aggregate, std::int64_t& type) {
    type = names_.number_in_log(stored_kind::aggregate, aggregate);
    if (type != 0 || is_open_) return true;
    if (!names_.refresh()) return false;  // others may have entered it
    type = names_.number_in_log(stored_kind::aggregate, aggregate);
    return true;
  }

  /// The row of a stream, and of what the open unit did to it. It sends nothing of the unit.
  bool look_up(std::uint16_t aggregate, const stream&, const key_bytes& key, postgres_stream_row& out) {
    out = {};
    if (is_doomed_) return false;
    std::int64_t type = 0;
    if (!type_of(aggregate, type)) return false;
    if (const std::int64_t own = is_open_ && type != 0 ? unsent(type, key) : 0; own != 0) {
      const known_stream& head = *heads_.find(own);
      out = {own, head.version, head.position, 1, false};
      return true;
    }
    if (type != 0 && !read_row(aggregate, type, key, out)) return false;
    if (type == 0) missed(aggregate, key);
    if (is_changed(out.number)) {
      const known_stream& head = *heads_.find(out.number);
      out.version = head.version;
      out.last = head.position;
    }
    return true;
  }

  bool erase(const stream& handle, std::uint16_t aggregate, const key_bytes& key, std::int64_t below, bool whole) {
    assert(is_open_);
    postgres_stream_row head;
    if (is_doomed_) return false;
    if (seen_ != last_)
      return doom(failure(failure::kind::conflict, 0, "others wrote meanwhile: catch up before erasing")), false;
    if (!look_up(aggregate, handle, key, head)) return doom(), false;
    flush();
    write_heads();
    if (head.number == 0) return true;
    const std::int64_t first = std::max(head.first, std::min(below, head.version + 1));
    if (first == head.first && (head.closed || !whole)) return true;
    known_stream& own = known_or_added(head);
    heads_.change(static_cast<std::uint32_t>(head.number), own);
    note_to_sweep(head.number);
    // As of all who write: its row before what belongs to it.
    connection_.queue(begin_, postgres_arguments<3>().number(first).boolean(whole || head.closed).number(head.number));
    connection_.queue(forget_, postgres_arguments<1>().number(head.number));
    if (first > head.first) connection_.queue(erase_, postgres_arguments<3>().number(head.number).number(head.first).number(first));
    if (!connection_.run()) return doom(), false;
    own.closed = whole || head.closed;
    return true;
  }

  template <class Use, class F>
  bool read_from_snapshot(const postgres_stream_row& head, slice part, std::uint64_t upto, Use&& use, F&& f) {
    std::int64_t most = std::min(postgres_number(part.to), head.version);
    for (;;) {
      std::size_t at = 0;
      const auto question = [&] {
        at = connection_.queue(before_, postgres_arguments<3>().number(head.number).number(most).number(postgres_number(upto)));
      };
      if (!connection_.ask(question)) return false;
      const postgres_answer found = connection_.take(at);
      if (found.rows() == 0) break;
      const auto count = [&](int column) { return static_cast<std::uint64_t>(found[0].number(column)); };
      const std::string_view state = found[0].bytes(4);
      const stored_snapshot one{count(0), count(1), count(2), state.data(), state.size()};
      if (count(3) == checksum(head.number, one) && use(one)) {
        part.after = one.version;
        break;
      }
      most = static_cast<std::int64_t>(one.version) - 1;
    }
    return records_.read_stream(head.number, part, head.first, head.version, f);
  }

  /// Of all that a row says: one that was moved to another stream or version does not pass either. Stored: changing it makes every snapshot
  /// that exists unsound, which costs only time.
  static std::uint64_t checksum(std::int64_t stream, const stored_snapshot& of) noexcept {
    return hash128{}
        .add(static_cast<std::uint64_t>(stream))
        .add(of.version)
        .add(of.position)
        .add(of.fingerprint)
        .add(static_cast<const char*>(of.state), of.size)
        .low;
  }

  bool loaded_closed_ = false;
  std::vector<std::byte> state_;

  postgres_statement incarnations_{"select incarnation, after from incarnations order by number"};
  postgres_statement knows_{"select (select min(after) from incarnations later where later.number > i.number) from incarnations i where incarnation = $1 and "
                            "(select coalesce(max(position), 0) from events) >= $2",
                            {postgres_type::id, int8}};
  postgres_statement count_{"select count(*) from events where position > $1 and position <= $2", {int8, int8}};
  postgres_statement keys_of_{"select stream, key from streams where aggregate = $1 and stream > $2 order by stream limit 4096", {int4, int8}};
  // A snapshot counts only where the event that it names lies where it says.
  postgres_statement before_{"select s.version, s.position, s.fingerprint, s.checksum, s.state from snapshots s join events e on e.position = s.position "
                             "where s.stream = $1 and s.version <= $2 and s.position <= $3 and e.stream = s.stream and e.version = s.version "
                             "order by s.version desc limit 1",
                             {int8, int8, int8}};
  postgres_statement keep_{"insert into snapshots select $1, $2, $3, $4, $5, $6 from streams where stream = $1 and version = $2 and first = 1 and not closed "
                           "on conflict (stream, version) do update set position = excluded.position, fingerprint = excluded.fingerprint, "
                           "checksum = excluded.checksum, state = excluded.state",
                           {int8, int8, int8, int8, int8, postgres_type::bytes}};
  postgres_statement forget_{"delete from snapshots where stream = $1", {int8}};
  postgres_statement erase_{"update events set payload = null where stream = $1 and version >= $2 and version < $3", {int8, int8, int8}};
  postgres_statement begin_{"update streams set first = $1, closed = $2 where stream = $3", {int8, postgres_type::boolean, int8}};
};

}  // namespace gesta::detail
