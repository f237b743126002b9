// JSON text as a tree: every value, key and number as it stands there, in two arrays. Parsed by Boost.JSON's basic_parser.
// Floor: codec, a part of json.hpp.
// May include: detail, codec, boost/json, std.
//
// Not boost::json::value, for three reasons: a number keeps its digits, so 64-bit integers and the nearest float come out of them
// exactly (Boost.JSON 1.81 computes doubles with an error of the last bit); a key that stands there twice is seen; and 16 bytes a value
// in one array are a bound on memory that is easy to keep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>

#include <gesta/detail/chars.hpp>

namespace gesta::detail::json {

enum class kind : std::uint32_t { null, no, yes, number, string, array, object };

struct node {
  kind what;
  std::uint32_t begin = 0;  ///< of a number or a string: where its characters begin
  std::uint32_t size = 0;   ///< of a number or a string: how many characters; of an array or object: how many elements
  std::uint32_t next = 0;   ///< the index behind this value and all that is in it
};

/// An element of an array is a node; an element of an object is two, a string and its value.
struct tree {
  std::vector<node> nodes;
  std::string characters;

  chars text(std::uint32_t i) const noexcept { return {characters.data() + nodes[i].begin, nodes[i].size}; }
};

// What the parser calls. Characters of a number or of a string come in parts; they are whole when the value is.
struct builder {
  static constexpr std::size_t max_object_size = 0xffffffff, max_array_size = 0xffffffff, max_key_size = 0xffffffff,
                               max_string_size = 0xffffffff;
  using view = boost::json::string_view;
  using error = boost::json::error_code;

  tree made = {};
  std::vector<std::uint32_t> open = {};  ///< arrays and objects that have not ended
  std::size_t whole = 0;                 ///< characters of the values before this one

  bool leaf(kind what) {
    const std::size_t end = made.characters.size();
    made.nodes.push_back({what, static_cast<std::uint32_t>(whole), static_cast<std::uint32_t>(end - whole),
                          static_cast<std::uint32_t>(made.nodes.size() + 1)});
    whole = end;
    return true;
  }
  bool begin(kind what) {
    open.push_back(static_cast<std::uint32_t>(made.nodes.size()));
    made.nodes.push_back({what});
    return true;
  }
  bool end(std::size_t size) {
    node& ended = made.nodes[open.back()];
    open.pop_back();
    ended.size = static_cast<std::uint32_t>(size);
    ended.next = static_cast<std::uint32_t>(made.nodes.size());
    return true;
  }
  bool part(view s) {
    made.characters.append(s.data(), s.size());
    return true;
  }

  bool on_document_begin(error&) { return true; }
  bool on_document_end(error&) { return true; }
  bool on_object_begin(error&) { return begin(kind::object); }
  bool on_object_end(std::size_t n, error&) { return end(n); }
  bool on_array_begin(error&) { return begin(kind::array); }
  bool on_array_end(std::size_t n, error&) { return end(n); }
  bool on_key_part(view s, std::size_t, error&) { return part(s); }
  bool on_key(view s, std::size_t, error&) { return part(s) && leaf(kind::string); }
  bool on_string_part(view s, std::size_t, error&) { return part(s); }
  bool on_string(view s, std::size_t, error&) { return part(s) && leaf(kind::string); }
  bool on_number_part(view s, error&) { return part(s); }
  bool on_int64(std::int64_t, view s, error&) { return part(s) && leaf(kind::number); }
  bool on_uint64(std::uint64_t, view s, error&) { return part(s) && leaf(kind::number); }
  bool on_double(double, view s, error&) { return part(s) && leaf(kind::number); }
  bool on_bool(bool b, error&) { return leaf(b ? kind::yes : kind::no); }
  bool on_null(error&) { return leaf(kind::null); }
  bool on_comment_part(view, error&) { return true; }
  bool on_comment(view, error&) { return true; }
};

enum class parsed : unsigned char { whole, no_json, too_deep };

/// Makes the tree of a text of less than 4 GiB; `at` is then how far the text was read.
inline parsed parse(chars text, std::size_t depth, tree& out, std::size_t& at) {
  boost::json::parse_options options;
  options.max_depth = depth;
  boost::json::basic_parser<builder> parser(options);
  boost::json::error_code why;
  at = parser.write_some(false, text.data, text.size, why);
  if (why == boost::json::error::too_deep) return parsed::too_deep;
  if (why || at != text.size) return parsed::no_json;
  out = static_cast<tree&&>(parser.handler().made);
  return parsed::whole;
}

}  // namespace gesta::detail::json
