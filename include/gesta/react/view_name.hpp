// Under which name a view is kept: the tables of two versions of one view stand apart.
// Floor: react.
// May include: detail, message, decide.
#pragma once

#include <cstddef>

#include <gesta/detail/fixed_string.hpp>
#include <gesta/message/id.hpp>

namespace gesta {

/// The version of a view: what `static constexpr auto version = 2;` in the projection says, 1 by default. A new version of a view is built from
/// the beginning of the log beside the old one, which serves meanwhile.
template <class Projection>
constexpr unsigned view_version() noexcept {
  if constexpr (requires { static_cast<unsigned>(Projection::version); })
    return Projection::version >= 1 ? static_cast<unsigned>(Projection::version) : 1;
  else return 1;
}

namespace detail {

/// A name that a view is kept under, ended by a zero.
struct view_name_and_version {
  char chars[256] = {};
  std::size_t size = 0;
};

/// The id of the view alone for its first version, then "id@2", "id@3".
constexpr view_name_and_version name_of_version(const char* id, unsigned version) noexcept {
  view_name_and_version name;
  const auto put = [&](char c) {
    if (name.size + 1 < sizeof name.chars) name.chars[name.size++] = c;
  };
  for (; *id != '\0'; ++id) put(*id);
  if (version == 1) return name;
  put('@');
  unsigned power = 1;
  while (version / power >= 10) power *= 10;
  for (; power != 0; power /= 10) put(static_cast<char>('0' + version / power % 10));
  return name;
}

template <class Projection>
inline constexpr view_name_and_version versioned_view_name = detail::name_of_version(event_id{Projection::id}.name, view_version<Projection>());

/// Whether what it says of its version can be one. Reported by who opens the view.
template <class Projection>
constexpr bool has_sound_version() noexcept {
  if constexpr (requires { Projection::version; }) return Projection::version >= 1;
  else return true;
}

/// The name of a view's table, of its consumer, and of the consumer's letters.
template <class Projection>
inline constexpr const char* view_name = versioned_view_name<Projection>.chars;

}  // namespace detail

}  // namespace gesta
