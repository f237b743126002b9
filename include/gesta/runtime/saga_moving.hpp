// An instance of an earlier version of a saga goes over to the one of today: the history of the one becomes the beginning of the other.
// Floor: runtime. Asked by the performer of a pinned saga, whenever it would go a step of it.
// May include: all above.
//
// What the old one asked and was answered is read from its stream and fed to the course of the new one, step by step. Only where that says the same
// (nothing is asked again, nothing fails, nothing that stands is left behind) it is written down: the new stream, with the commands as they were
// asked then, and behind it the word `migrated` in the old one, all in one unit of work. Before that nothing is changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/detail/one_of.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/react/saga_course.hpp>
#include <gesta/react/saga_definition.hpp>
#include <gesta/react/saga_migration.hpp>
#include <gesta/react/saga_records.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/runtime/sagas.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/store/slice.hpp>

namespace gesta::detail {

template <class Command, bool IsMany>
using command_asked = std::conditional_t<IsMany, many<Command>, Command>;

template <class Reading, class Steps>
struct asked_types;
template <class Reading, std::size_t... I>
struct asked_types<Reading, indices<I...>> {
  template <class Command, bool IsMany>
  using if_any = std::conditional_t<std::is_void_v<Command>, types<>, types<command_asked<Command, IsMany>>>;
  using commands = unique<concat<if_any<typename Reading::template step<I>::command, Reading::template step<I>::asks_many>...>>;
  using outcomes = unique<concat<typename Reading::template step<I>::outcomes...>>;
};

/// The commands that an instance asked by its old version, by the steps of the new one.
template <class Reading>
class asked_before {
  using all = asked_types<Reading, make_indices<Reading::step_count>>;
  template <std::size_t I>
  using command_type = command_asked<typename Reading::template step<I>::command, Reading::template step<I>::asks_many>;

 public:
  template <std::size_t I, class Command>
  void put(const Command& command, timestamp until) {
    commands_[I] = command;
    untils_[I] = until;
  }
  bool has_any(std::size_t step) const noexcept { return commands_[step].which() != npos; }
  template <std::size_t I>
  bool has() const noexcept {
    return has_any(I);
  }
  template <std::size_t I>
  const command_type<I>& command() const noexcept {
    return *held_in<command_type<I>>(commands_[I]);
  }
  template <std::size_t I>
  timestamp until() const noexcept {
    return untils_[I];
  }

 private:
  one_of<typename all::commands> commands_[Reading::step_count];
  timestamp untils_[Reading::step_count] = {};
};

template <class Engine, class Old>
class saga_move {
  using New = successor_of<Old>;
  using flow_type = typename Engine::flow_type;
  using old_stream = typename flow_type::template stream_of<Old>;
  using new_stream = typename flow_type::template stream_of<New>;
  using from = typename old_stream::reading;
  using to = typename new_stream::reading;
  using outcome_types = typename asked_types<to, make_indices<to::step_count>>::outcomes;
  using before_type = asked_before<to>;
  using turn = saga_turn<Engine, New, before_type>;
  template <std::size_t I>
  using new_step = at<I, typename to::steps>;
  template <std::size_t I>
  using old_step = at<I, typename from::steps>;
  /// The step of the new version that is this one, as the same struct; npos: there is none. Both begin by the same event.
  template <std::size_t I>
  static constexpr std::size_t in_new = I == 0 ? 0 : index_of<old_step<I>, typename to::steps>;
  template <std::size_t I>
  static constexpr std::size_t in_old = I == 0 ? 0 : index_of<new_step<I>, typename from::steps>;

 public:
  saga_move(Engine& engine, std::uint32_t entity, timestamp now) : engine_(engine), entity_(entity), now_(now) {}

