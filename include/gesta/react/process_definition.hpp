// What a process is, as a number: a lock holds which one stood under which version.
// Floor: react.
// May include: detail, message, react.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/pack.hpp>
#include <gesta/react/process_cells.hpp>
#include <gesta/react/process_records.hpp>
#include <gesta/react/saga_definition.hpp>

namespace gesta::detail {

template <class Input>
struct input_word {
  static constexpr void add_to(definition_print& print) noexcept { print.add(versioned_name_of<Input>); }
};
template <class Command>
struct input_word<unchanged<Command>> {
  static constexpr void add_to(definition_print& print) noexcept {
    print.add(process_records::nothing_word::id);
    print.add(versioned_name_of<Command>);
  }
};
template <>
struct input_word<timed_out> {
  static constexpr void add_to(definition_print& print) noexcept { print.add(process_records::time_word::id); }
};

/// Nothing but the first state has a place: others, inputs and cells may be said in any order, so their prints are added up.
template <class Cells>
struct process_print {
  using states = typename Cells::states;

  template <class Asked>
  static constexpr void add_asked(definition_print& print) noexcept {
    print.add(one_asked<Asked>::is_many ? 2 : 1);
    print.add(versioned_name_of<typename one_asked<Asked>::type>);
  }
  template <class Next, class... Asked>
  static constexpr std::uint64_t of_move(types<Asked...>) noexcept {
    definition_print print;
    print.add(versioned_name_of<Next>);
    (add_asked<Asked>(print), ...);
    return print.value;
  }
  template <class... Move>
  static constexpr std::uint64_t of_moves(types<Move...>) noexcept {
    return (of_move<typename Move::next_state>(typename Move::asked{}) + ... + 0);
  }
  template <class Cell>
  static constexpr std::uint64_t of_cell() noexcept {
    definition_print print;
    print.add(versioned_name_of<typename Cell::state>);
    input_word<typename Cell::input>::add_to(print);
    print.add(of_moves(typename Cell::moves{}));
    return print.value;
  }
  template <class... Cell>
  static constexpr std::uint64_t of_cells(types<Cell...>) noexcept {
    return (of_cell<Cell>() + ... + 0);
  }
  template <class State, class... Input>
  static constexpr std::uint64_t of_list([[maybe_unused]] std::uint64_t which, types<Input...>) noexcept {
    return (of_listed<State, Input>(which) + ... + 0);
  }
  template <class State, class Input>
  static constexpr std::uint64_t of_listed(std::uint64_t which) noexcept {
    definition_print print;
    print.add(which);
    print.add(versioned_name_of<State>);
    input_word<Input>::add_to(print);
    return print.value;
  }
  template <class State>
  static constexpr std::uint64_t of_state() noexcept {
    definition_print print;
    print.add(versioned_name_of<State>);
    if constexpr (ending_state<State>) print.add(State::ends == ended::completed ? 1 : 2);
    else print.add(timed_state<State> ? 4 : 3);
    return print.value + of_list<State>(5, ignored_by<State>()) + of_list<State>(6, deferred_by<State>()) + of_list<State>(7, rejected_by<State>());
  }
  template <class First, class... State>
  static constexpr std::uint64_t of_states(types<First, State...>) noexcept {
    definition_print print;
    print.add(versioned_name_of<First>);
    print.add((of_state<State>() + ... + of_state<First>()));
    return print.value;
  }
  template <class... Event>
  static constexpr std::uint64_t of_events(types<Event...>) noexcept {
    [[maybe_unused]] const auto one = [](const char* name) {
      definition_print print;
      print.add(name);
      return print.value;
    };
    return (one(versioned_name_of<Event>) + ... + 0);
  }
  static constexpr std::uint64_t make() noexcept {
    definition_print print;
    print.add(of_states(states{}));
    print.add(of_events(typename Cells::beginnings{}));
    print.add(of_events(typename Cells::heard{}));
    print.add(of_cells(typename Cells::cells{}));
    return print.value;
  }
};

/// The fingerprint of a process: its states and how they end, what begins it and what it listens to, and for each input in each state what is said of
/// it: the moves that are possible and what they ask. Whoever changes one of these gives the process a new version.
template <class Cells>
inline constexpr std::uint64_t process_definition_of = process_print<Cells>::make();

}  // namespace gesta::detail
