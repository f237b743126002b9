// Which inputs can come in which state of a process: a walk over all that can be open, said in indices.
// Floor: react. react/process_cells.hpp makes the table from the type, model/rules/processes.hpp reads what is found here.
// May include: detail.
//
// A situation is a state, the commands that are open in it, and what waits. From the state before the beginning every input that can come
// leads to further situations, until there are no new ones. Values are not looked at: a command may end with each of its outcomes, and in any
// order with others that are open; an event from outside may come at any time. So what is not found here cannot come.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/pack.hpp>

namespace gesta::detail {

inline constexpr std::uint16_t nowhere = 0xffff;

/// What a process says about one input in one state.
struct cell_rule {
  bool has_on = false;
  bool ignores = false;
  bool defers = false;
  bool rejects = false;
  std::uint16_t first_move = 0;
  std::uint16_t moves = 0;

  constexpr unsigned said() const { return unsigned{has_on} + unsigned{ignores} + unsigned{defers} + unsigned{rejects}; }
};
struct move_rule {
  std::uint16_t next = nowhere;
  std::uint16_t first_ask = 0;
  std::uint16_t asks = 0;
};
struct ask_rule {
  std::uint16_t command = nowhere;
  bool is_many = false;
};
struct state_rule {
  bool ends = false;
  bool has_within = false;
};
struct input_rule {
  bool begins = false;
  bool is_listened_to = false;
  bool is_timeout = false;
};
/// One outcome of a command; its events stand first, in the order of the contract.
struct answer_rule {
  std::uint16_t input = nowhere;
  bool is_event = false;
  bool is_many = false;
};
struct asked_rule {
  std::uint16_t first_answer = 0;
  std::uint16_t answers = 0;
};

/// A process as a table: numbers of states, inputs, commands, moves, asks and answers.
template <std::size_t States, std::size_t Inputs, std::size_t Commands, std::size_t Moves, std::size_t Asks, std::size_t Answers>
struct process_table {
  static constexpr std::size_t state_count = States;
  static constexpr std::size_t input_count = Inputs;
  static constexpr std::size_t command_count = Commands;

  state_rule states[States + 1] = {};
  input_rule inputs[Inputs + 1] = {};
  asked_rule commands[Commands + 1] = {};
  cell_rule cells[States * Inputs + 1] = {};
  move_rule moves[Moves + 1] = {};
  ask_rule asks[Asks + 1] = {};
  answer_rule answers[Answers + 1] = {};

  constexpr const cell_rule& cell(std::size_t state, std::size_t input) const { return cells[state * Inputs + input]; }
};

/// How many of each: none, one, or more than one.
template <std::size_t N>
struct few {
  static constexpr std::size_t words = N / 64 + 1;
  std::uint64_t some[words] = {};
  std::uint64_t several[words] = {};

  constexpr bool has(std::size_t i) const { return (some[i / 64] >> (i % 64) & 1) != 0; }
  constexpr bool has_several(std::size_t i) const { return (several[i / 64] >> (i % 64) & 1) != 0; }
  constexpr void add(std::size_t i) {
    (has(i) ? several : some)[i / 64] |= std::uint64_t{1} << (i % 64);
  }
  /// One less. `last`: of several only one is left.
  constexpr void remove(std::size_t i, bool last) {
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    if (!has_several(i)) some[i / 64] &= ~bit;
    else if (last) several[i / 64] &= ~bit;
  }
  constexpr std::size_t first() const {
    for (std::size_t i = 0; i < N; ++i)
      if (has(i)) return i;
    return npos;
  }
  constexpr bool operator==(const few& other) const {
    for (std::size_t i = 0; i < words; ++i)
      if (some[i] != other.some[i] || several[i] != other.several[i]) return false;
    return true;
  }
};

/// What the walk found.
template <std::size_t States, std::size_t Inputs>
struct process_walk {
  bool can_come[States * Inputs + 1] = {};      ///< the input, in the state
  bool is_reached[States + 1] = {};             ///< the state
  bool leads[States * States + 1] = {};         ///< from one state to another
  bool is_too_long = false;                     ///< more situations than are looked at
  std::size_t ends_with_open = npos;            ///< a state that ends while a command is open
  std::size_t open_at_end = npos;               ///< that command
  std::size_t dead_end = npos;                  ///< a state with nothing open in which nothing that can come leads on
  std::size_t situations = 0;

