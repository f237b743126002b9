// The log that a hand-written program keeps: one ring of packed records. Part of the limits.
// A record is what the library's lean envelope is, 24 bytes (tag, aggregate, size, version, entity, the stream's previous record),
// and then the event.
// Includes std only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

namespace bench {

struct header {
  std::uint16_t type, aggregate;
  std::uint32_t size, version, entity;
  std::uint64_t previous;  // place of the stream's previous record, 0: none
};
static_assert(sizeof(header) == 24);

/// What an entity knows of its stream.
struct stream {
  std::uint64_t version = 0;
  std::uint64_t head = 0;
};

/// How an event gets into its record.
enum class placing : std::uint8_t { copied, typed, dropped };

/// A ring of packed records, all of it touched before the run. A record may hang over the end by less than `slack`.
template <placing How>
class ring {
 public:
  explicit ring(std::size_t bytes) : base_(static_cast<unsigned char*>(::operator new(bytes + slack))), mask_(bytes - 1), next_(64) {
    std::memset(base_, 1, bytes + slack);
  }
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;
  ~ring() { ::operator delete(base_); }

  template <class Event>
  [[gnu::always_inline]] void append(std::uint16_t type, stream& s, std::uint32_t entity, const Event& event) {
    ++s.version;
    ++position_;
    if constexpr (How != placing::dropped) {
      const header h{type, 0, sizeof(header) + sizeof(Event), static_cast<std::uint32_t>(s.version), entity, s.head};
      unsigned char* const at = base_ + (next_ & mask_);
      if constexpr (How == placing::copied) {
        std::memcpy(at, &h, sizeof h);
        std::memcpy(at + sizeof h, &event, sizeof event);
      } else {
        ::new (static_cast<void*>(at)) header(h);
        ::new (static_cast<void*>(at + sizeof h)) Event(event);
      }
      s.head = next_;
      next_ += sizeof(header) + sizeof(Event);
    }
  }

  /// Events so far: the global position, which every caller may ask for.
  std::uint64_t position() const { return position_; }

 private:
  static constexpr std::size_t slack = 256;
  unsigned char* base_;
  std::uint64_t mask_, next_;
  std::uint64_t position_ = 0;
};

}  // namespace bench
