// The verbs of the read side as concepts: `projects`, `reacts`, `hears` say whether the user's free functions are there.
// Floor: react. A verb counts on exact types: templates, functions of a base and conversions satisfy nothing.
// May include: detail, message, decide.
#pragma once

#include <gesta/decide/verbs.hpp>
#include <gesta/detail/exact.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/address.hpp>
#include <gesta/message/many.hpp>

namespace gesta {

/// View has `void project(View&, const Event&)`, with or without a last `const gesta::about&`.
template <class View, class Event>
concept projects = detail::projects_exactly<View, Event> || detail::projects_exactly_about<View, Event>;

/// Reactor has `react(const Reactor&, const Event&)`, with or without a last `const gesta::about&`.
template <class Reactor, class Event>
concept reacts = detail::reacts_exactly<Reactor, Event> || detail::reacts_exactly_about<Reactor, Event>;

/// Reactor has `react(const Reactor&, const Command&, const Refusal&)`, with or without a last `const gesta::about&`.
/// Refusal is a rejection of the command, or gesta::nothing.
template <class Reactor, class Command, class Refusal>
concept hears = detail::hears_exactly<Reactor, Command, Refusal> || detail::hears_exactly_about<Reactor, Command, Refusal>;

namespace detail {

template <class View, class Event, class About>
[[gnu::always_inline]] constexpr void call_project(View& view, const Event& event, About&& make) {
  if constexpr (projects_exactly_about<View, Event>) project(view, event, static_cast<const about&>(make()));
  else project(view, event);
}

template <class View, class Event>
constexpr auto projected() {
  if constexpr (projects_exactly_about<View, Event>)
    return type_is<decltype(project(probing::real<View&>(), probing::real<const Event&>(), probing::real<const about&>()))>{};
  else return type_is<decltype(project(probing::real<View&>(), probing::real<const Event&>()))>{};
}
/// What `project` returns; a kept rule says void.
template <class View, class Event>
using project_result = typename decltype(projected<View, Event>())::type;

/// The command in what a reaction returns.
template <class Returned>
struct command_in : type_is<Returned> {
  static constexpr bool addressed = false;
};
template <class Key, class Command>
struct command_in<gesta::addressed<Key, Command>> : type_is<Command> {
  static constexpr bool addressed = true;
  using key = Key;
};
/// Several of them, asked in order.
template <class Returned>
struct command_in<many<Returned>> : command_in<Returned> {};

template <class Returned>
inline constexpr bool is_many = false;
template <class Returned>
inline constexpr bool is_many<many<Returned>> = true;

}  // namespace detail

}  // namespace gesta
