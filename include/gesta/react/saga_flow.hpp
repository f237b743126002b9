// A saga in a flow: its steps, its table, and which facts each step takes from where.
// Floor: react. The rules hold it to account, the runner calls steps through it.
// May include: detail, message, decide, react.
//
// Types are laid into flat lists once; everything that compares steps with steps works on indices in constexpr arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/aggregate.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_steps.hpp>
#include <gesta/react/saga_table.hpp>

namespace gesta::detail {

/// Where a fact comes from, when it is no step: the cause of the failure.
inline constexpr std::size_t from_cause = npos;

/// A fact that an instance keeps: the beginning event (step 0), the command or an event of a step, or the cause of the failure (from_cause).
template <std::size_t Step, class Fact>
struct fact {
  static constexpr std::size_t step = Step;
  using type = Fact;
};

/// What is to be said about one parameter.
struct fact_found {
  enum class how : std::uint8_t {
    kept,        ///< it is one of the facts that are kept
    of_element,  ///< of the one command of many that is undone
    unknown,     ///< nobody before yields it
    uncertain,   ///< it may be missing, and no pointer is taken
    ambiguous,   ///< several yield it
    unanswered,  ///< the step's own event, and nobody knows whether there was one
    causeless,   ///< a cause that not every failure gives
  };
  how is = how::kept;
  std::size_t source = npos;  ///< which of `yields`, or behind them which of `causes`
};

template <std::size_t Step, bool InUndo, class Parameters>
struct asked_facts;
template <std::size_t Step, bool InUndo, class... P>
struct asked_facts<Step, InUndo, types<P...>> : type_is<types<asked_fact<Step, InUndo, P>...>> {};

template <class Answer>
using causes_in = std::conditional_t<answer_says<Answer>::is_known && answer_says<Answer>::fails, types<typename answer_says<Answer>::cause>, types<>>;
template <class Says, class... Outcome>
constexpr auto causes_of_step(types<Outcome...>) {
  return unique<concat<causes_in<typename Says::template answer<Outcome>>...>>{};
}

/// The flat lists of a saga: what its steps yield and what they ask for.
template <class Flow, class Steps, class Indices>
struct saga_lists;
template <class Flow, class... Step, std::size_t... I>
struct saga_lists<Flow, types<Step...>, indices<I...>> {
  using yields = concat<typename step_says<Flow, Step>::yields...>;
  /// The parameters of each `run`, then those of each `undo`.
  using asks = concat<typename asked_facts<I, false, typename step_says<Flow, Step>::run_parameters>::type...,
                      typename asked_facts<I, true, typename step_says<Flow, Step>::undo_parameters>::type...>;
  using causes = concat<decltype(causes_of_step<step_says<Flow, Step>>(typename step_says<Flow, Step>::outcomes{}))...>;

  struct arrays {
    std::size_t yield_step[yields::size + 1];
    std::size_t yield_outcome[yields::size + 1];  ///< which outcome of its step; npos: the command, or the beginning
    std::size_t first_run_ask[sizeof...(Step) + 1];
    std::size_t first_undo_ask[sizeof...(Step) + 1];
    bool is_many[sizeof...(Step) + 1];
    bool may_be_unknown[sizeof...(Step) + 1];
  };
  static constexpr arrays lay() {
    arrays out{};
    constexpr std::size_t yielded[] = {step_says<Flow, Step>::yields::size..., 0};
    constexpr std::size_t events[] = {step_says<Flow, Step>::events::size..., 0};
    constexpr std::size_t run_asks[] = {step_says<Flow, Step>::run_parameters::size..., 0};
    constexpr std::size_t undo_asks[] = {step_says<Flow, Step>::undo_parameters::size..., 0};
    constexpr bool many[] = {step_says<Flow, Step>::asks_many..., false};
    constexpr bool unknown[] = {step_says<Flow, Step>::may_be_unknown..., false};
    std::size_t y = 0;
    std::size_t a = 0;
    for (std::size_t s = 0; s < sizeof...(Step); ++s) {
      const std::size_t before = yielded[s] - (yielded[s] == 0 ? 0 : events[s]);
      for (std::size_t k = 0; k < yielded[s]; ++k, ++y) {
        out.yield_step[y] = s;
        out.yield_outcome[y] = k < before ? npos : k - before;
      }
      out.first_run_ask[s] = a;
      a += run_asks[s];
      out.is_many[s] = many[s];
      out.may_be_unknown[s] = unknown[s];
    }
    for (std::size_t s = 0; s < sizeof...(Step); ++s) {
      out.first_undo_ask[s] = a;
      a += undo_asks[s];
    }
    return out;
  }
  static constexpr arrays places = lay();

