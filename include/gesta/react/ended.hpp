// How a saga, or an instance of a process, has ended.
// Floor: react.
// May include: nothing of gesta.
#pragma once

#include <cstdint>

namespace gesta {

/// How it ended. A state of a process behind which nothing comes says it: `static constexpr auto ends = gesta::ended::completed;`.
enum class ended : std::uint8_t {
  completed,    ///< what it was begun for is done
  compensated,  ///< it was given up, and what was done has been undone
};

}  // namespace gesta
