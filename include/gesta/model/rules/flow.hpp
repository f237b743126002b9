// The rule about cycles: reactions that feed each other for ever do not compile.
// Floor: model.
// May include: detail, model.
//
// Happenings are events, and refusals that somebody hears. A happening leads to each outcome of each command that is sent because of
// it. An undoing event (`using undoes = charged;`) happens at most as often as what it undoes; if it can neither cause nor enable
// that again it cannot keep a cycle alive and is taken out. So are the reactions of a reactor that says gesta::allow_cycle.
#pragma once

#include <cstddef>

#include <gesta/detail/graph.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta::rules {

template <class Flow, class Command>
constexpr auto outcomes_of() {
  if constexpr (Flow::template knows<Command>) {
    using handler = typename Flow::template handler_of<Command>;
    return []<class... R>(gesta::detail::types<R...>) {
      return gesta::detail::concat<typename handler::events,
                                   gesta::detail::types<refused<Command, R>..., unchanged<Command>>>{};
    }(typename handler::rejections{});
  } else {
    return gesta::detail::types<>{};
  }
}

template <class Reactor>
concept allows_cycle = requires { Reactor::cycle::bound; };

template <class Flow, class Reaction>
constexpr auto caused_by() {
  using command = typename Reaction::command;
  if constexpr (allows_cycle<typename Reaction::reactor>) return gesta::detail::types<>{};
  else if constexpr (gesta::detail::is_many<typename Reaction::returned>)
    return gesta::detail::concat<decltype(outcomes_of<Flow, command>()), gesta::detail::types<all_done<command>>>{};
  else return outcomes_of<Flow, command>();
}

template <class Flow, class Reactions>
struct happenings;
template <class Flow, class... R>
struct happenings<Flow, gesta::detail::types<R...>> {
  using nodes = gesta::detail::unique<gesta::detail::concat<gesta::detail::types<typename R::cause...>, decltype(caused_by<Flow, R>())...>>;
  static constexpr std::size_t count = nodes::size;
  using graph = gesta::detail::digraph<count>;

  template <class... To>
  static constexpr void connect([[maybe_unused]] graph& g, [[maybe_unused]] std::size_t from, gesta::detail::types<To...>) {
    ((g.leads[from][gesta::detail::index_of<To, nodes>] = true), ...);
  }
  template <class Event>
  static constexpr std::size_t undone() {
    if constexpr (requires { typename Event::undoes; }) return gesta::detail::index_of<typename Event::undoes, nodes>;
    else return npos;
  }
  /// What Event undoes is recorded, but never because of a reaction: it begins outside, so Event cannot go on for ever.
  template <class Event>
  static constexpr bool undoes_what_begins_outside() {
    if constexpr (requires { typename Event::undoes; })
      return undone<Event>() == npos && gesta::detail::contains<typename Event::undoes, typename Flow::current_events>;
    else
      return false;
  }
  template <class... Node>
  static constexpr graph endless(gesta::detail::types<Node...>) {
    graph causes;
    (connect(causes, gesta::detail::index_of<typename R::cause, nodes>, caused_by<Flow, R>()), ...);
    const std::size_t undoes[] = {undone<Node>()..., npos};
    const bool from_outside[] = {undoes_what_begins_outside<Node>()..., false};
    graph enables = causes;
    for (std::size_t i = 0; i < count; ++i)
      if (undoes[i] != npos) enables.leads[undoes[i]][i] = true;
    for (std::size_t i = 0; i < count; ++i)
      if (from_outside[i] || (undoes[i] != npos && !enables.reaches(i, undoes[i]))) causes.isolate(i);
    return causes;
  }
  static constexpr auto path = endless(nodes{}).cycle();

  template <std::size_t... I>
  static constexpr auto named(gesta::detail::indices<I...>) {
    return gesta::detail::type_is<diagnostic::endless_reactions<false, gesta::detail::at<path.nodes[I], nodes>...>>{};
  }
  static constexpr auto find() {
    if constexpr (path.length == 0) return gesta::detail::type_is<kept<diagnostic::endless_reactions, Flow>>{};
    else return named(gesta::detail::make_indices<path.length>{});
  }
};
template <class Flow>
struct happenings<Flow, gesta::detail::types<>> {
  static constexpr auto find() { return gesta::detail::type_is<kept<diagnostic::endless_reactions, Flow>>{}; }
};

template <class Flow>
struct cycle_rules {
  using endless = typename decltype(happenings<Flow, typename gesta::detail::all_reactions<Flow>::type>::find())::type;
};

}  // namespace gesta::rules
