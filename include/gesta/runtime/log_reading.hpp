// What everybody can do who has a log open: read it, follow it, tell where it ends. The same for an app and for a reader.
// Floor: runtime. Between what holds the log and who asks.
// May include: all above.
#pragma once

#include <cstdint>
#include <type_traits>

#include <gesta/model/queries.hpp>
#include <gesta/runtime/by_tags.hpp>
#include <gesta/runtime/feed.hpp>
#include <gesta/runtime/only.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/runtime/unknown_events.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Hands a stored record to a visitor of events; false ends the reading.
template <class Held, class Visit, class Unknown>
struct to_visitor {
  using flow_type = typename Held::flow_type;
  using events = typename events_asked<flow_type, Visit>::type;

  Visit& visit;
  Unknown& unknown;
  failure& cause;
  bool is_whole = false;  ///< what a stored event became is handed over to its end

  bool operator()(const recorded& record) const {
    // Copies go to what is rarely called: a record whose address goes nowhere needs no place in memory.
    if (record.tag == unknown_tag && detail::takes_unknown(unknown, recorded(record))) return true;
    bool goes_on = true;
    const about where{record.key, record.version, record.position, record.from.time, record.from.correlation, record.from.causation};
    const bool readable = detail::read_event<flow_type, events, Held::is_memory, true>(record, [&](const auto& event) {
      if constexpr (contains<std::remove_cvref_t<decltype(event)>, events>) {
        if (!goes_on && !is_whole) return;
        if constexpr (std::is_void_v<decltype(visit(event, where))>) visit(event, where);
        else goes_on = static_cast<bool>(visit(event, where)) && goes_on;
      }
    });
    if (!readable) cause = detail::why_unreadable(recorded(record));
    return readable && goes_on;
  }

  static constexpr const wanted_types& wanted()
    requires(!wants_all<flow_type, events>)
  {
    return wanted_tags<flow_type, events>;
  }
};

/// The part of Self that reads; Self gives it what holds the log: `Held& held()`.
template <class Self, class Held>
class log_reading {
 public:
  /// What this log is called: another one for each log, and for what is restored from a backup. A position says a place in it only.
  message_id incarnation() const noexcept {
    if constexpr (requires { held().log().incarnation(); }) return held().log().incarnation();
    else return {};
  }

  /// visit(incarnation, position) for each incarnation that the log has had, the first one first, with the position up to which it shares all with those
  /// before. The event at a position is of the last one whose position is smaller: that is what the log was called when the event was recorded.
  template <class Visit>
  read_result each_incarnation(Visit&& visit) {
    bool is_any = false;
    const auto each = [&](const message_id& name, std::uint64_t after) { is_any = true, visit(name, after); };
    if constexpr (requires { held().log().each_incarnation(each); })
      if (!held().log().each_incarnation(each)) return read_result(held().log().last_failure());
    if (!is_any) visit(incarnation(), std::uint64_t{0});
    return {};
  }

  /// Follows the log from a checkpoint on, from its beginning by default: what lies there, then what comes. Reads nothing yet.
  feed<Self> follow(const checkpoint& after = {}) { return feed<Self>(static_cast<Self&>(*this), after); }

  /// The position of the last event.
  std::uint64_t last_position() const noexcept {
    if constexpr (log_with_horizon<typename Held::log_type>) return held().log().last_event();
    else return held().log().last_position();
  }
  /// The position of the last event that is kept; those of an open batch are not.
  std::uint64_t kept_position() const noexcept { return held().kept_position(); }
  /// The position of the first event that the store keeps: 1, unless it keeps its last records only.
  std::uint64_t first_position() const noexcept {
    if constexpr (Held::is_memory) return held().log().events().first().records + 1;
    else return 1;
  }

  /// Whether a checkpoint is a place in this log as it is now, with what other programs appended; the blank one always is. False:
  /// failure::kind::ahead_of_log, or the store could not read.
  read_result holds(const checkpoint& place) {
    if (!held().catch_up()) return read_result(held().last_failure());
    bool is_ours = place == checkpoint{} || (place.incarnation == incarnation() && place.position <= kept_position());
    if constexpr (log_with_incarnations<typename Held::log_type>)
      if (!is_ours && !held().log().knows(place.incarnation, place.position, is_ours)) return read_result(held().log().last_failure());
    if (is_ours && (log_with_horizon<typename Held::log_type> || place.position <= kept_position())) return {};
    failure cause(failure::kind::ahead_of_log, 0, "the checkpoint at position ", place.position,
                  " is of another log, or of one that was restored from before");
    cause.position = kept_position();
    return read_result(cause);
  }

