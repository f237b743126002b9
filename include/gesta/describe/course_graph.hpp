// What a saga's steps, or a process' states, look like as data, and as a Mermaid flowchart, in the DOT language and as JSON.
// Floor: describe. sagas.hpp makes the graph of a type.
// May include: detail, describe.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/describe/dot.hpp>
#include <gesta/describe/drawing.hpp>
#include <gesta/describe/flow_graph.hpp>
#include <gesta/describe/json.hpp>
#include <gesta/describe/mermaid.hpp>
#include <gesta/detail/chars.hpp>

namespace gesta {

/// What a node of a course stands for.
enum class course_node_kind : std::uint8_t {
  beginning,    ///< of a process: the state before it has begun
  state,        ///< of a process
  step,         ///< of a saga
  undo,         ///< of a saga: what undoes a step
  completed,    ///< it ended, done
  compensated,  ///< it ended, undone
  all_of,       ///< a frame around steps that are asked at the same time
  any_of,       ///< likewise, one of which is enough
};

/// One step, undo, state or end.
struct course_node {
  course_node_kind kind = course_node_kind::state;
  detail::chars name = {};         ///< the id of the step or state
  detail::chars command = {};      ///< of a step and of an undo: what is asked; empty: nothing
  std::uint16_t frame = no_node;   ///< of a step and of an undo: the group that it is one of
};

/// What leads from one to another.
struct course_edge {
  std::uint16_t from = no_node;
  std::uint16_t to = no_node;
  detail::chars when = {};     ///< the input, or the outcome; empty: it is done
  detail::chars command = {};  ///< what is asked with it; empty: nothing
  bool goes_back = false;      ///< towards what undoes, or by it
};

/// The course of a saga or a process. The order of nodes is that of the type.
struct course_graph {
  detail::chars name;
  detail::listing<course_node> nodes;
  detail::listing<course_edge> edges;
};

namespace detail {

/// By course_node_kind: the class, and how it is drawn. The colours are those of the flow: blue is asked, grey is undone, green is well.
struct drawn_course_kind {
  const char* name;
  const char* fill;
  const char* stroke;
  const char* text;
  bool dashed;
  mermaid_shape shape;
  const char* dot_shape;
};
inline constexpr drawn_course_kind drawn_course_kinds[] = {
    {"beginning", "#f4f4f5", "#a1a1aa", "#52525b", false, {"([\"", "\"])"}, "ellipse"},
    {"state", "#ede9fe", "#7c3aed", "#4c1d95", false, {"(\"", "\")"}, "box"},
    {"step", "#dbeafe", "#2563eb", "#1e3a8a", false, {"[\"", "\"]"}, "box"},
    {"undo", "#f4f4f5", "#a1a1aa", "#52525b", true, {"[\"", "\"]"}, "box"},
    {"completed", "#dcfce7", "#16a34a", "#14532d", false, {"([\"", "\"])"}, "ellipse"},
    {"compensated", "#fee2e2", "#dc2626", "#7f1d1d", false, {"([\"", "\"])"}, "ellipse"},
    {"all_of", "none", "#a1a1aa", "#71717a", false, {"[\"", "\"]"}, ""},
    {"any_of", "none", "#a1a1aa", "#71717a", true, {"[\"", "\"]"}, ""},
};
inline constexpr std::size_t course_node_kinds = sizeof drawn_course_kinds / sizeof *drawn_course_kinds;

constexpr const drawn_course_kind& drawn(course_node_kind kind) { return drawn_course_kinds[static_cast<std::size_t>(kind)]; }
constexpr bool is_frame(course_node_kind kind) { return kind == course_node_kind::all_of || kind == course_node_kind::any_of; }

template <class Sink>
constexpr void say_course_label(page<Sink>& out, const course_node& node, escape escaped, const char* line) {
  out.quote(node.name, escaped);
  if (node.command.size == 0) return;
  out.say(line);
  out.quote(node.command, escaped);
}
template <class Sink>
constexpr void say_course_word(page<Sink>& out, const course_edge& edge, escape escaped) {
  out.quote(edge.when, escaped);
  if (edge.command.size == 0) return;
  out.say(edge.when.size == 0 ? "/ " : " / ");
  out.quote(edge.command, escaped);
}

template <class Sink>
constexpr void say_mermaid_course_nodes(page<Sink>& out, const course_graph& graph, std::uint16_t frame, const char* indent) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const course_node& node = graph.nodes[i];
    if (is_frame(node.kind) || node.frame != frame) continue;
    const drawn_course_kind& d = drawn(node.kind);
    out.say(indent, "n", i, d.shape.open);
    say_course_label(out, node, mermaid_escape, "<br/>");
    out.say(d.shape.close, ":::", d.name, "\n");
  }
}
template <class Sink>
constexpr void say_dot_course_nodes(page<Sink>& out, const course_graph& graph, std::uint16_t frame, const char* indent) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const course_node& node = graph.nodes[i];
    if (is_frame(node.kind) || node.frame != frame) continue;
    const drawn_course_kind& d = drawn(node.kind);
    out.say(indent, "n", i, " [shape=", d.dot_shape, ", label=\"");
    say_course_label(out, node, dot_escape, "\\n");
    out.say("\", fillcolor=\"", d.fill, "\", color=\"", d.stroke, "\", fontcolor=\"", d.text);
    out.say(d.dashed                             ? "\", style=\"filled,dashed\"];\n"
            : node.kind == course_node_kind::state ? "\", style=\"filled,rounded\"];\n"
                                                 : "\"];\n");
  }
}

}  // namespace detail

