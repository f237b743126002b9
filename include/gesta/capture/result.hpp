// What a poll of a source of changes came to.
// Floor: capture.
// May include: store.
#pragma once

#include <cstdint>

#include <gesta/store/failure.hpp>

namespace gesta {

/// True when all was delivered that there is, or as much as was asked for. Else why() is the cause, and the change it concerns is the next one
/// again: nothing was passed over. Either way `changes()` were handled before.
class [[nodiscard]] captured {
 public:
  captured() = default;
  explicit captured(std::uint64_t changes) : changes_(changes) {}
  captured(const failure& cause, std::uint64_t changes) : cause_(cause), changes_(changes), good_(false) {}

  explicit operator bool() const noexcept { return good_; }
  /// The cause. Only where it is false.
  const failure& why() const noexcept { return cause_; }
  /// How many changes the visitor took.
  std::uint64_t changes() const noexcept { return changes_; }

 private:
  failure cause_;
  std::uint64_t changes_ = 0;
  bool good_ = true;
};

}  // namespace gesta
