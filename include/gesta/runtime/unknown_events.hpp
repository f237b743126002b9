// What a consumer does with events that its model neither knows nor has retired: a newer program wrote them.
// Floor: runtime.
// May include: detail, message, store.
//
// Each consumer says it: an app when it is started, a reader when it reads. Whatever it says, nothing is decided on an entity that has such
// an event: its state would miss a fact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/detail/hash_index.hpp>
#include <gesta/message/about.hpp>
#include <gesta/store/store.hpp>

namespace gesta {

/// The policy of a consumer: `gesta::start<bank>(store, gesta::unknown_events::park)`.
enum class unknown_events : std::uint8_t {
  fail,  ///< the app cannot be used, the reading ends: failure::kind::unknown_event names the event. The default.
  skip,  ///< it is passed over; commands on its entity fail, all others go on
  park,  ///< as skip, and it is kept for people: `app.parked()`
};

/// An event that was passed over and is kept for people. It stands in the log as before: a program that knows its id takes it in when it starts.
struct parked_event {
  std::vector<char> name;      ///< its id, ended by a zero
  unsigned shape = 0;          ///< the version in its id
  std::uint64_t version = 0;   ///< in its stream
  std::uint64_t position = 0;  ///< in the log
  origin from;
  std::vector<char> key;  ///< as the store holds it; empty where it cannot be read
  std::vector<std::byte> payload;

  /// Its id. Lives as long as this value.
  const char* id() const noexcept { return name.data(); }
};

namespace detail {

inline failure why_unknown(const recorded& record) {
  failure cause(failure::kind::unknown_event, 0, "the event ", record.id.name, " version ", std::uint64_t{record.id.version}, " at position ",
                record.position);
  cause.add(", which the model neither knows nor has retired");
  cause.position = record.position;
  return cause;
}

/// The entities that have an unknown event, and the events that are parked. Nothing where there is none.
class unknown_facts {
 public:
  explicit unknown_facts(unknown_events policy = unknown_events::fail) : policy_(policy) {}

  unknown_events policy() const noexcept { return policy_; }
  const std::vector<parked_event>& parked() const noexcept { return parked_; }

  /// Nothing may be decided on this entity from now on.
  void block(std::uint16_t aggregate, key_bytes key, std::uint64_t position) {
    if (first_unknown(aggregate, key) != 0) return;
    blocked_.push_back({aggregate, position, std::vector<char>(key.data, key.data + key.size)});
    index_.insert(hash(aggregate, key), static_cast<std::uint32_t>(blocked_.size() - 1),
                  [this](std::uint32_t n) { return hash(blocked_[n].aggregate, blocked_[n].bytes()); });
  }
  /// The position of the first unknown event of an entity; 0: it has none.
  std::uint64_t first_unknown(std::uint16_t aggregate, key_bytes key) const noexcept {
    if (blocked_.empty()) return 0;
    const std::uint32_t at =
        index_.find(hash(aggregate, key), [&](std::uint32_t n) { return blocked_[n].aggregate == aggregate && blocked_[n].bytes() == key; });
    return at == hash_index::absent ? 0 : blocked_[at].position;
  }
  bool empty() const noexcept { return blocked_.empty(); }

  /// The position of the first unknown event of all, also of an aggregate that the model does not know; 0: there is none.
  std::uint64_t first() const noexcept { return first_; }
  void note(std::uint64_t position) noexcept {
    if (first_ == 0) first_ = position;
  }

  void park(const recorded& record) {
    const auto* const bytes = static_cast<const std::byte*>(record.payload);
    std::size_t size = 0;
    while (record.id.name[size] != '\0') ++size;
    parked_.push_back({std::vector<char>(record.id.name, record.id.name + size + 1), record.id.version, record.version, record.position, record.from,
                       std::vector<char>(record.key.data, record.key.data + record.key.size), std::vector<std::byte>(bytes, bytes + record.size)});
  }

 private:
  struct blocked {
    std::uint16_t aggregate;
    std::uint64_t position;
    std::vector<char> key;

    key_bytes bytes() const noexcept { return {key.data(), static_cast<std::uint32_t>(key.size())}; }
  };
  static std::uint64_t hash(std::uint16_t aggregate, key_bytes key) noexcept { return mix(hash_bytes(key.data, key.size) ^ aggregate); }

  unknown_events policy_;
  std::uint64_t first_ = 0;
  std::vector<blocked> blocked_;
  hash_index index_;
  std::vector<parked_event> parked_;
};

/// For a log that is memory: it holds what this program recorded.
struct nothing_unknown {
  explicit nothing_unknown(unknown_events) noexcept {}
};

/// What a reader does with a record of an unknown event: true, and it goes on; false, and it fails.
template <class Unknown>
bool takes_unknown(Unknown& unknown, const recorded& record) {
  if constexpr (same<Unknown, unknown_events>) {
    (void)record;
    return unknown != unknown_events::fail;
  } else {
    unknown(record);
    return true;
  }
}

}  // namespace detail

}  // namespace gesta
