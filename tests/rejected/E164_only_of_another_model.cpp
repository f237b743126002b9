// [gesta E164] gesta::only asks for an Event that no decision of the model records today; ask for one that the contract of a decision lists, also where an older one is meant that is upcast to it
// in asks_for_no_event<false, counted>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct counted { int amount; static constexpr auto id = "till.counted"; };
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
  return feed.poll(gesta::only<deposited, counted>([&](const auto& e, const gesta::about&) { sum += e.amount; })) && sum == 5 ? 0 : 1;
}
