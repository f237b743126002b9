// What is read from the type of a saga: its table, its facts, its calls.
#include <gesta/react/saga_flow.hpp>

#include <doctest/doctest.h>

#include <gesta/model/model.hpp>

#include "../../examples/shop.hpp"

using gesta::detail::at;
using gesta::detail::fact;
using gesta::detail::fact_found;
using gesta::detail::from_cause;
using gesta::detail::group_is;
using gesta::detail::no_step;
using gesta::detail::outcome_rule;
using gesta::detail::same;
using gesta::detail::saga_flow;
using gesta::detail::types;
using gesta::detail::undo_is;
using says = outcome_rule::says;

namespace fulfil {

using order::cause;
using gives_up = gesta::compensate_with<cause>;

struct place_order {
  static constexpr auto id = "place_order";
  using begun_by = order::placed;
  constexpr auto undo(const order::placed& o, cause why) -> order::cancel { return {o.order, why}; }
};
struct take_payment {
  static constexpr auto id = "take_payment";
  static constexpr auto within = gesta::seconds(30);
  constexpr auto run(const order::placed& o) -> payment::charge { return {o.order, o.cents}; }
  constexpr auto undo(const payment::charge& c) -> payment::refund { return {c.order, c.cents}; }
  constexpr auto on(payment::card_declined) -> gives_up { return cause::payment; }
  constexpr auto on(gesta::timed_out) -> gives_up { return cause::payment; }
};
struct reserve_stock {
  static constexpr auto id = "reserve_stock";
  constexpr auto run(const order::placed& o) -> stock::reserve { return {o.order, o.item}; }
  constexpr auto undo(const stock::reserved& r) -> stock::release { return {r.order, r.item}; }
  constexpr auto on(stock::sold_out) -> gives_up { return cause::stock; }
};
struct ship_parcel {
  static constexpr auto id = "ship_parcel";
  constexpr auto run(const order::placed& o) -> shipping::ship { return {o.order}; }
  constexpr auto on(shipping::undeliverable) -> gives_up { return cause::shipping; }
  using undo = gesta::irreversible;
};
struct confirm_order {
  static constexpr auto id = "confirm_order";
  constexpr auto run(const order::placed& o) -> order::confirm { return {o.order}; }
  using undo = gesta::irreversible;
};
struct customer_cancels {
  static constexpr auto id = "customer_cancels";
  constexpr auto on(const order::cancel_asked&) -> gives_up { return cause::customer; }
  constexpr auto not_found(const order::cancel_asked&) -> gesta::drop { return {}; }
};

}  // namespace fulfil

struct fulfilment : gesta::saga<gesta::by<"order">, fulfil::place_order, fulfil::take_payment, fulfil::reserve_stock, fulfil::ship_parcel,
                                fulfil::confirm_order, fulfil::customer_cancels> {
  static constexpr auto id = "fulfilment";
};

struct services : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};
using shop = saga_flow<gesta::flow<services>, fulfilment>;
static_assert(same<gesta::flow<services>::sagas, types<fulfilment>>);

TEST_CASE("the steps of a saga stand flat, with their commands and the outcomes of their contracts") {
  static_assert(shop::step_count == 5 && shop::interrupts::size == 1 && shop::deadlines::size == 0);
  static_assert(same<shop::beginning, order::placed>);
  static_assert(same<shop::key_type, int>);
  static_assert(shop::key_in(payment::charge{7, 1}) == 7);
  static_assert(same<shop::step<0>::command, void> && same<shop::step<0>::undo_command, order::cancel>);
  static_assert(same<shop::step<1>::command, payment::charge> && same<shop::step<1>::undo_command, payment::refund>);
  static_assert(same<shop::step<1>::outcomes, types<payment::charged, payment::card_declined, gesta::timed_out>>);
  static_assert(same<shop::step<2>::outcomes, types<stock::reserved, stock::sold_out>>);
  static_assert(same<shop::step<4>::outcomes, types<order::confirmed, gesta::nothing>>);
  static_assert(shop::step<1>::within() == gesta::seconds(30) && shop::step<2>::within() == gesta::duration{});
  static_assert(same<shop::interrupt<0>::event, order::cancel_asked> && same<shop::interrupt<0>::not_found, gesta::drop>);
}

