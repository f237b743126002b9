// [gesta E901] match has no answer to this Outcome of the command; add  [](const Outcome&) { ... }
// [gesta E901] match has no answer to this Outcome of the command; add  [](const Outcome&) { ... }
// in outcome_unanswered<false, insufficient_funds>
// in outcome_unanswered<false, gesta::failure>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct insufficient_funds { int missing; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::fixed_memory_store{.bytes = 4096, .streams = 8, .outcomes = 8});
  return app.handle("alice", withdraw{130}).match([](const account& now) { return now.balance; });
}
