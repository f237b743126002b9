// From the types of a flow to the edges of its graph.
// Floor: describe.
// May include: detail, message, decide, react, model, describe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/describe/flow_graph.hpp>
#include <gesta/detail/exact.hpp>
#include <gesta/detail/list.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/outside.hpp>
#include <gesta/model/queries.hpp>

namespace gesta::detail {

constexpr std::uint16_t node_number(std::size_t first, std::size_t index) {
  return index == npos ? no_node : static_cast<std::uint16_t>(first + index);
}

// Of the records of performers, which are events as any, only those are nodes that somebody hears.
template <class Record, class Projections, class Reactions>
inline constexpr bool somebody_hears = false;
template <class Record, class... Projection, class... Reaction>
inline constexpr bool somebody_hears<Record, types<Projection...>, types<Reaction...>> =
    (projects<typename Projection::view_type, Record> || ...) || (same<typename Reaction::cause, Record> || ...);
template <class Flow, class... Record>
constexpr auto heard_records(types<Record...>) {
  using reactions = typename all_reactions<Flow>::type;
  return concat<std::conditional_t<somebody_hears<Record, typename Flow::projections, reactions>, types<Record>, types<>>...>{};
}
template <class Flow, class... Performer>
constexpr auto all_heard_records(types<Performer...>) {
  return concat<decltype(heard_records<Flow>(events_in<typename Flow::template stream_of<Performer>>{}))...>{};
}
template <class Flow>
constexpr auto events_to_draw() {
  if constexpr (Flow::performers::size == 0) return typename Flow::current_events{};
  else return concat<typename Flow::of_deciders::current_events, decltype(all_heard_records<Flow>(typename Flow::performers{}))>{};
}
/// The events of today that are nodes.
template <class Flow>
using drawn_events = decltype(events_to_draw<Flow>());

/// Where the nodes of each kind begin.
template <class Flow>
struct node_places {
  using events_in_order = concat<drawn_events<Flow>, typename Flow::old_versions>;
  using types_in_order = concat<typename Flow::deciders, typename Flow::commands, events_in_order, typename Flow::rejections,
                                typename Flow::projections, typename Flow::reactors, typename Flow::performers, integrations_in<Flow>>;
  static constexpr std::size_t commands = Flow::deciders::size;
  static constexpr std::size_t events = commands + Flow::commands::size;
  static constexpr std::size_t old_versions = events + drawn_events<Flow>::size;
  static constexpr std::size_t rejections = events + events_in_order::size;
  static constexpr std::size_t views = rejections + Flow::rejections::size;
  static constexpr std::size_t reactors = views + Flow::projections::size;
  static constexpr std::size_t performers = reactors + Flow::reactors::size;
  static constexpr std::size_t integrations = performers + Flow::performers::size;
  static constexpr std::size_t count = integrations + integrations_in<Flow>::size;

  static constexpr node_kind kind_of(std::size_t node) {
    return node < commands       ? node_kind::aggregate
           : node < events       ? node_kind::command
           : node < old_versions ? node_kind::event
           : node < rejections   ? node_kind::old_version
           : node < views        ? node_kind::rejection
           : node < reactors     ? node_kind::view
           : node < performers   ? node_kind::reactor
           : node < integrations ? node_kind::performer
                                 : node_kind::integration;
  }
  template <class Command>
  static constexpr std::uint16_t command = node_number(commands, index_of<Command, typename Flow::commands>);
  template <class Event>
  static constexpr std::uint16_t event = node_number(events, index_of<Event, events_in_order>);
  template <class Rejection>
  static constexpr std::uint16_t rejection = node_number(rejections, index_of<Rejection, typename Flow::rejections>);
};

/// Takes edges; while it does not keep them it only counts them, so that the array for them can have its exact size.
struct edge_writer {
  flow_edge* out;
  bool keeps;
  std::size_t count = 0;

