// Waiting until a view shows what one has written: a place in the log that a view has to have seen, and how long one waits for it.
// Floor: runtime. Beside gesta.hpp.
// May include: all above.
//
//     const auto placed = app.handle(place{"7", 300});
//     gesta::wait_until(keeper, gesta::own_write(app, placed, gesta::seconds(2))).match(...)
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <thread>
#include <type_traits>

#include <gesta/message/duration.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/runtime/outcome.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/progress.hpp>

namespace gesta {

/// What a view has to have seen: everything up to this position, which the result of a command or of an append carries.
struct at_least {
  std::uint64_t position = 0;  ///< 0: whatever it shows is good
  duration timeout{};          ///< how long to wait for it; zero: only look
  message_id incarnation{};    ///< of the log in which the position is; blank: whichever the view follows
};

/// The place of one's own write: of the result of `app.handle` or `app.append`. A command that recorded nothing is seen by every view.
template <class App, class Result>
at_least own_write(const App& app, const Result& result, duration timeout = {}) {
  return {result.position(), timeout, result.position() == 0 ? message_id{} : app.incarnation()};
}

/// The view shows everything up to what was asked for, and perhaps more. What was put aside at a row is told by who asks for the row.
struct reached {
  std::uint64_t position = 0;  ///< up to here
  timestamp time{};            ///< when the last event before there was recorded; zero where the model keeps no times
};

/// The time was over before the view showed what was asked for.
struct not_yet {
  std::uint64_t asked = 0;
  std::uint64_t reached = 0;  ///< up to here it shows everything
  bool is_held_up = false;    ///< an event of the row was put aside: the row waits until somebody tries it again, or discards it
};

/// How real time is waited for: by the machine's steady clock. Whoever waits gives `now()`, and `operator()(most)`, which comes back after that time
/// at the latest; a test gives one that moves a clock of its own and lets a consumer go on.
struct real_time {
  timestamp now() const noexcept {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count()};
  }
  void operator()(duration most) const { std::this_thread::sleep_for(std::chrono::nanoseconds(most.nanoseconds)); }
};

/// Waits as real_time does, or until somebody rings: who appends in the same process rings after a commit, and who runs a consumer in another
/// thread goes on at once. A ring that comes before the wait is not lost. For one that waits at a time.
class bell {
 public:
  /// From any thread.
  void ring() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_rung_ = true;
    changed_.notify_all();
  }
  /// Ends what waits for it, and what runs until then; from any thread, for good.
  void stop() {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  bool is_over() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return is_over_;
  }
  timestamp now() const noexcept { return real_time{}.now(); }
  void operator()(duration most) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, std::chrono::nanoseconds(most.nanoseconds), [this] { return is_rung_ || is_over_; });
    is_rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_rung_ = false;
  bool is_over_ = false;
};

namespace detail {

/// `match` of a result that was asked of a view: every Outcome has its answer.
template <class... Outcome>
struct asked_outcomes {
  template <class Answers>
  static constexpr bool are_answered = (answered<true, Outcome, Answers> && ...);
  template <class Answers>
  static constexpr void report() {
    ((void)sizeof(diagnostic::query_unanswered<answered<true, Outcome, Answers>, Outcome>), ...);
  }
};

}  // namespace detail

/// What a wait came to: gesta::reached, gesta::not_yet or gesta::failure. `match` answers each, or it does not compile (E161).
class [[nodiscard]] waited {
 public:
  waited(const gesta::reached& found) : reached_(found), became_(became::reached) {}
  waited(const not_yet& found) : not_yet_(found), became_(became::late) {}
  waited(const failure& cause) : cause_(cause), became_(became::failed) {}

  /// True: the view shows what was asked for.
  explicit operator bool() const noexcept { return became_ == became::reached; }

  template <class... Arm>
  decltype(auto) match(Arm&&... arm) const {
    detail::answers<std::remove_cvref_t<Arm>...> answers{static_cast<Arm&&>(arm)...};
    using outcomes = detail::asked_outcomes<gesta::reached, not_yet, failure>;
    if constexpr (!outcomes::template are_answered<decltype(answers)>) {
      outcomes::template report<decltype(answers)>();
      return detail::anything{};
    } else {
      switch (became_) {
        case became::reached: return answers(reached_);
        case became::late: return answers(not_yet_);
        default: return answers(cause_);
      }
    }
  }

 private:
  enum class became : unsigned char { reached, late, failed };
  gesta::reached reached_;
  not_yet not_yet_;
  failure cause_;
  became became_;
};

namespace detail {

/// How something that shows a view is asked: specialised for consumers, which are polled meanwhile, and for queries. It has
///   advance(place, wanted, cause)   what can be done so that the view comes further; false: it failed
///   look(place, state, version, cause)  how far the version that serves is, and which one; npos: none does
///   is_past(state, wanted)          whether it shows what is wanted
///   is_of_another_log(state, wanted)
template <class Place>
struct shown_by;  // in query.hpp

constexpr duration shorter(duration a, duration b) noexcept { return b < a ? b : a; }

/// look(late, cause): true when what was asked for is there; else what is missing, or a cause. advance(cause).
template <class Advance, class Look, class Wait>
bool wait_for(duration timeout, Wait& wait, not_yet& late, failure& cause, Advance&& advance, Look&& look) {
  constexpr duration longest = milliseconds(10);
  duration step{200'000};
  const timestamp until = wait.now() + timeout;
  for (;;) {
    if (!advance(cause)) return false;
    if (look(late, cause)) return true;
    if (cause.detail[0] != '\0') return false;
    const duration left = until - wait.now();
    if (left.nanoseconds <= 0) return false;
    wait(detail::shorter(step, left));
    step = detail::shorter({step.nanoseconds * 2}, longest);
  }
}

inline failure of_another_log(std::uint64_t position) {
  failure cause(failure::kind::ahead_of_log, 0, "the position ", position, " is of another log than the view follows, or of one that was restored from before");
  cause.position = position;
  return cause;
}

}  // namespace detail

/// Waits until a view has seen a position. `place` is a consumer, which is polled meanwhile, or a gesta::query, whose view somebody else fills. Events
/// that were put aside count as seen: one bad event would hold up everybody; `gesta::find` looks at the row's own. A position of another
/// incarnation of the log is failure::kind::ahead_of_log: of a consumer at once, of a query when the time is over, as whoever fills the view
/// may learn of a restored log meanwhile.
template <class Place, class Wait>
waited wait_until(Place& place, const at_least& wanted, Wait&& wait) {
  using how = detail::shown_by<Place>;
  not_yet late{wanted.position, 0, false};
  failure cause;
  progress state;
  const auto advance = [&](failure& why) { return how::advance(place, wanted, why); };
  const auto look = [&](not_yet& missing, failure& why) {
    std::size_t version = 0;
    if (!how::look(place, state, version, why)) return false;
    missing.reached = version == detail::npos ? 0 : state.at.position;
    return version != detail::npos && how::is_past(state, wanted);
  };
  if (detail::wait_for(wanted.timeout, wait, late, cause, advance, look)) return gesta::reached{state.at.position, state.time};
  if (cause.detail[0] != '\0') return cause;
  if (how::is_of_another_log(state, wanted)) return detail::of_another_log(wanted.position);
  return late;
}
template <class Place>
waited wait_until(Place& place, const at_least& wanted) {
  return gesta::wait_until(place, wanted, real_time{});
}

}  // namespace gesta
