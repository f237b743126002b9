// The table of a saga, made from its type: what runs, explores and draws it reads nothing else.
// Floor: react.
// May include: detail, react.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/pack.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_steps.hpp>

namespace gesta::detail {

/// The word of an answer for the table; nothing said: it goes on where it may, else it fails.
template <class Answer>
constexpr outcome_rule::says word_of(bool needs_answer) noexcept {
  using says = outcome_rule::says;
  if constexpr (same<Answer, unsaid>) return needs_answer ? says::compensate : says::proceed;
  else if constexpr (same<Answer, proceed>) return says::proceed;
  else if constexpr (is_until_answered<Answer>) return says::until_answered;
  else if constexpr (same<Answer, stuck>) return says::stuck;
  else if constexpr (is_again<Answer>) return says::again;
  else return says::compensate;
}
template <class Answer>
constexpr std::uint32_t times_of() noexcept {
  if constexpr (is_again<Answer>) return Answer::times;
  else return 0;
}

template <class Says, class Outcome>
constexpr outcome_rule rule_of_outcome() noexcept {
  using answer = typename Says::template answer<Outcome>;
  constexpr bool is_event = contains<Outcome, typename Says::events> || same<Outcome, sent>;
  constexpr bool is_unknown = same<Outcome, timed_out>;
  constexpr outcome_rule::says word = word_of<answer>(Says::template needs_answer<Outcome>);
  return {word, is_event && word == outcome_rule::says::proceed, is_event || is_unknown, is_unknown, times_of<answer>()};
}
template <class Says, class Rejection>
constexpr outcome_rule rule_of_undo() noexcept {
  using answer = typename Says::template undo_answer<Rejection>;
  outcome_rule::says word = word_of<answer>(true);
  if (word == outcome_rule::says::compensate) word = outcome_rule::says::stuck;
  return {word, false, false, false, times_of<answer>()};
}

template <std::size_t N>
struct outcome_rules {
  outcome_rule all[N + 1];
};
/// The rules of one step: those of its command's outcomes, behind them those of its undo's rejections.
template <class Says, class... Outcome, class... Rejection>
constexpr auto rules_of_step(types<Outcome...>, types<Rejection...>) {
  return outcome_rules<sizeof...(Outcome) + sizeof...(Rejection)>{{rule_of_outcome<Says, Outcome>()..., rule_of_undo<Says, Rejection>()..., {}}};
}

template <class Shape, class... Says>
struct saga_rules {
  static constexpr std::size_t step_count = sizeof...(Says);
  static constexpr std::size_t group_count = Shape::group_count;
  static constexpr std::size_t outcome_count = ((Says::outcomes::size + Says::undo_rejections::size) + ... + 0);

  struct arrays {
    step_rule steps[step_count + 1];
    group_rule groups[group_count + 1];
    outcome_rule outcomes[outcome_count + 1];
    std::uint16_t pivot;
  };
  static constexpr arrays fill() {
    arrays out{};
    out.pivot = no_step;
    std::size_t step = 0;
    std::size_t outcome = 0;
    [[maybe_unused]] const auto add = [&](undo_is undo, std::size_t outcomes, std::size_t undo_outcomes, const outcome_rule* rules) {
      out.steps[step] = {static_cast<std::uint16_t>(Shape::places.group[step]), undo,
                         static_cast<std::uint16_t>(outcome), static_cast<std::uint16_t>(outcomes),
                         static_cast<std::uint16_t>(outcome + outcomes), static_cast<std::uint16_t>(undo_outcomes)};
      for (std::size_t i = 0; i < outcomes + undo_outcomes; ++i) out.outcomes[outcome++] = rules[i];
      if (undo == undo_is::impossible && out.pivot == no_step) out.pivot = static_cast<std::uint16_t>(step);
      ++step;
    };
    (add(Says::is_irreversible ? undo_is::impossible
         : Says::undo::is_one  ? undo_is::a_command
                               : undo_is::needless,
         Says::outcomes::size, Says::undo_rejections::size,
         rules_of_step<Says>(typename Says::outcomes{}, typename Says::undo_rejections{}).all),
     ...);
    for (std::size_t i = 0; i < group_count; ++i)
      out.groups[i] = {Shape::places.is_any[i] ? group_is::any_of : group_is::all_of, static_cast<std::uint16_t>(Shape::places.first[i]),
                       static_cast<std::uint16_t>(Shape::places.size[i])};
    return out;
  }
  static constexpr arrays filled = fill();
  static constexpr course_table table{filled.steps,
                                      filled.groups,
                                      filled.outcomes,
                                      static_cast<std::uint16_t>(step_count),
                                      static_cast<std::uint16_t>(group_count),
                                      filled.pivot};
};

template <class Flow, class Shape, class Steps>
struct saga_rules_of;
template <class Flow, class Shape, class... Step>
struct saga_rules_of<Flow, Shape, types<Step...>> : type_is<saga_rules<Shape, step_says<Flow, Step>...>> {};

}  // namespace gesta::detail
