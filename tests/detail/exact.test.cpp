// The promise of detail/exact.hpp: a verb counts on exact types, whatever else the user's namespace holds.

// Names of the user's that stand in the way of whoever looks for the verbs among what was declared before.
// A user's struct may have the name of a verb; GCC finds that this hides something, which is the point.
#pragma GCC diagnostic ignored "-Wshadow"
struct evolve;
struct decide;

#include <gesta/detail/exact.hpp>

#include <doctest/doctest.h>

#include <any>
#include <type_traits>

namespace {

namespace detail = gesta::detail;

// The body of a template that must not be looked at.
template <class>
inline constexpr bool never = false;

}  // namespace

// --- one state, and every wrong way to write evolve for one of its events

namespace counted {

struct older_state {};
struct state : older_state {
  int sum = 0;
};

struct by_reference { int n; };
struct by_value { int n; };
struct final_one final { int n; };
struct empty {};
struct returns_something { int n; };
struct with_default { int n; };

struct absent { int n; };
struct absent_final final { int n; };
struct older { int n; };
struct derived : older { int more; };
struct takes_const_state { int n; };
struct takes_state_by_value { int n; };
struct takes_rvalue_state { int n; };
struct takes_older_state { int n; };
struct takes_event_by_mutable_reference { int n; };
struct takes_event_by_rvalue { int n; };
struct only_about { int n; };
struct both_forms { int n; };
struct wrapped { int n; };
struct converts_itself;

struct wrapper { wrapper(const wrapped&); };
struct converts_itself { operator by_reference() const; };

void evolve(state&, const by_reference&);
void evolve(state&, by_value);
void evolve(state&, const final_one&);
void evolve(state&, const empty&);
int evolve(state&, const returns_something&) noexcept;
void evolve(state&, const with_default&, int = 0);

void evolve(state&, const older&);
void evolve(const state&, const takes_const_state&);
void evolve(state, const takes_state_by_value&);
void evolve(state&&, const takes_rvalue_state&);
void evolve(older_state&, const takes_older_state&);
void evolve(state&, takes_event_by_mutable_reference&);
void evolve(state&, takes_event_by_rvalue&&);
void evolve(state&, const only_about&, const gesta::about&);
void evolve(state&, const both_forms&);
void evolve(state&, const both_forms&, const gesta::about&);
void evolve(state&, wrapper);

}  // namespace counted

TEST_CASE("evolve counts for its exact event, taken by reference or by value") {
  using namespace counted;
  static_assert(detail::evolves_exactly<state, by_reference>);
  static_assert(detail::evolves_exactly<state, by_value>);
  static_assert(detail::evolves_exactly<state, final_one>);
  static_assert(detail::evolves_exactly<state, empty>);
  static_assert(detail::evolves_exactly<state, returns_something>);
  static_assert(detail::evolves_exactly<state, with_default>);
}

TEST_CASE("an event without evolve is seen") {
  using namespace counted;
  static_assert(!detail::evolves_exactly<state, absent>);
  static_assert(!detail::evolves_exactly<state, absent_final>);
  static_assert(!detail::evolves_exactly<older_state, by_reference>);
}

TEST_CASE("an overload for the base of an event or of a state is not one for it") {
  using namespace counted;
  static_assert(detail::evolves_exactly<state, older>);
  static_assert(!detail::evolves_exactly<state, derived>);
  static_assert(!detail::evolves_exactly<state, takes_older_state>);
  static_assert(detail::evolves_exactly<older_state, takes_older_state>);
}

TEST_CASE("evolve must be able to change its state, and must not want to change its event") {
  using namespace counted;
  static_assert(!detail::evolves_exactly<state, takes_const_state>);
  static_assert(!detail::evolves_exactly<state, takes_state_by_value>);
  static_assert(!detail::evolves_exactly<state, takes_rvalue_state>);
  static_assert(!detail::evolves_exactly<state, takes_event_by_mutable_reference>);
  static_assert(!detail::evolves_exactly<state, takes_event_by_rvalue>);
}

TEST_CASE("a conversion of the event is not an overload for it") {
  using namespace counted;
  static_assert(!detail::evolves_exactly<state, wrapped>);
  static_assert(!detail::evolves_exactly<state, converts_itself>);
}

TEST_CASE("the form with about is another form") {
  using namespace counted;
  static_assert(!detail::evolves_exactly<state, only_about>);
  static_assert(detail::evolves_exactly_about<state, only_about>);
  static_assert(detail::evolves_exactly<state, both_forms>);
  static_assert(detail::evolves_exactly_about<state, both_forms>);
  static_assert(!detail::evolves_exactly_about<state, by_reference>);
  static_assert(!detail::evolves_exactly_about<state, with_default>);
  static_assert(!detail::evolves_exactly_about<state, derived>);
}

// --- what swallows everything, alone and beside exact overloads

namespace swallowed {

struct state { int sum = 0; };
struct exact { int n; };
struct exact_final final { int n; };
struct other { int n; };

struct wrapper_of_any { template <class T> wrapper_of_any(const T&); };
struct forwarding_wrapper { template <class T> forwarding_wrapper(T&&); };

}  // namespace swallowed

