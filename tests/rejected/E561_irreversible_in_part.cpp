// [gesta E561] the Step cannot be undone, and it fails with this Outcome when it may have been done (where it asks many, in part); give it an undo, or answer Outcome with gesta::proceed or gesta::until_answered
// in irreversible_may_stand<false, take_payment, payment::card_declined>
#include <gesta/model/model.hpp>

#include "shop/order.hpp"
#include "shop/payment.hpp"
#include "shop/stock.hpp"

using gives_up = gesta::compensate_with<order::cause>;
struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o, order::cause why) -> order::cancel { return {o.order, why}; }
};
struct take_payment {
  static constexpr auto id = "take_payment";
  constexpr auto run(const order::placed& o) -> gesta::many<payment::charge> { return {payment::charge{o.order, o.cents}}; }
  using undo = gesta::irreversible;
  constexpr auto on(payment::card_declined) -> gives_up { return order::cause::payment; }
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
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, reserve_stock, take_payment, confirm_order> {
  static constexpr auto id = "fulfilment";
};
struct shop : gesta::model<order::orders, payment::payments, stock::stocks, fulfilment> {};
