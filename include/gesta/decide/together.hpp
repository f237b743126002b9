// Which states of a boundary the decision of a command reads, and the call with all of them.
// Floor: decide. Asked with the same exactness as the other verbs; of n states 2^n - 1 choices are tried, so there are few.
// May include: detail, message, decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/boundary.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/decide/verbs.hpp>
#include <gesta/detail/exact.hpp>

namespace gesta::detail {

/// The most states that a boundary may have.
inline constexpr std::size_t most_states = 6;

template <class States>
struct states_listed;
template <class... S>
struct states_listed<states<S...>> : type_is<types<S...>> {};
template <class Boundary>
using states_in = typename states_listed<typename Boundary::state_list>::type;

template <class List>
struct as_states;
template <class... S>
struct as_states<types<S...>> : type_is<states<S...>> {};

// ---- the choice of states

template <class Command, class States>
inline constexpr bool decides_on = false;
template <class Command, class First>
inline constexpr bool decides_on<Command, types<First>> = decides_exactly<First, Command>;
template <class Command, class First, class Second, class... Rest>
inline constexpr bool decides_on<Command, types<First, Second, Rest...>> =
    probing::reads<probing::deciding, First, Second, const Rest&..., const Command&>();

template <class Command, class States>
inline constexpr bool decides_on_about = false;
template <class Command, class First>
inline constexpr bool decides_on_about<Command, types<First>> = decides_exactly_about<First, Command>;
template <class Command, class First, class Second, class... Rest>
inline constexpr bool decides_on_about<Command, types<First, Second, Rest...>> =
    probing::reads<probing::deciding, First, Second, const Rest&..., const Command&, const about&>();

template <std::size_t Mask, class Indices, class... S>
struct choice;
template <std::size_t Mask, std::size_t... I, class... S>
struct choice<Mask, indices<I...>, S...> : type_is<concat<std::conditional_t<(Mask >> I & 1) != 0, types<S>, types<>>...>> {};

struct choices_found {
  std::size_t count = 0;
  std::size_t first = 0;
};

/// What the decision of one command reads: how many functions there are, and the states of the first.
template <class States, class Command>
struct reading_of;
template <class... S, class Command>
struct reading_of<types<S...>, Command> {
  template <std::size_t Mask>
  using chosen = typename choice<Mask, make_indices<sizeof...(S)>, S...>::type;

  template <std::size_t Mask>
  static constexpr bool is_there = decides_on<Command, chosen<Mask>> || decides_on_about<Command, chosen<Mask>>;
  template <std::size_t... I>
  static constexpr choices_found search(indices<I...>) noexcept {
    const bool there[] = {is_there<I + 1>..., false};
    choices_found found;
    for (std::size_t i = sizeof...(I); i-- != 0;)
      if (there[i]) ++found.count, found.first = i + 1;
    return found;
  }
  static constexpr choices_found all = search(make_indices<sizeof...(S) <= most_states ? (std::size_t{1} << sizeof...(S)) - 1 : 0>{});
  using states = chosen<all.first>;
};

template <class States>
struct decided_together;
template <class... S>
struct decided_together<types<S...>> {
  template <class Command>
  static constexpr auto result() noexcept {
    if constexpr (decides_on_about<Command, types<S...>>)
      return type_is<probing::deciding::call<const S&..., const Command&, const about&>>{};
    else if constexpr (decides_on<Command, types<S...>>) return type_is<probing::deciding::call<const S&..., const Command&>>{};
    else return type_is<missing>{};
  }
};

/// What decide returns for a command that reads these states; `missing` when there is none.
template <class States, class Command>
using decide_together_result = typename decltype(decided_together<States>::template result<Command>())::type;

template <class States, class Command>
constexpr auto contract_together() noexcept {
  using result = decide_together_result<States, Command>;
  if constexpr (is_decision<result>) return type_is<result>{};
  else return type_is<emits<>>{};
}

// ---- the call

template <class State>
struct one_read {
  const State* state = nullptr;
};

/// The states that one decision reads. It refers to them.
template <class... State>
struct read_states : one_read<State>... {
  template <class S>
  constexpr const S& get() const noexcept {
    return *static_cast<const one_read<S>&>(*this).state;
  }
};

/// Calls decide; make() gives the `about` where the user asks for it.
template <class... State, class Command, class About>
[[gnu::always_inline]] constexpr auto call_decide_together(const read_states<State...>& now, const Command& command, About&& make) {
  if constexpr (decides_on_about<Command, types<State...>>)
    return decide(now.template get<State>()..., command, static_cast<const about&>(make()));
  else return decide(now.template get<State>()..., command);
}

// ---- the key

inline constexpr whole the_whole{};

/// There is one of each boundary.
template <class Aggregate>
struct key_rule<Aggregate, by_query> {
  static constexpr bool carried = true;
  using key_type = whole;
  template <class Command>
  static constexpr const whole& key_in(const Command&) noexcept {
    return the_whole;
  }
};

}  // namespace gesta::detail
