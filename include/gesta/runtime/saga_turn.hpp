// One input of one instance of a saga under way: the course says what follows from it, and each act is recorded in the unit of work that is open.
// Floor: runtime. runtime/sagas.hpp says which input, and of which instance.
// May include: all above.
//
// The state of the instance is the fold of the records: what runs and what is read back cannot differ.
// The course goes on with a copy of it, which has its end also where a record could not be kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/hana.hpp>
#include <gesta/detail/one_of.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/text.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_definition.hpp>
#include <gesta/react/saga_instance.hpp>
#include <gesta/react/saga_records.hpp>
#include <gesta/runtime/attempt.hpp>

namespace gesta::detail {

/// What an instance asked before it came to this saga: nothing, as most began by it.
struct asked_nothing {};

/// One input of one instance under way. Before: what its steps asked under an earlier version, which is not asked anew: see runtime/saga_moving.hpp.
template <class Engine, class Saga, class Before = asked_nothing>
class saga_turn {
  using flow_type = typename Engine::flow_type;
  using stream = typename flow_type::template stream_of<Saga>;
  using reading = typename stream::reading;
  using instance = typename stream::state_type;
  using key_type = typename stream::key;
  template <std::size_t I>
  using step_of = typename reading::template step<I>;
  template <std::size_t I>
  using step_type = typename step_of<I>::type;

 public:
  /// Hearing: in the commit of somebody else, who is not to hear what a step throws.
  saga_turn(Engine& engine, const key_value<key_type>& key, const instance& state, const origin& from, timestamp now, bool is_hearing = false,
            const Before& before = {})
      : engine_(engine), key_(key), state_(&state), from_(from), now_(now), whole_(state.whole), before_(before), is_hearing_(is_hearing) {
    for (std::size_t i = 0; i < reading::step_count; ++i) steps_[i] = state.steps[i];
  }
  saga_turn(const saga_turn&) = delete;
  saga_turn& operator=(const saga_turn&) = delete;

  // ---- inputs; false: the unit fails

  template <class Event>
  bool begins(const Event& event, timestamp deadline) {
    const begun<Saga> record{event, definition_of<reading>, deadline};
    input_ = &record;
    record_input_ = [](saga_turn& turn, const void* input) { turn.record(*static_cast<const begun<Saga>*>(input)); };
    run([](auto& course) { course.begin(); });
    return ok_;
  }
  template <std::size_t I, class Outcome>
  bool answers(const Outcome& outcome) {
    is_time_out_ = same<Outcome, timed_out>;
    const auto answer = reading::template answer_to<I>(outcome);
    note_answer(answer);
    input_ = &outcome;
    record_input_ = [](saga_turn& turn, const void* input) {
      if constexpr (same<Outcome, nothing> || same<Outcome, timed_out> || same<Outcome, sent>) turn.record(saga_records::answered<Saga, step_type<I>, Outcome>{});
      else turn.record(saga_records::answered<Saga, step_type<I>, Outcome>{*static_cast<const Outcome*>(input)});
    };
    run([](auto& course) { course.answered(static_cast<std::uint16_t>(I), reading::template outcome_index<I, Outcome>); });
    return ok_;
  }
  template <std::size_t I>
  bool is_undone() {
    run([](auto& course) { course.undo_answered(static_cast<std::uint16_t>(I), no_step); });
    return ok_;
  }
  template <std::size_t I, class Rejection>
  bool undo_is_refused(const Rejection& rejection) {
    after_ = after_of(reading::template answer_to_undo<I>(rejection));
    refusal_ = said_name<Rejection>;
    run([](auto& course) { course.undo_answered(static_cast<std::uint16_t>(I), reading::template undo_outcome_index<I, Rejection>); });
    return ok_;
  }
  /// By an event from outside, or by the deadline: Interrupt is the user's struct.
  template <class Interrupt, class Event>
  bool interrupted(const Event& event) {
    bool is_answered = false;
    compute([&] { return Interrupt{}.on(event); },
            [&](const auto& answer) {
              is_answered = true;
              note_answer(answer);
              failed_by_ = said_name<Interrupt>;
              run([](auto& course) { course.interrupted(); });
            });
    if constexpr (!same<Event, timed_out>) {
      if (is_answered) return ok_;
      is_stopped_ = false;
      if (!state_->can_be_interrupted()) ignored_ = true;
      else if (!state_->has_unheard()) record(saga_records::unheard<Saga, Event>{event});
    }
    return ok_;
  }
  bool retried(std::uint16_t step, const text<64>& who) {
    who_ = &who;
    run([step](auto& course) { course.retried(step); });
    return ok_;
  }
  bool resolved(std::uint16_t step, const text<64>& who, const text<200>& why) {
    who_ = &who;
    why_ = &why;
    run([step](auto& course) { course.resolved(step); });
    return ok_;
  }
  /// An open request elsewhere is to be sent once more, as the same one.
  bool sends_again(std::uint16_t step) {
    if constexpr (reading::asks_elsewhere) {
      timestamp until = state_->until(step);
      if (steps_[step].is == step_is::undo_asked) until = now_ + state_->patience(step);
      record(saga_records::sent_again<Saga>{name_of(step), until});
    }
    return ok_;
  }
  /// The answer of a command whose time had passed, by the name of its outcome. Only of one that another service decides: what is decided here is
  /// answered in the unit that asks it.
  bool answers_late(std::uint16_t step, const char* outcome) {
    refusal_ = outcome;
    run([step](auto& course) { course.answered_late(step); });
    return ok_;
  }
  /// Nothing new: what was left over is done.
  bool resumes() {
    run([](auto& course) { course.resume(); });
    return ok_;
  }

