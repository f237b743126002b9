// What an old version becomes: by one `upcast` the next version, or by `gesta::emits<...>` none, several, or a number of them; in the end
// events of today, or the rejection of today.
// Floor: model.
// May include: detail, message, decide.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/decide/verbs.hpp>
#include <gesta/detail/exact.hpp>
#include <gesta/detail/list.hpp>

namespace gesta::detail {

template <class Returned>
struct newer_in : type_is<types<Returned>> {};
template <class Events, class Rejections, bool MayDoNothing>
struct newer_in<decision<Events, Rejections, MayDoNothing>> : type_is<contract_events<decision<Events, Rejections, MayDoNothing>>> {};

/// What one upcast of Old can give, those of `gesta::emits` in its order; `missing` where there is no upcast.
template <class Old>
using newer_of = typename newer_in<std::remove_cvref_t<upcast_result<Old>>>::type;

/// The upcast of Old says `or_rejects`: a fact cannot be refused.
template <class Returned>
inline constexpr bool upcast_refuses = false;
template <class Events, class Rejections, bool MayDoNothing>
inline constexpr bool upcast_refuses<decision<Events, Rejections, MayDoNothing>> = Rejections::size != 0;

template <class Current, class Event>
constexpr auto become_today() noexcept;
template <class Current, class... Newer>
constexpr auto all_become_today(types<Newer...>) noexcept {
  return type_is<unique<concat<typename decltype(become_today<Current, Newer>())::type...>>>{};
}
template <class Current, class Event>
constexpr auto become_today() noexcept {
  if constexpr (contains<Event, Current>) return type_is<types<Event>>{};
  else return detail::all_become_today<Current>(newer_of<Event>{});
}

/// The events of today that an old version can become, over all its steps. For a model whose rules are kept: every path then ends.
template <class Flow, class Event>
using today_of = typename decltype(become_today<typename Flow::current_events, Event>())::type;

/// Whether the upcasts of Old end in a rejection of today.
template <class Old, class History, class Rejections, std::size_t Steps = History::size>
constexpr bool becomes_rejection() noexcept {
  using next = std::remove_cvref_t<upcast_result<Old>>;
  if constexpr (contains<next, Rejections>) return true;
  else if constexpr (Steps == 0 || !contains<next, History>) return false;
  else return detail::becomes_rejection<next, History, Rejections, Steps - 1>();
}

/// A history taken apart: what leads to rejections, and all else.
template <class History, class Rejections>
struct parted_history;
template <class Rejections>
struct parted_history<types<>, Rejections> {
  using events = types<>;
  using rejections = types<>;
};
template <class... Old, class Rejections>
struct parted_history<types<Old...>, Rejections> {
  using events = concat<std::conditional_t<detail::becomes_rejection<Old, types<Old...>, Rejections>(), types<>, types<Old>>...>;
  using rejections = concat<std::conditional_t<detail::becomes_rejection<Old, types<Old...>, Rejections>(), types<Old>, types<>>...>;
};

}  // namespace gesta::detail
