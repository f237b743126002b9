// The states of a model's aggregates and nothing else: no log, no streams, no versions. What gesta::unrecorded_sagas works on.
// Floor: runtime.
// May include: detail, message, decide, model, runtime/entities.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/decide/aggregate.hpp>
#include <gesta/decide/boundary.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/detail/list.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/runtime/entities.hpp>

namespace gesta {

namespace detail {

/// A number that may be the place of what it names.
template <class Key>
concept place_number = std::is_integral_v<Key> && !std::is_same_v<Key, bool>;

/// How a key is handed to a function that is called: what fits into a register has no address.
template <class Key>
using handed = std::conditional_t<place_number<Key>, Key, const Key&>;

struct no_stream {};

/// The states of one aggregate. Numbers below `dense` have their places from the start, all other keys are found by hash.
template <class Aggregate>
class plain_states {
 public:
  using state_type = typename Aggregate::state_type;
  using key_type = typename key_rule<Aggregate>::key_type;

  plain_states(std::uint32_t dense, std::uint32_t others) : first_(new state_type[dense == 0 ? 1 : dense]()), dense_(dense) {
    rest_.reserve(others, false);
  }
  plain_states(const plain_states&) = delete;
  plain_states& operator=(const plain_states&) = delete;
  ~plain_states() { delete[] first_; }

  template <class Given>
  [[gnu::always_inline]] state_type& of(const Given& key) {
    if constexpr (place_number<Given>) {
      const auto number = static_cast<std::uint64_t>(key);
      if (number < dense_) [[likely]] return first_[number];
    }
    return beyond<Given>(key);
  }
  template <class Given>
  const state_type* find(const Given& key) const {
    if constexpr (place_number<Given>)
      if (static_cast<std::uint64_t>(key) < dense_) return &first_[static_cast<std::size_t>(key)];
    const auto found = rest_.find(key);
    return found ? &found->state : nullptr;
  }

 private:
  template <class Given>
  [[gnu::noinline]] state_type& beyond(handed<Given> key) {
    const auto found = rest_.find(key);
    return found ? found->state : rest_.add(key)->state;
  }

  state_type* first_;
  std::uint64_t dense_;
  entities<Aggregate, no_stream> rest_;
};

template <class Aggregates>
struct all_plain_states;
template <class... Aggregate>
struct all_plain_states<types<Aggregate...>> : plain_states<Aggregate>... {
  all_plain_states(std::uint32_t dense, std::uint32_t others) : plain_states<Aggregate>(dense, others)... {}
};

template <class Part>
using is_plain_aggregate = std::bool_constant<aggregate_part<Part> && !boundary_part<Part>>;

/// What a model decides by itself, without its sagas.
template <class Model>
using plain_aggregates = filtered<typename Model::parts, is_plain_aggregate>;

}  // namespace detail

/// How much room the tables have from the start.
struct unrecorded_room {
  std::uint32_t dense = 1024;   ///< entities whose key is a number below this lie in an array; per aggregate
  std::uint32_t others = 1024;  ///< all others; where they become more their table grows
};

/// The states of all aggregates of a model, in memory alone. One thread at a time.
template <class Model>
class unrecorded_states {
  using tables = detail::all_plain_states<detail::plain_aggregates<Model>>;

 public:
  explicit unrecorded_states(unrecorded_room room = {}) : tables_(room.dense, room.others) {}

  /// The state of an entity; made when it has none. Constant time; the reference stays good. Allocates only where `room` is exceeded.
  template <class Aggregate, class Key>
  [[gnu::always_inline]] typename Aggregate::state_type& of(const Key& key) {
    return static_cast<detail::plain_states<Aggregate>&>(tables_).of(key);
  }
  /// The same, null where there is none.
  template <class Aggregate, class Key>
  const typename Aggregate::state_type* find(const Key& key) const {
    return static_cast<const detail::plain_states<Aggregate>&>(tables_).find(key);
  }

 private:
  tables tables_;
};

}  // namespace gesta
