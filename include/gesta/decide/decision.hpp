// What `decide` returns: the events that happen, or the reason why not, or nothing. Its type is the contract of the command.
// Floor: decide.
// May include: detail, message, decide, model/diagnostic.hpp (the sentences, which include nothing).
//
// A decision is built by `return`, read once and gone. It has one slot per listed event and a mask; all of it is inlined, so that
// it dissolves into registers and each event is built where it is kept. Two rules for whoever reads one: hold it as `auto d`, never
// `const auto d` (GCC does not take a const local apart), and read it with `for_each` in the function that called `decide`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

#include <gesta/decide/each.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/slot.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta {

/// The type of `gesta::no_change`.
struct no_change_t {};

/// Returned by a decision that has nothing to record: `return gesta::no_change;`. The contract says `or_nothing`.
inline constexpr no_change_t no_change{};

/// The outcome "nothing changed" of a command that may say so; also what a reactor hears: `react(const R&, const Command&, gesta::nothing)`.
struct nothing {};

/// Several events of one decision, as `gesta::emit` returns them. It refers to its arguments: return it, do not keep it.
template <class... Part>
struct [[nodiscard]] batch;

namespace detail {

template <std::size_t I, class Part>
struct part {
  const Part& value;
};
template <class Indices, class... Part>
struct parts;
template <std::size_t... I, class... Part>
struct parts<indices<I...>, Part...> : part<I, Part>... {};

}  // namespace detail

template <class... Part>
struct batch : detail::parts<detail::make_indices<sizeof...(Part)>, Part...> {};

/// Records several events together, in the order of the contract: `return gesta::emit(placed{...}, priced{...});`
template <class... Part>
[[gnu::always_inline]] constexpr auto emit(Part&&... part) -> batch<std::remove_cvref_t<Part>...> {
  return {{{part}...}};
}

namespace detail {

/// What a contract lists for an emitted thing: an event itself, or many<Event> for gesta::each.
template <class Part>
struct listed_as : type_is<Part> {};
template <class Event, class Range, class Make>
struct listed_as<each_of<Event, Range, Make>> : type_is<many<Event>> {};

template <class Listed, class Part>
inline constexpr std::size_t place_of = index_of<typename listed_as<Part>::type, Listed>;

template <class Listed, class Part>
inline constexpr std::uint64_t bit_of = place_of<Listed, Part> == npos ? 0 : std::uint64_t{1} << (place_of<Listed, Part> & 63);

/// Whether the parts of a batch stand in the order of the contract, and no event stands there twice.
struct order {
  bool ordered = true;
  bool different = true;
};
constexpr order order_of(std::initializer_list<std::size_t> places) {
  order is;
  for (const std::size_t* at = places.begin(); at != places.end(); ++at)
    for (const std::size_t* before = places.begin(); before != at; ++before) {
      is.ordered = is.ordered && *before <= *at;
      is.different = is.different && *before != *at;
    }
  return is;
}

/// How a returned value reads against the contract.
template <class Listed, class Rejections, class Returned>
struct said {
  static constexpr std::uint64_t events = bit_of<Listed, Returned>;
  static constexpr std::size_t rejection = index_of<Returned, Rejections>;
  static constexpr bool known = events != 0 || rejection != npos;
  static constexpr order is{};
};
template <class Listed, class Rejections, class... Part>
struct said<Listed, Rejections, batch<Part...>> {
  static constexpr std::uint64_t events = (bit_of<Listed, Part> | ... | 0);
  static constexpr std::size_t rejection = npos;
  static constexpr bool known = ((bit_of<Listed, Part> != 0) && ...);
  static constexpr order is = known ? order_of({place_of<Listed, Part>...}) : order{};
};

/// What the slots of the events, or those of the rejections, are filled from: the returned value where it has any for them.
template <bool Has, class Returned>
[[gnu::always_inline]] constexpr auto& given_by([[maybe_unused]] Returned& returned) {
  if constexpr (Has) return returned;
  else return no_change;
}

template <std::size_t I, class T>
[[gnu::always_inline]] constexpr auto fill_from(const part<I, T>& p) {
  return filling<const T>{p.value};
}

/// What fills place I of the contract: the returned value itself, one part of a batch, or nothing.
template <std::size_t I, class Listed, class Whole>
[[gnu::always_inline]] constexpr auto fill(Whole& whole) {
  if constexpr (place_of<Listed, Whole> == I) return filling<Whole>{whole};
  else return vacant{};
}
template <std::size_t I, class Listed, class... Part>
[[gnu::always_inline]] constexpr auto fill([[maybe_unused]] batch<Part...>& whole) {
  constexpr std::size_t which = first_true({(place_of<Listed, Part> == I)...});
  if constexpr (which != npos) return detail::fill_from<which>(whole);
  else return vacant{};
}

/// What a place of the contract is held as: the event, or the run of many.
template <class E>
struct held_as : type_is<E> {};
template <class E>
struct held_as<many<E>> : type_is<run<E>> {};

template <class Listed, class Indices = make_indices<Listed::size>>
struct event_slots;
template <class... E, std::size_t... I>
struct event_slots<types<E...>, indices<I...>> : slot<I, typename held_as<E>::type>... {
  template <class Returned>
  [[gnu::always_inline]] constexpr explicit event_slots(Returned& returned) : slot<I, typename held_as<E>::type>(fill<I, types<E...>>(returned))... {}