TEST_CASE("just the facts are kept that some run or undo asks for") {
  static_assert(same<shop::facts, types<fact<0, order::placed>, fact<1, payment::charge>, fact<2, stock::reserved>, fact<from_cause, order::cause>>>);
  static_assert(shop::fact_index<2, stock::reserved> == 2 && shop::fact_index<1, payment::charged> == gesta::detail::npos);
}

TEST_CASE("the table says what follows from each outcome") {
  constexpr const auto& table = shop::table;
  static_assert(table.step_count == 5 && table.group_count == 5 && table.pivot == 3);
  static_assert(table.steps[0].undo == undo_is::a_command && table.steps[0].outcomes == 0);
  static_assert(table.steps[1].undo == undo_is::a_command && table.steps[1].outcomes == 3 && table.steps[1].undo_outcomes == 0);
  static_assert(table.steps[3].undo == undo_is::impossible && table.steps[4].undo == undo_is::impossible);
  static_assert(table.outcome(1, 0).answer == says::proceed && table.outcome(1, 0).is_success && table.outcome(1, 0).may_stand);
  static_assert(table.outcome(1, 1).answer == says::compensate && !table.outcome(1, 1).may_stand && !table.outcome(1, 1).is_success);
  static_assert(table.outcome(1, 2).answer == says::compensate && table.outcome(1, 2).may_stand && table.outcome(1, 2).is_unknown);
  static_assert(table.outcome(4, 1).answer == says::proceed && !table.outcome(4, 1).may_stand && !table.outcome(4, 1).is_success);
}

// What a runner would keep.
struct known_facts {
  const order::placed* placed;
  const payment::charge* charge;
  const stock::reserved* reserved;
  const order::cause* why;

  template <std::size_t I>
  constexpr auto get() const {
    if constexpr (I == 0) return placed;
    else if constexpr (I == 1) return charge;
    else if constexpr (I == 2) return reserved;
    else return why;
  }
};

TEST_CASE("steps are called with the facts") {
  static constexpr order::placed placed{1, 5, 100};
  static constexpr payment::charge charge{1, 100};
  static constexpr stock::reserved reserved{1, 5};
  static constexpr order::cause why = order::cause::stock;
  constexpr known_facts known{&placed, &charge, &reserved, &why};
  static_assert(shop::call_run<1>(known).cents == 100);
  static_assert(shop::call_run<2>(known).item == 5);
  static_assert(shop::call_undo<0>(known).why == order::cause::stock);
  static_assert(shop::call_undo<1>(known).cents == 100);
  static_assert(shop::call_undo<2>(known).item == 5);
  static_assert(shop::answer_to<1>(payment::card_declined{}).cause == order::cause::payment);
  static_assert(same<decltype(shop::answer_to<1>(payment::charged{})), gesta::proceed>);
}

// ---- groups, facts that may be missing, many commands, steps that yield the same

