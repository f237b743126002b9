// Stock that is reserved and released: for the files about sagas, where it has no mistake.
#pragma once

#include <gesta/model/model.hpp>

namespace stock {
struct reserved { int order, item; static constexpr auto id = "stock.reserved"; };
struct released { int order, item; static constexpr auto id = "stock.released"; };
struct sold_out { static constexpr auto id = "stock.sold_out"; };
struct reserve { int order, item; };
struct release { int order, item; };
struct state { int left = 3; };
constexpr void evolve(state& s, const reserved&) { --s.left; }
constexpr void evolve(state& s, const released&) { ++s.left; }
constexpr auto decide(const state& s, const reserve& c) -> gesta::emits<reserved>::or_rejects<sold_out> {
  if (s.left == 0) return sold_out{};
  return reserved{c.order, c.item};
}
constexpr auto decide(const state&, const release& c) -> gesta::emits<released> { return released{c.order, c.item}; }
struct stocks : gesta::aggregate<state, gesta::commands<reserve, release>, gesta::by<"item">> { static constexpr auto id = "stock"; };
}  // namespace stock
