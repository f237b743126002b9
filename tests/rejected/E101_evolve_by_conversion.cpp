// [gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event
// in event_without_evolve<false, accounts, withdrawn>
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

constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<withdraw>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
