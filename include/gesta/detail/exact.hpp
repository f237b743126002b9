// What it is: probes that tell whether a verb (evolve, decide, project, react, locate, perform, on_failure, on, translate, upcast, publish) is there for exactly the asked types.
// Where it stands: detail; decide/verbs.hpp and react/ build their concepts on it, model/rules ask it for each pair.
// May include: detail.
#pragma once

#include <gesta/detail/verbs.hpp>

namespace gesta {
struct about;
}

// How a probe works. A rival, a plain function with exactly the asked parameters, joins the user's overloads in one call. One
// argument is a stand-in: it converts to the asked type and brings the rival along as a friend, so nobody else ever sees
// it; the other arguments are real. The rival wins against an overload for a base, against a converting constructor, against a
// template (a plain function is preferred) and against nothing at all. Only a plain function with the same parameters, by
// value or by reference, is as good as the rival: then the call is ambiguous. That it does not compile is the wanted sign.
//
// A stand-in is passed as a volatile rvalue: `auto&` and `const auto&` do not bind to it, so most templates that are generic in
// its place drop out and their bodies are never looked at. One with `auto` or `auto&&` there takes the call away from the
// rival; then a second call asks again, with the first argument in braces, from which no template can deduce.
//
// Many answers are no, and a rival for each of those would be dear. So a cheaper question comes first, without a rival: a call that
// `...` takes when nobody else does. Then there is no such function of any kind.
namespace gesta::detail::probing {

struct rival {};

template <class T>
T&& real() noexcept;

template <class Target, class Rival>
struct stand_in : Rival {
  stand_in(const volatile stand_in&&) noexcept;  // for `auto`: so that the call compiles and is seen to be taken away
  operator Target() const volatile noexcept;
};

// Ordinary lookup ends at these, so a verb is found by its arguments only. Those with `...` take what nobody else takes.
rival evolve(...);
rival decide(...);
rival project(...);
rival react(...);
rival locate(...);
rival observe(...);
rival perform(...);
rival on_failure(...);
rival on(...);
rival translate(...);
void upcast();
rival publish(...);

// A stand-in without a rival, so that one serves whatever is asked about its type.
template <class Target>
struct lone_stand_in {
  lone_stand_in(const volatile lone_stand_in&&) noexcept;
  operator Target() const volatile noexcept;
};

// Each verb: its rivals, and what its two calls return. The name of a function cannot be a parameter, so they are written out.
struct evolving {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival evolve(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(evolve(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(evolve({real<First>()}, real<Rest>()...));
};

struct projecting {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival project(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(project(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(project({real<First>()}, real<Rest>()...));
};

struct deciding {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival decide(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(decide(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(decide({real<First>()}, real<Rest>()...));
};

struct reacting {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival react(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(react(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(react({real<First>()}, real<Rest>()...));
};

struct locating {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival locate(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(locate(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(locate({real<First>()}, real<Rest>()...));
};

struct observing {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival observe(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(observe(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(observe({real<First>()}, real<Rest>()...));
};

struct performing {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival perform(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(perform(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(perform({real<First>()}, real<Rest>()...));
};

struct answering {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival on_failure(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(on_failure(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(on_failure({real<First>()}, real<Rest>()...));
};

struct moving {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival on(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(on(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(on({real<First>()}, real<Rest>()...));
};

struct translating {
  template <class First, class Second, class... More>
  struct rivals {
    friend rival translate(First, const Second&, More...) { return {}; }
  };
  template <class... Arguments>
  using call = decltype(translate(real<Arguments>()...));
  template <class First, class... Rest>
  using call_in_braces = decltype(translate({real<First>()}, real<Rest>()...));
};

struct upcasting {
  template <class Old>
  struct rivals {
    friend rival upcast(const Old&) { return {}; }
  };
  template <class Old>
  struct stranger {};
  template <class Argument>
  using call = decltype(upcast(real<Argument>()));
};

struct publishing {
  template <class Event, class... More>
  struct rivals {
    friend rival publish(const Event&, More...) { return {}; }
  };
  template <class Event>
  struct stranger {};
  template <class... Arguments>
  using call = decltype(publish(real<Arguments>()...));
};

template <class Verb, class... Arguments>
inline constexpr bool nobody_takes = requires { requires __is_same(typename Verb::template call<Arguments...>, rival); };

enum class answer { ambiguous, by_rival, by_other };

template <class Result>
inline constexpr answer answered_by = answer::by_other;
template <>
inline constexpr answer answered_by<rival> = answer::by_rival;

template <class Verb, class... Arguments>
constexpr answer ask() {
  if constexpr (requires { typename Verb::template call<Arguments...>; })
    return answered_by<typename Verb::template call<Arguments...>>;
  else
    return answer::ambiguous;
}

template <class Verb, class... Arguments>
constexpr answer ask_in_braces() {
  if constexpr (requires { typename Verb::template call_in_braces<Arguments...>; })
    return answered_by<typename Verb::template call_in_braces<Arguments...>>;
  else
    return answer::ambiguous;
}

// True when a plain function takes a First (a reference, or what it refers to by value), a Second and More. A template can take
// one of the calls away and two can make it ambiguous among themselves; to do so in both calls and leave no rival, they
// must be such that the user's own call is ambiguous too.
template <class Verb, class First, class Second, class... More>
constexpr bool takes_exactly() {
  using rivals = typename Verb::template rivals<First, Second, More...>;
  constexpr answer plain = ask<Verb, volatile stand_in<First, rivals>, const Second&, More...>();
  if constexpr (plain == answer::by_rival) {
    return false;
  } else {
    constexpr answer braced = ask_in_braces<Verb, First, volatile stand_in<const Second&, rivals>, More...>();
    return braced != answer::by_rival && (plain == answer::ambiguous || braced == answer::ambiguous);
  }
}

// What is read may be given to a template whose result is deduced from its body, so the first question has stand-ins too.
template <class Verb, class First, class Second, class... More>
constexpr bool reads() {
  if constexpr (nobody_takes<Verb, volatile lone_stand_in<const First&>, volatile lone_stand_in<const Second&>, More...>) return false;
  else return takes_exactly<Verb, const First&, Second, More...>();
}

// By value is as good as by reference in overload resolution and must not count here. What takes a First&& cannot take a First&,
// unless it takes it by value.
template <class Verb, class First, class Second, class... More>
constexpr bool changes() {
  if constexpr (nobody_takes<Verb, First&, const Second&, More...>) return false;
  else if constexpr (!takes_exactly<Verb, First&, Second, More...>()) return false;
  else if constexpr (nobody_takes<Verb, First&&, const Second&, More...>) return true;
  else return !takes_exactly<Verb, First&&, Second, More...>();
}

// One argument only, so none can be real: what takes a stranger takes anything, and says nothing about Old.
template <class Old>
constexpr bool upcasts() {
  if constexpr (ask<upcasting, volatile stand_in<const Old&, upcasting::rivals<Old>>>() != answer::ambiguous)
    return false;
  else
    return ask<upcasting, volatile upcasting::stranger<Old>>() == answer::ambiguous;
}

// Likewise; most events are told to nobody, so that is asked first.
template <class Event, class... More>
constexpr bool publishes() {
  if constexpr (nobody_takes<publishing, const Event&, More...>) return false;
  else if constexpr (ask<publishing, volatile stand_in<const Event&, publishing::rivals<Event, More...>>, More...>() != answer::ambiguous) return false;
  else {
    constexpr answer by_stranger = ask<publishing, volatile publishing::stranger<Event>, More...>();
    return by_stranger == answer::by_rival;
  }
}

}  // namespace gesta::detail::probing

namespace gesta::detail {

// True when the verb has a plain overload of exactly these types, found by argument-dependent lookup; *_about asks for the
// form with a last `const gesta::about&`. Messages are taken by const reference or by value, a state or reactor that is only
// read likewise, a state or view that is changed by `State&`. A template, an overload for a base and a conversion do not
// count; an exact overload counts whatever stands beside it (but an upcast is not seen beside one that takes `auto` or
// `auto&&`). The answer is fixed where it is first asked: a verb declared after that is missed. About 0.6 ms each to compile, 0.1 ms where it is
// not there.
template <class State, class Event>
inline constexpr bool evolves_exactly = probing::changes<probing::evolving, State, Event>();
template <class State, class Event>
inline constexpr bool evolves_exactly_about = probing::changes<probing::evolving, State, Event, const about&>();

template <class View, class Event>
inline constexpr bool projects_exactly = probing::changes<probing::projecting, View, Event>();
template <class View, class Event>
inline constexpr bool projects_exactly_about = probing::changes<probing::projecting, View, Event, const about&>();

template <class State, class Command>
inline constexpr bool decides_exactly = probing::reads<probing::deciding, State, Command>();
template <class State, class Command>
inline constexpr bool decides_exactly_about = probing::reads<probing::deciding, State, Command, const about&>();

template <class Reactor, class Event>
inline constexpr bool reacts_exactly = probing::reads<probing::reacting, Reactor, Event>();
template <class Reactor, class Event>
inline constexpr bool reacts_exactly_about = probing::reads<probing::reacting, Reactor, Event, const about&>();

template <class Projection, class Event>
inline constexpr bool locates_exactly = probing::reads<probing::locating, Projection, Event>();
template <class Projection, class Event>
inline constexpr bool locates_exactly_about = probing::reads<probing::locating, Projection, Event, const about&>();

// react(const Reactor&, const Command& asked, const Rejection&): the reactor hears that what it sent was refused.
template <class Reactor, class Command, class Rejection>
inline constexpr bool hears_exactly = probing::reads<probing::reacting, Reactor, Command, const Rejection&>();
template <class Reactor, class Command, class Rejection>
inline constexpr bool hears_exactly_about =
    probing::reads<probing::reacting, Reactor, Command, const Rejection&, const about&>();

// observe(Observer&, const What&), or by const reference where the observer is only read. By value it would be a copy that is told.
template <class Observer, class What>
inline constexpr bool observes_exactly = probing::changes<probing::observing, Observer, What>() || probing::changes<probing::observing, const Observer, What>();
// perform(const Reactor&, const Event&, Capability&), or with a `const Capability&`.
template <class Reactor, class Event, class Capability>
inline constexpr bool performs_exactly = probing::reads<probing::performing, Reactor, Event, Capability&>() ||
                                         probing::reads<probing::performing, Reactor, Event, const Capability&>();
template <class Reactor, class Event, class Capability>
inline constexpr bool performs_exactly_about = probing::reads<probing::performing, Reactor, Event, Capability&, const about&>() ||
                                               probing::reads<probing::performing, Reactor, Event, const Capability&, const about&>();

// on_failure(const Reactor&, const Error&) for an error of all its effects, on_failure(const Reactor&, const Event&, const Error&) for that of one.
template <class Reactor, class Error>
inline constexpr bool answers_exactly = probing::reads<probing::answering, Reactor, Error>();
template <class Reactor, class Event, class Error>
inline constexpr bool answers_event_exactly = probing::reads<probing::answering, Reactor, Event, const Error&>();

// on(const State&, const Input&): what a process does in this state.
template <class State, class Input>
inline constexpr bool moves_exactly = probing::reads<probing::moving, State, Input>();

// translate(const Listener&, const Change&): what becomes of a change of a row, which is no message of the model.
template <class Listener, class Change>
inline constexpr bool translates_exactly = probing::reads<probing::translating, Listener, Change>();

template <class Old>
inline constexpr bool upcasts_exactly = probing::upcasts<Old>();

// publish(const Event&): what an event is told to others as.
template <class Event>
inline constexpr bool publishes_exactly = probing::publishes<Event>();
template <class Event>
inline constexpr bool publishes_exactly_about = probing::publishes<Event, const about&>();

// Stands for what a verb that is not there returns, so that asking is never an error.
struct missing {};

namespace probing {

template <class Result>
struct returned {
  using type = Result;
};

template <bool Exactly, bool ExactlyAbout, class Verb, class... Arguments>
auto result() {
  if constexpr (ExactlyAbout)
    return returned<typename Verb::template call<Arguments..., const about&>>{};
  else if constexpr (Exactly)
    return returned<typename Verb::template call<Arguments...>>{};
  else
    return returned<missing>{};
}

}  // namespace probing

// What the verb returns, called with const lvalues; of the form with `about` when both are there, which is the one that is
// called then; `missing` when there is none.
template <class State, class Command>
using decide_result =
    typename decltype(probing::result<decides_exactly<State, Command>, decides_exactly_about<State, Command>,
                                      probing::deciding, const State&, const Command&>())::type;
template <class Reactor, class Event>
using react_result = typename decltype(probing::result<reacts_exactly<Reactor, Event>, reacts_exactly_about<Reactor, Event>,
                                                       probing::reacting, const Reactor&, const Event&>())::type;
template <class Reactor, class Command, class Rejection>
using hear_result = typename decltype(probing::result<hears_exactly<Reactor, Command, Rejection>,
                                                      hears_exactly_about<Reactor, Command, Rejection>, probing::reacting,
                                                      const Reactor&, const Command&, const Rejection&>())::type;
template <class Projection, class Event>
using locate_result = typename decltype(probing::result<locates_exactly<Projection, Event>, locates_exactly_about<Projection, Event>,
                                                        probing::locating, const Projection&, const Event&>())::type;
template <class Reactor, class Event, class Capability>
using perform_result = typename decltype(probing::result<performs_exactly<Reactor, Event, Capability>, performs_exactly_about<Reactor, Event, Capability>,
                                                         probing::performing, const Reactor&, const Event&, Capability&>())::type;
template <class Reactor, class Event, class Error>
using answer_result = typename decltype(probing::result<true, false, probing::answering, const Reactor&, const Event&, const Error&>())::type;
template <class Reactor, class Error>
using general_answer_result = typename decltype(probing::result<true, false, probing::answering, const Reactor&, const Error&>())::type;
template <class State, class Input>
using move_result = typename decltype(probing::result<true, false, probing::moving, const State&, const Input&>())::type;
template <class Listener, class Change>
using translate_result =
    typename decltype(probing::result<translates_exactly<Listener, Change>, false, probing::translating, const Listener&, const Change&>())::type;
template <class Old>
using upcast_result =
    typename decltype(probing::result<upcasts_exactly<Old>, false, probing::upcasting, const Old&>())::type;
template <class Event>
using publish_result =
    typename decltype(probing::result<publishes_exactly<Event>, publishes_exactly_about<Event>, probing::publishing, const Event&>())::type;

}  // namespace gesta::detail