  /// Whether all steps of some any_of ask many commands: where each of them asks none, it fails without an answer.
  template <class Groups>
  static constexpr bool may_ask_nothing(const Groups& groups) {
    for (std::size_t g = 0; g < groups.groups; ++g) {
      bool all = groups.is_any[g];
      for (std::size_t i = 0; i < groups.size[g]; ++i) all = all && places.is_many[groups.first[g] + i];
      if (all) return true;
    }
    return false;
  }
};

template <class List, class Of>
struct first_places;
template <class... T, class Of>
struct first_places<types<T...>, Of> {
  static constexpr std::size_t at[sizeof...(T) + 1] = {index_of<T, Of>..., npos};
};

/// Step of gesta::from as an index; npos: no step is named.
template <class Step, class Steps>
constexpr std::size_t named_step() {
  if constexpr (std::is_void_v<Step>) return npos;
  else return index_of<Step, Steps> == npos ? npos - 1 : index_of<Step, Steps>;
}

/// The field by which an instance is found, in the beginning event and in every other message.
template <class By, class Beginning>
struct saga_key {
  using type = void;
};
template <fixed_string Field, class Beginning>
struct saga_key<by<Field>, Beginning> {
  template <class Message>
  static constexpr auto type_in() {
    if constexpr (!plain<Message>) return type_is<void>{};
    else if constexpr (field_index<Message>(Field.chars) == npos) return type_is<void>{};
    else return type_is<field_type<Message, field_index<Message>(Field.chars)>>{};
  }
  /// Its type in a message; void where there is none.
  template <class Message>
  using type_of = typename decltype(type_in<Message>())::type;
  using type = std::remove_cv_t<type_of<Beginning>>;
  template <class Message>
  static constexpr const auto& key_in(const Message& message) {
    return get_field<field_index<Message>(Field.chars)>(message);
  }
};

// In three structs, one upon the other, because a struct cannot be asked for constants by itself: what is read, what is found, what is done with it.

template <class Flow, class Saga>
struct saga_read {
  using flow = Flow;
  using saga_type = Saga;
  using shape = saga_shape<typename Saga::step_list>;
  using steps = typename shape::steps;            ///< all of them flat; the beginning is step 0
  using interrupts = typename shape::interrupts;  ///< not among the steps
  using deadlines = typename shape::deadlines;    ///< likewise
  static constexpr std::size_t step_count = shape::step_count;

  /// What step I says: step_says, with `command`, `asks_many`, `outcomes`, `undo_command`, `undo_rejections`, `within()`.
  template <std::size_t I>
  using step = step_says<Flow, at<I, steps>>;
  template <std::size_t I>
  using interrupt = interrupt_says<at<I, interrupts>>;
  template <std::size_t I>
  using deadline = interrupt_says<at<I, deadlines>>;

  template <class... Step>
  static constexpr bool any_elsewhere(types<Step...>) {
    return ((step_says<Flow, Step>::is_remote || step_says<Flow, Step>::undo_is_remote) || ...);
  }
  /// Whether some step asks a command that another service decides, or is undone by one.
  static constexpr bool asks_elsewhere = any_elsewhere(steps{});

