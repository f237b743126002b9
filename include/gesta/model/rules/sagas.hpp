// Rules about sagas: nothing that was done can be left standing, nothing is taken for known that is not, nothing is heard in vain.
// Floor: model.
// May include: detail, message, decide, react, model.
//
// Steps are compared in constexpr arrays of indices; a type is named only where something is wrong with it. What builds on an answer is looked
// at only where the answers are sound, so that one mistake is one error.
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/message/id.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/ids.hpp>
#include <gesta/model/rules/remote.hpp>
#include <gesta/model/rules/report.hpp>
#include <gesta/react/saga_flow.hpp>

namespace gesta::rules {

/// A step of a saga, and one of its outcomes, parameters, ...
struct place_in_saga {
  std::size_t step = npos;
  std::size_t which = npos;
};
/// The first step for which something is said.
template <std::size_t N>
constexpr place_in_saga first_place(const std::size_t (&which)[N]) {
  for (std::size_t i = 0; i + 1 < N; ++i)
    if (which[i] != npos) return {i, which[i]};
  return {};
}

template <class Rejections>
inline constexpr std::size_t first_unnamed_of = npos;
template <class... R>
inline constexpr std::size_t first_unnamed_of<gesta::detail::types<R...>> = first_true({!identified<R>...});

template <class Answer>
inline constexpr bool is_answer = gesta::detail::answer_says<Answer>::is_known || gesta::detail::same<Answer, gesta::detail::unsaid>;
template <class Answer>
inline constexpr bool is_answer_of_undo = gesta::detail::same<Answer, gesta::detail::unsaid> || gesta::detail::same<Answer, proceed> ||
                                          gesta::detail::same<Answer, stuck> || gesta::detail::is_until_answered<Answer> ||
                                          gesta::detail::is_again<Answer>;

/// What one step answers; places in its outcomes and in the rejections of its undo.
template <class Says, class Outcomes = typename Says::outcomes, class Rejections = typename Says::undo_rejections>
struct step_answers;
template <class Says, class... O, class... R>
struct step_answers<Says, gesta::detail::types<O...>, gesta::detail::types<R...>> {
  static constexpr std::size_t unanswered = first_true(
      {(gesta::detail::same<typename Says::template answer<O>, gesta::detail::unsaid> && Says::template needs_answer<O>)...});
  static constexpr std::size_t strange = first_true({!is_answer<typename Says::template answer<O>>...});
  static constexpr std::size_t undo_unanswered =
      first_true({gesta::detail::same<typename Says::template undo_answer<R>, gesta::detail::unsaid>...});
  static constexpr std::size_t undo_strange = first_true({!is_answer_of_undo<typename Says::template undo_answer<R>>...});
};

/// The command that a step asks, or undoes with, is there and finds its entity.
template <class Flow, class Command>
constexpr bool is_unhandled() {
  if constexpr (std::is_void_v<Command>) return false;
  else return !Flow::template knows<Command> && !gesta::detail::decided_elsewhere<Command>;
}
template <class Flow, class Command>
constexpr bool is_unaddressed() {
  if constexpr (std::is_void_v<Command>) return false;
  else if constexpr (!Flow::template knows<Command>) return false;
  else return gesta::detail::same<typename Flow::template handler_of<Command>::aggregate::found_by, by_call>;
}

/// Whether a message lacks the field by which an instance is found. Of what is no plain struct its own rule speaks.
template <class Key, class Message>
constexpr bool lacks_key_of_saga() {
  if constexpr (!gesta::detail::plain<Message>) return false;
  else return !gesta::detail::same<std::remove_cv_t<typename Key::template type_of<Message>>, typename Key::type>;
}

/// Whether `run`, `undo` or `not_found` returns what can be no command of any model.
template <class Flow, class Returned>
constexpr bool is_never_a_command() {
  if constexpr (std::is_void_v<Returned>) return true;
  else if constexpr (Flow::template knows<Returned> || gesta::detail::decided_elsewhere<Returned>) return false;
  else return !gesta::detail::plain<Returned> || gesta::detail::contains<Returned, typename Flow::current_events> || requires { typename Returned::value_type; };
}

// ---- the list

/// What stands in the list of a saga, and where something is wrong with it.
template <class List>
struct saga_items;
template <class... Item>
struct saga_items<gesta::detail::types<Item...>> {
  using kind = gesta::detail::step_kind;

