// Tags: the fields of an event by which it is found across streams, and the fields by which a decision looks for it.
// Floor: message. A tag is the name of a field and has that field's type, so a strong id stays one.
// May include: detail.
#pragma once

#include <cstddef>

#include <gesta/detail/fields.hpp>
#include <gesta/detail/fixed_string.hpp>
#include <gesta/detail/pack.hpp>

namespace gesta {

/// In an event, `using tags = gesta::tags<"course", "student">;`: these of its fields are tags. In a state of a gesta::boundary: the
/// state is about the events that have these tags, one state for each value of them (for each combination of values where there are
/// several); `gesta::tags<>`: one state for all. One tag has one type in the whole model, which may be the key of an entity.
template <detail::fixed_string... Field>
struct tags {};

namespace detail {

/// A tag as a type.
template <fixed_string Name>
struct tag_name {
  static constexpr const char* chars = Name.chars;
};

template <class Said>
struct names_of_tags : type_is<types<>> {};
template <fixed_string... Field>
struct names_of_tags<tags<Field...>> : type_is<types<tag_name<Field>...>> {};

template <class T>
concept says_tags = requires { typename T::tags; };

template <class T>
constexpr auto tags_said_by() noexcept {
  if constexpr (says_tags<T>) return typename names_of_tags<typename T::tags>::type{};
  else return types<>{};
}
/// The tags that an event or a state says, as types<tag_name...>; none where it says none.
template <class T>
using said_tags = decltype(detail::tags_said_by<T>());

/// The place of the field of this name; npos where Message has none, or is no plain struct.
template <class Tag, class Message>
constexpr std::size_t tag_place() noexcept {
  if constexpr (plain<Message>) return detail::field_index<Message>(Tag::chars);
  else return npos;
}
template <class Tag, class Message>
constexpr auto tag_field() noexcept {
  if constexpr (constexpr std::size_t place = detail::tag_place<Tag, Message>(); place != npos) return type_is<field_type<Message, place>>{};
  else return type_is<void>{};
}
/// The type of the field of this name; void where there is none.
template <class Tag, class Message>
using tag_field_type = typename decltype(detail::tag_field<Tag, Message>())::type;

template <class Event, class Tags>
inline constexpr bool carries_all = false;
template <class Event, class... Tag>
inline constexpr bool carries_all<Event, types<Tag...>> = (contains<Tag, said_tags<Event>> && ...);

template <std::size_t I, class Value>
struct tag_value {
  const Value& value;
};
template <class Indices, class... Value>
struct tag_values;
template <std::size_t... I, class... Value>
struct tag_values<indices<I...>, Value...> : tag_value<I, Value>... {};

template <std::size_t I, class Value>
constexpr const Value& value_of_tag(const tag_value<I, Value>& one) noexcept {
  return one.value;
}

}  // namespace detail

/// What `gesta::tagged` returns. It refers to its values: use it where it is made.
template <class Tags, class... Value>
struct tagged_with : detail::tag_values<detail::make_indices<sizeof...(Value)>, Value...> {};

/// Asks for the events that have these values of these tags: `app.read(gesta::tagged<"course">("c1"), {}, visit)`.
template <detail::fixed_string... Tag, class... Value>
constexpr tagged_with<tags<Tag...>, Value...> tagged(const Value&... value) noexcept {
  return {{{value}...}};
}

}  // namespace gesta
