// Entities of a cache: read from the store when they are needed, from the nearest snapshot on.
// Floor: runtime. Where the app was started with gesta::cached_states.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/codec/old_state.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/runtime/holdings.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/snapshot_taking.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/snapshots.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Makes a state that of a snapshot, where that says one: use(const stored_snapshot&).
template <class Flow, class Aggregate>
auto into_state(typename Aggregate::state_type& state) {
  return [&state](const stored_snapshot& snapshot) {
    using state_type = typename Aggregate::state_type;
    state_type was{};
    const auto* const bytes = static_cast<const std::byte*>(snapshot.state);
    if (read_state(snapshot.fingerprint, bytes, snapshot.size, was, fingerprint_of<Flow, Aggregate>{}) != state_read::ready) return false;
    state = static_cast<state_type&&>(was);
    return true;
  };
}

/// Brings one entity to now. `found` is its place in the cache, or nothing, and becomes its place where it has events. Within a unit it then
/// is the state of now for the whole unit: nobody else writes. What others added to an entity that is there is folded to it: their events
/// alone are read. False: `cause` says why; the entity is not in the cache then.
template <class Aggregate, class Held, class Key, class Place>
bool load_entity(Held& held, const Key& key, Place& found, bool within_unit, failure& cause) {
  using flow_type = typename Held::flow_type;
  using state_type = typename Aggregate::state_type;
  auto& table = held.template table_of<Aggregate>();
  auto& log = held.log();
  const std::uint32_t now = within_unit ? log.times_changed() : 0;
  if (found && within_unit && found->checked == now) return true;

  typename Held::log_type::stream stream{};
  std::uint64_t version = 0, folded = 0, before_unknown = slice::end;
  bool readable = true;
  state_type fresh{};
  if (found) {
    stream = found->stream;
    version = found->version;
    if (version == 0) found->state = state_type{};
  }
  state_type& state = found ? found->state : fresh;
  const auto fold = [&](const recorded& record) {
    ++folded;
    readable = held.template evolve_state<Aggregate>(state, record);
    if (readable) return true;
    cause = detail::why_unreadable(record);
    if (record.tag == unknown_tag) before_unknown = record.version - 1;
    return false;
  };
  constexpr auto aggregate = flow_type::template aggregate_tag<Aggregate>;
  bool read = false;
  if constexpr (Held::keeps_snapshots)
    read = log.load(aggregate, stream, table.bytes_of(key), version, into_state<flow_type, Aggregate>(state), fold);
  else read = log.load(aggregate, stream, table.bytes_of(key), version, without_snapshots{}, fold);
  if (read && before_unknown != slice::end && !within_unit) {
    version = before_unknown;  // for whoever reads the state stays the one before that event
  } else if (!read || !readable) {
    if (readable) cause = log.last_failure();
    if (found) table.drop(found.number);
    found = {};
    return false;
  }
  if (version == 0) return true;
  if constexpr (requires { log.loaded_closed(); })
    if (log.loaded_closed()) state = state_type{};  // which another program may have done
  if (!found) {
    found = table.add(key);
    found->state = static_cast<state_type&&>(fresh);
  }
  found->stream = stream;
  found->version = static_cast<std::uint32_t>(version);
  found->checked = now;
  found->looked = held.looks();
  if constexpr (Held::keeps_snapshots)
    found->is_far_from_one = found->is_far_from_one || (held.events_a_snapshot() != 0 && folded >= held.events_a_snapshot());
  return true;
}

}  // namespace gesta::detail
