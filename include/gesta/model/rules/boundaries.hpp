// Rules about boundaries and tags: what a decision reads can be found, and what it records is read again.
// Floor: model.
// May include: detail, message, decide, model.
#pragma once

#include <type_traits>

#include <gesta/model/flow.hpp>
#include <gesta/model/queries.hpp>
#include <gesta/model/rules/decide.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

// ---- the tags of events

/// One tag of one event.
template <class Event, class Tag>
struct tag_use {
  using event = Event;
  using tag = Tag;
  using type = gesta::detail::tag_field_type<Tag, Event>;
};

template <class Event, class Tags>
struct uses_of;
template <class Event, class... Tag>
struct uses_of<Event, gesta::detail::types<Tag...>> : gesta::detail::type_is<gesta::detail::types<tag_use<Event, Tag>...>> {};

template <class Event>
using is_tagged = std::bool_constant<gesta::detail::said_tags<Event>::size != 0>;
template <class Event>
using uses_in = typename uses_of<Event, gesta::detail::said_tags<Event>>::type;

template <class Type>
constexpr bool is_tag_type() noexcept {
  if constexpr (std::is_void_v<Type>) return true;  // another rule's
  else return entity_key<Type> && !gesta::detail::same<Type, dense>;
}

template <class Flow, class Uses>
struct tag_uses;
template <class Flow, class... Use>
struct tag_uses<Flow, gesta::detail::types<Use...>> {
  template <class U>
  static constexpr bool is_odd =
      !std::is_void_v<typename U::type> && !gesta::detail::same<typename U::type, gesta::detail::tag_type<Flow, typename U::tag>>;
  static constexpr std::size_t no_field = first_true({(gesta::detail::plain<typename Use::event> && std::is_void_v<typename Use::type>)..., false});
  static constexpr std::size_t other_type = first_true({is_odd<Use>..., false});
  static constexpr std::size_t no_key = first_true({(!is_odd<Use> && !is_tag_type<typename Use::type>())..., false});
  template <std::size_t At>
  using use = gesta::detail::at<At == npos ? sizeof...(Use) : At, gesta::detail::types<Use..., tag_use<void, void>>>;
};

template <>
struct tag_use<void, void> {
  using event = void;
  using tag = void;
  using type = void;
};

/// The rules of all tags of a model. Tags without a boundary serve to read by them.
template <class Flow>
struct tag_rules {
  using uses =
      tag_uses<Flow,
               gesta::detail::joined<gesta::detail::mapped<uses_in, gesta::detail::filtered<typename Flow::current_events, is_tagged>>>>;
  template <class Tag>
  static constexpr auto type_of() {
    if constexpr (std::is_void_v<Tag>) return gesta::detail::type_is<void>{};
    else return gesta::detail::type_is<gesta::detail::tag_type<Flow, Tag>>{};
  }
  using missing = typename uses::template use<uses::no_field>;
  using odd = typename uses::template use<uses::other_type>;
  using strange = typename uses::template use<uses::no_key>;

  using no_field = report_if<uses::no_field != npos, diagnostic::tag_not_in_event, typename missing::event, typename missing::tag>;
  using other_type = report_if<uses::other_type != npos, diagnostic::tag_of_two_types, typename odd::event, typename odd::tag,
                               typename decltype(type_of<typename odd::tag>())::type, typename odd::type>;
  using no_key = report_if<uses::no_key != npos, diagnostic::tag_not_a_key, typename strange::event, typename strange::tag, typename strange::type>;
};

// ---- the states of a boundary

template <class Flow, class Tags>
struct known_tags;
template <class Flow, class... Tag>
struct known_tags<Flow, gesta::detail::types<Tag...>> {
  static constexpr std::size_t unknown = first_true({!gesta::detail::is_tag<Flow, Tag>..., false});
};

template <class Flow, class State>
constexpr bool has_unknown_tag() noexcept {
  return known_tags<Flow, gesta::detail::said_tags<State>>::unknown != npos;
}

template <class State, class Events>
struct state_and_events;
template <class State, class... E>
struct state_and_events<State, gesta::detail::types<E...>> {
  static constexpr std::size_t any = first_true({evolves<State, E>..., false});
  static constexpr std::size_t untagged =
      first_true({(evolves<State, E> && !gesta::detail::carries_all<E, gesta::detail::said_tags<State>>)..., false});
};

