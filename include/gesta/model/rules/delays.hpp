// Rules about delayed messages.
// Floor: model.
// May include: detail, message, model.
#pragma once

#include <gesta/model/delay_stream.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/remote.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

template <class Flow, class Command>
constexpr bool can_be_sent_later() {
  if constexpr (!Flow::template knows<Command>) return true;  // that is reported
  else if constexpr (gesta::detail::boundary_part<typename Flow::template handler_of<Command>::aggregate>) return true;
  else return gesta::detail::carries_key<typename Flow::template handler_of<Command>::aggregate>;
}

template <class Flow, class Delayed>
struct delay_rules;
template <class Flow, class... Command>
struct delay_rules<Flow, delayed<Command...>> {
  using list = gesta::detail::types<Command...>;
  static constexpr std::size_t unknown = first_true({!Flow::template knows<Command>..., false});
  static constexpr bool is_elsewhere = first_true({(!Flow::template knows<Command> && gesta::detail::decided_elsewhere<Command>)..., false}) == unknown;
  using unhandled =
      std::conditional_t<unknown != npos && is_elsewhere, report_at<diagnostic::remote_command_unwaited, list, unknown, delayed<Command...>>,
                         report_at<diagnostic::delayed_command_unhandled, list, unknown>>;
  using unnamed = report_at<diagnostic::delayed_command_without_id, list, first_true({!identified<Command>..., false})>;
  using keyless = report_at<diagnostic::delayed_command_without_key, list, first_true({!can_be_sent_later<Flow, Command>()..., false})>;
};
template <class Flow, class Delays>
struct all_delay_rules;
template <class Flow, class... Delayed>
struct all_delay_rules<Flow, gesta::detail::types<Delayed...>> {
  using twice = report_if<(sizeof...(Delayed) > 1), diagnostic::delayed_listed_twice, gesta::detail::types<Delayed...>>;
  template <class Rules>
  using of = gesta::detail::types<typename Rules::unhandled, typename Rules::unnamed, typename Rules::keyless>;
  using all = gesta::detail::concat<gesta::detail::types<twice>, of<delay_rules<Flow, Delayed>>...>;
};

}  // namespace gesta::rules
