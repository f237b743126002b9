// How instances of processes hear events and ask commands: everything that follows from one input is recorded in one unit of work.
// Floor: runtime. A part of the engine; included by it. gesta::run_sagas lets it act.
// May include: all above.
//
// An event that the process begins with or listens to is heard in the commit of that event. A command that is open is decided when the instance
// acts, and its outcome is taken in the same unit: so nothing is asked twice, and no answer is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/hash.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/react/process_machine.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/engine.hpp>
#include <gesta/runtime/performers.hpp>

namespace gesta::detail {

/// Keeps the records of one instance in the open unit: the Sink of process_machine.
template <class Engine, class Process>
class process_turn {
  using stream = typename Engine::flow_type::template stream_of<Process>;
  using instance_type = typename stream::state_type;
  using key_type = typename stream::key;

 public:
  using machine = process_machine<typename stream::cells>;

  /// Found: the instance, or nullptr where it has no records yet.
  /// Hearing: in the commit of somebody else, who is not to hear what `on` throws.
  process_turn(Engine& engine, const key_value<key_type>& key, instance_type* found, const origin& from, timestamp now, bool is_hearing = false)
      : engine_(engine), key_(key), found_(found), from_(from), now_(now), is_hearing_(is_hearing) {}
  process_turn(const process_turn&) = delete;
  process_turn& operator=(const process_turn&) = delete;
  ~process_turn() {
    if (found_ != nullptr && is_busy_) found_->is_busy = false;
  }

  /// An input, and behind it what the instance listens to and what its own records caused meanwhile. False: the unit fails.
  template <class Input>
  bool hear(const Input& input, std::uint32_t answers) {
    return machine::hear(*this, input, answers) && hear_meanwhile();
  }
  /// What waits although its state takes it comes again.
  bool resume() { return machine::resume(*this) && hear_meanwhile(); }

  // ---- the Sink

  const instance_type& instance() const noexcept { return found_ != nullptr ? *found_ : engine_.template table_of<stream>().blank(); }
  timestamp now() const noexcept { return now_; }
  template <class Record>
  bool record(const Record& what) {
    if (!engine_.template record_one<stream>(key_, what, from_)) return false;
    if (found_ == nullptr) found_ = &engine_.template table_of<stream>().find(key_)->state;
    if (!found_->is_busy) found_->is_busy = is_busy_ = true;
    return true;
  }
  bool is_hearing() const noexcept { return is_hearing_; }
  /// False: it threw.
  template <class Call>
  bool attempt(Call&& call) {
    const auto made = [&] {
      call();
      return true;
    };
    return without_exceptions(made, [](const char*) { return false; });
  }

 private:
  bool hear_meanwhile() {
    while (found_ != nullptr && is_busy_ && !found_->meanwhile.empty()) {
      const auto next = found_->take_meanwhile();
      bool kept = true;
      detail::visit(next, [&](const auto& event) { kept = machine::hear(*this, event, 0); });
      if (!kept) return false;
    }
    return true;
  }

  Engine& engine_;
  const key_value<key_type> key_;
  instance_type* found_;
  const origin from_;
  const timestamp now_;
  const bool is_hearing_;
  bool is_busy_ = false;
};

template <process_part Process>
struct performer<Process> {
  template <class Engine>
  using stream_of = typename Engine::flow_type::template stream_of<Process>;
  template <class Engine>
  using cells_of = typename stream_of<Engine>::cells;
  template <class Engine>
  using turn = process_turn<Engine, Process>;

  // ---- hearing

  template <class Engine, class Event>
  static bool hear(Engine& engine, const Event& event, const about& cause) {
    using stream = stream_of<Engine>;
    using cells = cells_of<Engine>;
    constexpr bool begins = contains<Event, typename cells::beginnings>;
    constexpr bool is_listened_to = contains<Event, typename cells::heard>;
    auto& table = engine.template table_of<stream>();
    const auto& key = stream::by_rule::key_in(event);
    const auto found = table.find(key);
    auto& counts = engine.template work_of<Process>().changed_nothing;
    const bool is_there = found && found->version != 0;
    bool is_stalled = false;
    if (is_there) {
      auto& state = found->state;
      if (state.has_ended()) return ++counts.too_late, true;
      if (state.state_index() != 0 && !is_listened_to) return ++counts.already_begun, true;
      is_stalled = turn<Engine>::machine::is_stalled(state);
      if (is_stalled && !is_listened_to) return ++counts.already_begun, true;
      if (state.is_busy || state.is_moving) return state.meanwhile.push_back(one_of<typename cells::inputs>(event)), true;
    } else if (is_of_another_version(engine, key, typename Engine::flow_type::performers{})) {
      return counts.already_begun += begins, true;
    } else if (!begins) {
      return ++counts.not_found, true;
    }
    const origin from{cause.time, cause.correlation, message_id{0, cause.position}};
    turn<Engine> one(engine, key_value_of<typename stream::key>(key), is_there ? &found->state : nullptr, from, cause.time, true);
    return is_stalled ? turn<Engine>::machine::wait(one, event) : one.hear(event, 0);
  }

