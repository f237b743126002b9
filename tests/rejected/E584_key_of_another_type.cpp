// [gesta E584] the runner is asked for an instance of a Part that is no saga, process or delayed command of the model (resolve: no saga; ignored: no delayed command), or by a Given that is no key of it; write  sagas.state<Part>(key)  with a Part that the model lists and a key of the type of the field that its  gesta::by<...>  names, of a delayed command its name
// [gesta E584] the runner is asked for an instance of a Part that is no saga, process or delayed command of the model (resolve: no saga; ignored: no delayed command), or by a Given that is no key of it; write  sagas.state<Part>(key)  with a Part that the model lists and a key of the type of the field that its  gesta::by<...>  names, of a delayed command its name
// in no_such_instance<false, fulfilment, char
// in no_such_instance<false, fulfilment, double>
#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>

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

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto sagas = gesta::run_sagas(app);
  (void)sagas.state<fulfilment>("17");
  (void)sagas.retry<fulfilment>(17.5, "ann");
}
