// What an older program stored, read by the program of today: an old event that is none, one or several of today, and old rejections.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <vector>

#include "../folder.hpp"

namespace {

using lines = std::vector<std::string>;

struct counting_clock {
  std::int64_t* now;
  gesta::timestamp operator()() const { return {++*now}; }
};

}  // namespace

namespace before {

struct moved { int from, to; static constexpr auto id = "desk.moved"; };
struct noted { std::string words; static constexpr auto id = "desk.noted"; };
struct filled { std::vector<int> things; static constexpr auto id = "desk.filled"; };
struct blinked { bool on; static constexpr auto id = "desk.blinked"; };
struct entered { int place; static constexpr auto id = "desk.entered"; };

struct too_heavy { int pounds; static constexpr auto id = "desk.too_heavy"; };

struct move { int from, to; };
struct note { std::string words; };
struct fill { std::vector<int> things; };
struct blink { bool on; };
struct enter { int place; };
struct lift { int pounds; };

struct desk {};
inline void evolve(desk&, const moved&) {}
inline void evolve(desk&, const noted&) {}
inline void evolve(desk&, const filled&) {}
inline void evolve(desk&, const blinked&) {}
inline void evolve(desk&, const entered&) {}
inline auto decide(const desk&, const move& c) -> gesta::emits<moved> { return moved{c.from, c.to}; }
inline auto decide(const desk&, const note& c) -> gesta::emits<noted> { return noted{c.words}; }
inline auto decide(const desk&, const fill& c) -> gesta::emits<filled> { return filled{c.things}; }
inline auto decide(const desk&, const blink& c) -> gesta::emits<blinked> { return blinked{c.on}; }
inline auto decide(const desk&, const enter& c) -> gesta::emits<entered> { return entered{c.place}; }
inline auto decide(const desk&, const lift& c) -> gesta::emits<entered>::or_rejects<too_heavy> { return too_heavy{c.pounds}; }
struct desks : gesta::aggregate<desk, gesta::commands<move, note, fill, blink, enter, lift>> { static constexpr auto id = "desk"; };
struct model : gesta::model<desks> {};

}  // namespace before

namespace now {

// What was one event is several, some of them by a further step; what was stored may mean nothing today.
struct moved_1 { int from, to; static constexpr auto id = "desk.moved"; };
struct moved_2 { int to; bool by_hand; static constexpr auto id = gesta::event_id{"desk.moved", 2}; };
struct noted_1 { std::string words; static constexpr auto id = "desk.noted"; };
struct filled_1 { std::vector<int> things; static constexpr auto id = "desk.filled"; };
struct blinked_1 { bool on; static constexpr auto id = "desk.blinked"; };
struct left { int place; static constexpr auto id = "desk.left"; };
struct entered { int place; static constexpr auto id = "desk.entered"; };
struct put { int thing; static constexpr auto id = "desk.put"; };
struct remarked { std::string words; static constexpr auto id = "desk.remarked"; };

inline auto upcast(const moved_1& old) -> gesta::emits<left, moved_2> { return gesta::emit(left{old.from}, moved_2{old.to, true}); }
inline auto upcast(const moved_2& old) -> entered { return {old.to}; }
inline auto upcast(const noted_1& old) -> gesta::emits<remarked>::or_nothing {
  if (old.words.empty()) return gesta::no_change;
  return remarked{old.words};
}
inline auto upcast(const filled_1& old) -> gesta::emits<gesta::many<put>, remarked> {
  return gesta::emit(gesta::each(old.things, [](int thing) { return put{thing}; }), remarked{"filled"});
}
inline auto upcast(const blinked_1&) -> gesta::emits<>::or_nothing { return gesta::no_change; }

struct too_heavy_1 { int pounds; static constexpr auto id = "desk.too_heavy"; };
struct too_heavy_2 { double kilograms; static constexpr auto id = gesta::event_id{"desk.too_heavy", 2}; };
struct too_heavy { double kilograms; std::string limit; static constexpr auto id = gesta::event_id{"desk.too_heavy", 3}; };
inline auto upcast(const too_heavy_1& old) -> too_heavy_2 { return {old.pounds * 0.5}; }
inline auto upcast(const too_heavy_2& old) -> too_heavy { return {old.kilograms, "unknown"}; }
struct broken { static constexpr auto id = "desk.broken"; };

struct leave { int place; };
struct enter { int place; };
struct add { int thing; };
struct say { std::string words; };
struct lift { int pounds; };
struct shake {};

struct desk {
  std::string told;
  bool operator==(const desk&) const = default;
};
inline void tell(std::string& to, const char* what, const std::string& which, const gesta::about& a) {
  to += std::string(to.empty() ? "" : ", ") + what + " " + which + " v" + std::to_string(a.version) + " p" + std::to_string(a.position);
}
inline void evolve(desk& d, const left& e, const gesta::about& a) { tell(d.told, "left", std::to_string(e.place), a); }
inline void evolve(desk& d, const entered& e, const gesta::about& a) { tell(d.told, "entered", std::to_string(e.place), a); }
inline void evolve(desk& d, const put& e, const gesta::about& a) { tell(d.told, "put", std::to_string(e.thing), a); }
inline void evolve(desk& d, const remarked& e, const gesta::about& a) { tell(d.told, "remarked", e.words, a); }
inline auto decide(const desk&, const leave& c) -> gesta::emits<left> { return left{c.place}; }
inline auto decide(const desk&, const enter& c) -> gesta::emits<entered> { return entered{c.place}; }
inline auto decide(const desk&, const add& c) -> gesta::emits<put> { return put{c.thing}; }
inline auto decide(const desk&, const say& c) -> gesta::emits<remarked> { return remarked{c.words}; }
inline auto decide(const desk&, const lift& c) -> gesta::emits<entered>::or_rejects<broken, too_heavy> { return too_heavy{c.pounds * 0.5, "today"}; }
inline auto decide(const desk&, const shake&) -> gesta::emits<left>::or_rejects<broken> { return broken{}; }
struct desks : gesta::aggregate<desk, gesta::commands<leave, enter, add, say, lift, shake>> { static constexpr auto id = "desk"; };

struct journal {
  std::string told;
};
inline void project(journal& j, const left& e, const gesta::about& a) { tell(j.told, "left", std::to_string(e.place), a); }
inline void project(journal& j, const entered& e, const gesta::about& a) { tell(j.told, "entered", std::to_string(e.place), a); }
struct moves : gesta::projection<journal> { static constexpr auto id = "moves"; };
struct things {
  int sum = 0;
};
inline void project(things& t, const put& e) { t.sum += e.thing; }

struct model : gesta::model<desks, moves, gesta::history<moved_1, moved_2, noted_1, filled_1, blinked_1, too_heavy_1, too_heavy_2>> {};

/// The same events, in a program that no longer knows the old rejections.
struct forgetful : gesta::model<desks, gesta::history<moved_1, moved_2, noted_1, filled_1, blinked_1>> {};

}  // namespace now

