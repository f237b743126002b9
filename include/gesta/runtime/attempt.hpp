// What became of one attempt to handle an event.
// Floor: runtime.
// May include: nothing of gesta.
#pragma once

#include <cstdint>
#if __cpp_exceptions
#include <exception>
#endif

namespace gesta::detail {

enum class attempt : std::uint8_t {
  done,
  failed,  ///< the handler could not: the event is put aside
  broken,  ///< the store could not: nobody can go on
};

/// The kind of failure that an exception is, whatever it says.
inline constexpr const char* an_exception = "exception";

/// act(), and failed(const char* words) instead of an exception.
template <class Act, class Failed>
auto without_exceptions(Act&& act, [[maybe_unused]] Failed&& failed) {
#if __cpp_exceptions
  try {
    return act();
  } catch (const std::exception& thrown) {
    return failed(thrown.what());
  } catch (...) {
    return failed("something was thrown that is no std::exception");
  }
#else
  return act();
#endif
}

}  // namespace gesta::detail
