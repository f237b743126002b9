// From outside come the integration events of others.
#include <gesta/model/model.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct place { int cents; };
struct order { int cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct shipped { int order; static constexpr auto id = gesta::integration_id{"stock.shipped", 3}; };

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders, gesta::from_outside<shipped>> {};
