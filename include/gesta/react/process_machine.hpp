// What follows from an input of a process: the records, one after another, each folded before the next.
// Floor: react. In memory for tests, and in a unit of work by runtime/processes.hpp: whoever keeps the records is the Sink.
// May include: detail, message, decide, react.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/pack.hpp>
#include <gesta/react/process_cells.hpp>
#include <gesta/react/process_instance.hpp>
#include <gesta/react/process_records.hpp>

namespace gesta::detail {

namespace moving {

// Alone in a namespace, so that nothing hides what the user's arguments find.
template <class State, class Input>
constexpr auto call_on(const State& state, const Input& input) {
  return on(state, input);
}

}  // namespace moving

/// A Sink has `instance()`, `now()`, and `record(what)`, which folds a record into the instance; false: it cannot be kept.
template <class Cells>
struct process_machine {
  using process = typename Cells::process;
  using states = typename Cells::states;

  /// An input comes: it is taken, put off, ignored or turned away, and behind a move what was put off comes again. answers: the number of the
  /// command; 0: from outside. False: it could not be kept.
  template <class Sink, class Input>
  static constexpr bool hear(Sink& sink, const Input& input, std::uint32_t answers) {
    const met one = meet(sink, input, answers, 0);
    return one == met::moved ? resume(sink) : one != met::failed;
  }

  /// What was put off comes again, in its order, as far as the state takes it. False: it could not be kept.
  template <class Sink>
  static constexpr bool resume(Sink& sink) {
    for (std::uint32_t i = 0; i < sink.instance().waiting().size() && !sink.instance().has_ended();) {
      const auto before = sink.instance().waiting().size();
      met again = meet_again(sink, i);
      if (again == met::failed) return false;
      if (again == met::stayed && sink.instance().waiting().size() == before) again = met::put_off;  // no cell of today takes it
      i = again == met::moved ? 0 : again == met::put_off ? i + 1 : i;
    }
    return true;
  }

  /// Whether something waits that the state takes: its `on` threw in the commit of somebody else. Else what waits is what the state defers.
  template <class Instance>
  static constexpr bool is_stalled(const Instance& instance) {
    if (instance.has_ended()) return false;
    for (const auto& one : instance.waiting()) {
      const cell_rule& cell = Cells::table.cell(instance.state_index(), one.which());
      if (cell.has_on || cell.ignores || cell.rejects) return true;
    }
    return false;
  }
  /// Where an instance is stalled, what comes from outside waits behind that.
  template <class Sink, class Input>
  static constexpr bool wait(Sink& sink, const Input& input) {
    return sink.record(made<put_off<process, Input>>(input, 0, 0));
  }

 private:
  enum class met : std::uint8_t { failed, stayed, put_off, moved };

  template <class Visit, std::size_t... I>
  static constexpr void at_index(std::size_t index, Visit&& visit, indices<I...>) {
    (void)((index == I ? (visit(std::integral_constant<std::size_t, I>{}), true) : false) || ...);
  }

  template <class Sink, class Input>
  static constexpr met meet(Sink& sink, const Input& input, std::uint32_t answers, std::uint32_t waited) {
    met result = met::stayed;
    at_index(sink.instance().state_index(), [&](auto at) { result = meet_in<at()>(sink, input, answers, waited); }, make_indices<states::size>{});
    return result;
  }

