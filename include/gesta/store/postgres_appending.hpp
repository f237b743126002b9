// The side of a PostgreSQL log that writes: units of work, events that are appended, and what others appended meanwhile.
// Floor: store. `postgres_log` reads single streams and erases in them beside it.
// May include: message, store.
//
// A unit costs two round trips: one that begins the transaction, takes the lock and sees whether others wrote; one that writes all and commits.
// By horizon no lock is taken, so what others changed meanwhile of what the unit has read is seen in the second one: a conflict.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gesta/message/about.hpp>
#include <gesta/message/key.hpp>
#include <gesta/message/once.hpp>
#include <gesta/store/postgres_connection.hpp>
#include <gesta/store/postgres_names.hpp>
#include <gesta/store/postgres_outcomes.hpp>
#include <gesta/store/postgres_records.hpp>
#include <gesta/store/postgres_streams.hpp>
#include <gesta/store/postgres_values.hpp>
#include <gesta/store/store.hpp>
#include <gesta/store/stream_heads.hpp>

namespace gesta::detail {

/// A row of the table `streams`.
struct postgres_stream_row {
  std::int64_t number = 0;   ///< 0: there is no such stream
  std::int64_t version = 0;  ///< of its last event
  std::int64_t last = 0;     ///< position of that
  std::int64_t first = 1;    ///< the first version that was not erased
  bool closed = false;

  /// Whether it can be the row of a stream that has events.
  bool is_sound() const noexcept { return number >= 1 && version >= 1 && last >= version && first >= 1 && first <= version + 1; }
};

/// One log is one connection. What others commit is known after `catch_up` or `skip`; until then it appends nothing.
class postgres_appending {
 public:
  using stream = numbered_stream;

  postgres_appending(const postgres_appending&) = delete;
  postgres_appending& operator=(const postgres_appending&) = delete;

  const failure* broken() const noexcept { return connection_.broken(); }
  const failure& last_failure() const noexcept { return connection_.last_failure(); }
  std::uint64_t last_position() const noexcept { return static_cast<std::uint64_t>(last_); }
  /// The same where an event lies: a unit by horizon that has none yet has its place already.
  std::uint64_t last_event() const noexcept { return static_cast<std::uint64_t>(is_open_ && last_ == committed_ ? outside_ : last_); }
  /// By horizon: up to here no unit is under way any more, as of the last look.
  std::uint64_t horizon() const noexcept { return static_cast<std::uint64_t>(horizon_); }

  // ---- units of work

  /// Opens a unit of work: from here to its end nobody else writes, but by horizon. A connection that was lost is made anew. False:
  /// last_failure() says why.
  bool begin() {
    assert(!is_open_);
    postgres_connection::found now;
    if (connection_.is_by_horizon() && !has_entered_ && !enter_types()) return false;
    if (!connection_.begin(now)) return false;
    outside_ = last_;
    if (connection_.changes() != known_changes_) {
      if (!take_over(now.last, now.type)) {
        connection_.rollback();
        if (connection_.is_by_horizon()) last_ = outside_;
        return false;
      }
      heads_.forget();
      ++times_changed_;
      known_changes_ = connection_.changes();
    }
    is_open_ = true;
    is_doomed_ = false;
    committed_ = last_;
    if (!connection_.is_by_horizon()) last_stream_ = now.stream;
    kept_keys_ = streams_.count();
    heads_.begin();
    return true;
  }

  /// Keeps the unit. False: nothing of it is kept, and last_failure() says why; where that is failure::kind::input_output nobody knows.
  bool commit() {
    assert(is_open_);
    if (is_doomed_) return rollback(), false;
    if (!write_rows()) return rollback(), false;
    flush();
    write_heads();
    if (rings_) connection_.queue(ring_, postgres_arguments<1>().add(connection_.schema()));
    if (!connection_.commit()) {
      const bool refused = connection_.was("22012");
      const failure cause = connection_.last_failure();
      if (refused && cause.why != failure::kind::input_output) find_refused();
      take_back();
      return false;
    }
    is_open_ = false;
    names_.keep();
    heads_.keep();
    if (connection_.is_by_horizon()) {
      sweep();
      end_beside(last_ == committed_ ? outside_ : last_);
    }
    return true;
  }

