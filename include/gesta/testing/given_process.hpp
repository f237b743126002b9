// Tests of a process without a store: the state it is in and what it asks, given what it has heard, on a clock that the test moves.
// Floor: testing.
// May include: detail, message, react, model, testing.
//
//   static_assert(gesta::testing::given<shop, manager>(order::placed{8, 5, 100})
//                     .is(paying{{8, 5, 100}}).asks(payment::charge{8, 100})
//                     .hears(order::cancel_asked{8}).defers(order::cancel_asked{8})
//                     .answered(payment::charged{8, 100}).is<stopping>().asks(stock::reserve{8, 5}).defers());
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/names.hpp>
#include <gesta/detail/one_of.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/many.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/happening.hpp>
#include <gesta/react/process_machine.hpp>
#include <gesta/testing/given.hpp>
#include <gesta/testing/print.hpp>
#include <gesta/testing/same.hpp>
#include <gesta/testing/told.hpp>

namespace gesta {

namespace testing {

/// A process of which some inputs are told; made by gesta::testing::given<Model, Process>(beginning). Each word gives a process of which one more is
/// told, and leaves this one as it was. It is true while everything that was expected has come; written to a stream it says what was told, and at the
/// first expectation that was missed what there was instead. The machine, the table and the cells are those that run the process; Flow has the
/// contracts of its commands.
template <class Flow, class Process>
class [[nodiscard]] process_told : public detail::testing::story<process_told<Flow, Process>> {
  using story = detail::testing::story<process_told<Flow, Process>>;
  friend story;
  using story::expect;
  using story::holds_;
  using story::judge;
  using cells = typename detail::process_stream<Flow, Process>::cells;
  using machine = detail::process_machine<cells>;
  using states = typename cells::states;
  using inputs = typename cells::inputs;
  using input = detail::one_of<inputs>;

 public:
  template <class Event>
  constexpr explicit process_told(const Event& beginning) {
    story::say_given(beginning);
    hear(beginning);
  }

  // ---- what happens

  /// The open command that can end so has ended: with the events of its decision, in their order, with a rejection, or with gesta::nothing (also
  /// gesta::unchanged<Command>). Where several can, the one that was asked first; answered<Command> says which. The runner decides commands in the
  /// order in which they were asked.
  template <class... Outcome>
    requires(sizeof...(Outcome) != 0)
  constexpr process_told answered(const Outcome&... outcome) const {
    return answer<void>(outcome...);
  }
  template <class Command, class... Outcome>
    requires(sizeof...(Outcome) != 0)
  constexpr process_told answered(const Outcome&... outcome) const {
    return answer<Command>(outcome...);
  }
  /// An event from outside: one that the process listens to, or its beginning once more. It changes nothing where the runner would pass it over.
  template <class Event>
  constexpr process_told hears(const Event& event) const {
    process_told next = *this;
    if (!holds_) return next;
    next.say_told("hears ", event);
    next.begin_telling();
    if constexpr (is_heard<Event> || begins<Event>) next.hear(event);
    else next.judge(false, [&](detail::writer& out) { out.put("the process hears "), detail::printing::put(event, out); });
    return next;
  }
  /// Time passes: each state whose time is over meanwhile has timed out, at that time.
  constexpr process_told after(duration time) const {
    process_told next = *this;
    if (!holds_) return next;
    next.say_passed(time);
    next.begin_telling();
    next.pass(now_ + time);
    return next;
  }

  // ---- what is expected

  /// It is in this state, with these values.
  template <class State>
    requires detail::contains<State, states>
  constexpr process_told is(const State& state) const {
    if (!holds_) return *this;
    bool same = instance_.state_index() == detail::index_of<State, states>;
    if (same && instance_.has_begun()) same = gesta::same_message(instance_.template state<detail::index_of<State, states>>(), state);
    return expect(same, [&](detail::writer& out) { detail::printing::put(state, out); });
  }
  /// It is in this state.
  template <class State>
    requires detail::contains<State, states>
  constexpr process_told is() const {
    if (!holds_) return *this;
    return expect(instance_.state_index() == detail::index_of<State, states>, [](detail::writer& out) { out.put(detail::type_name<State>); });
  }
  /// Exactly these commands are open, in the order in which they were asked.
  template <class... Command>
  constexpr process_told asks(const Command&... command) const {
    if (!holds_) return *this;
    return expect_all("asks ", [this](auto& visit) { this->each_open(visit); }, command...);
  }
  /// Exactly these inputs were put off and wait, in the order in which they came.
  template <class... Input>
  constexpr process_told defers(const Input&... one) const {
    if (!holds_) return *this;
    return expect_all("defers ", [this](auto& visit) { each_in(instance_.waiting(), visit); }, one...);
  }
  /// Exactly these inputs were ignored by what was told last, also of those that had waited.
  template <class... Input>
  constexpr process_told ignores(const Input&... one) const {
    if (!holds_) return *this;
    return expect_all("ignores ", [this](auto& visit) { each_in(ignored_, visit); }, one...);
  }
  /// Exactly these inputs were turned away by what was told last, also of those that had waited.
  template <class... Input>
  constexpr process_told rejects(const Input&... one) const {
    if (!holds_) return *this;
    return expect_all("rejects ", [this](auto& visit) { each_in(rejected_, visit); }, one...);
  }
  /// Its state has timed out when so much time has passed.
  constexpr process_told times_out_in(duration time) const {
    if (!holds_) return *this;
    return expect(has_time() && until() - now_ == time, [&](detail::writer& out) { put_timer(time, out); });
  }
  /// Its state has no time, or it has run out already.
  constexpr process_told never_times_out() const {
    if (!holds_) return *this;
    return expect(!has_time(), [](detail::writer& out) { out.put("never times out"); });
  }
  constexpr process_told completed() const { return ended_as(ended::completed); }
  constexpr process_told compensated() const { return ended_as(ended::compensated); }