  constexpr void add(const flow_edge& edge) {
    if (keeps) out[count] = edge;
    ++count;
  }
};

/// Writes the edges of one part of the model, whose node is self. The parts stand in arrays of these and not in fold expressions, of
/// which Clang takes 256 elements at most.
using edge_step = void (*)(edge_writer& w, std::uint16_t self);

/// Writes part after part; the first one's node is `first`.
constexpr void write_parts(edge_writer& w, const edge_step* steps, std::size_t count, std::size_t first) {
  for (std::size_t i = 0; i < count; ++i) steps[i](w, static_cast<std::uint16_t>(first + i));
}

// ---- commands

template <class Flow, class... Place, class... R>
constexpr void write_contract(edge_writer& w, std::uint16_t self, types<Place...>, types<R...>) {
  using at = node_places<Flow>;
  (w.add({edge_kind::emits, self, at::template event<typename event_of_place<Place>::type>, no_node, has_open_number<types<Place>>}), ...);
  (w.add({edge_kind::rejects, self, at::template rejection<R>}), ...);
}
template <class Flow, class... State, class... E>
constexpr void write_read(edge_writer& w, std::uint16_t self, types<State...>, types<E...>) {
  const bool is_read[] = {(states_of_event<E, types<State...>>::type::size != 0)..., false};
  for (std::size_t i = 0; i < sizeof...(E); ++i)
    if (is_read[i]) w.add({edge_kind::reads, static_cast<std::uint16_t>(node_places<Flow>::events + i), self});
}
template <class Flow, class Handler>
constexpr void write_handler(edge_writer& w, std::uint16_t self) {
  w.add({edge_kind::handled_by, self, Flow::template aggregate_tag<typename Handler::aggregate>});
  write_contract<Flow>(w, self, typename Handler::contract::event_list{}, typename Handler::rejections{});
  if constexpr (boundary_part<typename Handler::aggregate>) write_read<Flow>(w, self, typename Handler::reads{}, drawn_events<Flow>{});
}
template <class Flow, class... Handler>
constexpr void write_handlers(edge_writer& w, types<Handler...>) {
  const edge_step steps[] = {write_handler<Flow, Handler>..., nullptr};
  write_parts(w, steps, sizeof...(Handler), node_places<Flow>::commands);
}

// ---- events

/// What an event leads to of itself: the later version, or the event that it undoes.
constexpr void write_links(edge_writer& w, edge_kind kind, const std::uint16_t* to, std::size_t count, std::size_t first) {
  for (std::size_t i = 0; i < count; ++i)
    if (to[i] != no_node) w.add({kind, static_cast<std::uint16_t>(first + i), to[i]});
}

template <class Flow, class... Newer>
constexpr void write_newer(edge_writer& w, std::uint16_t self, types<Newer...>) {
  const std::uint16_t newer[] = {node_places<Flow>::template event<Newer>..., no_node};
  for (std::size_t i = 0; i < sizeof...(Newer); ++i)
    if (newer[i] != no_node) w.add({edge_kind::upcasts, self, newer[i]});
}
template <class Flow, class Old>
constexpr void write_upcast(edge_writer& w, std::uint16_t self) {
  write_newer<Flow>(w, self, newer_of<Old>{});
}
template <class Flow, class... Old>
constexpr void write_upcasts(edge_writer& w, types<Old...>) {
  using at = node_places<Flow>;
  const edge_step steps[] = {write_upcast<Flow, Old>..., nullptr};
  write_parts(w, steps, sizeof...(Old), at::old_versions);
}

template <class Event>
struct undone_by : type_is<void> {};
template <class Event>
  requires requires { typename Event::undoes; }
struct undone_by<Event> : type_is<typename Event::undoes> {};

template <class Flow, class... E>
constexpr void write_undoing(edge_writer& w, types<E...>) {
  using at = node_places<Flow>;
  const std::uint16_t undone[] = {at::template event<typename undone_by<E>::type>..., no_node};
  write_links(w, edge_kind::undoes, undone, sizeof...(E), at::events);
}

// ---- views

template <class Flow, class View, class... E>
constexpr void write_projected(edge_writer& w, std::uint16_t self, types<E...>) {
  const bool takes[] = {projects<View, E>..., false};
  for (std::size_t i = 0; i < sizeof...(E); ++i)
    if (takes[i]) w.add({edge_kind::projects, static_cast<std::uint16_t>(node_places<Flow>::events + i), self});
}
template <class Flow, class Projection>
constexpr void write_projection(edge_writer& w, std::uint16_t self) {
  write_projected<Flow, typename Projection::view_type>(w, self, drawn_events<Flow>{});
}
template <class Flow, class... Projection>
constexpr void write_projections(edge_writer& w, types<Projection...>) {
  const edge_step steps[] = {write_projection<Flow, Projection>..., nullptr};
  write_parts(w, steps, sizeof...(Projection), node_places<Flow>::views);
}

// ---- reactors

/// The edge from what a reactor hears; kind, from and via.
template <class Flow, class Cause>
struct cause_edge {
  static constexpr flow_edge value = {edge_kind::reacts, node_places<Flow>::template event<Cause>};
};
template <class Flow, class Command, class Refusal>
struct cause_edge<Flow, refused<Command, Refusal>> {
  using at = node_places<Flow>;
  static constexpr flow_edge value = {edge_kind::hears, at::template rejection<Refusal>, no_node, at::template command<Command>};
};
template <class Flow, class Command>
struct cause_edge<Flow, unchanged<Command>> {
  static constexpr std::uint16_t asked = node_places<Flow>::template command<Command>;
  static constexpr flow_edge value = {edge_kind::hears, asked, no_node, asked};
};
template <class Flow, class Command>
struct cause_edge<Flow, all_done<Command>> : cause_edge<Flow, unchanged<Command>> {};

template <class Flow, class Reaction>
constexpr void write_reaction(edge_writer& w, std::uint16_t self) {
  flow_edge heard = cause_edge<Flow, typename Reaction::cause>::value;
  heard.to = self;
  w.add(heard);
  if constexpr (!std::is_void_v<typename Reaction::command>)
    w.add({edge_kind::sends, self, node_places<Flow>::template command<typename Reaction::command>, heard.from});
}
template <class Flow, class... Reaction>
constexpr void write_reactions(edge_writer& w, std::uint16_t self, types<Reaction...>) {
  const edge_step steps[] = {write_reaction<Flow, Reaction>..., nullptr};
  for (std::size_t i = 0; i < sizeof...(Reaction); ++i) steps[i](w, self);
}
template <class Flow, class Reactor>
constexpr void write_reactor(edge_writer& w, std::uint16_t self) {
  write_reactions<Flow>(w, self, typename reactor_flow<Flow, Reactor>::reactions{});
}
template <class Flow, class... Reactor>
constexpr void write_reactors(edge_writer& w, types<Reactor...>) {
  const edge_step steps[] = {write_reactor<Flow, Reactor>..., nullptr};
  write_parts(w, steps, sizeof...(Reactor), node_places<Flow>::reactors);
}

// ---- performers

template <class Reading, std::size_t... I>
constexpr auto commands_of_steps(indices<I...>) {
  return concat<types<typename Reading::template step<I>::command...>, types<typename Reading::template step<I>::undo_command...>>{};
}
template <class Performer, class Stream>
constexpr auto asked_by_performer() {
  if constexpr (requires { typename Stream::reading; })
    return commands_of_steps<typename Stream::reading>(make_indices<Stream::reading::step_count>{});
  else if constexpr (requires { typename Stream::cells; }) return typename Stream::cells::commands{};
  else return elements<Performer>{};  // commands that may be delayed
}
template <class Flow, class... Command>
constexpr void write_asked(edge_writer& w, std::uint16_t self, types<Command...>) {
  const std::uint16_t asked[] = {node_places<Flow>::template command<Command>..., no_node};
  for (std::size_t i = 0; i < sizeof...(Command); ++i)
    if (asked[i] != no_node) w.add({edge_kind::sends, self, asked[i]});
}
template <class Flow, class Performer, class... E>
constexpr void write_heard(edge_writer& w, std::uint16_t self, types<E...>) {
  const bool hears[] = {performing<typename Flow::of_deciders, Performer>::template hears<E>..., false};
  for (std::size_t i = 0; i < sizeof...(E); ++i)
    if (hears[i]) w.add({edge_kind::reacts, static_cast<std::uint16_t>(node_places<Flow>::events + i), self});
}
template <class Flow, class... Record>
constexpr void write_records(edge_writer& w, std::uint16_t self, types<Record...>) {
  const std::uint16_t records[] = {node_places<Flow>::template event<Record>..., no_node};
  for (std::size_t i = 0; i < sizeof...(Record); ++i)
    if (records[i] != no_node) w.add({edge_kind::records, self, records[i]});
}
template <class Flow, class Performer>
constexpr void write_performer(edge_writer& w, std::uint16_t self) {
  using stream = typename Flow::template stream_of<Performer>;
  write_heard<Flow, Performer>(w, self, drawn_events<Flow>{});
  write_asked<Flow>(w, self, unique<decltype(asked_by_performer<Performer, stream>())>{});
  write_records<Flow>(w, self, events_in<stream>{});
}
template <class Flow, class... Performer>
constexpr void write_performers(edge_writer& w, types<Performer...>) {
  const edge_step steps[] = {write_performer<Flow, Performer>..., nullptr};
  write_parts(w, steps, sizeof...(Performer), node_places<Flow>::performers);
}

// ---- what is told to others, and heard from them

template <class Flow, class... E>
constexpr void write_told(edge_writer& w, types<E...>) {
  using at = node_places<Flow>;
  const std::uint16_t from[] = {at::template event<E>..., no_node};
  const std::uint16_t to[] = {node_number(at::integrations, index_of<told_as<E>, integrations_in<Flow>>)..., no_node};
  const bool many[] = {is_many<std::remove_cvref_t<publish_result<E>>>..., false};
  for (std::size_t i = 0; i < sizeof...(E); ++i) w.add({edge_kind::publishes, from[i], to[i], no_node, many[i]});
}
template <class Flow, class... E>
constexpr void write_outside(edge_writer& w, types<E...>) {
  const std::uint16_t events[] = {node_places<Flow>::template event<E>..., no_node};
  for (std::size_t i = 0; i < sizeof...(E); ++i)
    w.add({edge_kind::receives, static_cast<std::uint16_t>(index_of<outside_in<Flow>, typename Flow::deciders>), events[i]});
}

/// Every edge of a flow, part by part. Returns their number.
template <class Flow>
constexpr std::size_t write_edges(edge_writer w) {
  write_handlers<Flow>(w, typename Flow::handlers{});
  write_upcasts<Flow>(w, typename Flow::old_versions{});
  write_undoing<Flow>(w, drawn_events<Flow>{});
  write_projections<Flow>(w, typename Flow::projections{});
  write_reactors<Flow>(w, typename Flow::reactors{});
  write_performers<Flow>(w, typename Flow::performers{});
  write_told<Flow>(w, published_events<Flow>{});
  write_outside<Flow>(w, typename outside_in<Flow>::heard_list{});
  return w.count;
}

}  // namespace gesta::detail
