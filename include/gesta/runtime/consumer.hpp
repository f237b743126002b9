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
#include <vector>

#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/react/view_name.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/consumer_options.hpp>
#include <gesta/runtime/feed.hpp>
#include <gesta/runtime/lease.hpp>
#include <gesta/runtime/letters.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/runtime/only.hpp>
#include <gesta/runtime/passing.hpp>
#include <gesta/runtime/rebuilding.hpp>
#include <gesta/runtime/row_projecting.hpp>
#include <gesta/runtime/serving.hpp>
#include <gesta/runtime/unknown_events.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/view_store.hpp>

namespace gesta {

/// Keeps the view of Projection, from a log (an app, or a gesta::reader) in a view store: made by `gesta::consume<by_country>(log, views)`. It acts
/// only when it is polled. Not copyable; one thread at a time, the one that uses the log.
///
/// An event that `project` cannot handle, because it throws, is put aside at once with the words of the exception: a projection is a function of the
/// event, and would fail again until there is another program. Later events of the same row wait behind it, all other rows go on.
template <class Projection, class Log, class Views, class Clock = system_clock, class Observers = observed_by<>>
class consumer : public detail::letter_desk<typename Views::template opened<Projection>, Observers>,
                 public detail::held_consumer<consumer<Projection, Log, Views, Clock, Observers>>,
                 public detail::rebuilding<consumer<Projection, Log, Views, Clock, Observers>> {
  friend detail::rebuilding<consumer>;
  using held = detail::held_consumer<consumer>;
  using desk = detail::letter_desk<typename Views::template opened<Projection>, Observers>;
  using desk::views_;
  using rows_type = detail::projected_rows<Projection>;
  using row_type = typename rows_type::row_type;
  using key_type = typename rows_type::key_type;
  using opened_type = typename Views::template opened<Projection>;
  using log_flow = detail::flow_of_log<Log>;
  using wanted_events = detail::events_for<log_flow, Projection>;

 public:
  using projection = Projection;

  consumer(Log& log, const Views& views, Clock clock = {}, unknown_events unknown = unknown_events::fail, stop_after stop = {},
           const Observers& observers = Observers{})
      : desk(views, name(), stop, observers), log_(log), clock_(static_cast<Clock&&>(clock)), unknown_(unknown) {
    (void)sizeof(diagnostic::view_version_below_one<detail::has_sound_version<Projection>(), Projection>);
  }
  consumer(const consumer&) = delete;
  consumer& operator=(const consumer&) = delete;

  /// The name of its checkpoint and its letters: the projection's id, from version 2 on with the version.
  static constexpr std::string_view name() noexcept { return detail::view_name<Projection>; }

  /// Handles the letters that are due, at most `limit`, then what was kept in the log since, at most `limit` stored events that the view takes, in
  /// one commit. Those that it does not take are passed over, by the store where it can tell them apart. False, with
  /// nothing done: the view store failed; or what is no row's own (`locate`, an old event's `upcast`) threw, failure::kind::interrupted. False with
  /// failure::kind::stopped: it has stopped by itself, now or before; see gesta::stop_after.
  consumed poll(std::uint64_t limit = 1000) {
    consumed result;
    if (const failure* const cause = views_.broken()) return result.stop(*cause), result;
    if (!views_.begin()) return store_fails(result), result;
    detail::without_exceptions([&] { poll_in_unit(limit, result); },
                               [&](const char* words) {
                                 failure cause(failure::kind::interrupted, 0, name().data(), ": an exception outside of project: ", words);
                                 cause.position = position_;
                                 take_back(cause, result);
                               });
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
    if (!known) return known;
    if (const read_result counted = log_.count_behind(at, behind.events); !counted || behind.events == 0) return counted;
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

  // ---- events that were put aside; letters(visit) tells them

  /// Lets the next poll try a letter again, and when it succeeds those that wait behind it. For the first open letter of its key; of another one, or of
  /// one that is not there, failure::kind::conflict.
  read_result retry(const letter& one) { return this->make_due(one, clock_()); }
  /// The same for the first open letter of every key; a consumer that has stopped goes on.
  read_result retry_all() { return this->make_all_due(clock_()); }
  /// Closes a letter without its event having been handled: a person says why, and the letter is kept. Those that wait behind it go on with the next
  /// poll.
  read_result discard(const letter& one, std::string_view reason) { return this->close(one, reason, clock_()); }
  /// Lets a consumer go on that was paused, or that has stopped by itself.
  read_result resume() {
    const read_result kept = held::resume();
    return kept ? this->go_on() : kept;
  }

 private:
  void store_fails(consumed& result) {
    const failure cause = views_.last_failure();
    take_back(cause, result, detail::view_may_pass(cause.why, views_.broken() != nullptr));
  }
  void take_back(const failure& cause, consumed& result, bool may_pass = false) {
    result.stop(cause, may_pass);
    result.handled = result.put_aside = 0;
    views_.rollback();
    this->forget();
  }
  void poll_in_unit(std::uint64_t limit, consumed& result) {
    progress state;
    letter stopped;
    bool is_over = false;
    now_ = clock_();
    if (!views_.load(name(), state)) return store_fails(result);
    const progress before = state;
    if (!may_act(state, result)) return;
    if (!this->look_whether_stopped(now_, stopped, is_over)) return store_fails(result);
    if (!stopped.key.empty() && !is_over) return take_back(this->why_stopped(stopped), result);
    if (is_over) {
      if (!views_.drop(name(), stopped)) return store_fails(result);
      this->half_open();
    }
    stops_ = {};
    begin_record(0);  // what the last poll noted of an event may have been taken back
    if ((!knows_discarded_ || before.at != at_) && !look_for_discarded()) return store_fails(result);
    more_may_be_due_ = false;
    if (!this->any_letters(any_letters_) || (any_letters_ && !try_letters(limit, result))) return store_fails(result);
    gesta::feed<Log> feed(log_, state.at, false);  // what it comes to is said by the consumer
    bool broken = false;
    std::uint64_t last = state.at.position;
    const auto handle = [&](const auto& event, const about& where) {
      state.time = where.time;
      last = where.position;
      if constexpr (projects<row_type, std::remove_cvref_t<decltype(event)>>) broken = !hand_over(event, where, nullptr, result);
      return !broken && stops_.key.empty();
    };
    const read_result read = stops_.key.empty() ? feed.poll(detail::only_of<wanted_events>(handle), limit, unknown_) : read_result();
    if (broken) return store_fails(result);
    state.at = feed.checkpoint();
    const bool caught_up = read && feed.is_live() && !more_may_be_due_;
    if (state.at.position != last) note_time(state);
    if (!detail::note_serving<Projection>(views_, state) || (state != before && !views_.save(name(), state)) ||
        (!stops_.key.empty() && !views_.put(name(), stops_)))
      return store_fails(result);
    if (!views_.commit()) return store_fails(result);
    at_ = state.at;
    this->tell_notes();
    result.caught_up = caught_up;
    if (!read) result.stop(read.why());
    else if (!stops_.key.empty()) result.stop(this->why_stopped(stops_));
  }

  /// The view is of the time of the last event that was passed over, too.
  void note_time(progress& state) {
    if constexpr (log_flow::is_traced) {
      const auto note = [&](const auto&, const about& where) { state.time = where.time; };
      (void)log_.read({.after = state.at.position - 1, .to = state.at.position}, note, unknown_events::skip);
    }
  }

  consumed gives_up(consumed& result) {
    store_fails(result);
    return result;
  }
  /// Within a unit, which is taken back where it may not.
  bool may_act(progress& state, consumed& result) {
    const detail::admission found = this->admit(state, clock_);
    result.owned_elsewhere = found == detail::admission::owned_elsewhere;
    result.is_paused = found == detail::admission::is_paused;
    if (found != detail::admission::goes_on) views_.rollback();
    return found == detail::admission::goes_on;
  }
  /// What a person discarded stays so when the log is read anew: by this one, or since this one looked last, by another.
  bool look_for_discarded() {
    this->forget_discarded();
    knows_discarded_ = views_.each_letter(name(), [&](const letter& one) {
      if (!one.discarded.empty()) this->note_discarded(one);
      return true;
    });
    return knows_discarded_;
  }

  /// How often the event at a position was handed over before.
  std::uint32_t count_part(std::uint64_t position) {
    if (position != position_) begin_record(position);
    return part_++;
  }
  void begin_record(std::uint64_t position) {
    position_ = position;
    part_ = 0;
    aside_.clear();
  }

  /// Hands an event to its rows, or with `only` to the row of that letter. False: the view store failed.
  template <class Event>
  bool hand_over(const Event& event, const about& where, letter* only, consumed& result) {
    bool good = true;
    const auto make = [&]() -> const about& { return where; };
    detail::each_place<Projection>(event, make, [&](const key_type& key) {
      const std::uint32_t part = count_part(where.position);
      if (!good || (only != nullptr && part < only->part)) return;
      detail::with_key_text(key, [&](std::string_view text) {
        if (only == nullptr || only->key == text) good = to_row(event, where, key, text, part, only, result);
      });
    });
    return good;
  }

  template <class Event>
  bool to_row(const Event& event, const about& where, const key_type& key, std::string_view text, std::uint32_t part, letter* only, consumed& result) {
    if (only == nullptr && this->was_discarded(where.position, text)) return true;
    if (only == nullptr && any_letters_) {
      bool blocked = false;
      if (!this->is_blocked(text, blocked)) return false;
      if (blocked) return put_aside({.position = where.position, .key = std::string(text), .since = now_}, result);
    }
    if (only != nullptr && tried_ == detail::attempt::failed) return true;  // what comes behind a part that failed waits with it
    was_handed_ = true;
    std::string cause;
    tried_ = detail::project_to_key<Projection>(rows(), key, event, [&]() -> const about& { return where; }, cause);
    switch (tried_) {
      case detail::attempt::done:
        ++result.handled;
        this->note_success();
        return true;
      case detail::attempt::failed: {
        letter one;
        if (only != nullptr) one = *only;
        else one = {.position = where.position, .key = std::string(text), .since = now_};
        one.cause = cause.empty() ? std::string("no cause was given") : cause;
        one.attempts += 1;
        one.part = part;
        one.due = {};
        letter stops;
        if (this->note_failure(detail::an_exception, one.key, one.cause, now_, stops)) stops_ = stops;
        return put_aside(one, result);
      }
      case detail::attempt::broken: break;
    }
    return false;
  }

  bool put_aside(const letter& one, consumed& result) {
    for (const std::string& key : aside_)  // one letter stands for all that an event brings to a row
      if (key == one.key) return true;
    aside_.push_back(one.key);
    any_letters_ = true;
    ++result.put_aside;
    return this->put_letter(one);
  }

  /// Tries what is due: of each row the first open letter, and then those behind it, until one fails.
  bool try_letters(std::uint64_t limit, consumed& result) {
    std::vector<detail::letters_of_key> due;
    if (!this->collect_due(now_, limit, due)) return false;
    for (detail::letters_of_key& of : due) {
      for (std::size_t i = 0; i < of.all.size(); ++i) {
        if (limit == 0 || !stops_.key.empty()) break;
        --limit;
        if (!try_again(of.all[i], result)) return false;
        if (tried_ == detail::attempt::failed) break;
        if (!views_.drop(name(), of.all[i]) || !this->make_next_due(of.all, i, now_)) return false;
      }
    }
    more_may_be_due_ = limit == 0;
    return true;
  }

  bool try_again(letter& one, consumed& result) {
    bool good = true, met = false;
    was_handed_ = false;
    tried_ = detail::attempt::done;
    begin_record(one.position);
    this->note_try(one);
    const auto handle = [&](const auto& event, const about& where) {
      met = true;
      if constexpr (projects<row_type, std::remove_cvref_t<decltype(event)>>) good = good && hand_over(event, where, &one, result);
    };
    const read_result read = log_.read({.after = one.position - 1, .to = one.position}, handle, unknown_events::skip);
    if (!good) return false;
    if (was_handed_) return true;
    one.cause = !read ? read.why().describe() : met ? "the event no longer belongs to this row" : "the event is no longer there";  // it stays aside, and says why
    one.attempts += 1;
    one.due = {};
    tried_ = detail::attempt::failed;
    return this->put_letter(one);
  }

  Log& log_;
  [[no_unique_address]] Clock clock_;
  unknown_events unknown_;
  gesta::checkpoint at_;
  timestamp now_;                        // of this poll
  std::uint64_t position_ = 0;           // of the stored event that is handed over
  std::uint32_t part_ = 0;               // how often it was handed over
  std::vector<std::string> aside_;       // the rows for which it was put aside
  letter stops_;                         // says why it stops in this poll; without a key it does not
  detail::attempt tried_{};
  bool any_letters_ = false, was_handed_ = false, knows_discarded_ = false, more_may_be_due_ = false;
};

/// Makes the consumer that keeps the view of Projection: `auto keeper = gesta::consume<by_country>(log, gesta::sqlite_views{"shop.db"});`. `log` is an
/// app, or a gesta::reader, and outlives it. Options, in any order: a clock, gesta::unknown_events, gesta::stop_after,
/// gesta::observed_by: those hear gesta::parked and gesta::retried, once that is kept.
template <class Projection, class Log, class Views, detail::consumer_option... Option>
auto consume(Log& log, const Views& views, Option... option) {
  using clock = detail::clock_in<Option...>;
  using observers = decltype(detail::observers_of(option...));
  return consumer<Projection, Log, Views, clock, observers>(log, views, detail::clock_of(option...),
                                                           detail::option_or<unknown_events>(unknown_events::fail, option...),
                                                           detail::option_or<stop_after>(stop_after{}, option...), detail::observers_of(option...));
}

}  // namespace gesta
