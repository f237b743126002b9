#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

// Many commands in one unit of work, on stores in memory.
namespace {

struct deposited {
  int amount;
  static constexpr auto id = "deposited";
};
struct withdrawn {
  int amount;
  static constexpr auto id = "withdrawn";
};
struct deposit {
  int amount;
};
struct withdraw {
  int amount;
};
struct insufficient_funds {
  int missing;
  static constexpr auto id = "insufficient_funds";
};
struct account {
  int balance = 0;
};
void evolve(account& a, const deposited& e) { a.balance += e.amount; }
void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}
struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> {
  static constexpr auto id = "account";
};
struct total {
  int sum = 0;
};
void project(total& t, const deposited& e) { t.sum += e.amount; }
void project(total& t, const withdrawn& e) { t.sum -= e.amount; }
struct totals : gesta::projection<total, gesta::follows<accounts>> {
  static constexpr auto id = "total";
};
struct bank : gesta::model<accounts, totals> {};

bool is_repeated(const auto& outcome) { return outcome.repeated(); }

}  // namespace

TEST_CASE("a committed batch is kept whole, and the views follow") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto batch = app.batch();
  batch.handle("a", deposit{10});
  batch.handle("b", deposit{20});
  CHECK(static_cast<bool>(batch.handle("a", withdraw{4})));
  CHECK(app.state<accounts>("a").balance == 6);
  CHECK(app.view<total>().sum == 0);
  REQUIRE(batch.commit());
  CHECK(app.state<accounts>("a").balance == 6);
  CHECK(app.view<total>().sum == 26);
  CHECK(app.last_position() == 3);
}

TEST_CASE("a batch without commit leaves states, versions, outcomes, views and positions as they were") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("old", deposit{5});
  app.handle("old", deposit{6}, gesta::once{"test", 1});
  {
    auto batch = app.batch();
    batch.handle("old", deposit{10});
    batch.handle("new", deposit{20}, gesta::once{"test", 2});
    CHECK_FALSE(static_cast<bool>(batch.handle("new", withdraw{100}, gesta::once{"test", 3})));
    batch.handle("old", deposit{1});
  }
  CHECK(app.state<accounts>("old").balance == 11);
  CHECK(app.version<accounts>("old") == 2);
  CHECK(app.state<accounts>("new").balance == 0);
  CHECK(app.version<accounts>("new") == 0);
  CHECK(app.view<total>().sum == 11);
  CHECK(app.last_position() == 2);
  CHECK(is_repeated(app.handle("old", deposit{6}, gesta::once{"test", 1})));
  CHECK_FALSE(is_repeated(app.handle("new", deposit{20}, gesta::once{"test", 2})));
  CHECK_FALSE(is_repeated(app.handle("new", withdraw{100}, gesta::once{"test", 3})));
}

TEST_CASE("what comes after a batch that was taken back stands where the batch stood") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("a", deposit{1});
  { (void)app.batch().handle("a", deposit{2}); }
  app.handle("a", deposit{4});
  std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
  app.each_event([&](const auto&, const gesta::about& a) { all.emplace_back(a.position, a.version); });
  CHECK(all == std::vector<std::pair<std::uint64_t, std::uint64_t>>{{1, 1}, {2, 2}});
  CHECK(app.state<accounts>("a").balance == 5);
}

TEST_CASE("a refused command leaves the batch as it was") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto batch = app.batch();
  batch.handle("a", deposit{10});
  CHECK_FALSE(static_cast<bool>(batch.handle("a", withdraw{11})));
  CHECK_FALSE(static_cast<bool>(batch.handle("a", withdraw{11}, gesta::once{"test", 1})));
  REQUIRE(batch.commit());
  CHECK(app.state<accounts>("a").balance == 10);
  CHECK(is_repeated(app.handle("a", withdraw{11}, gesta::once{"test", 1})));
}

TEST_CASE("a request repeated within one batch gives its first outcome") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto batch = app.batch();
  CHECK_FALSE(is_repeated(batch.handle("a", deposit{10}, gesta::once{"test", 1})));
  CHECK(is_repeated(batch.handle("a", deposit{10}, gesta::once{"test", 1})));
  REQUIRE(batch.commit());
  CHECK(app.state<accounts>("a").balance == 10);
}

