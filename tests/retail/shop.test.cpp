// The rules of the shop that fulfils orders, as sentences that the compiler checks where their messages are flat.
#include <gesta/testing/given.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "../../examples/retail/fulfilment/order_file.hpp"
#include "../../examples/retail/fulfilment/run.hpp"
#include "../../examples/retail/fulfilment/shop.hpp"

using namespace retail;
using gesta::given;
using order::cause;

namespace {

constexpr odds never{1, 0}, always{1, 1'000'000};

// The cashier charges unless the lot says no, and gives back all that is held, once.
static_assert(given<payment::state>().when(payment::charge{"536365", 15300, never}).then(payment::charged{"536365", 15300}));
static_assert(given<payment::state>().when(payment::charge{"536365", 15300, always}).rejects(payment::card_declined{}));
static_assert(given<payment::state>(payment::charged{"536365", 15300}).when(payment::refund{"536365", cause::stock}).then(payment::refunded{"536365", 15300, cause::stock}));
static_assert(given<payment::state>(payment::charged{"536365", 15300}, payment::refunded{"536365", 15300, cause::stock}).when(payment::refund{"536365", cause::stock}).then());
static_assert(given<payment::state>().when(payment::refund{"536365", cause::stock}).then());

// A parcel is sent unless the lot says no, which is drawn apart from the cashier's.
static_assert(given<shipping::state>().when(shipping::ship{"536365", 6, never}).then(shipping::shipped{"536365", 6}));
static_assert(given<shipping::state>().when(shipping::ship{"536365", 6, always}).rejects(shipping::undeliverable{}));
constexpr int both_of(std::int32_t per_million) {
  int both = 0;
  for (std::uint64_t seed = 0; seed != 1000; ++seed)
    both += strike({seed, per_million}, "payment", "536365") && strike({seed, per_million}, "shipping", "536365");
  return both;
}
static_assert(both_of(500'000) > 200 && both_of(500'000) < 300);
constexpr int struck(std::int32_t per_million) {
  int all = 0;
  for (std::uint64_t seed = 0; seed != 1000; ++seed) all += strike({seed, per_million}, "payment", "C-1");
  return all;
}
static_assert(struck(0) == 0 && struck(1'000'000) == 1000 && struck(100'000) > 70 && struck(100'000) < 130);
static_assert(strike({7, 50'000}, "payment", "536365") == false && strike({7, 999'999}, "payment", "536365"));

TEST_CASE("an article is opened once, reserved while it lasts, and released to the order that holds it") {
  const stock::opened there{"85123A", 10};
  const stock::reserved six{"536365", "85123A", 0, 6};
  CHECK(given<stock::state>().when(stock::open{"85123A", 10}).then(there));
  CHECK(given<stock::state>(there).when(stock::open{"85123A", 99}).then());
  CHECK(given<stock::state>().when(stock::reserve{"536365", "85123A", 0, 1}).rejects(stock::sold_out{0}));
  CHECK(given<stock::state>(there).when(stock::reserve{"536365", "85123A", 0, 6}).then(six));
  CHECK(given<stock::state>(there, six).when(stock::reserve{"536366", "85123A", 2, 4}).then(stock::reserved{"536366", "85123A", 2, 4}));
  CHECK(given<stock::state>(there, six).when(stock::reserve{"536366", "85123A", 2, 5}).rejects(stock::sold_out{4}));
  const stock::release back{"536365", "85123A", 0, 6, cause::shipping};
  const stock::released is_back{"536365", "85123A", 0, 6, cause::shipping};
  CHECK(given<stock::state>(there, six).when(back).then(is_back));
  CHECK(given<stock::state>(there).when(back).then());
  CHECK(given<stock::state>(there, six, is_back).when(back).then());
  CHECK(given<stock::state>(there, stock::reserved{"536366", "85123A", 0, 6}).when(back).then());
  CHECK(given<stock::state>(there, six, is_back).when(stock::reserve{"536366", "85123A", 0, 10}).then(stock::reserved{"536366", "85123A", 0, 10}));
  // Two lines of an order may be of one article; each goes back by itself.
  const stock::reserved three{"536365", "85123A", 4, 3};
  CHECK(given<stock::state>(there, six, three).when(stock::release{"536365", "85123A", 4, 3, cause::stock}).then(stock::released{"536365", "85123A", 4, 3, cause::stock}));
}

TEST_CASE("an order is placed, confirmed and cancelled once; it is worth its lines") {
  const order::placed placed{"536365", {{"85123A", 2550, 6}, {"22041", 1005, 3}}, never, never};
  CHECK(total(placed) == 6 * 2550 + 3 * 1005);
  CHECK(count(placed) == 9);
  CHECK(given<order::state>(placed).when(order::place{"536365", {}, always, always}).then());
  CHECK(given<order::state>(placed).when(order::confirm{"536365"}).then(order::confirmed{"536365", total(placed)}));
  CHECK(given<order::state>(placed, order::confirmed{"536365", 1}).when(order::confirm{"536365"}).then());
  CHECK(given<order::state>(placed).when(order::cancel{"536365", cause::payment}).then(order::cancelled{"536365", cause::payment}));
  CHECK(given<order::state>(placed, order::cancelled{"536365", cause::payment}).when(order::cancel{"536365", cause::stock}).then());
}

// The sums, and what shows that they do not add up.
constexpr fulfilled good{.orders = 6, .confirmed = 2, .cancelled = {1, 2, 1}, .charged = 90, .refunded = 50, .confirmed_total = 40, .reserved = 9, .released = 5, .shipped = 4};
static_assert(good.adds_up() && fulfilled{}.adds_up());
constexpr bool without(std::uint64_t fulfilled::*field) {
  fulfilled bad = good;
  ++(bad.*field);
  return bad.adds_up();
}
constexpr bool without(std::int64_t fulfilled::*field) {
  fulfilled bad = good;
  ++(bad.*field);
  return bad.adds_up();
}
static_assert(!without(&fulfilled::orders) && !without(&fulfilled::confirmed) && !without(&fulfilled::charged) && !without(&fulfilled::refunded));
static_assert(!without(&fulfilled::confirmed_total) && !without(&fulfilled::reserved) && !without(&fulfilled::released) && !without(&fulfilled::shipped));

TEST_CASE("every event is counted where it belongs") {
  const order::placed placed{"1", {{"a", 10, 2}}, never, never};
  CHECK(given(placed, payment::charged{"1", 20}, stock::reserved{"1", "a", 0, 2}, stock::reserved{"1", "b", 1, 3}, stock::released{"1", "a", 0, 2, cause::stock},
              payment::refunded{"1", 20, cause::stock}, order::cancelled{"1", cause::stock}, placed, order::cancelled{"2", cause::payment}, placed,
              order::cancelled{"3", cause::shipping}, placed, shipping::shipped{"4", 7}, order::confirmed{"4", 70})
            .then(fulfilled{.orders = 4, .confirmed = 1, .cancelled = {1, 1, 1}, .charged = 20, .refunded = 20, .confirmed_total = 70, .reserved = 5, .released = 2, .shipped = 7}));
}

// FACTOR times what was sold, rounded down, exactly: in doubles 0.29 times 100 is 28.999999999999996.
static_assert(stock_of(100, 290'000) == 29 && stock_of(10, 999'999) == 9 && stock_of(3, 333'333) == 0 && stock_of(3, 333'334) == 1);
static_assert(stock_of(0, 1'000'000) == 0 && stock_of(7, 0) == 0 && stock_of(5'400'000'000'123, 1'000'000) == 5'400'000'000'123);
static_assert(stock_of(540'000'000'000, 1'000'000'000) == 540'000'000'000'000);

TEST_CASE("an invoice's lines are gathered from wherever they stand") {
  const std::string file =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
      "1,a,,2,2010-12-01 08:26:00,1.5,,France\n"
      "2,a,,3,2010-12-01 08:26:00,1.5,,France\n"
      "C3,a,,-1,2010-12-01 08:26:00,1.5,17850.0,France\n"
      "A4,b,,1,2010-12-01 08:26:00,1.5,,France\n"
      "5,b,,1,2010-12-01 08:26:00,0,,France\n"
      "1,c,,4,2010-12-01 08:26:00,0.125,,France\n"
      "1,c,,0,2010-12-01 08:26:00,0.125,,France\n"
      "1,a,,1,2010-12-01 08:26:00,2,,France\n";
  export_reader lines(source(file), columns);
  const orders_in_file read = read_orders(lines);
  CHECK(read.wrong == "");
  REQUIRE(read.orders.size() == 2);
  CHECK(read.orders[0].order == "1");
  REQUIRE(read.orders[0].lines.size() == 3);
  CHECK(read.orders[0].lines[1].item == "c");
  CHECK(read.orders[0].lines[1].unit_price == 125);
  CHECK(read.orders[0].lines[2].quantity == 1);
  CHECK(read.orders[1].order == "2");
  REQUIRE(read.articles.size() == 2);
  CHECK(read.articles[0].item == "a");
  CHECK(read.articles[0].sold == 6);
  CHECK(read.articles[1].sold == 4);
}

}  // namespace
