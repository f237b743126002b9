// Tests of the domain without a store: what was decided, given what had happened.
// Floor: testing.
// May include: detail, message, decide, react, codec, model/diagnostic.hpp, testing.
//
//   static_assert(gesta::given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{30}));
//   static_assert(gesta::given<account>(deposited{100}).when(withdraw{130}).rejects(insufficient_funds{30}));
//   static_assert(gesta::given<enrolments>(defined{"c1", 0}).when(enrol{"c1", "anna"}).rejects(full{}));      a boundary
//   CHECK(gesta::given(sold{...}, returned{...}).then(by_country{...}));     with strings inside: at run time, same words
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/decide/verbs.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/verbs.hpp>
#include <gesta/testing/print.hpp>
#include <gesta/testing/same.hpp>

namespace gesta {

/// Words about a test.
struct description {
  char words[4000];

  const char* c_str() const noexcept { return words; }
};

/// Whether a test holds. Usable in static_assert, and in the CHECK of any test library: written to a stream it says what was expected and
/// what was there. Why is worked out only then, so a test that holds costs little to compile: Why says(writer&).
template <class Why>
class [[nodiscard]] finding {
 public:
  constexpr finding(bool holds, Why why) : holds_(holds), why_(static_cast<Why&&>(why)) {}

  constexpr explicit operator bool() const noexcept { return holds_; }

  /// What was given, expected and there, a line each. Very long ones end in dots.
  description describe() const {
    description d;
    detail::writer to{d.words, sizeof d.words};
    why_.says(to);
    to.end();
    if (to.size >= sizeof d.words)
      for (std::size_t i = 2; i <= 4; ++i) d.words[sizeof d.words - i] = '.';
    return d;
  }

  template <class Stream>
    requires requires(Stream& out, const char* text) { out << text; }
  friend Stream& operator<<(Stream& out, const finding& v) {
    out << v.describe().c_str();
    return out;
  }

 private:
  bool holds_;
  Why why_;
};

namespace detail::testing {

// Some messages by value.
template <std::size_t I, class Message>
struct kept {
  Message message;
};
template <class Indices, class... Message>
struct kept_all;
template <std::size_t... I, class... Message>
struct kept_all<indices<I...>, Message...> : kept<I, Message>... {
  void put(writer& out) const {
    printing::comma between{out};
    ((between.next(), printing::put(static_cast<const kept<I, Message>&>(*this).message, out)), ...);
    if (sizeof...(I) == 0) out.put("nothing");
  }
};
template <class... Message>
using messages = kept_all<make_indices<sizeof...(Message)>, Message...>;

template <std::size_t I, class Message>
constexpr const Message& pick(const kept<I, Message>& k) {
  return k.message;
}

// Compares the events as they come with those that were expected.
template <class Indices, class... Expected>
struct comparison;
template <std::size_t... I, class... Expected>
struct comparison<indices<I...>, Expected...> {
  const messages<Expected...>& expected;
  std::size_t count = 0;
  bool same = true;