  /// Takes everything of the unit back.
  void rollback() noexcept {
    connection_.rollback();
    take_back();
    if (rings_ && connection_.is_by_horizon()) ring_for_others();
  }

  // ---- what others appended

  /// Hands over what others appended since the last time, at first everything: f(const recorded&), which uses nothing of the log. Within
  /// a unit it costs nothing when there is nothing. Outside it keeps nobody from writing: the way to read a long log before the first unit.
  /// An erased event comes as a retired one (retired_tag), without payload, so that versions go on.
  template <class F>
  bool catch_up(F&& f) {
    if (is_open_ && seen_ == last_) return true;
    if (!is_open_ && !look_again()) return false;
    if (is_open_ && connection_.is_by_horizon()) return seen_ = last_, true;
    const auto note = [this](std::int64_t position, std::int64_t number, std::int64_t version) { return note_head(position, number, version); };
    return records_.each_after(seen_, last_, note, f) && (seen_ == last_ || connection_.damaged_at(seen_ + 1, "it is missing"));
  }

  /// From here on streams are looked up when they are needed, and others' events need not be taken in: `skip` or `catch_up` before a unit
  /// appends. Before anything is read.
  void read_on_demand() noexcept {
    heads_.know_some();
    streams_.know_some();
  }
  /// Passes over what others appended since the last time. Within a unit it costs nothing.
  bool skip() {
    if (!is_open_ && !look_again()) return false;
    seen_ = last_;
    return true;
  }
  /// How often others were found to have written when a unit began. While it stays, what was loaded within units since is the state of now.
  std::uint32_t times_changed() const noexcept { return times_changed_; }

  // ---- events and outcomes

  /// Appends one event of `size` bytes, which write(std::byte*) makes, as this version of the stream.
  template <class Write>
  append_result append(stream& handle, std::uint16_t aggregate, const key_bytes& key, std::uint64_t version, const origin& from, std::uint16_t tag,
                       std::size_t size, Write&& write) {
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
    known_stream* const head = heads_.find(handle);
    if (head->version + 1 != postgres_number(version)) return append_result::conflict;
    if (head->closed) return doom(tombstoned());
    if (connection_.is_by_horizon() && last_ - committed_ == most_in_claim)
      return doom(failure(failure::kind::too_large, 0, "a unit has more events than one that runs beside others can: ", connection_.where()));
    if (size > largest) return doom(failure(failure::kind::too_large, 0, "an event is larger than PostgreSQL keeps: ", connection_.where()));
    const std::int64_t type = names_.number(stored_kind::event, tag);
    if (type == 0) return doom();
    write(payloads_.element(size));
    numbers_.number(handle.number);
    versions_.number(head->version + 1);
    types_.integer(static_cast<std::int32_t>(type));
    times_.number(from.time.nanoseconds);
    from.correlation == message_id{} ? correlations_.null() : correlations_.id(from.correlation);
    from.causation == from.correlation ? causations_.null() : causations_.id(from.causation);
    heads_.change(handle.number, *head);
    ++head->version;
    head->position = seen_ = ++last_;
    if (numbers_.size() >= most_waiting || payloads_.byte_count() >= most_waiting_bytes) {
      hurry();
      flush_events();
      has_sent_ = true;
    }
    return append_result::ok;
  }

  /// The outcome's payload is valid until the next call.
  recall_result recall(const once& request, remembered& outcome) {
    if (!is_open_) outcomes_.forget();  // others may have written
    else hurry();
    const recall_result result = outcomes_.recall(request, outcome);
    if (result == recall_result::failed) is_doomed_ = is_open_;
    return result;
  }
  /// Within a unit: keeps an outcome with it.
  bool remember(const once& request, const remembered& outcome) {
    assert(is_open_);
    hurry();
    if (!is_doomed_ && outcomes_.remember(request, outcome)) return true;
    is_doomed_ = true;
    return false;
  }

