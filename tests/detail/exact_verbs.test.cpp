// The promise of detail/exact.hpp for decide, project, react, observe and upcast, and what a verb's result is. For evolve, and for all that
// stands beside an exact overload: exact.test.cpp.

// Names of the user's that stand in the way of whoever looks for the verbs among what was declared before.
// A user's struct may have the name of a verb; GCC finds that this hides something, which is the point.
#pragma GCC diagnostic ignored "-Wshadow"
struct decide;
struct project;
struct react;
struct observe;
struct upcast;

#include <gesta/detail/exact.hpp>

#include <doctest/doctest.h>

#include <type_traits>

namespace {

namespace detail = gesta::detail;

// The body of a template that must not be looked at.
template <class>
inline constexpr bool never = false;

}  // namespace

namespace shop {

struct stock { int left = 0; };
struct take { int n; };
struct give { int n; };
struct count { int n; };
struct guess { int n; };
struct taken { int n; };
struct sold_out { int missing; };
struct too_late { int hours; };

taken decide(const stock&, const take&);
int decide(stock, give);
char decide(const stock&, const count&, const gesta::about&);
short decide(const stock&, const taken&);
long decide(const stock&, const taken&, const gesta::about&);
long decide(stock&, const guess&);

struct shelf { int shown = 0; };
void project(shelf&, const taken&);
void project(shelf&, const sold_out&, const gesta::about&);
void project(const shelf&, const take&);
void project(shelf, const give&);

struct refill {};
struct warn {};
give react(const refill&, const taken&);
void react(const refill&, const give& asked, const too_late& why);
give react(const refill&, const give& asked, const sold_out& why, const gesta::about&);
take react(warn, taken, const gesta::about&);
void react(const warn&, const give& asked, const auto& why);
void react(warn&, const take&);

struct counters { int n = 0; };
void observe(counters&, const taken&);
void observe(const counters&, sold_out);
void observe(counters, const too_late&);
void observe(counters&, const auto&);
void observe(counters&, const give&, const gesta::about&);

struct taken_1 { int n; };
struct taken_2 { int n; };
struct taken_3 : taken_2 { int more; };
struct taken_4 { int n; };
taken upcast(const taken_1&);
taken_1 upcast(taken_2);
template <class Old>
auto upcast(const Old&) { static_assert(never<Old>); }

}  // namespace shop

namespace swallowing_upcasts {

struct old { int n; };
struct wrapper_of_any { template <class T> wrapper_of_any(const T&); };
struct forwarding_wrapper { template <class T> forwarding_wrapper(T&&); };
int upcast(forwarding_wrapper);
int upcast(wrapper_of_any);

}  // namespace swallowing_upcasts

namespace forwarding_upcasts {

struct old { int n; };
int upcast(auto&&);

}  // namespace forwarding_upcasts

namespace copying_upcasts {

struct old { int n; };
int upcast(auto);

}  // namespace copying_upcasts

TEST_CASE("decide takes its state by const reference or by value") {
  using namespace shop;
  static_assert(detail::decides_exactly<stock, take>);
  static_assert(detail::decides_exactly<stock, give>);
  static_assert(!detail::decides_exactly<stock, count>);
  static_assert(detail::decides_exactly_about<stock, count>);
  static_assert(!detail::decides_exactly_about<stock, take>);
  static_assert(!detail::decides_exactly<stock, guess>, "a decision must not change the state");
  static_assert(!detail::decides_exactly<stock, sold_out>);
}

TEST_CASE("project changes its view") {
  using namespace shop;
  static_assert(detail::projects_exactly<shelf, taken>);
  static_assert(!detail::projects_exactly<shelf, sold_out>);
  static_assert(detail::projects_exactly_about<shelf, sold_out>);
  static_assert(!detail::projects_exactly<shelf, take>);
  static_assert(!detail::projects_exactly<shelf, give>);
  static_assert(!detail::projects_exactly_about<shelf, give>);
}

TEST_CASE("react hears events, and what became of its commands") {
  using namespace shop;
  static_assert(detail::reacts_exactly<refill, taken>);
  static_assert(!detail::reacts_exactly_about<refill, taken>);
  static_assert(!detail::reacts_exactly<refill, sold_out>);
  static_assert(!detail::reacts_exactly<warn, taken>);
  static_assert(detail::reacts_exactly_about<warn, taken>);
  static_assert(!detail::reacts_exactly<warn, take>);
  static_assert(detail::hears_exactly<refill, give, too_late>);
  static_assert(!detail::hears_exactly_about<refill, give, too_late>);
  static_assert(!detail::hears_exactly<refill, give, sold_out>);
  static_assert(detail::hears_exactly_about<refill, give, sold_out>);
  static_assert(!detail::hears_exactly<refill, take, too_late>);
  static_assert(!detail::hears_exactly<warn, give, too_late>);
}

TEST_CASE("observe may change its observer, and is not told to a copy") {
  using namespace shop;
  static_assert(detail::observes_exactly<counters, taken>);
  static_assert(!detail::observes_exactly<const counters, taken>);
  static_assert(detail::observes_exactly<counters, sold_out>);
  static_assert(detail::observes_exactly<const counters, sold_out>);
  static_assert(!detail::observes_exactly<counters, too_late>, "a copy");
  static_assert(!detail::observes_exactly<counters, take>, "a template");
  static_assert(!detail::observes_exactly<counters, give>, "another argument");
}

TEST_CASE("upcast is asked for one type at a time") {
  using namespace shop;
  static_assert(detail::upcasts_exactly<taken_1>);
  static_assert(detail::upcasts_exactly<taken_2>);
  static_assert(!detail::upcasts_exactly<taken_3>, "an overload for its base");
  static_assert(!detail::upcasts_exactly<taken_4>, "a template");
  static_assert(!detail::upcasts_exactly<swallowing_upcasts::old>);
  static_assert(!detail::upcasts_exactly<forwarding_upcasts::old>);
  static_assert(!detail::upcasts_exactly<copying_upcasts::old>);
}

TEST_CASE("a verb's result is what the exact overload returns") {
  using namespace shop;
  static_assert(std::is_same_v<detail::decide_result<stock, take>, taken>);
  static_assert(std::is_same_v<detail::decide_result<stock, give>, int>);
  static_assert(std::is_same_v<detail::decide_result<stock, count>, char>);
  static_assert(std::is_same_v<detail::decide_result<stock, taken>, long>, "of two forms the one with about is called");
  static_assert(std::is_same_v<detail::react_result<refill, taken>, give>);
  static_assert(std::is_same_v<detail::react_result<warn, taken>, take>);
  static_assert(std::is_same_v<detail::hear_result<refill, give, too_late>, void>);
  static_assert(std::is_same_v<detail::hear_result<refill, give, sold_out>, give>);
  static_assert(std::is_same_v<detail::upcast_result<taken_1>, taken>);
  static_assert(std::is_same_v<detail::upcast_result<taken_2>, taken_1>);
}

TEST_CASE("a verb that is not there has the result missing, without an error") {
  using namespace shop;
  static_assert(std::is_same_v<detail::decide_result<stock, guess>, detail::missing>);
  static_assert(std::is_same_v<detail::react_result<refill, sold_out>, detail::missing>);
  static_assert(std::is_same_v<detail::hear_result<warn, give, too_late>, detail::missing>);
  static_assert(std::is_same_v<detail::upcast_result<taken_4>, detail::missing>);
}
