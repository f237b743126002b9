// Sagas without records: for a program that needs to know the end and not the way, and loses nothing that matters when it stops.
// Floor: runtime.
// May include: all above.
//
// gesta::run_sagas keeps every step in the log, so that whoever comes after a crash goes on. Here nothing is kept but what a step will ask for:
// a game, a simulation, a service whose callers ask again. The answers are the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/detail/hash_index.hpp>
#include <gesta/detail/pack.hpp>
#include <gesta/detail/select.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/key.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/react/ended.hpp>
#include <gesta/react/saga.hpp>
#include <gesta/react/saga_flow.hpp>
#include <gesta/runtime/entities.hpp>
#include <gesta/runtime/unrecorded_instance.hpp>
#include <gesta/runtime/unrecorded_moves.hpp>
#include <gesta/runtime/unrecorded_states.hpp>

namespace gesta {

/// How gesta::unrecorded_sagas goes on: an instance is led to its end by the call that begins it. The fastest: nothing is kept at all, the
/// compiler sees the whole way.
struct to_completion {};
/// All open commands of one step are carried out together, then those of the next. For many instances that are under way at the same time.
struct in_rounds {};
/// One queue: commands are carried out in the order in which they were asked, whoever asked them.
struct in_order {};

/// Where an instance stands.
enum class saga_stands : std::uint8_t {
  completed,
  compensated,
  under_way,  ///< its commands lie in the queue
  waiting,    ///< some command is asked again later, by run(now)
  stuck,      ///< an undo was refused: a person has to look
  known,      ///< nothing was begun: an instance of this key is there already
};

namespace detail {

// ---- queues of (number of an instance, what it is about to do)

/// One ring of all.
class work_ring {
 public:
  /// Room for so many commands that are open at once. Whoever pushes sees to it.
  void reserve(std::size_t commands) {
    std::size_t size = 64;
    while (size < commands) size *= 2;
    std::vector<entry> more(size);
    const std::size_t count = last_ - first_;
    for (std::size_t i = 0; i < count; ++i) more[i] = ring_[(first_ + i) & mask_];
    more.swap(ring_);
    mask_ = size - 1;
    first_ = 0;
    last_ = count;
  }
  template <std::size_t What>
  [[gnu::always_inline]] void push(std::uint32_t number) {
    ring_[last_++ & mask_] = {number, static_cast<std::uint32_t>(What)};
  }
  /// Calls act(integral constant What, number) for up to `most`; returns for how many.
  template <std::size_t Count, class Act>
  [[gnu::always_inline]] std::size_t drain(std::size_t most, Act&& act) {
    std::size_t done = 0;
    for (; done != most && first_ != last_; ++done) {
      const entry next = ring_[first_++ & mask_];
      if (next.what >= Count) __builtin_unreachable();
      select<Count>(next.what, [&](auto what) __attribute__((always_inline)) { act(what, next.number); });
    }
    return done;
  }
  bool empty() const noexcept { return first_ == last_; }

 private:
  struct entry {
    std::uint32_t number, what;
  };
  std::vector<entry> ring_ = std::vector<entry>(64);
  std::size_t mask_ = 63, first_ = 0, last_ = 0;
};

/// A pool for each kind of work.
template <std::size_t Count>
class work_pools {
 public:
  /// Room for so many commands that are open at once: in a pool an instance stands twice at most, once to be done and once as done.
  void reserve(std::size_t commands) {
    for (pool& p : pools_) p.reserve(2 * commands + 16);
  }
  template <std::size_t What>
  [[gnu::always_inline]] void push(std::uint32_t number) {
    *pools_[What].end++ = number;
  }
  /// One round: what lies in each pool, pool by pool; what is added to one on the way is for the next round where it was drained already.
  template <std::size_t, class Act>
  [[gnu::always_inline]] std::size_t drain(std::size_t, Act&& act) {
    return drain_all(act, make_indices<Count>{});
  }
  bool empty() const noexcept {
    for (const pool& p : pools_)
      if (p.end != p.first) return false;
    return true;
  }

