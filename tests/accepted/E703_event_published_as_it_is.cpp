// The event that is kept is not the one that is told.
#include <gesta/model/model.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct place { int cents; };
struct order { int cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct order_placed { int cents; static constexpr auto id = gesta::integration_id{"shop.order_placed"}; };
constexpr order_placed publish(const placed& e) { return {e.cents}; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};
