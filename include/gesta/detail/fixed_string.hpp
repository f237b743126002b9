// A string as a template argument: by<"order">, retired<"old.name">.
// Stands below everything: it knows no domain word.
// May include <cstddef> only.
#pragma once

#include <cstddef>

namespace gesta::detail {

/// N characters that are known to the compiler, without the zero that ends them.
template <std::size_t N>
struct fixed_string {
  char chars[N + 1] = {};  // public, because a template argument must be a structural type

  // Implicit: by<"order"> is written without a cast.
  constexpr fixed_string(const char (&literal)[N + 1]) noexcept {
    for (std::size_t i = 0; i < N; ++i) chars[i] = literal[i];
  }

  /// The characters, ended by a zero.
  constexpr const char* data() const noexcept { return chars; }
  /// The number of characters.
  static constexpr std::size_t size() noexcept { return N; }

  template <std::size_t M>
  friend constexpr bool operator==(const fixed_string& a, const fixed_string<M>& b) noexcept {
    if (N != M) return false;
    for (std::size_t i = 0; i < N; ++i)
      if (a.chars[i] != b.chars[i]) return false;
    return true;
  }

  /// Whether it says the same as a string that is ended by a zero.
  constexpr bool says(const char* text) const noexcept {
    for (std::size_t i = 0; i < N; ++i)
      if (text[i] == '\0' || text[i] != chars[i]) return false;
    return text[N] == '\0';
  }
};

template <std::size_t N>
fixed_string(const char (&)[N]) -> fixed_string<N - 1>;

}  // namespace gesta::detail
