// Who runs until somebody stops it: a consumer, a relay, an inbox, sagas, who asks and who serves; alone, or several of one thread in turns.
// Floor: runtime. Beside gesta.hpp.
// May include: all above.
//
//     gesta::bell bell;
//     std::thread runs([&] { (void)gesta::keep_up(keeper, bell, {}, gesta::observed_by(log)); });
//     ...                                     // bell.ring() after a commit: it goes on at once
//     bell.stop(); runs.join();
//
//     gesta::in_turns all(sagas, asks, inlet);  // they share an app, and so a thread
//     (void)gesta::keep_up(all, bell);
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/observed.hpp>
#include <gesta/runtime/waiting.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/slice.hpp>

namespace gesta {

/// How a keeper goes on.
struct pace {
  std::uint64_t at_once = 1000;          ///< stored events in one commit; messages, steps of sagas in one poll
  duration look_every = milliseconds(50); ///< how long it waits, at the longest, where there is nothing to do: another process appends without a ring
  std::uint64_t most_events = 10'000;    ///< further behind than this is gesta::fell_behind; 0: it does not matter
  duration most_time = seconds(60);      ///< likewise, since the first event was recorded that it has not seen; zero: it does not matter
  duration rest = seconds(1);            ///< what may pass by itself (a transport is away) is tried after `look_every`, twice as late each time, at most after this
  std::uint64_t together = 1;            ///< so many share a commit: steps of sagas, answers that who asks has got
};

/// Several keepers that share a thread, since they share an app: gesta::keep_up polls each in its turn. A keeper is what has a `poll`: a consumer, effects, a
/// relay, an inbox, a handler or view straight on a transport, gesta::run_sagas, gesta::ask_by, gesta::serve. All of them outlive it.
template <class... Keeper>
class in_turns {
 public:
  explicit in_turns(Keeper&... keeper) noexcept : all_(keeper...) {}
  const std::tuple<Keeper&...>& all() const noexcept { return all_; }

 private:
  std::tuple<Keeper&...> all_;
};

namespace detail {

/// Whether who waits by a Bell waits in real time, so that a keeper may wait at its transport instead, where a message wakes it.
template <class Bell>
inline constexpr bool waits_in_real_time = false;
template <>
inline constexpr bool waits_in_real_time<bell> = true;

/// What polls return tells what is polled: `ran` of sagas, `exchanged` of who asks or serves, else `consumed`.
template <class Polled>
concept polled_sagas = requires(Polled made) { made.next_due; };
template <class Polled>
concept polled_exchange = requires(Polled made) { made.ignored; };

/// What the turn of a keeper came to.
struct turn {
  bool has_worked = false;   ///< there may be more
  bool has_moved = false;    ///< something was done, and others of the thread may have work by it
  bool ends = false;         ///< it cannot go on: `cause`
  std::size_t at_transport = 0;  ///< so many of them have nothing to do but to wait for a message
  duration wait{};           ///< where nobody has worked: so long, at the longest
  failure cause{};
};

/// One that is kept up.
template <class Keeper, class Observers>
class keeping {
  using polled = decltype(std::declval<Keeper&>().poll());
  static constexpr bool is_exchange = polled_exchange<polled>;
  static constexpr bool is_inbox = requires(Keeper& k, duration d) { k.poll(std::uint64_t{}, d); };

 public:
  static constexpr bool hears_a_transport = is_exchange || is_inbox;

  keeping(Keeper& keeper, const Observers& observers) : keeper_(keeper), observers_(observers) {}

