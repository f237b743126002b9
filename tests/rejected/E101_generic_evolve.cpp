// [gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event
// in event_without_evolve<false, accounts, withdrawn>
// A template that swallows every event would make "each event has its evolve" silently true.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const auto& e) { a.balance += e.amount; }

constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