 private:
  struct pool {
    std::uint32_t* first = nullptr;
    std::uint32_t* end = nullptr;

    pool() { reserve(16); }
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;
    ~pool() { delete[] first; }
    void reserve(std::size_t count) {
      std::uint32_t* const more = new std::uint32_t[count]();
      const std::size_t size = static_cast<std::size_t>(end - first);
      for (std::size_t i = 0; i < size; ++i) more[i] = first[i];
      delete[] first;
      first = more;
      end = more + size;
    }
  };
  template <class Act, std::size_t... What>
  [[gnu::always_inline]] std::size_t drain_all(Act& act, indices<What...>) {
    return (drain_one<What>(act) + ... + 0);
  }
  template <std::size_t What, class Act>
  [[gnu::always_inline]] std::size_t drain_one(Act& act) {
    pool& p = pools_[What];
    const std::size_t size = static_cast<std::size_t>(p.end - p.first);
    for (std::size_t i = 0; i < size; ++i) act(std::integral_constant<std::size_t, What>{}, p.first[i]);
    const std::size_t more = static_cast<std::size_t>(p.end - p.first) - size;
    for (std::size_t i = 0; i < more; ++i) p.first[i] = p.first[size + i];
    p.end = p.first + more;
    return size;
  }

  pool pools_[Count];
};

template <class Way, std::size_t Count>
struct work_of : type_is<work_ring> {};
template <std::size_t Count>
struct work_of<in_rounds, Count> : type_is<work_pools<Count>> {};

// ---- instances

/// The instances under way, by key. Numbers below the room have their places from the start.
template <class Plan>
class instances_in_memory {
 public:
  using instance = saga_instance_in_memory<Plan>;
  using key_type = typename Plan::key_type;
  using key_argument = handed<key_type>;
  static constexpr std::uint32_t absent = hash_index::absent;

  explicit instances_in_memory(std::uint32_t room) : dense_(place_number<key_type> ? room : 0), count_(dense_) {
    blocks_.reserve(room == 0 ? 1 : room);
    if constexpr (!place_number<key_type>) index_.reserve(room);
  }

  [[gnu::always_inline]] std::uint32_t find(key_argument key) const {
    if constexpr (place_number<key_type>)
      if (static_cast<std::uint64_t>(key) < dense_) [[likely]]
        return blocks_.in_first_block(static_cast<std::uint32_t>(key)).is == instance_is::free ? absent : static_cast<std::uint32_t>(key);
    return find_hashed(key);
  }
  /// The place of a key that has none.
  [[gnu::always_inline]] std::uint32_t add(key_argument key) {
    if constexpr (place_number<key_type>)
      if (static_cast<std::uint64_t>(key) < dense_) [[likely]] return static_cast<std::uint32_t>(key);
    return add_hashed(key);
  }
  /// Gives a place back; its key.
  [[gnu::always_inline]] key_type remove(std::uint32_t number) {
    blocks_.at(number).end();
    if constexpr (place_number<key_type>)
      if (number < dense_) [[likely]] return static_cast<key_type>(number);
    return remove_hashed(number);
  }
  [[gnu::always_inline]] instance& at(std::uint32_t number) const { return blocks_.at(number); }
  /// So many there may be without another block.
  std::size_t room() const noexcept { return blocks_.room_of_all(); }
  template <class Visit>
  void each(Visit&& visit) const {
    for (std::uint32_t number = 0; number < count_; ++number)
      if (blocks_.at(number).is != instance_is::free) visit(number);
  }
  key_type key(std::uint32_t number) const {
    if constexpr (place_number<key_type>)
      if (number < dense_) return static_cast<key_type>(number);
    return keys_[number - dense_];
  }

