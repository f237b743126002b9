// [gesta E108] the Message is no plain struct; it has private members, constructors or virtual functions: make its members public and remove the constructors
// in message_not_plain<false, deposited>
#include <gesta/model/model.hpp>

struct deposited {
  constexpr explicit deposited(int cents) : amount(cents) {}
  int amount;
  static constexpr auto id = "account.deposited";
};
struct deposit { int amount; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
