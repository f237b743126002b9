// What every store can do. A store is a plain value that says where and how; its `log<Model>` is the opened log.
// Floor: store.
// May include: detail, message, store.
#pragma once

#include <concepts>
#include <cstdint>

#include <gesta/message/about.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/once.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// One stored event as a store hands it back. Valid until the call that hands it over returns.
struct recorded {
  std::uint16_t tag;        ///< of the event's type in the model: `flow<Model>::tag<Event>`
  std::uint16_t aggregate;  ///< `flow<Model>::aggregate_tag<Aggregate>`
  std::uint32_t entity;     ///< the runtime's number of the entity; unknown_entity where the store does not know it
  key_bytes key;            ///< byte form of the entity's key; empty where the runtime knows it by `entity`
  std::uint64_t version;    ///< in its stream, from 1
  std::uint64_t position;   ///< in the log, from 1, without gaps
  origin from;
  const void* payload;
  std::uint32_t size;
  bool in_place;  ///< payload is a live object of the event's type; else bytes of the codec
  event_id id{nullptr};  ///< as it is stored, where the tag is unknown_tag; else nothing
};
inline constexpr std::uint32_t unknown_entity = 0xffffffffu;
/// The tag of an event whose id the model has retired: it keeps its version and is passed over.
inline constexpr std::uint16_t retired_tag = 0xffff;
/// The tag of an event whose id, or whose aggregate, the model neither knows nor has retired: `recorded::id` names it. A store hands it over
/// like any other; who reads decides what becomes of it (runtime/unknown_events.hpp). Its aggregate may be none of the model, and its key
/// is then as the store holds it.
inline constexpr std::uint16_t unknown_tag = 0xfffe;

/// What a store says of one stream.
struct stream_head {
  std::uint64_t version = 0;   ///< of the last event; 0: there is no such stream
  std::uint64_t position = 0;  ///< of the last event
  std::uint64_t first = 1;     ///< the first version that was not erased; version + 1 where all were
  bool closed = false;         ///< nothing may be added any more
};

/// What an append came to.
enum class append_result : std::uint8_t { ok, conflict, failed };

/// What a command came to, as it is remembered.
enum class verdict : std::uint8_t { accepted, nothing, rejected };

/// The outcome of a command that was handled under a gesta::once.
struct remembered {
  verdict what = verdict::accepted;
  std::uint16_t rejection = 0;  ///< `flow<Model>::rejection_tag<Rejection>`
  std::uint64_t version = 0;    ///< the entity's version after the command
  std::uint64_t position = 0;   ///< of the command's last event; 0 when it recorded none
  const void* payload = nullptr;
  std::uint32_t size = 0;  ///< bytes of the codec: the rejection
};

/// What asking for a remembered outcome came to.
enum class recall_result : std::uint8_t { fresh, known, failed };

/// The opened log of a store. One thread at a time. Work is done in units: begin, catch_up, appends, remember, commit or rollback;
/// events and outcomes of a unit are kept together or not at all. What is read within a unit
/// includes the unit's own. Where `is_memory` holds, begin and commit cost nothing and the log's
/// own records are what the runtime reads; where it does not, `append` writes to the unit of work.
template <class Log>
concept opened_log = requires(Log& log, const Log& fixed, once request, remembered outcome, failure cause) {
  typename Log::stream;
  { Log::can_fail } -> std::convertible_to<bool>;
  { Log::is_memory } -> std::convertible_to<bool>;
  { fixed.last_position() } -> std::same_as<std::uint64_t>;
  { log.recall(request, outcome) } -> std::same_as<recall_result>;
  { log.remember(request, outcome) } -> std::same_as<bool>;
  { fixed.last_failure() } -> std::convertible_to<const failure&>;
};

}  // namespace gesta
