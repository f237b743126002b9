// How the fields of a row are cut into columns of a table, and what these are called: the same for every database.
// Floor: store. Between a row and the columns of SQLite or PostgreSQL.
// May include: detail, message, codec.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/codec/form.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/message/wire.hpp>

namespace gesta::detail {

/// What the columns of a value are.
enum class column_kind : unsigned char { integer, real, text, bytes, chrono, one, several, optional, coded };

template <class T>
constexpr bool is_bytes() noexcept {
  if constexpr (requires(const T& t) { typename T::value_type; t.data(); })
    return std::is_same_v<typename T::value_type, std::byte> || std::is_same_v<typename T::value_type, unsigned char>;
  else return false;
}

template <class T>
constexpr std::size_t column_count() noexcept;
template <class List>
inline constexpr std::size_t columns_of_all = 0;
template <class... T>
inline constexpr std::size_t columns_of_all<types<T...>> = (detail::column_count<T>() + ... + std::size_t{0});

/// Whether a column of this type is NULL for some value of it.
template <class T>
constexpr bool may_be_null() noexcept {
  if constexpr (form_of_type<T> == form::optional) return true;
  else if constexpr (form_of_type<T> == form::fields) {
    if constexpr (field_count<T> == 1) return detail::may_be_null<field_type<T, 0>>();
  }
  return false;
}

template <class T>
constexpr column_kind column_kind_of() noexcept {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number) return std::is_floating_point_v<T> ? column_kind::real : column_kind::integer;
  else if constexpr (f == form::enumeration) return column_kind::integer;
  else if constexpr (f == form::text || f == form::string) return column_kind::text;
  else if constexpr (f == form::list || f == form::sequence || f == form::array)
    return detail::is_bytes<T>() ? column_kind::bytes : column_kind::coded;
  else if constexpr (f == form::duration || f == form::time_point) return column_kind::chrono;
  else if constexpr (f == form::fields) return field_count<T> == 1 ? column_kind::one : column_kind::several;
  else if constexpr (f == form::optional) {
    using inner = typename T::value_type;
    return detail::column_count<inner>() == 1 && !detail::may_be_null<inner>() ? column_kind::optional : column_kind::coded;
  } else return column_kind::coded;
}

template <class T>
constexpr std::size_t column_count() noexcept {
  if constexpr (constexpr column_kind kind = detail::column_kind_of<T>(); kind == column_kind::one || kind == column_kind::several)
    return columns_of_all<field_types<T>>;
  else return 1;
}

/// The column at which a field of a row begins.
template <class Row, std::size_t Field>
constexpr std::size_t first_column() noexcept {
  return [&]<std::size_t... I>(indices<I...>) {
    return (detail::column_count<field_type<Row, I>>() + ... + std::size_t{0});
  }(make_indices<Field>{});
}

// ---- names

/// A column as SQL declares it.
struct sql_column {
  std::string name;
  const char* type;  ///< integer, real, text or blob
  bool may_be_null;
  bool is_truth = false;  ///< an integer that is a bool
};

inline std::string as_string(chars name) { return {name.data, name.size}; }

template <class T>
void add_columns(const std::string& name, bool may_be_null, std::vector<sql_column>& to) {
  constexpr column_kind kind = detail::column_kind_of<T>();
  if constexpr (kind == column_kind::several) {
    [&]<std::size_t... I>(indices<I...>) {
      (detail::add_columns<field_type<T, I>>(name + '_' + detail::as_string(detail::wire_name<T, I>()), may_be_null, to), ...);
    }(make_indices<field_count<T>>{});
  } else if constexpr (kind == column_kind::one) {
    detail::add_columns<field_type<T, 0>>(name, may_be_null, to);
  } else if constexpr (kind == column_kind::optional) {
    detail::add_columns<typename T::value_type>(name, true, to);
  } else if constexpr (kind == column_kind::chrono) {
    if constexpr (form_of_type<T> == form::duration) detail::add_columns<typename T::rep>(name, may_be_null, to);
    else detail::add_columns<typename T::duration::rep>(name, may_be_null, to);
  } else {
    constexpr const char* type = kind == column_kind::integer ? "integer"
                                 : kind == column_kind::real  ? "real"
                                 : kind == column_kind::text  ? "text"
                                                              : "blob";
    to.push_back({name, type, may_be_null, std::is_same_v<T, bool>});
  }
}

/// The columns of a row, in the order of its fields.
template <class Row>
std::vector<sql_column> columns_of() {
  std::vector<sql_column> all;
  [&]<std::size_t... I>(indices<I...>) {
    (detail::add_columns<field_type<Row, I>>(detail::as_string(detail::wire_name<Row, I>()), false, all), ...);
  }(make_indices<field_count<Row>>{});
  return all;
}

/// A name as SQL takes any: `"by_country"`.
inline std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out += '"';
}

template <class T>
bool read_bytes(std::string_view bytes, T& value) {
  const auto* const from = reinterpret_cast<const typename T::value_type*>(bytes.data());
  if constexpr (form_of_type<T> == form::array) {
    if (bytes.size() != value.size()) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) value[i] = from[i];
  } else if constexpr (form_of_type<T> == form::list) {
    value.clear();
    for (std::size_t i = 0; i < bytes.size(); ++i)
      if (!value.push_back(from[i])) return false;
  } else {
    value.clear();
    for (std::size_t i = 0; i < bytes.size(); ++i) value.push_back(from[i]);
  }
  return true;
}

}  // namespace gesta::detail
