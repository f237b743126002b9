// What the boundaries of a model ask for: the types of its tags, its states about tags, and the events that belong to each.
// Floor: model. Costs nothing in a model without boundaries.
// May include: detail, message, decide, model.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/decide/together.hpp>
#include <gesta/detail/list.hpp>
#include <gesta/message/key.hpp>
#include <gesta/message/tags.hpp>
#include <gesta/model/flow.hpp>

namespace gesta::detail {

template <class Part>
using is_boundary = std::bool_constant<boundary_part<Part>>;
template <class Flow>
using boundaries_of = filtered<typename Flow::aggregates, is_boundary>;

/// All states that boundaries of a model read, each once.
template <class Flow>
using tag_states_of = unique<joined<mapped<states_in, boundaries_of<Flow>>>>;
template <class Flow, class State>
inline constexpr bool is_tag_state = contains<State, tag_states_of<Flow>>;

// ---- tags

template <class Tag, class Events>
struct tag_in_events;
template <class Tag, class... E>
struct tag_in_events<Tag, types<E...>> {
  static constexpr std::size_t said = detail::first_true({contains<Tag, said_tags<E>>..., false});
  static constexpr std::size_t first = detail::first_true({(contains<Tag, said_tags<E>> && detail::tag_place<Tag, E>() != npos)..., false});
  static constexpr auto find() noexcept {
    if constexpr (first == npos) return type_is<void>{};
    else return type_is<tag_field_type<Tag, at<first, types<E...>>>>{};
  }
  using type = typename decltype(find())::type;
};
/// The type of a tag in a model, that of the first event that carries it; void: none does.
template <class Flow, class Tag>
using tag_type = typename tag_in_events<Tag, typename Flow::current_events>::type;
/// Whether an event of the model says this tag.
template <class Flow, class Tag>
inline constexpr bool is_tag = tag_in_events<Tag, typename Flow::current_events>::said != npos;

/// The key of a state about several tags.
template <class First, class Rest>
struct joined_key {
  First first;
  Rest rest;
};

template <class Flow, class Tags>
struct key_of_tags;
template <class Flow>
struct key_of_tags<Flow, types<>> {
  using type = whole;
  template <class Message>
  static constexpr const whole& in(const Message&) noexcept {
    return the_whole;
  }
  template <class... Value>
  static constexpr bool takes(types<Value...>) noexcept {
    return sizeof...(Value) == 0;
  }
  static constexpr const whole& of() noexcept { return the_whole; }
};
template <class Flow, class Tag>
struct key_of_tags<Flow, types<Tag>> {
  using type = tag_type<Flow, Tag>;
  template <class Message>
  static constexpr const auto& in(const Message& message) noexcept {
    return detail::get_field<detail::tag_place<Tag, Message>()>(message);
  }
  template <class... Value>
  static constexpr bool takes(types<Value...>) noexcept {
    if constexpr (sizeof...(Value) != 1) return false;
    else return (key_argument<Value, type> && ...);
  }
  template <class Value>
  static constexpr type of(const Value& value) {
    if constexpr (key_string<type>) return type(value);
    else return key_value_of<type>(value);
  }
};
template <class Flow, class First, class Second, class... Rest>
struct key_of_tags<Flow, types<First, Second, Rest...>> {
  using one = key_of_tags<Flow, types<First>>;
  using others = key_of_tags<Flow, types<Second, Rest...>>;
  using type = joined_key<typename one::type, typename others::type>;
  template <class Message>
  static constexpr type in(const Message& message) {
    return {one::in(message), others::in(message)};
  }
  static constexpr bool takes(types<>) noexcept { return false; }
  template <class Value, class... Values>
  static constexpr bool takes(types<Value, Values...>) noexcept {
    return one::takes(types<Value>{}) && others::takes(types<Values...>{});
  }
  template <class Value, class... Values>
  static constexpr type of(const Value& value, const Values&... values) {
    return {one::of(value), others::of(values...)};
  }
};
/// How a state about tags is found: key_of<Flow, State>::in(event or command).
template <class Flow, class State>
using key_of = key_of_tags<Flow, said_tags<State>>;

// ---- the events of a state

template <class State, class Event>
inline constexpr bool belongs = evolves<State, Event> && carries_all<Event, said_tags<State>>;

template <class State, class Events>
struct events_of_state;
template <class State, class... E>
struct events_of_state<State, types<E...>> : type_is<concat<std::conditional_t<belongs<State, E>, types<E>, types<>>...>> {};

template <class Event, class States>
struct states_of_event;
template <class Event, class... S>
struct states_of_event<Event, types<S...>> : type_is<concat<std::conditional_t<belongs<S, Event>, types<S>, types<>>...>> {};
/// The states that an event of the model evolves.
template <class Flow, class Event>
using states_evolved_by = typename states_of_event<Event, tag_states_of<Flow>>::type;

template <class Flow, class Events>
struct events_with_states;
template <class Flow, class... E>
struct events_with_states<Flow, types<E...>> : type_is<concat<std::conditional_t<(states_evolved_by<Flow, E>::size != 0), types<E>, types<>>...>> {};
/// The events of a model that evolve any state about tags.
template <class Flow>
using tagged_events_of = typename events_with_states<Flow, typename Flow::current_events>::type;

}  // namespace gesta::detail
