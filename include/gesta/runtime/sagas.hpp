// How instances of sagas hear events and go their steps: everything that follows from one input is recorded in one unit of work.
// Floor: runtime. A part of the engine; included by it. gesta::run_sagas lets it act.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/chars.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/one_of.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/react/saga_definition.hpp>
#include <gesta/react/saga_instance.hpp>
#include <gesta/react/saga_records.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/engine.hpp>
#include <gesta/runtime/performers.hpp>
#include <gesta/runtime/saga_turn.hpp>

namespace gesta::detail {

/// Sent, and whatever becomes of it is right.
struct sent_alone {
  static constexpr bool is_root = false;
  static constexpr bool expects(std::uint64_t) noexcept { return true; }
  static constexpr bool unexpected(std::uint64_t) noexcept { return false; }
  static constexpr bool failed() noexcept { return false; }
  template <class State>
  bool settled(const State&, std::uint64_t, std::uint64_t) const {
    return true;
  }
  template <class Decision, class State>
  bool refused(const Decision&, std::size_t, const State&, std::uint64_t) const {
    return true;
  }
};

template <saga_part Saga>
struct performer<Saga> {
  template <class, class>
  friend class saga_move;

  template <class Engine>
  using stream_of = typename Engine::flow_type::template stream_of<Saga>;
  template <class Engine>
  using reading_of = typename stream_of<Engine>::reading;
  template <class Engine>
  using turn = saga_turn<Engine, Saga>;

  // ---- hearing

  template <class Engine, class Event>
  static bool hear(Engine& engine, const Event& event, const about& cause) {
    using reading = reading_of<Engine>;
    if constexpr (same<Event, typename reading::beginning>) return begin(engine, event, cause);
    else return hear_interrupts(engine, event, cause, typename reading::interrupts{});
  }

  // ---- acting

  template <class Engine>
  static looked look(Engine& engine, std::uint32_t entity, timestamp now) {
    using reading = reading_of<Engine>;
    const auto& place = engine.template table_of<stream_of<Engine>>().at(entity);
    const auto& state = place.state;
    if (place.version == 0 || !state.is_under_way()) return {};
    looked found;
    if (state.has_unheard()) found.has_work = true;
    bool is_open = false;
    const auto at = [&](timestamp when) {
      if (when.nanoseconds <= now.nanoseconds) found.has_work = true;
      else if (when.nanoseconds < found.next) found.next = when.nanoseconds;
    };
    if (reading::deadlines::size != 0 && state.deadline.nanoseconds != 0 && state.can_be_interrupted()) at(state.deadline);
    for (std::size_t i = 0; i < reading::step_count; ++i) {
      const step_is is = state.steps[i].is;
      if (state.is_open_elsewhere(i)) at(next_of_request(state, i));
      else if (is == step_is::asked || is == step_is::undo_asked) at(state.due(i));
      is_open = is_open || is == step_is::asked || is == step_is::undo_asked || is == step_is::stuck;
    }
    if (!is_open) found.has_work = true;
    return found;
  }

