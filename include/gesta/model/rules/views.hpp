// Rules about projections: they follow what is there, take every event of it, and only change their view.
// Floor: model.
// May include: detail, react, model.
#pragma once

#include <type_traits>

#include <gesta/model/flow.hpp>
#include <gesta/model/rules/handlers.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

template <class View, class Event>
constexpr bool projects_with_result() {
  if constexpr (projects<View, Event>) return !std::is_void_v<gesta::detail::project_result<View, Event>>;
  else return false;
}

template <class View, class Events, class Ignored>
struct followed_events;
template <class View, class... E, class Ignored>
struct followed_events<View, gesta::detail::types<E...>, Ignored> {
  static constexpr std::size_t missed = first_true({(gesta::detail::plain<E> && !projects<View, E> && !gesta::detail::contains<E, Ignored>)...});
};

template <class View, class Events>
struct taken_events;
template <class View, class... E>
struct taken_events<View, gesta::detail::types<E...>> {
  static constexpr std::size_t with_result = first_true({projects_with_result<View, E>()...});
  static constexpr std::size_t any = first_true({projects<View, E>...});
};

template <class Flow, class Aggregates>
struct followed_aggregates;
template <class Flow, class... A>
struct followed_aggregates<Flow, gesta::detail::types<A...>> {
  template <class Aggregate>
  static constexpr auto events() {
    if constexpr (gesta::detail::contains<Aggregate, typename Flow::aggregates>) return typename Flow::template events_of<Aggregate>{};
    else return gesta::detail::types<>{};
  }
  using all_events = gesta::detail::unique<gesta::detail::concat<decltype(events<A>())...>>;
  static constexpr std::size_t unknown = first_true({!gesta::detail::contains<A, typename Flow::aggregates>...});
};

template <class View, class Events, class Ignored>
struct ignored_events;
template <class View, class Events, class... I>
struct ignored_events<View, Events, gesta::detail::types<I...>> {
  static constexpr std::size_t in_vain = first_true({(projects<View, I> || !gesta::detail::contains<I, Events>)...});
};

/// The rules of one projection.
template <class Flow, class Projection>
struct projection_rules {
  using view = typename Projection::view_type;
  using followed_list = gesta::detail::elements<typename Projection::followed>;
  using ignored_list = gesta::detail::elements<typename Projection::ignored>;
  using followed = followed_aggregates<Flow, followed_list>;
  using taken = taken_events<view, typename Flow::current_events>;

  using missed = report_at<diagnostic::event_not_projected, typename followed::all_events,
                           followed_events<view, typename followed::all_events, ignored_list>::missed, Projection>;
  using unknown = report_at<diagnostic::follows_unknown, followed_list, followed::unknown, Projection>;
  using ignored = report_at<diagnostic::ignored_and_projected, ignored_list,
                            ignored_events<view, typename followed::all_events, ignored_list>::in_vain, Projection>;
  using emits = report_at<diagnostic::projection_emits, typename Flow::current_events, taken::with_result, Projection>;

  static constexpr std::size_t old = first_projected<view, typename Flow::old_versions>;
  using projects_old = report_at<diagnostic::reaction_to_nothing_emitted, typename Flow::old_versions, old, Projection>;
  using never_reached = report_if<(taken::any == npos && followed_list::size == 0 && old == npos), diagnostic::part_never_reached, Projection>;
};

}  // namespace gesta::rules
