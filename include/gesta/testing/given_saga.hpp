// Tests of a saga without a store: what it asks, given how its commands were answered, on a clock that the test moves.
// Floor: testing.
// May include: detail, message, react, model, testing.
//
//   static_assert(gesta::testing::given<shop, fulfilment>(order::placed{1, 5, 100})
//                     .asks(payment::charge{1, 100}).answered(payment::charged{1, 100})
//                     .asks(stock::reserve{1, 5}).answered(stock::sold_out{})
//                     .asks(payment::refund{1, 100}).answered(payment::refunded{1, 100})
//                     .asks(order::cancel{1, order::cause::stock}).answered(order::cancelled{1, order::cause::stock})
//                     .compensated(order::cause::stock));
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/names.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/many.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_flow.hpp>
#include <gesta/testing/given.hpp>
#include <gesta/testing/print.hpp>
#include <gesta/testing/same.hpp>
#include <gesta/testing/told.hpp>

namespace gesta {

namespace testing {
template <class Reading>
class saga_told;
}  // namespace testing

namespace detail::testing {

// A value that may be missing, at a place of its own.
template <std::size_t I, class T>
struct slot_of {
  bool has = false;
  T value{};
};
template <class Indices, class List>
struct slots;
template <std::size_t... I, class... T>
struct slots<indices<I...>, types<T...>> : slot_of<I, T>... {};
template <class List>
using slots_of = slots<make_indices<List::size>, List>;

template <std::size_t I, class T>
constexpr slot_of<I, T>& slot_at(slot_of<I, T>& s) {
  return s;
}
template <std::size_t I, class T>
constexpr const slot_of<I, T>& slot_at(const slot_of<I, T>& s) {
  return s;
}

// What a step of many commands has asked, and which of them stand.
struct no_elements {};
template <class Says>
struct elements_of {
  struct one {
    std::size_t which = 0;
    slots_of<typename Says::events> events;
  };
  many<typename Says::command> commands;
  many<one> standing;

  // The one that is undone next, as call_undo asks for it.
  template <class Fact>
  constexpr const Fact* get() const {
    const one& last = standing[standing.size() - 1];
    if constexpr (same<Fact, typename Says::command>) {
      return &commands[last.which];
    } else {
      const auto& s = slot_at<index_of<Fact, typename Says::events>>(last.events);
      return s.has ? &s.value : nullptr;
    }
  }
};

template <class Reading, class Indices>
struct lists_of_saga;
template <class Reading, std::size_t... I>
struct lists_of_saga<Reading, indices<I...>> {
  template <class... Fact>
  static type_is<types<typename Fact::type...>> types_of(types<Fact...>);
  using facts = typename decltype(types_of(typename Reading::facts{}))::type;
  template <std::size_t S>
  using step = typename Reading::template step<S>;
  template <std::size_t S>
  static constexpr auto elements_at() {
    if constexpr (step<S>::asks_many) return type_is<elements_of<step<S>>>{};
    else return type_is<no_elements>{};
  }
  using elements = types<typename decltype(elements_at<I>())::type...>;
};

template <std::size_t I>
struct at_index {
  static constexpr std::size_t value = I;
};

/// The saga of a story, as it is read; nothing where Saga is none, so that no other given is ruled out by an error.
template <class Model, class Saga>
struct saga_of_story {};
template <has_parts Model, saga_part Saga>
  requires(!has_broken_rule<Model>())
struct saga_of_story<Model, Saga> {
  using beginning = typename saga_read<flow<Model>, Saga>::beginning;
  using told = gesta::testing::saga_told<saga_flow<flow<Model>, Saga>>;
};

}  // namespace detail::testing

namespace testing {

/// A saga of which some inputs are told; made by gesta::testing::given<Model, Saga>(beginning). Each word gives a saga of which one more is told, and
/// leaves this one as it was. It is true while everything that was expected has come; written to a stream it says what was told, and at the first
/// expectation that was missed what there was instead. The machine, the table and the calls of steps are those that run the saga. What another service
/// decides (gesta::elsewhere) is answered by the same words, gesta::sent{} where nobody answers.
template <class Reading>
class [[nodiscard]] saga_told : public detail::testing::story<saga_told<Reading>> {
  using story = detail::testing::story<saga_told<Reading>>;
  friend story;
  using story::expect;
  using story::holds_;
  using story::judge;
  using story::say_passed;
  using story::say_told;
  using story::words_;
  template <std::size_t I>
  using step_of = typename Reading::template step<I>;
  using step_list = typename Reading::steps;
  using act = detail::act;
  using act_is = detail::act_is;
  using step_is = detail::step_is;

