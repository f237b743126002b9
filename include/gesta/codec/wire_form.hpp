// What the bytes of a message are, as JSON text: enough to read them without the C++ type. It stands beside what is stored.
// Floor: codec. Asked by stores, which write it into their files, and by tools, which read it there.
// May include: detail, message, codec.
//
//   bool, char, i8 to i64, u8 to u64, f32, f64   numbers, as texts: "u32". Other characters are the number of their size
//   "byte", "text"                               std::byte; gesta::text<N> and strings
//   {"enum":"u8"}                                an enum by its number
//   {"list":F}, {"set":F}                        lists and sequences; sets, several times the same value or not
//   {"map":[K,V]}, {"multimap":[K,V]}            one value a key; several
//   {"array":[N,F]}, {"optional":F}              std::array; std::optional
//   {"variant":[F,...]}, {"pair":[F,G]}          std::variant; std::pair
//   {"duration":F,"period":[1,1000]}             std::chrono: the count, and how many seconds each is
//   {"time":F,"period":[1,1]}                    likewise, since the clock's epoch
//   {"personal":F,"subject":"customer"}          gesta::personal: sealed bytes, of which keys make a value of form F; and what kind its subject is
//   {"fields":{"name":F,...}}                    a struct: its fields by their names on the wire, in their order
//
// The bounds of text<N> and list<T, N> and the names of C++ types are no part of it: neither changes a stored byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/form.hpp>
#include <gesta/detail/chars.hpp>
#include <gesta/detail/fields.hpp>
#include <gesta/detail/writer.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/wire.hpp>

namespace gesta {

namespace detail::wire {

constexpr void put_name(chars name, writer& out) noexcept {
  out.put('"');
  for (const char c : name) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20) {
      out.put("\\u00");
      out.put("0123456789abcdef"[code >> 4]);
      out.put("0123456789abcdef"[code & 15]);
      continue;
    }
    if (c == '"' || c == '\\') out.put('\\');
    out.put(c);
  }
  out.put('"');
}

template <class Number>
constexpr void put_number_form(writer& out) noexcept {
  out.put('"');
  if constexpr (std::is_same_v<Number, bool>) {
    out.put("bool");
  } else if constexpr (std::is_same_v<Number, char>) {
    out.put("char");
  } else {
    out.put(std::is_floating_point_v<Number> ? 'f' : std::is_signed_v<Number> ? 'i' : 'u');
    out.put_number(std::uint64_t{8 * sizeof(Number)});
  }
  out.put('"');
}

template <class T>
constexpr void put_form(writer& out) noexcept;

template <class... T>
constexpr void put_forms(types<T...>, writer& out) noexcept {
  bool first = true;
  out.put('[');
  (((first ? void() : out.put(',')), first = false, wire::put_form<T>(out)), ...);
  out.put(']');
}
template <class T, std::size_t... I>
constexpr void put_fields(indices<I...>, writer& out) noexcept {
  out.put("{\"fields\":{");
  ((I == 0 ? void() : out.put(','), wire::put_name(detail::wire_name<T, I>(), out), out.put(':'), wire::put_form<field_type<T, I>>(out)), ...);
  out.put("}}");
}
template <class Period>
constexpr void put_period(writer& out) noexcept {
  out.put(",\"period\":[");
  out.put_number(static_cast<std::int64_t>(Period::num));
  out.put(',');
  out.put_number(static_cast<std::int64_t>(Period::den));
  out.put("]}");
}

/// A form that is made of one other.
template <class Inner>
constexpr void put_of(const char* what, writer& out) noexcept {
  out.put("{\"");
  out.put(what);
  out.put("\":");
  wire::put_form<Inner>(out);
  out.put('}');
}
/// A form that is made of several.
template <class List>
constexpr void put_of_several(const char* what, writer& out) noexcept {
  out.put("{\"");
  out.put(what);
  out.put("\":");
  wire::put_forms(List{}, out);
  out.put('}');
}

