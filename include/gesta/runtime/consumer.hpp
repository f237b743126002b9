// A consumer: it follows a log and keeps one view by it, and what it has seen is kept in the same commit as what it made of it.
// Floor: runtime.
// May include: all above.
//
// The way of an event: it is read behind the consumer's checkpoint; the rows it belongs to are found; where an earlier event of the same row
// was put aside it is put behind that one; else it is projected. Rows, checkpoint and letters are one commit, and the checkpoint is read
// inside it: whatever ends the program, and however many processes run one consumer, an event changes a view once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/view_name.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/feed.hpp>
#include <gesta/runtime/lease.hpp>
#include <gesta/runtime/rebuilding.hpp>
#include <gesta/runtime/row_projecting.hpp>
#include <gesta/runtime/serving.hpp>
#include <gesta/runtime/unknown_events.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/view_store.hpp>

namespace gesta {

/// What a poll came to: false when the consumer cannot go on, and why() says the cause; what was done before is kept, unless it is of the view
/// store.
class [[nodiscard]] consumed {
 public:
  std::uint64_t handled = 0;    ///< events that changed the view, letters that were tried again included
  std::uint64_t put_aside = 0;  ///< letters that were written: events that failed, and events that wait behind them
  bool caught_up = false;       ///< everything that is kept in the log was handed over
  bool owned_elsewhere = false; ///< another one has claimed the consumer: nothing was done
  bool is_paused = false;       ///< somebody has let it stand still: nothing was done