 private:
  template <class Event>
  static constexpr bool begins = detail::contains<Event, typename cells::beginnings>;
  template <class Event>
  static constexpr bool is_heard = detail::contains<Event, typename cells::heard>;

  // ---- inputs

  // Keeps the records of the instance: the Sink of process_machine.
  struct sink {
    process_told& told;

    constexpr const auto& instance() const { return told.instance_; }
    constexpr timestamp now() const { return told.now_; }
    template <class Record>
    constexpr bool record(const Record& what) const {
      about at{};
      at.time = told.now_;
      told.instance_.take(what, at);
      ++told.records_;
      told.note(what);
      return true;
    }
  };
  template <class Record>
  constexpr void note(const Record&) {}
  template <class Input>
  constexpr void note(const ignored<Process, Input>& r) {
    ignored_.push_back(input_in<Input>(r));
  }
  template <class Input>
  constexpr void note(const turned_away<Process, Input>& r) {
    rejected_.push_back(input_in<Input>(r));
  }
  template <class Input, class Record>
  static constexpr input input_in(const Record& r) {
    if constexpr (requires { r.input; }) return input(r.input);
    else return input(Input{});
  }
  constexpr void begin_telling() {
    ignored_.clear();
    rejected_.clear();
  }

  // In the machine; of what is ignored from outside nothing is recorded. An input that has no cell cannot come, which is missed as an expectation.
  template <class Input>
  constexpr bool meet(const Input& one, std::uint32_t answers) {
    const std::uint32_t before = records_;
    const std::size_t state = instance_.state_index();
    sink to{*this};
    machine::hear(to, one, answers);
    if (records_ != before) return true;
    if (cells::table.cell(state, detail::index_of<Input, inputs>).ignores) {
      ignored_.push_back(input(one));
      return true;
    }
    judge(false, [&](detail::writer& out) { out.put("something is said of "), detail::printing::put(one, out), out.put(" in its state"); });
    return false;
  }
  template <class Event>
  constexpr void hear(const Event& event) {
    if (records_ != 0) {
      if (instance_.has_ended() || (instance_.state_index() != 0 && !is_heard<Event>)) return;
    } else if (!begins<Event>) {
      return;
    }
    meet(event, 0);
  }

  template <class Named, class... Outcome>
  constexpr process_told answer(const Outcome&... outcome) const {
    process_told next = *this;
    if (!holds_) return next;
    next.say_told("answered ", outcome...);
    next.begin_telling();
    bool is_taken = false;
    for (const auto& open : instance_.open()) {
      detail::visit(open.command, [&](const auto& command) {
        using command_type = std::remove_cvref_t<decltype(command)>;
        if constexpr ((std::is_void_v<Named> || detail::same<Named, command_type>) && can_end_with<command_type, Outcome...>()) {
          (next.template take<command_type>(outcome, open.number), ...);
          is_taken = true;
        }
      });
      if (is_taken) break;
    }
    if (!is_taken)
      next.judge(false, [&](detail::writer& out) {
        out.put("somebody waits for ");
        detail::printing::comma between{out};
        ((between.next(), detail::printing::put(outcome, out)), ...);
      });
    return next;
  }
  /// Whether a decision of Command can emit or refuse this.
  template <class Command, class... Outcome>
  static constexpr bool can_end_with() {
    using contract = typename Flow::template handler_of<Command>::contract;
    using answers = detail::answers_of<Flow, Command>;
    if constexpr (sizeof...(Outcome) == 1) {
      using one = detail::at<0, detail::types<Outcome...>>;
      if constexpr (detail::contains<one, typename contract::rejection_list>) return true;
      else if constexpr (detail::same<one, nothing> || detail::same<one, unchanged<Command>>) return detail::contains<unchanged<Command>, answers>;
    }
    return in_order(typename contract::event_list{}, detail::types<Outcome...>{});
  }
  template <class... Place, class... Outcome>
  static constexpr bool in_order(detail::types<Place...>, detail::types<Outcome...>) {
    const std::size_t places[] = {detail::index_of<Outcome, detail::types<typename detail::one_asked<Place>::type...>>..., 0};
    const bool is_many[] = {detail::one_asked<Place>::is_many..., false};
    std::size_t next = 0;
    for (std::size_t i = 0; i < sizeof...(Outcome); ++i) {
      if (places[i] == detail::npos || places[i] < next) return false;
      next = places[i] + (is_many[places[i]] ? 0 : 1);
    }
    return true;
  }
  template <class Command, class Outcome>
  constexpr void take(const Outcome& outcome, std::uint32_t number) {
    if (!holds_ || instance_.has_ended()) return;
    if constexpr (detail::same<Outcome, nothing>) meet(unchanged<Command>{}, number);
    else meet(outcome, number);
  }

