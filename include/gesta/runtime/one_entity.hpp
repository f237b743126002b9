// The table of what there is one of: a boundary's stream, a state about all events.
// Floor: runtime.
// May include: detail, message, decide, runtime/entities.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/decide/boundary.hpp>
#include <gesta/runtime/entities.hpp>

namespace gesta::detail {

/// One entity, which has its place from the start; its key has no bytes.
template <class Aggregate, class Stream>
class entities<Aggregate, Stream, whole> {
 public:
  using state_type = typename Aggregate::state_type;
  using entity = aligned_entity<state_type, Stream>;
  using place = place_of_entity<entity>;
  using key_type = whole;
  template <class Given>
  static constexpr bool takes = same<Given, whole>;

  void reserve(std::size_t, bool) noexcept {}
  place find(whole) const noexcept { return {&only_, 0}; }
  place add(whole) const noexcept { return {&only_, 0}; }
  void drop_unused() noexcept {}
  place place_of(key_bytes bytes) const noexcept { return bytes.size == 0 ? place{&only_, 0} : place{}; }

  entity& at(std::uint32_t) const noexcept { return only_; }
  template <class Visit>
  void each(Visit&& visit) const {
    visit(place{&only_, 0});
  }
  key_bytes key(std::uint32_t) const noexcept { return {"", 0}; }
  key_copy<whole> copy_of_key(std::uint32_t) const { return key_copy<whole>(whole{}); }
  key_bytes bytes_of(whole) const noexcept { return {"", 0}; }
  const state_type& blank() const noexcept { return blank_; }
  void prefetch(whole) const noexcept { __builtin_prefetch(&only_, 1); }

 private:
  mutable entity only_{};  // other tables give entities from const functions too
  state_type blank_{};
};

}  // namespace gesta::detail
