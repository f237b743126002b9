// [gesta E606] the reaction to Trigger asks for a Fact that has not happened on every path to it; take  const Fact*  and look, or react to a later event
// in reaction_fact_missing<false, laid, cooked>
// Cooked comes before laid as the reactors are listed, but is no cause of it.
#include <gesta/model/model.hpp>
#include <gesta/react/choreography.hpp>

struct ordered { int meal; static constexpr auto id = "meal.ordered"; };
struct cooked  { int meal; static constexpr auto id = "meal.cooked"; };
struct laid    { int meal; static constexpr auto id = "table.laid"; };
struct served  { int meal; static constexpr auto id = "meal.served"; };
struct order { int meal; };
struct cook  { int meal; };
struct lay   { int meal; };
struct serve { int meal; };
struct state {};
constexpr void evolve(state&, const ordered&) {}
constexpr void evolve(state&, const cooked&) {}
constexpr void evolve(state&, const laid&) {}
constexpr void evolve(state&, const served&) {}
constexpr auto decide(const state&, const order& c) -> gesta::emits<ordered> { return ordered{c.meal}; }
constexpr auto decide(const state&, const cook& c) -> gesta::emits<cooked> { return cooked{c.meal}; }
constexpr auto decide(const state&, const lay& c) -> gesta::emits<laid> { return laid{c.meal}; }
constexpr auto decide(const state&, const serve& c) -> gesta::emits<served> { return served{c.meal}; }
struct meals : gesta::aggregate<state, gesta::commands<order, cook, lay, serve>, gesta::by<"meal">> { static constexpr auto id = "meal"; };

struct kitchen { static constexpr auto id = "kitchen"; };
constexpr auto react(const kitchen&, const ordered& e) -> cook { return {e.meal}; }
struct waiter { static constexpr auto id = "waiter"; };
constexpr auto react(const waiter&, const ordered& e) -> lay { return {e.meal}; }
struct butler { static constexpr auto id = "butler"; };
constexpr auto react(const butler&, const laid& e, const cooked&) -> serve { return {e.meal}; }

struct dinner : gesta::choreography<gesta::by<"meal">, gesta::begins<ordered>, gesta::completes<served>, gesta::reactors<kitchen, waiter, butler>> {
  static constexpr auto id = "dinner";
};
struct house : gesta::model<meals, dinner> {};
