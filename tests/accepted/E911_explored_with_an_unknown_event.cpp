#include <gesta/model/model.hpp>
#include <gesta/testing/explore_app.hpp>

#include "shop/order.hpp"

struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o) const -> order::cancel { return {o.order, order::cause::customer}; }
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  using undo = gesta::irreversible;
  constexpr auto run(const order::placed& o) const -> order::confirm { return {o.order}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, confirm_order> { static constexpr auto id = "fulfilment"; };
struct shop : gesta::model<order::orders, fulfilment> {};
struct given_up { int order; static constexpr auto id = "given_up"; };

bool explored() {
  return static_cast<bool>(gesta::testing::explore_app<shop, fulfilment>(order::place{1, 5, 100}, order::placed{1, 5, 100}).each([](auto&, gesta::ended) {}));
}
