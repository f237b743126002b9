// A consumer that goes on until somebody stops it, and says when it falls behind.
// Floor: runtime. Beside gesta.hpp.
// May include: all above.
//
//     gesta::bell bell;
//     std::thread runs([&] { (void)gesta::keep_up(keeper, bell, {}, gesta::observed_by(log)); });
//     ...                                     // bell.ring() after a commit: it goes on at once
//     bell.stop(); runs.join();
#pragma once

#include <cstdint>

#include <gesta/message/duration.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/observed.hpp>
#include <gesta/runtime/waiting.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/slice.hpp>

namespace gesta {

/// How a consumer goes on.
struct pace {
  std::uint64_t at_once = 1000;          ///< stored events in one commit
  duration look_every = milliseconds(50); ///< how long it waits, at the longest, where there is nothing to do: another process appends without a ring
  std::uint64_t most_events = 10'000;    ///< further behind than this is gesta::fell_behind; 0: it does not matter
  duration most_time = seconds(60);      ///< likewise, since the first event was recorded that it has not seen; zero: it does not matter
};

/// Lets a consumer go on until the bell is stopped: polls while there is something, else waits. Tells the observers gesta::fell_behind when it is
/// further behind than its pace allows, once until it has caught up; gesta::caught_up when it has; gesta::stalled when it cannot go on. While
/// somebody has paused it, or another one has claimed it, it only looks whether that is over. A view store that is busy is tried again. Comes
/// back when it was stopped, having given back its claim, or when it cannot go on: why() says the cause, and it may be called again. `bell` is
/// a gesta::bell, or anything with now(), is_over() and operator()(duration). Observers that the consumer was made with hear caught_up and
/// stalled by itself: whoever is given in both places hears those twice.
template <class Keeper, class Bell, class... Observer>
read_result keep_up(Keeper& keeper, Bell& bell, const pace& how, const observed_by<Observer...>& observers) {
  const char* const who = keeper.name().data();  // ended by a zero
  bool is_behind = false, knows_all = false;
  while (!bell.is_over()) {
    const std::uint64_t before = keeper.checkpoint().position;
    const consumed made = keeper.poll(how.at_once);
    const bool is_busy = !made && made.why().why == failure::kind::busy;
    if (!made && !is_busy) {
      observers.tell(stalled{who, made.why()});
      return read_result(made.why());
    }
    if (made.caught_up) {
      if (!knows_all || keeper.checkpoint().position != before) observers.tell(caught_up{who, keeper.checkpoint().position});
      is_behind = false;
      knows_all = true;
      bell(how.look_every);
      continue;
    }
    knows_all = false;
    const bool looks = observed_by<Observer...>::template hears<fell_behind> && !is_behind && !is_busy && !made.owned_elsewhere;
    if (lag behind; looks && keeper.measure(behind)) {
      is_behind = (how.most_events != 0 && behind.events > how.most_events) ||
                  (how.most_time.nanoseconds != 0 && behind.nanoseconds > how.most_time.nanoseconds);
      if (is_behind) observers.tell(fell_behind{who, behind.events, behind.nanoseconds});
    }
    if (is_busy || made.owned_elsewhere || made.is_paused) bell(how.look_every);
  }
  return keeper.release();
}
template <class Keeper, class Bell>
read_result keep_up(Keeper& keeper, Bell& bell, const pace& how = {}) {
  return gesta::keep_up(keeper, bell, how, observed_by<>{});
}

}  // namespace gesta