 protected:
  static constexpr const char* not_its_head = "the head of a stream is not that of its events";
  static constexpr std::size_t largest = (std::size_t{1} << 30) - 1024;
  static constexpr std::int64_t most_in_claim = (std::int64_t{1} << postgres_unit_bits) - 1;
  static constexpr std::int64_t most_streams = 0xffff'ffff;
  static constexpr std::size_t most_waiting = 2048, most_waiting_bytes = std::size_t{1} << 19;

  postgres_appending(const postgres_options& options, const model_ids& ids, const postgres_key* keys, bool rings)
      : connection_(options),
        names_(connection_, ids),
        streams_(connection_, names_, keys),
        outcomes_(connection_, names_),
        records_(connection_, names_, streams_),
        rings_(rings) {
    if (connection_.broken() == nullptr && !names_.refresh()) connection_.break_off(connection_.last_failure());
  }
  ~postgres_appending() {
    if (is_open_) rollback();
  }

  /// By horizon, when the unit changes nothing any more: the rows before the events, all in one order; else one has the row, the other one the event, and
  /// both wait. False: an error.
  bool write_rows() {
    if (!connection_.is_by_horizon() || has_rows_) return true;
    hurry();
    if (!hold_what_was_read()) return false;
    write_heads();
    return has_rows_ = true;
  }
  /// Whether others may wait for the open unit already: it has sent something.
  bool has_sent() const noexcept { return has_sent_ || outcomes_.has_sent(); }
  /// By horizon, before more is sent.
  void hurry() {
    if (connection_.is_by_horizon() && !has_rows_ && has_sent()) connection_.hurry();
  }
  /// Queues all that waits but the ends of streams that were there before: what is read then includes it. What fails is seen with the next answer.
  void flush() {
    hurry();
    const bool sends = numbers_.size() != 0 || !made_.empty();
    flush_events();
    flush_streams();
    outcomes_.flush();
    has_sent_ = has_sent_ || sends;
  }
  void flush_events() {
    if (numbers_.size() == 0) return;
    if (connection_.is_by_horizon() && !has_rows_) hold_changed();  // as of all who write: the row before the event
    const std::int64_t before = last_ - static_cast<std::int64_t>(numbers_.size());
    const bool is_one = numbers_.size() == 1;
    const auto value = [is_one](postgres_array& all) { return is_one ? all.first() : all.whole(); };
    connection_.queue(is_one ? insert_ : insert_many_, postgres_arguments<8>()
                                                           .number(is_one ? before + 1 : before)
                                                           .add(value(numbers_))
                                                           .add(value(versions_))
                                                           .add(value(types_))
                                                           .add(value(times_))
                                                           .add(value(correlations_))
                                                           .add(value(causations_))
                                                           .add(value(payloads_)));
    clear_events();
  }
  /// Queues the rows of the streams that the unit made, with the ends that they have by now.
  void flush_streams() {
    if (made_.empty() && new_rows_.empty()) return;
    for (const std::int64_t number : made_) {
      known_stream& head = *heads_.find(number);
      const std::uint32_t at = streams_.find(number);
      const std::uint16_t tag = names_.tag(stored_kind::aggregate, streams_.aggregate(at));
      new_rows_.push_back({streams_.aggregate(at), std::string(streams_.text(tag, streams_.key(at))), number, head.version, head.position});
    }
    if (connection_.is_by_horizon()) std::sort(new_rows_.begin(), new_rows_.end());
    for (const new_row& row : new_rows_) {
      new_numbers_.number(row.number);
      new_aggregates_.integer(static_cast<std::int32_t>(row.type));
      new_keys_.text(row.key);
      new_versions_.number(row.version);
      new_lasts_.number(row.last);
    }
    const bool is_one = new_rows_.size() == 1;
    const auto value = [is_one](postgres_array& all) { return is_one ? all.first() : all.whole(); };
    connection_.queue(is_one ? make_ : make_many_, postgres_arguments<5>()
                                                       .add(value(new_numbers_))
                                                       .add(value(new_aggregates_))
                                                       .add(value(new_keys_))
                                                       .add(value(new_versions_))
                                                       .add(value(new_lasts_)));
    for (changed_stream& was : heads_.changed())
      if (was.version == 0 && was.written == 0) was.written = heads_.find(was.number)->version;
    clear_streams();
  }
  /// Queues the ends of the streams that the unit appended to: once for each, however many events it got. That others closed one of them is an
  /// error with the next answer.
  void write_heads() {
    flush_streams();
    std::size_t count = 0;
    for (changed_stream& was : heads_.changed()) {
      const known_stream& head = *heads_.find(was.number);
      if (head.version == was.written || head.closed) continue;
      ++count;
      end_numbers_.number(was.number);
      end_before_.number(was.written);
      end_versions_.number(head.version);
      end_lasts_.number(head.position);
      was.written = head.version;
    }
    if (count == 0) return;
    const bool is_one = count == 1;
    const auto value = [is_one](postgres_array& all) { return is_one ? all.first() : all.whole(); };
    postgres_arguments<5> arguments;
    arguments.add(value(end_numbers_)).add(value(end_before_)).add(value(end_versions_)).add(value(end_lasts_));
    if (!is_one) arguments.number(static_cast<std::int64_t>(count));
    connection_.queue(is_one ? end_ : end_many_, arguments);
    clear_ends();
  }

