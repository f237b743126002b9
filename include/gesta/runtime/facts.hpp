// Events that happened without a decision of this program, as they are given to `app.append`, and what came of it.
// Floor: runtime.
// May include: detail, message, decide, store.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gesta/decide/each.hpp>
#include <gesta/decide/verbs.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/message/once.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// Events for the stream of one entity, made by gesta::facts. It refers to what it was made of: it is an argument, not a value to keep.
template <class Aggregate, class Key, class Indices, class... Given>
class facts_of;

namespace detail {

template <std::size_t I, class Given>
struct fact_at {
  const Given* given;
};

/// How a given fact stands in a contract: an event, or an open number of one.
template <class Given>
struct place_of_fact : type_is<Given> {};
template <class Event, class Range, class Make>
struct place_of_fact<each_of<Event, Range, Make>> : type_is<many<Event>> {};

}  // namespace detail

template <class Aggregate, class Key, std::size_t... I, class... Given>
class facts_of<Aggregate, Key, detail::indices<I...>, Given...> : detail::fact_at<I, Given>... {
 public:
  using aggregate = Aggregate;
  using key_type = Key;
  struct contract {
    using event_list = detail::types<typename detail::place_of_fact<Given>::type...>;
  };

  constexpr facts_of(const Key& key, expected expectation, const Given&... given)
      : detail::fact_at<I, Given>{&given}..., key_(&key), expectation_(expectation) {}

  constexpr const Key& key() const noexcept { return *key_; }
  constexpr expected expectation() const noexcept { return expectation_; }

  /// Calls visit(event) for each event in the order in which they were given; for gesta::each, visit(run<Event>), as a decision does.
  template <class Visit>
  constexpr void for_each(Visit&& visit) const {
    (one(*static_cast<const detail::fact_at<I, Given>&>(*this).given, visit), ...);
  }

  /// Calls then(facts) with the same facts of copies of the events, each of which change(event&) was called with before; what is made of a
  /// range by gesta::each stays.
  template <class Change, class Then>
  auto with_copies(Change&& change, Then&& then) const {
    return whole_of(then, copy_of(*static_cast<const detail::fact_at<I, Given>&>(*this).given, change)...);
  }

 private:
  template <class Event, class Change>
  static Event copy_of(const Event& event, Change& change) {
    Event copy(event);
    change(copy);
    return copy;
  }
  template <class Event, class Range, class Make, class Change>
  static each_of<Event, Range, Make> copy_of(const each_of<Event, Range, Make>& events, Change&) {
    return events;
  }
  template <class Then>
  auto whole_of(Then& then, const Given&... copy) const {
    return then(facts_of(*key_, expectation_, copy...));
  }

  template <class Event, class Visit>
  static constexpr void one(const Event& event, Visit& visit) {
    visit(event);
  }
  template <class Event, class Range, class Make, class Visit>
  static constexpr void one(const each_of<Event, Range, Make>& events, Visit& visit) {
    const run<Event> all(events);
    visit(all);
  }

  const Key* key_;
  expected expectation_;
};

/// The events of one entity, in their order, and what is expected of its stream before them:
/// `gesta::facts<accounts>("alice", gesta::expected{2}, deposited{5}, deposited{7})`. Without events it is a condition alone.
/// `gesta::each(range, f)` stands for as many events as the range has.
template <class Aggregate, class Key, class... Event>
constexpr auto facts(const Key& key, expected expectation, const Event&... event) {
  return facts_of<Aggregate, Key, detail::make_indices<sizeof...(Event)>, Event...>(key, expectation, event...);
}

/// What an append came to: true when everything that was given is in the log; else why() is the cause, and nothing of it was written.
class [[nodiscard]] appended {
 public:
  appended(std::uint64_t first, std::uint64_t last, bool repeated) : first_(first), last_(last), repeated_(repeated) {}
  explicit appended(const failure& cause) : cause_(cause), kept_(false) {}
  /// A stream has another version than was expected: the one of the facts that were given in this place, counted from 0.
  appended(const failure& cause, std::size_t which, std::uint64_t actual)
      : cause_(cause), which_(which), found_{actual}, kept_(false), conflicts_(true) {}

  explicit operator bool() const noexcept { return kept_; }
  /// True when the same events lay there already under the same expectation, or the same gesta::once: nothing was written.
  bool repeated() const noexcept { return repeated_; }
  /// The position of the first event, as it was when it was written; 0: there was none.
  /// 0 as well where a repetition was told by its gesta::once.
  std::uint64_t first_position() const noexcept { return first_; }
  /// The position of the last one, likewise.
  std::uint64_t position() const noexcept { return last_; }
  /// The cause, also in words. Only where nothing was written.
  const failure& why() const noexcept { return cause_; }
  /// What was found where an expectation did not hold; else nullptr.
  const gesta::conflict* conflict() const noexcept { return conflicts_ ? &found_ : nullptr; }
  /// Which of the facts conflict: the place in which they were given, counted from 0.
  std::size_t which() const noexcept { return which_; }

 private:
  failure cause_;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
  std::size_t which_ = 0;
  gesta::conflict found_{};
  bool kept_ = true;
  bool repeated_ = false;
  bool conflicts_ = false;
};

namespace detail {

template <class Given>
inline constexpr bool is_facts = false;
template <class Aggregate, class Key, class Indices, class... Given>
inline constexpr bool is_facts<facts_of<Aggregate, Key, Indices, Given...>> = true;

}  // namespace detail

}  // namespace gesta