 private:
  static std::uint64_t hash_of(const key_type& key) { return key_hash(key_value_of<key_type>(key)); }
  [[gnu::noinline]] std::uint32_t find_hashed(key_argument key) const {
    return index_.find(hash_of(key), [&](std::uint32_t n) { return same_key(keys_[n - dense_], key); });
  }
  [[gnu::noinline]] std::uint32_t add_hashed(key_argument key) {
    std::uint32_t number = 0;
    if (free_.empty()) {
      number = count_++;
      blocks_.grow_to(number);
      keys_.push_back(key);
    } else {
      number = free_.back();
      free_.pop_back();
      keys_[number - dense_] = key;
    }
    index_.insert(hash_of(key), number, [this](std::uint32_t n) { return hash_of(keys_[n - dense_]); });
    return number;
  }
  [[gnu::noinline]] key_type remove_hashed(std::uint32_t number) {
    const key_type key = keys_[number - dense_];
    index_.erase(hash_of(key), number, [this](std::uint32_t n) { return hash_of(keys_[n - dense_]); });
    free_.push_back(number);
    return key;
  }

  std::uint32_t dense_, count_;
  entity_blocks<instance> blocks_;
  std::vector<key_type> keys_;
  std::vector<std::uint32_t> free_;
  hash_index index_;
};

/// Whether a saga has to wait for a time of its own, or for another service.
template <class Model, class Saga>
inline constexpr bool waits_unrecorded = saga_read<flow_of_parts<plain_aggregates<Model>>, Saga>::deadlines::size != 0 ||
                                         saga_read<flow_of_parts<plain_aggregates<Model>>, Saga>::asks_elsewhere;
/// Whether the steps of a saga, and its facts, have each a bit in a word.
template <class Model, class Saga>
inline constexpr bool fits_unrecorded = saga_read<flow_of_parts<plain_aggregates<Model>>, Saga>::step_count <= 64 &&
                                        saga_flow<flow_of_parts<plain_aggregates<Model>>, Saga>::facts::size <= 64;

}  // namespace detail

/// Runs the instances of one saga of a model on states in memory, without a log. `Way` says in which order: gesta::to_completion, gesta::in_rounds,
/// gesta::in_order; the ends are the same in all three, and the same as with gesta::run_sagas. What is kept of an instance is what some `run` or
/// `undo` asks for, and it is forgotten at its end: an event with the same key then begins another one.
///
///   gesta::unrecorded_states<shop> states;
///   gesta::unrecorded_sagas<shop, fulfilment> sagas(states);
///   if (sagas.begin(order::placed{7, 1, 100}) == gesta::saga_stands::completed) ...
///
/// States is gesta::unrecorded_states or anything that gives `of<Aggregate>(key) -> State&`, the same one for the same key. Where it has a function
/// `happened(const Event&)` that takes an event of a step, that is told of it.
/// Commands are answered at once, so `within` of a step never passes. A verb that asks for gesta::about gets an empty one. Verbs and steps must not
/// throw. No heap is used where `room` suffices, but for what a `run` that returns gesta::many allocates. One thread at a time.
template <class Model, class Saga, class Way = to_completion, class States = unrecorded_states<Model>>
class unrecorded_sagas;

/// A saga that would have to wait, or is too large: a sentence says so, and nothing else.
template <class Model, class Saga, class Way, class States>
  requires(detail::waits_unrecorded<Model, Saga> || !detail::fits_unrecorded<Model, Saga>)
class unrecorded_sagas<Model, Saga, Way, States> : diagnostic::unrecorded_saga_waits<!detail::waits_unrecorded<Model, Saga>, Saga>,
                                                   diagnostic::unrecorded_saga_too_large<detail::fits_unrecorded<Model, Saga>, Saga> {
  using plan = detail::saga_flow<flow_of_parts<detail::plain_aggregates<Model>>, Saga>;

 public:
  using key_type = typename plan::key_type;
  using beginning = typename plan::beginning;

  explicit unrecorded_sagas(States&, std::uint32_t = 1024) {}
  saga_stands begin(const beginning&) { return {}; }
  void handle(const auto&...) {}
  bool interrupt(const auto&) { return false; }
  std::size_t run(const auto&...) { return 0; }
  std::size_t run_some(std::size_t, const auto&...) { return 0; }
  bool has(const key_type&) const { return false; }
  void each_stuck(const auto&) const {}
  bool retry(const key_type&, const auto&...) { return false; }
  bool resolve(const key_type&, const auto&...) { return false; }
};

template <class Model, class Saga, class Way, class States>
class unrecorded_sagas {
  using flow_type = flow_of_parts<detail::plain_aggregates<Model>>;
  using plan = detail::saga_flow<flow_type, Saga>;
  using rules = detail::plan_facts<plan>;
  using moves = detail::saga_moves<plan>;
  using instance_type = detail::saga_instance_in_memory<plan>;
  using bits = typename rules::bits;
  static constexpr std::size_t steps = rules::steps;