  append_result doom() noexcept {
    is_doomed_ = true;
    return append_result::failed;
  }
  append_result doom(const failure& cause) {
    connection_.fail(cause);
    return doom();
  }
  failure tombstoned() const {
    return failure(failure::kind::tombstoned, 0, "the stream is closed, nothing may be added: ", connection_.where());
  }

  /// The number of a key's stream. 0: there is none; -1: an error. Where all streams are known no question is asked.
  std::int64_t find(std::uint16_t aggregate, const key_bytes& key) {
    std::int64_t type = names_.number_in_log(stored_kind::aggregate, aggregate);
    if (type == 0 && !is_open_) {  // others may have entered it
      if (!names_.refresh()) return -1;
      type = names_.number_in_log(stored_kind::aggregate, aggregate);
    }
    if (type == 0) return 0;
    const bool are_all_seen = is_open_ && seen_ == last_ && heads_.are_all();
    if (const std::uint32_t at = streams_.find(type, key); at != postgres_streams::absent && (are_all_seen || heads_.find(streams_.number(at)) != nullptr)) {
      if (heads_.find(streams_.number(at)) == nullptr) return connection_.damaged("a stream without events"), -1;
      return streams_.number(at);
    }
    if (are_all_seen) return 0;
    postgres_stream_row row;
    if (!read_row(aggregate, type, key, row)) return -1;
    if (row.number == 0) return 0;
    if (is_open_ && !heads_.are_all()) {
      known_stream& head = known_or_added(row);
      head.closed = head.closed || row.closed;
    }
    return row.number;
  }
  known_stream& known_or_added(const postgres_stream_row& row) {
    if (known_stream* const head = heads_.find(row.number)) return *head;
    known_stream& head = heads_.add(row.number);
    head.version = row.version;
    head.position = row.last;
    head.closed = row.closed;
    return head;
  }
  /// The row of a key's stream; number 0 where there is none.
  bool read_row(std::uint16_t aggregate, std::int64_t type, const key_bytes& key, postgres_stream_row& out) {
    std::size_t at = 0;
    const std::string text(streams_.text(aggregate, key));
    const auto question = [&] { at = connection_.queue(by_key_, postgres_arguments<2>().integer(static_cast<std::int32_t>(type)).add(text)); };
    if (!connection_.ask(question) || !read_row(connection_.answer(at), type, text, out)) return false;
    if (is_open_ && connection_.is_by_horizon()) note_read(aggregate, out.number, key);
    return true;
  }
  bool read_row(const postgres_answer& answer, std::int64_t type, std::string_view text, postgres_stream_row& out) {
    out = {};
    if (answer.rows() == 0) return true;
    const postgres_row row = answer[0];
    out = {row.number(0), row.number(1), row.number(2), row.number(3), row.boolean(4)};
    if (!out.is_sound()) return connection_.damaged(not_its_head);
    return streams_.find(out.number) != postgres_streams::absent || streams_.learn(out.number, type, text);
  }

