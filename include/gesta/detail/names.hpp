// Names that the compiler knows: of types, and of the fields whose addresses are given.
// Floor: detail. They are for people (tests, reports) and for finding a field by its name; nothing is stored under them. Of what is
// stored only the fingerprint of a saga with several types of causes has names of these in it.
// May include: detail.
#pragma once

#include <cstddef>

#include <gesta/detail/chars.hpp>

namespace gesta::detail {

/// A name: characters that live as long as the program.
using name_view = chars;

namespace naming {

template <class Type>
constexpr const char* of_type() noexcept {
  return __PRETTY_FUNCTION__;
}

#if defined(__clang__) && __clang_major__ < 18
template <class Field>
struct pointer {  // these take the address of a field as a template argument within a struct only
  const Field* to;
};
template <class Field>
pointer(const Field*) -> pointer<Field>;
template <pointer... Field>
#else
template <auto... Field>
#endif
constexpr const char* of_fields() noexcept {
  return __PRETTY_FUNCTION__;
}

// "... [with T = a::b<c::d>]" without the brackets, the qualification and what stands before.
constexpr name_view last_name(const char* signature) noexcept {
  const char* const end = signature + __builtin_strlen(signature) - 1;
  const char* begin = end;
  for (int depth = 0; depth > 0 || (begin[-1] != ':' && begin[-1] != ' '); --begin) {
    const char c = begin[-1];
    if (c == '>' || c == ')' || c == '}') ++depth;
    if (c == '<' || c == '(' || c == '{') --depth;
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

// "... [with Type = a::b<c::d>]": all behind "Type = ".
constexpr name_view whole_name(const char* signature) noexcept {
  const char* const end = signature + __builtin_strlen(signature) - 1;
  const char* begin = signature;
  for (; begin[0] != 'T' || begin[1] != 'y' || begin[2] != 'p' || begin[3] != 'e' || begin[4] != ' ' || begin[5] != '=';) ++begin;
  begin += 7;
  return {begin, static_cast<std::size_t>(end - begin)};
}

// "... = {(& room_of<T>.room<T>::value.T::first), (& room_of<T>.room<T>::value.T::second)}]" by GCC,
// "... = <&room_of.value.first, &room_of.value.second>]" by Clang. Read from the end, because T may be spelled in any way.
template <std::size_t N>
constexpr void field_names(const char* signature, name_view (&names)[N]) noexcept {
  const char* end = signature + __builtin_strlen(signature);
  for (std::size_t i = N; i-- > 0;) {
    while (end[-1] == ')' || end[-1] == '}' || end[-1] == '>' || end[-1] == ']' || end[-1] == ' ' || end[-1] == ',') --end;
    const char* begin = end;
    while (begin[-1] != ':' && begin[-1] != '.') --begin;
    names[i] = {begin, static_cast<std::size_t>(end - begin)};
#if defined(__clang__)
    for (end = begin; end[-1] != '&';) --end;
    end -= 1;
    while (end[-1] != ',' && end[-1] != '<') --end;
#else
    for (end = begin; end[-1] != ' ' || end[-2] != '&' || end[-3] != '(';) --end;
    end -= 3;
#endif
  }
}

}  // namespace naming

/// The name of a type without its namespace: `withdrawn`, `text<8>`. For people; compilers spell template arguments differently.
template <class T>
inline constexpr name_view type_name = naming::last_name(naming::of_type<T>());
/// Adds the characters of a type's name with its namespaces, without what compilers spell differently: what stands in brackets.
template <class T, class Add>
constexpr void add_type_name(Add&& add) {
  const name_view all = naming::whole_name(naming::of_type<T>());
  int depth = 0;
  for (std::size_t i = 0; i < all.size; ++i) {
    const char c = all.data[i];
    if (c == '>' || c == ')' || c == '}') --depth;
    if (depth == 0 && c != '>' && c != ')' && c != '}' && c != '<' && c != '(' && c != '{') add(c);
    if (c == '<' || c == '(' || c == '{') ++depth;
  }
}

}  // namespace gesta::detail