  using rules = typename saga_rules_of<Flow, shape, steps>::type;
  static constexpr const course_table& table = rules::table;

  static constexpr auto first_step() {
    if constexpr (step_count == 0) return type_is<void>{};
    else return type_is<typename step<0>::beginning>{};
  }
  /// The event that begins an instance.
  using beginning = typename decltype(first_step())::type;

  using lists = saga_lists<Flow, steps, make_indices<step_count>>;
  using yields = typename lists::yields;
  using asks = typename lists::asks;

  template <class... Step>
  static constexpr auto causes_of_others(types<Step...>) {
    return concat<causes_in<typename interrupt_says<Step>::answer>...>{};
  }
  template <class Others>
  static constexpr auto find_causes() {
    if constexpr (lists::may_ask_nothing(shape::places))
      return unique<concat<typename lists::causes, Others, types<void>>>{};
    else return unique<concat<typename lists::causes, Others>>{};
  }
  /// What failing answers give; void where one gives no cause.
  using all_causes = decltype(find_causes<decltype(causes_of_others(concat<interrupts, deadlines>{}))>());
  template <class... Cause>
  static constexpr auto but_void(types<Cause...>) {
    return concat<std::conditional_t<std::is_void_v<Cause>, types<>, types<Cause>>...>{};
  }
  using causes = decltype(but_void(all_causes{}));

  /// What is found for each of `asks`.
  struct found_facts {
    fact_found of[asks::size + 1];
    std::size_t kept[yields::size + causes::size + 1];  ///< in the order in which they are kept
    std::size_t place[yields::size + causes::size + 1];  ///< where one is kept; npos: it is not
    std::size_t kept_count;
  };
  template <class... A>
  static constexpr found_facts find(types<A...>) {
    constexpr std::size_t asker[] = {A::asker..., 0};
    constexpr bool in_undo[] = {A::in_undo..., false};
    constexpr bool may_miss[] = {A::may_miss..., false};
    constexpr std::size_t wanted[] = {index_of<typename A::type, yields>..., npos};
    constexpr std::size_t wanted_step[] = {named_step<typename A::step, steps>()..., npos};
    constexpr std::size_t cause[] = {index_of<typename A::type, causes>..., npos};
    constexpr bool is_plain[] = {!__is_class(typename A::type)..., false};
    constexpr std::size_t own[] = {place_in_own<A>()..., npos};
    found_facts out{};
    for (std::size_t a = 0; a < sizeof...(A); ++a) {
      out.of[a] = own[a] != npos ? find_own(asker[a], may_miss[a], own[a])
                                 : find_one(asker[a], in_undo[a], may_miss[a], wanted[a], wanted_step[a], cause[a], is_plain[a]);
      if (out.of[a].is == fact_found::how::kept) out.place[out.of[a].source] = 1;
    }
    for (std::size_t i = 0; i < yields::size + causes::size; ++i) {
      const bool is_kept = out.place[i] != 0;
      out.place[i] = is_kept ? out.kept_count : npos;
      if (is_kept) out.kept[out.kept_count++] = i;
    }
    return out;
  }

