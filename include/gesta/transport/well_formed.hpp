// What may be given to a transport: the shape of topics, groups and headers. Each transport refuses the rest with failure::kind::malformed, so that
// a message that one of them takes is taken by all, as long as it is small enough.
// Floor: transport.
// May include: detail, message, store, delivery.
#pragma once

#include <cstddef>
#include <string_view>

#include <gesta/delivery/parcel.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta {

/// Whether this is a topic, or the name of a group: 1 to 200 bytes, words of [A-Za-z0-9_-] with single dots between them.
constexpr bool is_topic(std::string_view text) noexcept {
  if (text.empty() || text.size() > 200 || text.back() == '.') return false;
  bool in_word = false;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!is_letter && (c != '.' || !in_word)) return false;
    in_word = is_letter;
  }
  return true;
}

/// Whether this is the value of a header, or an id: no line break, no zero, no blank at either end.
constexpr bool is_header_value(std::string_view text) noexcept {
  for (const char c : text)
    if (c == '\0' || c == '\r' || c == '\n') return false;
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  return text.empty() || (!is_blank(text.front()) && !is_blank(text.back()));
}

/// Whether this is the name of a header: printable ASCII without blanks and colons, 1 to 200 bytes.
constexpr bool is_header_name(std::string_view text) noexcept {
  for (const char c : text)
    if (c <= ' ' || c > '~' || c == ':') return false;
  return !text.empty() && text.size() <= 200;
}

/// What a transport counts of a message: the bytes of key, headers and payload.
constexpr std::size_t size_of(const parcel& message) noexcept {
  std::size_t size = message.key.size() + message.payload.size();
  for (const header& one : message.headers) size += one.name.size() + one.value.size();
  return size;
}

/// Why no transport takes this message, in words; nullptr: it is well formed. A key and a payload are any bytes.
constexpr const char* malformed(const parcel& message) noexcept {
  if (!is_topic(message.topic)) return "the topic is not made of words of [A-Za-z0-9_-] with dots between them";
  if (!is_header_value(message.id)) return "the id holds a line break or a zero, or begins or ends with a blank";
  if (message.id.size() > 1000) return "the id is longer than 1000 bytes";
  for (const header& one : message.headers) {
    if (!is_header_name(one.name)) return "the name of a header is empty, too long, or holds a blank, a colon or something that is not printable";
    if (!is_header_value(one.value)) return "the value of a header holds a line break or a zero, or begins or ends with a blank";
  }
  return nullptr;
}

/// The same of a subscription.
constexpr const char* malformed(const subscribing& how) noexcept {
  if (!is_topic(how.group)) return "the group's name is not made of words of [A-Za-z0-9_-] with dots between them";
  if (how.topics.empty()) return "a subscription needs a topic";
  for (const std::string_view topic : how.topics)
    if (!is_topic(topic)) return "a topic is not made of words of [A-Za-z0-9_-] with dots between them; there are no patterns";
  if (how.in_flight == 0) return "in_flight is 0: nothing would ever be handed out";
  if (!(duration{} < how.settle_within)) return "settle_within is not above zero: nothing could ever be acknowledged";
  return nullptr;
}

}  // namespace gesta
