// Keys of entities: what may be one, and its byte form, by which a store names the entity's stream.
// Floor: message. Strings are read through data() and size(), so <string> is not needed here.
// May include: detail, message.
//
// The byte form is stored: changing it loses entities. Numbers are big-endian with the sign bit turned round, so bytes sort as values do;
// an enum is its number; a text is its characters; a struct of one field is that field, so a number may become a strong id later; a
// struct of several is its fields in turn, where a text has its length before it (7 bits a byte, lowest first).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/chars.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/message/text.hpp>

namespace gesta {

/// Keys are text of any length: `handle("alice", ...)`. What an aggregate has that says nothing else.
struct string_key {};

/// Keys are the numbers 0 to n - 1, and the entities lie in an array: `using key = gesta::dense;`
struct dense {};

/// The byte form of a key: unique per key, the same on every machine. The bytes belong to somebody else.
struct key_bytes {
  const char* data = nullptr;
  std::uint32_t size = 0;

  friend constexpr bool operator==(key_bytes a, key_bytes b) noexcept {
    return detail::chars{a.data, a.size} == detail::chars{b.data, b.size};
  }
};

namespace detail {

// Named so that the compiler's error says it, where a key is made while compiling.
[[noreturn]] inline void key_has_another_form() { __builtin_abort(); }

/// A number that a key may hold; floating point has no unique bytes.
template <class T>
concept key_number = (std::is_integral_v<T> && sizeof(T) <= 8) || std::is_enum_v<T>;

/// Text of any length: std::string, std::string_view, const char*.
template <class T>
concept key_string = __is_same(T, string_key) || __is_same(T, key_bytes) || (text_like<T> && !is_text<T> && !std::is_array_v<T>);

/// A table keeps a struct that is a key as it is, so the text in it must be its own.
template <class T>
concept own_key_string = key_string<T> && requires(T& t) { t.push_back('x'); };

template <class T>
constexpr bool is_key() noexcept;
template <class List>
inline constexpr bool all_keys = false;
template <class... T>
inline constexpr bool all_keys<types<T...>> = ((detail::is_key<T>() && (!key_string<T> || own_key_string<T>)) && ...);

template <class T>
constexpr bool is_key() noexcept {
  if constexpr (key_number<T> || key_string<T> || is_text<T> || __is_same(T, dense))
    return true;
  else if constexpr (plain<T>)
    return all_keys<field_types<T>>;
  else
    return false;
}

template <class Key>
struct value_of_key : std::conditional<key_string<Key>, key_bytes, Key> {};
template <>
struct value_of_key<dense> : type_is<std::uint32_t> {};

template <class T>
inline constexpr unsigned key_bits = 8 * sizeof(T);

}  // namespace detail

/// What may be the key of an entity: string_key, dense, an integer, an enum, text<N>, a string, and structs of these.
template <class Key>
concept entity_key = detail::is_key<Key>();

/// The form in which a key is handed about: key_bytes for every kind of string, a number for dense, else the key itself.
template <entity_key Key>
using key_value = typename detail::value_of_key<Key>::type;

// ---- byte form

namespace detail {

constexpr std::size_t varint_size(std::uint64_t n) noexcept {
  std::size_t size = 1;
  for (; n >= 0x80; n >>= 7) ++size;
  return size;
}

template <class T>
constexpr chars key_text_of(const T& text) noexcept {
  if constexpr (std::is_same_v<T, key_bytes>)
    return {text.data, text.size};
  else
    return detail::chars_of(text);
}

// The most bytes that a key of this type takes; npos when there is no bound. Alone: the key is nothing but this.
template <class T, bool Alone>
constexpr std::size_t key_room() noexcept {
  if constexpr (key_number<T>) {
    return sizeof(T);
  } else if constexpr (is_text<T>) {
    return T::capacity() + (Alone ? 0 : detail::varint_size(T::capacity()));
  } else if constexpr (key_string<T>) {
    return npos;
  } else {
    return [&]<class... F>(types<F...>) {
      const std::size_t parts[] = {detail::key_room<F, Alone && sizeof...(F) == 1>()..., 0};
      std::size_t sum = 0;
      for (const std::size_t part : parts) sum = part == npos || sum == npos ? npos : sum + part;
      return sum;
    }(field_types<T>{});
  }
}

template <bool Alone, class T>
constexpr std::size_t key_size(const T& key) noexcept {
  if constexpr (key_number<T>) {
    return sizeof(T);
  } else if constexpr (is_text<T> || key_string<T>) {
    const std::size_t size = detail::key_text_of(key).size;
    return size + (Alone ? 0 : detail::varint_size(size));
  } else {
    return detail::with_fields(key, [](const auto&... f) {
      return (detail::key_size<Alone && sizeof...(f) == 1>(f) + ... + std::size_t{0});
    });
  }
}

template <class T>
constexpr std::uint64_t ordered_bits(T number) noexcept {
  const auto bits = static_cast<std::uint64_t>(number);
  return std::is_signed_v<T> ? bits ^ (std::uint64_t{1} << (key_bits<T> - 1)) : bits;
}

template <bool Alone, class T>
constexpr char* write_key(const T& key, char* out) noexcept {
  if constexpr (std::is_enum_v<T>) {
    return detail::write_key<Alone>(static_cast<std::underlying_type_t<T>>(key), out);
  } else if constexpr (key_number<T>) {
    const std::uint64_t bits = detail::ordered_bits(key);
    for (unsigned shift = key_bits<T>; shift != 0;) {
      shift -= 8;
      *out++ = static_cast<char>(static_cast<unsigned char>(bits >> shift));
    }
    return out;
  } else if constexpr (is_text<T> || key_string<T>) {
    const chars text = detail::key_text_of(key);
    if constexpr (!Alone) {
      std::size_t n = text.size;
      for (; n >= 0x80; n >>= 7) *out++ = static_cast<char>(static_cast<unsigned char>(n | 0x80));
      *out++ = static_cast<char>(n);
    }
    detail::copy_chars(text, out);
    return out + text.size;
  } else {
    detail::with_fields(key, [&out](const auto&... f) { ((out = detail::write_key<Alone && sizeof...(f) == 1>(f, out)), ...); });
    return out;
  }
}

// A place in bytes that are being read; data is nullptr once they turned out to be none of this key.
struct key_reader {
  const char* data;
  const char* end;

