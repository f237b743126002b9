// A payment that is charged and refunded: for the files about sagas, where it has no mistake.
#pragma once

#include <gesta/model/model.hpp>

namespace payment {
struct charged { int order, cents; static constexpr auto id = "payment.charged"; };
struct refunded { int order, cents; static constexpr auto id = "payment.refunded"; };
struct card_declined { static constexpr auto id = "payment.card_declined"; };
struct charge { int order, cents; };
struct refund { int order, cents; };
struct state { int held = 0; };
constexpr void evolve(state& s, const charged& e) { s.held += e.cents; }
constexpr void evolve(state& s, const refunded& e) { s.held -= e.cents; }
constexpr auto decide(const state&, const charge& c) -> gesta::emits<charged>::or_rejects<card_declined> {
  if (c.cents > 50000) return card_declined{};
  return charged{c.order, c.cents};
}
constexpr auto decide(const state& s, const refund& c) -> gesta::emits<refunded>::or_nothing {
  if (s.held == 0) return gesta::no_change;
  return refunded{c.order, c.cents};
}
struct payments : gesta::aggregate<state, gesta::commands<charge, refund>, gesta::by<"order">> { static constexpr auto id = "payment"; };
}  // namespace payment
