#include <gesta/gesta.hpp>
#include <gesta/describe/schema.hpp>

struct placed { int order; static constexpr auto id = "placed"; };
struct paid { int order; static constexpr auto id = "paid"; };
struct place { int order; };
struct pay { int order; };
struct broke { static constexpr auto id = "broke"; };
struct state {};
constexpr void evolve(state&, const placed&) {}
constexpr void evolve(state&, const paid&) {}
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
constexpr auto decide(const state&, const pay& c) -> gesta::emits<paid>::or_rejects<broke> { return paid{c.order}; }
struct orders : gesta::aggregate<state, gesta::commands<place, pay>, gesta::by<"order">> { static constexpr auto id = "order"; };

struct begin { static constexpr auto id = "begin"; using begun_by = placed; using undo = gesta::needless; };
struct take_payment {
  static constexpr auto id = "take_payment";
  using undo = gesta::needless;
  constexpr auto run(const placed& o) -> pay { return {o.order}; }
  constexpr auto on(const broke&) -> gesta::compensate { return {}; }
};
struct paying : gesta::saga<gesta::by<"order">, begin, take_payment> { static constexpr auto id = "paying"; };
struct take_payment_again : take_payment {
  constexpr auto on(const broke&) -> gesta::again<2> { return {}; }
};
struct paying_2 : gesta::saga<gesta::by<"order">, begin, take_payment_again> { static constexpr auto id = gesta::event_id{"paying", 2}; };
struct shop : gesta::model<orders, paying_2, gesta::pinned<paying>> {};

using shop_lock = gesta::schema_lock<gesta::locked<"paying (saga)", 1, gesta::shape_id<gesta::detail::saga_in_lock<gesta::flow<shop>::of_deciders, paying>>>>;
struct shop_is_locked : gesta::locked_model<shop, shop_lock> {};
