#include <gesta/gesta.hpp>
#include <cstdio>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };   // facts
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct deposit   { int amount; };                                                   // wishes
struct withdraw  { int amount; };
struct insufficient_funds { int missing; };                                         // refusals

struct account { int balance = 0; };                                                // state

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }

constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> {
  return deposited{c.amount};
}
constexpr auto decide(const account& a, const withdraw& c)
    -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> {
  static constexpr auto id = "account";                         // names the streams; keys are strings unless said
};
struct bank : gesta::model<accounts> {};                        // every rule of the model is checked here

static_assert(gesta::given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{30}));
static_assert(gesta::given<account>(deposited{100}).when(withdraw{130}).rejects(insufficient_funds{30}));

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});         // cannot fail; another store also asks for gesta::failure
  app.handle("alice", deposit{100});
  app.handle("alice", withdraw{130}).match(
      [](const account& now)           { std::printf("balance %d\n", now.balance); },
      [](const insufficient_funds& no) { std::printf("short by %d\n", no.missing); });
}
