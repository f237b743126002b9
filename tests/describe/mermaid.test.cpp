// The promise of describe/mermaid.hpp: a flowchart that Mermaid draws, to the letter.
#include <gesta/describe/mermaid.hpp>

#include <doctest/doctest.h>

#include <string>

#include <gesta/describe/graph.hpp>

#include "printed.hpp"
#include "shop.hpp"

namespace {

template <class Model>
std::string mermaid_of() {
  return printed([](auto sink) { gesta::print_mermaid(gesta::graph_of<Model>, sink); });
}

}  // namespace

TEST_CASE("the shop as a Mermaid flowchart") {
  CHECK(mermaid_of<shop::model>() == R"(flowchart LR
  subgraph aggregate0["order"]
    direction LR
    command0["place"]:::command
    command1["cancel or nothing"]:::command
    event0(["order.placed v2"]):::event
    event1(["order.tagged"]):::event
    event2(["order.cancelled"]):::event
    old_version0(["order.placed v1"]):::old_version
    rejection0{{"order.already_placed"}}:::rejection
  end
  subgraph aggregate1["stock"]
    direction LR
    command2["reserve"]:::command
    command3["release or nothing"]:::command
    command4["deliver"]:::command
    event3(["stock.reserved"]):::event
    event4(["stock.released"]):::event
    event5(["stock.delivered"]):::event
    rejection1{{"stock.out_of_stock"}}:::rejection
  end
  view0[("open_orders")]:::view
  view1[("stock_list")]:::view
  reactor0[["reserving"]]:::reactor
  reactor1[["releasing"]]:::reactor
  command0 --> event0
  command0 -->|many| event1
  command0 -.-> rejection0
  command1 --> event2
  command2 --> event3
  command2 -.-> rejection1
  command3 --> event4
  command4 --> event5
  old_version0 -.->|upcast| event0
  event2 -.->|undoes| event0
  event4 -.->|undoes| event3
  event0 --> view0
  event2 --> view0
  event3 --> view1
  event4 --> view1
  event5 --> view1
  event0 --> reactor0
  reactor0 ==> command2
  rejection1 -.-> reactor0
  reactor0 ==> command1
  command1 -.->|nothing| reactor0
  event2 --> reactor1
  reactor1 ==> command3
  classDef aggregate fill:none,stroke:#a1a1aa,color:#71717a
  classDef command fill:#dbeafe,stroke:#2563eb,color:#1e3a8a
  classDef event fill:#ffedd5,stroke:#ea580c,color:#7c2d12
  classDef old_version fill:#f4f4f5,stroke:#a1a1aa,color:#52525b,stroke-dasharray:4 3
  classDef rejection fill:#fee2e2,stroke:#dc2626,color:#7f1d1d,stroke-dasharray:4 3
  classDef view fill:#dcfce7,stroke:#16a34a,color:#14532d
  classDef reactor fill:#ede9fe,stroke:#7c3aed,color:#4c1d95
  class aggregate0 aggregate
  class aggregate1 aggregate
)");
}

TEST_CASE("what means something to Mermaid, HTML or Markdown is escaped") {
  const std::string text = mermaid_of<hostile::model>();
  CHECK(text.find(R"(  subgraph aggregate0["end#92;"])" "\n") != std::string::npos);
  CHECK(text.find(R"~(    event0(["a #quot;b#quot; #92; #lt;c#gt; #amp; d"]):::event)~" "\n") != std::string::npos);
  CHECK(text.find(R"(    rejection0{{"#35;1; #96;e#96;   "}}:::rejection)" "\n") != std::string::npos);
}

TEST_CASE("a model without parts is a flowchart without nodes") { CHECK(mermaid_of<nothing_at_all>() == "flowchart LR\n"); }
