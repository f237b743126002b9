// [gesta E309] the fields of the Event are no longer those of the lock, which has the field Was where the Event has Now, and its version was not raised; raise it,  gesta::event_id{"...", n + 1},  and keep the old struct in  gesta::history<...>
// A field was added to an event that is stored already. The twin raises the version and says how to read the old one.
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct deposited_1 { int amount; static constexpr auto id = "account.deposited"; };
struct deposited { int amount; int clerk; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; int clerk; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount, c.clerk}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

using bank_lock = gesta::schema_lock<gesta::locked<"account.deposited", 1, gesta::shape_id<deposited_1>>>;
struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};
