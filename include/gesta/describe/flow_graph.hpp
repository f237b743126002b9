// What the flow of a model looks like as data: nodes, edges, and the graph of both.
// Floor: describe. Plain structs; the diagrams are printed from them. graph.hpp makes the graph of a model.
// May include: detail.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/chars.hpp>

namespace gesta {

/// What a node of the flow stands for. A performer is a saga, a process, or commands that may be delayed; an integration is an event that is told to other
/// services.
enum class node_kind : std::uint8_t { aggregate, command, event, old_version, rejection, view, reactor, performer, integration };

/// What an edge of the flow says; from -> to.
enum class edge_kind : std::uint8_t {
  handled_by,  ///< command -> the aggregate that decides it
  emits,       ///< command -> an event that its decision may record
  rejects,     ///< command -> a rejection that its decision may give
  upcasts,     ///< old version -> the later version that it is read as
  undoes,      ///< event -> the event that it undoes (`using undoes = ...`)
  projects,    ///< event -> a view that it changes
  reacts,      ///< event -> a reactor, or a performer, that acts on it
  hears,       ///< rejection -> a reactor that hears it of the command `via`; from that command itself: that nothing was to be done
  sends,       ///< reactor -> the command with which it answers `via`: an event, a rejection, or a command that had nothing to do;
               ///< performer -> a command that it asks
  records,     ///< performer -> one of its records that a view or a reactor hears; others are no nodes
  reads,       ///< event -> the command of a boundary whose decision goes by it, where it has the command's tags
  publishes,   ///< event -> the integration event that others are told
  receives,    ///< gesta::from_outside, which stands among the aggregates -> an integration event that comes from there
};

/// In the place of a node: there is none.
inline constexpr std::uint16_t no_node = 0xffff;

/// One thing of a model.
struct flow_node {
  node_kind kind = node_kind::aggregate;
  /// Its id where it says one; else the name of its C++ type, with its namespace only where two of this kind are called alike.
  /// Not ended by a zero.
  detail::chars name = {};
  unsigned version = 0;               ///< of an event and of an old version; 0 for anything else
  std::uint16_t aggregate = no_node;  ///< the one aggregate that decides, records or gives it; no_node: several do, or none
  detail::chars key = {};             ///< of an aggregate: the field that is its key; empty: the key is given beside the command
  bool may_do_nothing = false;        ///< of a command: its decision may be gesta::no_change
  bool is_boundary = false;           ///< of an aggregate: it is a gesta::boundary, one stream that decides by events of all

  friend constexpr bool operator==(const flow_node&, const flow_node&) = default;
};

/// One connection between two things of a model; from, to and via are numbers of nodes.
struct flow_edge {
  edge_kind kind = edge_kind::handled_by;
  std::uint16_t from = no_node;
  std::uint16_t to = no_node;
  std::uint16_t via = no_node;  ///< of hears and sends, as said there
  bool many = false;            ///< of emits: any number of this event, `gesta::many<Event>`

  friend constexpr bool operator==(const flow_edge&, const flow_edge&) = default;
};

namespace detail {

/// Elements that lie elsewhere, for as long as the program runs.
template <class T>
struct listing {
  const T* first;
  std::size_t count;

  constexpr const T* begin() const noexcept { return first; }
  constexpr const T* end() const noexcept { return first + count; }
  constexpr std::size_t size() const noexcept { return count; }
  constexpr const T& operator[](std::size_t i) const noexcept { return first[i]; }
};

}  // namespace detail

/// A model's flow. The order of nodes and edges is fixed by the order in which the model lists its parts and contracts their events:
/// nodes stand by kind (aggregates, commands, events, old versions, rejections, views, reactors, performers, integrations), edges part by part.
struct flow_graph {
  detail::listing<flow_node> nodes;
  detail::listing<flow_edge> edges;

  /// The number of the first node of this kind and name; no_node when there is none.
  constexpr std::uint16_t find(node_kind kind, const char* name) const noexcept {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (nodes[i].kind == kind && nodes[i].name == detail::chars_of(name)) return static_cast<std::uint16_t>(i);
    return no_node;
  }
  /// Whether there is such an edge.
  constexpr bool has(edge_kind kind, std::uint16_t from, std::uint16_t to) const noexcept {
    for (const flow_edge& e : edges)
      if (e.kind == kind && e.from == from && e.to == to) return true;
    return false;
  }
};

}  // namespace gesta
