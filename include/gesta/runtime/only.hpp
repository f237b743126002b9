// Reading only some types of events: who says so gets those, and a store that can tell them apart does not hand over the others.
// Floor: runtime. Between who asks and the log.
// May include: detail, message, model, store, runtime/reading.hpp.
#pragma once

#include <cstdint>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/store/store.hpp>

namespace gesta {

namespace detail {

/// A visitor of these events of today, and of no others.
template <class Events, class Visit>
struct visitor_of {
  using wanted_events = Events;
  Visit visit;

  template <class Event>
  [[gnu::always_inline]] decltype(auto) operator()(const Event& event, const about& where) {
    return visit(event, where);
  }
};

/// gesta::only, for events that are a list: `detail::only_of<types<sold, refunded>>(visit)`. It refers to a visitor that has a name.
template <class Events, class Visit>
constexpr visitor_of<Events, Visit> only_of(Visit&& visit) {
  return {static_cast<Visit&&>(visit)};
}

template <class Flow, class Events>
struct events_of_today;
template <class Flow, class... Event>
struct events_of_today<Flow, types<Event...>> {
  using type = concat<std::conditional_t<contains<Event, typename Flow::current_events>, types<Event>, types<>>...>;
  static constexpr bool report() {
    ((void)sizeof(diagnostic::asks_for_no_event<contains<Event, typename Flow::current_events>, Event>), ...);
    return true;
  }
};

/// The events of today that a visitor is to get: all of them unless it says others.
template <class Flow, class Visit>
struct events_asked : type_is<typename Flow::current_events> {};
template <class Flow, class Visit>
  requires requires { typename std::remove_cvref_t<Visit>::wanted_events; }
struct events_asked<Flow, Visit> : events_of_today<Flow, typename std::remove_cvref_t<Visit>::wanted_events> {
  static_assert(events_asked::report());
};

/// A visitor of records that takes only some: `Visit::wanted()` says which.
template <class Visit>
concept takes_some = requires { std::remove_cvref_t<Visit>::wanted(); };

/// Hands on what a visitor of records wants, and no more than so many; for who is handed everything.
template <class Visit>
struct passing_over {
  Visit& visit;
  std::uint64_t left;  ///< not 0

  bool operator()(const recorded& record) {
    if (!std::remove_cvref_t<Visit>::wanted().holds(record.tag)) return true;
    const bool goes_on = visit(record);
    return --left != 0 && goes_on;
  }
};

/// A visitor of records that wants only those of these events, made of any.
template <class Flow, class Events, class Visit>
struct for_some {
  Visit& visit;

  static constexpr const wanted_types& wanted()
    requires(!wants_all<Flow, Events>)
  {
    return wanted_tags<Flow, Events>;
  }
  [[gnu::always_inline]] bool operator()(const recorded& record) const { return visit(record); }
};

}  // namespace detail

/// Makes a visitor that gets only events of these types: `app.read({}, gesta::only<sold, refunded>(visit))`; wherever a visitor of events is
/// taken, also by the poll of a feed. Old events count as what they become today. slice::limit, and that of a poll, count the stored
/// events of these types. What the model does not know may be anything, and comes as ever. It costs less than to read everything: what is
/// not asked for is neither decoded nor, where the store can tell it apart, handed over.
template <class... Event, class Visit>
constexpr auto only(Visit&& visit) {
  return detail::only_of<detail::types<Event...>>(static_cast<Visit&&>(visit));
}

}  // namespace gesta
