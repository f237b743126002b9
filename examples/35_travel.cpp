// Steps side by side: flight, hotel and car are asked at once, and so are two ways to pay, of which one is enough. Whatever cannot be had, nothing is
// left over that nobody wants.
#include <gesta/gesta.hpp>

#include <cstdio>

#include "trip.hpp"

namespace booking {
struct ask {
  static constexpr auto id = "ask";
  using begun_by = trip::asked;
  constexpr auto undo(const trip::asked& t) const -> trip::call_off { return {t.trip}; }
};
struct a_flight {
  static constexpr auto id = "a_flight";
  constexpr auto run (const trip::asked& t) const    -> flight::book { return {t.trip}; }
  constexpr auto undo(const flight::booked& b) const -> flight::cancel { return {b.trip, b.seat}; }
  constexpr auto on  (const flight::full&) const     -> gesta::compensate { return {}; }
};
struct a_hotel {
  static constexpr auto id = "a_hotel";
  constexpr auto run (const trip::asked& t) const   -> hotel::book { return {t.trip}; }
  constexpr auto undo(const hotel::booked& b) const -> hotel::cancel { return {b.trip, b.room}; }
  constexpr auto on  (const hotel::full&) const     -> gesta::compensate { return {}; }
};
struct a_car {
  static constexpr auto id = "a_car";
  constexpr auto run (const trip::asked& t) const  -> car::rent { return {t.trip}; }
  constexpr auto undo(const car::rented& b) const  -> car::give_back { return {b.trip, b.plate}; }
  constexpr auto on  (const car::none_left&) const -> gesta::proceed { return {}; }  // a trip without a car is a trip
};
struct by_visa {
  static constexpr auto id = "by_visa";
  constexpr auto run (const trip::asked& t) const   -> visa::charge { return {t.trip}; }
  constexpr auto undo(const visa::charged& c) const -> visa::refund { return {c.trip}; }
  constexpr auto on  (const visa::declined&) const  -> gesta::compensate { return {}; }
};
struct by_bank {
  static constexpr auto id = "by_bank";
  constexpr auto run (const trip::asked& t) const   -> bank::debit { return {t.trip}; }
  constexpr auto undo(const bank::debited& c) const -> bank::repay { return {c.trip}; }
  constexpr auto on  (const bank::refused&) const   -> gesta::compensate { return {}; }
};
struct a_ticket {
  static constexpr auto id = "a_ticket";
  constexpr auto run(const flight::booked& f, const car::rented* c) const -> ticket::issue { return {f.trip, f.seat, c != nullptr ? c->plate : 0}; }
  using undo = gesta::irreversible;
};
}  // namespace booking

struct travel : gesta::saga<gesta::by<"trip">, booking::ask, gesta::all_of<booking::a_flight, booking::a_hotel, booking::a_car>,
                            gesta::any_of<booking::by_visa, booking::by_bank>, booking::a_ticket> {
  static constexpr auto id = "travel";
};
struct agency : gesta::model<trip::trips, flight::flights, hotel::hotels, car::cars, visa::visas, bank::banks, ticket::tickets, travel> {};

int main() {
  auto app = gesta::start<agency>(gesta::memory_store{});
  auto runner = gesta::run_sagas(app);
  constexpr const char* trips[] = {"everything is there", "the flight is full", "the hotel is full", "no car is left", "the card is declined", "nobody pays"};
  for (int trip = 0; trip != 6; ++trip) {
    app.handle(trip::ask{trip});
    while (!runner.poll().caught_up) {}

    const auto ticket = app.state<ticket::tickets>(trip);
    std::printf("%d, %s: %s", trip, trips[trip], app.state<trip::trips>(trip).called_off ? "called off" : "a ticket");
    if (ticket.seat != 0) std::printf(" for seat %d%s", ticket.seat, ticket.plate != 0 ? " and a car" : "");
    std::printf("; held: flight %d, hotel %d, car %d, visa %s, bank %s\n", app.state<flight::flights>(trip).seat, app.state<hotel::hotels>(trip).room,
                app.state<car::cars>(trip).plate, app.state<visa::visas>(trip).charged ? "yes" : "no", app.state<bank::banks>(trip).debited ? "yes" : "no");
  }
}
