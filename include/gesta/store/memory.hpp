// Stores in memory: `memory_store` grows and cannot fail, `fixed_memory_store` and `last_records_store` have all their room from the
// start. The text to read first: it says in the fewest words what a log does.
// Floor: store.
// May include: detail, message, model, codec, store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <type_traits>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/detail/hash_index.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/store/record.hpp>
#include <gesta/store/store.hpp>

namespace gesta {

namespace detail {

/// The outcomes of `once`, in the order in which they came.
class outcome_table {
  static std::uint64_t hash(std::uint32_t source, std::uint64_t number) noexcept { return mix(number ^ mix(source)); }
  auto hashes() const noexcept {
    return [this](std::uint32_t n) { return hash(entries_[n].source, entries_[n].number); };
  }

 public:
  /// Room for so many, touched now; more are refused where it is `bounded`.
  void reserve(std::size_t outcomes, bool bounded) {
    entries_.resize(outcomes);
    entries_.clear();
    bytes_.resize(outcomes * 16);
    bytes_.clear();
    index_.reserve(outcomes);
    if (bounded) capacity_ = outcomes;
  }

  bool find(const once& request, remembered& outcome) {
    const std::uint32_t source = source_number(request.source);
    const std::uint32_t at = index_.find(hash(source, request.number), [&](std::uint32_t n) {
      return entries_[n].source == source && entries_[n].number == request.number;
    });
    if (at == hash_index::absent) return false;
    outcome = entries_[at].outcome;
    outcome.payload = bytes_.data() + entries_[at].payload;
    return true;
  }

  /// False when there is no room left: the capacity that was reserved.
  bool add(const once& request, const remembered& outcome) {
    if (capacity_ != 0 && entries_.size() == capacity_) return false;
    const std::uint32_t source = source_number(request.source);
    const auto* const payload = static_cast<const std::byte*>(outcome.payload);
    entries_.push_back({source, request.number, bytes_.size(), outcome});
    if (outcome.size != 0) bytes_.insert(bytes_.end(), payload, payload + outcome.size);
    index_.insert(hash(source, request.number), static_cast<std::uint32_t>(entries_.size() - 1), hashes());
    return true;
  }

  std::size_t size() const noexcept { return entries_.size(); }
  /// Calls visit(source, number, outcome) for each, in the order in which they came.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const entry& e : entries_) {
      remembered outcome = e.outcome;
      outcome.payload = bytes_.data() + e.payload;
      visit(names_.data() + sources_[e.source], e.number, static_cast<const remembered&>(outcome));
    }
  }

  void cut(std::size_t count) {
    while (entries_.size() > count) {
      const entry& last = entries_.back();
      index_.erase(hash(last.source, last.number), static_cast<std::uint32_t>(entries_.size() - 1), hashes());
      bytes_.resize(last.payload);
      entries_.pop_back();
    }
  }

 private:
  struct entry {
    std::uint32_t source;
    std::uint64_t number;
    std::size_t payload;
    remembered outcome;
  };

  // A sender mostly repeats itself, so the last source is tried first.
  std::uint32_t source_number(const char* name) {
    const auto is = [&](std::uint32_t n) { return std::strcmp(names_.data() + sources_[n], name) == 0; };
    if (last_ < sources_.size() && is(last_)) return last_;
    const auto hash_of = [](const char* text) { return hash_bytes(text, std::strlen(text)); };
    last_ = source_index_.find(hash_of(name), is);
    if (last_ == hash_index::absent) {
      last_ = static_cast<std::uint32_t>(sources_.size());
      sources_.push_back(names_.size());
      names_.insert(names_.end(), name, name + std::strlen(name) + 1);
      source_index_.insert(hash_of(name), last_, [&](std::uint32_t n) { return hash_of(names_.data() + sources_[n]); });
    }
    return last_;
  }

