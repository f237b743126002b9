// Decisions across entities: what they read, what they keep, what is taken back; in memory, with little room, and on SQLite.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "../folder.hpp"
#include "shared_store.hpp"

namespace {

struct course_no {
  int number;
};

// ---- facts of two aggregates and of a boundary; all may be tagged

struct opened { course_no course; unsigned seats; static constexpr auto id = "course.opened"; using tags = gesta::tags<"course">; };
struct closed { course_no course; static constexpr auto id = "course.closed"; using tags = gesta::tags<"course">; };
struct renamed_to { std::string name; static constexpr auto id = "course.renamed"; };
struct plan { course_no course; unsigned seats; };
struct stop { course_no course; };
struct rename_to { course_no course; std::string name; };
struct course_record { std::string name; bool closed = false; };
void evolve(course_record& c, const opened&) { c.closed = false; }
void evolve(course_record& c, const closed&) { c.closed = true; }
void evolve(course_record& c, const renamed_to& e) { c.name = e.name; }
auto decide(const course_record&, const plan& c) -> gesta::emits<opened> { return opened{c.course, c.seats}; }
auto decide(const course_record&, const stop& c) -> gesta::emits<closed> { return closed{c.course}; }
auto decide(const course_record&, const rename_to& c) -> gesta::emits<renamed_to> { return renamed_to{c.name}; }
struct courses : gesta::aggregate<course_record, gesta::commands<plan, stop, rename_to>, gesta::by<"course">> {
  static constexpr auto id = "course";
};

struct enrolled { course_no course; std::string student; static constexpr auto id = "enrolled"; using tags = gesta::tags<"course", "student">; };
struct left { course_no course; std::string student; static constexpr auto id = "left"; using tags = gesta::tags<"course", "student">; };
struct enrol { course_no course; std::string student; };
struct leave { course_no course; std::string student; };
struct leave_all { std::string student; };
struct full { unsigned seats; static constexpr auto id = "full"; };
struct busy { static constexpr auto id = "busy"; };
struct not_open { static constexpr auto id = "not_open"; };

struct course { unsigned seats = 0; unsigned taken = 0; bool open = false; using tags = gesta::tags<"course">; };
struct student { gesta::list<int, 4> courses; using tags = gesta::tags<"student">; };
struct attendance { unsigned times = 0; bool now = false; using tags = gesta::tags<"course", "student">; };
struct tally { unsigned enrolments = 0; std::uint64_t last = 0; using tags = gesta::tags<>; };

void evolve(course& c, const opened& e) { c.seats = e.seats, c.open = true; }
void evolve(course& c, const closed&) { c.open = false; }
void evolve(course& c, const enrolled&) { ++c.taken; }
void evolve(course& c, const left&) { --c.taken; }
void evolve(student& s, const enrolled& e) { (void)s.courses.push_back(e.course.number); }
void evolve(student& s, const left& e) {
  gesta::list<int, 4> rest;
  for (const int one : s.courses)
    if (one != e.course.number) (void)rest.push_back(one);
  s.courses = rest;
}
void evolve(attendance& a, const enrolled&) { ++a.times, a.now = true; }
void evolve(attendance& a, const left&) { a.now = false; }
void evolve(tally& t, const enrolled&, const gesta::about& a) { ++t.enrolments, t.last = a.position; }

auto decide(const course& c, const student& s, const attendance& a, const enrol& e)
    -> gesta::emits<enrolled>::or_nothing::or_rejects<not_open, full, busy> {
  if (a.now) return gesta::no_change;
  if (!c.open) return not_open{};
  if (c.taken == c.seats) return full{c.seats};
  if (s.courses.size() == 2) return busy{};
  return enrolled{e.course, e.student};
}
auto decide(const attendance& a, const leave& e) -> gesta::emits<left>::or_nothing {
  if (!a.now) return gesta::no_change;
  return left{e.course, e.student};
}
auto decide(const student& s, const leave_all& e) -> gesta::emits<gesta::many<left>> {
  return gesta::each(s.courses, [&e](int number) { return left{{number}, e.student}; });
}
struct enrolments : gesta::boundary<gesta::states<course, student, attendance, tally>, gesta::commands<enrol, leave, leave_all>> {
  static constexpr auto id = "enrolments";
};

struct register_of_events {
  std::vector<std::string> lines;
};
template <class Event>
std::string line(const Event& e, const gesta::about& a) {
  return std::to_string(a.position) + "/" + std::to_string(a.version) + " " + Event::id + " " + std::to_string(e.course.number);
}
void project(register_of_events& r, const enrolled& e, const gesta::about& a) { r.lines.push_back(line(e, a)); }
void project(register_of_events& r, const left& e, const gesta::about& a) { r.lines.push_back(line(e, a)); }
void project(register_of_events& r, const opened& e, const gesta::about& a) { r.lines.push_back(line(e, a)); }
struct all_events : gesta::projection<register_of_events> {
  static constexpr auto id = "all";
};
struct school : gesta::model<courses, enrolments, all_events> {};

// ---- a boundary whose events were others once: one old event is an event with a tag and one without

namespace old {
struct entered { int room; int person; static constexpr auto id = "room.entered"; using tags = gesta::tags<"room">; };
struct enter { int room; int person; };
struct room { int people = 0; using tags = gesta::tags<"room">; };
void evolve(room& r, const entered&) { ++r.people; }
auto decide(const room&, const enter& c) -> gesta::emits<entered> { return entered{c.room, c.person}; }
struct rooms : gesta::boundary<gesta::states<room>, gesta::commands<enter>> { static constexpr auto id = "rooms"; };
struct house : gesta::model<rooms> {};
}  // namespace old
namespace today {
struct entered { int room; static constexpr auto id = gesta::event_id{"room.entered", 2}; using tags = gesta::tags<"room">; };
struct greeted { int person; static constexpr auto id = "person.greeted"; using tags = gesta::tags<"person">; };
struct noticed { int person; static constexpr auto id = "person.noticed"; };
struct enter { int room; int person; };
struct room { int people = 0; std::uint64_t last = 0; using tags = gesta::tags<"room">; };
struct person { int greetings = 0; using tags = gesta::tags<"person">; };
struct all { int noticed = 0; using tags = gesta::tags<>; };
void evolve(room& r, const entered&, const gesta::about& a) { ++r.people, r.last = a.position; }
void evolve(person& p, const greeted&) { ++p.greetings; }
void evolve(all& a, const noticed&) { ++a.noticed; }
auto decide(const room&, const person&, const all&, const enter& c) -> gesta::emits<entered, greeted, noticed> {
  return gesta::emit(entered{c.room}, greeted{c.person}, noticed{c.person});
}
struct rooms : gesta::boundary<gesta::states<room, person, all>, gesta::commands<enter>> { static constexpr auto id = "rooms"; };
}  // namespace today
namespace old {
auto upcast(const entered& e) -> gesta::emits<today::entered, today::greeted> {
  return gesta::emit(today::entered{e.room}, today::greeted{e.person});
}
}  // namespace old
namespace today {
struct house : gesta::model<rooms, gesta::history<old::entered>> {};
}  // namespace today

constexpr course_no logic{1}, music{2}, greek{3};

enum class got { settled, not_open, full, busy, conflict, failure };
got result(const auto& outcome) {
  return outcome.match([](const course&, const student&, const attendance&) { return got::settled; }, [](const not_open&) { return got::not_open; },
                       [](const full&) { return got::full; }, [](const busy&) { return got::busy; },
                       [](const gesta::conflict&) { return got::conflict; }, [](const gesta::failure&) { return got::failure; });
}
void must(const auto& outcome) { REQUIRE(static_cast<bool>(outcome)); }

/// The test on every store that keeps everything.
template <class Test>
void on_each_store(Test&& test) {
  {
    INFO("memory");
    auto app = gesta::start<school>(gesta::memory_store{});
    test(app);
  }
  {
    INFO("fixed memory");
    auto app = gesta::start<school>(gesta::fixed_memory_store{.bytes = 1, .streams = 64});
    test(app);
  }
  {
    INFO("bytes");
    shared::disk disk;
    auto app = gesta::start<school>(shared::store{&disk});
    test(app);
  }
  {
    INFO("sqlite");
    const folder f;
    auto app = gesta::start<school>(gesta::sqlite_store{.path = f / "a.db", .level = gesta::durability::process});
    test(app);
  }
}

}  // namespace

