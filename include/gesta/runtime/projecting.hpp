// How an event gets into the rows of a view.
// Floor: runtime. Views in memory and consumers project so.
// May include: detail, message, react, store.
#pragma once

#include <type_traits>

#include <gesta/message/key.hpp>
#include <gesta/react/rows.hpp>

namespace gesta::detail {

/// Projects an event to each row of a table that it belongs to. False: the table could not, and its view store says why; of a table in memory
/// never. make() gives what is known about the event, and is called only where a verb asks for it.
template <class Projection, class Table, class Event, class About>
[[gnu::always_inline]] inline bool project_to_table(Table& table, const Event& event, About&& make) {
  bool done = true;
  detail::each_place<Projection>(event, make, [&](const auto& key) __attribute__((always_inline)) {
    auto* const row = done ? table.find_or_add(key) : nullptr;
    if (row == nullptr) done = false;
    else if (!detail::project_to_row(*row, event, make)) done = table.erase(key);
  });
  return done;
}

/// The same for one row alone, wherever it lies; events of other rows are passed over.
template <class Projection, class Event, class About, class Row, class Key>
[[gnu::always_inline]] inline void project_to_one(Row& row, bool& exists, const Key& wanted, const Event& event, About&& make) {
  detail::each_place<Projection>(event, make, [&](const auto& key) __attribute__((always_inline)) {
    if (!gesta::same_key(key, wanted)) return;
    if (!exists) projected_rows<Projection>::set_key(row, key);
    exists = detail::project_to_row(row, event, make);
    if (!exists) row = Row{};
  });
}

}  // namespace gesta::detail
