// Who lets a reactor act behind a subscription: it follows the log of an app, hands its events to `react`, and has the app decide what comes back.
// Floor: runtime.
// May include: all above.
//
//     auto app = gesta::start<shop>(gesta::sqlite_store{"shop.db"}, gesta::async<billing>{});
//     auto bills = gesta::react_by<billing>(app, gesta::sqlite_views{"shop.db"}, gesta::from_now{});
//     if (!bills.poll()) ...                   // after commands, or whenever the program has time
//
// What a reaction asks is decided in one unit of work, with the refusals that are heard of it; then the checkpoint is kept. A program that ends
// between the two hears the event again: the outcomes of what was asked are remembered in the unit, under the name of the reactor and the position
// of the event, and so it is known that all was done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <gesta/detail/pack.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/effects.hpp>
#include <gesta/runtime/app.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

namespace detail {

struct mistaken_app;

/// What a reactor acts with: the app that decides what it asks.
template <class App>
struct deciding_by {
  App& app;
};

template <class App>
using engine_in = std::remove_reference_t<decltype(facts_of_app::engine(std::declval<App&>()))>;
template <class App>
concept decides = requires(App& app) { app.batch(); };

template <class Flow, class Reactor, class Events>
struct events_reacted_to;
template <class Flow, class Reactor, class... E>
struct events_reacted_to<Flow, Reactor, types<E...>>
    : type_is<concat<std::conditional_t<(reaction_of<Flow, Reactor, E>::size != 0), types<E>, types<>>...>> {};

/// Reactions behind a subscription.
template <class Flow, class Reactor, class App>
struct acting<Flow, Reactor, deciding_by<App>> {
  using engine_type = engine_in<App>;
  using flow_type = typename engine_type::flow_type;
  using events = typename events_reacted_to<flow_type, Reactor, typename flow_type::current_events>::type;
  template <class Event>
  static constexpr bool takes = contains<Event, events>;
  static constexpr bool can_halt = true;

  template <class Event, class Outcome>
  static void act(const Event& event, const about& where, std::uint32_t part, deciding_by<App>& by, Outcome& what) {
    engine_type& engine = facts_of_app::engine(by.app);
    bool has_begun = true;
    for (unsigned attempt = 0;; ++attempt) {
      has_begun = engine.begin();
      if (!has_begun) break;
      unit open{engine};
      if (engine.template act_behind<Reactor>(event, where, part) && open.commit()) return;
      if (engine.last_failure().why != failure::kind::conflict || attempt == conflict_retries) break;
    }
    what.cause = engine.last_failure();
    const char* const lasting = has_begun ? lasts(what.cause.why) : nullptr;
    what.failed = lasting != nullptr;
    what.halts = lasting == nullptr;
    what.kind = lasting;
    if (what.failed) what.words = what.cause.describe();
  }

 private:
  /// The name of a failure that the same event runs into again, whatever becomes of the store; nullptr: it is none.
  static constexpr const char* lasts(failure::kind why) noexcept {
    switch (why) {
      case failure::kind::chain_too_long: return "chain_too_long";
      case failure::kind::tombstoned: return "tombstoned";
      case failure::kind::too_large: return "too_large";
      case failure::kind::unknown_event: return "unknown_event";
      default: return nullptr;
    }
  }
  /// Left by a failure or an exception, nothing of it is kept.
  struct unit {
    engine_type& engine;
    bool commit() { return engine.commit(); }
    ~unit() {
      if (engine.open()) engine.roll_back();
    }
  };
};

/// A place that is there before its neighbours.
template <class App>
struct with_app {
  deciding_by<App> by_;
};

template <class App>
constexpr bool takes_back_units() noexcept {
  if constexpr (engine_in<App>::is_memory) return engine_in<App>::log_type::keeps_all;
  else return true;
}
template <class App, class Reactor>
inline constexpr bool follows_the_log =
    contains<Reactor, typename engine_in<App>::flow_type::reactors> && !contains<Reactor, typename engine_in<App>::reactor_list>;

}  // namespace detail

