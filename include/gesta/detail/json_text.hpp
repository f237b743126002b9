// How single values stand in JSON text: numbers, texts, bytes. Whoever writes JSON of messages writes them so.
// Floor: detail. Text is written where it goes, by a sink with put(chars).
// May include: detail, std.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>

#include <gesta/detail/chars.hpp>

namespace gesta::detail::json {

/// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
constexpr bool is_utf8(chars text) noexcept {
  for (std::size_t i = 0; i < text.size;) {
    const auto at = [&](std::size_t n) { return i + n < text.size ? static_cast<unsigned char>(text.data[i + n]) : 0u; };
    const auto follows = [&](std::size_t n) { return (at(n) & 0xc0u) == 0x80u; };
    const unsigned first = at(0), second = at(1);
    if (first < 0x80) {
      i += 1;
    } else if (first >= 0xc2 && first <= 0xdf && follows(1)) {
      i += 2;
    } else if ((first & 0xf0u) == 0xe0 && follows(1) && follows(2) && (first != 0xe0 || second >= 0xa0) && (first != 0xed || second < 0xa0)) {
      i += 3;
    } else if (first >= 0xf0 && first <= 0xf4 && follows(1) && follows(2) && follows(3) && (first != 0xf0 || second >= 0x90) &&
               (first != 0xf4 || second < 0x90)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

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

template <class Sink>
void comma(bool& first, Sink& out) {
  if (!first) json::say(",", out);
  first = false;
}

}  // namespace gesta::detail::json
