// Tests of the domain without a store: what was decided, given what had happened.
// Floor: testing.
// May include: detail, message, decide, react, codec, testing.
//
//   static_assert(gesta::given<account>(deposited{100}).when(withdraw{30}).then(withdrawn{30}));
//   static_assert(gesta::given<account>(deposited{100}).when(withdraw{130}).rejects(insufficient_funds{30}));
//   CHECK(gesta::given(sold{...}, returned{...}).then(by_country{...}));     with strings inside: at run time, same words
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/decide/verbs.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/about.hpp>
#include <gesta/react/verbs.hpp>
#include <gesta/testing/print.hpp>
#include <gesta/testing/same.hpp>

namespace gesta {

/// Whether a test holds, and at run time what was expected and what was there. For static_assert, and for the CHECK of any test library.
class [[nodiscard]] verdict {
 public:
  constexpr explicit verdict(bool holds) noexcept : holds_(holds) {}

  constexpr explicit operator bool() const noexcept { return holds_; }

  /// Expected against actual, a line each. A verdict that was found while compiling says only whether it holds.
  const char* describe() const noexcept {
    if (words_[0] != '\0') return words_;
    return holds_ ? "as expected" : "not as expected; run the test to see what was there";
  }

  template <class Stream>
    requires requires(Stream& out, const char* text) { out << text; }
  friend Stream& operator<<(Stream& out, const verdict& v) {
    out << v.describe();
    return out;
  }

  /// A test that does not hold; explain(writer) says why.
  template <class Explain>
  static constexpr verdict fails(Explain&& explain) {
    verdict v(false);
    if (!std::is_constant_evaluated()) {
      detail::writer to{v.words_, sizeof v.words_};
      explain(to);
      to.end();
      if (to.size >= sizeof v.words_)
        for (std::size_t i = 0; i < 3; ++i) v.words_[sizeof v.words_ - 2 - i] = '.';
    }
    return v;
  }

 private:
  bool holds_;
  char words_[2000] = {};
};

namespace detail::testing {

template <class T>
inline constexpr bool is_run = false;
template <class Event>
inline constexpr bool is_run<run<Event>> = true;

template <class A, class B>
constexpr bool equal(const A& a, const B& b) {
  if constexpr (same<A, B>) return gesta::same_message(a, b);
  else return false;
}

template <class Actual, class... Expected, std::size_t... I>
constexpr bool is_number([[maybe_unused]] std::size_t at, [[maybe_unused]] const Actual& actual, indices<I...>,
                         const Expected&... expected) {
  return ((at == I && testing::equal(expected, actual)) || ...);
}

// What a verb learns that asks for it: what the test says of it, and the place in the history that the test tells.
constexpr about place(const about& said, std::size_t events) {
  about here = said;
  here.version = said.version + events;
  here.position = said.position + events;
  return here;
}

template <class... Message>
void put_all(writer& out, const Message&... message) {
  printing::comma between{out};
  ((between.next(), printing::put(message, out)), ...);
  if (sizeof...(Message) == 0) out.put("nothing");
}

}  // namespace detail::testing

/// A command that was decided; the question is what came of it.
template <class State, class Command>
class decided {
 public:
  constexpr decided(State state, const Command& command, const about& here)
      : state_(static_cast<State&&>(state)), command_(command), decision_(detail::call_decide(state_, command_, [&] { return here; })) {}
  decided(const decided&) = delete;
  decided& operator=(const decided&) = delete;

  /// Exactly these events, in this order.
  template <class... Event>
  [[nodiscard]] constexpr verdict then(const Event&... expected) const {
    static_assert((detail::contains<Event, detail::contract_events<contract>> && ...),
                  "[gesta] an event is expected that the command's contract does not list");
    bool all = !decision_.refused();
    std::size_t count = 0;
    each_event([&](const auto& actual) {
      all = all && detail::testing::is_number(count, actual, detail::make_indices<sizeof...(Event)>{}, expected...);
      ++count;
    });
    if (all && count == sizeof...(Event)) return verdict(true);
    return differs([&](detail::writer& out) { detail::testing::put_all(out, expected...); });
  }

  /// Exactly this refusal.
  template <class Rejection>
  [[nodiscard]] constexpr verdict rejects(const Rejection& expected) const {
    constexpr std::size_t index = detail::index_of<Rejection, typename contract::rejection_list>;
    static_assert(index != detail::npos, "[gesta] a refusal is expected that the command's contract does not list");
    if (decision_.refused() && decision_.refusal_index() == index) {
      if (gesta::same_message(decision_.refusal().template get<index>(), expected)) return verdict(true);
    }
    return differs([&](detail::writer& out) {
      out.put("refused with ");
      detail::printing::put(expected, out);
    });
  }