  template <class T>
  static constexpr bool is_step = gesta::detail::kind_of_step<T>() == kind::step;
  template <class... S>
  static constexpr std::size_t first_odd(gesta::detail::types<S...>) {
    return sizeof...(S) == 0 ? 0 : first_true({!is_step<S>...});
  }
  /// In a group: which of its steps is none, or 0 where it is empty.
  template <class T>
  static constexpr std::size_t odd_in() {
    if constexpr (gesta::detail::is_group<T>) return first_odd(typename gesta::detail::steps_in<T>::type{});
    else return gesta::detail::kind_of_step<T>() == kind::none ? 0 : npos;
  }
  static constexpr std::size_t odd[sizeof...(Item) + 1] = {odd_in<Item>()..., npos};
  static constexpr place_in_saga first_odd_item = first_place(odd);
  template <class T, std::size_t At>
  static constexpr auto name() {
    if constexpr (!gesta::detail::is_group<T>) return gesta::detail::type_is<T>{};
    else if constexpr (gesta::detail::steps_in<T>::type::size == 0) return gesta::detail::type_is<T>{};
    else return gesta::detail::type_is<gesta::detail::at<At, typename gesta::detail::steps_in<T>::type>>{};
  }

  static constexpr bool begins[sizeof...(Item) + 1] = {(gesta::detail::kind_of_step<Item>() == kind::beginning)..., false};
  static constexpr bool begins_first = begins[0];
  static constexpr std::size_t behind = [] {
    for (std::size_t i = 1; i < sizeof...(Item); ++i)
      if (begins[i]) return i;
    return npos;
  }();
};

template <class List>
struct first_twice;
template <class... T>
struct first_twice<gesta::detail::types<T...>> {
  static constexpr std::size_t places[sizeof...(T) + 1] = {gesta::detail::index_of<T, gesta::detail::types<T...>>..., npos};
  static constexpr std::size_t at = [] {
    for (std::size_t i = 0; i < sizeof...(T); ++i)
      if (places[i] != i) return i;
    return npos;
  }();
};

// ---- steps

/// What is wrong with the steps of a saga: for each rule the first place.
template <class Flow, class Saga, class Steps, class Interrupts, class Deadlines, class Indices>
struct saga_places;
template <class Flow, class Saga, class... Step, class... Interrupt, class... Deadline, std::size_t... I>
struct saga_places<Flow, Saga, gesta::detail::types<Step...>, gesta::detail::types<Interrupt...>, gesta::detail::types<Deadline...>,
                   gesta::detail::indices<I...>> {
  using contracts = typename Flow::of_deciders;  // as whoever runs it reads them
  using saga = gesta::detail::saga_flow<contracts, Saga>;
  using beginning = typename saga::beginning;
  using key = gesta::detail::saga_key<typename Saga::correlated_by, beginning>;
  template <class S>
  using says = gesta::detail::step_says<contracts, S>;
  template <class S>
  using interrupt_says = gesta::detail::interrupt_says<S>;

  // Commands: that of `run` is number 0, that of `undo` number 1.
  static constexpr std::size_t unhandled[sizeof...(Step) + 1] = {
      first_true({is_unhandled<Flow, typename says<Step>::command>(), is_unhandled<Flow, typename says<Step>::undo_command>()})..., npos};
  static constexpr std::size_t unaddressed[sizeof...(Step) + 1] = {
      first_true({is_unaddressed<Flow, typename says<Step>::command>(), is_unaddressed<Flow, typename says<Step>::undo_command>()})..., npos};
  template <class S>
  static constexpr std::size_t without_command() {
    if (gesta::detail::kind_of_step<S>() == gesta::detail::step_kind::step && is_never_a_command<Flow, typename says<S>::command>()) return 0;
    return says<S>::undo::is_one && is_never_a_command<Flow, typename says<S>::undo_command>() ? 1 : npos;
  }
  static constexpr std::size_t asks_nothing[sizeof...(Step) + 1] = {without_command<Step>()..., npos};

  // Messages: that of `run`, that of `undo`, then its events.
  template <class S>
  using messages_of = gesta::detail::concat<
      std::conditional_t<std::is_void_v<typename says<S>::command>, gesta::detail::types<>, gesta::detail::types<typename says<S>::command>>,
      std::conditional_t<std::is_void_v<typename says<S>::undo_command>, gesta::detail::types<>, gesta::detail::types<typename says<S>::undo_command>>,
      typename says<S>::events>;
  template <class... M>
  static constexpr std::size_t first_keyless(gesta::detail::types<M...>) {
    return first_true({lacks_key_of_saga<key, M>()...});
  }
  static constexpr std::size_t keyless[sizeof...(Step) + 1] = {first_keyless(messages_of<Step>{})..., npos};
  static constexpr std::size_t keyless_interrupt = first_true({lacks_key_of_saga<key, typename interrupt_says<Interrupt>::event>()...});
  static constexpr bool has_key() {
    if constexpr (std::is_void_v<typename key::type>) return !gesta::detail::plain<beginning>;
    else return entity_key<typename key::type>;
  }

  // Answers.
  static constexpr std::size_t unanswered[sizeof...(Step) + 1] = {step_answers<says<Step>>::unanswered..., npos};
  static constexpr std::size_t strange[sizeof...(Step) + 1] = {step_answers<says<Step>>::strange..., npos};
  static constexpr std::size_t undo_unanswered[sizeof...(Step) + 1] = {step_answers<says<Step>>::undo_unanswered..., npos};
  static constexpr std::size_t undo_strange[sizeof...(Step) + 1] = {step_answers<says<Step>>::undo_strange..., npos};
  static constexpr std::size_t unnamed[sizeof...(Step) + 1] = {
      first_unnamed_of<gesta::detail::concat<typename says<Step>::contract::rejections, typename says<Step>::undo_rejections>>..., npos};
  // What is misspelt leaves the right one unanswered, and that is said.
  static constexpr std::size_t in_vain[sizeof...(Step) + 1] = {
      (step_answers<says<Step>>::unanswered == npos && gesta::detail::answers_others<Step, typename says<Step>::outcomes>() ? 0 : npos)..., npos};
  static constexpr std::size_t undo_in_vain[sizeof...(Step) + 1] = {
      (step_answers<says<Step>>::undo_unanswered == npos && gesta::detail::answers_other_undos<Step, typename says<Step>::undo_rejections>() ? 0 : npos)...,
      npos};
  static constexpr std::size_t without_undo = first_true({!says<Step>::says_undo...});
  static constexpr std::size_t without_id = first_true({!identified<Step>...});

  template <class Answer>
  static constexpr bool goes_back = gesta::detail::same<Answer, compensate> || (gesta::detail::answer_says<Answer>::is_known && gesta::detail::answer_says<Answer>::fails &&
                                                                               !gesta::detail::is_again<Answer>);
  using outside = gesta::detail::types<Interrupt..., Deadline...>;
  static constexpr std::size_t strange_interrupt =
      first_true({!goes_back<typename interrupt_says<Interrupt>::answer>..., !goes_back<typename interrupt_says<Deadline>::answer>...});
  static constexpr std::size_t without_not_found =
      first_true({gesta::detail::same<typename interrupt_says<Interrupt>::not_found, gesta::detail::unsaid>...});
  template <class NotFound>
  static constexpr bool is_unhandled_answer() {
    if constexpr (gesta::detail::same<NotFound, drop> || gesta::detail::same<NotFound, gesta::detail::unsaid>) return false;
    else if constexpr (std::is_void_v<NotFound>) return true;
    else return !Flow::template knows<NotFound>;
  }
  template <class NotFound>
  static constexpr bool is_no_answer() {
    if constexpr (gesta::detail::same<NotFound, drop> || gesta::detail::same<NotFound, gesta::detail::unsaid>) return false;
    else return is_never_a_command<Flow, NotFound>();
  }
  template <class NotFound>
  static constexpr bool is_unaddressed_answer() {
    if constexpr (gesta::detail::same<NotFound, drop> || gesta::detail::same<NotFound, gesta::detail::unsaid>) return false;
    else return is_unaddressed<Flow, NotFound>();
  }
  static constexpr std::size_t unhandled_answer = first_true({is_unhandled_answer<typename interrupt_says<Interrupt>::not_found>()...});
  static constexpr std::size_t strange_answer = first_true({is_no_answer<typename interrupt_says<Interrupt>::not_found>()...});
  static constexpr std::size_t unaddressed_answer = first_true({is_unaddressed_answer<typename interrupt_says<Interrupt>::not_found>()...});
  static constexpr std::size_t unheard = first_true({!gesta::detail::contains<typename interrupt_says<Interrupt>::event, typename Flow::current_events>...});

  // ---- what builds on sound answers

  static constexpr const gesta::detail::course_table& table = saga::table;
  static constexpr bool may_fail(std::size_t step, std::size_t outcome) {
    using word = gesta::detail::outcome_rule::says;
    const word answer = table.outcome(step, outcome).answer;
    return answer == word::compensate || answer == word::again;
  }
  static constexpr std::size_t first_failing(std::size_t step) {
    for (std::size_t o = 0; o < table.steps[step].outcomes; ++o)
      if (may_fail(step, o)) return o;
    return npos;
  }
  static constexpr bool is_loser(std::size_t step) { return table.groups[table.steps[step].group].is == gesta::detail::group_is::any_of; }
  static constexpr bool is_final(std::size_t step) { return table.steps[step].undo == gesta::detail::undo_is::impossible; }

  /// The first step that cannot be undone, where it could be said.
  static constexpr std::size_t pivot = [] {
    for (std::size_t i = 0; i < sizeof...(Step); ++i)
      if (is_final(i) && !is_loser(i)) return i;
    return npos;
  }();
  /// What can fail behind it, or beside it.
  static constexpr place_in_saga failing() {
    if (pivot == npos) return {};
    for (std::size_t g = table.steps[pivot].group; g < table.group_count; ++g) {
      const gesta::detail::group_rule& group = table.groups[g];
      bool all = true;
      place_in_saga first{};
      for (std::size_t i = group.first; i < std::size_t{group.first} + group.steps; ++i) {
        if (i == pivot) continue;
        const std::size_t outcome = first_failing(i);
        all = all && outcome != npos;
        if (outcome != npos && first.step == npos) first = {i, outcome};
      }
      // One of any_of is enough, so it fails only where each of them can.
      if (first.step != npos && (group.is == gesta::detail::group_is::all_of || all)) return first;
    }
    return {};
  }
  static constexpr place_in_saga fails_behind = failing();

  /// An outcome after which a step that cannot be undone would have to be.
  static constexpr std::size_t standing_outcome(std::size_t step, bool many) {
    if (!is_final(step) || is_loser(step)) return npos;
    for (std::size_t o = 0; o < table.steps[step].outcomes; ++o)
      if (may_fail(step, o) && (many || table.outcome(step, o).may_stand)) return o;
    return npos;
  }
  static constexpr std::size_t stands[sizeof...(Step) + 1] = {standing_outcome(I, says<Step>::asks_many)..., npos};
  static constexpr std::size_t final_loser = first_true({(is_final(I) && is_loser(I))...});
  static constexpr std::size_t many_loser = first_true({(says<Step>::asks_many && is_loser(I))...});
  /// Where nothing is before the first step that cannot be undone, nobody can interrupt.
  static constexpr bool begins_with_pivot = pivot != npos && table.steps[pivot].group <= 1;
  static constexpr std::size_t undone_unknown = first_true(
      {(says<Step>::may_be_unknown && !std::is_void_v<typename says<Step>::undo_command> && !says<Step>::undo_contract::may_do_nothing)...});

  static constexpr std::size_t first_found(gesta::detail::fact_found::how how) {
    for (std::size_t a = 0; a < saga::asks::size; ++a)
      if (saga::found.of[a].is == how) return a;
    return npos;
  }
};

template <class Flow, class Saga, bool IsCorrelated>
struct saga_rules_of;
/// Whose `gesta::by` is missing has lost its first step to it, so nothing else is said of it.
template <class Flow, class Saga>
struct saga_rules_of<Flow, Saga, false> {
  using all = gesta::detail::types<diagnostic::correlation_not_said<false, Saga>>;
};
template <class Flow, class Saga>
using saga_rules = saga_rules_of<Flow, Saga, gesta::detail::says_by<typename Saga::correlated_by>>;

/// A saga without an own event or step would read as many mistakes; these are said first.
template <class Flow, class Saga>
struct saga_rules_of<Flow, Saga, true> {
  using items = saga_items<typename Saga::step_list>;
  using shape = gesta::detail::saga_shape<typename Saga::step_list>;
  using steps = typename shape::steps;
  using interrupts = typename shape::interrupts;
  using outside = gesta::detail::concat<interrupts, typename shape::deadlines>;
  using twice = first_twice<gesta::detail::concat<steps, outside>>;
  using how = gesta::detail::fact_found::how;
  static constexpr std::size_t mistimed_at = first_mistimed(gesta::detail::concat<steps, typename shape::deadlines>{});
  static constexpr bool is_listed =
      items::first_odd_item.step == npos && items::begins_first && items::behind == npos && twice::at == npos && mistimed_at == npos;

