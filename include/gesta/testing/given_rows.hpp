// Tests of views of many rows: what the rows are, given what had happened.
// Floor: testing.
// May include: detail, message, react, model/diagnostic.hpp, testing.
//
//   static_assert(gesta::given<by_country>(sold{"FR", 300}, sold{"DE", 5}, sold{"FR", 1}).then(country_row{"FR", 301}, country_row{"DE", 5}));
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/detail/pack.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/key.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/testing/given.hpp>
#include <gesta/testing/print.hpp>
#include <gesta/testing/same.hpp>

namespace gesta {

namespace detail::testing {

/// Some rows by value, in the order in which they came to be.
template <class Row, std::size_t Most>
struct few_rows {
  Row rows[Most == 0 ? 1 : Most]{};
  std::size_t count = 0;

  constexpr void erase(std::size_t at) {
    for (--count; at < count; ++at) rows[at] = static_cast<Row&&>(rows[at + 1]);
  }
  void put(writer& out) const {
    printing::comma between{out};
    for (std::size_t i = 0; i < count; ++i) between.next(), printing::put(rows[i], out);
    if (count == 0) out.put("no rows");
  }
};

/// To how many rows an event can belong.
template <class Place>
inline constexpr std::size_t most_places = 1;
template <class Place>
  requires requires { Place::capacity(); typename Place::value_type; }
inline constexpr std::size_t most_places<Place> = Place::capacity();
template <class Projection, class Event>
constexpr std::size_t most_rows() noexcept {
  if constexpr (!projects<typename Projection::view_type, Event>) return 0;
  else if constexpr (!locates<Projection, Event>) return 1;
  else {
    using place = std::remove_cvref_t<locate_result<Projection, Event>>;
    if constexpr (std::is_same_v<place, typename projected_rows<Projection>::key_type>) return 1;
    else return most_places<place>;
  }
}

template <class Expected, class Actual, class Events>
struct rows_otherwise {
  Expected expected;
  Actual actual;
  Events events;

  void says(writer& out) const {
    out.put("given ");
    events.put(out);
    out.put("\n  expected: ");
    expected.put(out);
    out.put("\n  actual:   ");
    actual.put(out);
  }
};

}  // namespace detail::testing

/// Events that have happened; the question is what rows a projection makes of them.
template <class Projection, class... Event>
class happened_to_rows {
  using rows = detail::projected_rows<Projection>;
  using row_type = typename rows::row_type;

 public:
  constexpr explicit happened_to_rows(const about& said, const Event&... event) : events_{{event}...}, said_(said) {}

  /// Exactly these rows, in any order. No row at all: `.then()`.
  template <class... Row>
    requires(std::is_same_v<Row, row_type> && ...)
  constexpr auto then(const Row&... row) const {
    constexpr bool any = sizeof...(Event) == 0 || (projects<row_type, Event> || ...);
    (void)sizeof(diagnostic::apart<diagnostic::view_projects_none<any, row_type, Event...>>());
    using expected_type = detail::testing::few_rows<row_type, sizeof...(Row)>;
    using actual_type = detail::testing::few_rows<row_type, (detail::testing::most_rows<Projection, Event>() + ... + 0)>;
    const expected_type expected{{row...}, sizeof...(Row)};
    actual_type actual{};
    project_all(actual, detail::make_indices<sizeof...(Event)>{});
    bool holds = actual.count == expected.count;
    for (std::size_t i = 0; holds && i < expected.count; ++i) holds = times(expected, expected.rows[i]) == times(actual, expected.rows[i]);
    using why = detail::testing::rows_otherwise<expected_type, actual_type, detail::testing::messages<Event...>>;
    return finding<why>(!any || holds, why{expected, actual, events_});
  }

 private:
  template <class Rows>
  static constexpr std::size_t times(const Rows& all, const row_type& row) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < all.count; ++i) count += gesta::same_message(all.rows[i], row) ? 1u : 0u;
    return count;
  }
  template <class Rows, std::size_t... I>
  constexpr void project_all(Rows& all, detail::indices<I...>) const {
    (project_one(all, detail::testing::pick<I>(events_), I + 1), ...);
  }
  template <class Rows, class E>
  constexpr void project_one([[maybe_unused]] Rows& all, [[maybe_unused]] const E& event, [[maybe_unused]] std::size_t number) const {
    if constexpr (projects<row_type, E>) {
      const auto make = [&] { return detail::testing::place(said_, number); };
      detail::each_place<Projection>(event, make, [&](const auto& key) {
        std::size_t at = 0;
        while (at < all.count && !gesta::same_key(rows::key_of(all.rows[at]), key)) ++at;
        if (at == all.count) {
          all.rows[at] = row_type{};
          rows::set_key(all.rows[at], key);
          ++all.count;
        }
        if (!detail::project_to_row(all.rows[at], event, make)) all.erase(at);
      });
    }
  }

  detail::testing::messages<Event...> events_;
  about said_;
};

/// `given<by_country>(sold{...}, returned{...})`: events for a projection with rows, for `.then(row...)`.
template <detail::projection_of_rows Projection, class... Event>
constexpr happened_to_rows<Projection, Event...> given(const Event&... event) {
  return happened_to_rows<Projection, Event...>(about{}, event...);
}
/// The same where verbs ask for `about`: key, time, correlation and causation as said here; versions and positions count on from it.
template <detail::projection_of_rows Projection, class... Event>
constexpr happened_to_rows<Projection, Event...> given(const about& said, const Event&... event) {
  return happened_to_rows<Projection, Event...>(said, event...);
}

}  // namespace gesta
