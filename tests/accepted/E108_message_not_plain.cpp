#include <gesta/model/model.hpp>

struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct withdraw { int amount; };
struct insufficient_funds { int missing; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}

struct accounts : gesta::aggregate<account, gesta::commands<withdraw>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