  template <class Actual>
  constexpr void operator()(const Actual& actual) {
    same = same && ((count == I && equal<I, Expected>(actual)) || ...);
    ++count;
  }
  template <std::size_t J, class Wanted, class Actual>
  constexpr bool equal(const Actual& actual) const {
    if constexpr (detail::same<Wanted, Actual>) return gesta::same_message(testing::pick<J>(expected), actual);
    else return false;
  }
};

// What a verb learns that asks for it: what the test says of it, and the place in the history that the test tells.
constexpr about place(const about& said, std::size_t events) {
  about here = said;
  here.version = said.version + events;
  here.position = said.position + events;
  return here;
}

// Visits the events of a decision one by one, those of many as well.
template <class Decision, class Visit>
constexpr void each_event(const Decision& decision, Visit& visit) {
  decision.for_each([&visit](const auto& part) {
    if constexpr (is_run<std::remove_cvref_t<decltype(part)>>) part.for_each(visit);
    else visit(part);
  });
}

struct nothing_expected {
  void put(writer& out) const { out.put("nothing"); }
};
template <class Rejection>
struct refusal_expected {
  Rejection rejection;
  void put(writer& out) const {
    out.put("refused with ");
    printing::put(rejection, out);
  }
};

template <class Contract, std::size_t... I>
void put_refusal(const Contract& decision, indices<I...>, writer& out) {
  out.put("refused with ");
  ((decision.refusal_index() == I ? printing::put(decision.refusal().template get<I>(), out) : void()), ...);
}

// How a command is asked for: in a state, here; in the states of a boundary, in testing/given_boundary.hpp.
template <class State>
struct asked {
  template <class Command>
  using contract = detail::decide_result<State, Command>;
  template <class Command, class About>
  static constexpr auto decide(const State& state, const Command& command, About&& make) {
    return detail::call_decide(state, command, make);
  }
  static void put(const State& state, writer& out) { printing::put(state, out); }
};

// Why a decision is not what was expected: decided once more, which gives the same.
template <class State, class Command, class Expected>
struct decided_otherwise {
  State state;
  Command command;
  about here;
  Expected expected;

  void says(writer& out) const {
    out.put("given ");
    asked<State>::put(state, out);
    out.put(" when ");
    printing::put(command, out);
    out.put("\n  expected: ");
    expected.put(out);
    out.put("\n  actual:   ");
    auto decision = asked<State>::decide(state, command, [this] { return here; });
    if (decision.refused()) return testing::put_refusal(decision, make_indices<decltype(decision)::rejection_list::size>{}, out);
    printing::comma between{out};
    auto put_event = [&](const auto& event) {
      between.next();
      printing::put(event, out);
    };
    testing::each_event(decision, put_event);
    if (between.first) out.put("nothing");
  }
};

// Why a view is not what was expected.
template <class View, class Events>
struct projected_otherwise {
  View expected;
  View actual;
  Events events;

  void says(writer& out) const {
    out.put("given ");
    events.put(out);
    out.put("\n  expected: ");
    printing::put(expected, out);
    out.put("\n  actual:   ");
    printing::put(actual, out);
  }
};

}  // namespace detail::testing

/// A command that is decided; the question is what comes of it.
template <class State, class Command>
class in_question {
 public:
  constexpr in_question(State state, const Command& command, const about& here)
      : state_(static_cast<State&&>(state)), command_(command), here_(here) {}

  /// Exactly these events, in this order.
  template <class... Event>
  constexpr auto then(const Event&... event) const {
    constexpr bool declared = (detail::contains<Event, detail::contract_events<contract>> && ...);
    ((void)sizeof(diagnostic::apart<
                  diagnostic::expects_undeclared_event<detail::contains<Event, detail::contract_events<contract>>, contract, Event>>()),
     ...);
    const detail::testing::messages<Event...> expected{{event}...};
    auto decision = decide_now();
    detail::testing::comparison<detail::make_indices<sizeof...(Event)>, Event...> compare{expected};
    detail::testing::each_event(decision, compare);
    return says(!declared || (!decision.refused() && compare.same && compare.count == sizeof...(Event)), expected);
  }

  /// Exactly this refusal.
  template <class Rejection>
  constexpr auto rejects(const Rejection& expected) const {
    constexpr std::size_t index = detail::index_of<Rejection, typename contract::rejection_list>;
    (void)sizeof(diagnostic::apart<diagnostic::expects_undeclared_rejection<(index != detail::npos), contract, Rejection>>());
    auto decision = decide_now();
    bool holds = index == detail::npos || (decision.refused() && decision.refusal_index() == index);
    if constexpr (index != detail::npos)
      if (holds) holds = gesta::same_message(decision.refusal().template get<index>(), expected);
    return says(holds, detail::testing::refusal_expected<Rejection>{expected});
  }

  /// No event and no refusal.
  constexpr auto nothing() const {
    auto decision = decide_now();
    std::size_t count = 0;
    auto counting = [&count](const auto&) { ++count; };
    detail::testing::each_event(decision, counting);
    return says(!decision.refused() && count == 0, detail::testing::nothing_expected{});
  }