 public:
  template <class Event>
  constexpr explicit saga_told(const Event& beginning) {
    story::say_given(beginning);
    learn<0>(beginning);
    set_deadline(typename Reading::deadlines{});
    run([](auto& course) { course.begin(); }, none{});
  }

  // ---- what happens

  /// The open command, or undo, that can end so has ended: with an event, a rejection, gesta::nothing or gesta::sent. Where several can, that of the
  /// first step; answered<Step> says which. An answer to a command that has timed out is heard as one that comes too late; one to a request elsewhere
  /// that waits to be sent once more is its answer.
  template <class Outcome>
  constexpr saga_told answered(const Outcome& outcome) const {
    return answer<void>(outcome);
  }
  template <class Step, class Outcome>
  constexpr saga_told answered(const Outcome& outcome) const {
    return answer<Step>(outcome);
  }
  /// An event from outside: one that interrupts the saga, or its beginning once more.
  template <class Event>
  constexpr saga_told hears(const Event& event) const {
    saga_told next = *this;
    if (!holds_) return next;
    next.say_told("hears ", event);
    if constexpr (detail::same<Event, typename Reading::beginning>) next.run([](auto& course) { course.begin(); }, none{});
    else next.interrupt_by(event, typename Reading::interrupts{});
    return next;
  }
  /// Time passes: what was not answered in time is over, the saga's deadline too; commands that wait to be asked again are asked.
  constexpr saga_told after(duration time) const {
    saga_told next = *this;
    if (!holds_) return next;
    next.say_passed(time);
    next.pass(now_ + time);
    return next;
  }
  /// A person lets the undo of a step be asked again; it is expected to be stuck.
  template <class Step>
  constexpr saga_told retried() const {
    saga_told next = stuck<Step>();
    if (!next.holds_) return next;
    next.words_.say([](detail::writer& out) { out.put("\n  retried "), out.put(detail::type_name<Step>); });
    next.due_[index<Step>] = now_;
    next.run([](auto& course) { course.retried(index<Step>); }, none{});
    return next;
  }
  /// A person has undone a step by hand; it is expected to be stuck.
  template <class Step>
  constexpr saga_told resolved() const {
    saga_told next = stuck<Step>();
    if (!next.holds_) return next;
    next.words_.say([](detail::writer& out) { out.put("\n  resolved "), out.put(detail::type_name<Step>); });
    next.run([](auto& course) { course.resolved(index<Step>); }, none{});
    return next;
  }

  // ---- what is expected

  /// Exactly these commands are open, in the order of the steps; none: it waits, or it is over.
  template <class... Command>
  constexpr saga_told asks(const Command&... command) const {
    if (!holds_) return *this;
    const detail::testing::messages<Command...> expected{{command}...};
    detail::testing::comparison<detail::make_indices<sizeof...(Command)>, Command...> compare{expected};
    each_open(compare);
    return expect(compare.same && compare.count == sizeof...(Command), [&](detail::writer& out) { out.put("asks "), expected.put(out); });
  }
  constexpr saga_told completed() const {
    if (!holds_) return *this;
    return expect(whole_.is == detail::course_is::completed, [](detail::writer& out) { out.put("completed"); });
  }
  constexpr saga_told compensated() const {
    if (!holds_) return *this;
    return expect(whole_.is == detail::course_is::compensated, [](detail::writer& out) { out.put("compensated"); });
  }
  /// The same, with this cause.
  template <class Cause>
  constexpr saga_told compensated(const Cause& cause) const {
    if (!holds_) return *this;
    bool same = whole_.is == detail::course_is::compensated;
    if constexpr (detail::contains<Cause, typename Reading::causes>) {
      const auto& kept = cause_of_type<Cause>();
      same = same && kept.has && gesta::same_message(kept.value, cause);
    } else {
      same = false;
    }
    return expect(same, [&](detail::writer& out) { out.put("compensated with "), detail::printing::put(cause, out); });
  }
  /// The undo of this step is stuck.
  template <class Step>
  constexpr saga_told stuck() const {
    if (!holds_) return *this;
    return expect(steps_[index<Step>].is == step_is::stuck, [](detail::writer& out) { out.put("stuck at "), out.put(detail::type_name<Step>); });
  }

