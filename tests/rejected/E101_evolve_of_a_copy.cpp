// [gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event
// in event_without_evolve<false, accounts, deposited>
// An evolve that takes its state by value changes nothing.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account a, const deposited& e) { a.balance += e.amount; }

constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
