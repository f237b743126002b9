// A payload that is too large to travel stays behind: a token travels in its place, and whoever receives it fetches what it names.
// Floor: delivery. Asked by whoever publishes and whoever hears; the places where payloads wait are stores of blobs.
// May include: detail, message, store, delivery, std.
//
//     std::string token;
//     if (!gesta::check_in(payload, blobs, limit, now, token)) return blobs.last_failure();
//     token.empty() ? publish(payload) : publish_claim(token);       // the token in a header of its own, and no payload
//
// The blob is kept before the message is published: a crash in between leaves a blob that nobody names, which `collect` takes away in its time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gesta/detail/sha256.hpp>
#include <gesta/message/about.hpp>
#include <gesta/store/blobs.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

namespace detail {

inline constexpr std::size_t claim_name_size = 64;

inline std::string hex_of(const sha256_hash& hash) {
  std::string name;
  for (const unsigned char byte : hash.bytes) (name += "0123456789abcdef"[byte >> 4]) += "0123456789abcdef"[byte & 15];
  return name;
}

}  // namespace detail

/// Keeps a payload of more than `limit` bytes and gives the token that travels in its place: its SHA-256 in hex, '/', how many bytes it has. A payload that may travel
/// gives no token. False: it is not kept, and is not to be published; blobs.last_failure() says why. Blobs are kept by the hash of what they are, so one payload
/// is kept once however often it is checked in.
template <blob_store Blobs>
bool check_in(std::string_view payload, Blobs& blobs, std::size_t limit, timestamp now, std::string& token) {
  token.clear();
  if (payload.size() <= limit) return true;
  const std::string name = detail::hex_of(detail::sha256(payload.data(), payload.size()));
  if (!blobs.put(name, payload, now)) return false;
  token = name + '/' + std::to_string(payload.size());
  return true;
}

/// What a token was exchanged for: true when `payload` is what was checked in, byte by byte.
class [[nodiscard]] checked_out {
 public:
  checked_out() = default;
  explicit checked_out(const failure& cause) : cause_(cause), done_(false) {}

  explicit operator bool() const noexcept { return done_; }
  /// `malformed`: it is no token; `truncated`: the blob is not there, or no more; `corrupt`: it is not what was checked in; else that of the store.
  const failure& why() const noexcept { return cause_; }

 private:
  failure cause_;
  bool done_ = true;
};

/// Fetches what a token names. Any text may be given. `payload` is not to be used unless it is true.
template <blob_store Blobs>
checked_out check_out(std::string_view token, Blobs& blobs, std::string& payload) {
  constexpr std::size_t name_size = detail::claim_name_size;
  bool is_token = token.size() > name_size + 1 && token.size() <= name_size + 1 + 18 && token[name_size] == '/' && token[name_size + 1] != '0';
  std::uint64_t size = 0;
  for (std::size_t i = 0; is_token && i < token.size(); ++i) {
    const char c = token[i];
    if (i < name_size) is_token = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    else if (i > name_size) is_token = c >= '0' && c <= '9', size = size * 10 + static_cast<unsigned char>(c - '0');
  }
  if (!is_token) return checked_out(failure(failure::kind::malformed, 0, "this is no token of a claim check"));
  const std::string_view name = token.substr(0, name_size);
  switch (blobs.get(name, payload)) {
    case blob_found::there: break;
    case blob_found::missing: return checked_out(failure(failure::kind::truncated, 0, "the payload of a message is not there, or no more"));
    case blob_found::failed: return checked_out(blobs.last_failure());
  }
  if (payload.size() == size && detail::hex_of(detail::sha256(payload.data(), payload.size())) == name) return checked_out();
  return checked_out(failure(failure::kind::corrupt, 0, "the payload of a message is not what was checked in"));
}

}  // namespace gesta
