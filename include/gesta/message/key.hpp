// Keys as callers give them, as tables look for them and as people read them.
// Floor: message.
// May include: detail, message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/detail/chars.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/text.hpp>

namespace gesta {

namespace detail {

// Named so that the compiler's error says it, where a key is made while compiling.
[[noreturn]] inline void key_is_out_of_range() { __builtin_abort(); }

template <class Argument, class Key>
constexpr bool means_key() noexcept {
  using value = typename value_of_key<Key>::type;
  if constexpr (key_string<Key>)
    return text_like<Argument> || std::is_same_v<Argument, key_bytes>;
  else if constexpr (std::is_integral_v<value>)  // a double is no number of an entity, and neither is true
    return std::is_integral_v<Argument> && std::is_same_v<Argument, bool> == std::is_same_v<value, bool>;
  else
    return std::is_convertible_v<const Argument&, value>;
}

}  // namespace detail

/// True when a caller may write Argument where a key is expected: any string for a string, any integer for an integer, else what
/// converts to the key without a cast.
template <class Argument, class Key>
concept key_argument = entity_key<Key> && detail::means_key<Argument, Key>();

/// The key that a caller means. A number that the key's type cannot hold ends the program.
template <entity_key Key, key_argument<Key> Argument>
constexpr key_value<Key> key_value_of(const Argument& given) noexcept {
  using value = key_value<Key>;
  if constexpr (std::is_same_v<value, Argument>) {
    return given;
  } else if constexpr (detail::key_string<Key>) {
    const detail::chars text = detail::chars_of(given);
    if (text.size > 0xffffffffu) detail::key_is_out_of_range();
    return {text.data, static_cast<std::uint32_t>(text.size)};
  } else if constexpr (std::is_integral_v<value>) {
    const value narrowed = static_cast<value>(given);
    if (static_cast<Argument>(narrowed) != given || (narrowed < value{}) != (given < Argument{})) detail::key_is_out_of_range();
    return narrowed;
  } else {
    return given;
  }
}

// ---- hash, equality, text form

/// A hash for tables in memory; equal keys have equal hashes, and a string has that of its bytes. Never stored.
template <class Value>
constexpr std::uint64_t key_hash(const Value& key) noexcept {
  if constexpr (detail::key_number<Value>) {
    return detail::mix(static_cast<std::uint64_t>(key));
  } else if constexpr (detail::is_text<Value> || detail::key_string<Value>) {
    const detail::chars text = detail::key_text_of(key);
    return detail::hash_bytes(text.data, text.size);
  } else {
    return detail::with_fields(key, [](const auto&... f) {
      std::uint64_t h = 0;
      if constexpr (sizeof...(f) == 1)
        ((h = gesta::key_hash(f)), ...);
      else
        ((h = detail::mix(h ^ gesta::key_hash(f))), ...);
      return h;
    });
  }
}

/// Whether two keys are the same, field by field.
template <class Value>
constexpr bool same_key(const Value& a, const Value& b) noexcept {
  if constexpr (detail::key_number<Value> || detail::is_text<Value>) {
    return a == b;
  } else if constexpr (detail::key_string<Value>) {
    return detail::key_text_of(a) == detail::key_text_of(b);
  } else {
    return detail::with_fields(a, [&b](const auto&... x) {
      return detail::with_fields(b, [&x...](const auto&... y) { return (gesta::same_key(x, y) && ...); });
    });
  }
}

namespace detail {

template <class Value>
constexpr void put_key(const Value& key, writer& out) noexcept {
  if constexpr (std::is_same_v<Value, char>) {
    out.put(key);
  } else if constexpr (key_number<Value>) {
    if constexpr (std::is_enum_v<Value>)
      detail::put_key(static_cast<std::underlying_type_t<Value>>(key), out);
    else if constexpr (std::is_signed_v<Value>)
      out.put_number(static_cast<std::int64_t>(key));
    else
      out.put_number(static_cast<std::uint64_t>(key));
  } else if constexpr (is_text<Value> || key_string<Value>) {
    out.put(detail::key_text_of(key));
  } else {
    bool first = true;
    detail::for_each_field(key, [&](const auto& field) {
      if (!first) out.put('/');
      first = false;
      detail::put_key(field, out);
    });
  }
}

}  // namespace detail

/// Writes a key for people, ended by a zero: numbers in decimal, texts as they are, the fields of a struct joined by '/'.
/// At most room bytes are written; the result is the length of the whole, as snprintf does. Not unique: for that there are the bytes.
template <class Value>
constexpr std::size_t key_text(const Value& key, char* out, std::size_t room) noexcept {
  detail::writer to{out, room};
  detail::put_key(key, to);
  to.end();
  return to.size;
}

}  // namespace gesta
