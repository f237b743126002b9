// [gesta E309] the fields of the Event are no longer those of the lock, which has the field Was where the Event has Now, and its version was not raised; raise it,  gesta::event_id{"...", n + 1},  and keep the old struct in  gesta::history<...>
// The name of a field is a part of the shape: other readers find it by that name.
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct as_it_was { int amount; };
struct deposited { int cents; static constexpr auto id = "account.deposited"; };
struct deposit { int cents; };
struct account { int cents = 0; };

constexpr void evolve(account& a, const deposited& e) { a.cents += e.cents; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.cents}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

using bank_lock = gesta::schema_lock<gesta::locked<"account.deposited", 1, gesta::shape_id<as_it_was>>>;
struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};