  turn takes_turn(const pace& how, timestamp now, duration patience) {
    if (now.nanoseconds < not_before_.nanoseconds) return {.wait = not_before_ - now};
    const std::uint64_t before = position();
    const auto made = polls(how, patience);
    if (!made) return failed(made, how, now);
    rest_ = {};
    if constexpr (polled_sagas<polled>) {
      if (!made.caught_up) return worked();
      if (made.steps + made.put_aside != 0) knows_all_ = false;
      return idle(before, how, made.steps != 0, made.next_due == timestamp{} ? how.look_every : made.next_due - keeper_.now());
    } else if constexpr (is_exchange) {
      if (is_anything(made)) return worked();
      return idle(before, how, false, how.look_every);
    } else {
      if (made.caught_up) return idle(before, how, made.handled != 0, how.look_every);
      knows_all_ = false;
      looks_how_far(made, how);
      if (made.owned_elsewhere || made.is_paused) return {.wait = how.look_every};
      return worked();
    }
  }
  read_result release() {
    if constexpr (requires { keeper_.release(); }) return keeper_.release();
    else return {};
  }

 private:
  auto polls(const pace& how, [[maybe_unused]] duration patience) {
    if constexpr (polled_sagas<polled>) return keeper_.poll({.steps = how.at_once, .steps_a_commit = how.together});
    else if constexpr (is_exchange)
      return keeper_.poll({.messages = static_cast<std::size_t>(how.at_once),
                           .messages_a_commit = static_cast<std::size_t>(how.together),
                           .wait = patience});
    else if constexpr (is_inbox) return keeper_.poll(how.at_once, patience);
    else return keeper_.poll(how.at_once);
  }
  std::uint64_t position() const {
    if constexpr (requires { keeper_.checkpoint(); }) return keeper_.checkpoint().position;
    else return 0;
  }
  static const char* name() noexcept { return Keeper::name().data(); }  // ended by a zero
  static bool is_anything(const polled& made) { return made.sent + made.refused + made.handled + made.ignored + made.parked != 0; }

  turn worked() {
    knows_all_ = false;
    return {.has_worked = true};
  }
  turn idle(std::uint64_t before, const pace& how, bool has_moved, duration wait) {
    const std::uint64_t at = position();
    if (!knows_all_ || at != before) observers_.tell(caught_up{name(), at});
    is_behind_ = false;
    knows_all_ = true;
    constexpr duration least = milliseconds(1);  // what is due, and is not done, is nobody's to be asked for without a pause
    return {.has_moved = has_moved, .at_transport = hears_a_transport ? 1u : 0u, .wait = detail::shorter(how.look_every, wait < least ? least : wait)};
  }
  turn failed(const polled& made, const pace& how, timestamp now) {
    knows_all_ = false;
    if (made.passes) {
      if constexpr (is_exchange)
        if (is_anything(made)) return {.has_worked = true};  // one topic has no room; others go on
      if (rest_ == duration{}) observers_.tell(stalled{name(), made.why()});
      const duration most = how.rest < how.look_every ? how.look_every : how.rest;
      rest_ = rest_ == duration{} ? how.look_every : detail::shorter({2 * rest_.nanoseconds}, most);
      not_before_ = now + rest_;
      return {.wait = rest_};
    }
    if (made.why().why == failure::kind::busy) return {.wait = how.look_every};
    observers_.tell(stalled{name(), made.why()});
    return {.ends = true, .cause = made.why()};
  }
  template <class Made>
  void looks_how_far([[maybe_unused]] const Made& made, [[maybe_unused]] const pace& how) {
    if constexpr (Observers::template hears<fell_behind> && requires(lag behind) { keeper_.measure(behind); }) {
      if (is_behind_ || made.owned_elsewhere) return;
      lag behind;
      if (!keeper_.measure(behind)) return;
      is_behind_ = (how.most_events != 0 && behind.events > how.most_events) ||
                   (how.most_time.nanoseconds != 0 && behind.nanoseconds > how.most_time.nanoseconds);
      if (is_behind_) observers_.tell(fell_behind{name(), behind.events, behind.nanoseconds});
    }
  }