 private:
  using lists = detail::testing::lists_of_saga<Reading, detail::make_indices<Reading::step_count>>;
  template <class Step>
  static constexpr std::uint16_t index = static_cast<std::uint16_t>(detail::index_of<Step, step_list>);
  struct none {};

  // Calls f(at_index<step>).
  template <class F>
  static constexpr void at_step(std::size_t step, F&& f) {
    at_step_of(step, f, detail::make_indices<Reading::step_count>{});
  }
  template <class F, std::size_t... I>
  static constexpr void at_step_of(std::size_t step, F& f, detail::indices<I...>) {
    ((step == I ? f(detail::testing::at_index<I>{}) : void()), ...);
  }

  // The facts, as call_run and call_undo ask for them.
 public:
  template <std::size_t K>
  constexpr auto get() const {
    const auto& s = detail::testing::slot_at<K>(facts_);
    return s.has ? &s.value : nullptr;
  }

 private:
  template <std::size_t Step, class Fact>
  constexpr void learn(const Fact& fact) {
    constexpr std::size_t k = Reading::template fact_index<Step, Fact>;
    if constexpr (k != detail::npos) {
      auto& s = detail::testing::slot_at<k>(facts_);
      s.value = fact;
      s.has = true;
    }
  }
  template <class Cause>
  constexpr auto& cause_of_type() {
    return detail::testing::slot_at<detail::index_of<Cause, typename Reading::causes>>(causes_);
  }
  template <class Cause>
  constexpr const auto& cause_of_type() const {
    return detail::testing::slot_at<detail::index_of<Cause, typename Reading::causes>>(causes_);
  }
  template <std::size_t I>
  constexpr auto& elements() {
    return detail::testing::slot_at<I>(elements_).value;
  }
  template <std::size_t I>
  constexpr const auto& elements() const {
    return detail::testing::slot_at<I>(elements_).value;
  }

  // ---- the open commands

  template <class Visit>
  constexpr void each_open(Visit& visit) const {
    each_open_of(visit, detail::make_indices<Reading::step_count>{});
  }
  template <class Visit, std::size_t... I>
  constexpr void each_open_of(Visit& visit, detail::indices<I...>) const {
    (open_of<I>(visit), ...);
  }
  template <std::size_t I, class Visit>
  constexpr void open_of(Visit& visit) const {
    if (is_before(now_, due_[I])) return;
    if constexpr (!std::is_void_v<typename step_of<I>::command>) {
      if (steps_[I].is == step_is::asked) {
        if constexpr (step_of<I>::asks_many) visit(elements<I>().commands[steps_[I].answered]);
        else visit(Reading::template call_run<I>(*this));
      }
    }
    if constexpr (!std::is_void_v<typename step_of<I>::undo_command>) {
      if (steps_[I].is == step_is::undo_asked) {
        if constexpr (step_of<I>::asks_many) visit(Reading::template call_undo<I>(*this, elements<I>()));
        else visit(Reading::template call_undo<I>(*this));
      }
    }
  }

  // ---- inputs

