// The rules about process managers: each input that can come in a state means one thing there, and every path ends.
// Floor: model.
// May include: detail, decide, message, react, model.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/decide/aggregate.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/process_stream.hpp>
#include <gesta/model/rules/ids.hpp>
#include <gesta/model/rules/remote.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/react/process_cells.hpp>

namespace gesta::rules {

namespace detail {

template <class Message, class First, class By>
constexpr bool lacks_key_of() {
  using rule = gesta::detail::found_by_field<By>;
  if constexpr (!rule::template has<Message>()) return true;
  else return !gesta::detail::same<decltype(rule::template type<Message>()), decltype(rule::template type<First>())>;
}

template <class Flow, class Command>
constexpr bool asked_without_key() {
  if constexpr (!Flow::template knows<Command>) return false;
  else return gesta::detail::same<typename Flow::template handler_of<Command>::aggregate::found_by, by_call>;
}

/// What a report says of a cell.
template <class Cell>
struct of_cell {
  using state = typename Cell::state;
  using input = typename Cell::input;
  using returned = typename Cell::returned;
};
template <>
struct of_cell<void> {
  using state = void;
  using input = void;
  using returned = void;
};

/// What a state says, and where in the process it stands.
struct place_in_process {
  std::size_t state = npos;
  std::size_t input = npos;
};

}  // namespace detail

/// Whether the rules can walk: the process has states, and something that begins it.
template <class Process>
inline constexpr bool has_beginning = gesta::detail::said_in_process<states, Process>::size != 0 &&
                                      gesta::detail::said_in_process<begins, Process>::size != 0;

template <class Flow, class Process, bool Begun = has_beginning<Process>, bool IsCorrelated = gesta::detail::says_by<typename Process::managed_by>>
struct process_rules;
/// Whose `gesta::by` is missing has lost one of its lists to it.
template <class Flow, class Process, bool Begun>
struct process_rules<Flow, Process, Begun, false> {
  using all = gesta::detail::types<diagnostic::correlation_not_said<false, Process>>;
};

/// Of one without a beginning nothing else is said.
template <class Flow, class Process>
struct process_rules<Flow, Process, false, true> {
  using all = gesta::detail::types<diagnostic::process_without_beginning<false, Process>>;
};

template <class Flow, class Process>
struct process_rules<Flow, Process, true, true> {
  using of_deciders = typename Flow::of_deciders;
  using cells = gesta::detail::process_cells<of_deciders, Process>;
  using states = typename cells::states;
  using inputs = typename cells::inputs;
  using commands = typename cells::commands;
  using by = typename Process::managed_by;
  using first_event = gesta::detail::at<0, typename cells::beginnings>;
  using place = detail::place_in_process;
  static constexpr const auto& table = cells::table;
  static constexpr const auto& walk = cells::walk;
  static constexpr std::size_t state_count = states::size, input_count = inputs::size;

  // ---- names and keys

  template <class... State>
  static constexpr std::size_t first_unnamed(gesta::detail::types<State...>) {
    return first_true({!identified<State>...});
  }
  using names = names_of<states>;
  static constexpr bool twice = names::twins.id != npos || gesta::detail::unique<states>::size != states::size;
  /// Where a state is listed twice, the second place; else that of the second one with the same id.
  template <class... State>
  static constexpr std::size_t second_place(gesta::detail::types<State...>) {
    const std::size_t places[] = {gesta::detail::index_of<State, states>..., npos};
    for (std::size_t i = 0; i < state_count; ++i)
      if (places[i] != i) return i;
    return names::twins.id;
  }
  static constexpr std::size_t second = second_place(states{});
  static constexpr std::size_t first = gesta::detail::unique<states>::size != states::size ? second : names::twins.at;

  using heard = gesta::detail::concat<typename cells::beginnings, typename cells::heard>;
  template <class... Event>
  static constexpr std::size_t first_not_emitted(gesta::detail::types<Event...>) {
    return first_true({!gesta::detail::contains<Event, typename of_deciders::current_events>...});
  }
  template <class... Event>
  static constexpr std::size_t first_without_key(gesta::detail::types<Event...>) {
    return first_true({detail::lacks_key_of<Event, first_event, by>()...});
  }
  template <class... Command>
  static constexpr std::size_t first_unhandled(gesta::detail::types<Command...>) {
    return first_true({!Flow::template knows<Command>...});
  }
  template <class... Command>
  static constexpr std::size_t first_asked_without_key(gesta::detail::types<Command...>) {
    return first_true({detail::asked_without_key<Flow, Command>()...});
  }
  template <class Command>
  static constexpr auto rejections_of() {
    if constexpr (Flow::template knows<Command>) return typename Flow::template handler_of<Command>::rejections{};
    else return gesta::detail::types<>{};
  }
  template <class... Command>
  static auto kept_with(gesta::detail::types<Command...>)
      -> gesta::detail::concat<gesta::detail::types<Command...>, decltype(rejections_of<Command>())...>;
  using kept_messages = decltype(kept_with(commands{}));