  // Looked at only where the list is sound.
  using places = saga_places<Flow, Saga, steps, interrupts, typename shape::deadlines, gesta::detail::make_indices<steps::size>>;
  template <std::size_t I>
  using says = gesta::detail::step_says<typename Flow::of_deciders, gesta::detail::at<I, steps>>;

  // ---- the list
  static constexpr auto odd_item() {
    constexpr place_in_saga at = items::first_odd_item;
    if constexpr (at.step == npos) return gesta::detail::type_is<kept<diagnostic::not_a_step, Saga>>{};
    else
      return gesta::detail::type_is<diagnostic::not_a_step<
          false, Saga, typename decltype(items::template name<gesta::detail::at<at.step, typename Saga::step_list>, at.which>())::type>>{};
  }
  using odd = typename decltype(odd_item())::type;
  using no_beginning =
      report_if<!items::begins_first && items::behind == npos && items::first_odd_item.step != 0, diagnostic::saga_without_beginning, Saga>;
  using begins_behind = report_at<diagnostic::begins_behind_the_first, typename Saga::step_list, items::behind, Saga>;
  using listed_twice = report_at<diagnostic::step_listed_twice, gesta::detail::concat<steps, outside>, twice::at, Saga>;

  using mistimed = report_at_of<diagnostic::within_of_another_type, gesta::detail::concat<steps, typename shape::deadlines>, mistimed_at, Saga>;

