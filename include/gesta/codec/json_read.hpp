// From the tree of a JSON text to a message. Nothing is guessed: what does not fit is refused with the field's path.
// Floor: codec, a part of json.hpp.
// May include: detail, message, codec, std.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

#include <gesta/codec/json_error.hpp>
#include <gesta/codec/json_form.hpp>
#include <gesta/codec/json_tree.hpp>
#include <gesta/message/wire.hpp>

namespace gesta::detail::json {

using index = std::uint32_t;  // of a node

struct reader {
  const tree& from;
  json_error& why;

  const node& at(index i) const noexcept { return from.nodes[i]; }

  /// Says what is wrong; the path is written on the way out, from the inside.
  bool refuse(json_error::kind what, const char* expected = "") const {
    why.what = what;
    why.expected = expected;
    return false;
  }
  bool refuse_kind(const char* expected) const { return refuse(json_error::kind::wrong_kind, expected); }
  bool within(chars field) const {
    std::string step = ".";
    for (const char c : chars{field.data, field.size < 60 ? field.size : 60}) step += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    why.path.insert(0, step);
    return false;
  }
  bool within(std::size_t element) const {
    std::string step = "[";
    step += std::to_string(element);
    step += ']';
    why.path.insert(0, step);
    return false;
  }
};

template <class T>
bool get(T& value, index i, const reader& in);

// ---- numbers

template <class T>
bool get_number(T& value, index i, const reader& in) {
  const char* const expected = std::is_floating_point_v<T> ? "a number" : std::is_signed_v<T> ? "an integer" : "an integer from 0 on";
  if (in.at(i).what != kind::number) return in.refuse_kind(expected);
  const chars digits = in.from.text(i);
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
  if (error == std::errc::result_out_of_range) return in.refuse(json_error::kind::out_of_range, "a number that the field can hold");
  return (error == std::errc{} && end == digits.end()) || in.refuse_kind(expected);
}
template <class T>
bool get_float(T& value, index i, const reader& in) {
  using limits = std::numeric_limits<T>;
  if (in.at(i).what != kind::string) return json::get_number(value, i, in);
  const chars word = in.from.text(i);
  if (word == "NaN") value = limits::quiet_NaN();
  else if (word == "Infinity") value = limits::infinity();
  else if (word == "-Infinity") value = -limits::infinity();
  else return in.refuse_kind("a number");
  return true;
}

// Of characters other than char and of enums, the number.
template <class T>
bool get_integer(T& value, index i, const reader& in) {
  using wide = std::conditional_t<std::is_signed_v<T>, long long, unsigned long long>;
  wide number = 0;
  if (!json::get_number(number, i, in)) return false;
  value = static_cast<T>(number);
  return static_cast<wide>(value) == number || in.refuse(json_error::kind::out_of_range, "a number that the field can hold");
}

// ---- text and bytes

constexpr int hex_digit(char c) noexcept { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/// Calls take(byte) for each byte of lower-case hex digits; false as soon as it does, or when they are none.
template <class Take>
bool each_byte(chars digits, Take take) {
  if (digits.size % 2 != 0) return false;
  for (std::size_t n = 0; n < digits.size; n += 2) {
    const int high = json::hex_digit(digits.data[n]), low = json::hex_digit(digits.data[n + 1]);
    if (high < 0 || low < 0 || !take(static_cast<unsigned char>(high * 16 + low))) return false;
  }
  return true;
}

/// The characters of a text, in `room` when they stand there as hex.
inline bool get_chars(chars& out, std::string& room, index i, const reader& in) {
  const node& n = in.at(i);
  if (n.what == kind::string) return out = in.from.text(i), true;
  if (n.what != kind::object || n.size != 1 || !(in.from.text(i + 1) == "hex") || in.at(i + 2).what != kind::string)
    return in.refuse_kind("a text");
  const bool hex = json::each_byte(in.from.text(i + 2), [&](unsigned char byte) { return room += static_cast<char>(byte), true; });
  return out = {room.data(), room.size()}, hex || in.refuse_kind("bytes in lower-case hex");
}

template <class T>
bool assign_text(T& value, chars text, const reader& in) {
  if constexpr (is_text<T>) {
    const auto fits = T::from(text);
    if (!fits) return in.refuse(json_error::kind::wrong_size, "a shorter text");
    value = *fits;
  } else {
    value.assign(text.data, text.size);
  }
  return true;
}

template <class T>
bool get_bytes(T& value, index i, const reader& in) {
  if (in.at(i).what != kind::string) return in.refuse_kind("bytes in lower-case hex");
  const chars digits = in.from.text(i);
  std::size_t size = 0;
  if constexpr (form_of_type<T> == form::array) {
    if (digits.size != 2 * value.size()) return in.refuse(json_error::kind::wrong_size, "as many bytes as the array has");
  } else {
    if constexpr (is_list<T>)
      if (digits.size > 2 * T::capacity()) return in.refuse(json_error::kind::wrong_size, "a shorter list");
    value.clear();
  }
  const bool hex = json::each_byte(digits, [&](unsigned char byte) {
    if constexpr (form_of_type<T> == form::array) value[size++] = std::byte{byte};
    else if constexpr (is_list<T>) return value.push_back(std::byte{byte});
    else value.push_back(std::byte{byte});
    return true;
  });
  return hex || in.refuse_kind("bytes in lower-case hex");
}

// ---- values that hold others

template <class T>
bool get_elements(T& value, index i, const reader& in) {
  if (in.at(i).what != kind::array) return in.refuse_kind("an array");
  const std::size_t size = in.at(i).size;
  index at = i + 1;
  if constexpr (form_of_type<T> == form::array) {
    if (size != value.size()) return in.refuse(json_error::kind::wrong_size, "as many elements as the array has");
    for (std::size_t n = 0; n < size; at = in.at(at).next, ++n)
      if (!json::get(value[n], at, in)) return in.within(n);
  } else {
    if constexpr (is_list<T>)
      if (size > T::capacity()) return in.refuse(json_error::kind::wrong_size, "a shorter list");
    value.clear();
    for (std::size_t n = 0; n < size; at = in.at(at).next, ++n) {
      typename T::value_type element{};
      if (!json::get(element, at, in)) return in.within(n);
      if constexpr (is_list<T>) (void)value.push_back(element);
      else value.push_back(static_cast<typename T::value_type&&>(element));
    }
  }
  return true;
}

// In any order: other systems do not keep it.
template <class T>
bool get_set(T& value, index i, const reader& in) {
  if (in.at(i).what != kind::array) return in.refuse_kind("an array");
  value.clear();
  index at = i + 1;
  for (std::size_t n = 0; n < in.at(i).size; at = in.at(at).next, ++n) {
    typename T::key_type key{};
    if (!json::get(key, at, in)) return in.within(n);
    const std::size_t before = value.size();
    value.emplace_hint(value.end(), static_cast<typename T::key_type&&>(key));
    if (value.size() == before) return in.refuse(json_error::kind::twice), in.within(n);
  }
  return true;
}

inline bool is_pair(index i, const reader& in) {
  return (in.at(i).what == kind::array && in.at(i).size == 2) || in.refuse_kind("an array of two");
}

template <class T>
bool get_map(T& value, index i, const reader& in) {
  constexpr bool named = json::has_text_keys<T>();
  const bool object = in.at(i).what == kind::object;
  if (object ? !named : in.at(i).what != kind::array) return in.refuse_kind(named ? "an object" : "an array of pairs");
  value.clear();
  index at = i + 1;
  for (std::size_t n = 0; n < in.at(i).size; ++n) {
    const auto within = [&] { return object ? in.within(in.from.text(at)) : in.within(n); };
    if (!object && !json::is_pair(at, in)) return within();
    const index first = object ? at : at + 1, second = in.at(first).next;
    typename T::key_type key{};
    typename T::mapped_type mapped{};
    if (!json::get(key, first, in) || !json::get(mapped, second, in)) return within();
    const std::size_t before = value.size();
    value.emplace_hint(value.end(), static_cast<decltype(key)&&>(key), static_cast<decltype(mapped)&&>(mapped));
    if (value.size() == before) return in.refuse(json_error::kind::twice), within();
    at = in.at(second).next;
  }
  return true;
}

/// Where each field's value stands; 0 where it does not, for no value of a field is the first node.
template <std::size_t N>
struct places {
  index of[N == 0 ? 1 : N] = {};
};

template <std::size_t N, class IndexOf>
bool find_members(places<N>& found, index i, const reader& in, IndexOf index_of) {
  if (in.at(i).what != kind::object) return in.refuse_kind("an object");
  index at = i + 1;
  for (std::size_t n = 0; n < in.at(i).size; at = in.at(at + 1).next, ++n) {
    const chars name = in.from.text(at);
    const std::size_t field = index_of(name);
    if (field == npos) return in.refuse(json_error::kind::unknown_field), in.within(name);
    if (found.of[field] != 0) return in.refuse(json_error::kind::twice), in.within(name);
    found.of[field] = at + 1;
  }
  return true;
}

template <class Field>
bool get_field_at(Field& field, chars name, index at, const reader& in) {
  if (at != 0) return json::get(field, at, in) || in.within(name);
  if constexpr (form_of_type<Field> == form::optional) return field.reset(), true;
  else return in.refuse(json_error::kind::missing_field), in.within(name);
}

template <class T, std::size_t... I>
bool get_fields(T& value, index i, indices<I...>, const reader& in) {
  places<sizeof...(I)> found;
  if (!json::find_members(found, i, in, [](chars name) { return detail::wire_index<T>(name); })) return false;
  return detail::with_fields(value, [&](auto&... field) { return (json::get_field_at(field, detail::wire_name<T, I>(), found.of[I], in) && ...); });
}

template <class T>
bool get_variant(T& value, index i, const reader& in) {
  constexpr std::size_t alternative_count = alternatives<T>::type::size;
  places<2> found;
  std::size_t chosen = 0;
  if (!json::find_members(found, i, in, [](chars name) { return name == "index" ? 0 : name == "value" ? 1 : npos; })) return false;
  if (!json::get_field_at(chosen, detail::chars_of("index"), found.of[0], in)) return false;
  if (found.of[1] == 0) return in.refuse(json_error::kind::missing_field), in.within(detail::chars_of("value"));
  if (chosen >= alternative_count)
    return in.refuse(json_error::kind::out_of_range, "the index of an alternative"), in.within(detail::chars_of("index"));
  return [&]<std::size_t... I>(indices<I...>) {
    return ((chosen == I && json::get(value.template emplace<I>(), found.of[1], in)) || ...);
  }(make_indices<alternative_count>{}) || in.within(detail::chars_of("value"));
}

template <class T>
bool get_optional(T& value, index i, const reader& in) {
  value.reset();
  if (in.at(i).what == kind::null) return true;
  if constexpr (json::nests_optional<T>()) {
    if (in.at(i).what != kind::array || in.at(i).size != 1) return in.refuse_kind("null or an array of one");
    ++i;
  }
  return json::get(value.emplace(), i, in);
}

template <class T>
bool get(T& value, index i, const reader& in) {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number) {
    if constexpr (std::is_same_v<T, bool>) {
      const kind what = in.at(i).what;
      value = what == kind::yes;
      return what == kind::yes || what == kind::no || in.refuse_kind("true or false");
    } else if constexpr (std::is_same_v<T, char>) {
      text<1> one;
      if (!json::get(one, i, in)) return false;
      value = one[0];
      return one.size() == 1 || in.refuse(json_error::kind::wrong_size, "one character");
    } else if constexpr (std::is_floating_point_v<T>) {
      return json::get_float(value, i, in);
    } else {
      return json::get_integer(value, i, in);
    }
  } else if constexpr (f == form::enumeration) {
    typename number_of_enum<T>::type number{};
    if (!json::get(number, i, in)) return false;
    value = static_cast<T>(number);
    return true;
  } else if constexpr (f == form::text || f == form::string) {
    chars text;
    std::string room;
    return json::get_chars(text, room, i, in) && json::assign_text(value, text, in);
  } else if constexpr (json::holds_bytes<T>()) {
    return json::get_bytes(value, i, in);
  } else if constexpr (f == form::list || f == form::sequence || f == form::array) {
    return json::get_elements(value, i, in);
  } else if constexpr (f == form::set) {
    return json::get_set(value, i, in);
  } else if constexpr (f == form::map) {
    return json::get_map(value, i, in);
  } else if constexpr (f == form::optional) {
    return json::get_optional(value, i, in);
  } else if constexpr (f == form::variant) {
    return json::get_variant(value, i, in);
  } else if constexpr (f == form::pair) {
    return json::is_pair(i, in) && (json::get(value.first, i + 1, in) || in.within(std::size_t{0})) &&
           (json::get(value.second, in.at(i + 1).next, in) || in.within(std::size_t{1}));
  } else if constexpr (f == form::duration) {
    typename T::rep count{};
    if (!json::get(count, i, in)) return false;
    value = T(count);
    return true;
  } else if constexpr (f == form::time_point) {
    typename T::duration since{};
    if (!json::get(since, i, in)) return false;
    value = T(since);
    return true;
  } else if constexpr (f == form::personal) {
    typename T::value_type given{};
    if (in.at(i).what == kind::string && in.from.text(i) == detail::chars_of("<personal>")) return in.refuse_kind("a value in the open");
    if (!json::get(given, i, in)) return false;
    value = T(static_cast<typename T::value_type&&>(given));
    return true;
  } else {
    return json::get_fields(value, i, make_indices<field_count<T>>{}, in);
  }
}

}  // namespace gesta::detail::json
