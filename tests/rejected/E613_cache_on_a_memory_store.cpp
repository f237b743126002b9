// [gesta E613] gesta::cached_states  needs a Store that is no memory and reads single entities; start without it, or take  gesta::sqlite_store  or  gesta::postgres_store
// in store_without_single_entities<false, gesta::memory_store>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

inline void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{}, gesta::cached_states{.most = 10});
  return app.broken() == nullptr ? 0 : 1;
}
