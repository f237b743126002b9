// The only door to Boost.MP11: lists of types are filtered and mapped through it, from the model on.
// May include: detail, boost/mp11.
#pragma once

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <gesta/detail/pack.hpp>

namespace gesta::detail {

namespace mp = boost::mp11;

/// The elements of List for which the bool_constant Test<T> is true.
template <class List, template <class> class Test>
using filtered = mp::mp_copy_if<List, Test>;

/// types<F<T>...>
template <template <class> class F, class List>
using mapped = mp::mp_transform<F, List>;

/// All lists that are elements of Lists, one after another.
template <class Lists>
using joined = mp::mp_rename<Lists, concat>;

/// The elements of any template's arguments as types<...>.
template <class Named>
using elements = mp::mp_rename<Named, types>;

}  // namespace gesta::detail
