// The flow of a model as a Mermaid flowchart: for a README or an issue, where it is drawn in place.
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

/// Characters that mean something to Mermaid, to HTML or to Markdown within a quoted label.
constexpr chars mermaid_escape(char c) {
  switch (c) {
    case '"': return chars_of("#quot;");
    case '#': return chars_of("#35;");
    case '&': return chars_of("#amp;");
    case '<': return chars_of("#lt;");
    case '>': return chars_of("#gt;");
    case '`': return chars_of("#96;");
    case '\\': return chars_of("#92;");
    default: return static_cast<unsigned char>(c) < ' ' ? chars_of(" ") : chars{};
  }
}

struct mermaid_shape {
  const char* open;
  const char* close;
};
/// By node_kind.
inline constexpr mermaid_shape mermaid_shapes[] = {{"[\"", "\"]"},     {"[\"", "\"]"},   {"([\"", "\"])"},  {"([\"", "\"])"},
                                                   {"{{\"", "\"}}"},   {"[(\"", "\")]"}, {"[[\"", "\"]]"}, {"[/\"", "\"/]"},
                                                   {">\"", "\"]"}};

template <class Sink>
constexpr void say_mermaid_node(page<Sink>& out, const flow_graph& graph, std::size_t node, const char* before) {
  const auto& [open, close] = mermaid_shapes[static_cast<std::size_t>(graph.nodes[node].kind)];
  out.say(before);
  say_handle(out, graph, node);
  out.say(open);
  say_label(out, graph.nodes[node], mermaid_escape);
  out.say(close);
}

template <class Sink>
constexpr void say_mermaid_nodes(page<Sink>& out, const flow_graph& graph, std::uint16_t aggregate, const char* indent) {
  each_node_of(graph, aggregate, [&](std::size_t node) {
    say_mermaid_node(out, graph, node, indent);
    out.say(":::", drawn(graph.nodes[node].kind).name, "\n");
  });
}

constexpr const char* mermaid_line(edge_kind kind) {
  switch (kind) {
    case edge_kind::sends: return "==>";
    case edge_kind::rejects:
    case edge_kind::hears:
    case edge_kind::undoes:
    case edge_kind::reads:
    case edge_kind::upcasts: return "-.->";
    default: return "-->";
  }
}

template <class Sink>
constexpr void say_mermaid_edge(page<Sink>& out, const flow_graph& graph, const flow_edge& edge) {
  out.say("  ");
  say_handle(out, graph, edge.from);
  out.say(" ", mermaid_line(edge.kind));
  if (const char* const label = edge_label(graph, edge); *label != '\0') out.say("|", label, "|");
  out.say(" ");
  say_handle(out, graph, edge.to);
  out.say("\n");
}

template <class Sink>
constexpr void say_mermaid_styles(page<Sink>& out, const flow_graph& graph) {
  for (std::size_t kind = 0; kind < node_kinds; ++kind) {
    if (!has_kind(graph, kind)) continue;
    const drawn_kind& d = drawn_kinds[kind];
    out.say("  classDef ", d.name, " fill:", d.fill, ",stroke:", d.stroke, ",color:", d.text, d.dashed ? ",stroke-dasharray:4 3\n" : "\n");
  }
  for (std::size_t i = 0; i < graph.nodes.size() && graph.nodes[i].kind == node_kind::aggregate; ++i) {
    out.say("  class ");
    say_handle(out, graph, i);
    out.say(" aggregate\n");
  }
}

}  // namespace detail

/// Prints the graph as a Mermaid flowchart from left to right. Each aggregate is a frame around its commands, the events that it alone
/// records and the rejections that it alone gives; dashed: refusals, and what concerns old versions and undoing; thick: a reactor sends.
/// The sink is called with (const char*, std::size_t), piece by piece.
template <class Sink>
constexpr void print_mermaid(const flow_graph& graph, Sink&& sink) {
  detail::page out(sink);
  out.say("flowchart LR\n");
  for (std::size_t i = 0; i < graph.nodes.size() && graph.nodes[i].kind == node_kind::aggregate; ++i) {
    detail::say_mermaid_node(out, graph, i, "  subgraph ");
    out.say("\n    direction LR\n");  // of a frame from which no line leads out; else that of the whole
    detail::say_mermaid_nodes(out, graph, static_cast<std::uint16_t>(i), "    ");
    out.say("  end\n");
  }
  detail::say_mermaid_nodes(out, graph, no_node, "  ");
  for (std::size_t i = 0; i < graph.edges.size(); ++i)
    if (detail::is_drawn(graph, i)) detail::say_mermaid_edge(out, graph, graph.edges[i]);
  detail::say_mermaid_styles(out, graph);
}

}  // namespace gesta
