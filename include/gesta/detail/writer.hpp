// Writes text into room of a fixed size: what does not fit is counted and left out, as snprintf does.
// Floor: detail.
// May include: detail.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/chars.hpp>

namespace gesta::detail {

/// Text that is being written somewhere. `size` is what all of it takes, whether it fitted or not.
struct writer {
  char* out;
  std::size_t room;
  std::size_t size = 0;

  constexpr void put(char c) noexcept {
    if (size < room) out[size] = c;
    ++size;
  }
  constexpr void put(chars text) noexcept {
    for (const char c : text) put(c);
  }
  constexpr void put(const char* text) noexcept { put(detail::chars_of(text)); }

  /// Decimal.
  constexpr void put_number(std::uint64_t number) noexcept {
    char digits[20] = {};
    std::size_t n = 0;
    do {
      digits[n++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (n != 0) put(digits[--n]);
  }
  constexpr void put_number(std::int64_t number) noexcept {
    if (number < 0) put('-');
    put_number(number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number));
  }

  /// Ends the text with a zero, cutting it to the room there is.
  constexpr void end() noexcept {
    if (room != 0) out[size < room ? size : room - 1] = '\0';
  }
};

}  // namespace gesta::detail
