// The whole message flow of a model, derived from the contracts: who decides what, who records what, who hears what.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/aggregate.hpp>
#include <gesta/decide/together.hpp>
#include <gesta/decide/verbs.hpp>
#include <gesta/detail/further.hpp>
#include <gesta/detail/list.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/upcast.hpp>
#include <gesta/model/delay_stream.hpp>
#include <gesta/model/newer.hpp>
#include <gesta/model/parts.hpp>
#include <gesta/model/process_stream.hpp>
#include <gesta/model/saga_stream.hpp>
#include <gesta/react/choreography.hpp>
#include <gesta/react/happening.hpp>
#include <gesta/react/process.hpp>
#include <gesta/react/projection.hpp>
#include <gesta/react/reactor.hpp>
#include <gesta/react/saga.hpp>
#include <gesta/react/verbs.hpp>

namespace gesta {

namespace detail {

// ---- which part is what

template <class Part>
concept aggregate_part = requires {
  typename Part::state_type;
  typename Part::command_list;
  typename Part::found_by;
};
template <class Part>
concept projection_part = requires {
  typename Part::view_type;
  typename Part::followed;
  typename Part::ignored;
};
template <class Part>
using is_aggregate_part = std::bool_constant<aggregate_part<Part>>;
template <class Part>
using is_projection_part = std::bool_constant<projection_part<Part>>;
template <class Part>
using is_saga_part = std::bool_constant<saga_part<Part>>;

/// The arguments of a list part when Part is one of that kind; else nothing.
template <template <class...> class Kind, class Part>
struct listed_in : type_is<types<>> {};
template <template <class...> class Kind, class... T>
struct listed_in<Kind, Kind<T...>> : type_is<types<T...>> {};
template <class Part>
using is_choreography_part = std::bool_constant<choreography_part<Part>>;

/// What a choreography says of one kind: the events of gesta::begins, the reactors.
template <template <class...> class Kind, class Said>
struct danced_of;
template <template <class...> class Kind, class... Part>
struct danced_of<Kind, types<Part...>> : type_is<concat<typename listed_in<Kind, Part>::type...>> {};
template <template <class...> class Kind, class Choreography>
using danced_in = typename danced_of<Kind, typename Choreography::dance_list>::type;

template <class Part>
constexpr auto reactors_of_part() noexcept {
  if constexpr (choreography_part<Part>) return danced_in<reactors, Part>{};
  else return typename listed_in<reactors, Part>::type{};
}
template <class Part>
using reactors_in = decltype(reactors_of_part<Part>());
template <class Part>
using history_in = typename listed_in<history, Part>::type;

template <class Part>
inline constexpr std::size_t budget_in = 0;
template <std::size_t Bytes>
inline constexpr std::size_t budget_in<budget<Bytes>> = Bytes;

struct names {
  const char* const* first = nullptr;
  std::size_t count = 0;
};
template <fixed_string... Id>
struct name_table {
  static constexpr const char* all[] = {Id.chars..., nullptr};
};
template <class Part>
inline constexpr names retired_in = {};
template <fixed_string... Id>
inline constexpr names retired_in<retired<Id...>> = {name_table<Id...>::all, sizeof...(Id)};

// ---- commands

template <class List>
struct commands_listed;
template <class... C>
struct commands_listed<commands<C...>> : type_is<types<C...>> {};

/// One command at its aggregate.
template <class Aggregate, class Command>
struct handler {
  using aggregate = Aggregate;
  using command = Command;
  using state = typename Aggregate::state_type;
  using contract = detail::contract<state, Command>;
  using events = contract_events<contract>;
  using rejections = typename contract::rejection_list;
};

/// One command at its boundary.
template <class Boundary, class Command>
struct boundary_handler {
  using aggregate = Boundary;
  using command = Command;
  using reading = reading_of<states_in<Boundary>, Command>;
  /// The states that its decision reads, in their order.
  using reads = typename reading::states;
  using state = typename as_states<reads>::type;
  using contract = typename decltype(contract_together<reads, Command>())::type;
  using events = contract_events<contract>;
  using rejections = typename contract::rejection_list;
};

template <class Aggregate, class Commands>
struct handlers_of;
template <class Boundary, class... C>
  requires boundary_part<Boundary>
struct handlers_of<Boundary, types<C...>> : type_is<types<boundary_handler<Boundary, C>...>> {};
template <class Aggregate, class... C>
struct handlers_of<Aggregate, types<C...>> : type_is<types<handler<Aggregate, C>...>> {};
template <class Aggregate>
using handlers_in = typename handlers_of<Aggregate, typename commands_listed<typename Aggregate::command_list>::type>::type;

template <class Handler>
using command_in_handler = typename Handler::command;
template <class Handler>
using events_in_handler = typename Handler::events;
template <class Handler>
using rejections_in_handler = typename Handler::rejections;

/// A stream of the framework's own: its events are records, and no command is decided on it.
template <class Aggregate>
concept keeps_records = requires { typename Aggregate::record_list; };

/// What was decided elsewhere: gesta::from_outside.
template <class Aggregate>
concept hears_from_outside = requires { typename Aggregate::heard_list; };

// Aggregate by aggregate, because repetitions are mostly within one: long lists then have few of them or none.
template <class Aggregate>
constexpr auto events_recorded_in() {
  if constexpr (keeps_records<Aggregate>) return type_is<typename Aggregate::record_list>{};
  else if constexpr (hears_from_outside<Aggregate>) return type_is<typename Aggregate::heard_list>{};
  else return type_is<unique<joined<mapped<events_in_handler, handlers_in<Aggregate>>>>>{};
}
template <class Aggregate>
using events_in = typename decltype(events_recorded_in<Aggregate>())::type;
template <class Aggregate>
using rejections_in = unique<joined<mapped<rejections_in_handler, handlers_in<Aggregate>>>>;

// ---- reactions

/// One reaction: Reactor hears Cause (an event, refused or unchanged) and sends Command (void: nothing). Further: the parameters of
/// `react` behind those that say the cause.
template <class Reactor, class Cause, class Returned, class Further = types<>>
struct reaction {
  using reactor = Reactor;
  using cause = Cause;
  using returned = Returned;
  using command = typename command_in<Returned>::type;
  using further = Further;
};
// What cannot be read is reported, and sends nothing.
template <>
struct command_in<several_lists> : type_is<void> {
  static constexpr bool addressed = false;
};
template <>
struct command_in<unknown_parameter> : type_is<void> {
  static constexpr bool addressed = false;
};

template <class Reactor, class Event>
constexpr auto reaction_to() {
  if constexpr (reacts_exactly_about<Reactor, Event>) return types<reaction<Reactor, Event, react_result<Reactor, Event>, types<const about&>>>{};
  else if constexpr (reacts_exactly<Reactor, Event>) return types<reaction<Reactor, Event, react_result<Reactor, Event>>>{};
  else return types<>{};
}
template <class Reactor, class Command, class Refusal>
constexpr auto reaction_to_refusal() {
  using returned = hear_result<Reactor, Command, Refusal>;
  if constexpr (hears_exactly_about<Reactor, Command, Refusal>)
    return types<reaction<Reactor, happening<Command, Refusal>, returned, types<const about&>>>{};
  else if constexpr (hears_exactly<Reactor, Command, Refusal>)
    return types<reaction<Reactor, happening<Command, Refusal>, returned>>{};
  else
    return types<>{};
}

// ---- reactions that may ask for facts: those of a choreography

template <class Events>
struct facts_to_ask_for;
template <class... E>
struct facts_to_ask_for<types<E...>> : type_is<types<const E&..., const E*...>> {};

/// The events of those who decide; what performers record is no fact of a process.
template <class Flow>
using facts_in = typename facts_to_ask_for<typename Flow::of_deciders::current_events>::type;

template <class Reactor, class Cause, class... Said, class... Further>
constexpr auto reaction_with(types<types<Further...>>) {
  using returned = typename probing::reacting::template call<const Reactor&, const Said&..., Further...>;
  return types<reaction<Reactor, Cause, returned, types<Further...>>>{};
}
template <class Reactor, class Cause, class... Said, class Mark>
constexpr auto reaction_with(types<Mark>) {
  return types<reaction<Reactor, Cause, Mark>>{};
}
/// Plain: the reaction without further parameters, or with `about`.
template <class Reactor, class Facts, class Cause, class Plain, class... Said>
constexpr auto danced_reaction() {
  using lists = further_parameters<Reactor, Facts, Said...>;
  if constexpr (lists::size == 0 || same<lists, types<types<const about&>>>) return Plain{};
  else if constexpr (lists::size > 1 || Plain::size != 0) return types<reaction<Reactor, Cause, several_lists>>{};
  else return detail::reaction_with<Reactor, Cause, Said...>(lists{});
}

template <class Reactor, class Choreographies>
inline constexpr std::size_t dance_with = npos;
template <class Reactor, class... Choreography>
inline constexpr std::size_t dance_with<Reactor, types<Choreography...>> = first_true({contains<Reactor, danced_in<reactors, Choreography>>...});
/// The choreography of a reactor, or void.
template <class Flow, class Reactor>
using choreography_of = at<dance_with<Reactor, typename Flow::choreographies> == npos ? Flow::choreographies::size
                                                                                       : dance_with<Reactor, typename Flow::choreographies>,
                           concat<typename Flow::choreographies, types<void>>>;

/// What a reactor of a flow does about an event, or about a refusal: types<reaction<...>>, or types<>.
template <class Flow, class Reactor, class Event>
constexpr auto reaction_in() {
  if constexpr (std::is_void_v<choreography_of<Flow, Reactor>>) return detail::reaction_to<Reactor, Event>();
  else
    return detail::danced_reaction<Reactor, facts_in<Flow>, Event,
                                   decltype(detail::reaction_to<Reactor, Event>()), Event>();
}
template <class Flow, class Reactor, class Command, class Refusal>
constexpr auto reaction_to_refusal_in() {
  if constexpr (std::is_void_v<choreography_of<Flow, Reactor>>) return detail::reaction_to_refusal<Reactor, Command, Refusal>();
  else
    return detail::danced_reaction<Reactor, facts_in<Flow>, happening<Command, Refusal>,
                                   decltype(detail::reaction_to_refusal<Reactor, Command, Refusal>()), Command, Refusal>();
}
template <class Flow, class Reactor, class Event>
using reaction_of = decltype(detail::reaction_in<Flow, Reactor, Event>());
template <class Flow, class Reactor, class Command, class Refusal>
using refusal_reaction_of = decltype(detail::reaction_to_refusal_in<Flow, Reactor, Command, Refusal>());

/// What a reactor of a choreography does when all of several commands are done.
template <class Flow, class Reactor, class Command>
constexpr auto reaction_to_end_in() {
  if constexpr (std::is_void_v<choreography_of<Flow, Reactor>>) return types<>{};
  else return reaction_of<Flow, Reactor, all_done<Command>>{};
}
template <class Flow, class Reactor, class Command>
using end_reaction_of = decltype(detail::reaction_to_end_in<Flow, Reactor, Command>());

template <class Flow, class Reactor, class Events>
struct event_reactions;
template <class Flow, class Reactor, class... E>
struct event_reactions<Flow, Reactor, types<E...>> : type_is<concat<reaction_of<Flow, Reactor, E>...>> {};

template <class Reaction>
using command_of_reaction = typename Reaction::command;
template <class Command>
using is_no_command = std::bool_constant<std::is_void_v<Command>>;
template <class Reactions>
using sent_in = unique<mp::mp_remove_if<mapped<command_of_reaction, Reactions>, is_no_command>>;

// ---- performers: parts that act by themselves, each with a stream of records for each instance

/// What a kind of performer is in a flow. Flow: that of the aggregates alone. `stream`: the aggregate of its records; `hears<Event>`: whether an
/// event is told to it in the commit of that event.
template <class Flow, class Part>
struct performing;
template <class Flow, saga_part Saga>
struct performing<Flow, Saga> {
  using stream = saga_stream<Flow, Saga>;