  /// The first state that is reached and from which no path leads to one that `ends`; npos: there is none.
  template <class Table>
  constexpr std::size_t without_end(const Table& table) const {
    bool finds[States + 1] = {};
    for (std::size_t state = 0; state < States; ++state) finds[state] = table.states[state].ends;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t from = 0; from < States; ++from)
        for (std::size_t to = 0; to < States && !finds[from]; ++to)
          if (leads[from * States + to] && finds[to]) finds[from] = changed = true;
    }
    for (std::size_t state = 0; state < States; ++state)
      if (is_reached[state] && !finds[state]) return state;
    return npos;
  }
};

/// The most situations that are looked at.
inline constexpr std::size_t most_situations = 512;

template <class Table>
class process_walker {
  static constexpr std::size_t states = Table::state_count, inputs = Table::input_count, commands = Table::command_count;

  static constexpr std::size_t buckets = 128;

  struct situation {
    std::uint16_t state = 0;
    std::uint16_t rest = nowhere;  ///< the answer behind which further events of the same decision may follow
    bool is_partial = false;       ///< of a decision that can have further events none came: they mostly do
    few<commands> open{};
    few<inputs> waiting{};

    constexpr std::size_t bucket() const {
      return (state * 31u + rest + (open.some[0] ^ open.some[0] >> 7) * 5 + (waiting.some[0] ^ waiting.some[0] >> 7) * 11) % buckets;
    }
    constexpr bool operator==(const situation& other) const {
      return state == other.state && rest == other.rest && is_partial == other.is_partial && open == other.open && waiting == other.waiting;
    }
  };

 public:
  using result = process_walk<states, inputs>;

  static constexpr result walk(const Table& table) {
    process_walker walker{table};
    walker.add({});
    for (std::size_t i = 0; i < walker.found_.situations && !walker.found_.is_too_long; ++i) walker.look_at(walker.all_[i]);
    return walker.found_;
  }

 private:
  constexpr explicit process_walker(const Table& table) : table_(table) {
    for (std::size_t& last : last_of_) last = npos;
  }

  constexpr void add(const situation& next) {
    std::size_t& last = last_of_[next.bucket()];
    for (std::size_t i = last; i != npos; i = before_[i])
      if (all_[i] == next) return;
    if (found_.situations == most_situations) {
      found_.is_too_long = true;
      return;
    }
    found_.is_reached[next.state] = true;
    before_[found_.situations] = last;
    last = found_.situations;
    all_[found_.situations++] = next;
  }

  // By value: `all_` grows meanwhile, though it does not move.
  constexpr void look_at(situation at) {
    leads_on_ = false;
    meet_all(at);
    if (!leads_on_ && !at.is_partial && !table_.states[at.state].ends && found_.dead_end == npos) found_.dead_end = at.state;
  }
  constexpr void meet_all(const situation& at) {
    if (table_.states[at.state].ends) {
      if (const std::size_t command = at.open.first(); command != npos && found_.ends_with_open == npos) {
        found_.ends_with_open = at.state;
        found_.open_at_end = command;
      }
      return;
    }
    if (take_waiting(at) || take_rest(at)) return;
    for (std::size_t input = 0; input < inputs; ++input) {
      const input_rule& rule = table_.inputs[input];
      const bool is_timeout = rule.is_timeout && table_.states[at.state].has_within;
      if ((rule.begins && at.state == 0) || (rule.is_listened_to && at.state != 0) || is_timeout) meet(at, at, input, false);
    }
    for (std::size_t command = 0; command < commands; ++command)
      if (at.open.has(command)) answer(at, command);
  }

