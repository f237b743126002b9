// [gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event
// [gesta E303] the Event is stored under a name and does not say it; add  static constexpr auto id = "...";  to it, and never change it
// in event_without_evolve<false, accounts, withdrawn>
// in event_without_id<false, closed>
// Two mistakes in one model are two errors, once each.
#include <gesta/model/model.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct closed {};
struct deposit { int amount; };
struct withdraw { int amount; };
struct close {};
struct account { int balance = 0; bool open = true; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const closed&) { a.open = false; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }
constexpr auto decide(const account&, const close&) -> gesta::emits<closed> { return closed{}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw, close>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};