namespace {

gesta::sqlite_store in(const folder& f) { return {.path = f.path + "/a.db", .level = gesta::durability::process}; }

/// What the older program leaves: moved, noted, noted, filled, blinked, entered.
template <class App>
void fill(App& app) {
  const auto good = [](const auto& outcome) { REQUIRE(outcome); };
  good(app.handle("a", before::move{1, 2}));
  good(app.handle("a", before::note{"hello"}));
  good(app.handle("a", before::note{""}));
  good(app.handle("b", before::fill{{5, 6, 7}}));
  good(app.handle("b", before::blink{true}));
  good(app.handle("b", before::enter{9}));
}
const char* const a_told = "left 1 v1 p1, entered 2 v1 p1, remarked hello v2 p2";
const char* const b_told = "put 5 v1 p4, put 6 v1 p4, put 7 v1 p4, remarked filled v1 p4, entered 9 v3 p6";

lines rows(const std::string& path) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  sqlite3_stmt* query = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, "select position || ' ' || e.version || ' ' || t.id || ' ' || t.version || ' ' || hex(payload) from events e join types t using(type) order by 1",
                             -1, &query, nullptr) == SQLITE_OK);
  lines all;
  while (sqlite3_step(query) == SQLITE_ROW) all.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(query, 0)));
  sqlite3_finalize(query);
  sqlite3_close(db);
  return all;
}

template <class State>
std::string told(const gesta::past<State>& was) {
  return was ? was->told : std::string(was.why().describe());
}

}  // namespace