  template <std::size_t S, class Sink, class Input>
  static constexpr met meet_in(Sink& sink, const Input& input, std::uint32_t answers, std::uint32_t waited) {
    constexpr cell_rule cell = Cells::table.cell(S, index_of<Input, typename Cells::inputs>);
    if constexpr (Cells::table.states[S].ends) {
      return met::stayed;  // of the last decision's other events
    } else if constexpr (cell.has_on) {
      return ask_on<S>(sink, input, answers, waited);
    } else if constexpr (cell.ignores) {
      if (answers == 0 && waited == 0 && !same<Input, timed_out>) return met::stayed;
      return sink.record(made<ignored<process, Input>>(input, answers, waited)) ? met::stayed : met::failed;
    } else if constexpr (cell.defers) {
      if (waited != 0) return met::put_off;
      return sink.record(made<put_off<process, Input>>(input, answers, waited)) ? met::stayed : met::failed;
    } else if constexpr (cell.rejects) {
      return sink.record(made<turned_away<process, Input>>(input, answers, waited)) ? met::stayed : met::failed;
    } else {
      return met::stayed;  // it cannot come here
    }
  }
  /// In the commit of somebody else, who is not to hear what `on` throws, the input then waits: whoever acts for the instance meets that again.
  template <std::size_t S, class Sink, class Input>
  static constexpr met ask_on(Sink& sink, const Input& input, std::uint32_t answers, std::uint32_t waited) {
    if constexpr (requires { sink.is_hearing(); } && (contains<Input, typename Cells::beginnings> || contains<Input, typename Cells::heard>)) {
      if (sink.is_hearing()) {
        one_of<types<decltype(call<S>(sink, input))>> chosen;
        if (sink.attempt([&] { chosen = call<S>(sink, input); })) return move(sink, chosen.template get<0>(), input, answers, waited);
        return waited != 0 || wait(sink, input) ? met::put_off : met::failed;
      }
    }
    return move(sink, call<S>(sink, input), input, answers, waited);
  }
  template <std::size_t S, class Sink, class Input>
  static constexpr auto call(Sink& sink, const Input& input) {
    const auto& instance = sink.instance();
    if constexpr (S == 0) {
      if (!instance.has_begun()) return moving::call_on(at<0, states>{}, input);
    }
    return moving::call_on(instance.template state<S>(), input);
  }
  template <class Record, class Input>
  static constexpr Record made(const Input& input, std::uint32_t answers, std::uint32_t waited) {
    if constexpr (requires(Record r) { r.input; }) return {answers, waited, input};
    else return {answers, waited};
  }

  // ---- a move

  template <class Sink, class Move, class Input>
  static constexpr met move(Sink& sink, const Move& chosen, const Input& input, std::uint32_t answers, std::uint32_t waited) {
    if (!sink.record(made<took<process, Input>>(input, answers, waited))) return met::failed;
    bool kept = true;
    if constexpr (requires { typename Move::moves; })
      detail::visit<typename Move::moves>(chosen, [&](const auto& one) { kept = make(sink, one); });
    else kept = make(sink, chosen);
    return kept ? met::moved : met::failed;
  }
  template <class Sink, class Move>
  static constexpr bool make(Sink& sink, const Move& move) {
    using next = typename Move::next_state;
    timestamp until{};
    if constexpr (timed_state<next>) until = sink.now() + duration{next::within};
    return sink.record(moved<process, next>{move.state, until}) && ask_all(sink, move, make_indices<Move::asked::size>{});
  }
  template <class Sink, class Move, std::size_t... I>
  static constexpr bool ask_all([[maybe_unused]] Sink& sink, [[maybe_unused]] const Move& move, indices<I...>) {
    return (ask(sink, move.template command<I>()) && ...);
  }
  template <class Sink, class Command>
  static constexpr bool ask(Sink& sink, const Command& command) {
    return sink.record(process_records::asked<process, Command>{command});
  }
  template <class Sink, class Command>
  static constexpr bool ask(Sink& sink, const many<Command>& commands) {
    for (const Command& one : commands)
      if (!ask(sink, one)) return false;
    return true;
  }

  template <class Sink>
  static constexpr met meet_again(Sink& sink, std::uint32_t place) {
    met result = met::put_off;
    const one_of<typename Cells::inputs> input = sink.instance().waiting()[place];  // its own: the record takes it out
    detail::visit(input, [&](const auto& one) { result = meet(sink, one, 0, place + 1); });
    return result;
  }
};

}  // namespace gesta::detail
