// A feed hands over the log without a gap and without a repetition, also over a restore, and only what is of its log.
// (What holds for every store is said by the laws: testing/laws/store_table.hpp.)
#include <gesta/gesta.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/transport/in_process.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../folder.hpp"

namespace {

struct noted { int number; static constexpr auto id = "feed.noted"; };
struct note { int number; };
struct notes { int count = 0; };
void evolve(notes& n, const noted&) { ++n.count; }
auto decide(const notes&, const note& c) -> gesta::emits<noted> { return noted{c.number}; }
struct told { int number; static constexpr auto id = gesta::integration_id{"feed.told"}; };
told publish(const noted& e) { return {e.number}; }
struct outlet { static constexpr auto id = "feed.outlet"; };
struct all_notes : gesta::aggregate<notes, gesta::commands<note>> { static constexpr auto id = "feed.notes"; };
struct model : gesta::model<all_notes> {};

// What was noted at once last year is several notes of today, or none.
namespace last_year {
struct noted_at_once { gesta::list<int, 2> numbers; static constexpr auto id = "feed.noted_at_once"; };
struct note_at_once { gesta::list<int, 2> numbers; };
struct notes { int count = 0; };
void evolve(notes& n, const noted_at_once&) { ++n.count; }
auto decide(const notes&, const note_at_once& c) -> gesta::emits<noted_at_once> { return noted_at_once{c.numbers}; }
struct all_notes : gesta::aggregate<notes, gesta::commands<note_at_once>> { static constexpr auto id = "feed.notes"; };
struct model : gesta::model<all_notes> {};
auto upcast(const noted_at_once& old) -> gesta::emits<gesta::many<noted>> {
  return gesta::each(old.numbers, [](int number) { return noted{number}; });
}
}  // namespace last_year
struct model_with_history : gesta::model<all_notes, gesta::history<last_year::noted_at_once>> {};

template <class App>
void write(App& app, int from, int to) {
  for (int i = from; i <= to; ++i) app.handle("a", note{i}).match([](const auto&) {});
}
template <class Feed>
std::vector<int> polled(Feed& feed) {
  std::vector<int> numbers;
  CHECK(feed.poll([&](const noted& e, const gesta::about&) { numbers.push_back(e.number); }));
  return numbers;
}

}  // namespace

TEST_CASE("a feed ends where its visitor says, and goes on behind that event") {
  auto app = gesta::start<model>(gesta::memory_store{});
  write(app, 1, 5);
  auto feed = app.follow();
  CHECK_FALSE(feed.is_live());
  std::vector<int> seen;
  CHECK(feed.poll([&](const noted& e, const gesta::about&) { return seen.push_back(e.number), e.number != 3; }));
  CHECK(seen == std::vector<int>{1, 2, 3});
  CHECK(feed.checkpoint().position == 3);
  CHECK(polled(feed) == std::vector<int>{4, 5});
  CHECK(feed.is_live());
}

TEST_CASE("a checkpoint of one memory log is none of another") {
  gesta::checkpoint place;
  {
    auto app = gesta::start<model>(gesta::memory_store{});
    write(app, 1, 2);
    auto feed = app.follow();
    CHECK(polled(feed).size() == 2);
    place = feed.checkpoint();
  }
  auto app = gesta::start<model>(gesta::memory_store{});
  write(app, 1, 2);
  auto feed = app.follow(place);
  const auto r = feed.poll([](const auto&, const gesta::about&) {});
  CHECK_FALSE(r);
  CHECK(r.why().why == gesta::failure::kind::ahead_of_log);
}

