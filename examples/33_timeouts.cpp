// Time in sagas: a step that has to be answered within a time, one that is asked again after some, a deadline of the whole, and a
// message to oneself. Times are records, so they survive the program; the clock is the one that the app was given, here one that a test turns.
#include <gesta/gesta.hpp>

#include <cstdio>

namespace rent {
struct asked    { int car; static constexpr auto id = "rent.asked"; };
struct held     { int car; static constexpr auto id = "rent.held"; };
struct freed    { int car; static constexpr auto id = "rent.freed"; using undoes = held; };
struct paid     { int car; static constexpr auto id = "rent.paid"; };
struct reminded { int car; static constexpr auto id = "rent.reminded"; };
struct ask    { int car; };
struct hold   { int car; };
struct let_go { int car; };
struct pay    { int car; };
struct remind { int car; static constexpr auto id = "rent.remind"; };
struct no_answer { static constexpr auto id = "rent.no_answer"; };

struct car { bool is_held = false; int reminders = 0; bool bank_answers = false; };
constexpr void evolve(car&, const asked&)      {}
constexpr void evolve(car& c, const held&)     { c.is_held = true; }
constexpr void evolve(car& c, const freed&)    { c.is_held = false; }
constexpr void evolve(car&, const paid&)       {}
constexpr void evolve(car& c, const reminded&) { ++c.reminders; c.bank_answers = true; }
constexpr auto decide(const car&, const ask& a) -> gesta::emits<asked> { return asked{a.car}; }
constexpr auto decide(const car&, const hold& h) -> gesta::emits<held> { return held{h.car}; }
constexpr auto decide(const car& c, const let_go& l) -> gesta::emits<freed>::or_nothing {
  if (!c.is_held) return gesta::no_change;
  return freed{l.car};
}
constexpr auto decide(const car& c, const pay& p) -> gesta::emits<paid>::or_rejects<no_answer> {
  if (!c.bank_answers) return no_answer{};
  return paid{p.car};
}
constexpr auto decide(const car&, const remind& r) -> gesta::emits<reminded> { return reminded{r.car}; }
struct cars : gesta::aggregate<car, gesta::commands<ask, hold, let_go, pay, remind>, gesta::by<"car">> { static constexpr auto id = "car"; };

struct begins { static constexpr auto id = "begins"; using begun_by = asked; using undo = gesta::needless; };
struct holds_car {
  static constexpr auto id = "holds_car";
  static constexpr auto within = gesta::seconds(30);                            // then nobody knows whether it was held
  constexpr auto run(const asked& a) -> hold { return {a.car}; }
  constexpr auto undo(const hold& h) -> let_go { return {h.car}; }              // of a command, which is known; and it may find nothing
  constexpr auto on(const gesta::timed_out&) -> gesta::compensate { return {}; }
};
struct takes_money {
  static constexpr auto id = "takes_money";
  using undo = gesta::needless;
  constexpr auto run(const asked& a) -> pay { return {a.car}; }
  constexpr auto on(const no_answer&) -> gesta::again<3>::every<gesta::seconds(60)> { return {}; }   // three times more, a minute between
};
struct too_long {                                                               // of the whole saga
  static constexpr auto id = "too_long";
  static constexpr auto within = gesta::seconds(600);
  constexpr auto on(const gesta::timed_out&) -> gesta::compensate { return {}; }
};
struct renting : gesta::saga<gesta::by<"car">, begins, holds_car, takes_money, too_long> { static constexpr auto id = "renting"; };
struct garage : gesta::model<cars, renting, gesta::delayed<remind>> {};
}  // namespace rent

std::int64_t seconds_now = 0;
struct test_clock {
  gesta::timestamp operator()() const noexcept { return {seconds_now * 1'000'000'000}; }
};

int main() {
  auto app = gesta::start<rent::garage>(gesta::memory_store{}, test_clock{});
  auto sagas = gesta::run_sagas(app);
  const auto go_on = [&](std::int64_t now) {
    seconds_now = now;
    const gesta::ran made = sagas.poll();
    std::printf("%4d s: %d steps;", static_cast<int>(now), static_cast<int>(made.steps));
    for (const int car : {1, 2, 3}) {
      constexpr const char* names[] = {"-", "goes on", "goes back", "stuck", "put aside", "completed", "compensated"};
      std::printf(" %s%s", car == 1 ? "" : ", ", names[static_cast<unsigned>(sagas.state<rent::renting>(car).what)]);
    }
    if (made.next_due == gesta::timestamp{}) std::printf("; nothing waits\n");
    else std::printf("; next at %d s\n", static_cast<int>(made.next_due.nanoseconds / 1'000'000'000));
  };

  app.handle(rent::ask{1});                                                     // the bank does not answer: 0, 60, 120, 180 s, then it goes back
  go_on(0);
  app.handle(rent::ask{2});                                                     // nobody polls for 40 s: the car may be held or not
  go_on(40);
  (void)app.later("remind 3", rent::remind{3}, {100'000'000'000});              // a message for later: the bank of car 3 wakes up
  (void)app.later("remind 1", rent::remind{1}, {110'000'000'000});
  (void)app.cancel("remind 1");                                                 // it was still time
  app.handle(rent::ask{3});
  go_on(60);
  go_on(100);
  go_on(120);
  go_on(180);
}
