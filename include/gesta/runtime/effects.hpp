// Who performs effects: it follows a log, hands its events to what acts outside, and keeps how far it came.
// Floor: runtime.
// May include: all above.
//
// What is outside takes no part in a commit. So an effect is performed first, outside of any lock, and then noted: it comes at least once, and twice
// only where the program ended between the two. Before it is noted, the consumer looks whether it still is the one that may.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/detail/names.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/model/rules/effects.hpp>
#include <gesta/react/effect.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/runtime/acting_outside.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/consumer_options.hpp>
#include <gesta/runtime/event_copy.hpp>
#include <gesta/runtime/feed.hpp>
#include <gesta/runtime/lease.hpp>
#include <gesta/runtime/letters.hpp>
#include <gesta/runtime/only.hpp>
#include <gesta/runtime/stand_in.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/store/view_store.hpp>

namespace gesta {

namespace detail {

/// An error in words: the name of its type, and what its `describe()` says where it has one.
template <class Error>
std::string words_of(const Error& error) {
  constexpr name_view name = type_name<Error>;
  std::string words(name.data, name.size);
  if constexpr (requires { std::string(error.describe()); }) words += ": " + std::string(error.describe());
  return words;
}

/// How a consumer of effects acts: which events it takes, and what is done about one. For other capabilities than those of users it is another one.
template <class Flow, class Reactor, class Capability>
struct acting {
  using events = typename events_performed<Reactor, Capability, typename Flow::current_events>::type;
  template <class Event>
  static constexpr bool takes = performs<Reactor, Event, Capability>;
  /// Whether the log itself may be why an event cannot be acted on: then the consumer comes to a halt there.
  static constexpr bool can_halt = false;

  template <class Event, class Outcome>
  static void act(const Event& event, const about& where, std::uint32_t, Capability& capability, [[maybe_unused]] Outcome& what) {
    const auto make = [&]() -> const about& { return where; };
    using returned = perform_result<Reactor, Event, Capability>;
    if constexpr (is_effected<returned>) {
      auto came = detail::call_perform<Reactor>(event, capability, make);
      if (!came.failed()) return;
      what.failed = true;
      detail::select<returned::errors::size>(came.error_index(), [&](auto at) {
        const auto& error = came.template error<at()>();
        using type = std::remove_cvref_t<decltype(error)>;
        what.kind = naming::of_type<type>();
        what.words = detail::words_of(error);
        what.answer = detail::answer_to<Reactor>(event, error);
      });
    } else {
      (void)detail::call_perform<Reactor>(event, capability, make), void();
    }
  }
};

/// In the place of a consumer whose rules are broken, so that one mistake stays one error.
struct no_effects : stand_in {
  consumed poll(std::uint64_t = 0) { return {}; }
};

template <class Views>
inline constexpr bool is_view_store = requires { typename Views::template opened<>; };

/// Says what is wrong with the arguments of a consumer.
template <class Reactor, class Arguments>
no_effects wrong_arguments() {
  if constexpr (Arguments::unknown != npos) (void)sizeof(diagnostic::no_consumer_option<false, Reactor, at<Arguments::unknown, typename Arguments::list>>);
  else (void)sizeof(diagnostic::consumer_option_twice<false, Reactor, at<Arguments::twice, typename Arguments::list>>);
  return {};
}

}  // namespace detail

/// Performs the effects of Reactor: made by `gesta::perform_by<mailer>(log, views, smtp, gesta::from_now{})`. It acts only when it is polled. Not
/// copyable; one thread at a time, the one that uses the log. `perform` may use the log's app: nothing is open while it runs.
///
/// Promises: each event that Reactor has a `perform` for is performed at least once, and again only when the program ended, or the view store failed,
/// between an effect and the commit that notes it; then as many as gesta::events_a_commit says. Events of one key are performed in the order of
/// the log; a key is what `locate(const Reactor&, const Event&)` says, else the key of the event's entity (entities of two aggregates that have
/// equal keys wait for each other). What fails is tried again or put aside, as `on_failure` says, and later events of its key wait behind it.
template <class Reactor, class Log, class Views, class Capability, class Clock = system_clock, class Observers = observed_by<>>
class effects : public detail::acting_outside<effects<Reactor, Log, Views, Capability, Clock, Observers>, Log, Views, Clock, Observers> {
  using base = detail::acting_outside<effects, Log, Views, Clock, Observers>;
  friend base;
  using base::clock_;
  using base::log_;
  using base::now_;
  using base::state_;
  using base::stops_;
  using base::views_;
  using flow_type = flow<typename Log::model_type>;
  using acting = detail::acting<flow_type, Reactor, Capability>;
  using copy_type = detail::event_copy<typename acting::events>;

