// Room for one value that may be there or not. The slot is filled in the constructor's initialiser list of its owner, so that
// nothing is moved afterwards and no std::optional is needed.
// May include: detail.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include <gesta/detail/pack.hpp>

namespace gesta::detail {

/// Says that a slot stays empty.
struct vacant {};

/// Says what a slot is filled with; a Source that is not const is moved from.
template <class Source>
struct filling {
  Source& source;
};

/// One slot, number I of its owner. Where T is trivial to destroy the owner alone knows whether it is filled.
template <std::size_t I, class T, bool Trivial = trivially_destructible<T>>
struct slot {
  union {
    vacant none;
    T value;
  };

  [[gnu::always_inline]] constexpr slot(vacant) : none{} {}
  template <class Source>
  [[gnu::always_inline]] constexpr slot(filling<Source> with) : value(static_cast<Source&&>(with.source)) {}
  /// A copy of the other slot when that is filled.
  [[gnu::always_inline]] slot(const slot& other, bool filled) : none{} {
    if (filled) ::new (static_cast<void*>(__builtin_addressof(value))) T(other.value);
  }
};

template <std::size_t I, class T>
struct slot<I, T, false> {
  union {
    vacant none;
    T value;
  };
  bool filled;

  constexpr slot(vacant) : none{}, filled(false) {}
  template <class Source>
  constexpr slot(filling<Source> with) : value(static_cast<Source&&>(with.source)), filled(true) {}
  slot(const slot& other, bool fill) : none{}, filled(fill) {
    if (fill) ::new (static_cast<void*>(__builtin_addressof(value))) T(other.value);
  }
  slot(const slot& other) : slot(other, other.filled) {}
  slot& operator=(const slot&) = delete;
  constexpr ~slot() {
    if (filled) value.~T();
  }
};

}  // namespace gesta::detail
