// How a command of a boundary is decided: by the states about its tags, and kept if nothing that belongs to them has come since.
// Floor: runtime. A part of the engine; included by it.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gesta/runtime/engine.hpp>

namespace gesta::detail {

// Named so that a debugger says it: `decide` of a boundary handled commands of the same app.
[[noreturn, gnu::cold]] inline void decide_changed_what_it_read() { __builtin_abort(); }

template <class Model, class Store, class Clock>
template <class Command, class Request, class Answer>
auto engine<Model, Store, Clock>::decide_across(const Command& command, const Request& request, const origin& from, Answer&& answer) {
  using handler = handler_of<Command>;
  using reads = typename handler::reads;
  constexpr bool remembers = same<Request, once>;
  constexpr bool is_reacted_to = anything_follows<flow_type, typename handler::events, reactor_list>;

  auto& table = this->template table_of<typename handler::aggregate>();
  const auto place = table.find(the_whole);
  const std::uint64_t version = place->version;
  const auto now = this->tag_states_.read(reads{}, command);
  if (!answer.expects(now.last)) {
    if constexpr (base::is_observed) note_conflict<handler>(table.bytes_of(the_whole), answer, now.last);
    return answer.unexpected(now.last);
  }
  if (!this->knows_all_tagged()) return answer.failed();

  const mark_type start = this->unit().here();
  const std::size_t outcomes = this->outcome_count();
  const std::uint64_t read_at = this->log_.last_position();
  auto d = call_decide_together(now.states, command, [&] { return this->about_now(table, the_whole, version, from); });
  // The append condition. Within a unit nobody else writes, so only decide itself could break it.
  if (this->log_.last_position() != read_at && this->tag_states_.read(reads{}, command).last > read_at) [[unlikely]] {
    this->fails(failure(failure::kind::conflict, 0, "what the decision had read has changed before its events were recorded"));
    if constexpr (!can_fail) decide_changed_what_it_read();
    this->give_up(start, outcomes);
    return answer.failed();
  }
  if (d.refused()) {
    const std::size_t which = d.refusal_index();
    if constexpr (remembers)
      if (!remember_refusal<handler>(request, d, which, version)) return answer.failed();
    if constexpr (base::is_observed) note_rejected<handler>(d, which, table.bytes_of(the_whole), version);
    return answer.refused(d, which, now.states, version);
  }
  std::uint64_t last = 0;
  if (!d.empty()) {
    if (!keep<handler>(table, place, d, from)) [[unlikely]] {
      this->give_up(start, outcomes);
      return answer.failed();
    }
    if (place->version != version) last = this->log_.last_position();  // an open number may be none
    if constexpr (hears_events<std::remove_cvref_t<Answer>>)
      if (last != 0) show<handler>(d, start, answer);
  }
  if constexpr (base::is_observed)
    if (last != 0) note_decided<handler>(table.bytes_of(the_whole), place->version, last, place->version - version);
  if constexpr (is_reacted_to) {
    if (last != 0 && !follow<handler>(table, place, d, start, version, from)) [[unlikely]] {
      this->give_up(start, outcomes);
      return answer.failed();
    }
  }
  if constexpr (remembers) {
    const remembered outcome{last == 0 ? verdict::nothing : verdict::accepted, 0, place->version, last, nullptr, 0};
    if (!this->log_.remember(request, outcome)) [[unlikely]] {
      this->fails(this->log_.last_failure());
      this->give_up(start, outcomes);
      return answer.failed();
    }
  }
  if constexpr (!is_reacted_to && is_memory && !has_open_number<typename handler::contract::event_list>) {
    if constexpr (any_is_projected<typename handler::events, typename unit_of_work<Model, Store, Clock>::views_type::projections>)
      if constexpr (std::remove_cvref_t<Answer>::is_root)
        if (!this->open_) project_own<handler>(table, place, d, version, start.records, from);
  }
  if constexpr (base::is_observed)
    if (last == 0) note_decided<handler>(table.bytes_of(the_whole), version, 0, 0);
  return answer.settled(this->tag_states_.read(reads{}, command).states, place->version, last);
}

}  // namespace gesta::detail