template <class T>
constexpr void put_form(writer& out) noexcept {
  using type = std::remove_cv_t<T>;
  constexpr form f = form_of_type<type>;
  if constexpr (f == form::number) {
    wire::put_number_form<type>(out);
  } else if constexpr (f == form::enumeration) {
    using underlying = std::underlying_type_t<type>;
    if constexpr (std::is_same_v<type, std::byte>) {
      out.put("\"byte\"");
    } else {  // `char` has no sign of its own that all machines agree on
      wire::put_of<std::conditional_t<std::is_same_v<underlying, char>, unsigned char, underlying>>("enum", out);
    }
  } else if constexpr (f == form::text || f == form::string) {
    out.put("\"text\"");
  } else if constexpr (f == form::list || f == form::sequence) {
    wire::put_of<typename type::value_type>("list", out);
  } else if constexpr (f == form::set) {
    wire::put_of<typename type::value_type>("set", out);
  } else if constexpr (f == form::map) {
    constexpr bool keeps_one = requires(type& t, const typename type::value_type& v) { t.insert(v).second; };
    wire::put_of_several<types<typename type::key_type, typename type::mapped_type>>(keeps_one ? "map" : "multimap", out);
  } else if constexpr (f == form::array) {
    out.put("{\"array\":[");
    out.put_number(std::uint64_t{array_size<type>});
    out.put(',');
    wire::put_form<typename type::value_type>(out);
    out.put("]}");
  } else if constexpr (f == form::optional) {
    wire::put_of<typename type::value_type>("optional", out);
  } else if constexpr (f == form::variant) {
    wire::put_of_several<typename alternatives<type>::type>("variant", out);
  } else if constexpr (f == form::pair) {
    wire::put_of_several<types<typename type::first_type, typename type::second_type>>("pair", out);
  } else if constexpr (f == form::duration) {
    out.put("{\"duration\":");
    wire::put_form<typename type::rep>(out);
    wire::put_period<typename type::period>(out);
  } else if constexpr (f == form::time_point) {
    out.put("{\"time\":");
    wire::put_form<typename type::duration::rep>(out);
    wire::put_period<typename type::duration::period>(out);
  } else if constexpr (f == form::personal) {
    out.put("{\"personal\":");
    wire::put_form<typename type::value_type>(out);
    out.put(",\"subject\":");
    wire::put_name(detail::chars_of(id_of<typename type::subject_type>.name), out);
    out.put('}');
  } else {
    wire::put_fields<type>(make_indices<field_count<type>>{}, out);
  }
}

/// The form of a key: its bytes are those of message/key_bytes.hpp. A struct of one field is that field, as there.
template <class Key>
constexpr void put_key_form(writer& out) noexcept;

template <class Key, std::size_t... I>
constexpr void put_key_fields(indices<I...>, writer& out) noexcept {
  out.put("{\"fields\":{");
  ((I == 0 ? void() : out.put(','), wire::put_name(detail::wire_name<Key, I>(), out), out.put(':'),
    wire::put_key_form<field_type<Key, I>>(out)),
   ...);
  out.put("}}");
}

template <class Key>
constexpr void put_key_form(writer& out) noexcept {
  if constexpr (std::is_same_v<Key, dense>) {
    wire::put_number_form<key_value<dense>>(out);
  } else if constexpr (std::is_enum_v<Key>) {
    wire::put_number_form<std::underlying_type_t<Key>>(out);
  } else if constexpr (key_number<Key>) {
    wire::put_number_form<Key>(out);
  } else if constexpr (key_string<Key> || is_text<Key>) {
    out.put("\"text\"");
  } else if constexpr (field_count<Key> == 1) {
    wire::put_key_form<field_type<Key, 0>>(out);
  } else {
    wire::put_key_fields<Key>(make_indices<field_count<Key>>{}, out);
  }
}

template <std::size_t Size>
struct form_text {
  char chars[Size + 1] = {};
};
template <class Put>
constexpr std::size_t size_of_form(Put put) noexcept {
  writer out{nullptr, 0};
  put(out);
  return out.size;
}
template <std::size_t Size, class Put>
constexpr form_text<Size> made_form(Put put) noexcept {
  form_text<Size> text;
  writer out{text.chars, Size};
  put(out);
  return text;
}

template <class T>
inline constexpr auto form_of_message = wire::made_form<wire::size_of_form(&wire::put_form<T>)>(&wire::put_form<T>);
template <class Key>
inline constexpr auto form_of_key = wire::made_form<wire::size_of_form(&wire::put_key_form<Key>)>(&wire::put_key_form<Key>);

}  // namespace detail::wire

/// What the bytes of a message are, as JSON on one line, ended by a zero: `{"fields":{"amount":"i32"}}`. Equal for equal names, order and
/// kinds of fields, whatever the C++ types are called. It is stored: whoever changes how a kind is said also reads how it was said before.
template <encodable Message>
inline constexpr const char* wire_form = detail::wire::form_of_message<Message>.chars;

/// What the bytes of a key are, in the same words: `"text"`, `"u32"`, `{"fields":{"shop":"text","number":"u64"}}`.
template <entity_key Key>
inline constexpr const char* key_wire_form = detail::wire::form_of_key<Key>.chars;

}  // namespace gesta
