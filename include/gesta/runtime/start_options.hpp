// What gesta::start takes beside the store: gesta::snapshots, gesta::cached_states, gesta::observed_by, gesta::sealed_by, gesta::unknown_events, the
// modes of views and reactors (gesta::inlined, gesta::async, gesta::live), a clock; each at most once, in any order.
// Floor: runtime.
// May include: detail, model/diagnostic.hpp, store, runtime/clock.hpp, runtime/observed.hpp, runtime/unknown_events.hpp, runtime/view_modes.hpp.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/observed.hpp>
#include <gesta/runtime/unknown_events.hpp>
#include <gesta/runtime/view_modes.hpp>
#include <gesta/store/keys.hpp>
#include <gesta/store/snapshots.hpp>

namespace gesta {

/// A store and what an app does beside it. It is the Store of the app's type: `gesta::app<bank, gesta::with<gesta::sqlite_store, gesta::snapshots>>`.
template <class Store, class... Option>
struct with : Store, Option... {};

namespace detail {

template <class Given>
inline constexpr bool is_start_option = same<Given, snapshots> || same<Given, cached_states> || same<Given, unknown_events> || is_observed_by<Given> || is_view_mode<Given> ||
                                        is_sealed_by<Given>;

template <class Wanted, class... Given>
inline constexpr std::size_t times_given = (std::size_t{same<Wanted, Given>} + ... + 0);

/// The clock among what was given; else the one of the system.
template <class... Given>
struct clock_among : type_is<system_clock> {};
template <class First, class... Rest>
struct clock_among<First, Rest...> : std::conditional_t<is_start_option<First>, clock_among<Rest...>, type_is<First>> {};

/// Whether what was given goes together: no option twice, one clock.
template <class... Given>
inline constexpr bool starts_with = times_given<snapshots, Given...> <= 1 && times_given<cached_states, Given...> <= 1 &&
                                    times_given<unknown_events, Given...> <= 1 && (std::size_t{is_observed_by<Given>} + ... + 0) <= 1 &&
                                    (std::size_t{is_sealed_by<Given>} + ... + 0) <= 1 && each_mode_once<Given...> &&
                                    (std::size_t{!is_start_option<Given>} + ... + 0) <= 1;

template <class Wanted, class First, class... Rest>
constexpr const Wanted& first_given(const First& first, const Rest&... rest) {
  if constexpr (same<Wanted, First>) return first;
  else return detail::first_given<Wanted>(rest...);
}
template <class Wanted, class... Given>
constexpr Wanted given_or_default(const Given&... given) {
  if constexpr (times_given<Wanted, Given...> != 0) return detail::first_given<Wanted>(given...);
  else return Wanted{};
}

template <bool Stands, class Given>
using if_stands = std::conditional_t<Stands, types<Given>, types<>>;
/// The options that stand in the app's type, in one order, whatever the order in which they were given.
template <class... Given>
using standing_options =
    concat<if_stands<same<Given, snapshots>, Given>..., if_stands<same<Given, cached_states>, Given>..., if_stands<is_observed_by<Given>, Given>...,
           if_stands<is_sealed_by<Given>, Given>...,
           if_stands<is_mode<inlined, Given>, Given>..., if_stands<is_mode<async, Given>, Given>..., if_stands<is_mode<live, Given>, Given>...>;

template <class Store, class... Standing, class... Given>
constexpr auto with_standing(types<Standing...>, const Store& store, const Given&... given) {
  if constexpr (sizeof...(Standing) == 0) return store;
  else return with<Store, Standing...>{store, detail::first_given<Standing>(given...)...};
}

/// The store with the options that were given. Only where they go together.
template <class Store, class... Given>
constexpr auto with_options(const Store& store, const Given&... given) {
  return detail::with_standing(standing_options<Given...>{}, store, given...);
}

}  // namespace detail

}  // namespace gesta
