// The read models of a model in memory, and the static list of who projects what.
// Floor: runtime.
// May include: detail, message, react, model, store.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/hana.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/model/flow.hpp>

namespace gesta {

namespace detail {

template <class Projection>
using view_of_projection = typename Projection::view_type;

template <class Event, class Projections>
inline constexpr bool anybody_projects = false;
template <class Event, class... Projection>
inline constexpr bool anybody_projects<Event, types<Projection...>> = (projects<typename Projection::view_type, Event> || ...);

template <class Event, class Projections>
inline constexpr bool anybody_projects_about = false;
template <class Event, class... Projection>
inline constexpr bool anybody_projects_about<Event, types<Projection...>> = (projects_exactly_about<typename Projection::view_type, Event> || ...);

}  // namespace detail

/// One view of each projection of Model. An event is projected to all views that take it, in the order in which the model lists the
/// projections; the list is static, so nothing is looked up. The producer of an event never changes when a view is added.
template <class Model>
class views {
 public:
  using projections = typename flow<Model>::projections;

  /// Projects one event. For events that stand in no log; a verb that asks for `about` gets an empty one.
  template <class Event>
  [[gnu::always_inline]] void publish(const Event& event) {
    publish(event, [] { return about{}; });
  }

  /// Projects one event; make() gives what is known about it, and is called only where a verb asks for it.
  template <class Event, class About>
  [[gnu::always_inline]] void publish(const Event& event, About&& make) {
    publish_to(event, make, detail::make_indices<projections::size>{});
  }

  /// The view of this type. Where two projections have views of one type: the first.
  template <class View>
  const View& view() const noexcept {
    return detail::value_at<place_of<View>>(all_);
  }
  template <class View>
  View& view() noexcept {
    return detail::value_at<place_of<View>>(all_);
  }

  /// Whether any view takes this event.
  template <class Event>
  static constexpr bool take = detail::anybody_projects<Event, projections>;

 private:
  using view_list = detail::mapped<detail::view_of_projection, projections>;
  template <class View>
  static constexpr std::size_t place_of = detail::index_of<View, view_list>;

  template <class Event, class About, std::size_t... I>
  [[gnu::always_inline]] void publish_to(const Event& event, About& make, detail::indices<I...>) {
    (publish_one<I>(event, make), ...);
  }
  template <std::size_t I, class Event, class About>
  [[gnu::always_inline]] void publish_one(const Event& event, About& make) {
    if constexpr (projects<detail::at<I, view_list>, Event>) detail::call_project(detail::value_at<I>(all_), event, make);
  }

  detail::values_of<view_list> all_{};
};

}  // namespace gesta
