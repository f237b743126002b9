#include <gesta/gesta.hpp>

struct sold { int amount; static constexpr auto id = "order.sold"; };
struct sell { int amount; };
struct order { int paid = 0; };

constexpr void evolve(order& o, const sold& e) { o.paid += e.amount; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.amount}; }

struct orders : gesta::aggregate<order, gesta::commands<sell>> { static constexpr auto id = "order"; };

struct total { int amount = 0; };
constexpr void project(total& t, const sold& e) { t.amount += e.amount; }
struct turnover : gesta::projection<total, gesta::follows<orders>> { static constexpr auto id = "turnover"; };
struct shop : gesta::model<orders, turnover> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});
  return app.view<total>().amount;
}