  // ---- time

  static constexpr bool is_before(timestamp a, timestamp b) { return a.nanoseconds < b.nanoseconds; }
  constexpr bool has_time() const { return cells::table.states[instance_.state_index()].has_within && instance_.until.nanoseconds != 0; }
  constexpr timestamp until() const { return instance_.until; }
  constexpr void pass(timestamp target) {
    while (holds_ && has_time() && !is_before(target, until())) {
      if (is_before(now_, until())) now_ = until();
      if (!meet(timed_out{}, 0)) return;
    }
    now_ = target;
  }

  // ---- what there is

  template <class Visit>
  constexpr void each_open(Visit& visit) const {
    for (const auto& open : instance_.open()) detail::visit(open.command, visit);
  }
  template <class Visit>
  static constexpr void each_in(const many<input>& all, Visit& visit) {
    for (const input& one : all) detail::visit(one, visit);
  }
  template <class Each, class... Message>
  constexpr process_told expect_all(const char* word, Each each, const Message&... message) const {
    const detail::testing::messages<Message...> expected{{message}...};
    detail::testing::comparison<detail::make_indices<sizeof...(Message)>, Message...> compare{expected};
    each(compare);
    return expect(compare.same && compare.count == sizeof...(Message), [&](detail::writer& out) { out.put(word), expected.put(out); });
  }
  constexpr process_told ended_as(ended how) const {
    if (!holds_) return *this;
    const bool same = instance_.has_ended() && end_of(instance_.state_index(), states{}) == how;
    return expect(same, [&](detail::writer& out) { out.put(how == ended::completed ? "completed" : "compensated"); });
  }
  template <class... State>
  static constexpr ended end_of(std::size_t state, detail::types<State...>) {
    const ended all[] = {end_in<State>()..., ended::completed};
    return all[state];
  }
  template <class State>
  static constexpr ended end_in() {
    if constexpr (detail::ending_state<State>) return State::ends;
    else return ended::completed;
  }

  static void put_timer(duration time, detail::writer& out) {
    out.put("times out in ");
    story::put_time(time, out);
  }
  void put_actual(detail::writer& out) const {
    put_state(out, detail::make_indices<states::size>{});
    put_all(", asks ", out, [this](auto& visit) { this->each_open(visit); });
    put_all(", defers ", out, [this](auto& visit) { each_in(instance_.waiting(), visit); });
    put_all(", ignores ", out, [this](auto& visit) { each_in(ignored_, visit); });
    put_all(", rejects ", out, [this](auto& visit) { each_in(rejected_, visit); });
    if (has_time()) out.put(", "), put_timer(until() - now_, out);
    if (instance_.has_ended()) out.put(end_of(instance_.state_index(), states{}) == ended::completed ? ": completed" : ": compensated");
  }
  template <std::size_t... I>
  void put_state(detail::writer& out, detail::indices<I...>) const {
    ((I == instance_.state_index() ? put_state_at<I>(out) : void()), ...);
  }
  template <std::size_t I>
  void put_state_at(detail::writer& out) const {
    if (instance_.has_begun()) detail::printing::put(instance_.template state<I>(), out);
    else out.put(detail::type_name<detail::at<I, states>>);
  }
  template <class Each>
  static void put_all(const char* word, detail::writer& out, Each each) {
    detail::printing::comma between{out};
    auto put = [&](const auto& one) {
      if (between.first) out.put(word);
      between.next();
      detail::printing::put(one, out);
    };
    each(put);
  }

  timestamp now_{1};  // until is zero where there is no time
  std::uint32_t records_ = 0;
  detail::process_instance<cells> instance_{};
  many<input> ignored_{}, rejected_{};
};

/// A process that has begun with this event, on a clock that `after` moves.
template <detail::testing::has_parts Model, detail::process_part Process, class Event>
  requires(!detail::testing::has_broken_rule<Model>() && detail::contains<Event, detail::said_in_process<begins, Process>>)
constexpr auto given(const Event& beginning) {
  return process_told<typename flow<Model>::of_deciders, Process>(beginning);
}

}  // namespace testing

}  // namespace gesta
