// Where the time comes from. It is given to whatever needs one, so that a whole system runs on any clock.
// Floor: message.
// May include: message.
#pragma once

#include <ctime>

#include <gesta/message/about.hpp>

namespace gesta {

/// The machine's wall clock. A clock is any function object that returns a gesta::timestamp.
struct system_clock {
  timestamp operator()() const noexcept {
    std::timespec now{};
    std::timespec_get(&now, TIME_UTC);
    return {static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec};
  }
};

}  // namespace gesta
