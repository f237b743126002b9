// A model with everything that a printed diagram must escape, and a sink that keeps what is printed.
#pragma once

#include <string>

#include <gesta/describe/flow_graph.hpp>
#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>

namespace hostile {

struct happened { static constexpr auto id = "a \"b\" \\ <c> & d"; };
struct refused  { static constexpr auto id = "#1; `e`\n\x01\x10"; };
struct make {};
struct state {};
constexpr void evolve(state&, const happened&) {}
constexpr auto decide(const state&, const make&) -> gesta::emits<happened>::or_rejects<refused> { return happened{}; }
struct all : gesta::aggregate<state, gesta::commands<make>> { static constexpr auto id = "end\\"; };
struct model : gesta::model<all> {};

}  // namespace hostile

struct nothing_at_all : gesta::model<> {};

/// What print writes to its sink.
template <class Print>
std::string printed(Print&& print) {
  std::string text;
  print([&](const char* piece, std::size_t size) { text.append(piece, size); });
  return text;
}