namespace generic_event {

struct state : swallowed::state {};
void evolve(state&, const auto&);
void evolve(state&, const auto&, const gesta::about&);
void project(state&, const auto&);

}  // namespace generic_event

namespace generic_state {

struct event { int n; };
struct event_by_value { int n; };
struct event_by_forwarding { int n; };
struct state { int sum = 0; };
void evolve(auto&, const event&);
void evolve(auto, const event_by_value&);
void evolve(auto&&, const event_by_forwarding&);
template <class State>
auto decide(const State&, const event&) { static_assert(never<State>); }
int decide(auto, const event_by_value&);
int decide(auto&&, const event_by_forwarding&);

}  // namespace generic_state

namespace generic_all {

struct state { int sum = 0; };
void evolve(auto&, const auto&);
void evolve(auto&&, auto&&);
void evolve(auto&&, const auto&, const auto&);

}  // namespace generic_all

namespace variadic {

struct state { int sum = 0; };
void evolve(state&, ...);
void evolve(auto&&...);

}  // namespace variadic

namespace wrapping {

struct state { int sum = 0; };
struct of_any : state {};
struct of_anything : state {};
struct of_std : state {};
void evolve(of_any&, swallowed::wrapper_of_any);
void evolve(of_anything&, const swallowed::forwarding_wrapper&);
void evolve(of_std&, const std::any&);

}  // namespace wrapping

TEST_CASE("neither a template nor a wrapper of anything makes evolve exhaustive") {
  using swallowed::exact, swallowed::exact_final;
  static_assert(!detail::evolves_exactly<generic_event::state, exact>);
  static_assert(!detail::evolves_exactly<generic_event::state, exact_final>);
  static_assert(!detail::evolves_exactly_about<generic_event::state, exact>);
  static_assert(!detail::projects_exactly<generic_event::state, exact>);
  static_assert(!detail::evolves_exactly<generic_state::state, generic_state::event>);
  static_assert(!detail::evolves_exactly<generic_state::state, generic_state::event_by_value>);
  static_assert(!detail::evolves_exactly<generic_state::state, generic_state::event_by_forwarding>);
  static_assert(!detail::decides_exactly<generic_state::state, generic_state::event>);
  static_assert(!detail::decides_exactly<generic_state::state, generic_state::event_by_value>);
  static_assert(!detail::decides_exactly<generic_state::state, generic_state::event_by_forwarding>);
  static_assert(!detail::evolves_exactly<generic_all::state, exact>);
  static_assert(!detail::evolves_exactly_about<generic_all::state, exact>);
  static_assert(!detail::evolves_exactly<variadic::state, exact>);
  static_assert(!detail::evolves_exactly<wrapping::of_any, exact>);
  static_assert(!detail::evolves_exactly<wrapping::of_anything, exact>);
  static_assert(!detail::evolves_exactly<wrapping::of_anything, exact_final>);
  static_assert(!detail::evolves_exactly<wrapping::of_std, exact>);
}

namespace beside {

using swallowed::exact, swallowed::exact_final, swallowed::other, swallowed::forwarding_wrapper, swallowed::wrapper_of_any;

// One state per kind of company, so that each is tested alone.
struct generic { int sum = 0; };
void evolve(generic&, const exact&);
void evolve(generic&, exact_final);
void evolve(generic&, const auto&);

struct forwarding { int sum = 0; };
void evolve(forwarding&, const exact&);
void evolve(forwarding&, auto&&);

struct any_state { int sum = 0; };
void evolve(any_state&, const exact&);
void evolve(any_state&, const exact_final&, const gesta::about&);

struct wrapped { int sum = 0; };
void evolve(wrapped&, const exact&);
void evolve(wrapped&, forwarding_wrapper);
void evolve(wrapped&, wrapper_of_any);

struct trapped { int sum = 0; };
int decide(const trapped&, const exact&);
int decide(trapped, exact_final);
template <class Command>
auto decide(const trapped&, const Command&) { static_assert(never<Command>, "a body nobody may look at"); }

}  // namespace beside

namespace beside_all {

struct event { int n; };
struct other { int n; };
struct by_value { int n; };
struct state { int sum = 0; };
void evolve(state&, const event&);
void evolve(state&, const event&, const gesta::about&);
void evolve(state, const by_value&);
void evolve(auto&, const auto&);
void evolve(auto&&, auto&&);
void evolve(auto, auto);
void evolve(auto&&...);
int decide(const state&, const event&);
char decide(const auto&, const auto&);
char decide(auto&&, auto&&);
int decide(const state&, const swallowed::exact&);
char decide(swallowed::forwarding_wrapper, const swallowed::exact&);
char decide(swallowed::forwarding_wrapper, const swallowed::exact_final&);
char decide(swallowed::wrapper_of_any, const other&);

}  // namespace beside_all