  std::vector<char> names_;           ///< of the sources, each ended by a zero
  std::vector<std::size_t> sources_;  ///< where each name begins
  hash_index source_index_;
  std::uint32_t last_ = 0;
  std::vector<entry> entries_;
  std::vector<std::byte> bytes_;
  hash_index index_;
  std::size_t capacity_ = 0;
};

/// What was erased of streams, by aggregate and entity: few, and asked for only by who reads streams.
class erased_streams {
 public:
  /// The first version that is kept, and whether the stream is closed.
  struct entry {
    std::uint64_t name;
    std::uint64_t first;
    bool closed;
  };
  static std::uint64_t name_of(std::uint16_t aggregate, std::uint32_t entity) noexcept { return std::uint64_t{aggregate} << 32 | entity; }

  bool empty() const noexcept { return all_.empty(); }
  const entry* find(std::uint16_t aggregate, std::uint32_t entity) const noexcept {
    const auto at = place(name_of(aggregate, entity));
    return at != all_.end() && at->name == name_of(aggregate, entity) ? &*at : nullptr;
  }
  void note(std::uint16_t aggregate, std::uint32_t entity, std::uint64_t first, bool closed) {
    const std::uint64_t name = name_of(aggregate, entity);
    const auto at = all_.begin() + (place(name) - all_.cbegin());
    if (at != all_.end() && at->name == name) *at = {name, first, closed};
    else all_.insert(at, {name, first, closed});
  }

 private:
  std::vector<entry>::const_iterator place(std::uint64_t name) const noexcept {
    return std::lower_bound(all_.begin(), all_.end(), name, [](const entry& e, std::uint64_t wanted) { return e.name < wanted; });
  }
  std::vector<entry> all_;  ///< by name
};

/// What an entity remembers of its stream in memory: its last record; and where the store can refuse, that nothing may follow.
struct memory_stream {
  link head = 0;
};
struct closable_stream : memory_stream {
  bool closed = false;
};

/// The opened log of a memory store: the records themselves and the remembered outcomes.
template <class Flow, when_full Full>
class memory_log {
 public:
  using stream = std::conditional_t<Full == when_full::refuse, closable_stream, memory_stream>;
  using records_type = records<Flow::is_traced, Full>;

  static constexpr bool can_fail = Full == when_full::refuse;
  static constexpr bool is_memory = true;
  static constexpr bool keeps_all = Full != when_full::reuse;

  template <class Store>
  explicit memory_log(const Store& store)
      : records_(store.segment_bytes(), store.segments()), incarnation_(store.name()), streams_(store.reserved_streams()) {
    if (store.reserved_outcomes() != 0) outcomes_.reserve(store.reserved_outcomes(), can_fail);
  }

  records_type& events() noexcept { return records_; }
  const records_type& events() const noexcept { return records_; }
  std::uint64_t last_position() const noexcept { return records_.count(); }
  /// How many entities of each aggregate have their place from the start; 0: they grow.
  std::size_t reserved_streams() const noexcept { return streams_; }

  recall_result recall(const once& request, remembered& outcome) {
    return outcomes_.find(request, outcome) ? recall_result::known : recall_result::fresh;
  }
  bool remember(const once& request, const remembered& outcome) {
    if (outcomes_.add(request, outcome)) return true;
    report_full("outcomes");
    return false;
  }
  std::size_t outcome_count() const noexcept { return outcomes_.size(); }
  /// Calls visit(const char* source, std::uint64_t number, const remembered&) for each outcome, in the order in which they came.
  template <class Visit>
  void each_outcome(Visit&& visit) const {
    outcomes_.each(visit);
  }
  void cut_outcomes(std::size_t count) { outcomes_.cut(count); }

  erased_streams& erased() noexcept { return erased_; }
  /// A position is a place in the log only together with this. Another one for each log.
  message_id incarnation() const noexcept { return incarnation_; }

  /// Sets the failure that `last_failure` gives.
  void report_full(const char* what) { failure_ = failure(failure::kind::full, 0, "the memory store has no room left for ", what); }
  const failure& last_failure() const noexcept { return failure_; }

