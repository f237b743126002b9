#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/port_table.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>
#include <string_view>
#include <type_traits>

// One file only; what happens between files is in several_files/.
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
struct rest {};
struct insufficient_funds {
  std::string words;
  static constexpr auto id = "insufficient_funds";
};
struct resting {};  // says no name, so it cannot be the outcome of a numbered request
struct account {
  int balance = 0;
};
void evolve(account& a, const deposited& e) { a.balance += e.amount; }
void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
auto decide(const account&, const deposit& c) -> gesta::emits<deposited>::or_nothing {
  if (c.amount == 0) return gesta::no_change;
  return deposited{c.amount};
}
auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  if (c.amount > a.balance) return insufficient_funds{"short by " + std::to_string(c.amount - a.balance)};
  return withdrawn{c.amount};
}
auto decide(const account&, const rest&) -> gesta::emits<deposited>::or_rejects<resting> { return resting{}; }
struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw, rest>> {
  static constexpr auto id = "account";
};

struct order_no {
  int value;
};
struct placed {
  static constexpr auto id = "placed";
};
struct place {
  order_no order;
};
struct order {
  int placed = 0;
};
void evolve(order& o, const placed&) { ++o.placed; }
auto decide(const order&, const place&) -> gesta::emits<placed> { return placed{}; }
struct orders : gesta::aggregate<order, gesta::commands<place>, gesta::by<"order">> {
  static constexpr auto id = "order";
};

template <class Key>
struct ticked {
  static constexpr auto id = std::is_same_v<Key, gesta::dense> ? "ticked.dense" : "ticked.number";
};
template <class Key>
struct tick {};
template <class Key>
struct ticks {
  int count = 0;
};
void evolve(ticks<int>& t, const ticked<int>&) { ++t.count; }
void evolve(ticks<gesta::dense>& t, const ticked<gesta::dense>&) { ++t.count; }
auto decide(const ticks<int>&, const tick<int>&) -> gesta::emits<ticked<int>> { return ticked<int>{}; }
auto decide(const ticks<gesta::dense>&, const tick<gesta::dense>&) -> gesta::emits<ticked<gesta::dense>> { return ticked<gesta::dense>{}; }
template <class Key>
struct tickers : gesta::aggregate<ticks<Key>, gesta::commands<tick<Key>>> {
  static constexpr auto id = std::is_same_v<Key, gesta::dense> ? "ticker.dense" : "ticker.number";
  using key = Key;
};
struct total {
  int sum = 0;
};
void project(total& t, const deposited& e) { t.sum += e.amount; }
struct totals : gesta::projection<total> {
  static constexpr auto id = "total";
};

struct bank : gesta::model<accounts, orders, tickers<int>, tickers<gesta::dense>, totals> {};

std::string told(const auto& outcome) {
  return outcome.match([](const account& a) { return "balance " + std::to_string(a.balance); }, [](const insufficient_funds& no) { return no.words; },
                       [](const resting&) { return std::string("resting"); },
                       [](const gesta::conflict& c) { return "version " + std::to_string(c.actual); },
                       [](const gesta::failure& f) { return std::string("failed: ") + f.describe(); });
}

}  // namespace

TEST_CASE("a command through a port is handled by its app") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const gesta::port<accounts> port = app.port<accounts>();
  const auto outcome = port.handle("alice", deposit{100});
  CHECK(told(outcome) == "balance 100");
  CHECK(outcome.version() == 1);
  CHECK(outcome.position() == 1);
  CHECK(told(port.handle(std::string_view("alice"), withdraw{130})) == "short by 30");
  CHECK(told(port.handle(std::string("alice"), withdraw{30})) == "balance 70");
  CHECK(port.handle("alice", deposit{0}).position() == 0);
  CHECK(told(port.handle("alice", rest{})) == "resting");
  CHECK(app.state<accounts>("alice").balance == 70);
  CHECK(app.view<total>().sum == 100);
}

TEST_CASE("a port is copied, and two ports of one app are one way") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto first = app.port<accounts>();
  const auto second = first;
  CHECK(told(first.handle("a", deposit{1})) == "balance 1");
  CHECK(told(second.handle("a", deposit{1})) == "balance 2");
  CHECK(told(app.port<accounts>().handle("a", deposit{1})) == "balance 3");
  CHECK(std::is_trivially_copyable_v<gesta::port<accounts>>);
}

