// [gesta E148] the states that boundaries read, and the facts that reactions ask for, are made of all events, and the Store keeps the last ones only, or  gesta::cached_states  only some states; use another store, or start without them
// in boundary_without_all_events<false, gesta::last_records_store>
#include <gesta/gesta.hpp>

struct planned { int course; unsigned seats; static constexpr auto id = "course.planned"; using tags = gesta::tags<"course">; };
struct enrolled { int course; long student; static constexpr auto id = "enrolled"; using tags = gesta::tags<"course", "student">; };
struct plan { int course; unsigned seats; };
struct enrol { int course; long student; };
struct full {};

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

struct enrolments : gesta::boundary<gesta::states<course, student>, gesta::commands<plan, enrol>> {
  static constexpr auto id = "enrolments";
};
struct school : gesta::model<enrolments> {};

inline void use() { auto app = gesta::start<school>(gesta::last_records_store{}); }
