// The events of a log, handled by several threads: each key strictly in order, the keys beside each other.
// Floor: runtime. Beside gesta.hpp, because it includes <thread>: include it where there are threads.
// May include: all above.
//
// One thread reads and gives: a feed, or the visitor of a reading. Each event is copied into the buffer of one worker, which the hash of
// its partition's key chooses, so that a key has one worker, and a worker handles in order. Every number that others wait for is written
// and read in one order (seq_cst): whoever waits says so and looks, whoever is done says that and looks for who waits.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <gesta/detail/exact.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/key.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/order.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/runtime/bounded_buffer.hpp>
#include <gesta/runtime/event_copy.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/slice.hpp>

namespace gesta {

/// So many threads handle events; 0: as many as the machine runs at once.
struct workers {
  unsigned count = 0;
};
/// One thread handles all events, in the order of the log: for handlers that need `gesta::ordered`.
struct one_worker_type {
  static constexpr unsigned count = 1;
};
inline constexpr one_worker_type one_worker{};

/// An event that was given to a worker and is not done.
struct undone {
  std::uint64_t position = 0;
  std::uint64_t version = 0;  ///< in its stream
  timestamp time{};           ///< when it was decided
  std::string key;            ///< of its partition, as bytes
  std::uint64_t behind = 0;   ///< the event that its key waits for, where it was not tried; 0: it was tried and failed
  failure cause;
};

/// What waiting for a position came to.
enum class [[nodiscard]] awaited : std::uint8_t {
  done,     ///< everything up to it is done
  undone,   ///< everything up to it was tried, and something of it is not done: partitions::park
  not_yet,  ///< the time is over
  stopped,  ///< the workers have ended before
};

/// What giving came to: true when everything was given that was there.
class [[nodiscard]] dispatched {
 public:
  enum class outcome : std::uint8_t {
    all,      ///< everything that was there is given
    full,     ///< a buffer that refuses is full; call again later
    undone,   ///< as many events are undone as a buffer holds: park them, then call again
    stopped,  ///< the workers take nothing any more
    failed,   ///< the log could not be read: why()
  };
  explicit dispatched(outcome what) : what_(what) {}
  explicit dispatched(const failure& cause) : what_(outcome::failed), cause_(cause) {}

  explicit operator bool() const noexcept { return what_ == outcome::all; }
  outcome what() const noexcept { return what_; }
  /// The cause. Only where the log could not be read.
  const failure& why() const noexcept { return cause_; }

