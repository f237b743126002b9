// Messages as JSON text and back: for people, and for other systems. Opt-in: needs Boost.JSON, exceptions, and CMake's gesta::json.
// Floor: codec. Like every codec it is reached through codec/codec.hpp.
// May include: detail, message, codec, boost/json, std.
//
// One .cpp of the program includes <boost/json/src.hpp>, which holds Boost.JSON's definitions, or the program links Boost::json.
//
//   structs               objects by field name (gesta::renamed), in the order of the fields; read in any order
//   integers, enums       numbers, all 64 bits; no fraction and no exponent is read for them
//   float, double         the fewest digits that give the same value back; "NaN", "Infinity", "-Infinity" as text
//   bool, char            true or false; a text of one character
//   text, strings         texts; those that are no UTF-8 as {"hex": "..."}
//   bytes                 lists, sequences and arrays of std::byte: a text of lower-case hex digits
//   lists, sets, arrays   arrays; a set may be read in any order
//   maps                  objects where every key is UTF-8 text and stands there once, else arrays of [key, value]
//   optional              the value or null; an absent field is read as null; an optional in an optional as [value]
//   variant, pair         {"index": n, "value": ...}; [first, second]
//   chrono                the count
//   personal              "<personal>", whatever it holds; what is read is a value in the open, as its type is, and nobody's "<personal>"
// A field that is unknown, missing or twice there is an error: a misspelled name must not lose a value in silence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/json_error.hpp>
#include <gesta/codec/json_read.hpp>
#include <gesta/codec/json_tree.hpp>
#include <gesta/codec/json_write.hpp>
#include <gesta/codec/personal.hpp>

namespace gesta {

/// A message as JSON on one line: `{"order":7,"lines":[{"sku":"ab","pieces":1}]}`. Every message has a form, and equal ones the same.
template <encodable T>
std::string to_json(const T& message) {
  std::string text;
  detail::json::appended to{text};
  detail::json::put(message, to);
  return text;
}

/// Reads a message from JSON text, whoever wrote it. Any text may be given: it is refused with the field and what was expected there,
/// and no more is allocated than a fixed multiple of its length. `message` is then valid but unspecified.
template <encodable T>
json_read from_json(std::string_view text, T& message) {
  json_error why;
  if (text.size() >= 0xffffffff) return why.what = json_error::kind::too_large, json_read(why);
  detail::json::tree tree;
  constexpr std::size_t depth = detail::json::depth<T>() + 1;  // one more, so that an array where a number is expected has a path
  const auto how = detail::json::parse({text.data(), text.size()}, depth, tree, why.at);
  if (how != detail::json::parsed::whole) {
    why.what = how == detail::json::parsed::too_deep ? json_error::kind::too_deep : json_error::kind::no_json;
    return json_read(why);
  }
  if (detail::json::get(message, 0, detail::json::reader{tree, why})) return {};
  if (why.path.starts_with('.')) why.path.erase(0, 1);
  return json_read(why);
}

/// JSON as a codec; see codec/codec.hpp. Not of messages with personal data: it does not show them, so it cannot carry them.
struct json {
  static constexpr auto id = "json";

  template <encodable T>
    requires(!detail::holds_personal<T>())
  static std::size_t encoded_size(const T& message) {
    detail::json::counted all;
    detail::json::put(message, all);
    return all.size;
  }
  template <encodable T>
    requires(!detail::holds_personal<T>())
  static void encode(const T& message, std::byte* out) {
    detail::json::in_memory to{out};
    detail::json::put(message, to);
  }
  template <encodable T>
    requires(!detail::holds_personal<T>())
  static json_read decode(const std::byte* bytes, std::size_t size, T& message) {
    return gesta::from_json(std::string_view(reinterpret_cast<const char*>(bytes), size), message);
  }
};

}  // namespace gesta
