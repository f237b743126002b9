// Tests of `upcast`: what an event that an older program stored means today.
// Floor: testing.
// May include: detail, message, decide, testing.
//
//   static_assert(gesta::stored(moved_1{1, 2}).becomes(left{1}, entered{2}));
//   static_assert(gesta::stored(blinked_1{}).becomes());
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/message/upcast.hpp>
#include <gesta/testing/given.hpp>

namespace gesta {

namespace detail::testing {

// Visits what one upcast gives.
template <class Old, class Visit>
constexpr void each_newer(const Old& old, Visit& visit) {
  auto newer = upcast(old);
  if constexpr (is_decision<decltype(newer)>) testing::each_event(newer, visit);
  else visit(static_cast<const decltype(newer)&>(newer));
}

template <class Old, class Expected>
struct became_otherwise {
  Old old;
  Expected expected;

  void says(writer& out) const {
    out.put("stored ");
    printing::put(old, out);
    out.put("\n  expected: ");
    expected.put(out);
    out.put("\n  actual:   ");
    printing::comma between{out};
    auto put_event = [&](const auto& event) {
      between.next();
      printing::put(event, out);
    };
    testing::each_newer(old, put_event);
    if (between.first) out.put("nothing");
  }
};

}  // namespace detail::testing

/// An old version of an event, a rejection or a state; the question is what its `upcast` makes of it.
template <class Old>
class stored_version {
 public:
  constexpr explicit stored_version(const Old& old) : old_(old) {}

  /// Exactly these, in this order; none: it means nothing today. One step: a later version that is old too is expected as such.
  template <class... Newer>
  constexpr auto becomes(const Newer&... newer) const {
    const detail::testing::messages<Newer...> expected{{newer}...};
    detail::testing::comparison<detail::make_indices<sizeof...(Newer)>, Newer...> compare{expected};
    detail::testing::each_newer(old_, compare);
    using why = detail::testing::became_otherwise<Old, detail::testing::messages<Newer...>>;
    return finding<why>(compare.same && compare.count == sizeof...(Newer), why{old_, expected});
  }

 private:
  Old old_;
};

/// `stored(moved_1{1, 2})`: an old version, for `.becomes(...)`.
template <class Old>
  requires upcasts<Old>
constexpr stored_version<Old> stored(const Old& old) {
  return stored_version<Old>(old);
}

}  // namespace gesta
