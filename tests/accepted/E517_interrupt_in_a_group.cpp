#include <gesta/model/model.hpp>

#include "shop/payment.hpp"
#include "shop/stock.hpp"

namespace order {
enum class cause : unsigned char { payment, stock, shipping, customer };
struct placed { int order, item, cents; static constexpr auto id = "order.placed"; };
struct confirmed { int order; static constexpr auto id = "order.confirmed"; };
struct cancelled { int order; cause why; static constexpr auto id = "order.cancelled"; };
struct cancel_asked { int order; static constexpr auto id = "order.cancel_asked"; };
struct ask_to_cancel { int order; };
struct place { int order, item, cents; };
struct confirm { int order; };
struct cancel { int order; cause why; };
struct state { bool confirmed = false; };
constexpr void evolve(state&, const placed&) {}
constexpr void evolve(state& s, const confirmed&) { s.confirmed = true; }
constexpr void evolve(state&, const cancelled&) {}
constexpr void evolve(state&, const cancel_asked&) {}
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.item, c.cents}; }
constexpr auto decide(const state& s, const confirm& c) -> gesta::emits<confirmed>::or_nothing {
  if (s.confirmed) return gesta::no_change;
  return confirmed{c.order};
}
constexpr auto decide(const state&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order, c.why}; }
constexpr auto decide(const state&, const ask_to_cancel& c) -> gesta::emits<cancel_asked> { return cancel_asked{c.order}; }
struct orders : gesta::aggregate<state, gesta::commands<place, confirm, cancel, ask_to_cancel>, gesta::by<"order">> { static constexpr auto id = "order"; };
}  // namespace order

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
struct customer_cancels {
  constexpr auto on(const order::cancel_asked&) -> gives_up { return order::cause::customer; }
  constexpr auto not_found(const order::cancel_asked&) -> gesta::drop { return {}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, take_payment, reserve_stock, confirm_order, customer_cancels> {
  static constexpr auto id = "fulfilment";
};
struct shop : gesta::model<order::orders, payment::payments, stock::stocks, fulfilment> {};
