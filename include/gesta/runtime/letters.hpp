// The events that a consumer has put aside: which are tried again, what a person may do with them, and when the consumer stops by itself.
// Floor: runtime. Consumers of all kinds are built on it.
// May include: all above.
//
// Of each key only the first open letter is ever tried; it is due at a time, or when a person says so. When it is done, or discarded, the next one of
// its key is made due in the same commit: so nothing that waits is forgotten, and nobody has to look at the letters that are not due.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <gesta/react/effect.hpp>
#include <gesta/runtime/letter_notes.hpp>
#include <gesta/runtime/unknown_events.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/view_store.hpp>

namespace gesta {

/// What a poll came to: false when the consumer cannot go on, and why() says the cause; what was done before is kept, unless it is of the view
/// store.
class [[nodiscard]] consumed {
 public:
  std::uint64_t handled = 0;    ///< hand-overs that succeeded: changes of a row, effects; letters that were tried again included
  std::uint64_t put_aside = 0;  ///< letters that were written: events that failed, and events that wait behind them
  bool caught_up = false;       ///< everything that is kept in the log was handed over, and every letter that was due was tried
  bool owned_elsewhere = false; ///< another one has claimed the consumer: nothing was done
  bool is_paused = false;       ///< somebody has let it stand still: nothing was done
  bool passes = false;          ///< only where it is false: the cause may be over by itself, as of a transport that is away; what is polled again goes on then

  explicit operator bool() const noexcept { return went_on_; }
  /// Only where it is false.
  const failure& why() const noexcept { return cause_; }
  void stop(const failure& cause, bool may_pass = false) {
    cause_ = cause;
    went_on_ = false;
    passes = may_pass;
  }

 private:
  failure cause_;
  bool went_on_ = true;
};

/// How far a consumer is behind its log.
struct lag {
  std::uint64_t events = 0;      ///< positions between its checkpoint and the end of the log
  std::int64_t nanoseconds = 0;  ///< since the first event that it has not seen was recorded; 0 where there is none, or a model keeps no times
};

/// When a consumer stops by itself: what fails so often is rather the consumer, or what it works with, than its events. It then does nothing until a
/// person says resume(), also when the program starts again. 0: never.
struct stop_after {
  std::uint32_t keys = 100;     ///< more keys than this are blocked
  std::uint32_t in_a_row = 20;  ///< so many failures of one kind with nothing done between them: one type of error, or exceptions
  duration resumes_after{};     ///< it goes on by itself after this time, and the next failure stops it again; 0: only a person lets it go on
};

namespace detail {

/// The letter of a consumer that has stopped.
inline constexpr std::string_view key_of_consumer = "(consumer)";

/// A view store that finds letters without looking at all of them.
template <class Views>
concept finds_letters = requires(Views& views, std::string_view name, timestamp now, bool (*visit)(const letter&), letter& one, bool& found) {
  { views.any_letter(name, found) } -> std::same_as<bool>;
  { views.each_due(name, now, std::size_t{}, visit) } -> std::same_as<bool>;
  { views.find_letter(name, std::uint64_t{}, name, one, found) } -> std::same_as<bool>;
};

inline bool is_due(const letter& one, timestamp now) noexcept { return one.due.nanoseconds != 0 && one.due.nanoseconds <= now.nanoseconds; }

/// The open letters of one key, the first of which may be tried; in order.
struct letters_of_key {
  std::vector<letter> all;
};

/// The letters of one consumer. A base of consumers; what is public is theirs.
template <class Opened, class Observers = observed_by<>>
class letter_desk {
 public:
  /// visit(const letter&) for each event that was put aside, in order of position, those that a person discarded included; a letter at position 0
  /// says that the consumer itself has stopped. visit may return false to end it.
  template <class Visit>
  read_result letters(Visit&& visit) {
    const auto each = [&](const letter& one) {
      if constexpr (std::is_void_v<decltype(visit(one))>) return visit(one), true;
      else return static_cast<bool>(visit(one));
    };
    return views_.each_letter(name_, each) ? read_result() : read_result(views_.last_failure());
  }

 protected:
  template <class Store>
  letter_desk(const Store& store, std::string_view name, stop_after stop, const Observers& observers)
      : views_(store), name_(name), stop_(stop), notes_(observers) {}

  // ---- what a person says

