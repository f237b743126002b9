// How the fields of a row stand in the columns of an SQLite table: so that a person reads them with plain SQL.
// Floor: store. Between a row and a statement.
// May include: detail, message, codec, store.
//
//   bool, integers, characters, enums      integer. Unsigned numbers from 2^63 on look negative to SQL
//   float, double                          real; what is no number stands as the text 'NaN', since SQL would make it NULL
//   text<N>, strings                       text; one with a zero inside stands as a blob, since SQL sees text only up to its first zero
//   bytes (std::byte, unsigned char) in a list, a vector or an array      blob, as they are
//   std::chrono                            its count, as its number
//   a struct of one field                  that field, under the name of the struct's
//   a struct of several                    a column for each: outer_inner
//   optional of what takes one column      that column, NULL where there is none
//   everything else                        blob in the binary form of gesta (codec/binary.hpp)
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/store/columns.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

// ---- values

/// Binds the columns of a value from a parameter on; returns the next one. What is bound lies in the value, or was copied.
template <class T>
int bind_columns(sqlite_statement& to, int at, const T& value, std::vector<std::byte>& room) {
  constexpr column_kind kind = detail::column_kind_of<T>();
  if constexpr (kind == column_kind::integer) {
    to.set(at, static_cast<std::int64_t>(value));
  } else if constexpr (kind == column_kind::real) {
    if (value != value) to.set(at, "NaN");
    else to.set_real(at, static_cast<double>(value));
  } else if constexpr (kind == column_kind::text) {
    const bool has_zero = value.size() != 0 && __builtin_memchr(value.data(), 0, value.size()) != nullptr;
    const byte_view bytes{value.size() == 0 ? "" : value.data(), value.size()};
    has_zero ? to.set_blob(at, bytes) : to.set_text(at, bytes);
  } else if constexpr (kind == column_kind::bytes) {
    to.set_blob(at, {value.data(), value.size()});
  } else if constexpr (kind == column_kind::chrono) {
    if constexpr (form_of_type<T> == form::duration) return detail::bind_columns(to, at, value.count(), room);
    else return detail::bind_columns(to, at, value.time_since_epoch().count(), room);
  } else if constexpr (kind == column_kind::optional) {
    if (value.has_value()) return detail::bind_columns(to, at, *value, room);
    to.set_null(at);
  } else if constexpr (kind == column_kind::coded) {
    if constexpr (encodable<T>) {
      room.resize(gesta::encoded_size(value));
      gesta::encode(value, room.data());
      to.set_copy(at, {room.data(), room.size()});
    }
  } else {
    detail::with_fields(value, [&](const auto&... field) { ((at = detail::bind_columns(to, at, field, room)), ...); });
    return at;
  }
  return at + 1;
}

template <class T>
bool read_integer(const sqlite_statement& row, int at, T& value) noexcept {
  if (row.type(at) != SQLITE_INTEGER) return false;
  const std::int64_t number = row.number(at);
  if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> inner{};
    if (!detail::read_integer(row, at, inner)) return false;
    value = static_cast<T>(inner);
    return true;
  } else if constexpr (std::is_same_v<T, bool>) {
    value = number != 0;
    return number == 0 || number == 1;
  } else if constexpr (sizeof(T) == 8) {
    value = static_cast<T>(number);
    return true;
  } else {
    constexpr auto least = static_cast<std::int64_t>(std::numeric_limits<T>::min()), most = static_cast<std::int64_t>(std::numeric_limits<T>::max());
    if (number < least || number > most) return false;
    value = static_cast<T>(number);
    return true;
  }
}

template <class T>
bool read_real(const sqlite_statement& row, int at, T& value) noexcept {
  if (row.type(at) == SQLITE_TEXT) {
    value = std::numeric_limits<T>::quiet_NaN();
    return detail::chars_of(row.text(at)) == "NaN";
  }
  if (row.type(at) != SQLITE_FLOAT && row.type(at) != SQLITE_INTEGER) return false;
  const double number = row.real(at);
  constexpr double most = static_cast<double>(std::numeric_limits<T>::max());
  const bool is_infinite = number - number != 0;
  if (!is_infinite && (number > most || number < -most)) return false;
  value = static_cast<T>(number);
  return true;
}

/// Reads the columns of a value from `at` on, which is the next one afterwards. False: the column `at` holds nothing that is a value of its
/// type; whatever stands there, nothing else happens.
template <class T>
bool read_columns(const sqlite_statement& row, int& at, T& value) {
  constexpr column_kind kind = detail::column_kind_of<T>();
  if constexpr (kind == column_kind::integer) {
    if (!detail::read_integer(row, at, value)) return false;
  } else if constexpr (kind == column_kind::real) {
    if (!detail::read_real(row, at, value)) return false;
  } else if constexpr (kind == column_kind::text) {
    if (row.type(at) != SQLITE_TEXT && row.type(at) != SQLITE_BLOB) return false;
    const byte_view bytes = row.bytes(at);
    const auto* const words = bytes.size == 0 ? "" : static_cast<const char*>(bytes.data);
    if constexpr (form_of_type<T> == form::text) {
      if (bytes.size > T::capacity()) return false;
      value = T(words, bytes.size);
    } else {
      value.assign(words, bytes.size);
    }
  } else if constexpr (kind == column_kind::bytes) {
    if (row.type(at) != SQLITE_BLOB || !detail::read_bytes(std::string_view(static_cast<const char*>(row.bytes(at).data), row.bytes(at).size), value)) return false;
  } else if constexpr (kind == column_kind::chrono) {
    if constexpr (form_of_type<T> == form::duration) {
      typename T::rep count{};
      if (!detail::read_columns(row, at, count)) return false;
      value = T(count);
    } else {
      typename T::duration::rep count{};
      if (!detail::read_columns(row, at, count)) return false;
      value = T(typename T::duration(count));
    }
    return true;
  } else if constexpr (kind == column_kind::optional) {
    value.reset();
    if (row.type(at) != SQLITE_NULL) return detail::read_columns(row, at, value.emplace());
  } else if constexpr (kind == column_kind::coded) {
    if constexpr (encodable<T>) {
      if (row.type(at) != SQLITE_BLOB) return false;
      const byte_view bytes = row.bytes(at);
      if (!gesta::decode(static_cast<const std::byte*>(bytes.data), bytes.size, value)) return false;
    }
  } else {
    return detail::with_fields(value, [&](auto&... field) { return (detail::read_columns(row, at, field) && ...); });
  }
  ++at;
  return true;
}

}  // namespace gesta::detail
