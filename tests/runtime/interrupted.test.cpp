// Commands that do not come to their end: a verb throws, or the batch is none. Nothing half done is kept.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <string>

#include "../folder.hpp"

namespace {

struct placed { int order; static constexpr auto id = "placed"; };
struct paid { int order; static constexpr auto id = "paid"; };
struct noted { int line; static constexpr auto id = "noted"; };
struct place { int order; };
struct pay { int order; };
struct note { gesta::list<int, 8> lines; };

[[maybe_unused]] bool is_down = false;
void fall_over() {
#if defined(__cpp_exceptions)
  if (is_down) throw 1;
#endif
}

struct order {
  int count = 0;
};
void evolve(order& o, const placed&) { ++o.count; }
void evolve(order& o, const noted& e) { o.count += e.line; }
auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.order}; }
auto decide(const order&, const note& c) -> gesta::emits<gesta::many<noted>> {
  return gesta::each(c.lines, [](int line) {
    if (line == 3) fall_over();
    return noted{line};
  });
}
struct orders : gesta::aggregate<order, gesta::commands<place, note>> {
  static constexpr auto id = "order";
};
struct payment {
  int count = 0;
};
void evolve(payment& p, const paid&) { ++p.count; }
auto decide(const payment&, const pay& c) -> gesta::emits<paid> {
  fall_over();
  return paid{c.order};
}
struct payments : gesta::aggregate<payment, gesta::commands<pay>, gesta::by<"order">> {
  static constexpr auto id = "payment";
};
struct billing {
  static constexpr auto id = "billing";
};
auto react(const billing&, const placed& e) -> pay { return pay{e.order}; }
struct seen {
  int placed_count = 0, paid_count = 0;
};
void project(seen& s, const placed&) { ++s.placed_count; }
void project(seen& s, const paid&) { ++s.paid_count; }
struct all_seen : gesta::projection<seen, gesta::follows<orders, payments>, gesta::ignoring<noted>> {
  static constexpr auto id = "seen";
};
struct shop : gesta::model<orders, payments, gesta::reactors<billing>, all_seen> {};

const auto fine = [](const auto&) {};
const auto why = [](const auto& outcome) {
  return outcome.match([](const auto&) { return gesta::failure::kind::full; }, [](const gesta::failure& f) { return f.why; });
};

#if defined(__cpp_exceptions)
/// Whether the call throws while the service is down.
template <class Call>
bool throws(Call&& call) {
  is_down = true;
  bool thrown = false;
  try {
    call();
  } catch (int) {
    thrown = true;
  }
  is_down = false;
  return thrown;
}

template <class App>
void check_nothing_half_done(App& app) {
  CHECK(throws([&] { app.handle("a", place{1}).match(fine); }));
  CHECK(app.last_position() == 0);
  CHECK(app.template version<orders>("a") == 0);
  CHECK(throws([&] { app.handle("b", note{{1, 2, 3}}).match(fine); }));
  CHECK(app.last_position() == 0);
  CHECK(app.template state<orders>("b").count == 0);
  app.handle("a", place{1}).match(fine);
  CHECK(app.last_position() == 2);
  CHECK(app.template view<seen>().placed_count == 1);
  CHECK(app.template view<seen>().paid_count == 1);
}
#endif

}  // namespace

#if defined(__cpp_exceptions)
TEST_CASE("a decision that throws, the one of a reactor's command too, leaves nothing of its command") {
  auto in_memory = gesta::start<shop>(gesta::memory_store{});
  check_nothing_half_done(in_memory);
  const folder f;
  auto in_file = gesta::start<shop>(gesta::sqlite_store{.path = f / "a.db"});
  check_nothing_half_done(in_file);
}

TEST_CASE("thrown within a batch in memory it takes its own command back, and the batch goes on") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto batch = app.batch();
  batch.handle("a", place{1}).match(fine);
  CHECK(throws([&] { batch.handle("a", place{2}).match(fine); }));
  CHECK(throws([&] { batch.handle("b", note{{1, 3}}).match(fine); }));
  CHECK(app.state<orders>("a").count == 1);
  CHECK(batch.commit());
  CHECK(app.last_position() == 2);
  CHECK(app.view<seen>().placed_count == 1);
  CHECK(app.version<orders>("b") == 0);
}

TEST_CASE("thrown within a batch of a file the batch is lost, and says so") {
  const folder f;
  auto app = gesta::start<shop>(gesta::sqlite_store{.path = f / "a.db"});
  {
    auto batch = app.batch();
    batch.handle("a", place{1}).match(fine);
    CHECK(throws([&] { batch.handle("a", place{2}).match(fine); }));
    const auto kept = batch.commit();
    CHECK_FALSE(kept);
    CHECK(kept.why().why == gesta::failure::kind::interrupted);
  }
  CHECK(app.last_position() == 0);
  app.handle("a", place{1}).match(fine);
  CHECK(app.last_position() == 2);
}
#endif

TEST_CASE("a batch that could not begin decides nothing, and neither does one that is over") {
  const folder f;
  auto one = gesta::start<shop>(gesta::sqlite_store{.path = f / "a.db"});
  auto other = gesta::start<shop>(gesta::sqlite_store{.path = f / "a.db", .patience_milliseconds = 0});
  auto first = one.batch();
  first.handle("a", place{1}).match(fine);
  auto second = other.batch();
  CHECK(why(second.handle("b", place{2})) == gesta::failure::kind::busy);
  CHECK(first.commit());
  CHECK(why(first.handle("c", place{3})) == gesta::failure::kind::busy);
  CHECK(why(second.handle("b", place{2})) == gesta::failure::kind::busy);
  CHECK_FALSE(second.commit());
  CHECK(one.last_position() == 2);
  auto again = gesta::start<shop>(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(again.last_position() == 2);
}

TEST_CASE("no sender can take the name under which a reactor's requests are remembered") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  app.handle("a", place{1});
  for (std::uint64_t number = 0; number < 4; ++number)
    CHECK_FALSE(app.handle("a", place{2}, gesta::once{"billing", std::uint64_t{1} << 16 | number}).repeated());
  CHECK(app.state<orders>("a").count == 5);
  CHECK(app.view<seen>().paid_count == 5);
}

TEST_CASE("a fixed store of no size has the least that one can have") {
  auto app = gesta::start<shop>(gesta::fixed_memory_store{.bytes = 0, .streams = 0});
  app.handle("a", place{1}).match(fine);
  CHECK(app.last_position() == 2);
  CHECK(why(app.handle("b", place{1})) == gesta::failure::kind::full);
  CHECK(app.last_position() == 2);
}
