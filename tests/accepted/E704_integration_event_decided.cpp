// An event that is decided here is a domain event.
#include <gesta/model/model.hpp>

struct placed { int cents; static constexpr auto id = gesta::event_id{"order.placed"}; };
struct place { int cents; };
struct order { int cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};
