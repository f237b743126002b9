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
