// Old versions of events become events of today: `upcast` says how, one version at a time.
// Floor: message.
// May include: detail, message.
#pragma once

#include <gesta/detail/exact.hpp>

namespace gesta {

/// Old has `upcast(const Old&)`, which returns the next version.
template <class Old>
concept upcasts = detail::upcasts_exactly<Old>;

/// A state that says which struct it was before it changed: `struct account { using was = account_1; ... };`. Snapshots that hold the old
/// one are then brought to today by `upcast(const account_1&) -> account`; without it they are passed over and the events folded anew.
template <class State>
concept names_old_state = requires { typename State::was; };

}  // namespace gesta