  // ---- each step for itself
  template <template <bool, class...> class Report>
  using fine = gesta::detail::type_is<kept<Report, Saga>>;

  template <class>
  struct commands {
    static constexpr place_in_saga unhandled = first_place(places::unhandled);
    static constexpr place_in_saga unaddressed = first_place(places::unaddressed);
    static constexpr place_in_saga nothing = first_place(places::asks_nothing);
    static constexpr bool are_sound = unhandled.step == npos && nothing.step == npos && places::unhandled_answer == npos;
  };
  static constexpr bool commands_are_sound() {
    if constexpr (is_listed) return commands<Saga>::are_sound;
    else return false;
  }
  template <std::size_t I, std::size_t Which>
  using command_at = std::conditional_t<Which == 0, typename says<I>::command, typename says<I>::undo_command>;

  static constexpr auto find_unhandled() {
    if constexpr (!is_listed) {
      return fine<diagnostic::step_command_unhandled>{};
    } else {
      constexpr place_in_saga at = commands<Saga>::unhandled;
      if constexpr (commands<Saga>::nothing.step != npos || places::strange_answer != npos) return fine<diagnostic::step_command_unhandled>{};
      else if constexpr (at.step != npos)
        return gesta::detail::type_is<diagnostic::step_command_unhandled<false, gesta::detail::at<at.step, steps>, command_at<at.step, at.which>>>{};
      else if constexpr (places::unhandled_answer != npos) {
        using interrupt = gesta::detail::at<places::unhandled_answer, interrupts>;
        return gesta::detail::type_is<
            report_unhandled<diagnostic::step_command_unhandled, interrupt, typename gesta::detail::interrupt_says<interrupt>::not_found>>{};
      } else return fine<diagnostic::step_command_unhandled>{};
    }
  }
  static constexpr auto find_no_command() {
    if constexpr (!is_listed) {
      return fine<diagnostic::step_returns_no_command>{};
    } else {
      constexpr place_in_saga at = commands<Saga>::nothing;
      if constexpr (at.step != npos) {
        using step = gesta::detail::at<at.step, steps>;
        using returned = std::conditional_t<at.which == 0, typename says<at.step>::run::returned, typename says<at.step>::undo::returned>;
        return gesta::detail::type_is<diagnostic::step_returns_no_command<false, step, returned>>{};
      } else if constexpr (places::strange_answer != npos) {
        using interrupt = gesta::detail::at<places::strange_answer, interrupts>;
        return gesta::detail::type_is<
            diagnostic::step_returns_no_command<false, interrupt, typename gesta::detail::interrupt_says<interrupt>::not_found>>{};
      } else return fine<diagnostic::step_returns_no_command>{};
    }
  }
  static constexpr auto find_unaddressed() {
    if constexpr (!is_listed) {
      return fine<diagnostic::saga_command_without_key>{};
    } else {
      constexpr place_in_saga at = commands<Saga>::unaddressed;
      if constexpr (at.step != npos)
        return gesta::detail::type_is<diagnostic::saga_command_without_key<false, gesta::detail::at<at.step, steps>, command_at<at.step, at.which>>>{};
      else if constexpr (places::unaddressed_answer != npos) {
        using interrupt = gesta::detail::at<places::unaddressed_answer, interrupts>;
        return gesta::detail::type_is<
            diagnostic::saga_command_without_key<false, interrupt, typename gesta::detail::interrupt_says<interrupt>::not_found>>{};
      } else return fine<diagnostic::saga_command_without_key>{};
    }
  }
  static constexpr auto find_keyless() {
    if constexpr (!is_listed) {
      return fine<diagnostic::no_correlation_field>{};
    } else if constexpr (!places::has_key()) {
      return gesta::detail::type_is<diagnostic::no_correlation_field<false, Saga, typename places::beginning>>{};
    } else {
      constexpr place_in_saga at = first_place(places::keyless);
      if constexpr (at.step != npos) {
        using messages = typename places::template messages_of<gesta::detail::at<at.step, steps>>;
        return gesta::detail::type_is<diagnostic::no_correlation_field<false, Saga, gesta::detail::at<at.which, messages>>>{};
      } else if constexpr (places::keyless_interrupt != npos) {
        using interrupt = gesta::detail::at<places::keyless_interrupt, interrupts>;
        return gesta::detail::type_is<diagnostic::no_correlation_field<false, Saga, typename gesta::detail::interrupt_says<interrupt>::event>>{};
      } else return fine<diagnostic::no_correlation_field>{};
    }
  }
  static constexpr auto find_never_emitted() {
    if constexpr (!is_listed) {
      return fine<diagnostic::saga_waits_in_vain>{};
    } else if constexpr (!gesta::detail::contains<typename places::beginning, typename Flow::current_events> &&
                         !(gesta::detail::contains<Saga, typename Flow::pinned_sagas> &&  // which began when that was the version of today
                           gesta::detail::contains<typename places::beginning, typename Flow::old_versions>)) {
      return gesta::detail::type_is<diagnostic::saga_waits_in_vain<false, gesta::detail::at<0, steps>, typename places::beginning>>{};
    } else if constexpr (places::unheard != npos) {
      using interrupt = gesta::detail::at<places::unheard, interrupts>;
      return gesta::detail::type_is<diagnostic::saga_waits_in_vain<false, interrupt, typename gesta::detail::interrupt_says<interrupt>::event>>{};
    } else return fine<diagnostic::saga_waits_in_vain>{};
  }
  using no_command = typename decltype(find_no_command())::type;
  using unhandled = typename decltype(find_unhandled())::type;
  using unaddressed = typename decltype(find_unaddressed())::type;
  using keyless = typename decltype(find_keyless())::type;
  using never_emitted = typename decltype(find_never_emitted())::type;

