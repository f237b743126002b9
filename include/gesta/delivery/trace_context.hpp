// W3C trace context: the one header by which tracers of all makes find what belongs together. It is made from correlation and causation, and read back.
// Floor: delivery.
// May include: detail, message.
//
//     00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
//     version, trace id, id of the parent span, flags
//
// The trace id is the correlation, bit by bit, so that a trace and a conversation are found by the same 32 digits, and a trace that comes from outside
// and has no correlation goes on as one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <gesta/detail/hash.hpp>
#include <gesta/message/about.hpp>

namespace gesta {

/// What a `traceparent` says.
struct trace_context {
  message_id trace{};      ///< never zero in one that is good
  std::uint64_t span = 0;  ///< of who sends it, likewise
  std::uint8_t flags = 1;  ///< bit 0: it is recorded

  friend constexpr bool operator==(const trace_context&, const trace_context&) = default;
  constexpr bool is_good() const noexcept { return (trace.high | trace.low) != 0 && span != 0; }
};

namespace detail {

inline constexpr char hex_digits[] = "0123456789abcdef";

constexpr char* put_hex(std::uint64_t number, unsigned digits, char* out) noexcept {
  for (unsigned i = digits; i-- != 0;) *out++ = hex_digits[(number >> (4 * i)) & 15];
  return out;
}

/// Reads exactly so many lower-case digits. False: there is another character.
constexpr bool get_hex(const char* from, unsigned digits, std::uint64_t& number) noexcept {
  number = 0;
  for (unsigned i = 0; i < digits; ++i) {
    const char c = from[i];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    number = number << 4 | static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return true;
}

}  // namespace detail

/// 32 lower-case hex digits.
struct message_id_text {
  char digits[32];
  constexpr explicit message_id_text(message_id id) noexcept : digits{} { detail::put_hex(id.low, 16, detail::put_hex(id.high, 16, digits)); }
  constexpr std::string_view view() const noexcept { return {digits, 32}; }
};
/// False: it is not exactly 32 lower-case hex digits.
constexpr bool read_message_id(std::string_view text, message_id& id) noexcept {
  return text.size() == 32 && detail::get_hex(text.data(), 16, id.high) && detail::get_hex(text.data() + 16, 16, id.low);
}

/// The trace of a message: of its correlation, its span that of the message itself. A message without correlation begins a trace of its own.
constexpr trace_context trace_of(message_id correlation, message_id message) noexcept {
  trace_context made;
  const message_id whole = correlation == message_id{} ? message : correlation;
  made.trace = whole == message_id{} ? message_id{0, 1} : whole;
  made.span = detail::mix(message.high ^ detail::mix(message.low));
  if (made.span == 0) made.span = 1;
  return made;
}

/// A trace context as it travels: 55 characters, version 00.
struct traceparent_text {
  char text[55];
  constexpr explicit traceparent_text(const trace_context& of) noexcept : text{} {
    char* out = text;
    *out++ = '0', *out++ = '0', *out++ = '-';
    out = detail::put_hex(of.trace.low, 16, detail::put_hex(of.trace.high, 16, out));
    *out++ = '-';
    out = detail::put_hex(of.span, 16, out);
    *out++ = '-';
    detail::put_hex(of.flags, 2, out);
  }
  constexpr std::string_view view() const noexcept { return {text, 55}; }
};

/// Reads a `traceparent`. False: it is none, and what came with it is to be handled as if it had none. Of later versions what version 00 has is read,
/// as the specification says.
constexpr bool read_traceparent(std::string_view text, trace_context& read) noexcept {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  std::uint64_t version = 0, flags = 0;
  trace_context found;
  if (!detail::get_hex(text.data(), 2, version) || version == 0xff) return false;
  if (text.size() > 55 && (version == 0 || text[55] != '-')) return false;
  if (!read_message_id(text.substr(3, 32), found.trace) || !detail::get_hex(text.data() + 36, 16, found.span) ||
      !detail::get_hex(text.data() + 53, 2, flags) || !found.is_good())
    return false;
  found.flags = static_cast<std::uint8_t>(flags);
  read = found;
  return true;
}

}  // namespace gesta