TEST_CASE("a decision reads the states of the command's own tags, made of events of aggregates and of the boundary") {
  on_each_store([](auto& app) {
    CHECK(result(app.handle(enrol{logic, "anna"})) == got::not_open);
    must(app.handle(plan{logic, 1}));
    must(app.handle(plan{music, 9}));
    must(app.handle(plan{greek, 9}));
    CHECK(result(app.handle(enrol{logic, "anna"})) == got::settled);
    CHECK(result(app.handle(enrol{logic, "bob"})) == got::full);
    CHECK(result(app.handle(enrol{music, "anna"})) == got::settled);
    CHECK(result(app.handle(enrol{greek, "anna"})) == got::busy);
    CHECK(app.template state<course>(logic).taken == 1);
    CHECK(app.template state<course>(greek).taken == 0);
    CHECK(app.template state<student>("anna").courses.size() == 2);
    CHECK(app.template state<student>(std::string("bob")).courses.size() == 0);
    CHECK(app.template state<attendance>(logic, "anna").now);
    CHECK_FALSE(app.template state<attendance>(logic, "bob").now);
    CHECK(app.template state<tally>().enrolments == 2);
    CHECK(app.template state<tally>().last == app.last_position());
    must(app.handle(stop{music}));
    CHECK(result(app.handle(enrol{music, "bob"})) == got::not_open);
    CHECK(app.template state<courses>(music).closed);
  });
}

