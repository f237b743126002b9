// Who lets sagas go their steps: what an instance has asked is decided, and what follows is recorded with it, in one unit of work.
// Floor: runtime.
// May include: all above.
//
//     auto sagas = gesta::run_sagas(app);
//     if (!sagas.poll()) ...                   // after commands, or whenever the program has time; false: the store could not keep a step
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/message/about.hpp>
#include <gesta/runtime/app.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/consumer_options.hpp>
#include <gesta/runtime/export.hpp>
#include <gesta/runtime/performers.hpp>
#include <gesta/runtime/saga_moving.hpp>
#include <gesta/runtime/sagas.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

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

 public:
  saga_runner(App& app, Clock clock) : app_(app), clock_(static_cast<Clock&&>(clock)) {}

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

  /// How an instance of a saga or a process stands. Costs a look-up.
  template <class Saga, class Key>
  saga_standing state(const Key& key) {
    if constexpr (!asks_rightly<Saga, Key>()) {
      return told_wrong<Saga, Key>(saga_standing{});
    } else {
      const auto found = table_of<Saga>().find(key);
      return found ? detail::performer<Saga>::standing(engine(), found.number) : saga_standing{};
    }
  }
  /// Calls visit(const char* saga, key_bytes key, const saga_standing&) for each instance that waits for a person: stuck, or put aside. Costs a look
  /// at every instance of the model.
  template <class Visit>
  void stuck(Visit&& visit) {
    each(
        [&](const char* saga, key_bytes key, const saga_standing& one) {
          if (one.what == saga_standing::is::stuck || one.what == saga_standing::is::put_aside) visit(saga, key, one);
        },
        performers{});
  }
  /// The same for each that is not over.
  template <class Visit>
  void open(Visit&& visit) {
    each(
        [&](const char* saga, key_bytes key, const saga_standing& one) {
          const bool is_over = one.what == saga_standing::is::completed || one.what == saga_standing::is::compensated ||
                               one.what == saga_standing::is::moved;
          if (!is_over && one.what != saga_standing::is::not_begun) visit(saga, key, one);
        },
        performers{});
  }

  /// Lets an undo that is stuck be asked again; an instance that is put aside is tried again. The first is recorded, with who said it: a unit of work
  /// of its own, or a part of the open batch. failure::kind::conflict: nothing is stuck there.
  template <class Saga, class Key>
  committed retry(const Key& key, const text<64>& who) {
    if constexpr (!asks_rightly<Saga, Key>()) {
      return told_wrong<Saga, Key>(committed{});
    } else {
      const auto found = table_of<Saga>().find(key);
      if (found && engine().template work_of<Saga>().take_up(found.number)) {
        push<Saga>(found.number);
        return {};
      }
      if constexpr (detail::saga_part<Saga>) return say<Saga>(key, [&](auto& turn, std::uint16_t step) { return turn.retried(step, who); });
      else return committed(failure(failure::kind::conflict, 0, "nothing is put aside there"));
    }
  }
  /// An undo that is stuck counts as undone, because a person has done what was to be done, and says who and why. Likewise.
  template <class Saga, class Key>
  committed resolve(const Key& key, const text<64>& who, const text<200>& why) {
    if constexpr (!detail::saga_part<Saga> || !asks_rightly<Saga, Key>()) return told_wrong<Saga, Key>(committed{});
    else return say<Saga>(key, [&](auto& turn, std::uint16_t step) { return turn.resolved(step, who, why); });
  }

  /// How often an input of a saga changed nothing: in this program, since it began.
  template <class Saga>
  const detail::performer_work::counts& ignored() {
    if constexpr (!detail::contains<Saga, performers> && !detail::contains<pinned<Saga>, performers>) {
      static const detail::performer_work::counts none{};
      return told_wrong<Saga, void, const detail::performer_work::counts&>(none);
    } else {
      return engine().template work_of<Saga>().changed_nothing;
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

  /// Whether an instance of Part can be asked for by what is given.
  template <class Part, class Given>
  static constexpr bool asks_rightly() {
    if constexpr (!detail::contains<Part, performers> && !detail::contains<pinned<Part>, performers>) return false;
    else return engine_type::template table_type<typename flow_type::template stream_of<Part>>::template takes<Given>;
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
  template <class Visit, class... Part>
  void each(Visit&& visit, detail::types<Part...>) {
    (each_of<Part>(visit), ...);
  }
  template <class Part, class Visit>
  void each_of(Visit& visit) {
    auto& table = table_of<Part>();
    constexpr bool tells = requires { detail::performer<Part>::standing(engine(), 0u); };
    if constexpr (tells) {
      const char* const name = gesta::id_of<typename flow_type::template stream_of<Part>>.name;
      table.each([&](auto place) {
        if (place->version != 0) visit(name, table.key(place.number), detail::performer<Part>::standing(engine(), place.number));
      });
    }
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
auto run_sagas(App& app, Clock clock) {
  return saga_runner<App, Clock>(app, static_cast<Clock&&>(clock));
}
template <class App>
auto run_sagas(App& app) {
  using engine_type = std::remove_reference_t<decltype(detail::facts_of_app::engine(app))>;
  return saga_runner<App, typename engine_type::clock_type>(app, detail::facts_of_app::engine(app).clock());
}

namespace detail {

struct mistaken_app;

/// Of a model that broke a rule, whose report is the only error.
struct mistaken_runner {
  ran poll(const strides& = {}) { return {}; }
};

}  // namespace detail

template <class... Clock>
detail::mistaken_runner run_sagas(detail::mistaken_app&, Clock...) {
  return {};
}

}  // namespace gesta
