// Fulfilment led by a saga: its steps, what undoes each, and what each refusal means.
// One of two ways over the same shop; the other is choreography.hpp. May include: own folder, gesta, std.
#pragma once

#include <gesta/gesta.hpp>

#include <cstdint>
#include <string>

#include "shop.hpp"

namespace retail::steps {

using order::cause;
using gives_up = gesta::compensate_with<cause>;

struct take_order {
  static constexpr auto id = "take_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o, cause why) const -> order::cancel { return {o.order, why}; }
};
struct take_payment {
  static constexpr auto id = "take_payment";
  constexpr auto run(const order::placed& o) const -> payment::charge { return {o.order, total(o), o.of_payment}; }
  constexpr auto undo(const payment::charged& c, cause why) const -> payment::refund { return {c.order, why}; }
  constexpr auto on(const payment::card_declined&) const -> gives_up { return cause::payment; }
};
/// Line by line, each of its own article; the first that is sold out ends it, and the lines before it are released, the last first.
struct reserve_stock {
  static constexpr auto id = "reserve_stock";
  constexpr auto run(const order::placed& o) const -> gesta::many<stock::reserve> {
    gesta::many<stock::reserve> all;
    std::int32_t number = 0;
    for (const order::line& l : o.lines) all.push_back({o.order, l.item, number++, l.quantity});
    return all;
  }
  constexpr auto undo(const stock::reserve& r, cause why) const -> stock::release { return {r.order, r.item, r.line, r.quantity, why}; }
  constexpr auto on(const stock::sold_out&) const -> gives_up { return cause::stock; }
};
struct send_parcel {
  static constexpr auto id = "send_parcel";
  constexpr auto run(const order::placed& o) const -> shipping::ship { return {o.order, count(o), o.of_shipping}; }
  constexpr auto on(const shipping::undeliverable&) const -> gives_up { return cause::shipping; }
  using undo = gesta::irreversible;
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  constexpr auto run(const order::placed& o) const -> order::confirm { return {o.order}; }
  using undo = gesta::irreversible;
};

}  // namespace retail::steps

namespace retail {

struct fulfilment
    : gesta::saga<gesta::by<"order">, steps::take_order, steps::take_payment, steps::reserve_stock, steps::send_parcel, steps::confirm_order> {
  static constexpr auto id = "retail.fulfilment";
};

struct led_shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment, fulfilment_sums> {};

/// A runner lets the saga of each order go its steps: within the open batch, or in commits of its own.
struct orchestration {
  using model = led_shop;
  template <class Runner>
  struct leader {
    Runner runner;

    /// Until every order that was placed is finished. steps_a_commit: 0 for all in one.
    bool finish(std::uint32_t steps_a_commit, std::string& why) {
      constexpr std::uint64_t all = 1'000'000;
      for (;;) {
        const gesta::ran ran = runner.poll({.steps = all, .steps_a_commit = steps_a_commit == 0 ? all : steps_a_commit});
        if (!ran) return why = ran.why().describe(), false;
        if (ran.put_aside != 0) return why = "a step of an order could not be done, and the order was put aside", false;
        if (ran.caught_up) return true;
      }
    }
  };
  template <class App>
  static auto lead(App& app) {
    return leader<decltype(gesta::run_sagas(app))>{gesta::run_sagas(app)};
  }
};

}  // namespace retail
