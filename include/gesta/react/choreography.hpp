// The declaration of a choreography: reactors that bring one process from its beginning to an end, without a coordinator.
// Floor: react. Its rules are in model/rules/choreography.hpp; facts of reactions are kept by runtime/replica.hpp.
// May include: detail, message, decide.
#pragma once

#include <gesta/decide/aggregate.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/react/begins.hpp>
#include <gesta/react/happening.hpp>
#include <gesta/react/reactor.hpp>

namespace gesta {

/// In a choreography: each of these events means that the process has reached its goal.
template <class... Event>
struct completes {};

/// In a choreography: each of these events means that the process was given up; what was done until then has been undone.
template <class... Event>
struct gives_up {};

/// Base of a choreography's own struct, a part of the model:
///   struct dance : gesta::choreography<gesta::by<"order">, gesta::begins<order::placed>, gesta::completes<order::confirmed>,
///                                      gesta::gives_up<order::cancelled>, gesta::reactors<billing, warehouse, dispatch, desk>> {
///     static constexpr auto id = "dance";
///   };
/// Its reactors are reactors of the model as those of a plain gesta::reactors, and more:
///   - any of them hears the refusals of what another one sends: `react(const Reactor&, const Command&, const Rejection&)`, or gesta::nothing;
///   - up to four further parameters are facts, events of the same process: `const Fact&` has surely happened, `const Fact*` may have;
///     `gesta::by` names the field by which events of one process belong together;
///   - a reaction may return `gesta::many<Command>`: several commands, asked in order until one is refused, or none; when
///     none was refused, gesta::all_done<Command> happens, which any of them hears.
/// Every outcome of every command is walked from each beginning while compiling: each path ends completed or given up, not both, and where it is given up
/// nothing stands that was not undone (`using undoes = charged;` in the undoing event; `using undo = gesta::needless;` in one that may remain). Two laws
/// are relied on: an event that undoes another is emitted only while that one stands, and a command with `or_nothing` answers nothing only if its event
/// stands already, or what it would undo does not. Who returns several commands
/// that undo asks for all that stand. Of `emits<A, B>` one event happens, not both. Beyond 4,096 steps the walk is an error.
///
/// A reaction whose `const Fact&` is missing all the same does not act: the event belongs to no process that was begun.
template <class By, class... Part>
struct choreography {
  using danced_by = By;
  using dance_list = detail::types<Part...>;
};

namespace detail {

template <class Part>
concept choreography_part = requires {
  typename Part::danced_by;
  typename Part::dance_list;
};

}  // namespace detail

}  // namespace gesta
