// Who lets sagas go their steps: what an instance has asked is decided, and what follows is recorded with it, in one unit of work.
// Floor: runtime.
// May include: all above.
//
//     auto sagas = gesta::run_sagas(app);
//     if (!sagas.poll()) ...                   // after commands, or whenever the program has time; false: the store could not keep a step
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <gesta/message/about.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/model/delay_stream.hpp>
#include <gesta/runtime/app.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/delays.hpp>
#include <gesta/runtime/passing.hpp>
#include <gesta/runtime/performers.hpp>
#include <gesta/runtime/saga_moving.hpp>
#include <gesta/runtime/sagas.hpp>
#include <gesta/runtime/stand_in.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

namespace detail {

/// The one part of a list that has one or none.
template <class Part>
Part only_of(types<Part>);
void only_of(types<>);

}  // namespace detail

/// How far one poll goes.
struct strides {
  std::uint64_t steps = 1000;         ///< at most; a step is one command that is decided, and what follows
  std::uint64_t steps_a_commit = 1;   ///< how many share a commit
};

/// What a poll came to. False: the store could not keep a step; nothing of it is kept, and the next poll tries it again.
struct [[nodiscard]] ran {
  std::uint64_t steps = 0;        ///< that were kept
  std::uint64_t put_aside = 0;    ///< instances that ran into an exception, or into records that cannot be read
  bool caught_up = false;         ///< nothing is left to do now
  timestamp next_due{};           ///< when the next instance is to be looked at; zero: none waits for a time
  failure cause{};                ///< only where it failed
  bool failed = false;
  bool passes = false;            ///< of a failure: it may be over by itself, since the store is not broken

  explicit operator bool() const noexcept { return !failed; }
  const failure& why() const noexcept { return cause; }
};

/// Lets the sagas of an app go on. Made by gesta::run_sagas; the app outlives it. One thread at a time uses both. Any number of processes may run
/// the sagas of one file: whoever begins a unit of work looks at the instance again, so that each step is done once.
template <class App, class Clock>
class saga_runner {
  using engine_type = std::remove_reference_t<decltype(detail::facts_of_app::engine(std::declval<App&>()))>;
  using flow_type = typename engine_type::flow_type;
  using performers = typename flow_type::performers;
  /// What stands for all commands that are said for later; not asked for where there are none.
  using delays = decltype(detail::only_of(typename flow_type::delays{}));

 public:
  saga_runner(App& app, Clock clock) : app_(app), clock_(static_cast<Clock&&>(clock)) {}

  /// What observers of gesta::keep_up hear it called.
  static constexpr std::string_view name() noexcept { return "sagas"; }
  /// By its clock: what `ran::next_due` is compared with.
  timestamp now() { return clock_(); }

  /// Goes on with whatever is to be done, oldest first, until nothing is or `steps` are done. Within an open batch the steps belong to the batch.
  /// A step that ends with an exception puts its instance aside: see put_aside. Costs a unit of work for each `steps_a_commit` steps.
  ran poll(const strides& how = {}) {
    ran result;
    if (!engine().open() && !engine().catch_up()) return failed(result, engine().last_failure());
    const bool is_own = !engine().open();
    std::uint64_t in_unit = 0;
    std::uint64_t together = how.steps_a_commit;
    while (result.steps + in_unit < how.steps) {
      const timestamp now = clock_();
      wake(now, performers{});
      next one;
      if (!find_next(one, now, performers{})) {
        result.caught_up = true;
        break;
      }
      if (is_own && !engine().open() && !engine().begin()) {
        push_back(one);
        return failed(result, engine().last_failure());
      }
      switch (step(one, now, is_own)) {
        case step_result::done: ++in_unit; break;
        case step_result::put_aside:
          ++result.put_aside;
          in_unit = 0;
          break;
        case step_result::taken_back:  // with what began it: that has to be kept before it is tried again
          in_unit = 0;
          together = 1;
          break;
        case step_result::failed: return failed(result, cause_);
      }
      if (is_own && in_unit >= together && !commit(in_unit, result)) return result;
    }
    if (is_own && engine().open()) {
      if (!commit(in_unit, result)) return result;
      if (conflicts_ != 0) result.caught_up = false;
    }
    if (!is_own) result.steps += in_unit;
    result.next_due = {next_due(performers{})};
    return result;
  }

  // ---- for people