 public:
  using key_type = typename plan::key_type;
  using beginning = typename plan::beginning;

  /// `room`: so many instances are under way at once without the heap; instances whose key is a number below it are found without a hash.
  /// The states must outlive it.
  explicit unrecorded_sagas(States& states, std::uint32_t room = 1024) : states_(states), table_(room) { make_room(); }

  /// The event has happened: it begins an instance. Says where that stands; gesta::to_completion leads it to its end here.
  [[gnu::always_inline]] saga_stands begin(const beginning& event) {
    if constexpr (is_nested) {
      if (parked_ != 0) [[unlikely]]
        if (has(plan::key_in(event))) return saga_stands::known;
      nested drive{*this, plan::key_in(event)};
      drive.s.begin();
      drive.s.template learn<0>(event);
      moves::template ask_group<1>(drive);
      if (drive.is_over) [[likely]] return drive.result;
      if constexpr (rules::may_ask_again) {
        instance_type rest;
        rest.take(drive.s);
        return park(rest, plan::key_in(event));
      } else {
        __builtin_unreachable();  // forwards it only waits where something is asked again
      }
    } else {
      const key_type& key = plan::key_in(event);
      if (has(key)) return saga_stands::known;
      saga_stands result = saga_stands::under_way;
      const auto ended = [&](const key_type&, gesta::ended how) { result = stands_after(how); };
      const std::uint32_t number = place_of(key);
      parked_ += completes ? 1 : 0;
      instance_type& s = table_.at(number);
      s.begin();
      s.template learn<0>(event);
      queued<const decltype(ended)> drive{*this, ended, s, number};
      moves::template ask_group<1>(drive);
      if constexpr (completes) {
        drain(ended);
        if (result == saga_stands::under_way) result = stands_of(s);
      }
      return result;
    }
  }

  /// Decides a command in its aggregate and folds its events; one that begins an instance does, one that interrupts does. Calls told(event) for
  /// each event, told(rejection) or told(gesta::nothing) otherwise.
  template <class Command, class Told>
  void handle(const Command& command, Told&& told) {
    detail::decide_unrecorded<flow_type>(states_, moves::key_of(command), command, [&](const auto& outcome) {
      using type = std::remove_cvref_t<decltype(outcome)>;
      if constexpr (detail::same<type, beginning>) begin(outcome);
      interrupt(outcome);
      told(outcome);
    });
  }
  template <class Command>
  void handle(const Command& command) {
    handle(command, [](const auto&) {});
  }

  /// The event has happened: where the saga has an interrupt for it, its instance goes back, unless what cannot be undone was asked. False: it
  /// changed nothing. Where there is no instance, what the interrupt says of that is done.
  template <class Event>
  bool interrupt(const Event& event) {
    return interrupt_by(event, detail::make_indices<plan::interrupts::size>{});
  }

  /// Carries out everything that is open and what follows of it, and what was to be asked again by `now`. Calls ended(key, gesta::ended)
  /// for each instance that ends; it may begin others. Returns how many commands were carried out.
  template <class Ended>
  [[gnu::always_inline]] std::size_t run(Ended&& ended, timestamp now = {}) {
    wake(now);
    return drain(ended);
  }
  std::size_t run() {
    return run([](const key_type&, gesta::ended) {});
  }
  /// The same for a bounded time: one round where it goes in rounds, `most` commands in order otherwise.
  template <class Ended>
  std::size_t run_some(std::size_t most, Ended&& ended, timestamp now = {}) {
    wake(now);
    return sweep(most, ended);
  }