  // Runs the machine; Answered says what becomes of the outcome that is its input.
  template <class Input, class Answered>
  constexpr void run(Input input, const Answered& answered) {
    auto write = [&](const act& a) {
      std::uint32_t size = 1;
      if constexpr (!detail::same<Answered, none>)
        if (a.is == act_is::answered) answered(a);
      if (a.step != detail::no_step) at_step(a.step, [&](auto at) { size = follow<decltype(at)::value>(a); });
      if (a.is == act_is::failed) keep_cause();
      detail::note(Reading::table, {whole_, steps_}, a, size);
    };
    detail::course<decltype(write)> machine(Reading::table, {whole_, steps_}, write);
    input(machine);
  }
  // What an act means for the facts and the times of its step; of asked the number of commands.
  template <std::size_t I>
  constexpr std::uint32_t follow(const act& a) {
    switch (a.is) {
      case act_is::asked:
        due_[I] = now_;
        is_the_same_[I] = false;
        if constexpr (step_of<I>::has_within) until_[I] = now_ + step_of<I>::within();
        return ask<I>();
      case act_is::answered:  // where it asks more elsewhere, the next has a time of its own
        if constexpr (step_of<I>::has_within && step_of<I>::is_remote) until_[I] = now_ + step_of<I>::within();
        break;
      case act_is::asked_again:
        due_[I] = now_ + after_;
        is_the_same_[I] = step_of<I>::is_remote && has_timed_out_;
        if constexpr (step_of<I>::has_within) until_[I] = due_[I] + step_of<I>::within();
        break;
      case act_is::undo_asked: due_[I] = now_; break;
      case act_is::undone:
      case act_is::resolved:
        if constexpr (step_of<I>::asks_many) elements<I>().standing.pop_back();
        break;
      case act_is::passed_over:
        if constexpr (step_of<I>::asks_many) elements<I>().standing.clear();
        break;
      default: break;
    }
    return 1;
  }
  template <std::size_t I>
  constexpr std::uint32_t ask() {
    if constexpr (std::is_void_v<typename step_of<I>::command>) {
      return 1;
    } else if constexpr (step_of<I>::asks_many) {
      elements<I>().commands = Reading::template call_run<I>(*this);
      return static_cast<std::uint32_t>(elements<I>().commands.size());
    } else {
      learn<I>(Reading::template call_run<I>(*this));
      return 1;
    }
  }

  template <class Answer>
  constexpr void note_answer(const Answer& answer) {
    using cause = typename detail::answer_says<Answer>::cause;
    after_ = detail::after_of(answer);
    new_causes_ = {};
    if constexpr (!std::is_void_v<cause>) {
      auto& s = detail::testing::slot_at<detail::index_of<cause, typename Reading::causes>>(new_causes_);
      s.has = true;
      s.value = detail::cause_of(answer);
    }
  }
  constexpr void keep_cause() {
    causes_ = new_causes_;
    learn_causes(typename Reading::causes{});
  }
  template <class... Cause>
  constexpr void learn_causes(detail::types<Cause...>) {
    ((cause_of_type<Cause>().has ? learn<detail::from_cause>(cause_of_type<Cause>().value) : void()), ...);
  }

  template <std::size_t I, class Outcome>
  constexpr void take(const Outcome& outcome) {
    note_answer(Reading::template answer_to<I>(outcome));
    has_timed_out_ = detail::same<Outcome, timed_out>;
    run([](auto& course) { course.answered(static_cast<std::uint16_t>(I), Reading::template outcome_index<I, Outcome>); },
        [&](const act& a) {
          if constexpr (step_of<I>::asks_many) {
            if (a.becomes == step_is::not_done) return;
            typename detail::testing::elements_of<step_of<I>>::one one;
            one.which = steps_[I].answered;
            if constexpr (detail::contains<Outcome, typename step_of<I>::events>) {
              auto& s = detail::testing::slot_at<detail::index_of<Outcome, typename step_of<I>::events>>(one.events);
              s.has = true;
              s.value = outcome;
            }
            elements<I>().standing.push_back(one);
          } else {
            (void)a;
            learn<I>(outcome);
          }
        });
  }
  template <std::size_t I, class Outcome>
  constexpr void take_undo(const Outcome& outcome) {
    using rejections = typename step_of<I>::undo_rejections;
    if constexpr (detail::contains<Outcome, rejections>) {
      after_ = detail::after_of(Reading::template answer_to_undo<I>(outcome));
      run([](auto& course) { course.undo_answered(static_cast<std::uint16_t>(I), Reading::template undo_outcome_index<I, Outcome>); }, none{});
    } else {
      run([](auto& course) { course.undo_answered(static_cast<std::uint16_t>(I), detail::no_step); }, none{});
    }
  }

