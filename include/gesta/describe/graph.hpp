// The message flow of a model as data: a constexpr graph of who decides, records, refuses, projects and answers what.
// Floor: describe. For printed diagrams and for a user's own static_assert; it costs compile time only where it is included.
// May include: detail, message, model, describe.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/describe/edges.hpp>
#include <gesta/describe/flow_graph.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/names.hpp>
#include <gesta/message/id.hpp>
#include <gesta/model/flow.hpp>

namespace gesta {

namespace detail {

template <class T>
constexpr flow_node named_node() {
  flow_node node;
  if constexpr (identified<T>) {
    node.name = chars_of(id_of<T>.name);
    node.version = id_of<T>.version;
  } else {
    node.name = type_name<T>;
    node.version = 1;
  }
  return node;
}

/// How the compiler spells the type in whose name a node is called; "" when that is an id.
template <class T>
constexpr const char* spelled() {
  if constexpr (identified<T>) return "";
  else return naming::of_type<T>();
}

/// "... [with T = a::b<c::d>]" without the brackets and what stands before.
constexpr chars qualified_name(const char* signature) {
  const char* const end = signature + __builtin_strlen(signature) - 1;
  const char* begin = end;
  for (int depth = 0; depth > 0 || begin[-1] != ' '; --begin) {
    const char c = begin[-1];
    if (c == '>' || c == ')' || c == '}') ++depth;
    if (c == '<' || c == '(' || c == '{') --depth;
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

template <class By>
inline constexpr chars key_field = {};
template <fixed_string Field>
inline constexpr chars key_field<by<Field>> = {Field.chars, Field.size()};

template <std::size_t Nodes, std::size_t Edges>
struct graph_tables {
  flow_node nodes[Nodes == 0 ? 1 : Nodes] = {};
  flow_edge edges[Edges == 0 ? 1 : Edges] = {};

  constexpr flow_graph whole() const { return {{nodes, Nodes}, {edges, Edges}}; }

  template <class At, class... T>
  constexpr void name_nodes(types<T...>) {
    const flow_node named[] = {named_node<T>()..., {}};
    for (std::size_t i = 0; i < Nodes; ++i) {
      nodes[i] = named[i];
      nodes[i].kind = At::kind_of(i);
      if (nodes[i].kind != node_kind::event && nodes[i].kind != node_kind::old_version && nodes[i].kind != node_kind::integration) nodes[i].version = 0;
    }
    const char* const spellings[] = {spelled<T>()..., ""};
    tell_apart(spellings);
  }

  /// Gives the namespace to those that are called alike. By a table of hashes: comparing each with each takes too many steps.
  constexpr void tell_apart(const char* const* spellings) {
    std::size_t slots[2 * Nodes + 1] = {};  // a node's number plus one
    bool alike[Nodes + 1] = {};
    for (std::size_t i = 0; i < Nodes; ++i) {
      const flow_node& node = nodes[i];
      std::size_t at = fnv1a(node.name.data, node.name.size) % (2 * Nodes + 1);
      for (; slots[at] != 0; at = (at + 1) % (2 * Nodes + 1)) {
        const std::size_t other = slots[at] - 1;
        if (nodes[other].kind == node.kind && nodes[other].name == node.name) {
          alike[i] = alike[other] = true;
          break;
        }
      }
      if (!alike[i]) slots[at] = i + 1;
    }
    for (std::size_t i = 0; i < Nodes; ++i)
      if (alike[i] && *spellings[i] != '\0') nodes[i].name = qualified_name(spellings[i]);
  }

  template <class At, class... Aggregate, class... Handler>
  constexpr void describe_nodes(types<Aggregate...>, types<Handler...>) {
    const chars keys[] = {key_field<typename Aggregate::found_by>..., {}};
    const bool boundaries[] = {boundary_part<Aggregate>..., false};
    for (std::size_t i = 0; i < sizeof...(Aggregate); ++i) nodes[i].key = keys[i], nodes[i].is_boundary = boundaries[i];
    const bool may_do_nothing[] = {Handler::contract::may_do_nothing..., false};
    for (std::size_t i = 0; i < sizeof...(Handler); ++i) nodes[At::commands + i].may_do_nothing = may_do_nothing[i];
  }

  /// What only one aggregate decides, records or gives belongs to it; an old version belongs where what it becomes does.
  constexpr void find_owners() {
    bool shared[Nodes + 1] = {};
    for (const flow_edge& e : edges)
      if (e.kind == edge_kind::handled_by && e.from != no_node) nodes[e.from].aggregate = e.to;
      else if (e.kind == edge_kind::receives) nodes[e.to].aggregate = e.from;
    for (const flow_edge& e : edges) {
      if (e.kind != edge_kind::emits && e.kind != edge_kind::rejects) continue;
      const std::uint16_t owner = nodes[e.from].aggregate;
      std::uint16_t& so_far = nodes[e.to].aggregate;
      if (so_far != no_node && so_far != owner) shared[e.to] = true;
      so_far = owner;
    }
    for (std::size_t i = 0; i < Nodes; ++i)
      if (shared[i]) nodes[i].aggregate = no_node;
    for (bool again = true; again;) {
      again = false;
      for (const flow_edge& e : edges)
        if (e.kind == edge_kind::upcasts && nodes[e.from].aggregate == no_node && nodes[e.to].aggregate != no_node) {
          nodes[e.from].aggregate = nodes[e.to].aggregate;
          again = true;
        }
    }
  }
};

template <class Flow>
constexpr auto make_graph() {
  using at = node_places<Flow>;
  constexpr std::size_t edge_count = write_edges<Flow>({nullptr, false});
  graph_tables<at::count, edge_count> tables;
  tables.template name_nodes<at>(typename at::types_in_order{});
  tables.template describe_nodes<at>(typename Flow::deciders{}, typename Flow::handlers{});
  write_edges<Flow>({tables.edges, true});
  tables.find_owners();
  return tables;
}

template <class Flow>
inline constexpr auto graph_tables_of = make_graph<Flow>();

}  // namespace detail

/// The flow of a model: `constexpr auto& graph = gesta::graph_of<bank>;`
template <class Model>
inline constexpr flow_graph graph_of = detail::graph_tables_of<flow<Model>>.whole();

}  // namespace gesta