TEST_CASE("an accepted command shows the states as they are now, with its version in the boundary's stream and its position") {
  on_each_store([](auto& app) {
    must(app.handle(plan{logic, 3}));
    must(app.handle(enrol{logic, "anna"}));
    const auto outcome = app.handle(enrol{logic, "bob"});
    CHECK(outcome.version() == 2);
    CHECK(outcome.position() == 3);
    CHECK(outcome.match([](const course& c, const student& s, const attendance& a) { return c.taken == 2 && s.courses.size() == 1 && a.now; },
                        [](const not_open&) { return false; }, [](const full&) { return false; }, [](const busy&) { return false; },
                        [](const gesta::failure&) { return false; }));
    const auto nothing = app.handle(enrol{logic, "bob"});
    CHECK(static_cast<bool>(nothing));
    CHECK(nothing.position() == 0);
    CHECK(app.template view<register_of_events>().lines == std::vector<std::string>{"1/1 course.opened 1", "2/1 enrolled 1", "3/2 enrolled 1"});
  });
}

TEST_CASE("an open number of events of a boundary is built from the state that they change") {
  on_each_store([](auto& app) {
    must(app.handle(plan{logic, 3}));
    must(app.handle(plan{music, 3}));
    must(app.handle(enrol{logic, "anna"}));
    must(app.handle(enrol{music, "anna"}));
    must(app.handle(leave_all{"anna"}));
    CHECK(app.template state<student>("anna").courses.size() == 0);
    CHECK(app.template state<course>(logic).taken == 0);
    CHECK(app.template state<course>(music).taken == 0);
    CHECK(app.last_position() == 6);
    must(app.handle(leave_all{"anna"}));
    CHECK(app.last_position() == 6);
    CHECK(app.template view<register_of_events>().lines.back() == "6/4 left 2");
  });
}

