// How a rule becomes an error: the model inherits what the rule reports. A kept rule reports an empty struct, a broken one the struct
// of its sentence, whose static_assert then fails once, with the user's types in its name.
// Floor: model.
// May include: detail, message, model.
#pragma once

#include <cstddef>

#include <gesta/detail/pack.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/model/diagnostic.hpp>

namespace gesta::rules {

using detail::first_true;
using detail::npos;

/// The report of a kept rule. The parameters only make it a type of its own, since the model inherits many.
template <template <bool, class...> class Report, class... About>
struct kept {};

namespace detail {

template <bool Broken, template <bool, class...> class Report, class List, std::size_t At, class... Before>
struct report {
  using type = Report<false, Before..., gesta::detail::at<At, List>>;
};
template <template <bool, class...> class Report, class List, std::size_t At, class... Before>
struct report<false, Report, List, At, Before...> {
  using type = kept<Report, List, Before...>;
};

template <bool Broken, template <bool, class...> class Report, class List, std::size_t At, class Of>
struct report_of : report<Broken, Report, List, At> {};
template <template <bool, class...> class Report, class List, std::size_t At, class Of>
struct report_of<false, Report, List, At, Of> {
  using type = kept<Report, List, Of>;
};

template <bool Broken, template <bool, class...> class Report, class... About>
struct report_if {
  using type = kept<Report, About...>;
};
template <template <bool, class...> class Report, class... About>
struct report_if<true, Report, About...> {
  using type = Report<false, About...>;
};

template <class Type>
inline constexpr bool is_kept = false;
template <template <bool, class...> class Report, class... About>
inline constexpr bool is_kept<kept<Report, About...>> = true;

}  // namespace detail

/// Whether Type is a change of a row (capture/change.hpp), or one of its four kinds: no message of a model.
template <class Type>
concept is_change = requires { typename Type::changed_row; };

/// Reports the element of List at index At; nothing when At is npos. Before: what the sentence names before it.
template <template <bool, class...> class Report, class List, std::size_t At, class... Before>
using report_at = typename detail::report<At != npos, Report, List, At, Before...>::type;

/// The same of a part of Of, which the sentence does not name: another part may have the same list.
template <template <bool, class...> class Report, class List, std::size_t At, class Of>
using report_at_of = typename detail::report_of<At != npos, Report, List, At, Of>::type;

/// Reports when Broken.
template <bool Broken, template <bool, class...> class Report, class... About>
using report_if = typename detail::report_if<Broken, Report, About...>::type;

/// The first that says `within`, but not as a gesta::duration.
template <class... Said>
constexpr std::size_t first_mistimed(gesta::detail::types<Said...>) {
  return first_true({(gesta::detail::says_within<Said> && !gesta::detail::within_time<Said>)..., false});
}

/// Whether nothing was reported.
template <class... Report>
inline constexpr bool all_kept = (detail::is_kept<Report> && ...);

}  // namespace gesta::rules
