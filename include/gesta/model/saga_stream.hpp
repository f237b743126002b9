// The instances of a saga as entities: an aggregate of the model that nobody declares, whose events are the records.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/aggregate.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/id.hpp>
#include <gesta/react/saga_flow.hpp>
#include <gesta/react/saga_instance.hpp>
#include <gesta/react/saga_migration.hpp>
#include <gesta/react/saga_records.hpp>

namespace gesta::detail {

/// Every record that an instance may have.
template <class Reading, class Steps = make_indices<Reading::step_count>>
struct saga_record_list;
template <class Reading, std::size_t... I>
struct saga_record_list<Reading, indices<I...>> {
  using saga = typename Reading::saga_type;

  template <class Step, class... Outcome>
  static constexpr auto answers(types<Outcome...>) {
    return types<saga_records::answered<saga, Step, Outcome>...>{};
  }
  template <std::size_t S>
  static constexpr auto of_step() {
    using says = typename Reading::template step<S>;
    using step = typename says::type;
    using command = typename says::command;
    using undo = typename says::undo_command;
    constexpr auto asked = [] {
      if constexpr (std::is_void_v<command>) return types<>{};
      else return types<saga_records::asked<saga, step, std::conditional_t<says::asks_many, many<command>, command>>>{};
    };
    constexpr auto undone = [] {
      if constexpr (std::is_void_v<undo>) return types<saga_records::passed_over<saga, step>>{};
      else return types<saga_records::undo_asked<saga, step, undo>, saga_records::undone<saga, step>>{};
    };
    return concat<decltype(asked()), decltype(answers<step>(typename says::outcomes{})), decltype(undone())>{};
  }
  template <class... Cause>
  static constexpr auto failures(types<Cause...>) {
    return types<saga_records::failed<saga, void, 0>, saga_records::failed<saga, Cause, 1 + index_of<Cause, types<Cause...>>>...>{};
  }

  /// Of requests elsewhere; no records of a saga that has none.
  static constexpr auto of_requests() {
    if constexpr (Reading::asks_elsewhere) return types<saga_records::asked_anew<saga>, saga_records::sent_again<saga>>{};
    else return types<>{};
  }

  template <class... Interrupt>
  static constexpr auto of_interrupts(types<Interrupt...>) {
    return unique<types<saga_records::unheard<saga, typename interrupt_says<Interrupt>::event>...>>{};
  }

  using type = concat<types<begun<saga>>, decltype(of_step<I>())..., types<saga_records::asked_again<saga>>, decltype(of_requests()),
                      decltype(failures(typename Reading::causes{})),
                      types<got_stuck<saga>, saga_records::retried<saga>, saga_records::resolved<saga>, saga_records::late<saga>, completed<saga>,
                            compensated<saga>>,
                      std::conditional_t<has_successor<saga>, types<migrated<saga>>, types<>>, decltype(of_interrupts(typename Reading::interrupts{}))>;
};

/// Whether each step has a name, and each its own: records are named by it.
template <class... Step>
constexpr bool are_named_apart(types<Step...>) {
  if constexpr (!(identified<Step> && ...)) {
    return false;
  } else {
    const std::uint64_t ids[] = {fnv1a(id_of<Step>.name)..., 0};
    for (std::size_t i = 0; i < sizeof...(Step); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (ids[i] == ids[k]) return false;
    return true;
  }
}

/// Whether a saga can be run at all. Of one that cannot a rule says why; then it has no stream, so that the rule's sentence is the only error.
template <class Reading, std::size_t... I>
constexpr bool can_run_steps(indices<I...>) {
  constexpr auto is_known = []<class Command, class Contract>(type_is<Command>, type_is<Contract>) {
    if constexpr (std::is_void_v<Command>) return true;
    else return Contract::is_known;
  };
  bool all = (is_known(type_is<typename Reading::template step<I>::command>{}, type_is<typename Reading::template step<I>::contract>{}) && ...) &&
             (is_known(type_is<typename Reading::template step<I>::undo_command>{}, type_is<typename Reading::template step<I>::undo_contract>{}) && ...);
  for (std::size_t i = 0; i < Reading::asks::size; ++i)
    all = all && (Reading::found.of[i].is == fact_found::how::kept || Reading::found.of[i].is == fact_found::how::of_element);
  return all;
}
template <class Flow, class Saga>
constexpr bool can_run() {
  using its_shape = saga_shape<typename Saga::step_list>;
  if constexpr (its_shape::step_count == 0) {
    return false;
  } else {
    using reading = saga_flow<Flow, Saga>;
    if constexpr (std::is_void_v<typename reading::beginning>) return false;
    else if constexpr (std::is_void_v<typename reading::key_type>) return false;
    else if constexpr (!are_named_apart(typename its_shape::steps{})) return false;
    else return can_run_steps<reading>(make_indices<its_shape::step_count>{});
  }
}

/// Flow: that of the aggregates alone, which has the contracts of the commands.
template <class Flow, class Saga>
struct saga_stream {
  using reading = saga_flow<Flow, Saga>;
  using state_type = saga_instance<reading>;
  using command_list = commands<>;
  using found_by = by_call;
  using key = typename reading::key_type;
  using record_list = typename saga_record_list<reading>::type;
  static constexpr event_id id{versioned_name_of<Saga>};
};

}  // namespace gesta::detail
