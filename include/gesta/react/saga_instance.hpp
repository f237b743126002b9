// What one instance of a saga is: the fold of its records. No function of a user is asked; facts are picked by their types.
// Floor: react. The state of a stream in runtime/sagas.hpp.
// May include: detail, message, decide, react.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/hana.hpp>
#include <gesta/detail/one_of.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/many.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_flow.hpp>
#include <gesta/react/saga_records.hpp>

namespace gesta::detail {

/// What a step of many commands has done: its commands, and which of them stand, each with its event.
struct no_elements {};
template <class Step>
struct elements_of_step {
  struct element {
    std::uint32_t which = 0;  ///< of the commands
    one_of<typename Step::events> event;
  };
  many<typename Step::command> commands;
  many<element> standing;
};

/// The element of a step of many commands that is undone, as facts.
template <class Step>
struct element_facts {
  const elements_of_step<Step>& all;

  /// Its command, or its event; nullptr: it is another one.
  template <class Fact>
  const Fact* get() const noexcept {
    const auto& last = all.standing[all.standing.size() - 1];
    if constexpr (same<Fact, typename Step::command>) return &all.commands[last.which];
    else return held_in<Fact>(last.event);
  }
};

template <class Reading, class Steps>
struct saga_steps_storage;
template <class Reading, std::size_t... I>
struct saga_steps_storage<Reading, indices<I...>> {
  template <std::size_t S>
  using step = typename Reading::template step<S>;
  template <std::size_t S>
  using elements = std::conditional_t<step<S>::asks_many, elements_of_step<step<S>>, no_elements>;
  using all_elements = values<elements<I>...>;
  template <class Command, bool IsMany>
  using if_single = std::conditional_t<std::is_void_v<Command> || IsMany, types<>, types<Command>>;
  using open = unique<concat<if_single<typename step<I>::command, step<I>::asks_many>..., if_single<typename step<I>::undo_command, false>...>>;
};

/// What is asked elsewhere by one step. Numbers are positions of records: no other request of the log has the same.
struct request_elsewhere {
  std::uint64_t number = 0;  ///< of the open request: the step's, or its undo's
  std::uint64_t run = 0;     ///< of the step's last one, which its undo follows
  std::uint64_t wanted = 0;  ///< the last record because of which it is to be sent
  std::uint64_t sent = 0;    ///< because of which this program has sent it; no record says that
};
template <std::size_t Steps>
struct requests_elsewhere {
  /// States count positions: see holdings::knows_positions.
  static constexpr bool counts_positions = true;

  request_elsewhere requests[Steps] = {};
  bool is_to_send = false;  ///< it waits in the work of the engine
};
struct no_requests_elsewhere {
  static constexpr bool counts_positions = false;
};

/// How long an undo elsewhere is waited for before it is sent once more, where its step does not say `within`.
inline constexpr duration patience_with_undos = seconds(60);

/// The state of one instance. Reading: a saga_flow.
template <class Reading>
class saga_instance : public std::conditional_t<Reading::asks_elsewhere, requests_elsewhere<Reading::step_count>, no_requests_elsewhere> {
  template <std::size_t I>
  using step_of = typename Reading::template step<I>;

 public:
  using reading = Reading;
  using saga = typename Reading::saga_type;
  static constexpr std::size_t step_count = Reading::step_count;

  // ---- how it stands

  course_status whole{};
  step_status steps[step_count] = {};
  std::uint16_t failed_by = no_step;  ///< the step
  std::uint16_t refusal = no_step;    ///< of the undo that is stuck: which of its rejections
  bool is_queued = false;             ///< it waits in the work of the engine
  timestamp deadline{};               ///< of the whole saga; zero: it has none
  timestamp changed{};                ///< when its last record was written
  message_id correlation{};
  std::uint64_t definition = 0;       ///< the saga's fingerprint when it began

  bool is_under_way() const noexcept { return whole.is == course_is::under_way; }
  course_view view() noexcept { return {whole, steps}; }
  /// Whether an interrupt would still be heard.
  bool can_be_interrupted() const noexcept {
    return is_under_way() && !whole.failing && (Reading::table.pivot == no_step || steps[Reading::table.pivot].is == step_is::untouched);
  }

  /// The event from outside whose interrupt threw, and is to be asked again before anything else.
  const auto& unheard() const noexcept { return unheard_; }
  bool has_unheard() const noexcept {
    if constexpr (Reading::interrupts::size != 0) return unheard_.which() != npos && can_be_interrupted();
    else return false;
  }

