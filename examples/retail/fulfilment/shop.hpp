// A shop that fulfils orders: the order desk, the cashier, the shelves, the parcel service. None of them knows who makes them work together.
// The domain of both ways: plain structs and functions, no file, no store. All that is said for sagas is which event undoes which.
// May include: own folder, retail's words, gesta, std.
#pragma once

#include <gesta/domain.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

#include "../ledger.hpp"

namespace retail {

using pieces = std::int64_t;

/// Misfortune by lot: of a million orders it strikes so many. The lot is drawn by a hash of the order's number, so that a decision stays a function of
/// what it is given. Odds travel with the order, from its first event on: whoever takes it up later, with other odds on his command line or with
/// the program of a later year, decides as the first would have.
struct odds {
  std::uint64_t seed = 0;
  std::int32_t per_million = 0;
};
/// Whom: each service draws its own lot.
constexpr bool strike(const odds& o, std::string_view whom, const invoice_no& order) {
  std::uint64_t h = 0xcbf29ce484222325u;  // FNV-1a
  const auto add = [&](char c) { h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u; };
  for (const char c : whom) add(c);
  add('/');
  for (const char c : order) add(c);
  std::uint64_t z = h + (o.seed + 1) * 0x9e3779b97f4a7c15u;  // splitmix64
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<std::int64_t>((z ^ (z >> 31)) % 1'000'000) < o.per_million;
}

}  // namespace retail

// ---- the order desk -------------------------------------------------------------------------------------------------------------

namespace retail::order {

/// Why an order came to nothing.
enum class cause : std::uint8_t { payment, stock, shipping };

struct line {
  stock_code item;
  money unit_price = 0;
  std::int32_t quantity = 0;
};

struct placed    { invoice_no order; std::vector<line> lines; odds of_payment, of_shipping; static constexpr auto id = "retail.order.placed"; };
struct confirmed { invoice_no order; money total = 0; static constexpr auto id = "retail.order.confirmed"; };
struct cancelled { invoice_no order; cause why{};     static constexpr auto id = "retail.order.cancelled"; using undoes = placed; };

struct place   { invoice_no order; std::vector<line> lines; odds of_payment, of_shipping; };
struct confirm { invoice_no order; static constexpr auto id = "retail.order.confirm"; };
struct cancel  { invoice_no order; cause why{}; static constexpr auto id = "retail.order.cancel"; };

constexpr money total(const placed& o) {
  money sum = 0;
  for (const line& l : o.lines) sum += l.quantity * l.unit_price;
  return sum;
}
constexpr pieces count(const placed& o) {
  pieces sum = 0;
  for (const line& l : o.lines) sum += l.quantity;
  return sum;
}

struct state {
  money total = 0;
  bool is_placed = false, is_confirmed = false, is_cancelled = false;
};
constexpr void evolve(state& s, const placed& e)    { s.is_placed = true; s.total = total(e); }
constexpr void evolve(state& s, const confirmed&)   { s.is_confirmed = true; }
constexpr void evolve(state& s, const cancelled&)   { s.is_cancelled = true; }

/// An order is placed once, however often its file is read.
constexpr auto decide(const state& s, const place& c) -> gesta::emits<placed>::or_nothing {
  if (s.is_placed) return gesta::no_change;
  return placed{c.order, c.lines, c.of_payment, c.of_shipping};
}
constexpr auto decide(const state& s, const confirm& c) -> gesta::emits<confirmed>::or_nothing {
  if (s.is_confirmed) return gesta::no_change;
  return confirmed{c.order, s.total};
}
constexpr auto decide(const state& s, const cancel& c) -> gesta::emits<cancelled>::or_nothing {
  if (s.is_cancelled) return gesta::no_change;
  return cancelled{c.order, c.why};
}

struct orders : gesta::aggregate<state, gesta::commands<place, confirm, cancel>, gesta::by<"order">> { static constexpr auto id = "retail.order"; };

}  // namespace retail::order

// ---- the cashier ----------------------------------------------------------------------------------------------------------------

namespace retail::payment {

struct charged  { invoice_no order; money amount = 0; static constexpr auto id = "retail.payment.charged"; };
struct refunded { invoice_no order; money amount = 0; order::cause why{}; static constexpr auto id = "retail.payment.refunded"; using undoes = charged; };

struct charge { invoice_no order; money amount = 0; odds of_refusal; static constexpr auto id = "retail.payment.charge"; };
struct refund { invoice_no order; order::cause why{}; static constexpr auto id = "retail.payment.refund"; };

struct card_declined { static constexpr auto id = "retail.payment.card_declined"; };

struct state { money held = 0; };
constexpr void evolve(state& s, const charged& e)  { s.held += e.amount; }
constexpr void evolve(state& s, const refunded& e) { s.held -= e.amount; }

/// It charges each time it is asked to: that nobody is charged twice is the sender's promise.
constexpr auto decide(const state&, const charge& c) -> gesta::emits<charged>::or_rejects<card_declined> {
  if (strike(c.of_refusal, "payment", c.order)) return card_declined{};
  return charged{c.order, c.amount};
}
/// All that is held goes back.
constexpr auto decide(const state& s, const refund& c) -> gesta::emits<refunded>::or_nothing {
  if (s.held == 0) return gesta::no_change;
  return refunded{c.order, s.held, c.why};
}

struct payments : gesta::aggregate<state, gesta::commands<charge, refund>, gesta::by<"order">> { static constexpr auto id = "retail.payment"; };

}  // namespace retail::payment