TEST_CASE("what came after the position that a caller has seen is a conflict when it belongs to what the decision reads, and only then") {
  on_each_store([](auto& app) {
    must(app.handle(plan{logic, 3}));
    must(app.handle(plan{music, 3}));
    const gesta::seen at{app.last_position()};
    CHECK(result(app.handle(enrol{music, "eve"}, at)) == got::settled);       // 3
    must(app.handle(rename_to{logic, "logics"}));                             // 4: no tags
    CHECK(result(app.handle(enrol{logic, "anna"}, at)) == got::settled);      // 5
    const auto refused = app.handle(enrol{logic, "bob"}, at);
    CHECK(result(refused) == got::conflict);
    CHECK(refused.version() == 5);
    CHECK(app.last_position() == 5);
    CHECK(result(app.handle(enrol{logic, "bob"}, gesta::seen{5})) == got::settled);
    must(app.handle(stop{logic}));  // by an aggregate
    CHECK(result(app.handle(enrol{logic, "carl"}, gesta::seen{6})) == got::conflict);
    CHECK(result(app.handle(enrol{logic, "carl"}, gesta::seen{7})) == got::not_open);
    // What matched nothing guards too.
    CHECK(result(app.handle(enrol{greek, "zoe"}, gesta::seen{0})) == got::not_open);
    must(app.handle(plan{greek, 1}));
    CHECK(result(app.handle(enrol{greek, "zoe"}, gesta::seen{7})) == got::conflict);
  });
}

TEST_CASE("a batch that is taken back takes the states about tags back; what stood before stays") {
  on_each_store([](auto& app) {
    must(app.handle(plan{logic, 2}));
    must(app.handle(enrol{logic, "anna"}));
    must(app.handle(leave{logic, "anna"}));
    must(app.handle(enrol{logic, "anna"}));
    {
      auto batch = app.batch();
      CHECK(result(batch.handle(enrol{logic, "bob"})) == got::settled);
      CHECK(result(batch.handle(enrol{logic, "carl"})) == got::full);
      must(batch.handle(leave{logic, "anna"}));
      CHECK(result(batch.handle(enrol{logic, "carl"})) == got::settled);
      must(batch.handle(plan{music, 1}));
      CHECK(app.template state<course>(logic).taken == 2);
    }
    CHECK(app.template state<course>(logic).taken == 1);
    CHECK(app.template state<course>(logic).open);
    CHECK_FALSE(app.template state<course>(music).open);
    CHECK(app.template state<attendance>(logic, "anna").now);
    CHECK(app.template state<attendance>(logic, "anna").times == 2);
    CHECK(app.template state<attendance>(logic, "carl").times == 0);
    CHECK(app.template state<student>("bob").courses.size() == 0);
    CHECK(app.template state<tally>().enrolments == 2);
    CHECK(app.template state<tally>().last == 4);
    CHECK(app.last_position() == 4);
    CHECK(result(app.handle(enrol{logic, "bob"}, gesta::seen{4})) == got::settled);
    CHECK(app.template state<course>(logic).taken == 2);
    CHECK(app.template state<tally>().last == 5);
    auto batch = app.batch();
    must(batch.handle(leave{logic, "bob"}));
    CHECK(static_cast<bool>(batch.commit()));
    CHECK(app.template state<course>(logic).taken == 1);
  });
}

TEST_CASE("a request of a boundary has one outcome for ever, also a refusal") {
  on_each_store([](auto& app) {
    must(app.handle(plan{logic, 1}));
    const gesta::once first{"test", 1}, second{"test", 2};
    CHECK(result(app.handle(enrol{logic, "anna"}, first)) == got::settled);
    CHECK(result(app.handle(enrol{logic, "bob"}, second)) == got::full);
    must(app.handle(leave{logic, "anna"}));
    const auto again = app.handle(enrol{logic, "anna"}, first);
    CHECK(again.repeated());
    CHECK(again.position() == 2);
    CHECK(again.version() == 1);
    CHECK(again.match([](const course& c, const student&, const attendance& a) { return c.taken == 0 && !a.now; }, [](const not_open&) { return false; },
                      [](const full&) { return false; }, [](const busy&) { return false; }, [](const gesta::failure&) { return false; }));
    CHECK(result(app.handle(enrol{logic, "bob"}, second)) == got::full);
    CHECK(app.last_position() == 3);
  });
}