  /// Whether what this instance has done is a course of the new version too. Reads its stream; writes nothing.
  bool can_move() {
    const auto& state = engine_.template table_of<old_stream>().at(entity_).state;
    if (state.whole.failing || state.definition != definition_of<from> || !nothing_is_left_behind(state, make_indices<from::step_count>{})) return false;
    auto key = engine_.template table_of<old_stream>().copy_of_key(entity_);
    const auto there = engine_.template table_of<new_stream>().find(key.value());
    if (there && there->version != 0) return false;
    failure cause;
    unknown_events unknown = unknown_events::fail;
    const auto read = [this](const auto& record, const about& at) { this->take(record, at); };
    if (!each_stored<old_stream>(engine_, key.value(), slice{}, cause, to_visitor<Engine, decltype(read), unknown_events>{read, unknown, cause}))
      return failed_ = true, (void)engine_.fails(cause), false;
    if (event_.which() == npos || !migrate(instance_of<Old>(event_.template get<0>())).now) return false;
    return plan();
  }
  bool has_failed() const noexcept { return failed_; }

  /// Writes it down, in the open unit. False: the unit fails.
  bool move() {
    auto key = engine_.template table_of<old_stream>().copy_of_key(entity_);
    const message_id correlation = engine_.template table_of<old_stream>().at(entity_).state.correlation;
    const origin why = performer<New>::origin_of(engine_, key.bytes(), correlation, "", now_);
    {
      turn one(engine_, key.value(), engine_.template table_of<new_stream>().blank(), why, now_, false, before_);
      if (!one.begins(event_.template get<0>(), performer<New>::deadline_from(begun_, typename to::deadlines{}))) return false;
    }
    const auto say = [&](auto&& answer) {
      const auto& state = engine_.template table_of<new_stream>().find(key.value())->state;
      turn one(engine_, key.value(), state, why, now_, false, before_);
      return answer(one);
    };
    for (const std::size_t at : order_) {
      bool kept = true;
      if (at < inputs_.size()) {
        const input& in = inputs_[at];
        select<to::step_count>(in.step, [&](auto step) { kept = say([&](turn& one) { return answer<step()>(one, in.value); }); });
      } else {
        select<to::step_count>(at - inputs_.size(), [&](auto step) { kept = say([&](turn& one) { return pass<step()>(one); }); });
      }
      if (!kept) return false;
    }
    return engine_.template record_one<old_stream>(key.value(), migrated<Old>{}, why);
  }

 private:
  struct input {
    std::uint16_t step;
    std::uint16_t outcome;
    one_of<outcome_types> value;
  };

  // What is undone, or waits for a person, is left to the version that did it; and so is what stands of a step that is no longer there.
  template <class State, std::size_t... I>
  static bool nothing_is_left_behind(const State& state, indices<I...>) {
    return (is_left_alone<I>(state.steps[I]) && ...);
  }
  template <std::size_t I>
  static bool is_left_alone(const step_status& step) {
    const bool goes_forward = step.is == step_is::untouched || step.is == step_is::asked || step.is == step_is::done || step.is == step_is::not_done ||
                              step.is == step_is::unknown;
    // What goes out has its number from the stream that asked it: asked by another one it would be done twice, and its undo would not find it.
    if constexpr (from::template step<I>::is_remote)
      if (step.is != step_is::untouched) return false;
    constexpr bool may_vanish = in_new<I> != npos || from::table.steps[I].undo == undo_is::needless;
    return goes_forward && (may_vanish || step.standing == 0);
  }

  // ---- what the old one did

  template <class Record>
  void take(const Record&, const about&) {}
  void take(const begun<Old>& r, const about& at) {
    event_ = r.event;
    begun_ = at.time.nanoseconds != 0 ? at.time : now_;
  }
  template <class Step, class Command>
  void take(const saga_records::asked<Old, Step, Command>& r, const about&) {
    constexpr std::size_t step = in_new<index_of<Step, typename from::steps>>;
    if constexpr (step != npos) before_.template put<step>(r.command, r.until);
  }
  template <class Step, class Outcome>
  void take(const saga_records::answered<Old, Step, Outcome>& r, const about&) {
    constexpr std::size_t step = in_new<index_of<Step, typename from::steps>>;
    if constexpr (step != npos) {
      input one{static_cast<std::uint16_t>(step), static_cast<std::uint16_t>(to::template outcome_index<step, Outcome>), {}};
      if constexpr (same<Outcome, nothing> || same<Outcome, timed_out>) one.value = Outcome{};
      else one.value = r.outcome;
      inputs_.push_back(one);
    }
  }

