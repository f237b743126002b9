// [gesta E315] the Old version of a rejection does not say the name under which outcomes hold it; add the  static constexpr auto id  that it had, or take it out of  gesta::history<...>
// An outcome of an older program is found by the name that the rejection had then.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct too_large_1 { int most; };
struct too_large { long most; static constexpr auto id = gesta::event_id{"account.too_large", 2}; };
constexpr auto upcast(const too_large_1& old) -> too_large { return {old.most}; }
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited>::or_rejects<too_large> {
  if (c.amount > 1000) return too_large{1000};
  return deposited{c.amount};
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, gesta::history<too_large_1>> {};
