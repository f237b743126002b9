// [gesta E201] a command is listed by two aggregates, or twice by one (Handler names the second place); a command has exactly one handler: remove it from one of them
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit, deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
