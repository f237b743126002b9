// The promise of describe/diagram.hpp: the flow in the form that a command line names.
#include <gesta/describe/diagram.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include "printed.hpp"
#include "shop.hpp"

namespace {

/// Remembers what it needs to be compared while compiling.
struct summary {
  std::size_t size = 0;
  char last = '\0';
  constexpr void operator()(const char* text, std::size_t count) {
    size += count;
    last = text[count - 1];
  }
};

constexpr std::size_t size_of(gesta::diagram form) {
  summary seen;
  gesta::print_flow<hostile::model>(form, seen);
  return seen.last == '\n' ? seen.size : 0;
}

}  // namespace

static_assert(*gesta::diagram_named("mermaid") == gesta::diagram::mermaid);
static_assert(*gesta::diagram_named("dot") == gesta::diagram::dot);
static_assert(*gesta::diagram_named("json") == gesta::diagram::json);
static_assert(gesta::diagram_named("Dot") == nullptr && gesta::diagram_named("") == nullptr && gesta::diagram_named("jso") == nullptr);

TEST_CASE("a name from a command line chooses the form") {
  const std::string word = "json";
  REQUIRE(gesta::diagram_named(word) != nullptr);
  CHECK(*gesta::diagram_named(word) == gesta::diagram::json);
  CHECK(gesta::diagram_named(word + "x") == nullptr);
}

TEST_CASE("each form prints what its own function prints") {
  const auto flow_in = [](gesta::diagram form) { return printed([&](auto sink) { gesta::print_flow<shop::model>(form, sink); }); };
  constexpr auto& graph = gesta::graph_of<shop::model>;
  CHECK(flow_in(gesta::diagram::mermaid) == printed([](auto sink) { gesta::print_mermaid(graph, sink); }));
  CHECK(flow_in(gesta::diagram::dot) == printed([](auto sink) { gesta::print_dot(graph, sink); }));
  CHECK(flow_in(gesta::diagram::json) == printed([](auto sink) { gesta::print_json(graph, sink); }));
}

TEST_CASE("a diagram is the same whether it is printed while compiling or while running") {
  constexpr std::size_t sizes[] = {size_of(gesta::diagram::mermaid), size_of(gesta::diagram::dot), size_of(gesta::diagram::json)};
  std::size_t i = 0;
  for (const auto form : {gesta::diagram::mermaid, gesta::diagram::dot, gesta::diagram::json})
    CHECK(printed([&](auto sink) { gesta::print_flow<hostile::model>(form, sink); }).size() == sizes[i++]);
}
