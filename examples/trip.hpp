// A trip and what it is made of: a flight, a hotel, a car, two ways to pay, a ticket. Services that know nothing of each other.
// Which of them has nothing to offer follows from the trip's number: its last digit.
#pragma once

#include <gesta/domain.hpp>

namespace trip {
struct asked      { int trip; static constexpr auto id = "trip.asked"; };
struct called_off { int trip; static constexpr auto id = "trip.called_off"; using undoes = asked; };

struct ask      { int trip; static constexpr auto id = "trip.ask"; };
struct call_off { int trip; static constexpr auto id = "trip.call_off"; };

struct state { bool asked = false, called_off = false; };
constexpr void evolve(state& s, const asked&)      { s.asked = true; }
constexpr void evolve(state& s, const called_off&) { s.called_off = true; }

constexpr auto decide(const state&, const ask& c) -> gesta::emits<asked> { return asked{c.trip}; }
constexpr auto decide(const state& s, const call_off& c) -> gesta::emits<called_off>::or_nothing {
  if (s.called_off) return gesta::no_change;
  return called_off{c.trip};
}

struct trips : gesta::aggregate<state, gesta::commands<ask, call_off>, gesta::by<"trip">> { static constexpr auto id = "trip"; };
}  // namespace trip

namespace flight {
struct booked    { int trip, seat; static constexpr auto id = "flight.booked"; };
struct cancelled { int trip, seat; static constexpr auto id = "flight.cancelled"; using undoes = booked; };

struct book   { int trip;       static constexpr auto id = "flight.book"; };
struct cancel { int trip, seat; static constexpr auto id = "flight.cancel"; };
struct full   { static constexpr auto id = "flight.full"; };

struct state { int seat = 0; };
constexpr void evolve(state& s, const booked& e)    { s.seat = e.seat; }
constexpr void evolve(state& s, const cancelled&)   { s.seat = 0; }

constexpr auto decide(const state&, const book& c) -> gesta::emits<booked>::or_rejects<full> {
  if (c.trip % 10 == 1) return full{};
  return booked{c.trip, 100 + c.trip};
}
constexpr auto decide(const state& s, const cancel& c) -> gesta::emits<cancelled>::or_nothing {
  if (s.seat != c.seat) return gesta::no_change;
  return cancelled{c.trip, c.seat};
}

struct flights : gesta::aggregate<state, gesta::commands<book, cancel>, gesta::by<"trip">> { static constexpr auto id = "flight"; };
}  // namespace flight

namespace hotel {
struct booked    { int trip, room; static constexpr auto id = "hotel.booked"; };
struct cancelled { int trip, room; static constexpr auto id = "hotel.cancelled"; using undoes = booked; };

struct book   { int trip;       static constexpr auto id = "hotel.book"; };
struct cancel { int trip, room; static constexpr auto id = "hotel.cancel"; };
struct full   { static constexpr auto id = "hotel.full"; };

struct state { int room = 0; };
constexpr void evolve(state& s, const booked& e)    { s.room = e.room; }
constexpr void evolve(state& s, const cancelled&)   { s.room = 0; }

constexpr auto decide(const state&, const book& c) -> gesta::emits<booked>::or_rejects<full> {
  if (c.trip % 10 == 2) return full{};
  return booked{c.trip, 200 + c.trip};
}
constexpr auto decide(const state& s, const cancel& c) -> gesta::emits<cancelled>::or_nothing {
  if (s.room != c.room) return gesta::no_change;
  return cancelled{c.trip, c.room};
}

struct hotels : gesta::aggregate<state, gesta::commands<book, cancel>, gesta::by<"trip">> { static constexpr auto id = "hotel"; };
}  // namespace hotel

