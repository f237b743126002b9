// An event that converts to what evolve takes is still another event.
#include <gesta/model/model.hpp>

struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct withdraw { int amount; };
struct account { int balance = 0; };

struct change {
  int by;
  constexpr change(const withdrawn& e) : by(-e.amount) {}
};
constexpr void evolve(account& a, change c) { a.balance += c.by; }
constexpr void evolve(account& a, const withdrawn& e) { evolve(a, change(e)); }

constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<withdraw>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