namespace trip {
struct asked       { int trip; static constexpr auto id = "trip.asked"; };
struct called_off  { int trip; static constexpr auto id = "trip.called_off"; };
struct ask         { int trip; };
struct call_off    { int trip; };
struct booked      { int trip, ref; static constexpr auto id = "flight.booked"; };
struct freed       { int trip, ref; static constexpr auto id = "flight.freed"; };
struct book        { int trip; };
struct unbook        { int trip, ref; };
struct full        { static constexpr auto id = "flight.full"; };
struct gone        { static constexpr auto id = "flight.gone"; };
struct rented      { int trip, ref; static constexpr auto id = "car.rented"; };
struct rent        { int trip; };
struct none_left   { static constexpr auto id = "car.none_left"; };
struct paid        { int trip, ref; static constexpr auto id = "paid"; };
struct owed        { int trip; static constexpr auto id = "owed"; };
struct pay         { int trip; };
struct declined    { static constexpr auto id = "declined"; };
struct state {};
constexpr void evolve(state&, const asked&) {}
constexpr void evolve(state&, const called_off&) {}
constexpr void evolve(state&, const booked&) {}
constexpr void evolve(state&, const freed&) {}
constexpr void evolve(state&, const rented&) {}
constexpr void evolve(state&, const paid&) {}
constexpr void evolve(state&, const owed&) {}
constexpr auto decide(const state&, const ask& c) -> gesta::emits<asked> { return asked{c.trip}; }
constexpr auto decide(const state&, const call_off& c) -> gesta::emits<called_off> { return called_off{c.trip}; }
constexpr auto decide(const state&, const book& c) -> gesta::emits<booked>::or_rejects<full> { return booked{c.trip, 1}; }
constexpr auto decide(const state&, const unbook& c) -> gesta::emits<freed>::or_nothing::or_rejects<gone, full> { return freed{c.trip, c.ref}; }
constexpr auto decide(const state&, const rent& c) -> gesta::emits<rented>::or_rejects<none_left> { return rented{c.trip, 1}; }
constexpr auto decide(const state&, const pay& c) -> gesta::emits<paid, owed>::or_rejects<declined> { return paid{c.trip, 1}; }
struct trips : gesta::aggregate<state, gesta::commands<ask, call_off, book, unbook, rent, pay>, gesta::by<"trip">> {
  static constexpr auto id = "trip";
};
}  // namespace trip
struct agency : gesta::model<trip::trips> {};

namespace booking {
using namespace trip;
struct begin {
  using begun_by = asked;
};
struct outbound {
  constexpr auto run(const asked& t) -> book { return {t.trip}; }
  constexpr auto undo(const booked& b) -> unbook { return {b.trip, b.ref}; }
  constexpr auto on(full) -> gesta::compensate { return {}; }
  constexpr auto on_undo(gone) -> gesta::proceed { return {}; }
  constexpr auto on_undo(const full&) -> gesta::again<3> { return {gesta::seconds(1)}; }
};
struct back_home {
  constexpr auto run(const asked& t) const noexcept -> book { return {t.trip}; }
  static constexpr auto undo(const booked& b) -> unbook { return {b.trip, b.ref}; }
  static constexpr auto on(const full&) -> gesta::again<2> { return {}; }
  constexpr auto on_undo(gone) -> gesta::stuck { return {}; }
  constexpr auto on_undo(full) -> gesta::until_answered::every<gesta::seconds(60)> { return {}; }
};
struct a_car {
  constexpr auto run(const asked& t) -> rent { return {t.trip}; }
  using undo = gesta::needless;
  constexpr auto on(none_left) -> gesta::proceed { return {}; }
};
struct by_visa {
  constexpr auto run(const asked& t, gesta::from<outbound, booked> there, const gesta::from<back_home, booked>* back, const rented* car) -> pay {
    return {t.trip + there->ref + (*back)->ref + (car != nullptr ? 1000 : 0)};
  }
  using undo = gesta::needless;
  constexpr auto on(paid) -> gesta::proceed { return {}; }
  constexpr auto on(owed) -> gesta::compensate { return {}; }
  constexpr auto on(declined) -> gesta::compensate { return {}; }
};
struct by_bank {
  constexpr auto run(const asked& t) -> gesta::many<pay> { return {pay{t.trip}}; }
  constexpr auto undo(const asked&, const pay& p, const paid* e) -> call_off { return {p.trip + (e != nullptr ? e->ref : 0)}; }
  constexpr auto on(paid) -> gesta::proceed { return {}; }
  constexpr auto on(owed) -> gesta::proceed { return {}; }
  constexpr auto on(declined) -> gesta::compensate { return {}; }
};
struct too_long {
  static constexpr auto within = gesta::seconds(60);
  constexpr auto on(gesta::timed_out) -> gesta::compensate { return {}; }
};
}  // namespace booking
struct travel : gesta::saga<gesta::by<"trip">, booking::begin, gesta::all_of<booking::outbound, booking::back_home, booking::a_car>,
                            gesta::any_of<booking::by_visa, booking::by_bank>, booking::too_long> {
  static constexpr auto id = "travel";
};
using desk = saga_flow<gesta::flow<agency>, travel>;

