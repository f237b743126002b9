#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("alice", deposit{5});
  int sum = 0;
  auto feed = app.follow();
  return feed.poll(gesta::only<deposited>([&](const auto& e, const gesta::about&) { sum += e.amount; })) && sum == 5 ? 0 : 1;
}
