// [gesta E303] the Event is stored under a name and does not say it; add  static constexpr auto id = "...";  to it, and never change it
// in event_without_id<false, withdrawn>
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
