// What a SQLite log knows of its streams while it runs: of all of them, or only of those that were asked for.
// Floor: store. Within the log.
// May include: detail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/detail/hash_index.hpp>

namespace gesta::detail {

/// What is known of a stream up to the last position seen.
struct known_stream {
  std::int64_t version = 0;
  std::int64_t position = 0;  ///< of its last event
  std::uint32_t ticket = 0;   ///< another one each time that the stream gets to be known
  std::uint32_t unit = 0;     ///< the unit that appended last
  bool closed = false;        ///< as far as this log has seen
};

/// Streams by their number in the file, from 1. A log that reads everything knows all; one that reads on demand knows some, and may forget
/// them between two units.
class sqlite_heads {
 public:
  /// From here on only some are known. Before any is.
  void know_some() noexcept { all_ = false; }
  bool are_all() const noexcept { return all_; }

  /// nullptr: it is not known. Valid until another one gets to be known.
  known_stream* find(std::int64_t number) noexcept {
    if (number <= 0) return nullptr;
    if (all_) return number <= static_cast<std::int64_t>(streams_.size()) ? &streams_[static_cast<std::size_t>(number - 1)] : nullptr;
    const std::uint32_t at = index_.find(hash(number), [&](std::uint32_t n) { return numbers_[n] == number; });
    return at == hash_index::absent ? nullptr : &streams_[at];
  }
  /// Makes a stream known that is not; where all are, with those before it.
  known_stream& add(std::int64_t number) {
    if (all_) {
      while (static_cast<std::int64_t>(streams_.size()) < number) make();
      return streams_[static_cast<std::size_t>(number - 1)];
    }
    numbers_.push_back(number);
    index_.insert(hash(number), static_cast<std::uint32_t>(streams_.size()), [this](std::uint32_t n) { return hash(numbers_[n]); });
    return make();
  }

  /// The unit was kept.
  void keep() noexcept { kept_ = streams_.size(); }
  /// The unit was taken back: streams that it made are unknown again; where only some are known, all are.
  void take_back() {
    if (all_) streams_.resize(kept_);
    else forget();
  }
  /// Where only some are known: others wrote, or they have become many.
  void forget() {
    if (all_) return;
    streams_.clear();
    numbers_.clear();
    index_ = {};
  }
  bool are_many() const noexcept { return !all_ && streams_.size() > most_known; }

 private:
  static constexpr std::size_t most_known = 16384;

  static std::uint64_t hash(std::int64_t number) noexcept { return mix(static_cast<std::uint64_t>(number)); }
  known_stream& make() {
    streams_.push_back({0, 0, ++tickets_, 0, false});
    return streams_.back();
  }

  bool all_ = true;
  std::vector<known_stream> streams_;
  std::vector<std::int64_t> numbers_;  ///< where only some are known
  hash_index index_;                   ///< likewise
  std::size_t kept_ = 0;               ///< before the open unit
  std::uint32_t tickets_ = 0;
};

}  // namespace gesta::detail