 private:
  outcome what_;
  failure cause_;
};

namespace detail {

template <class Handler, class Event>
concept handles_with_about = requires(Handler& handler, const Event& event, const about& where) { handler(event, where); };
template <class Handler, class Event>
concept handles = handles_with_about<Handler, Event> || requires(Handler& handler, const Event& event) { handler(event); };

template <class Handler, class Events>
struct events_handled;
template <class Handler, class... Event>
struct events_handled<Handler, types<Event...>> : type_is<concat<std::conditional_t<handles<Handler, Event>, types<Event>, types<>>...>> {};

template <class Handler, class Event>
constexpr auto located() {
  if constexpr (locates<Handler, Event>) return type_is<std::remove_cvref_t<locate_result<Handler, Event>>>{};
  else return type_is<key_bytes>{};
}
/// What tells the partition of an event: what `locate` returns, else the entity's key.
template <class Handler, class Event>
using located_by = typename decltype(located<Handler, Event>())::type;

template <class Handler, class Events>
inline constexpr bool all_located = false;
template <class Handler, class... Event>
inline constexpr bool all_located<Handler, types<Event...>> = (entity_key<located_by<Handler, Event>> && ...);

template <class Handler, class... Event>
void report_located(types<Event...>) {
  ((void)sizeof(diagnostic::located_nowhere<entity_key<located_by<Handler, Event>>, Handler, Event, located_by<Handler, Event>>), ...);
}

/// Stands for partitions that a mistake left without anything to do, so that the mistake is reported and nothing else.
struct mistaken_partitions {
  template <class... Argument>
  dispatched poll(const Argument&...) {
    return dispatched(dispatched::outcome::stopped);
  }
  std::uint64_t done() const noexcept { return 0; }
  template <class... Argument>
  awaited wait_until_done(const Argument&...) {
    return awaited::stopped;
  }
  void close() {}
  void join() {}
  void drain() {}
};

inline void raise(std::atomic<std::uint64_t>& highest, std::uint64_t to) noexcept {
  std::uint64_t was = highest.load();
  while (was < to && !highest.compare_exchange_weak(was, to)) {
  }
}

}  // namespace detail

/// Workers that handle the events of a model. Made by gesta::partition; neither copyable nor movable. One thread gives, by poll or as a
/// visitor; what else may be called from where is said with each.
///
/// Handled is each event that the Handler takes, `handler(const Event&, const gesta::about&)` or `handler(const Event&)`, by the worker of
/// its key: the entity's, or what `locate(const Handler&, const Event&[, const gesta::about&])` returns. Keys that are the same bytes are one
/// partition, whatever they are keys of. An event has failed when the handler throws, or returns what is false (whose why(), if it has one,
/// is the cause). Then later events of its key are not tried: they are undone, behind it, until the key is released; other keys go on. A
/// handler that says gesta::unordered holds nothing back.
template <class Model, class Handler, class Bounded = bounded<1024>, class Workers = workers>
class partitions {
  using handler_type = std::remove_cvref_t<Handler>;
  using events = typename detail::events_handled<handler_type, typename flow<Model>::current_events>::type;
  using outcome = dispatched::outcome;
  static constexpr bool in_keys = !detail::same<detail::order_needed<handler_type>, unordered>;
  static constexpr std::uint64_t nothing_undone = ~std::uint64_t{0};

 public:
  /// make(n) gives the handler of worker n: its own one, or a reference to one of the caller's. The workers begin at once.
  template <class Make>
  partitions(unsigned count, Make& make) : partitions() {  // from here on the destructor ends what has begun
    if (count == 0) count = std::thread::hardware_concurrency();
    if (count == 0) count = 1;
    for (unsigned n = 0; n < count; ++n) workers_.push_back(std::make_unique<worker>(make, n));
    running_.store(count);
    for (const auto& w : workers_) w->thread = std::thread([this, &one = *w] { work(one); });
  }
  partitions(const partitions&) = delete;
  partitions& operator=(const partitions&) = delete;
  /// Abandons what was given and is not done, and waits for the handlers at work.
  ~partitions() {
    abandon();
    join();
  }

  unsigned count() const noexcept { return static_cast<unsigned>(workers_.size()); }

  // ---- giving: the thread that reads

  /// Gives what a feed has, at most `limit` stored events of it. Where a buffer blocks this waits for room. What was read and could not be
  /// given any more is kept here and goes first the next time. Further arguments go to feed::poll.
  template <class Feed, class... More>
  dispatched poll(Feed& feed, std::uint64_t limit = slice::end, const More&... more) {
    if (!begun_) reached(feed.checkpoint().position);
    if (const dispatched rest = give_rest(); !rest) return rest;
    const read_result read = feed.poll(*this, limit, more...);
    incarnation_ = feed.checkpoint().incarnation;
    if (last_ == outcome::all) reached(feed.checkpoint().position);
    return read ? dispatched(last_) : dispatched(read.why());
  }

  /// Gives one event: the visitor of a reading, `app.read(part, lanes)`. Events come in order of position. False: it is the last
  /// that is taken for now; it is kept here, unless the workers are stopped, and give_rest() goes before the next.
  template <class Event>
  bool operator()(const Event& event, const about& where) {
    if constexpr (detail::contains<Event, events>) {
      if (last_ == outcome::all) {
        reached(where.position - 1);
        last_ = give(event, where);
      }
      if (last_ == outcome::full || last_ == outcome::undone) keep_back(event, where);
    }
    return last_ == outcome::all;
  }

