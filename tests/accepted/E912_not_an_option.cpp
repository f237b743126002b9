#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct deposit { int amount; };
struct withdraw { int amount; };
struct insufficient_funds { int missing; static constexpr auto id = "account.insufficient_funds"; };
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
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("alice", deposit{100}, gesta::once{"till", 42}).match([](const account&) {}, [](const gesta::conflict&) {});
}