// ---- the shelves ----------------------------------------------------------------------------------------------------------------

namespace retail::stock {

struct opened   { stock_code item; pieces quantity = 0; static constexpr auto id = "retail.stock.opened"; };
struct reserved { invoice_no order; stock_code item; std::int32_t line = 0, quantity = 0; static constexpr auto id = "retail.stock.reserved"; };
struct released { invoice_no order; stock_code item; std::int32_t line = 0, quantity = 0; order::cause why{};
                  static constexpr auto id = "retail.stock.released"; using undoes = reserved; };

/// The opening stock of an article, stated once.
struct open    { stock_code item; pieces quantity = 0; };
/// Line: which of the order's lines, from 0.
struct reserve { invoice_no order; stock_code item; std::int32_t line = 0, quantity = 0; static constexpr auto id = "retail.stock.reserve"; };
struct release { invoice_no order; stock_code item; std::int32_t line = 0, quantity = 0; order::cause why{};
                 static constexpr auto id = "retail.stock.release"; };

struct sold_out { pieces left = 0; static constexpr auto id = "retail.stock.sold_out"; };

struct state {
  pieces left = 0;
  bool is_open = false;
  tally<invoice_no> held;  ///< by orders; two lines of an order may be of one article
};
constexpr void evolve(state& s, const opened& e)   { s.is_open = true; s.left += e.quantity; }
constexpr void evolve(state& s, const reserved& e) { s.left -= e.quantity; s.held.add(e.order, e.quantity); }
constexpr void evolve(state& s, const released& e) { s.left += e.quantity; s.held.add(e.order, -e.quantity); }

constexpr auto decide(const state& s, const open& c) -> gesta::emits<opened>::or_nothing {
  if (s.is_open) return gesta::no_change;
  return opened{c.item, c.quantity};
}
constexpr auto decide(const state& s, const reserve& c) -> gesta::emits<reserved>::or_rejects<sold_out> {
  if (s.left < c.quantity) return sold_out{s.left};
  return reserved{c.order, c.item, c.line, c.quantity};
}
constexpr auto decide(const state& s, const release& c) -> gesta::emits<released>::or_nothing {
  if (s.held[c.order] < c.quantity) return gesta::no_change;
  return released{c.order, c.item, c.line, c.quantity, c.why};
}

struct stocks : gesta::aggregate<state, gesta::commands<open, reserve, release>, gesta::by<"item">> { static constexpr auto id = "retail.stock"; };

}  // namespace retail::stock

// ---- the parcel service ---------------------------------------------------------------------------------------------------------

namespace retail::shipping {

struct shipped { invoice_no order; pieces quantity = 0; static constexpr auto id = "retail.shipping.shipped"; };

struct ship { invoice_no order; pieces quantity = 0; odds of_refusal; static constexpr auto id = "retail.shipping.ship"; };

struct undeliverable { static constexpr auto id = "retail.shipping.undeliverable"; };

struct state { bool is_shipped = false; };
constexpr void evolve(state& s, const shipped&) { s.is_shipped = true; }

constexpr auto decide(const state&, const ship& c) -> gesta::emits<shipped>::or_rejects<undeliverable> {
  if (strike(c.of_refusal, "shipping", c.order)) return undeliverable{};
  return shipped{c.order, c.quantity};
}

struct parcels : gesta::aggregate<state, gesta::commands<ship>, gesta::by<"order">> { static constexpr auto id = "retail.parcel"; };

}  // namespace retail::shipping

// ---- what became of them --------------------------------------------------------------------------------------------------------

namespace retail {

/// Sums over all events: what the report says.
struct fulfilled {
  std::uint64_t orders = 0, confirmed = 0;
  std::uint64_t cancelled[3] = {};  ///< by order::cause
  money charged = 0, refunded = 0, confirmed_total = 0;
  pieces reserved = 0, released = 0, shipped = 0;

  /// Nothing is lost and nothing is there twice: every order has come to an end, the money that was kept is that of confirmed orders, the goods
  /// that left the shelves were sent.
  constexpr bool adds_up() const {
    return confirmed + cancelled[0] + cancelled[1] + cancelled[2] == orders && charged - refunded == confirmed_total && reserved - released == shipped;
  }
  friend constexpr bool operator==(const fulfilled&, const fulfilled&) = default;
};
constexpr void project(fulfilled& f, const order::placed&)      { ++f.orders; }
constexpr void project(fulfilled& f, const order::confirmed& e) { ++f.confirmed; f.confirmed_total += e.total; }
constexpr void project(fulfilled& f, const order::cancelled& e) { ++f.cancelled[static_cast<int>(e.why)]; }
constexpr void project(fulfilled& f, const payment::charged& e)  { f.charged += e.amount; }
constexpr void project(fulfilled& f, const payment::refunded& e) { f.refunded += e.amount; }
constexpr void project(fulfilled& f, const stock::reserved& e) { f.reserved += e.quantity; }
constexpr void project(fulfilled& f, const stock::released& e) { f.released += e.quantity; }
constexpr void project(fulfilled& f, const shipping::shipped& e) { f.shipped += e.quantity; }

struct fulfilment_sums
    : gesta::projection<fulfilled, gesta::follows<order::orders, payment::payments, stock::stocks, shipping::parcels>, gesta::ignoring<stock::opened>> {
  static constexpr auto id = "retail.fulfilled";
};

}  // namespace retail
