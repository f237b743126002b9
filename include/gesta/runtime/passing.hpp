// Whether a failure may be over by itself, so that whoever is polled again goes on; or somebody has to act.
// Floor: runtime.
// May include: store.
#pragma once

#include <gesta/store/failure.hpp>

namespace gesta::detail {

/// Whether a transport that is broken comes again by itself. One that will not take what was asked of it, or is another one than was meant, does not.
constexpr bool comes_again(failure::kind why) noexcept {
  using kind = failure::kind;
  return why == kind::busy || why == kind::cannot_open || why == kind::input_output;
}
/// Whether a store that could not may be able to by itself; `is_broken`: it can no longer be used.
constexpr bool may_pass(failure::kind why, bool is_broken) noexcept {
  using kind = failure::kind;
  return !is_broken && (comes_again(why) || why == kind::full || why == kind::conflict || why == kind::interrupted);
}

/// The same of a view store, which others hold for a moment: `busy` says that by itself.
constexpr bool view_may_pass(failure::kind why, bool is_broken) noexcept {
  using kind = failure::kind;
  return !is_broken && (why == kind::full || why == kind::cannot_open || why == kind::input_output);
}

}  // namespace gesta::detail
