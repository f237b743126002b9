// What a field is, told by what it can do: number, text, list, map, optional, struct, ... Whoever reads messages branches on it.
// Floor: codec. No standard container is named, so none is included: a type of the user that behaves like one is read like one.
// May include: detail, message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/chars.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/generated/bind_wide.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/message/list.hpp>
#include <gesta/message/personal.hpp>
#include <gesta/message/text.hpp>

namespace gesta::detail {

enum class form : unsigned char {
  number,       ///< integers, bool, characters, float and double
  enumeration,  ///< an enum
  text,         ///< gesta::text<N>
  string,       ///< std::string
  list,         ///< gesta::list<T, N>
  sequence,     ///< std::vector, std::deque: grows by push_back
  set,          ///< std::set
  map,          ///< std::map
  array,        ///< std::array
  optional,     ///< std::optional
  variant,      ///< std::variant
  pair,         ///< std::pair
  duration,     ///< std::chrono::duration
  time_point,   ///< std::chrono::time_point
  fields,       ///< a plain struct
  unknown,      ///< nothing of these
  personal,     ///< gesta::personal<Subject, T>: sealed bytes
};

template <class T>
inline constexpr bool is_list = false;
template <class T, std::size_t N>
inline constexpr bool is_list<list<T, N>> = true;

template <class T>
struct alternatives : types<> {};
template <template <class...> class Variant, class... T>
struct alternatives<Variant<T...>> : type_is<types<T...>> {};

template <class T>
concept walkable = requires(const T& t, std::size_t& size) {
  typename T::value_type;
  size = t.size();
  t.begin() != t.end();
};

template <class T>
constexpr form form_of() noexcept {
  if constexpr (std::is_arithmetic_v<T>)
    return sizeof(T) <= 8 ? form::number : form::unknown;  // long double has no size of its own
  else if constexpr (std::is_enum_v<T>)
    return form::enumeration;
  else if constexpr (__is_aggregate(T))  // most fields and all messages are one; the other questions are dearer
    return array_size<T> != 0 ? form::array : plain<T> ? form::fields : form::unknown;
  else if constexpr (is_text<T>)
    return form::text;
  else if constexpr (is_list<T>)
    return form::list;
  else if constexpr (is_personal<T>)
    return form::personal;
  else if constexpr (requires(const T& t) { typename T::rep; typename T::period; t.count(); })
    return form::duration;
  else if constexpr (requires(const T& t) { typename T::clock; typename T::duration; t.time_since_epoch(); })
    return form::time_point;
  else if constexpr (has_chars<T> && requires(T& t, const char* data, std::size_t size) { t.assign(data, size); })
    return form::string;
  else if constexpr (walkable<T> && requires(T& t, const typename T::value_type& v) { t.push_back(v); t.clear(); })
    return form::sequence;
  else if constexpr (walkable<T> && requires { typename T::key_compare; typename T::mapped_type; })
    return form::map;
  else if constexpr (walkable<T> && requires { typename T::key_compare; })
    return form::set;
  else if constexpr (requires(T& t) { typename T::value_type; t.has_value(); *t; t.reset(); })
    return form::optional;
  else if constexpr (requires(const T& t) { t.index(); t.valueless_by_exception(); })
    return form::variant;
  else if constexpr (requires(T& t) { typename T::first_type; t.first; typename T::second_type; t.second; })
    return form::pair;
  else
    return form::unknown;
}

/// What a value of this type is.
template <class T>
inline constexpr form form_of_type = detail::form_of<std::remove_cv_t<T>>();

}  // namespace gesta::detail
