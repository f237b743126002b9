// What one file sees of all verbs of a model, as a number. Two files that run one model and see different verbs (a header with a
// `project` or a `react` is missing in one) would silently share functions; with this number in the app's type they cannot.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstdint>

#include <gesta/decide/fingerprint.hpp>
#include <gesta/model/flow.hpp>

namespace gesta::detail {

template <class Aggregate, class... Command, class... Event>
constexpr void add_aggregate(fingerprint& print, types<Command...>, types<Event...> events) noexcept {
  using state = typename Aggregate::state_type;
  print.add(detail::name_seen<Aggregate>());
  (print.add(detail::contract_seen<state, Command>()).add(decides_exactly_about<state, Command>), ...);
  detail::add_names(print, events);
  (print.add(evolves_exactly_about<state, Event>), ...);
}

template <class Projection, class... Event>
constexpr void add_projection(fingerprint& print, types<Event...>) noexcept {
  using view = typename Projection::view_type;
  print.add(detail::name_seen<Projection>());
  (print.add(projects_exactly<view, Event>).add(projects_exactly_about<view, Event>), ...);
}

template <class Reactor, class Event>
constexpr void add_reaction(fingerprint& print, reaction<Reactor, Event, react_result<Reactor, Event>>*) noexcept {
  detail::add_names(print, types<Event, react_result<Reactor, Event>>{});
  print.add(reacts_exactly_about<Reactor, Event>);
}
template <class Reactor, class Command, class Refusal>
constexpr void add_reaction(fingerprint& print, reaction<Reactor, refused<Command, Refusal>, hear_result<Reactor, Command, Refusal>>*) noexcept {
  detail::add_names(print, types<Command, Refusal, hear_result<Reactor, Command, Refusal>>{});
  print.add(hears_exactly_about<Reactor, Command, Refusal>);
}
template <class Reactor, class... Reaction>
constexpr void add_reactor(fingerprint& print, types<Reaction...>) noexcept {
  print.add(detail::name_seen<Reactor>());
  (detail::add_reaction<Reactor>(print, static_cast<Reaction*>(nullptr)), ...);
}

template <class Flow, class... Aggregate, class... Projection, class... Reactor, class... Old>
constexpr std::uint64_t verbs_of(types<Aggregate...>, types<Projection...>, types<Reactor...>, types<Old...>) noexcept {
  fingerprint print;
  (detail::add_aggregate<Aggregate>(print, typename commands_listed<typename Aggregate::command_list>::type{}, typename Flow::template events_of<Aggregate>{}), ...);
  (detail::add_projection<Projection>(print, typename Flow::current_events{}), ...);
  (detail::add_reactor<Reactor>(print, typename reactor_flow<Flow, Reactor>::reactions{}), ...);
  (detail::add_names(print, types<Old, upcast_result<Old>>{}), ...);
  return print.value;
}

/// What this file sees of the verbs of a model.
template <class Model>
constexpr std::uint64_t verbs_seen() noexcept {
  using all = flow<Model>;
  return detail::verbs_of<all>(typename all::aggregates{}, typename all::projections{}, typename all::reactors{}, typename all::old_versions{});
}

}  // namespace gesta::detail
