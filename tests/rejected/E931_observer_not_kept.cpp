// [gesta E931] the Observer is a temporary, and would be gone before anything is told to it; declare it before the app and write  gesta::observed_by(name)
// in observer_not_kept<false, counters>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

inline void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

struct counters { int decided = 0; };
inline void observe(counters& c, const gesta::decided&) { ++c.decided; }

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{}, gesta::observed_by(counters{}));
  app.handle("alice", deposit{1});
  return 0;
}
