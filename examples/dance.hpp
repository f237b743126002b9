// Choreography over the shop: each service says what it does about what it hears, and nobody coordinates.
//   react(who, what happened) -> command;   react(who, command, rejection) for a refusal, whoever's command it was.
//   A further  const Fact&  is an event of the same order that has surely happened,  const Fact*  one that may have.
#pragma once

#include <gesta/domain.hpp>
#include <gesta/react/choreography.hpp>

#include "shop.hpp"

namespace payment {
struct billing { static constexpr auto id = "billing"; };
constexpr auto react(billing, const order::placed& o) -> charge { return {o.order, o.cents}; }
constexpr auto react(billing, const stock::reserve& c, const stock::sold_out&, const charged& paid) -> refund { return {c.order, paid.cents}; }
constexpr auto react(billing, const stock::released& r, const charged& paid) -> refund { return {r.order, paid.cents}; }
// Cancelled for whatever reason: what was paid goes back. cancelled -> refunded -> cancel is a cycle, and ends: both undo.
constexpr auto react(billing, const order::cancelled& c, const charged* paid) -> refund { return {c.order, paid ? paid->cents : 0}; }
}  // namespace payment

namespace stock {
struct warehouse { static constexpr auto id = "warehouse"; };
constexpr auto react(warehouse, const payment::charged& c, const order::placed& o) -> reserve { return {c.order, o.item}; }
constexpr auto react(warehouse, const shipping::ship& c, const shipping::undeliverable&, const order::placed& o) -> release { return {c.order, o.item}; }
}  // namespace stock

namespace shipping {
struct dispatch { static constexpr auto id = "dispatch"; };
constexpr auto react(dispatch, const stock::reserved& r) -> ship { return {r.order}; }
}  // namespace shipping

namespace order {
struct desk { static constexpr auto id = "desk"; };
constexpr auto react(desk, const shipping::shipped& s) -> confirm { return {s.order}; }
constexpr auto react(desk, const payment::charge& c, const payment::card_declined&) -> cancel { return {c.order, cause::payment}; }
// Along a chain of undos the reason is lost; a fact tells it.
constexpr auto react(desk, const payment::refunded& r, const stock::released* gone) -> cancel { return {r.order, gone ? cause::shipping : cause::stock}; }
constexpr auto react(desk, const payment::refund& c, gesta::nothing) -> cancel { return {c.order, cause::payment}; }
}  // namespace order

struct dance : gesta::choreography<gesta::by<"order">, gesta::begins<order::placed>, gesta::completes<order::confirmed>,
                                   gesta::gives_up<order::cancelled>,
                                   gesta::reactors<payment::billing, stock::warehouse, shipping::dispatch, order::desk>> {
  static constexpr auto id = "dance";
};
