// A message and what surrounds it as one JSON object: CloudEvents 1.0 in structured content mode. Opt-in: needs Boost.JSON, as codec/json.hpp.
// Floor: delivery.
// May include: detail, message, codec/json*.hpp, delivery.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gesta/codec/json_tree.hpp>
#include <gesta/delivery/cloud_event.hpp>
#include <gesta/detail/json_text.hpp>

namespace gesta {

/// The content type of a message in structured mode.
inline constexpr std::string_view structured_content_type = "application/cloudevents+json";

namespace detail {

/// Whether a payload of this type is JSON, and so stands in the object as it is: `application/json`, `text/json`, `.../...+json`; no type is JSON.
constexpr bool is_json_type(std::string_view type) noexcept {
  const std::size_t end = type.find(';');
  std::string_view kind = type.substr(0, end);
  while (!kind.empty() && kind.back() == ' ') kind.remove_suffix(1);
  const auto ends = [&](std::string_view with) {
    if (kind.size() < with.size()) return false;
    for (std::size_t i = 0; i < with.size(); ++i) {
      const char c = kind[kind.size() - with.size() + i];
      if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) != with[i]) return false;
    }
    return true;
  };
  return kind.empty() || ends("/json") || ends("+json");
}

inline void put_base64(std::string_view bytes, std::string& out) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t n = 0; n < 3; ++n) three = three << 8 | (i + n < bytes.size() ? static_cast<unsigned char>(bytes[i + n]) : 0u);
    for (std::size_t n = 0; n < 4; ++n) out += i + n > bytes.size() ? '=' : digits[three >> (18 - 6 * n) & 63];
  }
}
/// False: it is no base64 with its padding, or one of several for the same bytes that is not the usual one.
inline bool get_base64(std::string_view text, std::string& out) {
  const auto digit = [](char c) -> int {
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
  };
  out.clear();
  if (text.size() % 4 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool is_last = i + 4 == text.size();
    const std::size_t missing = is_last && text[i + 3] == '=' ? (text[i + 2] == '=' ? 2u : 1u) : 0u;
    std::uint32_t four = 0;
    for (std::size_t n = 0; n < 4; ++n) {
      const int value = n >= 4 - missing ? 0 : digit(text[i + n]);
      if (value < 0) return false;
      four = four << 6 | static_cast<std::uint32_t>(value);
    }
    if ((missing == 1 && (four & 0xff) != 0) || (missing == 2 && (four & 0xffff) != 0)) return false;
    for (std::size_t n = 0; n < 3 - missing; ++n) out += static_cast<char>(static_cast<unsigned char>(four >> (16 - 8 * n)));
  }
  return true;
}

/// Writes a value of a tree as JSON again, as short as it can be.
inline void put_node(const json::tree& from, std::uint32_t& at, std::string& out) {
  json::appended to{out};
  const json::node& one = from.nodes[at];
  const std::uint32_t here = at++;
  switch (one.what) {
    case json::kind::null: return json::say("null", to);
    case json::kind::no: return json::say("false", to);
    case json::kind::yes: return json::say("true", to);
    case json::kind::number: return to.put(from.text(here));
    case json::kind::string: return json::put_string(from.text(here), to);
    case json::kind::array:
    case json::kind::object: {
      const bool is_object = one.what == json::kind::object;
      out += is_object ? '{' : '[';
      for (std::uint32_t n = 0; n < one.size; ++n) {
        if (n != 0) out += ',';
        if (is_object) {
          put_node(from, at, out);
          out += ':';
        }
        put_node(from, at, out);
      }
      out += is_object ? '}' : ']';
    }
  }
}

}  // namespace detail

