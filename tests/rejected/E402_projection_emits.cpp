// [gesta E402] project returns something; a projection only changes its view: return void, or gesta::row where it has rows, and let a reactor send commands
// in projection_emits<false, balances, deposited>
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }

struct total { int deposited = 0; };
constexpr withdraw project(total& t, const deposited& e) {
  t.deposited += e.amount;
  return {e.amount};
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> { static constexpr auto id = "account"; };
struct balances : gesta::projection<total> { static constexpr auto id = "balances"; };
struct bank : gesta::model<accounts, balances> {};
