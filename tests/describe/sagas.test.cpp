// The promise of describe/sagas.hpp and course_graph.hpp: the steps of a saga and the states of a process as data, and printed, to the letter.
#include <gesta/describe/sagas.hpp>

#include <doctest/doctest.h>

#include <string>

#include <gesta/describe/graph.hpp>
#include <gesta/model/model.hpp>

#include "../../examples/fulfilment.hpp"
#include "../../examples/manager.hpp"
#include "printed.hpp"

namespace {

using gesta::course_node_kind;
using gesta::diagram;

template <class Model, class Part>
std::string printed_course(diagram form) {
  return printed([&](auto sink) { gesta::print_course<Model, Part>(form, sink); });
}

}  // namespace

namespace {

struct orders : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};
struct managed : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, manager> {};

}  // namespace

static_assert(gesta::course_of<orders, fulfilment>.nodes.size() == 5 + 3 + 2);
static_assert(gesta::course_of<orders, fulfilment>.edges.size() == 5 + 3 + 3);
static_assert(gesta::course_of<managed, manager>.nodes.size() == 11 && gesta::course_of<managed, manager>.edges.size() == 18);
static_assert(gesta::course_of<managed, manager>.nodes[9].kind == course_node_kind::completed);

// In the flow of a model a saga and a process are nodes, led to by what they hear, leading to what they ask; of their records those that somebody
// hears.
struct ends {
  int done = 0;
};
constexpr void project(ends& e, const gesta::moved<manager, managing::done>&) { ++e.done; }
struct all_ends : gesta::projection<ends> {
  static constexpr auto id = "ends";
};
struct seen : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, manager, fulfilment, all_ends> {};

using gesta::edge_kind;
using gesta::node_kind;
static_assert([] {
  constexpr auto graph = gesta::graph_of<seen>;
  const auto at = [&](node_kind kind, const char* name) { return graph.find(kind, name); };
  const auto by = at(node_kind::performer, "manager"), saga = at(node_kind::performer, "fulfilment");
  const auto placed = at(node_kind::event, "order.placed"), cancel = at(node_kind::command, "order.cancel");
  const auto done = at(node_kind::event, "manager.done.moved");
  return by != gesta::no_node && saga != gesta::no_node && graph.has(edge_kind::reacts, placed, by) && graph.has(edge_kind::reacts, placed, saga) &&
         graph.has(edge_kind::reacts, at(node_kind::event, "order.cancel_asked"), by) && graph.has(edge_kind::sends, by, cancel) &&
         graph.has(edge_kind::sends, saga, cancel) && graph.has(edge_kind::sends, saga, at(node_kind::command, "shipping.ship")) &&
         graph.has(edge_kind::records, by, done) && graph.has(edge_kind::projects, done, at(node_kind::view, "ends")) &&
         at(node_kind::event, "manager.gone.moved") == gesta::no_node && at(node_kind::aggregate, "manager") == gesta::no_node;
}());

TEST_CASE("The steps of a saga as a Mermaid flowchart, what undoes them beside them") {
  CHECK(printed_course<orders, fulfilment>(diagram::mermaid) == R"(flowchart TB
  n0["place_order<br/>order.placed"]:::step
  n1["take_payment<br/>payment.charge"]:::step
  n2["reserve_stock<br/>stock.reserve"]:::step
  n3["ship_parcel<br/>shipping.ship"]:::step
  n4["confirm_order<br/>order.confirm"]:::step
  n5["undo<br/>order.cancel"]:::undo
  n6["undo<br/>payment.refund"]:::undo
  n7["undo<br/>stock.release"]:::undo
  n8(["completed"]):::completed
  n9(["compensated"]):::compensated
  n0 --> n1
  n1 --> n2
  n2 --> n3
  n3 --> n4
  n4 --> n8
  n1 -.->|"payment.card_declined"| n5
  n2 -.->|"stock.sold_out"| n6
  n3 -.->|"shipping.undeliverable"| n7
  n7 -.-> n6
  n6 -.-> n5
  n5 -.-> n9
  classDef step fill:#dbeafe,stroke:#2563eb,color:#1e3a8a
  classDef undo fill:#f4f4f5,stroke:#a1a1aa,color:#52525b,stroke-dasharray:4 3
  classDef completed fill:#dcfce7,stroke:#16a34a,color:#14532d
  classDef compensated fill:#fee2e2,stroke:#dc2626,color:#7f1d1d
)");
}

TEST_CASE("The states of a process as a Mermaid flowchart, its moves with the input and with what is asked") {
  const std::string text = printed_course<managed, manager>(diagram::mermaid);
  CHECK(text.find("  n0([\"idle\"]):::beginning\n  n1(\"paying\"):::state\n") != std::string::npos);
  CHECK(text.find("  n0 -->|\"order.placed / payment.charge\"| n1\n") != std::string::npos);
  CHECK(text.find("  n8 -->|\"nothing\"| n10\n") != std::string::npos);
  CHECK(text.find("  n10([\"gone\"]):::compensated\n") != std::string::npos);
}

// ---- groups, and names that have to be escaped