 public:
  template <class Start>
  effects(Log& log, const Views& views, Capability& capability, Start start, Clock clock = {}, unknown_events unknown = unknown_events::fail,
          stop_after stop = {}, events_a_commit most = {}, const Observers& observers = Observers{})
      : base(log, views, name(), start, static_cast<Clock&&>(clock), stop, observers), capability_(capability), unknown_(unknown), most_(most.count) {}

  /// The name of its checkpoint and its letters: the reactor's id.
  static constexpr std::string_view name() noexcept { return event_id{Reactor::id}.name; }

  /// Performs the letters that are due, at most `limit`, then what was kept in the log since, at most `limit` stored events of those
  /// that it performs: the log is asked for no others, and the checkpoint goes past them. False: the view store or
  /// the log failed; failure::kind::conflict, when somebody else performs under this name without a claim, and nothing of what he did was overwritten;
  /// failure::kind::stopped, see gesta::stop_after; failure::kind::interrupted, when what is no effect (`locate`, an old event's `upcast`)
  /// threw. What was performed and noted before that stays so.
  consumed poll(std::uint64_t limit = 1000) {
    consumed result;
    if (const failure* const cause = views_.broken()) return result.stop(*cause), result;
    detail::without_exceptions([&] { (void)(this->begins(result) && performs_letters(limit, result) && performs_events(limit, result)); },
                               [&](const char* words) {
                                 this->leaves();
                                 result.stop(failure(failure::kind::interrupted, 0, name().data(), ": an exception outside of perform: ", words));
                               });
    return result;
  }

 private:
  // ---- performing

  struct outcome {
    bool failed = false;
    const char* kind = nullptr;  ///< of the error: a name that lives as long as the program
    std::string words{};
    gesta::retry answer{.times = 0};
    bool halts = false;  ///< nothing is known of the event yet: the log has failed
    failure cause{};
  };

  template <class Event>
  outcome perform_one(const Event& event, const about& where, std::uint32_t part) {
    outcome what;
    detail::without_exceptions([&] { acting::act(event, where, part, capability_, what); },
                               [&](const char* words) {
                                 what.failed = true;
                                 what.kind = detail::an_exception;
                                 what.words = words;
                               });
    return what;
  }
  template <class Event>
  static std::string key_of(const Event& event, const about& where) {
    if constexpr (locates<Reactor, Event>) {
      const auto text = [](const auto& key) {
        using key_type = std::remove_cvref_t<decltype(key)>;
        key_buffer<key_type> buffer;
        const auto value = key_value<key_type>(key);
        const key_bytes bytes = key_bytes_of<key_type>(value, buffer);
        return std::string(bytes.data == nullptr ? "" : bytes.data, bytes.size);
      };
      return text(detail::call_locate(Reactor{}, event, where));
    } else {
      return std::string(where.key.data == nullptr ? "" : where.key.data, where.key.size);
    }
  }

  /// What becomes of a letter after a failure.
  void note(letter& one, const outcome& what, std::uint32_t part) {
    const timestamp now = clock_();
    one.cause = what.words.empty() ? std::string("no cause was given") : what.words;
    one.attempts += 1;
    one.part = part;
    one.due = one.attempts <= what.answer.times ? now + what.answer.wait_after(one.attempts) : timestamp{};
    letter stops;
    if (this->note_failure(what.kind, one.key, one.cause, now, stops)) stops_ = stops;
  }

  // ---- letters

