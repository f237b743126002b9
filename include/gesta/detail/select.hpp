// From an index known at run time to one known at compile time: sixteen cases of a switch at a time.
// Sixteen cases compile quickly and run as fast as a switch by hand on both compilers; mp_with_index takes twice the instructions
// on Clang, std::visit ten times the compile time at 200 alternatives.
// May include: nothing of gesta.
#pragma once

#include <cstddef>
#include <type_traits>

namespace gesta::detail {

/// Calls f(std::integral_constant<std::size_t, index>) for an index below Count; does nothing for another.
template <std::size_t Count, std::size_t Base = 0, class F>
[[gnu::always_inline]] inline void select(std::size_t index, F&& f) {
  switch (index - Base) {
    case 0: if constexpr (Base < Count) f(std::integral_constant<std::size_t, Base>{}); return;
    case 1: if constexpr (Base + 1 < Count) f(std::integral_constant<std::size_t, Base + 1>{}); return;
    case 2: if constexpr (Base + 2 < Count) f(std::integral_constant<std::size_t, Base + 2>{}); return;
    case 3: if constexpr (Base + 3 < Count) f(std::integral_constant<std::size_t, Base + 3>{}); return;
    case 4: if constexpr (Base + 4 < Count) f(std::integral_constant<std::size_t, Base + 4>{}); return;
    case 5: if constexpr (Base + 5 < Count) f(std::integral_constant<std::size_t, Base + 5>{}); return;
    case 6: if constexpr (Base + 6 < Count) f(std::integral_constant<std::size_t, Base + 6>{}); return;
    case 7: if constexpr (Base + 7 < Count) f(std::integral_constant<std::size_t, Base + 7>{}); return;
    case 8: if constexpr (Base + 8 < Count) f(std::integral_constant<std::size_t, Base + 8>{}); return;
    case 9: if constexpr (Base + 9 < Count) f(std::integral_constant<std::size_t, Base + 9>{}); return;
    case 10: if constexpr (Base + 10 < Count) f(std::integral_constant<std::size_t, Base + 10>{}); return;
    case 11: if constexpr (Base + 11 < Count) f(std::integral_constant<std::size_t, Base + 11>{}); return;
    case 12: if constexpr (Base + 12 < Count) f(std::integral_constant<std::size_t, Base + 12>{}); return;
    case 13: if constexpr (Base + 13 < Count) f(std::integral_constant<std::size_t, Base + 13>{}); return;
    case 14: if constexpr (Base + 14 < Count) f(std::integral_constant<std::size_t, Base + 14>{}); return;
    case 15: if constexpr (Base + 15 < Count) f(std::integral_constant<std::size_t, Base + 15>{}); return;
    default:
      if constexpr (Base + 16 < Count) return select<Count, Base + 16>(index, static_cast<F&&>(f));
  }
}

}  // namespace gesta::detail
