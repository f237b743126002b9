// Which key an aggregate has: given beside its commands, or a field of each of them.
// Floor: decide. The runtime finds entities by it, a port sends by it.
// May include: detail, message, decide.
#pragma once

#include <type_traits>

#include <gesta/decide/aggregate.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/key_bytes.hpp>

namespace gesta::detail {

template <class Aggregate, class By = typename Aggregate::found_by>
struct key_rule;

/// The key is given beside the command; its type is what the aggregate says, else a string.
template <class Aggregate>
struct key_rule<Aggregate, by_call> {
  static constexpr bool carried = false;
  template <class A>
  static auto type() {
    if constexpr (requires { typename A::key; }) return type_is<typename A::key>{};
    else return type_is<string_key>{};
  }
  using key_type = typename decltype(type<Aggregate>())::type;
};

/// The key is a field of every command.
template <class Aggregate, fixed_string Field>
struct key_rule<Aggregate, by<Field>> {
  static constexpr bool carried = true;
  template <class First, class... Rest>
  static type_is<First> first(commands<First, Rest...>) noexcept;
  using first_command = typename decltype(first(typename Aggregate::command_list{}))::type;
  using key_type = std::remove_cvref_t<field_type<first_command, field_index<first_command>(Field.chars)>>;
  template <class Command>
  [[gnu::always_inline]] static constexpr const auto& key_in(const Command& command) {
    return get_field<field_index<Command>(Field.chars)>(command);
  }
};

template <class Aggregate>
inline constexpr bool carries_key = key_rule<Aggregate>::carried;

template <class Aggregate, class Command>
[[gnu::always_inline]] constexpr const auto& key_in(const Command& command) {
  return key_rule<Aggregate>::key_in(command);
}

}  // namespace gesta::detail
