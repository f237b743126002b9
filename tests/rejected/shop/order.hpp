// An order that is placed, and confirmed or cancelled: for the files about sagas, where it has no mistake.
#pragma once

#include <gesta/model/model.hpp>

namespace order {
enum class cause : unsigned char { payment, stock, shipping, customer };
struct placed { int order, item, cents; static constexpr auto id = "order.placed"; };
struct confirmed { int order; static constexpr auto id = "order.confirmed"; };
struct cancelled { int order; cause why; static constexpr auto id = "order.cancelled"; };
struct place { int order, item, cents; };
struct confirm { int order; };
struct cancel { int order; cause why; };
struct state { bool confirmed = false; };
constexpr void evolve(state&, const placed&) {}
constexpr void evolve(state& s, const confirmed&) { s.confirmed = true; }
constexpr void evolve(state&, const cancelled&) {}
constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.item, c.cents}; }
constexpr auto decide(const state& s, const confirm& c) -> gesta::emits<confirmed>::or_nothing {
  if (s.confirmed) return gesta::no_change;
  return confirmed{c.order};
}
constexpr auto decide(const state&, const cancel& c) -> gesta::emits<cancelled> { return cancelled{c.order, c.why}; }
struct orders : gesta::aggregate<state, gesta::commands<place, confirm, cancel>, gesta::by<"order">> { static constexpr auto id = "order"; };
}  // namespace order
