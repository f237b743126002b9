#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };
constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct filled { int amount; static constexpr auto id = "wallet.filled"; };
struct fill { int amount; };
struct wallet { int coins = 0; };
constexpr void evolve(wallet& w, const filled& e) { w.coins += e.amount; }
constexpr auto decide(const wallet&, const fill& c) -> gesta::emits<filled> { return filled{c.amount}; }

struct total { int amount = 0; };
constexpr void project(total& t, const deposited& e) { t.amount += e.amount; }
constexpr void project(total& t, const filled& e) { t.amount += e.amount; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct wallets : gesta::aggregate<wallet, gesta::commands<fill>> { static constexpr auto id = "wallet"; };
struct balances : gesta::projection<total, gesta::follows<accounts, wallets>> { static constexpr auto id = "balances"; };
struct bank : gesta::model<wallets, accounts, balances> {};
