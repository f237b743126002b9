// The promise of model/event_of.hpp: the events of a model as one variant, to be visited in the order of the log.
#include <gesta/model/event_of.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

namespace {

struct opened_1  { static constexpr auto id = "account.opened"; };
struct opened    { int limit; static constexpr auto id = gesta::event_id{"account.opened", 2}; };
struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct withdrawn { int amount; static constexpr auto id = "account.withdrawn"; };
struct deposit   { int amount; };
struct withdraw  { int amount; };

struct account { int balance = 0; };

constexpr opened upcast(const opened_1&) { return {0}; }
constexpr void evolve(account&, const opened&) {}
constexpr void evolve(account& a, const deposited& e) { a.balance += e.amount; }
constexpr void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }

constexpr auto decide(const account& a, const deposit& c) -> gesta::emits<opened, deposited>::or_nothing {
  if (c.amount == 0) return gesta::no_change;
  if (a.balance == 0) return gesta::emit(opened{10}, deposited{c.amount});
  return deposited{c.amount};
}
constexpr auto decide(const account&, const withdraw& c) -> gesta::emits<withdrawn> { return withdrawn{c.amount}; }

struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> { static constexpr auto id = "account"; };
struct bank : gesta::model<accounts, gesta::history<opened_1>> {};
struct silent : gesta::model<> {};

struct sum_up {
  int operator()(const opened& e) const { return e.limit * 1000; }
  int operator()(const deposited& e) const { return e.amount; }
  int operator()(const withdrawn& e) const { return -e.amount; }
};

void make_entries(auto& app) {
  app.handle("alice", deposit{100}).match([](const account&) {}, [](gesta::nothing) {});
  app.handle("bob", withdraw{30});
}

}  // namespace

// Current events only, each once, in order.
static_assert(std::is_same_v<gesta::event_of<bank>, std::variant<opened, deposited, withdrawn>>);
static_assert(std::is_same_v<gesta::event_of<silent>, std::variant<std::monostate>>);
static_assert([] {
  int seen = 0;
  auto visit = gesta::as_variant<bank>([&](const gesta::event_of<bank>& event) { seen = std::get<withdrawn>(event).amount; });
  visit(withdrawn{30});
  return seen == 30;
}());

TEST_CASE("every event of the log is visited as a variant, in order, with what surrounds it") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  make_entries(app);
  std::vector<std::pair<std::size_t, int>> seen;
  std::vector<std::uint64_t> positions, versions;
  CHECK(app.each_event(gesta::as_variant<bank>([&](const gesta::event_of<bank>& event, const gesta::about& a) {
    seen.emplace_back(event.index(), std::visit(sum_up{}, event));
    positions.push_back(a.position);
    versions.push_back(a.version);
  })));
  CHECK(seen == std::vector<std::pair<std::size_t, int>>{{0, 10'000}, {1, 100}, {2, -30}});
  CHECK(positions == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(versions == std::vector<std::uint64_t>{1, 2, 1});
}

TEST_CASE("a visitor that does not want to know what surrounds the event need not take it") {
  auto app = gesta::start<bank>(gesta::memory_store{});
  make_entries(app);
  int sum = 0;
  CHECK(app.each_event(gesta::as_variant<bank>([&](const gesta::event_of<bank>& event) { sum += std::visit(sum_up{}, event); })));
  CHECK(sum == 10'070);
}

TEST_CASE("a function object that cannot be copied is moved in, and keeps what it counts") {
  struct counter {
    counter() = default;
    counter(counter&&) = default;
    void operator()(const gesta::event_of<bank>&) { ++calls; }
    int calls = 0;
  };
  auto visit = gesta::as_variant<bank>(counter{});
  visit(opened{1});
  visit(deposited{2}, gesta::about{});
  CHECK(visit.visit.calls == 2);
}
