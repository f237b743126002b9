// [gesta E515] the Step is undone when it timed out, so perhaps nothing was done, but its UndoCommand cannot say so; let its decide return  emits<...>::or_nothing,  or answer timed_out with gesta::until_answered
// in unknown_undo_must_be_able_to_do_nothing<false, take_payment, payment::refund>
#include <gesta/model/model.hpp>

#include "shop/order.hpp"
#include "shop/stock.hpp"

namespace payment {
struct charged { int order, cents; static constexpr auto id = "payment.charged"; };
struct refunded { int order, cents; static constexpr auto id = "payment.refunded"; };
struct card_declined { static constexpr auto id = "payment.card_declined"; };
struct charge { int order, cents; };
struct refund { int order, cents; };
struct state { int held = 0; };
constexpr void evolve(state& s, const charged& e) { s.held += e.cents; }
constexpr void evolve(state& s, const refunded& e) { s.held -= e.cents; }
constexpr auto decide(const state&, const charge& c) -> gesta::emits<charged>::or_rejects<card_declined> {
  if (c.cents > 50000) return card_declined{};
  return charged{c.order, c.cents};
}
constexpr auto decide(const state&, const refund& c) -> gesta::emits<refunded> {
  return refunded{c.order, c.cents};
}
struct payments : gesta::aggregate<state, gesta::commands<charge, refund>, gesta::by<"order">> { static constexpr auto id = "payment"; };
}  // namespace payment

using gives_up = gesta::compensate_with<order::cause>;
struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o, order::cause why) -> order::cancel { return {o.order, why}; }
};
struct take_payment {
  static constexpr auto id = "take_payment";
  static constexpr auto within = gesta::seconds(30);
  constexpr auto run(const order::placed& o) -> payment::charge { return {o.order, o.cents}; }
  constexpr auto undo(const payment::charge& c) -> payment::refund { return {c.order, c.cents}; }
  constexpr auto on(payment::card_declined) -> gives_up { return order::cause::payment; }
  constexpr auto on(gesta::timed_out) -> gives_up { return order::cause::payment; }
};
struct reserve_stock {
  static constexpr auto id = "reserve_stock";
  constexpr auto run(const order::placed& o) -> stock::reserve { return {o.order, o.item}; }
  constexpr auto undo(const stock::reserved& r) -> stock::release { return {r.order, r.item}; }
  constexpr auto on(stock::sold_out) -> gives_up { return order::cause::stock; }
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  constexpr auto run(const order::placed& o) -> order::confirm { return {o.order}; }
  using undo = gesta::irreversible;
};
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, take_payment, reserve_stock, confirm_order> {
  static constexpr auto id = "fulfilment";
};
struct shop : gesta::model<order::orders, payment::payments, stock::stocks, fulfilment> {};
