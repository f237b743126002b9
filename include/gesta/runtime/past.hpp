// States and views as they were: the events up to a moment are folded anew.
// Floor: runtime. Reads what a running model holds, and changes nothing.
// May include: all above.
#pragma once

#include <cstdint>
#include <type_traits>

#include <gesta/model/flow.hpp>
#include <gesta/runtime/holdings.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/store/moment.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

inline failure overwritten(std::uint64_t first_kept = 0) {
  failure cause(failure::kind::truncated, 0, "the store keeps its last records only, and the older ones were asked for");
  cause.position = first_kept;
  return cause;
}

/// Folds the events of one entity up to a moment. False: `cause` says why it cannot be told.
template <class Aggregate, class Held, class Key, class Moment>
bool fold_until(Held& held, const Key& key, const Moment& when, typename Aggregate::state_type& state, failure& cause) {
  auto& table = held.template table_of<Aggregate>();
  const auto found = table.find(key);
  bool readable = true;
  const auto fold = [&](const recorded& record) {
    if (!readable || !includes(when, record)) return;
    readable = held.template evolve_state<Aggregate>(state, record);
    if (!readable) cause = unreadable_at(record.position);
  };
  if (!found) return true;
  if constexpr (Held::is_memory) {
    constexpr bool with_positions = std::is_same_v<Moment, at_position> || Held::template knows_positions<Aggregate>;
    if (!held.template each_record_of<Aggregate, with_positions>(table, found.number, fold) && !is_beginning(when)) return cause = overwritten(), false;
    return readable;
  } else {
    if (held.broken() != nullptr) return cause = *held.broken(), false;
    const bool read = held.log().read(Held::flow_type::template aggregate_tag<Aggregate>, found->stream, table.key(found.number), 0, fold);
    if (!read) cause = held.log().last_failure();
    return read && readable;
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
  if constexpr (Held::is_memory) {
    const auto first = held.log().events().first();
    if (first.records != 0) return cause = overwritten(first.records + 1), false;
    held.each_record(first, held.log().events().here(), project);
    return readable;
  } else {
    if (held.broken() != nullptr) return cause = *held.broken(), false;
    const bool read = held.log().read_all(0, project);
    if (!read) cause = held.log().last_failure();
    return read && readable;
  }
}

}  // namespace gesta::detail