  /// Where the instance of a key stands; under_way in the meaning that it is there. False: there is none.
  bool has(const key_type& key) const { return table_.find(key) != table_.absent; }
  /// Calls visit(key) for each instance whose undo was refused.
  template <class Visit>
  void each_stuck(Visit&& visit) const {
    table_.each([&](std::uint32_t number) {
      if (table_.at(number).stuck_at != detail::no_step) visit(table_.key(number));
    });
  }
  /// Asks the undo again that was refused; run() carries it out, gesta::to_completion here. False: none was.
  template <class Ended>
  bool retry(const key_type& key, Ended&& ended) {
    return unstick(key, ended, []<std::size_t I>(std::integral_constant<std::size_t, I>, queued<std::remove_reference_t<Ended>>& drive) {
      if constexpr (rules::may_ask_again) drive.s.again.attempts[I] = 0;
      drive.template ask_undo<I>();
    });
  }
  /// Somebody has undone it by hand; the saga goes on with the undo before it, as retry does. False: none was refused.
  template <class Ended>
  bool resolve(const key_type& key, Ended&& ended) {
    return unstick(key, ended, []<std::size_t I>(std::integral_constant<std::size_t, I>, queued<std::remove_reference_t<Ended>>& drive) {
      if constexpr (rules::has_undo(I)) moves::template undone<I>(drive);
    });
  }

 private:
  static constexpr bool completes = detail::same<Way, to_completion>;
  /// Where a step asks many, the instances lie in the table whatever the way.
  static constexpr bool is_nested = completes && !rules::has_many;

  /// The undos are carried out behind all steps, the last step's first.
  template <std::size_t I>
  static constexpr std::size_t undo_place = steps - 1 - I;

  // ---- drives: how a command is carried out

  /// An instance that is led on by nested calls: it lies in the frame of its caller, most of it in registers.
  struct nested {
    static constexpr bool is_nested = true;

    unrecorded_sagas& owner;
    key_type key;
    instance_type s;
    saga_stands result = saga_stands::under_way;
    bool is_over = false;

    [[gnu::always_inline]] nested(unrecorded_sagas& sagas, const key_type& of) : owner(sagas), key(of) {}

    [[gnu::always_inline]] States& states() { return owner.states_; }
    [[gnu::always_inline]] instance_type& instance() { return s; }
    template <std::size_t I>
    [[gnu::always_inline]] void ask() {
      moves::template perform<I>(*this);
    }
    template <std::size_t I>
    [[gnu::always_inline]] bool ask_undo() {
      return moves::template perform_undo<I>(*this) && moves::template note_undone<I>(s);
    }
    [[gnu::always_inline]] void complete() { end(saga_stands::completed); }
    [[gnu::always_inline]] void compensate() { end(saga_stands::compensated); }
    [[gnu::always_inline]] void end(saga_stands how) {
      result = how;
      is_over = true;
    }
    [[gnu::always_inline]] void back() {
      nested further{owner, key};
      further.s.take(s);
      end(owner.go_back(further));
    }
    template <std::size_t I>
    [[gnu::always_inline]] void later(duration after, bool at_once) {
      s.waiting = static_cast<bits>(s.waiting | detail::bit<bits>(I));
      s.again.due[I] = at_once ? past : owner.now_ + after;
    }
    template <std::size_t I>
    [[gnu::always_inline]] void stick() {
      s.stuck_at = static_cast<std::uint16_t>(I);
    }
  };
  [[gnu::noinline]] saga_stands go_back(nested& drive) {
    moves::template back_from<steps - 1>(drive);
    return drive.is_over ? drive.result : park(drive.s, drive.key);
  }
  /// An instance that waits, or is stuck, gets a place in the table.
  [[gnu::noinline, gnu::cold]] saga_stands park(const instance_type& s, const key_type key) {
    const std::uint32_t number = place_of(key);
    ++parked_;
    instance_type& here = table_.at(number);
    here.take(s);
    if (here.waiting != 0) {
      waiting_.push_back(number);
      wake_one(number, past);
    }
    saga_stands result = saga_stands::under_way;
    const auto ended = [&](const key_type&, gesta::ended how) { result = stands_after(how); };
    drain(ended);
    return result == saga_stands::under_way ? stands_of(here) : result;
  }