namespace parts {

struct begun { int id_of; static constexpr auto id = "begun"; };
struct begin { int id_of; static constexpr auto id = "begin"; };
struct made { int id_of; static constexpr auto id = "made"; };
struct unmade { int id_of; static constexpr auto id = "unmade"; };
struct make { int id_of; static constexpr auto id = "make"; };
struct unmake { int id_of; static constexpr auto id = "unmake"; };
struct sent { int id_of; static constexpr auto id = "sent"; };
struct send { int id_of; static constexpr auto id = "say \"it\""; };
struct no { static constexpr auto id = "no"; };
struct state {};
constexpr void evolve(state&, const begun&) {}
constexpr void evolve(state&, const made&) {}
constexpr void evolve(state&, const unmade&) {}
constexpr void evolve(state&, const sent&) {}
constexpr auto decide(const state&, const begin& c) -> gesta::emits<begun> { return begun{c.id_of}; }
constexpr auto decide(const state&, const make& c) -> gesta::emits<made>::or_rejects<no> { return made{c.id_of}; }
constexpr auto decide(const state&, const unmake& c) -> gesta::emits<unmade>::or_nothing { return unmade{c.id_of}; }
constexpr auto decide(const state&, const send& c) -> gesta::emits<sent> { return sent{c.id_of}; }
struct things : gesta::aggregate<state, gesta::commands<begin, make, unmake, send>, gesta::by<"id_of">> { static constexpr auto id = "thing"; };

struct first { static constexpr auto id = "first"; using begun_by = begun; using undo = gesta::needless; };
struct left {
  static constexpr auto id = "left";
  constexpr auto run(const begun& b) -> make { return {b.id_of}; }
  constexpr auto undo(const make& m) -> unmake { return {m.id_of}; }
  constexpr auto on(const no&) -> gesta::compensate { return {}; }
};
struct right {
  static constexpr auto id = "right";
  constexpr auto run(const begun& b) -> make { return {b.id_of}; }
  constexpr auto undo(const make& m) -> unmake { return {m.id_of}; }
  constexpr auto on(const no&) -> gesta::compensate { return {}; }
};
struct last {
  static constexpr auto id = "last";
  using undo = gesta::irreversible;
  constexpr auto run(const begun& b) -> send { return {b.id_of}; }
};
struct pair_of : gesta::saga<gesta::by<"id_of">, first, gesta::all_of<left, right>, last> { static constexpr auto id = "pair"; };
struct pairs : gesta::model<things, pair_of> {};

}  // namespace parts

using parts::pair_of;
using parts::pairs;

TEST_CASE("Steps that are asked at the same time stand in a frame, and each goes back by the other") {
  CHECK(printed_course<pairs, pair_of>(diagram::dot) == R"(digraph "pair" {
  graph [fontname="Helvetica"];
  node [style=filled, fontname="Helvetica"];
  edge [color="#52525b", fontcolor="#52525b", fontname="Helvetica"];
  subgraph cluster_n0 {
    graph [style="rounded", label="all_of", color="#a1a1aa", fontcolor="#71717a"];
    n2 [shape=box, label="left\nmake", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
    n3 [shape=box, label="right\nmake", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
    n5 [shape=box, label="undo\nunmake", fillcolor="#f4f4f5", color="#a1a1aa", fontcolor="#52525b", style="filled,dashed"];
    n6 [shape=box, label="undo\nunmake", fillcolor="#f4f4f5", color="#a1a1aa", fontcolor="#52525b", style="filled,dashed"];
  }
  n1 [shape=box, label="first\nbegun", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
  n4 [shape=box, label="last\nsay \"it\"", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
  n7 [shape=ellipse, label="completed", fillcolor="#dcfce7", color="#16a34a", fontcolor="#14532d"];
  n8 [shape=ellipse, label="compensated", fillcolor="#fee2e2", color="#dc2626", fontcolor="#7f1d1d"];
  n1 -> n2 [style=solid, label=""];
  n1 -> n3 [style=solid, label=""];
  n2 -> n4 [style=solid, label=""];
  n3 -> n4 [style=solid, label=""];
  n4 -> n7 [style=solid, label=""];
  n2 -> n6 [style=dashed, label="no"];
  n3 -> n5 [style=dashed, label="no"];
  n6 -> n5 [style=dashed, label=""];
  n5 -> n8 [style=dashed, label=""];
}
)");
  CHECK(printed_course<pairs, pair_of>(diagram::mermaid).find("    n2[\"left<br/>make\"]:::step\n") != std::string::npos);
  CHECK(printed_course<pairs, pair_of>(diagram::mermaid).find("  n4[\"last<br/>say #quot;it#quot;\"]:::step\n") != std::string::npos);
}

TEST_CASE("The course as JSON") {
  CHECK(printed_course<pairs, pair_of>(diagram::json) == R"({"name": "pair",
 "nodes": [
  {"kind": "all_of"},
  {"kind": "step", "name": "first", "command": "begun"},
  {"kind": "step", "name": "left", "command": "make", "frame": 0},
  {"kind": "step", "name": "right", "command": "make", "frame": 0},
  {"kind": "step", "name": "last", "command": "say \"it\""},
  {"kind": "undo", "name": "undo", "command": "unmake", "frame": 0},
  {"kind": "undo", "name": "undo", "command": "unmake", "frame": 0},
  {"kind": "completed", "name": "completed"},
  {"kind": "compensated", "name": "compensated"}],
 "edges": [
  {"from": 1, "to": 2},
  {"from": 1, "to": 3},
  {"from": 2, "to": 4},
  {"from": 3, "to": 4},
  {"from": 4, "to": 7},
  {"from": 2, "to": 6, "when": "no", "goes_back": true},
  {"from": 3, "to": 5, "when": "no", "goes_back": true},
  {"from": 6, "to": 5, "goes_back": true},
  {"from": 5, "to": 8, "goes_back": true}]}
)");
}
