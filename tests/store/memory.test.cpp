#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <csignal>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

// The stores in memory, as a program meets them: growing, full, keeping the last.
namespace {

struct added {
  std::uint64_t n;
  static constexpr auto id = "added";
};
struct noted {
  std::uint64_t n;
  gesta::list<std::uint64_t, 100> rest;
  static constexpr auto id = "noted";
};
struct add {
  std::uint64_t n;
};
struct note {
  std::uint64_t n;
};
struct add_many {
  std::uint64_t count;
};
struct refuse {};
struct refused {
  std::uint64_t n;
  static constexpr auto id = "refused";
};
struct book {
  std::uint64_t sum = 0, count = 0;
};
void evolve(book& b, const added& e) { b.sum += e.n, ++b.count; }
void evolve(book& b, const noted& e) { b.sum += e.n, ++b.count; }
auto decide(const book&, const add& c) -> gesta::emits<added> { return added{c.n}; }
auto decide(const book&, const note& c) -> gesta::emits<added, noted> { return gesta::emit(added{c.n}, noted{c.n, {}}); }
/// The numbers from 0 on, as a range.
struct counted {
  std::uint64_t end_;
  struct at {
    std::uint64_t n;
    std::uint64_t operator*() const { return n; }
    at& operator++() { return ++n, *this; }
    bool operator!=(at other) const { return n != other.n; }
  };
  at begin() const { return {0}; }
  at end() const { return {end_}; }
};
counted numbers{0};
auto decide(const book&, const add_many& c) -> gesta::emits<gesta::many<added>> {
  numbers = {c.count};
  return gesta::each(numbers, [](std::uint64_t) { return added{1}; });
}
auto decide(const book& b, const refuse&) -> gesta::emits<added>::or_rejects<refused> { return refused{b.sum}; }
struct books : gesta::aggregate<book, gesta::commands<add, note, add_many, refuse>> {
  static constexpr auto id = "book";
};
struct total {
  std::uint64_t sum = 0;
};
void project(total& t, const added& e) { t.sum += e.n; }
void project(total& t, const noted& e) { t.sum += e.n; }
struct totals : gesta::projection<total, gesta::follows<books>> {
  static constexpr auto id = "total";
};
struct library : gesta::model<books, totals> {};
struct lean_library : gesta::model<books, totals, gesta::lean> {};

bool is_full(const auto& outcome) {
  return outcome.match([](const book&) { return false; }, [](const refused&) { return false; }, [](const gesta::failure& f) {
    CHECK(f.why == gesta::failure::kind::full);
    return true;
  });
}

constexpr std::size_t megabyte = std::size_t{1} << 20;

}  // namespace

TEST_CASE("the growing store keeps every event of many entities over many segments") {
  auto app = gesta::start<library>(gesta::memory_store{});
  std::uint64_t sum = 0;
  for (std::uint64_t n = 0; n < 60000; ++n) {
    app.handle(std::to_string(n % 5000), add{n});
    sum += n;
  }
  CHECK(app.view<total>().sum == sum);
  CHECK(app.version<books>("4999") == 12);
  std::uint64_t position = 0, again = 0;
  app.each_event([&](const auto& e, const gesta::about& a) {
    REQUIRE(a.position == ++position);
    again += e.n;
  });
  CHECK(position == 60000);
  CHECK(again == sum);
}

TEST_CASE("an outcome in the growing store cannot be a failure") {
  CHECK_FALSE(decltype(gesta::start<library>(gesta::memory_store{}))::can_fail);
  CHECK(decltype(gesta::start<library>(gesta::fixed_memory_store{}))::can_fail);
  CHECK_FALSE(decltype(gesta::start<library>(gesta::last_records_store{}))::can_fail);
}

TEST_CASE("a fixed store without room for events fails, and nothing has changed") {
  auto app = gesta::start<lean_library>(gesta::fixed_memory_store{megabyte, 4, 100});
  std::uint64_t n = 0;
  while (!is_full(app.handle("a", add{1}))) ++n;
  CHECK(n == megabyte / 32);
  CHECK(app.state<books>("a").count == n);
  CHECK(app.version<books>("a") == n);
  CHECK(app.last_position() == n);
  CHECK(app.view<total>().sum == n);
  CHECK(is_full(app.handle("b", add{1})));
  CHECK(app.version<books>("b") == 0);
  CHECK(is_full(app.handle("a", add{1})));
  CHECK_FALSE(is_full(app.handle("a", refuse{})));
}

TEST_CASE("a command whose second event does not fit leaves not even the first") {
  auto app = gesta::start<lean_library>(gesta::fixed_memory_store{megabyte, 4, 100});
  const std::uint64_t room = megabyte / 32;
  for (std::uint64_t n = 0; n + 1 < room; ++n) REQUIRE_FALSE(is_full(app.handle("a", add{1})));
  CHECK(is_full(app.handle("a", note{5})));
  CHECK(app.state<books>("a").sum == room - 1);
  CHECK(app.version<books>("a") == room - 1);
  CHECK(app.view<total>().sum == room - 1);
  CHECK(is_full(app.handle("new", note{5}, gesta::once{"test", 1})));
  CHECK(app.version<books>("new") == 0);
  // One place is left and can still be used.
  CHECK_FALSE(is_full(app.handle("a", add{1}, gesta::once{"test", 1})));
  CHECK(app.state<books>("a").sum == room);
}

