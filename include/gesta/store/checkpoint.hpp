// Up to where somebody has seen a log.
// Floor: store.
// May include: message.
#pragma once

#include <cstdint>

#include <gesta/message/about.hpp>

namespace gesta {

/// A place in one log: everything up to this position was seen. A plain value; who consumes a log keeps it with what he made of it. The
/// incarnation says which log: a file that was restored from a backup gives later positions anew, and is another one. The blank
/// checkpoint is before the first event of any log.
struct checkpoint {
  message_id incarnation{};
  std::uint64_t position = 0;

  friend constexpr bool operator==(const checkpoint&, const checkpoint&) = default;
};

}  // namespace gesta
