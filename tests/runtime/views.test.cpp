#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>
#include <vector>

namespace {

std::vector<std::string> seen;

struct sold {
  int quantity;
  static constexpr auto id = "sold";
};
struct returned {
  int quantity;
  static constexpr auto id = "returned";
};
struct sell {
  int quantity;
};
struct take_back {
  int quantity;
};
struct exchange {
  int back, out;
};
struct nothing_to_return {};
struct account {
  int held = 0;
};
constexpr void evolve(account& a, const sold& e) { a.held += e.quantity; }
constexpr void evolve(account& a, const returned& e) { a.held -= e.quantity; }
auto decide(const account&, const sell& c) -> gesta::emits<sold> { return sold{c.quantity}; }
auto decide(const account& a, const take_back& c) -> gesta::emits<returned>::or_rejects<nothing_to_return> {
  if (a.held < c.quantity) return nothing_to_return{};
  return returned{c.quantity};
}
auto decide(const account&, const exchange& c) -> gesta::emits<returned, sold> { return gesta::emit(returned{c.back}, sold{c.out}); }
struct accounts : gesta::aggregate<account, gesta::commands<sell, take_back, exchange>> {
  static constexpr auto id = "account";
};

struct stock {
  int out = 0;
};
void project(stock& v, const sold& e) {
  v.out += e.quantity;
  seen.push_back("stock sold");
}
void project(stock& v, const returned& e) {
  v.out -= e.quantity;
  seen.push_back("stock returned");
}
struct sales {
  int count = 0;
};
void project(sales& v, const sold&) {
  ++v.count;
  seen.push_back("sales sold");
}
struct journal {
  std::vector<std::string> lines;
};
void project(journal& v, const sold&, const gesta::about& a) {
  v.lines.push_back(std::string(a.key.data, a.key.size) + " v" + std::to_string(a.version) + " p" + std::to_string(a.position));
  seen.push_back("journal sold");
}

struct stocks : gesta::projection<stock, gesta::follows<accounts>> {
  static constexpr auto id = "stock";
};
struct sales_count : gesta::projection<sales, gesta::follows<accounts>, gesta::ignoring<returned>> {
  static constexpr auto id = "sales";
};
struct journals : gesta::projection<journal> {
  static constexpr auto id = "journal";
};

struct shop : gesta::model<accounts, stocks, sales_count, journals> {};
struct other_order : gesta::model<journals, accounts, sales_count, stocks> {};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("an event is projected to every view that takes it, in the order of the model") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  seen.clear();
  app.handle("a", sell{2});
  CHECK(seen == lines{"stock sold", "sales sold", "journal sold"});

  auto other = gesta::start<other_order>(gesta::memory_store{});
  seen.clear();
  other.handle("a", sell{2});
  CHECK(seen == lines{"journal sold", "sales sold", "stock sold"});
}

TEST_CASE("events of one decision are projected one after another, each to all its views") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle("a", sell{5});
  seen.clear();
  app.handle("a", exchange{1, 3});
  CHECK(seen == lines{"stock returned", "stock sold", "sales sold", "journal sold"});
  CHECK(app.view<stock>().out == 7);
  CHECK(app.view<sales>().count == 2);
}

TEST_CASE("a refused command is projected nowhere") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  seen.clear();
  CHECK_FALSE(static_cast<bool>(app.handle("a", take_back{1})));
  CHECK(seen.empty());
}

TEST_CASE("a view knows key, version and position of what it projects") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle("ann", sell{1});
  app.handle("bob", sell{1});
  app.handle("ann", exchange{1, 1});
  CHECK(app.view<journal>().lines == lines{"ann v1 p1", "bob v1 p2", "ann v3 p4"});
}

TEST_CASE("a batch is projected at its commit, in order of position") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  {
    auto batch = app.batch();
    batch.handle("ann", sell{1});
    batch.handle("bob", sell{2});
    CHECK(app.view<stock>().out == 0);
    REQUIRE(batch.commit());
  }
  CHECK(app.view<stock>().out == 3);
  CHECK(app.view<journal>().lines == lines{"ann v1 p1", "bob v1 p2"});
}

TEST_CASE("views stand without a log: publish projects what it is given") {
  gesta::views<shop> views;
  seen.clear();
  views.publish(sold{4});
  CHECK(seen == lines{"stock sold", "sales sold", "journal sold"});
  CHECK(views.view<stock>().out == 4);
  CHECK(views.view<journal>().lines == lines{" v0 p0"});
  CHECK(gesta::views<shop>::take<returned>);
  CHECK_FALSE(gesta::views<shop>::take<sell>);
}
