// [gesta E309] the fields of the Event are no longer those of the lock and its version was not raised; raise it,  gesta::event_id{"...", n + 1},  and keep the old struct in  gesta::history<...>
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

// What was stored had the amount in 64 bits.
struct deposited_as_stored { long long amount; };
using bank_lock = gesta::schema_lock<gesta::locked<"account.deposited", 1, gesta::shape_id<deposited_as_stored>>>;
struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};
