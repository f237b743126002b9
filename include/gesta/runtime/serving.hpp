// Which version of a view answers: the newest that came up to where the one before it stood.
// Floor: runtime.
// May include: all above.
#pragma once

#include <string_view>

#include <gesta/react/view_name.hpp>
#include <gesta/store/progress.hpp>

namespace gesta::detail {

/// Within a unit of the view store: whether the version of Projection serves from its commit on. It does when no older one does, or when it
/// has come as far as the newest of those. A version that serves goes on to. False: the view store failed.
template <class Projection, class Views>
bool note_serving(Views& views, progress& state) {
  for (unsigned older = view_version<Projection>() - 1; !state.is_serving; --older) {
    if (older == 0) return state.is_serving = true;
    constexpr const char* id = event_id{Projection::id}.name;
    const view_name_and_version name = detail::name_of_version(id, older);
    progress before;
    if (!views.load(std::string_view(name.chars, name.size), before)) return false;
    if (!before.is_serving) continue;
    state.is_serving = state.at.position >= before.at.position;
    return true;
  }
  return true;
}

}  // namespace gesta::detail