  /// An instance of the table.
  template <class Ended>
  struct queued {
    static constexpr bool is_nested = false;

    unrecorded_sagas& owner;
    Ended& ended;
    instance_type& s;
    std::uint32_t number;

    [[gnu::always_inline]] States& states() { return owner.states_; }
    [[gnu::always_inline]] instance_type& instance() { return s; }
    template <std::size_t I>
    [[gnu::always_inline]] void ask() {
      owner.work_.template push<I>(number);
    }
    /// False: it is not done yet.
    template <std::size_t I>
    [[gnu::always_inline]] bool ask_undo() {
      owner.work_.template push<steps + undo_place<I>>(number);
      return false;
    }
    [[gnu::always_inline]] void complete() { end(gesta::ended::completed); }
    [[gnu::always_inline]] void compensate() { end(gesta::ended::compensated); }
    [[gnu::always_inline]] void end(gesta::ended how) {
      if constexpr (completes) --owner.parked_;
      const key_type key = owner.table_.remove(number);
      ended(key, how);
    }
    [[gnu::always_inline]] void back() { go_back(owner, ended, number); }
    /// Not of this drive: so that nobody asks for its address, and it is no more than its parts.
    [[gnu::noinline]] static void go_back(unrecorded_sagas& sagas, Ended& ended, std::uint32_t number) {
      queued drive{sagas, ended, sagas.table_.at(number), number};
      moves::template back_from<steps - 1>(drive);
    }
    template <std::size_t I>
    [[gnu::always_inline]] void later(duration after, bool at_once) {
      owner.template put_off<I>(number, after, at_once);
    }
    template <std::size_t I>
    void stick() {
      s.stuck_at = static_cast<std::uint16_t>(I);
    }
  };

  template <class Ended>
  [[gnu::always_inline]] std::size_t sweep(std::size_t most, Ended& ended) {
    return work_.template drain<2 * steps>(most, [&](auto what, std::uint32_t number) __attribute__((always_inline)) {
      [[maybe_unused]] queued<Ended> drive{*this, ended, table_.at(number), number};
      if constexpr (what() < steps) {
        if constexpr (what() != 0) moves::template perform<what()>(drive);
      } else {
        constexpr std::size_t undone = 2 * steps - 1 - what();
        if constexpr (rules::has_undo(undone))
          if (moves::template perform_undo<undone>(drive)) moves::template undone<undone>(drive);
      }
    });
  }

  template <class Ended>
  [[gnu::always_inline]] std::size_t drain(Ended& ended) {
    std::size_t done = 0;
    for (;;) {
      const std::size_t more = sweep(detail::npos, ended);
      if (more == 0) return done;
      done += more;
    }
  }

  [[gnu::always_inline]] std::uint32_t place_of(detail::handed<key_type> key) {
    const std::uint32_t number = table_.add(key);
    if (number >= work_room_) [[unlikely]] make_room();
    return number;
  }
  [[gnu::noinline]] void make_room() {
    work_room_ = table_.room();
    work_.reserve(work_room_ * rules::widest);
  }

  // ---- waiting