  /// How an instance of a saga or a process stands, a gesta::saga_standing; of a delayed command, by its name, a gesta::delay_standing. Costs a
  /// look-up.
  template <class Part, class Key>
  auto state(const Key& key) {
    if constexpr (!asks_rightly<Part, Key>()) {
      return told_wrong<Part, Key>(saga_standing{});
    } else if constexpr (is_delayed<Part>()) {
      const auto found = table_of<delays>().find(key);
      return found ? detail::performer<delays>::template standing_of<Part>(engine(), found.number) : delay_standing{};
    } else {
      const auto found = table_of<Part>().find(key);
      return found ? detail::performer<Part>::standing(engine(), found.number) : saga_standing{};
    }
  }
  /// Calls visit(key, const saga_standing&) for each instance of a saga or a process that is not over. The key is of the type of the field by which
  /// events find an instance, of a string a std::string_view. Of a delayed command visit(std::string_view name, const delay_standing&). Costs a look
  /// at every instance there ever was.
  template <class Part, class Visit>
  void open(Visit&& visit) {
    each_that<Part>(visit, [](const auto& one) { return is_open(one); });
  }
  /// The same for each that waits for a person: stuck, refused, or put aside.
  template <class Part, class Visit>
  void stuck(Visit&& visit) {
    each_that<Part>(visit, [](const auto& one) { return waits_for_a_person(one); });
  }
  /// Calls visit(const char* part, key, const saga_standing&) for each instance of any saga or process that is not over: each with its own type of
  /// key, so that where they differ the visitor takes `const auto& key`. What is said for later is listed by app.delayed.
  template <class Visit>
  void open(Visit&& visit) {
    each_that_of_all(visit, [](const saga_standing& one) { return is_open(one); }, performers{});
  }
  /// The same for each that waits for a person.
  template <class Visit>
  void stuck(Visit&& visit) {
    each_that_of_all(visit, [](const saga_standing& one) { return waits_for_a_person(one); }, performers{});
  }

  /// Lets an undo that is stuck be asked again; what is put aside, a delayed command by its name, is tried again. The first is recorded, with who said
  /// it: a unit of work of its own, or a part of the open batch. failure::kind::conflict: nothing is stuck or put aside there.
  template <class Part, class Key>
  committed retry(const Key& key, const text<64>& who) {
    if constexpr (!asks_rightly<Part, Key>()) {
      return told_wrong<Part, Key>(committed{});
    } else {
      using performing = std::conditional_t<is_delayed<Part>(), delays, Part>;
      const auto found = table_of<performing>().find(key);
      if (found && is_meant<Part>(found->state) && engine().template work_of<performing>().take_up(found.number)) {
        push<performing>(found.number);
        return {};
      }
      if constexpr (detail::saga_part<Part>) return say<Part>(key, [&](auto& turn, std::uint16_t step) { return turn.retried(step, who); });
      else return committed(failure(failure::kind::conflict, 0, "nothing is put aside there"));
    }
  }
  /// An undo that is stuck counts as undone, because a person has done what was to be done, and says who and why. Likewise.
  template <class Saga, class Key>
  committed resolve(const Key& key, const text<64>& who, const text<200>& why) {
    if constexpr (!detail::saga_part<Saga> || !asks_rightly<Saga, Key>()) return told_wrong<Saga, Key>(committed{});
    else return say<Saga>(key, [&](auto& turn, std::uint16_t step) { return turn.resolved(step, who, why); });
  }

  /// How often an input of a saga or a process changed nothing: in this program, since it began. It goes on counting.
  template <class Part>
  const ignored_inputs& ignored() {
    if constexpr (!is_performer<Part>()) {
      static const ignored_inputs none{};
      return told_wrong<Part, void, const ignored_inputs&>(none);
    } else {
      return engine().template work_of<Part>().changed_nothing;
    }
  }

 private:
  struct next {
    std::size_t performer = 0;
    std::uint32_t entity = 0;
  };
  /// Taken back where an exception leaves it open.
  struct own_unit {
    engine_type& whole;
    bool is_own;
    ~own_unit() {
      if (is_own && whole.open()) whole.roll_back();
    }
  };
  enum class step_result : std::uint8_t { done, put_aside, taken_back, failed };

