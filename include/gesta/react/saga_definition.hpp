// What a saga is, as a number: an instance says under which one it began.
// Floor: react.
// May include: detail, message, react.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/hash.hpp>
#include <gesta/detail/names.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/react/saga_flow.hpp>
#include <gesta/react/saga_records.hpp>

namespace gesta::detail {

struct definition_print {
  std::uint64_t value = 0;

  constexpr void add(std::uint64_t seen) noexcept { value = mix(value ^ seen) + 1; }
  constexpr void add(const char* name) noexcept { add(fnv1a(name)); }
};

template <class... Named>
constexpr void add_names_said(definition_print& print, types<Named...>) noexcept {
  print.add(sizeof...(Named));
  (print.add(versioned_name_of<Named>), ...);
}
template <class Reading, std::size_t... I>
constexpr void add_steps_said(definition_print& print, indices<I...>) noexcept {
  (add_names_said(print, typename Reading::template step<I>::outcomes{}), ...);
  (add_names_said(print, typename Reading::template step<I>::undo_rejections{}), ...);
  (print.add(Reading::template step<I>::asks_many ? 2 : 1), ...);
}

/// By the name that a type says, and where it says none, by that which it has.
template <class... Type>
constexpr void add_types_said(definition_print& print, types<Type...>) noexcept {
  const auto add = [&print]<class One>(type_is<One>) {
    if constexpr (identified<One>) print.add(versioned_name_of<One>);
    else detail::add_type_name<One>([&print](char c) { print.add(static_cast<std::uint64_t>(c)); });
  };
  print.add(sizeof...(Type));
  (add(type_is<Type>{}), ...);
}

template <class Reading>
constexpr std::uint64_t print_definition() noexcept {
  definition_print print;
  detail::add_names_said(print, typename Reading::steps{});
  detail::add_names_said(print, types<typename Reading::beginning>{});
  detail::add_steps_said<Reading>(print, make_indices<Reading::step_count>{});
  constexpr const course_table& table = Reading::table;
  std::size_t outcomes = 0;
  for (std::size_t i = 0; i < table.step_count; ++i) {
    print.add(static_cast<std::uint64_t>(table.steps[i].undo) << 16 | table.steps[i].group);
    outcomes += table.steps[i].outcomes + std::size_t{table.steps[i].undo_outcomes};
  }
  for (std::size_t i = 0; i < table.group_count; ++i)
    print.add(static_cast<std::uint64_t>(table.groups[i].is) << 32 | static_cast<std::uint64_t>(table.groups[i].first) << 16 | table.groups[i].steps);
  for (std::size_t i = 0; i < outcomes; ++i) {
    const outcome_rule& rule = table.outcomes[i];
    print.add(std::uint64_t{rule.times} << 16 | static_cast<std::uint64_t>(rule.answer) << 8 | (rule.is_success ? 4u : 0u) | (rule.may_stand ? 2u : 0u) |
              (rule.is_unknown ? 1u : 0u));
  }
  // Records tell several causes by their places in the list.
  if constexpr (Reading::causes::size > 1) detail::add_types_said(print, typename Reading::causes{});
  return print.value;
}

/// The fingerprint of a saga: of its steps' ids in their order, its groups, the outcomes of each step and what is answered to them, what can be undone,
/// and where several types of causes are given, these and their order. Whoever changes one of these gives the saga a new version.
template <class Reading>
inline constexpr std::uint64_t definition_of = print_definition<Reading>();

}  // namespace gesta::detail
