// An event that a consumer has put aside.
// Floor: store.
// May include: message.
#pragma once

#include <cstdint>
#include <string>

#include <gesta/message/about.hpp>

namespace gesta {

/// An event that a consumer could not handle, or one that waits behind such an event of the same key. The event itself lies in the log. A letter
/// at position 0 says that the consumer itself has stopped, and why.
struct letter {
  std::uint64_t position = 0;  ///< of the event
  std::string key{};           ///< byte form of what keeps its order: later events of this key wait
  std::string cause{};         ///< why it was put aside, for people; empty for one that waits
  std::uint32_t attempts = 0;  ///< how often it was tried; 0: it waits behind an earlier one
  std::uint32_t part = 0;      ///< an event may be handed over several times, to its rows or as what an old one became: those before this were done
  timestamp since{};           ///< when it was first put aside
  timestamp due{};             ///< when it is tried again; zero: when a person says so
  std::string discarded{};     ///< why a person has discarded it: it is kept, and nothing waits for it; empty while it is open

  friend bool operator==(const letter&, const letter&) = default;
};

}  // namespace gesta
