// What it is: finds the further parameters of `react`: which facts, by reference or by pointer, and a last `about`.
// Where it stands: detail, on the probes of exact.hpp. Asked only of reactors of a choreography, which alone may ask for facts.
// May include: detail.
//
// To try each list of facts costs the product of all choices. So the number of parameters is found first, by calls with an argument that
// converts to anything, and then each parameter by itself, the others still being anything; only what is left is asked exactly. A
// reactor that asks for no facts costs four cheap questions a cause.
#pragma once

#include <cstddef>

#include <gesta/detail/exact.hpp>
#include <gesta/detail/pack.hpp>

namespace gesta::detail {

/// The most parameters behind what is reacted to, `about` included.
inline constexpr std::size_t most_further = 4;

/// In the place of further parameters: there are several reactions with facts, which differ in them.
struct several_lists {};
/// Likewise: one parameter is no event and no `about`.
struct unknown_parameter {};

namespace probing {

struct anything {
  anything(const volatile anything&&) noexcept;
  template <class T>
  operator T() const volatile noexcept;
};
template <std::size_t>
using any_of_these = volatile anything;

/// react(Reactor, Said..., further...): Said is an event, or a command and its refusal.
template <class Reactor, class... Said>
struct further_of {
  template <class... More>
  static constexpr bool somebody_takes = !nobody_takes<reacting, volatile lone_stand_in<const Reactor&>, volatile lone_stand_in<const Said&>..., More...>;

  template <std::size_t... I>
  static constexpr bool has(indices<I...>) {
    return somebody_takes<any_of_these<I>...>;
  }

  // The parameter Target at one place, anything at the others.
  template <class Target, std::size_t At, std::size_t... I>
  static constexpr bool takes_at(indices<I...>) {
    return somebody_takes<std::conditional_t<I == At, volatile lone_stand_in<Target>, volatile anything>...>;
  }

  template <std::size_t Count, std::size_t At, class... Target>
  static constexpr auto found_at(types<Target...>) {
    return concat<std::conditional_t<takes_at<Target, At>(make_indices<Count>{}), types<Target>, types<>>...>{};
  }
  // A last parameter may also be `about`.
  template <class Facts, std::size_t Count, std::size_t At>
  using at = decltype(found_at<Count, At>(std::conditional_t<At + 1 == Count, concat<Facts, types<const about&>>, Facts>{}));

  template <class First, class... Rest>
  static constexpr bool exactly(types<First, Rest...>) {
    return exactly_further<First, Rest...>(types<Said...>{});
  }
  template <class... Further, class First, class... Others>
  static constexpr bool exactly_further(types<First, Others...>) {
    return takes_exactly<reacting, const Reactor&, First, const Others&..., Further...>();
  }

  /// types<Further...> in a list of its own, or a mark, or types<> when there is no such function with Count further parameters.
  template <class Facts, std::size_t Count, std::size_t... I>
  static constexpr auto with(indices<I...>) {
    if constexpr (!has(make_indices<Count>{})) {
      return types<>{};
    } else {
      if constexpr (((at<Facts, Count, I>::size == 0) || ...)) return types<unknown_parameter>{};
      else if constexpr (((at<Facts, Count, I>::size > 1) || ...)) return types<several_lists>{};
      else if constexpr (exactly(concat<at<Facts, Count, I>...>{})) return types<concat<at<Facts, Count, I>...>>{};
      else return types<unknown_parameter>{};
    }
  }
};

template <class Reactor, class Facts, class... Said>
constexpr auto all_further() {
  using f = further_of<Reactor, Said...>;
  return concat<decltype(f::template with<Facts, 1>(make_indices<1>{})), decltype(f::template with<Facts, 2>(make_indices<2>{})),
                decltype(f::template with<Facts, 3>(make_indices<3>{})), decltype(f::template with<Facts, 4>(make_indices<4>{}))>{};
}

}  // namespace probing

/// The lists of further parameters with which react(Reactor, Said..., Further...) is there, each a types<...>, those that ask for facts only by exact
/// types; a mark for each that is not clear. Facts: what may be asked for, as `const Event&` and `const Event*`.
template <class Reactor, class Facts, class... Said>
using further_parameters = decltype(probing::all_further<Reactor, Facts, Said...>());

}  // namespace gesta::detail
