// [gesta E310] the Part, an aggregate, a projection, a reactor, a saga or a process, does not say the name it is kept under; add  static constexpr auto id = "...";  to it, and never change it
// in part_without_id<false, accounts>
// The id of an aggregate names its streams.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> {};
struct bank : gesta::model<accounts> {};
