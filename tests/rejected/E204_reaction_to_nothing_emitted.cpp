// [gesta E204] the Handler takes an Event that nobody in the model emits; an old version is upcast before anybody sees it: take the event that a decision emits
// The view still takes the old version; it is upcast before anybody sees it.
#include <gesta/model/model.hpp>

struct placed_1 { int cents; static constexpr auto id = "order.placed"; };
struct placed { long cents; static constexpr auto id = gesta::event_id{"order.placed", 2}; };
constexpr auto upcast(const placed_1& old) -> placed { return {old.cents}; }
struct place { long cents; };
struct order { long cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct turnover { long cents = 0; };
constexpr void project(turnover& t, const placed_1& e) { t.cents += e.cents; }
constexpr void project(turnover& t, const placed& e) { t.cents += e.cents; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct turnovers : gesta::projection<turnover, gesta::follows<orders>> { static constexpr auto id = "turnover"; };
struct shop : gesta::model<orders, turnovers, gesta::history<placed_1>> {};
