// The flow of a model in the DOT language: `... --flow dot | dot -Tsvg > flow.svg`.
// Floor: describe.
// May include: detail, describe.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/describe/drawing.hpp>
#include <gesta/describe/flow_graph.hpp>
#include <gesta/detail/chars.hpp>

namespace gesta {

namespace detail {

/// Characters that mean something in a quoted label; Graphviz reads HTML entities in it.
constexpr chars dot_escape(char c) {
  switch (c) {
    case '"': return chars_of("\\\"");
    case '\\': return chars_of("\\\\");
    case '&': return chars_of("&amp;");
    default: return static_cast<unsigned char>(c) < ' ' ? chars_of(" ") : chars{};
  }
}

/// By node_kind.
inline constexpr const char* dot_shapes[] = {"", "box", "ellipse", "ellipse", "hexagon", "cylinder", "component"};

template <class Sink>
constexpr void say_dot_label(page<Sink>& out, const flow_node& node) {
  const drawn_kind& d = drawn(node.kind);
  out.say("label=\"");
  say_label(out, node, dot_escape);
  out.say("\", fillcolor=\"", d.fill, "\", color=\"", d.stroke, "\", fontcolor=\"", d.text, "\"");
}

template <class Sink>
constexpr void say_dot_nodes(page<Sink>& out, const flow_graph& graph, std::uint16_t aggregate, const char* indent) {
  each_node_of(graph, aggregate, [&](std::size_t i) {
    const flow_node& node = graph.nodes[i];
    out.say(indent);
    say_handle(out, graph, i);
    out.say(" [shape=", dot_shapes[static_cast<std::size_t>(node.kind)], ", ");
    say_dot_label(out, node);
    out.say(drawn(node.kind).dashed ? ", style=\"filled,dashed\"];\n" : "];\n");
  });
}

/// A graph attribute is ended by a semicolon where a node's is ended by a comma; a frame takes a list of its own.
template <class Sink>
constexpr void say_dot_frame(page<Sink>& out, const flow_graph& graph, std::size_t aggregate) {
  out.say("  subgraph cluster_");
  say_handle(out, graph, aggregate);
  out.say(" {\n    graph [style=\"rounded,filled\", ");
  say_dot_label(out, graph.nodes[aggregate]);
  out.say("];\n");
  say_dot_nodes(out, graph, static_cast<std::uint16_t>(aggregate), "    ");
  out.say("  }\n");
}

template <class Sink>
constexpr void say_dot_edge(page<Sink>& out, const flow_graph& graph, const flow_edge& edge) {
  const char* const label = edge_label(graph, edge);
  const bool solid = edge.kind == edge_kind::emits || edge.kind == edge_kind::projects || edge.kind == edge_kind::reacts;
  out.say("  ");
  say_handle(out, graph, edge.from);
  out.say(" -> ");
  say_handle(out, graph, edge.to);
  if (*label != '\0') out.say(" [label=\"", label, solid ? "\"]" : "\", style=dashed]");
  else if (!solid) out.say(edge.kind == edge_kind::sends ? " [style=bold]" : " [style=dashed]");
  out.say(";\n");
}

}  // namespace detail

/// Prints the graph in the DOT language, drawn as print_mermaid draws it. The sink is called with (const char*, std::size_t).
template <class Sink>
constexpr void print_dot(const flow_graph& graph, Sink&& sink) {
  detail::page out(sink);
  out.say(
      "digraph flow {\n"
      "  graph [rankdir=LR, fontname=\"Helvetica\"];\n"
      "  node [style=filled, fontname=\"Helvetica\"];\n"
      "  edge [color=\"#52525b\", fontcolor=\"#52525b\", fontname=\"Helvetica\"];\n");
  for (std::size_t i = 0; i < graph.nodes.size() && graph.nodes[i].kind == node_kind::aggregate; ++i) detail::say_dot_frame(out, graph, i);
  detail::say_dot_nodes(out, graph, no_node, "  ");
  for (std::size_t i = 0; i < graph.edges.size(); ++i)
    if (detail::is_drawn(graph, i)) detail::say_dot_edge(out, graph, graph.edges[i]);
  out.say("}\n");
}

}  // namespace gesta