  /// A saga or a process that the model lists, as it is or pinned.
  template <class Part>
  static constexpr bool is_performer() {
    return (detail::contains<Part, performers> || detail::contains<pinned<Part>, performers>) && !detail::delayed_part<Part>;
  }
  template <class Part>
  static constexpr bool is_delayed() {
    return detail::contains<delay_records::delayed_until<Part>, typename detail::delays_of<flow_type>::records>;
  }
  /// Whether an instance of Part can be asked for by what is given.
  template <class Part, class Given>
  static constexpr bool asks_rightly() {
    if constexpr (is_delayed<Part>()) return engine_type::template table_type<typename detail::delays_of<flow_type>::stream>::template takes<Given>;
    else if constexpr (!is_performer<Part>()) return false;
    else return engine_type::template table_type<typename flow_type::template stream_of<Part>>::template takes<Given>;
  }
  /// A name stands for one command at a time.
  template <class Part, class State>
  static bool is_meant(const State& state) {
    if constexpr (is_delayed<Part>()) return detail::held_in<Part>(state.command) != nullptr;
    else return true;
  }
  template <class Part, class Given, class Nothing>
  static Nothing told_wrong(Nothing nothing) {
    (void)sizeof(diagnostic::no_such_instance<false, Part, Given>);
    return nothing;
  }

  engine_type& engine() noexcept { return detail::facts_of_app::engine(app_); }
  template <class Part>
  auto& table_of() {
    return engine().template table_of<typename flow_type::template stream_of<Part>>();
  }
  template <class Part>
  void push(std::uint32_t entity) {
    auto& state = table_of<Part>().at(entity).state;
    if (state.is_queued) return;
    state.is_queued = true;
    engine().template work_of<Part>().push(entity);
  }
  static bool is_open(const saga_standing& one) {
    using is = saga_standing::is;
    return one.what != is::not_begun && one.what != is::completed && one.what != is::compensated && one.what != is::moved;
  }
  static bool waits_for_a_person(const saga_standing& one) {
    return one.what == saga_standing::is::stuck || one.what == saga_standing::is::put_aside;
  }
  static bool is_open(const delay_standing&) { return true; }
  static bool waits_for_a_person(const delay_standing& one) { return one.what != delay_standing::is::waiting; }

  template <class Part, class Visit, class Which>
  void each_that(Visit& visit, Which which) {
    if constexpr (is_delayed<Part>()) {
      constexpr bool is_visitor = std::is_invocable_v<Visit&, std::string_view, const delay_standing&>;
      (void)sizeof(diagnostic::instance_not_visited<is_visitor, Part, std::string_view>);
      if constexpr (is_visitor) {
        const auto show = [&]<class Command>(std::string_view name, const Command&, const delay_standing& one) {
          if constexpr (detail::same<Command, Part>)
            if (which(one)) visit(name, one);
        };
        table_of<delays>().each([&](auto place) { detail::performer<delays>::show(engine(), place.number, show); });
      }
    } else if constexpr (is_performer<Part>()) {
      constexpr bool is_visitor = std::is_invocable_v<Visit&, const told_key<Part>&, const saga_standing&>;
      (void)sizeof(diagnostic::instance_not_visited<is_visitor, Part, told_key<Part>>);
      if constexpr (is_visitor) each_instance<Part>([&](const told_key<Part>& key, const saga_standing& one) {
        if (which(one)) visit(key, one);
      });
    } else {
      (void)told_wrong<Part, void>(0);
    }
  }
  template <class Visit, class Which, class... Part>
  void each_that_of_all(Visit& visit, Which which, detail::types<Part...>) {
    (each_of_all<Part>(visit, which), ...);
  }
  template <class Part, class Visit, class Which>
  void each_of_all(Visit& visit, Which& which) {
    if constexpr (!detail::delayed_part<Part>) {
      constexpr bool is_visitor = std::is_invocable_v<Visit&, const char*, const told_key<Part>&, const saga_standing&>;
      (void)sizeof(diagnostic::instance_not_visited<is_visitor, Part, told_key<Part>>);
      const char* const name = gesta::id_of<typename flow_type::template stream_of<Part>>.name;
      if constexpr (is_visitor) each_instance<Part>([&](const told_key<Part>& key, const saga_standing& one) {
        if (which(one)) visit(name, key, one);
      });
    }
  }
  /// The key as a visitor gets it: a copy, since the visitor may say something to the instance.
  template <class Part>
  using key_of = typename engine_type::template table_type<typename flow_type::template stream_of<Part>>::value;
  template <class Part>
  using told_key = std::conditional_t<detail::same<key_of<Part>, key_bytes>, std::string_view, key_of<Part>>;
  template <class Part, class Visit>
  void each_instance(Visit visit) {
    auto& table = table_of<Part>();
    table.each([&](auto place) {
      if (place->version == 0) return;
      const auto key = table.copy_of_key(place.number);
      const saga_standing one = detail::performer<Part>::standing(engine(), place.number);
      if constexpr (detail::same<key_of<Part>, key_bytes>) visit(std::string_view(key.value().data, key.value().size), one);
      else visit(key.value(), one);
    });
  }
  template <class Saga, class Key, class Say>
  committed say(const Key& key, Say&& say) {
    const bool is_own = !engine().open();
    for (unsigned attempt = 0;; ++attempt) {
      if (is_own && !engine().begin()) return committed(engine().last_failure());
      const auto found = table_of<Saga>().find(key);
      const auto nobody = [&] {
        return engine().fails(failure(failure::kind::conflict, 0, "there is no such instance of ", detail::versioned_name_of<Saga>));
      };
      engine().begin_chain();
      own_unit unit{engine(), is_own};
      detail::command_under_way<engine_type> under_way{engine()};
      const bool is_said = found ? detail::performer<Saga>::say_to_stuck(engine(), found.number, clock_(), say) : nobody();
      under_way.end();
      if (!is_said) {
        const committed cause(engine().last_failure());
        if (is_own) engine().roll_back();
        return cause;
      }
      if (!is_own || engine().commit()) return {};
      if (engine().last_failure().why != failure::kind::conflict || attempt == detail::conflict_retries) return committed(engine().last_failure());
    }
  }