  /// By horizon, within a unit: a stream was read, or was not there.
  void note_read(std::uint16_t aggregate, std::int64_t number, const key_bytes& key) {
    if (number != 0) read_.push_back(number);
    else absent_.push_back({aggregate, std::string(key.data, key.size)});
  }

  /// The number of a stream that the open unit has made and not yet sent; 0: there is none of this key.
  std::int64_t unsent(std::int64_t type, const key_bytes& key) const {
    const std::uint32_t at = made_.empty() ? postgres_streams::absent : streams_.find(type, key);
    return at != postgres_streams::absent && std::binary_search(made_.begin(), made_.end(), streams_.number(at)) ? streams_.number(at) : 0;
  }
  /// Whether the open unit has changed a stream.
  bool is_changed(std::int64_t number) noexcept {
    const known_stream* const head = is_open_ ? heads_.find(number) : nullptr;
    return head != nullptr && heads_.is_changed(*head);
  }

  /// By horizon, within a unit: snapshots of this stream may have to go when the unit is kept.
  void note_to_sweep(std::int64_t number) {
    if (connection_.is_by_horizon()) to_sweep_.push_back(number);
  }

  postgres_connection connection_;
  postgres_names names_;
  postgres_streams streams_;
  postgres_outcomes outcomes_;
  postgres_records records_;
  stream_heads heads_;

  std::int64_t last_ = 0;  ///< position of the last event, those of the open unit included
  std::int64_t seen_ = 0;  ///< position of the last event handed over or appended
  bool is_open_ = false;
  bool is_doomed_ = false;
  std::int64_t committed_ = 0;  ///< last_ when the unit began; by horizon the position before its first

  static constexpr Oid int8 = postgres_type::number, int4 = postgres_type::integer;
  postgres_statement by_key_{"select stream, version, last, first, closed from streams where aggregate = $1 and key = $2", {int4, postgres_type::text}};

 private:
  // ---- beside other units

  struct absent_stream {
    std::uint16_t aggregate;
    std::string key;
    auto operator<=>(const absent_stream&) const = default;
  };
  /// A row of the table `streams` that is to be made.
  struct new_row {
    std::int64_t type;
    std::string key;
    std::int64_t number, version, last;
    auto operator<=>(const new_row&) const = default;
  };

