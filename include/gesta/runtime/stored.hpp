// A part of a stream or of the log, record by record, whatever the store.
// Floor: runtime. Reads what a running model holds, and changes nothing.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/runtime/holdings.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

inline failure overwritten(std::uint64_t first_kept = 0) {
  failure cause(failure::kind::truncated, 0, "the store keeps its last records only, and the older ones were asked for");
  cause.position = first_kept;
  return cause;
}

/// Hands over a part of one stream: visit(const recorded&), which ends the reading by false. False: `cause` says why not all can be told.
template <class Aggregate, class Held, class Key, class Visit>
bool each_stored(Held& held, const Key& key, const slice& part, failure& cause, Visit&& visit) {
  auto& table = held.template table_of<Aggregate>();
  const auto found = table.find(key);
  if constexpr (!Held::template is_cached<Aggregate>)
    if (!found) return true;
  if constexpr (Held::is_memory) {
    return held.template each_record_of<true>(table, found.number, part, visit) || (cause = overwritten(), false);
  } else {
    if (held.broken() != nullptr) return cause = *held.broken(), false;
    const bool read = held.log().read(Held::flow_type::template aggregate_tag<Aggregate>, found ? found->stream : typename Held::log_type::stream{},
                                      table.bytes_of(key), part, visit);
    if (!read) cause = held.log().last_failure();
    return read;
  }
}

/// Hands over a part of the whole log, in the same way.
template <class Held, class Visit>
bool each_stored(Held& held, const slice& part, failure& cause, Visit&& visit) {
  if constexpr (Held::is_memory) {
    const auto& events = held.log().events();
    const auto first = events.first(), end = events.here();
    if (part.after < first.records && part.to > part.after) return cause = overwritten(first.records + 1), false;
    const std::uint64_t last = part.to < end.records ? part.to : end.records;
    std::vector<const record_head*> later;  // what backwards comes before
    std::uint64_t count = 0;
    events.each_while(first, end, [&](const record_head& head, std::uint64_t position) {
      if (position > last) return false;
      if (position <= part.after) return true;
      if (part.backwards) return later.push_back(&head), true;
      return count++ < part.limit && visit(held.in_memory(head, position));
    });
    for (std::size_t i = later.size(); i-- != 0 && count++ < part.limit;)
      if (!visit(held.in_memory(*later[i], last - (later.size() - 1 - i)))) break;
    return true;
  } else {
    if (held.broken() != nullptr) return cause = *held.broken(), false;
    const bool read = held.log().read_all(part, visit);
    if (!read) cause = held.log().last_failure();
    return read;
  }
}

}  // namespace gesta::detail
