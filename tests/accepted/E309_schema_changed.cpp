// A field was added to an event that is stored already. The twin raises the version and says how to read the old one.
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct deposited_1 { int amount; static constexpr auto id = "account.deposited"; };
struct deposited { int amount; int clerk; static constexpr auto id = gesta::event_id{"account.deposited", 2}; };
constexpr auto upcast(const deposited_1& old) -> deposited { return {old.amount, 0}; }
struct deposit { int amount; int clerk; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount, c.clerk}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, gesta::history<deposited_1>> {};

using bank_lock = gesta::schema_lock<gesta::locked<"account.deposited", 1, gesta::shape_id<deposited_1>>>;
struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};
