// [gesta E707] gesta::from_outside lists an Event that is no integration event, and other services send no others; list what that service publishes, a struct that says  static constexpr auto id = gesta::integration_id{"..."};
// From outside come the integration events of others.
#include <gesta/model/model.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct place { int cents; };
struct order { int cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct shipped { int order; static constexpr auto id = "stock.shipped"; };

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders, gesta::from_outside<shipped>> {};
