// Hashes: of names while compiling, of keys at run time, and 128 bits for the ids of messages.
// Stands below everything: it knows no domain word.
// May include <cstddef> and <cstdint> only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gesta::detail {

/// FNV-1a of a number of characters. Small and cheap to evaluate while compiling; for names of types and parts.
constexpr std::uint64_t fnv1a(const char* text, std::size_t size) noexcept {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (std::size_t i = 0; i < size; ++i) h = (h ^ static_cast<unsigned char>(text[i])) * 0x100000001b3u;
  return h;
}

/// FNV-1a of a string that is ended by a zero.
constexpr std::uint64_t fnv1a(const char* text) noexcept {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (; *text != '\0'; ++text) h = (h ^ static_cast<unsigned char>(*text)) * 0x100000001b3u;
  return h;
}

/// Spreads every bit over all 64 (the last step of splitmix64). One to one: two values never meet.
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// Eight bytes as a number, the first byte lowest, whatever the machine.
/// Written out, because GCC 12 makes one load of this and not of a loop.
constexpr std::uint64_t load_little(const char* p) noexcept {
  constexpr auto byte = [](char c) { return std::uint64_t{static_cast<unsigned char>(c)}; };
  return byte(p[0]) | byte(p[1]) << 8 | byte(p[2]) << 16 | byte(p[3]) << 24 | byte(p[4]) << 32 | byte(p[5]) << 40 |
         byte(p[6]) << 48 | byte(p[7]) << 56;
}

/// The same for fewer than eight bytes; the missing ones are zero.
constexpr std::uint64_t load_little(const char* p, std::size_t size) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size; ++i) word |= std::uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
  return word;
}

/// A hash of bytes for tables in memory: eight bytes a step. The same on every machine, but not a promise
/// between versions: never store it.
constexpr std::uint64_t hash_bytes(const char* bytes, std::size_t size) noexcept {
  std::uint64_t h = size * 0x9e3779b97f4a7c15u;
  for (; size >= 8; bytes += 8, size -= 8) {
    h = (h ^ load_little(bytes)) * 0xbf58476d1ce4e5b9u;
    h ^= h >> 32;
  }
  return mix(h ^ load_little(bytes, size));
}

/// A hash of 128 bits that takes words one after another; for ids that are derived from other ids.
/// Two inputs of one or of two words never meet; longer ones meet as rarely as chance allows. Not for secrets.
/// Ids made with it are stored: changing it is a decision.
struct hash128 {
  std::uint64_t high = 0x243f6a8885a308d3u;
  std::uint64_t low = 0x13198a2e03707344u;

  constexpr hash128& add(std::uint64_t word) noexcept {
    low = mix(low ^ word);
    high = mix(high + low * 0xa0761d6478bd642fu);
    return *this;
  }
  constexpr hash128& add(const char* bytes, std::size_t size) noexcept {
    add(size);
    for (; size >= 8; bytes += 8, size -= 8) add(load_little(bytes));
    return size == 0 ? *this : add(load_little(bytes, size));
  }

  friend constexpr bool operator==(const hash128&, const hash128&) noexcept = default;
};

}  // namespace gesta::detail
