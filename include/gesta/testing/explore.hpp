// Everything that can happen to a saga, tried: its messages may be doubled, late or lost, its process may crash, anything may be refused.
// Floor: testing.
// May include: detail, message, react, model, testing.
//
//   CHECK(gesta::testing::explore<shop, fulfilment>());
//   CHECK(gesta::testing::explore<shop, fulfilment>({.duplicates = 2, .timeouts = 2, .crashes = 2}));
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/names.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/saga_flow.hpp>
#include <gesta/testing/explored.hpp>
#include <gesta/testing/explorer.hpp>
#include <gesta/testing/told.hpp>

namespace gesta {

namespace detail::exploring {

template <class Type>
constexpr chars name_or_none() noexcept {
  if constexpr (std::is_void_v<Type>) return {};
  else return type_name<Type>;
}
template <class... Type>
constexpr void put_names(types<Type...>, chars* to) noexcept {
  ((*to++ = name_or_none<Type>()), ...);
}

// The names of a saga, and its table.
template <class Read, class Steps = typename Read::steps>
struct subject_of;
template <class Read, class... Step>
struct subject_of<Read, types<Step...>> {
  template <class... Says>
  static constexpr auto fill(type_is<Says>...) {
    struct arrays {
      chars steps[sizeof...(Says) + 1], commands[sizeof...(Says) + 1], undo_commands[sizeof...(Says) + 1];
      bool many[sizeof...(Says) + 1];
      chars outcomes[Read::rules::outcome_count + 1];
      chars interrupts[Read::interrupts::size + 1], deadlines[Read::deadlines::size + 1];
    } out{{type_name<typename Says::type>..., {}},
          {name_or_none<typename Says::command>()..., {}},
          {name_or_none<typename Says::undo_command>()..., {}},
          {Says::asks_many..., false},
          {},
          {},
          {}};
    chars* to = out.outcomes;
    ((put_names(typename Says::outcomes{}, to), to += Says::outcomes::size, put_names(typename Says::undo_rejections{}, to),
      to += Says::undo_rejections::size),
     ...);
    put_names(typename Read::interrupts{}, out.interrupts);
    put_names(typename Read::deadlines{}, out.deadlines);
    return out;
  }
  static constexpr auto names = fill(type_is<step_says<typename Read::flow, Step>>{}...);
  static constexpr subject value{Read::table,        names.steps,      names.commands,
                                 names.undo_commands, names.outcomes,   names.many,
                                 name_or_none<typename Read::beginning>(), names.interrupts, Read::interrupts::size,
                                 names.deadlines,     Read::deadlines::size};
};

}  // namespace detail::exploring

namespace testing {

/// Walks through every story of one instance of a saga: each outcome that the contracts of its commands allow, and as often as the options say, at
/// each place, a message that comes twice, a time that passes, a crash, an interrupt. Commands and their undos travel on one ordered edge for each
/// step, answers in no order; a service remembers by a message's id what it has said. What decides is the machine that runs the saga, over the table
/// of its type: no value of a message is needed.
///
/// In each story: nothing is done twice; nothing is undone that was not done, or twice, or before what came behind it; it ends; where it completed,
/// each step stands once, and of an any_of one; where it went back, nothing stands that has to be undone; and it goes back exactly where something
/// failed. The result is sound, or says the shortest story in which that is not so.
///
/// Time and memory grow with the states: about 1 us and 150 bytes for each.
template <class Model, class Saga>
explored explore(const explore_options& options = {}) {
  if constexpr (detail::testing::has_broken_rule<Model>()) {
    return {};
  } else if constexpr (detail::testing::has_parts<Model> && detail::saga_part<Saga>) {
    using read = detail::saga_read<flow<Model>, Saga>;
    return detail::exploring::explorer(detail::exploring::subject_of<read>::value, options).walk();
  } else {
    (void)sizeof(diagnostic::explores_no_saga<false, Model, Saga>);
    return {};
  }
}

}  // namespace testing

}  // namespace gesta
