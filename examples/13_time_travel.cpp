// An account as it was: after so many of its events, at a position of the log, at a moment.
#include <gesta/gesta.hpp>

#include <cstdio>

struct opened    { int amount; static constexpr auto id = "account.opened"; };
struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct open      { int amount; };
struct deposit   { int amount; };
struct withdraw  { int amount; };

struct account { int balance = 0; };
constexpr void evolve(account& a, const opened& e)    { a.balance = e.amount; }
constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
constexpr auto decide(const account&, const open& c)     -> gesta::emits<opened>    { return opened{c.amount}; }
constexpr auto decide(const account&, const deposit& c)  -> gesta::emits<deposited> { return deposited{c.amount}; }
constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<open, deposit, withdraw>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

// A view that the model does not keep: it is asked for when somebody wants to know.
struct deposits { int sum = 0; };
constexpr void project(deposits& d, const deposited& e) { d.sum += e.amount; }

// Time comes from outside; here it is the number of the command.
struct one_a_second {
  int* second;
  gesta::timestamp operator()() const { return {1'000'000'000ll * ++*second}; }
};

int main() {
  int second = 0;
  auto app = gesta::start<bank>(gesta::memory_store{}, one_a_second{&second});
  app.handle("alice", open{0});
  app.handle("alice", deposit{100});
  app.handle("bob", open{7});
  app.handle("alice", withdraw{30});
  app.handle("alice", deposit{50});

  std::printf("now: %d\n", app.state<accounts>("alice").balance);
  for (unsigned version = 0; version <= 4; ++version)
    std::printf("after %u events: %d\n", version, app.state<accounts>("alice", gesta::at_version{version})->balance);
  std::printf("at position 3: %d\n", app.state<accounts>("alice", gesta::at_position{3})->balance);
  std::printf("at second 4: %d\n", app.state<accounts>("alice", gesta::at_time{{4'000'000'000}})->balance);
  std::printf("deposits at position 4: %d\n", app.view<deposits>(gesta::at_position{4})->sum);

  // A store that can fail, or that overwrites, may have no answer: `past` is false then and why() names the cause.
  const auto was = app.state<accounts>("alice", gesta::at_version{2});
  if (!was) std::printf("%s\n", was.why().describe());
}