  template <class Visit, class... Part>
  void at_performer(std::size_t which, Visit&& visit, detail::types<Part...>) {
    detail::select<sizeof...(Part)>(which, [&](auto at) { visit(detail::type_is<detail::at<at(), detail::types<Part...>>>{}); });
  }
  void push_back(const next& one) {
    at_performer(one.performer, [&](auto part) { push<typename decltype(part)::type>(one.entity); }, performers{});
  }

  template <class... Part>
  void wake(timestamp now, detail::types<Part...>) {
    (engine().template work_of<Part>().wake(now.nanoseconds, [this](std::uint32_t entity) { push<Part>(entity); }), ...);
  }
  template <class... Part>
  std::int64_t next_due(detail::types<Part...>) {
    std::int64_t first = detail::never;
    const auto add = [&](std::int64_t one) { first = one < first ? one : first; };
    (add(engine().template work_of<Part>().next_due()), ...);
    return first == detail::never ? 0 : first;
  }

  /// The next instance that has something to do; performers take turns.
  template <class... Part>
  bool find_next(next& one, timestamp now, detail::types<Part...> all) {
    for (std::size_t tried = 0; tried < sizeof...(Part); ++tried) {
      const std::size_t which = (turn_ + tried) % sizeof...(Part);
      bool found = false;
      at_performer(which, [&](auto part) { found = find_in<typename decltype(part)::type>(one, now); }, all);
      if (!found) continue;
      one.performer = which;
      turn_ = which + 1;
      return true;
    }
    return false;
  }
  template <class Part>
  bool find_in(next& one, timestamp now) {
    auto& work = engine().template work_of<Part>();
    while (work.has_next()) {
      const std::uint32_t entity = work.pop();
      table_of<Part>().at(entity).state.is_queued = false;
      if (const auto* const aside = work.aside(entity)) {
        if (aside->version == table_of<Part>().at(entity).version) continue;
        (void)work.take_up(entity);
      }
      const detail::looked looked = detail::performer<Part>::look(engine(), entity, now);
      if (!looked.has_work) {
        if (looked.next != detail::never) work.look_at(looked.next, entity);
        continue;
      }
      one.entity = entity;
      return true;
    }
    return false;
  }