  /// Where the fact stands in what one of many commands yields, when its undo asks for it; npos else.
  template <class Ask>
  static constexpr std::size_t place_in_own() {
    using says = step<Ask::asker>;
    if constexpr (Ask::in_undo && says::asks_many && std::is_void_v<typename Ask::step>) return index_of<typename Ask::type, typename says::own_facts>;
    else return npos;
  }
  static constexpr fact_found find_own(std::size_t asker, bool may_miss, std::size_t place) {
    using how = fact_found::how;
    if (place == 0 || may_miss || is_only(asker, place - 1, true)) return {how::of_element, npos};
    return {lists::places.may_be_unknown[asker] ? how::unanswered : how::uncertain, npos};
  }
  static constexpr fact_found find_one(std::size_t asker, bool in_undo, bool may_miss, std::size_t wanted, std::size_t wanted_step, std::size_t cause,
                                       bool is_plain) {
    using how = fact_found::how;
    constexpr auto first = first_places<yields, yields>::at;
    const auto& places = lists::places;
    const std::size_t own_group = shape::places.group[asker];
    std::size_t source = npos;
    bool is_own = false;
    bool is_ambiguous = false;
    for (std::size_t y = wanted; y != npos && y < yields::size; ++y) {
      const std::size_t step = places.yield_step[y];
      if (first[y] != wanted || (wanted_step != npos && wanted_step != step)) continue;
      if (step == asker ? !in_undo : shape::places.group[step] > own_group) continue;
      is_own = step == asker;
      is_ambiguous = source != npos && !is_own;  // an undo means what its own step did
      source = y;
      if (is_own) break;
    }
    if (source == npos) {
      if (!in_undo || (cause == npos && !is_plain) || wanted_step != npos) return {how::unknown, npos};
      if (cause == npos || (all_causes::size != 1 && !may_miss)) return {how::causeless, npos};
      if (shape::places.is_any[own_group] && !may_miss) return {how::uncertain, npos};  // a loser is undone without a failure
      return {how::kept, yields::size + cause};
    }
    if (is_ambiguous) return {how::ambiguous, source};
    if (may_miss || is_certain(source, is_own, asker)) return {how::kept, source};
    return {is_own && places.may_be_unknown[asker] ? how::unanswered : how::uncertain, source};
  }
  static constexpr bool is_certain(std::size_t yield, bool is_own, std::size_t asker) {
    const std::size_t step = lists::places.yield_step[yield];
    const std::size_t outcome = lists::places.yield_outcome[yield];
    const std::size_t group = shape::places.group[step];
    if (!is_own && group == shape::places.group[asker]) return false;  // asked at the same time
    if (outcome == npos) return true;
    if (!is_own && shape::places.is_any[group]) return false;
    return is_only(step, outcome, is_own);
  }
  /// Whether no other outcome of the step leaves something to undo, or lets the saga go on.
  static constexpr bool is_only(std::size_t step, std::size_t outcome, bool to_undo) {
    for (std::size_t i = 0; i < table.steps[step].outcomes; ++i) {
      const outcome_rule& other = table.outcome(step, i);
      if (i != outcome && (to_undo ? other.may_stand : other.answer == outcome_rule::says::proceed)) return false;
    }
    return true;
  }
};

template <class Flow, class Saga>
struct saga_found : saga_read<Flow, Saga> {
  using read = saga_read<Flow, Saga>;
  static constexpr auto found = read::find(typename read::asks{});

  template <std::size_t I>
  static constexpr auto fact_at() {
    constexpr std::size_t source = found.kept[I];
    if constexpr (source < read::yields::size) return fact<read::lists::places.yield_step[source], at<source, typename read::yields>>{};
    else return fact<from_cause, at<source - read::yields::size, typename read::causes>>{};
  }
  template <std::size_t... I>
  static constexpr auto all_facts(indices<I...>) {
    return types<decltype(fact_at<I>())...>{};
  }
};

/// A saga of a flow. Flow gives the contracts of commands: `knows<Command>`, `handler_of<Command>`.
template <class Flow, class Saga>
struct saga_flow : saga_found<Flow, Saga> {
  using read = saga_read<Flow, Saga>;
  using base = saga_found<Flow, Saga>;
  using typename read::asks;
  using typename read::beginning;
  using typename read::lists;
  using typename read::steps;
  using base::found;
  template <std::size_t I>
  using step = typename read::template step<I>;

  /// What an instance keeps: everything that some `run` or `undo` asks for.
  using facts = decltype(base::all_facts(make_indices<found.kept_count>{}));
  /// Where the fact of this step (or from_cause) and type is kept; npos: nobody asks for it.
  template <std::size_t Step, class Type>
  static constexpr std::size_t fact_index = index_of<fact<Step, Type>, facts>;

