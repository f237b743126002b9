// [gesta E611] the app keeps no snapshots, so none can be asked for; start it with  gesta::snapshots{.every = n},  0 where only snapshot() takes them
// in no_snapshots_kept<false, gesta::memory_store>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

inline void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("alice", deposit{7});
  return app.snapshot<accounts>("alice") ? 0 : 1;
}