TEST_CASE("all that an old event became shares its version and its position, in the order of the contract") {
  const folder f;
  {
    auto app = gesta::start<before::model>(in(f));
    fill(app);
  }
  const lines stored = rows(in(f).path);
  REQUIRE(stored.size() == 6);
  {
    auto app = gesta::start<now::model>(in(f));
    REQUIRE(app.broken() == nullptr);
    CHECK(app.state<now::desks>("a").told == a_told);
    CHECK(app.state<now::desks>("b").told == b_told);
    CHECK(app.view<now::journal>().told == "left 1 v1 p1, entered 2 v1 p1, entered 9 v3 p6");

    SUBCASE("versions and positions are counted as they were stored") {
      CHECK(app.version<now::desks>("a") == 3);
      CHECK(app.version<now::desks>("b") == 3);
      CHECK(app.last_position() == 6);
    }
    SUBCASE("each_event visits what is of today, in the order of the log") {
      lines all;
      const auto place = [&](const gesta::about& a) { return std::to_string(a.position) + "/" + std::to_string(a.version); };
      REQUIRE(app.each_event([&](const auto& event, const gesta::about& a) {
        using type = std::remove_cvref_t<decltype(event)>;
        all.push_back(place(a) + " " + gesta::id_of<type>.name);
      }));
      CHECK(all == lines{"1/1 desk.left", "1/1 desk.entered", "2/2 desk.remarked", "4/1 desk.put", "4/1 desk.put", "4/1 desk.put",
                         "4/1 desk.remarked", "6/3 desk.entered"});
    }
    SUBCASE("a part of a stream or of the log is counted as it is stored, and may end between what one event became") {
      lines all;
      const auto note = [&](const auto& event, const gesta::about& a) {
        using type = std::remove_cvref_t<decltype(event)>;
        all.push_back(std::to_string(a.version) + " " + gesta::id_of<type>.name);
        return all.size() != 3;
      };
      REQUIRE(app.read<now::desks>("a", {.limit = 1}, note));
      CHECK(all == lines{"1 desk.left", "1 desk.entered"});
      REQUIRE(app.read({.after = 3}, note));
      CHECK(all == lines{"1 desk.left", "1 desk.entered", "1 desk.put"});
    }
    SUBCASE("new events follow the stored ones") {
      REQUIRE(app.handle("a", now::leave{2}, gesta::expected{3}));
      CHECK(app.state<now::desks>("a").told == std::string(a_told) + ", left 2 v4 p7");
      CHECK(app.version<now::desks>("a") == 4);
    }
    SUBCASE("what was taken back leaves the state that the old events gave") {
      {
        auto batch = app.batch();
        REQUIRE(batch.handle("a", now::leave{2}));
        REQUIRE(batch.handle("b", now::leave{2}));
      }
      CHECK(app.state<now::desks>("a").told == a_told);
      CHECK(app.state<now::desks>("b").told == b_told);
      CHECK(app.version<now::desks>("b") == 3);
    }
  }
  const lines after = rows(in(f).path);
  CHECK(lines(after.begin(), after.begin() + 6) == stored);  // old bytes stay
}

TEST_CASE("as of a version, a position or a time, an old event is there with all that it became, or not at all") {
  std::int64_t time = 100;
  const folder f;
  {
    auto app = gesta::start<before::model>(in(f), counting_clock{&time});
    fill(app);
  }
  auto app = gesta::start<now::model>(in(f));
  CHECK(told(app.state<now::desks>("a", gesta::at_version{0})) == "");
  CHECK(told(app.state<now::desks>("a", gesta::at_version{1})) == "left 1 v1 p1, entered 2 v1 p1");
  CHECK(told(app.state<now::desks>("a", gesta::at_version{3})) == a_told);
  CHECK(told(app.state<now::desks>("b", gesta::at_position{3})) == "");
  CHECK(told(app.state<now::desks>("b", gesta::at_position{4})) == "put 5 v1 p4, put 6 v1 p4, put 7 v1 p4, remarked filled v1 p4");
  CHECK(told(app.state<now::desks>("b", gesta::at_position{5})) == told(app.state<now::desks>("b", gesta::at_position{4})));
  CHECK(told(app.state<now::desks>("b", gesta::at_time{{104}})) == told(app.state<now::desks>("b", gesta::at_position{4})));
  CHECK(told(app.state<now::desks>("a", gesta::at_time{{101}})) == "left 1 v1 p1, entered 2 v1 p1");
  CHECK(told(app.view<now::journal>(gesta::at_position{5})) == "left 1 v1 p1, entered 2 v1 p1");
  CHECK(app.view<now::things>(gesta::at_position{4})->sum == 18);
}

