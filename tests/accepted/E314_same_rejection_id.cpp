// What a sender is answered with is found by this name.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct too_large { int most; static constexpr auto id = "account.refused"; };
struct too_small { int least; static constexpr auto id = "account.too_small"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited>::or_rejects<too_large, too_small> {
  if (c.amount > 1000) return too_large{1000};
  if (c.amount < 1) return too_small{1};
  return deposited{c.amount};
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
