// The instances of a process as entities: an aggregate of the model that nobody declares, whose events are the records.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/aggregate.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/id.hpp>
#include <gesta/react/process_cells.hpp>
#include <gesta/react/process_instance.hpp>
#include <gesta/react/process_records.hpp>

namespace gesta::detail {

/// How a process finds its instance; without a `gesta::by`, of which a rule speaks, it does not.
template <class By>
struct found_by_field {
  template <class Message>
  static constexpr bool has() {
    return false;
  }
};
template <fixed_string Field>
struct found_by_field<by<Field>> {
  template <class Message>
  static constexpr bool has() {
    if constexpr (plain<Message>) return field_index<Message>(Field.chars) != npos;
    else return false;
  }
  template <class Message>
  static constexpr auto type() {
    if constexpr (has<Message>()) return type_is<std::remove_cvref_t<field_type<Message, field_index<Message>(Field.chars)>>>{};
    else return type_is<void>{};
  }
  template <class Message>
  static constexpr const auto& key_in(const Message& message) {
    return get_field<field_index<Message>(Field.chars)>(message);
  }
};

/// Every record that an instance may have.
template <class Cells>
struct process_record_list {
  using process = typename Cells::process;
  using inputs = typename Cells::inputs;

  static constexpr bool any(std::size_t input, bool cell_rule::*what) {
    for (std::size_t state = 0; state < Cells::states::size; ++state)
      if (Cells::table.cell(state, input).*what) return true;
    return false;
  }
  template <bool Is, class Record>
  using if_any = std::conditional_t<Is, types<Record>, types<>>;
  /// It waits also where `on` threw in its commit: see process_machine::is_stalled.
  template <class Input>
  static constexpr bool is_from_outside = contains<Input, typename Cells::beginnings> || contains<Input, typename Cells::heard>;
  template <std::size_t I, class Input = at<I, inputs>>
  using of_input = concat<if_any<any(I, &cell_rule::has_on), took<process, Input>>, if_any<any(I, &cell_rule::defers) || is_from_outside<Input>, put_off<process, Input>>,
                          if_any<any(I, &cell_rule::ignores), ignored<process, Input>>,
                          if_any<any(I, &cell_rule::rejects), turned_away<process, Input>>>;

  template <class... State, class... Command, std::size_t... I>
  static auto list(types<State...>, types<Command...>, indices<I...>)
      -> concat<types<moved<process, State>...>, of_input<I>..., types<process_records::asked<process, Command>...>>;
  using type = decltype(list(typename Cells::states{}, typename Cells::commands{}, make_indices<inputs::size>{}));
};

/// Flow: that of the aggregates alone, which has the contracts of the commands.
template <class Flow, class Process>
struct process_stream {
  using cells = process_cells<Flow, Process>;
  using by_rule = found_by_field<typename Process::managed_by>;
  using state_type = process_instance<cells>;
  using command_list = commands<>;
  using found_by = by_call;
  using key = typename decltype(by_rule::template type<at<0, typename cells::beginnings>>())::type;
  using record_list = typename process_record_list<cells>::type;
  static constexpr event_id id{versioned_name_of<Process>};
};

/// Whether a process has what its instances are kept by: states and commands with names, events with a key. Of one that has not a rule says
/// why; then it has no stream, so that the rule's sentence is the only error.
template <class... Named>
constexpr bool have_names(types<Named...>) {
  return (identified<Named> && ...);
}
constexpr bool says_the_same(const char* one, const char* other) noexcept {
  for (; *one == *other; ++one, ++other)
    if (*one == '\0') return true;
  return false;
}
template <class... State>
constexpr bool have_names_of_their_own(types<State...> states) {
  if constexpr (!(identified<State> && ...) || unique<types<State...>>::size != sizeof...(State)) return false;
  else {
    const char* const names[] = {versioned_name_of<State>..., ""};
    for (std::size_t i = 0; i < states.size; ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (says_the_same(names[i], names[j])) return false;
    return true;
  }
}
template <class Flow, class Process>
struct process_can_run {
  using rule = found_by_field<typename Process::managed_by>;
  template <class... Event>
  static constexpr bool have_keys(types<Event...>) {
    return (rule::template has<Event>() && ...);
  }
  template <class... Event>
  static constexpr bool are_emitted(types<Event...>) {
    return (contains<Event, typename Flow::current_events> && ...);
  }
  template <class... Command>
  static constexpr bool can_be_asked(types<Command...>) {
    return (can_ask<Command>() && ...);
  }
  template <class Command>
  static constexpr bool can_ask() {
    if constexpr (!Flow::template knows<Command>) return false;
    else return detail::have_names(concat<types<Command>, typename Flow::template handler_of<Command>::rejections>{});
  }
  static constexpr bool value = [] {
    using states = said_in_process<gesta::states, Process>;
    using begun = said_in_process<gesta::begins, Process>;
    using heard = concat<begun, said_in_process<gesta::listens_to, Process>>;
    if constexpr (states::size == 0 || begun::size == 0) return false;
    else if constexpr (!identified<Process> || !have_names_of_their_own(states{}) || !have_keys(heard{}) || !are_emitted(heard{})) return false;
    else return can_be_asked(typename process_cells<Flow, Process>::commands{});
  }();
};

}  // namespace gesta::detail
