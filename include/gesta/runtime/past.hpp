// States and views as they were: the events up to a moment are folded anew.
// Floor: runtime. Reads what a running model holds, and changes nothing.
// May include: all above.
#pragma once

#include <cstdint>
#include <type_traits>

#include <gesta/model/flow.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/store/moment.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Folds the events of one entity up to a moment, from the nearest snapshot on. False: `cause` says why it cannot be told. A time is no
/// place in the stream, since clocks may go back: for it all events are folded.
template <class Aggregate, class Held, class Key, class Moment>
bool fold_until(Held& held, const Key& key, const Moment& when, typename Aggregate::state_type& state, failure& cause) {
  bool readable = true;
  const auto fold = [&](const recorded& record) {
    if (!includes(when, record)) return true;
    readable = held.template evolve_state<Aggregate>(state, record);
    if (!readable) cause = unreadable_at(record.position);
    return readable;
  };
  if (is_beginning(when)) return true;
  slice part{.to = last_version(when)};
  if constexpr (Held::is_memory && Held::keeps_snapshots && !std::is_same_v<Moment, at_time>) {
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
  } else {
    return detail::each_stored<Aggregate>(held, key, part, cause, fold) && readable;
  }
}

/// Projects all events up to a moment to one view. False: `cause` says why it cannot be told.
template <class View, class Held, class Moment>
bool project_until(Held& held, const Moment& when, View& view, failure& cause) {
  using flow_type = typename Held::flow_type;
  bool readable = true;
  const auto project = [&](const recorded& record) {
    if (!readable || !includes(when, record)) return;
    readable = read_event<flow_type, typename flow_type::current_events, Held::is_memory>(record, [&](const auto& event) {
      if constexpr (projects<View, std::remove_cvref_t<decltype(event)>>) call_project(view, event, [&] { return Held::about_record(record); });
    });
    if (!readable) cause = unreadable_at(record.position);
  };
  return detail::each_stored(held, {}, cause, [&](const recorded& record) { return project(record), readable; }) && readable;
}

}  // namespace gesta::detail
