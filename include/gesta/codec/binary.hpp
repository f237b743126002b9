// Messages to bytes and back. What is stored of a message that is not flat, and of rejections that are remembered.
// Floor: codec.
// May include: detail, message, codec.
//
// The bytes are stored: changing them loses events. Nothing is aligned and nothing is padded:
//   integers, bool, characters, enums   their size, lowest byte first           float, double   their bits, likewise
//   text, strings, lists, sets, maps    number of elements, then each           std::array      each element
//   optional                            0, or 1 and the value                   variant         index, then the alternative
//   structs, pairs                      each field                              chrono          the count
//   personal                            number of sealed bytes, then those; 0 for what nobody has sealed: a value in the open is never written
// A number of elements or an index takes 7 bits a byte, lowest first, in as few bytes as it can.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/codec/form.hpp>

namespace gesta {

namespace detail::binary {

// ---- what can be encoded

template <class T, class Open = types<>>
constexpr bool can() noexcept;
template <class List, class Open>
inline constexpr bool can_all = false;
template <class... T, class Open>
inline constexpr bool can_all<types<T...>, Open> = (binary::can<T, Open>() && ...);

/// The fewest bytes that a value takes.
template <class T>
constexpr std::size_t least() noexcept;
template <class List>
inline constexpr std::size_t least_of_all = 0;
template <class... T>
inline constexpr std::size_t least_of_all<types<T...>> = (binary::least<T>() + ... + std::size_t{0});

template <class T>
constexpr std::size_t least() noexcept {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number || f == form::enumeration) return sizeof(T);
  else if constexpr (f == form::array) return array_size<T> * binary::least<typename T::value_type>();
  else if constexpr (f == form::pair) return least_of_all<types<typename T::first_type, typename T::second_type>>;
  else if constexpr (f == form::duration) return binary::least<typename T::rep>();
  else if constexpr (f == form::time_point) return binary::least<typename T::duration>();
  else if constexpr (f == form::fields) return least_of_all<field_types<T>>;
  else return 1;
}

// Open: the structs that hold T. One of them again would be a message without end, and bytes from outside could exhaust the stack.
template <class T, class Open>
constexpr bool can() noexcept {
  constexpr form f = form_of_type<T>;
  if constexpr (std::is_const_v<T> || contains<T, Open>)
    return false;
  else if constexpr (f == form::enumeration)
    return requires { T{0}; };  // else not every number is a value of it; one with a stated underlying type has no such gaps
  else if constexpr (f == form::array || f == form::optional)
    return binary::can<typename T::value_type, Open>();
  else if constexpr (f == form::list || f == form::sequence || f == form::set)
    return binary::can<typename T::value_type, Open>() && binary::least<typename T::value_type>() != 0;
  else if constexpr (f == form::map)
    return can_all<types<typename T::key_type, typename T::mapped_type>, Open> && binary::least<typename T::key_type>() != 0;
  else if constexpr (f == form::pair)
    return can_all<types<typename T::first_type, typename T::second_type>, Open>;
  else if constexpr (f == form::variant)
    return alternatives<T>::type::size != 0 && can_all<typename alternatives<T>::type, Open>;
  else if constexpr (f == form::duration)
    return binary::can<typename T::rep, Open>();
  else if constexpr (f == form::time_point)
    return binary::can<typename T::duration, Open>();
  else if constexpr (f == form::personal)
    return binary::can<typename T::value_type, Open>();
  else if constexpr (f == form::fields)
    return can_all<field_types<T>, concat<Open, types<T>>>;
  else
    return f != form::unknown;
}

// ---- numbers

constexpr std::size_t size_of_count(std::uint64_t n) noexcept {
  std::size_t size = 1;
  for (; n >= 0x80; n >>= 7) ++size;
  return size;
}
constexpr std::byte* put_count(std::uint64_t n, std::byte* out) noexcept {
  for (; n >= 0x80; n >>= 7) *out++ = static_cast<std::byte>(n | 0x80);
  *out++ = static_cast<std::byte>(n);
  return out;
}

template <class T>
constexpr std::uint64_t bits_of(T number) noexcept {
  if constexpr (std::is_same_v<T, float>) return __builtin_bit_cast(std::uint32_t, number);
  else if constexpr (std::is_same_v<T, double>) return __builtin_bit_cast(std::uint64_t, number);
  else return static_cast<std::uint64_t>(number);
}
template <class T>
constexpr T number_of(std::uint64_t bits) noexcept {
  if constexpr (std::is_same_v<T, float>) return __builtin_bit_cast(float, static_cast<std::uint32_t>(bits));
  else if constexpr (std::is_same_v<T, double>) return __builtin_bit_cast(double, bits);
  else return static_cast<T>(bits);
}

template <class T>
constexpr std::byte* put_number(T number, std::byte* out) noexcept {
  if (!__builtin_is_constant_evaluated() && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
    __builtin_memcpy(out, &number, sizeof(T));
    return out + sizeof(T);
  }
  const std::uint64_t bits = binary::bits_of(number);
  for (unsigned i = 0; i < sizeof(T); ++i) *out++ = static_cast<std::byte>(bits >> 8 * i & 0xff);
  return out;
}

// ---- writing

template <class T>
constexpr std::size_t size_of(const T& value) {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number || f == form::enumeration) {
    return sizeof(T);
  } else if constexpr (f == form::text || f == form::string) {
    return binary::size_of_count(value.size()) + value.size();
  } else if constexpr (f == form::list || f == form::sequence || f == form::set || f == form::array) {
    std::size_t size = f == form::array ? 0 : binary::size_of_count(value.size());
    if constexpr (form_of_type<typename T::value_type> == form::number) return size + value.size() * sizeof(typename T::value_type);
    else for (const auto& element : value) size += binary::size_of(element);
    return size;
  } else if constexpr (f == form::map) {
    std::size_t size = binary::size_of_count(value.size());
    for (const auto& [key, mapped] : value) size += binary::size_of(key) + binary::size_of(mapped);
    return size;
  } else if constexpr (f == form::optional) {
    return 1 + (value.has_value() ? binary::size_of(*value) : 0);
  } else if constexpr (f == form::variant) {
    return [&]<std::size_t... I>(indices<I...>) {
      return binary::size_of_count(value.index()) + ((value.index() == I ? binary::size_of(*get_if<I>(&value)) : 0) + ...);
    }(make_indices<alternatives<T>::type::size>{});
  } else if constexpr (f == form::pair) {
    return binary::size_of(value.first) + binary::size_of(value.second);
  } else if constexpr (f == form::duration) {
    return binary::size_of(value.count());
  } else if constexpr (f == form::time_point) {
    return binary::size_of(value.time_since_epoch());
  } else if constexpr (f == form::personal) {
    return binary::size_of_count(personal_access::size(value)) + personal_access::size(value);
  } else {
    return fields_of<T>::visit(value, [](const auto&... field) { return (binary::size_of(field) + ... + std::size_t{0}); });
  }
}

