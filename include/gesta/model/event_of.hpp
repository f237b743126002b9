// The events of a model as one std::variant, for whoever wants to visit. A header of its own, because <variant> is dear and nothing
// in the library stores one.
// Floor: model.
// May include: detail, message, model.
#pragma once

#include <cstddef>
#include <type_traits>
#include <variant>

#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>

namespace gesta {

namespace detail {

template <class Events>
struct variant_of;
template <>
struct variant_of<types<>> : type_is<std::variant<std::monostate>> {};
template <class... E>
struct variant_of<types<E...>> : type_is<std::variant<E...>> {};

}  // namespace detail

/// One of the events that the decisions of Model record, in order of their first appearance; old versions are not among them, since they
/// are upcast before anybody sees them. A model without events: std::variant<std::monostate>.
template <class Model>
using event_of = typename detail::variant_of<typename flow<Model>::current_events>::type;

/// What `gesta::as_variant` returns.
template <class Model, class Visit>
struct variant_visit {
  Visit visit;

  template <class Event>
  constexpr void operator()(const Event& event) {
    visit(held(event));
  }
  template <class Event>
  constexpr void operator()(const Event& event, const about& a) {
    if constexpr (std::is_invocable_v<Visit&, const event_of<Model>&, const about&>) visit(held(event), a);
    else visit(held(event));
  }

 private:
  template <class Event>
  static constexpr event_of<Model> held(const Event& event) {
    constexpr std::size_t which = detail::index_of<Event, typename flow<Model>::current_events>;
    (void)sizeof(diagnostic::event_of_another_model<(which != detail::npos), Model, Event>);
    if constexpr (which != detail::npos) return event_of<Model>(std::in_place_index<which>, event);
    else return {};
  }
};

/// Makes of a function that takes `const gesta::event_of<Model>&`, and `const gesta::about&` where it wants to, one that takes each event
/// by its own type: `app.each_event(gesta::as_variant<bank>([](const gesta::event_of<bank>& event, const gesta::about& a) { ... }))`.
/// Each event is copied into a variant that lives during the call.
template <class Model, class Visit>
constexpr variant_visit<Model, Visit> as_variant(Visit visit) {
  return {static_cast<Visit&&>(visit)};
}

}  // namespace gesta