  bool performs_letters(std::uint64_t limit, consumed& result) {
    std::vector<detail::letters_of_key> due;
    stops_ = {};
    more_may_be_due_ = false;
    if (!this->any_letters(any_letters_)) return this->store_fails(result);
    if (!any_letters_) return true;
    if (!this->collect_due(now_, limit, due)) return this->store_fails(result);
    for (detail::letters_of_key& of : due) {
      for (std::size_t i = 0; i < of.all.size() && limit != 0; ++i, --limit) {
        bool failed = false;
        if (!performs_letter(of.all, i, failed, result)) return false;
        if (!stops_.key.empty()) return this->fails(this->why_stopped(stops_), result);
        if (failed) break;
      }
    }
    more_may_be_due_ = limit == 0;
    return true;
  }

  bool performs_letter(std::vector<letter>& of, std::size_t i, bool& failed, consumed& result) {
    const letter was = of[i];
    letter& one = of[i];
    read_events_at(one);
    std::uint64_t performed = 0;
    for (std::size_t at = 0; at < used_ && !failed && !is_halted(); ++at) {
      held_[at].event.visit([&](const auto& event, const about& where) {
        const outcome what = perform_one(event, where, held_[at].part);
        if constexpr (acting::can_halt)
          if (what.halts) return halt(what.cause);
        failed = what.failed;
        if (failed) return note(one, what, held_[at].part);
        this->note_success();
        ++performed;
      });
    }
    if (is_halted()) return stops_at_halt(result);
    if (used_ == 0) {
      failed = true;
      note(one, {.failed = true, .kind = "unreadable", .words = unread_}, one.part);
    }
    if (!this->opens(result)) return false;
    bool same = false;
    if (!this->is_as_it_was(was, same)) return this->store_fails(result);
    if (!same) {
      this->rolls_back();
      failure cause(failure::kind::conflict, 0, "somebody else has changed a letter of ", name().data(), " at position ", was.position);
      cause.position = was.position;
      return this->fails(cause, result);
    }
    this->note_try(was);
    if (failed ? !this->put_letter(one) : !views_.drop(name(), one) || !this->make_next_due(of, i, now_)) return this->store_fails(result);
    if (!stops_.key.empty() && !views_.put(name(), stops_)) return this->store_fails(result);
    if (!this->closes(result)) return false;
    result.handled += performed;
    result.put_aside += failed ? 1 : 0;
    return true;
  }

  // ---- events

  /// An event that was read and is to be performed when the reading is over.
  struct held {
    copy_type event;
    std::string key{};
    std::uint32_t part = 0;
  };

  template <class Event>
  void hold(const Event& event, const about& where, std::string&& key, std::uint32_t part) {
    if (used_ == held_.size()) held_.emplace_back();
    held& place = held_[used_++];
    place.event.assign(event, where);
    place.key = static_cast<std::string&&>(key);
    place.part = part;
  }

  void read_events_at(const letter& one) {
    used_ = 0;
    unread_ = "the event is no longer there";
    std::uint32_t part = 0;
    const auto take = [&](const auto& event, const about& where) {
      using type = std::remove_cvref_t<decltype(event)>;
      unread_ = "the event is no longer performed under this key";
      if constexpr (acting::template takes<type>) {
        std::string key = key_of(event, where);
        const std::uint32_t at = part++;
        if (key == one.key && at >= one.part) hold(event, where, static_cast<std::string&&>(key), at);
      }
    };
    const read_result read = log_.read({.after = one.position - 1, .to = one.position}, take, unknown_events::skip);
    if (!read) unread_ = read.why().describe();
  }

