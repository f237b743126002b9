// [gesta E610] gesta::snapshots  keeps the state of the Aggregate as bytes, and this Member of it has no form as bytes; give it one that has, or start without snapshots
// in state_without_wire_form<false, std::unordered_map
#include <gesta/gesta.hpp>

#include <unordered_map>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { std::unordered_map<int, int> times; };

inline void evolve(account& a, const deposited& e) { ++a.times[e.amount]; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{}, gesta::snapshots{.every = 10});
  app.handle("alice", deposit{7});
  return app.last_position() == 1 ? 0 : 1;
}