template <class T>
constexpr std::byte* put(const T& value, std::byte* out) {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number) {
    return binary::put_number(value, out);
  } else if constexpr (f == form::enumeration) {
    return binary::put_number(static_cast<std::underlying_type_t<T>>(value), out);
  } else if constexpr (f == form::text || f == form::string) {
    out = binary::put_count(value.size(), out);
    if (!__builtin_is_constant_evaluated()) {
      if (value.size() != 0) __builtin_memcpy(out, value.data(), value.size());
    } else {
      for (std::size_t i = 0; i < value.size(); ++i) out[i] = static_cast<std::byte>(value.data()[i]);
    }
    return out + value.size();
  } else if constexpr (f == form::list || f == form::sequence || f == form::set || f == form::array) {
    if constexpr (f != form::array) out = binary::put_count(value.size(), out);
    for (const auto& element : value) out = binary::put(static_cast<const typename T::value_type&>(element), out);
    return out;
  } else if constexpr (f == form::map) {
    out = binary::put_count(value.size(), out);
    for (const auto& [key, mapped] : value) out = binary::put(mapped, binary::put(key, out));
    return out;
  } else if constexpr (f == form::optional) {
    *out++ = static_cast<std::byte>(value.has_value());
    return value.has_value() ? binary::put(*value, out) : out;
  } else if constexpr (f == form::variant) {
    out = binary::put_count(value.index(), out);
    [&]<std::size_t... I>(indices<I...>) {
      ((value.index() == I ? void(out = binary::put(*get_if<I>(&value), out)) : void()), ...);
    }(make_indices<alternatives<T>::type::size>{});
    return out;
  } else if constexpr (f == form::pair) {
    return binary::put(value.second, binary::put(value.first, out));
  } else if constexpr (f == form::duration) {
    return binary::put(value.count(), out);
  } else if constexpr (f == form::time_point) {
    return binary::put(value.time_since_epoch(), out);
  } else if constexpr (f == form::personal) {
    const std::byte* const bytes = personal_access::data(value);
    const std::size_t size = personal_access::size(value);
    out = binary::put_count(size, out);
    for (std::size_t i = 0; i < size; ++i) *out++ = bytes[i];
    return out;
  } else {
    fields_of<T>::visit(value, [&out](const auto&... field) { ((out = binary::put(field, out)), ...); });
    return out;
  }
}