  [[gnu::always_inline]] constexpr explicit event_slots(no_change_t) : slot<I, typename held_as<E>::type>(vacant{})... {}

  template <class Mask, class Visit>
  [[gnu::always_inline]] constexpr void for_each([[maybe_unused]] Mask mask, [[maybe_unused]] Visit& visit) const {
    ((mask & (Mask{1} << I) ? visit(static_cast<const slot<I, typename held_as<E>::type>&>(*this).value) : void()), ...);
  }
};

template <class Rejections, class Indices = make_indices<Rejections::size>>
struct rejection_slots;
template <class... R, std::size_t... I>
struct rejection_slots<types<R...>, indices<I...>> : slot<I, R>... {
  template <class Returned>
    requires(!same<std::remove_const_t<Returned>, rejection_slots>)
  [[gnu::always_inline]] constexpr explicit rejection_slots(Returned& returned) : slot<I, R>(pick<R>(returned))... {}

  /// Keeps the one rejection of this index; none when the index is npos.
  [[gnu::always_inline]] rejection_slots(const rejection_slots& other, std::size_t index)
      : slot<I, R>(static_cast<const slot<I, R>&>(other), index == I)... {}

  [[gnu::always_inline]] constexpr explicit rejection_slots(no_change_t) : slot<I, R>(vacant{})... {}

  template <std::size_t J>
  constexpr const auto& get() const {
    return static_cast<const slot<J, at<J, types<R...>>>&>(*this).value;
  }

 private:
  template <class T, class Returned>
  [[gnu::always_inline]] static constexpr auto pick(Returned& returned) {
    if constexpr (same<T, Returned>) return filling<Returned>{returned};
    else return vacant{};
  }
};

}  // namespace detail

/// The contract and the value of a decision. Users write it through `gesta::emits`.
template <class Events, class Rejections, bool MayDoNothing>
class decision;

/// A decision that records one or more of these events, in this order: `-> gesta::emits<placed, gesta::many<line>>`.
/// `::or_nothing` allows `gesta::no_change`; `::or_rejects<R...>` lists the reasons to refuse.
template <class... Event>
using emits = decision<detail::types<Event...>, detail::types<>, false>;

template <class... E, class... R, bool MayDoNothing>
class [[nodiscard]] decision<detail::types<E...>, detail::types<R...>, MayDoNothing> {
 public:
  using event_list = detail::types<E...>;
  using rejection_list = detail::types<R...>;
  static constexpr bool may_do_nothing = MayDoNothing;

  using or_nothing = decision<event_list, rejection_list, true>;
  template <class... Rejection>
  using or_rejects = decision<event_list, detail::types<R..., Rejection...>, MayDoNothing>;

  /// Built by `return`: an event, a batch of events, or a rejection.
  template <class Returned>
  [[gnu::always_inline]] constexpr decision(Returned returned)
      : has_(said<Returned>::events),
        refused_(static_cast<std::uint8_t>(said<Returned>::rejection + 1)),
        events_(detail::given_by<said<Returned>::events != 0>(returned)),
        refusal_(detail::given_by<said<Returned>::rejection != detail::npos>(returned)) {
    constexpr bool known = said<Returned>::known;
    constexpr detail::order is = said<Returned>::is;
    if constexpr (sizeof...(E) > 64 || !known || !is.ordered || !is.different) {  // each report is a class: none where all is well
      (void)sizeof(diagnostic::too_many_events<(sizeof...(E) <= 64), decision>);
      (void)sizeof(diagnostic::returns_undeclared<known, decision, Returned>);
      (void)sizeof(diagnostic::emitted_twice<is.different, decision, Returned>);
      (void)sizeof(diagnostic::out_of_contract_order<(is.ordered || !is.different), decision, Returned>);
    }
  }

  /// Built by `return gesta::no_change;`
  [[gnu::always_inline]] constexpr decision(no_change_t) : has_(0), refused_(0), events_(no_change), refusal_(no_change) {
    (void)sizeof(diagnostic::no_change_undeclared<MayDoNothing, decision>);
  }

  decision(const decision&) = delete;
  decision& operator=(const decision&) = delete;

  /// True when the command was refused.
  [[gnu::always_inline]] constexpr bool refused() const { return refused_ != 0; }
  /// Index of the rejection in the contract; only when refused().
  [[gnu::always_inline]] constexpr std::size_t refusal_index() const { return refused_ - 1u; }
  /// True when there are no events and no refusal.
  [[gnu::always_inline]] constexpr bool empty() const { return has_ == 0 && !refused(); }

  /// Calls visit(event) for each event in the order of the contract; for `many<E>`, visit(run<E>).
  template <class Visit>
  [[gnu::always_inline]] constexpr void for_each(Visit&& visit) const {
    events_.for_each(has_, visit);
  }

  /// The refusals' slots; for the outcome, which keeps just this part.
  [[gnu::always_inline]] constexpr const auto& refusal() const { return refusal_; }

 private:
  template <class Returned>
  using said = detail::said<event_list, rejection_list, Returned>;

  std::conditional_t<(sizeof...(E) <= 32), std::uint32_t, std::uint64_t> has_;
  std::uint8_t refused_;
  detail::event_slots<event_list> events_;
  detail::rejection_slots<rejection_list> refusal_;
};

namespace detail {

template <class Type>
inline constexpr bool is_decision = false;
template <class E, class R, bool N>
inline constexpr bool is_decision<decision<E, R, N>> = true;

}  // namespace detail

}  // namespace gesta
