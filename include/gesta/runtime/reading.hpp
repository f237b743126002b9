// From a stored record to a typed event: decoded where it is not in place, and brought from old versions to the one of today.
// Floor: runtime.
// May include: detail, message, model, codec, store, runtime/unknown_events.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/personal.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/flat.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/runtime/unknown_events.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// What verbs and visitors are told about a stored event.
inline about about_record(const recorded& record) {
  return {record.key, record.version, record.position, record.from.time, record.from.correlation, record.from.causation};
}

/// Visits an event; an old version is upcast, step by step, until all that it became are events of today: they are visited in the order of
/// the contracts of `upcast`, each to its end.
template <class Flow, class Event, class Visit>
inline void visit_newer(const Event& event, Visit& visit);
template <class Flow, bool IsOfToday, class Event, class Visit>
[[gnu::always_inline]] inline void visit_current(const Event& event, Visit&& visit) {
  if constexpr (IsOfToday) {
    visit(event);
  } else {
    auto newer = upcast(event);
    using returned = decltype(newer);
    if constexpr (is_decision<returned>) {
      newer.for_each([&](const auto& part) {
        using type = std::remove_cvref_t<decltype(part)>;
        if constexpr (is_run<type>) part.for_each([&](const auto& one) { visit_newer<Flow>(one, visit); });
        else visit_newer<Flow>(part, visit);
      });
    } else {
      visit_newer<Flow>(newer, visit);
    }
  }
}

template <class Flow, class Event, class Visit>
inline void visit_newer(const Event& event, Visit& visit) {
  visit_current<Flow, contains<Event, typename Flow::current_events>>(event, visit);
}

/// The rejection of today that a remembered one means.
template <class Flow, class Rejection>
constexpr auto rejection_of_today(const Rejection& rejection) {
  if constexpr (contains<Rejection, typename Flow::rejections>) return rejection;
  else return detail::rejection_of_today<Flow>(upcast(rejection));
}

template <class Events, class List>
inline constexpr bool all_stand_in = false;
template <class... E, class List>
inline constexpr bool all_stand_in<types<E...>, List> = (contains<E, List> && ...);

template <class Events, class List>
inline constexpr bool any_stands_in = false;
template <class... E, class List>
inline constexpr bool any_stands_in<types<E...>, List> = (contains<E, List> || ...);

/// The tags of some events of today and of the old versions that become nothing else (with Part: that may become one of them), and where each
/// tag of the flow stands among them. Whoever reads only some events has functions for those only: were each aggregate prepared for every
/// event of the model, their number would grow with the square of the model.
template <class Flow, class Events, bool Part = false, class Old = typename Flow::old_versions>
struct tags_of;
template <class Flow, class... E, bool Part, class... Old>
struct tags_of<Flow, types<E...>, Part, types<Old...>> {
  bool taken[Flow::event_count + 1] = {};
  std::size_t count = 0;
  std::uint16_t tags[Flow::event_count + 1] = {};
  std::uint16_t places[Flow::event_count + 1] = {};

  constexpr tags_of() {
    const std::uint16_t tags_of_today[] = {Flow::template tag<E>..., 0};
    for (std::size_t i = 0; i < sizeof...(E); ++i) taken[tags_of_today[i]] = true;
    const bool old_taken[] = {(Part ? any_stands_in<today_of<Flow, Old>, types<E...>> : all_stand_in<today_of<Flow, Old>, types<E...>>)..., false};
    for (std::size_t i = 0; i < sizeof...(Old); ++i) taken[Flow::current_events::size + i] = old_taken[i];
    for (std::size_t tag = 0; tag < Flow::event_count; ++tag) {
      places[tag] = static_cast<std::uint16_t>(taken[tag] ? count : Flow::event_count);
      if (taken[tag]) tags[count++] = static_cast<std::uint16_t>(tag);
    }
  }
};
template <class Flow, class Events, bool Part = false>
inline constexpr tags_of<Flow, Events, Part> all_tags{};

/// What a reading asks for that wants these events of today: them, and the old versions that may become one of them.
template <class Flow, class Events>
inline constexpr wanted_types wanted_tags{all_tags<Flow, Events, true>.taken, Flow::event_count};
template <class Flow, class Events>
inline constexpr bool wants_all = all_tags<Flow, Events, true>.count == Flow::event_count;

/// Visits the event of one record, typed, when it is one of Events or an old version of some; an old one may be none or several of
/// today. Passes over a retired one. False when it is another, or cannot be read. InPlace: where flat events are never bytes of the codec.
/// Part: also of an old version that may become one of Events, all that it becomes.
template <class Flow, class Events = typename Flow::current_events, bool InPlace = false, bool Part = false, class Visit>
[[gnu::always_inline]] inline bool read_event(const recorded& record, Visit&& visit) {
  if (record.tag >= Flow::event_count) return record.tag == retired_tag;
  bool readable = false;
  // Where every tag has its place nothing is looked up: whoever waits for a branch that was mispredicted would wait for that as well.
  std::size_t place = record.tag;
  if constexpr (all_tags<Flow, Events, Part>.count != Flow::event_count) place = all_tags<Flow, Events, Part>.places[record.tag];
  select<all_tags<Flow, Events, Part>.count>(place, [&](auto at) {
    constexpr std::size_t tag = all_tags<Flow, Events, Part>.tags[at()];
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
      if constexpr (holds_personal<event>())
        if (readable && !record.in_place) settle_personal(decoded);
      if (readable) visit_current<Flow, is_of_today>(decoded, visit);
    }
  });
  return readable;
}

/// Visits the events of a record, typed, that are among Events; passes over all others. False: it cannot be read. An old event may be
/// several of today, of which only some are among them.
template <class Flow, class Events, bool InPlace = false, class Visit>
[[gnu::always_inline]] inline bool visit_events(const recorded& record, Visit&& visit) {
  if (record.tag >= Flow::event_count || !wanted_tags<Flow, Events>.holds(record.tag)) return true;
  return read_event<Flow, Events, InPlace, true>(record, [&](const auto& event) __attribute__((always_inline)) {
    if constexpr (contains<std::remove_cvref_t<decltype(event)>, Events>) visit(event);
  });
}

inline failure unreadable_at(std::uint64_t position) {
  failure cause(failure::kind::corrupt, 0, "the event at position ", position, " cannot be read");
  cause.position = position;
  return cause;
}

/// Why a record could not be read.
inline failure why_unreadable(const recorded& record) {
  return record.tag == unknown_tag ? detail::why_unknown(record) : detail::unreadable_at(record.position);
}

}  // namespace gesta::detail