// ---- reading

struct reader {
  const std::byte* at;
  const std::byte* end;

  constexpr std::size_t left() const noexcept { return static_cast<std::size_t>(end - at); }

  template <class T>
  constexpr bool number(T& out) noexcept {
    if (left() < sizeof(T)) return false;
    if (!__builtin_is_constant_evaluated() && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !std::is_same_v<T, bool>) {
      __builtin_memcpy(&out, at, sizeof(T));
      at += sizeof(T);
      return true;
    }
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < sizeof(T); ++i) bits |= static_cast<std::uint64_t>(*at++) << 8 * i;
    if (std::is_same_v<T, bool> && bits > 1) return false;
    out = binary::number_of<T>(bits);
    return true;
  }

  // Only the shortest form counts, so that equal messages have equal bytes.
  constexpr bool count(std::uint64_t& out) noexcept {
    out = 0;
    for (unsigned shift = 0; shift < 64 && at != end; shift += 7) {
      const auto byte = static_cast<std::uint64_t>(*at++);
      if (shift == 63 && byte > 1) return false;
      out |= (byte & 0x7f) << shift;
      if (byte < 0x80) return byte != 0 || shift == 0;
    }
    return false;
  }

  // A number of elements of which each takes at least so many bytes: never more than the rest of the bytes can hold.
  constexpr bool count(std::uint64_t& out, std::size_t each) noexcept { return count(out) && out <= left() / each; }
};

