// A list inside a message: a fixed capacity, no allocation, copied by its bytes.
// Floor: message.
// May include: detail, message, model/diagnostic.hpp.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <type_traits>

#include <gesta/message/text.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta {

namespace detail {

// Named so that the compiler's error says it, where a list is made while compiling.
[[noreturn]] inline void list_is_full() { __builtin_abort(); }

}  // namespace detail

/// Up to N values, as a part of a message. T is copied by its bytes and has a default.
/// The elements after the end are T{}, so equal lists have equal bytes where equal elements have.
template <class T, std::size_t N>
class list {
  static_assert(sizeof(diagnostic::list_of_no_bytes<std::is_trivially_copyable_v<T>, T>) + sizeof(diagnostic::list_without_room<(N != 0), list>) +
                    sizeof(diagnostic::list_of_wide_alignment<(alignof(T) <= 8), T>) != 0);

 public:
  using value_type = T;

  constexpr list() noexcept = default;
  /// `list<int, 4>{1, 2, 3}`. More than N values: the program ends; while compiling it is an error.
  constexpr list(std::initializer_list<T> values) noexcept {
    for (const T& value : values)
      if (!push_back(value)) detail::list_is_full();
  }

  /// Adds to the end. False, and nothing is changed, when the list is full.
  [[nodiscard]] constexpr bool push_back(const T& value) noexcept {
    if (size_ == N) return false;
    items_[size_] = value;
    ++size_;
    return true;
  }
  /// Removes the last. Only when there is one.
  constexpr void pop_back() noexcept { items_[--size_] = T{}; }
  /// Removes element i; those after it move up. Linear.
  constexpr void erase(std::size_t i) noexcept {
    for (; i + 1 < size_; ++i) items_[i] = items_[i + 1];
    pop_back();
  }
  constexpr void clear() noexcept { *this = list{}; }

  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr bool full() const noexcept { return size_ == N; }
  static constexpr std::size_t capacity() noexcept { return N; }

  constexpr T* data() noexcept { return items_; }
  constexpr const T* data() const noexcept { return items_; }
  constexpr T* begin() noexcept { return items_; }
  constexpr T* end() noexcept { return items_ + size_; }
  constexpr const T* begin() const noexcept { return items_; }
  constexpr const T* end() const noexcept { return items_ + size_; }
  constexpr T& operator[](std::size_t i) noexcept { return items_[i]; }
  constexpr const T& operator[](std::size_t i) const noexcept { return items_[i]; }
  constexpr T& back() noexcept { return items_[size_ - 1u]; }
  constexpr const T& back() const noexcept { return items_[size_ - 1u]; }

  friend constexpr bool operator==(const list& a, const list& b) noexcept
    requires requires(const T& t) { t == t; }
  {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i)
      if (!(a.items_[i] == b.items_[i])) return false;
    return true;
  }

 private:
  // The count is as wide as the alignment of T, or the room is a whole number of counts: there is no padding.
  static constexpr std::size_t width = detail::width_of_count<N> > alignof(T) ? detail::width_of_count<N> : alignof(T);
  static constexpr std::size_t room = N == 0 ? 1 : width > alignof(T) ? (N + width - 1) / width * width : N;

  T items_[room] = {};
  detail::unsigned_of<width> size_ = 0;
};

}  // namespace gesta
