// What happens is told to plain structs of the user's own, which are listed where an app or a consumer is made.
// Floor: runtime. Told by apps, feeds and consumers.
// May include: detail, message, model/diagnostic.hpp, store/failure.hpp.
//
// An observer has a function for each thing that it wants to hear of, and for no other: `void observe(counters&, const gesta::decided&)`. What
// nobody hears of is not even written down, and without observers nothing of all this is compiled.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/detail/exact.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

// ---- what is told
//
// All of it is valid during the call only. A command, a rejection and an aggregate are called by their `id`, else by the name of their type
// in C++. `key_text` is the key for people, as gesta::key_text writes it, cut to 95 bytes; gesta::key_from<Key>(key) gives its value. Both
// are empty for a boundary.

/// A command was decided, and what it recorded is kept. A command that a reactor sent as well, behind the one that caused it. A repetition
/// under gesta::once decides nothing and is not told.
struct decided {
  const char* command;
  const char* aggregate;
  key_bytes key;
  const char* key_text;
  std::uint64_t version;   ///< of the entity, behind its last event
  std::uint64_t position;  ///< of its last event in the log; 0: it recorded none
  std::uint64_t events;    ///< how many it recorded; 0: there was nothing to do
};

/// A command was refused; where its outcome is remembered, that is kept. Told once, as decided.
struct rejected {
  const char* command;
  const char* rejection;
  const char* aggregate;
  key_bytes key;
  const char* key_text;
  std::uint64_t version;  ///< of the entity that refused
};

/// The caller got gesta::conflict: something else was there than was expected, and nothing was decided.
struct conflicted {
  const char* command;  ///< "append" where facts were appended
  const char* aggregate;
  key_bytes key;
  const char* key_text;
  gesta::expected expected;  ///< of a boundary: the position of gesta::seen
  std::uint64_t actual;      ///< the version; of a boundary the position of the last event that belongs to what the decision reads
};

/// Something failed and is tried anew: a unit of work because another process was faster, a letter because it is due.
struct retried {
  const char* who;        ///< the command, "append", or the id of the consumer
  std::uint32_t attempt;  ///< how many have failed so far
  const char* cause;      ///< in words
  std::uint64_t position; ///< the event that a consumer tries again; 0 for a command
};

/// An event was put aside, and others go on: a consumer could not take it, or the model does not know it and gesta::unknown_events::park
/// says so.
struct parked {
  const char* who;  ///< the id of the consumer; "app": an unknown event
  std::uint64_t position;
  key_bytes key;  ///< of its entity, of a consumer's its row, as the store holds it
  const char* cause;
  std::uint32_t attempts;  ///< how often it was tried; 0: nobody can, or it waits behind an earlier one of its row
};

/// Somebody cannot go on: a caller got a gesta::failure, a store broke, a consumer stopped. Nothing of the unit of work concerned was kept; after
/// failure::kind::input_output nobody knows.
struct stalled {
  const char* who;  ///< the command, "append", "batch", "feed", the id of the consumer; "app": it can no longer be used, see app.broken()
  const failure& why;
};

/// Somebody has seen everything that was kept, up to this position; told again when there was more and it has seen that.
struct caught_up {
  const char* who;  ///< "feed", the id of the consumer; "app": the log was read when it started
  std::uint64_t position;
};

/// A consumer is further behind than was stated to be good; told again only when it has caught up meanwhile.
struct fell_behind {
  const char* who;            ///< the id of the consumer
  std::uint64_t events;       ///< positions between what it has seen and the end of the log
  std::int64_t nanoseconds;   ///< since the first event was recorded that it has not seen; 0 where the model keeps no times
};

namespace detail {

void observe();  // ordinary lookup ends here, so the verb is found by its arguments only

template <class Observer, class... What>
inline constexpr bool observes_any = (observes_exactly<Observer, What> || ...);

template <class Observer>
inline constexpr bool observes_something = observes_any<Observer, decided, rejected, conflicted, retried, parked, stalled, caught_up, fell_behind>;

template <std::size_t I, class Observer>
struct observer_at {
  Observer* observer;
};

template <class Indices, class... Observer>
class observer_list;
template <std::size_t... I, class... Observer>
class observer_list<indices<I...>, Observer...> : observer_at<I, Observer>... {
 public:
  constexpr explicit observer_list(Observer&... observer) noexcept : observer_at<I, Observer>{&observer}... {}

  template <class What>
  void tell(const What& what) const noexcept {
    (tell_one(static_cast<const observer_at<I, Observer>&>(*this).observer, what), ...);
  }

 private:
  template <class One, class What>
  static void tell_one(One* observer, const What& what) noexcept {
    if constexpr (observes_exactly<One, What>) observe(*observer, what);
  }
};
template <>
class observer_list<indices<>> {
 public:
  template <class What>
  void tell(const What&) const noexcept {}
};

template <class Given>
struct observer_given : type_is<Given> {};
template <class Observer>
struct observer_given<Observer&> : type_is<Observer> {};

}  // namespace detail

/// Observers, in the order in which they are told: `gesta::start<bank>(store, gesta::observed_by(log, counters))`. They are the user's, any
/// structs with at least one function  void observe(Observer&, const What&)  in their namespace, by exactly these types (E930), declared
/// before this is written; they outlive whatever tells them.
///
/// `observe` is called on the thread that uses the app or the consumer, when the unit of work is over and views show what was kept; `stalled` of
/// the app, `parked` and `caught_up` also while it starts. It must not use what calls it: a command from within ends the program. It must not
/// throw: an exception ends the program.
template <class... Observer>
class observed_by : detail::observer_list<detail::make_indices<sizeof...(Observer)>, Observer...> {
  using list = detail::observer_list<detail::make_indices<sizeof...(Observer)>, Observer...>;

 public:
  template <class... Given>
    requires(sizeof...(Given) == sizeof...(Observer) && (detail::same<typename detail::observer_given<Given>::type, Observer> && ...))
  constexpr explicit observed_by(Given&&... given) noexcept : list(static_cast<Observer&>(given)...) {
    ((void)sizeof(diagnostic::observer_not_kept<!detail::same<Given, Observer>, Observer>), ...);
    ((void)sizeof(diagnostic::observes_nothing<detail::observes_something<Observer>, Observer>), ...);
  }

  /// Whether one of them has a function for this.
  template <class What>
  static constexpr bool hears = (detail::observes_exactly<Observer, What> || ...);

  /// Tells those that have a function for it, in their order. For whoever happens to know something: apps, feeds, consumers.
  template <class What>
  void tell(const What& what) const noexcept {
    list::tell(what);
  }
};
template <class... Given>
observed_by(Given&&...) -> observed_by<typename detail::observer_given<Given>::type...>;

namespace detail {

template <class Given>
inline constexpr bool is_observed_by = false;
template <class... Observer>
inline constexpr bool is_observed_by<observed_by<Observer...>> = true;

}  // namespace detail

}  // namespace gesta
