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

namespace detail {

/// Whether a step of a saga, or a state of a process, says a time.
template <class Part>
concept says_within = requires { Part::within; };
template <class Within>
inline constexpr bool is_duration = false;
template <>
inline constexpr bool is_duration<const duration> = true;
template <>
inline constexpr bool is_duration<duration> = true;
/// One of another type is none, and a rule says so.
template <class Part>
concept within_time = says_within<Part> && is_duration<decltype(Part::within)>;

}  // namespace detail

constexpr duration milliseconds(std::int64_t n) noexcept { return {n * 1'000'000}; }
constexpr duration seconds(std::int64_t n) noexcept { return {n * 1'000'000'000}; }
constexpr duration minutes(std::int64_t n) noexcept { return seconds(n * 60); }
constexpr duration hours(std::int64_t n) noexcept { return seconds(n * 3600); }
/// Days of 24 hours.
constexpr duration days(std::int64_t n) noexcept { return hours(n * 24); }

/// The moment so much later; the last one there is, where it would lie beyond.
constexpr timestamp operator+(timestamp from, duration length) noexcept {
  constexpr std::int64_t last = 0x7fff'ffff'ffff'ffff;
  const bool is_beyond = length.nanoseconds > 0 && from.nanoseconds > last - length.nanoseconds;
  return {is_beyond ? last : from.nanoseconds + length.nanoseconds};
}
/// How much later a moment is than another one.
constexpr duration operator-(timestamp to, timestamp from) noexcept { return {to.nanoseconds - from.nanoseconds}; }

}  // namespace gesta
