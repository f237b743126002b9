// Messages for people: `withdrawn{amount: 30}`, found by reflection. For tests and reports; nobody should parse it.
// Floor: testing.
// May include: detail, message, codec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <type_traits>

#include <gesta/codec/form.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/writer.hpp>

namespace gesta {

namespace detail::printing {

template <class T>
void put(const T& value, writer& out);

inline void put_character(char c, char quote, writer& out) {
  constexpr const char* digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '\n') return out.put("\\n");
  if (c == '\t') return out.put("\\t");
  if (c == quote || c == '\\') out.put('\\');
  if (byte >= 0x20 && byte != 0x7f) return out.put(c);
  out.put("\\x");
  out.put(digits[byte >> 4]);
  out.put(digits[byte & 15]);
}

inline void put_quoted(chars text, writer& out) {
  out.put('"');
  for (const char c : text) printing::put_character(c, '"', out);
  out.put('"');
}

// In as few digits as give the same number back.
template <class T>
void put_fraction(T number, writer& out) {
  char digits[40];
  for (int precision = 1; precision <= 17; ++precision) {
    std::snprintf(digits, sizeof digits, "%.*g", precision, static_cast<double>(number));
    if (static_cast<T>(std::strtod(digits, nullptr)) == number) break;
  }
  out.put(chars_of(static_cast<const char*>(digits)));
}

template <class T>
void put_number(T number, writer& out) {
  if constexpr (std::is_same_v<T, bool>) {
    out.put(number ? "true" : "false");
  } else if constexpr (std::is_same_v<T, char>) {
    out.put('\'');
    printing::put_character(number, '\'', out);
    out.put('\'');
  } else if constexpr (std::is_floating_point_v<T>) {
    printing::put_fraction(number, out);
  } else if constexpr (std::is_signed_v<T>) {
    out.put_number(static_cast<std::int64_t>(number));
  } else {
    out.put_number(static_cast<std::uint64_t>(number));
  }
}

// Puts ", " before everything but the first.
struct comma {
  writer& out;
  bool first = true;

  void next() {
    if (!first) out.put(", ");
    first = false;
  }
};

template <class T, std::size_t... I>
void put_fields(const T& value, indices<I...>, writer& out) {
  comma between{out};
  ((between.next(), out.put(detail::field_name<T, I>()), out.put(": "), printing::put(detail::get_field<I>(value), out)), ...);
}

template <class T>
void put(const T& value, writer& out) {
  constexpr form f = form_of_type<T>;
  comma between{out};
  if constexpr (f == form::number) {
    printing::put_number(value, out);
  } else if constexpr (f == form::enumeration) {
    printing::put_number(static_cast<std::underlying_type_t<T>>(value), out);
  } else if constexpr (f == form::text || f == form::string || text_like<T>) {
    if constexpr (std::is_pointer_v<T>) {
      if (value == nullptr) return out.put("null");
    }
    printing::put_quoted(detail::chars_of(value), out);
  } else if constexpr (f == form::list || f == form::sequence || f == form::set || f == form::array) {
    out.put('[');
    for (const auto& element : value) between.next(), printing::put(static_cast<const typename T::value_type&>(element), out);
    out.put(']');
  } else if constexpr (f == form::map) {
    out.put('{');
    for (const auto& [key, mapped] : value) between.next(), printing::put(key, out), out.put(": "), printing::put(mapped, out);
    out.put('}');
  } else if constexpr (f == form::optional) {
    if (value.has_value()) printing::put(*value, out);
    else out.put("none");
  } else if constexpr (f == form::variant) {
    [&]<std::size_t... I>(indices<I...>) {
      ((value.index() == I ? printing::put(*get_if<I>(&value), out) : void()), ...);
    }(make_indices<alternatives<T>::type::size>{});
  } else if constexpr (f == form::pair) {
    out.put('('), printing::put(value.first, out), out.put(", "), printing::put(value.second, out), out.put(')');
  } else if constexpr (f == form::duration) {
    printing::put(value.count(), out);
  } else if constexpr (f == form::time_point) {
    printing::put(value.time_since_epoch(), out);
  } else if constexpr (f == form::personal) {
    out.put("<personal>");
  } else {
    out.put(type_name<T>);
    out.put('{');
    if constexpr (f == form::fields) printing::put_fields(value, make_indices<field_count<T>>{}, out);
    else out.put("...");
    out.put('}');
  }
}

}  // namespace detail::printing

/// Writes a message for people, ended by a zero: structs with their field names, text in quotes, enums as numbers, what cannot be read
/// as `type{...}`. At most room bytes are written; the result is the length of the whole, as snprintf does.
template <class Message>
std::size_t print(const Message& message, char* out, std::size_t room) {
  detail::writer to{out, room};
  detail::printing::put(message, to);
  to.end();
  return to.size;
}

}  // namespace gesta
