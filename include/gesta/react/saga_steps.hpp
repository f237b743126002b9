// What one step of a saga says: what it asks and how it is undone, which facts that takes, and what is answered to each outcome.
// Floor: react. It is read from the step's plain member functions; react/saga_table.hpp makes the table of it that runs, react/saga_flow.hpp finds
// the facts.
// May include: detail, message, decide, react.
//
// Each step is read once, whatever saga it stands in. Nothing here is an error: what is wrong reads as empty, and the rules of
// model/rules/sagas.hpp say so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/elsewhere.hpp>
#include <gesta/decide/verbs.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/many.hpp>
#include <gesta/react/saga.hpp>

namespace gesta::detail {

// ---- a step's functions

/// What a function of a step returns and takes; `is_one` says whether there is exactly one of that name, and no template.
template <class Function>
struct signature {
  static constexpr bool is_one = false;
  using returned = void;
  using parameters = types<>;
};
template <class R, class... P>
struct one_signature {
  static constexpr bool is_one = true;
  using returned = R;
  using parameters = types<P...>;
};
template <class S, class R, class... P>
struct signature<R (S::*)(P...) const> : one_signature<R, P...> {};
template <class S, class R, class... P>
struct signature<R (S::*)(P...)> : one_signature<R, P...> {};
template <class R, class... P>
struct signature<R (*)(P...)> : one_signature<R, P...> {};
template <class S, class R, class... P>
struct signature<R (S::*)(P...) const noexcept> : one_signature<R, P...> {};
template <class S, class R, class... P>
struct signature<R (S::*)(P...) noexcept> : one_signature<R, P...> {};
template <class R, class... P>
struct signature<R (*)(P...) noexcept> : one_signature<R, P...> {};

template <class Step>
constexpr auto run_signature() {
  if constexpr (requires { signature<decltype(&Step::run)>{}; }) return signature<decltype(&Step::run)>{};
  else return signature<void>{};
}
template <class Step>
constexpr auto undo_signature() {
  if constexpr (requires { signature<decltype(&Step::undo)>{}; }) return signature<decltype(&Step::undo)>{};
  else return signature<void>{};
}
template <class Step>
constexpr auto on_signature() {
  if constexpr (requires { signature<decltype(&Step::on)>{}; }) return signature<decltype(&Step::on)>{};
  else return signature<void>{};
}
template <class Step>
constexpr auto on_undo_signature() {
  if constexpr (requires { signature<decltype(&Step::on_undo)>{}; }) return signature<decltype(&Step::on_undo)>{};
  else return signature<void>{};
}

/// Asks an overloaded function for the one that takes exactly this type, by const reference or by value. Deduction takes a function as it is
/// declared, so no conversion counts, and a template is never seen.
template <class Outcome>
struct exactly {
  template <class S, class R>
  static type_is<R> of(R (S::*)(const Outcome&) const) noexcept;
  template <class S, class R>
  static type_is<R> of(R (S::*)(Outcome) const) noexcept;
  template <class S, class R>
  static type_is<R> of(R (S::*)(const Outcome&)) noexcept;
  template <class S, class R>
  static type_is<R> of(R (S::*)(Outcome)) noexcept;
  template <class R>
  static type_is<R> of(R (*)(const Outcome&)) noexcept;
  template <class R>
  static type_is<R> of(R (*)(Outcome)) noexcept;
};

/// Stands for what is answered where nothing is said.
struct unsaid {};

template <class Step, class Outcome>
constexpr auto on_result() {
  if constexpr (requires { exactly<Outcome>::of(&Step::on); }) return decltype(exactly<Outcome>::of(&Step::on)){};
  else return type_is<unsaid>{};
}
template <class Step, class Rejection>
constexpr auto on_undo_result() {
  if constexpr (requires { exactly<Rejection>::of(&Step::on_undo); }) return decltype(exactly<Rejection>::of(&Step::on_undo)){};
  else return type_is<unsaid>{};
}
template <class Step, class Event>
constexpr auto not_found_result() {
  if constexpr (requires { exactly<Event>::of(&Step::not_found); }) return decltype(exactly<Event>::of(&Step::not_found)){};
  else return type_is<unsaid>{};
}
/// What the step answers to exactly this outcome; unsaid where it does not.
template <class Step, class Outcome>
using on_result_of = typename decltype(on_result<Step, Outcome>())::type;
template <class Step, class Rejection>
using on_undo_result_of = typename decltype(on_undo_result<Step, Rejection>())::type;
template <class Step, class Event>
using not_found_result_of = typename decltype(not_found_result<Step, Event>())::type;

/// Fits every parameter but those of these types.
template <class Outcomes>
struct anything_but {
  template <class Other>
    requires(!contains<std::remove_cv_t<Other>, Outcomes>)
  operator Other() const noexcept;
};
struct nobody {};
// A function that takes whatever no other takes. Two others make the call ambiguous, which is an answer as well.
template <class Step>
struct with_on : Step {
  using Step::on;
  nobody on(...) const;
};
template <class Step>
struct with_on_undo : Step {
  using Step::on_undo;
  nobody on_undo(...) const;
};
// A name that two bases have is none.
struct another {
  int on;
  int on_undo;
};
template <class Step>
struct with_another : Step, another {};
template <class Step>
concept has_on = !__is_final(Step) && !requires { &with_another<Step>::on; };
template <class Step>
concept has_on_undo = !__is_final(Step) && !requires { &with_another<Step>::on_undo; };

template <class Function>
inline constexpr bool is_nobody = false;
template <>
inline constexpr bool is_nobody<nobody> = true;
template <class T>
T& lvalue() noexcept;

/// Whether the step answers something else than these outcomes.
template <class Step, class Outcomes>
constexpr bool answers_others() {
  if constexpr (has_on<Step>)
    return !requires { requires is_nobody<decltype(lvalue<with_on<Step>>().on(anything_but<Outcomes>{}))>; };
  else return false;
}
template <class Step, class Rejections>
constexpr bool answers_other_undos() {
  if constexpr (has_on_undo<Step>)
    return !requires { requires is_nobody<decltype(lvalue<with_on_undo<Step>>().on_undo(anything_but<Rejections>{}))>; };
  else return false;
}

// ---- answers

/// What an answer says; `known` says whether it is one.
template <class Answer>
struct answer_says {
  static constexpr bool is_known = false;
  static constexpr bool fails = false;  ///< in the end, however often it is asked before
  using cause = void;
};
template <>
struct answer_says<compensate> {
  static constexpr bool is_known = true;
  static constexpr bool fails = true;
  using cause = void;
};
template <class Cause>
struct answer_says<compensate_with<Cause>> {
  static constexpr bool is_known = true;
  static constexpr bool fails = true;
  using cause = Cause;
};
template <>
struct answer_says<proceed> {
  static constexpr bool is_known = true;
  static constexpr bool fails = false;
  using cause = void;
};
template <>
struct answer_says<until_answered> {
  static constexpr bool is_known = true;
  static constexpr bool fails = false;
  using cause = void;
};
template <duration Each>
struct answer_says<until_answered::every<Each>> : answer_says<until_answered> {};
template <std::uint32_t Times, class Then, duration Wait>
struct answer_says<again<Times, Then, Wait>> {
  static constexpr bool is_known = answer_says<Then>::fails && !requires { Then::times; };
  static constexpr bool fails = true;
  using cause = typename answer_says<Then>::cause;
};
template <class Answer>
inline constexpr bool is_again = false;
template <std::uint32_t Times, class Then, duration Wait>
inline constexpr bool is_again<again<Times, Then, Wait>> = true;
template <class Answer>
inline constexpr bool is_until_answered = same<Answer, until_answered>;
template <duration Each>
inline constexpr bool is_until_answered<until_answered::every<Each>> = true;

/// How long to wait before the command is asked again.
template <class Answer>
constexpr duration after_of(const Answer& answer) noexcept {
  if constexpr (is_again<Answer> || is_until_answered<Answer>) return answer.after;
  else return {};
}
/// The cause that a failing answer gives; only where answer_says<Answer>::cause is not void.
template <class Answer>
constexpr const auto& cause_of(const Answer& answer) noexcept {
  if constexpr (is_again<Answer>) return answer.then.cause;
  else return answer.cause;
}

// ---- what kind of thing a step is

enum class step_kind : std::uint8_t { step, beginning, interrupt, deadline, group, none };

template <class Step>
inline constexpr bool is_group = false;
template <class... S>
inline constexpr bool is_group<all_of<S...>> = true;
template <class... S>
inline constexpr bool is_group<any_of<S...>> = true;
template <class Step>
inline constexpr bool is_any_of = false;
template <class... S>
inline constexpr bool is_any_of<any_of<S...>> = true;

template <class Step>
constexpr step_kind kind_of_step() {
  if constexpr (is_group<Step>) return step_kind::group;
  else if constexpr (requires { typename Step::begun_by; } && decltype(run_signature<Step>())::is_one) return step_kind::none;
  else if constexpr (requires { typename Step::begun_by; }) return step_kind::beginning;
  else if constexpr (decltype(run_signature<Step>())::is_one) return step_kind::step;
  else if constexpr (!decltype(on_signature<Step>())::is_one) return step_kind::none;
  else if constexpr (says_within<Step>) return step_kind::deadline;
  else return step_kind::interrupt;
}

/// The steps of one place of the list: itself, or those of a group; none where it is no step.
template <class Step>
struct steps_in : std::conditional_t<kind_of_step<Step>() == step_kind::step || kind_of_step<Step>() == step_kind::beginning, type_is<types<Step>>,
                                     type_is<types<>>> {};
template <class... S>
struct steps_in<all_of<S...>> : type_is<types<S...>> {};
template <class... S>
struct steps_in<any_of<S...>> : type_is<types<S...>> {};

template <class Step, step_kind Kind>
using if_of_kind = std::conditional_t<kind_of_step<Step>() == Kind, types<Step>, types<>>;

// ---- the command of a step, and how it may end

/// A command in what `run` or `undo` returns.
template <class Returned>
struct asked_in : type_is<Returned> {
  static constexpr bool is_many = false;
};
template <class Command>
struct asked_in<many<Command>> : type_is<Command> {
  static constexpr bool is_many = true;
};

/// The contract of a command as a saga reads it.
struct no_contract {
  using events = types<>;
  using rejections = types<>;
  static constexpr bool may_do_nothing = false;
  static constexpr bool is_known = false;
  static constexpr bool is_remote = false;
  static constexpr bool is_sent = false;
};
template <class Listed>
inline constexpr bool all_open_numbers = false;
template <class... E>
inline constexpr bool all_open_numbers<types<E...>> = sizeof...(E) != 0 && (!same<E, typename event_of_place<E>::type> && ...);
template <class Handler>
struct read_contract {
  using events = unique<typename Handler::events>;
  using rejections = typename Handler::rejections;
  /// Also where all it lists is any number of something.
  static constexpr bool may_do_nothing = Handler::contract::may_do_nothing || all_open_numbers<typename Handler::contract::event_list>;
  static constexpr bool is_known = true;
  static constexpr bool is_remote = false;
  static constexpr bool is_sent = false;
};
/// Of a command that another service decides. `is_sent`: nobody answers.
template <class Command>
struct remote_contract {
  using said = contract_of_elsewhere<Command>;
  using events = typename said::events;
  using rejections = typename said::rejections;
  static constexpr bool may_do_nothing = said::may_do_nothing || all_open_numbers<typename said::event_list>;
  static constexpr bool is_known = said::is_readable;
  static constexpr bool is_remote = true;
  static constexpr bool is_sent = said::is_sent;
};
template <class Flow, class Command>
constexpr auto contract_in() {
  if constexpr (std::is_void_v<Command>) return type_is<no_contract>{};
  else if constexpr (Flow::template knows<Command>) return type_is<read_contract<typename Flow::template handler_of<Command>>>{};
  else if constexpr (decided_elsewhere<Command>) return type_is<remote_contract<Command>>{};
  else return type_is<no_contract>{};
}
template <class Flow, class Command>
using contract_of_command = typename decltype(contract_in<Flow, Command>())::type;

/// What a step says, without regard to the saga it stands in.
template <class Flow, class Step>
struct step_says {
  using type = Step;
  using run = decltype(run_signature<Step>());
  using undo = decltype(undo_signature<Step>());
  static constexpr bool begins = kind_of_step<Step>() == step_kind::beginning;
  using run_parameters = std::conditional_t<begins, types<>, typename run::parameters>;
  using undo_parameters = typename undo::parameters;
  static constexpr bool has_within = within_time<Step> && !begins;

