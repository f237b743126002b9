// One run of `retail fulfil` on a store of any kind: read the file, fill the shelves, place each order and see it to its end, report.
// Fulfilment's way, put together. May include: own folder, retail's reader, gesta, std.
#pragma once

#include <gesta/gesta.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>

#include "../input.hpp"
#include "options.hpp"
#include "order_file.hpp"
#include "report.hpp"
#include "shop.hpp"

namespace retail {

/// FACTOR times what was sold, rounded down; without going beyond 63 bits on the way.
constexpr pieces stock_of(pieces sold, std::int64_t millionths) {
  return sold / 1'000'000 * millionths + sold % 1'000'000 * millionths / 1'000'000;
}

/// What comes between the file and the report. Leader: who sees to it that placed orders are finished; see orchestration.hpp, choreography.hpp.
template <class App, class Leader>
class fulfilment_run {
 public:
  fulfilment_run(App& app, Leader& leader, const fulfil_options& asked) : app_(app), leader_(leader), asked_(asked) {}

  /// False: why() says what failed; what was committed stays.
  bool all(const orders_in_file& file) {
    // What an earlier run has begun has to end before anything else takes from the shelves.
    if (!leader_.finish(asked_.steps_a_commit, why_) || !fill_shelves(file)) return false;
    return asked_.steps_a_commit != 0 ? one_by_one(file) : in_batches(file);
  }
  const std::string& why() const noexcept { return why_; }

 private:
  bool fill_shelves(const orders_in_file& file) {
    auto batch = app_.batch();
    for (const article& a : file.articles) {
      const pieces there = stock_of(a.sold, asked_.stock);
      if (there != 0 && !ask(batch, stock::open{a.item, there})) return false;
    }
    return keep(batch.commit());
  }
  /// Each order and all that follows from it are in one commit, with those of its batch.
  bool in_batches(const orders_in_file& file) {
    for (auto next = file.orders.begin(); next != file.orders.end();) {
      auto batch = app_.batch();
      for (std::uint64_t n = 0; n != asked_.batch && next != file.orders.end(); ++n, ++next)
        if (!ask(batch, wish(*next)) || !leader_.finish(0, why_)) return false;
      if (!keep(batch.commit())) return false;
    }
    return true;
  }
  /// Placing an order is a commit, and so is what each step of it does.
  bool one_by_one(const orders_in_file& file) {
    for (const placeable& order : file.orders)
      if (!ask(app_, wish(order)) || !leader_.finish(asked_.steps_a_commit, why_)) return false;
    return true;
  }

  order::place wish(const placeable& order) const {
    return {order.order, order.lines, {asked_.seed, asked_.payment_fails}, {asked_.seed, asked_.shipping_fails}};
  }
  template <class To, class Command>
  bool ask(To& to, const Command& command) {
    return to.handle(command).match([](const auto&) { return true; }, [&](const gesta::failure& cause) { return why_ = cause.describe(), false; });
  }
  bool keep(const gesta::committed& kept) { return kept || (why_ = kept.why().describe(), false); }

  App& app_;
  Leader& leader_;
  const fulfil_options& asked_;
  std::string why_;
};

/// Returns what the process ends with.
template <class Way, class Store>
int fulfil_on(const fulfil_options& asked, const Store& store) {
  using clock = std::chrono::steady_clock;
  const input in(asked.data);
  if (!asked.data.empty() && in.file == nullptr) return complain("cannot open " + asked.data, input_wrong);
  export_reader lines(in.from(), columns);
  const orders_in_file file = read_orders(lines);
  if (!file.wrong.empty()) return complain(file.wrong, input_wrong);

  const auto start = clock::now();
  const std::clock_t processor = std::clock();
  auto app = gesta::start<typename Way::model>(store);
  auto leader = Way::lead(app);
  fulfilment_run run(app, leader, asked);
  if (!run.all(file)) return complain("the store failed: " + run.why(), store_failed);
  const double seconds = std::chrono::duration<double>(clock::now() - start).count();
  if (asked.time)
    std::fprintf(stderr, "%zu orders in %.3f s, %.3f s of the processor, %.0f orders/s\n", file.orders.size(), seconds,
                 static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC, static_cast<double>(file.orders.size()) / seconds);

  const fulfilled& sums = app.template view<fulfilled>();
  if (const int code = print(asked.json ? json(sums) : text(sums)); code != all_well) return code;
  return sums.adds_up() ? all_well : complain("the figures do not add up", does_not_add_up);
}

}  // namespace retail
