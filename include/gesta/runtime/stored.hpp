// A part of a stream or of the log, record by record, whatever the store.
// Floor: runtime. Reads what a running model holds, and changes nothing.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/runtime/holdings.hpp>
#include <gesta/runtime/only.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

inline failure overwritten(std::uint64_t first_kept = 0) {
  failure cause(failure::kind::truncated, 0, "the store keeps its last records only, and the older ones were asked for");
  cause.position = first_kept;
  return cause;
}

inline failure erased_before(std::uint64_t first_kept) {
  failure cause(failure::kind::truncated, 0, "the stream keeps its events from version ", first_kept, " on");
  cause.position = first_kept;
  return cause;
}
inline failure stream_is_closed() { return failure(failure::kind::tombstoned, 0, "the stream was closed, and its events erased"); }

/// What the store says of a stream. False: `cause` says why it cannot be told.
template <class Aggregate, class Held, class Key>
bool head_of(Held& held, const Key& key, stream_head& head, [[maybe_unused]] failure& cause) {
  constexpr auto aggregate = Held::flow_type::template aggregate_tag<Aggregate>;
  auto& table = held.template table_of<Aggregate>();
  const auto found = table.find(key);
  head = {};
  if constexpr (Held::template is_cached<Aggregate> && log_that_erases<typename Held::log_type>) {  // the store knows those that are not at hand
    const auto stream = found ? found->stream : typename Held::log_type::stream{};
    return held.log().look_up(aggregate, stream, table.bytes_of(key), head) || (cause = held.log().last_failure(), false);
  } else {
    if (!found) return true;
    head.version = found->version;
    if constexpr (Held::is_memory) {
      if (const auto* const erased = held.log().erased().find(aggregate, found.number)) {
        head.first = erased->first;
        head.closed = erased->closed;
      }
    } else if constexpr (log_that_erases<typename Held::log_type>) {
      if (!held.log().look_up(aggregate, found->stream, table.key(found.number), head)) return cause = held.log().last_failure(), false;
    }
    return true;
  }
}

/// Hands over what is kept of a part of one stream: visit(const recorded&), which ends the reading by false, and may say what it wants.
/// False: `cause` says why not all can be told.
template <class Aggregate, class Held, class Key, class Visit>
bool each_kept(Held& held, const Key& key, const slice& part, failure& cause, Visit&& visit) {
  if constexpr (takes_some<Visit>) {
    slice whole = part;
    whole.limit = slice::end;
    if (part.limit == 0) return true;
    return each_kept<Aggregate>(held, key, whole, cause, passing_over<Visit>{visit, part.limit});
  } else {
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
}

/// The same; but whoever asks for what was erased is told so.
template <class Aggregate, class Held, class Key, class Visit>
bool each_stored(Held& held, const Key& key, const slice& part, failure& cause, Visit&& visit) {
  if (held.broken() != nullptr) return cause = *held.broken(), false;
  stream_head head;
  if (!head_of<Aggregate>(held, key, head, cause)) return false;
  if (head.closed) return cause = stream_is_closed(), false;
  if (part.after + 1 < head.first && part.to > part.after) return cause = erased_before(head.first), false;
  return each_kept<Aggregate>(held, key, part, cause, visit);
}

/// In memory: erases the events of an entity from one version up to, and without, another.
template <class Held, class Place>
void erase_records(Held& held, Place place, std::uint64_t first, std::uint64_t end) {
  link at = place->stream.head;
  for (std::uint64_t version = place->version; at != 0 && version >= first; --version) {
    const link before = held.unit().at(at)->previous;
    if (version < end) held.unit().erase(at, retired_tag);
    at = before;
  }
}

/// Hands over a part of the whole log, in the same way; of a visitor that wants only some, part.limit counts those. In memory records come
/// without their keys when nobody asks for them, who then has them by Held::about_of.
template <bool WithKeys = true, class Held, class Visit>
[[gnu::always_inline]] inline bool each_stored(Held& held, const slice& part, failure& cause, Visit&& visit) {
  if constexpr (Held::is_memory) {
    const auto& events = held.log().events();
    const auto first = events.first(), end = events.here();
    if (part.after < first.records && part.to > part.after) return cause = overwritten(first.records + 1), false;
    const auto begin = part.backwards ? first : events.nearest(part.after < end.records ? part.after : end.records);
    typename Held::unit_type::reading forwards(events, begin, part.to < end.records ? part.to : end.records);
    struct place {
      const record_head* head;
      std::uint64_t position;
    };
    const auto next = [&]() -> place {
      while (const record_head* const head = forwards.next()) {
        if (forwards.position() <= part.after || head->tag == retired_tag) continue;  // in memory only what was erased has that tag
        if constexpr (takes_some<Visit>)
          if (!std::remove_cvref_t<Visit>::wanted().holds(head->tag)) continue;
        return {head, forwards.position()};
      }
      return {nullptr, 0};
    };
    std::vector<place> later;  // what backwards comes before
    if (part.backwards)
      for (place at = next(); at.head != nullptr; at = next()) later.push_back(at);
    for (std::uint64_t left = part.limit; left != 0; --left) {
      place at{nullptr, 0};
      if (!part.backwards) {
        at = next();
      } else if (!later.empty()) {
        at = later.back();
        later.pop_back();
      }
      if (at.head == nullptr) break;
      if constexpr (WithKeys) {
        if (!visit(held.in_memory(*at.head, at.position))) break;
      } else {
        if (!visit(held.without_key(*at.head, at.position))) break;
      }
    }
    if (!part.backwards) events.leave(forwards.here());
    return true;
  } else {
    if (held.broken() != nullptr) return cause = *held.broken(), false;
    const auto read = [&] {
      if constexpr (!takes_some<Visit>) {
        return held.log().read_all(part, visit);
      } else if constexpr (log_that_filters<typename Held::log_type>) {
        return held.log().read_all(part, std::remove_cvref_t<Visit>::wanted(), visit);
      } else {
        slice whole = part;
        whole.limit = slice::end;
        passing_over<Visit> some{visit, part.limit};
        return part.limit == 0 || held.log().read_all(whole, some);
      }
    };
    return read() || (cause = held.log().last_failure(), false);
  }
}

}  // namespace gesta::detail
