// [gesta E507] the saga finds its instance by a field that the Message does not have, or has with another type, or that is no key; add the field, or rename it
// in no_correlation_field<false, ordering, begun>
#include <gesta/model/model.hpp>

struct begun { double number; static constexpr auto id = "order.begun"; };
struct done { double number; static constexpr auto id = "order.done"; };
struct begin { int order; };
struct finish { int order; double number; };
struct state {};
constexpr void evolve(state&, const begun&) {}
constexpr void evolve(state&, const done&) {}
constexpr auto decide(const state&, const begin& c) -> gesta::emits<begun> { return begun{double(c.order)}; }
constexpr auto decide(const state&, const finish& c) -> gesta::emits<done> { return done{c.number}; }
struct orders : gesta::aggregate<state, gesta::commands<begin, finish>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct first {
  static constexpr auto id = "first";
  using begun_by = begun;
};
struct last {
  static constexpr auto id = "last";
  constexpr auto run(const begun& b) -> finish { return {1, b.number}; }
  using undo = gesta::irreversible;
};
struct ordering : gesta::saga<gesta::by<"number">, first, last> { static constexpr auto id = "ordering"; };
struct shop : gesta::model<orders, ordering> {};
