#include <gesta/model/model.hpp>

struct placed { int order; static constexpr auto id = "placed"; };
struct paid { int order; static constexpr auto id = "paid"; };
struct seen { int order; static constexpr auto id = "seen"; };
struct place { int order; };
struct pay { int order; };
struct look { int order; };
struct broke { static constexpr auto id = "broke"; };
struct state {};
constexpr void evolve(state&, const placed&) {}
constexpr void evolve(state&, const paid&) {}
constexpr void evolve(state&, const seen&) {}
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
constexpr auto decide(const state&, const pay& c) -> gesta::emits<paid>::or_rejects<broke> { return paid{c.order}; }
constexpr auto decide(const state&, const look& c) -> gesta::emits<seen>::or_nothing { return seen{c.order}; }
struct orders : gesta::aggregate<state, gesta::commands<place, pay, look>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct begin { static constexpr auto id = "begin"; using begun_by = placed; };
struct look_at_it {
  static constexpr auto id = "look_at_it";
  using undo = gesta::needless;
  constexpr auto run(const placed& o) -> look { return {o.order}; }
};
struct take_payment {
  static constexpr auto id = "take_payment";
  using undo = gesta::irreversible;
  constexpr auto run(const placed& o) -> pay { return {o.order}; }
  constexpr auto on(const broke&) -> gesta::until_answered { return {}; }
};
struct paying : gesta::saga<gesta::by<"order">, begin, take_payment> { static constexpr auto id = "paying"; };
struct paying_2 : gesta::saga<gesta::by<"order">, begin, look_at_it, take_payment> { static constexpr auto id = gesta::event_id{"paying", 2}; };
constexpr auto migrate(const gesta::instance_of<paying>&) -> gesta::moves_to<paying_2> { return {}; }
struct shop : gesta::model<orders, paying_2, gesta::pinned<paying>> {};
