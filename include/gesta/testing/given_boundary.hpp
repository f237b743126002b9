// Tests of a boundary without a store: what was decided, given what had happened to everybody.
// Floor: testing.
// May include: detail, message, decide, testing.
//
//   static_assert(gesta::given<enrolments>(defined{"c1", 1}, enrolled{"c1", "bob"}).when(enrol{"c1", "anna"}).rejects(full{}));
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/decide/together.hpp>
#include <gesta/message/tags.hpp>
#include <gesta/testing/given.hpp>

namespace gesta {

namespace detail::testing {

template <class State>
struct state_of {
  State state{};
};
/// The states that one decision reads, by value.
template <class... State>
struct together : state_of<State>... {
  constexpr read_states<State...> read() const noexcept { return {{&static_cast<const state_of<State>&>(*this).state}...}; }
};

template <class... State>
struct asked<together<State...>> {
  template <class Command>
  using contract = decide_together_result<types<State...>, Command>;
  template <class Command, class About>
  static constexpr auto decide(const together<State...>& states, const Command& command, About&& make) {
    return detail::call_decide_together(states.read(), command, make);
  }
  static void put(const together<State...>& states, writer& out) {
    printing::comma between{out};
    ((between.next(), printing::put(static_cast<const state_of<State>&>(states).state, out)), ...);
  }
};

/// Whether an event has the values of the command's fields for these tags.
template <class Tag, class Event, class Command>
constexpr bool same_tag(const Event& event, const Command& command) {
  using type = tag_field_type<Tag, Event>;
  using sought = tag_field_type<Tag, Command>;
  if constexpr (std::is_void_v<type> || !detail::same<type, sought>) return false;
  else
    return gesta::same_message(detail::get_field<detail::tag_place<Tag, Event>()>(event),
                               detail::get_field<detail::tag_place<Tag, Command>()>(command));
}
template <class State, class Event, class Command, class... Tag>
constexpr bool is_about(const Event& event, const Command& command, types<Tag...>) {
  return (testing::same_tag<Tag>(event, command) && ...);
}

}  // namespace detail::testing

/// Events that have happened, whoever recorded them; for a command of Boundary.
template <class Boundary, class... Event>
class happened_around {
 public:
  constexpr explicit happened_around(const about& said, const Event&... event) : events_{{event}...}, said_(said) {}

  /// Decides a command by the states that its decision reads: each folded from those of the events that belong to it.
  template <class Command>
    requires(detail::reading_of<detail::states_in<Boundary>, Command>::all.count == 1)
  constexpr auto when(const Command& command) const {
    return decide(command, typename detail::reading_of<detail::states_in<Boundary>, Command>::states{});
  }

 private:
  template <class Command, class... State>
  constexpr auto decide(const Command& command, detail::types<State...>) const {
    using states = detail::testing::together<State...>;
    states all{};
    (fold(static_cast<detail::testing::state_of<State>&>(all).state, command, detail::make_indices<sizeof...(Event)>{}), ...);
    return in_question<states, Command>(all, command, detail::testing::place(said_, sizeof...(Event)));
  }
  template <class State, class Command, std::size_t... I>
  constexpr void fold(State& state, const Command& command, detail::indices<I...>) const {
    (fold_one(state, command, detail::testing::pick<I>(events_), I + 1), ...);
  }
  template <class State, class Command, class E>
  constexpr void fold_one([[maybe_unused]] State& state, [[maybe_unused]] const Command& command, [[maybe_unused]] const E& event,
                          [[maybe_unused]] std::size_t number) const {
    using tags = detail::said_tags<State>;
    if constexpr (evolves<State, E> && detail::carries_all<E, tags>)
      if (detail::testing::is_about<State>(event, command, tags{}))
        detail::call_evolve(state, event, [&] { return detail::testing::place(said_, number); });
  }

  detail::testing::messages<Event...> events_;
  about said_;
};

/// `given<enrolments>(defined{"c1", 1}, enrolled{"c1", "bob"})`: what has happened, for `.when(command)` of a boundary. Events that belong
/// to other values of the tags change nothing.
template <class Boundary, class... Event>
  requires detail::boundary_part<Boundary>
constexpr happened_around<Boundary, Event...> given(const Event&... event) {
  return happened_around<Boundary, Event...>(about{}, event...);
}
/// The same where verbs ask for `about`: key, time, correlation and causation as said here; versions and positions count on from it.
template <class Boundary, class... Event>
  requires detail::boundary_part<Boundary>
constexpr happened_around<Boundary, Event...> given(const about& said, const Event&... event) {
  return happened_around<Boundary, Event...>(said, event...);
}

}  // namespace gesta
