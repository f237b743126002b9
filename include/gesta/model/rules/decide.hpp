// Rules about decisions: every command is decided, every recorded event evolves the state, every command finds its entity.
// Floor: model.
// May include: detail, message, decide, model.
#pragma once

#include <type_traits>

#include <gesta/detail/fields.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

template <class State, class Command>
constexpr bool decides_without_contract() {
  if constexpr (decides<State, Command>) return !gesta::detail::is_decision<gesta::detail::decide_result<State, Command>>;
  else return false;
}
template <class State, class Command>
constexpr auto decided_type() {
  if constexpr (decides<State, Command>) return gesta::detail::type_is<gesta::detail::decide_result<State, Command>>{};
  else return gesta::detail::type_is<void>{};
}

/// Whether a state that says what it was cannot be reached from there.
template <class State>
constexpr bool old_state_is_stuck() {
  if constexpr (names_old_state<State>) {
    if constexpr (gesta::detail::same<gesta::detail::upcast_result<typename State::was>, State>) return old_state_is_stuck<typename State::was>();
    else return true;
  } else {
    return false;
  }
}

template <class Field, class Aggregate, class Commands>
struct key_fields {
  static constexpr std::size_t missing = npos;
  static constexpr std::size_t other = npos;
  using first_type = void;
  using other_type = void;
};
template <gesta::detail::fixed_string Field, class Aggregate, class... C>
struct key_fields<by<Field>, Aggregate, gesta::detail::types<C...>> {
  using commands = gesta::detail::types<C...>;
  template <class Command>
  static constexpr std::size_t place() {
    if constexpr (gesta::detail::plain<Command>) return gesta::detail::field_index<Command>(Field.chars);
    else return npos;
  }
  template <class Command>
  static constexpr auto type() {
    if constexpr (place<Command>() != npos) return gesta::detail::type_is<gesta::detail::field_type<Command, place<Command>()>>{};
    else return gesta::detail::type_is<void>{};
  }
  static constexpr std::size_t missing = first_true({(gesta::detail::plain<C> && place<C>() == npos)...});
  static constexpr std::size_t known = first_true({(place<C>() != npos)...});
  using first_type = typename decltype(type<gesta::detail::at<known == npos ? 0 : known, commands>>())::type;
  static constexpr std::size_t other =
      first_true({(place<C>() != npos && !gesta::detail::same<typename decltype(type<C>())::type, first_type>)...});
  using other_type = typename decltype(type<gesta::detail::at<other == npos ? 0 : other, commands>>())::type;
};

template <class Aggregate, class Commands, class Events>
struct aggregate_lists;
template <class Aggregate, class... C, class... E>
struct aggregate_lists<Aggregate, gesta::detail::types<C...>, gesta::detail::types<E...>> {
  using state = typename Aggregate::state_type;
  using commands = gesta::detail::types<C...>;
  using events = gesta::detail::types<E...>;
  static constexpr std::size_t undecided = first_true({(gesta::detail::plain<C> && !decides<state, C>)...});
  static constexpr std::size_t without_contract = first_true({decides_without_contract<state, C>()...});
  static constexpr std::size_t not_evolved = first_true({(gesta::detail::plain<E> && !evolves<state, E>)...});
  using odd_command = gesta::detail::at<without_contract == npos ? 0 : without_contract, gesta::detail::types<C..., void>>;
};

/// The rules of one aggregate.
template <class Flow, class Aggregate>
struct aggregate_rules {
  using state = typename Aggregate::state_type;
  using lists = aggregate_lists<Aggregate, typename gesta::detail::commands_listed<typename Aggregate::command_list>::type,
                                typename Flow::template events_of<Aggregate>>;
  using keys = key_fields<typename Aggregate::found_by, Aggregate, typename lists::commands>;

  using value = report_if<!(__is_constructible(state) && __is_assignable(state&, const state&)), diagnostic::state_not_a_value, state>;
  using old_state = report_if<old_state_is_stuck<state>(), diagnostic::old_state_without_upcast, state>;
  using decided = report_at<diagnostic::command_without_decide, typename lists::commands, lists::undecided, Aggregate>;
  using contract = report_if<lists::without_contract != npos, diagnostic::decide_without_contract, Aggregate, typename lists::odd_command,
                             typename decltype(decided_type<state, typename lists::odd_command>())::type>;
  using evolved = report_at<diagnostic::event_without_evolve, typename lists::events, lists::not_evolved, Aggregate>;
  using key_missing = report_at<diagnostic::key_field_missing, typename lists::commands, keys::missing, Aggregate>;
  using key_differs = report_if<(keys::missing == npos && keys::other != npos), diagnostic::key_field_of_two_types, Aggregate,
                                gesta::detail::at<keys::other == npos ? 0 : keys::other,
                                                  gesta::detail::concat<typename lists::commands, gesta::detail::types<void>>>,
                                typename keys::first_type, typename keys::other_type>;
};

template <class Flow, class Commands>
struct two_uses;
template <class Flow, class... C>
struct two_uses<Flow, gesta::detail::types<C...>> {
  static constexpr std::size_t as_event = first_true({gesta::detail::contains<C, typename Flow::events>...});
  static constexpr std::size_t listed_again = [] {
    const std::size_t first[] = {gesta::detail::index_of<C, gesta::detail::types<C...>>..., 0};
    for (std::size_t i = 0; i < sizeof...(C); ++i)
      if (first[i] != i) return i;
    return npos;
  }();
};

/// A command is no event, and has exactly one handler.
template <class Flow>
struct command_rules {
  using uses = two_uses<Flow, typename Flow::commands>;
  using event_too = report_at<diagnostic::event_and_command, typename Flow::commands, uses::as_event>;
  using two_handlers = report_at<diagnostic::command_with_two_handlers, typename Flow::handlers, uses::listed_again>;
};

}  // namespace gesta::rules