  static constexpr auto beginning_of() {
    if constexpr (begins) return type_is<typename Step::begun_by>{};
    else return type_is<void>{};
  }
  static constexpr auto undo_word_of() {
    if constexpr (requires { typename Step::undo; }) return type_is<typename Step::undo>{};
    else return type_is<void>{};
  }
  using beginning = typename decltype(beginning_of())::type;
  using undo_word = typename decltype(undo_word_of())::type;
  /// Where nothing is said of it; a beginning need not say anything.
  static constexpr bool is_irreversible = same<undo_word, irreversible>;
  static constexpr bool is_needless = same<undo_word, needless> || (begins && !undo::is_one && !is_irreversible);
  static constexpr bool says_undo = undo::is_one || is_irreversible || is_needless;

  using asks = asked_in<std::conditional_t<begins, void, std::remove_cvref_t<typename run::returned>>>;
  using command = typename asks::type;  ///< void: it asks nothing
  static constexpr bool asks_many = asks::is_many;
  using undo_command = std::remove_cvref_t<typename undo::returned>;  ///< void: nothing
  using contract = contract_of_command<Flow, command>;
  using undo_contract = contract_of_command<Flow, undo_command>;
  using events = typename contract::events;
  using undo_rejections = typename undo_contract::rejections;

  /// Whether another service decides the command, and that of the undo.
  static constexpr bool is_remote = contract::is_remote;
  static constexpr bool undo_is_remote = undo_contract::is_remote;