TEST_CASE("a store in memory reads old events the same way") {
  using flow = gesta::flow<now::model>;
  gesta::detail::engine<now::model, gesta::memory_store, gesta::system_clock> engine(gesta::memory_store{}, {});
  auto& table = engine.table_of<now::desks>();
  auto place = table.add("a");
  const auto keep = [&]<class Event>(const Event& event) {
    const std::uint32_t version = ++place->version;
    const gesta::origin from{{version}, {}, {}};
    place->stream.head = engine.log().events().put(flow::tag<Event>, 0, place.number, version, place->stream.head, from, event);
  };
  keep(now::moved_1{1, 2});
  keep(now::noted_1{""});
  keep(now::filled_1{{5, 6}});
  keep(now::blinked_1{true});
  keep(now::moved_2{4, false});

  lines all;
  gesta::failure cause;
  REQUIRE(gesta::detail::each_stored(engine, {}, cause, [&](const gesta::recorded& record) {
    return gesta::detail::read_event<flow, flow::current_events, true>(record, [&]<class Event>(const Event&) {
      all.push_back(std::to_string(record.position) + "/" + std::to_string(record.version) + " " + gesta::id_of<Event>.name);
    });
  }));
  CHECK(all == lines{"1/1 desk.left", "1/1 desk.entered", "3/3 desk.put", "3/3 desk.put", "3/3 desk.remarked", "5/5 desk.entered"});

  const auto fold = [&](const auto& when) {
    now::desk state;
    REQUIRE(gesta::detail::fold_until<now::desks>(engine, "a", when, state, cause));
    return state.told;
  };
  CHECK(fold(gesta::at_version{1}) == "left 1 v1 p1, entered 2 v1 p1");
  CHECK(fold(gesta::at_time{{2}}) == "left 1 v1 p1, entered 2 v1 p1");
  CHECK(fold(gesta::at_position{4}) == "left 1 v1 p1, entered 2 v1 p1, put 5 v3 p3, put 6 v3 p3, remarked filled v3 p3");
  now::journal journal;
  REQUIRE(gesta::detail::project_until(engine, gesta::at_position{5}, journal, cause));
  CHECK(journal.told == "left 1 v1 p1, entered 2 v1 p1, entered 4 v5 p5");
}

TEST_CASE("an old event of which a byte is missing is unreadable, whatever it would have become") {
  const folder f;
  {
    auto app = gesta::start<before::model>(in(f));
    REQUIRE(app.handle("b", before::blink{true}));
  }
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(in(f).path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "update events set payload = x''", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  auto app = gesta::start<now::model>(in(f));
  REQUIRE(app.broken() != nullptr);
  CHECK(app.broken()->why == gesta::failure::kind::corrupt);
  CHECK(app.broken()->position == 1);
}

TEST_CASE("a remembered rejection of an older version is the rejection of today, step by step") {
  const folder f;
  {
    auto app = gesta::start<before::model>(in(f));
    REQUIRE_FALSE(app.handle("a", before::lift{300}, gesta::once{"gate", 1}));
  }
  auto app = gesta::start<now::model>(in(f));
  const auto asked = [&](auto&& outcome) {
    CHECK(outcome.repeated());
    return outcome.match([](const now::desk&) { return std::string("done"); }, [](const now::broken&) { return std::string("broken"); },
                         [](const now::too_heavy& no) { return std::to_string(no.kilograms) + " " + no.limit; },
                         [](const gesta::failure& why) { return std::string(why.describe()); });
  };
  CHECK(asked(app.handle("a", now::lift{300}, gesta::once{"gate", 1})) == "150.000000 unknown");
  CHECK_FALSE(app.handle("a", now::lift{20}, gesta::once{"gate", 2}).repeated());
  CHECK(asked(app.handle("a", now::lift{20}, gesta::once{"gate", 2})) == "10.000000 today");
}

TEST_CASE("a remembered rejection that the command cannot give, or that the model does not know, is a failure") {
  const folder f;
  {
    auto app = gesta::start<before::model>(in(f));
    REQUIRE_FALSE(app.handle("a", before::lift{300}, gesta::once{"gate", 1}));
  }
  const auto kind_of = [](auto&& outcome) {
    int which = -1;
    outcome.match([](const auto&) {}, [&](const gesta::failure& why) { which = static_cast<int>(why.why); });
    return which;
  };
  {
    auto app = gesta::start<now::model>(in(f));
    CHECK(kind_of(app.handle("a", now::shake{}, gesta::once{"gate", 1})) == static_cast<int>(gesta::failure::kind::corrupt));
  }
  auto app = gesta::start<now::forgetful>(in(f));
  CHECK(kind_of(app.handle("a", now::lift{300}, gesta::once{"gate", 1})) == static_cast<int>(gesta::failure::kind::unknown_event));
}

TEST_CASE("what an old version becomes is known to the compiler") {
  using flow = gesta::flow<now::model>;
  using gesta::detail::types;
  static_assert(std::is_same_v<flow::old_versions, types<now::moved_1, now::moved_2, now::noted_1, now::filled_1, now::blinked_1>>);
  static_assert(std::is_same_v<flow::old_rejections, types<now::too_heavy_1, now::too_heavy_2>>);
  static_assert(std::is_same_v<gesta::detail::today_of<flow, now::moved_1>, types<now::left, now::entered>>);
  static_assert(std::is_same_v<gesta::detail::today_of<flow, now::filled_1>, types<now::put, now::remarked>>);
  static_assert(std::is_same_v<gesta::detail::today_of<flow, now::blinked_1>, types<>>);
}
