// [gesta E923] truncate_before compares the State with and without what it erases, and the State can be neither encoded nor compared; add  bool operator==(const State&) const = default;
// in state_not_comparable<false, account>
#include <gesta/gesta.hpp>
#include <functional>

struct carried { int amount; static constexpr auto id = "account.carried"; };
struct carry { int amount; };
struct account {
  int balance = 0; std::function<void()> hook;
};

inline void evolve(account& a, const carried& e) { a.balance = e.amount; }
inline auto decide(const account&, const carry& c) -> gesta::emits<carried> { return carried{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<carry>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  return app.truncate_before<accounts>("alice", 2) ? 0 : 1;
}
