// Snapshots in memory: those of the entities of one aggregate, where the log is memory too.
// Floor: runtime. Beside the log; the past is read from it.
// May include: detail, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/store/moment.hpp>
#include <gesta/store/record.hpp>

namespace gesta::detail {

/// A record of a stream: its version, and where it lies.
struct place_in_stream {
  std::uint64_t version = 0;
  link address = 0;
};

/// A state as it was after a record of its entity, up to a position of the log.
template <class State>
struct kept_state {
  place_in_stream last;
  std::uint64_t position = 0;  ///< the log's last one when it was taken
  State state{};
};

/// The snapshots of each entity, from the oldest to the newest.
template <class State>
class snapshot_shelf {
 public:
  using snapshot = kept_state<State>;

  /// Keeps a snapshot of an entity that is newer than those kept before; of one entity at most so many, the newest; 0: all.
  void put(std::uint32_t entity, const snapshot& taken, std::size_t most) {
    if (all_.size() <= entity) all_.resize(entity + std::size_t{1});
    std::vector<snapshot>& mine = all_[entity];
    if (!mine.empty() && mine.back().last.version == taken.last.version) return;
    if (most != 0 && mine.size() == most) mine.erase(mine.begin());
    mine.push_back(taken);
  }

  /// The newest snapshot at or before a moment; nullptr when there is none.
  template <class Moment>
  const snapshot* before(std::uint32_t entity, const Moment& when) const {
    const std::size_t at = upto(entity, when);
    return at == 0 ? nullptr : &all_[entity][at - 1];
  }
  /// The oldest snapshot after a moment; nullptr when there is none.
  template <class Moment>
  const snapshot* after(std::uint32_t entity, const Moment& when) const {
    const std::size_t at = upto(entity, when);
    return entity < all_.size() && at < all_[entity].size() ? &all_[entity][at] : nullptr;
  }

 private:
  static bool is_upto(const snapshot& one, at_version when) noexcept { return one.last.version <= when.version; }
  static bool is_upto(const snapshot& one, at_position when) noexcept { return one.position <= when.position; }

  /// How many snapshots of an entity are at or before a moment.
  template <class Moment>
  std::size_t upto(std::uint32_t entity, const Moment& when) const {
    if (entity >= all_.size()) return 0;
    const std::vector<snapshot>& mine = all_[entity];
    std::size_t low = 0, high = mine.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (is_upto(mine[middle], when)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  std::vector<std::vector<snapshot>> all_;  ///< by the number of the entity
};

}  // namespace gesta::detail