  /// One step of an instance that has something to do.
  template <class Engine>
  static bool act(Engine& engine, std::uint32_t entity, timestamp now) {
    using reading = reading_of<Engine>;
    auto& table = engine.template table_of<stream_of<Engine>>();
    auto& place = table.at(entity);
    const auto& state = place.state;
    if (place.version == 0 || !state.is_under_way()) return true;
    const typename std::remove_reference_t<decltype(table)>::place found{&place, entity};
    if (!engine.template is_whole<stream_of<Engine>>(found)) return false;
    if (state.definition != definition_of<reading>) return was_changed(engine);
    if constexpr (reading::interrupts::size != 0)
      if (state.has_unheard()) return hear_again(engine, entity, now);
    if (reading::deadlines::size != 0 && state.deadline.nanoseconds != 0 && state.deadline.nanoseconds <= now.nanoseconds && state.can_be_interrupted())
      return run_out(engine, entity, now, typename reading::deadlines{});
    for (std::uint16_t i = 0; i < reading::step_count; ++i) {
      const step_is is = state.steps[i].is;
      if (is != step_is::asked && is != step_is::undo_asked) continue;
      if (state.due(i).nanoseconds > now.nanoseconds) continue;
      bool kept = true;
      if (state.is_open_elsewhere(i)) {
        if (next_of_request(state, i).nanoseconds > now.nanoseconds) continue;
        if (state.due(i).nanoseconds != 0 || is == step_is::undo_asked)
          return with_turn(engine, entity, now, [i](auto& one) { return one.sends_again(i); });
      }
      select<reading::step_count>(
          i, [&](auto at) { kept = is == step_is::asked ? ask<at()>(engine, entity, now) : ask_undo<at()>(engine, entity, now); });
      return kept;
    }
    return with_turn(engine, entity, now, [](auto& one) { return one.resumes(); });
  }

  template <class Engine>
  static saga_standing standing(Engine& engine, std::uint32_t entity) {
    using reading = reading_of<Engine>;
    using is = saga_standing::is;
    const auto& place = engine.template table_of<stream_of<Engine>>().at(entity);
    const auto& state = place.state;
    saga_standing told;
    if (place.version == 0) return told;
    told.since = state.changed;
    if (state.whole.is == course_is::completed) return told.what = is::completed, told;
    if (state.whole.is == course_is::compensated) return told.what = is::compensated, told;
    if (state.whole.is == course_is::moved) return told.what = is::moved, told;
    told.what = state.whole.failing ? is::going_back : is::going_on;
    const std::uint16_t open = first_open<reading>(state);
    if (open != no_step) {
      select<reading::step_count>(open, [&](auto at) { (void)told.step.append(said_name<typename reading::template step<at()>::type>); });
      if (state.steps[open].is == step_is::stuck) {
        told.what = is::stuck;
        (void)told.refusal.append(state.refusal_at(open));
      } else {
        told.next = state.due(open);
      }
    }
    if (const auto* const aside = engine.template work_of<Saga>().aside(entity)) {
      told.what = is::put_aside;
      told.cause = aside->cause;
    }
    return told;
  }

  /// The outcome of what a step, or its undo, asks elsewhere, while that is open.
  template <std::size_t I, bool IsUndo, class Engine, class Outcome>
  static bool answer(Engine& engine, std::uint32_t entity, timestamp now, const Outcome& outcome) {
    using says = typename reading_of<Engine>::template step<I>;
    return with_turn(engine, entity, now, [&](auto& one) {
      if constexpr (!IsUndo) return one.template answers<I>(outcome);
      else if constexpr (contains<Outcome, typename says::undo_rejections>) return one.template undo_is_refused<I>(outcome);
      else return one.template is_undone<I>();
    });
  }
  /// An answer from elsewhere that comes after its time: recorded where it was missing, and it changes nothing.
  template <class Engine>
  static bool answer_late(Engine& engine, std::uint32_t entity, timestamp now, std::uint16_t step, const char* outcome) {
    return with_turn(engine, entity, now, [&](auto& one) {
      const bool kept = one.answers_late(step, outcome);
      if (one.was_ignored()) ++engine.template work_of<Saga>().changed_nothing.late;
      return kept;
    });
  }

  /// What a person says to an undo that is stuck: say(turn, step). False: none is stuck, or the unit fails.
  template <class Engine, class Say>
  static bool say_to_stuck(Engine& engine, std::uint32_t entity, timestamp now, Say&& say) {
    const auto& state = engine.template table_of<stream_of<Engine>>().at(entity).state;
    for (std::uint16_t i = 0; i < reading_of<Engine>::step_count; ++i)
      if (state.steps[i].is == step_is::stuck && state.is_under_way()) return with_turn(engine, entity, now, [&](auto& one) { return say(one, i); });
    return engine.fails(failure(failure::kind::conflict, 0, "no undo of this instance of ", versioned_name_of<Saga>, " is stuck"));
  }

