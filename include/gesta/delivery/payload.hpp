// In which form the payload of a message travels: the content type says it, and a codec reads and writes it.
// Floor: delivery.
// May include: detail, message, codec/codec.hpp.
#pragma once

#include <cstddef>
#include <string_view>

#include <gesta/codec/codec.hpp>

namespace gesta {

/// Option of a relay: the codec it writes with, `gesta::payload_in<gesta::json>{}`; of an inbox: those that it reads. Without it the codec is
/// gesta::binary.
template <class... Codec>
struct payload_in {};

namespace detail {

constexpr bool same_text(const char* a, const char* b) noexcept { return std::string_view(a) == b; }

/// `application/json`, else `application/vnd.gesta.` and the codec's id.
template <class Codec>
struct content_type {
  static constexpr std::string_view id = Codec::id;
  static constexpr std::string_view vendor = "application/vnd.gesta.";
  struct text {
    char all[vendor.size() + id.size()] = {};
  };
  static constexpr text made = [] {
    text out;
    std::size_t at = 0;
    for (const char c : vendor) out.all[at++] = c;
    for (const char c : id) out.all[at++] = c;
    return out;
  }();
  static constexpr std::string_view view() noexcept {
    if (id == "json") return "application/json";
    return {made.all, sizeof made.all};
  }
};

/// Whether a content type is this one, whatever its parameters and its case.
constexpr bool is_content_type(std::string_view said, std::string_view wanted) noexcept {
  said = said.substr(0, said.find(';'));
  while (!said.empty() && (said.back() == ' ' || said.back() == '\t')) said.remove_suffix(1);
  if (said.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < said.size(); ++i) {
    const char c = said[i] >= 'A' && said[i] <= 'Z' ? static_cast<char>(said[i] + ('a' - 'A')) : said[i];
    if (c != wanted[i]) return false;
  }
  return true;
}

}  // namespace detail

}  // namespace gesta