  // ---- what it knows

  /// The fact of index K in the reading's `facts`; nullptr: it is missing.
  template <std::size_t K>
  const auto* get() const noexcept {
    return known_[K] ? &value_at<K>(facts_) : nullptr;
  }
  /// The command of a step that is open. Only where one is.
  template <std::size_t I>
  const typename step_of<I>::command& open_command() const noexcept {
    if constexpr (step_of<I>::asks_many) return value_at<I>(elements_).commands[steps[I].answered];
    else return *held_in<typename step_of<I>::command>(open_[slot<I>]);
  }
  template <std::size_t I>
  const typename step_of<I>::undo_command& open_undo() const noexcept {
    return *held_in<typename step_of<I>::undo_command>(open_[0]);
  }
  /// When the open command of a step counts as timed out; zero: never.
  timestamp until(std::size_t step) const noexcept { return times_[slot_of(step)].until; }
  /// Before when the open command of a step, or of its undo, is not to be asked again.
  timestamp due(std::size_t step) const noexcept { return times_[slot_of(step)].due; }
  template <std::size_t I>
  auto element() const noexcept {
    return element_facts<step_of<I>>{value_at<I>(elements_)};
  }

  // ---- records

  using evolves_by_itself = void;

  template <class Record>
  void take(const Record& r, const about& at) {
    changed = at.time;
    fold(r, at);
  }

  /// Whether the open command of a step, or of its undo, is for another service.
  bool is_open_elsewhere([[maybe_unused]] std::size_t step) const noexcept {
    if constexpr (Reading::asks_elsewhere) {
      return (steps[step].is == step_is::asked && remote.run[step]) || (steps[step].is == step_is::undo_asked && remote.undo[step]);
    } else {
      return false;
    }
  }

