// Edges, one behind the other, and who sits at their end: what is left of their promises, and whether it is enough. Checked while compiling.
// Floor: delivery.
// May include: detail, model, delivery.
//
//     using way = gesta::path<from_orders, gesta::nats>;                     // the weaker promise of each holds at its end
//     struct bookkeeper { using needs = gesta::edge<gesta::in_order>; ... };
//     gesta::check_connection<bookkeeper, way>();                            // does not compile when the way gives less (E710 to E716)
#pragma once

#include <concepts>
#include <cstddef>

#include <gesta/delivery/guarantee.hpp>
#include <gesta/detail/list.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>

namespace gesta {

// ---- what receivers need, by name

/// Every message, in any order, perhaps twice: what repeats nothing wrongly needs. What an inbox needs, and the consumers of its model.
inline constexpr guarantee lossless{.comes = arrival::at_least_once};
/// Every message, those of a key in their order whatever is handed back: sagas and processes need it, and whoever says so.
inline constexpr guarantee in_order{.comes = arrival::at_least_once, .order = ordering::by_key, .nak = handing_back::keeps_order};

/// Says what it promises: a transport, an edge, a path.
template <class Edge>
concept promising = requires {
  { Edge::promises } -> std::convertible_to<guarantee>;
};

namespace detail {

template <class Needs>
inline constexpr bool is_edge = false;
template <guarantee Promise>
inline constexpr bool is_edge<edge<Promise>> = true;

template <class Receiver>
concept says_needs = requires { typename Receiver::needs; };

/// Whether a model acts by itself: what its sagas, processes and choreographies do depends on what came first.
template <class Parts>
inline constexpr bool acts_in_order = false;
template <class... Part>
inline constexpr bool acts_in_order<types<Part...>> =
    (... || (is_saga_part<Part>::value || is_process_part<Part>::value || is_choreography_part<Part>::value));

template <class Receiver>
constexpr guarantee needs_of() noexcept {
  if constexpr (says_needs<Receiver>) {
    if constexpr (is_edge<typename Receiver::needs>) return Receiver::needs::promises;
    else return guarantee{};
  } else if constexpr (saga_part<Receiver> || is_process_part<Receiver>::value) {
    return in_order;
  } else if constexpr (requires { typename Receiver::parts; }) {
    return acts_in_order<typename Receiver::parts> ? in_order : lossless;
  } else {
    return lossless;
  }
}

/// Nothing promises more.
inline constexpr guarantee all_promised{arrival::once, ordering::by_key, handing_back::keeps_order, survival::disk};

template <class Edge>
constexpr guarantee promise_of() noexcept {
  if constexpr (promising<Edge>) return Edge::promises;
  else return all_promised;
}
template <class... Edge>
constexpr guarantee promise_along() noexcept {
  guarantee all = all_promised;
  ((all = along(all, promise_of<Edge>())), ...);
  return all;
}

/// The first of some edges that gives less than is needed of one thing; void: none.
template <guarantee Needed, class... Edge>
struct weak_edge : type_is<void> {};
template <guarantee Needed, class First, class... Rest>
struct weak_edge<Needed, First, Rest...> : std::conditional_t<promise_of<First>().gives(Needed), weak_edge<Needed, Rest...>, type_is<First>> {};

template <guarantee Needed, class... Edge>
using weak_edge_of = typename weak_edge<Needed, Edge...>::type;
template <guarantee Needed, class... Edge>
inline constexpr bool all_give = same<weak_edge_of<Needed, Edge...>, void>;

}  // namespace detail

/// What a receiver needs of the edge before it: what it says by `using needs = gesta::edge<...>`; else `in_order` for a saga, a process and a model
/// that has such parts, and `lossless` for all others.
template <class Receiver>
inline constexpr guarantee needs_of = detail::needs_of<Receiver>();

/// Edges one behind the other, as one.
template <class... Edge>
using path = edge<detail::promise_along<Edge...>()>;

/// An edge behind which repetitions are recognised, by an inbox: what comes at least once has an effect once.
template <promising Edge>
using recognised = edge<guarantee{Edge::promises.comes == arrival::at_least_once ? arrival::once : Edge::promises.comes, Edge::promises.order,
                                  Edge::promises.nak, Edge::promises.outlives}>;

/// Whether these edges, one behind the other, give what the receiver needs.
template <class Receiver, class... Edge>
inline constexpr bool connects = (... && promising<Edge>) && detail::promise_along<Edge...>().gives(needs_of<Receiver>);

/// Does not compile where they do not; the report names the edge that gives less.
template <class Receiver, class... Edge>
constexpr void check_connection() noexcept {
  if constexpr (detail::says_needs<Receiver>)
    (void)sizeof(diagnostic::needs_no_edge<detail::is_edge<typename Receiver::needs>, Receiver>);
  ((void)sizeof(diagnostic::edge_without_promise<promising<Edge>, Edge>), ...);
  constexpr guarantee all = needs_of<Receiver>;
  constexpr guarantee arriving{.comes = all.comes == arrival::once ? arrival::at_least_once : all.comes};
  constexpr guarantee once{.comes = all.comes == arrival::once ? arrival::once : arrival::at_most_once};
  constexpr guarantee ordered{.order = all.order}, kept{.nak = all.nak}, outliving{.outlives = all.outlives};
  constexpr bool is_ordered = detail::all_give<ordered, Edge...>, arrives = detail::all_give<arriving, Edge...>;
  using detail::weak_edge_of;
  (void)sizeof(diagnostic::edge_loses_messages<arrives, Receiver, weak_edge_of<arriving, Edge...>>);
  (void)sizeof(diagnostic::edge_repeats_messages<!arrives || detail::all_give<once, Edge...>, Receiver, weak_edge_of<once, Edge...>>);
  (void)sizeof(diagnostic::edge_without_order<is_ordered, Receiver, weak_edge_of<ordered, Edge...>>);
  (void)sizeof(diagnostic::edge_loses_order<!is_ordered || detail::all_give<kept, Edge...>, Receiver, weak_edge_of<kept, Edge...>>);
  (void)sizeof(diagnostic::edge_outlives_less<detail::all_give<outliving, Edge...>, Receiver, weak_edge_of<outliving, Edge...>>);
}

}  // namespace gesta
