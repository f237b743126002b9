// What a process says: its inputs, commands and cells, read from the type, and the table of indices made of them.
// Floor: react. Flow gives the contract of a command.
// May include: detail, message, decide, react.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/decision.hpp>
#include <gesta/detail/exact.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/react/process.hpp>
#include <gesta/react/process_course.hpp>

namespace gesta::detail {

// ---- one cell

/// The moves that `on` can return; types<> where it returns something else.
template <class Returned>
struct moves_in : type_is<types<>> {};
template <class Next>
struct moves_in<becomes<Next>> : type_is<types<becomes<Next>>> {};
template <class Next, class Commands, class Indices>
struct moves_in<move_to<Next, Commands, Indices>> : type_is<types<move_to<Next, Commands, Indices>>> {};
template <class... Move>
struct moves_in<either<Move...>> : type_is<std::conditional_t<((moves_in<Move>::type::size != 0) && ...), types<Move...>, types<>>> {};

/// `on(const State&, const Input&)` and what it can lead to.
template <class State, class Input, class Returned>
struct process_cell {
  using state = State;
  using input = Input;
  using returned = Returned;
  using moves = typename moves_in<Returned>::type;
};

template <class Asked>
struct one_asked : type_is<Asked> {
  static constexpr bool is_many = false;
};
template <class Command>
struct one_asked<many<Command>> : type_is<Command> {
  static constexpr bool is_many = true;
};

namespace probing {

// Converts to each of the states: one call tells whether `on` of any of them takes an input. Argument-dependent lookup finds
// the namespaces of the states by the template's arguments.
template <class State>
struct stands_for {
  operator const State&() const noexcept;
};
template <class... State>
struct any_state : stands_for<State>... {};

template <class Input, class... State>
constexpr bool any_takes(types<State...>) {
  return !nobody_takes<moving, any_state<State...>, volatile lone_stand_in<const Input&>>;
}

}  // namespace probing

template <class State, class Input>
constexpr auto cell_at() {
  if constexpr (moves_exactly<State, Input>) return types<process_cell<State, Input, move_result<State, Input>>>{};
  else return types<>{};
}
/// All cells of one input.
template <class Input, class... State>
constexpr auto cells_of(types<State...>) {
  if constexpr (probing::any_takes<Input>(unique<types<State...>>{})) return concat<decltype(detail::cell_at<State, Input>())...>{};
  else return types<>{};
}

// ---- all of them: what is asked brings outcomes, which are inputs, which may ask more

template <class Move>
struct commands_of_move;
template <class Next, class... Asked, class Indices>
struct commands_of_move<move_to<Next, types<Asked...>, Indices>> : type_is<types<typename one_asked<Asked>::type...>> {};
template <class Next>
struct commands_of_move<becomes<Next>> : type_is<types<>> {};

template <class Moves>
struct commands_of_moves;
template <class... Move>
struct commands_of_moves<types<Move...>> : type_is<concat<typename commands_of_move<Move>::type...>> {};
template <class Cells>
struct commands_of_cells;
template <class... Cell>
struct commands_of_cells<types<Cell...>> : type_is<unique<concat<typename commands_of_moves<typename Cell::moves>::type...>>> {};

template <class Places>
struct plain_events;
template <class... Place>
struct plain_events<types<Place...>> : type_is<types<typename one_asked<Place>::type...>> {};

template <class... Place>
constexpr bool are_all_many(types<Place...>) {
  return (one_asked<Place>::is_many && ...);
}

/// The outcomes of a command: its events in the order of the contract, its rejections, and unchanged where it may do nothing.
template <class Flow, class Command>
constexpr auto answers_to() {
  if constexpr (Flow::template knows<Command>) {
    using contract = typename Flow::template handler_of<Command>::contract;
    constexpr bool may_be_nothing = contract::may_do_nothing || are_all_many(typename contract::event_list{});
    return concat<typename contract::event_list, typename contract::rejection_list,
                  std::conditional_t<may_be_nothing, types<unchanged<Command>>, types<>>>{};
  } else {
    return types<>{};
  }
}
template <class Flow, class Command>
using answers_of = decltype(answers_to<Flow, Command>());

/// The elements of List that are not in Without.
template <class Without, class List>
struct less;
template <class Without, class... T>
struct less<Without, types<T...>> : type_is<concat<std::conditional_t<contains<T, Without>, types<>, types<T>>...>> {};

template <class Inputs, class Commands, class Cells>
struct read_process {
  using inputs = Inputs;
  using commands = Commands;
  using cells = Cells;
};
template <class Flow, class States, class Inputs, class Commands, class Cells, class... Asked>
constexpr auto read_commands(types<Asked...>);
template <class Flow, class States, class Inputs, class Commands, class Cells, class... New>
constexpr auto read_inputs(types<New...>) {
  using found = concat<decltype(detail::cells_of<New>(States{}))...>;
  using asked = typename less<Commands, typename commands_of_cells<found>::type>::type;
  using known = concat<Inputs, types<New...>>;
  return detail::read_commands<Flow, States, known, concat<Commands, asked>, concat<Cells, found>>(asked{});
}
template <class Flow, class States, class Inputs, class Commands, class Cells, class... Asked>
constexpr auto read_commands(types<Asked...>) {
  using outcomes = unique<concat<typename plain_events<answers_of<Flow, Asked>>::type...>>;
  using more = typename less<Inputs, outcomes>::type;
  if constexpr (more::size == 0) return read_process<Inputs, Commands, Cells>{};
  else return detail::read_inputs<Flow, States, Inputs, Commands, Cells>(more{});
}

// ---- the lists of a state

template <class List>
struct listed_inputs : type_is<types<>> {};
template <class... Input>
struct listed_inputs<inputs<Input...>> : type_is<types<Input...>> {};
template <class List>
inline constexpr bool is_list_of_inputs = false;
template <class... Input>
inline constexpr bool is_list_of_inputs<inputs<Input...>> = true;
template <class State>
constexpr auto ignored_by() {
  if constexpr (requires { typename State::ignores; }) return typename listed_inputs<typename State::ignores>::type{};
  else return types<>{};
}
template <class State>
constexpr auto deferred_by() {
  if constexpr (requires { typename State::defers; }) return typename listed_inputs<typename State::defers>::type{};
  else return types<>{};
}
template <class State>
constexpr auto rejected_by() {
  if constexpr (requires { typename State::rejects; }) return typename listed_inputs<typename State::rejects>::type{};
  else return types<>{};
}
template <class State>
concept ending_state = requires {
  requires std::is_convertible_v<decltype(State::ends), ended>;
};
template <class State>
concept timed_state = within_time<State>;

/// Everything that a process says.
template <class Flow, class Process>
struct process_cells {
  using process = Process;
  using states = said_in_process<gesta::states, Process>;
  using beginnings = said_in_process<gesta::begins, Process>;
  using heard = said_in_process<gesta::listens_to, Process>;
  using whole = decltype(detail::read_inputs<Flow, unique<states>, types<>, types<>, types<>>(unique<concat<beginnings, heard, types<timed_out>>>{}));
  using inputs = typename whole::inputs;
  using commands = typename whole::commands;
  using cells = typename whole::cells;