/// Lets Reactor act on what is kept in the log of an app: made by `gesta::react_by<billing>(app, views, gesta::from_now{})`. It acts only when it is
/// polled. Not copyable; one thread at a time uses it and the app, and no batch of the app is open: else the poll is failure::kind::busy.
///
/// poll(limit), checkpoint(), and all about events that were put aside are those of gesta::effects. Promises: each event that Reactor has a `react`
/// for is heard, those of one key in the order of the log; what it asks for is decided once, whatever ends the program, and however many programs
/// act under this name. All that follows from one event, refusals that are heard included, is one unit of work, with the correlation of the event.
/// A reaction or decision that throws puts the event aside, and so do an `allow_cycle` that is exceeded, a stream that is closed or holds an event
/// nobody knows, and what is too large; when the store fails otherwise the poll fails, and the next one tries again. What others recorded since
/// the event is seen by decisions, and a fact is the last one.
template <class Reactor, class App, class Views, class Clock = system_clock, class Observers = observed_by<>>
class reactions : detail::with_app<App>, public effects<Reactor, App, Views, detail::deciding_by<App>, Clock, Observers> {
  using consumer_type = effects<Reactor, App, Views, detail::deciding_by<App>, Clock, Observers>;

 public:
  template <class Start, class... Argument>
  reactions(App& app, const Views& views, Start start, Argument&&... argument)
      : detail::with_app<App>{{app}}, consumer_type(app, views, this->by_, start, static_cast<Argument&&>(argument)...) {}
};

namespace detail {

template <class Reactor, class App, class Views, class... Option>
auto reacted_by(App& app, const Views& views, const Option&... option) {
  using clock = clock_in<Option...>;
  using observers = decltype(detail::observers_of(option...));
  return reactions<Reactor, App, Views, clock, observers>(
      app, views, detail::start_of(option...), detail::clock_of(option...), detail::option_or<unknown_events>(unknown_events::fail, option...),
      detail::option_or<stop_after>(stop_after{}, option...), detail::option_or<events_a_commit>(events_a_commit{}, option...),
      detail::observers_of(option...));
}

}  // namespace detail

/// Makes the consumer by which Reactor acts behind a subscription: `auto bills = gesta::react_by<billing>(app, gesta::sqlite_views{"shop.db"},
/// gesta::from_now{});`. The app was started with `gesta::async<billing>`, so that it does not act in the commit as well; it outlives the consumer.
/// What Reactor is refused is heard in the same unit, by all of its choreography; what those are refused who act in a commit is heard in that
/// commit. The start and the options are those of gesta::perform_by. Where a reactor of a choreography has acted in commits before, begin with
/// gesta::from_now: it would act on those events again.
template <class Reactor, class App, class Views, class... Argument>
auto react_by(App& app, const Views& views, Argument... argument) {
  using arguments = detail::arguments_of_consumer<Argument...>;
  constexpr bool is_start_said = (detail::is_start<Argument> || ...);
  if constexpr (detail::same<App, detail::mistaken_app>) {
    return detail::no_effects{};
  } else if constexpr (!detail::decides<App>) {
    (void)sizeof(diagnostic::reacts_without_app<detail::decides<App>, Reactor>);
    return detail::no_effects{};
  } else if constexpr (!detail::follows_the_log<App, Reactor>) {
    (void)sizeof(diagnostic::reacts_in_commit<detail::follows_the_log<App, Reactor>, Reactor>);
    return detail::no_effects{};
  } else if constexpr (!detail::takes_back_units<App>()) {
    (void)sizeof(diagnostic::cannot_take_back<detail::takes_back_units<App>(), typename detail::engine_in<App>::log_type>);
    return detail::no_effects{};
  } else if constexpr (!detail::is_view_store<Views>) {
    (void)sizeof(diagnostic::no_view_store<detail::is_view_store<Views>, Reactor, Views>);
    return detail::no_effects{};
  } else if constexpr (arguments::unknown != detail::npos || arguments::twice != detail::npos) {
    return detail::wrong_arguments<Reactor, arguments>();
  } else if constexpr (!is_start_said) {
    (void)sizeof(diagnostic::start_not_said<is_start_said, Reactor>);
    return detail::no_effects{};
  } else if constexpr (!rules::reactions_sound<typename detail::acting<void, Reactor, detail::deciding_by<App>>::events, Reactor>) {
    (void)sizeof(rules::of_reactions<typename detail::acting<void, Reactor, detail::deciding_by<App>>::events, Reactor>);
    return detail::no_effects{};
  } else {
    return detail::reacted_by<Reactor>(app, views, argument...);
  }
}

}  // namespace gesta