 private:
  /// When something is to be done about an open request elsewhere: it is sent once more, or its time has passed.
  template <class State>
  static timestamp next_of_request(const State& state, std::size_t step) noexcept {
    return state.due(step).nanoseconds != 0 ? state.due(step) : state.until(step);
  }
  template <class Reading, class State>
  static std::uint16_t first_open(const State& state) {
    for (std::uint16_t i = 0; i < Reading::step_count; ++i) {
      const step_is is = state.steps[i].is;
      if (is == step_is::asked || is == step_is::undo_asked || is == step_is::stuck) return i;
    }
    return no_step;
  }
  /// What is recorded may not be what today's steps need, so nobody goes on with it.
  template <class Engine>
  [[gnu::noinline, gnu::cold]] static bool was_changed(Engine& engine) {
    return engine.fails(failure(failure::kind::differs, 0, "it began under another definition of the saga; raise its version and pin the old one: ",
                                versioned_name_of<Saga>));
  }
  template <class Engine, class Say>
  static bool with_turn(Engine& engine, std::uint32_t entity, timestamp now, Say&& say) {
    auto& table = engine.template table_of<stream_of<Engine>>();
    auto key = table.copy_of_key(entity);
    const auto& state = table.at(entity).state;
    turn<Engine> one(engine, key.value(), state, origin_of(engine, key.bytes(), state.correlation, "", now), now);
    return say(one);
  }
  template <class Engine>
  static origin origin_of(Engine&, key_bytes key, message_id correlation, const char* step, timestamp now) {
    if constexpr (!Engine::flow_type::is_traced) return {};
    const char* const name = versioned_name_of<Saga>;
    const auto id = hash128{}.add(name, __builtin_strlen(name)).add(key.data, key.size).add(step, __builtin_strlen(step));
    return {now, correlation, message_id{id.high, id.low}};
  }

  template <class Engine, class Event>
  static bool begin(Engine& engine, const Event& event, const about& cause) {
    using reading = reading_of<Engine>;
    auto& table = engine.template table_of<stream_of<Engine>>();
    const auto& key = reading::key_in(event);
    const auto found = table.find(key);
    if ((found && found->version != 0) || is_of_another_version(engine, key, typename Engine::flow_type::performers{})) {
      ++engine.template work_of<Saga>().changed_nothing.already_begun;
      return true;
    }
    const timestamp now = now_of(engine, cause);
    turn<Engine> one(engine, key_value_of<typename stream_of<Engine>::key>(key), table.blank(),
                     {cause.time, cause.correlation, id_of_event(cause)}, now, true);
    return one.begins(event, deadline_from(now, typename reading::deadlines{}));
  }
  static message_id id_of_event(const about& cause) noexcept { return {0, cause.position}; }
  /// Of a model without times, and without a deadline or a `within`, no clock is asked.
  template <class Engine>
  static timestamp now_of(Engine& engine, const about& cause) {
    if constexpr (Engine::flow_type::is_traced) return cause.time;
    else if constexpr (needs_clock<reading_of<Engine>>(make_indices<reading_of<Engine>::step_count>{})) return engine.clock()();
    else return {};
  }
  template <class Reading, std::size_t... I>
  static constexpr bool needs_clock(indices<I...>) {
    return Reading::deadlines::size != 0 || (Reading::template step<I>::has_within || ...);
  }
  template <class... Deadline>
  static constexpr timestamp deadline_from(timestamp now, types<Deadline...>) {
    timestamp first{};
    [[maybe_unused]] const auto add = [&](duration within) {
      const timestamp one = now + within;
      if (first.nanoseconds == 0 || one.nanoseconds < first.nanoseconds) first = one;
    };
    (add(Deadline::within), ...);
    return first;
  }