  /// No event and no refusal.
  [[nodiscard]] constexpr verdict nothing() const {
    std::size_t count = 0;
    each_event([&](const auto&) { ++count; });
    if (!decision_.refused() && count == 0) return verdict(true);
    return differs([](detail::writer& out) { out.put("nothing"); });
  }

 private:
  using contract = detail::decide_result<State, Command>;

  template <class Visit>
  constexpr void each_event(Visit&& visit) const {
    decision_.for_each([&](const auto& part) {
      if constexpr (detail::testing::is_run<std::remove_cvref_t<decltype(part)>>) part.for_each(visit);
      else visit(part);
    });
  }

  template <std::size_t... I>
  void put_refusal(detail::writer& out, detail::indices<I...>) const {
    out.put("refused with ");
    ((decision_.refusal_index() == I ? detail::printing::put(decision_.refusal().template get<I>(), out) : void()), ...);
  }

  void put_actual(detail::writer& out) const {
    if (decision_.refused()) return put_refusal(out, detail::make_indices<contract::rejection_list::size>{});
    detail::printing::comma between{out};
    each_event([&](const auto& event) {
      between.next();
      detail::printing::put(event, out);
    });
    if (between.first) out.put("nothing");
  }

  template <class PutExpected>
  constexpr verdict differs(PutExpected&& put_expected) const {
    return verdict::fails([&](detail::writer& out) {
      out.put("given ");
      detail::printing::put(state_, out);
      out.put(" when ");
      detail::printing::put(command_, out);
      out.put("\n  expected: ");
      put_expected(out);
      out.put("\n  actual:   ");
      put_actual(out);
    });
  }

  State state_;
  Command command_;
  contract decision_;  // refers to the two above
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
  constexpr decided<State, Command> when(const Command& command) const& {
    return {state_, command, detail::testing::place(said_, count_)};
  }
  template <class Command>
    requires decides<State, Command>
  constexpr decided<State, Command> when(const Command& command) && {
    return {static_cast<State&&>(state_), command, detail::testing::place(said_, count_)};
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
  [[nodiscard]] constexpr verdict then(const View& expected) const {
    static_assert(sizeof...(Event) == 0 || (projects<View, Event> || ...), "[gesta] the view projects none of these events");
    View actual{};
    project_all(actual, detail::make_indices<sizeof...(Event)>{});
    if (gesta::same_message(actual, expected)) return verdict(true);
    return verdict::fails([&](detail::writer& out) { put_difference(out, expected, actual, detail::make_indices<sizeof...(Event)>{}); });
  }

 private:
  template <std::size_t I, class E>
  struct held {
    E event;
  };
  template <class Indices>
  struct all;
  template <std::size_t... I>
  struct all<detail::indices<I...>> : held<I, Event>... {};
  template <std::size_t I, class E>
  static constexpr const E& pick(const held<I, E>& h) {
    return h.event;
  }

  template <class View, std::size_t... I>
  constexpr void project_all(View& view, detail::indices<I...>) const {
    (project_one(view, pick<I>(events_), I + 1), ...);
  }
  template <class View, class E>
  constexpr void project_one([[maybe_unused]] View& view, [[maybe_unused]] const E& event, [[maybe_unused]] std::size_t number) const {
    if constexpr (projects<View, E>) detail::call_project(view, event, [&] { return detail::testing::place(said_, number); });
  }

  template <class View, std::size_t... I>
  void put_difference(detail::writer& out, const View& expected, const View& actual, detail::indices<I...>) const {
    out.put("given ");
    detail::testing::put_all(out, pick<I>(events_)...);
    out.put("\n  expected: ");
    detail::printing::put(expected, out);
    out.put("\n  actual:   ");
    detail::printing::put(actual, out);
  }

  all<detail::make_indices<sizeof...(Event)>> events_;
  about said_;
};

namespace detail::testing {
struct no_state {};
}  // namespace detail::testing

/// `given<account>(deposited{100})`: a State that starts empty and evolves by these events, for `.when(command)`.
template <class State, class... Event>
  requires(evolves<State, Event> && ...)
constexpr evolved<State> given(const Event&... event) {
  return evolved<State>(about{}, event...);
}
/// The same where verbs ask for `about`: key, time, correlation and causation as said here; versions and positions count on from it.
template <class State, class... Event>
  requires(evolves<State, Event> && ...)
constexpr evolved<State> given(const about& said, const Event&... event) {
  return evolved<State>(said, event...);
}

/// `given(sold{...}, returned{...})`: events for a view, for `.then(view)`.
template <detail::testing::no_state = {}, class... Event>
constexpr happened<Event...> given(const Event&... event) {
  return happened<Event...>(about{}, event...);
}
/// The same with key, time, correlation and causation as said here; versions and positions count on from it.
template <detail::testing::no_state = {}, class... Event>
constexpr happened<Event...> given(const about& said, const Event&... event) {
  return happened<Event...>(said, event...);
}

}  // namespace gesta
