// What parts of a model have to do that act by themselves: sagas, processes, delayed messages.
// Floor: runtime. The unit of work notes whose records changed, the engine tells them events, a runner lets them act.
// May include: all above.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/detail/hash_index.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/saga_records.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// How an instance of a saga or of a process stands, for a person. A process only goes on, is put aside, or has come to one of its ends.
struct saga_standing {
  enum class is : std::uint8_t {
    not_begun,
    going_on,     ///< something is asked, or will be
    going_back,   ///< something has failed: what was done is being undone
    stuck,        ///< an undo was refused: retry or resolve it
    put_aside,    ///< by a runner of this program: a step ended with an exception, or its records cannot be read
    completed,
    compensated,
    moved,        ///< it goes on by a later version of the saga
  };

  is what = is::not_begun;
  saga_word step;         ///< the first that is open or stuck; of a process the state it is in
  saga_word refusal;      ///< of the undo that is stuck
  timestamp since{};      ///< when its last record was written
  timestamp next{};       ///< when it goes on, where it waits for a time; zero: it does not
  failure cause{};        ///< only where it is put aside
};

/// How many inputs of a saga or a process changed nothing, in this program since it began: what sagas.ignored<Part>() tells.
struct ignored_inputs {
  std::uint64_t already_begun = 0;  ///< a second beginning of one key
  std::uint64_t too_late = 0;       ///< what came from outside behind the time in which it could change something
  std::uint64_t not_found = 0;      ///< what came from outside and found no instance
  std::uint64_t late = 0;           ///< answers from elsewhere to what is no longer asked
  std::uint64_t threw = 0;          ///< `not_found` of an interrupt, which has no instance that could be put aside
  failure last_thrown{};            ///< what the last one of these ended with
};

}  // namespace gesta

namespace gesta::detail {

/// How a kind of performer acts; specialised for each.
///   hear(engine, event, cause)   in the open unit of the event; false: the unit fails
///   look(engine, entity, now)    whether an instance has something to do, and if not now, when
///   act(engine, entity, now)     at most one step of it, in an open unit; false: the unit fails
///   standing(engine, entity)     what a person is told of it
template <class Part>
struct performer;

inline constexpr std::int64_t never = 0x7fff'ffff'ffff'ffff;

/// What looking at an instance came to.
struct looked {
  bool has_work = false;
  std::int64_t next = never;  ///< when to look again, where nothing is to be done now
};

/// What is known of the instances of one performer beside their states.
class performer_work {
 public:
  /// An instance that is put aside: what it ran into.
  struct put_aside {
    std::uint32_t entity;
    std::uint32_t version;  ///< of it then: behind further records it is tried again
    failure cause;
  };

  void push(std::uint32_t entity) { queue_.push_back(entity); }
  bool has_next() const noexcept { return next_ < queue_.size(); }
  std::uint32_t pop() noexcept {
    const std::uint32_t entity = queue_[next_++];
    if (next_ == queue_.size() || (next_ >= 1024 && 2 * next_ >= queue_.size())) {
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(next_));
      next_ = 0;
    }
    return entity;
  }
  void look_at(std::int64_t due, std::uint32_t entity) {
    timers_.push_back({due, entity});
    std::push_heap(timers_.begin(), timers_.end(), later);
  }
  /// When the next instance is to be looked at.
  std::int64_t next_due() const noexcept { return timers_.empty() ? never : timers_.front().due; }
  /// Those whose time has come: push(entity).
  template <class Push>
  void wake(std::int64_t now, Push&& push) {
    while (!timers_.empty() && timers_.front().due <= now) {
      push(timers_.front().entity);
      std::pop_heap(timers_.begin(), timers_.end(), later);
      timers_.pop_back();
    }
  }

  void put(std::uint32_t entity, std::uint32_t version, const failure& cause) { aside_.push_back({entity, version, cause}); }
  const put_aside* aside(std::uint32_t entity) const noexcept {
    for (const put_aside& one : aside_)
      if (one.entity == entity) return &one;
    return nullptr;
  }
  /// Takes it back. False: it was not there.
  bool take_up(std::uint32_t entity) {
    for (put_aside& one : aside_)
      if (one.entity == entity) {
        one = aside_.back();
        aside_.pop_back();
        return true;
      }
    return false;
  }
  const std::vector<put_aside>& all_aside() const noexcept { return aside_; }

  ignored_inputs changed_nothing;
  /// Instances whose requests elsewhere may have to be sent: see gesta::ask_by. A superset.
  std::vector<std::uint32_t> to_send;

 private:
  struct timer {
    std::int64_t due;
    std::uint32_t entity;
  };
  static bool later(const timer& a, const timer& b) noexcept { return a.due > b.due; }

  std::vector<std::uint32_t> queue_;
  std::size_t next_ = 0;
  std::vector<timer> timers_;
  std::vector<put_aside> aside_;
};

/// The work of all performers of a model; nothing where it has none.
template <std::size_t Count>
struct all_work {
  performer_work of[Count];
};
template <>
struct all_work<0> {};

template <class Flow, class Event, class Performers>
inline constexpr bool heard_by_any = false;
template <class Flow, class Event, class... Part>
inline constexpr bool heard_by_any<Flow, Event, types<Part...>> = (performing<typename Flow::of_deciders, Part>::template hears<Event> || ...);
/// Whether an event is told to a performer.
template <class Flow, class Event>
inline constexpr bool is_heard = heard_by_any<Flow, Event, typename Flow::performers>;

template <class Flow, class Events>
inline constexpr bool any_is_heard = false;
template <class Flow, class... Event>
inline constexpr bool any_is_heard<Flow, types<Event...>> = (is_heard<Flow, Event> || ...);

/// Which performer an aggregate of a flow is the stream of.
template <class Flow, class Aggregate>
inline constexpr std::size_t performer_index = index_of<Aggregate, typename Flow::aggregates> - Flow::deciders::size;

}  // namespace gesta::detail
