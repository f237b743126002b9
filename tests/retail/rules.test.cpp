// The rules of the retail ledger, as sentences that the compiler checks.
#include <gesta/testing/given.hpp>
#include <gesta/testing/given_rows.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "../../examples/retail/ledger.hpp"
#include "../../examples/retail/moment.hpp"

using namespace retail;
using gesta::given;

namespace {

constexpr entry lanterns(std::int32_t quantity, money unit_price = 2550) {
  return {"536365", "85123A", unit_price, quantity, {2010, 12, 1, 8, 26, 0}, "EIRE"};
}
constexpr entry frames(std::int32_t quantity) {
  entry e = lanterns(quantity, 2100);
  e.item = "22041";
  return e;
}

// A sale needs goods and a price; the quantity is looked at first.
static_assert(given<account>().when(sell{"17850", lanterns(6)}).then(items_sold{lanterns(6)}));
static_assert(given<account>().when(sell{"17850", lanterns(0)}).rejects(invalid_quantity{0}));
static_assert(given<account>().when(sell{"17850", lanterns(-6, 0)}).rejects(invalid_quantity{-6}));
static_assert(given<account>().when(sell{"17850", lanterns(6, 0)}).rejects(invalid_price{0}));
static_assert(given<account>().when(sell{"17850", lanterns(6, -1)}).rejects(invalid_price{-1}));
static_assert(given<account>().when(sell{guest_of("536365"), lanterns(6)}).then(items_sold{lanterns(6)}));

// A return needs a customer, goods, and as many of them as the account holds.
static_assert(given<account>(items_sold{lanterns(6)}).when(take_back{"17850", lanterns(6)}).then(items_returned{lanterns(6)}));
static_assert(given<account>(items_sold{lanterns(6)}).when(take_back{"17850", lanterns(7)}).rejects(nothing_to_return{6}));
static_assert(given<account>(items_sold{frames(6)}).when(take_back{"17850", lanterns(1)}).rejects(nothing_to_return{0}));
static_assert(given<account>(items_sold{lanterns(6)}).when(take_back{guest_of("C536366"), lanterns(-1)}).rejects(unknown_customer{}));
static_assert(given<account>(items_sold{lanterns(6)}).when(take_back{"17850", lanterns(0)}).rejects(invalid_quantity{0}));
static_assert(given<account>(items_sold{lanterns(6)}).when(take_back{"17850", lanterns(-1)}).rejects(invalid_quantity{-1}));

// What has come back is not held; what is bought again is.
static_assert(given<account>(items_sold{lanterns(6)}, items_returned{lanterns(4)})
                  .when(take_back{"17850", lanterns(3)})
                  .rejects(nothing_to_return{2}));
static_assert(given<account>(items_sold{lanterns(6)}, items_returned{lanterns(4)}, items_sold{lanterns(1)})
                  .when(take_back{"17850", lanterns(3)})
                  .then(items_returned{lanterns(3)}));

// A correction in the books is never a sale.
static_assert(given<account>(items_sold{lanterns(6)}).when(adjust{"17850", -11062060}).rejects(not_a_sale{}));

// A return counts at its own line's price.
constexpr entry cheaper = lanterns(2, 2000);
static_assert(given<revenue_by_country>(items_sold{lanterns(6)}, items_returned{cheaper}).then(country{"EIRE", 6 * 2550 - 2 * 2000}));
static_assert(given<quantity_by_product>(items_sold{lanterns(6)}, items_returned{cheaper}, items_sold{frames(1)})
                  .then(product{"85123A", 4}, product{"22041", 1}));
static_assert(given<revenue_by_month>(items_sold{lanterns(6)}, items_returned{cheaper}).then(month{"2010-12", 6 * 2550 - 2 * 2000}));

static_assert(month_of({2011, 9, 30, 0, 0, 0}) == "2011-09");
static_assert(guest_of("536365") == "guest-536365" && is_guest(guest_of("536365")) && !is_guest("17850"));

constexpr bool is_time(std::string_view text) {
  moment at;
  return parse(text, at);
}
static_assert(is_time("2010-12-01 08:26:00") && is_time("2012-02-29 23:59:59") && is_time("2000-02-29 00:00:00"));
static_assert(!is_time("2011-02-29 00:00:00") && !is_time("1900-02-29 00:00:00") && !is_time("2010-04-31 00:00:00"));

}  // namespace

TEST_CASE("a tally holds more names than it began with") {
  tally<gesta::text<6>> sums;
  for (int n = 0; n < 5000; ++n) {
    const std::string name = std::to_string(n % 1000);
    sums.add(gesta::text<6>(name), n);
  }
  CHECK(sums.size() == 1000);
  CHECK(sums["7"] == 7 + 1007 + 2007 + 3007 + 4007);
  CHECK(sums["1000"] == 0);
  std::int64_t total = 0;
  sums.for_each([&](const gesta::text<6>&, std::int64_t sum) { total += sum; });
  CHECK(total == 4999 * 5000 / 2);
}
