// [gesta E612] the log of the Store has no place for snapshots; start without  gesta::snapshots,  or take a store that has one
// in store_without_snapshots<false, paper>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

inline void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

struct paper {
  template <class Model>
  struct log {
    static constexpr bool is_memory = false;
  };
};

int main() {
  auto app = gesta::start<bank>(paper{}, gesta::snapshots{});
  return app.broken() == nullptr ? 0 : 1;
}
