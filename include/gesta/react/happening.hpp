// What can happen because of a command, beside its events: it is refused, or nothing was to be done.
// Floor: react. Reports of the compiler, tables and pictures name happenings by these.
// May include: detail, message, decide.
#pragma once

#include <gesta/decide/decision.hpp>
#include <gesta/detail/pack.hpp>

namespace gesta {

/// The Command was refused with this Rejection.
template <class Command, class Rejection>
struct refused {
  using command = Command;
  using refusal = Rejection;
};

/// The Command was accepted, and there was nothing to do.
template <class Command>
struct unchanged {
  using command = Command;
  using refusal = nothing;
};

/// All commands that one reaction returned as gesta::many<Command> were asked, and none was refused; also where there were none to ask. A reactor of a
/// choreography hears it as `react(const Reactor&, const gesta::all_done<Command>&, const Fact&...)`: what must wait for the last of them.
template <class Command>
struct all_done {
  using command = Command;
};

namespace detail {

template <class Command, class Refusal>
struct happening_of : type_is<refused<Command, Refusal>> {};
template <class Command>
struct happening_of<Command, nothing> : type_is<unchanged<Command>> {};
/// What `react(Reactor, Command, Refusal)` hears: refused, or unchanged where Refusal is gesta::nothing.
template <class Command, class Refusal>
using happening = typename happening_of<Command, Refusal>::type;

}  // namespace detail

}  // namespace gesta
