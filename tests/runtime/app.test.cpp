#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>
#include <string_view>
#include <vector>

// One command through an app in memory: what it leaves, what it answers, what a verb is told.
namespace {

struct deposited {
  int amount;
  static constexpr auto id = "account.deposited";
};
struct withdrawn {
  int amount;
  static constexpr auto id = "account.withdrawn";
};
struct closed {
  static constexpr auto id = "account.closed";
};
struct deposit {
  int amount;
};
struct withdraw {
  int amount;
};
struct close {};
struct split {
  int parts;
};
struct pay_out_all {};
struct insufficient_funds {
  int missing;
  static constexpr auto id = "insufficient_funds";
};
struct already_closed {
  static constexpr auto id = "already_closed";
};
struct account {
  int balance = 0;
  bool closed = false;
  gesta::list<int, 8> deposits;
};
void evolve(account& a, const deposited& e) {
  a.balance += e.amount;
  (void)a.deposits.push_back(e.amount);
}
void evolve(account& a, const withdrawn& e) {
  a.balance -= e.amount;
  if (!a.deposits.empty()) a.deposits.pop_back();
}
void evolve(account& a, const closed&) { a.closed = true; }
auto decide(const account& a, const deposit& c) -> gesta::emits<deposited>::or_rejects<already_closed> {
  if (a.closed) return already_closed{};
  return deposited{c.amount};
}
auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds, already_closed> {
  if (a.closed) return already_closed{};
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}
auto decide(const account& a, const close&) -> gesta::emits<withdrawn, closed>::or_nothing {
  if (a.closed) return gesta::no_change;
  if (a.balance == 0) return closed{};
  return gesta::emit(withdrawn{a.balance}, closed{});
}
auto decide(const account& a, const pay_out_all&) -> gesta::emits<gesta::many<withdrawn>, closed> {
  return gesta::emit(gesta::each(a.deposits, [](int amount) { return withdrawn{amount}; }), closed{});
}
constexpr gesta::list<int, 8> ones{1, 1, 1, 1, 1, 1, 1, 1};
constexpr gesta::list<int, 8> no_ones{};
auto decide(const account&, const split& c) -> gesta::emits<gesta::many<deposited>> {
  return gesta::each(c.parts == 0 ? no_ones : ones, [](int amount) { return deposited{amount}; });
}
struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw, close, split, pay_out_all>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};

int balance(const auto& outcome) {
  return outcome.match([](const account& a) { return a.balance; }, [](const insufficient_funds& no) { return -no.missing; },
                       [](const already_closed&) { return -1000000; });
}

}  // namespace

TEST_CASE("an accepted command gives the new state, its version and its position") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  app.handle("bob", deposit{1}).match([](const auto&) {});
  const auto outcome = app.handle("alice", deposit{100});
  CHECK(balance(outcome) == 100);
  CHECK(outcome.version() == 1);
  CHECK(outcome.position() == 2);
  CHECK(app.state<accounts>("alice").balance == 100);
  CHECK(app.version<accounts>("alice") == 1);
  CHECK(app.last_position() == 2);
}

TEST_CASE("a refused command leaves no event, no entity and the old state") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto first = app.handle("alice", withdraw{30});
  CHECK(balance(first) == -30);
  CHECK(first.version() == 0);
  CHECK(app.last_position() == 0);
  CHECK(app.version<accounts>("alice") == 0);
  CHECK(static_cast<bool>(app.handle("alice", deposit{100})));
  CHECK(balance(app.handle("alice", withdraw{130})) == -30);
  CHECK(app.state<accounts>("alice").balance == 100);
  CHECK(app.version<accounts>("alice") == 1);
}

TEST_CASE("nothing to do is accepted, without an event") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  CHECK(app.handle("alice", close{}).position() == 1);
  const auto again = app.handle("alice", close{});
  CHECK(static_cast<bool>(again));
  CHECK(again.position() == 0);
  CHECK(again.version() == 1);
  CHECK(app.last_position() == 1);
}