template <class T>
constexpr bool get(T& value, reader& from) {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number) {
    return from.number(value);
  } else if constexpr (f == form::enumeration) {
    std::underlying_type_t<T> number{};
    if (!from.number(number)) return false;
    value = static_cast<T>(number);
    return true;
  } else if constexpr (f == form::text || f == form::string) {
    std::uint64_t size = 0;
    if (!from.count(size, 1)) return false;
    if constexpr (f == form::text) {
      if (size > T::capacity()) return false;
      char characters[T::capacity() + 1];
      for (std::size_t i = 0; i < size; ++i) characters[i] = static_cast<char>(from.at[i]);
      value = T(characters, static_cast<std::size_t>(size));
    } else {
      value.assign(reinterpret_cast<const char*>(from.at), static_cast<std::size_t>(size));
    }
    from.at += size;
    return true;
  } else if constexpr (f == form::list || f == form::sequence) {
    using element_type = typename T::value_type;
    std::uint64_t count = 0;
    if (!from.count(count, binary::least<element_type>())) return false;
    value.clear();
    // Room in advance only where the bytes at hand vouch for about that much; else it grows as the elements are read.
    if constexpr (requires { value.reserve(std::size_t{}); }) {
      if (count * sizeof(element_type) / 8 <= from.left()) value.reserve(static_cast<std::size_t>(count));
    }
    for (; count != 0; --count) {
      element_type element{};
      if (!binary::get(element, from)) return false;
      if constexpr (f == form::list) {
        if (!value.push_back(element)) return false;
      } else {
        value.push_back(static_cast<element_type&&>(element));
      }
    }
    return true;
  } else if constexpr (f == form::set || f == form::map) {
    std::uint64_t count = 0;
    if (!from.count(count, binary::least<typename T::key_type>())) return false;
    value.clear();
    for (; count != 0; --count) {
      const std::size_t before = value.size();
      auto place = value.end();
      typename T::key_type key{};
      if (!binary::get(key, from)) return false;
      if constexpr (f == form::map) {
        typename T::mapped_type mapped{};
        if (!binary::get(mapped, from)) return false;
        place = value.emplace_hint(value.end(), static_cast<decltype(key)&&>(key), static_cast<decltype(mapped)&&>(mapped));
      } else {
        place = value.emplace_hint(value.end(), static_cast<decltype(key)&&>(key));
      }
      if (value.size() == before || ++place != value.end()) return false;  // the same key twice, or out of order
    }
    return true;
  } else if constexpr (f == form::array) {
    for (auto& element : value)
      if (!binary::get(element, from)) return false;
    return true;
  } else if constexpr (f == form::optional) {
    bool has = false;
    value.reset();
    if (!from.number(has)) return false;
    return !has || binary::get(value.emplace(), from);
  } else if constexpr (f == form::variant) {
    std::uint64_t index = 0;
    if (!from.count(index)) return false;
    return [&]<std::size_t... I>(indices<I...>) {
      return ((index == I && binary::get(value.template emplace<I>(), from)) || ...);
    }(make_indices<alternatives<T>::type::size>{});
  } else if constexpr (f == form::pair) {
    return binary::get(value.first, from) && binary::get(value.second, from);
  } else if constexpr (f == form::duration) {
    typename T::rep count{};
    if (!binary::get(count, from)) return false;
    value = T(count);
    return true;
  } else if constexpr (f == form::time_point) {
    typename T::duration since{};
    if (!binary::get(since, from)) return false;
    value = T(since);
    return true;
  } else if constexpr (f == form::personal) {
    std::uint64_t size = 0;
    if (!from.count(size, 1) || !personal_access::put(value, from.at, static_cast<std::size_t>(size))) return false;
    from.at += size;
    return true;
  } else {
    return fields_of<T>::visit(value, [&from](auto&... field) { return (binary::get(field, from) && ...); });
  }
}

}  // namespace detail::binary

/// True when a message can be stored as bytes: everything in it is of the kinds listed above. Not: pointers, references, views,
/// unordered containers (their order is no part of their value), enums without a stated underlying type, structs that hold themselves.
template <class T>
concept encodable = detail::binary::can<T>();

/// The number of bytes that encode writes.
template <encodable T>
constexpr std::size_t encoded_size(const T& message) {
  return detail::binary::size_of(message);
}

/// Writes encoded_size(message) bytes to `out`.
template <encodable T>
constexpr void encode(const T& message, std::byte* out) {
  detail::binary::put(message, out);
}

/// Reads what encode wrote. False when the bytes are anything else, shorter or longer; `message` is then valid but unspecified.
/// Any bytes may be given: it never reads beyond them, and allocates no more than a fixed multiple of their number.
template <encodable T>
constexpr bool decode(const std::byte* bytes, std::size_t size, T& message) {
  detail::binary::reader from{bytes, bytes + size};
  return detail::binary::get(message, from) && from.at == from.end;
}

/// The functions above as a codec; see codec/codec.hpp. One value has one form: whatever decode takes, encode writes again.
struct binary {
  static constexpr auto id = "binary";

  template <encodable T>
  static constexpr std::size_t encoded_size(const T& message) {
    return gesta::encoded_size(message);
  }
  template <encodable T>
  static constexpr void encode(const T& message, std::byte* out) {
    gesta::encode(message, out);
  }
  template <encodable T>
  [[nodiscard]] static constexpr bool decode(const std::byte* bytes, std::size_t size, T& message) {
    return gesta::decode(bytes, size, message);
  }
};

}  // namespace gesta
