// The promise of describe/graph.hpp: the flow of a model as constexpr data, every node and edge of it, in a fixed order.
#include <gesta/describe/dot.hpp>
#include <gesta/describe/graph.hpp>
#include <gesta/describe/json.hpp>
#include <gesta/describe/mermaid.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "shop.hpp"

namespace {

using gesta::edge_kind;
using gesta::flow_edge;
using gesta::flow_graph;
using gesta::flow_node;
using gesta::no_node;
using gesta::node_kind;
using gesta::detail::chars_of;

constexpr flow_node of_aggregate(const char* id, const char* key = "") {
  return {node_kind::aggregate, chars_of(id), 0, no_node, chars_of(key)};
}
constexpr flow_node of_command(const char* type, std::uint16_t aggregate, bool may_do_nothing = false) {
  return {node_kind::command, chars_of(type), 0, aggregate, {}, may_do_nothing};
}
constexpr flow_node of_event(const char* id, unsigned version, std::uint16_t aggregate) {
  return {node_kind::event, chars_of(id), version, aggregate};
}
constexpr flow_node of_old(const char* id, unsigned version, std::uint16_t aggregate) {
  return {node_kind::old_version, chars_of(id), version, aggregate};
}
constexpr flow_node other(node_kind kind, const char* id, std::uint16_t aggregate = no_node) { return {kind, chars_of(id), 0, aggregate}; }

enum : std::uint16_t {
  order, stock, place, cancel, reserve, release, deliver, placed, tagged, cancelled, reserved, released, delivered, placed_1,
  already_placed, out_of_stock, open_orders, stock_list, reserving, releasing
};

constexpr flow_node shop_nodes[] = {
    of_aggregate("order", "order"),
    of_aggregate("stock"),
    of_command("place", order),
    of_command("cancel", order, true),
    of_command("reserve", stock),
    of_command("release", stock, true),
    of_command("deliver", stock),
    of_event("order.placed", 2, order),
    of_event("order.tagged", 1, order),
    of_event("order.cancelled", 1, order),
    of_event("stock.reserved", 1, stock),
    of_event("stock.released", 1, stock),
    of_event("stock.delivered", 1, stock),
    of_old("order.placed", 1, order),
    other(node_kind::rejection, "order.already_placed", order),
    other(node_kind::rejection, "stock.out_of_stock", stock),
    other(node_kind::view, "open_orders"),
    other(node_kind::view, "stock_list"),
    other(node_kind::reactor, "reserving"),
    other(node_kind::reactor, "releasing"),
};

constexpr flow_edge shop_edges[] = {
    {edge_kind::handled_by, place, order},
    {edge_kind::emits, place, placed},
    {edge_kind::emits, place, tagged, no_node, true},
    {edge_kind::rejects, place, already_placed},
    {edge_kind::handled_by, cancel, order},
    {edge_kind::emits, cancel, cancelled},
    {edge_kind::handled_by, reserve, stock},
    {edge_kind::emits, reserve, reserved},
    {edge_kind::rejects, reserve, out_of_stock},
    {edge_kind::handled_by, release, stock},
    {edge_kind::emits, release, released},
    {edge_kind::handled_by, deliver, stock},
    {edge_kind::emits, deliver, delivered},
    {edge_kind::upcasts, placed_1, placed},
    {edge_kind::undoes, cancelled, placed},
    {edge_kind::undoes, released, reserved},
    {edge_kind::projects, placed, open_orders},
    {edge_kind::projects, cancelled, open_orders},
    {edge_kind::projects, reserved, stock_list},
    {edge_kind::projects, released, stock_list},
    {edge_kind::projects, delivered, stock_list},
    {edge_kind::reacts, placed, reserving},
    {edge_kind::sends, reserving, reserve, placed},
    {edge_kind::hears, out_of_stock, reserving, reserve},
    {edge_kind::sends, reserving, cancel, out_of_stock},
    {edge_kind::hears, cancel, reserving, cancel},
    {edge_kind::reacts, cancelled, releasing},
    {edge_kind::sends, releasing, release, cancelled},
};

std::string text(const flow_node& n) {
  return std::to_string(static_cast<int>(n.kind)) + ' ' + std::string(n.name.data, n.name.size) + " v" + std::to_string(n.version) +
         " of " + std::to_string(n.aggregate) + " by " + std::string(n.key.data, n.key.size) + (n.may_do_nothing ? " or nothing" : "");
}
std::string text(const flow_edge& e) {
  return std::to_string(static_cast<int>(e.kind)) + ": " + std::to_string(e.from) + " -> " + std::to_string(e.to) + " via " +
         std::to_string(e.via) + (e.many ? " many" : "");
}

template <class T, std::size_t N>
constexpr bool equal(const gesta::detail::listing<T>& found, const T (&expected)[N]) {
  if (found.size() != N) return false;
  for (std::size_t i = 0; i < N; ++i)
    if (!(found[i] == expected[i])) return false;
  return true;
}
template <class T, std::size_t N>
void check_each(const gesta::detail::listing<T>& found, const T (&expected)[N]) {
  for (std::size_t i = 0; i < N && i < found.size(); ++i) {
    CAPTURE(i);
    CHECK(text(found[i]) == text(expected[i]));
  }
  CHECK(found.size() == N);
}

constexpr auto& graph = gesta::graph_of<shop::model>;
static_assert(equal(graph.nodes, shop_nodes) && equal(graph.edges, shop_edges));

}  // namespace