  /// How the command may end: the events of its contract, its rejections, gesta::nothing where it may do nothing, gesta::sent where nobody answers,
  /// and gesta::timed_out where the step says `within`.
  using outcomes = concat<events, typename contract::rejections, std::conditional_t<contract::may_do_nothing, types<nothing>, types<>>,
                          std::conditional_t<contract::is_sent, types<sent>, types<>>,
                          std::conditional_t<has_within, types<timed_out>, types<>>>;
  /// One event, and nothing, need no answer.
  template <class Outcome>
  static constexpr bool needs_answer = !(same<Outcome, nothing> || same<Outcome, sent> || (events::size == 1 && contains<Outcome, events>));
  template <class Outcome>
  using answer = on_result_of<Step, Outcome>;
  template <class Rejection>
  using undo_answer = on_undo_result_of<Step, Rejection>;

  static constexpr duration within() {
    if constexpr (has_within) return Step::within;
    else return {};
  }

  /// Whether it may have to be undone when nobody knows whether it was done: after its time had passed, or where nobody answers.
  static constexpr bool may_be_unknown = (has_within && !is_until_answered<answer<timed_out>>) || contract::is_sent;

  /// What becomes known by it: its command and its events, or the beginning. Of many commands nobody else learns anything.
  using own_facts = std::conditional_t<begins, types<beginning>, concat<std::conditional_t<std::is_void_v<command>, types<>, types<command>>, events>>;
  using yields = std::conditional_t<asks_many, types<>, own_facts>;
};

// ---- parameters

/// One parameter: which fact, from which step (void: the only one that yields it), and whether it may be missing.
template <class Parameter>
struct asks_for : type_is<Parameter> {
  using step = void;
  static constexpr bool may_miss = false;
};
template <class Fact>
struct asks_for<const Fact*> : asks_for<Fact> {
  static constexpr bool may_miss = true;
};
template <class Step, class Event>
struct asks_for<from<Step, Event>> : type_is<Event> {
  using step = Step;
  static constexpr bool may_miss = false;
};

/// Whose parameter it is.
template <std::size_t Step, bool InUndo, class Parameter>
struct asked_fact {
  static constexpr std::size_t asker = Step;
  static constexpr bool in_undo = InUndo;
  using parameter = std::remove_cv_t<std::remove_reference_t<Parameter>>;
  using asks = asks_for<parameter>;
  using type = std::remove_cv_t<typename asks::type>;
  using step = typename asks::step;
  static constexpr bool may_miss = asks::may_miss;
};
/// Lists of a saga that need no flow: its steps flat, its groups, interrupts and deadlines.
template <class List>
struct saga_shape;
template <class... Item>
struct saga_shape<types<Item...>> {
  using steps = concat<typename steps_in<Item>::type...>;
  using interrupts = concat<if_of_kind<Item, step_kind::interrupt>...>;
  using deadlines = concat<if_of_kind<Item, step_kind::deadline>...>;
  static constexpr std::size_t step_count = steps::size;

