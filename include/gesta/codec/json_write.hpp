// Messages to JSON text. Boost.JSON is not needed for it: text is written where it goes, without a tree in between.
// Floor: codec, a part of json.hpp.
// May include: detail, message, codec, std.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>

#include <gesta/codec/json_form.hpp>
#include <gesta/message/wire.hpp>

namespace gesta::detail::json {

// ---- where text goes

struct counted {
  std::size_t size = 0;
  void put(chars text) noexcept { size += text.size; }
};
struct in_memory {
  std::byte* at;
  void put(chars text) noexcept {
    if (text.size != 0) std::memcpy(at, text.data, text.size);
    at += text.size;
  }
};
struct appended {
  std::string& to;
  void put(chars text) { to.append(text.data, text.size); }
};

template <std::size_t N, class Sink>
void say(const char (&words)[N], Sink& out) {
  out.put({words, N - 1});
}

// ---- values

template <class Bytes, class Sink>
void put_hex(const Bytes& bytes, Sink& out) {
  constexpr const char* digits = "0123456789abcdef";
  json::say("\"", out);
  for (const auto one : bytes) {
    const auto byte = static_cast<unsigned char>(one);
    const char both[] = {digits[byte >> 4], digits[byte & 15]};
    out.put({both, 2});
  }
  json::say("\"", out);
}

template <class Sink>
void put_escaped(char c, Sink& out) {
  switch (c) {
    case '"': return json::say("\\\"", out);
    case '\\': return json::say("\\\\", out);
    case '\n': return json::say("\\n", out);
    case '\r': return json::say("\\r", out);
    case '\t': return json::say("\\t", out);
    default: {
      const char code[] = {'\\', 'u', '0', '0', c < 16 ? '0' : '1', "0123456789abcdef"[c & 15]};
      return out.put({code, sizeof code});
    }
  }
}

template <class Sink>
void put_string(chars text, Sink& out) {
  json::say("\"", out);
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size; ++i) {
    const char c = text.data[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.put({text.data + done, i - done});
    json::put_escaped(c, out);
    done = i + 1;
  }
  out.put({text.data + done, text.size - done});
  json::say("\"", out);
}

// Text that is no UTF-8 cannot stand in JSON as it is, and nothing of it may be lost.
template <class Sink>
void put_text(chars text, Sink& out) {
  if (json::is_utf8(text)) return json::put_string(text, out);
  json::say("{\"hex\":", out);
  json::put_hex(text, out);
  json::say("}", out);
}

template <class T, class Sink>
void put_number(T number, Sink& out) {
  char digits[32];  // the longest double has 24 characters
  if constexpr (std::is_same_v<T, bool>) {
    number ? json::say("true", out) : json::say("false", out);
  } else if constexpr (std::is_same_v<T, char>) {
    json::put_text({&number, 1}, out);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(number)) return json::say("\"NaN\"", out);
    if (std::isinf(number)) return number < 0 ? json::say("\"-Infinity\"", out) : json::say("\"Infinity\"", out);
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.put({digits, static_cast<std::size_t>(end - digits)});
  } else {
    using wide = std::conditional_t<std::is_signed_v<T>, long long, unsigned long long>;
    const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<wide>(number)).ptr;
    out.put({digits, static_cast<std::size_t>(end - digits)});
  }
}

// ---- values that hold others

template <class T, class Sink>
void put(const T& value, Sink& out);

template <class Sink>
void comma(bool& first, Sink& out) {
  if (!first) json::say(",", out);
  first = false;
}

template <class T, class Sink>
void put_elements(const T& value, Sink& out) {
  json::say("[", out);
  bool first = true;
  for (const auto& element : value) {
    json::comma(first, out);
    json::put(static_cast<const typename T::value_type&>(element), out);  // vector<bool> hands out something else
  }
  json::say("]", out);
}

template <class T, class Sink>
void put_map(const T& value, Sink& out) {
  bool first = true;
  if constexpr (json::has_text_keys<T>()) {
    const auto named = std::all_of(value.begin(), value.end(), [](const auto& one) { return json::is_utf8(detail::chars_of(one.first)); });
    if (named) {
      json::say("{", out);
      for (const auto& [key, mapped] : value) {
        json::comma(first, out);
        json::put_string(detail::chars_of(key), out);
        json::say(":", out);
        json::put(mapped, out);
      }
      return json::say("}", out);
    }
  }
  json::say("[", out);
  for (const auto& [key, mapped] : value) {
    json::comma(first, out);
    json::say("[", out);
    json::put(key, out);
    json::say(",", out);
    json::put(mapped, out);
    json::say("]", out);
  }
  json::say("]", out);
}

template <class T, class Sink, std::size_t... I>
void put_fields(const T& value, indices<I...>, Sink& out) {
  json::say("{", out);
  [[maybe_unused]] bool first = true;
  detail::with_fields(value, [&](const auto&... field) {
    ((json::comma(first, out), json::put_string(detail::wire_name<T, I>(), out), json::say(":", out), json::put(field, out)), ...);
  });
  json::say("}", out);
}

template <class T, class Sink>
void put_variant(const T& value, Sink& out) {
  json::say("{\"index\":", out);
  json::put_number(value.index(), out);
  json::say(",\"value\":", out);
  [&]<std::size_t... I>(indices<I...>) {
    ((value.index() == I ? json::put(*get_if<I>(&value), out) : void()), ...);
  }(make_indices<alternatives<T>::type::size>{});
  json::say("}", out);
}

template <class T, class Sink>
void put_optional(const T& value, Sink& out) {
  if (!value.has_value()) return json::say("null", out);
  if constexpr (json::nests_optional<T>()) json::say("[", out);
  json::put(*value, out);
  if constexpr (json::nests_optional<T>()) json::say("]", out);
}

template <class T, class Sink>
void put(const T& value, Sink& out) {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number) {
    json::put_number(value, out);
  } else if constexpr (f == form::enumeration) {
    json::put_number(static_cast<typename number_of_enum<T>::type>(value), out);
  } else if constexpr (f == form::text || f == form::string) {
    json::put_text(detail::chars_of(value), out);
  } else if constexpr (json::holds_bytes<T>()) {
    json::put_hex(value, out);
  } else if constexpr (f == form::list || f == form::sequence || f == form::set || f == form::array) {
    json::put_elements(value, out);
  } else if constexpr (f == form::map) {
    json::put_map(value, out);
  } else if constexpr (f == form::optional) {
    json::put_optional(value, out);
  } else if constexpr (f == form::variant) {
    json::put_variant(value, out);
  } else if constexpr (f == form::pair) {
    json::say("[", out);
    json::put(value.first, out);
    json::say(",", out);
    json::put(value.second, out);
    json::say("]", out);
  } else if constexpr (f == form::duration) {
    json::put(value.count(), out);
  } else if constexpr (f == form::time_point) {
    json::put(value.time_since_epoch(), out);
  } else {
    json::put_fields(value, make_indices<field_count<T>>{}, out);
  }
}

}  // namespace gesta::detail::json
