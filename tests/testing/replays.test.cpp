#include <gesta/testing/replays.hpp>

#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <gesta/runtime/saga_runner.hpp>
#include <gesta/testing/mortal_store.hpp>

#include "sagas.hpp"

using gesta::testing::afterlife;
using gesta::testing::mortal_store;
using gesta::testing::replayed;
using gesta::testing::replays;

namespace {

// The shop as it is written next year: it charges a fee, and who is not paid within a minute is not served.
struct take_more {
  static constexpr auto id = "take_payment";
  static constexpr auto within = gesta::seconds(60);
  constexpr auto run(const order::placed& o) -> payment::charge { return {o.order, o.cents + 1}; }
  constexpr auto undo(const payment::charge& c) -> payment::refund { return {c.order, c.cents}; }
  constexpr auto on(payment::card_declined) -> fulfil::gives_up { return order::cause::payment; }
  constexpr auto on(gesta::timed_out) -> fulfil::gives_up { return order::cause::payment; }
};
// It no longer minds where nothing is left.
struct reserve_or_not {
  static constexpr auto id = "reserve_stock";
  constexpr auto run(const order::placed& o) -> stock::reserve { return {o.order, o.item}; }
  constexpr auto undo(const stock::reserved& r) -> stock::release { return {r.order, r.item}; }
  constexpr auto on(stock::sold_out) -> gesta::proceed { return {}; }
};
template <class Payment, class Stock>
struct next : gesta::saga<gesta::by<"order">, fulfil::place_order, Payment, Stock, fulfil::ship_parcel, fulfil::confirm_order> {
  static constexpr auto id = "fulfilment";
};
template <class Saga>
struct shop_with : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, Saga> {};

// Four orders of an item of which there are three, and one that is too dear.
afterlife history() {
  afterlife kept;
  auto app = gesta::start<shop>(mortal_store{&kept});
  auto sagas = gesta::run_sagas(app);
  for (const auto& one : {order::place{1, 5, 100}, {2, 5, 100}, {3, 5, 100}, {4, 5, 100}, {5, 6, 900'00}})
    app.handle(one).match([](const order::state&) {}, [](const gesta::failure&) { FAIL_CHECK("it failed"); });
  CHECK(sagas.poll().caught_up);
  return kept;
}
template <class Saga>
replayed replay_with() {
  afterlife kept = history();
  auto app = gesta::start<shop_with<Saga>>(mortal_store{&kept});
  const auto before = kept.events.size();
  const replayed found = replays<shop_with<Saga>, Saga>(app);
  CHECK(kept.events.size() == before);
  return found;
}

}  // namespace

TEST_CASE("the code that has written a history writes it again") {
  const replayed found = replay_with<fulfilment>();
  CHECK(found);
  CHECK(found.instances == 5);
  CHECK(found.records > 40);
}

TEST_CASE("other code is told where it first goes another way") {
  const replayed fee = replay_with<next<take_more, fulfil::reserve_stock>>();
  CHECK(!fee);
  std::ostringstream said;
  said << fee;
  CHECK(said.str().substr(0, said.str().find("\nfulfilment", 1)) ==
        "fulfilment.begun placed{order: 1, item: 5, cents: 100}\n"
        "  record 2 was: fulfilment.take_payment.asked charge{order: 1, cents: 100}\n"
        "  today it is:  fulfilment.take_payment.asked charge{order: 1, cents: 101}");
  const replayed careless = replay_with<next<fulfil::take_payment, reserve_or_not>>();
  CHECK(careless.problem ==
        "fulfilment.begun placed{order: 4, item: 5, cents: 100}\n"
        "  record 6 was: fulfilment.failed_because \"reserve_stock\" 2\n"
        "  today it is:  fulfilment.ship_parcel.asked ship{order: 4}\n");
}

TEST_CASE("the same with many commands, some asked again, with what was stuck, a deadline and an interrupt") {
  afterlife kept;
  std::int64_t now = 1;
  const auto clock = [&now] { return gesta::timestamp{now}; };
  auto app = gesta::start<depots>(mortal_store{&kept}, clock);
  auto sagas = gesta::run_sagas(app, clock);
  const auto tell = [&](const auto& command) {
    app.handle(command).match([](const gesta::failure&) { FAIL_CHECK("it failed"); }, [](const auto&) {});
  };
  tell(depot::order_it{2});
  tell(depot::order_it{4});
  tell(depot::order_it{5});
  CHECK(sagas.poll({.steps = 5}));
  tell(depot::withdraw{4});
  now += gesta::seconds(200).nanoseconds;
  CHECK(sagas.poll());
  const replayed found = replays<depots, delivery>(app);
  CHECK(found);
  CHECK(found.instances == 3);
  CHECK(found.records > 20);
}