  /// Nobody changes what the unit has read before it is kept, or the unit is in conflict with who did: rows of streams that it read are held as they
  /// were, and a stream that it missed is made and taken out again. All in the order of their numbers, and what is made in that of its keys, so that
  /// two units do not wait for each other.
  bool hold_what_was_read() {
    if (heads_.changed().empty() && !outcomes_.has_some()) return true;
    if (!has_sent()) connection_.let_first();  // else whoever goes first may wait for this unit
    gather_changed();
    std::sort(changed_.begin(), changed_.end());
    read_.insert(read_.end(), changed_.begin(), changed_.end());
    std::sort(read_.begin(), read_.end());
    read_.erase(std::unique(read_.begin(), read_.end()), read_.end());
    if (read_.size() > 1 || changed_.empty()) {  // one that is changed alone is held by its change
      bool moves = false;
      for (const std::int64_t number : read_) {
        const bool is_changed = std::binary_search(changed_.begin(), changed_.end(), number);
        if (is_changed != moves) hold_run(moves);
        moves = is_changed;
        held_.number(number);
      }
      hold_run(moves);
    }
    return hold_absent();
  }
  /// The streams that were there and that the unit has changed.
  void gather_changed() {
    changed_.clear();
    for (const changed_stream& was : heads_.changed())
      if (was.version != 0) changed_.push_back(was.number);
  }
  void hold_changed() {
    gather_changed();
    for (const std::int64_t number : changed_) held_.number(number);
    hold_run(true);
  }
  void hold_run(bool moves) {
    if (held_.size() != 0) connection_.queue(moves ? hold_to_move_ : hold_, postgres_arguments<1>().add(held_.whole()));
    held_.clear();
  }
  /// The types of the model, before the first unit: who entered one within a unit would keep all others waiting for its end.
  bool enter_types() {
    if (!connection_.begin_alone()) return false;
    if (names_.refresh() && names_.enter_all() && connection_.commit()) return names_.keep(), has_entered_ = true;
    connection_.rollback();
    names_.forget();
    return false;
  }
  /// Makes what the unit missed together with what it makes itself, and takes it out again.
  bool hold_absent() {
    std::sort(absent_.begin(), absent_.end());
    absent_.erase(std::unique(absent_.begin(), absent_.end()), absent_.end());
    postgres_array gone(int8);
    std::size_t used = 0;
    for (const absent_stream& one : absent_) {
      const key_bytes key{one.key.data(), static_cast<std::uint32_t>(one.key.size())};
      const std::int64_t type = names_.number(stored_kind::aggregate, one.aggregate);
      if (type == 0) return false;
      if (const std::uint32_t at = streams_.find(type, key); at != postgres_streams::absent && heads_.find(streams_.number(at)) != nullptr) continue;
      forget_numbers();
      if (used == spare_.size()) {
        const std::int64_t made = new_stream_number();
        if (made < 0) return false;
        spare_.push_back(made);
      }
      const std::int64_t number = spare_[used++];
      new_rows_.push_back({type, std::string(streams_.text(one.aggregate, key)), number, 0, 0});
      gone.number(number);
    }
    flush_streams();
    if (gone.size() != 0) connection_.queue(unmake_, postgres_arguments<1>().add(gone.whole()));
    return true;
  }
  // Of a server that has crashed others may have been given them.
  void forget_numbers() {
    if (!connection_.is_by_horizon() || connection_.number() == connection_of_numbers_) return;
    connection_of_numbers_ = connection_.number();
    spare_.clear();
    last_stream_ = 0;
  }
  std::int64_t new_stream_number() {
    forget_numbers();
    if (last_stream_ >= most_streams)
      return connection_.fail(failure(failure::kind::full, 0, "the log has no number left for a stream: ", connection_.where())), -1;
    if (connection_.is_by_horizon() && last_stream_ % 64 == 0) {
      std::size_t at = 0;
      if (!connection_.ask([&] { at = connection_.queue(more_streams_); })) return -1;
      last_stream_ = connection_.answer(at)[0].number(0) - 64;
      if (last_stream_ >= most_streams) return new_stream_number();
    }
    return ++last_stream_;
  }
  void end_beside(std::int64_t last) noexcept {
    last_ = seen_ = last;
    read_.clear();
    absent_.clear();
    to_sweep_.clear();
    has_rows_ = has_sent_ = false;
  }
  /// Who keeps a snapshot beside who erases does not see him, nor he the snapshot: whoever of them is kept last takes it away. What goes wrong here is
  /// nobody's failure: the unit is kept.
  void sweep() {
    if (to_sweep_.empty()) return;
    postgres_array streams(int8);
    for (const std::int64_t number : to_sweep_) streams.number(number);
    (void)connection_.ask([&] { connection_.queue(sweep_, postgres_arguments<1>().add(streams.whole())); });
  }

  // Others may have written, or begun to.
  bool take_over(std::int64_t last, std::int64_t type) {
    if (last < last_) return connection_.break_off(failure(failure::kind::corrupt, 0, "events have vanished from ", connection_.where()));
    last_ = last;
    outcomes_.forget();
    return type == names_.count() || names_.refresh();
  }
  bool look_again() {
    std::size_t at = 0;
    if (connection_.is_by_horizon()) return look_to_horizon();
    if (!connection_.ask([&] { at = connection_.queue(look_); })) return false;
    const postgres_row row = connection_.answer(at)[0];
    return take_over(row.number(0), row.integer(1));
  }
  bool look_to_horizon() {
    std::size_t at = 0;
    if (!connection_.ask([&] { at = connection_.queue(horizon_at_, postgres_arguments<1>().integer(postgres_units(connection_.schema()))); })) return false;
    const postgres_row row = connection_.answer(at)[0];
    // A unit that was slow between its two steps may seem to begin earlier than what was seen already: its claim is a later one.
    horizon_ = std::max(horizon_, row.number(0));
    return take_over(std::max(last_, horizon_), row.integer(1));
  }