  /// Makes a letter due; it must be the first open one of its key.
  read_result make_due(const letter& one, timestamp now) {
    return change(one, [&](std::vector<letter>& open, std::size_t at) {
      if (!is_first(open, at)) return false;
      open[at].due = now;
      return views_.put(name_, open[at]);
    });
  }
  read_result make_all_due(timestamp now) {
    return in_unit([&](std::vector<letter>& open, failure&) {
      std::unordered_set<std::string> seen;
      for (letter& one : open) {
        if (!seen.insert(one.key).second) continue;
        one.due = now;
        if (!views_.put(name_, one)) return false;
      }
      return true;
    });
  }
  read_result close(const letter& one, std::string_view reason, timestamp now) {
    return change(one, [&](std::vector<letter>& open, std::size_t at) {
      const bool frees = is_first(open, at);
      open[at].discarded = reason.empty() ? std::string_view("no reason was given") : reason;
      open[at].due = {};
      if (!views_.put(name_, open[at])) return false;
      for (std::size_t next = at + 1; frees && next < open.size(); ++next) {
        if (open[next].key != open[at].key) continue;
        open[next].due = now;
        return views_.put(name_, open[next]);
      }
      return true;
    });
  }
  read_result go_on() {
    in_a_row_ = 0;
    return in_unit([&](std::vector<letter>& open, failure&) {
      return open.empty() || open.front().position != 0 || views_.drop(name_, open.front());
    });
  }

  // ---- what is tried again

  /// The letters of the keys that have a due one, of so many keys at most. False: they cannot be read.
  bool collect_due(timestamp now, std::uint64_t most_keys, std::vector<letters_of_key>& due) {
    std::unordered_map<std::string, std::size_t> places;
    std::vector<letters_of_key> all;
    const auto note = [&](const letter& one) {
      if (!one.discarded.empty() || one.position == 0) return true;
      const auto [at, is_new] = places.try_emplace(one.key, all.size());
      if (is_new) all.emplace_back();
      all[at->second].all.push_back(one);
      return true;
    };
    if (!each_due(now, most_keys, note)) return false;
    for (letters_of_key& of : all)
      if (detail::is_due(of.all.front(), now)) due.push_back(static_cast<letters_of_key&&>(of));
    return true;
  }

  /// Whether a letter is still as it was when it was collected; inside a unit.
  bool is_as_it_was(const letter& one, bool& same) {
    same = false;
    if constexpr (finds_letters<Opened>) {
      letter there;
      if (!views_.find_letter(name_, one.position, one.key, there, same)) return false;
      same = same && there == one;
      return true;
    } else {
      return views_.each_letter(name_, [&](const letter& there) {
        same = there == one;
        return !same;
      });
    }
  }

  /// Whether any letter is open.
  bool any_letters(bool& any) {
    any = false;
    if constexpr (finds_letters<Opened>) return views_.any_letter(name_, any);
    else
      return views_.each_letter(name_, [&](const letter& one) {
        any = any || one.discarded.empty();
        return !any;
      });
  }
  bool is_blocked(std::string_view key, bool& blocked) { return views_.is_blocked(name_, key, blocked); }

  /// Makes the next letter of a key due, in the unit in which the one before it was done.
  bool make_next_due(std::vector<letter>& of, std::size_t done, timestamp now) {
    if (done + 1 == of.size()) {
      blocked_.erase(of[done].key);
      return true;
    }
    of[done + 1].due = now;
    return views_.put(name_, of[done + 1]);
  }

  // ---- when it stops by itself

  /// Whether the consumer has stopped; a stop whose time is over is taken away, which needs a unit. False: it cannot be read.
  bool look_whether_stopped(timestamp now, letter& stopped, bool& is_over) {
    bool any = false;
    stopped = {};
    is_over = false;
    if (!is_blocked(key_of_consumer, any)) return false;
    if (!any) return true;
    bool good = views_.each_letter(name_, [&](const letter& one) {
      if (one.position == 0 && one.discarded.empty()) stopped = one;
      return false;
    });
    is_over = good && !stopped.key.empty() && detail::is_due(stopped, now);
    return good;
  }
  failure why_stopped(const letter& stopped) const {
    failure cause(failure::kind::stopped, 0, "the consumer ");
    add(cause, name_);
    cause.add(" has stopped: ");
    add(cause, stopped.cause);
    return cause;
  }
  static void add(failure& cause, std::string_view words) { cause.add(std::string(words).c_str()); }

  /// It goes on by itself: one more failure stops it again.
  void half_open() noexcept {
    if (stop_.in_a_row != 0) in_a_row_ = stop_.in_a_row - 1;
  }
  void note_success() noexcept { in_a_row_ = 0; }
  /// What was noted may not be kept.
  void forget() noexcept {
    knows_blocked_ = false;
    notes_.forget();
  }