  // ---- cells

  template <class Cell>
  static constexpr bool is_no_move() {
    return Cell::moves::size == 0 || leads_out(typename Cell::moves{});
  }
  template <class... Move>
  static constexpr bool leads_out(gesta::detail::types<Move...>) {
    return (!gesta::detail::contains<typename Move::next_state, states> || ...);
  }
  template <class... Cell>
  static constexpr std::size_t first_no_move(gesta::detail::types<Cell...>) {
    return first_true({is_no_move<Cell>()...});
  }
  static constexpr std::size_t no_move = first_no_move(typename cells::cells{});

  /// The first state and input for which Test(state, input) is true.
  template <class Test>
  static constexpr place find(Test&& test) {
    for (std::size_t state = 0; state < state_count; ++state)
      for (std::size_t input = 0; input < input_count; ++input)
        if (test(state, input)) return {state, input};
    return {};
  }
  static constexpr place missing = find([](std::size_t s, std::size_t i) {
    return walk.can_come[s * input_count + i] && table.cell(s, i).said() == 0;
  });
  static constexpr place twice_said = find([](std::size_t s, std::size_t i) { return table.cell(s, i).said() > 1; });
  static constexpr place impossible = find([](std::size_t s, std::size_t i) {
    return table.cell(s, i).said() != 0 && !walk.can_come[s * input_count + i] && walk.is_reached[s] && !table.states[s].ends;
  });
  static constexpr place behind_end = find([](std::size_t s, std::size_t i) { return table.cell(s, i).said() != 0 && table.states[s].ends; });

  static constexpr std::size_t first_unreached() {
    for (std::size_t state = 0; state < state_count; ++state)
      if (!walk.is_reached[state]) return state;
    return npos;
  }
  static constexpr std::size_t first_timed(bool and_ends) {
    for (std::size_t state = 0; state < state_count; ++state)
      if (table.states[state].has_within && (!and_ends || table.states[state].ends)) return state;
    return npos;
  }

  /// What a state says instead of a list of inputs; void where each of its lists is one.
  template <class State>
  static constexpr auto no_list_of() {
    if constexpr (requires { typename State::ignores; requires !gesta::detail::is_list_of_inputs<typename State::ignores>; })
      return gesta::detail::type_is<typename State::ignores>{};
    else if constexpr (requires { typename State::defers; requires !gesta::detail::is_list_of_inputs<typename State::defers>; })
      return gesta::detail::type_is<typename State::defers>{};
    else if constexpr (requires { typename State::rejects; requires !gesta::detail::is_list_of_inputs<typename State::rejects>; })
      return gesta::detail::type_is<typename State::rejects>{};
    else return gesta::detail::type_is<void>{};
  }
  template <class State>
  using no_list = typename decltype(no_list_of<State>())::type;
  template <class... State>
  static constexpr std::size_t first_without_list(gesta::detail::types<State...>) {
    return first_true({!std::is_void_v<no_list<State>>...});
  }
  static constexpr auto find_unlisted() {
    constexpr std::size_t at = first_without_list(states{});
    if constexpr (at == npos) return gesta::detail::type_is<kept<diagnostic::no_list_of_inputs, Process>>{};
    else
      return gesta::detail::type_is<
          diagnostic::no_list_of_inputs<false, Process, gesta::detail::at<at, states>, no_list<gesta::detail::at<at, states>>>>{};
  }

  /// What a state lists that is no input at all.
  template <class State>
  using listed = gesta::detail::concat<decltype(gesta::detail::ignored_by<State>()), decltype(gesta::detail::deferred_by<State>()),
                                       decltype(gesta::detail::rejected_by<State>())>;
  template <class State>
  using strangers_of = typename gesta::detail::less<inputs, listed<State>>::type;
  template <class... State>
  static constexpr std::size_t first_with_stranger(gesta::detail::types<State...>) {
    return first_true({strangers_of<State>::size != 0 ...});
  }
  static constexpr std::size_t with_stranger = first_with_stranger(states{});

  /// Events and rejections of the model that are no input, and yet some state has an `on` for one.
  using others = typename gesta::detail::less<inputs,
                                              gesta::detail::concat<typename of_deciders::current_events, typename of_deciders::rejections>>::type;
  template <class... Other>
  static constexpr std::size_t first_taken(gesta::detail::types<Other...>) {
    return first_true({gesta::detail::probing::any_takes<Other>(gesta::detail::unique<states>{})...});
  }
  template <class Other, class... State>
  static constexpr std::size_t first_that_takes(gesta::detail::types<State...>) {
    return first_true({gesta::detail::moves_exactly<State, Other>...});
  }
  static constexpr std::size_t taken = first_taken(others{});
  template <std::size_t At, class List>
  using one = gesta::detail::at<At == npos ? List::size : At, gesta::detail::concat<List, gesta::detail::types<void>>>;
  static constexpr std::size_t taken_by() {
    if constexpr (taken == npos) return npos;
    else return first_that_takes<one<taken, others>>(states{});
  }

