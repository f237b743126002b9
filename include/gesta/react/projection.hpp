// The declaration of a read model: a view, the aggregates it follows, the events it leaves out.
// Floor: react.
// May include: detail, message, decide.
#pragma once

#include <cstdint>

#include <gesta/detail/fixed_string.hpp>

namespace gesta {

/// The aggregates whose every event a projection projects or ignores.
template <class... Aggregate>
struct follows {};

/// The events of followed aggregates that a projection leaves out on purpose.
template <class... Event>
struct ignoring {};

/// Base of a projection's own struct: `struct revenue : gesta::projection<by_country, gesta::follows<accounts>>`. The struct says
/// `static constexpr auto id`. Its verb is `void project(View&, const Event&)`, with `const gesta::about&` where it needs it. It is
/// exhaustive for the aggregates it follows; without gesta::follows it takes the events that it has a `project` for.
/// Views of one event are projected in the order in which the model lists them, after all events of the commit are recorded.
template <class View, class Follows = follows<>, class Ignoring = ignoring<>>
struct projection {
  using view_type = View;
  using followed = Follows;
  using ignored = Ignoring;
};

/// In a projection: a view of many rows, one for each value of the field `Key` of Row: `gesta::projection<gesta::rows<country, "name">>`. An
/// event belongs to the row that its own field of that name and type says, or that
/// `locate(const Projection&, const Event&[, const gesta::about&])` says: a key, or gesta::list<key, N> for none or several rows. A row is made,
/// with its key, when the first event belongs to it. `project(Row&, const Event&[, const gesta::about&])` returns void, or gesta::row; it leaves
/// the key as it is. gesta::dense as third argument: the key is an integer that counts from 0, and in memory the rows lie in an array.
template <class Row, detail::fixed_string Key, class Numbering = void>
struct rows {};

/// In a row: what a file finds its rows by besides their key. `using indexes = gesta::indexes<"country", "month, shop">;` names fields of the
/// row, several of one index with commas between them. A table in memory has no use for it.
template <detail::fixed_string... Fields>
struct indexes {};

/// What becomes of a row after an event.
enum class row : std::uint8_t { stays, goes };

/// The key of a view that is one row.
struct only_row {
  friend constexpr bool operator==(only_row, only_row) = default;
};

namespace detail {

template <fixed_string Name>
struct row_key_name {
  static constexpr const char* chars = Name.chars;
};

}  // namespace detail

template <class Row, detail::fixed_string Key, class Numbering, class Follows, class Ignoring>
struct projection<rows<Row, Key, Numbering>, Follows, Ignoring> {
  using view_type = Row;
  using row_numbering = Numbering;
  using row_key = detail::row_key_name<Key>;
  using followed = Follows;
  using ignored = Ignoring;
};

}  // namespace gesta
