// [gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event
// in event_without_evolve<false, accounts, deposited>
// The last parameter of a verb is gesta::about; the twin asks for it.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; gesta::timestamp last{}; };

constexpr void evolve(account& a, const deposited& e, const gesta::origin& from) {
  a.balance += e.amount;
  a.last = from.time;
}
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
