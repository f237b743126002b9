// The rule about the size of events, for a model with a gesta::budget.
// Floor: model.
// May include: detail, model.
#pragma once

#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

template <class Flow, class Events>
struct sizes;
template <class Flow, class... E>
struct sizes<Flow, gesta::detail::types<E...>> {
  static constexpr std::size_t above = first_true({(Flow::budget != 0 && sizeof(E) > Flow::budget)...});
};

template <class Flow>
struct size_rules {
  using above = report_at<diagnostic::event_above_budget, typename Flow::current_events, sizes<Flow, typename Flow::current_events>::above>;
};

}  // namespace gesta::rules