TEST_CASE("each app has ports of its own") {
  auto one = gesta::start<bank>(gesta::memory_store{});
  auto two = gesta::start<bank>(gesta::memory_store{});
  CHECK(told(one.port<accounts>().handle("a", deposit{1})) == "balance 1");
  CHECK(two.state<accounts>("a").balance == 0);
}

TEST_CASE("an outcome through a port can be a failure on every store, and is one type for all") {
  auto memory = gesta::start<bank>(gesta::memory_store{});
  auto fixed = gesta::start<bank>(gesta::fixed_memory_store{1 << 20, 1, 0});
  const auto port = fixed.port<accounts>();
  CHECK(told(port.handle("a", deposit{1})) == "balance 1");
  CHECK(told(port.handle("b", deposit{1})) == "failed: the store has no room left for entities");
  CHECK(std::is_same_v<decltype(port.handle("a", deposit{1})), decltype(memory.port<accounts>().handle("a", deposit{1}))>);
  CHECK(decltype(port.handle("a", deposit{1}))::can_fail);
}

TEST_CASE("a numbered request through a port is handled once, and its refusal is kept") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto port = app.port<accounts>();
  CHECK(told(port.handle("a", withdraw{30}, gesta::once{"test", 1})) == "short by 30");
  CHECK(told(port.handle("a", deposit{100}, gesta::once{"test", 2})) == "balance 100");
  const auto again = port.handle("a", withdraw{30}, gesta::once{"test", 1});
  CHECK(again.repeated());
  CHECK(told(again) == "short by 30");
  CHECK(port.handle("a", deposit{100}, gesta::once{"test", 2}).repeated());
  CHECK(app.handle("a", deposit{100}, gesta::once{"test", 2}).repeated());
}

TEST_CASE("an expected version through a port is compared, alone and with a number") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto port = app.port<accounts>();
  CHECK(told(port.handle("a", deposit{1}, gesta::expected{1})) == "version 0");
  CHECK(told(port.handle("a", deposit{1}, gesta::expected{0})) == "balance 1");
  CHECK(told(port.handle("a", deposit{1}, gesta::once{"test", 1}, gesta::expected{0})) == "version 1");
  CHECK(told(port.handle("a", deposit{1}, gesta::expected{1}, gesta::once{"test", 1})) == "balance 2");
  CHECK(port.handle("a", deposit{1}, gesta::expected{1}, gesta::once{"test", 1}).repeated());
}

TEST_CASE("keys pass through a port as what they are: in a field, as a number, dense") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  CHECK(static_cast<bool>(app.port<orders>().handle(place{{7}})));
  CHECK(app.state<orders>(order_no{7}).placed == 1);
  CHECK(static_cast<bool>(app.port<tickers<int>>().handle(-3, tick<int>{})));
  CHECK(app.state<tickers<int>>(-3).count == 1);
  CHECK(static_cast<bool>(app.port<tickers<gesta::dense>>().handle(5u, tick<gesta::dense>{})));
  CHECK(app.state<tickers<gesta::dense>>(5u).count == 1);
}

TEST_CASE("commands through a port belong to an open batch") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto port = app.port<accounts>();
  {
    auto batch = app.batch();
    CHECK(told(port.handle("a", deposit{1})) == "balance 1");
  }
  CHECK(app.state<accounts>("a").balance == 0);
}

TEST_CASE("a file that sees another contract gets a failure, and nothing is done") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  // As a file would see it that has read an older header: a table whose contracts are others.
  static gesta::detail::port_entry old[] = {{1, nullptr, nullptr, nullptr}, {2, nullptr, nullptr, nullptr}, {3, nullptr, nullptr, nullptr}};
  const gesta::port<accounts> port(&app, old);
  port.handle("a", deposit{1}).match([](const account&) { FAIL("it was handled"); },
                                     [](const gesta::failure& f) {
                                       CHECK(f.why == gesta::failure::kind::differs);
                                       CHECK(std::string(f.describe()).find("\"account\"") != std::string::npos);
                                     });
  CHECK(app.last_position() == 0);
}