  template <class Part>
  struct saga_of : type_is<Part> {};
  template <class Other>
  struct saga_of<pinned<Other>> : type_is<Other> {};
  /// Whether an instance of this key goes by another version of the saga.
  template <class Engine, class Key, class... Part>
  static bool is_of_another_version(Engine& engine, const Key& key, types<Part...>) {
    return (has_begun_by<typename saga_of<Part>::type>(engine, key) || ...);
  }
  template <class Other, class Engine, class Key>
  static bool has_begun_by([[maybe_unused]] Engine& engine, [[maybe_unused]] const Key& key) {
    if constexpr (saga_part<Other> && !same<Other, Saga>) {
      using other = typename Engine::flow_type::template stream_of<Other>;
      if constexpr (chars_of(said_name<Other>) == chars_of(said_name<Saga>) && same<typename other::key, typename stream_of<Engine>::key>) {
        const auto found = engine.template table_of<other>().find(key);
        return found && found->version != 0;
      }
    }
    return false;
  }

 protected:
  template <class Engine, class Event, class... Interrupt>
  static bool hear_interrupts(Engine& engine, const Event& event, const about& cause, types<Interrupt...>) {
    return (hear_interrupt<Interrupt>(engine, event, cause) && ...);
  }
  template <class Interrupt, class Engine, class Event>
  static bool hear_interrupt([[maybe_unused]] Engine& engine, [[maybe_unused]] const Event& event, [[maybe_unused]] const about& cause) {
    if constexpr (same<Event, typename interrupt_says<Interrupt>::event>) {
      auto& table = engine.template table_of<stream_of<Engine>>();
      const auto& key = reading_of<Engine>::key_in(event);
      const auto found = table.find(key);
      auto& counts = engine.template work_of<Saga>().changed_nothing;
      if (!found || found->version == 0) {
        if (is_of_another_version(engine, key, typename Engine::flow_type::performers{})) return true;
        ++counts.not_found;
        using answer = typename interrupt_says<Interrupt>::not_found;
        if constexpr (!same<answer, drop> && !same<answer, unsaid>) {
          one_of<types<answer>> made;
          const auto attempt = [&] {
            made = Interrupt{}.not_found(event);
            return true;
          };
          const bool is_answered = without_exceptions(attempt, [&](const char* words) {
            ++counts.threw;
            counts.last_thrown = failure(failure::kind::interrupted, 0, detail::an_exception, ": ", words);
            return false;
          });
          return !is_answered || send(engine, made.template get<0>(), cause);
        } else {
          return true;
        }
      }
      if (found->state.is_under_way() && found->state.definition != definition_of<reading_of<Engine>>) return was_changed(engine);
      turn<Engine> one(engine, key_value_of<typename stream_of<Engine>::key>(key), found->state,
                       {cause.time, cause.correlation, id_of_event(cause)}, now_of(engine, cause), true);
      const bool kept = one.template interrupted<Interrupt>(event);
      if (one.was_ignored()) ++counts.too_late;
      return kept;
    } else {
      return true;
    }
  }

 private:
  /// What is sent where there is no instance: decided in the same unit; a refusal is an answer as any.
  template <class Engine, class Command>
  static bool send(Engine& engine, const Command& command, const about& cause) {
    return decide(engine, command, {cause.time, cause.correlation, id_of_event(cause)}, sent_alone{});
  }

