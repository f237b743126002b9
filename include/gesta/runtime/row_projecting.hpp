// How an event changes the rows of one view.
// Floor: runtime. Consumers and views in the store's own commit do it so.
// May include: all above.
#pragma once

#include <cstdint>
#include <string>

#include <gesta/react/rows.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/store/row_table.hpp>

namespace gesta::detail {

template <class Row, class Event>
constexpr bool projects_without_throwing() noexcept {
  if constexpr (projects_exactly_about<Row, Event>) return noexcept(project(probing::real<Row&>(), probing::real<const Event&>(), probing::real<const about&>()));
  else return noexcept(project(probing::real<Row&>(), probing::real<const Event&>()));
}

/// Projects an event to the row with this key; the row is made where there is none, and goes where `project` says so. An exception of
/// `project` leaves the row as it was, and its words are the cause.
template <class Projection, class Table, class Event, class About>
attempt project_to_key(Table& table, const typename Table::key_type& key, const Event& event, About&& make, [[maybe_unused]] std::string& cause) {
  using row_type = typename Table::row_type;
#if __cpp_exceptions
  if constexpr (!projects_without_throwing<row_type, Event>()) {
    const row_type* const there = table.find(key);
    const bool was_there = there != nullptr;
    const row_type before = was_there ? *there : row_type{};
    row_type* const row = table.find_or_add(key);
    if (row == nullptr) return attempt::broken;
    const auto fails = [&](const char* words) {
      cause = words;
      if (was_there) *row = before;
      else if (!table.erase(key)) return attempt::broken;
      return attempt::failed;
    };
    return detail::without_exceptions(
        [&] {
          const bool stays = detail::project_to_row(*row, event, make);
          return stays || table.erase(key) ? attempt::done : attempt::broken;
        },
        fails);
  }
#endif
  row_type* const row = table.find_or_add(key);
  if (row == nullptr) return attempt::broken;
  const bool stays = detail::project_to_row(*row, event, make);
  return stays || table.erase(key) ? attempt::done : attempt::broken;
}

}  // namespace gesta::detail
