// What became of the orders, and its two forms: a page for people and JSON for programs.
// The last step of fulfilment's way: it only prints. The same figures give the same bytes, whichever way and store they come from.
// May include: own folder, retail's forms, std.
#pragma once

#include <string>

#include "../report.hpp"
#include "shop.hpp"

namespace retail {

/// One JSON object on one line.
inline std::string json(const fulfilled& f) {
  const auto n = [](auto number) { return std::to_string(number); };
  return "{\"orders\":" + n(f.orders) + ",\"confirmed\":" + n(f.confirmed) + ",\"cancelled\":{\"payment\":" + n(f.cancelled[0]) +
         ",\"stock\":" + n(f.cancelled[1]) + ",\"shipping\":" + n(f.cancelled[2]) + "},\"charged\":" + n(f.charged) +
         ",\"refunded\":" + n(f.refunded) + ",\"confirmed_total\":" + n(f.confirmed_total) + ",\"reserved\":" + n(f.reserved) +
         ",\"released\":" + n(f.released) + ",\"shipped\":" + n(f.shipped) + "}\n";
}

/// A page of text.
inline std::string text(const fulfilled& f) {
  using figures_list = figures::list;
  const auto n = [](std::uint64_t number) { return static_cast<std::int64_t>(number); };
  std::string out = "orders " + std::to_string(f.orders) + "\n";
  const auto count = [](std::int64_t number) { return std::to_string(number); };
  detail::table(out, "ends",
                figures_list{{"confirmed", n(f.confirmed)},
                             {"cancelled: payment", n(f.cancelled[0])},
                             {"cancelled: stock", n(f.cancelled[1])},
                             {"cancelled: shipping", n(f.cancelled[2])}},
                count);
  detail::table(out, "money", figures_list{{"charged", f.charged}, {"refunded", f.refunded}, {"of confirmed orders", f.confirmed_total}}, detail::coins);
  detail::table(out, "pieces", figures_list{{"reserved", f.reserved}, {"released", f.released}, {"shipped", f.shipped}}, count);
  return out;
}

}  // namespace retail
