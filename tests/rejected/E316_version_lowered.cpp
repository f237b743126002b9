// [gesta E316] a version of the lock is no longer in the model, so what is stored under it could not be read; bring its struct back, as the event or in  gesta::history<...>,  and never lower the version of an event
// Version 2 is stored already, and the program went back to version 1.
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct deposited_1 { int amount; static constexpr auto id = "account.deposited"; };
struct deposited_2 { long amount; static constexpr auto id = gesta::event_id{"account.deposited", 2}; };
struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { long balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

using bank_lock = gesta::schema_lock<gesta::locked<"account.deposited", 1, gesta::shape_id<deposited_1>>,
                                     gesta::locked<"account.deposited", 2, gesta::shape_id<deposited_2>>>;
struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};
