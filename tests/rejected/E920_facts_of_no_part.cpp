// [gesta E920] the Aggregate of the facts is no part of the model; list it in  gesta::model<...>,  or append facts of one that is
// in not_in_model<false, shops>
#include <gesta/gesta.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct rated { int stars; static constexpr auto id = "shop.rated"; };
struct deposit { int amount; };
struct rate { int stars; };
struct account { int balance = 0; };
struct shop { int stars = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(shop& s, const rated& e) { s.stars += e.stars; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const shop&, const rate& c) -> gesta::emits<rated> { return rated{c.stars}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct shops : gesta::aggregate<shop, gesta::commands<rate>> {
  static constexpr auto id = "shop";
  using key = int;
};
struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  return app.append(gesta::facts<shops>(7, gesta::expected::none(), rated{5})) ? 0 : 1;
}
