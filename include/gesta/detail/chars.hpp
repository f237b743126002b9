// Characters that lie elsewhere: what headers that must stay cheap use instead of std::string_view.
// Floor: detail.
// May include: <cstddef>.
#pragma once

#include <cstddef>

namespace gesta::detail {

/// Some characters of somebody else, not ended by a zero.
struct chars {
  const char* data = "";
  std::size_t size = 0;

  constexpr const char* begin() const noexcept { return data; }
  constexpr const char* end() const noexcept { return data + size; }
};

/// A class that hands out its characters: std::string, std::string_view, gesta::text<N>.
template <class Source>
concept has_chars = requires(const Source& s, const char*& data, std::size_t& size) {
  data = s.data();
  size = s.size();
};

/// Anything that is read as text: a literal, a C string, or a class that has characters.
template <class Source>
concept text_like = has_chars<Source> || __is_same(Source, chars) || requires(const Source& s, const char*& data) { data = s; };

/// The characters of a text. An array ends at its first zero, as everywhere in C.
constexpr chars chars_of(chars text) noexcept { return text; }
constexpr chars chars_of(const char* text) noexcept {
  if (!__builtin_is_constant_evaluated()) return {text, __builtin_strlen(text)};
  std::size_t size = 0;  // of a name that is a member of an object GCC 12 counts nothing while compiling
  while (text[size] != '\0') ++size;
  return {text, size};
}
template <std::size_t N>
constexpr chars chars_of(const char (&text)[N]) noexcept {
  std::size_t size = 0;
  while (size < N && text[size] != '\0') ++size;
  return {text, size};
}
template <has_chars Source>
constexpr chars chars_of(const Source& text) noexcept {
  return {text.data(), text.size()};
}

/// Copies the characters to a place that has room for them.
constexpr void copy_chars(chars from, char* to) noexcept {
  if (!__builtin_is_constant_evaluated()) {
    if (from.size != 0) __builtin_memcpy(to, from.data, from.size);
    return;
  }
  for (std::size_t i = 0; i < from.size; ++i) to[i] = from.data[i];
}

constexpr bool operator==(chars a, chars b) noexcept {
  if (a.size != b.size) return false;
  if (!__builtin_is_constant_evaluated()) return a.size == 0 || __builtin_memcmp(a.data, b.data, a.size) == 0;
  for (std::size_t i = 0; i < a.size; ++i)
    if (a.data[i] != b.data[i]) return false;
  return true;
}

constexpr bool operator==(chars a, const char* b) noexcept { return a == detail::chars_of(b); }

/// Whether a stands before b when compared byte by byte.
constexpr bool operator<(chars a, chars b) noexcept {
  const std::size_t both = a.size < b.size ? a.size : b.size;
  for (std::size_t i = 0; i < both; ++i)
    if (a.data[i] != b.data[i]) return static_cast<unsigned char>(a.data[i]) < static_cast<unsigned char>(b.data[i]);
  return a.size < b.size;
}

}  // namespace gesta::detail
