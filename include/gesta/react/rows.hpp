// Views of many rows: which row an event belongs to, and what becomes of it.
// Floor: react. Tables of rows are a store's (store/row_table.hpp); who fills them is the runtime's.
// May include: detail, message, decide.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/exact.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/fixed_string.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/react/projection.hpp>
#include <gesta/react/verbs.hpp>

namespace gesta {

/// Projection says for Event which of its rows it belongs to: `locate(const Projection&, const Event&) -> key`, with or without a last
/// `const gesta::about&`.
template <class Projection, class Event>
concept locates = detail::locates_exactly<Projection, Event> || detail::locates_exactly_about<Projection, Event>;

namespace detail {

/// The rows of a projection: what one is, and where its key stands. A view without rows is one row.
template <class Projection>
struct projected_rows {
  using row_type = typename Projection::view_type;
  using key_type = only_row;
  static constexpr bool has_key = false;
  static constexpr bool is_dense = false;
  static constexpr std::size_t key_field = npos;

  static constexpr only_row key_of(const row_type&) noexcept { return {}; }
  static constexpr void set_key(row_type&, const only_row&) noexcept {}
};

template <class Row, class Name>
constexpr auto key_of_rows() noexcept {
  if constexpr (!plain<Row>) return type_is<void>{};
  else if constexpr (constexpr std::size_t place = detail::field_index<Row>(Name::chars); place == npos) return type_is<void>{};
  else return type_is<std::remove_cvref_t<field_type<Row, place>>>{};
}

template <class Projection>
  requires requires { typename Projection::row_key; }
struct projected_rows<Projection> {
  using row_type = typename Projection::view_type;
  using key_name = typename Projection::row_key;
  using key_type = typename decltype(detail::key_of_rows<row_type, key_name>())::type;  ///< void: the row has no such field
  static constexpr bool has_key = true;
  static constexpr bool is_dense = std::is_same_v<typename Projection::row_numbering, dense>;  ///< keys count from 0
  static constexpr std::size_t key_field = [] {
    if constexpr (plain<row_type>) return detail::field_index<row_type>(key_name::chars);
    else return npos;
  }();

  static constexpr const auto& key_of(const row_type& row) noexcept { return get_field<key_field>(row); }
  template <class Key>
  static constexpr void set_key(row_type& row, const Key& key) {
    get_field<key_field>(row) = key;
  }
};

/// Calls visit(place) for each field that an index names, until it gives false; npos: the row has no field of that name. True: it never did.
template <class Row, std::size_t Size, class Visit>
constexpr bool each_indexed(const char (&fields)[Size], Visit&& visit) {
  constexpr auto is_between = [](char c) { return c == ',' || c == ' '; };
  for (std::size_t begin = 0; begin + 1 < Size;) {
    while (begin + 1 < Size && is_between(fields[begin])) ++begin;
    std::size_t end = begin, place = npos;
    while (end + 1 < Size && !is_between(fields[end])) ++end;
    if (end == begin) break;
    for (std::size_t i = 0; i < field_count<Row>; ++i)
      if (reflect::all_names<Row>.of[i] == chars{fields + begin, end - begin}) place = i;
    if (!visit(place)) return false;
    begin = end;
  }
  return true;
}

template <class Row, fixed_string Fields>
constexpr bool is_index_of() noexcept {
  std::size_t fields = 0;
  return detail::each_indexed<Row>(Fields.chars, [&](std::size_t place) { return ++fields, place != npos; }) && fields != 0;
}

/// The indexes of a row, and whether each names fields of it.
template <class Row, class Indexes>
struct checked_indexes;
template <class Row, fixed_string... Fields>
struct checked_indexes<Row, indexes<Fields...>> {
  static constexpr bool all_there = (detail::is_index_of<Row, Fields>() && ...);

