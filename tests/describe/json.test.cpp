// The promise of describe/json.hpp: one JSON object with the nodes and edges of the graph, to the letter.
#include <gesta/describe/json.hpp>

#include <doctest/doctest.h>

#include <string>

#include <gesta/describe/graph.hpp>

#include "printed.hpp"
#include "shop.hpp"

namespace {

template <class Model>
std::string json_of() {
  return printed([](auto sink) { gesta::print_json(gesta::graph_of<Model>, sink); });
}

}  // namespace

TEST_CASE("the shop as JSON") {
  CHECK(json_of<shop::model>() == R"({
  "nodes": [
    {"kind": "aggregate", "name": "order", "key": "order"},
    {"kind": "aggregate", "name": "stock"},
    {"kind": "command", "name": "place", "aggregate": 0},
    {"kind": "command", "name": "cancel", "aggregate": 0, "may_do_nothing": true},
    {"kind": "command", "name": "reserve", "aggregate": 1},
    {"kind": "command", "name": "release", "aggregate": 1, "may_do_nothing": true},
    {"kind": "command", "name": "deliver", "aggregate": 1},
    {"kind": "event", "name": "order.placed", "version": 2, "aggregate": 0},
    {"kind": "event", "name": "order.tagged", "version": 1, "aggregate": 0},
    {"kind": "event", "name": "order.cancelled", "version": 1, "aggregate": 0},
    {"kind": "event", "name": "stock.reserved", "version": 1, "aggregate": 1},
    {"kind": "event", "name": "stock.released", "version": 1, "aggregate": 1},
    {"kind": "event", "name": "stock.delivered", "version": 1, "aggregate": 1},
    {"kind": "old_version", "name": "order.placed", "version": 1, "aggregate": 0},
    {"kind": "rejection", "name": "order.already_placed", "aggregate": 0},
    {"kind": "rejection", "name": "stock.out_of_stock", "aggregate": 1},
    {"kind": "view", "name": "open_orders"},
    {"kind": "view", "name": "stock_list"},
    {"kind": "reactor", "name": "reserving"},
    {"kind": "reactor", "name": "releasing"}
  ],
  "edges": [
    {"kind": "handled_by", "from": 2, "to": 0},
    {"kind": "emits", "from": 2, "to": 7},
    {"kind": "emits", "from": 2, "to": 8, "many": true},
    {"kind": "rejects", "from": 2, "to": 14},
    {"kind": "handled_by", "from": 3, "to": 0},
    {"kind": "emits", "from": 3, "to": 9},
    {"kind": "handled_by", "from": 4, "to": 1},
    {"kind": "emits", "from": 4, "to": 10},
    {"kind": "rejects", "from": 4, "to": 15},
    {"kind": "handled_by", "from": 5, "to": 1},
    {"kind": "emits", "from": 5, "to": 11},
    {"kind": "handled_by", "from": 6, "to": 1},
    {"kind": "emits", "from": 6, "to": 12},
    {"kind": "upcasts", "from": 13, "to": 7},
    {"kind": "undoes", "from": 9, "to": 7},
    {"kind": "undoes", "from": 11, "to": 10},
    {"kind": "projects", "from": 7, "to": 16},
    {"kind": "projects", "from": 9, "to": 16},
    {"kind": "projects", "from": 10, "to": 17},
    {"kind": "projects", "from": 11, "to": 17},
    {"kind": "projects", "from": 12, "to": 17},
    {"kind": "reacts", "from": 7, "to": 18},
    {"kind": "sends", "from": 18, "to": 4, "via": 7},
    {"kind": "hears", "from": 15, "to": 18, "via": 4},
    {"kind": "sends", "from": 18, "to": 3, "via": 15},
    {"kind": "hears", "from": 3, "to": 18, "via": 3},
    {"kind": "reacts", "from": 9, "to": 19},
    {"kind": "sends", "from": 19, "to": 5, "via": 9}
  ]
}
)");
}

TEST_CASE("names are quoted without a loss") {
  const std::string text = json_of<hostile::model>();
  CHECK(text.find(R"("name": "end\\"})") != std::string::npos);
  CHECK(text.find(R"("name": "a \"b\" \\ <c> & d",)") != std::string::npos);
  CHECK(text.find(R"("name": "#1; `e`\u000a\u0001\u0010",)") != std::string::npos);
}

TEST_CASE("a model without parts has two empty lists") {
  CHECK(json_of<nothing_at_all>() == R"({
  "nodes": [
  ],
  "edges": [
  ]
}
)");
}