  bool performs_events(std::uint64_t limit, consumed& result) {
    while (limit != 0) {
      used_ = 0;
      std::uint64_t position = 0, stored = 0;
      std::uint32_t part = 0;
      timestamp time = state_.time;
      const auto take = [&](const auto& event, const about& where) {
        using type = std::remove_cvref_t<decltype(event)>;
        if (where.position != position) position = where.position, part = 0, ++stored;
        time = where.time;
        if constexpr (acting::template takes<type>) hold(event, where, key_of(event, where), part++);
        return used_ < most_held;
      };
      gesta::feed<Log> feed(log_, state_.at, false);  // what it comes to is said by the consumer
      const read_result read = feed.poll(detail::only_of<typename acting::events>(take), limit, unknown_);
      if (feed.checkpoint().position > position && feed.checkpoint() != state_.at) note_time(feed.checkpoint().position, time);
      if (!performs_held(result) || !notes(feed.checkpoint(), time, result)) return false;
      if (!stops_.key.empty()) return this->fails(this->why_stopped(stops_), result);
      if (!read) return this->fails(read.why(), result);
      const bool is_live = feed.is_live();
      result.caught_up = is_live && !more_may_be_due_;
      if (is_live || stored == 0 || stored >= limit) break;
      limit -= stored;
    }
    return true;
  }

  /// The checkpoint is of the time of the last event that was passed over, too.
  void note_time(std::uint64_t position, timestamp& time) {
    if constexpr (flow_type::is_traced) {
      const auto note = [&](const auto&, const about& where) { time = where.time; };
      (void)log_.read({.after = position - 1, .to = position}, note, unknown_events::skip);
    }
  }

  /// Performs what was read. It is noted behind a stored event only, when all that came of it was performed or put aside.
  bool performs_held(consumed& result) {
    performed_ = 0;
    aside_.clear();
    std::uint64_t since_commit = 0;
    for (std::size_t i = 0; i < used_; ++i) {
      held& next = held_[i];
      const std::uint64_t position = next.event.where().position;
      if (i != 0 && held_[i - 1].event.where().position != position) {
        const bool is_due = since_commit >= most_ || !stops_.key.empty();
        if (is_due && !notes({log_.incarnation(), position - 1}, held_[i - 1].event.where().time, result)) return false;
        if (!stops_.key.empty()) return this->fails(this->why_stopped(stops_), result);
        if (is_due) since_commit = 0;
      }
      bool blocked = false;
      if (!is_held_up(next.key, blocked)) return this->store_fails(result);
      if (blocked) {
        put_aside({.position = position, .key = next.key, .since = now_});
        continue;
      }
      next.event.visit([&](const auto& event, const about& where) {
        const outcome what = perform_one(event, where, next.part);
        if constexpr (acting::can_halt)
          if (what.halts) return halt(what.cause);
        ++since_commit;
        if (!what.failed) {
          ++performed_;
          return this->note_success();
        }
        letter one{.position = position, .key = next.key, .since = clock_()};
        note(one, what, next.part);
        put_aside(one);
      });
      if (is_halted()) return stops_at_halt(result);
    }
    return true;
  }

  // What was done since the last commit is done again by the next poll.
  void halt(const failure& cause) {
    if constexpr (acting::can_halt) halted_ = {cause, true};
  }
  bool is_halted() const noexcept {
    if constexpr (acting::can_halt) return halted_.is_set;
    else return false;
  }
  bool stops_at_halt(consumed& result) {
    this->forget();
    if constexpr (acting::can_halt) {
      halted_.is_set = false;
      return this->fails(halted_.cause, result);
    } else {
      return false;
    }
  }

  bool is_held_up(const std::string& key, bool& blocked) {
    for (const letter& one : aside_) blocked = blocked || one.key == key;
    return blocked || !any_letters_ || this->is_blocked(key, blocked);
  }
  void put_aside(const letter& one) {
    for (const letter& other : aside_)  // one letter stands for all that came of a stored event under a key
      if (other.position == one.position && other.key == one.key) return;
    aside_.push_back(one);
    any_letters_ = true;
  }

  /// Keeps what was done up to a place in the log. Of a log without a name the place is its position.
  bool notes(const gesta::checkpoint& place, timestamp time, consumed& result) {
    if (place == state_.at && aside_.empty() && stops_.key.empty()) return true;
    if (!this->opens(result)) return false;
    for (const letter& one : aside_)
      if (!this->put_letter(one)) return this->store_fails(result);
    if (!stops_.key.empty() && !views_.put(name(), stops_)) return this->store_fails(result);
    const progress before = state_;
    state_.at = place;
    state_.time = time;
    if (!this->closes(result)) {
      state_ = before;
      return false;
    }
    result.handled += performed_;
    result.put_aside += aside_.size();
    performed_ = 0;
    aside_.clear();
    return true;
  }

