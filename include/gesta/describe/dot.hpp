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
inline constexpr const char* dot_shapes[] = {"", "box", "ellipse", "ellipse", "hexagon", "cylinder", "component", "parallelogram", "note"};

template <class Sink>
constexpr void say_dot_nodes(page<Sink>& out, const flow_graph& graph, std::uint16_t aggregate, const char* indent) {
  each_node_of(graph, aggregate, [&](std::size_t i) {
    const flow_node& node = graph.nodes[i];
    const drawn_kind& d = drawn(node.kind);
    out.say(indent);
    say_handle(out, graph, i);
    out.say(" [shape=", dot_shapes[static_cast<std::size_t>(node.kind)], ", label=\"");
    say_label(out, node, dot_escape);
    out.say("\", fillcolor=\"", d.fill, "\", color=\"", d.stroke, "\", fontcolor=\"", d.text);
    out.say(d.dashed ? "\", style=\"filled,dashed\"];\n" : "\"];\n");
  });
}

template <class Sink>
constexpr void say_dot_frame(page<Sink>& out, const flow_graph& graph, std::size_t aggregate) {
  const drawn_kind& d = drawn(node_kind::aggregate);
  out.say("  subgraph cluster_");
  say_handle(out, graph, aggregate);
  out.say(" {\n    graph [style=rounded, label=\"");
  say_label(out, graph.nodes[aggregate], dot_escape);
  out.say("\", color=\"", d.stroke, "\", fontcolor=\"", d.text, "\"];\n");
  say_dot_nodes(out, graph, static_cast<std::uint16_t>(aggregate), "    ");
  out.say("  }\n");
}

/// The attributes of an edge. Undoing points against the flow, so it has no say in who stands left of whom.
constexpr const char* dot_edge_style(edge_kind kind) {
  switch (kind) {
    case edge_kind::sends: return "style=bold";
    case edge_kind::undoes: return "style=dashed, constraint=false";
    case edge_kind::reads: return "style=dotted, constraint=false";
    case edge_kind::rejects:
    case edge_kind::hears:
    case edge_kind::upcasts: return "style=dashed";
    default: return "style=solid";
  }
}

template <class Sink>
constexpr void say_dot_edge(page<Sink>& out, const flow_graph& graph, const flow_edge& edge) {
  out.say("  ");
  say_handle(out, graph, edge.from);
  out.say(" -> ");
  say_handle(out, graph, edge.to);
  out.say(" [", dot_edge_style(edge.kind));
  if (const char* const label = edge_label(graph, edge); *label != '\0') out.say(", label=\"", label, "\"");
  out.say("];\n");
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