  /// visit(fields) with the text of each index.
  template <class Visit>
  static constexpr void each(Visit&& visit) {
    (visit(Fields.chars), ...);
  }
};
template <class Row>
struct indexes_of : checked_indexes<Row, indexes<>> {};
template <class Row>
  requires requires { typename Row::indexes; }
struct indexes_of<Row> : checked_indexes<Row, typename Row::indexes> {};

template <class Projection>
inline constexpr bool has_rows = projected_rows<Projection>::has_key;

/// A projection with rows, said without a question to any other type.
template <class Projection>
concept projection_of_rows = requires { typename Projection::row_key; };

/// The place of the field of an event that says its row; npos where it has none of the key's name and type.
template <class Projection, class Event>
constexpr std::size_t row_field() noexcept {
  using rows = projected_rows<Projection>;
  if constexpr (!rows::has_key || !plain<Event>) {
    return npos;
  } else {
    constexpr std::size_t place = detail::field_index<Event>(rows::key_name::chars);
    if constexpr (place == npos) return npos;
    else if constexpr (std::is_same_v<std::remove_cvref_t<field_type<Event, place>>, typename rows::key_type>) return place;
    else return npos;
  }
}

/// Whether it is said which rows an event belongs to.
template <class Projection, class Event>
inline constexpr bool has_place = !has_rows<Projection> || locates<Projection, Event> || row_field<Projection, Event>() != npos;

/// A key, or a range of keys: gesta::list<Key, N> for none or several.
template <class Place, class Key>
concept range_of_rows = requires(const Place& p) {
  { *p.begin() } -> std::same_as<const Key&>;
  p.end();
};
template <class Place, class Key>
concept place_of_rows = std::is_same_v<Place, Key> || range_of_rows<Place, Key>;

/// What the handler's `locate` says of an event, which it takes with or without what is known about it.
template <class Handler, class Event>
decltype(auto) call_locate(const Handler& handler, const Event& event, const about& where) {
  if constexpr (locates_exactly_about<Handler, Event>) return locate(handler, event, where);
  else return locate(handler, event);
}

template <class Key, class Place, class Visit>
[[gnu::always_inline]] constexpr void visit_places(const Place& place, Visit& visit) {
  if constexpr (std::is_same_v<Place, Key>) visit(place);
  else
    for (const Key& one : place) visit(one);
}

/// visit(key) for each row that an event belongs to; make() gives what is known about it, and is called only where `locate` asks for it.
template <class Projection, class Event, class About, class Visit>
[[gnu::always_inline]] constexpr void each_place(const Event& event, About&& make, Visit&& visit) {
  using key = typename projected_rows<Projection>::key_type;
  if constexpr (!has_rows<Projection>) visit(only_row{});
  else if constexpr (locates_exactly_about<Projection, Event>)
    detail::visit_places<key>(locate(Projection{}, event, static_cast<const about&>(make())), visit);
  else if constexpr (locates_exactly<Projection, Event>) detail::visit_places<key>(locate(Projection{}, event), visit);
  else visit(get_field<detail::row_field<Projection, Event>()>(event));
}

/// Projects an event to a row. False: the row goes.
template <class Row, class Event, class About>
[[gnu::always_inline]] constexpr bool project_to_row(Row& row, const Event& event, About&& make) {
  if constexpr (std::is_void_v<project_result<Row, Event>>) {
    detail::call_project(row, event, make);
    return true;
  } else if constexpr (projects_exactly_about<Row, Event>) {
    return project(row, event, static_cast<const about&>(make())) == gesta::row::stays;
  } else {
    return project(row, event) == gesta::row::stays;
  }
}

template <class View, class Events>
struct events_projected;
template <class View, class... E>
struct events_projected<View, types<E...>> : type_is<concat<std::conditional_t<projects<View, E>, types<E>, types<>>...>> {};

/// Today's events that a projection takes: what it asks a store for.
template <class Flow, class Projection>
using events_for = typename events_projected<typename Projection::view_type, typename Flow::current_events>::type;

}  // namespace detail

}  // namespace gesta