  /// Gives what was kept here because it could not be given before; poll begins so.
  dispatched give_rest() {
    last_ = outcome::all;
    std::size_t given = 0;
    while (given < kept_back_.size()) {
      kept_back_[given]->event.visit([&](const auto& event, const about& where) { last_ = give(event, where); });
      if (last_ != outcome::all) break;
      ++given;
    }
    kept_back_.erase(kept_back_.begin(), kept_back_.begin() + static_cast<std::ptrdiff_t>(given));
    return dispatched(last_);
  }

  /// Says that every event up to this position was given, or is none that is handled: before the first event where the reading begins
  /// behind others, and at the end of one.
  void reached(std::uint64_t position) {
    if (!begun_) {
      begun_ = true;
      detail::raise(tried_, position);
      detail::raise(done_, position);
    }
    const std::uint64_t before = given_.load(std::memory_order_relaxed);
    if (position <= before || !kept_back_.empty()) return;
    given_.store(position);
    tell_beyond(before + 1, position + 1);
  }

  // ---- what is done: any thread

  /// Everything up to this position is done, or was parked: what may be kept as a checkpoint. It never falls. What lies behind it may be
  /// done as well, as keys do not wait for each other: whoever begins again here handles that twice. Costs a look at each worker.
  std::uint64_t done() const noexcept {
    const std::uint64_t all = tried();
    const std::uint64_t first = first_undone_.load();  // behind the look at the workers: they enter it before they go on
    detail::raise(done_, all < first ? all : first - 1);
    return done_.load();
  }
  /// The same as a place in the log that was polled. For the thread that gives.
  gesta::checkpoint checkpoint() const noexcept { return {incarnation_, done()}; }

  /// Waits until everything up to this position is done. A position that nobody gives is not reached.
  awaited wait_until_done(std::uint64_t position) {
    return wait(position, [this](auto& lock, auto&& is_over) { return wakened_.wait(lock, is_over), true; });
  }
  /// The same, for so long at most.
  template <class Rep, class Period>
  awaited wait_until_done(std::uint64_t position, const std::chrono::duration<Rep, Period>& most) {
    return wait(position, [&](auto& lock, auto&& is_over) { return wakened_.wait_for(lock, most, is_over); });
  }

  // ---- what is not done: any thread, but one at a time

  /// Calls visit(const undone&) for each event that is undone, in order of position, until it returns false. An event for which it returns
  /// true is parked: the caller keeps it, and it holds done() back no longer. Its key goes on waiting. The number of those.
  template <class Visit>
  std::size_t park(Visit&& visit) {
    std::vector<undone> all;
    {
      const std::lock_guard locked(aside_lock_);
      all = aside_;
    }
    std::size_t kept = 0;
    while (kept < all.size() && visit(static_cast<const undone&>(all[kept]))) ++kept;
    const std::lock_guard locked(aside_lock_);
    std::erase_if(aside_, [&](const undone& one) {  // others may have come between them
      for (std::size_t i = 0; i < kept; ++i)
        if (all[i].position == one.position && all[i].key == one.key) return true;
      return false;
    });
    note_aside();
    return kept;
  }

  /// The events of a partition are not tried from now on, but undone, behind the event at this position: what an earlier program parked.
  void hold(std::string_view key, std::uint64_t behind) {
    const std::lock_guard locked(aside_lock_);
    worker& w = worker_of(detail::hash_bytes(key.data(), key.size()));
    w.blocked.insert_or_assign(std::string(key), behind);
    w.blocked_count.store(w.blocked.size());
  }
  /// The events of a partition are tried again, from the first one that is not yet undone; those that were parked are the caller's, who
  /// handles them before. False: something of this key is undone and not parked, and nothing is released.
  [[nodiscard]] bool release(std::string_view key) {
    const std::lock_guard locked(aside_lock_);
    for (const undone& one : aside_)
      if (one.key == key) return false;
    worker& w = worker_of(detail::hash_bytes(key.data(), key.size()));
    if (const auto found = w.blocked.find(key); found != w.blocked.end()) w.blocked.erase(found);
    w.blocked_count.store(w.blocked.size());
    return true;
  }