  /// What threw in the commit of the event.
  template <class Engine>
  static bool hear_again(Engine& engine, std::uint32_t entity, timestamp now) {
    const auto& state = engine.template table_of<stream_of<Engine>>().at(entity).state;
    const auto unheard = state.unheard();  // its own: what is recorded changes the instance
    bool kept = true;
    const auto ask = [&]<class Interrupt>(type_is<Interrupt>, const auto& event) {
      if constexpr (same<std::remove_cvref_t<decltype(event)>, typename interrupt_says<Interrupt>::event>)
        if (kept && state.has_unheard())
          kept = with_turn(engine, entity, now, [&](auto& one) { return one.template interrupted<Interrupt>(event); });
    };
    const auto all = [&]<class... Interrupt>(types<Interrupt...>, const auto& event) { (ask(type_is<Interrupt>{}, event), ...); };
    detail::visit(unheard, [&](const auto& event) { all(typename reading_of<Engine>::interrupts{}, event); });
    return kept;
  }
  template <class Engine, class... Deadline>
  static bool run_out(Engine& engine, std::uint32_t entity, timestamp now, types<Deadline...>) {
    // The first of them: later ones find an instance that goes back.
    return with_turn(engine, entity, now, [&](auto& one) {
      bool is_said = false;
      bool kept = true;
      [[maybe_unused]] const auto say = [&]<class One>(type_is<One>) {
        if (is_said || !is_first<One>(types<Deadline...>{})) return;
        is_said = true;
        kept = one.template interrupted<One>(timed_out{});
      };
      (say(type_is<Deadline>{}), ...);
      return kept;
    });
  }
  template <class One, class... Deadline>
  static constexpr bool is_first(types<Deadline...>) {
    return ((One::within.nanoseconds <= Deadline::within.nanoseconds) && ...);
  }

  /// The open command of a step: out of time, or decided now.
  template <std::size_t I, class Engine>
  static bool ask([[maybe_unused]] Engine& engine, [[maybe_unused]] std::uint32_t entity, [[maybe_unused]] timestamp now) {
    using says = typename reading_of<Engine>::template step<I>;
    if constexpr (std::is_void_v<typename says::command>) {
      return true;
    } else {
      auto& table = engine.template table_of<stream_of<Engine>>();
      const auto& state = table.at(entity).state;
      if constexpr (says::has_within)
        if (state.until(I).nanoseconds != 0 && state.until(I).nanoseconds <= now.nanoseconds)
          return with_turn(engine, entity, now, [](auto& one) { return one.template answers<I>(timed_out{}); });
      if constexpr (says::is_remote) return true;
      else return ask_here<I>(engine, entity, now);
    }
  }
  template <std::size_t I, class Engine>
  static bool ask_here(Engine& engine, std::uint32_t entity, timestamp now) {
    using says = typename reading_of<Engine>::template step<I>;
    auto& table = engine.template table_of<stream_of<Engine>>();
    const auto& state = table.at(entity).state;
    const auto command = state.template open_command<I>();  // its own: what the decision causes may change the instance
    auto key = table.copy_of_key(entity);
    const origin from = origin_of(engine, key.bytes(), state.correlation, said_name<typename says::type>, now);
    return decide(engine, command, from, heard<Engine, I, false>{engine, entity, now, {}});
  }
  template <std::size_t I, class Engine>
  static bool ask_undo([[maybe_unused]] Engine& engine, [[maybe_unused]] std::uint32_t entity, [[maybe_unused]] timestamp now) {
    using says = typename reading_of<Engine>::template step<I>;
    if constexpr (std::is_void_v<typename says::undo_command> || says::undo_is_remote) {
      return true;
    } else {
      auto& table = engine.template table_of<stream_of<Engine>>();
      const auto& state = table.at(entity).state;
      const auto command = state.template open_undo<I>();
      auto key = table.copy_of_key(entity);
      const origin from = origin_of(engine, key.bytes(), state.correlation, said_name<typename says::type>, now);
      return decide(engine, command, from, heard<Engine, I, true>{engine, entity, now, {}});
    }
  }
  template <class Engine, class Command, class Answer>
  static bool decide(Engine& engine, const Command& command, const origin& from, Answer&& answer) {
    using aggregate = typename Engine::template handler_of<Command>::aggregate;
    if constexpr (boundary_part<aggregate>) return engine.template decide_one<Command>(the_whole, command, unnumbered{}, from, answer);
    else return engine.template decide_one<Command>(key_in<aggregate>(command), command, unnumbered{}, from, answer);
  }