  template <class Step, class Outcome>
  constexpr saga_told answer(const Outcome& outcome) const {
    saga_told next = *this;
    if (!holds_) return next;
    next.say_told("answered ", outcome);
    if (!next.template answer_in<Step>(outcome, detail::make_indices<Reading::step_count>{}))
      next.judge(false, [&](detail::writer& out) { out.put("somebody waits for "), detail::printing::put(outcome, out); });
    return next;
  }
  template <class Step, class Outcome, std::size_t... I>
  constexpr bool answer_in(const Outcome& outcome, detail::indices<I...>) {
    bool is_taken = false;
    ((is_taken = is_taken || answer_open<Step, I>(outcome)), ...);
    ((is_taken = is_taken || answer_late<Step, I>(outcome)), ...);
    return is_taken;
  }
  template <class Step, std::size_t I, class Outcome>
  constexpr bool answer_open(const Outcome& outcome) {
    using says = step_of<I>;
    if constexpr (std::is_void_v<Step> || detail::same<Step, typename says::type>) {
      if (is_before(now_, due_[I]) && !is_the_same_[I]) return false;
      if constexpr (detail::contains<Outcome, typename says::outcomes> && !detail::same<Outcome, timed_out>) {
        if (steps_[I].is == step_is::asked) return take<I>(outcome), true;
      }
      using undo = typename says::undo_contract;
      constexpr bool ends_undo = detail::contains<Outcome, typename undo::events> || detail::contains<Outcome, typename undo::rejections> ||
                                 (detail::same<Outcome, nothing> && undo::may_do_nothing);
      if constexpr (ends_undo) {
        if (steps_[I].is == step_is::undo_asked) return take_undo<I>(outcome), true;
      }
    }
    return false;
  }
  template <class Step, std::size_t I, class Outcome>
  constexpr bool answer_late(const Outcome&) {
    using says = step_of<I>;
    if constexpr ((std::is_void_v<Step> || detail::same<Step, typename says::type>) && detail::contains<Outcome, typename says::outcomes>) {
      if (steps_[I].overdue == 0) return false;
      run([](auto& course) { course.answered_late(static_cast<std::uint16_t>(I)); }, none{});
      return true;
    } else {
      return false;
    }
  }

  template <class Event, class... Interrupt>
  constexpr void interrupt_by(const Event& event, detail::types<Interrupt...>) {
    bool is_heard = false;
    ((is_heard = is_heard || interrupt_with<Interrupt>(event)), ...);
    if (!is_heard) judge(false, [&](detail::writer& out) { out.put("the saga hears "), detail::printing::put(event, out); });
  }
  template <class Interrupt, class Event>
  constexpr bool interrupt_with(const Event& event) {
    if constexpr (detail::same<typename detail::interrupt_says<Interrupt>::event, Event>) {
      note_answer(Interrupt{}.on(event));
      run([](auto& course) { course.interrupted(); }, none{});
      return true;
    } else {
      (void)event;
      return false;
    }
  }

  // ---- time

  static constexpr bool is_before(timestamp a, timestamp b) { return a.nanoseconds < b.nanoseconds; }

