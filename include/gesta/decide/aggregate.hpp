// The declaration of an aggregate: a state, the commands it decides, and how its entities are found.
// Floor: decide.
// May include: detail, message.
#pragma once

#include <gesta/detail/fixed_string.hpp>
#include <gesta/message/key_bytes.hpp>

namespace gesta {

/// The commands that an aggregate decides. Each has exactly one `decide(const State&, const Command&)`.
template <class... Command>
struct commands {};

/// Says which field of its commands is the key of an aggregate: `gesta::by<"order">`. Every command has it, with one type.
template <detail::fixed_string Field>
struct by {};

/// The key is given beside the command: `handle(key, command)`, `gesta::to(key, command)`.
struct by_call {};

/// Base of an aggregate's own struct: `struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>>`.
/// The struct says `static constexpr auto id` (the name of its streams) and, where the key is no text and stands in no field,
/// `using key = ...`. Its events are those that its decisions name.
template <class State, class Commands, class By = by_call>
struct aggregate {
  using state_type = State;
  using command_list = Commands;
  using found_by = By;
};

namespace detail {

template <class By>
inline constexpr bool says_by = false;
template <fixed_string Field>
inline constexpr bool says_by<by<Field>> = true;

}  // namespace detail

}  // namespace gesta
