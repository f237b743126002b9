// What a running model holds: its log, its entities, its views; and how records are read through them.
// Floor: runtime. The unit of work changes it; the past is read from it.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/detail/hana.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/runtime/boundaries.hpp>
#include <gesta/runtime/cached_entities.hpp>
#include <gesta/runtime/entities.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/replica.hpp>
#include <gesta/runtime/snapshot_shelf.hpp>
#include <gesta/runtime/view_modes.hpp>
#include <gesta/runtime/views.hpp>
#include <gesta/runtime/watch.hpp>
#include <gesta/store/keys.hpp>
#include <gesta/store/record.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/snapshots.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

struct no_shelves {};
struct no_snapshots {};
struct no_cache {};
struct no_looks {};

/// What holds the records of the current unit of work: the log itself where it is memory, else records of the engine's own.
struct no_records {};
template <class Log, class Flow>
struct records_of : type_is<records<Flow::is_traced, when_full::grow>> {};
template <class Log, class Flow>
  requires(Log::is_memory)
struct records_of<Log, Flow> : type_is<typename Log::records_type> {};

template <class State, class Events>
inline constexpr bool any_evolves_about = false;
template <class State, class... E>
inline constexpr bool any_evolves_about<State, types<E...>> = (evolves_exactly_about<State, E> || ...);

/// A state of the framework's own that asks for the positions of its records.
template <class State>
inline constexpr bool counts_positions = false;
template <class State>
  requires requires { State::counts_positions; }
inline constexpr bool counts_positions<State> = State::counts_positions;

/// Log, entities and views of a running model. Not copyable; one thread at a time.
template <class Model, class Store>
class holdings {
 public:
  using flow_type = flow<Model>;
  using log_type = typename Store::template log<Model>;
  using unit_type = typename records_of<log_type, flow_type>::type;
  using mark_type = typename unit_type::mark;
  static constexpr bool is_memory = log_type::is_memory;
  static constexpr bool keeps_snapshots = detail::keeps_snapshots<Store>;
  static constexpr bool caches_states = detail::caches_states<Store>;
  static constexpr bool is_observed = watch_of<Store>::any;
  static constexpr bool has_keys = keys_of<Store>::any;

  /// Whether only some entities of an aggregate are in memory. A boundary is one stream, and what it reads is kept up by every event.
  template <class Aggregate>
  static constexpr bool is_cached = caches_states && !boundary_part<Aggregate>;
  template <class Aggregate>
  using table_type = std::conditional_t<is_cached<Aggregate>, cached_entities<Aggregate, typename log_type::stream>,
                                        entities<Aggregate, typename log_type::stream>>;
  using tag_states_type = derived_states<flow_type>;
  /// The views that are kept in memory: of all projections of the model, but those that an option puts elsewhere.
  using views_type = views<Model, kept_in_memory_by<Model, Store>>;

  explicit holdings(const Store& store) : log_(store), watch_(store), keys_(store) {
    if constexpr (keeps_snapshots) every_ = static_cast<const snapshots&>(store).every;
    if constexpr (caches_states) {
      most_ = static_cast<const cached_states&>(store).most;
      log_.read_on_demand();
    }
  }
  holdings(const holdings&) = delete;
  holdings& operator=(const holdings&) = delete;

  template <class Aggregate>
  auto& table_of() {
    return value_at<flow_type::template aggregate_tag<Aggregate>>(tables_);
  }
  template <class Aggregate>
  const auto& table_of() const {
    return value_at<flow_type::template aggregate_tag<Aggregate>>(tables_);
  }
  const tag_states_type& states_about_tags() const noexcept { return tag_states_; }
  views_type& read_side() noexcept { return views_; }
  const views_type& read_side() const noexcept { return views_; }
  /// Only where somebody observes.
  auto& watching() noexcept { return watch_; }
  /// Only where the app was given keys.
  auto& keys() noexcept { return *keys_; }
  log_type& log() noexcept { return log_; }
  const log_type& log() const noexcept { return log_; }
  const failure& last_failure() const noexcept { return failure_; }
  const failure* broken() const noexcept { return lost_ ? &failure_ : nullptr; }

  /// The snapshots of one aggregate's entities, in memory.
  template <class Aggregate>
  auto& shelf_of() noexcept {
    return value_at<flow_type::template aggregate_tag<Aggregate>>(shelves_);
  }
  /// Only where snapshots are kept: after how many events of an entity.
  std::uint64_t events_a_snapshot() const noexcept { return every_; }
  /// Only where states are cached: of how many entities of an aggregate.
  std::size_t most_states() const noexcept { return most_; }
  /// Likewise: how often it was looked, outside of a unit, whether others have written. What was read before is read again.
  std::uint32_t looks() const noexcept { return looks_; }

  // ---- reading records

  /// Calls visit(recorded) for the records between two marks.
  template <class Mark, class Visit>
  void each_record(Mark begin, Mark end, Visit&& visit) {
    const std::uint64_t offset = is_memory ? 0 : log_.last_position() - unit().count();
    unit().each(begin, end, [&](const record_head& head, std::uint64_t position) { visit(in_memory(head, position + offset)); });
  }
  recorded in_memory(const record_head& head, std::uint64_t position) {
    recorded record = without_key(head, position);
    record.key = key_of(head.aggregate, head.entity);
    return record;
  }
  /// The same for whoever mostly does not ask for the key: see about_of.
  [[gnu::always_inline]] recorded without_key(const record_head& head, std::uint64_t position) {
    return {head.tag, head.aggregate, head.entity, {}, head.version, position,
            unit().from(head), unit().payload(head), static_cast<std::uint32_t>(head.size - unit_type::head_size), true};
  }

