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
#include <gesta/runtime/entities.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/views.hpp>
#include <gesta/store/record.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

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

/// Log, entities and views of a running model. Not copyable; one thread at a time.
template <class Model, class Store>
class holdings {
 public:
  using flow_type = flow<Model>;
  using log_type = typename Store::template log<Model>;
  using unit_type = typename records_of<log_type, flow_type>::type;
  using mark_type = typename unit_type::mark;
  static constexpr bool is_memory = log_type::is_memory;

  template <class Aggregate>
  using table_type = entities<Aggregate, typename log_type::stream>;

  explicit holdings(const Store& store) : log_(store) {}
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
  views<Model>& read_side() noexcept { return views_; }
  const views<Model>& read_side() const noexcept { return views_; }
  log_type& log() noexcept { return log_; }
  const log_type& log() const noexcept { return log_; }
  const failure& last_failure() const noexcept { return failure_; }
  const failure* broken() const noexcept { return lost_ ? &failure_ : nullptr; }

  // ---- reading records

  /// Calls visit(recorded) for the records between two marks.
  template <class Mark, class Visit>
  void each_record(Mark begin, Mark end, Visit&& visit) {
    const std::uint64_t offset = is_memory ? 0 : log_.last_position() - unit().count();
    unit().each(begin, end, [&](const record_head& head, std::uint64_t position) {
      visit(recorded{head.tag, head.aggregate, head.entity, key_of(head.aggregate, head.entity), head.version, position + offset,
                     unit().from(head), unit().payload(head), static_cast<std::uint32_t>(head.size - unit_type::head_size), true});
    });
  }

  /// Calls visit(event, about) for each kept event.
  template <class Visit>
  bool each_event(Visit&& visit) {
    bool readable = true;
    const auto one = [&](const recorded& record) {
      if (!readable) return;
      readable = read_event<flow_type, typename flow_type::current_events, is_memory>(record, [&](const auto& event) { visit(event, about_record(record)); });
    };
    if constexpr (is_memory) {
      each_record(log_.events().first(), log_.events().here(), one);
      return readable;
    } else {
      return log_.read_all(0, one) && readable;
    }
  }

  template <class Aggregate>
  static constexpr bool knows_positions = any_evolves_about<typename Aggregate::state_type, typename flow_type::template events_of<Aggregate>>;

  /// In memory: visit(recorded) for the kept records of one entity, in order. The links of a stream do not tell positions: with them
  /// the whole log is gone through, without them they are 0. False: older ones are no longer kept.
  template <class Aggregate, bool WithPositions, class Table, class Visit>
  bool each_record_of(Table& table, std::uint32_t number, Visit&& visit) {
    constexpr auto aggregate = flow_type::template aggregate_tag<Aggregate>;
    const auto& entity = table.at(number);
    if constexpr (WithPositions) {
      std::uint64_t first = 0;
      each_record(unit().first(), unit().here(), [&](const recorded& record) {
        if (record.aggregate != aggregate || record.entity != number) return;
        if (first == 0) first = record.version;
        visit(record);
      });
      return first == (entity.version == 0 ? 0 : 1);
    } else {
      std::vector<const record_head*> stream;
      link at = entity.stream.head;
      for (; at != 0; at = stream.back()->previous) {
        const record_head* const head = unit().at(at);
        if (head == nullptr) break;
        stream.push_back(head);
      }
      for (std::size_t i = stream.size(); i-- != 0;) {
        const record_head& head = *stream[i];
        visit(recorded{head.tag, head.aggregate, head.entity, table.key(head.entity), head.version, 0, unit().from(head), unit().payload(head),
                       static_cast<std::uint32_t>(head.size - unit_type::head_size), true});
      }
      return at == 0;
    }
  }

  /// A stream holds what the decisions of its aggregate record: another event of the model in it is an error, as an unknown one is.
  template <class Aggregate>
  [[gnu::noinline]] bool evolve_state(typename Aggregate::state_type& state, const recorded& record) {
    return read_event<flow_type, typename flow_type::template events_of<Aggregate>, is_memory>(
        record, [&](const auto& event) { call_evolve(state, event, [&] { return about_record(record); }); });
  }

  static about about_record(const recorded& record) {
    return {record.key, record.version, record.position, record.from.time, record.from.correlation, record.from.causation};
  }

  /// The records of the unit of work: in memory the log itself.
  [[gnu::always_inline]] auto& unit() noexcept {
    if constexpr (is_memory) return log_.events();
    else return pending_;
  }

 protected:
  static auto make_pending() {
    if constexpr (is_memory) return no_records{};
    else return unit_type(std::size_t{1} << 16, 0);
  }

  template <class Visit>
  void each_table(Visit&& visit) {
    const auto all = [&]<std::size_t... I>(indices<I...>) { (visit(value_at<I>(tables_)), ...); };
    all(make_indices<flow_type::aggregates::size>{});
  }
  template <class Visit>
  void table_at(std::uint16_t aggregate, Visit&& visit) {
    select<flow_type::aggregates::size>(aggregate, [&](auto at) { visit(value_at<at()>(tables_), type_is<detail::at<at(), typename flow_type::aggregates>>{}); });
  }
  key_bytes key_of(std::uint16_t aggregate, std::uint32_t entity) {
    key_bytes key{};
    table_at(aggregate, [&](auto& t, auto) { key = t.key(entity); });
    return key;
  }

  void lose(const failure& cause) {
    if (!lost_) failure_ = cause;
    lost_ = true;
  }

  log_type log_;
  [[no_unique_address]] decltype(make_pending()) pending_ = make_pending();
  values_of<mapped<table_type, typename flow_type::aggregates>> tables_{};
  views<Model> views_;
  bool lost_ = false;
  failure failure_;
};

}  // namespace gesta::detail
