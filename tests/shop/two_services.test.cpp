// A shop of two services comes to the figures of a shop of one program.
#include "../../examples/shop/orders.hpp"
#include "../../examples/shop/stock.hpp"

#include <doctest/doctest.h>

#include <gesta/transport/in_process.hpp>

#include <string>

#include "../../examples/retail/fulfilment/orchestration.hpp"
#include "../../examples/retail/fulfilment/run.hpp"

namespace {

struct clock {
  std::int64_t* now;
  gesta::timestamp operator()() const noexcept { return {*now += 1'000'000}; }
};

TEST_CASE("two services that ask each other come to the figures of one program") {
  const std::string made = retail::make_sample(7, 600);
  retail::source from(made);
  retail::export_reader lines(from, retail::columns);
  const retail::orders_in_file file = retail::read_orders(lines);
  REQUIRE(file.wrong.empty());
  REQUIRE(file.orders.size() > 20);
  const char* const words[] = {"--seed", "7", "--fail", "payment=0.2,shipping=0.2", "--stock", "0.9", "--steps-a-commit", "1"};
  const retail::fulfil_options asked = retail::read_fulfil_options(8, words);
  REQUIRE(asked.wrong.empty());

  auto one = gesta::start<retail::led_shop>(gesta::memory_store{});
  auto leader = retail::orchestration::lead(one);
  retail::fulfilment_run whole(one, leader, asked);
  CHECK(whole.all(file));
  const auto& expected = one.view<retail::fulfilled>();
  CHECK(expected.adds_up());
  for (const auto number : expected.cancelled) CHECK(number != 0);

  std::int64_t now = 0;
  gesta::in_process_hub hub(clock{&now});
  const gesta::in_process link(hub);
  auto depot_app = gesta::start<trade::depot>(gesta::memory_store{}, clock{&now});
  auto desk_app = gesta::start<trade::order_desk>(gesta::memory_store{}, clock{&now});
  trade::stock_service stock(depot_app, link);
  trade::order_service orders(desk_app, link, {});
  CHECK(stock.fill(file, asked));
  const bool all = orders.all(file, asked, 60, [&] { CHECK(stock.answer({})); });
  INFO(orders.why());
  CHECK(all);

  retail::fulfilled sums = desk_app.view<retail::fulfilled>();
  const auto& goods = depot_app.view<retail::fulfilled>();
  sums.reserved = goods.reserved;
  sums.released = goods.released;
  sums.shipped = goods.shipped;
  CHECK(sums == expected);
}

}  // namespace
