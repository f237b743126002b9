#include <gesta/gesta.hpp>

struct placed { int order; static constexpr auto id = "placed"; };
struct paid { int order; static constexpr auto id = "paid"; };
struct place { int order; };
struct pay { int order; };
struct state {};
constexpr void evolve(state&, const placed&) {}
constexpr void evolve(state&, const paid&) {}
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
constexpr auto decide(const state&, const pay& c) -> gesta::emits<paid> { return paid{c.order}; }
struct orders : gesta::aggregate<state, gesta::commands<place, pay>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct begin { static constexpr auto id = "begin"; using begun_by = placed; using undo = gesta::needless; };
struct take_payment {
  static constexpr auto id = "take_payment";
  using undo = gesta::irreversible;
  constexpr auto run(const placed& o) -> pay { return {o.order}; }
};
struct paying : gesta::saga<gesta::by<"order">, begin, take_payment> { static constexpr auto id = "paying"; };
struct shop : gesta::model<orders, paying> {};

inline void use() { auto app = gesta::start<shop>(gesta::memory_store{}); }
