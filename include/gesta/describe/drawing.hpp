// What the printed diagrams share: text into a sink, the names and colours of the kinds, which edges are drawn.
// Floor: describe.
// May include: detail, describe.
#pragma once

#include <cstddef>

#include <gesta/describe/flow_graph.hpp>
#include <gesta/detail/chars.hpp>

namespace gesta::detail {

/// What stands for one character in a quoted text; empty: the character itself.
using escape = chars (*)(char);

/// Writes text to a sink, a function object that takes (const char*, std::size_t).
template <class Sink>
class page {
 public:
  constexpr explicit page(Sink& sink) : sink_(sink) {}

  /// Texts and whole numbers, one after another.
  template <class... Part>
  constexpr void say(const Part&... part) {
    (put(part), ...);
  }

  constexpr void quote(chars text, escape replaced) {
    const char* begin = text.begin();
    for (const char* at = begin; at != text.end(); ++at) {
      const chars instead = replaced(*at);
      if (instead.size == 0) continue;
      put(chars{begin, static_cast<std::size_t>(at - begin)});
      put(instead);
      begin = at + 1;
    }
    put(chars{begin, static_cast<std::size_t>(text.end() - begin)});
  }

 private:
  constexpr void put(chars text) {
    if (text.size != 0) sink_(text.data, text.size);
  }
  constexpr void put(const char* text) { put(chars_of(text)); }
  constexpr void put(std::size_t number) {
    char digits[20] = {};
    char* first = digits + sizeof digits;
    do {
      *--first = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    put(chars{first, static_cast<std::size_t>(digits + sizeof digits - first)});
  }

  Sink& sink_;
};

/// How things of one kind are called and drawn, by node_kind. Orange facts, blue wishes: the colours of event storming. An aggregate is
/// a frame that is not filled, so that lines within it are seen on a light page and on a dark one.
struct drawn_kind {
  const char* name;
  const char* fill;
  const char* stroke;
  const char* text;
  bool dashed;
};
inline constexpr drawn_kind drawn_kinds[] = {
    {"aggregate", "none", "#a1a1aa", "#71717a", false},      {"command", "#dbeafe", "#2563eb", "#1e3a8a", false},
    {"event", "#ffedd5", "#ea580c", "#7c2d12", false},       {"old_version", "#f4f4f5", "#a1a1aa", "#52525b", true},
    {"rejection", "#fee2e2", "#dc2626", "#7f1d1d", true},    {"view", "#dcfce7", "#16a34a", "#14532d", false},
    {"reactor", "#ede9fe", "#7c3aed", "#4c1d95", false},     {"performer", "#fae8ff", "#c026d3", "#701a75", false},
    {"integration", "#fef9c3", "#ca8a04", "#713f12", false},
};
inline constexpr std::size_t node_kinds = sizeof drawn_kinds / sizeof *drawn_kinds;

constexpr const drawn_kind& drawn(node_kind kind) { return drawn_kinds[static_cast<std::size_t>(kind)]; }

/// The number of a node among those of its kind.
constexpr std::size_t number_in_kind(const flow_graph& graph, std::size_t node) {
  std::size_t first = node;
  while (first != 0 && graph.nodes[first - 1].kind == graph.nodes[node].kind) --first;
  return node - first;
}

/// The name by which a diagram refers to a node: `event3`.
template <class Sink>
constexpr void say_handle(page<Sink>& out, const flow_graph& graph, std::size_t node) {
  out.say(drawn(graph.nodes[node].kind).name, number_in_kind(graph, node));
}

/// What stands in the box of a node.
template <class Sink>
constexpr void say_label(page<Sink>& out, const flow_node& node, escape escaped) {
  out.quote(node.name, escaped);
  if (node.version > 1 || node.kind == node_kind::old_version) out.say(" v", std::size_t{node.version});
  if (node.may_do_nothing) out.say(" or nothing");
  if (node.is_boundary) out.say(" (boundary)");
}

/// The word at an edge; "" where its ends say enough.
constexpr const char* edge_label(const flow_graph& graph, const flow_edge& edge) {
  switch (edge.kind) {
    case edge_kind::emits:
    case edge_kind::publishes: return edge.many ? "many" : "";
    case edge_kind::upcasts: return "upcast";
    case edge_kind::undoes: return "undoes";
    case edge_kind::reads: return "read";
    case edge_kind::hears: return graph.nodes[edge.from].kind == node_kind::command ? "nothing" : "";
    default: return "";
  }
}

/// Whether edge number i is drawn: an aggregate is drawn around its commands, what comes from outside within its frame, and two edges that differ in `via` only are one line.
constexpr bool is_drawn(const flow_graph& graph, std::size_t i) {
  const flow_edge& edge = graph.edges[i];
  if (edge.kind == edge_kind::handled_by || edge.kind == edge_kind::receives) return false;
  for (std::size_t k = 0; k < i; ++k)
    if (graph.edges[k].kind == edge.kind && graph.edges[k].from == edge.from && graph.edges[k].to == edge.to &&
        graph.edges[k].many == edge.many)
      return false;
  return true;
}

/// Calls visit(node) for the nodes that are drawn within an aggregate; with no_node: for those outside of all.
template <class Visit>
constexpr void each_node_of(const flow_graph& graph, std::uint16_t aggregate, Visit&& visit) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (graph.nodes[i].kind != node_kind::aggregate && graph.nodes[i].aggregate == aggregate) visit(i);
}

/// Whether any node is of this kind.
constexpr bool has_kind(const flow_graph& graph, std::size_t kind) {
  for (const flow_node& node : graph.nodes)
    if (node.kind == static_cast<node_kind>(kind)) return true;
  return false;
}

}  // namespace gesta::detail
