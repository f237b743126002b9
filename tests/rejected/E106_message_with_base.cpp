// [gesta E106] the Message has a base class; a message is a plain struct: make the base a member
// in message_with_base<false, deposited>
#include <gesta/model/model.hpp>

struct audit { int clerk; };
struct deposited : audit { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; int clerk; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{{c.clerk}, c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