  /// How an instance takes the outcome of what it asked. The result says whether the unit goes on.
  template <class Engine, std::size_t I, bool IsUndo>
  struct heard {
    using reading = reading_of<Engine>;
    using says = typename reading::template step<I>;

    Engine& engine;
    std::uint32_t entity;
    timestamp now;
    one_of<std::conditional_t<IsUndo, types<>, typename says::events>> last;

    static constexpr bool is_root = false;
    static constexpr bool hears_events = !IsUndo;
    static constexpr bool expects(std::uint64_t) noexcept { return true; }
    static constexpr bool unexpected(std::uint64_t) noexcept { return false; }
    static constexpr bool failed() noexcept { return false; }

    template <class Event>
    void hear_event(const Event& event) {
      if constexpr (!IsUndo) last = event;
    }
    template <class State>
    bool settled(const State&, std::uint64_t, std::uint64_t position) {
      return with_turn(engine, entity, now, [&](auto& one) {
        if constexpr (IsUndo) {
          return one.template is_undone<I>();
        } else {
          if (position == 0) {
            if constexpr (contains<nothing, typename says::outcomes>) return one.template answers<I>(nothing{});
            else return true;
          }
          return answer_event(one, typename says::events{});
        }
      });
    }
    template <class Decision, class State>
    bool refused(const Decision& d, std::size_t which, const State&, std::uint64_t) {
      bool kept = true;
      select<Decision::rejection_list::size>(which, [&](auto at) {
        const auto& rejection = d.refusal().template get<at()>();
        kept = with_turn(engine, entity, now, [&](auto& one) {
          if constexpr (IsUndo) return one.template undo_is_refused<I>(rejection);
          else return one.template answers<I>(rejection);
        });
      });
      return kept;
    }

   private:
    template <class Turn, class... Event>
    bool answer_event(Turn& one, types<Event...>) {
      bool kept = true;
      ((held_in<Event>(last) == nullptr ? void() : void(kept = one.template answers<I>(Event(*held_in<Event>(last))))), ...);
      return kept;
    }
  };
};

template <class Engine, class Old>
class saga_move;  // runtime/saga_moving.hpp

/// Hears interrupts only: what is under way comes to its end, and nothing begins.
template <saga_part Saga>
struct performer<pinned<Saga>> : performer<Saga> {
  template <class Engine, class Event>
  static bool hear(Engine& engine, const Event& event, const about& cause) {
    using reading = typename Engine::flow_type::template stream_of<Saga>::reading;
    using table = std::remove_reference_t<decltype(engine.template table_of<typename Engine::flow_type::template stream_of<Saga>>())>;
    const table& all = engine.template table_of<typename Engine::flow_type::template stream_of<Saga>>();
    const auto found = all.find(reading::key_in(event));
    if (!found || found->version == 0 || found->state.whole.is == course_is::moved) return true;  // that is for the version of today
    return performer<Saga>::hear_interrupts(engine, event, cause, typename reading::interrupts{});
  }
  /// Where it may go on by a later version it does, and that is its step.
  template <class Engine>
  static bool act(Engine& engine, std::uint32_t entity, timestamp now) {
    if constexpr (has_successor<Saga>) {
      if (engine.template table_of<typename Engine::flow_type::template stream_of<Saga>>().at(entity).state.is_under_way() &&
          !engine.template table_of<typename Engine::flow_type::template stream_of<Saga>>().at(entity).state.has_unheard()) {
        saga_move<Engine, Saga> one(engine, entity, now);
        if (one.can_move()) return one.move();
        if (one.has_failed()) return false;
      }
    }
    return performer<Saga>::act(engine, entity, now);
  }
};

}  // namespace gesta::detail
