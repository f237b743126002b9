// [gesta E579] a step of the Saga asks a command that another service decides, and explore_app has only the aggregates of the model; use  gesta::testing::explore<Model, Saga>,  which needs no values, and tell such answers by  gesta::testing::given<Model, Saga>(...).answered(...)
// in explored_app_asks_elsewhere<false, fulfilment>
#include <gesta/model/model.hpp>
#include <gesta/testing/explore_app.hpp>

#include "shop/order.hpp"

namespace shipping {
struct shipped { int order; static constexpr auto id = gesta::integration_id{"shipping.shipped"}; };
struct ship    { int order; static constexpr auto id = "shipping.ship"; };
auto decide(const gesta::elsewhere&, const ship&) -> gesta::emits<shipped>;
}  // namespace shipping

struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o) const -> order::cancel { return {o.order, order::cause::customer}; }
};
struct ship_parcel {
  static constexpr auto id = "ship_parcel";
  static constexpr auto within = gesta::seconds(30);
  using undo = gesta::irreversible;
  constexpr auto run(const order::placed& o) const -> shipping::ship { return {o.order}; }
  constexpr auto on(const gesta::timed_out&) const -> gesta::until_answered { return {}; }
};
struct fulfilment : gesta::saga<gesta::by<"order">, place_order, ship_parcel> { static constexpr auto id = "fulfilment"; };
struct shop : gesta::model<order::orders, fulfilment> {};

bool explored() {
  return static_cast<bool>(gesta::testing::explore_app<shop, fulfilment>(order::place{1, 5, 100}).each([](auto&, gesta::ended) {}));
}
