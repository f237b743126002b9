// [gesta E580] the Saga has a deadline, or a step that asks a command that another service decides, and  gesta::unrecorded_sagas  has no clock and waits for nobody; run it by  gesta::run_sagas,  or take these out of it
// [gesta E580] the Saga has a deadline, or a step that asks a command that another service decides, and  gesta::unrecorded_sagas  has no clock and waits for nobody; run it by  gesta::run_sagas,  or take these out of it
// in unrecorded_saga_waits<false, fulfilment>
// in unrecorded_saga_waits<false, slow>
#include <gesta/model/model.hpp>
#include <gesta/runtime/unrecorded_sagas.hpp>

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
struct too_long {
  static constexpr auto id = "too_long";
  static constexpr auto within = gesta::hours(1);
  constexpr auto on(gesta::timed_out) const -> gesta::compensate { return {}; }
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  using undo = gesta::needless;
  constexpr auto run(const order::placed& o) const -> order::confirm { return {o.order}; }
};
struct slow : gesta::saga<gesta::by<"order">, place_order, confirm_order, too_long> { static constexpr auto id = "slow"; };
struct shop : gesta::model<order::orders, fulfilment, slow> {};

template <class Saga>
bool runs() {
  gesta::unrecorded_states<shop> states;
  gesta::unrecorded_sagas<shop, Saga> sagas(states);
  return sagas.begin(order::placed{1, 5, 100}) == gesta::saga_stands::completed;
}
bool all_run() { return runs<fulfilment>() && runs<slow>(); }