  // ---- whether the new one would have done the same: in indices, on a status of its own

  struct write_act {
    saga_move& move;
    void operator()(const act& one) const {
      detail::note(to::table, {move.whole_, move.steps_}, one, one.is == act_is::asked ? move.size_of(one.step) : 1);
      move.differs_ = move.differs_ || one.is == act_is::asked_again || one.is == act_is::failed || one.is == act_is::undo_asked ||
                      one.is == act_is::passed_over || one.is == act_is::ignored || one.is == act_is::late;
    }
  };
  bool plan() {
    course<write_act> machine(to::table, {whole_, steps_}, write_act{*this});
    machine.begin();
    std::size_t next = 0;
    while (next < inputs_.size() && !differs_) {
      if (is_open(inputs_[next].step)) {
        order_.push_back(next);
        machine.answered(inputs_[next].step, inputs_[next].outcome);
        ++next;
        continue;
      }
      const std::size_t step = first_to_pass(make_indices<to::step_count>{});
      if (step == npos) return false;
      order_.push_back(inputs_.size() + step);
      machine.answered(static_cast<std::uint16_t>(step), pass_outcome_of(step, make_indices<to::step_count>{}));
    }
    return !differs_;
  }
  bool is_open(std::size_t step) const noexcept { return whole_.is == course_is::under_way && steps_[step].is == step_is::asked; }
  // How many commands a step asked; of one that the old version did not come to it is not known yet, and nothing behind it is.
  std::uint32_t size_of(std::size_t step) const {
    std::uint32_t size = 1;
    select<to::step_count>(step, [&](auto at) {
      if constexpr (to::template step<at()>::asks_many)
        if (before_.template has<at()>()) size = static_cast<std::uint32_t>(before_.template command<at()>().size());
    });
    return size;
  }

  // ---- steps that the old one did not have, and that the user says to have been passed

  template <std::size_t I>
  using passed = passed_outcome<Old, new_step<I>>;
  template <std::size_t I>
  static constexpr bool can_pass = I != 0 && in_old<I> == npos && !same<passed<I>, unsaid>;
  template <std::size_t... I>
  std::size_t first_to_pass(indices<I...>) const {
    return first_true({(can_pass<I> && is_open(I))..., false});
  }
  template <std::size_t... I>
  static std::size_t pass_outcome_of(std::size_t step, indices<I...>) {
    const std::size_t all[] = {pass_outcome<I>()..., 0};
    return all[step];
  }
  template <std::size_t I>
  static constexpr std::size_t pass_outcome() {
    if constexpr (can_pass<I>) return to::template outcome_index<I, passed<I>>;
    else return 0;
  }
  template <std::size_t I>
  bool pass(turn& one) {
    if constexpr (can_pass<I>) return one.template answers<I>(migrate(instance_of<Old>(event_.template get<0>()), new_step<I>{}));
    else return (void)one, false;
  }
  template <std::size_t I>
  static bool answer(turn& one, const one_of<outcome_types>& value) {
    bool kept = false;
    const auto say = [&]<class... Outcome>(types<Outcome...>) {
      ((held_in<Outcome>(value) == nullptr ? void() : void(kept = one.template answers<I>(Outcome(*held_in<Outcome>(value))))), ...);
    };
    say(typename to::template step<I>::outcomes{});
    return kept;
  }

  Engine& engine_;
  const std::uint32_t entity_;
  const timestamp now_;
  timestamp begun_{};
  one_of<types<typename from::beginning>> event_;
  before_type before_;
  std::vector<input> inputs_;
  std::vector<std::size_t> order_;  ///< of the inputs; behind them, of the steps that are passed
  course_status whole_;
  step_status steps_[to::step_count] = {};
  bool differs_ = false, failed_ = false;
};

}  // namespace gesta::detail
