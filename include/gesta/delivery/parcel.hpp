// A message as it travels: bytes with an address. What they mean is said by the headers (delivery/cloud_event.hpp), and no transport reads them.
// Floor: delivery.
// May include: detail, message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <gesta/message/about.hpp>

namespace gesta {

/// One header of a message. Names are compared without regard to case, and are sent as they are; those of one name keep their order. Neither holds a
/// line break or a zero; a value does not begin or end with a blank.
struct header {
  std::string_view name;
  std::string_view value;
};

/// What is given to a transport. Views: they live as long as the call.
struct parcel {
  std::string_view topic{};  ///< where it goes: words of [A-Za-z0-9_-], with dots between them; the id of its type
  std::string_view id{};     ///< of this message: another one with the same id is the same message; empty: it has none, and is never recognised
  std::string_view key{};    ///< partition key, any bytes: order is promised among messages with equal keys; empty: a key as any other
  std::span<const header> headers{};
  std::string_view payload{};
};

/// Names a message that was received and is not settled yet, within its subscription.
using delivery_token = std::uint64_t;

/// What a transport hands over. Views: they live until the visitor returns.
struct delivered {
  delivery_token token = 0;
  std::string_view topic;
  std::string_view id;
  std::string_view key;
  std::span<const header> headers{};
  std::string_view payload{};
  std::uint32_t deliveries = 1;  ///< how often it was handed to this group, this time included
  std::uint64_t sequence = 0;    ///< where it lies in the transport; 0 where it does not say
  timestamp published{};         ///< when the transport took it, by the transport's clock; zero where it does not say

  /// The value of a header, the first one of that name; nullptr data where there is none.
  constexpr std::string_view value_of(std::string_view name) const noexcept {
    constexpr auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
    for (const header& one : headers) {
      bool same = one.name.size() == name.size();
      for (std::size_t i = 0; same && i < name.size(); ++i) same = small(one.name[i]) == small(name[i]);
      if (same) return one.value;
    }
    return {};
  }
};

}  // namespace gesta
