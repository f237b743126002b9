// One value of a list of types: a tagged union that is copied as bytes, and works in constant expressions, where all its types are.
// May include: detail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/detail/select.hpp>

namespace gesta::detail {

template <std::size_t I>
struct in_place_at {};

// A chain of unions, one for each type: the only form in which C++20 changes the active member of a flat one in a constant expression.
template <class... T>
union chained;
template <>
union chained<> {
  char none = 0;
};
template <class First, class... Rest>
union chained<First, Rest...> {
  char none;
  First first;
  chained<Rest...> rest;

  constexpr chained() : none(0) {}
  constexpr chained(in_place_at<0>, const First& value) : first(value) {}
  template <std::size_t I, class T>
  constexpr chained(in_place_at<I>, const T& value) : rest(in_place_at<I - 1>{}, value) {}

  template <std::size_t I>
  constexpr const auto& get() const {
    if constexpr (I == 0) return first;
    else return rest.template get<I - 1>();
  }
};

template <class List>
inline constexpr bool copied_as_bytes = false;
template <class... T>
inline constexpr bool copied_as_bytes<types<T...>> = ((__is_trivially_copyable(T) && trivially_destructible<T>) && ...);

/// A value of one of the types, or of none. Reading another than the one it holds is not asked for.
template <class List, bool Flat = copied_as_bytes<List>>
class one_of;

template <class... T>
class one_of<types<T...>, true> {
 public:
  using list = types<T...>;

  constexpr one_of() noexcept = default;
  template <class Value>
    requires contains<Value, list>
  constexpr one_of(const Value& value) : which_(index_of<Value, list>), value_(in_place_at<index_of<Value, list>>{}, value) {}

  /// The index of its type in the list; npos: it holds nothing.
  constexpr std::size_t which() const noexcept { return which_ == none ? npos : which_; }
  template <std::size_t I>
  constexpr const at<I, list>& get() const {
    return value_.template get<I>();
  }

 private:
  static constexpr std::uint16_t none = 0xffff;
  std::uint16_t which_ = none;
  chained<T...> value_;
};

template <class... T>
class one_of<types<T...>, false> {
 public:
  using list = types<T...>;

  one_of() noexcept = default;
  template <class Value>
    requires contains<Value, list>
  one_of(const Value& value) : which_(index_of<Value, list>) {
    ::new (static_cast<void*>(bytes_)) Value(value);
  }
  one_of(const one_of& other) { take(other); }
  one_of& operator=(const one_of& other) {
    if (this != &other) {
      drop();
      take(other);
    }
    return *this;
  }
  ~one_of() { drop(); }

  std::size_t which() const noexcept { return which_ == none ? npos : which_; }
  template <std::size_t I>
  const at<I, list>& get() const {
    return *std::launder(reinterpret_cast<const at<I, list>*>(bytes_));
  }

 private:
  static constexpr std::uint16_t none = 0xffff;

  void take(const one_of& other) {
    detail::select<sizeof...(T)>(other.which_, [&](auto at) {
      using value = detail::at<at(), list>;
      ::new (static_cast<void*>(bytes_)) value(other.template get<at()>());
    });
    which_ = other.which_;
  }
  void drop() {
    detail::select<sizeof...(T)>(which_, [&](auto at) {
      using value = detail::at<at(), list>;
      std::launder(reinterpret_cast<value*>(bytes_))->~value();
    });
    which_ = none;
  }

  std::uint16_t which_ = none;
  static constexpr std::size_t largest(std::initializer_list<std::size_t> sizes) {
    std::size_t most = 1;
    for (const std::size_t size : sizes) most = size > most ? size : most;
    return most;
  }
  alignas(T...) std::byte bytes_[largest({sizeof(T)...})];
};

/// The value, where one of this type is held; else nullptr.
template <class Value, class List>
constexpr const Value* held_in(const one_of<List>& one) noexcept {
  constexpr std::size_t which = index_of<Value, List>;
  return one.which() == which ? &one.template get<which>() : nullptr;
}

/// Calls visit(value) for what it holds; nothing where it holds nothing.
template <class List, class Visit>
constexpr void visit(const one_of<List>& one, Visit&& visit) {
  [[maybe_unused]] const auto call = [&]<std::size_t... I>(indices<I...>) {
    (void)((one.which() == I ? (visit(one.template get<I>()), true) : false) || ...);
  };
  call(make_indices<List::size>{});
}

}  // namespace gesta::detail