TEST_CASE("an exact overload is seen whatever stands beside it") {
  using namespace beside;
  static_assert(detail::evolves_exactly<generic, exact>);
  static_assert(detail::evolves_exactly<generic, exact_final>);
  static_assert(!detail::evolves_exactly<generic, other>);
  static_assert(detail::evolves_exactly<forwarding, exact>);
  static_assert(!detail::evolves_exactly<forwarding, other>);
  static_assert(detail::evolves_exactly<any_state, exact>);
  static_assert(detail::evolves_exactly_about<any_state, exact_final>);
  static_assert(detail::evolves_exactly<wrapped, exact>);
  static_assert(!detail::evolves_exactly<wrapped, other>);
  static_assert(detail::evolves_exactly<beside_all::state, beside_all::event>);
  static_assert(detail::evolves_exactly_about<beside_all::state, beside_all::event>);
  static_assert(!detail::evolves_exactly<beside_all::state, beside_all::other>);
  static_assert(!detail::evolves_exactly<beside_all::state, beside_all::by_value>);
  static_assert(detail::decides_exactly<beside_all::state, beside_all::event>);
  static_assert(detail::decides_exactly<beside_all::state, swallowed::exact>);
  static_assert(!detail::decides_exactly<beside_all::state, swallowed::exact_final>);
  static_assert(!detail::decides_exactly<beside_all::state, beside_all::other>);
}

TEST_CASE("a generic decide with a body that does not compile is never looked at") {
  using namespace beside;
  static_assert(detail::decides_exactly<trapped, exact>);
  static_assert(detail::decides_exactly<trapped, exact_final>);
  static_assert(!detail::decides_exactly<trapped, other>);
}

// --- where the verbs stand

namespace events {

struct opened { int n; };
struct closed { int n; };
template <class What>
struct changed { What to; };
struct outer {
  struct inner { int n; };
};

}  // namespace events

namespace states {

struct state { int sum = 0; };
void evolve(state&, const events::opened&);
void evolve(state&, const events::changed<int>&);
void evolve(state&, const events::outer::inner&);

struct with_friends {
  int sum = 0;
  friend void evolve(with_friends& s, const events::opened& e) { s.sum += e.n; }
  friend int decide(const with_friends& s, const events::closed& e) { return s.sum + e.n; }
};

struct no_copies {
  no_copies() = default;
  no_copies(const no_copies&) = delete;
  no_copies& operator=(const no_copies&) = delete;
};
void evolve(no_copies&, const events::opened&);

struct final_state final { int sum = 0; };
void evolve(final_state&, const events::opened&);
void evolve(const final_state&, const events::closed&);

}  // namespace states

namespace events {

void evolve(states::state&, const closed&);
void evolve(int&, const opened&);

}  // namespace events

struct in_the_global_namespace { int n; };
void evolve(states::state&, const in_the_global_namespace&);

TEST_CASE("a verb may stand with its state or with its event") {
  static_assert(detail::evolves_exactly<states::state, events::opened>);
  static_assert(detail::evolves_exactly<states::state, events::closed>);
  static_assert(detail::evolves_exactly<states::state, events::changed<int>>);
  static_assert(!detail::evolves_exactly<states::state, events::changed<long>>);
  static_assert(detail::evolves_exactly<states::state, events::outer::inner>);
  static_assert(detail::evolves_exactly<states::state, in_the_global_namespace>);
}

TEST_CASE("a verb may be a friend inside its struct") {
  static_assert(detail::evolves_exactly<states::with_friends, events::opened>);
  static_assert(!detail::evolves_exactly<states::with_friends, events::closed>);
  static_assert(detail::decides_exactly<states::with_friends, events::closed>);
}

TEST_CASE("a state may be final, without copies, or no class at all") {
  static_assert(detail::evolves_exactly<states::no_copies, events::opened>);
  static_assert(!detail::evolves_exactly<states::no_copies, events::closed>);
  static_assert(detail::evolves_exactly<states::final_state, events::opened>);
  static_assert(!detail::evolves_exactly<states::final_state, events::closed>);
  static_assert(detail::evolves_exactly<int, events::opened>);
  static_assert(!detail::evolves_exactly<int, events::closed>);
}

TEST_CASE("a verb's result is what the exact overload returns, or missing, whatever stands beside it") {
  static_assert(std::is_same_v<detail::decide_result<beside_all::state, beside_all::event>, int>);
  static_assert(std::is_same_v<detail::decide_result<beside::trapped, beside::other>, detail::missing>);
}

// --- as a concept, and constant inside requires

namespace {

template <class State, class Event>
concept evolves = detail::evolves_exactly<State, Event> || detail::evolves_exactly_about<State, Event>;

template <class State, class Event>
  requires evolves<State, Event>
constexpr bool chosen(int) {
  return true;
}
template <class State, class Event>
constexpr bool chosen(...) {
  return false;
}

}  // namespace

TEST_CASE("the answers work inside concepts and choose overloads") {
  static_assert(chosen<counted::state, counted::by_value>(0));
  static_assert(chosen<counted::state, counted::only_about>(0));
  static_assert(!chosen<counted::state, counted::absent>(0));
  static_assert(!chosen<generic_event::state, swallowed::exact>(0));
}