  explicit operator bool() const noexcept { return went_on_; }
  /// Only where it is false.
  const failure& why() const noexcept { return cause_; }
  void stop(const failure& cause) {
    cause_ = cause;
    went_on_ = false;
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

/// Keeps the view of Projection, from a log (an app, or a gesta::reader) in a view store: made by `gesta::consume<by_country>(log, views)`. It acts
/// only when it is polled. Not copyable; one thread at a time, the one that uses the log.
template <class Projection, class Log, class Views, class Clock = system_clock>
class consumer : public detail::held_consumer<consumer<Projection, Log, Views, Clock>>,
                 public detail::rebuilding<consumer<Projection, Log, Views, Clock>> {
  friend detail::rebuilding<consumer>;
  using rows_type = detail::projected_rows<Projection>;
  using row_type = typename rows_type::row_type;
  using key_type = typename rows_type::key_type;
  using opened_type = typename Views::template opened<Projection>;

 public:
  using projection = Projection;

  consumer(Log& log, const Views& views, Clock clock = {}, unknown_events unknown = unknown_events::fail)
      : log_(log), views_(views), clock_(static_cast<Clock&&>(clock)), unknown_(unknown) {
    (void)sizeof(diagnostic::view_version_below_one<detail::has_sound_version<Projection>(), Projection>);
  }
  consumer(const consumer&) = delete;
  consumer& operator=(const consumer&) = delete;

  /// The name of its checkpoint and its letters: the projection's id, from version 2 on with the version.
  static constexpr std::string_view name() noexcept { return detail::view_name<Projection>; }

  /// Handles the letters that are due, then what was kept in the log since, at most `limit` stored events, in one commit.
  consumed poll(std::uint64_t limit = 1000) {
    consumed result;
    if (const failure* const cause = views_.broken()) return result.stop(*cause), result;
    if (!views_.begin()) return result.stop(views_.last_failure()), result;
    progress state;
    if (!views_.load(name(), state)) return gives_up(result);
    const progress before = state;
    if (!may_act(state, result)) return result;
    if (!try_letters(result)) return gives_up(result);
    auto feed = log_.follow(state.at);
    bool broken = false;
    const auto handle = [&](const auto& event, const about& where) {
      state.time = where.time;
      if constexpr (projects<row_type, std::remove_cvref_t<decltype(event)>>) broken = !hand_over(event, where, nullptr, result);
      return !broken;
    };
    const read_result read = feed.poll(handle, limit, unknown_);
    if (broken) return gives_up(result);
    state.at = feed.checkpoint();
    if (!detail::note_serving<Projection>(views_, state)) return gives_up(result);
    if (state != before && !views_.save(name(), state)) return gives_up(result);
    if (!views_.commit()) return result.stop(views_.last_failure()), result;
    at_ = state.at;
    result.caught_up = read && feed.is_live();
    if (!read) result.stop(read.why());
    return result;
  }

  /// Up to where the last poll has seen the log.
  const gesta::checkpoint& checkpoint() const noexcept { return at_; }

  /// How far the view is behind the log, by the consumer's clock. False where it cannot be read.
  read_result measure(lag& behind) {
    behind = {};
    progress state;
    if (!views_.load(name(), state)) return read_result(views_.last_failure());
    const gesta::checkpoint& at = state.at;
    const read_result known = log_.holds(at);
    if (!known || log_.kept_position() == at.position) return known;
    behind.events = log_.kept_position() - at.position;
    const auto note = [&](const auto&, const about& where) {
      if (where.time.nanoseconds != 0) behind.nanoseconds = clock_().nanoseconds - where.time.nanoseconds;
      return false;
    };
    return log_.read({.after = at.position, .limit = 1}, note, unknown_events::skip);
  }

  /// The rows, as they are kept; see gesta::row_table. Good until the next poll.
  auto& rows() noexcept { return views_.template table<Projection>(); }
  /// The row with this key; nullptr where there is none.
  const row_type* row(const key_type& key) { return rows().find(key); }
  opened_type& views() noexcept { return views_; }
  Log& log() noexcept { return log_; }
  const failure* broken() const noexcept { return views_.broken(); }

  // ---- events that were put aside

  /// visit(const letter&) for each event that was put aside, in order of position, those that a person discarded included.
  template <class Visit>
  read_result letters(Visit&& visit) {
    const auto each = [&](const letter& one) {
      if constexpr (std::is_void_v<decltype(visit(one))>) return visit(one), true;
      else return static_cast<bool>(visit(one));
    };
    return views_.each_letter(name(), each) ? read_result() : read_result(views_.last_failure());
  }
  /// Lets the next poll try a letter again, and when it succeeds those that wait behind it. For the first open letter of its key; the others
  /// wait on.
  read_result retry(const letter& one) {
    return change(one, [&](letter& kept) { kept.due = clock_(); });
  }
  /// Closes a letter without its event having been handled: a person says why. Those that wait behind it go on with the next poll.
  read_result discard(const letter& one, std::string_view reason) {
    return change(one, [&](letter& kept) {
      kept.discarded = reason.empty() ? std::string_view("no reason was given") : reason;
      kept.due = {};
    });
  }

 private:
  template <class Alter>
  read_result change(const letter& one, Alter&& alter) {
    if (!views_.begin()) return read_result(views_.last_failure());
    letter kept;
    bool found = false;
    const auto look = [&](const letter& there) {
      found = there.position == one.position && there.key == one.key && there.discarded.empty();
      if (found) kept = there;
      return !found;
    };
    bool good = views_.each_letter(name(), look);
    if (good && found) {
      alter(kept);
      good = views_.put(name(), kept);
    }
    if (!good) {
      const failure cause = views_.last_failure();
      views_.rollback();
      return read_result(cause);
    }
    if (!found) {
      views_.rollback();
      failure cause(failure::kind::conflict, 0, "there is no open letter of the consumer ", detail::view_name<Projection>, " at position ", one.position);
      cause.position = one.position;
      return read_result(cause);
    }
    return views_.commit() ? read_result() : read_result(views_.last_failure());
  }

  /// Within a unit, which is taken back where it may not.
  bool may_act(progress& state, consumed& result) {
    const detail::admission found = this->admit(state, clock_);
    result.owned_elsewhere = found == detail::admission::owned_elsewhere;
    result.is_paused = found == detail::admission::is_paused;
    if (found != detail::admission::goes_on) views_.rollback();
    return found == detail::admission::goes_on;
  }

  consumed gives_up(consumed& result) {
    result.stop(views_.last_failure());
    result.handled = result.put_aside = 0;
    views_.rollback();
    return result;
  }

  /// Hands an event to its rows, or with `only` to the row of that letter. False: the view store failed.
  template <class Event>
  bool hand_over(const Event& event, const about& where, const letter* only, consumed& result) {
    bool good = true;
    const auto make = [&]() -> const about& { return where; };
    detail::each_place<Projection>(event, make, [&](const key_type& key) {
      if (!good) return;
      if constexpr (rows_type::has_key) {
        key_buffer<key_type> buffer;
        const key_bytes bytes = key_bytes_of<key_type>(key, buffer);
        const std::string_view text(bytes.data == nullptr ? "" : bytes.data, bytes.size);
        if (only == nullptr || only->key == text) good = to_row(event, where, key, text, only, result);
      } else {
        good = to_row(event, where, key, {}, only, result);
      }
    });
    return good;
  }

  template <class Event>
  bool to_row(const Event& event, const about& where, const key_type& key, std::string_view text, const letter* only, consumed& result) {
    if (only == nullptr && this->was_discarded(where.position, text)) return true;
    if (only == nullptr && any_letters_) {
      bool blocked = false;
      if (!views_.is_blocked(name(), text, blocked)) return false;
      if (blocked) return put_aside({.position = where.position, .key = std::string(text), .since = clock_()}, result);
    }
    std::string cause;
    switch (detail::project_to_key<Projection>(rows(), key, event, [&]() -> const about& { return where; }, cause)) {
      case detail::attempt::done:
        ++result.handled;
        return only == nullptr || views_.drop(name(), *only);
      case detail::attempt::failed: {
        letter one;
        if (only != nullptr) one = *only;
        else one = {.position = where.position, .key = std::string(text), .since = clock_()};
        one.cause = cause.empty() ? std::string("no cause was given") : cause;
        one.attempts += 1;
        one.due = {};
        failed_again_ = true;
        return put_aside(one, result);
      }
      case detail::attempt::broken: break;
    }
    return false;
  }

  bool put_aside(const letter& one, consumed& result) {
    any_letters_ = true;
    ++result.put_aside;
    return views_.put(name(), one);
  }

  /// Tries what is due: of each row the first open letter, where its time has come or where nothing is before it any more, and then those
  /// behind it, until one fails.
  bool try_letters(consumed& result) {
    std::vector<letter> open;
    this->forget_discarded();
    if (!views_.each_letter(name(), [&](const letter& one) {
          if (one.discarded.empty()) open.push_back(one);
          else this->note_discarded(one);
          return true;
        }))
      return false;
    any_letters_ = !open.empty();
    if (open.empty()) return true;
    const timestamp now = clock_();
    std::unordered_set<std::string> stuck;
    for (const letter& one : open) {
      if (stuck.contains(one.key)) continue;
      const bool is_due = one.attempts == 0 || (one.due.nanoseconds != 0 && one.due.nanoseconds <= now.nanoseconds);
      failed_again_ = !is_due;
      if (is_due && !try_again(one, result)) return false;
      if (failed_again_) stuck.insert(one.key);
    }
    return true;
  }

  bool try_again(const letter& one, consumed& result) {
    bool good = true, met = false;
    const auto handle = [&](const auto& event, const about& where) {
      met = true;
      if constexpr (projects<row_type, std::remove_cvref_t<decltype(event)>>) good = good && hand_over(event, where, &one, result);
    };
    const read_result read = log_.read({.after = one.position - 1, .to = one.position}, handle, unknown_events::skip);
    if (!good) return false;
    if (read && met) return true;
    letter gone = one;  // what cannot be read stays aside, and says why
    gone.cause = read ? "the event is no longer there, or the model does not know it" : read.why().describe();
    gone.attempts += 1;
    gone.due = {};
    failed_again_ = true;
    return views_.put(name(), gone);
  }

  Log& log_;
  opened_type views_;
  [[no_unique_address]] Clock clock_;
  unknown_events unknown_;
  gesta::checkpoint at_;
  bool any_letters_ = false, failed_again_ = false;
};

/// Makes the consumer that keeps the view of Projection: `auto keeper = gesta::consume<by_country>(log, gesta::sqlite_views{"shop.db"});`. `log` is an
/// app, or a gesta::reader, and outlives it. Options: a clock, and gesta::unknown_events.
template <class Projection, class Log, class Views>
auto consume(Log& log, const Views& views) {
  return consumer<Projection, Log, Views>(log, views);
}
template <class Projection, class Log, class Views, class Clock>
auto consume(Log& log, const Views& views, Clock clock, unknown_events unknown = unknown_events::fail) {
  return consumer<Projection, Log, Views, Clock>(log, views, static_cast<Clock&&>(clock), unknown);
}

}  // namespace gesta
