// The steps of a saga, or the states of a process, as data made from the type: to be printed, and for a user's own static_assert.
// Floor: describe. It costs compile time only where it is included.
// May include: detail, message, react, model, describe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/describe/course_graph.hpp>
#include <gesta/describe/diagram.hpp>
#include <gesta/describe/graph.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/process_cells.hpp>
#include <gesta/react/saga_flow.hpp>

namespace gesta {

namespace detail {

/// What a thing is called in a picture: its id, else the name of its type.
template <class T>
constexpr chars drawn_name() {
  return named_node<T>().name;
}
template <class Input>
struct drawn_input {
  static constexpr chars name() { return drawn_name<Input>(); }
};
template <>
struct drawn_input<timed_out> {
  static constexpr chars name() { return chars_of("timed out"); }
};
template <>
struct drawn_input<nothing> {
  static constexpr chars name() { return chars_of("nothing"); }
};
template <class Command>
struct drawn_input<unchanged<Command>> {
  static constexpr chars name() { return chars_of("nothing"); }
};

template <std::size_t Nodes, std::size_t Edges>
struct course_tables {
  course_node nodes[Nodes + 1] = {};
  course_edge edges[Edges + 1] = {};
  std::size_t node_count = 0;
  std::size_t edge_count = 0;

  constexpr std::uint16_t add(const course_node& node) {
    nodes[node_count] = node;
    return static_cast<std::uint16_t>(node_count++);
  }
  constexpr void lead(std::uint16_t from, std::uint16_t to, chars when, chars command, bool goes_back) {
    for (std::size_t i = 0; i < edge_count; ++i)
      if (edges[i].from == from && edges[i].to == to && edges[i].when == when && edges[i].command == command) return;
    edges[edge_count++] = {from, to, when, command, goes_back};
  }
};

// ---- a process

template <class Move>
struct drawn_commands;
template <class Next, class... Asked, class Indices>
struct drawn_commands<move_to<Next, types<Asked...>, Indices>> {
  static constexpr std::size_t size() { return ((drawn_name<typename one_asked<Asked>::type>().size + 2) + ... + 0); }
  /// The names, one after another.
  struct text {
    char chars[size() + 1] = {};
    std::size_t length = 0;
    constexpr text() { (put(drawn_name<typename one_asked<Asked>::type>()), ...); }
    constexpr void put(gesta::detail::chars name) {
      if (length != 0) chars[length++] = ',', chars[length++] = ' ';
      for (std::size_t i = 0; i < name.size; ++i) chars[length++] = name.data[i];
    }
  };
  static constexpr text all{};
  static constexpr chars names() { return {all.chars, all.length}; }
};
template <class Next>
struct drawn_commands<becomes<Next>> {
  static constexpr chars names() { return {}; }
};

template <class Cells>
struct process_drawing {
  using states = typename Cells::states;
  template <class... Cell>
  static constexpr std::size_t moves_in_all(types<Cell...>) {
    return (Cell::moves::size + ... + 0);
  }
  using tables = course_tables<states::size, moves_in_all(typename Cells::cells{})>;

  template <class State>
  static constexpr course_node_kind kind() {
    if constexpr (ending_state<State>) return State::ends == ended::completed ? course_node_kind::completed : course_node_kind::compensated;
    else return index_of<State, states> == 0 ? course_node_kind::beginning : course_node_kind::state;
  }
  template <class Cell, class... Move>
  static constexpr void draw(tables& made, types<Move...>) {
    constexpr auto from = static_cast<std::uint16_t>(index_of<typename Cell::state, states>);
    (made.lead(from, static_cast<std::uint16_t>(index_of<typename Move::next_state, states>), drawn_input<typename Cell::input>::name(),
               drawn_commands<Move>::names(), false),
     ...);
  }
  template <class... State, class... Cell>
  static constexpr tables make(types<State...>, types<Cell...>) {
    tables made;
    (made.add({kind<State>(), drawn_name<State>(), {}, no_node}), ...);
    (draw<Cell>(made, typename Cell::moves{}), ...);
    return made;
  }
  static constexpr tables all = make(states{}, typename Cells::cells{});
};

// ---- a saga

template <class Reading>
struct saga_drawing {
  static constexpr std::size_t steps = Reading::step_count;
  static constexpr const course_table& table = Reading::table;
  using says_all = outcome_rule::says;

  static constexpr std::size_t most_outcomes() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < steps; ++i) count += table.steps[i].outcomes;
    return count;
  }
  using tables = course_tables<2 * steps + 2 + table.group_count, steps * steps + 2 * steps + most_outcomes() + 2>;

  struct places {
    std::uint16_t step[steps + 1] = {};
    std::uint16_t undo[steps + 1] = {};
    std::uint16_t completed = no_node;
    std::uint16_t compensated = no_node;
  };

