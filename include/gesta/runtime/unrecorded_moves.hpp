// What follows from each answer in a saga that nobody records: the machine of react/saga_course.hpp, taken apart at compile time.
// Floor: runtime. Between gesta::unrecorded_sagas and an instance.
// May include: detail, message, decide, react, runtime.
//
// The table is known, so each step's answer has its own few lines: no loop over steps, no look-up. tests/runtime/unrecorded_sagas.test.cpp holds
// them against the machine for all outcomes. A Drive says how a command is carried out: at once, within the same function, or later out of a queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/each.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/decide/verbs.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_flow.hpp>
#include <gesta/runtime/unrecorded_instance.hpp>

namespace gesta::detail {

/// Decides a command and folds its events. Calls told(event) for each event, told(rejection) where it is refused, told(gesta::nothing) otherwise.
template <class Flow, class States, class Key, class Command, class Told>
[[gnu::always_inline]] inline void decide_unrecorded(States& states, const Key& key, const Command& command, Told&& told) {
  using handler = typename Flow::template handler_of<Command>;
  using aggregate = typename handler::aggregate;
  constexpr auto no_about = []() __attribute__((always_inline)) { return about{}; };
  auto& state = states.template of<aggregate>(key);
  auto d = call_decide(static_cast<const typename handler::state&>(state), command, no_about);
  if constexpr (handler::rejections::size != 0) {
    if (d.refused()) [[unlikely]] {
      select<handler::rejections::size>(
          d.refusal_index(), [&](auto which) __attribute__((always_inline)) { told(d.refusal().template get<which()>()); });
      return;
    }
  }
  if constexpr (handler::contract::may_do_nothing)
    if (d.empty()) return told(nothing{});
  [[maybe_unused]] bool is_empty = true;
  const auto happens = [&](const auto& event) __attribute__((always_inline)) {
    is_empty = false;
    call_evolve(state, event, no_about);
    if constexpr (requires { states.happened(event); }) states.happened(event);
    told(event);
  };
  d.for_each([&](const auto& part) __attribute__((always_inline)) {
    if constexpr (is_run<std::remove_cvref_t<decltype(part)>>) part.for_each(happens);
    else happens(part);
  });
  if constexpr (read_contract<handler>::may_do_nothing && !handler::contract::may_do_nothing)  // any number of something: none
    if (is_empty) told(nothing{});
}

template <class T>
const T& some() noexcept;
/// Room for what a step answers to each event of its command.
template <class Plan, std::size_t Step, class List>
struct event_answers;
template <class Plan, std::size_t Step, class... Event>
struct event_answers<Plan, Step, types<Event...>>
    : type_is<rooms<types<std::remove_cvref_t<decltype(Plan::template answer_to<Step>(some<Event>()))>...>>> {};

template <class Plan>
struct saga_moves {
  using rules = plan_facts<Plan>;
  using bits = typename rules::bits;
  using says = outcome_rule::says;
  using flow = typename Plan::flow;
  static constexpr const course_table& table = Plan::table;
  static constexpr std::size_t steps = rules::steps;
  static constexpr std::size_t groups = rules::groups;
  /// Whether it may be failing while a step that is alone is answered.
  static constexpr bool is_interrupted = Plan::interrupts::size + Plan::deadlines::size != 0;

  template <std::size_t I>
  static constexpr bits own = bit<bits>(I);
  template <std::size_t I>
  using step = typename Plan::template step<I>;
  template <std::size_t I>
  static constexpr group_is kind = table.groups[table.steps[I].group].is;

  // ---- forwards

