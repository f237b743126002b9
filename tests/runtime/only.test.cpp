// A reading that asks for some types of events gets those and no others, wherever it begins and ends, and whether or not the store can
// tell them apart.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "../folder.hpp"
#include "shared_store.hpp"

namespace {

// Four types of events, one of them encoded.
struct red { int number; static constexpr auto id = "only.red"; };
struct green { int number; static constexpr auto id = "only.green"; };
struct blue { int number; std::string shade; static constexpr auto id = "only.blue"; };
struct grey { int number; static constexpr auto id = "only.grey"; };
struct paint_red { int number; };
struct paint_green { int number; };
struct paint_blue { int number; };
struct paint_grey { int number; };
struct picture { int last = 0; };
void evolve(picture& p, const red& e) { p.last = e.number; }
void evolve(picture& p, const green& e) { p.last = e.number; }
void evolve(picture& p, const blue& e) { p.last = e.number; }
void evolve(picture& p, const grey& e) { p.last = e.number; }
auto decide(const picture&, const paint_red& c) -> gesta::emits<red> { return red{c.number}; }
auto decide(const picture&, const paint_green& c) -> gesta::emits<green> { return green{c.number}; }
auto decide(const picture&, const paint_blue& c) -> gesta::emits<blue> { return blue{c.number, "of the sky, and of water far away"}; }
auto decide(const picture&, const paint_grey& c) -> gesta::emits<grey> { return grey{c.number}; }
struct pictures : gesta::aggregate<picture, gesta::commands<paint_red, paint_green, paint_blue, paint_grey>> { static constexpr auto id = "only.pictures"; };
struct model : gesta::model<pictures> {};

// Last year two colors were painted at once, or none; and there was gold, which has left.
namespace last_year {
struct mixed { int number; bool dries; static constexpr auto id = "only.mixed"; };
struct gilded { int number; static constexpr auto id = "only.gilded"; };
struct grey { int number; static constexpr auto id = "only.grey"; };
struct mix { int number; bool dries; };
struct gild { int number; };
struct paint_grey { int number; };
struct picture { int last = 0; };
void evolve(picture& p, const mixed& e) { p.last = e.number; }
void evolve(picture& p, const gilded& e) { p.last = e.number; }
void evolve(picture& p, const grey& e) { p.last = e.number; }
auto decide(const picture&, const mix& c) -> gesta::emits<mixed> { return mixed{c.number, c.dries}; }
auto decide(const picture&, const gild& c) -> gesta::emits<gilded> { return gilded{c.number}; }
auto decide(const picture&, const paint_grey& c) -> gesta::emits<grey> { return grey{c.number}; }
struct pictures : gesta::aggregate<picture, gesta::commands<mix, gild, paint_grey>> { static constexpr auto id = "only.pictures"; };
struct model : gesta::model<pictures> {};
auto upcast(const mixed& old) -> gesta::emits<red, green> { return gesta::emit(red{old.number}, green{old.number + 1}); }
}  // namespace last_year
struct model_with_history : gesta::model<pictures, gesta::history<last_year::mixed>, gesta::retired<"only.gilded">> {};

// Next year there is silver.
namespace next_year {
struct silvered { int number; static constexpr auto id = "only.silvered"; };
struct silver { int number; };
struct picture { int last = 0; };
void evolve(picture& p, const silvered& e) { p.last = e.number; }
auto decide(const picture&, const silver& c) -> gesta::emits<silvered> { return silvered{c.number}; }
struct pictures : gesta::aggregate<picture, gesta::commands<silver>> { static constexpr auto id = "only.framed"; };
struct model : gesta::model<pictures> {};
}  // namespace next_year

struct seen {
  char color;
  int number;
  std::uint64_t position;
  friend bool operator==(const seen&, const seen&) = default;
};
template <class Event>
constexpr char color_of() {
  return std::is_same_v<Event, red> ? 'r' : std::is_same_v<Event, green> ? 'g' : std::is_same_v<Event, blue> ? 'b' : 'y';
}
auto into(std::vector<seen>& all) {
  return [&all](const auto& e, const gesta::about& a) { all.push_back({color_of<std::remove_cvref_t<decltype(e)>>(), e.number, a.position}); };
}

std::uint32_t drawn = 12345;
int draw(int below) {
  drawn = drawn * 1664525u + 1013904223u;
  return static_cast<int>((drawn >> 8) % static_cast<std::uint32_t>(below));
}
const auto accepted = [](const auto&) {};
const auto fails = [](const gesta::failure& f) { FAIL(std::string(f.describe())); };

template <class Outcome>
void expect(const Outcome& outcome) {
  if constexpr (requires { outcome.match(accepted, fails); }) outcome.match(accepted, fails);
  else outcome.match(accepted);
}
template <class App>
void paint(App& app, int color, int number) {
  const std::string key(1, static_cast<char>('a' + (number < 0 ? 0 : number % 3)));
  switch (color) {
    case 0: return expect(app.handle(key, paint_red{number}));
    case 1: return expect(app.handle(key, paint_green{number}));
    case 2: return expect(app.handle(key, paint_blue{number}));
    default: return expect(app.handle(key, paint_grey{number}));
  }
}
template <class App>
void paint_many(App& app, int count) {
  for (int i = 1; i <= count; ++i) paint(app, draw(10) < 7 ? 3 : draw(4), i);  // mostly grey
}

/// What a reading of some types is to hand over: all that the whole reading does, without the others, and then cut. No old events: each
/// stored one is one event.
std::vector<seen> picked(std::vector<seen> all, const std::string& colors, const gesta::slice& part) {
  std::erase_if(all, [&](const seen& one) { return colors.find(one.color) == std::string::npos || !part.holds(one.position); });
  if (part.backwards) std::reverse(all.begin(), all.end());
  if (all.size() > part.limit) all.resize(static_cast<std::size_t>(part.limit));
  return all;
}

template <class... Event, class Log>
void reads_what_it_asks_for(Log& log, const char* colors, const std::vector<seen>& all) {
  CAPTURE(colors);
  const std::uint64_t last = all.empty() ? 0 : all.back().position;
  for (int round = 0; round < 60; ++round) {
    gesta::slice part;
    part.after = log.first_position() - 1 + static_cast<std::uint64_t>(draw(static_cast<int>(last - log.first_position() + 2)));
    if (draw(2) == 0) part.to = part.after + static_cast<std::uint64_t>(draw(20));
    if (draw(2) == 0) part.limit = static_cast<std::uint64_t>(draw(5));
    part.backwards = draw(2) == 0;
    CAPTURE(part.after);
    CAPTURE(part.to);
    CAPTURE(part.limit);
    CAPTURE(part.backwards);
    std::vector<seen> some;
    CHECK(log.read(part, gesta::only<Event...>(into(some))));
    CHECK(some == picked(all, colors, part));
  }
  for (const char* key : {"a", "b", "nobody"}) {
    if (log.first_position() > 1) break;  // streams are truncated
    std::vector<seen> whole, some, last_two;
    CHECK(log.template read<pictures>(key, {}, into(whole)));
    CHECK(log.template read<pictures>(key, {}, gesta::only<Event...>(into(some))));
    CHECK(log.template read<pictures>(key, {.limit = 2, .backwards = true}, gesta::only<Event...>(into(last_two))));
    CHECK(some == picked(whole, colors, {}));
    CHECK(last_two == picked(whole, colors, {.limit = 2, .backwards = true}));
  }
  const std::vector<seen> wanted = picked(all, colors, {});
  for (const std::uint64_t limit : {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1000}}) {
    auto feed = log.follow({log.incarnation(), log.first_position() - 1});
    std::vector<seen> followed;
    std::size_t polls = 0;
    for (std::size_t before = 1; before != followed.size() || !feed.is_live(); ++polls) {
      before = followed.size();
      REQUIRE(feed.poll(gesta::only<Event...>(into(followed)), limit));
      CHECK(followed.size() - before <= limit);
      CHECK((followed.size() - before == limit || feed.is_live()));  // a poll that gets less than it may have has passed all others
    }
    CHECK(followed == wanted);
    CHECK(polls <= wanted.size() / limit + 2);
    CHECK(feed.checkpoint().position == log.kept_position());
  }
}
template <class Log>
void reads_all_subsets(Log& log) {
  std::vector<seen> all;
  REQUIRE(log.each_event(into(all)));
  REQUIRE(!all.empty());
  reads_what_it_asks_for<red>(log, "r", all);
  reads_what_it_asks_for<blue>(log, "b", all);
  reads_what_it_asks_for<green, red>(log, "rg", all);
  reads_what_it_asks_for<red, green, blue>(log, "rgb", all);
  reads_what_it_asks_for<red, green, blue, grey>(log, "rgby", all);
  std::vector<seen> none;
  CHECK(log.read({}, gesta::only<>(into(none))));
  CHECK(none.empty());
}

