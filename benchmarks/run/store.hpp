// What the parts of benchmark.store share: the work, the contenders, the clock.
// Includes std only.
#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace bench {

using clock_type = std::chrono::steady_clock;
inline double seconds_since(clock_type::time_point start) { return std::chrono::duration<double>(clock_type::now() - start).count(); }

[[noreturn]] inline void give_up(const char* what, const char* why) {
  std::fprintf(stderr, "benchmark.store: %s: %s\n", what, why);
  std::exit(1);
}

/// The upper one of the two in the middle when their number is even; 0 of none.
inline double median(std::vector<double> of) {
  if (of.empty()) return 0;
  std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2), of.end());
  return of[of.size() / 2];
}

inline constexpr std::uint32_t streams = 1000;

struct payload {
  std::array<std::int64_t, 8> word;
};

/// The work: commit number i appends `batch` events to stream i % streams.
inline payload made(std::uint64_t number) {
  payload p{};
  for (unsigned i = 0; i < 8; ++i) p.word[i] = static_cast<std::int64_t>(number * 0x9e3779b97f4a7c15u + i);
  return p;
}

inline void add(std::int64_t& sum, const payload& p) {
  for (const std::int64_t word : p.word) sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(word));
}
inline void add(std::int64_t& sum, const void* bytes) {
  payload p;
  std::memcpy(&p, bytes, sizeof p);
  add(sum, p);
}

/// A store of files in a folder.
struct contender {
  contender() = default;
  contender(const contender&) = delete;
  contender& operator=(const contender&) = delete;
  virtual ~contender() = default;
  virtual void commit(std::uint32_t stream, std::size_t batch, std::uint64_t first) = 0;
  /// The sum of all words of all events, read from the store.
  virtual std::int64_t replay() = 0;
  /// The same of the events of one stream, read in their order.
  virtual std::int64_t read(std::uint32_t stream) = 0;
};

/// The same work in LMDB; nothing where the program was built without it.
std::unique_ptr<contender> make_lmdb(const std::string& folder);

/// Prints the figures of a replay in memory beside the limit; false when one is over its floor.
bool replay_in_memory(std::size_t events, int repetitions);

/// Prints what states cost that are not at hand.
void states_not_at_hand(const std::string& folder, std::uint64_t events);

}  // namespace bench
