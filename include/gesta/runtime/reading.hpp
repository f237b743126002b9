// From a stored record to a typed event: decoded where it is not in place, and brought from old versions to the one of today.
// Floor: runtime.
// May include: detail, message, model, codec, store.
#pragma once

#include <cstddef>

#include <gesta/codec/binary.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Visits an event; an old version is upcast, step by step, until it is one of today.
template <class Flow, class Event, class Visit>
[[gnu::always_inline]] inline void visit_current(const Event& event, Visit&& visit) {
  if constexpr (contains<Event, typename Flow::current_events>) visit(event);
  else visit_current<Flow>(upcast(event), visit);
}

/// Visits the event of one record, typed; passes over a retired one. False when its bytes cannot be read.
template <class Flow, class Visit>
inline bool read_event(const recorded& record, Visit&& visit) {
  bool readable = record.tag == retired_tag;
  select<Flow::event_count>(record.tag, [&](auto at) {
    using event = typename Flow::template event<at()>;
    if constexpr (flat<event>) {
      if (record.in_place) {
        readable = true;
        return visit_current<Flow>(*static_cast<const event*>(record.payload), visit);
      }
    }
    event decoded{};
    readable = decode(static_cast<const std::byte*>(record.payload), record.size, decoded);
    if (readable) visit_current<Flow>(decoded, visit);
  });
  return readable;
}

}  // namespace gesta::detail
