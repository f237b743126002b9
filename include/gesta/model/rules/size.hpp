// The rule about the size of events, for a model with a gesta::budget.
// Floor: model.
// May include: detail, message, model.
#pragma once

#include <gesta/message/most_bytes.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

/// Whether an event is known to be larger on the wire than a budget. Of one that grows nobody knows: it is measured when it is recorded.
template <class Event>
constexpr bool is_above(std::size_t budget) noexcept {
  constexpr std::size_t most = gesta::detail::most_bytes<Event>();
  return most != npos && most > budget;
}

template <class Flow, class Events>
struct sizes;
template <class Flow, class... E>
struct sizes<Flow, gesta::detail::types<E...>> {
  static constexpr std::size_t above = [] {
    if constexpr (Flow::budget == 0) return npos;
    else return first_true({is_above<E>(Flow::budget)..., false});
  }();
};

template <class Flow>
struct size_rules {
  using above = report_at<diagnostic::event_above_budget, typename Flow::current_events, sizes<Flow, typename Flow::current_events>::above>;
};

}  // namespace gesta::rules
