// One command that is under way: what it recorded is taken back when an exception ends it.
// Floor: runtime. Between the app and the unit of work.
// May include: store.
#pragma once

#include <cstddef>

#include <gesta/store/failure.hpp>

namespace gesta::detail {

/// Left by an exception, what the command and its reactions recorded is taken back; where the log is no memory the unit is lost.
template <class Unit>
class command_under_way {
 public:
  explicit command_under_way(Unit& whole) : whole_(whole), start_(whole.here()), outcomes_(whole.outcome_count()) {}
  command_under_way(const command_under_way&) = delete;
  command_under_way& operator=(const command_under_way&) = delete;
  ~command_under_way() {
    if (ended_) return;
    whole_.give_up(start_, outcomes_);
    whole_.fails(failure(failure::kind::interrupted, 0, "a decision ended with an exception"));
  }
  void end() noexcept { ended_ = true; }

 private:
  Unit& whole_;
  typename Unit::mark_type start_;
  std::size_t outcomes_;
  bool ended_ = false;
};

}  // namespace gesta::detail