  void fold(const begun<saga>& r, const about& at) {
    note(act_is::begun);
    learn<0>(r.event);
    definition = r.definition;
    deadline = r.until;
    correlation = at.correlation;
  }
  template <class Step, class Command>
  void fold(const saga_records::asked<saga, Step, Command>& r, [[maybe_unused]] const about& at) {
    constexpr std::size_t I = index<Step>;
    std::uint32_t size = 1;
    if constexpr (step_of<I>::asks_many) {
      size = static_cast<std::uint32_t>(r.command.size());
      value_at<I>(elements_).commands = r.command;
      value_at<I>(elements_).standing.clear();
    } else {
      open_[slot<I>] = r.command;
      learn<I>(r.command);
    }
    times_[slot<I>] = {r.until, {}};
    note(act_is::asked, I, size);
    if constexpr (step_of<I>::is_remote)
      if (steps[I].is == step_is::asked) begin_request(I, at.position);
  }
  template <class Step, class Outcome>
  void fold([[maybe_unused]] const saga_records::answered<saga, Step, Outcome>& r, [[maybe_unused]] const about& at) {
    constexpr std::size_t I = index<Step>;
    constexpr outcome_rule rule = Reading::table.outcome(I, Reading::template outcome_index<I, Outcome>);
    constexpr step_is becomes = rule.is_unknown ? step_is::unknown : rule.may_stand ? step_is::done : step_is::not_done;
    constexpr bool is_event = contains<Outcome, typename step_of<I>::events>;
    if constexpr (step_of<I>::asks_many) {
      if constexpr (becomes != step_is::not_done) {
        typename elements_of_step<step_of<I>>::element one;
        one.which = steps[I].answered;
        if constexpr (is_event) one.event = r.outcome;
        value_at<I>(elements_).standing.push_back(one);
      }
    } else if constexpr (is_event) {
      learn<I>(r.outcome);
    }
    apply({act_is::answered, static_cast<std::uint16_t>(I), becomes, rule.answer == outcome_rule::says::proceed});
    if constexpr (step_of<I>::is_remote && step_of<I>::asks_many)
      if (steps[I].is == step_is::asked) {  // the next of them
        begin_request(I, at.position);
        times_[slot<I>] = {at.time + step_of<I>::within(), {}};
      }
  }
  void fold(const saga_records::asked_again<saga>& r, [[maybe_unused]] const about& at) {
    const std::size_t which = step_named(r.step);
    if (which == npos) return;
    times_[slot_of(which)] = {r.until, r.due};
    note(act_is::asked_again, which);
    if constexpr (Reading::asks_elsewhere)
      if (r.due.nanoseconds == 0) this->requests[which].wanted = at.position;
  }
  void fold(const saga_records::asked_anew<saga>& r, [[maybe_unused]] const about& at) {
    const std::size_t which = step_named(r.step);
    if (which == npos) return;
    times_[slot_of(which)] = {r.until, r.due};
    note(act_is::asked_again, which);
    if constexpr (Reading::asks_elsewhere) {
      request_elsewhere& one = this->requests[which];
      const std::uint64_t wanted = one.wanted;
      begin_request(which, at.position);
      if (r.due.nanoseconds != 0) one.wanted = wanted;
    }
  }
  void fold(const saga_records::sent_again<saga>& r, [[maybe_unused]] const about& at) {
    const std::size_t which = step_named(r.step);
    if (which == npos) return;
    times_[slot_of(which)] = {r.until, {}};
    if constexpr (Reading::asks_elsewhere) this->requests[which].wanted = at.position;
  }
  template <class Cause, unsigned N>
  void fold(const saga_records::failed<saga, Cause, N>& r, const about&) {
    failed_by = static_cast<std::uint16_t>(step_named(r.step));
    if constexpr (!std::is_void_v<Cause>) learn<from_cause>(r.cause);
    note(act_is::failed);
  }
  template <class Step, class Command>
  void fold(const saga_records::undo_asked<saga, Step, Command>& r, [[maybe_unused]] const about& at) {
    open_[0] = r.command;
    times_[slot<index<Step>>] = {};
    note(act_is::undo_asked, index<Step>);
    if constexpr (step_of<index<Step>>::undo_is_remote) begin_undo_request(index<Step>, at);
  }
  template <class Step>
  void fold(const saga_records::undone<saga, Step>&, const about&) {
    drop_element(index<Step>);
    note(act_is::undone, index<Step>);
  }
  template <class Step>
  void fold(const saga_records::passed_over<saga, Step>&, const about&) {
    note(act_is::passed_over, index<Step>);
  }
  void fold(const got_stuck<saga>& r, const about&) {
    const std::size_t which = step_named(r.step);
    if (which == npos) return;
    refusal = refusal_named(which, r.refusal);
    note(act_is::got_stuck, which);
  }
  // These two a person may write at any time.
  void fold(const saga_records::retried<saga>& r, [[maybe_unused]] const about& at) {
    if (const std::size_t which = step_named(r.step); which != npos && steps[which].is == step_is::stuck) {
      times_[slot_of(which)] = {};
      note(act_is::retried, which);
      if constexpr (Reading::asks_elsewhere)
        if (remote.undo[which]) begin_undo_request(which, at);
    }
  }
  void fold(const saga_records::resolved<saga>& r, const about&) {
    if (const std::size_t which = step_named(r.step); which != npos && steps[which].is == step_is::stuck) {
      drop_element(which);
      note(act_is::resolved, which);
    }
  }
  void fold(const saga_records::late<saga>& r, const about&) {
    if (const std::size_t which = step_named(r.step); which != npos && steps[which].overdue != 0) note(act_is::late, which);
  }
  template <class Event>
  void fold(const saga_records::unheard<saga, Event>& r, const about&) {
    unheard_ = r.event;
  }
  void fold(const completed<saga>&, const about&) {
    note(act_is::completed);
    forget();
  }
  void fold(const compensated<saga>&, const about&) {
    note(act_is::compensated);
    forget();
  }
  void fold(const migrated<saga>&, const about&) {
    whole.is = course_is::moved;
    forget();
  }

  /// The name of the rejection of an undo that is stuck; "" where there is none.
  const char* refusal_at(std::size_t step) const noexcept {
    const char* name = "";
    const auto all = [&]<std::size_t... I>(indices<I...>) {
      ((step == I ? void(name = name_in(typename step_of<I>::undo_rejections{})) : void()), ...);
    };
    all(make_indices<step_count>{});
    return name;
  }
  /// How long an undo elsewhere is waited for before it is sent once more.
  static duration patience(std::size_t step) noexcept { return remote.patience[step]; }

  /// The step of this name; npos where there is none.
  static std::size_t step_named(const saga_word& name) noexcept {
    const auto look = [&]<class... S>(types<S...>) { return first_true({(name == said_name<S>)..., false}); };
    return look(typename Reading::steps{});
  }

 private:
  struct remote_steps {
    bool run[step_count];
    bool undo[step_count];
    duration patience[step_count];
  };
  template <std::size_t... I>
  static constexpr remote_steps find_remote(indices<I...>) {
    return {{step_of<I>::is_remote...}, {step_of<I>::undo_is_remote...}, {(step_of<I>::has_within ? step_of<I>::within() : patience_with_undos)...}};
  }
  static constexpr remote_steps remote = find_remote(make_indices<step_count>{});

