// [gesta E117] the State of an aggregate cannot be made without arguments, or cannot be assigned; an entity without events is  State{}
// in state_not_a_value<false, account>
// A snapshot, a rollback and a test of a domain replace a state by another one.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account {
  const int limit = 100;
  int balance = 0;
};

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