TEST_CASE("a run of events that does not fit leaves none of them") {
  auto app = gesta::start<lean_library>(gesta::fixed_memory_store{2 * megabyte, 4, 100});
  REQUIRE_FALSE(is_full(app.handle("a", add_many{1000})));
  CHECK(is_full(app.handle("a", add_many{100000})));
  CHECK(app.state<books>("a").count == 1000);
  CHECK(app.last_position() == 1000);
  CHECK(app.view<total>().sum == 1000);
  CHECK_FALSE(is_full(app.handle("a", add_many{1000})));
  CHECK(app.state<books>("a").count == 2000);
}

TEST_CASE("a fixed store without room for entities fails; those that are there go on") {
  auto app = gesta::start<library>(gesta::fixed_memory_store{megabyte, 2, 100});
  CHECK_FALSE(is_full(app.handle("a", add{1})));
  CHECK_FALSE(is_full(app.handle("b", add{1})));
  CHECK(is_full(app.handle("c", add{1})));
  CHECK_FALSE(is_full(app.handle("c", refuse{})));
  CHECK_FALSE(is_full(app.handle("b", add{1})));
  CHECK(app.last_position() == 3);
}

TEST_CASE("a fixed store without room for outcomes fails, and the events of the request are not kept") {
  auto app = gesta::start<library>(gesta::fixed_memory_store{megabyte, 4, 2});
  CHECK_FALSE(is_full(app.handle("a", add{1}, gesta::once{"test", 1})));
  CHECK_FALSE(is_full(app.handle("a", refuse{}, gesta::once{"test", 2})));
  CHECK(is_full(app.handle("a", add{1}, gesta::once{"test", 3})));
  CHECK(is_full(app.handle("a", refuse{}, gesta::once{"test", 4})));
  CHECK(app.last_position() == 1);
  CHECK(app.view<total>().sum == 1);
  CHECK_FALSE(is_full(app.handle("a", add{1})));
  CHECK(app.handle("a", add{1}, gesta::once{"test", 1}).repeated());
}

TEST_CASE("outcomes grow where a fixed store says no number of them") {
  auto app = gesta::start<library>(gesta::fixed_memory_store{4 * megabyte, 4, 0});
  for (std::uint64_t n = 0; n < 10000; ++n) REQUIRE_FALSE(is_full(app.handle("a", add{1}, gesta::once{"test", n})));
  CHECK(app.handle("a", add{1}, gesta::once{"test", 9999}).repeated());
}

TEST_CASE("the last-records store goes on for ever: states and views are whole, old records are gone") {
  auto app = gesta::start<lean_library>(gesta::last_records_store{2 * megabyte, 4, 4});
  const std::uint64_t all = 200000;
  for (std::uint64_t n = 0; n < all; ++n) app.handle(n % 2 == 0 ? "even" : "odd", add{1});
  CHECK(app.state<books>("even").count == all / 2);
  CHECK(app.version<books>("odd") == all / 2);
  CHECK(app.view<total>().sum == all);
  CHECK(app.last_position() == all);
  std::uint64_t first = 0, last = 0, count = 0;
  app.each_event([&](const auto&, const gesta::about& a) {
    if (first == 0) first = a.position;
    REQUIRE(a.position == first + count);
    ++count;
    last = a.position;
  });
  CHECK(last == all);
  CHECK(count >= megabyte / 32);
  CHECK(count <= 2 * megabyte / 32);
}

TEST_CASE("the last-records store takes more entities and outcomes than have their place from the start") {
  auto app = gesta::start<library>(gesta::last_records_store{2 * megabyte, 2, 2});
  for (std::uint64_t n = 0; n < 100; ++n) app.handle(std::to_string(n), add{n}, gesta::once{"test", n});
  for (std::uint64_t n = 0; n < 100; ++n) {
    CHECK(app.state<books>(std::to_string(n)).sum == n);
    CHECK(app.handle(std::to_string(n), add{n}, gesta::once{"test", n}).repeated());
  }
}

TEST_CASE("a decision of many events is folded and projected whole in the last-records store") {
  auto app = gesta::start<lean_library>(gesta::last_records_store{2 * megabyte, 4, 4});
  for (std::uint64_t n = 1; n <= 10; ++n) {
    app.handle("a", add_many{30000});
    REQUIRE(app.state<books>("a").count == n * 30000);
    REQUIRE(app.version<books>("a") == n * 30000);
    REQUIRE(app.view<total>().sum == n * 30000);
  }
}

namespace {

/// Whether f, run in a child, is ended by std::abort.
template <class F>
bool aborts(F f) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    f();
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

TEST_CASE("a decision larger than the last-records store ends the program, and so does an event of more than a megabyte") {
  const auto adds = [](std::uint64_t count) {
    return [count] {
      auto app = gesta::start<lean_library>(gesta::last_records_store{2 * megabyte, 4, 4});
      app.handle("a", add_many{count});
    };
  };
  CHECK_FALSE(aborts(adds(30000)));
  CHECK(aborts(adds(300000)));
  CHECK(aborts([] {
    gesta::detail::records<false, gesta::detail::when_full::reuse> records(4096, 2);
    (void)records.put(0, 0, 0, 1, 0, gesta::origin{}, gesta::list<std::uint64_t, 600>{});
  }));
}
