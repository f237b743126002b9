// What the tests of consumers share: orders, two versions of a view by country, a clock that is set.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include <gesta/gesta.hpp>

namespace {

struct sold {
  gesta::text<8> country;
  std::int64_t cents;
  static constexpr auto id = "order.sold";
};
struct noted {
  int what;
  static constexpr auto id = "order.noted";
};
struct sell {
  gesta::text<8> country;
  std::int64_t cents;
};
struct note {
  int what;
};
struct order {
  std::int64_t cents = 0;
};
constexpr void evolve(order& o, const sold& e) { o.cents += e.cents; }
constexpr void evolve(order&, const noted&) {}
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
constexpr auto decide(const order&, const note& c) -> gesta::emits<noted>::or_nothing {
  if (c.what == 0) return gesta::no_change;
  return noted{c.what};
}
struct orders : gesta::aggregate<order, gesta::commands<sell, note>> {
  static constexpr auto id = "order";
};
struct shop : gesta::model<orders> {};

// While it is set, a sale of this many cents cannot be projected.
[[maybe_unused]] std::int64_t poison = -1;

struct country_row {
  gesta::text<8> country;
  std::int64_t cents = 0;
};
inline void project(country_row& r, const sold& e) {
#if __cpp_exceptions
  if (e.cents == poison) throw std::runtime_error("poison");
#endif
  r.cents += e.cents;
}
struct by_country : gesta::projection<gesta::rows<country_row, "country">> {
  static constexpr auto id = "by_country";
};

struct country_row_2 {
  gesta::text<8> country;
  std::int64_t cents = 0;
  std::int64_t orders = 0;
};
inline void project(country_row_2& r, const sold& e) {
  r.cents += e.cents;
  ++r.orders;
}
struct by_country_2 : gesta::projection<gesta::rows<country_row_2, "country">> {
  static constexpr auto id = "by_country";
  static constexpr auto version = 2;
};

struct set_clock {
  const std::int64_t* now;
  gesta::timestamp operator()() const { return {*now}; }
};

/// The cents of a row; -1: there is no such row.
template <class Keeper>
std::int64_t cents_of(Keeper& keeper, const gesta::text<8>& country) {
  const auto* const row = keeper.row(country);
  return row == nullptr ? -1 : row->cents;
}

}  // namespace