  static constexpr std::size_t first_without_id() {
    if constexpr (is_listed) return places::without_id;
    else return npos;
  }
  static constexpr auto find_same_id() {
    constexpr auto twins = names_of<steps>::twins;
    if constexpr (!is_listed || twins.id == npos) return fine<diagnostic::same_step_id>{};
    else return gesta::detail::type_is<diagnostic::same_step_id<false, gesta::detail::at<twins.id, steps>, gesta::detail::at<twins.at, steps>>>{};
  }
  using without_id = report_at<diagnostic::step_without_id, steps, first_without_id(), Saga>;
  using same_id = typename decltype(find_same_id())::type;

  // ---- answers; only where the commands are known
  static constexpr bool has_commands = commands_are_sound();

  template <class>
  struct answers {
    static constexpr place_in_saga unanswered = first_place(places::unanswered);
    static constexpr place_in_saga strange = first_place(places::strange);
    static constexpr place_in_saga undo_unanswered = first_place(places::undo_unanswered);
    static constexpr place_in_saga undo_strange = first_place(places::undo_strange);
    static constexpr bool are_sound =
        unanswered.step == npos && strange.step == npos && places::without_undo == npos && places::strange_interrupt == npos;
  };
  static constexpr bool answers_are_sound() {
    if constexpr (has_commands) return answers<Saga>::are_sound;
    else return false;
  }
  static constexpr bool is_sound = answers_are_sound();

