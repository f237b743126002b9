// What an instance of a process records: each input and what it led to, as events in a stream of its own.
// Floor: react. Folded by react/process_instance.hpp, written by runtime/processes.hpp.
// May include: detail, message, decide, react.
//
// The stream of an instance is `<process>/<key>`. A record is named by the process, by what it is about and by what it says: "manager.paying.moved",
// "manager.payment.charged.took". What a command without an outcome of its own left is named by the command: "manager.payment.refund.nothing.took".
#pragma once

#include <cstdint>

#include <gesta/detail/fixed_string.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/id.hpp>
#include <gesta/react/happening.hpp>
#include <gesta/react/process.hpp>
#include <gesta/react/saga_records.hpp>

namespace gesta {

/// An instance of Process is in State from now on. `until`: when that state counts as timed out, zero where it never does.
template <class Process, class State>
struct moved {
  static constexpr event_id id = detail::record_name<"moved", Process, State>::id;
  State state;
  timestamp until;
};

namespace process_records {

struct nothing_word {
  static constexpr auto id = "nothing";
};
struct time_word {
  static constexpr auto id = "timed_out";
};

/// An input of an instance, and what became of it. `answers`: the number of the command that it answers, counted from 1; zero: it came from outside.
/// `waited`: the place, counted from 1, among those that were put off and wait; zero: it comes for the first time.
template <detail::fixed_string What, class Process, class Input>
struct input_record {
  static constexpr event_id id = detail::record_name<What, Process, Input>::id;
  std::uint32_t answers;
  std::uint32_t waited;
  Input input;
};
template <detail::fixed_string What, class Process, class Command>
struct input_record<What, Process, unchanged<Command>> {
  static constexpr event_id id = detail::record_name<What, Process, Command, nothing_word>::id;
  std::uint32_t answers;
  std::uint32_t waited;
};
template <detail::fixed_string What, class Process>
struct input_record<What, Process, timed_out> {
  static constexpr event_id id = detail::record_name<What, Process, time_word>::id;
  std::uint32_t answers;
  std::uint32_t waited;
};

/// A command is asked: it is open until one of its outcomes is taken.
template <class Process, class Command>
struct asked {
  static constexpr event_id id = detail::record_name<"asked", Process, Command>::id;
  Command command;
};

}  // namespace process_records

/// An instance of Process took this input: a move follows.
template <class Process, class Input>
using took = process_records::input_record<"took", Process, Input>;
/// It is put off: it comes again behind the next move.
template <class Process, class Input>
using put_off = process_records::input_record<"put_off", Process, Input>;
/// The state ignores this input, which is an answer or has waited. Of what comes from outside and is ignored nothing is written.
template <class Process, class Input>
using ignored = process_records::input_record<"ignored", Process, Input>;
/// The state rejects this input: it should not have come. A person, a view or a reactor may want to know.
template <class Process, class Input>
using turned_away = process_records::input_record<"turned_away", Process, Input>;

}  // namespace gesta