TEST_CASE("the flow of the shop is the graph written by hand") {
  check_each(graph.nodes, shop_nodes);  // says which one differs, should the assertion above fail
  check_each(graph.edges, shop_edges);
}

// --- asked by a user

static_assert(graph.find(node_kind::command, "reserve") == reserve);
static_assert(graph.find(node_kind::event, "order.placed") == placed && graph.find(node_kind::old_version, "order.placed") == placed_1);
static_assert(graph.find(node_kind::event, "reserve") == no_node && graph.find(node_kind::command, "reserv") == no_node);
static_assert(graph.has(edge_kind::rejects, reserve, out_of_stock));
static_assert(!graph.has(edge_kind::rejects, place, out_of_stock) && !graph.has(edge_kind::emits, reserve, out_of_stock) &&
              !graph.has(edge_kind::rejects, out_of_stock, reserve));

// --- the smallest models

namespace smallest {

struct none : gesta::model<> {};
static_assert(gesta::graph_of<none>.nodes.size() == 0 && gesta::graph_of<none>.edges.size() == 0);
static_assert(gesta::graph_of<none>.find(node_kind::event, "") == no_node);

struct refused { static constexpr auto id = "refused"; };
struct ask {};
struct state {};
constexpr auto decide(const state&, const ask&) -> gesta::emits<>::or_rejects<refused> { return refused{}; }
struct deaf : gesta::aggregate<state, gesta::commands<ask>> { static constexpr auto id = "deaf"; };
struct no_event : gesta::model<deaf> {};
constexpr flow_node nodes[] = {of_aggregate("deaf"), of_command("ask", 0), other(node_kind::rejection, "refused", 0)};
constexpr flow_edge edges[] = {{edge_kind::handled_by, 1, 0}, {edge_kind::rejects, 1, 2}};
static_assert(equal(gesta::graph_of<no_event>.nodes, nodes) && equal(gesta::graph_of<no_event>.edges, edges));

}  // namespace smallest

// --- what two aggregates give belongs to neither, and an old version belongs where its newest version does