  // ---- acting

  template <class Engine>
  static looked look(Engine& engine, std::uint32_t entity, timestamp now) {
    const auto& place = engine.template table_of<stream_of<Engine>>().at(entity);
    looked found;
    if (place.version == 0 || place.state.has_ended()) return found;
    found.has_work = !place.state.open().empty() || turn<Engine>::machine::is_stalled(place.state);
    const timestamp until = until_of<Engine>(place.state);
    if (until.nanoseconds != 0) {
      if (until.nanoseconds <= now.nanoseconds) found.has_work = true;
      else found.next = until.nanoseconds;
    }
    return found;
  }

  /// What threw when it was heard comes again; or the time of its state is over, or the command that was asked first is decided, and its outcome taken.
  template <class Engine>
  static bool act(Engine& engine, std::uint32_t entity, timestamp now) {
    auto& table = engine.template table_of<stream_of<Engine>>();
    auto& place = table.at(entity);
    if (place.version == 0 || place.state.has_ended()) return true;
    const typename std::remove_reference_t<decltype(table)>::place found{&place, entity};
    if (!engine.template is_whole<stream_of<Engine>>(found)) return false;
    if (turn<Engine>::machine::is_stalled(place.state)) return resume(engine, entity, now);
    const timestamp until = until_of<Engine>(place.state);
    if (until.nanoseconds != 0 && until.nanoseconds <= now.nanoseconds) return take<Engine>(engine, entity, now, timed_out{}, 0);
    if (place.state.open().empty()) return true;
    const auto first = place.state.open()[0];  // its own: what the decision causes may change the instance
    bool kept = true;
    select<cells_of<Engine>::commands::size>(first.command.which(), [&](auto at) {
      kept = ask(engine, entity, first.command.template get<at()>(), first.number, now);
    });
    return kept;
  }

  /// `step` is the id of the state; `next` the time at which that is over, where nothing is left to ask before.
  template <class Engine>
  static saga_standing standing(Engine& engine, std::uint32_t entity) {
    using is = saga_standing::is;
    using states = typename cells_of<Engine>::states;
    const auto& place = engine.template table_of<stream_of<Engine>>().at(entity);
    saga_standing told;
    if (place.version == 0) return told;
    told.since = place.state.changed;
    told.what = is::going_on;
    select<states::size>(place.state.state_index(), [&](auto at) {
      using state = gesta::detail::at<at(), states>;
      (void)told.step.append(versioned_name_of<state>);
      if constexpr (ending_state<state>) told.what = state::ends == ended::completed ? is::completed : is::compensated;
    });
    if (place.state.has_ended()) return told;
    if (place.state.open().empty()) told.next = until_of<Engine>(place.state);
    if (const auto* const aside = engine.template work_of<Process>().aside(entity)) {
      told.what = is::put_aside;
      told.cause = aside->cause;
    }
    return told;
  }

