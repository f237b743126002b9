// [gesta E560] the Step waits for an Event that nobody in the model emits; take one that a decision emits, or add its aggregate to the model
// in saga_waits_in_vain<false, begin, placed>
#include <gesta/model/model.hpp>

struct placed { int order; static constexpr auto id = "placed"; };
struct placed_2 { int order, cents; static constexpr auto id = gesta::event_id{"placed", 2}; };
constexpr placed_2 upcast(const placed& p) { return {p.order, 0}; }
struct paid { int order; static constexpr auto id = "paid"; };
struct place { int order, cents; };
struct pay { int order; };
struct state {};
constexpr void evolve(state&, const placed_2&) {}
constexpr void evolve(state&, const paid&) {}
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed_2> { return placed_2{c.order, c.cents}; }
constexpr auto decide(const state&, const pay& c) -> gesta::emits<paid> { return paid{c.order}; }
struct orders : gesta::aggregate<state, gesta::commands<place, pay>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct begin { static constexpr auto id = "begin"; using begun_by = placed; using undo = gesta::needless; };
struct take_payment {
  static constexpr auto id = "take_payment";
  using undo = gesta::needless;
  constexpr auto run(const placed& o) -> pay { return {o.order}; }
};
struct paying : gesta::saga<gesta::by<"order">, begin, take_payment> { static constexpr auto id = "paying"; };
struct shop : gesta::model<orders, paying, gesta::history<placed>> {};