TEST_CASE("of a store that keeps its last records a feed hands over what is kept, or says that there was more") {
  auto app = gesta::start<model>(gesta::last_records_store{.bytes = 2 << 20});
  write(app, 1, 100'000);
  const std::uint64_t first = app.first_position();
  REQUIRE(first > 1);
  auto whole = app.follow();
  const auto r = whole.poll([](const auto&, const gesta::about&) { FAIL("nothing of it is handed over"); });
  CHECK_FALSE(r);
  CHECK(r.why().why == gesta::failure::kind::truncated);
  auto kept = app.follow({app.incarnation(), first - 1});
  const std::vector<int> numbers = polled(kept);
  CHECK(numbers.size() == 100'001 - first);
  CHECK((!numbers.empty() && numbers.front() == static_cast<int>(first) && numbers.back() == 100'000));
}

TEST_CASE("a name for the log can be given, so that a run can be repeated") {
  auto app = gesta::start<model>(gesta::memory_store{.name = +[]() noexcept { return gesta::message_id{3, 4}; }});
  CHECK(app.incarnation() == gesta::message_id{3, 4});
}

TEST_CASE("what a restore cut off is ahead of the log, and what it kept is not") {
  const folder f;
  const gesta::sqlite_store lived{.path = f.path + "/a.db"}, restored{.path = f.path + "/b.db"};
  gesta::checkpoint before, behind;
  {
    auto app = gesta::start<model>(lived);
    auto feed = app.follow();
    write(app, 1, 3);
    CHECK(polled(feed) == std::vector<int>{1, 2, 3});
    before = feed.checkpoint();
    REQUIRE(gesta::backup(lived, f.path + "/copy.db"));
    write(app, 4, 5);
    CHECK(polled(feed) == std::vector<int>{4, 5});
    behind = feed.checkpoint();
  }
  REQUIRE(gesta::restore(f.path + "/copy.db", restored));
  auto app = gesta::start<model>(restored);
  CHECK(app.incarnation() != before.incarnation);
  write(app, 40, 42);  // other facts at the positions that were lost
  auto kept = app.follow(before), lost = app.follow(behind);
  CHECK(polled(kept) == std::vector<int>{40, 41, 42});
  CHECK(kept.checkpoint().incarnation == app.incarnation());
  const auto r = lost.poll([](const auto&, const gesta::about&) { FAIL("nothing of it is handed over"); });
  CHECK_FALSE(r);
  CHECK(r.why().why == gesta::failure::kind::ahead_of_log);
  CHECK(lost.checkpoint() == behind);
}

TEST_CASE("a feed that is ended within what an old event became hands that over to its end, and goes on behind it") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db"};
  {
    auto app = gesta::start<last_year::model>(store);
    for (const last_year::note_at_once& one : {last_year::note_at_once{{1, 2}}, {}, {{3, 4}}, {}})
      app.handle("a", one).match([](const last_year::notes&) {}, [](const gesta::failure&) { CHECK(false); });
  }
  auto app = gesta::start<model_with_history>(store);
  auto feed = app.follow();
  std::vector<int> seen;
  const auto ends_at = [&](int number) {
    return [&seen, number](const noted& e, const gesta::about&) { return seen.push_back(e.number), e.number != number; };
  };
  CHECK(feed.poll(ends_at(1)));
  CHECK(seen == std::vector<int>{1, 2});
  CHECK(feed.checkpoint().position == 1);
  CHECK(feed.poll(ends_at(4), 1));
  CHECK(feed.checkpoint().position == 2);
  CHECK(feed.poll(ends_at(4)));
  CHECK(seen == std::vector<int>{1, 2, 3, 4});
  CHECK(feed.checkpoint().position == 3);
  CHECK(polled(feed).empty());
  CHECK(feed.is_live());
  seen.clear();
  CHECK(app.read({}, ends_at(1)));  // a reader is asked once
  CHECK(seen == std::vector<int>{1});
}

namespace {

struct what_came {
  std::vector<std::string> sources, ids, causes;
};
/// What a relay that begins anew tells of a log.
template <class App>
what_came told_of(App& app) {
  gesta::in_process_hub hub{gesta::system_clock{}};
  gesta::in_process bus{hub};
  decltype(bus)::connection wire(bus);
  auto out = gesta::relay<outlet>(app, gesta::memory_views{}, wire, gesta::from_beginning{});
  CHECK(out.poll().caught_up);
  what_came all;
  const std::string_view topics[] = {"feed.told"};
  auto ear = wire.subscribe({.topics = topics, .group = "all", .from_beginning = true});
  const auto take = [&](const gesta::delivered& one) {
    all.ids.emplace_back(one.id);
    all.sources.emplace_back(one.value_of("ce-source"));
    all.causes.emplace_back(one.value_of("ce-correlationid"));
    CHECK(ear.ack(one.token));
  };
  while (ear.receive(100, {}, take) != 0) {}
  return all;
}

}  // namespace

TEST_CASE("what is told from before a restore keeps its id, and what came in the place of what was lost has another") {
  const folder f;
  const gesta::sqlite_store lived{.path = f.path + "/a.db"}, once{.path = f.path + "/b.db"}, twice{.path = f.path + "/c.db"};
  what_came first;
  {
    auto app = gesta::start<model>(lived);
    write(app, 1, 3);
    REQUIRE(gesta::backup(lived, f.path + "/copy.db"));
    write(app, 4, 5);
    first = told_of(app);
    REQUIRE(first.ids.size() == 5);
  }
  REQUIRE(gesta::restore(f.path + "/copy.db", once));
  what_came second;
  {
    auto app = gesta::start<model>(once);
    write(app, 40, 41);
    REQUIRE(gesta::backup(once, f.path + "/again.db"));
    second = told_of(app);
    REQUIRE(second.ids.size() == 5);
  }
  REQUIRE(gesta::restore(f.path + "/again.db", twice));
  auto app = gesta::start<model>(twice);
  write(app, 60, 60);
  const what_came third = told_of(app);
  REQUIRE(third.ids.size() == 6);
  for (std::size_t i = 0; i < 5; ++i) {
    CAPTURE(i);
    CHECK((first.ids[i] == second.ids[i]) == (i < 3));
    CHECK((first.sources[i] == second.sources[i]) == (i < 3));
    CHECK((first.causes[i] == second.causes[i]) == (i < 3));
    CHECK(third.ids[i] == second.ids[i]);
    CHECK(third.sources[i] == second.sources[i]);
    CHECK(third.causes[i] == second.causes[i]);
  }
  CHECK(third.ids[5] == gesta::id_of_place({app.incarnation(), 6, 0}));
}
