// A number of events that is known only at run time: `many<E>` in the contract, `gesta::each(range, f)` in the decision.
// Floor: decide.
// May include: detail, message, model/diagnostic.hpp.
//
// At run time the decision holds the address of the range, the closure (at most three words) and one function: nothing is allocated
// and each event is built when it is visited. All events are visited before the first of them evolves the state, so the range may
// lie in the state. In constant evaluation the events are made at once, in a list that the decision frees.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/message/many.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta {

/// What `gesta::each` returns: one Event for each element of a range. It refers to the range: return it, do not keep it.
template <class Event, class Range, class Make>
struct [[nodiscard]] each_of {
  const Range* range;
  Make make;
};

/// Records make(element) for each element of range, in its order. The range is a part of the command or of the state; a temporary
/// does not compile, and a local variable of `decide` would be gone when the events are built: do not use one.
template <class Range, class Make>
[[gnu::always_inline]] constexpr auto each(const Range& range, Make make) {
  using event = std::remove_cvref_t<decltype(make(*range.begin()))>;
  (void)sizeof(diagnostic::each_closure_too_large<(sizeof(Make) <= 3 * sizeof(void*) && std::is_trivially_copyable_v<Make>), Make>);
  return each_of<event, Range, Make>{&range, make};
}
template <class Range, class Make>
void each(const Range&& range, Make make) = delete;

/// The events of one `gesta::each`, read once by whoever handles the decision.
template <class Event>
class run {
 public:
  [[gnu::always_inline]] constexpr run() : range_(nullptr), walk_(nullptr), first_(nullptr) {}

  template <class Range, class Make>
  [[gnu::always_inline]] constexpr run(const each_of<Event, Range, Make>& source) : range_(nullptr), walk_(nullptr), first_(nullptr) {
    if (std::is_constant_evaluated()) {
      node** end = &first_;
      for (const auto& element : *source.range) {
        *end = new node{source.make(element), nullptr};
        end = &(*end)->next;
      }
    } else {
      range_ = source.range;
      ::new (static_cast<void*>(closure_)) Make(source.make);
      walk_ = [](const void* range, const void* closure, void* context, void (*visit)(void*, const Event&)) {
        const auto& make = *static_cast<const Make*>(closure);
        for (const auto& element : *static_cast<const Range*>(range)) visit(context, make(element));
      };
    }
  }

  run(const run&) = delete;
  run& operator=(const run&) = delete;
  constexpr ~run() {
    while (first_ != nullptr) {
      node* const next = first_->next;
      delete first_;
      first_ = next;
    }
  }

  /// Calls visit(event) for each event. At run time each event lives during its call.
  template <class Visit>
  constexpr void for_each(Visit&& visit) const {
    for (const node* at = first_; at != nullptr; at = at->next) visit(static_cast<const Event&>(at->value));
    if (walk_ != nullptr)
      walk_(range_, closure_, const_cast<void*>(static_cast<const void*>(__builtin_addressof(visit))), [](void* context, const Event& event) {
        (*static_cast<std::remove_reference_t<Visit>*>(context))(event);
      });
  }

 private:
  struct node {
    Event value;
    node* next;
  };

  const void* range_;
  void (*walk_)(const void*, const void*, void*, void (*)(void*, const Event&));
  node* first_;
  alignas(void*) unsigned char closure_[3 * sizeof(void*)] = {};
};

namespace detail {

/// Whether a part of a decision is an open number of events.
template <class Part>
inline constexpr bool is_run = false;
template <class Event>
inline constexpr bool is_run<run<Event>> = true;

}  // namespace detail

}  // namespace gesta
