// [gesta E618] units of the Store run side by side, so states are read when they are needed; start with  gesta::cached_states{},  or take  gesta::postgres_store
// in side_by_side_without_cached_states<false, store_side_by_side>
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

// A store whose units run side by side, as gesta::postgres_by_horizon.
template <class Model>
struct log_side_by_side : gesta::sqlite_store::log<Model> {
  using gesta::sqlite_store::log<Model>::log;
  static constexpr bool has_horizon = true;
  std::uint64_t horizon() const noexcept { return this->last_position(); }
  std::uint64_t last_event() const noexcept { return this->last_position(); }
  bool count_events(std::uint64_t after, std::uint64_t to, std::uint64_t& count) { return count = to - after, true; }
};
struct store_side_by_side : gesta::sqlite_store {
  template <class Model>
  using log = log_side_by_side<Model>;
};

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

inline void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(store_side_by_side{});
  return app.broken() == nullptr ? 0 : 1;
}
