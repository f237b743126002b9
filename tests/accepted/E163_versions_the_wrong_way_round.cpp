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
struct by_branch : gesta::projection<gesta::rows<branch_row, "branch">> { static constexpr auto id = "by_branch"; };
struct by_branch_2 : gesta::projection<gesta::rows<branch_row, "branch">> {
  static constexpr auto id = "by_branch";
  static constexpr auto version = 2;
};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto keeper = gesta::consume<by_branch>(app, gesta::memory_views{});
  const auto paid = app.handle("alice", deposit{5, "Paris"});
  auto branches = gesta::query<by_branch_2, by_branch>(gesta::memory_views{});
  gesta::reflected shown;
  return paid.position() == 1 && gesta::reflects(branches, shown) && shown.version == 0 && keeper.poll() ? 0 : 1;
}
