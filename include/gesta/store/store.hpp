// What every store can do. A store is a plain value that says where and how; its `log<Model>` is the opened log.
// Floor: store.
// May include: detail, message, store.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <gesta/message/about.hpp>
#include <gesta/message/id.hpp>
#include <gesta/message/once.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/slice.hpp>

namespace gesta {

/// One stored event as a store hands it back. Valid until the call that hands it over returns.
struct recorded {
  std::uint16_t tag;        ///< of the event's type in the model: `flow<Model>::tag<Event>`
  std::uint16_t aggregate;  ///< `flow<Model>::aggregate_tag<Aggregate>`
  std::uint32_t entity;     ///< the runtime's number of the entity; unknown_entity where the store does not know it
  key_bytes key;            ///< byte form of the entity's key; empty where the runtime knows it by `entity`
  std::uint64_t version;    ///< in its stream, from 1
  std::uint64_t position;   ///< in the log, from 1, without gaps but in a log_with_horizon
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

/// Which events a reading asks for, by their tags. What the model does not know may be anything, and is always asked for; what it has
/// retired never is.
struct wanted_types {
  const bool* by_tag;
  std::size_t count;

  constexpr bool holds(std::uint16_t tag) const noexcept { return tag < count ? by_tag[tag] : tag == unknown_tag; }
};

/// What takes a stored event; false ends the reading. Stands for every visitor in the concepts below.
using take_recorded = bool (*)(const recorded&);

/// The opened log of a store: `Store::log<Model>`, made from the store. One thread at a time. Events and outcomes of one unit of work are kept
/// together or not at all, and what is read within a unit includes its own. `can_fail`: it can refuse. `is_memory`: its own records are
/// what the runtime reads, and there is nothing to begin or commit; such a log is gesta's own.
template <class Log>
concept opened_log = requires(Log& log, const Log& fixed, once request, remembered outcome) {
  typename Log::stream;  // what an entity remembers of its stream, blank at first
  { Log::can_fail } -> std::convertible_to<bool>;
  { Log::is_memory } -> std::convertible_to<bool>;
  { fixed.last_position() } -> std::same_as<std::uint64_t>;
  { log.recall(request, outcome) } -> std::same_as<recall_result>;  // the payload lives until the next call
  { log.remember(request, outcome) } -> std::same_as<bool>;
  { fixed.last_failure() } -> std::convertible_to<const failure&>;  // why the last call gave false
};

/// An opened log whose events are bytes somewhere else: what another store has to be. Beside what is asked here it has
/// `append_result append<Aggregate>(stream&, std::uint32_t entity, const key_bytes&, std::uint64_t version, const origin&, const Event&)`:
/// within a unit, after catch_up, as this version of the stream. What it promises is told and tried by <gesta/testing/laws/store.hpp>.
template <class Log>
concept log_in_units = opened_log<Log> && !Log::is_memory &&
                       requires(Log& log, const Log& fixed, take_recorded take, typename Log::stream stream, key_bytes key, slice part) {
  { fixed.broken() } -> std::same_as<const failure*>;           // why it cannot be used at all
  { log.begin() } -> std::same_as<bool>;                        // from here to its end nobody else writes, but in a log_with_horizon
  { log.catch_up(take) } -> std::same_as<bool>;                 // what others appended since, at first everything
  { log.commit() } -> std::same_as<bool>;                       // false: nothing of the unit is kept
  log.rollback();                                               // nothing of the unit is kept
  { log.read(std::uint16_t{}, stream, key, part, take) } -> std::same_as<bool>;  // by the aggregate's tag; counted in versions
  { log.read_all(part, take) } -> std::same_as<bool>;           // counted in positions
};

/// A log that reads only what is asked for: as read_all, and what is not wanted is neither handed over nor counted. With another log it is
/// passed over by who reads.
template <class Log>
concept log_that_filters = requires(Log& log, const wanted_types& wanted, take_recorded take, slice part) {
  { log.read_all(part, wanted, take) } -> std::same_as<bool>;
};

/// A log that can take single events out for good, within a unit.
template <class Log>
concept log_that_erases = requires(Log& log, typename Log::stream stream, key_bytes key, stream_head head) {
  { log.look_up(std::uint16_t{}, stream, key, head) } -> std::same_as<bool>;
  { log.truncate_before(stream, std::uint16_t{}, key, std::uint64_t{}) } -> std::same_as<bool>;
  { log.close(stream, std::uint16_t{}, key) } -> std::same_as<bool>;
};

/// A log that may be opened to be read alone: gesta::reader. `only_reads()` is called once, before anything is read; from then on `look()`
/// stands for catch_up: last_position is that of now, and nothing is handed over. Another log that is no memory is read whole once.
template <class Log>
concept log_for_readers = requires(Log& log) {
  log.only_reads();
  { log.look() } -> std::same_as<bool>;
};

/// A log that is told from every other, also from what was restored from its backups.
template <class Log>
concept log_with_incarnations = requires(Log& log, const Log& fixed, message_id name, bool& answer) {
  { fixed.incarnation() } -> std::same_as<message_id>;
  { log.knows(name, std::uint64_t{}, answer) } -> std::same_as<bool>;
};

/// A log whose units run side by side. Up to its horizon none is under way any more: who follows it goes no further, and
/// its positions have gaps.
template <class Log>
concept log_with_horizon = requires(Log& log, const Log& fixed, std::uint64_t& count) {
  requires Log::has_horizon;
  { fixed.horizon() } -> std::same_as<std::uint64_t>;     // as of the last look outside of a unit
  { fixed.last_event() } -> std::same_as<std::uint64_t>;  // last_position() of a unit without events is where its first one will lie, less one
  { log.count_events(std::uint64_t{}, std::uint64_t{}, count) } -> std::same_as<bool>;
};

/// Whether a model can run on a store.
template <class Store, class Model>
concept store_for = opened_log<typename Store::template log<Model>> &&
                    (Store::template log<Model>::is_memory || log_in_units<typename Store::template log<Model>>);

}  // namespace gesta
