// Options of consumers, given in any order: a clock, what becomes of unknown events, when it stops by itself, who observes.
// Floor: runtime.
// May include: all above.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/react/effect.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/letters.hpp>
#include <gesta/runtime/observed.hpp>
#include <gesta/runtime/unknown_events.hpp>

namespace gesta {

/// How many effects a consumer performs before it keeps how far it is: as many may be performed again after a crash.
struct events_a_commit {
  std::uint64_t count = 1;
};

namespace detail {

template <class Option>
concept a_clock = requires(Option& option) {
  { option() } -> std::same_as<timestamp>;
};
template <class Option>
concept consumer_option =
    a_clock<Option> || same<Option, unknown_events> || same<Option, stop_after> || same<Option, events_a_commit> || is_observed_by<Option>;

/// Which kind of argument one is, so that one that is given twice is found.
enum class option_kind : std::uint8_t { start, clock, unknown_events, stop_after, events_a_commit, observed_by, none };
template <class Argument>
constexpr option_kind kind_of_option() {
  if constexpr (is_start<Argument>) return option_kind::start;
  else if constexpr (same<Argument, gesta::unknown_events>) return option_kind::unknown_events;
  else if constexpr (same<Argument, gesta::stop_after>) return option_kind::stop_after;
  else if constexpr (same<Argument, gesta::events_a_commit>) return option_kind::events_a_commit;
  else if constexpr (is_observed_by<Argument>) return option_kind::observed_by;
  else if constexpr (a_clock<Argument>) return option_kind::clock;
  else return option_kind::none;
}
/// What is wrong with the arguments of a consumer: the first that is no option, and the first whose kind comes again.
template <class... Argument>
struct arguments_of_consumer {
  using list = types<Argument...>;
  static constexpr std::size_t unknown = first_true({(kind_of_option<Argument>() == option_kind::none)..., false});
  template <class Given>
  static constexpr std::size_t how_many = (std::size_t{kind_of_option<Argument>() == kind_of_option<Given>()} + ... + 0);
  static constexpr std::size_t twice = first_true({(kind_of_option<Argument>() != option_kind::none && how_many<Argument> > 1)..., false});
};
template <class First, class... Argument>
constexpr auto start_of(const First& first, const Argument&... argument) {
  if constexpr (is_start<First>) return first;
  else return detail::start_of(argument...);
}

template <class... Option>
struct first_clock : type_is<system_clock> {};
template <class First, class... Option>
struct first_clock<First, Option...> : std::conditional_t<a_clock<First>, type_is<First>, first_clock<Option...>> {};
template <class... Option>
using clock_in = typename first_clock<Option...>::type;

constexpr system_clock clock_of() { return {}; }
template <class First, class... Option>
constexpr auto clock_of(const First& first, const Option&... option) {
  if constexpr (a_clock<First>) return first;
  else return detail::clock_of(option...);
}

/// The option of this type, or the default.
template <class Wanted>
constexpr Wanted option_or(Wanted otherwise) {
  return otherwise;
}
template <class Wanted, class First, class... Option>
constexpr Wanted option_or(Wanted otherwise, const First& first, const Option&... option) {
  if constexpr (same<Wanted, First>) return first;
  else return detail::option_or<Wanted>(static_cast<Wanted&&>(otherwise), option...);
}

}  // namespace detail

}  // namespace gesta
