// What one file sees of all verbs of a model, as numbers. Two files that run one model and see different verbs (a header with a
// `project` or a `react` is missing in one) would silently share functions; with this number in the names of types they cannot.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/decide/fingerprint.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/saga_migration.hpp>

namespace gesta::detail {

template <class Aggregate, class... Command, class... Event>
constexpr std::uint64_t aggregate_seen(types<Command...>, types<Event...> events) noexcept {
  using state = typename Aggregate::state_type;
  fingerprint print;
  (print.add(detail::contract_seen<state, Command>()).add(decides_exactly_about<state, Command>), ...);
  detail::add_names(print, events);
  (print.add(evolves_exactly_about<state, Event>), ...);
  return print.value;
}

template <class Handler, class... State>
constexpr void add_reading(fingerprint& print, types<State...> states) noexcept {
  using command = typename Handler::command;
  using contract = typename Handler::contract;
  detail::add_names(print, states);
  detail::add_values(print, types<command>{});
  detail::add_names(print, typename contract::event_list{});
  detail::add_values(print, typename contract::rejection_list{});
  print.add(contract::may_do_nothing).add(decides_on_about<command, types<State...>>);
}
template <class State, class... Event>
constexpr void add_evolving(fingerprint& print, types<Event...> events) noexcept {
  detail::add_names(print, concat<types<State>, decltype(events)>{});
  (print.add(evolves_exactly<State, Event>).add(evolves_exactly_about<State, Event>), ...);
}
template <class Flow, class... Handler, class... State>
constexpr std::uint64_t boundary_seen(types<Handler...>, types<State...>) noexcept {
  fingerprint print;
  (detail::add_reading<Handler>(print, typename Handler::reads{}), ...);
  (detail::add_evolving<State>(print, typename Flow::current_events{}), ...);
  return print.value;
}
/// What a file sees of whoever decides, an aggregate or a boundary.
template <class Flow, class Decider>
constexpr std::uint64_t decider_seen() noexcept {
  if constexpr (boundary_part<Decider>) return detail::boundary_seen<Flow>(handlers_in<Decider>{}, states_in<Decider>{});
  else
    return detail::aggregate_seen<Decider>(typename commands_listed<typename Decider::command_list>::type{},
                                           typename Flow::template events_of<Decider>{});
}

template <class Projection, class... Event>
constexpr std::uint64_t projection_seen(types<Event...>) noexcept {
  using view = typename Projection::view_type;
  fingerprint print;
  (print.add(projects_exactly<view, Event>).add(projects_exactly_about<view, Event>), ...);
  if constexpr (has_rows<Projection>) {
    (print.add(locates_exactly<Projection, Event>).add(locates_exactly_about<Projection, Event>), ...);
    detail::add_names(print, types<locate_result<Projection, Event>...>{});
  }
  return print.value;
}

template <class Reactor, class Event, class Returned, class... Further>
constexpr void add_reaction(fingerprint& print, reaction<Reactor, Event, Returned, types<Further...>>*) noexcept {
  detail::add_names(print, types<Event, Returned, Further...>{});
}
template <class Reactor, class... Reaction>
constexpr std::uint64_t reactor_seen(types<Reaction...>) noexcept {
  fingerprint print;
  (detail::add_reaction(print, static_cast<Reaction*>(nullptr)), ...);
  return print.value;
}

template <class... Cell>
constexpr void add_cells(fingerprint& print, types<Cell...>) noexcept {
  (detail::add_names(print, types<typename Cell::state, typename Cell::input, typename Cell::returned>{}), ...);
}
template <class... State>
constexpr void add_lists(fingerprint& print, types<State...>) noexcept {
  (detail::add_names(print, types<State>{}), ...);
  (detail::add_names(print, concat<decltype(ignored_by<State>()), types<void>, decltype(deferred_by<State>()), types<void>,
                                   decltype(rejected_by<State>())>{}),
   ...);
}
/// What a file sees of a process: each `on`, and the lists of its states.
template <class Flow, class Process>
constexpr std::uint64_t process_seen() noexcept {
  fingerprint print;
  if constexpr (contains<Process, typename Flow::performers> || contains<pinned<Process>, typename Flow::performers>) {
    using cells = process_cells<typename Flow::of_deciders, Process>;
    detail::add_cells(print, typename cells::cells{});
    detail::add_lists(print, typename cells::states{});
  }
  return print.value;
}

template <class Old>
constexpr std::uint64_t upcast_seen() noexcept {
  return fingerprint{}.add(name_seen<upcast_result<Old>>).value;
}

template <class Old, class... Step>
constexpr std::uint64_t passed_seen(types<Step...>) noexcept {
  fingerprint print;
  (print.add(name_seen<passed_outcome<Old, Step>>), ...);
  return print.value;
}
/// What a file sees of how instances of a pinned saga move on: each `migrate`.
template <class Old>
constexpr std::uint64_t migration_seen() noexcept {
  fingerprint print;
  print.add(name_seen<migration<Old>>);
  if constexpr (has_successor<Old>) print.add(detail::passed_seen<Old>(typename saga_shape<typename successor_of<Old>::step_list>::steps{}));
  return print.value;
}

/// What a file sees of each part that has verbs. `signatures` hold the names of the parts, for people.
template <std::size_t Count>
struct parts_seen {
  std::uint64_t verbs[Count];
  const char* signatures[Count];

  constexpr std::uint64_t whole() const noexcept {
    fingerprint print;
    for (const std::uint64_t part : verbs) print.add(part);
    return print.value;
  }
};

template <class Flow, class... Aggregate, class... Projection, class... Reactor, class... Process, class... Pinned, class... Old>
constexpr auto parts_of(types<Aggregate...>, types<Projection...>, types<Reactor...>, types<Process...>, types<Pinned...>, types<Old...>) noexcept {
  return parts_seen<sizeof...(Aggregate) + sizeof...(Projection) + sizeof...(Reactor) + sizeof...(Process) + sizeof...(Pinned) + sizeof...(Old) + 1>{
      {detail::decider_seen<Flow, Aggregate>()...,
       detail::projection_seen<Projection>(typename Flow::current_events{})...,
       detail::reactor_seen<Reactor>(typename reactor_flow<Flow, Reactor>::reactions{})...,
       detail::process_seen<Flow, Process>()...,
       detail::migration_seen<Pinned>()...,
       detail::upcast_seen<Old>()..., 0},
      {naming::of_type<Aggregate>()..., naming::of_type<Projection>()..., naming::of_type<Reactor>()..., naming::of_type<Process>()...,
       naming::of_type<Pinned>()..., naming::of_type<Old>()..., ""}};
}

/// What this file sees of the verbs of a model. In constant expressions only, as verbs_seen: as a function it would be one for all files.
template <class Model>
constexpr auto parts_seen_of() noexcept {
  using all = flow<Model>;
  return detail::parts_of<all>(typename all::deciders{}, typename all::projections{}, typename all::reactors{}, typename all::processes{},
                               typename all::pinned_sagas{}, concat<typename all::old_versions, typename all::old_rejections>{});
}

/// The same as one number.
template <class Model>
constexpr std::uint64_t verbs_seen() noexcept {
  return detail::parts_seen_of<Model>().whole();
}

/// A model as a file sees it. What is instantiated for it belongs to the files that see the same, down to the names for the linker.
template <std::uint64_t Verbs>
struct seen_verbs {};
template <class Model, std::uint64_t Verbs>
struct as_seen {
  using parts = concat<typename Model::parts, types<seen_verbs<Verbs>>>;
};

}  // namespace gesta::detail
