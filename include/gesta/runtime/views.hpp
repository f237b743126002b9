// The read models of a model in memory, and the static list of who projects what.
// Floor: runtime.
// May include: detail, message, react, model, store.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/hana.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/runtime/projecting.hpp>
#include <gesta/store/rows_in_memory.hpp>

namespace gesta {

namespace detail {

/// What is kept of a projection in memory: its view, or a table of its rows.
template <class Projection>
struct kept_of_projection : type_is<typename Projection::view_type> {};
template <projection_of_rows Projection>
struct kept_of_projection<Projection> : type_is<rows_in_memory<Projection>> {};
template <class Projection>
using kept_in_memory = typename kept_of_projection<Projection>::type;

template <class Row, class Projections>
inline constexpr bool any_has_rows = false;
template <class Row, class... Projection>
inline constexpr bool any_has_rows<Row, types<Projection...>> = ((projection_of_rows<Projection> && same<Row, typename Projection::view_type>) || ...);

template <class Event, class Projections>
inline constexpr bool anybody_projects = false;
template <class Event, class... Projection>
inline constexpr bool anybody_projects<Event, types<Projection...>> = (projects<typename Projection::view_type, Event> || ...);

template <class Event, class Projections>
inline constexpr bool anybody_projects_about = false;
template <class Event, class... Projection>
inline constexpr bool anybody_projects_about<Event, types<Projection...>> = (projects_exactly_about<typename Projection::view_type, Event> || ...);

}  // namespace detail

/// One view of each of these projections of a model, or a table where it has rows. An event is projected to all views that take it, in the order in which the model lists the
/// projections; the list is static, so nothing is looked up. The producer of an event never changes when a view is added.
template <class Model, class Projections = typename flow<Model>::projections>
class views {
  using kept_list = detail::mapped<detail::kept_in_memory, Projections>;

 public:
  using projections = Projections;

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

  /// The rows of a projection of the model that has some.
  template <class Projection>
  const detail::rows_in_memory<Projection>& rows() const noexcept {
    return detail::value_at<detail::index_of<Projection, projections>>(all_);
  }
  template <class Projection>
  detail::rows_in_memory<Projection>& rows() noexcept {
    return detail::value_at<detail::index_of<Projection, projections>>(all_);
  }

  /// Whether there is a view without rows of this type.
  template <class View>
  static constexpr bool has_view = detail::contains<View, kept_list>;
  /// Whether a projection with rows has such ones.
  template <class Row>
  static constexpr bool has_rows_of = detail::any_has_rows<Row, projections>;
  /// Whether Asked is a projection of the model with rows.
  template <class Asked>
  static constexpr bool has_rows = detail::projection_of_rows<Asked> && detail::contains<Asked, projections>;

  /// Whether any view takes this event.
  template <class Event>
  static constexpr bool take = detail::anybody_projects<Event, projections>;

 private:
  template <class View>
  static constexpr std::size_t place_of = detail::index_of<View, kept_list>;

  template <class Event, class About, std::size_t... I>
  [[gnu::always_inline]] void publish_to(const Event& event, About& make, detail::indices<I...>) {
    (publish_one<I>(event, make), ...);
  }
  template <std::size_t I, class Event, class About>
  [[gnu::always_inline]] void publish_one(const Event& event, About& make) {
    using projection = detail::at<I, projections>;
    if constexpr (projects<typename projection::view_type, Event>) {
      if constexpr (detail::projection_of_rows<projection>) (void)detail::project_to_table<projection>(detail::value_at<I>(all_), event, make);
      else detail::call_project(detail::value_at<I>(all_), event, make);
    }
  }

  detail::values_of<kept_list> all_{};
};

}  // namespace gesta