  /// How many acts were recorded.
  std::size_t recorded() const noexcept { return recorded_; }
  bool was_ignored() const noexcept { return ignored_; }

 private:
  struct write_acts {
    saga_turn& turn;
    void operator()(const act& one) const { turn.write(one); }
  };
  template <class Input>
  void run(Input&& input) {
    course<write_acts> one(reading::table, {whole_, steps_}, write_acts{*this});
    input(one);
  }

  template <class Answer>
  void note_answer(const Answer& answer) {
    using cause = typename answer_says<Answer>::cause;
    after_ = after_of(answer);
    if constexpr (!std::is_void_v<cause>) cause_ = cause_of(answer);
  }

  /// An act is recorded; the course goes on with what was folded.
  void write(const act& one) {
    std::uint32_t size = 1;
    if (one.is == act_is::asked) {
      const group_rule& group = reading::table.groups[reading::table.steps[one.step].group];
      if (one.step == group.first && ok_ && !is_stopped_) ask_group(reading::table.steps[one.step].group);  // all of it, before anything of it is recorded
      size = sizes_[one.step - group.first];
    } else if (ok_ && !is_stopped_) {
      write_one(one);
    }
    if (!ok_ || is_stopped_) return detail::note(reading::table, {whole_, steps_}, one, size);
    // The fold of the records, and of those that a reaction to them has caused meanwhile.
    whole_ = state_->whole;
    for (std::size_t i = 0; i < reading::step_count; ++i) steps_[i] = state_->steps[i];
  }
  void write_one(const act& one) {
    switch (one.is) {
      case act_is::begun:
      case act_is::answered: return record_input_(*this, input_);
      case act_is::asked: return;
      case act_is::asked_again: return write_asked_again(one.step);
      case act_is::failed: return write_failed(one.step);
      case act_is::undo_asked: return at_step(one.step, [&](auto at) { write_undo_asked<at()>(); });
      case act_is::undone:
        return at_step(one.step, [&](auto at) {
          if constexpr (!std::is_void_v<typename step_of<at()>::undo_command>) record(saga_records::undone<Saga, step_type<at()>>{});
        });
      case act_is::passed_over:
        return at_step(one.step, [&](auto at) {
          if constexpr (std::is_void_v<typename step_of<at()>::undo_command>) record(saga_records::passed_over<Saga, step_type<at()>>{});
        });
      case act_is::got_stuck: return record(got_stuck<Saga>{name_of(one.step), word(refusal_)});
      case act_is::retried: return record(saga_records::retried<Saga>{name_of(one.step), *who_});
      case act_is::resolved: return record(saga_records::resolved<Saga>{name_of(one.step), *who_, *why_});
      case act_is::completed: return record(completed<Saga>{});
      case act_is::compensated: return record(compensated<Saga>{});
      case act_is::late: return record(saga_records::late<Saga>{name_of(one.step), word(refusal_)});
      case act_is::ignored: ignored_ = true;
    }
  }