  void begin_request(std::size_t step, std::uint64_t position) {
    request_elsewhere& one = this->requests[step];
    one.number = one.wanted = position;
    if (steps[step].is == step_is::asked) one.run = position;
  }
  void begin_undo_request(std::size_t step, const about& at) {
    begin_request(step, at.position);
    times_[slot_of(step)].until = at.time + patience(step);
  }

  template <class Step>
  static constexpr std::size_t index = index_of<Step, typename Reading::steps>;
  template <std::size_t I>
  static constexpr std::size_t slot = I - Reading::table.groups[Reading::table.steps[I].group].first;
  static constexpr std::size_t slot_of(std::size_t step) noexcept { return step - Reading::table.groups[Reading::table.steps[step].group].first; }
  static constexpr std::size_t slots() noexcept {
    std::size_t most = 1;
    for (std::size_t i = 0; i < Reading::table.group_count; ++i)
      if (Reading::table.groups[i].steps > most) most = Reading::table.groups[i].steps;
    return most;
  }
  using storage = saga_steps_storage<Reading, make_indices<step_count>>;
  template <class... Rejection>
  const char* name_in(types<Rejection...>) const noexcept {
    const char* const names[] = {said_name<Rejection>..., ""};
    return names[refusal < sizeof...(Rejection) ? refusal : sizeof...(Rejection)];
  }
  std::uint16_t refusal_named(std::size_t step, const saga_word& name) const noexcept {
    std::size_t found = npos;
    const auto in = [&]<class... Rejection>(types<Rejection...>) { found = first_true({(name == said_name<Rejection>)..., false}); };
    const auto all = [&]<std::size_t... I>(indices<I...>) { ((step == I ? in(typename step_of<I>::undo_rejections{}) : void()), ...); };
    all(make_indices<step_count>{});
    return static_cast<std::uint16_t>(found);
  }

  void apply(const act& one, std::uint32_t size = 1) { detail::note(Reading::table, view(), one, size); }
  void note(act_is what, std::size_t step = no_step, std::uint32_t size = 1) { apply({what, static_cast<std::uint16_t>(step)}, size); }

  template <std::size_t Step, class Value>
  void learn(const Value& value) {
    constexpr std::size_t at = Reading::template fact_index<Step, Value>;
    if constexpr (at != npos) {
      value_at<at>(facts_) = value;
      known_[at] = true;
    }
  }
  void drop_element(std::size_t step) {
    const auto all = [&]<std::size_t... I>(indices<I...>) { (drop_last<I>(step), ...); };
    all(make_indices<step_count>{});
  }
  template <std::size_t I>
  void drop_last(std::size_t step) {
    if constexpr (step_of<I>::asks_many)
      if (step == I && !value_at<I>(elements_).standing.empty()) value_at<I>(elements_).standing.pop_back();
  }
  /// What is over needs no facts.
  void forget() {
    facts_ = {};
    for (bool& one : known_) one = false;
    for (auto& one : open_) one = {};
    elements_ = {};
    unheard_ = {};
    for (times& one : times_) one = {};
  }

  template <class... Fact>
  static constexpr auto types_of(types<Fact...>) {
    return type_is<types<typename Fact::type...>>{};
  }
  struct times {
    timestamp until{};
    timestamp due{};
  };

  struct no_interrupts {};
  template <class... Interrupt>
  static constexpr auto events_of(types<Interrupt...>) {
    if constexpr (sizeof...(Interrupt) == 0) return type_is<no_interrupts>{};
    else return type_is<one_of<unique<types<typename interrupt_says<Interrupt>::event...>>>>{};
  }
  using interrupting_event = typename decltype(events_of(typename Reading::interrupts{}))::type;
  using fact_values = values_of<typename decltype(types_of(typename Reading::facts{}))::type>;

 public:
  /// What is kept for `run` and `undo`, in bytes.
  static constexpr std::size_t fact_bytes = sizeof(fact_values) + sizeof(bool[Reading::facts::size + 1]);

 private:
  fact_values facts_{};
  bool known_[Reading::facts::size + 1] = {};
  one_of<typename storage::open> open_[slots()];
  times times_[slots()];
  [[no_unique_address]] typename storage::all_elements elements_{};
  [[no_unique_address]] interrupting_event unheard_{};
};

}  // namespace gesta::detail
