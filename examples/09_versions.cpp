// An event changed its shape: the old struct stays, in the history, and `upcast` says what it means today.
#include <gesta/gesta.hpp>

#include <cstdio>

struct placed_v1 { int order; int euros;  static constexpr auto id = "order.placed"; };
struct placed    { int order; int cents;  static constexpr auto id = gesta::event_id{"order.placed", 2}; };
constexpr auto upcast(const placed_v1& old) -> placed { return {old.order, old.euros * 100}; }

struct place { int order; int cents; };
struct state { int cents = 0; };
constexpr void evolve(state& s, const placed& e) { s.cents += e.cents; }
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.cents}; }

struct orders : gesta::aggregate<state, gesta::commands<place>, gesta::by<"order">> { static constexpr auto id = "order"; };
// Without the history, without `upcast`, or with an id of a lock that left: each is one sentence of the compiler.
struct shop : gesta::model<orders, gesta::history<placed_v1>, gesta::retired<"order.noted">> {};

static_assert(upcast(placed_v1{7, 3}).cents == 300);

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle(place{7, 250});
  std::printf("%d\n", app.state<orders>(7).cents);
}
