// What all consumers share that act outside by a log: where they begin, who of several may act, what is kept in one commit, what a person says.
// Floor: runtime. A base of effects and of relays.
// May include: all above.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/react/effect.hpp>
#include <gesta/runtime/letters.hpp>
#include <gesta/runtime/lease.hpp>
#include <gesta/runtime/passing.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/view_store.hpp>

namespace gesta::detail {

/// Written as the owner of a consumer that another one continues: nobody may act under its name any more.
inline constexpr message_id handed_over{0xffff'ffff'ffff'ffff, 0xffff'ffff'ffff'ffff};

/// A consumer named Self::name() whose checkpoint and letters are rows of a view store. Self acts between `begins` and the units that note what was done.
/// Not copyable; one thread at a time, the one that uses the log.
template <class Self, class Log, class Views, class Clock, class Observers>
class acting_outside : public letter_desk<typename Views::template opened<>, Observers>, public held_consumer<Self> {
  using held = held_consumer<Self>;
  using desk = letter_desk<typename Views::template opened<>, Observers>;

 protected:
  using desk::views_;

 public:
  using opened_type = typename Views::template opened<>;

  acting_outside(const acting_outside&) = delete;
  acting_outside& operator=(const acting_outside&) = delete;

  /// Up to where it has performed and noted.
  const gesta::checkpoint& checkpoint() const noexcept { return state_.at; }
  opened_type& views() noexcept { return views_; }
  const failure* broken() const noexcept { return views_.broken(); }

  // ---- events that were put aside; letters(visit) tells them

  /// Lets the next poll try a letter again, whatever it waits for, and when it succeeds those behind it. For the first open letter of its key; of another
  /// one, or of one that is not there, failure::kind::conflict.
  read_result retry(const letter& one) { return this->make_due(one, clock_()); }
  /// The same for the first open letter of every key; a consumer that has stopped goes on.
  read_result retry_all() { return this->make_all_due(clock_()); }
  /// Closes a letter without its effect: a person says why, and the letter is kept. Those that wait behind it go on with the next poll.
  read_result discard(const letter& one, std::string_view reason) { return this->close(one, reason, clock_()); }
  /// Lets a consumer go on that was paused, or that has stopped by itself.
  read_result resume() {
    const read_result kept = held::resume();
    return kept ? this->go_on() : kept;
  }

 protected:
  template <class Start>
  acting_outside(Log& log, const Views& views, std::string_view name, Start start, Clock&& clock, stop_after stop, const Observers& observers)
      : desk(views, name, stop, observers), log_(log), clock_(static_cast<Clock&&>(clock)) {
    if constexpr (std::is_same_v<Start, continues>) continues_ = start.id;
    else from_now_ = std::is_same_v<Start, from_now>;
  }

  /// Ended by a zero.
  std::string_view own_name() const noexcept { return static_cast<const Self&>(*this).name(); }
  /// What is open is taken back.
  void leaves() {
    if (is_open_) rolls_back();
  }

  // ---- units of the view store

