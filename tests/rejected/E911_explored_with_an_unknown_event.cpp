// [gesta E911] gesta::as_variant<Model>,  or explore_app<Model, Saga>,  got an Event that no decision of the Model records, and that is no command of it; name the model of the app that calls it, and let explore_app begin with what that model hears
// in event_of_another_model<false, shop, given_up>
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
  return static_cast<bool>(gesta::testing::explore_app<shop, fulfilment>(order::place{1, 5, 100}, given_up{1}).each([](auto&, gesta::ended) {}));
}