  /// How many events lie behind a checkpoint that it holds, of all kinds. Where positions have gaps they are counted, which costs as many steps.
  read_result count_behind(const checkpoint& place, std::uint64_t& events) {
    const std::uint64_t end = kept_position();
    events = end > place.position ? end - place.position : 0;
    if constexpr (log_with_horizon<typename Held::log_type>)
      if (events != 0 && !held().log().count_events(place.position, end, events)) return read_result(held().log().last_failure());
    return {};
  }

  /// Takes in what other programs appended since, so that states, views and positions show it. Every unit and every reading begins so; who
  /// only looks calls it. Waits for nobody, and keeps nobody from writing.
  read_result catch_up() { return held().catch_up() ? read_result() : read_result(held().last_failure()); }

  /// Calls visit(const Event&, const gesta::about&) for a part of one entity's stream, counted in versions, in order; events of an open
  /// batch included. visit may return false to end it. Old events come as those of today; slice::limit counts them as they are stored.
  /// Costs as many steps as there are events behind slice::after. An event that the model does not know ends it with
  /// failure::kind::unknown_event, unless the last argument says gesta::unknown_events::skip, or is a function that takes it as a
  /// const gesta::recorded& and keeps what it needs. A visitor made by gesta::only gets some types of events only.
  template <class Aggregate, class Key, class Visit, class Unknown = unknown_events>
  read_result read(const Key& key, const slice& part, Visit&& visit, Unknown unknown = {}) {
    failure cause;
    if (!held().catch_up()) return read_result(held().last_failure());
    const bool read = detail::each_stored<Aggregate>(held(), key, part, cause, to_visitor<Held, Visit, Unknown>{visit, unknown, cause});
    return told(read, cause);
  }

  /// The same for a part of the log, counted in positions.
  template <class Visit, class Unknown = unknown_events>
  read_result read(const slice& part, Visit&& visit, Unknown unknown = {}) {
    failure cause;
    if (!held().catch_up()) return read_result(held().last_failure());
    const bool read = detail::each_stored(held(), part, cause, to_visitor<Held, Visit, Unknown>{visit, unknown, cause});
    return told(read, cause);
  }

  /// The same for the events that have these values of these tags, whoever recorded them, counted in positions; slice::limit counts those
  /// that are handed over: `app.read(gesta::tagged<"course">("c1"), {}, visit)`. An unknown event ends it: nobody
  /// knows its tags. Costs as many steps as the part of the log has events.
  template <class Tags, class... Value, class Visit>
  read_result read(const tagged_with<Tags, Value...>& tagged, const slice& part, Visit&& visit) {
    return detail::read_by_tags(held(), tagged, part, visit);
  }

  /// As the reading of a part of the log, for who keeps a position and goes on behind it: what an old event became is handed over to its end,
  /// also when visit gives false in between, and `reached` becomes the position up to which there is nothing more to hand over.
  template <class Visit, class Unknown>
  read_result read_whole(const slice& part, Visit& visit, Unknown& unknown, std::uint64_t& reached) {
    failure cause;
    reached = part.after;
    if (!held().catch_up()) return read_result(held().last_failure());
    const to_visitor<Held, Visit, Unknown> each{visit, unknown, cause, true};
    bool goes_on = true;
    std::uint64_t left = part.limit;
    const auto take = [&](const recorded& record) {
      goes_on = each(record);
      if (cause.detail[0] == '\0') reached = record.position;
      --left;
      return goes_on;
    };
    using events = typename to_visitor<Held, Visit, Unknown>::events;
    const bool read = detail::each_stored(held(), part, cause, for_some<typename Held::flow_type, events, decltype(take)>{take});
    if (read && goes_on && left != 0) reached = part.to;  // what was erased, retired or not asked for is behind as well
    return told(read, cause);
  }

  /// Calls visit(const Event&, const gesta::about&) for each event that is kept, in order of position, those of an open batch included.
  /// False: the store could not read.
  template <class Visit, class Unknown = unknown_events>
  bool each_event(Visit&& visit, Unknown unknown = {}) {
    return static_cast<bool>(read({.after = first_position() - 1}, visit, unknown));
  }

  /// The cause why the store cannot be used; nullptr when it can.
  const failure* broken() const noexcept { return held().broken(); }

 private:
  Held& held() noexcept { return static_cast<Self&>(*this).held(); }
  const Held& held() const noexcept { return static_cast<const Self&>(*this).held(); }
  static read_result told(bool read, const failure& cause) {
    return read && cause.detail[0] == '\0' ? read_result() : read_result(cause);
  }
};

/// The flow of the model whose log this is; of an app that stands for a model with a mistake, that of none.
struct no_model {
  using parts = types<>;
};
template <class Self, class Held>
type_is<typename Held::flow_type> find_flow(const log_reading<Self, Held>*);
type_is<flow<no_model>> find_flow(...);
template <class Log>
using flow_of_log = typename decltype(detail::find_flow(static_cast<const Log*>(nullptr)))::type;

}  // namespace gesta::detail
