// Rules about who hears whom: what is sent is handled, what is refused is heard, what is listed is reached.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <type_traits>

#include <gesta/model/flow.hpp>
#include <gesta/model/rules/choreography.hpp>
#include <gesta/model/rules/remote.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

/// The element of a list, or void where the index is npos.
template <std::size_t At, class List>
using at_or_void = gesta::detail::at<At == npos ? List::size : At, gesta::detail::concat<List, gesta::detail::types<void>>>;

template <class Flow, class Reaction>
constexpr bool returns_no_command() {
  using returned = typename Reaction::returned;
  using command = typename Reaction::command;
  constexpr bool answers_refusal = !gesta::detail::contains<typename Reaction::cause, typename Flow::current_events>;
  if constexpr (std::is_void_v<returned>) return !answers_refusal;
  else if constexpr (std::is_void_v<command>) return false;  // it could not be read, which is reported
  else return !std::is_class_v<command> || gesta::detail::contains<command, typename Flow::events> || gesta::detail::is_decision<returned>;
}

template <class Flow, class Reaction>
constexpr bool lacks_handler() {
  if constexpr (std::is_void_v<typename Reaction::command> || returns_no_command<Flow, Reaction>()) return false;
  else return !Flow::template knows<typename Reaction::command>;
}

template <class Flow, class Reaction>
constexpr bool lacks_key() {
  if constexpr (std::is_void_v<typename Reaction::command> || !Flow::template knows<typename Reaction::command>) {
    return false;
  } else {
    constexpr bool by_field = !gesta::detail::same<typename Flow::template handler_of<typename Reaction::command>::aggregate::found_by, by_call>;
    return !by_field && !gesta::detail::command_in<typename Reaction::returned>::addressed;
  }
}

template <class Flow, class Reactions>
struct reaction_list;
template <class Flow, class... R>
struct reaction_list<Flow, gesta::detail::types<R...>> {
  using list = gesta::detail::types<R...>;
  static constexpr std::size_t no_command = first_true({returns_no_command<Flow, R>()...});
  static constexpr std::size_t no_handler = first_true({lacks_handler<Flow, R>()...});
  static constexpr std::size_t no_key = first_true({lacks_key<Flow, R>()...});
};

template <class Command, class Rejection>
struct refusal {};

template <class Command, class Rejections>
struct refusals_of;
template <class Command, class... R>
struct refusals_of<Command, gesta::detail::types<R...>> : gesta::detail::type_is<gesta::detail::types<refusal<Command, R>...>> {};

/// Which refusals of what it sends a reactor can meet, and which it can never meet but hears.
template <class Flow, class Reactor>
struct reactor_refusals {
  using own = gesta::detail::reactor_flow<Flow, Reactor>;
  using sent = typename own::sent;

  template <class Command>
  static constexpr auto met() {
    if constexpr (Flow::template knows<Command>)
      return typename refusals_of<Command, typename Flow::template handler_of<Command>::rejections>::type{};
    else
      return gesta::detail::types<>{};
  }
  template <class Command>
  using met_by = decltype(met<Command>());
  /// Heard in vain: a rejection that a sent command never gives; a rejection of a command that is not sent.
  template <class Command>
  static constexpr auto strange() {
    if constexpr (gesta::detail::contains<Command, sent>)
      return typename refusals_of<Command, gesta::detail::mp::mp_set_difference<typename Flow::rejections,
                                                                                typename Flow::template handler_of<Command>::rejections>>::type{};
    else
      return met<Command>();
  }
  template <class Command>
  using strange_by = decltype(strange<Command>());

  using can_meet = gesta::detail::joined<gesta::detail::mapped<met_by, gesta::detail::sent_in<typename own::reactions>>>;
  using cannot_meet = gesta::detail::joined<gesta::detail::mapped<strange_by, gesta::detail::unique<typename Flow::commands>>>;

