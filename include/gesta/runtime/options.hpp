// What a caller may say beside a command: gesta::once and gesta::expected, each at most one time, in any order.
// Floor: runtime.
// May include: detail, message, model/diagnostic.hpp, runtime/outcome.hpp. It is included by ports and stays as cheap as they are.
#pragma once

#include <gesta/detail/pack.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/runtime/outcome.hpp>

namespace gesta::detail {

/// In the place of an option that was not given.
struct unnumbered {};

template <class Given>
inline constexpr bool is_option = same<Given, once> || same<Given, expected> || same<Given, seen>;

template <class Wanted, class... Given>
inline constexpr bool is_given = (same<Wanted, Given> || ...);
template <class Wanted, class... Given>
inline constexpr bool is_repeated = (unsigned{same<Wanted, Given>} + ... + 0u) > 1;

/// Whether these are options that go together.
template <class... Given>
inline constexpr bool options_fit = (is_option<Given> && ...) && !is_repeated<once, Given...> && !is_repeated<expected, Given...> &&
                                    !is_repeated<seen, Given...>;

/// Reports what is no option, and an option that is given twice. Called where they do not go together, so that it costs others nothing.
template <class Command, class... Given>
constexpr mistaken report_options() noexcept {
  ((void)sizeof(diagnostic::not_an_option<is_option<Given>, Command, Given>), ...);
  (void)sizeof(diagnostic::option_given_twice<!is_repeated<once, Given...>, Command, once>);
  (void)sizeof(diagnostic::option_given_twice<!is_repeated<expected, Given...>, Command, expected>);
  (void)sizeof(diagnostic::option_given_twice<!is_repeated<seen, Given...>, Command, seen>);
  return {};
}

template <class Wanted, class First, class... Rest>
constexpr const Wanted& given_option(const First& first, const Rest&... rest) {
  if constexpr (same<Wanted, First>) return first;
  else return given_option<Wanted>(rest...);
}

template <class Wanted, class... Given>
constexpr auto given_or_none(const Given&... given) {
  if constexpr (is_given<Wanted, Given...>) return given_option<Wanted>(given...);
  else return unnumbered{};
}

}  // namespace gesta::detail
