// Fulfilment without a leader: each service says what it does about what it hears from the others.
// One of two ways over the same shop; the other is orchestration.hpp. May include: own folder, gesta, std.
#pragma once

#include <gesta/gesta.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

#include "shop.hpp"

namespace retail::payment {

struct billing { static constexpr auto id = "retail.billing"; };

constexpr auto react(const billing&, const order::placed& o) -> charge { return {o.order, total(o), o.of_payment}; }
/// What was reserved is back on its shelves. Where nothing was, the first line was sold out.
constexpr auto react(const billing&, const gesta::all_done<stock::release>&, const charged& paid, const stock::released* last) -> refund {
  return {paid.order, last != nullptr ? last->why : order::cause::stock};
}

}  // namespace retail::payment

namespace retail::stock {

struct warehouse { static constexpr auto id = "retail.warehouse"; };

/// Line by line, each of its own article; the first that is sold out ends it.
constexpr auto react(const warehouse&, const payment::charged&, const order::placed& o) -> gesta::many<reserve> {
  gesta::many<reserve> all;
  std::int32_t number = 0;
  for (const order::line& l : o.lines) all.push_back({o.order, l.item, number++, l.quantity});
  return all;
}
/// The lines before this one, the last first.
constexpr gesta::many<release> lines_before(std::size_t end, const order::placed& o, order::cause why) {
  gesta::many<release> all;
  for (std::size_t i = end; i-- != 0;) all.push_back({o.order, o.lines[i].item, static_cast<std::int32_t>(i), o.lines[i].quantity, why});
  return all;
}
constexpr auto react(const warehouse&, const reserve& asked, const sold_out&, const order::placed& o) -> gesta::many<release> {
  return lines_before(static_cast<std::size_t>(asked.line), o, order::cause::stock);
}
constexpr auto react(const warehouse&, const shipping::ship&, const shipping::undeliverable&, const order::placed& o) -> gesta::many<release> {
  return lines_before(o.lines.size(), o, order::cause::shipping);
}

}  // namespace retail::stock

namespace retail::shipping {

struct dispatch { static constexpr auto id = "retail.dispatch"; };

/// Every line is reserved.
constexpr auto react(const dispatch&, const gesta::all_done<stock::reserve>&, const order::placed& o) -> ship { return {o.order, count(o), o.of_shipping}; }

}  // namespace retail::shipping

namespace retail::order {

struct desk { static constexpr auto id = "retail.desk"; };

constexpr auto react(const desk&, const shipping::shipped& s) -> confirm { return {s.order}; }
constexpr auto react(const desk&, const payment::charge& asked, const payment::card_declined&) -> cancel { return {asked.order, cause::payment}; }
constexpr auto react(const desk&, const payment::refunded& r) -> cancel { return {r.order, r.why}; }

}  // namespace retail::order

namespace retail {

struct fulfilment_dance
    : gesta::choreography<gesta::by<"order">, gesta::begins<order::placed>, gesta::completes<order::confirmed>, gesta::gives_up<order::cancelled>,
                          gesta::reactors<payment::billing, stock::warehouse, shipping::dispatch, order::desk>> {
  static constexpr auto id = "retail.fulfilment_dance";
};

struct dancing_shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment_dance, fulfilment_sums> {};

/// Reactors act in the commit of what they hear: a placed order is finished when `handle` returns.
struct choreography {
  using model = dancing_shop;
  struct nobody {
    bool finish(std::uint32_t, std::string&) { return true; }
  };
  template <class App>
  static nobody lead(App&) {
    return {};
  }
};

}  // namespace retail
