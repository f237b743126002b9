// Which messages are flat: they lie in memory as they are and are copied by their bytes. All others are stored encoded.
// Floor: message. Said by the type alone, so every file of a program agrees.
// May include: detail, message.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/fields.hpp>
#include <gesta/detail/generated/bind_wide.hpp>
#include <gesta/message/list.hpp>
#include <gesta/message/text.hpp>

namespace gesta {

template <class Subject, class T>
class personal;

namespace detail {

template <class T>
constexpr bool is_flat() noexcept;

template <class List>
inline constexpr bool all_flat = false;
template <class... T>
inline constexpr bool all_flat<types<T...>> = (detail::is_flat<T>() && ...);

// The length of std::array and its like (nothing but N values); 0 for all else.
template <class T>
inline constexpr std::size_t array_size = 0;
template <template <class, std::size_t> class Array, class T, std::size_t N>
  requires(N != 0 && sizeof(Array<T, N>) == N * sizeof(T) && __is_aggregate(Array<T, N>))
inline constexpr std::size_t array_size<Array<T, N>> = N;

// What a class template holds, where it is known to hold just that.
template <class T>
inline constexpr bool holds_flat = false;
template <std::size_t N>
inline constexpr bool holds_flat<text<N>> = true;
template <class T, std::size_t N>
inline constexpr bool holds_flat<list<T, N>> = detail::is_flat<T>();
template <template <class> class Optional, class T>
  requires requires(const Optional<T>& o, const T*& value, bool& has) {
    value = &*o;
    has = o.has_value();
  }
inline constexpr bool holds_flat<Optional<T>> = detail::is_flat<T>();
template <template <class, class> class Duration, class Rep, class Period>
  requires requires(const Duration<Rep, Period>& d, Rep& count) { count = d.count(); }
inline constexpr bool holds_flat<Duration<Rep, Period>> = detail::is_flat<Rep>();
template <template <class, class> class TimePoint, class Clock, class Duration>
  requires requires(const TimePoint<Clock, Duration>& t, Duration& since) { since = t.time_since_epoch(); }
inline constexpr bool holds_flat<TimePoint<Clock, Duration>> = detail::is_flat<Duration>();
template <class Subject, class T>
inline constexpr bool holds_flat<personal<Subject, T>> = personal<Subject, T>::lies_in_place;

template <class T>
constexpr bool is_flat() noexcept {
  if constexpr (!__is_trivially_copyable(T) || !__is_assignable(T&, const T&) || alignof(T) > 8)
    return false;
  else if constexpr (!__is_class(T))
    return std::is_arithmetic_v<T> || __is_enum(T);
  else if constexpr (holds_flat<T>)
    return true;
  else if constexpr (array_size<T> != 0)
    return detail::is_flat<typename T::value_type>();
  else if constexpr (plain<T>)
    return all_flat<field_types<T>>;
  else
    return false;
}

}  // namespace detail

/// True when T is copied by its bytes, needs no more than eight bytes of alignment, and holds no pointer or reference at any depth:
/// numbers, enums, text<N>, list<T, N>, std::array and std::optional of these, durations and times of std::chrono, gesta::personal of these
/// whose subject has a bound, structs of all these.
template <class T>
concept flat = detail::is_flat<T>();

}  // namespace gesta