  // ---- the end: any thread, a handler too

  /// Nothing is given any more; the workers handle what was given, then end. Waits for nobody.
  void close() noexcept {
    for (const auto& w : workers_) w->in.close();
  }
  /// Nothing is given any more, and each worker ends behind the event it is at. Waits for nobody.
  void abandon() noexcept {
    abandoned_.store(true);
    close();
  }
  /// Waits until the workers have ended, after close or abandon. Then done() is exact: after close it is the last position that was given,
  /// unless something is undone; after abandon the next event was not tried. For the thread that made them.
  void join() {
    for (const auto& w : workers_)
      if (w->thread.joinable()) w->thread.join();
  }
  /// close, then join.
  void drain() {
    close();
    join();
  }

 private:
  partitions() = default;

  struct item {
    detail::event_copy<events> event;
    detail::bytes_copy located;
    bool is_located = false;

    key_bytes partition() const noexcept { return is_located ? located.bytes() : event.where().key; }
    void assign(const item& other) {
      event.assign(other.event);
      if (other.is_located) located.assign(other.located.bytes());
      is_located = other.is_located;
    }
  };
  struct alignas(detail::cache_line) worker {
    template <class Make>
    worker(Make& make, unsigned n) : handler(make(n)) {}

    bounded_buffer<item, Bounded> in;
    std::uint64_t sent_count = 0;         // of the thread that gives
    std::atomic<std::uint64_t> sent{0};
    alignas(detail::cache_line) std::atomic<std::uint64_t> next{1};  // it has done all that it got below this position
    std::atomic<std::uint64_t> finished{0};                          // of the events that were sent
    std::atomic<std::size_t> blocked_count{0};
    std::map<std::string, std::uint64_t, std::less<>> blocked;  // keys, and what they wait for; under aside_lock_
    Handler handler;
    std::thread thread;
  };

  worker& worker_of(std::uint64_t hash) const noexcept { return *workers_[((hash >> 32) * workers_.size()) >> 32]; }

  // ---- giving

  template <class Event>
  outcome give(const Event& event, const about& where) {
    if (aside_count_.load(std::memory_order_relaxed) >= Bounded::capacity) return outcome::undone;
    if constexpr (in_keys && locates<handler_type, Event>) {
      using key = detail::located_by<handler_type, Event>;
      const auto found = detail::call_locate(static_cast<const handler_type&>(workers_.front()->handler), event, where);
      key_buffer<key> buffer;
      const key_bytes bytes = key_bytes_of<key>(key_value_of<key>(found), buffer);
      return send(worker_of(detail::hash_bytes(bytes.data, bytes.size)), [&](item& place) {
        place.event.assign(event, where);
        place.located.assign(bytes);
        place.is_located = true;
      });
    } else {
      worker& w = in_keys ? worker_of(detail::hash_bytes(where.key.data, where.key.size)) : *workers_[turn_++ % workers_.size()];
      return send(w, [&](item& place) {
        place.event.assign(event, where);
        place.is_located = false;
      });
    }
  }

  template <class Write>
  outcome send(worker& w, Write&& write) {
    using answer = typename bounded_buffer<item, Bounded>::answer;
    const answer came_to = w.in.fill(write);
    if (came_to == answer::kept) {
      w.sent.store(++w.sent_count);
      return outcome::all;
    }
    if constexpr (detail::same<answer, offered>)
      if (came_to == offered::full) return outcome::full;
    return outcome::stopped;
  }

  template <class Event>
  void keep_back(const Event& event, const about& where) {
    auto one = std::make_unique<item>();
    one->event.assign(event, where);
    kept_back_.push_back(std::move(one));
  }

  // ---- handling

