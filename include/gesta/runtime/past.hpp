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

/// Folds the events of one entity up to a moment. False: `cause` says why it cannot be told.
template <class Aggregate, class Held, class Key, class Moment>
bool fold_until(Held& held, const Key& key, const Moment& when, typename Aggregate::state_type& state, failure& cause) {
  bool readable = true;
  const auto fold = [&](const recorded& record) {
    if (!readable || !includes(when, record)) return;
    readable = held.template evolve_state<Aggregate>(state, record);
    if (!readable) cause = unreadable_at(record.position);
  };
  if (is_beginning(when)) return true;
  return detail::each_stored<Aggregate>(held, key, {}, cause, [&](const recorded& record) { return fold(record), readable; }) && readable;
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
