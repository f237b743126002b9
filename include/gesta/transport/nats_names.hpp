// How topics, keys and groups are named at a NATS server.
// Floor: transport.
// May include: detail, delivery.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gesta/detail/hash.hpp>

namespace gesta::detail {

constexpr bool is_nats_word_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// A name of a stream: one word.
constexpr bool is_nats_word(std::string_view name) noexcept {
  if (name.empty() || name.size() > 100) return false;
  for (const char c : name)
    if (!is_nats_word_char(c)) return false;
  return true;
}

/// A topic or the name of a group as one word, to name a consumer: shop=placed.
inline std::string as_nats_word(std::string_view dotted) {
  std::string word(dotted);
  for (char& c : word)
    if (c == '.') c = '=';
  return word;
}

/// Any bytes as the value of a header: what cannot stand in one, and '%', as %XX. Blanks are written so as well, as those at the ends are cut off.
inline std::string as_header_value(std::string_view bytes) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string value;
  value.reserve(bytes.size());
  for (const char c : bytes) {
    if (c > ' ' && c < 0x7f && c != '%') {
      value += c;
    } else {
      const auto code = static_cast<unsigned char>(c);
      value += '%';
      value += digits[code >> 4];
      value += digits[code & 15];
    }
  }
  return value;
}

/// And back; false where it was not written so.
inline bool from_header_value(std::string_view value, std::string& bytes) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  bytes.clear();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      bytes += value[i];
      continue;
    }
    if (i + 2 >= value.size() || digit(value[i + 1]) < 0 || digit(value[i + 2]) < 0) return false;
    bytes += static_cast<char>(digit(value[i + 1]) * 16 + digit(value[i + 2]));
    i += 2;
  }
  return true;
}

/// Which of the partitions a key belongs to. All programs at one stream agree on it: it never changes.
inline unsigned partition_of(std::string_view key, unsigned partitions) noexcept {
  return static_cast<unsigned>(mix(fnv1a(key.data(), key.size())) % partitions);
}

}  // namespace gesta::detail