  // ---- the reports. Of what cannot be read right nothing more is said: one mistake is one error.

  using unnamed = report_at<diagnostic::state_without_id, states, first_unnamed(states{}), Process>;
  using same_id = report_if<twice, diagnostic::same_state_id, Process, one<first, states>, one<second, states>>;
  using not_emitted = report_at<diagnostic::process_hears_nothing_emitted, heard, first_not_emitted(heard{}), Process>;
  using without_key = report_at<diagnostic::process_key_missing, heard, first_without_key(heard{}), Process>;
  using no_default = report_if<!std::is_default_constructible_v<one<0, states>>, diagnostic::first_state_with_values, Process, one<0, states>>;
  using unhandled = report_first_unhandled<diagnostic::process_command_unhandled, commands, first_unhandled(commands{}), Process>;
  using asked_keyless = report_at<diagnostic::process_command_without_key, commands, first_asked_without_key(commands{}), Process>;
  using nameless = report_at<diagnostic::process_message_without_id, kept_messages, first_unnamed(kept_messages{}), Process>;
  using odd = detail::of_cell<one<no_move, typename cells::cells>>;
  using odd_move = report_if<no_move != npos, diagnostic::not_a_move, Process, typename odd::state, typename odd::input, typename odd::returned>;
  static constexpr std::size_t timeless = Flow::is_traced ? npos : first_timed(false);
  using untimed = report_at<diagnostic::process_without_time, states, timeless, Process>;
  using mistimed = report_at_of<diagnostic::within_of_another_type, states, first_mistimed(states{}), Process>;
  using unlisted = typename decltype(find_unlisted())::type;
  using readable = gesta::detail::types<mistimed, unlisted, unnamed, same_id, not_emitted, without_key, no_default, unhandled, asked_keyless, nameless,
                                        odd_move, untimed>;

  template <place At, template <bool, class...> class Report>
  using report_cell = report_if<At.state != npos, Report, Process, one<At.state, states>, one<At.input, inputs>>;
  using said_twice = report_cell<twice_said, diagnostic::cell_said_twice>;
  static constexpr std::size_t timed_end = first_timed(true);
  using goes_on = std::conditional_t<timed_end != npos && behind_end.state == npos,
                                     report_if<timed_end != npos, diagnostic::end_goes_on, Process, one<timed_end, states>, timed_out>,
                                     report_cell<behind_end, diagnostic::end_goes_on>>;
  using too_wide = report_if<walk.is_too_long, diagnostic::process_too_wide, Process>;
  using cell_not_there = report_cell<missing, diagnostic::cell_missing>;
  using plain_said = gesta::detail::types<said_twice, goes_on, too_wide, cell_not_there>;

  using in_vain = report_cell<impossible, diagnostic::cell_impossible>;
  static auto stranger() {
    if constexpr (with_stranger != npos) {
      using state = one<with_stranger, states>;
      return gesta::detail::type_is<report_if<true, diagnostic::cell_impossible, Process, state, gesta::detail::at<0, strangers_of<state>>>>{};
    } else if constexpr (taken_by() != npos) {
      return gesta::detail::type_is<report_if<true, diagnostic::cell_impossible, Process, one<taken_by(), states>, one<taken, others>>>{};
    } else {
      return gesta::detail::type_is<kept<diagnostic::cell_impossible, Process, void>>{};
    }
  }
  using strange = typename decltype(stranger())::type;
  using unreached = report_at<diagnostic::state_unreachable, states, first_unreached(), Process>;
  using endless = report_at<diagnostic::state_without_end, states, walk.without_end(table), Process>;
  using left_open = report_if<walk.ends_with_open != npos, diagnostic::ends_with_open_command, Process,
                              one<walk.ends_with_open, states>, one<walk.open_at_end, commands>>;
  using dead_end = report_at<diagnostic::waits_for_ever, states, walk.dead_end, Process>;
  template <class... Report>
  static constexpr bool are_kept(gesta::detail::types<Report...>) {
    return all_kept<Report...>;
  }
  // A forgotten move leaves states unreached and without an end: the first of these is told.
  static auto chosen() {
    if constexpr (!are_kept(readable{})) return readable{};
    else if constexpr (!are_kept(plain_said{})) return plain_said{};
    else if constexpr (!all_kept<in_vain>) return gesta::detail::types<in_vain>{};
    else if constexpr (!all_kept<strange>) return gesta::detail::types<strange>{};
    else if constexpr (!all_kept<unreached>) return gesta::detail::types<unreached>{};
    else if constexpr (!all_kept<endless>) return gesta::detail::types<endless>{};
    else return gesta::detail::types<dead_end, left_open>{};
  }
  using all = decltype(chosen());
};

}  // namespace gesta::rules
