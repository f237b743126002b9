// [gesta E167] the Handler is given to several workers and does not say which order it needs; add to it  using order = gesta::ordered_by_key;  gesta::unordered  where it needs none, or give  gesta::one_worker
// in order_unsaid<false, ledger>
#include <gesta/gesta.hpp>
#include <gesta/runtime/partitions.hpp>

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct account { int balance = 0; };
constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

struct ledger {
  int sum = 0;
  void operator()(const deposited& e, const gesta::about&) { sum += e.amount; }
};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto lanes = gesta::partition<bank>(gesta::workers{4}, [](unsigned) { return ledger{}; });
  auto feed = app.follow();
  if (!lanes.poll(feed)) return 1;
  return lanes.wait_until_done(0) == gesta::awaited::done ? 0 : 1;
}
