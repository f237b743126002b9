// [gesta E201] a command is listed by two aggregates, or twice by one (Handler names the second place); a command has exactly one handler: remove it from one of them
#include <gesta/model/model.hpp>

struct account_opened { static constexpr auto id = "account.opened"; };
struct wallet_opened { static constexpr auto id = "wallet.opened"; };
struct open {};
struct account { bool open = false; };
struct wallet { bool open = false; };

constexpr void evolve(account& a, const account_opened&) { a.open = true; }
constexpr void evolve(wallet& w, const wallet_opened&) { w.open = true; }
constexpr auto decide(const account&, const open&) -> gesta::emits<account_opened> { return account_opened{}; }
constexpr auto decide(const wallet&, const open&) -> gesta::emits<wallet_opened> { return wallet_opened{}; }

struct accounts : gesta::aggregate<account, gesta::commands<open>> { static constexpr auto id = "account"; };
struct wallets : gesta::aggregate<wallet, gesta::commands<open>> { static constexpr auto id = "wallet"; };
struct bank : gesta::model<accounts, wallets> {};
