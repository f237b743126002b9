// The promise of describe/dot.hpp: a graph that Graphviz draws, to the letter.
#include <gesta/describe/dot.hpp>

#include <doctest/doctest.h>

#include <string>

#include <gesta/describe/graph.hpp>

#include "printed.hpp"
#include "shop.hpp"

namespace {

template <class Model>
std::string dot_of() {
  return printed([](auto sink) { gesta::print_dot(gesta::graph_of<Model>, sink); });
}

}  // namespace

TEST_CASE("the shop as a DOT graph") {
  CHECK(dot_of<shop::model>() == R"(digraph flow {
  graph [rankdir=LR, fontname="Helvetica"];
  node [style=filled, fontname="Helvetica"];
  edge [color="#52525b", fontcolor="#52525b", fontname="Helvetica"];
  subgraph cluster_aggregate0 {
    graph [style=rounded, label="order", color="#a1a1aa", fontcolor="#71717a"];
    command0 [shape=box, label="place", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
    command1 [shape=box, label="cancel or nothing", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
    event0 [shape=ellipse, label="order.placed v2", fillcolor="#ffedd5", color="#ea580c", fontcolor="#7c2d12"];
    event1 [shape=ellipse, label="order.tagged", fillcolor="#ffedd5", color="#ea580c", fontcolor="#7c2d12"];
    event2 [shape=ellipse, label="order.cancelled", fillcolor="#ffedd5", color="#ea580c", fontcolor="#7c2d12"];
    old_version0 [shape=ellipse, label="order.placed v1", fillcolor="#f4f4f5", color="#a1a1aa", fontcolor="#52525b", style="filled,dashed"];
    rejection0 [shape=hexagon, label="order.already_placed", fillcolor="#fee2e2", color="#dc2626", fontcolor="#7f1d1d", style="filled,dashed"];
  }
  subgraph cluster_aggregate1 {
    graph [style=rounded, label="stock", color="#a1a1aa", fontcolor="#71717a"];
    command2 [shape=box, label="reserve", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
    command3 [shape=box, label="release or nothing", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
    command4 [shape=box, label="deliver", fillcolor="#dbeafe", color="#2563eb", fontcolor="#1e3a8a"];
    event3 [shape=ellipse, label="stock.reserved", fillcolor="#ffedd5", color="#ea580c", fontcolor="#7c2d12"];
    event4 [shape=ellipse, label="stock.released", fillcolor="#ffedd5", color="#ea580c", fontcolor="#7c2d12"];
    event5 [shape=ellipse, label="stock.delivered", fillcolor="#ffedd5", color="#ea580c", fontcolor="#7c2d12"];
    rejection1 [shape=hexagon, label="stock.out_of_stock", fillcolor="#fee2e2", color="#dc2626", fontcolor="#7f1d1d", style="filled,dashed"];
  }
  view0 [shape=cylinder, label="open_orders", fillcolor="#dcfce7", color="#16a34a", fontcolor="#14532d"];
  view1 [shape=cylinder, label="stock_list", fillcolor="#dcfce7", color="#16a34a", fontcolor="#14532d"];
  reactor0 [shape=component, label="reserving", fillcolor="#ede9fe", color="#7c3aed", fontcolor="#4c1d95"];
  reactor1 [shape=component, label="releasing", fillcolor="#ede9fe", color="#7c3aed", fontcolor="#4c1d95"];
  command0 -> event0 [style=solid];
  command0 -> event1 [style=solid, label="many"];
  command0 -> rejection0 [style=dashed];
  command1 -> event2 [style=solid];
  command2 -> event3 [style=solid];
  command2 -> rejection1 [style=dashed];
  command3 -> event4 [style=solid];
  command4 -> event5 [style=solid];
  old_version0 -> event0 [style=dashed, label="upcast"];
  event2 -> event0 [style=dashed, constraint=false, label="undoes"];
  event4 -> event3 [style=dashed, constraint=false, label="undoes"];
  event0 -> view0 [style=solid];
  event2 -> view0 [style=solid];
  event3 -> view1 [style=solid];
  event4 -> view1 [style=solid];
  event5 -> view1 [style=solid];
  event0 -> reactor0 [style=solid];
  reactor0 -> command2 [style=bold];
  rejection1 -> reactor0 [style=dashed];
  reactor0 -> command1 [style=bold];
  command1 -> reactor0 [style=dashed, label="nothing"];
  event2 -> reactor1 [style=solid];
  reactor1 -> command3 [style=bold];
}
)");
}

TEST_CASE("what means something to Graphviz is escaped") {
  const std::string text = dot_of<hostile::model>();
  CHECK(text.find(R"(label="end\\",)") != std::string::npos);
  CHECK(text.find(R"(label="a \"b\" \\ <c> &amp; d",)") != std::string::npos);
  CHECK(text.find(R"(label="#1; `e`   ",)") != std::string::npos);
}

TEST_CASE("a model without parts is a graph without nodes") {
  CHECK(dot_of<nothing_at_all>() == R"(digraph flow {
  graph [rankdir=LR, fontname="Helvetica"];
  node [style=filled, fontname="Helvetica"];
  edge [color="#52525b", fontcolor="#52525b", fontname="Helvetica"];
}
)");
}
