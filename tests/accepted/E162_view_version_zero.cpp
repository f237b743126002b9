#include <gesta/gesta.hpp>
#include <gesta/runtime/query.hpp>
#include <gesta/store/memory_views.hpp>

struct deposited { int amount; gesta::text<8> branch; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; gesta::text<8> branch; };
struct account { int balance = 0; };

constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount, c.branch}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts> {};

struct branch_row { gesta::text<8> branch; int sum = 0; };
constexpr void project(branch_row& b, const deposited& e) { b.sum += e.amount; }
struct by_branch : gesta::projection<gesta::rows<branch_row, "branch">> { static constexpr auto id = "by_branch"; static constexpr auto version = 2; };

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto keeper = gesta::consume<by_branch>(app, gesta::memory_views{});
  const auto paid = app.handle("alice", deposit{5, "Paris"});
  return gesta::find(keeper, "Paris", gesta::own_write(app, paid)).match(
      [](const branch_row& b) { return b.sum == 5 ? 0 : 1; }, [](gesta::no_row) { return 1; }, [](const gesta::not_yet&) { return 1; }, [](const gesta::failure&) { return 1; });
}
