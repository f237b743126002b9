// What holds the rows of one view: in memory, or in a table of a file.
// Floor: store.
// May include: detail, message, react.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace gesta {

/// The rows of one view by their key. A pointer to a row is good until the next call of the table.
///
///   find_or_add(key)  the row to be changed, a blank one with its key where there is none. nullptr: it could not be read, or there is no room;
///                     last_failure() of the view store says why. In memory never nullptr.
///   find(key)         nullptr: there is none; or it could not be read.
///   erase(key)        false: it could not be done. What is not there is erased already.
///   each(visit)       visit(const Row&) for all rows, until it gives false; in the order of their keys where the table says is_ordered, else in
///                     any. False: it could not be read.
///   clear()           takes all rows away.
template <class Table>
concept row_table = requires(Table& table, const typename Table::key_type& key, bool (*visit)(const typename Table::row_type&)) {
  { table.find_or_add(key) } -> std::same_as<typename Table::row_type*>;
  { table.find(key) } -> std::same_as<const typename Table::row_type*>;
  { table.erase(key) } -> std::same_as<bool>;
  { table.each(visit) } -> std::same_as<bool>;
  { table.clear() } -> std::same_as<bool>;
  { table.size() } -> std::convertible_to<std::size_t>;
  { Table::is_ordered } -> std::convertible_to<bool>;
};

namespace detail {

/// visit(row) until it gives false.
template <class Visit, class Row>
[[gnu::always_inline]] inline bool visit_one(Visit& visit, const Row& row) {
  if constexpr (std::is_void_v<decltype(visit(row))>) return visit(row), true;
  else return static_cast<bool>(visit(row));
}

}  // namespace detail

}  // namespace gesta