  template <class Event, class... Interrupt>
  static constexpr bool interrupts(types<Interrupt...>) {
    return (same<Event, typename interrupt_says<Interrupt>::event> || ...);
  }
  template <class Event>
  static constexpr bool hears = same<Event, typename stream::reading::beginning> || interrupts<Event>(typename stream::reading::interrupts{});
};

template <class Flow, saga_part Saga>
struct performing<Flow, pinned<Saga>> {
  using stream = saga_stream<Flow, Saga>;
  template <class Event>
  static constexpr bool hears = performing<Flow, Saga>::template interrupts<Event>(typename stream::reading::interrupts{});
};
template <class Part>
struct pinned_in : type_is<types<>> {};
template <class Part>
struct pinned_in<pinned<Part>> : type_is<types<Part>> {};
template <class Part>
using as_pinned = pinned<Part>;

template <class Flow, process_part Process>
struct performing<Flow, Process> {
  using stream = process_stream<Flow, Process>;
  template <class Event>
  static constexpr bool hears = contains<Event, said_in_process<begins, Process>> || contains<Event, said_in_process<listens_to, Process>>;
};

template <class Flow, process_part Process>
struct performing<Flow, pinned<Process>> {
  using stream = process_stream<Flow, Process>;
  template <class Event>
  static constexpr bool hears = contains<Event, said_in_process<listens_to, Process>>;
};

template <class Flow, delayed_part Delayed>
struct performing<Flow, Delayed> {
  using stream = delay_stream<Delayed>;
  template <class>
  static constexpr bool hears = false;
};

template <class Part>
using is_delayed_part = std::bool_constant<is_delayed<Part>>;

template <class Flow>
struct can_run_in {
  template <class Saga>
  using test = std::bool_constant<can_run<Flow, Saga>()>;
  template <class Process>
  using test_process = std::bool_constant<process_can_run<Flow, Process>::value>;
  template <class Delayed>
  using test_delayed = std::bool_constant<can_be_delayed<Flow, Delayed>>;
};

/// Of the parts that act by themselves those that can run, pinned ones as such. Most models have none, and to ask of an empty list costs 18 MB of a
/// model of 128 events.
template <class Flow, class Sagas, class PinnedSagas, class Processes, class PinnedProcesses, class Delays>
struct performers_in
    : type_is<concat<filtered<Sagas, can_run_in<Flow>::template test>, mapped<as_pinned, filtered<PinnedSagas, can_run_in<Flow>::template test>>,
                     filtered<Processes, can_run_in<Flow>::template test_process>,
                     mapped<as_pinned, filtered<PinnedProcesses, can_run_in<Flow>::template test_process>>,
                     filtered<Delays, can_run_in<Flow>::template test_delayed>>> {};
template <class Flow>
struct performers_in<Flow, types<>, types<>, types<>, types<>, types<>> : type_is<types<>> {};

template <class Flow, class Performers>
struct streams_of_performers;
template <class Flow, class... Part>
struct streams_of_performers<Flow, types<Part...>> : type_is<types<typename performing<Flow, Part>::stream...>> {};

/// The stream of a flow's delayed commands.
struct no_delays {
  using records = types<>;
  using stream = void;
};
template <class Delays>
struct stream_of_delays : no_delays {};
template <class Delayed>
struct stream_of_delays<types<Delayed>> {
  using stream = delay_stream<Delayed>;
  using records = typename stream::record_list;
};
template <class Flow>
using delays_of = stream_of_delays<typename Flow::delays>;

}  // namespace detail

/// The flow of a model as lists of types and tables of indices; the facts that every other part works from.
template <class Parts>
struct flow_of_parts;

template <class... Part>
struct flow_of_parts<detail::types<Part...>> {
  using parts = detail::types<Part...>;
  /// The aggregates and boundaries that the model lists.
  using deciders = detail::filtered<parts, detail::is_aggregate_part>;
  using projections = detail::filtered<parts, detail::is_projection_part>;
  using choreographies = detail::filtered<parts, detail::is_choreography_part>;
  using reactors = detail::concat<detail::reactors_in<Part>...>;
  /// Earlier versions of parts that act by themselves.
  using pinned_parts = detail::concat<typename detail::pinned_in<Part>::type...>;
  using pinned_sagas = detail::filtered<pinned_parts, detail::is_saga_part>;
  using pinned_processes = detail::filtered<pinned_parts, detail::is_process_part>;
  /// Those that begin, and behind them the pinned ones.
  using sagas = detail::concat<detail::filtered<parts, detail::is_saga_part>, pinned_sagas>;
  using processes = detail::concat<detail::filtered<parts, detail::is_process_part>, pinned_processes>;
  /// The lists of commands that may be delayed.
  using delays = detail::filtered<parts, detail::is_delayed_part>;
  /// Parts that act by themselves.
  using performers = typename detail::performers_in<flow_of_parts<deciders>, detail::filtered<parts, detail::is_saga_part>, pinned_sagas,
                                                    detail::filtered<parts, detail::is_process_part>, pinned_processes, delays>::type;
  /// The flow of what decides alone: what a performer reads contracts from.
  using of_deciders = flow_of_parts<deciders>;
  template <class Performer>
  using stream_of = typename detail::performing<of_deciders, Performer>::stream;
  /// All that has entities: the deciders, and behind them the streams of performers.
  using aggregates = detail::concat<deciders, typename detail::streams_of_performers<of_deciders, performers>::type>;
  using handlers = detail::joined<detail::mapped<detail::handlers_in, aggregates>>;
  using commands = detail::mapped<detail::command_in_handler, handlers>;
  /// The events that decisions record, in order of their first appearance.
  using current_events = detail::unique<detail::joined<detail::mapped<detail::events_in, aggregates>>>;
  using rejections = detail::unique<detail::joined<detail::mapped<detail::rejections_in, aggregates>>>;
  /// Old versions of events, and of rejections, as the history lists them.
  using old_versions = typename detail::parted_history<detail::concat<detail::history_in<Part>...>, rejections>::events;
  using old_rejections = typename detail::parted_history<detail::concat<detail::history_in<Part>...>, rejections>::rejections;
  /// The current events and then the old versions; the index is the event's tag while the program runs.
  using events = detail::concat<current_events, old_versions>;
  /// Likewise for rejections.
  using stored_rejections = detail::concat<rejections, old_rejections>;

