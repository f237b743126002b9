// The declaration of a consistency boundary: decisions that hold across several entities.
// Floor: decide.
// May include: detail, message, decide.
#pragma once

#include <gesta/decide/aggregate.hpp>
#include <gesta/message/tags.hpp>

namespace gesta {

/// The states that the decisions of a boundary read, at most six. Each says `using tags = gesta::tags<"field">;` and evolves by events of
/// the model that carry these tags, whoever records them. Of a gesta::process: its states, the first of which is the one before it has begun.
template <class... State>
struct states {};

namespace detail {

/// A boundary keeps no state of its own; it is one stream of events.
struct no_state {};
/// Nobody gives a key: the fields of the command say which states are read.
struct by_query {};
/// The key of what there is one of.
struct whole {};

}  // namespace detail

/// Base of a boundary's own struct:
/// `struct enrolments : gesta::boundary<gesta::states<course, student>, gesta::commands<enrol, withdraw>>`, with `static constexpr auto id`.
/// Each command has exactly one `decide(const State&..., const Command&)` with one or more of the states, in the order of gesta::states;
/// it is handled by `handle(command)`. What it reads is derived: of each state in it, the one whose tags have the values of the command's
/// fields of the same names. Its events are recorded only if no event that belongs to one of these states has come since they were read.
/// A boundary is one stream: its events are numbered in it, whatever their tags.
template <class States, class Commands>
struct boundary {
  using state_type = detail::no_state;
  using state_list = States;
  using command_list = Commands;
  using found_by = detail::by_query;
};

namespace detail {

template <class Part>
concept boundary_part = requires {
  typename Part::state_list;
  typename Part::command_list;
} && same<typename Part::found_by, by_query>;

}  // namespace detail

}  // namespace gesta
