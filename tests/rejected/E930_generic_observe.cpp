// [gesta E930] the Observer observes nothing; add  void observe(Observer&, const gesta::decided&)  beside it, for exactly this type and one of gesta::decided, rejected, conflicted, retried, parked, stalled, caught_up, fell_behind
// in observes_nothing<false, counters>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

inline void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

struct counters { int decided = 0; };
template <class What>
void observe(counters& c, const What&) {
  ++c.decided;
}

int main() {
  counters all;
  auto app = gesta::start<bank>(gesta::memory_store{}, gesta::observed_by(all));
  app.handle("alice", deposit{1});
  return all.decided;
}
