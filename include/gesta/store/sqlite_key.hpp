// How keys stand in a SQLite file: so that a person can read them.
// Floor: store. Between the byte form of keys and the column `key`.
// May include: detail, message, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <gesta/detail/fields.hpp>
#include <gesta/message/key.hpp>
#include <gesta/message/text.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

/// Room for the byte form of an integer.
struct number_bytes {
  char bytes[8];
};

/// The keys of one aggregate in the file.
struct key_column {
  enum class form : std::uint8_t { text, integer, bytes };
  form as = form::bytes;
  std::uint8_t width = 0;  ///< of an integer in bytes
  bool is_signed = false;

  sqlite_statement& set(sqlite_statement& statement, int parameter, const key_bytes& key) const noexcept {
    if (as == form::integer) return statement.set(parameter, number(key));
    // SQL functions see text only up to its first zero, so such a key stands as bytes.
    const bool is_text = as == form::text && (key.size == 0 || std::memchr(key.data, 0, key.size) == nullptr);
    const byte_view bytes{key.size == 0 ? "" : key.data, key.size};
    return is_text ? statement.set_text(parameter, bytes) : statement.set_blob(parameter, bytes);
  }

  /// False when the column holds a key of another kind.
  bool get(const sqlite_statement& row, int column, number_bytes& buffer, key_bytes& key) const noexcept {
    if (row.is_number(column) != (as == form::integer)) return false;
    if (as == form::integer) {
      const auto value = static_cast<std::uint64_t>(row.number(column)) ^ sign_bit();
      for (unsigned i = 0; i < width; ++i) buffer.bytes[i] = static_cast<char>(static_cast<unsigned char>(value >> (8 * (width - 1 - i))));
      key = {buffer.bytes, width};
    } else {
      const byte_view bytes = row.bytes(column);
      key = {static_cast<const char*>(bytes.data), static_cast<std::uint32_t>(bytes.size)};
    }
    return true;
  }

 private:
  // The byte form is big-endian with the sign bit turned round.
  constexpr std::uint64_t sign_bit() const noexcept { return is_signed ? std::uint64_t{1} << (8 * width - 1) : 0; }
  std::int64_t number(const key_bytes& key) const noexcept {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < key.size; ++i) bits = bits << 8 | static_cast<unsigned char>(key.data[i]);
    bits ^= sign_bit();
    if ((bits & sign_bit()) != 0) bits |= ~std::uint64_t{0} << (8 * width - 1);
    return static_cast<std::int64_t>(bits);
  }
};

/// How the file holds the keys of an aggregate.
template <class Aggregate>
constexpr key_column key_column_of() noexcept {
  if constexpr (requires { typename Aggregate::key; }) {
    using key = typename Aggregate::key;
    if constexpr (std::is_integral_v<key>) return {key_column::form::integer, sizeof(key), std::is_signed_v<key>};
  }
  return {key_column::form::text, 0, false};
}

}  // namespace gesta::detail