namespace sharing {

struct closed_1 { static constexpr auto id = "closed"; };
struct closed_2 { static constexpr auto id = gesta::event_id{"closed", 2}; };
struct closed   { static constexpr auto id = gesta::event_id{"closed", 3}; };
struct counted  { static constexpr auto id = "counted"; };
struct too_late { static constexpr auto id = "too_late"; };
struct close { static constexpr auto id = "please.close"; };
struct shut {};
struct door {};
struct gate {};
constexpr closed_2 upcast(const closed_1&) { return {}; }
constexpr closed upcast(const closed_2&) { return {}; }
constexpr void evolve(door&, const closed&) {}
constexpr void evolve(gate&, const counted&) {}
constexpr auto decide(const door&, const close&) -> gesta::emits<closed>::or_rejects<too_late> { return closed{}; }
constexpr auto decide(const gate&, const shut&) -> gesta::emits<counted>::or_rejects<too_late> { return counted{}; }
struct doors : gesta::aggregate<door, gesta::commands<close>> { static constexpr auto id = "door"; };
struct gates : gesta::aggregate<gate, gesta::commands<shut>> { static constexpr auto id = "gate"; };
struct model : gesta::model<doors, gates, gesta::history<closed_1, closed_2>> {};

constexpr auto& graph = gesta::graph_of<model>;
constexpr flow_node nodes[] = {
    of_aggregate("door"),     of_aggregate("gate"),     of_command("please.close", 0), of_command("shut", 1),
    of_event("closed", 3, 0), of_event("counted", 1, 1), of_old("closed", 1, 0),        of_old("closed", 2, 0),
    other(node_kind::rejection, "too_late"),
};
static_assert(equal(graph.nodes, nodes));
static_assert(graph.has(edge_kind::upcasts, 6, 7) && graph.has(edge_kind::upcasts, 7, 4));

}  // namespace sharing

// --- commands of the same name

namespace north {
struct opened { static constexpr auto id = "north.opened"; };
struct open {};
struct only {};
struct state {};
constexpr void evolve(state&, const opened&) {}
constexpr auto decide(const state&, const open&) -> gesta::emits<opened> { return opened{}; }
constexpr auto decide(const state&, const only&) -> gesta::emits<opened> { return opened{}; }
struct all : gesta::aggregate<state, gesta::commands<open, only>> { static constexpr auto id = "north"; };
}  // namespace north
namespace south::west {
struct opened { static constexpr auto id = "south.opened"; };
template <class>
struct open {};
struct state {};
constexpr void evolve(state&, const opened&) {}
constexpr auto decide(const state&, const open<north::open>&) -> gesta::emits<opened> { return opened{}; }
struct all : gesta::aggregate<state, gesta::commands<open<north::open>>> { static constexpr auto id = "south"; };
}  // namespace south::west
namespace east {
struct opened { static constexpr auto id = "open"; };
struct open {};
struct state {};
constexpr void evolve(state&, const opened&) {}
constexpr auto decide(const state&, const open&) -> gesta::emits<opened> { return opened{}; }
struct all : gesta::aggregate<state, gesta::commands<open>> { static constexpr auto id = "east"; };
}  // namespace east
struct compass : gesta::model<north::all, south::west::all, east::all> {};

TEST_CASE("a type's name goes without its namespace until two of one kind are called alike") {
  constexpr auto& names = gesta::graph_of<compass>;
  CHECK(names.find(node_kind::command, "north::open") == 3);
  CHECK(names.find(node_kind::command, "only") == 4);
  CHECK(names.find(node_kind::command, "open<north::open>") == 5);
  CHECK(names.find(node_kind::command, "east::open") == 6);
  CHECK(names.find(node_kind::command, "open") == no_node);
  CHECK(names.find(node_kind::event, "open") == 9);
}

// --- more of each kind than Clang takes elements of a fold expression

namespace crowd {

struct state {};
template <unsigned I>
struct happened {
  static constexpr auto id = gesta::event_id{"happened", I + 1};
};
template <unsigned I>
struct make {
  friend constexpr auto decide(const state&, const make&) -> gesta::emits<happened<I>> { return happened<I>{}; }
};

template <class Indices>
struct members;
template <std::size_t... I>
struct members<gesta::detail::indices<I...>> {
  struct all : gesta::aggregate<state, gesta::commands<make<I>...>> { static constexpr auto id = "crowd"; };
};
using all = members<gesta::detail::make_indices<300>>::all;

// Only the flow is asked for: the rules of a model of this size would take seconds to check.
struct unchecked {
  using parts = gesta::detail::types<all>;
};
constexpr auto& graph = gesta::graph_of<unchecked>;
static_assert(graph.nodes.size() == 1 + 300 + 300 && graph.edges.size() == 300 + 300);
static_assert(graph.has(edge_kind::emits, 300, 600) && graph.nodes[600].version == 300);

}  // namespace crowd