  constexpr bool fail() noexcept { return data = nullptr, false; }
  constexpr std::size_t left() const noexcept { return static_cast<std::size_t>(end - data); }
};

template <bool Alone, class T>
constexpr bool read_key(T& key, key_reader& from) noexcept {
  if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> number{};
    if (!detail::read_key<Alone>(number, from)) return false;
    key = static_cast<T>(number);
    return true;
  } else if constexpr (key_number<T>) {
    if (from.left() < sizeof(T)) return from.fail();
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) bits = bits << 8 | static_cast<unsigned char>(*from.data++);
    if (std::is_same_v<T, bool> && bits > 1) return from.fail();
    key = static_cast<T>(std::is_signed_v<T> ? bits ^ (std::uint64_t{1} << (key_bits<T> - 1)) : bits);
    return true;
  } else if constexpr (is_text<T> || key_string<T>) {
    std::uint64_t size = from.left();
    if constexpr (!Alone) {
      size = 0;
      const char* const start = from.data;
      for (unsigned shift = 0;; shift += 7) {
        if (from.left() == 0 || shift > 28) return from.fail();
        const auto byte = static_cast<unsigned char>(*from.data++);
        size |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) break;
      }
      if (size > from.left() || detail::varint_size(size) != static_cast<std::size_t>(from.data - start)) return from.fail();
    }
    if constexpr (is_text<T>) {
      if (size > T::capacity()) return from.fail();
    }
    if constexpr (std::is_same_v<T, key_bytes>)
      key = {from.data, static_cast<std::uint32_t>(size)};
    else
      key = T(from.data, static_cast<std::size_t>(size));
    from.data += size;
    return true;
  } else {
    return detail::with_fields(key, [&from](auto&... f) { return (detail::read_key<Alone && sizeof...(f) == 1>(f, from) && ...); });
  }
}

}  // namespace detail

/// The most bytes that keys of this kind take; detail::npos where there is no bound.
template <entity_key Key>
inline constexpr std::size_t key_room = detail::key_room<key_value<Key>, true>();

/// Where key_bytes_of puts the bytes of a key that does not lie in memory as they are. It may be used again.
template <entity_key Key, bool Bounded = key_room<Key> != detail::npos>
class key_buffer {
 public:
  constexpr char* room_for(std::size_t) noexcept { return bytes_; }

 private:
  char bytes_[key_room<Key> == 0 ? 1 : key_room<Key>];
};
template <entity_key Key>
class key_buffer<Key, false> {  // only for structs that hold a string
 public:
  constexpr key_buffer() noexcept = default;
  key_buffer(const key_buffer&) = delete;
  key_buffer& operator=(const key_buffer&) = delete;
  constexpr ~key_buffer() { delete[] bytes_; }

  constexpr char* room_for(std::size_t size) {
    if (size > room_) {
      delete[] bytes_;
      bytes_ = nullptr;
      bytes_ = new char[size];
      room_ = size;
    }
    return bytes_;
  }

 private:
  char* bytes_ = nullptr;
  std::size_t room_ = 0;
};

/// The byte form of a key. It lies in the buffer, or is the key's own characters: valid as long as both live.
template <entity_key Key>
constexpr key_bytes key_bytes_of(const key_value<Key>& key, key_buffer<Key>& buffer) {
  if constexpr (detail::key_string<Key>) {
    return key;
  } else if constexpr (detail::is_text<Key>) {
    return {key.data(), static_cast<std::uint32_t>(key.size())};
  } else {
    const std::size_t size = detail::key_size<true>(key);
    char* const begin = buffer.room_for(size);
    detail::write_key<true>(key, begin);
    return {begin, static_cast<std::uint32_t>(size)};
  }
}

/// Reads a byte form back. False when the bytes are not what key_bytes_of makes of any key of this type; `key` is then unspecified.
/// The type needs a default value; key_bytes and string views then refer to the bytes given.
template <class Key>
  requires entity_key<Key>
constexpr bool read_key(key_bytes bytes, Key& key) {
  detail::key_reader from{bytes.data, bytes.data + bytes.size};
  return detail::read_key<true>(key, from) && from.data == from.end;
}

/// The key that has this byte form: `gesta::key_from<order_no>(about.key)`; for string_key the bytes themselves, for dense a number.
/// Bytes that were made of another type of key end the program.
template <entity_key Key>
constexpr auto key_from(key_bytes bytes) {
  if constexpr (std::is_same_v<Key, string_key> || std::is_same_v<Key, key_bytes> || std::is_same_v<Key, const char*>) {
    return bytes;
  } else {
    std::conditional_t<std::is_same_v<Key, dense>, std::uint32_t, Key> key{};
    if (!gesta::read_key(bytes, key)) detail::key_has_another_form();
    return key;
  }
}

}  // namespace gesta