template <class Flow, class State>
constexpr bool evolves_untagged() noexcept {
  return !has_unknown_tag<Flow, State>() && state_and_events<State, typename Flow::current_events>::untagged != npos;
}

template <class Flow, class Boundary, class States, class Events>
struct boundary_lists;
template <class Flow, class Boundary, class... S, class... E>
struct boundary_lists<Flow, Boundary, gesta::detail::types<S...>, gesta::detail::types<E...>> {
  using events_of_model = typename Flow::current_events;
  static constexpr std::size_t no_value = first_true({!(__is_constructible(S) && __is_assignable(S&, const S&))..., false});
  static constexpr std::size_t untold = first_true({!gesta::detail::says_tags<S>..., false});
  static constexpr std::size_t unknown = first_true({has_unknown_tag<Flow, S>()..., false});
  static constexpr std::size_t untagged = first_true({evolves_untagged<Flow, S>()..., false});
  static constexpr std::size_t empty = first_true({(state_and_events<S, events_of_model>::any == npos)..., false});
  template <class Event>
  static constexpr bool is_known = (evolves<S, Event> || ...);
  static constexpr std::size_t unread = first_true({(gesta::detail::plain<E> && !is_known<E>)..., false});
};

/// The first tag that no event has, of a state that has one.
template <class Flow, class State>
constexpr auto unknown_tag_of() noexcept {
  if constexpr (std::is_void_v<State>) return gesta::detail::type_is<void>{};
  else if constexpr (constexpr std::size_t at = known_tags<Flow, gesta::detail::said_tags<State>>::unknown; at == npos)
    return gesta::detail::type_is<void>{};
  else return gesta::detail::type_is<gesta::detail::at<at, gesta::detail::said_tags<State>>>{};
}
template <class Flow, class State>
constexpr auto untagged_event_of() noexcept {
  if constexpr (std::is_void_v<State>) return gesta::detail::type_is<void>{};
  else if constexpr (constexpr std::size_t at = state_and_events<State, typename Flow::current_events>::untagged; at == npos)
    return gesta::detail::type_is<void>{};
  else return gesta::detail::type_is<gesta::detail::at<at, typename Flow::current_events>>{};
}

// ---- the commands of a boundary

/// One tag of a state that the decision of a command reads.
template <class Command, class State, class Tag>
struct tag_sought {
  using command = Command;
  using state = State;
  using tag = Tag;
  using type = gesta::detail::tag_field_type<Tag, Command>;
};
template <>
struct tag_sought<void, void, void> {
  using command = void;
  using state = void;
  using tag = void;
  using type = void;
};

template <class Command, class State, class Tags>
struct sought_by_state;
template <class Command, class State, class... Tag>
struct sought_by_state<Command, State, gesta::detail::types<Tag...>>
    : gesta::detail::type_is<gesta::detail::types<tag_sought<Command, State, Tag>...>> {};
template <class Command, class States>
struct sought_by;
template <class Command, class... S>
struct sought_by<Command, gesta::detail::types<S...>>
    : gesta::detail::type_is<gesta::detail::concat<typename sought_by_state<Command, S, gesta::detail::said_tags<S>>::type...>> {};
template <class Handler>
using sought_in_handler = typename sought_by<typename Handler::command, typename Handler::reads>::type;

template <class Flow, class Sought>
struct all_sought;
template <class Flow, class... One>
struct all_sought<Flow, gesta::detail::types<One...>> {
  template <class S>
  static constexpr bool is_odd() noexcept {
    using type = gesta::detail::tag_type<Flow, typename S::tag>;
    return !std::is_void_v<type> && !std::is_void_v<typename S::type> && !gesta::detail::same<type, typename S::type>;
  }
  static constexpr std::size_t missing =
      first_true({(gesta::detail::plain<typename One::command> && std::is_void_v<typename One::type> &&
                   gesta::detail::is_tag<Flow, typename One::tag>)...,
                  false});
  static constexpr std::size_t odd = first_true({is_odd<One>()..., false});
  template <std::size_t At>
  using one = gesta::detail::at<At == npos ? sizeof...(One) : At, gesta::detail::types<One..., tag_sought<void, void, void>>>;
};

