// What one instance of a process is: the fold of its records.
// Floor: react. The state of a stream in runtime/processes.hpp.
// May include: detail, message, decide, react.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/one_of.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/many.hpp>
#include <gesta/react/process_cells.hpp>
#include <gesta/react/process_records.hpp>

namespace gesta::detail {

/// The state of one instance. Cells: a process_cells.
template <class Cells>
class process_instance {
 public:
  using evolves_by_itself = void;
  using cells = Cells;
  using process = typename Cells::process;
  using states = typename Cells::states;

  struct open_command {
    std::uint32_t number = 0;  ///< counted from 1 over all that the instance has asked
    one_of<typename Cells::commands> command{};
  };

  // ---- how it stands

  bool is_queued = false;     ///< it waits in the work of the engine
  bool is_busy = false;       ///< an input of it is being recorded
  bool is_moving = false;     ///< it took an input, and is not yet in its next state
  std::uint32_t asked = 0;    ///< how many commands
  timestamp until{};          ///< when its state counts as timed out; zero: never
  timestamp changed{};        ///< when its last record was written
  message_id correlation{};

  /// The index of its state; 0 before it has begun.
  constexpr std::size_t state_index() const noexcept { return state_.which() == npos ? 0 : state_.which(); }
  constexpr bool has_begun() const noexcept { return state_.which() != npos; }
  constexpr bool has_ended() const noexcept { return Cells::table.states[state_index()].ends; }
  /// The state of this index. Only where it is in that one, and not before it has begun.
  template <std::size_t I>
  constexpr const at<I, states>& state() const {
    return state_.template get<I>();
  }
  /// What is asked and not answered, in the order in which it was asked.
  constexpr const many<open_command>& open() const noexcept { return open_; }
  /// What was put off, in the order in which it came.
  constexpr const many<one_of<typename Cells::inputs>>& waiting() const noexcept { return waiting_; }

  /// What it heard while it was busy.
  many<one_of<typename Cells::inputs>> meanwhile{};
  constexpr one_of<typename Cells::inputs> take_meanwhile() {
    const one_of<typename Cells::inputs> first = meanwhile[0];
    take_out(meanwhile, 0);
    return first;
  }

  // ---- records

  template <class State>
  constexpr void take(const moved<process, State>& r, const about& at) {
    state_ = one_of<states>(r.state);
    until = r.until;
    is_moving = false;
    note(at);
  }
  template <class Input>
  constexpr void take(const took<process, Input>& r, const about& at) {
    settle(r.answers, r.waited);
    is_moving = true;
    if constexpr (same<Input, timed_out>) until = {};
    note(at);
  }
  template <class Input>
  constexpr void take(const ignored<process, Input>& r, const about& at) {
    settle(r.answers, r.waited);
    if constexpr (same<Input, timed_out>) until = {};
    note(at);
  }
  template <class Input>
  constexpr void take(const turned_away<process, Input>& r, const about& at) {
    settle(r.answers, r.waited);
    if constexpr (same<Input, timed_out>) until = {};
    note(at);
  }
  template <class Input>
  constexpr void take(const put_off<process, Input>& r, const about& at) {
    settle(r.answers, r.waited);
    if constexpr (same<Input, timed_out>) until = {};
    if constexpr (requires { r.input; }) waiting_.push_back(r.input);
    else waiting_.push_back(Input{});
    note(at);
  }
  template <class Command>
  constexpr void take(const process_records::asked<process, Command>& r, const about& at) {
    open_.push_back({++asked, r.command});
    note(at);
  }

 private:
  constexpr void note(const about& at) {
    changed = at.time;
    if (correlation == message_id{}) correlation = at.correlation;
    if (has_ended()) {  // what is over needs no values but those of its end
      waiting_.clear();
      until = {};
    }
  }
  /// A command is answered, or what waited has come again.
  constexpr void settle(std::uint32_t answers, std::uint32_t waited) {
    for (std::size_t i = 0; i < open_.size(); ++i)
      if (answers != 0 && open_[i].number == answers) take_out(open_, i);
    if (waited != 0 && waited <= waiting_.size()) take_out(waiting_, waited - 1);
  }
  template <class Element>
  static constexpr void take_out(many<Element>& all, std::size_t at) {
    for (; at + 1 < all.size(); ++at) all[at] = all[at + 1];
    all.pop_back();
  }

  one_of<states> state_{};
  many<open_command> open_{};
  many<one_of<typename Cells::inputs>> waiting_{};
};

}  // namespace gesta::detail
