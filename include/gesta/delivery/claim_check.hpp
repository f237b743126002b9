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
#include <gesta/message/duration.hpp>
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

inline std::string claim_of(std::string_view payload) {
  return hex_of(sha256(payload.data(), payload.size())) + '/' + std::to_string(payload.size());
}
inline std::string_view name_in_claim(std::string_view token) noexcept { return token.substr(0, claim_name_size); }

}  // namespace detail

/// Keeps a payload of more than `limit` bytes and gives the token that travels in its place: its SHA-256 in hex, '/', how many bytes it has. A payload that may travel
/// gives no token. False: it is not kept, and is not to be published; blobs.last_failure() says why. Blobs are kept by the hash of what they are, so one payload
/// is kept once however often it is checked in.
template <blob_store Blobs>
bool check_in(std::string_view payload, Blobs& blobs, std::size_t limit, timestamp now, std::string& token) {
  token.clear();
  if (payload.size() <= limit) return true;
  std::string claim = detail::claim_of(payload);
  if (!blobs.put(detail::name_in_claim(claim), payload, now)) return false;
  token = static_cast<std::string&&>(claim);
  return true;
}

/// What a token was exchanged for: true when `payload` is what was checked in, byte by byte.
class [[nodiscard]] checked_out {
 public:
  checked_out() = default;
  explicit checked_out(const failure& cause, bool of_store = false) : cause_(cause), done_(false), of_store_(of_store) {}

  explicit operator bool() const noexcept { return done_; }
  /// `malformed`: it is no token; `too_large`: it says more bytes than are fetched; `truncated`: the blob is not there, or no more; `corrupt`: it is not what
  /// was checked in; else that of the store.
  const failure& why() const noexcept { return cause_; }
  /// The store of blobs could not be asked, so nobody knows about the blob.
  bool store_failed() const noexcept { return of_store_; }

 private:
  failure cause_;
  bool done_ = true, of_store_ = false;
};

/// Fetches what a token names, when it says at most `most` bytes. Any text may be given. `payload` is not to be used unless it is true.
template <blob_store Blobs>
checked_out check_out(std::string_view token, Blobs& blobs, std::string& payload, std::size_t most = static_cast<std::size_t>(-1)) {
  constexpr std::size_t name_size = detail::claim_name_size;
  bool is_token = token.size() > name_size + 1 && token.size() <= name_size + 1 + 18 && token[name_size] == '/' && token[name_size + 1] != '0';
  std::uint64_t size = 0;
  for (std::size_t i = 0; is_token && i < token.size(); ++i) {
    const char c = token[i];
    if (i < name_size) is_token = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    else if (i > name_size) is_token = c >= '0' && c <= '9', size = size * 10 + static_cast<unsigned char>(c - '0');
  }
  if (!is_token) return checked_out(failure(failure::kind::malformed, 0, "this is no token of a claim check"));
  if (size > most) return checked_out(failure(failure::kind::too_large, 0, "the payload of a message has ", size, " bytes and is not fetched"));
  const std::string_view name = detail::name_in_claim(token);
  switch (blobs.get(name, payload)) {
    case blob_found::there: break;
    case blob_found::missing: return checked_out(failure(failure::kind::truncated, 0, "the payload of a message is not there, or no more"));
    case blob_found::failed: return checked_out(blobs.last_failure(), true);
  }
  if (payload.size() == size && detail::hex_of(detail::sha256(payload.data(), payload.size())) == name) return checked_out();
  return checked_out(failure(failure::kind::corrupt, 0, "the payload of a message is not what was checked in"));
}

/// How a relay or an inbox keeps and fetches what does not travel.
struct claim_rules {
  /// A relay takes away what was checked in for the last time longer ago than this, by its clock; zero: nothing. Longer than a message may lie on its edge
  /// and be delivered again. Of several relays on one store the shortest holds.
  duration keep = days(30);
  std::size_t largest = 64u * 1024u * 1024u;  ///< a larger payload is neither kept nor fetched, in bytes
  std::uint32_t tries = 8;                    ///< an inbox puts a message aside when it was delivered so often and its blob is missing or damaged
};

/// Option of gesta::relay and gesta::inbox: `gesta::claim_check{blobs, 100'000}`. A relay keeps a payload of more than `limit` bytes, or one with which the
/// message would be larger than its transport takes, in a store of blobs, and a token travels in its place, as `dataref`. An inbox fetches what the token
/// names. The store outlives both.
template <blob_store Blobs>
struct claim_check {
  explicit claim_check(Blobs& where, std::size_t travels = static_cast<std::size_t>(-1), const claim_rules& how = {})
      : blobs(&where), limit(travels), rules(how) {}

  Blobs* blobs;
  std::size_t limit;
  claim_rules rules;
};

namespace detail {

/// In the place of a claim check, where none was given.
struct no_claim_check {};

template <class Option>
inline constexpr bool is_claim_check = false;
template <class Blobs>
inline constexpr bool is_claim_check<claim_check<Blobs>> = true;

constexpr no_claim_check claims_of() noexcept { return {}; }
template <class First, class... Option>
constexpr auto claims_of(const First& first, const Option&... option) {
  if constexpr (is_claim_check<First>) return first;
  else return detail::claims_of(option...);
}

}  // namespace detail

}  // namespace gesta
