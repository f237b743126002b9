// What a commit to a file survives.
// Floor: store.
// May include: nothing of gesta.
#pragma once

#include <cstdint>

namespace gesta {

/// What a commit survives.
enum class durability : std::uint8_t {
  process,  ///< the end of the process; a loss of power may take the last commits, never a part of one
  disk,     ///< a loss of power too: a commit returns when it is on the disk
};

}  // namespace gesta
