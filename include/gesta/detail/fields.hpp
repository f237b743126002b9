// The fields of an aggregate and their names, found by the compiler: no macro, no registration.
// Floor: detail. Every message, key and state is read through it.
// May include: detail.
#pragma once

#include <cstddef>

#include <gesta/detail/generated/bind.hpp>
#include <gesta/detail/names.hpp>
#include <gesta/detail/pack.hpp>

namespace gesta::detail {

/// The most fields that a reflected struct may have. More of them: put some into a struct of their own.
inline constexpr std::size_t most_fields = 64;

/// Whether a type can be read field by field, and if not, why.
enum class shape : unsigned char {
  plain,         ///< an aggregate without bases and without C arrays: it can
  no_aggregate,  ///< not a struct, or one with constructors, private members or virtual functions
  has_base,      ///< inherits: write the base as a field
  has_array,     ///< has a C array: write gesta::list<T, N> or std::array
  too_many,      ///< more than most_fields fields
  unreadable,    ///< has a reference or a field that cannot be moved
};

namespace reflect {

// Stands for the value of any field. Never called, only asked whether it fits; the body is for Clang, which wants one for local types.
struct anything {
  template <class Field>
  operator Field() const noexcept {
    __builtin_unreachable();
  }
};
// The same, but fits a base of T only.
template <class T>
struct any_base {
  template <class Base>
    requires(__is_base_of(Base, T) && !__is_same(Base, T))
  operator Base() const noexcept {
    __builtin_unreachable();
  }
};

// How many values T{...} takes at most. Values: as many times `anything` as are known to fit.
template <class T, class... Values>
constexpr std::size_t count() noexcept {
  if constexpr (sizeof...(Values) > most_fields)
    return requires { T{Values{}...}; } ? sizeof...(Values) : 0;
  else if constexpr (requires { T{Values{}..., anything{}}; })
    return reflect::count<T, Values..., anything>();
  else if constexpr (requires { T{Values{}...}; })
    return sizeof...(Values);
  else  // the first fields alone do not make a T: one of the next has no default
    return reflect::count<T, Values..., anything>();
}

// In braces a C array takes its elements one by one, in parentheses it takes none of them.
template <std::size_t>
using another = anything;
template <class T, class Indices>
inline constexpr bool takes_in_parentheses = false;
template <class T, std::size_t... I>
inline constexpr bool takes_in_parentheses<T, indices<I...>> = requires { T(another<I>{}...); };

struct is_array {
  template <class Field>
  constexpr std::is_array<Field> operator()(Field&) const noexcept {
    return {};
  }
};
template <class T>
T& some() noexcept {
  __builtin_unreachable();
}

template <class T, std::size_t N>
inline constexpr bool any_array = !takes_in_parentheses<T, make_indices<N>>;
template <class T>
inline constexpr bool any_array<T, 1> = decltype(bind<1>::visit(reflect::some<T>(), is_array{}))::value;

template <class T>
inline constexpr std::size_t fields = __is_empty(T) ? 0 : reflect::count<T>();

template <class T>
constexpr shape shape_of() noexcept {
  if constexpr (!__is_aggregate(T) || !__is_class(T))
    return shape::no_aggregate;
  else if constexpr (requires { T{any_base<T>{}}; })
    return shape::has_base;
  else if constexpr (__is_empty(T))
    return shape::plain;
  else if constexpr (fields<T> == 0)
    return shape::unreadable;
  else if constexpr (fields<T> > most_fields)
    return shape::too_many;
  else if constexpr (any_array<T, fields<T>>)
    return shape::has_array;
  else
    return shape::plain;
}

}  // namespace reflect

/// Whether T can be read field by field, and if not, why.
template <class T>
inline constexpr shape shape_of = reflect::shape_of<T>();

/// True when T can be read field by field.
template <class T>
concept plain = (shape_of<T> == shape::plain);

/// The number of fields of a plain T.
template <plain T>
inline constexpr std::size_t field_count = reflect::fields<T>;

namespace reflect {

struct their_types {
  template <class... Field>
  constexpr types<Field...> operator()(Field&...) const noexcept {
    return {};
  }
};

template <std::size_t I, class Field>
struct reference {
  Field& field;
};
template <class Indices, class... Field>
struct references;
template <std::size_t... I, class... Field>
struct references<indices<I...>, Field...> : reference<I, Field>... {};

struct gather {
  template <class... Field>
  constexpr auto operator()(Field&... field) const noexcept {
    return references<make_indices<sizeof...(Field)>, Field...>{{field}...};
  }
};

template <std::size_t I, class Field>
constexpr Field& pick(const reference<I, Field>& r) noexcept {
  return r.field;
}

}  // namespace reflect

/// The types of the fields, as types<...>.
template <plain T>
using field_types = decltype(bind<field_count<T>>::visit(reflect::some<T>(), reflect::their_types{}));

/// The type of field I.
template <plain T, std::size_t I>
using field_type = at<I, field_types<T>>;

/// fields_of<T>::visit(t, f) is with_fields(t, f), and one function less to compile: for what is done to every message.
template <class T>
using fields_of = bind<field_count<T>>;

/// Calls f(first, second, ...) with all fields of t and returns what it returns.
template <class T, class F>
constexpr decltype(auto) with_fields(T& t, F&& f) {
  return fields_of<std::remove_const_t<T>>::visit(t, f);
}

/// Calls f(field) for each field of t, in the order of their declaration.
template <class T, class F>
constexpr void for_each_field(T& t, F&& f) {
  detail::with_fields(t, [&f](auto&... field) { (f(field), ...); });
}

/// Field I of t.
template <std::size_t I, class T>
constexpr auto& get_field(T& t) noexcept {
  return reflect::pick<I>(detail::with_fields(t, reflect::gather{}));
}

namespace reflect {

// Room for a T that is never made: only the addresses of its fields are looked at. An extern variable would be simpler,
// but does not serve local types and those of an unnamed namespace.
template <class T>
union room {
  char none;
  T value;
  constexpr room() noexcept : none() {}
  constexpr ~room() {}
};
template <class T>
inline constexpr room<T> room_of{};
template <class T>
inline constexpr auto in_room = detail::with_fields(room_of<T>.value, gather{});

template <std::size_t N>
struct names {
  name_view of[N];
};

template <class T, std::size_t... I>
constexpr auto names_of(indices<I...>) noexcept {
  names<sizeof...(I)> out;
#if defined(__clang__) && __clang_major__ < 18
  naming::field_names(naming::of_fields<naming::pointer{&reflect::pick<I>(in_room<T>)}...>(), out.of);
#else
  naming::field_names(naming::of_fields<&reflect::pick<I>(in_room<T>)...>(), out.of);
#endif
  return out;
}

template <class T>
inline constexpr auto all_names = reflect::names_of<T>(make_indices<field_count<T>>{});

}  // namespace reflect

/// The name of field I.
template <plain T, std::size_t I>
constexpr name_view field_name() noexcept {
  static_assert(I < field_count<T>);  // ours: users never count fields
  return reflect::all_names<T>.of[I];
}

/// The index of the field of this name (ended by a zero); npos when T has none.
template <plain T>
constexpr std::size_t field_index(const char* name) noexcept {
  if constexpr (field_count<T> != 0) {
    const chars wanted = detail::chars_of(name);
    for (std::size_t i = 0; i < field_count<T>; ++i)
      if (reflect::all_names<T>.of[i] == wanted) return i;
  }
  return npos;
}

}  // namespace gesta::detail