  template <std::size_t G, class Drive>
  [[gnu::always_inline]] static void ask_group(Drive& drive) {
    if constexpr (G == groups) drive.complete();
    else ask_steps<G>(drive, make_indices<table.groups[G].steps>{});
  }
  template <std::size_t G, class Drive, std::size_t... K>
  [[gnu::always_inline]] static void ask_steps(Drive& drive, indices<K...>) {
    constexpr std::size_t first = rules::first_of(G);
    auto& s = drive.instance();
    if constexpr (is_interrupted) s.group = static_cast<std::uint16_t>(G);
    if constexpr (rules::keeps_open(first)) s.open = static_cast<bits>(s.open | rules::mask_of(G));
    (prepare<first + K>(s), ...);
    if constexpr ((step<first + K>::asks_many || ...)) {
      const bool is_asked[] = {!is_empty<first + K>(s)...};
      const bool is_any = (is_asked[K] || ...);
      (((is_asked[K] ? drive.template ask<first + K>() : void())), ...);
      if (!is_any) all_were_empty<G>(drive);
    } else {
      (drive.template ask<first + K>(), ...);
    }
  }
  /// Makes the command of a step as it is asked.
  template <std::size_t I, class Instance>
  [[gnu::always_inline]] static void prepare(Instance& s) {
    if constexpr (rules::may_ask_again) s.again.attempts[I] = 0;
    if constexpr (step<I>::asks_many) {
      asked_elements<Plan, I> elements;
      const auto commands = Plan::template call_run<I>(s);
      for (const auto& command : commands) {
        elements.all.push_back({});
        elements.all[elements.all.size() - 1].command = command;
      }
      if (elements.all.empty()) s.open = static_cast<bits>(s.open & ~own<I>);
      s.commands.template room<I>().put(elements);
    } else if constexpr (rules::is_grouped(I)) {
      const auto command = Plan::template call_run<I>(s);
      s.template learn<I>(command);
      s.commands.template room<I>().put(command);
    }
  }

  /// All steps of a group ask many, and asked nothing: there was nothing to do. Of an any_of nobody has won then.
  template <std::size_t G, class Drive>
  [[gnu::always_inline]] static void all_were_empty(Drive& drive) {
    if constexpr (table.groups[G].is == group_is::any_of) {
      drive.instance().failing = true;
      drive.back();
    } else {
      ask_group<G + 1>(drive);
    }
  }
  /// Whether a step that asks many asks nothing.
  template <std::size_t I, class Instance>
  [[gnu::always_inline]] static bool is_empty(const Instance& s) {
    if constexpr (step<I>::asks_many) return s.commands.template room<I>().value.all.empty();
    else return false;
  }

  /// What follows from one answer.
  enum class follows : std::uint8_t {
    nothing,  ///< others of the group are open, or it is asked again later
    more,     ///< the next of many
    onwards,
    back,
  };

  /// Carries out the open command of a step. All that may be answered comes together before it goes on: so the way behind it is there once.
  template <std::size_t I, class Drive>
  [[gnu::always_inline]] static void perform(Drive& drive) {
    auto& s = drive.instance();
    follows next = follows::nothing;
    if constexpr (step<I>::asks_many) {
      auto& elements = s.commands.template room<I>().value;
      next = decide<I>(drive, elements.all[elements.next].command);
      if (next == follows::more) return void(drive.template ask<I>());
    } else if constexpr (rules::is_grouped(I)) {
      next = decide<I>(drive, s.commands.template room<I>().value);
    } else {
      const auto command = Plan::template call_run<I>(static_cast<const std::remove_cvref_t<decltype(s)>&>(s));
      s.template learn<I>(command);
      next = decide<I>(drive, command);
    }
    constexpr std::size_t group = rules::group_of(I);
    if constexpr (!Drive::is_nested || I == rules::last_of(group)) {
      if (next == follows::onwards) go_on<group>(drive);
      else if (next == follows::back) drive.back();
    }
  }
  template <std::size_t I, class Drive, class Command>
  [[gnu::always_inline]] static follows decide(Drive& drive, const Command& command) {
    using events = typename step<I>::events;
    typename event_answers<Plan, I, events>::type answers;
    std::size_t last = npos;  // what is emitted last concludes
    follows next = follows::nothing;
    decide_unrecorded<flow>(drive.states(), key_of(command), command, [&](const auto& outcome) __attribute__((always_inline)) {
      using type = std::remove_cvref_t<decltype(outcome)>;
      if constexpr (contains<type, events>) {
        constexpr std::size_t which = index_of<type, events>;
        last = which;
        learn_event<I>(drive.instance(), outcome);
        answers.template room<which>().put(Plan::template answer_to<I>(outcome));
      } else {
        next = answered<I, index_of<type, typename step<I>::outcomes>>(drive, Plan::template answer_to<I>(outcome));
      }
    });
    if constexpr (events::size == 1) {
      if (last == 0) next = answered<I, 0>(drive, answers.template room<0>().value);
    } else if constexpr (events::size > 1) {
      select<events::size>(last, [&](auto which) __attribute__((always_inline)) {
        next = answered<I, which()>(drive, answers.template room<which()>().value);
      });
    }
    return next;
  }
  template <std::size_t I, class Instance, class Event>
  [[gnu::always_inline]] static void learn_event(Instance& s, const Event& event) {
    if constexpr (step<I>::asks_many) {
      using events = typename step<I>::events;
      auto& elements = s.commands.template room<I>().value;
      auto& element = elements.all[elements.next];
      element.happened.template room<index_of<Event, events>>().put(event);
      element.known |= bit<std::uint64_t>(index_of<Event, events>);
    } else {
      s.template learn<I>(event);
    }
  }
  template <class Command>
  [[gnu::always_inline]] static const auto& key_of(const Command& command) {
    using aggregate = typename flow::template handler_of<Command>::aggregate;
    if constexpr (carries_key<aggregate>) return detail::key_in<aggregate>(command);
    else return Plan::key_in(command);
  }

