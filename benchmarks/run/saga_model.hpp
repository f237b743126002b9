// The services and the saga of W6 as a model: one for the sagas with records and those without.
// Includes the workload and the library.
#pragma once
#include "saga.hpp"

#include <gesta/gesta.hpp>
#include <gesta/react/saga.hpp>

namespace saga {

constexpr void evolve(order_state&, const placed&) {}
constexpr void evolve(order_state& s, const confirmed&) { ++s.confirmed; }
constexpr void evolve(order_state& s, const cancelled&) { ++s.cancelled; }
constexpr auto decide(const order_state&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.item, c.price}; }
constexpr auto decide(const order_state&, const confirm& c) -> gesta::emits<confirmed> { return confirmed{c.order}; }
constexpr auto decide(const order_state&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order}; }
struct orders : gesta::aggregate<order_state, gesta::commands<place, confirm, cancel>, gesta::by<"order">> { static constexpr auto id = "order"; };

constexpr void evolve(payment_state& s, const charged& e) { s.held += e.price; }
constexpr void evolve(payment_state& s, const refunded& e) { s.held -= e.price; }
constexpr auto decide(const payment_state&, const charge& c) -> gesta::emits<charged>::or_rejects<declined> {
  if (c.price > most) return declined{};
  return charged{c.order, c.price};
}
constexpr auto decide(const payment_state&, const refund& c) -> gesta::emits<refunded> { return refunded{c.order, c.price}; }
struct payments : gesta::aggregate<payment_state, gesta::commands<charge, refund>, gesta::by<"order">> { static constexpr auto id = "payment"; };

constexpr void evolve(stock_state& s, const reserved&) { --s.left; }
constexpr void evolve(stock_state& s, const released&) { ++s.left; }
constexpr auto decide(const stock_state& s, const reserve& c) -> gesta::emits<reserved>::or_rejects<sold_out> {
  if (s.left == 0) return sold_out{};
  return reserved{c.order, c.item};
}
constexpr auto decide(const stock_state&, const release& c) -> gesta::emits<released> { return released{c.order, c.item}; }
struct stocks : gesta::aggregate<stock_state, gesta::commands<reserve, release>, gesta::by<"item">> { static constexpr auto id = "stock"; };

constexpr void evolve(parcel_state& s, const shipped&) { ++s.shipped; }
constexpr auto decide(const parcel_state&, const ship& c) -> gesta::emits<shipped> { return shipped{c.order}; }
struct parcels : gesta::aggregate<parcel_state, gesta::commands<ship>, gesta::by<"order">> { static constexpr auto id = "parcel"; };

struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = placed;
  constexpr auto undo(const placed& p) const -> cancel { return {p.order}; }
};
struct take_payment {
  static constexpr auto id = "take_payment";
  constexpr auto run(const placed& p) const -> charge { return {p.order, p.price}; }
  constexpr auto undo(const placed& p) const -> refund { return {p.order, p.price}; }
  constexpr auto on(const declined&) const -> gesta::compensate { return {}; }
};
struct reserve_stock {
  static constexpr auto id = "reserve_stock";
  constexpr auto run(const placed& p) const -> reserve { return {p.order, p.item}; }
  constexpr auto undo(const placed& p) const -> release { return {p.order, p.item}; }
  constexpr auto on(const sold_out&) const -> gesta::compensate { return {}; }
};
struct ship_parcel {
  static constexpr auto id = "ship_parcel";
  constexpr auto run(const placed& p) const -> ship { return {p.order}; }
  using undo = gesta::irreversible;
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  constexpr auto run(const placed& p) const -> confirm { return {p.order}; }
  using undo = gesta::irreversible;
};
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, take_payment, reserve_stock, ship_parcel, confirm_order> {
  static constexpr auto id = "fulfilment";
};
struct shop : gesta::model<orders, payments, stocks, parcels, fulfilment> {};

}  // namespace saga
