// [gesta E304] an id of the lock is neither in the model nor retired, so its stored events could not be read; bring the event back, or list the id in  gesta::retired<...>
// An event was removed from the code, and its records are still in the log. The twin passes over them on purpose.
#include <gesta/describe/schema.hpp>
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

using bank_lock = gesta::schema_lock<gesta::locked<"account.deposited", 1, gesta::shape_id<deposited>>,  //
                                     gesta::locked<"account.noted", 1, 0x1234567890abcdef>>;
struct bank_is_locked : gesta::locked_model<bank, bank_lock> {};
