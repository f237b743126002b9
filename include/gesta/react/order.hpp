// Which order a consumer of events needs, said in its own type: `using order = gesta::ordered_by_key;`.
// Floor: react.
// May include: nothing.
#pragma once

namespace gesta {

/// It needs the whole log in order, one event after another.
struct ordered {};
/// It needs the events of each key in order; events of different keys may come in any order, and at the same time.
struct ordered_by_key {};
/// It needs no order: events come in any order, and at the same time, also those of one key.
struct unordered {};

namespace detail {

/// What a consumer that says nothing says.
struct no_order_said {};

template <class Consumer>
constexpr auto order_said() {
  if constexpr (requires { typename Consumer::order; }) return typename Consumer::order{};
  else return no_order_said{};
}
template <class Consumer>
using order_needed = decltype(order_said<Consumer>());

}  // namespace detail

}  // namespace gesta