  struct place {
    std::size_t group[step_count + 1];
    std::size_t first[sizeof...(Item) + 1];
    std::size_t size[sizeof...(Item) + 1];
    bool is_any[sizeof...(Item) + 1];
    std::size_t groups;
  };
  static constexpr place lay() {
    place out{};
    constexpr std::size_t sizes[] = {steps_in<Item>::type::size..., 0};
    constexpr bool any[] = {is_any_of<Item>..., false};
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizeof...(Item); ++i) {
      if (sizes[i] == 0) continue;
      out.first[out.groups] = at;
      out.size[out.groups] = sizes[i];
      out.is_any[out.groups] = any[i];
      for (std::size_t end = at + sizes[i]; at < end; ++at) out.group[at] = out.groups;
      ++out.groups;
    }
    return out;
  }
  static constexpr place places = lay();
  static constexpr std::size_t group_count = places.groups;
};

/// The answers of interrupts and deadlines.
template <class Step>
struct interrupt_says {
  using type = Step;
  using on = decltype(on_signature<Step>());
  template <class... P>
  static constexpr auto first(types<P...>) {
    if constexpr (sizeof...(P) == 1) return at<0, types<type_is<std::remove_cvref_t<P>>...>>{};
    else return type_is<void>{};
  }
  using event = typename decltype(first(typename on::parameters{}))::type;
  using answer = std::remove_cvref_t<typename on::returned>;
  /// What it says where there is no instance: gesta::drop, or a command.
  using not_found = not_found_result_of<Step, event>;
};

}  // namespace gesta::detail
