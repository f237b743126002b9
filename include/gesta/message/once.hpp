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

/// The version an entity is expected to have when a command is decided (0: it has no event). Another version is `gesta::conflict`.
struct expected {
  std::uint64_t version;
};

}  // namespace gesta
