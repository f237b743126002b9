// [gesta E205] no event of the model ever reaches this Part; add  react(const Reactor&, const Event&)  or  project(View&, const Event&)  for an event of the model, in the header of its struct, or remove the part
// in part_never_reached<false, turnovers>
// Without gesta::follows a view takes the events that it has a project for, and this one has none.
#include <gesta/model/model.hpp>

struct placed { long cents; static constexpr auto id = "order.placed"; };
struct place { long cents; };
struct order { long cents = 0; };

constexpr void evolve(order& o, const placed& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.cents}; }

struct turnover { long cents = 0; };
constexpr void project(turnover& t, const place& c) { t.cents += c.cents; }

struct orders : gesta::aggregate<order, gesta::commands<place>> { static constexpr auto id = "order"; };
struct turnovers : gesta::projection<turnover> { static constexpr auto id = "turnover"; };
struct shop : gesta::model<orders, turnovers> {};
