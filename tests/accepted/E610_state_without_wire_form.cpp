#include <gesta/gesta.hpp>

#include <map>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { std::map<int, int> times; };

inline void evolve(account& a, const deposited& e) { ++a.times[e.amount]; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{}, gesta::snapshots{.every = 10});
  app.handle("alice", deposit{7});
  return app.last_position() == 1 ? 0 : 1;
}
