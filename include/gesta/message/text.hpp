// Text inside a message: a fixed capacity, no allocation, copied by its bytes.
// Floor: message.
// May include: detail, model/diagnostic.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/chars.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta {

template <std::size_t N>
class text;

namespace detail {

// Named so that the compiler's error says it, where text is made while compiling.
[[noreturn]] inline void text_is_too_long() { __builtin_abort(); }

template <class Source>
inline constexpr bool is_text = false;
template <std::size_t N>
inline constexpr bool is_text<text<N>> = true;

// How many bytes it takes to count to N, and the number of that size.
template <std::size_t N>
inline constexpr std::size_t width_of_count = N < 256 ? 1 : N < 65536 ? 2 : 4;
template <std::size_t Width>
using unsigned_of = std::conditional_t<Width <= 2, std::conditional_t<Width == 1, std::uint8_t, std::uint16_t>,
                                       std::conditional_t<Width == 4, std::uint32_t, std::uint64_t>>;

}  // namespace detail

/// Up to N bytes of text, as a part of a message. It never loses a character in silence:
///   text<8> t = "SKU-1";          a literal that is too long does not compile
///   text<8> t{view};              at run time: a promise that it fits; a broken promise ends the program
///   auto t = text<8>::from(view); for what comes from outside: `if (t) use(*t);`
/// The bytes after its end are zero, so equal texts have equal bytes, and data() ends with a zero.
template <std::size_t N>
class text {
 public:
  /// What `from` gives: the text, or nothing when it did not fit.
  class checked;

  constexpr text() noexcept = default;

  /// From a literal. It ends at its first zero, as everywhere in C.
  template <std::size_t Size>
  constexpr text(const char (&literal)[Size]) noexcept {
    (void)sizeof(diagnostic::apart<diagnostic::literal_too_long<(Size <= N + 1), text>>());
    if constexpr (Size <= N + 1) fill(detail::chars_of(literal));
  }
  /// From a text that can only be shorter.
  template <std::size_t M>
    requires(M < N)
  constexpr text(const text<M>& shorter) noexcept {
    fill(detail::chars_of(shorter));
  }
  /// From run-time text that is known to fit; when it does not, the program ends, in every build.
  template <detail::text_like Source>
    requires(!std::is_array_v<Source>)
  constexpr explicit text(const Source& source) noexcept {
    const detail::chars given = detail::chars_of(source);
    if (given.size > N) detail::text_is_too_long();
    fill(given);
  }
  constexpr explicit text(const char* data, std::size_t size) noexcept : text(detail::chars{data, size}) {}

  /// From text of any length: nothing when it has more than N bytes.
  template <detail::text_like Source>
  static constexpr checked from(const Source& source) noexcept {
    return checked(detail::chars_of(source));
  }
  static constexpr checked from(const char* data, std::size_t size) noexcept { return checked(detail::chars{data, size}); }

  /// Whether text has at most N bytes.
  template <detail::text_like Source>
  static constexpr bool fits(const Source& source) noexcept {
    return detail::chars_of(source).size <= N;
  }

  /// Adds to the end. False, and nothing is changed, when it does not fit.
  template <detail::text_like Source>
  constexpr bool append(const Source& source) noexcept {
    const detail::chars more = detail::chars_of(source);
    if (more.size > N - size_) return false;
    detail::copy_chars(more, chars_ + size_);
    size_ = static_cast<count>(size_ + more.size);
    return true;
  }

  constexpr const char* data() const noexcept { return chars_; }
  constexpr const char* c_str() const noexcept { return chars_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  static constexpr std::size_t capacity() noexcept { return N; }
  constexpr const char* begin() const noexcept { return chars_; }
  constexpr const char* end() const noexcept { return chars_ + size_; }
  constexpr char operator[](std::size_t i) const noexcept { return chars_[i]; }

  /// To std::string_view, std::string and their like: `std::string_view{t}`.
  template <class View>
    requires(!detail::is_text<View> && std::is_constructible_v<View, const char*, std::size_t> && detail::has_chars<View>)
  constexpr explicit operator View() const {
    return View(chars_, size());
  }

  /// Byte by byte.
  friend constexpr bool operator<(const text& a, const text& b) noexcept { return detail::chars_of(a) < detail::chars_of(b); }
  friend constexpr bool operator>(const text& a, const text& b) noexcept { return b < a; }
  friend constexpr bool operator<=(const text& a, const text& b) noexcept { return !(b < a); }
  friend constexpr bool operator>=(const text& a, const text& b) noexcept { return !(a < b); }

  template <class Stream>
    requires requires(Stream& out, const char* text) { out << text; }
  friend Stream& operator<<(Stream& out, const text& t) {
    out << t.c_str();
    return out;
  }

 private:
  static constexpr std::size_t width = detail::width_of_count<N>;
  static constexpr std::size_t room = (N / width + 1) * width;  // for the zero at the end, and without padding
  using count = detail::unsigned_of<width>;

  constexpr void fill(detail::chars source) noexcept {
    detail::copy_chars(source, chars_);
    size_ = static_cast<count>(source.size);
  }

  char chars_[room] = {};
  count size_ = 0;
};

template <std::size_t N>
class text<N>::checked {
 public:
  /// True when the text fitted.
  constexpr explicit operator bool() const noexcept { return fits_; }
  /// The text. Only when it fitted; else the program ends.
  constexpr const text& operator*() const noexcept {
    if (!fits_) detail::text_is_too_long();
    return value_;
  }
  constexpr const text* operator->() const noexcept { return &**this; }

 private:
  friend text;
  constexpr explicit checked(detail::chars source) noexcept : fits_(source.size <= N) {
    if (fits_) value_.fill(source);
  }

  text value_;
  bool fits_;
};

/// A text equals whatever has the same characters.
template <std::size_t N>
constexpr bool operator==(const text<N>& a, const text<N>& b) noexcept {
  // There is no padding and nothing undefined behind the end: one comparison of a known size.
  if (!__builtin_is_constant_evaluated()) return __builtin_memcmp(&a, &b, sizeof a) == 0;
  return detail::chars_of(a) == detail::chars_of(b);
}
template <std::size_t N, std::size_t M>
constexpr bool operator==(const text<N>& a, const text<M>& b) noexcept {
  return detail::chars_of(a) == detail::chars_of(b);
}
template <std::size_t N, detail::text_like Source>
  requires(!detail::is_text<Source>)
constexpr bool operator==(const text<N>& a, const Source& b) noexcept {
  return detail::chars_of(a) == detail::chars_of(b);
}

}  // namespace gesta
