// The promise of runtime/instance_pictures.hpp: what an instance went through, to the letter.
#include <gesta/runtime/instance_pictures.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <string>

#include "../../examples/fulfilment.hpp"
#include "../../examples/manager.hpp"
#include "../folder.hpp"

namespace {

struct test_clock {
  std::int64_t* now;
  gesta::timestamp operator()() const noexcept { return {*now}; }
};
struct orders : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};
struct managed : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, manager> {};

}  // namespace

TEST_CASE("An instance of a saga as a tree of its steps, and as a sequence of what was asked and answered") {
  std::int64_t now = 1'000'000'000;
  auto app = gesta::start<orders>(gesta::memory_store{}, test_clock{&now});
  auto runner = gesta::run_sagas(app);
  app.handle(order::place{7, 5, 100});
  now += 2'500'000'000;
  CHECK(runner.poll({.steps = 2}).steps == 2);
  now += 60'000'000'000;
  CHECK(runner.poll().caught_up);
  CHECK(gesta::instance_tree<fulfilment>(app, 7) == R"(fulfilment/7
|- begun by order.placed
|- take_payment
|  |- asks payment.charge
|  `- answered payment.charged
|- reserve_stock after 2.500 s
|  |- asks stock.reserve
|  `- answered stock.reserved
|- ship_parcel after 2.500 s
|  |- asks shipping.ship
|  `- answered shipping.undeliverable
|- failed by ship_parcel after 62.500 s
|- undo of reserve_stock after 62.500 s
|  |- asks stock.release
|  `- undone
|- undo of take_payment after 62.500 s
|  |- asks payment.refund
|  `- undone
|- undo of place_order after 62.500 s
|  |- asks order.cancel
|  `- undone
`- compensated after 62.500 s
)");
  CHECK(gesta::instance_sequence<fulfilment>(app, 7) == R"(sequenceDiagram
  participant i as fulfilment/7
  participant p0 as payment
  participant p1 as stock
  participant p2 as shipping
  participant p3 as order
  Note over i: order.placed
  i->>p0: payment.charge
  p0-->>i: payment.charged
  i->>p1: stock.reserve
  p1-->>i: stock.reserved
  i->>p2: shipping.ship
  p2-->>i: shipping.undeliverable
  Note over i: failed by ship_parcel
  i->>p1: stock.release
  p1-->>i: undone
  i->>p0: payment.refund
  p0-->>i: undone
  i->>p3: order.cancel
  p3-->>i: undone
  Note over i: compensated
)");
  CHECK(gesta::instance_tree<fulfilment>(app, 8) == "");
  CHECK(gesta::instance_sequence<fulfilment>(app, 8) == "");
}

TEST_CASE("An instance of a process as a tree of its inputs, from a file as well") {
  const folder dir;
  std::int64_t now = 1'000'000'000;
  auto app = gesta::start<managed>(gesta::sqlite_store{dir / "shop.db"}, test_clock{&now});
  auto runner = gesta::run_sagas(app);
  CHECK(app.handle(order::place{1, 5, 100}).match([](const order::state&) { return true; }, [](const gesta::failure&) { return false; }));
  CHECK(app.handle(order::ask_to_cancel{1}).match([](const order::state&) { return true; }, [](const gesta::failure&) { return false; }));
  CHECK(runner.poll({.steps = 3}).steps == 3);
  CHECK(app.handle(order::ask_to_cancel{1}).match([](const order::state&) { return true; }, [](const gesta::failure&) { return false; }));
  const char* const tree = R"(manager/1
|- 1. order.placed
|  |- becomes paying
|  `- asks payment.charge
|- 2. order.cancel_asked
|  `- put off
|- 3. payment.charged
|  |- becomes reserving
|  `- asks stock.reserve
|- 4. order.cancel_asked
|  `- becomes stopping
|- 5. stock.reserved
|  |- becomes releasing
|  `- asks stock.release
`- 6. stock.released
   |- becomes refunding
   `- asks payment.refund
)";
  CHECK(gesta::instance_tree<manager>(app, 1) == tree);
  auto further = gesta::start<managed>(gesta::sqlite_store{dir / "shop.db"}, test_clock{&now});
  CHECK(gesta::instance_tree<manager>(further, 1) == tree);
  CHECK(gesta::instance_sequence<manager>(app, 1) == R"(sequenceDiagram
  participant i as manager/1
  participant p0 as payment
  participant p1 as stock
  Note over i: order.placed
  Note over i: paying
  i->>p0: payment.charge
  Note over i: order.cancel_asked: put off
  p0-->>i: payment.charged
  Note over i: reserving
  i->>p1: stock.reserve
  Note over i: order.cancel_asked
  Note over i: stopping
  p1-->>i: stock.reserved
  Note over i: releasing
  i->>p1: stock.release
  p1-->>i: stock.released
  Note over i: refunding
  i->>p0: payment.refund
)");
}