template <class Handlers>
struct boundary_handlers;
template <class... H>
struct boundary_handlers<gesta::detail::types<H...>> {
  using commands = gesta::detail::types<typename H::command...>;
  using sought = gesta::detail::concat<sought_in_handler<H>...>;
  static constexpr std::size_t undecided = first_true({(gesta::detail::plain<typename H::command> && H::reading::all.count == 0)..., false});
  static constexpr std::size_t twice = first_true({(H::reading::all.count > 1)..., false});
  static constexpr std::size_t without_contract =
      first_true({(H::reading::all.count == 1 &&
                   !gesta::detail::is_decision<gesta::detail::decide_together_result<typename H::reads, typename H::command>>)...,
                  false});
  static constexpr auto odd_result() noexcept {
    if constexpr (without_contract == npos) {
      return gesta::detail::type_is<void>{};
    } else {
      using odd = gesta::detail::at<without_contract, gesta::detail::types<H...>>;
      return gesta::detail::type_is<gesta::detail::decide_together_result<typename odd::reads, typename odd::command>>{};
    }
  }
};

/// The rules of one boundary.
template <class Flow, class Boundary>
struct boundary_rules {
  using states = gesta::detail::states_in<Boundary>;
  using handlers = boundary_handlers<gesta::detail::handlers_in<Boundary>>;
  static constexpr bool is_small = states::size <= gesta::detail::most_states;
  using lists = boundary_lists<Flow, Boundary, states, typename Flow::template events_of<Boundary>>;
  using sought = all_sought<Flow, typename handlers::sought>;
  // Where a decision is missing, so are the events that it would record.
  static constexpr bool is_decided = is_small && handlers::undecided == npos && handlers::without_contract == npos;
  static constexpr std::size_t unknown_tag = is_decided ? lists::unknown : npos;
  static constexpr std::size_t no_events = is_decided ? lists::empty : npos;
  template <std::size_t At>
  using state_at = gesta::detail::at<At == npos ? states::size : At, gesta::detail::concat<states, gesta::detail::types<void>>>;
  using lost = typename sought::template one<sought::missing>;
  using odd = typename sought::template one<sought::odd>;
  template <class Tag>
  static constexpr auto type_of() {
    if constexpr (std::is_void_v<Tag>) return gesta::detail::type_is<void>{};
    else return gesta::detail::type_is<gesta::detail::tag_type<Flow, Tag>>{};
  }

  using size = report_if<!is_small, diagnostic::too_many_states, Boundary>;
  using value = report_at<diagnostic::state_not_a_value, states, lists::no_value>;
  using decided =
      report_at<diagnostic::command_without_decide_together, typename handlers::commands, is_small ? handlers::undecided : npos, Boundary>;
  using twice = report_at<diagnostic::decided_by_two, typename handlers::commands, handlers::twice, Boundary>;
  using contract = report_at<diagnostic::decide_without_contract, gesta::detail::types<typename decltype(handlers::odd_result())::type>,
                             handlers::without_contract == npos ? npos : 0, Boundary,
                             gesta::detail::at<handlers::without_contract == npos ? handlers::commands::size : handlers::without_contract,
                                               gesta::detail::concat<typename handlers::commands, gesta::detail::types<void>>>>;
  using untold = report_at<diagnostic::state_without_tags, states, lists::untold, Boundary>;
  using unknown = report_if<unknown_tag != npos, diagnostic::unknown_tag, state_at<unknown_tag>,
                            typename decltype(unknown_tag_of<Flow, state_at<unknown_tag>>())::type>;
  using untagged = report_if<lists::untagged != npos, diagnostic::event_without_tag, state_at<lists::untagged>,
                             typename decltype(untagged_event_of<Flow, state_at<lists::untagged>>())::type>;
  using empty = report_at<diagnostic::state_of_no_events, states, no_events, Boundary>;
  using unread = report_at<diagnostic::event_without_state, typename Flow::template events_of<Boundary>, lists::unread, Boundary>;
  using missing =
      report_if<sought::missing != npos, diagnostic::tag_not_in_command, typename lost::command, typename lost::state, typename lost::tag>;
  using differs = report_if<sought::odd != npos, diagnostic::tag_of_another_type_in_command, typename odd::command, typename odd::tag,
                            typename decltype(type_of<typename odd::tag>())::type, typename odd::type>;
};

}  // namespace gesta::rules
