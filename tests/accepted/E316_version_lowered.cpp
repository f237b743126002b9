// Version 2 is stored already, and the program went back to version 1.
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct deposited_1 { int amount; static constexpr auto id = "account.deposited"; };
struct deposited_2 { long amount; static constexpr auto id = gesta::event_id{"account.deposited", 2}; };
struct deposited { int amount; static constexpr auto id = gesta::event_id{"account.deposited", 3}; };
constexpr auto upcast(const deposited_1& old) -> deposited_2 { return {old.amount}; }
constexpr auto upcast(const deposited_2& old) -> deposited { return {static_cast<int>(old.amount)}; }
struct deposit { int amount; };
struct account { long balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, gesta::history<deposited_1, deposited_2>> {};

using bank_lock = gesta::schema_lock<gesta::locked<"account.deposited", 1, gesta::shape_id<deposited_1>>,
                                     gesta::locked<"account.deposited", 2, gesta::shape_id<deposited_2>>>;
struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};
