// What the bytes of a stored state are, as a number: a snapshot with another one is passed over.
// Floor: describe.
// May include: detail, message, model, codec, describe.
#pragma once

#include <cstdint>

#include <gesta/describe/schema.hpp>
#include <gesta/detail/hash.hpp>

namespace gesta::detail {

/// The number that an aggregate raises when `evolve`, or an `upcast` of its events, makes another state of the same events though the
/// struct of the state stays: `static constexpr unsigned snapshot_version = 2;`.
template <class Aggregate>
inline constexpr std::uint64_t snapshot_version = 0;
template <class Aggregate>
  requires requires { Aggregate::snapshot_version; }
inline constexpr std::uint64_t snapshot_version<Aggregate> = static_cast<std::uint64_t>(Aggregate::snapshot_version);

/// Made of the shape of State, which is the aggregate's state or one that it was, of the aggregate's snapshot_version, and of the ids that
/// the model has retired: an event that is no longer folded is in the old states.
template <class Flow, class Aggregate, class State>
constexpr std::uint64_t state_fingerprint() {
  std::uint64_t print = join(shape_id<State>, snapshot_version<Aggregate>);
  Flow::each_retired([&](const char* id) { print ^= mix(fnv1a(id)); });  // in whatever order they are listed
  return print;
}

}  // namespace gesta::detail