 private:
  records_type records_;
  outcome_table outcomes_;
  erased_streams erased_;
  message_id incarnation_;
  std::size_t streams_ = 0;
  failure failure_;
};

inline constexpr std::size_t memory_segment = std::size_t{1} << 20;

}  // namespace detail

/// A name for a log that ends with its program: the moment, and which one it is in this program. What `name` of the memory stores is unless
/// said; another function makes a run repeatable.
inline message_id new_name() noexcept {
  static std::uint64_t count = 0;
  std::timespec now{};
  std::timespec_get(&now, TIME_UTC);
  // Not std::atomic: <atomic> brings in <unistd.h>, whose `close` would stand beside a user's.
  const std::uint64_t which = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
  return {static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec), which};
}

/// Keeps everything in memory, in segments of one megabyte that grow with the log. Cannot fail: outcomes have no gesta::failure.
struct memory_store {
  message_id (*name)() noexcept = new_name;  ///< where the log gets its incarnation from, so that a test can say it

  template <class Model>
  using log = detail::memory_log<flow<Model>, detail::when_full::grow>;

  static constexpr std::size_t segment_bytes() noexcept { return detail::memory_segment; }
  static constexpr std::size_t segments() noexcept { return 0; }
  static constexpr std::size_t reserved_streams() noexcept { return 0; }
  static constexpr std::size_t reserved_outcomes() noexcept { return 0; }
};

/// A memory store whose room is all there, and touched, from the start: no allocation, no page fault later. When it is full a command
/// fails with failure::kind::full and changes nothing.
struct fixed_memory_store {
  std::size_t bytes = std::size_t{64} << 20;  ///< of records; rounded up to whole megabytes, at least one
  std::size_t streams = 1024;                 ///< entities of each aggregate, at least one
  std::size_t outcomes = 0;                   ///< of gesta::once and of commands sent by reactors; 0: they grow
  message_id (*name)() noexcept = new_name;  ///< where the log gets its incarnation from

  template <class Model>
  using log = detail::memory_log<flow<Model>, detail::when_full::refuse>;

  static constexpr std::size_t segment_bytes() noexcept { return detail::memory_segment; }
  constexpr std::size_t segments() const noexcept {
    const std::size_t wanted = (bytes + detail::memory_segment - 1) / detail::memory_segment;
    return wanted < 1 ? 1 : wanted;
  }
  constexpr std::size_t reserved_streams() const noexcept { return streams < 1 ? 1 : streams; }
  constexpr std::size_t reserved_outcomes() const noexcept { return outcomes; }
};

/// As fixed_memory_store, but when it is full the oldest megabyte of records makes room, so it cannot fail; more entities than
/// `streams` are allowed and allocate. The states stay complete; old records are gone. What one command and its reactions record has to
/// fit, and an event into a megabyte, else the program ends. For games and monitors.
struct last_records_store {
  std::size_t bytes = std::size_t{64} << 20;  ///< of records; rounded up to whole megabytes, at least two
  std::size_t streams = 1024;                 ///< entities of each aggregate that have their place from the start
  std::size_t outcomes = 0;                   ///< that have their place from the start
  message_id (*name)() noexcept = new_name;  ///< where the log gets its incarnation from

  template <class Model>
  using log = detail::memory_log<flow<Model>, detail::when_full::reuse>;

  static constexpr std::size_t segment_bytes() noexcept { return detail::memory_segment; }
  constexpr std::size_t segments() const noexcept {
    const std::size_t wanted = (bytes + detail::memory_segment - 1) / detail::memory_segment;
    return wanted < 2 ? 2 : wanted;
  }
  constexpr std::size_t reserved_streams() const noexcept { return streams; }
  constexpr std::size_t reserved_outcomes() const noexcept { return outcomes; }
};

}  // namespace gesta
