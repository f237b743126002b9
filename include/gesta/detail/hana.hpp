// The only door to Boost.Hana: values of different types side by side.
// May include: detail, boost/hana.
#pragma once

#include <boost/hana/basic_tuple.hpp>

#include <gesta/detail/pack.hpp>

namespace gesta::detail {

/// One value of each type.
template <class... T>
using values = boost::hana::basic_tuple<T...>;

template <class List>
struct values_of_list;
template <class... T>
struct values_of_list<types<T...>> : type_is<values<T...>> {};
template <class List>
using values_of = typename values_of_list<List>::type;

/// The value of index I.
template <std::size_t I, class Values>
[[gnu::always_inline]] constexpr auto& value_at(Values& all) {
  return boost::hana::at_c<I>(all);
}

}  // namespace gesta::detail