  static constexpr std::size_t most_held = 64;

  Capability& capability_;
  unknown_events unknown_;
  std::uint64_t most_;
  std::deque<held> held_;  // a copy of an event cannot be moved; the places are used again
  std::size_t used_ = 0;
  std::uint64_t performed_ = 0;
  std::vector<letter> aside_;
  std::string unread_;
  bool any_letters_ = false, more_may_be_due_ = false;
  struct halted {
    failure cause{};
    bool is_set = false;
  };
  struct never_halted {};
  [[no_unique_address]] std::conditional_t<acting::can_halt, halted, never_halted> halted_;
};

namespace detail {

template <class Reactor, class Log, class Views, class Capability, class... Option>
auto performed_by(Log& log, const Views& views, Capability& capability, const Option&... option) {
  using clock = clock_in<Option...>;
  using observers = decltype(detail::observers_of(option...));
  return effects<Reactor, Log, Views, Capability, clock, observers>(log, views, capability, detail::start_of(option...), detail::clock_of(option...),
                                                                    detail::option_or<unknown_events>(unknown_events::fail, option...),
                                                                    detail::option_or<stop_after>(stop_after{}, option...),
                                                                    detail::option_or<events_a_commit>(events_a_commit{}, option...), detail::observers_of(option...));
}

}  // namespace detail

/// Makes the consumer that performs the effects of Reactor: `auto mails = gesta::perform_by<mailer>(app, gesta::sqlite_views{"shop.db"}, smtp,
/// gesta::from_now{});`. `log` is an app, or a gesta::reader; it and the capability outlive it. The capability is handed to `perform` and to nobody
/// else: no projection, rebuild or test of decisions ever has one. The start says where it begins as long as it has no checkpoint in the view store:
/// gesta::from_now, gesta::from_beginning or gesta::continues; later it goes on where it was, whatever the start says. Options, in any
/// order: a clock, gesta::unknown_events, gesta::stop_after, gesta::events_a_commit, gesta::observed_by: those hear gesta::parked and gesta::retried,
/// once that is kept.
template <class Reactor, class Log, class Views, class Capability, class... Argument>
  requires(!detail::is_mistaken<Log>)
auto perform_by(Log& log, const Views& views, Capability&& given, Argument... argument) {
  using capability = std::remove_reference_t<Capability>;
  using arguments = detail::arguments_of_consumer<Argument...>;
  constexpr bool is_kept = std::is_lvalue_reference_v<Capability>;
  constexpr bool is_start_said = (detail::is_start<Argument> || ...);
  if constexpr (!detail::is_view_store<Views>) {
    (void)sizeof(diagnostic::no_view_store<detail::is_view_store<Views>, Reactor, Views>);
    return detail::no_effects{};
  } else if constexpr (!is_kept) {
    (void)sizeof(diagnostic::capability_not_kept<is_kept, Reactor, capability>);
    return detail::no_effects{};
  } else if constexpr (arguments::unknown != detail::npos || arguments::twice != detail::npos) {
    return detail::wrong_arguments<Reactor, arguments>();
  } else if constexpr (!is_start_said) {
    (void)sizeof(diagnostic::start_not_said<is_start_said, Reactor>);
    return detail::no_effects{};
  } else if constexpr (!rules::effects_sound<flow<typename Log::model_type>, Reactor, capability>) {
    (void)sizeof(rules::of_effects<flow<typename Log::model_type>, Reactor, capability>);
    return detail::no_effects{};
  } else {
    return detail::performed_by<Reactor>(log, views, given, argument...);
  }
}
template <class Reactor, class Log, class... Argument>
  requires detail::is_mistaken<Log>
detail::no_effects perform_by(Log&, Argument&&...) {
  return {};
}

}  // namespace gesta
