// Messages to JSON text. Boost.JSON is not needed for it: text is written where it goes, without a tree in between. Single values are
// written by detail/json_text.hpp.
// Floor: codec, a part of json.hpp.
// May include: detail, message, codec, std.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>

#include <gesta/codec/json_form.hpp>
#include <gesta/detail/json_text.hpp>
#include <gesta/message/wire.hpp>

namespace gesta::detail::json {

template <class T, class Sink>
void put(const T& value, Sink& out);

template <class T, class Sink>
void put_elements(const T& value, Sink& out) {
  json::say("[", out);
  bool first = true;
  for (const auto& element : value) {
    json::comma(first, out);
    json::put(static_cast<const typename T::value_type&>(element), out);  // vector<bool> hands out something else
  }
  json::say("]", out);
}

template <class T, class Sink>
void put_map(const T& value, Sink& out) {
  bool first = true;
  if constexpr (json::has_text_keys<T>()) {
    const auto named = std::all_of(value.begin(), value.end(), [](const auto& one) { return json::is_utf8(detail::chars_of(one.first)); });
    if (named) {
      json::say("{", out);
      for (const auto& [key, mapped] : value) {
        json::comma(first, out);
        json::put_string(detail::chars_of(key), out);
        json::say(":", out);
        json::put(mapped, out);
      }
      return json::say("}", out);
    }
  }
  json::say("[", out);
  for (const auto& [key, mapped] : value) {
    json::comma(first, out);
    json::say("[", out);
    json::put(key, out);
    json::say(",", out);
    json::put(mapped, out);
    json::say("]", out);
  }
  json::say("]", out);
}

template <class T, class Sink, std::size_t... I>
void put_fields(const T& value, indices<I...>, Sink& out) {
  json::say("{", out);
  [[maybe_unused]] bool first = true;
  detail::with_fields(value, [&](const auto&... field) {
    ((json::comma(first, out), json::put_string(detail::wire_name<T, I>(), out), json::say(":", out), json::put(field, out)), ...);
  });
  json::say("}", out);
}

template <class T, class Sink>
void put_variant(const T& value, Sink& out) {
  json::say("{\"index\":", out);
  json::put_number(value.index(), out);
  json::say(",\"value\":", out);
  [&]<std::size_t... I>(indices<I...>) {
    ((value.index() == I ? json::put(*get_if<I>(&value), out) : void()), ...);
  }(make_indices<alternatives<T>::type::size>{});
  json::say("}", out);
}

template <class T, class Sink>
void put_optional(const T& value, Sink& out) {
  if (!value.has_value()) return json::say("null", out);
  if constexpr (json::nests_optional<T>()) json::say("[", out);
  json::put(*value, out);
  if constexpr (json::nests_optional<T>()) json::say("]", out);
}

template <class T, class Sink>
void put(const T& value, Sink& out) {
  constexpr form f = form_of_type<T>;
  if constexpr (f == form::number) {
    json::put_number(value, out);
  } else if constexpr (f == form::enumeration) {
    json::put_number(static_cast<typename number_of_enum<T>::type>(value), out);
  } else if constexpr (f == form::text || f == form::string) {
    json::put_text(detail::chars_of(value), out);
  } else if constexpr (json::holds_bytes<T>()) {
    json::put_hex(value, out);
  } else if constexpr (f == form::list || f == form::sequence || f == form::set || f == form::array) {
    json::put_elements(value, out);
  } else if constexpr (f == form::map) {
    json::put_map(value, out);
  } else if constexpr (f == form::optional) {
    json::put_optional(value, out);
  } else if constexpr (f == form::variant) {
    json::put_variant(value, out);
  } else if constexpr (f == form::pair) {
    json::say("[", out);
    json::put(value.first, out);
    json::say(",", out);
    json::put(value.second, out);
    json::say("]", out);
  } else if constexpr (f == form::duration) {
    json::put(value.count(), out);
  } else if constexpr (f == form::time_point) {
    json::put(value.time_since_epoch(), out);
  } else if constexpr (f == form::personal) {
    json::say("\"<personal>\"", out);
  } else {
    json::put_fields(value, make_indices<field_count<T>>{}, out);
  }
}

}  // namespace gesta::detail::json
