// Old versions of events become events of today: `upcast` says how, one version at a time.
// Floor: message.
// May include: detail, message.
#pragma once

#include <gesta/detail/exact.hpp>

namespace gesta {

/// Old has `upcast(const Old&)`, which returns the next version.
template <class Old>
concept upcasts = detail::upcasts_exactly<Old>;

}  // namespace gesta