  void ask_group(std::uint16_t group) {
    select<reading::table.group_count>(group, [&](auto at) {
      constexpr group_rule rule = reading::table.groups[at()];
      if constexpr (rule.first != 0) ask_steps<rule.first>(make_indices<rule.steps>{});
    });
  }
  template <std::size_t First, std::size_t... K>
  void ask_steps(indices<K...>) {
    using commands = values<decltype(reading::template call_run<First + K>(*state_))...>;
    compute([&] { return commands(command_of<First + K>()...); },
            [&](const commands& all) { (record_asked<First + K, K>(value_at<K>(all)), ...); });
  }
  template <std::size_t I>
  auto command_of() {
    if constexpr (!same<Before, asked_nothing>)
      if (before_.template has<I>()) return before_.template command<I>();
    return reading::template call_run<I>(*state_);
  }
  template <std::size_t I, std::size_t K, class Command>
  void record_asked(const Command& command) {
    if constexpr (step_of<I>::asks_many) sizes_[K] = static_cast<std::uint32_t>(command.size());
    else sizes_[K] = 1;
    timestamp until = until_of<I>(now_);
    if constexpr (!same<Before, asked_nothing>)
      if (before_.template has<I>()) until = before_.template until<I>();
    record(saga_records::asked<Saga, step_type<I>, Command>{command, until});
  }
  template <std::size_t I>
  static timestamp until_of(timestamp from) noexcept {
    if constexpr (step_of<I>::has_within) return from + step_of<I>::within();
    else return {};
  }
  void write_asked_again(std::uint16_t step) {
    const timestamp due = now_ + after_;
    timestamp until{};
    if (steps_[step].is == step_is::asked) at_step(step, [&](auto at) { until = until_of<at()>(due); });
    else if (state_->is_open_elsewhere(step)) until = due + state_->patience(step);
    const timestamp at = after_.nanoseconds == 0 ? timestamp{} : due;
    if constexpr (reading::asks_elsewhere)  // refused, it is another request; unanswered, the same
      if (state_->is_open_elsewhere(step) && !is_time_out_) return record(saga_records::asked_anew<Saga>{name_of(step), at, until});
    record(saga_records::asked_again<Saga>{name_of(step), at, until});
  }
  void write_failed(std::uint16_t step) {
    const saga_word name = step == no_step ? word(failed_by_) : name_of(step);
    bool has_cause = false;
    const auto each = [&]<class... Cause>(types<Cause...>) { ((has_cause = has_cause || write_cause<Cause>(name)), ...); };
    each(typename reading::causes{});
    if (!has_cause) record(saga_records::failed<Saga, void, 0>{name});
  }
  template <class Cause>
  bool write_cause(const saga_word& name) {
    const Cause* const cause = held_in<Cause>(cause_);
    if (cause != nullptr) record(saga_records::failed<Saga, Cause, 1 + index_of<Cause, typename reading::causes>>{name, *cause});
    return cause != nullptr;
  }
  template <std::size_t I>
  void write_undo_asked() {
    using command = typename step_of<I>::undo_command;
    if constexpr (!std::is_void_v<command>)
      compute(
          [&]() -> command {
            if constexpr (step_of<I>::asks_many) return reading::template call_undo<I>(*state_, state_->template element<I>());
            else return reading::template call_undo<I>(*state_);
          },
          [&](const command& made) { record(saga_records::undo_asked<Saga, step_type<I>, command>{made}); });
  }

  /// use(make()). Where a step throws in the commit of somebody else, what it would have asked is left to the runner, which meets that again; so
  /// with an interrupt, whose event is recorded.
  template <class Make, class Use>
  void compute(Make&& make, Use&& use) {
    if (!is_hearing_) return use(make());
    one_of<types<decltype(make())>> made;
    const auto attempt = [&] {
      made = make();
      return true;
    };
    if (without_exceptions(attempt, [](const char*) { return false; })) use(made.template get<0>());
    else is_stopped_ = true;
  }

  template <class Visit>
  void at_step(std::uint16_t step, Visit&& visit) {
    select<reading::step_count>(step, visit);
  }
  static saga_word word(const char* name) noexcept {
    saga_word made;
    (void)made.append(name);
    return made;
  }
  saga_word name_of(std::uint16_t step) {
    saga_word name;
    at_step(step, [&](auto at) { (void)name.append(said_name<step_type<at()>>); });
    return name;
  }

  template <class Record>
  void record(const Record& what) {
    if (!ok_ || is_stopped_) return;
    ok_ = engine_.template record_one<stream>(key_, what, from_);
    if (!ok_) return;
    ++recorded_;
    // The first record makes the place of the instance.
    if (recorded_ == 1) state_ = &engine_.template table_of<stream>().find(key_)->state;
  }

  Engine& engine_;
  const key_value<key_type> key_;
  const instance* state_;
  const origin from_;
  const timestamp now_;
  course_status whole_;
  step_status steps_[reading::step_count] = {};
  [[no_unique_address]] std::conditional_t<same<Before, asked_nothing>, asked_nothing, const Before&> before_;
  std::uint32_t sizes_[reading::step_count] = {};
  void (*record_input_)(saga_turn&, const void*) = nullptr;
  const void* input_ = nullptr;
  duration after_{};
  one_of<typename reading::causes> cause_;
  const char* failed_by_ = "";
  const char* refusal_ = "";
  const text<64>* who_ = nullptr;
  const text<200>* why_ = nullptr;
  std::size_t recorded_ = 0;
  const bool is_hearing_;
  bool ok_ = true;
  bool is_stopped_ = false;
  bool is_time_out_ = false;
  bool ignored_ = false;
};

}  // namespace gesta::detail
