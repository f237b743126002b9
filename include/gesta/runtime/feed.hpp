// Following a log: first what lies there, then what comes, without a gap and without a repetition.
// Floor: runtime.
// May include: all above.
#pragma once

#include <cstdint>

#include <gesta/message/about.hpp>
#include <gesta/runtime/observed.hpp>
#include <gesta/runtime/unknown_events.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/slice.hpp>

namespace gesta {

namespace detail {

/// Whether an app, or what else is followed, has observers.
template <class App>
inline constexpr bool is_observed = false;
template <class App>
  requires(App::is_observed)
inline constexpr bool is_observed<App> = true;

}  // namespace detail

/// Hands over the events of an app's log behind a checkpoint, poll by poll: `auto feed = app.follow(checkpoint);`. Each event comes once,
/// in order of position, and only when it is kept: nothing of an open batch, nothing that could be taken back. What other programs append
/// comes too. The app outlives it; the thread that uses the app uses it.
template <class App>
class feed {
 public:
  /// Made by `app.follow`.
  feed(App& app, const gesta::checkpoint& after, bool is_heard = true) : app_(app), after_(after), is_heard_(is_heard) {}

  /// Calls visit(const Event&, const gesta::about&) for what was kept since, at most `limit` stored events; visit may return false to end it
  /// behind that event; what an old event became is handed over to its end, as a checkpoint has no place within it. False:
  /// failure::kind::ahead_of_log when the checkpoint is not of this log, or lies behind its end; or the store could not read; the
  /// checkpoint then stands behind the last event that was handed over. `unknown` as for app::read. Costs as many steps as the part of the
  /// log has events, and nothing where nothing came. Of a visitor made by gesta::only the limit counts the events that it asks for, and the
  /// checkpoint goes past the others, so that none is looked at twice.
  template <class Visit, class Unknown = unknown_events>
  read_result poll(Visit&& visit, std::uint64_t limit = slice::end, Unknown unknown = {}) {
    const read_result known = app_.holds(after_);
    if (!known) return told(known);
    after_.incarnation = app_.incarnation();
    const std::uint64_t end = app_.kept_position();
    if (end <= after_.position) return told({});
    const slice part{.after = after_.position, .to = end, .limit = limit};
    std::uint64_t reached = after_.position;
    const read_result read = app_.read_whole(part, visit, unknown, reached);
    after_.position = reached;
    return told(read);
  }

  /// Everything up to here was handed over. To be kept with what was made of it, and given to `app.follow` again.
  const gesta::checkpoint& checkpoint() const noexcept { return after_; }
  /// Whether everything that the app knows to be kept was handed over. What other programs appended since, the next poll sees.
  bool is_live() const noexcept { return after_.position == app_.kept_position(); }

 private:
  read_result told(const read_result& read) {
    if constexpr (detail::is_observed<App>) {
      if (!is_heard_) return read;
      if (!read) {
        app_.tell(stalled{"feed", read.why()});
      } else if (is_live() && after_.position != caught_up_at_) {
        caught_up_at_ = after_.position;
        app_.tell(caught_up{"feed", after_.position});
      }
    }
    return read;
  }

  App& app_;
  gesta::checkpoint after_;
  std::uint64_t caught_up_at_ = slice::end;
  bool is_heard_;  ///< whether the app's observers hear of it
};

}  // namespace gesta
