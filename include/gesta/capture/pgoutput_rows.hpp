// Rows from what PostgreSQL sends: values from their text, and which type of a column can be which field.
// Floor: capture.
// May include: detail, store, capture.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/capture/change.hpp>
#include <gesta/capture/pgoutput.hpp>
#include <gesta/capture/rows.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/store/failure.hpp>

namespace gesta::detail {

/// Whether a column of this type can be a field: an integer that is wide enough, a text for all that has no form of its own. Types that a database
/// defines itself, as enums are, are known by their text alone.
template <class T>
constexpr bool pg_type_fits(std::uint32_t type) noexcept {
  if constexpr (is_nullable<T>) return detail::pg_type_fits<typename T::value_type>(type);
  else {
    constexpr std::uint32_t truth = 16, bytes = 17, int8 = 20, int2 = 21, int4 = 23, oid = 26, float4 = 700, float8 = 701;
    switch (detail::cell_kind_of<T>()) {
      case cell_kind::truth: return type == truth;
      case cell_kind::integer: return type == int2 ? sizeof(T) >= 2 : type == int4 || type == oid ? sizeof(T) >= 4 : type == int8 && sizeof(T) >= 8;
      case cell_kind::real: return type == float4 || type == int2 || (sizeof(T) >= 8 && (type == float8 || type == int4));
      case cell_kind::text: return type != truth && type != bytes && type != int8 && type != int2 && type != int4 && type != oid && type != float4 && type != float8;
      default: return type == bytes;
    }
  }
}

/// A value's text into a field. nullptr: it fitted.
template <class T>
const char* pg_into(const pg_cell& cell, T& field) {
  if constexpr (is_nullable<T>) {
    field.reset();
    return cell.kind == 'n' ? nullptr : detail::pg_into(cell, field.emplace());
  } else {
    constexpr cell_kind kind = detail::cell_kind_of<T>();
    if (cell.kind != 't') return "it is NULL, and the field cannot be; make it a std::optional";
    const char* const begin = cell.text.data;
    const char* const end = begin + cell.text.size;
    if constexpr (kind == cell_kind::truth) {
      // Both forms that PostgreSQL writes: of a stream, and of a cast.
      field = cell.text == "t" || cell.text == "true";
      if (!field && !(cell.text == "f") && !(cell.text == "false")) return "it is no bool";
    } else if constexpr (kind == cell_kind::integer) {
      std::int64_t number = 0;
      const auto read = std::from_chars(begin, end, number);
      if (read.ec != std::errc() || read.ptr != end) return "it is no integer";
      return detail::integer_into(number, field);
    } else if constexpr (kind == cell_kind::real) {
      const auto read = std::from_chars(begin, end, field);
      if (read.ec != std::errc() || read.ptr != end) return "it is no floating-point number";
    } else if constexpr (kind == cell_kind::text) {
      return detail::text_into(cell.text, field);
    } else {
      const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
      if (cell.text.size < 2 || cell.text.size % 2 != 0 || begin[0] != '\\' || begin[1] != 'x') return "it is no bytes in hex";
      for (const char* at = begin + 2; at != end; ++at)
        if (digit(*at) < 0) return "it is no bytes in hex";
      std::size_t at = 2;
      return detail::bytes_into((cell.text.size - 2) / 2, [&] {
        const int value = digit(begin[at]) * 16 + digit(begin[at + 1]);
        at += 2;
        return static_cast<unsigned char>(value);
      }, field);
    }
    return nullptr;
  }
}

/// Which columns of a tuple are told.
enum class pg_told : unsigned char { all, key };

/// Fills an image from a tuple. A large value that is unchanged and was not sent is taken from the old row where that was.
template <class Row>
bool fill_from_tuple(const char* table, const pg_relation& of, const std::vector<pg_cell>& cells, pg_told told, const std::vector<pg_cell>* old, image<Row>& to,
                     failure& cause) {
  std::size_t at = 0;
  return detail::fill_image(
      to, table,
      [&](chars name) {
        for (at = 0; at < of.columns.size(); ++at)
          if (detail::chars_of(of.columns[at].name) == name) break;
        if (at == of.columns.size()) return absence::no_column;
        if (told == pg_told::key && !of.columns[at].is_key) return absence::not_told;
        if (cells[at].kind == 'u' && (old == nullptr || (*old)[at].kind == 'u')) return absence::unchanged;
        return absence::present;
      },
      [&](chars, auto& field) -> const char* {
        if (of.columns[at].type < 16384 && !detail::pg_type_fits<std::remove_reference_t<decltype(field)>>(of.columns[at].type))
          return "the column has another type by now, and the field cannot be that";
        return detail::pg_into(cells[at].kind == 'u' ? (*old)[at] : cells[at], field);
      },
      cause);
}

/// Makes the change of an insertion, update or deletion, and gives it to `use(const change<Row>&)`. False: cause.
template <class Row, class Use>
bool make_change(const char* table, const pg_relation& of, const pg_message& message, const change_facts& facts, failure& cause, Use&& use) {
  image<Row> before(message.kind == 'I' ? absence::never_was : absence::not_told), after(absence::never_was);
  const bool has_old = message.kind != 'I' && message.old_kind != '\0', has_new = message.kind != 'D';
  const bool is_whole = message.old_kind == 'O';
  if (has_old && !detail::fill_from_tuple(table, of, message.before, is_whole ? pg_told::all : pg_told::key, nullptr, before, cause)) return false;
  if (has_new && !detail::fill_from_tuple(table, of, message.after, pg_told::all, has_old && is_whole ? &message.before : nullptr, after, cause)) return false;
  row_key<Row> key{}, old_key{};
  if ((has_new && !detail::take_key(after, key)) || (has_old && !detail::take_key(before, old_key))) {
    cause = failure(failure::kind::differs, 0, table, ": the server does not tell the key of the row; make the columns of the key its replica identity");
    return false;
  }
  const operation what = message.kind == 'I' ? operation::inserted : message.kind == 'U' ? operation::updated : operation::deleted;
  use(change<Row>(what, facts, has_new ? key : old_key, has_old ? old_key : key, before, after,
                  has_old && has_new && !detail::equal_keys(before.known(), after.known())));
  return true;
}

}  // namespace gesta::detail
