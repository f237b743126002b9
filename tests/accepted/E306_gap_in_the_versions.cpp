// Version 3 reads version 2, and version 2 was left out.
#include <gesta/model/model.hpp>

struct placed_1 { int cents; static constexpr auto id = "order.placed"; };
struct placed_2 { long cents; static constexpr auto id = gesta::event_id{"order.placed", 2}; };
struct placed { long cents; long tax; static constexpr auto id = gesta::event_id{"order.placed", 3}; };
constexpr auto upcast(const placed_1& old) -> placed_2 { return {old.cents}; }
constexpr auto upcast(const placed_2& old) -> placed { return {old.cents, 0}; }
struct place { long cents; };
struct order { long cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents, 0}; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders, gesta::history<placed_1, placed_2>> {};
