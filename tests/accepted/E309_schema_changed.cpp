#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct deposited_v1 { long long amount; static constexpr auto id = "account.deposited"; };
struct deposited { int amount; static constexpr auto id = gesta::event_id{"account.deposited", 2}; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

constexpr auto upcast(const deposited_v1& old) -> deposited { return {static_cast<int>(old.amount)}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, gesta::history<deposited_v1>> {};

using bank_lock = gesta::schema_lock<gesta::locked<"account.deposited", 1, gesta::shape_id<deposited_v1>>, gesta::locked<"account.deposited", 2, gesta::shape_id<deposited>>>;
struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};