/// Prints the course as a Mermaid flowchart from top to bottom. Of a saga: its steps with what they ask, and dashed beside them what undoes them,
/// the last first. Of a process: its states, and at each move the input and what is asked. The sink is called with (const char*, std::size_t).
template <class Sink>
constexpr void print_mermaid(const course_graph& graph, Sink&& sink) {
  detail::page out(sink);
  out.say("flowchart TB\n");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const course_node& node = graph.nodes[i];
    if (!detail::is_frame(node.kind)) continue;
    out.say("  subgraph n", i, "[\"", detail::drawn(node.kind).name, "\"]\n");
    detail::say_mermaid_course_nodes(out, graph, static_cast<std::uint16_t>(i), "    ");
    out.say("  end\n");
  }
  detail::say_mermaid_course_nodes(out, graph, no_node, "  ");
  for (const course_edge& edge : graph.edges) {
    out.say("  n", std::size_t{edge.from}, edge.goes_back ? " -.->" : " -->");
    if (edge.when.size + edge.command.size != 0) {
      out.say("|\"");
      detail::say_course_word(out, edge, detail::mermaid_escape);
      out.say("\"|");
    }
    out.say(" n", std::size_t{edge.to}, "\n");
  }
  for (std::size_t kind = 0; kind < detail::course_node_kinds; ++kind) {
    bool is_there = false;
    for (const course_node& node : graph.nodes) is_there = is_there || node.kind == static_cast<course_node_kind>(kind);
    const detail::drawn_course_kind& d = detail::drawn_course_kinds[kind];
    if (!is_there) continue;
    out.say("  classDef ", d.name, " fill:", d.fill, ",stroke:", d.stroke, ",color:", d.text, d.dashed ? ",stroke-dasharray:4 3\n" : "\n");
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (detail::is_frame(graph.nodes[i].kind)) out.say("  class n", i, " ", detail::drawn(graph.nodes[i].kind).name, "\n");
}

/// Prints the course in the DOT language, drawn as print_mermaid draws it. The sink is called with (const char*, std::size_t).
template <class Sink>
constexpr void print_dot(const course_graph& graph, Sink&& sink) {
  detail::page out(sink);
  out.say("digraph \"");
  out.quote(graph.name, detail::dot_escape);
  out.say(
      "\" {\n"
      "  graph [fontname=\"Helvetica\"];\n"
      "  node [style=filled, fontname=\"Helvetica\"];\n"
      "  edge [color=\"#52525b\", fontcolor=\"#52525b\", fontname=\"Helvetica\"];\n");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const course_node& node = graph.nodes[i];
    if (!detail::is_frame(node.kind)) continue;
    const detail::drawn_course_kind& d = detail::drawn(node.kind);
    out.say("  subgraph cluster_n", i, " {\n    graph [style=\"rounded", d.dashed ? ",dashed" : "", "\", label=\"", d.name, "\", color=\"", d.stroke);
    out.say("\", fontcolor=\"", d.text, "\"];\n");
    detail::say_dot_course_nodes(out, graph, static_cast<std::uint16_t>(i), "    ");
    out.say("  }\n");
  }
  detail::say_dot_course_nodes(out, graph, no_node, "  ");
  for (const course_edge& edge : graph.edges) {
    out.say("  n", std::size_t{edge.from}, " -> n", std::size_t{edge.to}, edge.goes_back ? " [style=dashed" : " [style=solid", ", label=\"");
    detail::say_course_word(out, edge, detail::dot_escape);
    out.say("\"];\n");
  }
  out.say("}\n");
}

/// Prints the course as JSON, for tools of one's own: edges name nodes by their place. The sink is called with (const char*, std::size_t).
template <class Sink>
constexpr void print_json(const course_graph& graph, Sink&& sink) {
  detail::page out(sink);
  const auto text = [&](const char* name, detail::chars value) {
    out.say(name);
    out.quote(value, detail::json_escape);
    out.say("\"");
  };
  text("{\"name\": \"", graph.name);
  out.say(",\n \"nodes\": [");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const course_node& node = graph.nodes[i];
    out.say(i == 0 ? "\n  {\"kind\": \"" : ",\n  {\"kind\": \"", detail::drawn(node.kind).name, "\"");
    if (node.name.size != 0) text(", \"name\": \"", node.name);
    if (node.command.size != 0) text(", \"command\": \"", node.command);
    if (node.frame != no_node) out.say(", \"frame\": ", std::size_t{node.frame});
    out.say("}");
  }
  out.say("],\n \"edges\": [");
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    const course_edge& edge = graph.edges[i];
    out.say(i == 0 ? "\n  {\"from\": " : ",\n  {\"from\": ", std::size_t{edge.from}, ", \"to\": ", std::size_t{edge.to});
    if (edge.when.size != 0) text(", \"when\": \"", edge.when);
    if (edge.command.size != 0) text(", \"command\": \"", edge.command);
    out.say(edge.goes_back ? ", \"goes_back\": true}" : "}");
  }
  out.say("]}\n");
}

}  // namespace gesta