  template <class... Deadline>
  constexpr void set_deadline(detail::types<Deadline...>) {
    has_deadline_ = sizeof...(Deadline) != 0;
    deadline_ = now_;
    [[maybe_unused]] bool is_first = true;
    ((is_first || is_before(now_ + Deadline::within, deadline_) ? void((deadline_ = now_ + Deadline::within, is_first = false)) : void()), ...);
  }
  template <class... Deadline>
  constexpr void run_out(detail::types<Deadline...>) {
    has_deadline_ = false;
    bool is_said = false;
    [[maybe_unused]] const auto say = [&](bool is_its, const auto& answer) {
      if (is_said || !is_its) return;
      is_said = true;
      note_answer(answer);
    };
    (say(timestamp{} + Deadline::within == deadline_, Deadline{}.on(timed_out{})), ...);
    run([](auto& course) { course.interrupted(); }, none{});
  }
  // What is due until then, the earliest first; the deadline before what is due at the same time.
  constexpr void pass(timestamp target) {
    for (;;) {
      std::size_t first = detail::npos;
      timestamp at = target;
      for (std::size_t i = 0; i < Reading::step_count; ++i) {
        if (steps_[i].is != step_is::asked || !has_time_[i]) continue;
        if (is_before(at, until_[i]) || (first != detail::npos && !is_before(until_[i], at))) continue;
        first = i;
        at = until_[i];
      }
      if (has_deadline_ && !is_before(at, deadline_)) {
        now_ = deadline_;
        run_out(typename Reading::deadlines{});
        continue;
      }
      if (first == detail::npos) break;
      now_ = at;
      at_step(first, [&](auto step) {
        constexpr std::size_t I = decltype(step)::value;
        if constexpr (step_of<I>::has_within) take<I>(timed_out{});
      });
    }
    now_ = target;
  }

  // ---- words

  void put_actual(detail::writer& out) const {
    detail::printing::comma between{out};
    auto put = [&](const auto& command) {
      if (between.first) out.put("asks ");
      between.next();
      detail::printing::put(command, out);
    };
    each_open(put);
    bool waits = false;
    for (std::size_t i = 0; i < Reading::step_count; ++i) {
      waits = waits || is_before(now_, due_[i]);
      if (steps_[i].is != step_is::stuck) continue;
      between.next();
      out.put("stuck at ");
      at_step(i, [&](auto step) { out.put(detail::type_name<typename step_of<decltype(step)::value>::type>); });
    }
    if (whole_.is == detail::course_is::completed) return out.put("completed");
    if (whole_.is == detail::course_is::compensated) {
      out.put("compensated");
      return put_causes(out, typename Reading::causes{});
    }
    if (between.first) out.put(waits ? "waits to ask again" : "asks nothing");
  }
  template <class... Cause>
  void put_causes(detail::writer& out, detail::types<Cause...>) const {
    ((cause_of_type<Cause>().has ? (out.put(" with "), detail::printing::put(cause_of_type<Cause>().value, out)) : void()), ...);
  }

  template <std::size_t... I>
  struct times {
    bool has[sizeof...(I) + 1];
    constexpr bool operator[](std::size_t i) const { return has[i]; }
  };
  template <std::size_t... I>
  static constexpr times<I...> times_of(detail::indices<I...>) {
    return {{step_of<I>::has_within..., false}};
  }
  static constexpr auto has_time_ = times_of(detail::make_indices<Reading::step_count>{});

  bool has_deadline_ = false;
  bool has_timed_out_ = false;
  timestamp now_{};
  timestamp deadline_{};
  duration after_{};
  detail::course_status whole_{};
  detail::step_status steps_[Reading::step_count] = {};
  timestamp due_[Reading::step_count] = {};
  timestamp until_[Reading::step_count] = {};
  bool is_the_same_[Reading::step_count] = {};  // asked again elsewhere as the same request: an answer to it counts before it is sent once more
  detail::testing::slots_of<typename lists::facts> facts_{};
  detail::testing::slots_of<typename Reading::causes> causes_{}, new_causes_{};
  detail::testing::slots_of<typename lists::elements> elements_{};
};

/// A saga that has begun with this event, at the time zero of a clock that `after` moves.
template <class Model, class Saga, class Story = detail::testing::saga_of_story<Model, Saga>>
constexpr typename Story::told given(const typename Story::beginning& beginning) {
  return typename Story::told(beginning);
}

}  // namespace testing

}  // namespace gesta