  void work(worker& w) {
    bool goes_on = true;
    while (goes_on && w.in.take([&](const item& one) { return goes_on = handle(w, one); }) != 0) {
    }
    running_.fetch_sub(1);
    if (waiting_.load() != 0) tell();
  }

  bool handle(worker& w, const item& one) {
    const std::uint64_t before = w.next.load(std::memory_order_relaxed);
    const std::uint64_t position = one.event.where().position;
    w.next.store(position);
    tell_beyond(before, position);
    if (abandoned_.load(std::memory_order_relaxed)) return false;
    if (!is_behind(w, one)) one.event.visit([&](const auto& event, const about& where) { attempt(w, one, event, where); });
    const std::uint64_t finished = w.finished.load(std::memory_order_relaxed) + 1;
    w.finished.store(finished);
    if (waiting_.load() != 0 && finished >= w.sent.load()) tell();
    return true;
  }

  template <class Event>
  void attempt(worker& w, const item& one, const Event& event, const about& where) {
#if defined(__cpp_exceptions)
    try {
      call(w, one, event, where);
    } catch (const std::exception& thrown) {
      set_aside(w, one, failure(failure::kind::interrupted, 0, "the handler threw: ", thrown.what()));
    } catch (...) {
      set_aside(w, one, failure(failure::kind::interrupted, 0, "the handler threw something that is no std::exception"));
    }
#else
    call(w, one, event, where);
#endif
  }
  template <class Event>
  void call(worker& w, const item& one, const Event& event, const about& where) {
    const auto ask = [&]() -> decltype(auto) {
      if constexpr (detail::handles_with_about<handler_type, Event>) return w.handler(event, where);
      else return w.handler(event);
    };
    if constexpr (std::is_void_v<decltype(ask())>) {
      ask();
    } else {
      decltype(auto) answer = ask();
      if (answer) return;
      if constexpr (requires { static_cast<const failure&>(answer.why()); }) set_aside(w, one, answer.why());
      else set_aside(w, one, failure(failure::kind::interrupted, 0, "the handler says that it failed"));
    }
  }

  // ---- what is undone

  bool is_behind(worker& w, const item& one) {
    if (!in_keys || w.blocked_count.load() == 0) return false;
    const std::lock_guard locked(aside_lock_);
    const auto found = w.blocked.find(text_of(one.partition()));
    if (found == w.blocked.end()) return false;
    enter(one, failure(failure::kind::interrupted, 0, "it waits behind the event at position ", found->second), found->second);
    return true;
  }
  void set_aside(worker& w, const item& one, const failure& cause) {
    const std::lock_guard locked(aside_lock_);
    if constexpr (in_keys) {
      w.blocked.insert_or_assign(std::string(text_of(one.partition())), one.event.where().position);
      w.blocked_count.store(w.blocked.size());
    }
    enter(one, cause, 0);
  }
  // What an old event became has one position: of one key that is one event, and one failure.
  void enter(const item& one, const failure& cause, std::uint64_t behind) {
    const about& where = one.event.where();
    const std::string_view key = text_of(one.partition());
    auto at = aside_.end();
    while (at != aside_.begin() && (at - 1)->position >= where.position) {
      --at;
      if (at->position == where.position && at->key == key) return;
    }
    aside_.insert(at, undone{where.position, where.version, where.time, std::string(key), behind, cause});
    note_aside();
  }
  void note_aside() {
    first_undone_.store(aside_.empty() ? nothing_undone : aside_.front().position);
    aside_count_.store(aside_.size());
  }
  static std::string_view text_of(key_bytes key) noexcept { return {key.data, key.size}; }

  // ---- waiting

  /// Everything up to here was given, and is done or undone.
  std::uint64_t tried() const noexcept {
    std::uint64_t all = given_.load();
    for (const auto& w : workers_) {
      const std::uint64_t sent = w->sent.load();  // at least what was sent up to there
      if (w->finished.load() >= sent) continue;
      const std::uint64_t below = w->next.load() - 1;
      if (below < all) all = below;
    }
    detail::raise(tried_, all);
    return tried_.load();
  }

