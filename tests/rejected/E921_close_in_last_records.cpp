// [gesta E921] the Store has no way to erase single events; use  gesta::memory_store,  gesta::fixed_memory_store,  gesta::sqlite_store  or  gesta::postgres_store
// in store_cannot_erase<false, gesta::last_records_store>
#include <gesta/gesta.hpp>

struct carried { int amount; static constexpr auto id = "account.carried"; };
struct carry { int amount; };
struct account {
  int balance = 0;
};

inline void evolve(account& a, const carried& e) { a.balance = e.amount; }
inline auto decide(const account&, const carry& c) -> gesta::emits<carried> { return carried{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<carry>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::last_records_store{});
  return app.close<accounts>("alice") ? 0 : 1;
}
