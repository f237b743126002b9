// Stores of blobs: where payloads that are too large to travel wait to be fetched. What names and fetches them is delivery/claim_check.hpp.
// Floor: store.
// May include: message, store, std.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <gesta/message/about.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// What a store of blobs knows of a name.
enum class blob_found : unsigned char { there, missing, failed };

/// Where payloads wait, each under the hash of its bytes. `put` keeps it before it is true; put again, its time is that of now. `get` gives what was put.
/// `collect` takes away what was put for the last time before a time. False, or `failed`: last_failure() says why.
template <class Blobs>
concept blob_store = requires(Blobs& blobs, std::string_view name, std::string_view bytes, std::string& out, timestamp time, std::uint64_t& count) {
  { blobs.put(name, bytes, time) } -> std::same_as<bool>;
  { blobs.get(name, out) } -> std::same_as<blob_found>;
  { blobs.collect(time, count) } -> std::same_as<bool>;
  { blobs.last_failure() } -> std::convertible_to<const failure&>;
};

/// Blobs in memory: for tests, and for edges within one program.
class memory_blobs {
 public:
  bool put(std::string_view name, std::string_view bytes, timestamp now) {
    all_[std::string(name)] = {std::string(bytes), now.nanoseconds};
    return true;
  }
  blob_found get(std::string_view name, std::string& out) {
    const auto found = all_.find(std::string(name));
    if (found == all_.end()) return blob_found::missing;
    out = found->second.bytes;
    return blob_found::there;
  }
  bool collect(timestamp before, std::uint64_t& count) {
    count = std::erase_if(all_, [&](const auto& one) { return one.second.time < before.nanoseconds; });
    return true;
  }
  const failure& last_failure() const noexcept { return none_; }

 private:
  struct blob {
    std::string bytes;
    std::int64_t time;
  };
  std::map<std::string, blob> all_;
  failure none_;
};

}  // namespace gesta
