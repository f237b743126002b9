#include <gesta/testing/explore.hpp>

#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "sagas.hpp"

using gesta::testing::explore;
using gesta::testing::explored;

// What goes wrong is planted by tests/testing/explore_mutations.py in the course of sagas; here it stands in the sagas.

TEST_CASE("a saga in a line is sound, whatever is doubled, late, lost or refused") {
  const explored one = explore<shop, fulfilment>();
  CHECK(one);
  CHECK(one.problem == "");
  CHECK(one.states > 1'500);
  CHECK(one.completed == 2);    // the last step did it, or found it done
  CHECK(one.compensated == 8);  // three refusals; and a payment in doubt, made or not, refunded or found missing
  CHECK(one.stuck == 0);
  const explored two = explore<shop, fulfilment>({.duplicates = 2, .timeouts = 2, .crashes = 2});
  CHECK(two);
  CHECK(two.states > 8 * one.states);
}

TEST_CASE("it is sound where somebody interrupts it") {
  const explored never = explore<shop_of_cancellable, cancellable>({.interrupts = 0});
  const explored once = explore<shop_of_cancellable, cancellable>();
  CHECK(never);
  CHECK(once);
  CHECK(once.compensated > never.compensated);
}

TEST_CASE("groups are sound") {
  const explored all = explore<agency, travel>();
  CHECK(all);
  CHECK(all.completed > 0);
  CHECK(all.compensated > 0);
}

TEST_CASE("many commands, commands that are asked again, undos that are refused, and the deadline of a saga are sound") {
  const explored quiet = explore<depots, delivery>({.duplicates = 0, .timeouts = 0, .crashes = 0, .interrupts = 0});
  CHECK(quiet);
  CHECK(quiet.stuck > 0);
  CHECK(explore<depots, delivery>({.duplicates = 1, .timeouts = 2, .crashes = 0}));
  CHECK(explore<depots, delivery>({.duplicates = 0, .timeouts = 1, .crashes = 1, .interrupts = 0, .many = 3}));
  const explored none = explore<depots, delivery>({.duplicates = 0, .timeouts = 0, .crashes = 0, .interrupts = 0, .many = 1});
  CHECK(none);
  CHECK(none.states < quiet.states);
  const explored patient = explore<depots, delivery>({.duplicates = 0, .timeouts = 0, .crashes = 0, .interrupts = 0, .refusals = 4});
  CHECK(patient);
  CHECK(patient.states > quiet.states);
}

// ---- sagas that no model takes

namespace {

template <class Saga>
struct unchecked {
  using parts = gesta::detail::types<order::orders, payment::payments, stock::stocks, shipping::parcels, depot::all, Saga>;
};
constexpr gesta::testing::explore_options nothing_goes_wrong{.duplicates = 0, .timeouts = 0, .crashes = 0, .interrupts = 0};

struct too_early : gesta::saga<gesta::by<"order">, fulfil::place_order, fulfil::ship_parcel, fulfil::take_payment> {};

struct harmless {
  static constexpr auto within = gesta::seconds(30);
  constexpr auto run(const order::placed& o) const -> payment::charge { return {o.order, o.cents}; }
  using undo = gesta::needless;
  constexpr auto on(payment::card_declined) const -> gesta::compensate { return {}; }
  constexpr auto on(gesta::timed_out) const -> gesta::compensate { return {}; }
};
struct doubtful : gesta::saga<gesta::by<"order">, fulfil::place_order, harmless> {};

// A refusal of its undo: proceed says that it is undone already.
template <class Answer>
struct billed {
  constexpr auto run(const order::placed& o) const -> depot::bill { return {o.order}; }
  constexpr auto undo(const depot::billed& b) const -> depot::credit { return {b.order}; }
  constexpr auto on(depot::busy) const -> gesta::compensate { return {}; }
  constexpr auto on(depot::bounced) const -> gesta::compensate { return {}; }
  constexpr auto on_undo(depot::busy) const -> Answer { return {}; }
  constexpr auto on_undo(depot::credited_already) const -> Answer { return {}; }
};
template <class Answer>
struct refused : gesta::saga<gesta::by<"order">, fulfil::place_order, billed<Answer>, fulfil::ship_parcel> {};

}  // namespace

TEST_CASE("a failure behind what cannot be undone is the shortest story") {
  const explored found = explore<unchecked<too_early>, too_early>();
  CHECK(!found);
  CHECK(found.problem ==
        "placed: begun, asks ship_parcel\n"
        "ship_parcel.run -> ship arrives: shipped\n"
        "ship_parcel is told shipped: asks take_payment\n"
        "take_payment.run -> charge arrives: card_declined\n"
        "take_payment is told card_declined: it fails, passes over ship_parcel, undoes place_order\n"
        "place_order.undo -> cancel arrives: undone\n"
        "place_order is told undone: is undone, compensated\n"
        "=> compensated, but ship_parcel still stands");
  std::ostringstream said;
  said << found;
  CHECK(said.str() == found.problem);
}

TEST_CASE("of a step that need not be undone anything may stand, known or not") {
  CHECK(explore<unchecked<doubtful>, doubtful>());
}

TEST_CASE("an undo that is refused is stuck until a person looks, or it was undone already") {
  const explored stuck = explore<unchecked<refused<gesta::stuck>>, refused<gesta::stuck>>();
  CHECK(stuck);
  CHECK(stuck.stuck > 0);
  const explored proceeds = explore<unchecked<refused<gesta::proceed>>, refused<gesta::proceed>>();
  CHECK(proceeds);
  CHECK(proceeds.stuck == 0);
  // A person who may not retry resolves it: the same stories but those behind a retry.
  const explored resolved = explore<unchecked<refused<gesta::stuck>>, refused<gesta::stuck>>({.retries = 0});
  CHECK(resolved);
  CHECK(resolved.states < stuck.states);
}

TEST_CASE("it gives up above the number of states that it may look at, and says so") {
  const explored found = explore<shop, fulfilment>({.states = 100});
  CHECK(!found);
  CHECK(found.problem == "it has more states than explore_options::states allows to look at");
}

TEST_CASE("with nothing that goes wrong there is one story for each outcome") {
  const explored quiet = explore<shop, fulfilment>(nothing_goes_wrong);
  CHECK(quiet);
  CHECK(quiet.completed == 2);
  CHECK(quiet.compensated == 3);
  CHECK(quiet.states == 30);
}
