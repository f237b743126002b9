// A consistency boundary: courses with limited seats, students with limited courses. Neither a course nor a student could decide alone.
#include <gesta/gesta.hpp>

#include <cstdio>

using course_no = gesta::text<8>;
using who       = gesta::text<16>;

// Fields that are tags: an event is found by them, whoever recorded it.
struct course_planned { course_no course; unsigned seats; static constexpr auto id = "course.planned"; using tags = gesta::tags<"course">; };
struct enrolled  { course_no course; who student; static constexpr auto id = "enrolled";  using tags = gesta::tags<"course", "student">; };
struct withdrawn { course_no course; who student; static constexpr auto id = "withdrawn"; using tags = gesta::tags<"course", "student">; };

struct plan     { course_no course; unsigned seats; };
struct enrol    { course_no course; who student; };
struct withdraw { course_no course; who student; };
struct full             { course_no course; };
struct too_many_courses { who student; };
struct unknown_course   { course_no course; };

// What decisions look at: one state for each course, one for each student, one for each pair of both.
struct course     { bool planned = false; unsigned seats = 0, taken = 0; using tags = gesta::tags<"course">; };
struct student    { unsigned courses = 0;                                using tags = gesta::tags<"student">; };
struct attendance { bool is_on = false;                                  using tags = gesta::tags<"course", "student">; };

constexpr void evolve(course& c, const course_planned& e) { c = {true, e.seats, c.taken}; }
constexpr void evolve(course& c, const enrolled&)  { ++c.taken; }
constexpr void evolve(course& c, const withdrawn&) { --c.taken; }
constexpr void evolve(student& s, const enrolled&)  { ++s.courses; }
constexpr void evolve(student& s, const withdrawn&) { --s.courses; }
constexpr void evolve(attendance& a, const enrolled&)  { a.is_on = true; }
constexpr void evolve(attendance& a, const withdrawn&) { a.is_on = false; }

// The parameters say what is read; the command's fields of the tags' names say of whom.
constexpr auto decide(const course&, const plan& c) -> gesta::emits<course_planned> { return course_planned{c.course, c.seats}; }
constexpr auto decide(const course& c, const student& s, const attendance& a, const enrol& wish)
    -> gesta::emits<enrolled>::or_nothing::or_rejects<unknown_course, full, too_many_courses> {
  if (!c.planned) return unknown_course{wish.course};
  if (a.is_on) return gesta::no_change;
  if (c.taken >= c.seats) return full{wish.course};
  if (s.courses == 2) return too_many_courses{wish.student};
  return enrolled{wish.course, wish.student};
}
constexpr auto decide(const attendance& a, const withdraw& wish) -> gesta::emits<withdrawn>::or_nothing {
  if (!a.is_on) return gesta::no_change;
  return withdrawn{wish.course, wish.student};
}

struct enrolments : gesta::boundary<gesta::states<course, student, attendance>, gesta::commands<plan, enrol, withdraw>> {
  static constexpr auto id = "enrolments";
};
struct school : gesta::model<enrolments> {};

static_assert(gesta::given<enrolments>(course_planned{"logic", 1}, enrolled{"logic", "bob"}).when(enrol{"logic", "anna"}).rejects(full{"logic"}));
static_assert(gesta::given<enrolments>(course_planned{"logic", 1}, enrolled{"music", "bob"})
                  .when(enrol{"logic", "anna"}).then(enrolled{"logic", "anna"}));

int main() {
  auto app = gesta::start<school>(gesta::memory_store{});
  const auto wish = [&](const char* asks, const auto& command, const auto&... option) {
    std::printf("%s: ", asks);
    app.handle(command, option...).match(
        [](const course& c, const student& s, const attendance&) { std::printf("%u of %u seats, %u courses\n", c.taken, c.seats, s.courses); },
        [](const unknown_course& no) { std::printf("%s is not planned\n", no.course.c_str()); },
        [](const full& no) { std::printf("%s is full\n", no.course.c_str()); },
        [](const too_many_courses&) { std::printf("two courses are enough\n"); },
        [](const gesta::conflict& now) { std::printf("something happened at position %d\n", static_cast<int>(now.actual)); });
  };

  wish("anna", enrol{"logic", "anna"});
  app.handle(plan{"logic", 1});
  app.handle(plan{"music", 9});
  app.handle(plan{"greek", 9});
  wish("anna", enrol{"logic", "anna"});
  wish("bob", enrol{"logic", "bob"});
  wish("anna", enrol{"music", "anna"});
  wish("anna", enrol{"greek", "anna"});

  // Who decided to ask by what they saw at a position says so; what concerns others does not disturb them.
  const gesta::seen now{app.last_position()};
  app.handle(withdraw{"logic", "anna"});
  wish("eve", enrol{"music", "eve"}, now);
  wish("bob", enrol{"logic", "bob"}, now);

  std::printf("logic at position 4: %u taken; now %u\n", app.state<course>("logic", gesta::at_position{4})->taken, app.state<course>("logic").taken);
  const bool told = static_cast<bool>(app.read(gesta::tagged<"student">("anna"), {}, [](const auto& event, const gesta::about& a) {
    std::printf("anna at %d: %s\n", static_cast<int>(a.position), event.course.c_str());
  }));
  return told ? 0 : 1;
}
