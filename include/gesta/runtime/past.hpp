// States and views as they were: the events up to a moment are folded anew.
// Floor: runtime. Reads what a running model holds, and changes nothing.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/model/flow.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/runtime/loading.hpp>
#include <gesta/runtime/only.hpp>
#include <gesta/runtime/projecting.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/store/moment.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Where the log is no memory: makes `state` the newest snapshot that is sound, known, up to version part.to and position `upto`; then
/// hands over the events after it.
template <class Aggregate, class Held, class Key, class Fold>
bool fold_from_snapshot(Held& held, const Key& key, const slice& part, std::uint64_t upto, typename Aggregate::state_type& state, failure& cause,
                        Fold&& fold) {
  using flow_type = typename Held::flow_type;
  if (held.broken() != nullptr) return cause = *held.broken(), false;
  auto& table = held.template table_of<Aggregate>();
  const auto found = table.find(key);
  const auto use = into_state<flow_type, Aggregate>(state);
  const bool read =
      held.log().read_from_snapshot(flow_type::template aggregate_tag<Aggregate>, found ? found->stream : typename Held::log_type::stream{},
                                    table.bytes_of(key), part, upto, use, fold);
  if (!read) cause = held.log().last_failure();
  return read;
}

/// Folds the events of one entity up to a moment, from the nearest snapshot on. False: `cause` says why it cannot be told. A time is no
/// place in the stream, since clocks may go back: for it all events are folded.
template <class Aggregate, class Held, class Key, class Moment>
bool fold_until(Held& held, const Key& key, const Moment& when, typename Aggregate::state_type& state, failure& cause) {
  bool readable = true;
  const auto fold = [&](const recorded& record) {
    if (!includes(when, record)) return true;
    readable = held.template evolve_state<Aggregate>(state, record);
    if (!readable) cause = why_unreadable(record);
    return readable;
  };
  if (is_beginning(when)) return true;
  slice part{.to = last_version(when)};
  stream_head head;
  if (held.broken() != nullptr) return cause = *held.broken(), false;
  if (!head_of<Aggregate>(held, key, head, cause)) return false;
  if (head.closed) return cause = stream_is_closed(), false;
  if (head.first != 1) {  // the first that is kept says it all, as whoever erased what was before has seen to
    bool any = false;
    part.after = head.first - 1;
    const bool read = detail::each_kept<Aggregate>(held, key, part, cause, [&](const recorded& record) {
      any = any || includes(when, record);
      return fold(record);
    });
    return read && readable && (any || (cause = erased_before(head.first), false));
  }
  if constexpr (!Held::keeps_snapshots || std::is_same_v<Moment, at_time>) {
    return detail::each_stored<Aggregate>(held, key, part, cause, fold) && readable;
  } else if constexpr (!Held::is_memory) {
    return detail::fold_from_snapshot<Aggregate>(held, key, part, last_position(when), state, cause, fold) && readable;
  } else {
    auto& table = held.template table_of<Aggregate>();
    const auto found = table.find(key);
    if (!found) return true;
    constexpr bool with_positions = std::is_same_v<Moment, at_position> || Held::template knows_positions<Aggregate>;
    const auto& shelf = held.template shelf_of<Aggregate>();
    if (const auto* const before = shelf.before(found.number, when)) {
      state = before->state;
      part.after = before->last.version;
    }
    if (part.to <= part.after) return true;
    const auto* const after = shelf.after(found.number, when);
    const place_in_stream last = after != nullptr ? after->last : place_in_stream{};
    return held.template each_record_of<with_positions>(table, found.number, part, fold, last) ? readable : (cause = overwritten(), false);
  }
}

