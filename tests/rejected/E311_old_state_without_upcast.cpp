// [gesta E311] the State says which struct it was, and that one cannot be brought to today; add  auto upcast(const State::was&) -> State  beside it, for exactly this struct
// The state names its old struct, and nothing says what that means today.
#include <gesta/model/model.hpp>

struct account_1 { int euros = 0; };
struct account {
  using was = account_1;
  long cents = 0;
};
struct deposited { long cents; static constexpr auto id = "account.deposited"; };
struct deposit { long cents; };

constexpr void evolve(account& a, const deposited& e) { a.cents += e.cents; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.cents}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
