// The worlds that an explorer has seen, and by which moves it came to them.
// Floor: testing.
// May include: testing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <unordered_map>
#include <vector>

#include <gesta/testing/explorer_world.hpp>

namespace gesta::detail::exploring {

enum class dies : std::uint8_t { not_at_all, before_the_commit, after_the_commit };

struct move {
  enum class kind : std::uint8_t { deliver, hear, time_passes, interrupt, deadline, retry, resolve, restart } is;
  std::uint8_t step = 0;
  std::uint8_t which = 0;     // of the queue or of the replies; which interrupt
  std::uint8_t outcome = 0;   // of a service that decides
  enum class copy : std::uint8_t { none, stays, behind, reply_lost } copies = copy::none;
  dies dead = dies::not_at_all;
  bool all_lost = false;      // with the crash: what is under way
};

inline constexpr std::uint32_t nowhere = ~std::uint32_t{0};

/// Worlds by numbers, in the order in which they were kept.
class seen_worlds {
 public:
  explicit seen_worlds(std::size_t steps) : steps_(steps) {}

  std::size_t size() const noexcept { return places_.size(); }
  /// Where it was come from; nowhere: it is a start.
  std::uint32_t parent(std::size_t i) const { return places_[i].parent; }
  const move& by(std::size_t i) const { return places_[i].by; }

  void read(std::size_t i, world& w) const {
    const place& p = places_[i];
    decode(bytes_.data() + p.at, bytes_.data() + p.at + p.size, steps_, w);
    w.left = p.left;
  }
  /// Keeps a world once: one that was seen with as much left to go wrong has nothing to add.
  void keep(const world& w, std::uint32_t parent, const move& by) {
    code_.clear();
    encode(w, code_);
    const std::uint64_t hash = hash_of(code_);
    const auto [found, is_new] = seen_.try_emplace(hash, static_cast<std::uint32_t>(places_.size()));
    std::uint32_t last = nowhere;
    if (!is_new) {
      for (std::uint32_t i = found->second; i != nowhere; i = places_[i].next_alike) {
        last = i;
        const place& p = places_[i];
        if (p.left.covers(w.left) && p.size == code_.size() && std::memcmp(bytes_.data() + p.at, code_.data(), p.size) == 0) return;
      }
    }
    if (last != nowhere) places_[last].next_alike = static_cast<std::uint32_t>(places_.size());
    places_.push_back({bytes_.size(), static_cast<std::uint32_t>(code_.size()), w.left, nowhere, parent, by});
    bytes_.insert(bytes_.end(), code_.begin(), code_.end());
  }

 private:
  struct place {
    std::size_t at = 0;  // in bytes_
    std::uint32_t size = 0;
    budget left{};
    std::uint32_t next_alike = nowhere;  // the same world with other budgets
    std::uint32_t parent = nowhere;
    move by{};
  };

  static std::uint64_t hash_of(const std::vector<unsigned char>& bytes) {
    std::uint64_t h = 0x9e3779b97f4a7c15u;
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
      std::uint64_t word;
      std::memcpy(&word, bytes.data() + i, 8);
      h = (h ^ word) * 0xff51afd7ed558ccdu;
      h ^= h >> 32;
    }
    for (; i < bytes.size(); ++i) h = (h ^ bytes[i]) * 0x100000001b3u;
    return h ^ (h >> 29);
  }

  std::size_t steps_;
  std::vector<place> places_;
  std::vector<unsigned char> bytes_, code_;
  std::unordered_map<std::uint64_t, std::uint32_t> seen_;
};

}  // namespace gesta::detail::exploring
