// [gesta E102] the Aggregate lists a Command that it does not decide; add  auto decide(const State&, const Command&) -> gesta::emits<...>  beside the state, for exactly this Command
// in command_without_decide<false, accounts, withdraw>
// A template that decides whatever is asked would decide the command of tomorrow as well.
#include <gesta/model/model.hpp>

struct moved { int amount; static constexpr auto id = "account.moved"; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const moved& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<moved> { return moved{c.amount}; }
template <class Command>
constexpr auto decide(const account&, const Command& c) {
  return gesta::emits<moved>(moved{-c.amount});
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