  /// Takes a record in as the new head of its stream.
  bool note_head(std::int64_t at, std::int64_t of, std::int64_t version) {
    if (of <= 0 || of > at) return connection_.damaged_at(at, "its stream does not exist");
    // Where only some are known, streams are checked when they are read.
    if (heads_.are_all()) {
      known_stream* const head = heads_.find(of);
      if (!heads_.take_in(of, version, head == nullptr ? 0 : head->position, at))
        return connection_.damaged_at(at, "its stream has another version before");
    }
    seen_ = at;
    return true;
  }

  // Others closed a stream that the unit appended to; or the tables are not those of a log.
  void find_refused() {
    postgres_array changed(int8);
    for (const changed_stream& was : heads_.changed()) changed.number(was.number);
    std::size_t at = 0;
    if (!connection_.ask([&] { at = connection_.queue(closed_, postgres_arguments<1>().add(changed.whole())); })) return;
    const postgres_answer& closed = connection_.answer(at);
    for (int i = 0; i < closed.rows(); ++i) heads_.close_when_taken_back(static_cast<std::uint32_t>(closed[i].number(0)));
    if (closed.rows() != 0) connection_.fail(tombstoned());
    else if (connection_.is_by_horizon()) connection_.fail(failure(failure::kind::conflict, 0, "others changed a stream meanwhile: ", connection_.where()));
    else connection_.damaged(not_its_head);
  }

  // Others' events may have come into view.
  void ring_for_others() noexcept {
    const failure cause = connection_.last_failure();
    if (connection_.is_lost() || connection_.broken() != nullptr) return;
    connection_.queue(ring_, postgres_arguments<1>().add(connection_.schema()));
    (void)connection_.run();
    connection_.fail(cause);
  }

  /// Makes the stream of a key that has none. -1: an error.
  std::int64_t make(std::uint16_t aggregate, const key_bytes& key) {
    const std::int64_t type = names_.number(stored_kind::aggregate, aggregate);
    if (type == 0) return -1;
    const std::int64_t made = new_stream_number();
    if (made < 0) return -1;
    streams_.add(made, type, {key.data, key.size});
    heads_.add(made);
    made_.push_back(made);
    return made;
  }

  void take_back() noexcept {
    if (!is_open_) return;
    is_open_ = is_doomed_ = false;
    clear_events();
    clear_streams();
    clear_ends();
    outcomes_.forget();
    names_.forget();
    heads_.take_back();
    streams_.cut(kept_keys_);
    last_ = committed_;
    if (seen_ > last_) seen_ = last_;
    if (connection_.is_by_horizon()) end_beside(outside_);
  }

  void clear_events() {
    for (postgres_array* const one : {&numbers_, &versions_, &types_, &times_, &correlations_, &causations_, &payloads_}) one->clear();
  }
  void clear_streams() {
    made_.clear();
    new_rows_.clear();
    for (postgres_array* const one : {&new_numbers_, &new_aggregates_, &new_keys_, &new_versions_, &new_lasts_}) one->clear();
  }
  void clear_ends() {
    for (postgres_array* const one : {&end_numbers_, &end_before_, &end_versions_, &end_lasts_}) one->clear();
  }