  step_result step(const next& one, timestamp now, bool is_own) {
    step_result result = step_result::done;
    at_performer(one.performer, [&](auto part) { result = step_of<typename decltype(part)::type>(one.entity, now, is_own); }, performers{});
    return result;
  }
  template <class Part>
  step_result step_of(std::uint32_t entity, timestamp now, bool is_own) {
    engine().begin_chain();
    const auto act = [&] { return detail::performer<Part>::act(engine(), entity, now); };
    if (!is_own) {  // an exception ends the batch, as one of its decisions would
      push<Part>(entity);  // where nothing of it was recorded, nobody else would put it there
      detail::command_under_way<engine_type> under_way{engine()};
      const bool kept = act();
      under_way.end();
      if (kept) {
        push_if_open<Part>(entity, now);
        return step_result::done;
      }
      return cause_ = engine().last_failure(), step_result::failed;
    }
    failure thrown;
    bool has_thrown = false;
    const bool kept = detail::without_exceptions(act, [&](const char* words) {
      thrown = failure(failure::kind::interrupted, 0, detail::an_exception, ": ", words);
      has_thrown = true;
      return false;
    });
    if (kept) {
      push_if_open<Part>(entity, now);
      return step_result::done;
    }
    if (!has_thrown) thrown = engine().last_failure();
    engine().roll_back();
    push<Part>(entity);
    const bool is_its_own = has_thrown || thrown.why == failure::kind::unknown_event ||
                            thrown.why == failure::kind::chain_too_long || thrown.why == failure::kind::tombstoned ||
                            thrown.why == failure::kind::differs;
    if (!is_its_own) return cause_ = thrown, step_result::failed;
    const std::uint32_t version = table_of<Part>().at(entity).version;
    if (version == 0) return step_result::taken_back;
    engine().template work_of<Part>().put(entity, version, thrown);
    return step_result::put_aside;
  }
  /// Where nothing was recorded, what is left stays in the queue.
  template <class Part>
  void push_if_open(std::uint32_t entity, timestamp now) {
    const detail::looked looked = detail::performer<Part>::look(engine(), entity, now);
    if (looked.has_work) push<Part>(entity);
    else if (looked.next != detail::never) engine().template work_of<Part>().look_at(looked.next, entity);
  }

  /// False: the poll has failed. A conflict is none: what others changed is known by the next unit, and what was taken back is in the queue.
  bool commit(std::uint64_t& in_unit, ran& result) {
    const bool is_kept = engine().commit();
    if (is_kept) result.steps += in_unit;
    in_unit = 0;
    conflicts_ = is_kept ? 0 : conflicts_ + 1;
    if (is_kept || (engine().last_failure().why == failure::kind::conflict && conflicts_ <= detail::conflict_retries)) return true;
    conflicts_ = 0;
    failed(result, engine().last_failure());
    return false;
  }
  ran& failed(ran& result, const failure& cause) {
    result.failed = true;
    result.cause = cause;
    result.passes = detail::may_pass(cause.why, app_.broken() != nullptr);
    return result;
  }

  App& app_;
  Clock clock_;
  std::size_t turn_ = 0;
  unsigned conflicts_ = 0;
  failure cause_;
};

/// Lets the sagas of an app go on: `auto sagas = gesta::run_sagas(app);`. The clock is a function object that returns a gesta::timestamp: with
/// times of its own, time is where a test wants it to be; else it is the clock of the app.
template <class App, class Clock>
  requires(!detail::is_mistaken<App>)
auto run_sagas(App& app, Clock clock) {
  return saga_runner<App, Clock>(app, static_cast<Clock&&>(clock));
}
template <class App>
  requires(!detail::is_mistaken<App>)
auto run_sagas(App& app) {
  using engine_type = std::remove_reference_t<decltype(detail::facts_of_app::engine(app))>;
  return saga_runner<App, typename engine_type::clock_type>(app, detail::facts_of_app::engine(app).clock());
}

namespace detail {

/// Of a model that broke a rule, whose report is the only error.
struct mistaken_runner : stand_in {
  ran poll(const strides& = {}) { return {}; }
  template <class Part, class Key>
  std::conditional_t<saga_part<Part> || process_part<Part>, saga_standing, delay_standing> state(const Key&) {
    return {};
  }
  template <class... Part, class Visit>
  void open(Visit&&) {}
  template <class... Part, class Visit>
  void stuck(Visit&&) {}
  template <class Part, class... Argument>
  committed retry(const Argument&...) {
    return {};
  }
  template <class Part, class... Argument>
  committed resolve(const Argument&...) {
    return {};
  }
  template <class Part>
  const ignored_inputs& ignored();
};

}  // namespace detail

template <class App, class... Clock>
  requires detail::is_mistaken<App>
detail::mistaken_runner run_sagas(App&, Clock...) {
  return {};
}

}  // namespace gesta