  Keeper& keeper_;
  const Observers& observers_;
  bool is_behind_ = false, knows_all_ = false;
  duration rest_{};         ///< since it could not go on
  timestamp not_before_{};  ///< by the bell
};

/// Several: one that could not go on keeps nobody waiting.
template <class... Keeper, class Observers>
class keeping<in_turns<Keeper...>, Observers> {
 public:
  static constexpr bool hears_a_transport = (keeping<Keeper, Observers>::hears_a_transport || ...);

  keeping(in_turns<Keeper...>& keepers, const Observers& observers)
      : all_(std::apply([&](Keeper&... keeper) { return std::tuple<keeping<Keeper, Observers>...>(keeping<Keeper, Observers>(keeper, observers)...); },
                        keepers.all())) {}

  turn takes_turn(const pace& how, timestamp now, duration patience) {
    turn all{.wait = how.rest < how.look_every ? how.look_every : how.rest};
    const auto add = [&](auto& one) {
      if (all.ends) return;
      // Where somebody had something to do, the others do not wait for a message.
      const turn made = one.takes_turn(how, now, all.has_worked ? duration{} : patience);
      all.has_worked = all.has_worked || made.has_worked || made.has_moved;
      all.at_transport += made.at_transport;
      if (!made.has_worked) all.wait = detail::shorter(all.wait, made.wait);
      if (made.ends) all.ends = true, all.cause = made.cause;
    };
    std::apply([&](auto&... one) { (add(one), ...); }, all_);
    return all;
  }
  /// Each of them, whatever becomes of the others.
  read_result release() {
    read_result first;
    const auto add = [&](const read_result& made) {
      if (first && !made) first = made;
    };
    std::apply([&](auto&... one) { (add(one.release()), ...); }, all_);
    return first;
  }

 private:
  std::tuple<keeping<Keeper, Observers>...> all_;
};

}  // namespace detail

/// Lets a keeper go on until the bell is stopped: polls while there is something, else waits. Tells the observers gesta::fell_behind when it is
/// further behind than its pace allows, once until it has caught up; gesta::caught_up when it has; gesta::stalled when it cannot go on. While
/// somebody has paused it, or another one has claimed it, it only looks whether that is over. What may pass by itself is waited for, as long as it
/// takes: a view store that is busy, a transport that is away, a store that could not write and is not broken; of the last two gesta::stalled is told
/// once. Comes back when it was stopped, having given back its claim, or when it cannot go on: why() says the cause, and it may be called again. `bell` is
/// a gesta::bell, or anything with now(), is_over() and operator()(duration). With a gesta::bell who hears a transport waits there, for a tenth of
/// a second at the longest, so a message is taken when it comes; a ring or a stop is then heard behind that. Observers that the keeper was made with hear
/// caught_up and stalled by itself: whoever is given in both places hears those twice. Several keepers of one thread: gesta::in_turns.
template <class Keeper, class Bell, class... Observer>
read_result keep_up(Keeper& keeper, Bell& bell, const pace& how, const observed_by<Observer...>& observers) {
  using kept = detail::keeping<Keeper, observed_by<Observer...>>;
  kept one(keeper, observers);
  duration patience{};
  while (!bell.is_over()) {
    const detail::turn made = one.takes_turn(how, bell.now(), patience);
    patience = {};
    if (made.ends) return read_result(made.cause);
    if (made.has_worked) continue;
    if constexpr (kept::hears_a_transport && detail::waits_in_real_time<Bell>) {
      if (made.at_transport != 0) {  // those share the time
        patience = {detail::shorter(made.wait, milliseconds(100)).nanoseconds / static_cast<std::int64_t>(made.at_transport)};
        continue;
      }
    }
    bell(made.wait);
  }
  return one.release();
}
template <class Keeper, class Bell>
read_result keep_up(Keeper& keeper, Bell& bell, const pace& how = {}) {
  return gesta::keep_up(keeper, bell, how, observed_by<>{});
}

}  // namespace gesta
