#include <gesta/delivery/edge.hpp>
#include <gesta/model/model.hpp>

namespace order {
enum class cause : unsigned char { payment, stock, shipping, customer };
struct placed { int order, item, cents; static constexpr auto id = "order.placed"; };
struct confirmed { int order; static constexpr auto id = "order.confirmed"; };
struct cancelled { int order; cause why; static constexpr auto id = "order.cancelled"; };
struct place { int order, item, cents; };
struct confirm { int order; };
struct cancel { int order; cause why; };
struct state { bool confirmed = false; };
constexpr void evolve(state&, const placed&) {}
constexpr void evolve(state& s, const confirmed&) { s.confirmed = true; }
constexpr void evolve(state&, const cancelled&) {}
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.item, c.cents}; }
constexpr auto decide(const state& s, const confirm& c) -> gesta::emits<confirmed>::or_nothing {
  if (s.confirmed) return gesta::no_change;
  return confirmed{c.order};
}
constexpr auto decide(const state&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order, c.why}; }
struct orders : gesta::aggregate<state, gesta::commands<place, confirm, cancel>, gesta::by<"order">> { static constexpr auto id = "order"; };
}  // namespace order

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
constexpr auto decide(const state& s, const refund& c) -> gesta::emits<refunded>::or_nothing {
  if (s.held == 0) return gesta::no_change;
  return refunded{c.order, c.cents};
}
struct payments : gesta::aggregate<state, gesta::commands<charge, refund>, gesta::by<"order">> { static constexpr auto id = "payment"; };
}  // namespace payment

namespace stock {
struct reserved { int order, item; static constexpr auto id = "stock.reserved"; };
struct released { int order, item; static constexpr auto id = "stock.released"; };
struct sold_out { static constexpr auto id = "stock.sold_out"; };
struct reserve { int order, item; };
struct release { int order, item; };
struct state { int left = 3; };
constexpr void evolve(state& s, const reserved&) { --s.left; }
constexpr void evolve(state& s, const released&) { ++s.left; }
constexpr auto decide(const state& s, const reserve& c) -> gesta::emits<reserved>::or_rejects<sold_out> {
  if (s.left == 0) return sold_out{};
  return reserved{c.order, c.item};
}
constexpr auto decide(const state&, const release& c) -> gesta::emits<released> { return released{c.order, c.item}; }
struct stocks : gesta::aggregate<state, gesta::commands<reserve, release>, gesta::by<"item">> { static constexpr auto id = "stock"; };
}  // namespace stock

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
struct radio {
  static constexpr gesta::guarantee promises{.comes = gesta::arrival::at_least_once, .order = gesta::ordering::by_key, .nak = gesta::handing_back::keeps_order};
};

int main() { gesta::check_connection<shop, radio>(); }
