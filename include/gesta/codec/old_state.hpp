// A stored state, a snapshot, that was written before its struct changed: read as the struct it was, and brought to the one of today.
// Floor: codec. For whoever keeps states beside the events; the events themselves are brought to today in runtime/reading.hpp.
// May include: detail, message, codec.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/upcast.hpp>

namespace gesta::detail {

/// What a stored state came to.
enum class state_read : std::uint8_t {
  ready,       ///< it is the state of today, or was brought to it
  unknown,     ///< its fingerprint is neither that of today's state nor of one that it was: fold the events anew
  unreadable,  ///< the fingerprint is known, and the bytes are no such state: fold the events anew
};

/// Reads the bytes of a stored state. `fingerprint(type_is<State>{})` gives the number under which the bytes of such a state are stored;
/// it is asked of State, then of `State::was`, of what that was, and so on: the first that is equal to `stored` says what the bytes are.
/// Each step to today is one `upcast`. Unless the result is `ready` the state is not to be used.
template <class State, class Fingerprint>
state_read read_state(std::uint64_t stored, const std::byte* bytes, std::size_t size, State& state, Fingerprint fingerprint) {
  if (stored == fingerprint(type_is<State>{})) return decode(bytes, size, state) ? state_read::ready : state_read::unreadable;
  if constexpr (names_old_state<State>) {
    using old = typename State::was;
    if constexpr (std::is_same_v<upcast_result<old>, State>) {  // else the model has reported it
      old before{};
      const state_read result = detail::read_state(stored, bytes, size, before, fingerprint);
      if (result == state_read::ready) state = upcast(static_cast<const old&>(before));
      return result;
    }
  }
  return state_read::unknown;
}

}  // namespace gesta::detail