TEST_CASE("nothing to do on an entity without events leaves it so") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto outcome = app.handle("alice", split{0});
  CHECK(static_cast<bool>(outcome));
  CHECK(outcome.version() == 0);
  CHECK(outcome.position() == 0);
  CHECK(app.last_position() == 0);
}

TEST_CASE("an empty run of events after others' events has no position") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  REQUIRE(static_cast<bool>(app.handle("bob", deposit{1})));
  CHECK(app.handle("alice", split{0}).position() == 0);
  CHECK(app.handle("alice", split{0}, gesta::once{"test", 1}).position() == 0);
  CHECK(app.handle("alice", split{0}, gesta::once{"test", 1}).position() == 0);
}

TEST_CASE("several events are kept and folded in the order of the contract") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  REQUIRE(static_cast<bool>(app.handle("alice", deposit{100})));
  const auto outcome = app.handle("alice", close{});
  CHECK(outcome.version() == 3);
  CHECK(outcome.position() == 3);
  CHECK(app.state<accounts>("alice").balance == 0);
  std::vector<std::string> kept;
  app.each_event([&](const auto& event, const gesta::about& a) {
    kept.push_back(std::string(a.key.data, a.key.size) + " v" + std::to_string(a.version) + " p" + std::to_string(a.position) + " " + event.id);
  });
  CHECK(kept == std::vector<std::string>{"alice v1 p1 account.deposited", "alice v2 p2 account.withdrawn", "alice v3 p3 account.closed"});
}

TEST_CASE("a range within the state may be read while its events change the state") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  for (const int amount : {5, 7, 11}) REQUIRE(static_cast<bool>(app.handle("alice", deposit{amount})));
  const auto outcome = app.handle("alice", pay_out_all{});
  CHECK(outcome.version() == 7);
  CHECK(app.state<accounts>("alice").balance == 0);
  CHECK(app.state<accounts>("alice").closed);
  std::vector<int> amounts;
  app.each_event([&](const auto& event, const gesta::about&) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(event)>, withdrawn>) amounts.push_back(event.amount);
  });
  CHECK(amounts == std::vector<int>{5, 7, 11});
}

TEST_CASE("a key may be any kind of text, and what it is made of may go") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  {
    std::string key = "alice";
    REQUIRE(static_cast<bool>(app.handle(key, deposit{1})));
    key = "xxxxx";
  }
  CHECK(app.handle(std::string_view("alice"), deposit{1}).version() == 2);
  CHECK(app.handle(gesta::text<8>("alice"), deposit{1}).version() == 3);
  const char* const pointer = "alice";
  CHECK(app.handle(pointer, deposit{1}).version() == 4);
  CHECK(app.handle("", deposit{1}).version() == 1);
  CHECK(app.handle(std::string(1000, 'k'), deposit{1}).version() == 1);
  CHECK(app.version<accounts>(std::string(1000, 'k')) == 1);
}

// ---- once

TEST_CASE("a repeated request gives the first outcome and decides nothing") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const gesta::once request{"test", 1};
  const auto first = app.handle("alice", deposit{100}, request);
  CHECK_FALSE(first.repeated());
  REQUIRE(static_cast<bool>(app.handle("alice", deposit{50})));
  const auto again = app.handle("alice", deposit{100}, request);
  CHECK(again.repeated());
  CHECK(again.version() == 1);
  CHECK(again.position() == 1);
  CHECK(balance(again) == 150);  // the state is the one of now
  CHECK(app.last_position() == 2);
}

TEST_CASE("a refused request stays refused, though it could now be done") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const gesta::once request{"test", 1};
  CHECK(balance(app.handle("alice", withdraw{30}, request)) == -30);
  REQUIRE(static_cast<bool>(app.handle("alice", deposit{100})));
  const auto again = app.handle("alice", withdraw{30}, request);
  CHECK(again.repeated());
  CHECK(balance(again) == -30);
  CHECK(app.state<accounts>("alice").balance == 100);
  CHECK(balance(app.handle("alice", withdraw{30}, gesta::once{"test", 2})) == 70);
}

