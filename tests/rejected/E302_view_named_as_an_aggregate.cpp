// [gesta E302] two aggregates, views, reactors, sagas or processes have the same id; give each its own
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct total { int deposited = 0; };
constexpr void project(total& t, const deposited& e) { t.deposited += e.amount; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct totals : gesta::projection<total, gesta::follows<accounts>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, totals> {};