  /// The open command of step I ended with its outcome Which, to which the saga says `answer`.
  template <std::size_t I, std::size_t Which, class Drive, class Answer>
  [[gnu::always_inline]] static follows answered(Drive& drive, const Answer& answer) {
    constexpr outcome_rule rule = table.outcome(I, Which);
    constexpr bool fails = rule.answer != says::proceed;
    constexpr std::size_t group = rules::group_of(I);
    constexpr bits mask = rules::mask_of(group);
    auto& s = drive.instance();
    // Where it goes back anyway, and nothing was done, a refusal is an answer.
    [[maybe_unused]] bool is_wanted = true;
    if constexpr ((is_interrupted || rules::is_grouped(I)) && !rule.may_stand) is_wanted = !s.failing;
    if constexpr (rule.answer == says::until_answered) {
      if (is_wanted) {
        drive.template later<I>(after_of(answer), false);
        return follows::nothing;
      }
    } else if constexpr (rule.answer == says::again) {
      if (is_wanted && s.again.attempts[I] < rule.times) {
        ++s.again.attempts[I];
        drive.template later<I>(after_of(answer), after_of(answer).nanoseconds == 0);
        return follows::nothing;
      }
    }
    if constexpr (rules::may_ask_again) s.again.attempts[I] = 0;
    if constexpr (rule.may_stand && rules::has_undo(I)) s.standing = static_cast<bits>(s.standing | own<I>);
    if constexpr (fails && kind<I> == group_is::all_of) fail(s, answer);
    if constexpr (step<I>::asks_many) {
      auto& elements = s.commands.template room<I>().value;
      elements.all[elements.next++].stands = rule.may_stand;
      if (!fails && !s.failing && elements.next < elements.all.size()) return follows::more;
    }
    if constexpr (rules::keeps_open(I)) s.open = static_cast<bits>(s.open & ~own<I>);
    if constexpr (kind<I> == group_is::any_of && rule.is_success)
      if ((s.won & mask) == 0) s.won = static_cast<bits>(s.won | own<I>);
    if constexpr (rules::is_grouped(I))
      if ((s.open & mask) != 0) return follows::nothing;
    if constexpr (fails && kind<I> == group_is::all_of) return follows::back;
    if constexpr (is_interrupted || rules::is_grouped(I))
      if (s.failing) [[unlikely]] return follows::back;
    if constexpr (kind<I> == group_is::any_of)
      if ((s.won & mask) == 0) {
        fail(s, answer);
        return follows::back;
      }
    return follows::onwards;
  }
  /// The group is over, and it was a success.
  template <std::size_t G, class Drive>
  [[gnu::always_inline]] static void go_on(Drive& drive) {
    if constexpr (table.groups[G].is == group_is::any_of) lose<rules::last_of(G)>(drive);
    else ask_group<G + 1>(drive);
  }
  /// Undoes what lost in an any_of, the last first; then it goes on.
  template <std::size_t I, class Drive>
  [[gnu::always_inline]] static void lose(Drive& drive) {
    constexpr std::size_t group = rules::group_of(I);
    if constexpr (rules::has_undo(I))
      if ((drive.instance().standing & ~drive.instance().won & own<I>) != 0)
        if (!drive.template ask_undo<I>()) return;
    if constexpr (I == rules::first_of(group)) ask_group<group + 1>(drive);
    else lose<I - 1>(drive);
  }

  // ---- backwards

