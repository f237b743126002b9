// The flow of a model, printed in a form that is chosen while the program runs: what `--flow mermaid|dot|json` calls.
// Floor: describe.
// May include: detail, describe.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/describe/dot.hpp>
#include <gesta/describe/graph.hpp>
#include <gesta/describe/json.hpp>
#include <gesta/describe/mermaid.hpp>
#include <gesta/detail/chars.hpp>

namespace gesta {

/// The forms in which a flow is printed.
enum class diagram : std::uint8_t { mermaid, dot, json };

namespace detail {

struct diagram_name {
  const char* name;
  diagram form;
};
inline constexpr diagram_name diagram_names[] = {{"mermaid", diagram::mermaid}, {"dot", diagram::dot}, {"json", diagram::json}};

}  // namespace detail

/// The form of this name, "mermaid", "dot" or "json"; nullptr for any other text. For command lines.
template <detail::text_like Text>
constexpr const diagram* diagram_named(const Text& name) noexcept {
  for (const detail::diagram_name& known : detail::diagram_names)
    if (detail::chars_of(known.name) == detail::chars_of(name)) return &known.form;
  return nullptr;
}

/// Prints the flow of Model: `gesta::print_flow<bank>(gesta::diagram::mermaid, sink)`. The sink is any function object that takes
/// (const char*, std::size_t); it gets the text piece by piece, without a zero at the end. Nothing is allocated.
template <class Model, class Sink>
constexpr void print_flow(diagram form, Sink&& sink) {
  switch (form) {
    case diagram::mermaid: return print_mermaid(graph_of<Model>, sink);
    case diagram::dot: return print_dot(graph_of<Model>, sink);
    case diagram::json: return print_json(graph_of<Model>, sink);
  }
}

}  // namespace gesta
