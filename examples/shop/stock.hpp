// The stock service: shelves and parcels are decided here, for whoever asks. It knows of orders only their numbers.
// It works on any store and any transport. May include: own folder, retail's domain and reader, gesta, std.
#pragma once

#include <gesta/gesta.hpp>
#include <gesta/runtime/serve.hpp>

#include <string>

#include "../retail/fulfilment/options.hpp"
#include "../retail/fulfilment/order_file.hpp"
#include "contract.hpp"

// What is told of what was kept.
namespace retail::stock {
constexpr auto publish(const reserved& e) -> trade::told::reserved { return {e.order, e.item, e.line, e.quantity}; }
constexpr auto publish(const released& e) -> trade::told::released { return {e.order, e.item, e.line, e.quantity}; }
}  // namespace retail::stock
namespace retail::shipping {
constexpr auto publish(const shipped& e) -> trade::told::shipped { return {e.order, e.quantity}; }
}  // namespace retail::shipping

namespace trade {

/// The figures of this service.
struct stock_sums
    : gesta::projection<retail::fulfilled, gesta::follows<retail::stock::stocks, retail::shipping::parcels>, gesta::ignoring<retail::stock::opened>> {
  static constexpr auto id = "shop.stock_sums";
};
struct depot : gesta::model<retail::stock::stocks, retail::shipping::parcels, stock_sums> {};
struct counter { static constexpr auto id = "shop.stock"; };

/// FACTOR times what was sold, rounded down; without going beyond 63 bits on the way.
constexpr retail::pieces stock_of(retail::pieces sold, std::int64_t millionths) {
  return sold / 1'000'000 * millionths + sold % 1'000'000 * millionths / 1'000'000;
}

template <class App, class Transport>
class stock_service {
 public:
  stock_service(App& app, const Transport& link)
      : app_(app), serves_(gesta::serve<counter, retail::stock::reserve, retail::stock::release, retail::shipping::ship>(app, link, settles_within)) {}

  /// Fills the shelves, once. False: the store failed.
  bool fill(const retail::orders_in_file& file, const retail::fulfil_options& asked) {
    auto batch = app_.batch();
    for (const retail::article& a : file.articles) {
      const retail::pieces there = stock_of(a.sold, asked.stock);
      if (there == 0) continue;
      const bool is_open = batch.handle(retail::stock::open{a.item, there}).match([](const auto&) { return true; },
                                                                                 [&](const gesta::failure& cause) { return why_ = cause.describe(), false; });
      if (!is_open) return false;
    }
    const gesta::committed kept = batch.commit();
    return kept || (why_ = kept.why().describe(), false);
  }
  /// Decides and answers what has come; waits so long for it. What fails here is tried again.
  gesta::exchanged answer(gesta::duration wait) { return serves_.poll({.wait = wait}); }
  const std::string& why() const noexcept { return why_; }

 private:
  App& app_;
  gesta::server<counter, App, Transport, retail::stock::reserve, retail::stock::release, retail::shipping::ship> serves_;
  std::string why_;
};

}  // namespace trade