  /// The first failure is the one whose cause is kept.
  template <class Instance, class Answer>
  [[gnu::always_inline]] static void fail(Instance& s, [[maybe_unused]] const Answer& answer) {
    if constexpr (!std::is_void_v<typename answer_says<Answer>::cause>)
      if (!s.failing) s.template learn<from_cause>(cause_of(answer));
    s.failing = true;
  }
  /// Undoes the last step from I downwards that stands; nothing left: it is compensated. What needs no undo never counts as standing.
  template <std::size_t I, class Drive>
  [[gnu::always_inline]] static void back_from(Drive& drive) {
    if constexpr (rules::has_undo(I))
      if ((drive.instance().standing & own<I>) != 0)
        if (!drive.template ask_undo<I>()) return;
    if constexpr (I == 0) drive.compensate();
    else back_from<I - 1>(drive);
  }
  /// Carries out the command that undoes step I; true when what it was about is undone.
  template <std::size_t I, class Drive>
  [[gnu::always_inline]] static bool perform_undo(Drive& drive) {
    const auto& s = drive.instance();
    if constexpr (step<I>::asks_many) return decide_undo<I>(drive, Plan::template call_undo<I>(s, *last_standing<I>(drive.instance())));
    else return decide_undo<I>(drive, Plan::template call_undo<I>(s));
  }
  template <std::size_t I, class Drive, class Command>
  [[gnu::always_inline]] static bool decide_undo(Drive& drive, const Command& command) {
    using rejections = typename step<I>::undo_rejections;
    bool is_undone = true;
    decide_unrecorded<flow>(drive.states(), key_of(command), command, [&](const auto& outcome) __attribute__((always_inline)) {
      using type = std::remove_cvref_t<decltype(outcome)>;
      if constexpr (contains<type, rejections>) is_undone = undo_was_refused<I>(drive, outcome);
    });
    return is_undone;
  }
  /// True: it counts as undone.
  template <std::size_t I, class Drive, class Rejection>
  [[gnu::always_inline]] static bool undo_was_refused(Drive& drive, const Rejection& rejection) {
    constexpr outcome_rule rule = table.undo_outcome(I, Plan::template undo_outcome_index<I, Rejection>);
    [[maybe_unused]] auto& s = drive.instance();
    if constexpr (rule.answer == says::proceed) {
      return true;
    } else if constexpr (rule.answer == says::until_answered) {
      drive.template later<I>(after_of(Plan::template answer_to_undo<I>(rejection)), false);
      return false;
    } else {
      if constexpr (rule.answer == says::again) {
        if (s.again.attempts[I] < rule.times) {
          ++s.again.attempts[I];
          const duration after = after_of(Plan::template answer_to_undo<I>(rejection));
          drive.template later<I>(after, after.nanoseconds == 0);
          return false;
        }
      }
      drive.template stick<I>();
      return false;
    }
  }
  /// Notes that an undo is done; false: one more of the step's many commands stands.
  template <std::size_t I, class Instance>
  [[gnu::always_inline]] static bool note_undone(Instance& s) {
    if constexpr (rules::may_ask_again) s.again.attempts[I] = 0;
    if constexpr (step<I>::asks_many) {
      last_standing<I>(s)->stands = false;
      if (last_standing<I>(s) != nullptr) return false;
    }
    s.standing = static_cast<bits>(s.standing & ~own<I>);
    return true;
  }
  /// An undo out of a queue is done: goes on with the one before it, or where it only was a loser, onwards.
  template <std::size_t I, class Drive>
  [[gnu::always_inline]] static void undone(Drive& drive) {
    auto& s = drive.instance();
    if (!note_undone<I>(s)) return void(drive.template ask_undo<I>());
    constexpr std::size_t group = rules::group_of(I);
    if constexpr (kind<I> == group_is::any_of) {
      if (!s.failing) return lose<rules::last_of(group)>(drive);
      // Who is interrupted while a loser is undone has the winner to undo as well, which may stand behind it.
      if constexpr (is_interrupted) return back_from<rules::last_of(group)>(drive);
    }
    if constexpr (I == 0) drive.compensate();
    else back_from<I - 1>(drive);
  }
  template <std::size_t I, class Instance>
  static asked_element<Plan, I>* last_standing(Instance& s) {
    auto& all = s.commands.template room<I>().value.all;
    for (std::size_t i = all.size(); i-- != 0;)
      if (all[i].stands) return &all[i];
    return nullptr;
  }
};

}  // namespace gesta::detail