TEST_CASE("a state about tags as it was is that of the first events") {
  on_each_store([](auto& app) {
    must(app.handle(plan{logic, 2}));
    must(app.handle(enrol{logic, "anna"}));
    must(app.handle(enrol{logic, "bob"}));
    must(app.handle(leave{logic, "anna"}));
    const unsigned taken[] = {0, 0, 1, 2, 1, 1};
    for (std::uint64_t position = 0; position <= 5; ++position) {
      CAPTURE(position);
      const auto was = app.template state<course>(logic, gesta::at_position{position});
      REQUIRE(static_cast<bool>(was));
      CHECK(was->taken == taken[position]);
      CHECK(was->open == (position > 0));
      CHECK(app.template state<attendance>(logic, "anna", gesta::at_position{position})->now == (position == 2 || position == 3));
      CHECK(app.template state<tally>(gesta::at_position{position})->enrolments == (position < 2 ? 0 : position == 2 ? 1 : 2));
    }
    CHECK(app.template state<course>(logic, gesta::at_time{{0}})->taken == 0);
    CHECK(app.template state<course>(logic, gesta::at_time{{INT64_MAX}})->taken == 1);
    CHECK(app.template state<course>(music, gesta::at_position{4})->open == false);
  });
}

TEST_CASE("events are read by the values of their tags, in order of position") {
  on_each_store([](auto& app) {
    must(app.handle(plan{logic, 2}));
    must(app.handle(plan{music, 2}));
    must(app.handle(enrol{logic, "anna"}));
    must(app.handle(enrol{music, "anna"}));
    must(app.handle(enrol{logic, "bob"}));
    must(app.handle(rename_to{logic, "logics"}));
    must(app.handle(stop{logic}));
    std::vector<std::string> lines;
    const auto note = [&](const auto& event, const gesta::about& a) { lines.push_back(line(event, a)); };
    CHECK(static_cast<bool>(app.read(gesta::tagged<"course">(logic), {}, note)));
    CHECK(lines == std::vector<std::string>{"1/1 course.opened 1", "3/1 enrolled 1", "5/3 enrolled 1", "7/3 course.closed 1"});
    lines.clear();
    CHECK(static_cast<bool>(app.read(gesta::tagged<"student">("anna"), {}, note)));
    CHECK(lines == std::vector<std::string>{"3/1 enrolled 1", "4/2 enrolled 2"});
    lines.clear();
    CHECK(static_cast<bool>(app.read(gesta::tagged<"student", "course">("anna", music), {}, note)));
    CHECK(lines == std::vector<std::string>{"4/2 enrolled 2"});
    lines.clear();
    CHECK(static_cast<bool>(app.read(gesta::tagged<"course">(greek), {}, note)));
    CHECK(lines.empty());
    CHECK(static_cast<bool>(app.read(gesta::tagged<"course">(logic), {.after = 1, .limit = 2}, note)));
    CHECK(lines == std::vector<std::string>{"3/1 enrolled 1", "5/3 enrolled 1"});
    lines.clear();
    CHECK(static_cast<bool>(app.read(gesta::tagged<"course">(logic), {.to = 6, .limit = 2, .backwards = true}, note)));
    CHECK(lines == std::vector<std::string>{"5/3 enrolled 1", "3/1 enrolled 1"});
    lines.clear();
    CHECK(static_cast<bool>(app.read(gesta::tagged<"course">(logic), {}, [&](const auto& event, const gesta::about& a) { return note(event, a), false; })));
    CHECK(lines == std::vector<std::string>{"1/1 course.opened 1"});
  });
}