TEST_CASE("a name that is given to two appends of one batch is an error that says so, and the batch goes on") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const gesta::expected any = gesta::expected::any();
  const deposited ten{10}, seven{7};
  {
    auto batch = app.batch();
    REQUIRE(static_cast<bool>(batch.append(gesta::facts<accounts>("a", any, ten), gesta::once{"test", 1})));
    const auto again = batch.append(gesta::facts<accounts>("b", any, seven), gesta::once{"test", 1});
    REQUIRE_FALSE(static_cast<bool>(again));
    CHECK(again.why().why == gesta::failure::kind::duplicate);
    CHECK(std::string(again.why().describe()) == "the name test 1 was used twice in one batch");
    REQUIRE(static_cast<bool>(batch.append(gesta::facts<accounts>("b", gesta::expected::none()), gesta::once{"test", 2})));
    CHECK(batch.append(gesta::facts<accounts>("b", gesta::expected::none()), gesta::once{"test", 2}).why().why == gesta::failure::kind::duplicate);
    REQUIRE(static_cast<bool>(batch.append(gesta::facts<accounts>("b", any, seven), gesta::once{"other", 2})));
    REQUIRE(batch.commit());
  }
  CHECK(app.last_position() == 2);
  CHECK(app.view<total>().sum == 17);
  auto next = app.batch();
  CHECK(is_repeated(next.append(gesta::facts<accounts>("a", any, ten), gesta::once{"test", 1})));
  CHECK(is_repeated(next.append(gesta::facts<accounts>("b", gesta::expected::none()), gesta::once{"test", 2})));
  REQUIRE(next.commit());
  CHECK(app.last_position() == 2);
}

TEST_CASE("while a batch is open every command of the app belongs to it") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  {
    auto batch = app.batch();
    app.handle("a", deposit{10});
    CHECK(app.view<total>().sum == 0);
  }
  CHECK(app.version<accounts>("a") == 0);
}

TEST_CASE("a batch is over after its commit") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  {
    auto batch = app.batch();
    batch.handle("a", deposit{10});
    REQUIRE(batch.commit());
    app.handle("a", deposit{1});
  }
  CHECK(app.state<accounts>("a").balance == 11);
  CHECK(app.view<total>().sum == 11);
}

TEST_CASE("a second commit keeps nothing and says so") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto batch = app.batch();
  batch.handle("a", deposit{10});
  REQUIRE(batch.commit());
  CHECK_FALSE(batch.commit());
  CHECK(app.view<total>().sum == 10);
}

TEST_CASE("one batch after another, each taken back or kept, over many segments") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  int kept = 0;
  for (int round = 0; round < 40; ++round) {
    auto batch = app.batch();
    for (int i = 0; i < 1000; ++i) batch.handle("a", deposit{1});
    if (round % 3 == 0) {
      REQUIRE(batch.commit());
      kept += 1000;
    }
  }
  CHECK(app.state<accounts>("a").balance == kept);
  CHECK(app.version<accounts>("a") == static_cast<std::uint64_t>(kept));
  CHECK(app.view<total>().sum == kept);
  std::uint64_t count = 0;
  app.each_event([&](const auto&, const gesta::about& a) {
    ++count;
    if (a.position != count || a.version != count) FAIL("a gap at ", count);
  });
  CHECK(count == static_cast<std::uint64_t>(kept));
}

TEST_CASE("a full store fails the command within a batch, and the rest of the batch can be kept") {
  auto app = gesta::start<bank>(gesta::fixed_memory_store{1 << 20, 2, 4});
  auto batch = app.batch();
  const auto keeps = [](const auto& outcome) {
    return outcome.match([](const account&) { return true; }, [](const gesta::failure& f) {
      CHECK(f.why == gesta::failure::kind::full);
      return false;
    });
  };
  CHECK(keeps(batch.handle("a", deposit{1})));
  CHECK(keeps(batch.handle("b", deposit{2})));
  CHECK_FALSE(keeps(batch.handle("c", deposit{4})));
  REQUIRE(batch.commit());
  CHECK(app.view<total>().sum == 3);
  CHECK(app.last_position() == 2);
}

TEST_CASE("a batch that is taken back gives the places of its new entities back") {
  auto app = gesta::start<bank>(gesta::fixed_memory_store{1 << 20, 2, 4});
  {
    auto batch = app.batch();
    CHECK(static_cast<bool>(batch.handle("a", deposit{1})));
    CHECK(static_cast<bool>(batch.handle("b", deposit{1})));
  }
  CHECK(static_cast<bool>(app.handle("c", deposit{1})));
  CHECK(static_cast<bool>(app.handle("d", deposit{1})));
  CHECK_FALSE(static_cast<bool>(app.handle("e", deposit{1})));
}

TEST_CASE("a batch within a batch cannot be committed, and the outer one goes on") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  {
    auto outer = app.batch();
    outer.handle("a", deposit{1});
    {
      auto inner = app.batch();
      const auto committed = inner.commit();
      CHECK_FALSE(committed);
      CHECK(committed.why().why == gesta::failure::kind::busy);
    }
    outer.handle("a", deposit{2});
    REQUIRE(outer.commit());
  }
  CHECK(app.state<accounts>("a").balance == 3);
  CHECK(app.view<total>().sum == 3);
}

TEST_CASE("the end of a batch that is over does not end the next one") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  std::optional<decltype(app)::batch_type> next;
  {
    auto first = app.batch();
    first.handle("a", deposit{1});
    REQUIRE(first.commit());
    struct {
      decltype(app)& whole;
      operator decltype(app)::batch_type() const { return whole.batch(); }
    } opened{app};
    next.emplace(opened);
    next->handle("a", deposit{2});
  }
  CHECK(app.state<accounts>("a").balance == 3);
  REQUIRE(next->commit());
  CHECK(app.view<total>().sum == 3);
}