  static constexpr std::size_t state_count = states::size;

  template <class State, class Input>
  static constexpr bool has_cell = contains<process_cell<State, Input, move_result<State, Input>>, cells>;

 private:
  struct counts {
    std::size_t moves = 0, asks = 0, answers = 0;
  };
  template <class... Move>
  static constexpr std::size_t asks_in(types<Move...>) {
    return (commands_of_move<Move>::type::size + ... + 0);
  }
  template <class... Cell, class... Command>
  static constexpr counts count(types<Cell...>, types<Command...>) {
    return {(Cell::moves::size + ... + 0), (asks_in(typename Cell::moves{}) + ... + 0), (answers_of<Flow, Command>::size + ... + 0)};
  }
  static constexpr counts sizes = count(cells{}, commands{});

 public:
  using table_type = process_table<states::size, inputs::size, commands::size, sizes.moves, sizes.asks, sizes.answers>;

 private:
  struct filling {
    table_type table{};
    std::uint16_t moves = 0, asks = 0, answers = 0;

    template <class T, class List>
    static constexpr std::uint16_t number() {
      return contains<T, List> ? static_cast<std::uint16_t>(index_of<T, List>) : nowhere;
    }
    template <class Asked>
    constexpr void ask() {
      table.asks[asks++] = {number<typename one_asked<Asked>::type, commands>(), one_asked<Asked>::is_many};
    }
    template <class... Asked>
    constexpr void ask_all(types<Asked...>) {
      (ask<Asked>(), ...);
    }
    template <class Move>
    constexpr void move() {
      table.moves[moves++] = {number<typename Move::next_state, states>(), asks, static_cast<std::uint16_t>(Move::asked::size)};
      ask_all(typename Move::asked{});
    }
    template <class... Move>
    constexpr void move_all(types<Move...>) {
      (move<Move>(), ...);
    }
    template <class Cell>
    constexpr void cell() {
      cell_rule& at = table.cells[index_of<typename Cell::state, states> * inputs::size + index_of<typename Cell::input, inputs>];
      at.has_on = true;
      at.first_move = moves;
      at.moves = static_cast<std::uint16_t>(Cell::moves::size);
      move_all(typename Cell::moves{});
    }
    template <class... Input>
    constexpr void list(std::size_t state, bool cell_rule::*what, types<Input...>) {
      const std::size_t all[] = {index_of<Input, inputs>..., npos};
      for (std::size_t i = 0; i < sizeof...(Input); ++i)
        if (all[i] != npos) table.cells[state * inputs::size + all[i]].*what = true;
    }
    template <class State>
    constexpr void state() {
      constexpr std::size_t at = index_of<State, states>;
      table.states[at] = {ending_state<State>, timed_state<State>};
      list(at, &cell_rule::ignores, detail::ignored_by<State>());
      list(at, &cell_rule::defers, detail::deferred_by<State>());
      list(at, &cell_rule::rejects, detail::rejected_by<State>());
    }
    template <class Answer>
    constexpr void answer(bool is_event) {
      table.answers[answers++] = {number<typename one_asked<Answer>::type, inputs>(), is_event, one_asked<Answer>::is_many};
    }
    template <std::size_t Events, class... Answer>
    constexpr void answer_all(types<Answer...>) {
      [[maybe_unused]] std::size_t i = 0;
      (answer<Answer>(i++ < Events), ...);
    }
    template <class Command>
    constexpr void command() {
      using all = answers_of<Flow, Command>;
      table.commands[index_of<Command, commands>] = {answers, static_cast<std::uint16_t>(all::size)};
      if constexpr (all::size != 0) answer_all<Flow::template handler_of<Command>::contract::event_list::size>(all{});
    }
  };
  template <class... Cell, class... State, class... Input, class... Command>
  static constexpr table_type make(types<Cell...>, types<State...>, types<Input...>, types<Command...>) {
    filling made;
    (made.template state<State>(), ...);
    (made.template cell<Cell>(), ...);
    (made.template command<Command>(), ...);
    [[maybe_unused]] std::size_t i = 0;
    ((made.table.inputs[i++] = {contains<Input, beginnings>, contains<Input, heard>, same<Input, timed_out>}), ...);
    return made.table;
  }

 public:
  static constexpr table_type table = make(cells{}, states{}, inputs{}, commands{});
  static constexpr auto walk = detail::walk_process(table);
};

}  // namespace gesta::detail