 private:
  template <class Part>
  struct process_of : type_is<Part> {};
  template <class Other>
  struct process_of<pinned<Other>> : type_is<Other> {};
  /// Whether an instance of this key goes, or went, by another version of the process.
  template <class Engine, class Key, class... Part>
  static bool is_of_another_version(Engine& engine, const Key& key, types<Part...>) {
    return (has_begun_by<typename process_of<Part>::type>(engine, key) || ...);
  }
  template <class Other, class Engine, class Key>
  static bool has_begun_by([[maybe_unused]] Engine& engine, [[maybe_unused]] const Key& key) {
    if constexpr (process_part<Other> && !same<Other, Process>) {
      using other = typename Engine::flow_type::template stream_of<Other>;
      if constexpr (chars_of(said_name<Other>) == chars_of(said_name<Process>) && same<typename other::key, typename stream_of<Engine>::key>) {
        const auto found = engine.template table_of<other>().find(key);
        return found && found->version != 0;
      }
    }
    return false;
  }
  /// A record may have a time of which the state of today says nothing.
  template <class Engine, class State>
  static timestamp until_of(const State& state) noexcept {
    return cells_of<Engine>::table.states[state.state_index()].has_within ? state.until : timestamp{};
  }
  template <class Engine>
  static bool resume(Engine& engine, std::uint32_t entity, timestamp now) {
    auto& table = engine.template table_of<stream_of<Engine>>();
    auto key = table.copy_of_key(entity);
    auto& state = table.at(entity).state;
    turn<Engine> one(engine, key.value(), &state, origin_of<Engine>(key.bytes(), state.correlation, 0, now), now);
    return one.resume();
  }
  template <class Engine, class Input>
  static bool take(Engine& engine, std::uint32_t entity, timestamp now, const Input& input, std::uint32_t answers) {
    auto& table = engine.template table_of<stream_of<Engine>>();
    auto key = table.copy_of_key(entity);
    auto& state = table.at(entity).state;
    turn<Engine> one(engine, key.value(), &state, origin_of<Engine>(key.bytes(), state.correlation, answers, now), now);
    if (!one.hear(input, answers)) return false;
    if (answers == 0 || state.has_ended()) return true;
    // A process that was changed while this instance was under way may have no cell for the answer: then it is not to be asked for ever.
    for (const auto& open : state.open())
      if (open.number == answers)
        return engine.fails(failure(failure::kind::unknown_event, 0, "an answer came that cannot come in its state: the process was changed, ",
                                    versioned_name_of<Process>));
    return true;
  }
  template <class Engine>
  static origin origin_of(key_bytes key, message_id correlation, std::uint32_t number, timestamp now) {
    if constexpr (!Engine::flow_type::is_traced) return {};
    const char* const name = versioned_name_of<Process>;
    const auto id = hash128{}.add(name, __builtin_strlen(name)).add(key.data, key.size).add(number);
    return {now, correlation, message_id{id.high, id.low}};
  }

  template <class Engine, class Command>
  static bool ask(Engine& engine, std::uint32_t entity, const Command& command, std::uint32_t number, timestamp now) {
    using aggregate = typename Engine::template handler_of<Command>::aggregate;
    auto& table = engine.template table_of<stream_of<Engine>>();
    auto key = table.copy_of_key(entity);
    const origin from = origin_of<Engine>(key.bytes(), table.at(entity).state.correlation, number, now);
    heard<Engine, Command> answer{engine, entity, now, number, {}};
    if constexpr (boundary_part<aggregate>) return engine.template decide_one<Command>(the_whole, command, unnumbered{}, from, answer);
    else return engine.template decide_one<Command>(key_in<aggregate>(command), command, unnumbered{}, from, answer);
  }
  /// How an instance takes the outcome of what it asked. The result says whether the unit goes on.
  template <class Engine, class Command>
  struct heard {
    using contract = typename Engine::template handler_of<Command>::contract;

    Engine& engine;
    std::uint32_t entity;
    timestamp now;
    std::uint32_t number;
    many<one_of<typename cells_of<Engine>::inputs>> events;

    static constexpr bool is_root = false;
    static constexpr bool hears_events = true;
    static constexpr bool expects(std::uint64_t) noexcept { return true; }
    static constexpr bool unexpected(std::uint64_t) noexcept { return false; }
    static constexpr bool failed() noexcept { return false; }

    template <class Event>
    void hear_event(const Event& event) {
      events.push_back(one_of<typename cells_of<Engine>::inputs>(event));
    }
    template <class State>
    bool settled(const State&, std::uint64_t, std::uint64_t) {
      bool kept = true;
      for (const auto& event : events) detail::visit(event, [&](const auto& one) { kept = kept && take(engine, entity, now, one, number); });
      if constexpr (contains<unchanged<Command>, typename cells_of<Engine>::inputs>)
        if (events.empty()) kept = take(engine, entity, now, unchanged<Command>{}, number);
      return kept;
    }
    template <class Decision, class State>
    bool refused(const Decision& d, std::size_t which, const State&, std::uint64_t) {
      bool kept = true;
      select<Decision::rejection_list::size>(which, [&](auto at) { kept = take(engine, entity, now, d.refusal().template get<at()>(), number); });
      return kept;
    }
  };
};

/// What is under way comes to its end, and nothing begins.
template <process_part Process>
struct performer<pinned<Process>> : performer<Process> {
  template <class Engine, class Event>
  static bool hear(Engine& engine, const Event& event, const about& cause) {
    using stream = typename Engine::flow_type::template stream_of<Process>;
    const auto found = engine.template table_of<stream>().find(stream::by_rule::key_in(event));
    return !found || found->version == 0 || performer<Process>::hear(engine, event, cause);
  }
};

}  // namespace gesta::detail