  template <class Aggregate>
  static constexpr bool knows_positions =
      any_evolves_about<typename Aggregate::state_type, typename flow_type::template events_of<Aggregate>> || counts_positions<typename Aggregate::state_type>;

  /// In memory: visit(recorded) for a part of one entity's stream, until it gives false. The links of a stream do not tell positions: they
  /// are counted from the begin of each segment concerned, or are 0. False: some of the part is no longer kept; nothing was visited.
  /// `last`: a place in the stream at or after the part, where the way back begins; else the stream's last record.
  template <bool WithPositions, class Table, class Visit>
  bool each_record_of(Table& table, std::uint32_t number, const slice& part, Visit&& visit, place_in_stream last = {}) {
    const auto& entity = table.at(number);
    std::vector<link> stream;
    if (last.version == 0) last = {entity.version, entity.stream.head};
    link at = last.address;
    for (std::uint64_t version = last.version; at != 0 && version > part.after; --version) {
      const record_head* const head = unit().at(at);
      if (head == nullptr) return false;
      if (part.holds(version)) stream.push_back(at);
      at = head->previous;
    }
    std::vector<std::uint64_t> positions;
    if constexpr (WithPositions) {
      positions.resize(stream.size());
      typename unit_type::places places(unit());
      for (std::size_t i = stream.size(); i-- != 0;) positions[i] = places.position(stream[i]);
    }
    const std::size_t count = stream.size() < part.limit ? stream.size() : static_cast<std::size_t>(part.limit);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t which = part.backwards ? i : stream.size() - 1 - i;
      if (!visit(in_memory(*unit().at(stream[which]), WithPositions ? positions[which] : 0))) return true;
    }
    return true;
  }

  /// A stream holds what the decisions of its aggregate record: another event of the model in it is an error, as an unknown one is.
  template <class Aggregate>
  [[gnu::noinline]] bool evolve_state(typename Aggregate::state_type& state, const recorded& record) {
    return read_event<flow_type, typename flow_type::template events_of<Aggregate>, is_memory>(
        record, [&](const auto& event) { call_evolve(state, event, [&] { return detail::about_record(record); }); });
  }

  /// The same of a record that in memory comes without its key.
  about about_of(recorded record) {
    if constexpr (is_memory) record.key = key_of(record.aggregate, record.entity);
    return detail::about_record(record);
  }

  /// The records of the unit of work: in memory the log itself.
  [[gnu::always_inline]] auto& unit() noexcept {
    if constexpr (is_memory) return log_.events();
    else return pending_;
  }

  template <class Visit>
  void each_table(Visit&& visit) {
    const auto all = [&]<std::size_t... I>(indices<I...>) { (visit(value_at<I>(tables_)), ...); };
    all(make_indices<flow_type::aggregates::size>{});
  }
  template <class Visit>
  void table_at(std::uint16_t aggregate, Visit&& visit) {
    select<flow_type::aggregates::size>(
        aggregate, [&](auto at) { visit(value_at<at()>(tables_), type_is<detail::at<at(), typename flow_type::aggregates>>{}); });
  }

 protected:
  static auto make_pending() {
    if constexpr (is_memory) return no_records{};
    else return unit_type(std::size_t{1} << 16, 0);
  }

  template <class Aggregate>
  using shelf_type = snapshot_shelf<typename Aggregate::state_type>;
  static auto make_shelves() {
    if constexpr (is_memory && keeps_snapshots) return values_of<mapped<shelf_type, typename flow_type::aggregates>>{};
    else return no_shelves{};
  }

  key_bytes key_of(std::uint16_t aggregate, std::uint32_t entity) {
    key_bytes key{};
    table_at(aggregate, [&](auto& t, auto) { key = t.key(entity); });
    return key;
  }

  void lose(const failure& cause) {
    const bool is_news = !lost_;
    if (is_news) failure_ = cause;
    lost_ = true;
    if constexpr (is_observed)
      if (is_news) watch_.tell(stalled{"app", failure_});
  }

  log_type log_;
  [[no_unique_address]] decltype(make_pending()) pending_ = make_pending();
  values_of<mapped<table_type, typename flow_type::aggregates>> tables_{};
  [[no_unique_address]] decltype(make_shelves()) shelves_ = make_shelves();
  [[no_unique_address]] std::conditional_t<keeps_snapshots, std::uint64_t, no_snapshots> every_{};
  [[no_unique_address]] std::conditional_t<caches_states, std::size_t, no_cache> most_{};
  [[no_unique_address]] std::conditional_t<caches_states, std::uint32_t, no_looks> looks_{};
  views_type views_;
  bool lost_ = false;
  failure failure_;
  [[no_unique_address]] tag_states_type tag_states_;
  [[no_unique_address]] watch_of<Store> watch_;
  [[no_unique_address]] keys_of<Store> keys_;
};

}  // namespace gesta::detail
