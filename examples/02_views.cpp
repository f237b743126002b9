// Read models: a view is a struct, `project` says what an event means to it, and nobody who decides knows of it.
#include <gesta/gesta.hpp>

#include <cstdio>

#include "bank.hpp"

struct turnover { int in = 0, out = 0; };
constexpr void project(turnover& t, const deposited& e) { t.in += e.amount; }
constexpr void project(turnover& t, const withdrawn& e) { t.out += e.amount; }
// It follows the accounts: an event that it neither projects nor ignores does not compile.
struct turnovers : gesta::projection<turnover, gesta::follows<accounts>> { static constexpr auto id = "turnover"; };

struct largest { int amount = 0; gesta::text<16> owner; std::uint64_t position = 0; };
constexpr void project(largest& l, const deposited& e, const gesta::about& about) {   // whose, and where in the log
  if (e.amount > l.amount) l = {e.amount, gesta::text<16>(about.key.data, about.key.size), about.position};
}
struct largest_deposit : gesta::projection<largest, gesta::follows<accounts>, gesta::ignoring<withdrawn>> {
  static constexpr auto id = "largest_deposit";
};

struct bank : gesta::model<accounts, turnovers, largest_deposit> {};

static_assert(gesta::given(deposited{100}, withdrawn{30}).then(turnover{100, 30}));

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("alice", deposit{100});
  app.handle("bob", deposit{250});
  (void)app.handle("alice", withdraw{30});

  const auto& sums = app.view<turnover>();
  std::printf("in %d, out %d\n", sums.in, sums.out);
  const auto& best = app.view<largest>();
  std::printf("largest: %d by %s at position %d\n", best.amount, best.owner.c_str(), static_cast<int>(best.position));
}