  template <std::size_t I>
  static constexpr chars asked() {
    using command = typename Reading::template step<I>::command;
    if constexpr (std::is_void_v<command>) return drawn_name<typename Reading::beginning>();
    else return drawn_name<command>();
  }
  template <std::size_t I>
  static constexpr chars undone() {
    using command = typename Reading::template step<I>::undo_command;
    if constexpr (std::is_void_v<command>) return {};
    else return drawn_name<command>();
  }
  static constexpr std::size_t group_of(std::size_t step) { return table.steps[step].group; }

  /// Where it goes back to when a step fails: the last that can be undone, of those before it or asked with it.
  static constexpr std::uint16_t back_from(const places& at, std::size_t step) {
    const group_rule& group = table.groups[group_of(step)];
    for (std::size_t i = std::size_t{group.first} + group.steps; i-- != 0;)
      if (i != step && at.undo[i] != no_node) return at.undo[i];
    return at.compensated;
  }
  static constexpr std::uint16_t back_from_undo(const places& at, std::size_t step) {
    for (std::size_t i = step; i-- != 0;)
      if (at.undo[i] != no_node) return at.undo[i];
    return at.compensated;
  }
  template <std::size_t I, class... Outcome>
  static constexpr void draw_failures(tables& made, const places& at, types<Outcome...>) {
    const chars names[] = {drawn_input<Outcome>::name()..., {}};
    for (std::size_t i = 0; i < sizeof...(Outcome); ++i) {
      const outcome_rule& rule = table.outcome(I, i);
      if (rule.answer == says_all::compensate || rule.answer == says_all::again)
        made.lead(at.step[I], rule.may_stand && at.undo[I] != no_node ? at.undo[I] : back_from(at, I), names[i], {}, true);
    }
  }
  template <std::size_t... I>
  static constexpr tables make(indices<I...>) {
    tables made;
    places at;
    std::uint16_t frames[table.group_count + 1] = {};
    for (std::size_t g = 0; g < table.group_count; ++g) {
      const bool is_any = table.groups[g].is == group_is::any_of;
      frames[g] = table.groups[g].steps > 1 ? made.add({is_any ? course_node_kind::any_of : course_node_kind::all_of, {}, {}, no_node}) : no_node;
    }
    ((at.step[I] = made.add({course_node_kind::step, drawn_name<gesta::detail::at<I, typename Reading::steps>>(), asked<I>(), frames[group_of(I)]})),
     ...);
    ((at.undo[I] =
          undone<I>().size == 0 ? no_node : made.add({course_node_kind::undo, chars_of("undo"), undone<I>(), frames[group_of(I)]})),
     ...);
    at.completed = made.add({course_node_kind::completed, chars_of("completed"), {}, no_node});
    at.compensated = made.add({course_node_kind::compensated, chars_of("compensated"), {}, no_node});
    for (std::size_t g = 0; g < table.group_count; ++g)
      for (std::size_t i = 0; i < table.groups[g].steps; ++i) {
        const std::uint16_t from = at.step[table.groups[g].first + i];
        if (g + 1 == table.group_count) made.lead(from, at.completed, {}, {}, false);
        else
          for (std::size_t k = 0; k < table.groups[g + 1].steps; ++k) made.lead(from, at.step[table.groups[g + 1].first + k], {}, {}, false);
      }
    (draw_failures<I>(made, at, typename Reading::template step<I>::outcomes{}), ...);
    for (std::size_t i = steps; i-- != 0;)
      if (at.undo[i] != no_node) made.lead(at.undo[i], back_from_undo(at, i), {}, {}, true);
    return made;
  }
  static constexpr tables all = make(make_indices<steps>{});
};

template <class Model, class Part>
struct course_drawing;
template <class Model, saga_part Saga>
struct course_drawing<Model, Saga> : saga_drawing<typename flow<Model>::template stream_of<Saga>::reading> {};
template <class Model, process_part Process>
struct course_drawing<Model, Process> : process_drawing<typename flow<Model>::template stream_of<Process>::cells> {};

}  // namespace detail

/// The course of a saga or a process of a model: `gesta::course_of<shop, fulfilment>`.
template <class Model, class Part>
inline constexpr course_graph course_of = {detail::drawn_name<Part>(),
                                           {detail::course_drawing<Model, Part>::all.nodes, detail::course_drawing<Model, Part>::all.node_count},
                                           {detail::course_drawing<Model, Part>::all.edges, detail::course_drawing<Model, Part>::all.edge_count}};

/// Prints it: `gesta::print_course<shop, fulfilment>(gesta::diagram::mermaid, sink)`. The sink is any function object that takes
/// (const char*, std::size_t). Nothing is allocated.
template <class Model, class Part, class Sink>
constexpr void print_course(diagram form, Sink&& sink) {
  switch (form) {
    case diagram::mermaid: return print_mermaid(course_of<Model, Part>, sink);
    case diagram::dot: return print_dot(course_of<Model, Part>, sink);
    case diagram::json: return print_json(course_of<Model, Part>, sink);
  }
}

}  // namespace gesta