  static constexpr auto find_without_undo() {
    if constexpr (!has_commands) return fine<diagnostic::step_without_undo>{};
    else if constexpr (places::without_undo == npos) return fine<diagnostic::step_without_undo>{};
    else return gesta::detail::type_is<report_at<diagnostic::step_without_undo, steps, places::without_undo>>{};
  }
  static constexpr auto find_unanswered() {
    if constexpr (!has_commands) return fine<diagnostic::saga_outcome_unanswered>{};
    else {
      constexpr place_in_saga at = answers<Saga>::unanswered;
      if constexpr (at.step == npos) return fine<diagnostic::saga_outcome_unanswered>{};
      else
        return gesta::detail::type_is<
            diagnostic::saga_outcome_unanswered<false, gesta::detail::at<at.step, steps>, gesta::detail::at<at.which, typename says<at.step>::outcomes>>>{};
    }
  }
  static constexpr auto find_undo_unanswered() {
    if constexpr (!has_commands) return fine<diagnostic::undo_rejection_unanswered>{};
    else {
      constexpr place_in_saga at = answers<Saga>::undo_unanswered;
      if constexpr (at.step == npos) return fine<diagnostic::undo_rejection_unanswered>{};
      else
        return gesta::detail::type_is<diagnostic::undo_rejection_unanswered<
            false, gesta::detail::at<at.step, steps>, gesta::detail::at<at.which, typename says<at.step>::undo_rejections>>>{};
    }
  }
  static constexpr auto find_strange() {
    if constexpr (!has_commands) return fine<diagnostic::not_an_answer>{};
    else {
      constexpr place_in_saga at = answers<Saga>::strange;
      if constexpr (at.step == npos) return fine<diagnostic::not_an_answer>{};
      else {
        using outcome = gesta::detail::at<at.which, typename says<at.step>::outcomes>;
        return gesta::detail::type_is<
            diagnostic::not_an_answer<false, gesta::detail::at<at.step, steps>, outcome, typename says<at.step>::template answer<outcome>>>{};
      }
    }
  }
  static constexpr auto find_undo_strange() {
    if constexpr (!has_commands) return fine<diagnostic::not_an_answer_of_undo>{};
    else {
      constexpr place_in_saga at = answers<Saga>::undo_strange;
      if constexpr (at.step == npos) return fine<diagnostic::not_an_answer_of_undo>{};
      else {
        using rejection = gesta::detail::at<at.which, typename says<at.step>::undo_rejections>;
        return gesta::detail::type_is<diagnostic::not_an_answer_of_undo<false, gesta::detail::at<at.step, steps>, rejection,
                                                                        typename says<at.step>::template undo_answer<rejection>>>{};
      }
    }
  }
  static constexpr auto find_unnamed() {
    if constexpr (!has_commands) return fine<diagnostic::saga_rejection_without_id>{};
    else {
      constexpr place_in_saga at = first_place(places::unnamed);
      if constexpr (at.step == npos) return fine<diagnostic::saga_rejection_without_id>{};
      else {
        using refusals = gesta::detail::concat<typename says<at.step>::contract::rejections, typename says<at.step>::undo_rejections>;
        return gesta::detail::type_is<
            diagnostic::saga_rejection_without_id<false, gesta::detail::at<at.step, steps>, gesta::detail::at<at.which, refusals>>>{};
      }
    }
  }

