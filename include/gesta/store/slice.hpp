// Which part of a stream or of the log is read, and what a reading came to.
// Floor: store.
// May include: store.
#pragma once

#include <cstdint>

#include <gesta/store/failure.hpp>

namespace gesta {

/// A part of a stream, counted in versions, or of the log, counted in positions: everything by default.
/// `gesta::slice{.after = 10, .limit = 100}` is what follows the tenth event, at most a hundred.
struct slice {
  /// Beyond every version and position.
  static constexpr std::uint64_t end = ~std::uint64_t{0};

  std::uint64_t after = 0;    ///< exclusive
  std::uint64_t to = end;     ///< inclusive
  std::uint64_t limit = end;  ///< the most events, counted as they are stored; what was erased does not count
  bool backwards = false;     ///< the last first; `limit` counts from there

  /// Whether the event of this version or position lies between the bounds.
  constexpr bool holds(std::uint64_t number) const noexcept { return number > after && number <= to; }
};

/// What a reading came to: true when everything that was asked for was handed over; else why() is the cause, and what was handed over
/// before it is true.
class [[nodiscard]] read_result {
 public:
  read_result() = default;
  explicit read_result(const failure& cause) : cause_(cause), whole_(false) {}
  explicit operator bool() const noexcept { return whole_; }
  /// The cause. Only where it is false.
  const failure& why() const noexcept { return cause_; }

 private:
  failure cause_;
  bool whole_ = true;
};

}  // namespace gesta
