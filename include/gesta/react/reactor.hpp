// The declaration of reactors: consumers that answer an event with a command.
// Floor: react.
// May include: detail, message, decide.
#pragma once

#include <gesta/detail/fixed_string.hpp>

namespace gesta {

/// The reactors of a model. A reactor is the consumer's own struct with `static constexpr auto id`. Its verbs are
///   react(const Reactor&, const Event&) -> Command, or gesta::to(key, command);
///   react(const Reactor&, const Command& asked, const Rejection&) -> void or a further command, for each refusal of what it sends;
///   react(const Reactor&, const Command& asked, gesta::nothing) -> likewise, where it wants to hear that nothing was to be done.
/// Each may take a last `const gesta::about&`. Reactors of one event act in the order of this list, each to its end: what it
/// sends is decided, and all that follows from that, before the next one acts. All of it is one commit with the event; a program may
/// let a reactor follow the log instead, see <gesta/runtime/reacting.hpp>.
template <class... Reactor>
struct reactors {};

/// Inside a reactor, `using cycle = gesta::allow_cycle<"why it ends", 8>;`: it may stand on a cycle of reactions. One command of a
/// caller may make it act at most Bound times; beyond that the whole commit fails with failure::kind::chain_too_long.
template <detail::fixed_string Reason, unsigned Bound>
struct allow_cycle {
  static constexpr unsigned bound = Bound;
};

}  // namespace gesta
