// The flow of a model as JSON: for tools of one's own.
// Floor: describe.
// May include: detail, describe.
#pragma once

#include <cstddef>

#include <gesta/describe/drawing.hpp>
#include <gesta/describe/flow_graph.hpp>
#include <gesta/detail/chars.hpp>

namespace gesta {

namespace detail {

/// \u0000 to \u001f, six characters each.
struct control_escapes {
  char all[32 * 6] = {};

  constexpr control_escapes() {
    for (std::size_t c = 0; c < 32; ++c) {
      const char text[] = {'\\', 'u', '0', '0', c < 16 ? '0' : '1', "0123456789abcdef"[c % 16]};
      for (std::size_t i = 0; i < 6; ++i) all[c * 6 + i] = text[i];
    }
  }
};
inline constexpr control_escapes json_controls;

constexpr chars json_escape(char c) {
  if (c == '"') return chars_of("\\\"");
  if (c == '\\') return chars_of("\\\\");
  const std::size_t code = static_cast<unsigned char>(c);
  return code < 32 ? chars{json_controls.all + code * 6, 6} : chars{};
}

/// By edge_kind.
inline constexpr const char* json_edge_names[] = {"handled_by", "emits",  "rejects", "upcasts", "undoes",
                                                  "projects",   "reacts", "hears",   "sends",   "records", "reads", "publishes", "receives"};

template <class Sink>
constexpr void say_json_node(page<Sink>& out, const flow_node& node) {
  out.say("{\"kind\": \"", drawn(node.kind).name, "\", \"name\": \"");
  out.quote(node.name, json_escape);
  out.say("\"");
  if (node.version != 0) out.say(", \"version\": ", std::size_t{node.version});
  if (node.aggregate != no_node) out.say(", \"aggregate\": ", std::size_t{node.aggregate});
  if (node.key.size != 0) {
    out.say(", \"key\": \"");
    out.quote(node.key, json_escape);
    out.say("\"");
  }
  if (node.may_do_nothing) out.say(", \"may_do_nothing\": true");
  if (node.is_boundary) out.say(", \"boundary\": true");
  out.say("}");
}

template <class Sink>
constexpr void say_json_edge(page<Sink>& out, const flow_edge& edge) {
  out.say("{\"kind\": \"", json_edge_names[static_cast<std::size_t>(edge.kind)], "\", \"from\": ", std::size_t{edge.from},
          ", \"to\": ", std::size_t{edge.to});
  if (edge.via != no_node) out.say(", \"via\": ", std::size_t{edge.via});
  if (edge.many) out.say(", \"many\": true");
  out.say("}");
}

}  // namespace detail

/// Prints the whole graph as one JSON object, a line for each node and edge: {"nodes": [...], "edges": [...]}. The members are those of
/// gesta::flow_node and gesta::flow_edge; one that says nothing is left out. "from", "to", "via" and "aggregate" count in "nodes", from 0.
/// The sink is called with (const char*, std::size_t).
template <class Sink>
constexpr void print_json(const flow_graph& graph, Sink&& sink) {
  detail::page out(sink);
  out.say("{\n  \"nodes\": [");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    out.say(i == 0 ? "\n    " : ",\n    ");
    detail::say_json_node(out, graph.nodes[i]);
  }
  out.say("\n  ],\n  \"edges\": [");
  for (std::size_t i = 0; i < graph.edges.size(); ++i) {
    out.say(i == 0 ? "\n    " : ",\n    ");
    detail::say_json_edge(out, graph.edges[i]);
  }
  out.say("\n  ]\n}\n");
}

}  // namespace gesta
