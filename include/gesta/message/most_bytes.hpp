// The most bytes that a message takes on the wire, where the type alone says it.
// Floor: message. Asked by whoever sets bounds: the rule about sizes, values that are sealed in place.
// May include: detail, message.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/fields.hpp>
#include <gesta/detail/generated/bind_wide.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

namespace gesta::detail {

/// The sum of bounds; npos as soon as one has none.
constexpr std::size_t add_bounds(std::size_t a, std::size_t b) noexcept { return a == npos || b == npos || a > npos - b ? npos : a + b; }
constexpr std::size_t times_bound(std::size_t count, std::size_t each) noexcept {
  if (count == 0 || each == 0) return 0;
  return each == npos || each > (npos - 1) / count ? npos : count * each;
}

/// What says of itself how many bytes it takes at most: `most_bytes`.
template <class T>
concept bounds_itself = requires { std::size_t{T::most_bytes}; };

template <class T>
inline constexpr std::size_t list_capacity = npos;
template <class T, std::size_t N>
inline constexpr std::size_t list_capacity<list<T, N>> = N;

template <class T>
constexpr std::size_t most_bytes() noexcept;

template <class List>
inline constexpr std::size_t most_bytes_of_all = 0;
template <class First, class... Rest>
inline constexpr std::size_t most_bytes_of_all<types<First, Rest...>> = detail::add_bounds(detail::most_bytes<First>(), most_bytes_of_all<types<Rest...>>);

/// The most bytes that codec/binary.hpp makes of a T; npos where there is no bound: strings, vectors, sets, maps, variants.
template <class T>
constexpr std::size_t most_bytes() noexcept {
  if constexpr (bounds_itself<T>)
    return T::most_bytes;
  else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
    return sizeof(T);
  else if constexpr (is_text<T>)
    return detail::varint_size(T::capacity()) + T::capacity();
  else if constexpr (list_capacity<T> != npos)
    return detail::add_bounds(detail::varint_size(list_capacity<T>), detail::times_bound(list_capacity<T>, detail::most_bytes<typename T::value_type>()));
  else if constexpr (array_size<T> != 0)
    return detail::times_bound(array_size<T>, detail::most_bytes<typename T::value_type>());
  else if constexpr (requires { typename T::rep; typename T::period; })
    return detail::most_bytes<typename T::rep>();
  else if constexpr (requires { typename T::clock; typename T::duration; })
    return detail::most_bytes<typename T::duration>();
  else if constexpr (requires(T& t) { typename T::value_type; t.has_value(); *t; t.reset(); })
    return detail::add_bounds(1, detail::most_bytes<typename T::value_type>());
  else if constexpr (!__is_class(T))
    return npos;
  else if constexpr (plain<T>)
    return most_bytes_of_all<field_types<T>>;
  else
    return npos;
}

}  // namespace gesta::detail