  bool rings_;
  bool has_entered_ = false;          ///< by horizon: the types of the model
  std::size_t kept_keys_ = 0;         ///< known before the open unit
  std::uint32_t times_changed_ = 0;
  std::int64_t outside_ = 0;          ///< last_ before the unit
  std::int64_t horizon_ = 0;          ///< up to here no unit is under way any more
  std::vector<std::int64_t> read_, changed_;  ///< by the open unit, by horizon: streams that were there
  std::vector<std::int64_t> to_sweep_;        ///< likewise: of which it erased something, or kept a snapshot without appending
  std::vector<absent_stream> absent_;         ///< likewise: streams that were not
  std::vector<new_row> new_rows_;
  std::vector<std::int64_t> spare_;           ///< numbers of streams that are made and taken out again, the same ones in each unit
  std::uint32_t connection_of_numbers_ = 0;   ///< by horizon: that has given them
  bool has_sent_ = false;                     ///< the unit has sent events before
  bool has_rows_ = false;                     ///< the unit has written its rows of streams, and is about to be kept
  postgres_array held_{int8};
  std::uint64_t known_changes_ = 0;   ///< of the connection, as this log knows it
  std::int64_t last_stream_ = 0;      ///< number of the last stream, those of the open unit included
  std::vector<std::int64_t> made_;    ///< by the open unit, and not yet queued

  postgres_array numbers_{int8}, versions_{int8}, types_{int4}, times_{int8}, correlations_{postgres_type::id}, causations_{postgres_type::id},
      payloads_{postgres_type::bytes};
  postgres_array new_numbers_{int8}, new_aggregates_{int4}, new_keys_{postgres_type::text}, new_versions_{int8}, new_lasts_{int8};
  postgres_array end_numbers_{int8}, end_before_{int8}, end_versions_{int8}, end_lasts_{int8};

  static constexpr Oid int8s = postgres_type::number_array, int4s = postgres_type::integer_array, uuids = postgres_type::id_array;
  postgres_statement insert_{"insert into events values($1, $2, $3, $4, $5, $6, $7, $8)",
                             {int8, int8, int8, int4, int8, postgres_type::id, postgres_type::id, postgres_type::bytes}};
  postgres_statement insert_many_{"insert into events select $1 + n, s, v, t, at, c, u, p from unnest($2, $3, $4, $5, $6, $7, $8) with ordinality as "
                                  "rows(s, v, t, at, c, u, p, n)",
                                  {int8, int8s, int8s, int4s, int8s, uuids, uuids, postgres_type::bytes_array}};
  postgres_statement make_{"insert into streams(stream, aggregate, key, version, last) values($1, $2, $3, $4, $5)",
                           {int8, int4, postgres_type::text, int8, int8}};
  postgres_statement make_many_{"insert into streams(stream, aggregate, key, version, last) select * from unnest($1, $2, $3, $4, $5)",
                                {int8s, int4s, postgres_type::text_array, int8s, int8s}};
  // Nobody but who holds the lock moves an end, so a row that does not fit was closed; one that is missing divides by zero, which takes all back.
  postgres_statement end_{"with moved as (update streams set version = $3, last = $4 where stream = $1 and version = $2 and not closed returning 1) "
                          "select 1 / count(*) from moved",
                          {int8, int8, int8, int8}};
  postgres_statement end_many_{"with moved as (update streams s set version = e.version, last = e.last from unnest($1, $2, $3, $4) as "
                               "e(stream, before, version, last) where s.stream = e.stream and s.version = e.before and not closed returning 1) "
                               "select 1 / (count(*) = $5)::integer from moved",
                               {int8s, int8s, int8s, int8s, int8}};
  postgres_statement look_{"select coalesce((select max(position) from events), 0), coalesce((select max(type) from types), 0)"};
  postgres_statement horizon_at_{"select horizon($1), coalesce((select max(type) from types), 0)", {int4}};
  postgres_statement hold_{"select 1 from streams where stream = any($1) order by stream for share", {int8s}};
  postgres_statement hold_to_move_{"select 1 from streams where stream = any($1) order by stream for no key update", {int8s}};
  postgres_statement unmake_{"delete from streams where stream = any($1)", {int8s}};
  postgres_statement sweep_{"delete from snapshots s using streams t where s.stream = any($1) and t.stream = s.stream and (t.first > 1 or t.closed)", {int8s}};
  postgres_statement more_streams_{"select nextval('stream_numbers')"};
  postgres_statement closed_{"select stream from streams where stream = any($1) and closed", {int8s}};
  postgres_statement ring_{"select pg_notify('gesta', $1)", {postgres_type::text}};
};

}  // namespace gesta::detail