  static constexpr bool is_traced = !(detail::same<Part, lean> || ...);
  static constexpr std::size_t budget = (detail::budget_in<Part> + ... + 0);
  static constexpr std::size_t event_count = events::size;

  template <std::size_t I>
  using event = detail::at<I, events>;
  template <class Event>
  static constexpr auto tag = static_cast<std::uint16_t>(detail::index_of<Event, events>);
  template <class Rejection>
  static constexpr auto rejection_tag = static_cast<std::uint16_t>(detail::index_of<Rejection, stored_rejections>);
  template <class Aggregate>
  static constexpr auto aggregate_tag = static_cast<std::uint16_t>(detail::index_of<Aggregate, aggregates>);

  template <class Command>
  static constexpr bool knows = detail::contains<Command, commands>;
  template <class Command>
  using handler_of = detail::at<detail::index_of<Command, commands>, handlers>;

  /// The events of one aggregate.
  template <class Aggregate>
  using events_of = detail::events_in<Aggregate>;

  /// Calls visit(const char*) for each id that the model has retired.
  template <class Visit>
  static constexpr void each_retired(Visit&& visit) {
    const detail::names all[] = {detail::retired_in<Part>..., detail::names{}};
    for (const detail::names& names : all)
      for (std::size_t i = 0; i < names.count; ++i) visit(names.first[i]);
  }
};

/// The flow of a model: `gesta::flow<bank>::events`.
template <class Model>
using flow = flow_of_parts<typename Model::parts>;

namespace detail {

/// What reactors do together that hear each other's refusals: every reaction to an event, and to the refusals of what they send.
template <class Flow, class Reactors>
struct group_flow;
template <class Flow, class... Reactor>
struct group_flow<Flow, types<Reactor...>> {
  using to_events = concat<typename event_reactions<Flow, Reactor, typename Flow::current_events>::type...>;

