// Others tell integration events apart by id and version.
#include <gesta/model/model.hpp>

struct placed { int cents; static constexpr auto id = "order.placed"; };
struct cancelled { static constexpr auto id = "order.cancelled"; };
struct place { int cents; };
struct cancel {};
struct order { int cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr void evolve(order& o, const cancelled&) { o.cents = 0; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }
constexpr auto decide(const order&, const cancel&) -> gesta::emits<cancelled> { return cancelled{}; }

struct order_placed { int cents; static constexpr auto id = gesta::integration_id{"shop.order"}; };
struct order_cancelled { static constexpr auto id = gesta::integration_id{"shop.order_cancelled"}; };
constexpr order_placed publish(const placed& e) { return {e.cents}; }
constexpr order_cancelled publish(const cancelled&) { return {}; }

struct orders : gesta::aggregate<order, gesta::commands<place, cancel>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};
