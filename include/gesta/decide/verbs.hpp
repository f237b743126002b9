// The verbs of the write side as concepts: `decides` and `evolves` say whether the user's free functions are there.
// Floor: decide. A verb counts on exact types: templates, functions of a base and conversions satisfy nothing.
// May include: detail, message, decide.
#pragma once

#include <gesta/decide/boundary.hpp>
#include <gesta/decide/decision.hpp>
#include <gesta/detail/exact.hpp>
#include <gesta/message/about.hpp>

namespace gesta {

/// State has `decide(const State&, const Command&)`, with or without a last `const gesta::about&`.
template <class State, class Command>
concept decides = detail::decides_exactly<State, Command> || detail::decides_exactly_about<State, Command>;

/// State has `void evolve(State&, const Event&)`, with or without a last `const gesta::about&`.
template <class State, class Event>
concept evolves = detail::evolves_exactly<State, Event> || detail::evolves_exactly_about<State, Event>;

namespace detail {

/// A state of the framework's own.
template <class State>
concept evolves_by_itself = requires { typename State::evolves_by_itself; };

/// Calls evolve; make() gives the `about` where the user asks for it.
template <class State, class Event, class About>
[[gnu::always_inline]] constexpr void call_evolve(State& state, const Event& event, About&& make) {
  if constexpr (same<State, no_state>) return;
  else if constexpr (evolves_by_itself<State>) state.take(event, static_cast<const about&>(make()));
  else if constexpr (evolves_exactly_about<State, Event>) evolve(state, event, static_cast<const about&>(make()));
  else evolve(state, event);
}

/// Calls decide; make() gives the `about` where the user asks for it.
template <class State, class Command, class About>
[[gnu::always_inline]] constexpr auto call_decide(const State& state, const Command& command, About&& make) {
  if constexpr (decides_exactly_about<State, Command>) return decide(state, command, static_cast<const about&>(make()));
  else return decide(state, command);
}

/// The contract of a command: what its decide returns; an empty contract when there is none to read.
template <class State, class Command>
constexpr auto contract_of() {
  if constexpr (decides_exactly<State, Command> || decides_exactly_about<State, Command>) {
    using result = decide_result<State, Command>;
    if constexpr (is_decision<result>) return type_is<result>{};
    else return type_is<emits<>>{};
  } else {
    return type_is<emits<>>{};
  }
}
template <class State, class Command>
using contract = typename decltype(contract_of<State, Command>())::type;

/// The event behind a place of a contract.
template <class E>
struct event_of_place : type_is<E> {};
template <class E>
struct event_of_place<many<E>> : type_is<E> {};

template <class Listed>
struct events_of_places;
template <class... E>
struct events_of_places<types<E...>> : type_is<types<typename event_of_place<E>::type...>> {};

/// The events that a contract can record.
template <class Contract>
using contract_events = typename events_of_places<typename Contract::event_list>::type;

template <class Listed>
inline constexpr bool has_open_number = false;
template <class... E>
inline constexpr bool has_open_number<types<E...>> = (!same<E, typename event_of_place<E>::type> || ...);

}  // namespace detail

}  // namespace gesta
