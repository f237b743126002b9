// Delayed messages as entities: each name that somebody gave one is a stream of what became of it.
// Floor: model.
// May include: detail, message, decide, react, model.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/decide/aggregate.hpp>
#include <gesta/detail/one_of.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/id.hpp>
#include <gesta/model/parts.hpp>
#include <gesta/react/saga_records.hpp>

namespace gesta {

/// What became of a delayed command.
enum class delay_ended : std::uint8_t { accepted, did_nothing, refused };

namespace delay_records {

/// A command is to be handled at a time; one that waited under the same name is replaced.
template <class Command>
struct delayed_until {
  static constexpr event_id id = detail::command_record_name<"delayed.", Command>::id;
  Command command;
  timestamp due;
};
/// What waited under the name is taken back, or what was refused has been looked at.
struct cancelled {
  static constexpr auto id = "delayed.cancelled";
};
/// It was handled; `refusal` is the id of its rejection. One that was refused stays listed until its name is cancelled or said again.
struct handled {
  static constexpr auto id = "delayed.handled";
  delay_ended how;
  saga_word refusal;
};

}  // namespace delay_records

namespace detail {

/// The state of one name.
template <class... Command>
struct delay_state {
  using evolves_by_itself = void;

  one_of<types<Command...>> command;  ///< that waits, or was refused
  timestamp due{};
  timestamp changed{};
  origin asked{};                     ///< of the record by which it was said
  std::uint64_t position = 0;         ///< of that
  saga_word refusal;
  bool waits = false;
  bool was_refused = false;
  bool is_queued = false;  ///< it waits in the work of the engine

  template <class Record>
  void take(const Record& r, const about& at) {
    changed = at.time;
    fold(r, at);
  }

 private:
  template <class C>
  void fold(const delay_records::delayed_until<C>& r, const about& at) {
    command = r.command;
    due = r.due;
    asked = {at.time, at.correlation, at.causation};
    position = at.position;
    refusal = {};
    waits = true;
    was_refused = false;
  }
  void fold(const delay_records::cancelled&, const about&) { end(); }
  void fold(const delay_records::handled& r, const about&) {
    if (r.how != delay_ended::refused) return end();
    refusal = r.refusal;
    waits = false;
    was_refused = true;
  }
  void end() {
    command = {};
    refusal = {};
    waits = was_refused = false;
  }
};

template <class Part>
struct delay_stream;
template <class... Command>
struct delay_stream<delayed<Command...>> {
  using state_type = delay_state<Command...>;
  using command_list = commands<>;
  using found_by = by_call;
  using record_list = types<delay_records::delayed_until<Command>..., delay_records::cancelled, delay_records::handled>;
  static constexpr auto id = "delayed";
};

template <class Part>
inline constexpr bool is_delayed = false;
template <class... Command>
inline constexpr bool is_delayed<delayed<Command...>> = true;
template <class Part>
concept delayed_part = is_delayed<Part>;

/// Whether delayed commands can be handled: what cannot is reported by a rule.
template <class Flow, class Part>
inline constexpr bool can_be_delayed = false;
template <class Flow, class... Command>
inline constexpr bool can_be_delayed<Flow, delayed<Command...>> = ((identified<Command> && Flow::template knows<Command>) && ...);

}  // namespace detail

}  // namespace gesta
