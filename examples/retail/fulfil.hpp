// `retail fulfil`, for main: it is compiled in a file of its own.
// May include: nothing.
#pragma once

namespace retail {

/// `words`: those behind "fulfil". Returns what the process ends with.
int fulfil(int count, const char* const* words);

}  // namespace retail