TEST_CASE("without room for a further state the command fails and nothing of it is left") {
  auto app = gesta::start<school>(gesta::fixed_memory_store{.bytes = 1, .streams = 2});
  must(app.handle(plan{logic, 9}));
  must(app.handle(enrol{logic, "anna"}));
  must(app.handle(enrol{logic, "bob"}));
  const auto none = app.handle(enrol{logic, "carl"});
  CHECK(result(none) == got::failure);
  CHECK(app.state<course>(logic).taken == 2);
  CHECK(app.state<student>("carl").courses.size() == 0);
  CHECK(app.state<tally>().enrolments == 2);
  CHECK(app.last_position() == 3);
  must(app.handle(leave{logic, "bob"}));
  CHECK(app.state<course>(logic).taken == 1);
}

TEST_CASE("what other apps on the same file record belongs to the states too, and what is there when an app starts") {
  const folder f;
  const gesta::sqlite_store store{.path = f / "a.db", .level = gesta::durability::process};
  auto one = gesta::start<school>(store);
  auto two = gesta::start<school>(store);
  must(one.handle(plan{logic, 1}));
  CHECK(result(two.handle(enrol{logic, "bob"})) == got::settled);
  CHECK(result(one.handle(enrol{logic, "anna"})) == got::full);
  CHECK(one.state<attendance>(logic, "bob").now);
  auto batch = one.batch();
  CHECK(result(batch.handle(enrol{logic, "anna"})) == got::full);
  must(batch.handle(leave{logic, "bob"}));
  CHECK(result(batch.handle(enrol{logic, "anna"})) == got::settled);
  CHECK(static_cast<bool>(batch.commit()));
  const gesta::seen before{3};
  CHECK(result(two.handle(enrol{logic, "eve"}, before)) == got::conflict);
  auto three = gesta::start<school>(store);
  CHECK(three.state<course>(logic).taken == 1);
  CHECK(three.state<attendance>(logic, "anna").now);
  CHECK(three.state<tally>().enrolments == 2);
}

TEST_CASE("a conflict that another app causes at the commit is decided anew, by the states of then") {
  shared::disk disk;
  auto one = gesta::start<school>(shared::store{&disk});
  auto two = gesta::start<school>(shared::store{&disk});
  must(one.handle(plan{logic, 1}));
  bool once = true;
  disk.before_commit = [&] {
    if (!std::exchange(once, false)) return;
    CHECK(result(two.handle(enrol{logic, "bob"})) == got::settled);
  };
  CHECK(result(one.handle(enrol{logic, "anna"})) == got::full);
  CHECK(one.state<course>(logic).taken == 1);
  CHECK(one.state<student>("anna").courses.size() == 0);
  CHECK(one.state<attendance>(logic, "bob").now);
}

TEST_CASE("an old event belongs to the states of those that it is today, each by its own tags") {
  const folder f;
  const gesta::sqlite_store store{.path = f / "a.db", .level = gesta::durability::process};
  {
    auto app = gesta::start<old::house>(store);
    must(app.handle(old::enter{1, 7}));
    must(app.handle(old::enter{2, 7}));
  }
  auto app = gesta::start<today::house>(store);
  CHECK(app.state<today::room>(1).people == 1);
  CHECK(app.state<today::person>(7).greetings == 2);
  CHECK(app.state<today::all>().noticed == 0);
  {
    auto batch = app.batch();
    must(batch.handle(today::enter{1, 7}));
    CHECK(app.state<today::person>(7).greetings == 3);
    CHECK(app.state<today::all>().noticed == 1);
  }
  CHECK(app.state<today::room>(1).people == 1);
  CHECK(app.state<today::room>(1).last == 1);
  CHECK(app.state<today::person>(7).greetings == 2);
  CHECK(app.state<today::all>().noticed == 0);
  must(app.handle(today::enter{1, 8}));
  CHECK(app.state<today::room>(1, gesta::at_position{2})->people == 1);
  CHECK(app.state<today::room>(1, gesta::at_position{3})->people == 2);
  std::vector<std::uint64_t> positions;
  CHECK(static_cast<bool>(app.read(gesta::tagged<"person">(7), {}, [&](const auto&, const gesta::about& a) { positions.push_back(a.position); })));
  CHECK(positions == std::vector<std::uint64_t>{1, 2});
}
