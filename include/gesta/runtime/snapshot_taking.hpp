// When snapshots are taken: with the events that bring an entity past a multiple of so many, and when somebody asks.
// Floor: runtime. At the end of a unit of work.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/describe/state_fingerprint.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/runtime/holdings.hpp>
#include <gesta/store/record.hpp>

namespace gesta::detail {

/// How many snapshots of an entity are kept in memory where old records make room: the last two. Elsewhere all are, as all records.
template <class Log>
constexpr std::size_t most_kept() noexcept {
  if constexpr (Log::is_memory) return Log::keeps_all ? 0 : 2;
  else return 0;
}

/// Says what the bytes of a state of an aggregate are, as read_state asks for it.
template <class Flow, class Aggregate>
struct fingerprint_of {
  template <class State>
  constexpr std::uint64_t operator()(type_is<State>) const noexcept {
    constexpr std::uint64_t print = state_fingerprint<Flow, Aggregate, State>();
    return print;
  }
};

/// Takes a snapshot of one entity as it is; none where an event that the model does not know stands between its state and its version.
/// False: the log's last_failure() says why.
template <class Aggregate, class Held, class Place>
bool take_snapshot(Held& held, Place place) {
  using flow_type = typename Held::flow_type;
  auto& entity = *place;
  if constexpr (boundary_part<Aggregate> || keeps_records<Aggregate>) {
    return true;  // it has no state of its own; or its streams are short
  } else if constexpr (!Held::is_memory) {
    if (held.first_unknown(flow_type::template aggregate_tag<Aggregate>, held.template table_of<Aggregate>().key(place.number)) != 0) return true;
    const std::uint64_t fingerprint = fingerprint_of<flow_type, Aggregate>{}(type_is<typename Aggregate::state_type>{});
    return held.log().keep_snapshot(flow_type::template aggregate_tag<Aggregate>, entity.stream,
                                    held.template table_of<Aggregate>().key(place.number), entity.version, fingerprint,
                                    encoded_size(entity.state), [&](std::byte* room) { encode(entity.state, room); });
  } else {
    held.template shelf_of<Aggregate>().put(place.number, {{entity.version, entity.stream.head}, held.log().last_position(), entity.state},
                                            most_kept<typename Held::log_type>());
    return true;
  }
}

/// Takes the snapshots that the records since a mark have made due. Its entities have the states that follow.
template <class Held>
[[gnu::noinline]] bool take_due_snapshots(Held& held, typename Held::mark_type start) {
  const std::uint64_t every = held.events_a_snapshot();
  if (every == 0) return true;
  bool taken = true;
  held.unit().each(start, held.unit().here(), [&](const record_head& head, std::uint64_t) {
    if (!Held::caches_states && head.version % every != 0) return;
    held.table_at(head.aggregate, [&](auto& table, auto which) {
      using place = typename std::remove_reference_t<decltype(table)>::place;
      const place one{&table.at(head.entity), head.entity};
      bool is_due = head.version % every == 0 && head.version + every > one->version;  // once an entity
      if constexpr (Held::template is_cached<typename decltype(which)::type>) {
        is_due = is_due || (one->is_far_from_one && one->version == head.version);
        if (is_due) one->is_far_from_one = false;
      }
      if (is_due) taken = taken && take_snapshot<typename decltype(which)::type>(held, one);
    });
  });
  return taken;
}

/// Takes a snapshot of one entity where it has events.
template <class Aggregate, class Held, class Key>
bool take_snapshot_of(Held& held, const Key& key) {
  auto found = held.template table_of<Aggregate>().find(key);
  if constexpr (Held::template is_cached<Aggregate>)
    if (!held.template load<Aggregate>(key, found)) return held.last_failure().why == failure::kind::unknown_event && !held.doomed();
  return !found || found->version == 0 || take_snapshot<Aggregate>(held, found);
}
/// Takes a snapshot of every entity of one aggregate.
template <class Aggregate, class Held>
bool take_snapshots_of_all(Held& held) {
  auto& table = held.template table_of<Aggregate>();
  if constexpr (Held::template is_cached<Aggregate>) {
    return held.log().each_stream(Held::flow_type::template aggregate_tag<Aggregate>, [&](const key_bytes& bytes) {
      typename std::remove_reference_t<decltype(table)>::value key{};
      if (!read_key(bytes, key)) return false;
      table.make_room(held.most_states());  // the unit touches no other entity
      return take_snapshot_of<Aggregate>(held, key);
    });
  } else {
    bool taken = true;
    table.each([&](auto place) {
      if (place->version != 0) taken = taken && take_snapshot<Aggregate>(held, place);
    });
    return taken;
  }
}

/// Of every entity of some aggregates.
template <class Aggregates, class Held>
bool take_snapshots_of(Held& held) {
  const auto all = [&]<class... Aggregate>(types<Aggregate...>) { return (take_snapshots_of_all<Aggregate>(held) && ...); };
  return all(Aggregates{});
}

}  // namespace gesta::detail
