// From a stored record to a typed event: decoded where it is not in place, and brought from old versions to the one of today.
// Floor: runtime.
// May include: detail, message, model, codec, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// The event of today that an old version becomes, step by step.
template <class Flow, class Event>
constexpr auto today() noexcept {
  if constexpr (contains<Event, typename Flow::current_events>) return type_is<Event>{};
  else return today<Flow, std::remove_cvref_t<upcast_result<Event>>>();
}

/// Visits an event; an old version is upcast, step by step, until it is one of today.
template <class Flow, bool IsOfToday, class Event, class Visit>
[[gnu::always_inline]] inline void visit_current(const Event& event, Visit&& visit) {
  if constexpr (IsOfToday) {
    visit(event);
  } else {
    const auto newer = upcast(event);
    visit_current<Flow, contains<std::remove_const_t<decltype(newer)>, typename Flow::current_events>>(newer, visit);
  }
}

/// The tags of some events of today and of their old versions, and where each tag of the flow stands among them. Whoever reads only
/// some events has functions for those only: were each aggregate prepared for every event of the model, their number would grow with
/// the square of the model.
template <class Flow, class Events, class Old = typename Flow::old_versions>
struct tags_of;
template <class Flow, class... E, class... Old>
struct tags_of<Flow, types<E...>, types<Old...>> {
  std::size_t count = 0;
  std::uint16_t tags[Flow::event_count + 1] = {};
  std::uint16_t places[Flow::event_count + 1] = {};

  constexpr tags_of() {
    bool taken[Flow::event_count + 1] = {};
    const std::uint16_t tags_of_today[] = {Flow::template tag<E>..., 0};
    for (std::size_t i = 0; i < sizeof...(E); ++i) taken[tags_of_today[i]] = true;
    const std::uint16_t become[] = {Flow::template tag<typename decltype(today<Flow, Old>())::type>..., 0};
    for (std::size_t i = 0; i < sizeof...(Old); ++i) taken[Flow::current_events::size + i] = taken[become[i]];
    for (std::size_t tag = 0; tag < Flow::event_count; ++tag) {
      places[tag] = static_cast<std::uint16_t>(taken[tag] ? count : Flow::event_count);
      if (taken[tag]) tags[count++] = static_cast<std::uint16_t>(tag);
    }
  }
};
template <class Flow, class Events>
inline constexpr tags_of<Flow, Events> all_tags{};

/// Visits the event of one record, typed, when it is one of Events or an old version of one; passes over a retired one. False when it
/// is another, or cannot be read. InPlace: where flat events are never bytes of the codec.
template <class Flow, class Events = typename Flow::current_events, bool InPlace = false, class Visit>
inline bool read_event(const recorded& record, Visit&& visit) {
  if (record.tag >= Flow::event_count) return record.tag == retired_tag;
  bool readable = false;
  select<all_tags<Flow, Events>.count>(all_tags<Flow, Events>.places[record.tag], [&](auto at) {
    constexpr std::size_t tag = all_tags<Flow, Events>.tags[at()];
    constexpr bool is_of_today = tag < Flow::current_events::size;
    using event = typename Flow::template event<tag>;
    if constexpr (flat<event>) {
      if (InPlace || record.in_place) {
        readable = true;
        return visit_current<Flow, is_of_today>(*static_cast<const event*>(record.payload), visit);
      }
    }
    if constexpr (!flat<event> || !InPlace) {
      event decoded{};
      readable = decode(static_cast<const std::byte*>(record.payload), record.size, decoded);
      if (readable) visit_current<Flow, is_of_today>(decoded, visit);
    }
  });
  return readable;
}

inline failure unreadable_at(std::uint64_t position) {
  failure cause(failure::kind::corrupt, 0, "the event at position ", position, " cannot be read");
  cause.position = position;
  return cause;
}

}  // namespace gesta::detail
