// Snapshots: states that are kept beside the events, so that not all of them need be folded again.
// Floor: store. What an app asks for when it starts; the states are taken and used by the runtime.
// May include: nothing of gesta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace gesta {

/// Asks an app to keep snapshots: `gesta::start<bank>(store, gesta::snapshots{.every = 100})`. When a unit of work brings an entity past a
/// multiple of `every` events, the state it then has is kept in the same commit. None is ever needed: without them, or where one is
/// outdated or damaged, all events are folded.
struct snapshots {
  std::uint64_t every = 1000;  ///< events of one entity; 0: only what app.snapshot asks for
};

/// Asks an app on a store that is no memory to keep only some states: `gesta::start<bank>(store, gesta::cached_states{.most = 1000})`. An
/// entity is read from the store when a command, a reactor or app.state needs it, and may be dropped between two units of work.
struct cached_states {
  std::size_t most = 10'000;  ///< entities of each aggregate; what one unit of work touches stays for its time, however many they are
};

namespace detail {

template <class Store>
inline constexpr bool caches_states = std::is_base_of_v<cached_states, Store>;
template <class Store>
inline constexpr bool keeps_snapshots = std::is_base_of_v<snapshots, Store>;

/// A log that keeps snapshots: it is memory, or has verbs for them.
template <class Log>
concept has_place_for_snapshots = Log::is_memory || requires { requires Log::keeps_snapshots; };
/// A log that reads one entity when it is needed.
template <class Log>
concept reads_single_entities = requires { requires Log::reads_single_entities; };

/// In the place of what uses a snapshot, where none is to be used.
struct without_snapshots {};

/// A snapshot as a store hands it over. Valid until the call that hands it over returns.
struct stored_snapshot {
  std::uint64_t version = 0;      ///< of the entity
  std::uint64_t position = 0;     ///< of the event that made this version
  std::uint64_t fingerprint = 0;  ///< of what the bytes are
  const void* state = nullptr;
  std::size_t size = 0;
};

}  // namespace detail

}  // namespace gesta
