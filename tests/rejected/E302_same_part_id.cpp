// [gesta E302] two aggregates, views, reactors, sagas or processes have the same id; give each its own
// in same_part_id<false, accounts, wallets>
#include <gesta/model/model.hpp>

struct account_opened { static constexpr auto id = "account.opened"; };
struct wallet_opened { static constexpr auto id = "wallet.opened"; };
struct open_account {};
struct open_wallet {};
struct account { bool open = false; };
struct wallet { bool open = false; };

constexpr void evolve(account& a, const account_opened&) { a.open = true; }
constexpr void evolve(wallet& w, const wallet_opened&) { w.open = true; }
constexpr auto decide(const account&, const open_account&) -> gesta::emits<account_opened> { return account_opened{}; }
constexpr auto decide(const wallet&, const open_wallet&) -> gesta::emits<wallet_opened> { return wallet_opened{}; }

struct accounts : gesta::aggregate<account, gesta::commands<open_account>> { static constexpr auto id = "account"; };
struct wallets : gesta::aggregate<wallet, gesta::commands<open_wallet>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, wallets> {};