  template <class Step, class Outcomes, class... T>
  static constexpr auto first_taken(gesta::detail::types<T...>) {
    constexpr std::size_t at = first_true({(!gesta::detail::contains<T, Outcomes> &&
                                            !gesta::detail::same<gesta::detail::on_result_of<Step, T>, gesta::detail::unsaid>)...});
    if constexpr (at == npos) return gesta::detail::type_is<void>{};
    else return gesta::detail::type_is<gesta::detail::at<at, gesta::detail::types<T...>>>{};
  }
  /// What a step answers that never comes, where it can be found: the one that it takes, or a rejection or an event of the model.
  template <class Step, class Outcomes>
  static constexpr auto taken_in_vain() {
    using on = decltype(gesta::detail::on_signature<Step>());
    if constexpr (on::parameters::size == 1) return gesta::detail::type_is<std::remove_cvref_t<gesta::detail::at<0, typename on::parameters>>>{};
    else return first_taken<Step, Outcomes>(gesta::detail::concat<typename Flow::rejections, typename Flow::current_events,
                                                                 gesta::detail::types<timed_out, nothing>>{});
  }
  template <class Step, class Rejections, class... T>
  static constexpr auto first_undo_taken(gesta::detail::types<T...>) {
    constexpr std::size_t at = first_true({(!gesta::detail::contains<T, Rejections> &&
                                            !gesta::detail::same<gesta::detail::on_undo_result_of<Step, T>, gesta::detail::unsaid>)...});
    if constexpr (at == npos) return gesta::detail::type_is<void>{};
    else return gesta::detail::type_is<gesta::detail::at<at, gesta::detail::types<T...>>>{};
  }
  template <class Step, class Rejections>
  static constexpr auto undo_taken_in_vain() {
    using on_undo = decltype(gesta::detail::on_undo_signature<Step>());
    if constexpr (on_undo::parameters::size == 1) return gesta::detail::type_is<std::remove_cvref_t<gesta::detail::at<0, typename on_undo::parameters>>>{};
    else return first_undo_taken<Step, Rejections>(gesta::detail::concat<typename Flow::rejections, typename Flow::current_events,
                                                                         gesta::detail::types<timed_out, nothing>>{});
  }
  static constexpr auto find_in_vain() {
    if constexpr (!has_commands) return fine<diagnostic::outcome_never_comes>{};
    else {
      constexpr place_in_saga at = first_place(places::in_vain);
      constexpr place_in_saga undo = first_place(places::undo_in_vain);
      if constexpr (at.step != npos) {
        using step = gesta::detail::at<at.step, steps>;
        using outcome = typename decltype(taken_in_vain<step, typename says<at.step>::outcomes>())::type;
        return gesta::detail::type_is<diagnostic::outcome_never_comes<false, step, outcome>>{};
      } else if constexpr (undo.step != npos) {
        using step = gesta::detail::at<undo.step, steps>;
        using outcome = typename decltype(undo_taken_in_vain<step, typename says<undo.step>::undo_rejections>())::type;
        return gesta::detail::type_is<diagnostic::outcome_never_comes<false, step, outcome>>{};
      } else return fine<diagnostic::outcome_never_comes>{};
    }
  }
  static constexpr auto find_strange_interrupt() {
    if constexpr (!is_listed) return fine<diagnostic::not_an_answer_of_interrupt>{};
    else if constexpr (places::strange_interrupt == npos) return fine<diagnostic::not_an_answer_of_interrupt>{};
    else {
      using interrupt = gesta::detail::at<places::strange_interrupt, outside>;
      return gesta::detail::type_is<
          diagnostic::not_an_answer_of_interrupt<false, interrupt, typename gesta::detail::interrupt_says<interrupt>::answer>>{};
    }
  }
  static constexpr auto find_not_found() {
    if constexpr (!is_listed) return fine<diagnostic::interrupt_without_not_found>{};
    else if constexpr (places::without_not_found == npos) return fine<diagnostic::interrupt_without_not_found>{};
    else {
      using interrupt = gesta::detail::at<places::without_not_found, interrupts>;
      return gesta::detail::type_is<
          diagnostic::interrupt_without_not_found<false, interrupt, typename gesta::detail::interrupt_says<interrupt>::event>>{};
    }
  }
  using without_undo = typename decltype(find_without_undo())::type;
  using unanswered = typename decltype(find_unanswered())::type;
  using undo_unanswered = typename decltype(find_undo_unanswered())::type;
  using strange = typename decltype(find_strange())::type;
  using undo_strange = typename decltype(find_undo_strange())::type;
  using unnamed = typename decltype(find_unnamed())::type;
  using in_vain = typename decltype(find_in_vain())::type;
  using strange_interrupt = typename decltype(find_strange_interrupt())::type;
  using without_not_found = typename decltype(find_not_found())::type;

