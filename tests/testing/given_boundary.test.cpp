#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/testing/given_boundary.hpp>

#include <string>

// A boundary is tested without a store: what happened to others does not count.
namespace {

struct planned { int course; unsigned seats; using tags = gesta::tags<"course">; };
struct enrolled { int course; int student; using tags = gesta::tags<"course", "student">; };
struct enrol { int course; int student; };
struct full { unsigned seats; };
struct late { std::uint64_t position; };
struct course { unsigned seats = 0, taken = 0; using tags = gesta::tags<"course">; };
struct student { unsigned courses = 0; using tags = gesta::tags<"student">; };
struct pair { bool on = false; using tags = gesta::tags<"course", "student">; };
struct tally { unsigned all = 0; std::uint64_t last = 0; using tags = gesta::tags<>; };
struct ask { int course; };

constexpr void evolve(course& c, const planned& e) { c.seats = e.seats; }
constexpr void evolve(course& c, const enrolled&) { ++c.taken; }
constexpr void evolve(student& s, const enrolled&) { ++s.courses; }
constexpr void evolve(pair& p, const enrolled&) { p.on = true; }
constexpr void evolve(tally& t, const enrolled&, const gesta::about& a) { ++t.all, t.last = a.position; }
constexpr auto decide(const course& c, const student& s, const pair& p, const enrol& e) -> gesta::emits<enrolled>::or_nothing::or_rejects<full> {
  if (p.on) return gesta::no_change;
  if (c.taken == c.seats || s.courses == 2) return full{c.seats};
  return enrolled{e.course, e.student};
}
constexpr auto decide(const tally& t, const ask&, const gesta::about& a) -> gesta::emits<planned>::or_rejects<late> {
  if (t.all == 2) return late{100 * t.last + a.position};
  return planned{1, t.all};
}
struct enrolments : gesta::boundary<gesta::states<course, student, pair, tally>, gesta::commands<enrol, ask>> {};

using gesta::given;

}  // namespace

TEST_CASE("a decision is made by the events of its own tags, while compiling") {
  static_assert(given<enrolments>(planned{1, 1}).when(enrol{1, 7}).then(enrolled{1, 7}));
  static_assert(given<enrolments>(planned{1, 1}, enrolled{1, 8}).when(enrol{1, 7}).rejects(full{1}));
  static_assert(given<enrolments>(planned{1, 1}, enrolled{2, 8}).when(enrol{1, 7}).then(enrolled{1, 7}));
  static_assert(given<enrolments>(planned{1, 9}, enrolled{2, 7}, enrolled{3, 7}).when(enrol{1, 7}).rejects(full{9}));
  static_assert(given<enrolments>(planned{1, 9}, enrolled{1, 7}).when(enrol{1, 7}).nothing());
  static_assert(given<enrolments>().when(enrol{1, 7}).rejects(full{0}));
}

TEST_CASE("a state about everything takes all events, and verbs are told the place") {
  static_assert(given<enrolments>(enrolled{1, 1}, planned{1, 1}, enrolled{2, 2}).when(ask{1}).rejects(late{303}));
  static_assert(given<enrolments>(gesta::about{.position = 10}, enrolled{1, 1}, enrolled{2, 2}).when(ask{1}).rejects(late{1212}));
}

TEST_CASE("a test that does not hold says the states, what was expected and what was there") {
  const auto wrong = given<enrolments>(planned{1, 1}, enrolled{1, 8}).when(enrol{1, 7}).then(enrolled{1, 7});
  CHECK_FALSE(static_cast<bool>(wrong));
  CHECK(std::string(wrong.describe().c_str()) ==
        "given course{seats: 1, taken: 1}, student{courses: 0}, pair{on: false} when enrol{course: 1, student: 7}\n"
        "  expected: enrolled{course: 1, student: 7}\n"
        "  actual:   refused with full{seats: 1}");
}
