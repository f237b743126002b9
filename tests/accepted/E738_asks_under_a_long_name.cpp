#include <gesta/gesta.hpp>
#include <gesta/runtime/ask.hpp>
#include <gesta/transport/in_process.hpp>

#include "shop/order.hpp"

namespace stock {
struct reserved { int order, item; static constexpr auto id = gesta::integration_id{"stock.reserved"}; };
struct released { int order, item; static constexpr auto id = gesta::integration_id{"stock.released"}; };
struct sold_out { static constexpr auto id = "stock.sold_out"; };
struct reserve { int order, item; static constexpr auto id = "stock.reserve"; };
struct release { int order, item; static constexpr auto id = "stock.release"; };
auto decide(const gesta::elsewhere&, const reserve&) -> gesta::emits<reserved>::or_rejects<sold_out>;
auto decide(const gesta::elsewhere&, const release&) -> gesta::emits<released>::or_nothing;
}  // namespace stock

using gives_up = gesta::compensate_with<order::cause>;
struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o, order::cause why) -> order::cancel { return {o.order, why}; }
};
struct reserve_stock {
  static constexpr auto id = "reserve_stock";
  static constexpr auto within = gesta::seconds(30);
  constexpr auto run(const order::placed& o) -> stock::reserve { return {o.order, o.item}; }
  constexpr auto undo(const stock::reserve& c) -> stock::release { return {c.order, c.item}; }
  constexpr auto on(const stock::sold_out&) -> gives_up { return order::cause::stock; }
  constexpr auto on(const gesta::timed_out&) -> gives_up { return order::cause::stock; }
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  constexpr auto run(const order::placed& o) -> order::confirm { return {o.order}; }
  using undo = gesta::irreversible;
};
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, reserve_stock, confirm_order> {
  static constexpr auto id = "fulfilment";
};
struct shop : gesta::model<order::orders, fulfilment> {};
struct desk { static constexpr auto id = "shop.desk"; };

int main() {
  gesta::in_process_hub hub(gesta::system_clock{});
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto asks = gesta::ask_by<desk>(app, gesta::in_process(hub));
  return asks.poll() ? 0 : 1;
}
