// splitmix64: the one source of chance of these benchmarks; the seed is fixed, so every run does the same work.
// Used while a workload is made, never inside a measured loop.
// Includes nothing but <cstdint>.
#pragma once
#include <cstdint>

namespace bench {

/// A stream of 64 random bits per call, the same on every machine for one seed.
struct splitmix64 {
  std::uint64_t state;

  constexpr std::uint64_t operator()() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, bound): by the high half of a product, so without a division. `bound` is at most 2^32.
  constexpr std::uint64_t below(std::uint64_t bound) { return (((*this)() >> 32) * bound) >> 32; }
};

}  // namespace bench