/// Appends a message in structured mode. A payload whose content type is JSON has to be JSON, and stands in `data` as it is; another one stands in
/// `data_base64`. Without a payload there is no data. False, and nothing is appended: an attribute is missing, too long, or no text.
inline envelope_result put_structured(const envelope& from, std::string_view payload, std::string& out) {
  const std::size_t before = out.size();
  detail::json::appended to{out};
  out += '{';
  const envelope_result result = detail::each_attribute(from, [&](std::string_view name, std::string_view value) {
    if (out.size() != before + 1) out += ',';
    detail::json::put_string({name.data(), name.size()}, to);
    out += ':';
    if (name == "typeversion") out += value;
    else detail::json::put_string({value.data(), value.size()}, to);
  });
  if (!result) return out.resize(before), result;
  if (!payload.empty()) {
    const bool is_json = detail::is_json_type(from.content_type);
    out += is_json ? ",\"data\":" : ",\"data_base64\":\"";
    if (is_json) out += payload;
    else detail::put_base64(payload, out), out += '"';
  }
  out += '}';
  return result;
}

/// A message that was read from its structured form.
class structured_event_read {
 public:
  static constexpr std::string_view content_type = structured_content_type;

  /// False: it is no event of CloudEvents 1.0, and the attribute is named. No more is allocated than a fixed multiple of the text.
  envelope_result read(std::string_view text) {
    using kind = envelope_result::kind;
    using of = detail::json::kind;
    what_ = {};
    data_.clear();
    tree_ = {};
    std::size_t at = 0;
    constexpr std::size_t deepest = 64;
    if (text.size() >= 0xffffffff || detail::json::parse({text.data(), text.size()}, deepest, tree_, at) != detail::json::parsed::whole ||
        tree_.nodes.empty() || tree_.nodes[0].what != of::object)
      return {kind::no_json, "event"};
    detail::attributes_met met;
    std::uint32_t data = 0, base64 = 0;
    for (std::uint32_t n = 0, name = 1; n < tree_.nodes[0].size; ++n, name = tree_.nodes[name + 1].next) {
      const std::string_view key = view(name);
      const detail::json::node& value = tree_.nodes[name + 1];
      std::uint32_t* const is_data = key == "data" ? &data : key == "data_base64" ? &base64 : nullptr;
      if (is_data != nullptr) {
        if (*is_data != 0) return {kind::twice, "data"};
        if (value.what != of::null) *is_data = name + 1;
        continue;
      }
      const std::size_t which = detail::attribute_of(key);
      if (which == detail::attribute_count || value.what == of::null) continue;
      if (const envelope_result known = met.note(which); !known) return known;
      const bool may_be_number = which == detail::of_typeversion && value.what == of::number;
      if (value.what != of::string && !may_be_number) return {kind::malformed, detail::attribute_name(which)};
      if (const envelope_result taken = detail::take_attribute(which, view(name + 1), what_); !taken) return taken;
    }
    if (const envelope_result whole = met.end(); !whole) return whole;
    if (data != 0 && base64 != 0) return {kind::no_json, "data"};
    if (base64 != 0) return tree_.nodes[base64].what == of::string && detail::get_base64(view(base64), data_) ? envelope_result{} : envelope_result{kind::malformed, "data_base64"};
    if (data != 0) {
      if (!detail::is_json_type(what_.content_type) && tree_.nodes[data].what == of::string) data_ = view(data);
      else detail::put_node(tree_, data, data_);
    }
    return {};
  }
  /// Only where it was read. Good until the next one is.
  const envelope& what() const noexcept { return what_; }
  /// The payload: JSON as short as it can be, or the bytes; empty where there is none.
  std::string_view payload() const noexcept { return data_; }

 private:
  std::string_view view(std::uint32_t i) const noexcept {
    const detail::chars text = tree_.text(i);
    return {text.data, text.size};
  }

  envelope what_;
  detail::json::tree tree_;
  std::string data_;
};

/// Option of an inbox, beside codecs: it reads messages in structured mode as well, `gesta::payload_in<gesta::json, gesta::structured_json>{}`.
struct structured_json {
  using structured_reader = structured_event_read;
};

}  // namespace gesta
