// Rules about projections: they follow what is there, take every event of it, and only change their view.
// Floor: model.
// May include: detail, react, model.
#pragma once

#include <type_traits>

#include <gesta/model/flow.hpp>
#include <gesta/model/rules/handlers.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/react/rows.hpp>

namespace gesta::rules {

template <class View, class Event, bool HasRows>
constexpr bool projects_with_result() {
  if constexpr (!projects<View, Event>) return false;
  else if constexpr (std::is_void_v<gesta::detail::project_result<View, Event>>) return false;
  else return !(HasRows && std::is_same_v<gesta::detail::project_result<View, Event>, row>);
}

template <class Projection, class Event>
constexpr bool misses_row() {
  if constexpr (!projects<typename Projection::view_type, Event>) return false;
  else return !gesta::detail::has_place<Projection, Event>;
}
template <class Projection, class Event>
constexpr bool locates_wrongly() {
  using key = typename gesta::detail::projected_rows<Projection>::key_type;
  if constexpr (!projects<typename Projection::view_type, Event>) return false;
  else if constexpr (!locates<Projection, Event>) return false;
  else return !gesta::detail::place_of_rows<std::remove_cvref_t<gesta::detail::locate_result<Projection, Event>>, key>;
}

/// Where each event that a projection takes belongs among its rows.
template <class Projection, class Events>
struct row_rules;
template <class Projection, class... E>
struct row_rules<Projection, gesta::detail::types<E...>> {
  using rows = gesta::detail::projected_rows<Projection>;
  static constexpr bool keyed() {
    if constexpr (!rows::has_key) return true;
    else if constexpr (std::is_void_v<typename rows::key_type>) return false;
    else if constexpr (!std::is_void_v<typename Projection::row_numbering> && !(rows::is_dense && std::is_integral_v<typename rows::key_type>)) return false;
    else return gesta::detail::all_keys<gesta::detail::types<typename rows::key_type>> && !std::is_same_v<typename rows::key_type, dense>;
  }
  static constexpr bool any = rows::has_key && keyed();
  static constexpr std::size_t missed() {
    if constexpr (any) return first_true({misses_row<Projection, E>()...});
    else return npos;
  }
  static constexpr std::size_t wrong() {
    if constexpr (any) return first_true({locates_wrongly<Projection, E>()...});
    else return npos;
  }
};

template <class View, class Events, class Ignored>
struct followed_events;
template <class View, class... E, class Ignored>
struct followed_events<View, gesta::detail::types<E...>, Ignored> {
  static constexpr std::size_t missed = first_true({(gesta::detail::plain<E> && !projects<View, E> && !gesta::detail::contains<E, Ignored>)...});
};

template <class View, class Events, bool HasRows>
struct taken_events;
template <class View, class... E, bool HasRows>
struct taken_events<View, gesta::detail::types<E...>, HasRows> {
  static constexpr std::size_t with_result = first_true({projects_with_result<View, E, HasRows>()...});
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
  using taken = taken_events<view, typename Flow::current_events, gesta::detail::has_rows<Projection>>;
  using placed = row_rules<Projection, typename Flow::current_events>;

  static constexpr bool indexed() {
    if constexpr (requires { typename view::indexes; } && gesta::detail::plain<view>) return gesta::detail::indexes_of<view>::all_there;
    else return true;
  }

  using missed = report_at<diagnostic::event_not_projected, typename followed::all_events,
                           followed_events<view, typename followed::all_events, ignored_list>::missed, Projection>;
  using unknown = report_at<diagnostic::follows_unknown, followed_list, followed::unknown, Projection>;
  using ignored = report_at<diagnostic::ignored_and_projected, ignored_list,
                            ignored_events<view, typename followed::all_events, ignored_list>::in_vain, Projection>;
  using emits = report_at<diagnostic::projection_emits, typename Flow::current_events, taken::with_result, Projection>;

  using keyless = report_if<!placed::keyed(), diagnostic::rows_without_key, Projection, view>;
  using misplaced = report_at<diagnostic::event_without_row, typename Flow::current_events, placed::missed(), Projection>;
  using misindexed = report_if<!indexed(), diagnostic::index_of_no_field, Projection, view>;
  using located = report_at<diagnostic::locates_no_key, typename Flow::current_events, placed::wrong(), Projection>;

  static constexpr std::size_t old = first_projected<view, typename Flow::old_versions>;
  using projects_old = report_at<diagnostic::reaction_to_nothing_emitted, typename Flow::old_versions, old, Projection>;
  using never_reached = report_if<(taken::any == npos && followed_list::size == 0 && old == npos), diagnostic::part_never_reached, Projection>;
};

}  // namespace gesta::rules
