// Which messages are flat: they lie in memory as they are and are copied by their bytes. All others are stored encoded.
// Floor: message. Said by the type alone, so every file of a program agrees.
// May include: detail, message.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/fields.hpp>
#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

namespace gesta {

namespace detail {

template <class T>
constexpr bool is_flat() noexcept;

template <class List>
inline constexpr bool all_flat = false;
template <class... T>
inline constexpr bool all_flat<types<T...>> = (detail::is_flat<T>() && ...);

// What a class template holds, where it is known to hold just that: std::array and its like (nothing but N values), std::optional
// and its like (one value that may be missing).
template <class T>
inline constexpr bool holds_flat = false;
template <std::size_t N>
inline constexpr bool holds_flat<text<N>> = true;
template <class T, std::size_t N>
inline constexpr bool holds_flat<list<T, N>> = detail::is_flat<T>();
template <template <class, std::size_t> class Array, class T, std::size_t N>
  requires(N != 0 && sizeof(Array<T, N>) == N * sizeof(T) && __is_aggregate(Array<T, N>))
inline constexpr bool holds_flat<Array<T, N>> = detail::is_flat<T>();
template <template <class> class Optional, class T>
  requires requires(const Optional<T>& o, const T*& value, bool& has) {
    value = &*o;
    has = o.has_value();
  }
inline constexpr bool holds_flat<Optional<T>> = detail::is_flat<T>();

template <class T>
constexpr bool is_flat() noexcept {
  if constexpr (!std::is_trivially_copyable_v<T> || !std::is_copy_assignable_v<T> || alignof(T) > 8)
    return false;
  else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
    return true;
  else if constexpr (holds_flat<T>)
    return true;
  else if constexpr (plain<T>)
    return all_flat<field_types<T>>;
  else
    return false;
}

}  // namespace detail

/// True when T is copied by its bytes, needs no more than eight bytes of alignment, and holds no pointer or reference at any depth:
/// numbers, enums, text<N>, list<T, N>, std::array, std::optional of a number, and structs of these.
template <class T>
concept flat = detail::is_flat<T>();

}  // namespace gesta
