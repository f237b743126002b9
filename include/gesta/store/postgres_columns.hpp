// How the fields of a row stand in the columns of a PostgreSQL table: so that a person reads them with plain SQL.
// Floor: store. Between a row and a statement.
// May include: detail, message, codec, store.
//
//   bool                                   boolean
//   integers, characters, enums            bigint. Unsigned numbers from 2^63 on look negative to SQL
//   float, double                          double precision
//   text<N>, strings                       text; what is not UTF-8, holds a zero or begins with `\x` stands as `\x` and hex
//   bytes (std::byte, unsigned char) in a list, a vector or an array      bytea, as they are
//   std::chrono                            its count, as its number
//   a struct of one field                  that field, under the name of the struct's
//   a struct of several                    a column for each: outer_inner
//   optional of what takes one column      that column, NULL where there is none
//   everything else                        bytea in the binary form of gesta (codec/binary.hpp)
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/store/columns.hpp>
#include <gesta/store/postgres_values.hpp>

namespace gesta::detail {

/// The type of a column in the words of PostgreSQL. Text is ordered by its bytes, whatever the language of the database.
inline std::string postgres_type_of(const sql_column& column) {
  switch (column.type[0]) {
    case 'i': return column.is_truth ? "boolean" : "bigint";
    case 'r': return "double precision";
    case 't': return "text collate \"C\"";
    default: return "bytea";
  }
}

/// Adds the columns of a value to the parameters of a statement. What was made for it lies in `room`.
template <class T, std::size_t Count>
void bind_postgres(postgres_arguments<Count>& to, const T& value, std::deque<std::string>& room) {
  constexpr column_kind kind = detail::column_kind_of<T>();
  if constexpr (kind == column_kind::integer) {
    if constexpr (std::is_same_v<T, bool>) to.boolean(value);
    else to.number(static_cast<std::int64_t>(value));
  } else if constexpr (kind == column_kind::real) {
    to.number(std::bit_cast<std::int64_t>(static_cast<double>(value)));
  } else if constexpr (kind == column_kind::text) {
    const std::string_view bytes(value.size() == 0 ? "" : value.data(), value.size());
    if (postgres_text::is_plain(bytes)) to.add(bytes);
    else to.add(room.emplace_back(postgres_text().escaped(bytes)));
  } else if constexpr (kind == column_kind::bytes) {
    to.add(value.size() == 0 ? std::string_view("") : std::string_view(reinterpret_cast<const char*>(value.data()), value.size()));
  } else if constexpr (kind == column_kind::chrono) {
    if constexpr (form_of_type<T> == form::duration) detail::bind_postgres(to, value.count(), room);
    else detail::bind_postgres(to, value.time_since_epoch().count(), room);
  } else if constexpr (kind == column_kind::optional) {
    if (value.has_value()) detail::bind_postgres(to, *value, room);
    else to.add({});
  } else if constexpr (kind == column_kind::coded) {
    if constexpr (encodable<T>) {
      std::string& bytes = room.emplace_back(gesta::encoded_size(value), '\0');
      gesta::encode(value, reinterpret_cast<std::byte*>(bytes.data()));
      to.add(bytes);
    }
  } else {
    detail::with_fields(value, [&](const auto&... field) { (detail::bind_postgres(to, field, room), ...); });
  }
}

/// Reads the columns of a value from `at` on, which is the next one afterwards. False: the column `at` holds nothing that is a value of its
/// type; whatever stands there, nothing else happens.
template <class T>
bool read_postgres(const postgres_row& row, int& at, T& value) {
  constexpr column_kind kind = detail::column_kind_of<T>();
  if constexpr (kind == column_kind::one || kind == column_kind::several) {
    return detail::with_fields(value, [&](auto&... field) { return (detail::read_postgres(row, at, field) && ...); });
  } else if constexpr (kind == column_kind::optional) {
    value.reset();
    if (!row.is_null(at)) return detail::read_postgres(row, at, value.emplace());
    return ++at, true;
  } else if constexpr (kind == column_kind::chrono) {
    if constexpr (form_of_type<T> == form::duration) {
      typename T::rep count{};
      if (!detail::read_postgres(row, at, count)) return false;
      value = T(count);
    } else {
      typename T::duration::rep count{};
      if (!detail::read_postgres(row, at, count)) return false;
      value = T(typename T::duration(count));
    }
    return true;
  } else {
    if (row.is_null(at)) return false;
    const std::string_view bytes = row.bytes(at);
    if constexpr (kind == column_kind::integer) {
      if constexpr (std::is_enum_v<T>) {
        std::underlying_type_t<T> inner{};
        if (!detail::read_postgres(row, at, inner)) return false;
        value = static_cast<T>(inner);
        return true;
      } else if constexpr (std::is_same_v<T, bool>) {
        if (bytes.size() != 1) return false;
        value = bytes[0] != 0;
      } else {
        if (bytes.size() != 8) return false;
        const std::int64_t number = big_endian_64(bytes.data());
        if constexpr (sizeof(T) != 8)
          if (number < static_cast<std::int64_t>(std::numeric_limits<T>::min()) || number > static_cast<std::int64_t>(std::numeric_limits<T>::max())) return false;
        value = static_cast<T>(number);
      }
    } else if constexpr (kind == column_kind::real) {
      if (bytes.size() != 8) return false;
      const double number = std::bit_cast<double>(big_endian_64(bytes.data()));
      constexpr double most = static_cast<double>(std::numeric_limits<T>::max());
      if (number - number == 0 && (number > most || number < -most)) return false;
      value = static_cast<T>(number);
    } else if constexpr (kind == column_kind::text) {
      postgres_text room;
      std::string_view words;
      if (!room.restored(bytes, words)) return false;
      if constexpr (form_of_type<T> == form::text) {
        if (words.size() > T::capacity()) return false;
        value = T(words.data(), words.size());
      } else {
        value.assign(words.data(), words.size());
      }
    } else if constexpr (kind == column_kind::bytes) {
      if (!detail::read_bytes(bytes, value)) return false;
    } else if constexpr (encodable<T>) {
      if (!gesta::decode(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), value)) return false;
    }
    return ++at, true;
  }
}

}  // namespace gesta::detail