struct reds_and_blues {
  std::vector<int> numbers;
};
void project(reds_and_blues& v, const red& e) { v.numbers.push_back(e.number); }
void project(reds_and_blues& v, const blue& e) { v.numbers.push_back(e.number); }

template <class App>
void past_view_has_its_events(App& app) {
  std::vector<seen> all;
  REQUIRE(app.each_event(into(all)));
  for (const std::uint64_t until : {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{150}, app.last_position()}) {
    std::vector<int> numbers;
    for (const seen& one : picked(all, "rb", {.to = until})) numbers.push_back(one.number);
    const auto was = app.template view<reds_and_blues>(gesta::at_position{until});
    REQUIRE(was);
    CHECK(was->numbers == numbers);
  }
}

}  // namespace

TEST_CASE("in memory") {
  auto app = gesta::start<model>(gesta::memory_store{});
  paint_many(app, 300);
  reads_all_subsets(app);
  past_view_has_its_events(app);
  REQUIRE(app.truncate_before<pictures>("a", 40));
  std::vector<seen> all, some;
  REQUIRE(app.each_event(into(all)));
  CHECK(app.read({}, gesta::only<red, grey>(into(some))));
  CHECK(some == picked(all, "ry", {}));
}

TEST_CASE("in fixed memory") {
  auto app = gesta::start<model>(gesta::fixed_memory_store{.bytes = 1 << 20});
  paint_many(app, 300);
  reads_all_subsets(app);
  past_view_has_its_events(app);
}