namespace library {

struct bought   { int book; static constexpr auto id = "book.bought"; using tags = gesta::tags<"book">; };
struct lent     { int book; int reader; static constexpr auto id = "book.lent"; using tags = gesta::tags<"book", "reader">; };
struct buy      { int book; };
struct lend     { int book; int reader; };
struct lent_out { int to; };
struct stock    { int copies = 0; };
constexpr void evolve(stock& s, const bought&) { ++s.copies; }
constexpr auto decide(const stock&, const buy& c) -> gesta::emits<bought> { return bought{c.book}; }
struct stocks : gesta::aggregate<stock, gesta::commands<buy>, gesta::by<"book">> { static constexpr auto id = "stock"; };

struct book   { bool there = false; int reader = 0; using tags = gesta::tags<"book">; };
struct reader { int books = 0; using tags = gesta::tags<"reader">; };
constexpr void evolve(book& b, const bought&) { b.there = true; }
constexpr void evolve(book& b, const lent& e) { b.reader = e.reader; }
constexpr void evolve(reader& r, const lent&) { ++r.books; }
constexpr auto decide(const book& b, const reader&, const lend& c) -> gesta::emits<lent>::or_rejects<lent_out> {
  if (!b.there || b.reader != 0) return lent_out{b.reader};
  return lent{c.book, c.reader};
}
struct loans : gesta::boundary<gesta::states<book, reader>, gesta::commands<lend>> { static constexpr auto id = "loans"; };
struct model : gesta::model<stocks, loans> {};

}  // namespace library

TEST_CASE("a boundary is seen to be one, and its commands say which events they go by") {
  constexpr flow_graph loans_graph = gesta::graph_of<library::model>;
  const auto of = [&](node_kind kind, const char* name) { return loans_graph.find(kind, name); };
  const std::uint16_t lending = of(node_kind::command, "lend"), buying = of(node_kind::command, "buy");
  const std::uint16_t bought = of(node_kind::event, "book.bought"), lent = of(node_kind::event, "book.lent");
  REQUIRE(lending != no_node);
  CHECK(loans_graph.nodes[of(node_kind::aggregate, "loans")].is_boundary);
  CHECK_FALSE(loans_graph.nodes[of(node_kind::aggregate, "stock")].is_boundary);
  CHECK(loans_graph.has(edge_kind::handled_by, lending, of(node_kind::aggregate, "loans")));
  CHECK(loans_graph.has(edge_kind::emits, lending, lent));
  CHECK(loans_graph.has(edge_kind::reads, bought, lending));
  CHECK(loans_graph.has(edge_kind::reads, lent, lending));
  CHECK_FALSE(loans_graph.has(edge_kind::reads, bought, buying));
  std::size_t reads = 0;
  for (const flow_edge& edge : loans_graph.edges) reads += edge.kind == edge_kind::reads;
  CHECK(reads == 2);
}

TEST_CASE("the drawings and the JSON show it") {
  std::string mermaid, dot, json;
  const auto into = [](std::string& text) { return [&text](const char* part, std::size_t size) { text.append(part, size); }; };
  gesta::print_mermaid(gesta::graph_of<library::model>, into(mermaid));
  gesta::print_dot(gesta::graph_of<library::model>, into(dot));
  gesta::print_json(gesta::graph_of<library::model>, into(json));
  CHECK(mermaid.find("[\"loans (boundary)\"]") != std::string::npos);
  CHECK(mermaid.find("event0 -.->|read| command1") != std::string::npos);
  CHECK(mermaid.find("event1 -.->|read| command1") != std::string::npos);
  CHECK(dot.find("event0 -> command1 [style=dotted, constraint=false, label=\"read\"]") != std::string::npos);
  CHECK(json.find("{\"kind\": \"aggregate\", \"name\": \"loans\", \"boundary\": true}") != std::string::npos);
  CHECK(json.find("{\"kind\": \"reads\", \"from\": ") != std::string::npos);
}
