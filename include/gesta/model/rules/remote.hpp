// Rules about commands that another service decides: who may ask them, and what their contract has to say so that the answer can come back.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/decide/elsewhere.hpp>
#include <gesta/message/id.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/react/saga_flow.hpp>

namespace gesta::rules {

/// A command that is asked, and that no aggregate of the model lists: Report says so, unless another service decides it.
template <template <bool, class...> class Report, class Sender, class Command>
using report_unhandled =
    std::conditional_t<gesta::detail::decided_elsewhere<Command>, diagnostic::remote_command_unwaited<false, Sender, Command>, Report<false, Sender, Command>>;
template <template <bool, class...> class Report, class List, std::size_t At, class Sender>
constexpr auto find_unhandled() {
  if constexpr (At == npos) return gesta::detail::type_is<kept<Report, List, Sender>>{};
  else return gesta::detail::type_is<report_unhandled<Report, Sender, gesta::detail::at<At, List>>>{};
}
template <template <bool, class...> class Report, class List, std::size_t At, class Sender>
using report_first_unhandled = typename decltype(find_unhandled<Report, List, At, Sender>())::type;

/// The contract of one command elsewhere, where one is asked.
template <class Flow, class Command>
struct remote_command {
  static constexpr bool is_remote() {
    if constexpr (std::is_void_v<Command>) return false;
    else return !Flow::template knows<Command> && gesta::detail::decided_elsewhere<Command>;
  }
  using said = gesta::detail::contract_of_elsewhere<Command>;
  template <class... Event>
  static constexpr std::size_t first_inside(gesta::detail::types<Event...>) {
    return first_true({!told_to_others<Event>...});
  }
  static constexpr std::size_t inside() {
    if constexpr (is_remote()) return first_inside(typename said::events{});
    else return npos;
  }
  static constexpr bool is_unreadable() {
    if constexpr (is_remote()) return !said::is_readable;
    else return false;
  }
  static constexpr bool is_nameless() {
    if constexpr (is_remote()) return !identified<Command>;
    else return false;
  }
};

template <class Flow, class Commands>
struct remote_commands;
template <class Flow, class... Command>
struct remote_commands<Flow, gesta::detail::types<Command...>> {
  static constexpr std::size_t unreadable = first_true({remote_command<Flow, Command>::is_unreadable()...});
  static constexpr std::size_t nameless = first_true({remote_command<Flow, Command>::is_nameless()...});
  static constexpr std::size_t inside = first_true({(remote_command<Flow, Command>::inside() != npos)...});
};

template <class Flow, class Steps>
struct remote_steps;
template <class Flow, class... Step>
struct remote_steps<Flow, gesta::detail::types<Step...>> {
  template <class S>
  using says = gesta::detail::step_says<typename Flow::of_deciders, S>;
  using commands = gesta::detail::types<typename says<Step>::command..., typename says<Step>::undo_command...>;
  using rules = remote_commands<Flow, commands>;
  static constexpr std::size_t timeless = first_true({(says<Step>::is_remote && !gesta::detail::says_within<Step>)...});
  static constexpr bool any = ((says<Step>::is_remote || says<Step>::undo_is_remote) || ...);

  template <class Command>
  static constexpr auto inside_of() {
    return gesta::detail::type_is<gesta::detail::at<remote_command<Flow, Command>::inside(), typename remote_command<Flow, Command>::said::events>>{};
  }
  static constexpr auto find_inside() {
    if constexpr (rules::inside == npos) {
      return gesta::detail::type_is<kept<diagnostic::remote_event_of_inside, Flow, Step...>>{};
    } else {
      using command = gesta::detail::at<rules::inside, commands>;
      return gesta::detail::type_is<diagnostic::remote_event_of_inside<false, command, typename decltype(inside_of<command>())::type>>{};
    }
  }
};

/// The rules of what one saga asks elsewhere.
template <class Flow, class Saga>
struct remote_rules {
  using steps = typename gesta::detail::saga_shape<typename Saga::step_list>::steps;
  using remote = remote_steps<Flow, steps>;
  using commands = typename remote::commands;
  using timeless = report_at<diagnostic::remote_step_without_time, steps, remote::timeless, Saga>;
  using unreadable = report_at_of<diagnostic::remote_contract_unreadable, commands, remote::rules::unreadable, Saga>;
  using nameless = report_at_of<diagnostic::remote_command_without_id, commands, remote::rules::nameless, Saga>;
  using found_inside = typename decltype(remote::find_inside())::type;
  // Two sagas may have the same steps.
  using inside = std::conditional_t<detail::is_kept<found_inside>, kept<diagnostic::remote_event_of_inside, Saga>, found_inside>;
  using lean_model = report_if<remote::any && !Flow::is_traced, diagnostic::remote_in_lean, Saga>;

  using all = gesta::detail::types<timeless, unreadable, nameless, inside, lean_model>;
};

}  // namespace gesta::rules