  template <class R, class Command, class Rejections>
  struct refusals_of;
  template <class R, class Command, class... Rejection>
  struct refusals_of<R, Command, types<Rejection...>>
      : type_is<concat<refusal_reaction_of<Flow, R, Command, Rejection>..., refusal_reaction_of<Flow, R, Command, nothing>>> {};

  template <class Command>
  static constexpr auto heard_of() {
    if constexpr (Flow::template knows<Command>)
      return concat<typename refusals_of<Reactor, Command, typename Flow::template handler_of<Command>::rejections>::type...,
                    end_reaction_of<Flow, Reactor, Command>...>{};
    else
      return types<>{};
  }
  template <class Command>
  using heard = decltype(heard_of<Command>());

  // A refusal may be answered with a further command, whose refusals are heard in turn.
  template <class Done, class Sent>
  static constexpr auto close() {
    using more = joined<mapped<heard, Sent>>;
    using next = mp::mp_set_difference<sent_in<more>, concat<Done, Sent>>;
    if constexpr (next::size == 0) return more{};
    else return concat<more, decltype(close<concat<Done, Sent>, next>())>{};
  }
  using to_refusals = decltype(close<types<>, sent_in<to_events>>());
  using reactions = concat<to_events, to_refusals>;
  using sent = sent_in<reactions>;
};

/// All who hear the refusals of what a reactor sends: those of its choreography, else it alone.
template <class Flow, class Reactor>
constexpr auto group_of_reactor() noexcept {
  using choreography = choreography_of<Flow, Reactor>;
  if constexpr (std::is_void_v<choreography>) return types<Reactor>{};
  else return danced_in<reactors, choreography>{};
}
template <class Flow, class Reactor>
using listeners_of = decltype(group_of_reactor<Flow, Reactor>());

/// What one reactor does in a flow; `sent` is what its group sends, and so what it can hear refusals of.
template <class Flow, class Reactor>
struct reactor_flow {
  using group = group_flow<Flow, listeners_of<Flow, Reactor>>;
  template <class Reaction>
  using is_own = std::bool_constant<same<typename Reaction::reactor, Reactor>>;

  using to_events = typename event_reactions<Flow, Reactor, typename Flow::current_events>::type;
  using to_refusals = filtered<typename group::to_refusals, is_own>;
  using reactions = concat<to_events, to_refusals>;
  using sent = typename group::sent;
};

template <class Flow>
struct all_reactions {
  template <class Reactor>
  using of = typename reactor_flow<Flow, Reactor>::reactions;
  using type = joined<mapped<of, typename Flow::reactors>>;
};

}  // namespace detail

}  // namespace gesta