TEST_CASE("each of several rejections is remembered as itself") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  REQUIRE(static_cast<bool>(app.handle("shut", close{})));
  const auto poor = [&] { return balance(app.handle("alice", withdraw{3}, gesta::once{"test", 1})); };
  const auto shut = [&] { return balance(app.handle("shut", withdraw{3}, gesta::once{"test", 2})); };
  CHECK(poor() == -3);
  CHECK(shut() == -1000000);
  CHECK(poor() == -3);
  CHECK(shut() == -1000000);
}

TEST_CASE("nothing to do is remembered too") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  REQUIRE(static_cast<bool>(app.handle("alice", close{})));
  CHECK_FALSE(app.handle("alice", close{}, gesta::once{"test", 1}).repeated());
  const auto again = app.handle("alice", close{}, gesta::once{"test", 1});
  CHECK(again.repeated());
  CHECK(again.position() == 0);
}

TEST_CASE("the same number of another source is another request, and the name of a source is copied") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  std::string source = "first";
  CHECK_FALSE(app.handle("alice", deposit{1}, gesta::once{source.c_str(), 1}).repeated());
  source = "other";
  CHECK_FALSE(app.handle("alice", deposit{1}, gesta::once{source.c_str(), 1}).repeated());
  CHECK(app.handle("alice", deposit{1}, gesta::once{"first", 1}).repeated());
  CHECK(app.handle("alice", deposit{1}, gesta::once{"other", 1}).repeated());
  CHECK(app.version<accounts>("alice") == 2);
}

TEST_CASE("many requests of many sources are all remembered") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  std::vector<std::string> sources;
  for (int i = 0; i < 500; ++i) sources.push_back("sender " + std::to_string(i));
  for (int round = 0; round < 2; ++round)
    for (std::uint64_t n = 0; n < 3000; ++n) REQUIRE(app.handle("alice", deposit{1}, gesta::once{sources[n % 500].c_str(), n / 500 * 1000003}).repeated() == (round == 1));
  CHECK(app.version<accounts>("alice") == 3000);
}

// ---- expected version

TEST_CASE("another version than expected is a conflict, and nothing is decided") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto told = [](const auto& outcome) {
    return outcome.match([](const account&) { return -1; }, [](const already_closed&) { return -2; },
                         [](const gesta::conflict& c) { return static_cast<int>(c.actual); });
  };
  CHECK(told(app.handle("alice", deposit{1}, gesta::expected{1})) == 0);
  CHECK(told(app.handle("alice", deposit{1}, gesta::expected{0})) == -1);
  CHECK(told(app.handle("alice", deposit{1}, gesta::expected{0})) == 1);
  CHECK(told(app.handle("alice", deposit{1}, gesta::expected{1})) == -1);
  CHECK(app.version<accounts>("alice") == 2);
}

TEST_CASE("once and expected stand in any order, and a repetition is no conflict") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto is_repeated = [](const auto& outcome) { return static_cast<bool>(outcome) && outcome.repeated(); };
  CHECK_FALSE(is_repeated(app.handle("alice", deposit{1}, gesta::once{"test", 1}, gesta::expected{0})));
  CHECK(is_repeated(app.handle("alice", deposit{1}, gesta::expected{0}, gesta::once{"test", 1})));
}

TEST_CASE("a conflict is not remembered: the request may be made again with the right version") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  CHECK_FALSE(static_cast<bool>(app.handle("alice", deposit{1}, gesta::expected{5}, gesta::once{"test", 1})));
  const auto outcome = app.handle("alice", deposit{1}, gesta::expected{0}, gesta::once{"test", 1});
  CHECK(static_cast<bool>(outcome));
  CHECK_FALSE(outcome.repeated());
}
