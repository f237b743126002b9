// Integration events that come from outside: a part of the model, and the streams that they are kept in.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <gesta/decide/aggregate.hpp>
#include <gesta/detail/list.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/react/publish.hpp>

namespace gesta {

namespace detail {

/// What was heard under one key leaves nothing to decide by.
struct heard_from_outside {
  using evolves_by_itself = void;

  template <class Event>
  constexpr void take(const Event&, const about&) noexcept {}
};

}  // namespace detail

/// Integration events of other services that a model hears: `struct fulfilment : gesta::model<shipments, gesta::from_outside<shop::order_placed>>`. They
/// are facts that nobody here decides: gesta::inbox appends them to the log, in a stream for each partition key, and from there projections, reactors,
/// sagas and processes hear them as any event. Earlier versions stand in gesta::history, as those of other events.
template <class... Integration>
struct from_outside {
  using state_type = detail::heard_from_outside;
  using command_list = commands<>;
  using found_by = by_call;
  using heard_list = detail::types<Integration...>;
  static constexpr auto id = "outside";
};

namespace detail {

template <class Part>
inline constexpr bool is_from_outside = false;
template <class... Integration>
inline constexpr bool is_from_outside<from_outside<Integration...>> = true;
template <class Part>
using is_outside_part = std::bool_constant<is_from_outside<Part>>;

/// The stream of a flow for what comes from outside: from_outside<>, where it hears nothing.
template <class Parts>
struct outside_of : type_is<from_outside<>> {};
template <class Outside, class... More>
struct outside_of<types<Outside, More...>> : type_is<Outside> {};
template <class Flow>
using outside_in = typename outside_of<filtered<typename Flow::deciders, is_outside_part>>::type;

/// The events of a flow that are told to others, and as what.
template <class Flow>
using published_events = filtered<typename Flow::of_deciders::current_events, is_published>;
template <class Flow>
using integrations_in = unique<mapped<told_as, published_events<Flow>>>;

}  // namespace detail

}  // namespace gesta
