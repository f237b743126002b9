// Lists of types and of indices: the only list tool of the headers that user code includes.
// Stands below everything: it knows no domain word.
// May include nothing but the four cheapest headers of std.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>

namespace gesta::detail {

/// A list of types. It is only ever named, so its elements may be incomplete.
template <class... T>
struct types {
  static constexpr std::size_t size = sizeof...(T);
};

/// A type as a value.
template <class T>
struct type_is {
  using type = T;
};

/// A list of indices.
template <std::size_t... I>
struct indices {
  static constexpr std::size_t size = sizeof...(I);
};

/// What index_of gives for a type that is not in the list.
inline constexpr std::size_t npos = static_cast<std::size_t>(-1);

/// The index of the first true; npos when there is none.
constexpr std::size_t first_true(std::initializer_list<bool> all) noexcept {
  std::size_t at = 0;
  for (const bool one : all) {
    if (one) return at;
    ++at;
  }
  return npos;
}

/// Whether the two types are exactly the same.
template <class A, class B>
inline constexpr bool same = __is_same(A, B);

// Traits are asked of the compiler where it answers itself: those of std instantiate up to ten classes for each type.
#if __has_builtin(__is_trivially_destructible)
template <class T>
inline constexpr bool trivially_destructible = __is_trivially_destructible(T);
#else
template <class T>
inline constexpr bool trivially_destructible = __has_trivial_destructor(T);
#endif

namespace pack {

#if defined(__clang__)
template <class, std::size_t... I>
using counted = indices<I...>;
template <std::size_t N>
using make_indices = __make_integer_seq<counted, std::size_t, N>;
#else
template <std::size_t N>
using make_indices = indices<__integer_pack(N)...>;
#endif

}  // namespace pack

/// indices<0, 1, ..., N - 1>. One step of the compiler, whatever N is.
template <std::size_t N>
using make_indices = pack::make_indices<N>;

namespace pack {

// Every element is a base that knows its index: deduction finds the base in one step of the compiler.
// Measured for 256 look-ups in a list of 256: 53 to 87 ms, a scan for each of them 200 ms.
template <std::size_t I, class T>
struct element {};
template <class Indices, class... T>
struct map;
template <std::size_t... I, class... T>
struct map<indices<I...>, T...> : element<I, T>... {};

template <class List>
struct entry;
template <class... T>
struct entry<types<T...>> {
  static constexpr const map<make_indices<sizeof...(T)>, T...>* all = nullptr;
#if defined(__clang__)
  template <std::size_t I>
  using at = __type_pack_element<I, T...>;
#endif
};

template <class T, std::size_t I>
constexpr std::size_t place(const element<I, T>*) noexcept {
  return I;
}

template <class T>
constexpr std::size_t place(...) noexcept {
  return npos;
}

template <class T, class List>
inline constexpr std::size_t scan = npos;
template <class T, class... E>
inline constexpr std::size_t scan<T, types<E...>> = detail::first_true({__is_same(T, E)...});

template <class T, class List>
constexpr std::size_t index_in_long() noexcept {
  constexpr std::size_t found = pack::place<T>(entry<List>::all);
  if constexpr (found != npos) return found;
  else return scan<T, List>;  // not there, or there more than once
}

}  // namespace pack

/// Where T first stands in the list; npos when it does not.
template <class T, class List>
inline constexpr std::size_t index_of = pack::index_in_long<T, List>();
template <class T, class List>
  requires(List::size < 16)
inline constexpr std::size_t index_of<T, List> = pack::scan<T, List>;

/// Whether T is in the list.
template <class T, class List>
inline constexpr bool contains = index_of<T, List> != npos;

namespace pack {

#if !defined(__clang__)  // GCC has the builtin from 14 on
template <std::size_t I, class T>
type_is<T> found(const element<I, T>*) noexcept;
#endif

template <std::size_t I, class List>
struct at {
  static_assert(I < List::size);  // ours: nothing of a user's is found by a number
#if defined(__clang__)
  using type = typename entry<List>::template at<I>;
#else
  using type = typename decltype(pack::found<I>(entry<List>::all))::type;
#endif
};

}  // namespace pack

/// The element of this index. One instantiation per access, none per element.
template <std::size_t I, class List>
using at = typename pack::at<I, List>::type;

namespace pack {

template <class... List>
struct concat;
template <>
struct concat<> {
  using type = types<>;
};
template <class... A>
struct concat<types<A...>> {
  using type = types<A...>;
};
template <class... A, class... B>
struct concat<types<A...>, types<B...>> {
  using type = types<A..., B...>;
};
template <class... A, class... B, class... C, class... D, class... Rest>
struct concat<types<A...>, types<B...>, types<C...>, types<D...>, Rest...> : concat<types<A..., B..., C..., D...>, Rest...> {};
template <class... A, class... B, class... C>
struct concat<types<A...>, types<B...>, types<C...>> {
  using type = types<A..., B..., C...>;
};

}  // namespace pack

/// The lists one after another.
template <class... List>
using concat = typename pack::concat<List...>::type;

namespace pack {

template <std::size_t N>
struct kept {
  std::size_t count = 0;
  std::size_t at[N == 0 ? 1 : N] = {};
};

template <class List>
struct unique;
template <class... T>
struct unique<types<T...>> {
  static constexpr kept<sizeof...(T)> choose() noexcept {
    // Not addresses of markers: GCC 12 cannot compare them while compiling when -fsanitize=undefined is on.
    const std::size_t first[] = {index_of<T, types<T...>>..., 0};
    kept<sizeof...(T)> out;
    for (std::size_t i = 0; i < sizeof...(T); ++i)
      if (first[i] == i) out.at[out.count++] = i;
    return out;
  }
  static constexpr kept<sizeof...(T)> chosen = choose();
  template <std::size_t... I>
  static types<detail::at<chosen.at[I], types<T...>>...> pick(indices<I...>) noexcept;
  static auto result() noexcept {
    if constexpr (chosen.count == sizeof...(T)) return type_is<types<T...>>{};
    else return type_is<decltype(pick(make_indices<chosen.count>{}))>{};
  }
  using type = typename decltype(result())::type;
};

}  // namespace pack

/// The list without repetitions; every type stays where it first stood.
template <class List>
using unique = typename pack::unique<List>::type;

}  // namespace gesta::detail
