// All ways through a program that chooses: each run takes the choices of the one before, but the last that can still be another.
// Floor: testing.
// May include: nothing of gesta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gesta::testing {

/// Chooses for one run after another. A run has to be the same where the same is chosen.
class choices {
 public:
  /// One of n, counted from 0; n is at least 1. A run begins with the first of each.
  std::uint32_t among(std::uint32_t n) {
    if (at_ == way_.size()) way_.push_back({0, n});
    return way_[at_++].taken;
  }
  /// To the next run; false: there is none.
  bool next() {
    at_ = 0;
    while (!way_.empty() && way_.back().taken + 1 >= way_.back().of) way_.pop_back();
    if (way_.empty()) return false;
    ++way_.back().taken;
    return true;
  }

 private:
  struct choice {
    std::uint32_t taken, of;
  };
  std::vector<choice> way_;
  std::size_t at_ = 0;
};

}  // namespace gesta::testing