TEST_CASE("groups, interrupts and deadlines have their places in the table") {
  constexpr const auto& table = desk::table;
  static_assert(desk::step_count == 6 && desk::deadlines::size == 1 && table.group_count == 3 && table.pivot == no_step);
  static_assert(table.groups[1].is == group_is::all_of && table.groups[1].first == 1 && table.groups[1].steps == 3);
  static_assert(table.groups[2].is == group_is::any_of && table.groups[2].first == 4 && table.groups[2].steps == 2);
  static_assert(table.steps[3].group == 1 && table.steps[4].group == 2);
  static_assert(table.steps[0].undo == undo_is::needless && table.steps[3].undo == undo_is::needless);
}

struct generic {
  constexpr auto on(const auto&) -> gesta::proceed { return {}; }
};
struct converts {
  struct number {
    constexpr number(trip::full) {}
  };
  constexpr auto on(number) -> gesta::proceed { return {}; }
};

TEST_CASE("answers are read for exactly their type") {
  constexpr const auto& table = desk::table;
  static_assert(table.outcome(2, 1).answer == says::again && table.outcome(2, 1).times == 2);
  static_assert(table.outcome(3, 1).answer == says::proceed && !table.outcome(3, 1).is_success);
  static_assert(table.undo_outcome(1, 0).answer == says::proceed);
  static_assert(table.undo_outcome(1, 1).answer == says::again && table.undo_outcome(1, 1).times == 3);
  static_assert(table.undo_outcome(2, 0).answer == says::stuck && table.undo_outcome(2, 1).answer == says::until_answered);
  static_assert(gesta::detail::after_of(desk::answer_to_undo<1>(trip::full{})) == gesta::seconds(1));
  static_assert(gesta::detail::after_of(desk::answer_to_undo<2>(trip::full{})) == gesta::seconds(60));  // said in the type
  static_assert(gesta::detail::after_of(desk::answer_to<2>(trip::full{})) == gesta::seconds(1));        // nothing said
  using every_minute = gesta::again<3, gesta::compensate_with<int>>::every<gesta::minutes(1)>;
  static_assert(every_minute{.then = 7}.after == gesta::minutes(1) && every_minute{.after = {}, .then = 7}.after == gesta::seconds(0));
  static_assert(table.outcome(4, 1).answer == says::compensate && table.outcome(4, 1).may_stand && !table.outcome(4, 1).is_success);

  static_assert(same<gesta::detail::on_result_of<generic, trip::full>, gesta::detail::unsaid>);
  static_assert(same<gesta::detail::on_result_of<converts, trip::full>, gesta::detail::unsaid>);
}

struct known {
  trip::asked asked{1};
  trip::booked there{1, 10}, back{1, 20};
  trip::rented car{1, 5};
  bool has_car = true;
  template <std::size_t I>
  constexpr auto get() const {
    if constexpr (I == 0) return &asked;
    else if constexpr (I == 1) return &there;
    else if constexpr (I == 2) return &back;
    else return has_car ? &car : nullptr;
  }
};
struct own {
  trip::pay pay{40};
  template <class T>
  constexpr const T* get() const {
    if constexpr (same<T, trip::pay>) return &pay;
    else return nullptr;
  }
};

TEST_CASE("an event that two steps yield is kept for each, the undo of a step means its own, and of many commands the one that is undone") {
  static_assert(same<desk::facts, types<fact<0, trip::asked>, fact<1, trip::booked>, fact<2, trip::booked>, fact<3, trip::rented>>>);
  static_assert(desk::call_run<4>(known{}).trip == 1031);
  static_assert(desk::call_undo<1>(known{}).ref == 10);
  static_assert(desk::call_undo<2>(known{}).ref == 20);
  static_assert(desk::step<5>::asks_many && same<desk::step<5>::command, trip::pay>);
  static_assert(desk::call_undo<5>(known{}, own{}).trip == 40);
  CHECK(desk::call_run<5>(known{}).size() == 1);
}
