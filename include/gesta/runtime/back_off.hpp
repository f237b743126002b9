// How long who talks to a transport waits when it cannot be reached; and what is gained by trying again at all.
// Floor: runtime.
// May include: all above.
#pragma once

#include <cstdint>

#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/react/effect.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// How a relay or an inbox waits when the transport cannot be reached, or has no room: longer each time, by its clock. Nothing is put aside meanwhile.
struct back_off {
  duration first = milliseconds(100);
  double factor = 2;
  duration most = seconds(30);
  duration answer = seconds(5);  ///< how long the answer of the transport is waited for, in real time; then it is published again

  /// What is waited behind so many failures in a row, from 1 on.
  constexpr duration wait_after(std::uint32_t failures) const noexcept {
    return retry{.times = 0, .first = first, .factor = factor, .most = most}.wait_after(failures);
  }
  /// Whether it is too early at `now` for what is to be tried again at `until`. A clock that was set back meanwhile keeps nobody waiting for
  /// that time: what would wait longer than it ever does is tried at once.
  constexpr bool holds(timestamp now, timestamp until) const noexcept { return now.nanoseconds < until.nanoseconds && !(most < until - now); }
};

namespace detail {

/// Whether a message that a transport refused will be refused again, whatever becomes of the transport. What it has no room for it takes later.
constexpr bool is_never_taken(failure::kind why) noexcept { return why == failure::kind::malformed || why == failure::kind::too_large; }

/// Whether a message that was received, and could not be kept, runs into the same again, whatever becomes of the store: then nobody is to wait for it.
/// `is_broken`: the store itself; then nothing can be said of the message.
constexpr bool is_never_kept(failure::kind why, bool is_broken) noexcept {
  using kind = failure::kind;
  switch (why) {
    case kind::chain_too_long:
    case kind::tombstoned:
    case kind::too_large:
    case kind::unknown_event:
    case kind::differs:
    case kind::no_key:                       // personal data that others sealed, under a key that is not here
    case kind::corrupt: return !is_broken;   // or that somebody has changed
    default: return false;
  }
}

/// Until when nothing is tried, after so many failures in a row.
class backing_off {
 public:
  bool holds(timestamp now) const noexcept { return waits_.holds(now, until_); }
  timestamp until() const noexcept { return until_; }
  void failed(timestamp now) noexcept { until_ = now + waits_.wait_after(++failures_); }
  void succeeded() noexcept {
    failures_ = 0;
    until_ = {};
  }

 private:
  back_off waits_{};
  std::uint32_t failures_ = 0;
  timestamp until_{};
};

}  // namespace detail

}  // namespace gesta