  template <class Refusal>
  struct is_heard;
  template <class Command, class Rejection>
  struct is_heard<refusal<Command, Rejection>> {
    template <class... R>
    static constexpr bool by(gesta::detail::types<R...>) {
      return ((gesta::detail::refusal_reaction_of<Flow, R, Command, Rejection>::size != 0) || ...);
    }
    static constexpr bool by_anybody = by(gesta::detail::listeners_of<Flow, Reactor>{});
    static constexpr bool by_itself = by(gesta::detail::types<Reactor>{});
    static constexpr bool named = identified<Rejection>;
  };
  template <class... R>
  static constexpr std::size_t first_unheard(gesta::detail::types<R...>) {
    return first_true({!is_heard<R>::by_anybody...});
  }
  template <class... R>
  static constexpr std::size_t first_heard(gesta::detail::types<R...>) {
    return first_true({is_heard<R>::by_itself...});
  }
  template <class... R>
  static constexpr std::size_t first_unnamed(gesta::detail::types<R...>) {
    return first_true({!is_heard<R>::named...});
  }
  static constexpr std::size_t unheard = first_unheard(can_meet{});
  static constexpr std::size_t unnamed = first_unnamed(can_meet{});  // outcomes of sent commands are remembered
  static constexpr std::size_t in_vain = first_heard(cannot_meet{});
};

template <class Refusal>
struct parts_of_refusal {
  using command = void;
  using rejection = void;
};
template <class Command, class Rejection>
struct parts_of_refusal<refusal<Command, Rejection>> {
  using command = Command;
  using rejection = Rejection;
};

template <class Reactor, class Events>
inline constexpr std::size_t first_reacted = npos;
template <class Reactor, class... E>
inline constexpr std::size_t first_reacted<Reactor, gesta::detail::types<E...>> = first_true({reacts<Reactor, E>...});

template <class View, class Events>
inline constexpr std::size_t first_projected = npos;
template <class View, class... E>
inline constexpr std::size_t first_projected<View, gesta::detail::types<E...>> = first_true({projects<View, E>...});

/// The rules of one reactor.
template <class Flow, class Reactor>
struct reactor_rules {
  using own = gesta::detail::reactor_flow<Flow, Reactor>;
  using reactions = reaction_list<Flow, typename own::reactions>;
  using refusals = reactor_refusals<Flow, Reactor>;
  template <std::size_t At>
  using reaction_at = at_or_void<At, typename reactions::list>;
  template <class Reaction>
  struct read {
    using cause = void;
    using returned = void;
    using command = void;
  };
  template <class R, class Cause, class Returned, class Further>
  struct read<gesta::detail::reaction<R, Cause, Returned, Further>> : gesta::detail::reaction<R, Cause, Returned, Further> {};
  using odd = read<reaction_at<reactions::no_command>>;
  using unheard = parts_of_refusal<at_or_void<refusals::unheard, typename refusals::can_meet>>;
  using unnamed = parts_of_refusal<at_or_void<refusals::unnamed, typename refusals::can_meet>>;
  using in_vain = parts_of_refusal<at_or_void<refusals::in_vain, typename refusals::cannot_meet>>;

  using sends_no_command =
      report_if<reactions::no_command != npos, diagnostic::reaction_without_command, Reactor, typename odd::cause, typename odd::returned>;
  using unhandled = typename read<reaction_at<reactions::no_handler>>::command;
  using sends_unhandled = report_first_unhandled<diagnostic::sent_command_without_handler, gesta::detail::types<unhandled>,
                                                 reactions::no_handler == npos ? npos : 0, Reactor>;
  using sends_without_key = report_if<reactions::no_key != npos, diagnostic::sent_command_without_key, Reactor,
                                      typename read<reaction_at<reactions::no_key>>::command>;
  using refusal_unheard =
      report_if<(refusals::unheard != npos && paths_are_whole<Flow, Reactor>()), diagnostic::refusal_unheard, Reactor, typename unheard::command, typename unheard::rejection>;
  using refusal_unnamed =
      report_if<refusals::unnamed != npos, diagnostic::stored_rejection_without_id, typename unnamed::command, typename unnamed::rejection>;
  using refusal_in_vain = report_if<(refusals::in_vain != npos && paths_are_whole<Flow, Reactor>()), diagnostic::refusal_never_given, Reactor, typename in_vain::command,
                                    typename in_vain::rejection>;

  static constexpr std::size_t old = first_reacted<Reactor, typename Flow::old_versions>;
  using reacts_to_old = report_at<diagnostic::reaction_to_nothing_emitted, typename Flow::old_versions, old, Reactor>;
  using never_reached = report_if<(own::reactions::size == 0 && old == npos), diagnostic::part_never_reached, Reactor>;
};

}  // namespace gesta::rules
