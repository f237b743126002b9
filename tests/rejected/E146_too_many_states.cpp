// [gesta E146] the Boundary has more than six states; split it
// in too_many_states<false, enrolments>
#include <gesta/model/model.hpp>

struct planned { int course; unsigned seats; static constexpr auto id = "course.planned"; using tags = gesta::tags<"course">; };
struct enrolled { int course; long student; static constexpr auto id = "enrolled"; using tags = gesta::tags<"course", "student">; };
struct plan { int course; unsigned seats; };
struct enrol { int course; long student; };
struct full {};
struct state0 { using tags = gesta::tags<"course">; };
constexpr void evolve(state0&, const planned&) {}
struct state1 { using tags = gesta::tags<"course">; };
constexpr void evolve(state1&, const planned&) {}
struct state2 { using tags = gesta::tags<"course">; };
constexpr void evolve(state2&, const planned&) {}
struct state3 { using tags = gesta::tags<"course">; };
constexpr void evolve(state3&, const planned&) {}
struct state4 { using tags = gesta::tags<"course">; };
constexpr void evolve(state4&, const planned&) {}

struct course { unsigned free = 0; using tags = gesta::tags<"course">; };
struct student { unsigned courses = 0; using tags = gesta::tags<"student">; };

constexpr void evolve(course& c, const planned& e) { c.free = e.seats; }
constexpr void evolve(course& c, const enrolled&) { --c.free; }
constexpr void evolve(student& s, const enrolled&) { ++s.courses; }
constexpr auto decide(const course&, const plan& c) -> gesta::emits<planned> { return planned{c.course, c.seats}; }
constexpr auto decide(const course& c, const student& s, const enrol& e) -> gesta::emits<enrolled>::or_rejects<full> {
  if (c.free == 0 || s.courses == 2) return full{};
  return enrolled{e.course, e.student};
}

struct enrolments : gesta::boundary<gesta::states<course, student, state0, state1, state2, state3, state4>, gesta::commands<plan, enrol>> {
  static constexpr auto id = "enrolments";
};
struct school : gesta::model<enrolments> {};
