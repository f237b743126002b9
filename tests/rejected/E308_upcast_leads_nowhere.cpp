// [gesta E308] upcast of the Old version gives something that is neither an event or rejection of the model nor a later version in gesta::history; give the next version, or  gesta::emits<...>  of such
// Version 1 becomes version 2, and version 2 is not in the model.
#include <gesta/model/model.hpp>

struct placed_1 { int cents; static constexpr auto id = "order.placed"; };
struct draft { long cents; };
struct placed { long cents; static constexpr auto id = gesta::event_id{"order.placed", 2}; };
constexpr auto upcast(const placed_1& old) -> draft { return {old.cents}; }
struct place { long cents; };
struct order { long cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders, gesta::history<placed_1>> {};
