// What JSON text and messages have in common: which fields are bytes, how deep a message nests.
// Floor: codec, a part of json.hpp.
// May include: detail, message, codec, std.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <gesta/codec/form.hpp>

namespace gesta::detail::json {

/// Lists, sequences and arrays of std::byte.
template <class T>
constexpr bool holds_bytes() noexcept {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::list || f == form::sequence || f == form::array) return std::is_same_v<typename T::value_type, std::byte>;
  else return false;
}

/// Maps whose keys can be the names of an object. Not those that hold one key several times.
template <class T>
constexpr bool has_text_keys() noexcept {
  constexpr form key = form_of_type<typename T::key_type>;
  return (key == form::text || key == form::string) && requires(T& t, const typename T::value_type& v) { t.insert(v).second; };
}

/// An optional in an optional: null says which of the two is empty only when the inner one stands in an array.
template <class T>
constexpr bool nests_optional() noexcept {
  return form_of_type<typename T::value_type> == form::optional;
}

/// The number that stands for a value of an enum. `char` has no sign of its own that all machines agree on.
template <class Enum>
struct number_of_enum {
  using underlying = std::underlying_type_t<Enum>;
  using type = std::conditional_t<std::is_same_v<underlying, char>, unsigned char, underlying>;
};

template <class T>
constexpr std::size_t depth() noexcept;
template <class... T>
constexpr std::size_t deepest(types<T...>) noexcept {
  std::size_t most = 0;
  ((most = std::max(most, json::depth<T>())), ...);
  return most;
}

/// How many arrays and objects stand around the innermost value at most.
template <class T>
constexpr std::size_t depth() noexcept {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::text || f == form::string || std::is_same_v<T, char>) return 1;  // {"hex": "..."}
  else if constexpr (json::holds_bytes<T>()) return 0;
  else if constexpr (f == form::list || f == form::sequence || f == form::set || f == form::array) return 1 + json::depth<typename T::value_type>();
  else if constexpr (f == form::map) return 2 + json::deepest(types<typename T::key_type, typename T::mapped_type>{});
  else if constexpr (f == form::optional) return json::nests_optional<T>() + json::depth<typename T::value_type>();
  else if constexpr (f == form::variant) return 1 + json::deepest(typename alternatives<T>::type{});
  else if constexpr (f == form::pair) return 1 + json::deepest(types<typename T::first_type, typename T::second_type>{});
  else if constexpr (f == form::personal) return json::depth<typename T::value_type>();
  else if constexpr (f == form::fields) return 1 + json::deepest(field_types<T>{});
  else return 0;
}

}  // namespace gesta::detail::json
