// What surrounds a message: when it happened, where it lies, what it answers. A verb may ask for it as its last parameter.
// Floor: message.
// May include: detail, message.
#pragma once

#include <cstdint>

#include <gesta/message/key_bytes.hpp>

namespace gesta {

/// A moment in nanoseconds since 1970-01-01T00:00:00Z. Zero: not recorded (a model with the lean envelope).
struct timestamp {
  std::int64_t nanoseconds = 0;

  friend constexpr bool operator==(timestamp, timestamp) = default;
};

/// A 128-bit name of one message. Follow-up messages get theirs by hashing (handler, cause), so a repeated reaction is a duplicate.
struct message_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend constexpr bool operator==(message_id, message_id) = default;
};

/// When a message was decided and which messages led to it. Correlation is shared by a whole conversation;
/// causation is the message that this one answers.
struct origin {
  timestamp time{};
  message_id correlation{};
  message_id causation{};
};

/// What a verb may know about the message it handles: `decide(const State&, const Command&, const gesta::about&)`.
/// Valid during the call only.
struct about {
  key_bytes key{};             ///< byte form of the entity's key; `gesta::key_from<Key>(about.key)` reads it
  std::uint64_t version = 0;   ///< of the event in its stream, from 1; for a command: the entity's version before it
  std::uint64_t position = 0;  ///< of the event in the whole log, from 1; for a command: the last position before it
  timestamp time{};            ///< when it was decided
  message_id correlation{};
  message_id causation{};
};

}  // namespace gesta
