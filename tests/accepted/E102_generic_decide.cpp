// A template that decides whatever is asked would decide the command of tomorrow as well.
#include <gesta/model/model.hpp>

struct moved { int amount; static constexpr auto id = "account.moved"; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const moved& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<moved> { return moved{c.amount}; }
constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<moved> { return moved{-c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
