// How a sender makes a repeated command harmless: it numbers what it sends.
// Floor: message.
// May include: nothing of gesta.
#pragma once

#include <cstdint>

namespace gesta {

namespace detail {

/// How the sources of reactors begin.
inline constexpr char reactor_source[] = "reactor:";

}  // namespace detail

/// The name of one request: who sends it and its number there. The outcome of the first handling is kept, rejections too, in the
/// commit of its events, without a time window; a repetition gives that outcome back and decides nothing. A conflict or a failure is no
/// outcome: the request may be made again. One name belongs to one command: used for another, it is answered with the first one's outcome.
struct once {
  const char* source;    ///< stable name of the sender, such as "retail"; up to 64 bytes, copied; "reactor:..." are the reactors' own
  std::uint64_t number;  ///< any number that the sender uses for this request alone
};

/// What is expected of an entity's stream when something is decided or appended. Otherwise it is `gesta::conflict`.
struct expected {
  enum class of : std::uint8_t {
    version,   ///< exactly this one; 0: it has no event
    anything,  ///< whatever it has
    events,    ///< at least one event
  };

  std::uint64_t version = 0;
  of what = of::version;

  /// Any version, none included.
  static constexpr expected any() noexcept { return {0, of::anything}; }
  /// No event yet: version 0.
  static constexpr expected none() noexcept { return {}; }
  /// Some event, whatever the version.
  static constexpr expected exists() noexcept { return {0, of::events}; }

  /// Whether a stream of this version is what was expected.
  constexpr bool holds(std::uint64_t actual) const noexcept {
    return what == of::version ? actual == version : what == of::anything || actual != 0;
  }
};

/// The position up to which a caller has seen the log when it sends a command to a gesta::boundary: `app.last_position()`, asked where it
/// read. If an event that belongs to what the decision reads has come since, the outcome is `gesta::conflict` with its position.
struct seen {
  std::uint64_t position;
};

}  // namespace gesta
