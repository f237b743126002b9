// What an edge promises to who sits at its end: how often a message comes, in which order, and what it outlives. A transport states it, the parts
// of a flow compose it, a receiver demands it; the compiler compares (model/rules, runtime/inbox.hpp).
// Floor: delivery.
// May include: nothing of gesta.
#pragma once

#include <cstdint>

namespace gesta {

/// How often a message comes that was accepted.
enum class arrival : std::uint8_t {
  at_most_once,   ///< it may be lost, and is never repeated
  at_least_once,  ///< it is not lost as long as what `guarantee::outlives` names does not happen; it may be repeated
  once,           ///< effectively once: repetitions are recognised, and change nothing
};

/// In which order messages come.
enum class ordering : std::uint8_t {
  none,    ///< in any
  by_key,  ///< those of one partition key as they were published; repetitions of earlier ones may follow
};

/// What happens to the order of a key when a message of it is handed back (`nak`), or not settled in time.
enum class handing_back : std::uint8_t {
  loses_order,  ///< later messages of the key come first
  keeps_order,  ///< later messages of the key wait until it is settled
};

/// What an accepted message outlives.
enum class survival : std::uint8_t {
  nothing,  ///< it is gone with the process that holds it
  process,  ///< that process may be killed
  disk,     ///< the power may fail
};

/// What one edge promises, or what a receiver needs. A value that a type can be made of: `gesta::edge<...>`.
struct guarantee {
  arrival comes = arrival::at_most_once;
  ordering order = ordering::none;
  handing_back nak = handing_back::loses_order;
  survival outlives = survival::nothing;

  friend constexpr bool operator==(const guarantee&, const guarantee&) = default;

  /// Whether whoever needs `needed` can rely on this.
  constexpr bool gives(const guarantee& needed) const noexcept {
    return comes >= needed.comes && order >= needed.order && nak >= needed.nak && outlives >= needed.outlives;
  }
};

/// What is left of two promises, one behind the other: the weaker of each.
constexpr guarantee along(const guarantee& first, const guarantee& then) noexcept {
  return {.comes = first.comes < then.comes ? first.comes : then.comes,
          .order = first.order < then.order ? first.order : then.order,
          .nak = first.nak < then.nak ? first.nak : then.nak,
          .outlives = first.outlives < then.outlives ? first.outlives : then.outlives};
}

/// A promise as a type.
template <guarantee Promise>
struct edge {
  static constexpr guarantee promises = Promise;
};

}  // namespace gesta