  template <class Wait>
  awaited wait(std::uint64_t position, Wait&& wait_on) {
    std::unique_lock locked(wait_lock_);
    if (waiting_.load() == 0 || position < lowest_.load()) lowest_.store(position);
    if (waiting_.load() == 0 || position > highest_.load()) highest_.store(position);
    waiting_.fetch_add(1);
    const bool is_over = wait_on(locked, [&] { return tried() >= position || running_.load() == 0; });
    waiting_.fetch_sub(1);
    if (done() >= position) return awaited::done;
    if (tried() >= position) return awaited::undone;
    return is_over ? awaited::stopped : awaited::not_yet;
  }
  /// Wakes who waits for a position from `before` on and below `now`.
  void tell_beyond(std::uint64_t before, std::uint64_t now) {
    if (waiting_.load() != 0 && before <= highest_.load() && now > lowest_.load()) tell();
  }
  void tell() {
    { const std::lock_guard locked(wait_lock_); }  // who waits has looked, and sleeps
    wakened_.notify_all();
  }

  // The thread that gives.
  std::vector<std::unique_ptr<worker>> workers_;
  std::vector<std::unique_ptr<item>> kept_back_;
  outcome last_ = outcome::all;
  message_id incarnation_{};
  std::size_t turn_ = 0;
  bool begun_ = false;

  alignas(detail::cache_line) std::atomic<std::uint64_t> given_{0};  // every event up to here was given
  mutable std::atomic<std::uint64_t> tried_{0};
  mutable std::atomic<std::uint64_t> done_{0};

  alignas(detail::cache_line) std::atomic<bool> abandoned_{false};
  std::atomic<unsigned> running_{0};
  std::atomic<std::size_t> aside_count_{0};
  std::atomic<std::uint64_t> first_undone_{nothing_undone};
  std::atomic<unsigned> waiting_{0};
  std::atomic<std::uint64_t> lowest_{0};  // of the positions that somebody waits for
  std::atomic<std::uint64_t> highest_{0};

  std::mutex wait_lock_;
  std::condition_variable wakened_;
  std::mutex aside_lock_;
  std::vector<undone> aside_;  // in order of position
};

/// Threads that handle the events of a model: `auto lanes = gesta::partition<bank>(gesta::workers{4}, [](unsigned n) { return counter{}; });`.
/// make(n) gives the handler of worker n, its own one, or a reference to the caller's, which several may share. A handler for several
/// workers says its order: `using order = gesta::ordered_by_key;` (or gesta::unordered). One that says gesta::ordered, or nothing, gets
/// gesta::one_worker. Each worker has a buffer: `gesta::partition<bank, gesta::bounded<64, gesta::when_full::refuse>>(...)`; it takes
/// the capacity times the largest event that is handled.
template <class Model, class Bounded = bounded<1024>, class Workers, class Make>
auto partition(const Workers& count, Make&& make) {
  using handler = decltype(make(0u));
  using plain = std::remove_cvref_t<handler>;
  using order = detail::order_needed<plain>;
  constexpr bool is_one = detail::same<Workers, one_worker_type>;
  using events = typename detail::events_handled<plain, typename flow<Model>::current_events>::type;
  (void)sizeof(diagnostic::ordered_by_many_workers<(is_one || !detail::same<order, ordered>), plain>);
  (void)sizeof(diagnostic::order_unsaid<(is_one || !detail::same<order, detail::no_order_said>), plain>);
  (void)sizeof(diagnostic::handles_nothing<(events::size != 0), plain, Model>);
  constexpr bool is_located = detail::same<order, unordered> || detail::all_located<plain, events>;
  if constexpr (!is_located) detail::report_located<plain>(events{});
  if constexpr (events::size != 0 && is_located) return partitions<Model, handler, Bounded, Workers>(count.count, make);
  else return detail::mistaken_partitions{};
}

}  // namespace gesta
