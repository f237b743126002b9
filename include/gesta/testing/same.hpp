// Whether two messages say the same, field by field: tests need no operator== of the user's structs.
// Floor: testing.
// May include: detail, message, codec, model/diagnostic.hpp.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/codec/form.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta {

template <class T>
constexpr bool same_message(const T& a, const T& b);

namespace detail {

template <std::size_t... I, class... Field>
constexpr bool same_fields(const reflect::references<indices<I...>, Field...>& a, const reflect::references<indices<I...>, Field...>& b) {
  return (gesta::same_message(reflect::pick<I>(a), reflect::pick<I>(b)) && ...);
}

// Only for what is not looked into: a container has an operator== even where its elements have none.
template <class T>
concept has_equality = requires(const T& a, const T& b) { static_cast<bool>(a == b); };

}  // namespace detail

/// True when the messages are equal: by their own operator== where there is one, else field by field, at any depth.
template <class T>
constexpr bool same_message(const T& a, const T& b) {
  using detail::form;
  constexpr form f = detail::form_of_type<T>;
  if constexpr (f == form::list || f == form::sequence || f == form::set || f == form::array) {
    if (a.size() != b.size()) return false;
    auto other = b.begin();
    using element_type = typename T::value_type;  // vector<bool> hands out something else
    for (const auto& element : a) {
      if (!gesta::same_message(static_cast<const element_type&>(element), static_cast<const element_type&>(*other))) return false;
      ++other;
    }
    return true;
  } else if constexpr (f == form::map) {
    if (a.size() != b.size()) return false;
    auto other = b.begin();
    for (const auto& [key, mapped] : a) {
      if (!gesta::same_message(key, other->first) || !gesta::same_message(mapped, other->second)) return false;
      ++other;
    }
    return true;
  } else if constexpr (f == form::optional) {
    return a.has_value() == b.has_value() && (!a.has_value() || gesta::same_message(*a, *b));
  } else if constexpr (f == form::variant) {
    return a.index() == b.index() && [&]<std::size_t... I>(detail::indices<I...>) {
      return ((a.index() == I && gesta::same_message(*get_if<I>(&a), *get_if<I>(&b))) || ...);
    }(detail::make_indices<detail::alternatives<T>::type::size>{});
  } else if constexpr (f == form::pair) {
    return gesta::same_message(a.first, b.first) && gesta::same_message(a.second, b.second);
  } else if constexpr (f == form::personal) {
    if ((a.given() == nullptr) != (b.given() == nullptr)) return false;
    return a.given() == nullptr ? a == b : gesta::same_message(*a.given(), *b.given());
  } else if constexpr (std::is_pointer_v<T> && detail::text_like<T>) {
    return a == b || (a != nullptr && b != nullptr && detail::chars_of(a) == detail::chars_of(b));
  } else if constexpr (f == form::fields && !detail::has_equality<T>) {
    return detail::same_fields(detail::with_fields(a, detail::reflect::gather{}), detail::with_fields(b, detail::reflect::gather{}));
  } else if constexpr (detail::has_equality<T>) {
    return a == b;
  } else {
    (void)sizeof(diagnostic::apart<diagnostic::not_comparable<false, T>>());
    return true;
  }
}

}  // namespace gesta