  /// What was put off and is not put off in this state comes before all else. False: nothing such waits.
  constexpr bool take_waiting(const situation& at) {
    bool any = false;
    for (std::size_t input = 0; input < inputs; ++input) {
      if (!at.waiting.has(input) || table_.cell(at.state, input).defers) continue;
      any = true;
      for (int last = 0; last <= (at.waiting.has_several(input) ? 1 : 0); ++last) {
        situation without = at;
        without.waiting.remove(input, last != 0);
        meet(at, without, input, true);
      }
    }
    return any;
  }

  /// Further events of the decision of which one was taken. False: there can be none.
  constexpr bool take_rest(const situation& at) {
    if (at.rest == nowhere) return false;
    for (std::size_t command = 0; command < commands; ++command) {
      const asked_rule& rule = table_.commands[command];
      if (at.rest < rule.first_answer || at.rest >= rule.first_answer + rule.answers) continue;
      for (std::size_t i = at.rest; i < std::size_t{rule.first_answer} + rule.answers; ++i) {
        const answer_rule& further = table_.answers[i];
        if (further.is_event && (i != at.rest || further.is_many)) take_event(at, at, i, rule);
      }
    }
    return true;
  }

  constexpr void answer(const situation& at, std::size_t command) {
    const asked_rule& rule = table_.commands[command];
    for (int last = 0; last <= (at.open.has_several(command) ? 1 : 0); ++last) {
      situation without = at;
      without.open.remove(command, last != 0);
      for (std::size_t i = rule.first_answer; i < std::size_t{rule.first_answer} + rule.answers; ++i) {
        if (table_.answers[i].is_event) take_event(at, without, i, rule);
        else meet(at, without, table_.answers[i].input, true);
      }
    }
  }

  constexpr void take_event(const situation& at, situation without, std::size_t which, const asked_rule& rule) {
    const bool is_last = which + 1 == std::size_t{rule.first_answer} + rule.answers || !table_.answers[which + 1].is_event;
    without.rest = nowhere;
    is_partial_ = !is_last;
    meet(at, without, table_.answers[which].input, true);
    is_partial_ = false;
    if (is_last && !table_.answers[which].is_many) return;
    without.rest = static_cast<std::uint16_t>(which);
    meet(at, without, table_.answers[which].input, true);
  }

  /// The input comes in a situation; `then` is that situation without it.
  constexpr void meet(const situation& at, const situation& then, std::size_t input, bool is_counted) {
    found_.can_come[at.state * inputs + input] = true;
    const cell_rule& cell = table_.cell(at.state, input);
    if (cell.has_on) {
      leads_on_ = true;
      for (std::size_t i = 0; i < cell.moves; ++i) {
        const move_rule& move = table_.moves[cell.first_move + i];
        if (move.next == nowhere) continue;
        found_.leads[at.state * states + move.next] = true;
        situation next = then;
        next.state = move.next;
        next.is_partial = is_partial_;
        ask(next, move, 0);
      }
    } else if (cell.defers) {
      situation next = then;
      if (is_counted) next.waiting.add(input);  // what comes from outside may come again anyway
      add(next);
    } else if (cell.said() != 0) {
      add(then);
    }
  }

  constexpr void ask(situation next, const move_rule& move, std::size_t which) {
    for (; which < move.asks; ++which) {
      const ask_rule& asked = table_.asks[move.first_ask + which];
      if (asked.command == nowhere) continue;
      if (asked.is_many) {
        ask(next, move, which + 1);  // none
        situation with_one = next;
        with_one.open.add(asked.command);
        ask(with_one, move, which + 1);
        next.open.add(asked.command);
      }
      next.open.add(asked.command);
    }
    add(next);
  }

  const Table& table_;
  result found_{};
  bool leads_on_ = false;
  bool is_partial_ = false;
  situation all_[most_situations] = {};
  std::size_t before_[most_situations] = {};
  std::size_t last_of_[buckets] = {};
};

template <class Table>
constexpr auto walk_process(const Table& table) {
  return process_walker<Table>::walk(table);
}

}  // namespace gesta::detail
