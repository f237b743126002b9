// Sagas for the tests of the explorer: one in a line, one with groups, and one with everything else.
#pragma once

#include <gesta/model/model.hpp>

#include "../../examples/shop.hpp"

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

struct fulfilment
    : gesta::saga<gesta::by<"order">, fulfil::place_order, fulfil::take_payment, fulfil::reserve_stock, fulfil::ship_parcel, fulfil::confirm_order> {
  static constexpr auto id = "fulfilment";
};
struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};

struct cancellable : gesta::saga<gesta::by<"order">, fulfil::place_order, fulfil::take_payment, fulfil::reserve_stock, fulfil::ship_parcel,
                                 fulfil::confirm_order, fulfil::customer_cancels> {
  static constexpr auto id = "cancellable";
};
struct shop_of_cancellable : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, cancellable> {};

// ---- parallel steps

// A service with one thing that is got and given back. Every name of it says what it is of.
#define SERVICE(space, get, got, give, given_back, refused)                                                                       \
  namespace space {                                                                                                               \
  struct got { int trip, ref; static constexpr auto id = #space "." #got; };                                                      \
  struct given_back { int trip; static constexpr auto id = #space "." #given_back; using undoes = got; };                         \
  struct get { int trip; static constexpr auto id = #space "." #get; };                                                           \
  struct give { int trip; static constexpr auto id = #space "." #give; };                                                         \
  struct refused { static constexpr auto id = #space "." #refused; };                                                             \
  struct state { int ref = 0; };                                                                                                  \
  constexpr void evolve(state& s, const got& e) { s.ref = e.ref; }                                                                \
  constexpr void evolve(state& s, const given_back&) { s.ref = 0; }                                                               \
  constexpr auto decide(const state&, const get& c) -> gesta::emits<got>::or_rejects<refused> {                                   \
    if (c.trip % 10 == 0) return refused{};                                                                                       \
    return got{c.trip, c.trip + 1};                                                                                               \
  }                                                                                                                               \
  constexpr auto decide(const state& s, const give& c) -> gesta::emits<given_back>::or_nothing {                                  \
    if (s.ref == 0) return gesta::no_change;                                                                                      \
    return given_back{c.trip};                                                                                                    \
  }                                                                                                                               \
  struct all : gesta::aggregate<state, gesta::commands<get, give>, gesta::by<"trip">> { static constexpr auto id = #space; };     \
  }
SERVICE(flight, book, booked, cancel, cancelled, full)
SERVICE(hotel, book, booked, cancel, cancelled, full)
SERVICE(car, rent, rented, give_back, given_back, none_left)
SERVICE(visa, charge, charged, refund, refunded, declined)
SERVICE(bank, debit, debited, repay, repaid, refused)
SERVICE(ticket, issue, issued, tear_up, torn_up, out_of_paper)
SERVICE(trip, ask, asked, call_off, called_off, closed)
#undef SERVICE

namespace booking {

struct ask {
  static constexpr auto id = "ask";
  using begun_by = trip::asked;
  constexpr auto undo(const trip::asked& t) -> trip::call_off { return {t.trip}; }
};
struct a_flight {
  static constexpr auto id = "a_flight";
  constexpr auto run(const trip::asked& t) -> flight::book { return {t.trip}; }
  constexpr auto undo(const flight::booked& b) -> flight::cancel { return {b.trip}; }
  constexpr auto on(flight::full) -> gesta::compensate { return {}; }
};
struct a_hotel {
  static constexpr auto id = "a_hotel";
  constexpr auto run(const trip::asked& t) -> hotel::book { return {t.trip}; }
  constexpr auto undo(const hotel::booked& b) -> hotel::cancel { return {b.trip}; }
  constexpr auto on(hotel::full) -> gesta::compensate { return {}; }
};
struct a_car {
  static constexpr auto id = "a_car";
  constexpr auto run(const trip::asked& t) -> car::rent { return {t.trip}; }
  constexpr auto undo(const car::rented& b) -> car::give_back { return {b.trip}; }
  constexpr auto on(car::none_left) -> gesta::proceed { return {}; }
};
struct by_visa {
  static constexpr auto id = "by_visa";
  constexpr auto run(const trip::asked& t) -> visa::charge { return {t.trip}; }
  constexpr auto undo(const visa::charged& c) -> visa::refund { return {c.trip}; }
  constexpr auto on(visa::declined) -> gesta::compensate { return {}; }
};
struct by_bank {
  static constexpr auto id = "by_bank";
  constexpr auto run(const trip::asked& t) -> bank::debit { return {t.trip}; }
  constexpr auto undo(const bank::debited& c) -> bank::repay { return {c.trip}; }
  constexpr auto on(bank::refused) -> gesta::compensate { return {}; }
};
struct a_ticket {
  static constexpr auto id = "a_ticket";
  constexpr auto run(const flight::booked& f, const car::rented*) -> ticket::issue { return {f.trip}; }
  constexpr auto on(ticket::out_of_paper) -> gesta::until_answered { return {}; }
  using undo = gesta::irreversible;
};

}  // namespace booking

struct travel
    : gesta::saga<gesta::by<"trip">, booking::ask, gesta::all_of<booking::a_flight, booking::a_hotel, booking::a_car>,
                  gesta::any_of<booking::by_visa, booking::by_bank>, booking::a_ticket> {
  static constexpr auto id = "travel";
};
struct agency : gesta::model<trip::all, flight::all, hotel::all, car::all, visa::all, bank::all, ticket::all, travel> {};

// ---- many commands, commands that are asked again, undos that are refused, a deadline, an interrupt

namespace depot {

struct ordered   { int order; static constexpr auto id = "depot.ordered"; };
struct withdrawn { int order; static constexpr auto id = "depot.withdrawn"; };
struct order_it  { int order; static constexpr auto id = "depot.order_it"; };
struct withdraw  { int order; static constexpr auto id = "depot.withdraw"; };
struct picked    { int order; static constexpr auto id = "depot.picked"; };
struct put_back  { int order; static constexpr auto id = "depot.put_back"; using undoes = picked; };
struct pick      { int order; static constexpr auto id = "depot.pick"; };
struct put       { int order; static constexpr auto id = "depot.put"; };
struct none_left { static constexpr auto id = "depot.none_left"; };
struct shut      { static constexpr auto id = "depot.shut"; };
struct billed    { int order; static constexpr auto id = "depot.billed"; };
struct credited  { int order; static constexpr auto id = "depot.credited"; using undoes = billed; };
struct bill      { int order; static constexpr auto id = "depot.bill"; };
struct credit    { int order; static constexpr auto id = "depot.credit"; };
struct busy      { static constexpr auto id = "depot.busy"; };
struct bounced   { static constexpr auto id = "depot.bounced"; };
struct credited_already { static constexpr auto id = "depot.credited_already"; };
struct told      { int order; static constexpr auto id = "depot.told"; };
struct tell      { int order; static constexpr auto id = "depot.tell"; };
struct deaf      { static constexpr auto id = "depot.deaf"; };
struct sent      { int order; static constexpr auto id = "depot.sent"; };
struct send      { int order; static constexpr auto id = "depot.send"; };

struct state { int picked = 0; bool billed = false; };
constexpr void evolve(state&, const ordered&) {}
constexpr void evolve(state&, const withdrawn&) {}
constexpr void evolve(state& s, const picked&) { ++s.picked; }
constexpr void evolve(state& s, const put_back&) { --s.picked; }
constexpr void evolve(state& s, const billed&) { s.billed = true; }
constexpr void evolve(state& s, const credited&) { s.billed = false; }
constexpr void evolve(state&, const told&) {}
constexpr void evolve(state&, const sent&) {}
constexpr auto decide(const state&, const order_it& c) -> gesta::emits<ordered> { return ordered{c.order}; }
constexpr auto decide(const state&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.order}; }
constexpr auto decide(const state& s, const pick& c) -> gesta::emits<picked>::or_rejects<none_left> {
  if (s.picked > 2) return none_left{};
  return picked{c.order};
}
constexpr auto decide(const state& s, const put& c) -> gesta::emits<put_back>::or_rejects<shut> {
  if (s.picked == 0) return shut{};
  return put_back{c.order};
}
constexpr auto decide(const state& s, const bill& c) -> gesta::emits<billed>::or_rejects<busy, bounced> {
  if (s.billed) return busy{};
  if (c.order == 0) return bounced{};
  return billed{c.order};
}
constexpr auto decide(const state& s, const credit& c) -> gesta::emits<credited>::or_nothing::or_rejects<busy, credited_already> {
  if (!s.billed) return gesta::no_change;
  return credited{c.order};
}
constexpr auto decide(const state&, const tell& c) -> gesta::emits<told>::or_rejects<deaf> {
  if (c.order == 0) return deaf{};
  return told{c.order};
}
constexpr auto decide(const state&, const send& c) -> gesta::emits<sent>::or_rejects<busy> {
  if (c.order == 0) return busy{};
  return sent{c.order};
}
struct all : gesta::aggregate<state, gesta::commands<order_it, withdraw, pick, put, bill, credit, tell, send>, gesta::by<"order">> {
  static constexpr auto id = "depot";
};

struct beginning {
  static constexpr auto id = "beginning";
  using begun_by = ordered;
};
struct pick_all {
  static constexpr auto id = "pick_all";
  constexpr auto run(const ordered& o) const -> gesta::many<pick> {
    gesta::many<pick> all;
    for (int i = 0; i < o.order % 3; ++i) all.push_back({o.order});
    return all;
  }
  constexpr auto undo(const pick& p) const -> put { return {p.order}; }
  constexpr auto on(none_left) const -> gesta::compensate { return {}; }
  constexpr auto on_undo(shut) const -> gesta::stuck { return {}; }
};
struct send_bill {
  static constexpr auto id = "send_bill";
  static constexpr auto within = gesta::seconds(10);
  constexpr auto run(const ordered& o) const -> bill { return {o.order}; }
  constexpr auto undo(const bill& b) const -> credit { return {b.order}; }
  constexpr auto on(busy) const -> gesta::again<1> { return {}; }
  constexpr auto on(bounced) const -> gesta::compensate { return {}; }
  constexpr auto on(gesta::timed_out) const -> gesta::again<1> { return {}; }
  constexpr auto on_undo(busy) const -> gesta::again<1> { return {}; }
  constexpr auto on_undo(credited_already) const -> gesta::proceed { return {}; }
};
struct tell_customer {
  static constexpr auto id = "tell_customer";
  constexpr auto run(const ordered& o) const -> tell { return {o.order}; }
  constexpr auto on(deaf) const -> gesta::proceed { return {}; }
  using undo = gesta::needless;
};
struct send_goods {
  static constexpr auto id = "send_goods";
  constexpr auto run(const ordered& o) const -> send { return {o.order}; }
  constexpr auto on(busy) const -> gesta::until_answered { return {}; }
  using undo = gesta::irreversible;
};
struct customer_withdraws {
  static constexpr auto id = "customer_withdraws";
  constexpr auto on(const withdrawn&) const -> gesta::compensate { return {}; }
  constexpr auto not_found(const withdrawn&) const -> gesta::drop { return {}; }
};
struct too_long {
  static constexpr auto id = "too_long";
  static constexpr auto within = gesta::seconds(100);
  constexpr auto on(gesta::timed_out) const -> gesta::compensate { return {}; }
};

}  // namespace depot

struct delivery : gesta::saga<gesta::by<"order">, depot::beginning, depot::pick_all, depot::send_bill, depot::tell_customer, depot::send_goods,
                              depot::customer_withdraws, depot::too_long> {
  static constexpr auto id = "delivery";
};
struct depots : gesta::model<depot::all, delivery> {};
