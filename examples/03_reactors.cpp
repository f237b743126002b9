// Reactors: an order is paid without the order knowing it. A refused payment is heard, or it does not compile.
#include <gesta/gesta.hpp>

#include <cstdio>

namespace order {
struct placed    { int order, cents; static constexpr auto id = "order.placed"; };
struct cancelled { int order;        static constexpr auto id = "order.cancelled"; using undoes = placed; };
struct place     { int order, cents; };
struct cancel    { int order; };
struct state     { bool open = false; };

constexpr void evolve(state& s, const placed&)    { s.open = true; }
constexpr void evolve(state& s, const cancelled&) { s.open = false; }
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.cents}; }
constexpr auto decide(const state& s, const cancel& c) -> gesta::emits<cancelled>::or_nothing {
  if (!s.open) return gesta::no_change;
  return cancelled{c.order};
}
// The field `order` of its commands is the key.
struct orders : gesta::aggregate<state, gesta::commands<place, cancel>, gesta::by<"order">> { static constexpr auto id = "order"; };
}  // namespace order

namespace payment {
struct charged       { int order, cents; static constexpr auto id = "payment.charged"; };
struct charge        { int order, cents; };
struct card_declined { static constexpr auto id = "payment.card_declined"; };
struct state         { int cents = 0; };

constexpr void evolve(state& s, const charged& e) { s.cents += e.cents; }
constexpr auto decide(const state&, const charge& c) -> gesta::emits<charged>::or_rejects<card_declined> {
  if (c.cents > 500'00) return card_declined{};
  return charged{c.order, c.cents};
}
struct payments : gesta::aggregate<state, gesta::commands<charge>, gesta::by<"order">> { static constexpr auto id = "payment"; };

struct billing { static constexpr auto id = "billing"; };   // the consumer's own struct
constexpr auto react(const billing&, const order::placed& e) -> charge { return {e.order, e.cents}; }
constexpr auto react(const billing&, const charge& asked, const card_declined&) -> order::cancel { return {asked.order}; }
}  // namespace payment

struct shop : gesta::model<order::orders, payment::payments, gesta::reactors<payment::billing>> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle(order::place{1, 100'00});
  app.handle(order::place{2, 900'00});
  for (int order : {1, 2})
    std::printf("order %d is %s, paid %d\n", order, app.state<order::orders>(order).open ? "open" : "cancelled",
                app.state<payment::payments>(order).cents);
}
