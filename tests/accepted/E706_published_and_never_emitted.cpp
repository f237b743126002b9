// An old version is upcast before anybody sees it.
#include <gesta/model/model.hpp>

struct placed_1 { int cents; static constexpr auto id = "order.placed"; };
struct placed { long cents; static constexpr auto id = gesta::event_id{"order.placed", 2}; };
constexpr auto upcast(const placed_1& old) -> placed { return {old.cents}; }
struct place { long cents; };
struct order { long cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct order_placed { long cents; static constexpr auto id = gesta::integration_id{"shop.order_placed"}; };
constexpr order_placed publish(const placed& e) { return {e.cents}; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders, gesta::history<placed_1>> {};
