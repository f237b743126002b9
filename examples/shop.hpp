// An order, its payment, its stock and its parcel: four services that know nothing of each other, and nothing of sagas. What follows from
// what is said elsewhere, by a coordinator or by reactors. `undoes` is the only word said for them.
#pragma once

#include <gesta/domain.hpp>

namespace order {
enum class cause : unsigned char { none, payment, stock, shipping, customer };

struct placed       { int order, item, cents; static constexpr auto id = "order.placed"; };
struct confirmed    { int order;              static constexpr auto id = "order.confirmed"; };
struct cancelled    { int order; cause why;   static constexpr auto id = "order.cancelled"; using undoes = placed; };
struct cancel_asked { int order;              static constexpr auto id = "order.cancel_asked"; };

struct place         { int order, item, cents; static constexpr auto id = "order.place"; };
struct confirm       { int order;              static constexpr auto id = "order.confirm"; };
struct cancel        { int order; cause why;   static constexpr auto id = "order.cancel"; };
struct ask_to_cancel { int order;              static constexpr auto id = "order.ask_to_cancel"; };

struct state { bool placed = false, confirmed = false; cause cancelled = cause::none; };
constexpr void evolve(state& s, const placed&)      { s.placed = true; }
constexpr void evolve(state& s, const confirmed&)   { s.confirmed = true; }
constexpr void evolve(state& s, const cancelled& e) { s.placed = false; s.cancelled = e.why; }
constexpr void evolve(state&, const cancel_asked&)  {}

constexpr auto decide(const state&, const place& c) -> gesta::emits<placed> { return placed{c.order, c.item, c.cents}; }
constexpr auto decide(const state& s, const confirm& c) -> gesta::emits<confirmed>::or_nothing {
  if (s.confirmed) return gesta::no_change;
  return confirmed{c.order};
}
constexpr auto decide(const state& s, const cancel& c) -> gesta::emits<cancelled>::or_nothing {
  if (!s.placed) return gesta::no_change;
  return cancelled{c.order, c.why};
}
constexpr auto decide(const state&, const ask_to_cancel& c) -> gesta::emits<cancel_asked> { return cancel_asked{c.order}; }

struct orders : gesta::aggregate<state, gesta::commands<place, confirm, cancel, ask_to_cancel>, gesta::by<"order">> {
  static constexpr auto id = "order";
};
}  // namespace order

namespace payment {
struct charged  { int order, cents; static constexpr auto id = "payment.charged"; };
struct refunded { int order, cents; static constexpr auto id = "payment.refunded"; using undoes = charged; };

struct charge        { int order, cents; static constexpr auto id = "payment.charge"; };
struct refund        { int order, cents; static constexpr auto id = "payment.refund"; };
struct card_declined { static constexpr auto id = "payment.card_declined"; };

struct state { int held = 0; };
constexpr void evolve(state& s, const charged& e)  { s.held += e.cents; }
constexpr void evolve(state& s, const refunded& e) { s.held -= e.cents; }

constexpr auto decide(const state&, const charge& c) -> gesta::emits<charged>::or_rejects<card_declined> {
  if (c.cents > 500'00) return card_declined{};
  return charged{c.order, c.cents};
}
constexpr auto decide(const state& s, const refund& c) -> gesta::emits<refunded>::or_nothing {
  if (s.held == 0) return gesta::no_change;
  return refunded{c.order, c.cents};
}

struct payments : gesta::aggregate<state, gesta::commands<charge, refund>, gesta::by<"order">> { static constexpr auto id = "payment"; };
}  // namespace payment

namespace stock {
struct reserved { int order, item; static constexpr auto id = "stock.reserved"; };
struct released { int order, item; static constexpr auto id = "stock.released"; using undoes = reserved; };

struct reserve  { int order, item; static constexpr auto id = "stock.reserve"; };
struct release  { int order, item; static constexpr auto id = "stock.release"; };
struct sold_out { static constexpr auto id = "stock.sold_out"; };

struct state { int left = 3, held = 0; };   // of each item
constexpr void evolve(state& s, const reserved&) { --s.left; ++s.held; }
constexpr void evolve(state& s, const released&) { ++s.left; --s.held; }

constexpr auto decide(const state& s, const reserve& c) -> gesta::emits<reserved>::or_rejects<sold_out> {
  if (s.left == 0) return sold_out{};
  return reserved{c.order, c.item};
}
constexpr auto decide(const state& s, const release& c) -> gesta::emits<released>::or_nothing {
  if (s.held == 0) return gesta::no_change;
  return released{c.order, c.item};
}

struct stocks : gesta::aggregate<state, gesta::commands<reserve, release>, gesta::by<"item">> { static constexpr auto id = "stock"; };
}  // namespace stock

namespace shipping {
struct shipped { int order; static constexpr auto id = "shipping.shipped"; };

struct ship          { int order; static constexpr auto id = "shipping.ship"; };
struct undeliverable { static constexpr auto id = "shipping.undeliverable"; };

struct state { bool shipped = false; };
constexpr void evolve(state& s, const shipped&) { s.shipped = true; }

constexpr auto decide(const state&, const ship& c) -> gesta::emits<shipped>::or_rejects<undeliverable> {
  if (c.order % 7 == 0) return undeliverable{};
  return shipped{c.order};
}

struct parcels : gesta::aggregate<state, gesta::commands<ship>, gesta::by<"order">> { static constexpr auto id = "shipping"; };
}  // namespace shipping