  static constexpr timestamp past{-0x7fff'ffff'ffff'ffff};

  template <std::size_t I>
  [[gnu::noinline]] void put_off(std::uint32_t number, duration after, bool at_once) {
    instance_type& s = table_.at(number);
    if (at_once) return push_again<I>(s, number);
    s.waiting = static_cast<bits>(s.waiting | detail::bit<bits>(I));
    s.again.due[I] = now_ + after;
    waiting_.push_back(number);
  }
  template <std::size_t I>
  void push_again(const instance_type& s, std::uint32_t number) {
    if ((s.open & detail::bit<bits>(I)) != 0) work_.template push<I>(number);
    else work_.template push<steps + undo_place<I>>(number);
  }
  /// Lets be asked again what was due; true when nothing of it waits any more.
  template <std::size_t... I>
  bool wake_steps(instance_type& s, std::uint32_t number, timestamp now, detail::indices<I...>) {
    const auto one = [&]<std::size_t K>(std::integral_constant<std::size_t, K>) {
      if ((s.waiting & detail::bit<bits>(K)) == 0 || s.again.due[K].nanoseconds > now.nanoseconds) return;
      s.waiting = static_cast<bits>(s.waiting & ~detail::bit<bits>(K));
      push_again<K>(s, number);
    };
    (one(std::integral_constant<std::size_t, I>{}), ...);
    return s.waiting == 0;
  }
  bool wake_one(std::uint32_t number, timestamp now) {
    if constexpr (rules::may_ask_again) return wake_steps(table_.at(number), number, now, detail::make_indices<steps>{});
    else return true;
  }
  [[gnu::always_inline]] void wake(timestamp now) {
    if (now.nanoseconds > now_.nanoseconds) now_ = now;
    if (!waiting_.empty()) [[unlikely]] wake_all();
  }
  [[gnu::noinline, gnu::cold]] void wake_all() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < waiting_.size(); ++i)
      if (!wake_one(waiting_[i], now_)) waiting_[kept++] = waiting_[i];
    waiting_.resize(kept);
  }
  static saga_stands stands_after(gesta::ended how) {
    return how == gesta::ended::completed ? saga_stands::completed : saga_stands::compensated;
  }
  static saga_stands stands_of(const instance_type& s) {
    return s.stuck_at != detail::no_step ? saga_stands::stuck : s.waiting != 0 ? saga_stands::waiting : saga_stands::under_way;
  }

  // ---- from outside

  template <class Event, std::size_t... I>
  bool interrupt_by([[maybe_unused]] const Event& event, detail::indices<I...>) {
    bool changes = false;
    ((changes = interrupt_one<I>(event) || changes), ...);
    return changes;
  }
  template <std::size_t I, class Event>
  bool interrupt_one(const Event& event) {
    using says = typename plan::template interrupt<I>;
    if constexpr (!detail::same<typename says::event, Event>) {
      return false;
    } else {
      using step = typename says::type;
      const std::uint32_t number = table_.find(plan::key_in(event));
      if (number == table_.absent) {
        if constexpr (!detail::same<typename says::not_found, drop>) handle(step{}.not_found(event));
        return false;
      }
      instance_type& s = table_.at(number);
      constexpr std::uint16_t pivot = rules::table.pivot;
      const bool may = pivot == detail::no_step || s.group < rules::table.steps[pivot == detail::no_step ? 0 : pivot].group;
      if (!may || s.failing) return false;
      moves::fail(s, step{}.on(event));
      return true;
    }
  }
  template <class Ended, class Act>
  bool unstick(const key_type& key, Ended& ended, Act&& act) {
    const std::uint32_t number = table_.find(key);
    if (number == table_.absent) return false;
    instance_type& s = table_.at(number);
    if (s.stuck_at == detail::no_step) return false;
    const std::uint16_t step = s.stuck_at;
    s.stuck_at = detail::no_step;
    queued<Ended> drive{*this, ended, s, number};
    detail::select<steps>(step, [&](auto which) { act(which, drive); });
    if constexpr (completes) drain(ended);
    return true;
  }

  States& states_;
  detail::instances_in_memory<plan> table_;
  typename detail::work_of<Way, 2 * steps>::type work_;
  std::vector<std::uint32_t> waiting_;
  std::size_t parked_ = 0;
  std::size_t work_room_ = 0;
  timestamp now_{};
};

}  // namespace gesta