  // ---- what observers hear, once it is kept

  /// Writes a letter of an event that was put aside, or has failed again.
  bool put_letter(const letter& one) {
    notes_.note_parked(one);
    return views_.put(name_, one);
  }
  /// A letter is tried; one that only waited was never tried before.
  void note_try(const letter& one) {
    if (one.attempts != 0) notes_.note_retried(one);
  }
  /// The unit is kept.
  void tell_notes() noexcept { notes_.tell(name_.c_str()); }

  /// Notes a failure of a kind (a name that lives as long as the program). True: the consumer has to stop, and `stopped` is its letter.
  bool note_failure(const char* kind, const std::string& key, const std::string& words, timestamp now, letter& stopped) {
    in_a_row_ = kind == kind_ || kind_ == nullptr ? in_a_row_ + 1 : 1;
    kind_ = kind;
    if (stop_.in_a_row != 0 && in_a_row_ >= stop_.in_a_row)
      return make_stop(stopped, std::to_string(in_a_row_) + " failures in a row, the last: " + words, now);
    if (stop_.keys == 0 || !learn_blocked()) return false;
    blocked_.insert(key);
    if (blocked_.size() <= stop_.keys) return false;
    knows_blocked_ = false;  // others may have freed some
    if (!learn_blocked()) return false;
    blocked_.insert(key);
    if (blocked_.size() <= stop_.keys) return false;
    return make_stop(stopped, std::to_string(blocked_.size()) + " keys are blocked, the last: " + words, now);
  }

  Opened views_;

 private:
  template <class Visit>
  bool each_due(timestamp now, std::uint64_t most_keys, Visit&& visit) {
    if constexpr (finds_letters<Opened>) return views_.each_due(name_, now, static_cast<std::size_t>(most_keys), visit);
    else return views_.each_letter(name_, visit);
  }

  bool make_stop(letter& stopped, const std::string& cause, timestamp now) {
    stopped = {.position = 0, .key = std::string(key_of_consumer), .cause = cause, .attempts = 1, .since = now};
    if (stop_.resumes_after.nanoseconds != 0) stopped.due = now + stop_.resumes_after;
    return true;
  }

  bool learn_blocked() {
    if (knows_blocked_) return true;
    blocked_.clear();
    knows_blocked_ = views_.each_letter(name_, [&](const letter& one) {
      if (one.discarded.empty() && one.position != 0) blocked_.insert(one.key);
      return true;
    });
    return knows_blocked_;
  }

  static bool is_first(const std::vector<letter>& open, std::size_t at) {
    for (std::size_t i = 0; i < at; ++i)
      if (open[i].key == open[at].key) return false;
    return true;
  }

  /// act(open letters, cause) in a unit of its own. False: the store could not, or there is a cause.
  template <class Act>
  read_result in_unit(Act&& act) {
    if (!views_.begin()) return read_result(views_.last_failure());
    std::vector<letter> open;
    failure cause;
    bool good = views_.each_letter(name_, [&](const letter& one) {
      if (one.discarded.empty()) open.push_back(one);
      return true;
    });
    good = good && act(open, cause);
    if (good) return views_.commit() ? read_result() : read_result(views_.last_failure());
    if (cause.detail[0] == '\0') cause = views_.last_failure();
    views_.rollback();
    return read_result(cause);
  }
  template <class Alter>
  read_result change(const letter& one, Alter&& alter) {
    return in_unit([&](std::vector<letter>& open, failure& cause) {
      const auto at = std::find_if(open.begin(), open.end(), [&](const letter& there) { return there.position == one.position && there.key == one.key; });
      const char* wrong = at == open.end() ? "there is no open letter of the consumer " : "an earlier letter of its key is open: the consumer ";
      if (at != open.end() && alter(open, static_cast<std::size_t>(at - open.begin()))) return true;
      if (at != open.end() && is_first(open, static_cast<std::size_t>(at - open.begin()))) return false;  // the store could not
      cause = failure(failure::kind::conflict, 0, wrong);
      add(cause, name_);
      cause.add(", position ");
      cause.add(one.position);
      cause.position = one.position;
      return false;
    });
  }

  std::string name_;
  stop_after stop_;
  std::unordered_set<std::string> blocked_;
  const char* kind_ = nullptr;
  std::uint32_t in_a_row_ = 0;
  bool knows_blocked_ = false;
  [[no_unique_address]] letter_notes<Observers> notes_;
};

}  // namespace detail

}  // namespace gesta
