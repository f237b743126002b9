// A length of time, beside the moments of about.hpp.
// Floor: message.
// May include: message.
#pragma once

#include <cstdint>

#include <gesta/message/about.hpp>

namespace gesta {

/// A length of time in nanoseconds.
struct duration {
  std::int64_t nanoseconds = 0;

  friend constexpr bool operator==(duration, duration) = default;
  friend constexpr bool operator<(duration a, duration b) noexcept { return a.nanoseconds < b.nanoseconds; }
};

constexpr duration milliseconds(std::int64_t n) noexcept { return {n * 1'000'000}; }
constexpr duration seconds(std::int64_t n) noexcept { return {n * 1'000'000'000}; }

/// The moment so much later; the last one there is, where it would lie beyond.
constexpr timestamp operator+(timestamp from, duration length) noexcept {
  constexpr std::int64_t last = 0x7fff'ffff'ffff'ffff;
  const bool is_beyond = length.nanoseconds > 0 && from.nanoseconds > last - length.nanoseconds;
  return {is_beyond ? last : from.nanoseconds + length.nanoseconds};
}
/// How much later a moment is than another one.
constexpr duration operator-(timestamp to, timestamp from) noexcept { return {to.nanoseconds - from.nanoseconds}; }

}  // namespace gesta
