// Taking facts out of the log for good: what lies before a version of a stream, or a whole stream, which then is closed.
// Floor: runtime. A unit of work of its own.
// May include: all above.
//
// The places of what is erased stay: versions and positions of all other events do not move. A state is the fold of what is kept, in
// every program and after every start: so events before a version may go only where the state is the same without them, because a later
// event says it all. A closed stream has the state of an entity without events, and takes none any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Whether the log of an engine can take single events out.
template <class Engine>
inline constexpr bool can_erase = log_that_erases<typename Engine::log_type>;
template <class Engine>
  requires(Engine::is_memory)
inline constexpr bool can_erase<Engine> = Engine::log_type::keeps_all;

template <class State>
inline constexpr bool comparable = encodable<State> || requires(const State& a, const State& b) { static_cast<bool>(a == b); };

/// Whether two states are the same: by their bytes where they have a form, else by their own operator==.
template <class State>
bool same_state(const State& a, const State& b) {
  if constexpr (encodable<State>) {
    const auto bytes_of = [](const State& s) {
      std::vector<std::byte> bytes(encoded_size(s));
      encode(s, bytes.data());
      return bytes;
    };
    return bytes_of(a) == bytes_of(b);
  } else {
    return a == b;
  }
}

/// In the open unit: erases the events of an entity below a version. False: last_failure() says why, and the unit has to be taken back.
template <class Aggregate, class Engine, class Key>
bool erase_before(Engine& engine, const Key& key, std::uint64_t version) {
  using flow_type = typename Engine::flow_type;
  constexpr auto aggregate = flow_type::template aggregate_tag<Aggregate>;
  auto& table = engine.template table_of<Aggregate>();
  auto found = table.find(key);
  if constexpr (Engine::template is_cached<Aggregate>)
    if (!engine.template load<Aggregate>(key, found)) return false;
  stream_head head;
  failure cause;
  if (!head_of<Aggregate>(engine, key, head, cause)) return engine.fails(cause);
  if (head.closed) return engine.fails(stream_is_closed());
  if (!found || found->version == 0 || version <= head.first) return true;
  if (version > found->version)
    return engine.fails(failure(failure::kind::conflict, 0, "the stream has no event of version ", version, " that would stay"));
  typename Aggregate::state_type kept{};
  bool readable = true;
  const bool read = each_kept<Aggregate>(engine, key, {.after = version - 1}, cause, [&](const recorded& record) {
    readable = engine.template evolve_state<Aggregate>(kept, record);
    return readable;
  });
  if (!read || !readable) return engine.fails(read ? failure(failure::kind::corrupt, 0, "an event that would be kept cannot be read") : cause);
  if (!same_state(kept, found->state))
    return engine.fails(failure(failure::kind::differs, 0, "the state would be another without the events before version ", version,
                                "; record one that says it all first"));
  if constexpr (Engine::is_memory) {
    erase_records(engine, found, head.first, version);
    engine.log().erased().note(aggregate, found.number, version, false);
    return true;
  } else {
    return engine.log().truncate_before(found->stream, aggregate, table.key(found.number), version) || (engine.doom(engine.log().last_failure()), false);
  }
}

/// In the open unit: erases all events of an entity and closes its stream.
template <class Aggregate, class Engine, class Key>
bool close_stream(Engine& engine, const Key& key) {
  using flow_type = typename Engine::flow_type;
  constexpr auto aggregate = flow_type::template aggregate_tag<Aggregate>;
  auto& table = engine.template table_of<Aggregate>();
  auto found = table.find(key);
  if constexpr (Engine::template is_cached<Aggregate>)
    if (!engine.template load<Aggregate>(key, found)) return false;
  if (!found || found->version == 0)
    return engine.fails(failure(failure::kind::conflict, 0, "a stream without events cannot be closed"));
  if constexpr (Engine::is_memory) {
    erase_records(engine, found, 1, std::uint64_t{found->version} + 1);
    engine.log().erased().note(aggregate, found.number, std::uint64_t{found->version} + 1, true);
    found->stream.closed = true;
  } else if (!engine.log().close(found->stream, aggregate, table.key(found.number))) {
    return engine.doom(engine.log().last_failure()), false;
  }
  found->state = typename Aggregate::state_type{};
  return true;
}

}  // namespace gesta::detail
