// What is found by tags: states that boundaries read, now and as they were, and events.
// Floor: runtime. Between the engine and the app.
// May include: all above.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/message/key.hpp>
#include <gesta/message/tags.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/queries.hpp>
#include <gesta/runtime/boundaries.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/store/moment.hpp>
#include <gesta/store/slice.hpp>

namespace gesta::detail {

template <class... Given>
inline constexpr bool ends_with_moment = false;
template <class First, class... Rest>
inline constexpr bool ends_with_moment<First, Rest...> = (sizeof...(Rest) == 0 ? is_moment<First> : ends_with_moment<Rest...>);

/// The state of now.
template <class State, class Engine, class... Value>
const State& state_by_tags(const Engine& engine, const Value&... value) {
  using keys = key_of<typename Engine::flow_type, State>;
  constexpr bool fits = keys::takes(types<Value...>{});
  (void)sizeof(diagnostic::wrong_tag_values<fits, State, Value...>);
  const auto& table = engine.states_about_tags().template table<State>();
  if constexpr (fits) {
    const auto place = table.find(keys::of(value...));
    return place ? place->state : table.blank();
  } else {
    return table.blank();
  }
}

/// Calls visit(event, record) for each event of Events that has this key by Keys, until it gives false, at most part.limit times.
/// False: `cause` says why not all can be told.
template <class Keys, class Events, class Engine, class Key, class Visit>
bool each_by_key(Engine& engine, const Key& key, slice part, failure& cause, Visit&& visit) {
  using flow_type = typename Engine::flow_type;
  const auto wanted = key_value_of<Key>(key);
  std::uint64_t left = part.limit;
  part.limit = slice::end;
  if (left == 0) return true;
  bool readable = true;
  const auto take = [&](const recorded& record) {
    if (record.tag == unknown_tag) return cause = why_unknown(record), readable = false;  // nobody knows its tags
    bool goes_on = true, counts = false;
    readable = visit_events<flow_type, Events, Engine::is_memory>(record, [&](const auto& event) {
      if (goes_on && same_key(key_value_of<Key>(Keys::in(event)), wanted)) counts = true, goes_on = visit(event, record);
    });
    if (!readable) cause = unreadable_at(record.position);
    if (counts) --left;
    return readable && goes_on && left != 0;
  };
  const bool told = detail::each_stored(engine, part, cause, for_some<flow_type, Events, decltype(take)>{take});
  return told && readable;
}

/// The state of then: the values, and last the moment.
template <class State, class Engine, class... Given>
past<State> past_state_by_tags(Engine& engine, const Given&... given) {
  using flow_type = typename Engine::flow_type;
  using keys = key_of<flow_type, State>;
  constexpr std::size_t tags = sizeof...(Given) - 1;
  const tag_values<make_indices<sizeof...(Given)>, Given...> all{{given}...};
  const auto& when = detail::value_of_tag<tags>(all);
  using moment = std::remove_cvref_t<decltype(when)>;
  constexpr bool has_version = same<moment, at_version>;
  constexpr bool is_timed = flow_type::is_traced || !same<moment, at_time>;
  (void)sizeof(diagnostic::tag_state_has_no_version<!has_version, State>);
  (void)sizeof(diagnostic::no_times_kept<is_timed, typename Engine::flow_type>);
  State was{};
  failure cause;
  slice part;
  if constexpr (same<moment, at_position>) part.to = when.position;
  const auto fold = [&]<std::size_t... I>(indices<I...>) {
    constexpr bool fits = keys::takes(types<std::remove_cvref_t<decltype(detail::value_of_tag<I>(all))>...>{});
    (void)sizeof(diagnostic::wrong_tag_values<fits, State, std::remove_cvref_t<decltype(detail::value_of_tag<I>(all))>...>);
    if constexpr (!fits || has_version) return true;
    else
      return each_by_key<keys, typename events_of_state<State, typename flow_type::current_events>::type>(
          engine, keys::of(detail::value_of_tag<I>(all)...), part, cause, [&](const auto& event, const recorded& record) {
            if (includes(when, record)) call_evolve(was, event, [&] { return detail::about_record(record); });
            return true;
          });
  };
  if (fold(make_indices<tags>{})) return past<State>(was);
  return past<State>(cause);
}

template <class Tags, class Events>
struct events_with_tags;
template <class Tags, class... E>
struct events_with_tags<Tags, types<E...>> : type_is<concat<std::conditional_t<carries_all<E, Tags>, types<E>, types<>>...>> {};

/// Calls visit(event, about) for the events with these values of these tags in a part of the log; visit may return false to end it.
template <class Engine, class Tags, class... Value, class Visit>
read_result read_by_tags(Engine& engine, const tagged_with<Tags, Value...>& tagged, const slice& part, Visit& visit) {
  using flow_type = typename Engine::flow_type;
  using asked = typename names_of_tags<Tags>::type;
  using keys = key_of_tags<flow_type, asked>;
  using events = typename events_with_tags<asked, typename flow_type::current_events>::type;
  constexpr bool fits = [] {
    if constexpr (events::size != 0) return keys::takes(types<Value...>{});
    else return false;
  }();
  (void)sizeof(diagnostic::wrong_tag_values<fits, Tags, Value...>);
  failure cause;
  bool told = false;
  if constexpr (fits) {
    const auto hand_over = [&](const auto& event, const recorded& record) {
      if constexpr (std::is_void_v<decltype(visit(event, detail::about_record(record)))>) return visit(event, detail::about_record(record)), true;
      else return static_cast<bool>(visit(event, detail::about_record(record)));
    };
    const auto read = [&]<std::size_t... I>(indices<I...>) {
      return each_by_key<keys, events>(engine, keys::of(detail::value_of_tag<I>(tagged)...), part, cause, hand_over);
    };
    told = read(make_indices<sizeof...(Value)>{});
  }
  return told ? read_result() : read_result(cause);
}

}  // namespace gesta::detail
