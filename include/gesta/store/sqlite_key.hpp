// How keys stand in a SQLite file: so that a person can read them.
// Floor: store. Between the byte form of keys and the column `key`.
// May include: detail, message, decide, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <gesta/decide/key_rule.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/message/key.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

/// The keys of one aggregate in the file: text as TEXT, one number as INTEGER, structs of several fields as BLOB in their byte form.
/// Unsigned numbers from 2^63 on look negative to SQL.
class key_column {
 public:
  constexpr key_column() = default;

  /// For keys of this type.
  template <class Key>
  static constexpr key_column of() noexcept {
    if constexpr (std::is_enum_v<Key>) return of<std::underlying_type_t<Key>>();
    else if constexpr (std::is_integral_v<Key>) return {form::number, sizeof(Key), std::is_signed_v<Key>};
    else if constexpr (same<Key, dense>) return of<key_value<dense>>();
    else if constexpr (key_string<Key> || is_text<Key>) return {form::text, 0, false};
    else if constexpr (field_count<Key> == 1) return of<field_type<Key, 0>>();  // it has the byte form of its field
    else return {};
  }

  /// Where the byte form of a number is made again.
  struct buffer {
    char bytes[8];
  };

  sqlite_statement& set(sqlite_statement& statement, int parameter, const key_bytes& key) const noexcept {
    if (form_ == form::number) return statement.set(parameter, number(key));
    // SQL sees text only up to its first zero, so such a key stands as bytes.
    const bool is_text = form_ == form::text && (key.size == 0 || std::memchr(key.data, 0, key.size) == nullptr);
    const byte_view bytes{key.size == 0 ? "" : key.data, key.size};
    return is_text ? statement.set_text(parameter, bytes) : statement.set_blob(parameter, bytes);
  }

  /// The key is valid until the statement moves on, and as long as the buffer. False when it is none of this type.
  bool get(const sqlite_statement& row, int column, buffer& room, key_bytes& key) const noexcept {
    if (row.is_number(column) != (form_ == form::number)) return false;
    if (form_ == form::number) {
      const auto bits = static_cast<std::uint64_t>(row.number(column)) ^ sign_bit();
      const std::uint64_t first = bits << (8 * (8 - width_));  // eight bytes, of which the first width_ count: a loop that GCC can follow
      for (unsigned i = 0; i < 8; ++i) room.bytes[i] = static_cast<char>(static_cast<unsigned char>(first >> (56 - 8 * i)));
      key = {room.bytes, width_};
      return number(key) == row.number(column);
    }
    const byte_view bytes = row.bytes(column);
    key = {static_cast<const char*>(bytes.data), static_cast<std::uint32_t>(bytes.size)};
    return true;
  }

 private:
  enum class form : std::uint8_t { bytes, text, number };

  constexpr key_column(form as, std::uint8_t width, bool is_signed) noexcept : form_(as), width_(width), is_signed_(is_signed) {}

  // The byte form of a number is big-endian with the sign bit turned round.
  constexpr std::uint64_t sign_bit() const noexcept { return is_signed_ ? std::uint64_t{1} << (8 * width_ - 1) : 0; }
  constexpr std::int64_t number(const key_bytes& key) const noexcept {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < key.size; ++i) bits = bits << 8 | static_cast<unsigned char>(key.data[i]);
    bits ^= sign_bit();
    return static_cast<std::int64_t>((bits ^ sign_bit()) - sign_bit());  // extends the sign
  }

  form form_ = form::bytes;
  std::uint8_t width_ = 0;
  bool is_signed_ = false;
};

/// How the file holds the keys of an aggregate.
template <class Aggregate>
inline constexpr key_column key_column_of = key_column::of<typename key_rule<Aggregate>::key_type>();

}  // namespace gesta::detail
