// [gesta E209] the model lists something that is no part of a model; list aggregates, projections, gesta::reactors, choreographies, sagas, processes, gesta::history, gesta::retired, gesta::budget, gesta::lean or gesta::traced
// in not_a_part<false, account>
// The state stands in the list instead of its aggregate.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, account> {};