  // ---- what follows from the answers
  template <template <bool, class...> class Report, how How>
  static constexpr auto find_fact() {
    if constexpr (!is_sound) return fine<Report>{};
    else {
      constexpr std::size_t at = places::first_found(How);
      if constexpr (at == npos) return fine<Report>{};
      else {
        using ask = gesta::detail::at<at, typename places::saga::asks>;
        return gesta::detail::type_is<Report<false, gesta::detail::at<ask::asker, steps>, typename ask::type>>{};
      }
    }
  }
  using unknown_fact = typename decltype(find_fact<diagnostic::fact_not_known, how::unknown>())::type;
  using uncertain_fact = typename decltype(find_fact<diagnostic::fact_not_certain, how::uncertain>())::type;
  using ambiguous_fact = typename decltype(find_fact<diagnostic::ambiguous_fact, how::ambiguous>())::type;
  using unanswered_fact = typename decltype(find_fact<diagnostic::undo_needs_unknown_outcome, how::unanswered>())::type;
  using causeless = typename decltype(find_fact<diagnostic::cause_not_given, how::causeless>())::type;

  static constexpr auto find_failure() {
    if constexpr (!is_sound) return fine<diagnostic::failure_after_irreversible>{};
    else if constexpr (places::fails_behind.step == npos) return fine<diagnostic::failure_after_irreversible>{};
    else {
      constexpr place_in_saga at = places::fails_behind;
      return gesta::detail::type_is<
          diagnostic::failure_after_irreversible<false, gesta::detail::at<places::pivot, steps>, gesta::detail::at<at.step, steps>,
                                                 gesta::detail::at<at.which, typename says<at.step>::outcomes>>>{};
    }
  }
  static constexpr auto find_standing() {
    if constexpr (!is_sound) return fine<diagnostic::irreversible_may_stand>{};
    else {
      constexpr place_in_saga at = first_place(places::stands);
      if constexpr (at.step == npos) return fine<diagnostic::irreversible_may_stand>{};
      else
        return gesta::detail::type_is<diagnostic::irreversible_may_stand<false, gesta::detail::at<at.step, steps>,
                                                                         gesta::detail::at<at.which, typename says<at.step>::outcomes>>>{};
    }
  }
  static constexpr auto find_final_loser() {
    if constexpr (!is_sound) return fine<diagnostic::irreversible_in_any_of>{};
    else if constexpr (places::final_loser == npos) return fine<diagnostic::irreversible_in_any_of>{};
    else return gesta::detail::type_is<report_at<diagnostic::irreversible_in_any_of, steps, places::final_loser>>{};
  }
  static constexpr auto find_many_loser() {
    if constexpr (!is_sound) return fine<diagnostic::many_in_any_of>{};
    else if constexpr (places::many_loser == npos) return fine<diagnostic::many_in_any_of>{};
    else return gesta::detail::type_is<report_at<diagnostic::many_in_any_of, steps, places::many_loser>>{};
  }
  static constexpr auto find_in_time() {
    if constexpr (!is_sound || outside::size == 0) return fine<diagnostic::interrupt_too_late>{};
    else if constexpr (!places::begins_with_pivot) return fine<diagnostic::interrupt_too_late>{};
    else
      return gesta::detail::type_is<
          diagnostic::interrupt_too_late<false, gesta::detail::at<0, outside>, gesta::detail::at<places::pivot, steps>>>{};
  }
  static constexpr auto find_undone_unknown() {
    if constexpr (!is_sound) return fine<diagnostic::unknown_undo_must_be_able_to_do_nothing>{};
    else if constexpr (places::undone_unknown == npos) return fine<diagnostic::unknown_undo_must_be_able_to_do_nothing>{};
    else {
      constexpr std::size_t at = places::undone_unknown;
      return gesta::detail::type_is<diagnostic::unknown_undo_must_be_able_to_do_nothing<false, gesta::detail::at<at, steps>, typename says<at>::undo_command>>{};
    }
  }
  using failure = typename decltype(find_failure())::type;
  using standing = typename decltype(find_standing())::type;
  using final_loser = typename decltype(find_final_loser())::type;
  using many_loser = typename decltype(find_many_loser())::type;
  using too_late = typename decltype(find_in_time())::type;
  using undone_unknown = typename decltype(find_undone_unknown())::type;

  using all = gesta::detail::types<odd, no_beginning, begins_behind, listed_twice, mistimed, no_command, unhandled, unaddressed, keyless, never_emitted, without_id, same_id,
                                   without_undo, unanswered, undo_unanswered, strange, undo_strange, unnamed, in_vain, strange_interrupt,
                                   without_not_found, unknown_fact, uncertain_fact, ambiguous_fact, unanswered_fact, causeless, failure, standing,
                                   final_loser, many_loser, too_late, undone_unknown>;
};

}  // namespace gesta::rules