TEST_CASE("of the last records, also where older ones are gone") {
  auto app = gesta::start<model>(gesta::last_records_store{.bytes = 2 << 20});
  paint_many(app, 60'000);
  REQUIRE(app.first_position() > 1);
  std::vector<seen> all;
  REQUIRE(app.each_event(into(all)));
  reads_what_it_asks_for<red>(app, "r", all);
  std::vector<seen> none;
  const auto gone = app.read({.after = app.first_position() - 2}, gesta::only<red>(into(none)));
  CHECK_FALSE(gone);
  CHECK(gone.why().why == gesta::failure::kind::truncated);
}

TEST_CASE("of a SQLite file, by an app and by a reader") {
  const folder f;
  const gesta::sqlite_store store{.path = f / "a.db", .level = gesta::durability::process};
  auto app = gesta::start<model>(store);
  auto log = gesta::reader<model>(store);
  paint_many(app, 300);
  reads_all_subsets(app);
  reads_all_subsets(log);
  past_view_has_its_events(app);
  REQUIRE(app.truncate_before<pictures>("a", 40));
  std::vector<seen> all, some, two;
  REQUIRE(log.each_event(into(all)));
  CHECK(log.read({}, gesta::only<red, grey>(into(some))));
  CHECK(some == picked(all, "ry", {}));
  CHECK(log.read({.limit = 2}, gesta::only<red>(into(two))));  // what was erased is not counted
  CHECK(two == picked(all, "r", {.limit = 2}));
}

TEST_CASE("of a store that cannot tell types apart it is filtered by who reads") {
  static_assert(!gesta::log_that_filters<shared::store::log<model>>);
  static_assert(gesta::log_that_filters<gesta::sqlite_store::log<model>>);
  shared::disk on;
  auto app = gesta::start<model>(shared::store{&on});
  auto log = gesta::reader<model>(shared::store{&on});
  paint_many(app, 300);
  reads_all_subsets(log);
  past_view_has_its_events(app);
}

TEST_CASE("events of an open batch are read, and not followed") {
  const folder f;
  auto app = gesta::start<model>(gesta::sqlite_store{.path = f / "a.db", .level = gesta::durability::process});
  paint(app, 0, 1);
  auto feed = app.follow();
  auto batch = app.batch();
  batch.handle("a", paint_red{2}).match(accepted, fails);
  batch.handle("a", paint_grey{3}).match(accepted, fails);
  std::vector<seen> read, followed;
  CHECK(app.read({}, gesta::only<red>(into(read))));
  CHECK(read == std::vector<seen>{{'r', 1, 1}, {'r', 2, 2}});
  CHECK(feed.poll(gesta::only<red>(into(followed))));
  CHECK(followed == std::vector<seen>{{'r', 1, 1}});
  CHECK(feed.checkpoint().position == 1);
  REQUIRE(batch.commit());
  CHECK(feed.poll(gesta::only<red>(into(followed))));
  CHECK(followed == read);
  CHECK(feed.checkpoint().position == 3);
}

TEST_CASE("old versions count as what they become, each to its end; what is retired is passed over") {
  const folder f;
  const gesta::sqlite_store store{.path = f / "a.db"};
  {
    auto app = gesta::start<last_year::model>(store);
    app.handle("a", last_year::mix{1, true}).match(accepted, fails);         // position 1: red 1, green 2
    app.handle("a", last_year::gild{3}).match(accepted, fails);              // 2
    app.handle("a", last_year::paint_grey{4}).match(accepted, fails);        // 3
    app.handle("a", last_year::mix{5, false}).match(accepted, fails);        // 4: red 5, green 6
    app.handle("a", last_year::gild{7}).match(accepted, fails);              // 5
  }
  auto log = gesta::reader<model_with_history>(store);
  std::vector<seen> reds, greens, greys, both;
  CHECK(log.read({}, gesta::only<red>(into(reds))));
  CHECK(reds == std::vector<seen>{{'r', 1, 1}, {'r', 5, 4}});
  CHECK(log.read({.limit = 1, .backwards = true}, gesta::only<green>(into(greens))));
  CHECK(greens == std::vector<seen>{{'g', 6, 4}});
  CHECK(log.read({}, gesta::only<grey>(into(greys))));
  CHECK(greys == std::vector<seen>{{'y', 4, 3}});
  auto feed = log.follow();
  const auto stops = [&](const auto& e, const gesta::about& a) { return into(both)(e, a), false; };
  CHECK(feed.poll(gesta::only<green, red>(stops)));
  CHECK(both == std::vector<seen>{{'r', 1, 1}, {'g', 2, 1}});
  CHECK(feed.checkpoint().position == 1);
  CHECK(feed.poll(gesta::only<green, red>(into(both)), 1));
  CHECK(both.size() == 4);
  CHECK(feed.checkpoint().position == 4);
  CHECK(feed.poll(gesta::only<green, red>(into(both)), 1));
  CHECK(both.size() == 4);
  CHECK(feed.checkpoint().position == 5);
}

TEST_CASE("an event that the model does not know may be anything, and ends or passes a reading of some types as it does one of all") {
  const folder f;
  const gesta::sqlite_store store{.path = f / "a.db"};
  auto app = gesta::start<model>(store);
  auto log = gesta::reader<model>(store);  // opened before the new type has a number
  paint(app, 0, 1);
  paint(app, 3, 2);
  auto newer = gesta::start<next_year::model>(store, gesta::unknown_events::skip);
  newer.handle("x", next_year::silver{3}).match(accepted, fails);  // position 3
  std::vector<seen> some;
  auto feed = log.follow();
  const auto r = feed.poll(gesta::only<red>(into(some)));
  CHECK_FALSE(r);
  CHECK(r.why().why == gesta::failure::kind::unknown_event);
  CHECK(r.why().position == 3);
  CHECK(some == std::vector<seen>{{'r', 1, 1}});
  CHECK(feed.checkpoint().position == 1);
  std::vector<std::uint64_t> parked;
  CHECK(feed.poll(gesta::only<red>(into(some)), 1, [&](const gesta::recorded& record) { parked.push_back(record.position); }));
  CHECK(parked == std::vector<std::uint64_t>{3});
  CHECK(feed.checkpoint().position == 3);
  newer.handle("x", next_year::silver{4}).match(accepted, fails);
  CHECK(feed.poll(gesta::only<red>(into(some)), gesta::slice::end, gesta::unknown_events::skip));
  CHECK(some.size() == 1);
  CHECK(feed.checkpoint().position == 4);
  CHECK_FALSE(app.read({}, gesta::only<grey>(into(some))));
}

TEST_CASE("what is not asked for is not decoded") {
  const folder f;
  const gesta::sqlite_store store{.path = f / "a.db"};
  {
    auto app = gesta::start<model>(store);
    paint(app, 2, 1);
    paint(app, 0, 2);
    paint(app, 2, 3);
  }
  sqlite3* file = nullptr;
  REQUIRE(sqlite3_open(store.path.c_str(), &file) == SQLITE_OK);
  REQUIRE(sqlite3_exec(file, "update events set payload = x'ff' where position <> 2", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(file);
  auto log = gesta::reader<model>(store);
  std::vector<seen> some;
  CHECK(log.read({}, gesta::only<red>(into(some))));
  CHECK(log.read<pictures>("b", {}, gesta::only<red>(into(some))));
  const auto r = log.read({}, gesta::only<blue>(into(some)));
  CHECK_FALSE(r);
  CHECK(r.why().why == gesta::failure::kind::corrupt);
  CHECK(r.why().position == 1);
}

TEST_CASE("a reading that begins far behind the beginning of a log in memory begins at the right event") {
  const auto all_positions = [](auto& app, std::uint64_t count) {
    for (std::uint64_t after = app.first_position() - 1; after <= count; after += 977) {
      std::vector<seen> some;
      CHECK(app.read({.after = after, .limit = 2}, into(some)));
      REQUIRE(some.size() == std::min<std::uint64_t>(2, count - after));
      for (std::size_t i = 0; i < some.size(); ++i) {
        CHECK(some[i].position == after + 1 + i);
        CHECK(some[i].number == static_cast<int>(after + 1 + i));
      }
    }
    std::vector<seen> none;
    CHECK(app.read({.after = count + 1}, into(none)));
    CHECK(app.read({.after = gesta::slice::end}, into(none)));
    CHECK(none.empty());
  };
  auto growing = gesta::start<model>(gesta::memory_store{});
  std::vector<seen> none;
  CHECK(growing.read({.after = 5}, into(none)));
  CHECK(none.empty());
  paint_many(growing, 30'000);
  {
    auto batch = growing.batch();  // taken back over several segments
    for (int i = 0; i < 30'000; ++i) paint(batch, 3, -1);
  }
  for (int i = 30'001; i <= 60'000; ++i) paint(growing, 3, i);
  all_positions(growing, 60'000);
  auto fixed = gesta::start<model>(gesta::fixed_memory_store{.bytes = 8 << 20});
  paint_many(fixed, 60'000);
  all_positions(fixed, 60'000);
  auto last = gesta::start<model>(gesta::last_records_store{.bytes = 2 << 20});
  paint_many(last, 60'000);
  REQUIRE(last.first_position() > 1);
  all_positions(last, 60'000);
}
