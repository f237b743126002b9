// A row of a table that somebody else keeps, as a plain struct of the user's: which table, which key, what its fields can hold.
// Floor: capture. Below changes; asked by every source.
// May include: detail, message, decide, model, codec.
//
//     struct customer {
//       std::int64_t id;
//       gesta::text<40> name;
//       std::optional<std::string> city;
//       static constexpr auto table = "customers";
//       using key = gesta::by<"id">;
//     };
#pragma once

#include <cstddef>
#include <type_traits>

#include <gesta/codec/form.hpp>
#include <gesta/decide/aggregate.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/wire.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/rules/report.hpp>

namespace gesta {

namespace detail {

/// What a column can hold for a field; `none`: no column can be such a field.
enum class cell_kind : unsigned char { none, truth, integer, real, text, bytes };

template <class T>
constexpr bool is_byte_list() noexcept {
  if constexpr (requires { typename T::value_type; })
    return std::is_same_v<typename T::value_type, std::byte> || std::is_same_v<typename T::value_type, unsigned char>;
  else return false;
}

template <class T>
inline constexpr bool is_nullable = form_of_type<T> == form::optional;

template <class T>
constexpr cell_kind cell_kind_of() noexcept {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number) {
    if constexpr (std::is_same_v<T, bool>) return cell_kind::truth;
    else return std::is_floating_point_v<T> ? cell_kind::real : cell_kind::integer;
  } else if constexpr (f == form::enumeration) {
    return cell_kind::integer;
  } else if constexpr (f == form::text || f == form::string) {
    return cell_kind::text;
  } else if constexpr (f == form::list || f == form::sequence || f == form::array) {
    return detail::is_byte_list<T>() ? cell_kind::bytes : cell_kind::none;
  } else if constexpr (f == form::optional) {
    if constexpr (is_nullable<typename T::value_type>) return cell_kind::none;
    else return detail::cell_kind_of<typename T::value_type>();
  } else {
    return cell_kind::none;
  }
}

constexpr const char* cell_kind_name(cell_kind kind) noexcept {
  switch (kind) {
    case cell_kind::truth: return "a bool";
    case cell_kind::integer: return "an integer";
    case cell_kind::real: return "a floating-point number";
    case cell_kind::text: return "a text";
    case cell_kind::bytes: return "bytes";
    default: return "nothing";
  }
}

/// Stands for the key of a row that does not say one.
struct no_row_key {};

template <class Row>
concept says_table = requires {
  detail::chars_of(Row::table);
};

/// The fields of a Row by which it is found: their places in the Row; a key that is a struct names them by its own fields.
template <class Row, class Key>
struct row_key_fields {
  static constexpr bool is_said = plain<Key>;
  static constexpr std::size_t count() {
    if constexpr (is_said) return field_count<Key>;
    else return 0;
  }
  template <std::size_t I>
  static constexpr std::size_t place() {
    for (std::size_t i = 0; i < field_count<Row>; ++i)
      if (reflect::all_names<Row>.of[i] == detail::field_name<Key, I>()) return i;
    return npos;
  }
  template <std::size_t I>
  static constexpr bool fits() {
    if constexpr (place<I>() == npos) return false;
    else return same<field_type<Row, place<I>()>, field_type<Key, I>> && !is_nullable<field_type<Key, I>>;
  }
  static constexpr bool all_fit() {
    if constexpr (!is_said || !plain<Row>) return false;
    else if constexpr (field_count<Key> == 0) return false;
    else return []<std::size_t... I>(indices<I...>) { return (fits<I>() && ...); }(make_indices<field_count<Key>>{});
  }
  using type = Key;
  static constexpr void take(const Row& row, Key& key) {
    [&]<std::size_t... I>(indices<I...>) {
      ((detail::get_field<I>(key) = detail::get_field<place<I>()>(row)), ...);
    }(make_indices<field_count<Key>>{});
  }
};
template <class Row, fixed_string Field>
struct row_key_fields<Row, by<Field>> {
  static constexpr bool is_said = true;
  static constexpr std::size_t count() { return 1; }
  template <std::size_t>
  static constexpr std::size_t place() {
    if constexpr (plain<Row>) return detail::field_index<Row>(Field.chars);
    else return npos;
  }
  static constexpr bool all_fit() {
    if constexpr (place<0>() == npos) return false;
    else return !is_nullable<field_type<Row, place<0>()>>;
  }
  static constexpr auto found() {
    if constexpr (place<0>() == npos) return type_is<no_row_key>{};
    else return type_is<field_type<Row, place<0>()>>{};
  }
  using type = typename decltype(found())::type;
  static constexpr void take(const Row& row, type& key) { key = detail::get_field<place<0>()>(row); }
};

template <class Row>
constexpr auto row_key_fields_found() {
  if constexpr (requires { typename Row::key; }) return row_key_fields<Row, typename Row::key>{};
  else return row_key_fields<Row, no_row_key>{};
}
template <class Row>
using key_fields_of_row = decltype(detail::row_key_fields_found<Row>());

template <class List>
inline constexpr std::size_t first_without_cell = npos;
template <class... Field>
inline constexpr std::size_t first_without_cell<types<Field...>> = first_true({(detail::cell_kind_of<Field>() == cell_kind::none)..., false});

/// What is wrong with a Row, and what can be done with it.
template <class Row>
struct row_facts {
  static constexpr bool is_plain = plain<Row>;
  static constexpr std::size_t without_cell() {
    if constexpr (!is_plain) return npos;
    else return first_without_cell<field_types<Row>>;
  }
  static constexpr auto odd_field() {
    if constexpr (without_cell() == npos) return type_is<void>{};
    else return type_is<field_type<Row, without_cell()>>{};
  }
  using keys = key_fields_of_row<Row>;
  static constexpr bool says_all = says_table<Row> && requires { typename Row::key; };
  static constexpr bool sound = is_plain && without_cell() == npos && says_all && keys::all_fit();

  struct reports : rules::report_if<!is_plain || without_cell() != npos, diagnostic::row_not_of_columns, Row, typename decltype(odd_field())::type>,
                   rules::report_if<is_plain && !says_all, diagnostic::row_without_table, Row>,
                   rules::report_if<is_plain && says_all && !keys::all_fit(), diagnostic::row_key_not_there, Row> {};

  static constexpr auto key_found() {
    if constexpr (sound) return type_is<typename keys::type>{};
    else return type_is<no_row_key>{};
  }
  using key_type = typename decltype(key_found())::type;
};

/// The key that a row has.
template <class Row>
constexpr typename row_facts<Row>::key_type key_in_row(const Row& row) {
  typename row_facts<Row>::key_type key{};
  if constexpr (row_facts<Row>::sound) row_facts<Row>::keys::take(row, key);
  return key;
}

/// Whether field I of a Row is a part of its key.
template <class Row>
constexpr bool is_key_field(std::size_t field) noexcept {
  using keys = typename row_facts<Row>::keys;
  return [&]<std::size_t... I>(indices<I...>) { return ((keys::template place<I>() == field) || ...); }(make_indices<keys::count()>{});
}

}  // namespace detail

/// The key of a Row: the type of the field that `using key = gesta::by<"id">` names; or, where several columns are the key, the struct that
/// `using key = ...` names: each of its fields is a field of the Row, by name and type.
template <class Row>
using row_key = typename detail::row_facts<Row>::key_type;

}  // namespace gesta
