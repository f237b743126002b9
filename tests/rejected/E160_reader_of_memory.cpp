// [gesta E160] the log of this Store lies in the memory of its app, and nobody else can open it; the app is its own reader: hand the app to the consumer, or read it by  app.read  and  app.follow
// in reader_of_memory<false, gesta::memory_store>
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
  auto log = gesta::reader<bank>(gesta::memory_store{});
  int sum = 0;
  return log.read({}, [&](const deposited& e, const gesta::about&) { sum += e.amount; }) && sum == 5 ? 0 : 1;
}