  // ---- calls

  /// The command, or many, that step I asks. `known.template get<K>()` gives `const Fact*` for the fact of index K in `facts`; null: it is missing.
  template <std::size_t I, class Known>
  static constexpr auto call_run(const Known& known) {
    return call<I, lists::places.first_run_ask[I], false>(known, none{}, make_indices<step<I>::run_parameters::size>{});
  }
  /// The command that undoes step I. `own.template get<Fact>()` gives `const Fact*` for the command or event of the one that is undone, where the
  /// step asks many; otherwise nothing is asked of it.
  template <std::size_t I, class Known, class Own>
  static constexpr auto call_undo(const Known& known, const Own& own) {
    return call<I, lists::places.first_undo_ask[I], true>(known, own, make_indices<step<I>::undo_parameters::size>{});
  }
  template <std::size_t I, class Known>
  static constexpr auto call_undo(const Known& known) {
    return call_undo<I>(known, none{});
  }
  /// What step I answers to an outcome: the user's answer, gesta::proceed where nothing has to be said. Its `after` by after_of, its cause by cause_of.
  template <std::size_t I, class Outcome>
  static constexpr auto answer_to(const Outcome& outcome) {
    if constexpr (same<typename step<I>::template answer<Outcome>, unsaid>) return proceed{};
    else return at<I, steps>{}.on(outcome);
  }
  /// What step I answers to a rejection of its undo.
  template <std::size_t I, class Rejection>
  static constexpr auto answer_to_undo(const Rejection& rejection) {
    return at<I, steps>{}.on_undo(rejection);
  }
  template <std::size_t I, class Outcome>
  static constexpr std::size_t outcome_index = index_of<Outcome, typename step<I>::outcomes>;
  template <std::size_t I, class Rejection>
  static constexpr std::size_t undo_outcome_index = index_of<Rejection, typename step<I>::undo_rejections>;

  // ---- the key

  using by_rule = saga_key<typename Saga::correlated_by, beginning>;
  /// The type of an instance's key, as the beginning event has it.
  using key_type = typename by_rule::type;
  /// The key in an event or command of the saga.
  template <class Message>
  static constexpr const auto& key_in(const Message& message) {
    return by_rule::key_in(message);
  }

 private:
  struct none {};

  template <class From>
  struct lent {
    From value;
    constexpr operator const From*() const noexcept { return value.event == nullptr ? nullptr : &value; }
  };
  template <class Ask, std::size_t Index, class Known, class Own>
  static constexpr decltype(auto) argument(const Known& known, [[maybe_unused]] const Own& own) {
    using type = typename Ask::type;
    const type* at = nullptr;
    if constexpr (found.of[Index].is == fact_found::how::of_element) at = own.template get<type>();
    else at = known.template get<found.place[found.of[Index].source]>();
    if constexpr (!Ask::may_miss)
      if (!std::is_constant_evaluated())  // there GCC takes the address of a member for no constant
        if (at == nullptr) __builtin_unreachable();  // the rules have proved it, and no branch is left of it
    if constexpr (std::is_void_v<typename Ask::step>) {
      if constexpr (Ask::may_miss) return at;
      else return static_cast<const type&>(*at);
    } else {
      using named = from<typename Ask::step, type>;
      if constexpr (Ask::may_miss) return lent<named>{{at}};
      else return named{at};
    }
  }
  template <std::size_t I, std::size_t First, bool InUndo, class Known, class Own, std::size_t... K>
  static constexpr auto call([[maybe_unused]] const Known& known, [[maybe_unused]] const Own& own, indices<K...>) {
    if constexpr (InUndo) return at<I, steps>{}.undo(argument<at<First + K, asks>, First + K>(known, own)...);
    else return at<I, steps>{}.run(argument<at<First + K, asks>, First + K>(known, own)...);
  }
};

}  // namespace gesta::detail
