// The order service: orders and their payment are decided here, and a saga leads each order through what the stock service decides.
// It works on any store and any transport. May include: own folder, retail's domain and reader, gesta, std.
#pragma once

#include <gesta/gesta.hpp>
#include <gesta/runtime/ask.hpp>

#include <chrono>
#include <cstdint>
#include <string>

#include "../retail/fulfilment/options.hpp"
#include "../retail/fulfilment/order_file.hpp"
#include "contract.hpp"

namespace trade::steps {

using retail::order::cause;
namespace order = retail::order;
namespace payment = retail::payment;
namespace stock = retail::stock;
namespace shipping = retail::shipping;
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
/// Line by line; who does not answer is asked again, as long as it takes: an order is never given up because a service is restarted.
struct reserve_stock {
  static constexpr auto id = "reserve_stock";
  static constexpr auto within = gesta::seconds(5);
  constexpr auto run(const order::placed& o) const -> gesta::many<stock::reserve> {
    gesta::many<stock::reserve> all;
    std::int32_t number = 0;
    for (const order::line& l : o.lines) all.push_back({o.order, l.item, number++, l.quantity});
    return all;
  }
  constexpr auto undo(const stock::reserve& r, cause why) const -> stock::release { return {r.order, r.item, r.line, r.quantity, why}; }
  constexpr auto on(const stock::sold_out&) const -> gives_up { return cause::stock; }
  constexpr auto on(const gesta::timed_out&) const -> gesta::until_answered { return {}; }
};
struct send_parcel {
  static constexpr auto id = "send_parcel";
  static constexpr auto within = gesta::seconds(5);
  constexpr auto run(const order::placed& o) const -> shipping::ship { return {o.order, count(o), o.of_shipping}; }
  constexpr auto on(const shipping::undeliverable&) const -> gives_up { return cause::shipping; }
  constexpr auto on(const gesta::timed_out&) const -> gesta::until_answered { return {}; }
  using undo = gesta::irreversible;
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  constexpr auto run(const order::placed& o) const -> order::confirm { return {o.order}; }
  using undo = gesta::irreversible;
};

}  // namespace trade::steps

namespace trade {

struct fulfilment
    : gesta::saga<gesta::by<"order">, steps::take_order, steps::take_payment, steps::reserve_stock, steps::send_parcel, steps::confirm_order> {
  static constexpr auto id = "shop.fulfilment";
};
/// The figures of this service; the others are those of the stock service.
struct order_sums : gesta::projection<retail::fulfilled, gesta::follows<retail::order::orders, retail::payment::payments>> {
  static constexpr auto id = "shop.order_sums";
};
struct order_desk : gesta::model<retail::order::orders, retail::payment::payments, fulfilment, order_sums> {};
struct desk { static constexpr auto id = "shop.orders"; };

/// Places orders and sees each to its end before the next, so that the figures do not depend on who is faster.
template <class App, class Transport>
class order_service {
 public:
  /// `wait`: how long it waits for an answer before it looks around.
  order_service(App& app, const Transport& link, gesta::duration wait = gesta::milliseconds(20))
      : app_(app), sagas_(gesta::run_sagas(app)), asks_(gesta::ask_by<desk>(app, link, settles_within)), wait_(wait) {}

  /// `idle` is called where nothing could be done. False: why() says what failed, or nobody answered for `patience` seconds.
  template <class Idle>
  bool all(const retail::orders_in_file& file, const retail::fulfil_options& asked, int patience, Idle&& idle) {
    if (!finish(patience, idle)) return false;  // what an earlier run has begun
    for (const retail::placeable& o : file.orders) {
      const retail::order::place wish{o.order, o.lines, {asked.seed, asked.payment_fails}, {asked.seed, asked.shipping_fails}};
      const bool is_placed =
          app_.handle(wish).match([](const auto&) { return true; }, [&](const gesta::failure& cause) { return why_ = cause.describe(), false; });
      if (!is_placed || !finish(patience, idle)) return false;
    }
    return true;
  }
  const std::string& why() const noexcept { return why_; }

 private:
  template <class Idle>
  bool finish(int patience, Idle& idle) {
    using clock = std::chrono::steady_clock;
    auto last = clock::now();
    for (;;) {
      const gesta::ran went = sagas_.poll();
      if (!went) return why_ = went.why().describe(), false;
      bool is_open = false;
      sagas_.open([&](const char*, const auto&, const gesta::saga_standing& one) {
        is_open = true;
        if (one.what == gesta::saga_standing::is::put_aside) why_ = one.cause.describe();
      });
      if (!is_open) return true;
      if (!why_.empty()) return false;
      const gesta::exchanged told = asks_.poll({.wait = wait_});  // what fails here is tried again
      if (told.handled != 0) last = clock::now();
      if (told.handled == 0) idle();
      if (clock::now() - last > std::chrono::seconds(patience))
        return why_ = std::string("nobody answers. ") + told.why().describe(), false;
    }
  }

  App& app_;
  decltype(gesta::run_sagas(std::declval<App&>())) sagas_;
  gesta::asker<desk, App, Transport> asks_;
  gesta::duration wait_;
  std::string why_;
};

}  // namespace trade
