// The names of fields as they stand on the wire: those of C++, but for the fields that a struct lists as renamed.
// Floor: message. Asked by whoever writes names: JSON, the schema lock.
// May include: detail, message, model/diagnostic.hpp.
#pragma once

#include <cstddef>

#include <gesta/detail/fields.hpp>
#include <gesta/message/id.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta::detail {

/// True when T lists fields that have another name on the wire.
template <class T>
concept renames = requires {
  requires __is_same(decltype(T::wire[0]), const renamed&);
};

namespace wire {

template <class T>
constexpr bool every_field_is_there() noexcept {
  for (const renamed& one : T::wire)
    if (detail::field_index<T>(one.field) == npos) return false;
  return true;
}

template <class T>
constexpr auto names_of() noexcept {
  auto names = reflect::all_names<T>;
  if constexpr (renames<T>) {
    for (const renamed& one : T::wire)
      if (const std::size_t i = detail::field_index<T>(one.field); i != npos) names.of[i] = detail::chars_of(one.wire);
  }
  return names;
}
template <class T>
inline constexpr auto names = wire::names_of<T>();

template <class T>
constexpr bool every_name_is_used_once() noexcept {
  for (std::size_t i = 1; i < field_count<T>; ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (names<T>.of[i] == names<T>.of[j]) return false;
  return true;
}

template <class T>
struct checked {
  static constexpr bool there = wire::every_field_is_there<T>();
  static_assert(sizeof(diagnostic::renamed_field_missing<there, T>) != 0);
  static_assert(sizeof(diagnostic::wire_name_used_twice<!there || wire::every_name_is_used_once<T>(), T>) != 0);
};

}  // namespace wire

/// The name of field I on the wire.
template <plain T, std::size_t I>
constexpr name_view wire_name() noexcept {
  if constexpr (renames<T>) static_assert(sizeof(wire::checked<T>) != 0);
  static_assert(I < field_count<T>);  // codecs count fields, up to their number; users never do
  return wire::names<T>.of[I];
}

/// The index of the field that has this name on the wire; npos when T has none.
template <plain T>
constexpr std::size_t wire_index(chars name) noexcept {
  if constexpr (renames<T>) static_assert(sizeof(wire::checked<T>) != 0);
  if constexpr (field_count<T> != 0) {
    for (std::size_t i = 0; i < field_count<T>; ++i)
      if (wire::names<T>.of[i] == name) return i;
  }
  return npos;
}

}  // namespace gesta::detail
