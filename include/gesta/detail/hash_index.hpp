// An index from keys to the numbers of things that lie elsewhere: open addressing, eight bytes a slot, no keys of its own.
// The keys stand with the things, so a look-up touches one slot and one thing. A ready-made map would cost every file that
// includes the runtime 0.6 s of compile time.
// May include: nothing of gesta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gesta::detail {

/// Numbers of things, found by the hashes of their keys. Grows at three quarters; linear probing. Whoever changes it passes
/// hash_of(number), since the hashes are not kept.
class hash_index {
 public:
  static constexpr std::uint32_t absent = 0xffffffffu;

  /// Room for so many entries without growing, touched now. Only while it is empty.
  void reserve(std::size_t entries) {
    std::size_t slots = 16;
    while (slots * 3 < entries * 4 + 4) slots *= 2;
    slots_.assign(slots, slot{});
  }

  /// The number of the thing with this hash for which same(number) holds; absent when there is none.
  template <class Same>
  [[gnu::always_inline]] std::uint32_t find(std::uint64_t hash, Same&& same) const {
    if (count_ == 0) return absent;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const slot s = slots_[at];
      if (s.number == absent) return absent;
      if (s.mark == mark_of(hash) && same(s.number)) return s.number;
    }
  }

  /// Enters a number that is not there.
  template <class HashOf>
  void insert(std::uint64_t hash, std::uint32_t number, HashOf&& hash_of) {
    if ((count_ + 1) * 4 > slots_.size() * 3) {
      std::vector<slot> old(slots_.empty() ? 16 : slots_.size() * 2);
      old.swap(slots_);
      for (const slot& s : old)
        if (s.number != absent) place(s, hash_of(s.number));
    }
    place(slot{mark_of(hash), number}, hash);
    ++count_;
  }

  /// Removes a number that is there; what was probed past it moves up.
  template <class HashOf>
  void erase(std::uint64_t hash, std::uint32_t number, HashOf&& hash_of) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t hole = hash & mask;
    while (slots_[hole].number != number) hole = (hole + 1) & mask;
    for (std::size_t at = (hole + 1) & mask; slots_[at].number != absent; at = (at + 1) & mask) {
      const std::size_t home = hash_of(slots_[at].number) & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots_[hole] = slots_[at];
        hole = at;
      }
    }
    slots_[hole] = slot{};
    --count_;
  }

  std::size_t size() const noexcept { return count_; }

 private:
  struct slot {
    std::uint32_t mark = 0;
    std::uint32_t number = absent;
  };
  static std::uint32_t mark_of(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32); }

  void place(slot s, std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].number != absent) at = (at + 1) & mask;
    slots_[at] = s;
  }

  std::vector<slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace gesta::detail