 private:
  using contract = typename detail::testing::asked<State>::template contract<Command>;

  constexpr contract decide_now() const {
    return detail::testing::asked<State>::decide(state_, command_, [this] { return here_; });
  }
  template <class Expected>
  constexpr auto says(bool holds, const Expected& expected) const {
    using why = detail::testing::decided_otherwise<State, Command, Expected>;
    return finding<why>(holds, why{state_, command_, here_, expected});
  }

  State state_;
  Command command_;
  about here_;
};

/// A state that has evolved by some events.
template <class State>
class evolved {
 public:
  template <class... Event>
  constexpr explicit evolved(const about& said, const Event&... event) : said_(said) {
    ((++count_, detail::call_evolve(state_, event, [&] { return detail::testing::place(said_, count_); })), ...);
  }

  /// Decides a command in this state.
  template <class Command>
    requires decides<State, Command>
  constexpr in_question<State, Command> when(const Command& command) const {
    return {state_, command, detail::testing::place(said_, count_)};
  }

 private:
  State state_{};
  about said_;
  std::size_t count_ = 0;
};

/// Events that have happened; the question is what a view makes of them.
template <class... Event>
class happened {
 public:
  constexpr explicit happened(const about& said, const Event&... event) : events_{{event}...}, said_(said) {}

  /// A view that starts empty and projects the events, each that it has a `project` for, equals this one.
  template <class View>
  constexpr auto then(const View& expected) const {
    constexpr bool any = sizeof...(Event) == 0 || (projects<View, Event> || ...);
    (void)sizeof(diagnostic::apart<diagnostic::view_projects_none<any, View, Event...>>());
    View actual{};
    project_all(actual, detail::make_indices<sizeof...(Event)>{});
    const bool holds = !any || gesta::same_message(actual, expected);
    using why = detail::testing::projected_otherwise<View, detail::testing::messages<Event...>>;
    return finding<why>(holds, why{expected, actual, events_});
  }

 private:
  template <class View, std::size_t... I>
  constexpr void project_all(View& view, detail::indices<I...>) const {
    (project_one(view, detail::testing::pick<I>(events_), I + 1), ...);
  }
  template <class View, class E>
  constexpr void project_one([[maybe_unused]] View& view, [[maybe_unused]] const E& event, [[maybe_unused]] std::size_t number) const {
    if constexpr (projects<View, E>) detail::call_project(view, event, [&] { return detail::testing::place(said_, number); });
  }

  detail::testing::messages<Event...> events_;
  about said_;
};

namespace detail::testing {
struct no_state {};
}  // namespace detail::testing

/// `given<account>(deposited{100})`: a State that starts empty and evolves by these events, for `.when(command)`.
template <class State, class... Event>
  requires(!detail::boundary_part<State> && !detail::projection_of_rows<State> && (evolves<State, Event> && ...))
constexpr evolved<State> given(const Event&... event) {
  return evolved<State>(about{}, event...);
}
/// The same where verbs ask for `about`: key, time, correlation and causation as said here; versions and positions count on from it.
template <class State, class... Event>
  requires(!detail::boundary_part<State> && !detail::projection_of_rows<State> && (evolves<State, Event> && ...))
constexpr evolved<State> given(const about& said, const Event&... event) {
  return evolved<State>(said, event...);
}

/// `given(sold{...}, returned{...})`: events for a view, for `.then(view)`.
template <detail::testing::no_state = detail::testing::no_state{}, class... Event>
constexpr happened<Event...> given(const Event&... event) {
  return happened<Event...>(about{}, event...);
}
/// The same with key, time, correlation and causation as said here; versions and positions count on from it.
template <detail::testing::no_state = detail::testing::no_state{}, class... Event>
constexpr happened<Event...> given(const about& said, const Event&... event) {
  return happened<Event...>(said, event...);
}

}  // namespace gesta