/// Hands over all events up to a moment: take(event, make), as a view projects them. False: `cause` says why it cannot be told.
template <class View, class Held, class Moment, class Take>
[[gnu::always_inline]] inline bool each_projected_until(Held& held, const Moment& when, failure& cause, unknown_events unknown, Take&& take) {
  using flow_type = typename Held::flow_type;
  using events = typename events_projected<View, typename flow_type::current_events>::type;
  bool readable = true;
  // Where positions bound what is read they are not asked again; in memory no event is unknown.
  constexpr bool is_bounded = std::is_same_v<Moment, at_position>;
  const auto project = [&](const recorded& record) __attribute__((always_inline)) {
    if constexpr (!is_bounded)
      if (!includes(when, record)) return true;
    if constexpr (!Held::is_memory)
      if (record.tag == unknown_tag && unknown != unknown_events::fail) return true;
    const auto project_event = [&](const auto& event) __attribute__((always_inline)) {
      if constexpr (projects<View, std::remove_cvref_t<decltype(event)>>) take(event, [&] { return held.about_of(record); });
    };
    readable = read_event<flow_type, events, Held::is_memory, true>(record, project_event);
    if (!readable) cause = why_unreadable(recorded(record));  // a copy: a record whose address goes nowhere needs no place in memory
    return readable;
  };
  slice part;
  if constexpr (is_bounded) part.to = last_position(when);
  if constexpr (wants_all<flow_type, events>) return detail::each_stored<false>(held, part, cause, project) && readable;
  else return detail::each_stored<false>(held, part, cause, for_some<flow_type, events, decltype(project)>{project}) && readable;
}

/// Projects all events up to a moment to one view. False: `cause` says why it cannot be told.
template <class View, class Held, class Moment>
bool project_until(Held& held, const Moment& when, View& view, failure& cause, unknown_events unknown = unknown_events::fail) {
  const auto take = [&](const auto& event, auto&& make) __attribute__((always_inline)) { call_project(view, event, make); };
  return detail::each_projected_until<View>(held, when, cause, unknown, take);
}

/// The same to a table of rows. In memory, the row of an event is on its way while those before it are projected.
template <class Projection, class Held, class Moment, class Table>
bool project_rows_until(Held& held, const Moment& when, Table& table, failure& cause, unknown_events unknown) {
  using view = typename Projection::view_type;
  using flow_type = typename Held::flow_type;
  const auto take = [&](const auto& event, auto&& make) __attribute__((always_inline)) { (void)project_to_table<Projection>(table, event, make); };
  if constexpr (Held::is_memory && std::is_same_v<Moment, at_position>) {
    const auto& events = held.log().events();
    const auto first = events.first(), end = events.here();
    if (first.records != 0 && last_position(when) != 0) return cause = overwritten(first.records + 1), false;
    const std::uint64_t last = last_position(when) < end.records ? last_position(when) : end.records;
    typename Held::unit_type::reading at(events, first, last), ahead(events, first, last);
    const keys_in_events<flow_type, Projection> keys;
    struct place {
      const record_head* head;
      std::uint64_t position;
    };
    const auto take_next = [&](auto& reader, place& found) __attribute__((always_inline)) {
      do found.head = reader.next();
      while (found.head != nullptr && (found.head->tag >= flow_type::event_count || !keys.takes(found.head->tag)));
      found.position = reader.position();
      return found.head != nullptr;
    };
    const auto look_at = [&](const place& one) __attribute__((always_inline)) { keys.look(table, one.head->tag, held.unit().payload(*one.head)); };
    const auto act = [&](const place& one) __attribute__((always_inline)) {
      const recorded record = held.without_key(*one.head, one.position);
      const auto project_event = [&](const auto& event) __attribute__((always_inline)) {
        if constexpr (projects<view, std::remove_cvref_t<decltype(event)>>) take(event, [&] { return held.about_of(record); });
      };
      if (read_event<flow_type, typename flow_type::current_events, true>(record, project_event)) return true;
      cause = why_unreadable(recorded(record));
      return false;
    };
    return looking_ahead<place>([&](place& one) __attribute__((always_inline)) { return take_next(ahead, one); }, look_at,
                                [&](place& one) __attribute__((always_inline)) { return take_next(at, one); }, act);
  } else {
    return detail::each_projected_until<view>(held, when, cause, unknown, take);
  }
}

/// The same to one row alone.
template <class Projection, class Held, class Moment, class Row, class Key>
bool project_row_until(Held& held, const Moment& when, Row& row, bool& exists, const Key& key, failure& cause, unknown_events unknown) {
  const auto take = [&](const auto& event, auto&& make) __attribute__((always_inline)) {
    project_to_one<Projection>(row, exists, key, event, make);
  };
  return detail::each_projected_until<typename Projection::view_type>(held, when, cause, unknown, take);
}

}  // namespace gesta::detail
