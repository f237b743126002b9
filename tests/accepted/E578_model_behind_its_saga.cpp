#include <gesta/model/model.hpp>
#include <gesta/testing/explore.hpp>
#include <gesta/testing/explore_app.hpp>

#include "shop/order.hpp"

struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o) -> order::cancel { return {o.order, order::cause::customer}; }
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  using undo = gesta::irreversible;
  constexpr auto run(const order::placed& o) -> order::confirm { return {o.order}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, confirm_order> { static constexpr auto id = "fulfilment"; };
struct urgent : gesta::saga<gesta::by<"order">, place_order, confirm_order> { static constexpr auto id = "urgent"; };
struct shop : gesta::model<order::orders, fulfilment, urgent> {};

bool explored() {
  return gesta::testing::explore<shop, fulfilment>({.duplicates = 2}) &&
         gesta::testing::explore_app<shop, urgent>(order::place{1, 5, 100}).each([](auto& app, gesta::ended how) {
           return app.template state<order::orders>(1).confirmed == (how == gesta::ended::completed);
         });
}
