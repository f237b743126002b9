// [gesta E112] decide returns a type that is no contract; let it return  gesta::emits<Event...>,  with  ::or_nothing  and  ::or_rejects<Rejection...>  where they apply
// in decide_without_contract<false, accounts, deposit, bool>
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr bool decide(const account&, const deposit& c) { return c.amount > 0; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