namespace car {
struct rented     { int trip, plate; static constexpr auto id = "car.rented"; };
struct given_back { int trip, plate; static constexpr auto id = "car.given_back"; using undoes = rented; };

struct rent      { int trip;        static constexpr auto id = "car.rent"; };
struct give_back { int trip, plate; static constexpr auto id = "car.give_back"; };
struct none_left { static constexpr auto id = "car.none_left"; };

struct state { int plate = 0; };
constexpr void evolve(state& s, const rented& e)    { s.plate = e.plate; }
constexpr void evolve(state& s, const given_back&)  { s.plate = 0; }

constexpr auto decide(const state&, const rent& c) -> gesta::emits<rented>::or_rejects<none_left> {
  if (c.trip % 10 == 3) return none_left{};
  return rented{c.trip, 300 + c.trip};
}
constexpr auto decide(const state& s, const give_back& c) -> gesta::emits<given_back>::or_nothing {
  if (s.plate != c.plate) return gesta::no_change;
  return given_back{c.trip, c.plate};
}

struct cars : gesta::aggregate<state, gesta::commands<rent, give_back>, gesta::by<"trip">> { static constexpr auto id = "car"; };
}  // namespace car

namespace visa {
struct charged  { int trip; static constexpr auto id = "visa.charged"; };
struct refunded { int trip; static constexpr auto id = "visa.refunded"; using undoes = charged; };

struct charge   { int trip; static constexpr auto id = "visa.charge"; };
struct refund   { int trip; static constexpr auto id = "visa.refund"; };
struct declined { static constexpr auto id = "visa.declined"; };

struct state { bool charged = false; };
constexpr void evolve(state& s, const charged&)  { s.charged = true; }
constexpr void evolve(state& s, const refunded&) { s.charged = false; }

constexpr auto decide(const state&, const charge& c) -> gesta::emits<charged>::or_rejects<declined> {
  if (c.trip % 10 == 4 || c.trip % 10 == 5) return declined{};
  return charged{c.trip};
}
constexpr auto decide(const state& s, const refund& c) -> gesta::emits<refunded>::or_nothing {
  if (!s.charged) return gesta::no_change;
  return refunded{c.trip};
}

struct visas : gesta::aggregate<state, gesta::commands<charge, refund>, gesta::by<"trip">> { static constexpr auto id = "visa"; };
}  // namespace visa

namespace bank {
struct debited { int trip; static constexpr auto id = "bank.debited"; };
struct repaid  { int trip; static constexpr auto id = "bank.repaid"; using undoes = debited; };

struct debit   { int trip; static constexpr auto id = "bank.debit"; };
struct repay   { int trip; static constexpr auto id = "bank.repay"; };
struct refused { static constexpr auto id = "bank.refused"; };

struct state { bool debited = false; };
constexpr void evolve(state& s, const debited&) { s.debited = true; }
constexpr void evolve(state& s, const repaid&)  { s.debited = false; }

constexpr auto decide(const state&, const debit& c) -> gesta::emits<debited>::or_rejects<refused> {
  if (c.trip % 10 == 5) return refused{};
  return debited{c.trip};
}
constexpr auto decide(const state& s, const repay& c) -> gesta::emits<repaid>::or_nothing {
  if (!s.debited) return gesta::no_change;
  return repaid{c.trip};
}

struct banks : gesta::aggregate<state, gesta::commands<debit, repay>, gesta::by<"trip">> { static constexpr auto id = "bank"; };
}  // namespace bank

namespace ticket {
struct issued { int trip, seat, plate; static constexpr auto id = "ticket.issued"; };  // no car: plate 0

struct issue { int trip, seat, plate; static constexpr auto id = "ticket.issue"; };

struct state { int seat = 0, plate = 0; };
constexpr void evolve(state& s, const issued& e) { s.seat = e.seat; s.plate = e.plate; }

constexpr auto decide(const state&, const issue& c) -> gesta::emits<issued> { return issued{c.trip, c.seat, c.plate}; }

struct tickets : gesta::aggregate<state, gesta::commands<issue>, gesta::by<"trip">> { static constexpr auto id = "ticket"; };
}  // namespace ticket