  bool fails(const failure& cause, consumed& result, bool may_pass = false) {
    result.stop(cause, may_pass);
    return false;
  }
  bool store_fails(consumed& result) {
    const failure cause = views_.last_failure();
    if (is_open_) rolls_back();
    return fails(cause, result, view_may_pass(cause.why, views_.broken() != nullptr));
  }
  void rolls_back() {
    views_.rollback();
    is_open_ = false;
    this->forget();
  }
  /// Opens a unit, where the consumer is as this one left it and this one may act; else somebody else goes on with it.
  bool opens(consumed& result) {
    if (!views_.begin()) return store_fails(result);
    is_open_ = true;
    if (!views_.load(own_name(), kept_)) return store_fails(result);
    progress there = kept_;
    const bool is_ours = there.at == state_.at && there.owner != detail::handed_over;
    if (is_ours && may_act(there, result)) {
      state_ = there;
      return true;
    }
    rolls_back();
    return is_ours ? false : fails(moved_on(there), result);
  }
  bool may_act(progress& state, consumed& result) {
    const detail::admission found = this->admit(state, clock_);
    result.owned_elsewhere = found == detail::admission::owned_elsewhere;
    result.is_paused = found == detail::admission::is_paused;
    return found == detail::admission::goes_on;
  }
  bool closes(consumed& result) {
    if (state_ != kept_ && !views_.save(own_name(), state_)) return store_fails(result);
    is_open_ = false;
    if (views_.commit()) {
      this->tell_notes();
      return true;
    }
    this->forget();
    return store_fails(result);
  }
  failure moved_on(const progress& there) const {
    if (there.owner == detail::handed_over)
      return failure(failure::kind::conflict, 0, "the consumer ", own_name().data(), " was handed over to a new one, which continues it");
    failure cause(failure::kind::conflict, 0, "somebody else acts under the name ", own_name().data(), ": it was at position ", state_.at.position,
                  " and is at ");
    cause.add(there.at.position);
    cause.position = there.at.position;
    return cause;
  }

  // ---- where it is

  /// Where it is, and whether it may act; a claim, a start and the end of a stop are kept before anything is done.
  bool begins(consumed& result) {
    progress there;
    if (!views_.load(own_name(), there)) return store_fails(result);
    if (there.owner == detail::handed_over) return fails(moved_on(there), result);
    state_ = there;
    if (!may_act(there, result)) return false;
    if (there != state_ && !(opens(result) && closes(result))) return false;  // claimed before anything is done
    if (!has_begun_ && state_.at == gesta::checkpoint{} && !starts(result)) return false;
    has_begun_ = true;
    letter stopped;
    bool is_over = false;
    now_ = clock_();
    if (!this->look_whether_stopped(now_, stopped, is_over)) return store_fails(result);
    if (stopped.key.empty()) return true;
    if (!is_over) return fails(this->why_stopped(stopped), result);
    if (!opens(result)) return false;
    if (!views_.drop(own_name(), stopped)) return store_fails(result);
    this->half_open();
    return closes(result);
  }

  /// It has no checkpoint: it gets the one that its start says, before anything is done.
  bool starts(consumed& result) {
    const read_result known = log_.holds({});  // what other programs appended is looked at as well
    if (!known) return fails(known.why(), result);
    gesta::checkpoint first{log_.incarnation(), from_now_ ? log_.kept_position() : 0};
    if (!opens(result)) return false;
    if (continues_ != nullptr && !takes_over(first, result)) return false;
    if (first == state_.at) return rolls_back(), true;  // the beginning of a log without a name
    state_.at = first;
    return closes(result);
  }
  bool takes_over(gesta::checkpoint& first, consumed& result) {
    const std::string_view old(continues_);
    progress there;
    if (!views_.load(old, there)) return store_fails(result);
    if (there == progress{} || there.owner == detail::handed_over) {
      rolls_back();
      return fails(failure(failure::kind::conflict, 0, own_name().data(), " continues ", continues_,
                           there == progress{} ? ", which never began in this view store" : ", which another one continues already"),
                   result);
    }
    std::vector<letter> all;
    if (!views_.each_letter(old, [&](const letter& one) { return all.push_back(one), true; })) return store_fails(result);
    for (const letter& one : all)
      if ((one.position != 0 && !views_.put(own_name(), one)) || !views_.drop(old, one)) return store_fails(result);
    first = there.at;
    state_.time = there.time;
    there.owner = detail::handed_over;
    there.until = {0x7fff'ffff'ffff'ffff};
    return views_.save(old, there) || store_fails(result);
  }

  Log& log_;
  [[no_unique_address]] Clock clock_;
  progress state_;   ///< as this one left it
  timestamp now_;    ///< of this poll
  letter stops_;     ///< says why it stops in this poll; without a key it does not

 private:
  progress kept_;    ///< as it is in the open unit
  const char* continues_ = nullptr;
  bool from_now_ = false, has_begun_ = false, is_open_ = false;
};

}  // namespace gesta::detail
