// One unit of work: events are appended and evolve the states, then they are projected; or all of it is taken back.
// Floor: runtime. Between the log, the entities and the views; the engine decides in it.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/detail/hana.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/runtime/entities.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/views.hpp>
#include <gesta/store/moment.hpp>
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

/// The parts of a running model: log, entities, views, clock. Not copyable; one thread at a time.
template <class Model, class Store, class Clock>
class unit_of_work {
 public:
  using flow_type = flow<Model>;
  using log_type = typename Store::template log<Model>;
  static constexpr bool is_memory = log_type::is_memory;

  template <class Aggregate>
  using table_type = entities<Aggregate, typename log_type::stream>;

  unit_of_work(const Store& store, Clock clock) : log_(store), clock_(static_cast<Clock&&>(clock)) {
    if constexpr (is_memory) {
      each_table([&](auto& t) { t.reserve(log_.reserved_streams(), log_type::can_fail); });
    } else if (const failure* const cause = log_.broken()) {
      lose(*cause);
    } else if (!log_.catch_up([&](const recorded& record) { take_in(record); })) {
      lose(log_.last_failure());  // read outside a unit, so that a long log keeps nobody from writing
    }
  }
  unit_of_work(const unit_of_work&) = delete;
  unit_of_work& operator=(const unit_of_work&) = delete;
  ~unit_of_work() {
    if (open_) roll_back();
  }

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
  bool open() const noexcept { return open_; }
  const failure& last_failure() const noexcept { return failure_; }
  const failure* broken() const noexcept { return lost_ ? &failure_ : nullptr; }


  // ---- the unit of work

  /// Opens a unit. False: last_failure() says why; nothing is open.
  bool begin() {
    if (lost_) return false;
    if (open_) return fails(failure(failure::kind::busy, 0, "another batch of this app is open"));
    doomed_ = false;
    if constexpr (is_memory) {
      outcomes_before_ = log_.outcome_count();
    } else {
      if (!log_.begin()) return fails(log_.last_failure());
      const bool caught_up = log_.catch_up([&](const recorded& record) { take_in(record); });
      if (!caught_up || lost_) {
        const failure cause = log_.last_failure();
        log_.rollback();
        return lost_ ? false : fails(cause);
      }
    }
    unit_ = unit().here();
    if constexpr (flow_type::is_traced) time_ = clock_();
    open_ = true;
    return true;
  }

  /// Keeps the unit and projects its events. False: last_failure() says why and the unit was taken back.
  [[gnu::noinline]] bool commit() {
    if constexpr (!is_memory) {
      if (doomed_ || !log_.commit()) {
        if (!doomed_) failure_ = log_.last_failure();
        roll_back();
        return false;
      }
    } else if (doomed_) {
      roll_back();
      return false;
    }
    open_ = false;
    project_since(unit_);
    if constexpr (!is_memory) pending_.cut(unit_);
    return true;
  }

  /// Takes everything of the open unit back.
  [[gnu::noinline, gnu::cold]] void roll_back() {
    open_ = false;
    if constexpr (!is_memory) log_.rollback();
    take_back(unit_);
    if constexpr (is_memory) log_.cut_outcomes(outcomes_before_);
  }


  auto here() { return unit().here(); }

  /// One command that is under way. Left by an exception, what it and its reactions recorded is taken back; where the log is no memory the
  /// unit is lost.
  class command_under_way {
   public:
    explicit command_under_way(unit_of_work& whole) : whole_(whole), start_(whole.unit().here()), outcomes_(whole.outcome_count()) {}
    command_under_way(const command_under_way&) = delete;
    command_under_way& operator=(const command_under_way&) = delete;
    ~command_under_way() {
      if (ended_) return;
      whole_.give_up(start_, outcomes_);
      whole_.fails(failure(failure::kind::interrupted, 0, "a decision ended with an exception"));
    }
    void end() noexcept { ended_ = true; }

   private:
    unit_of_work& whole_;
    typename records_of<log_type, flow_type>::type::mark start_;
    std::size_t outcomes_;
    bool ended_ = false;
  };

  /// Projects every event since a mark, in order of position.
  template <class Mark>
  [[gnu::noinline]] void project_since(Mark mark) {
    if constexpr (flow_type::projections::size != 0)
      each_record(mark, unit().here(), [&](const recorded& record) { project_record(record); });
  }

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

  // ---- the past

  /// Folds the events of one entity up to a moment. False: `cause` says why it cannot be told.
  template <class Aggregate, class Key, class Moment>
  bool fold_until(const Key& key, const Moment& when, typename Aggregate::state_type& state, failure& cause) {
    auto& table = table_of<Aggregate>();
    const auto found = table.find(key);
    bool readable = true;
    const auto fold = [&](const recorded& record) {
      if (!readable || !includes(when, record)) return;
      readable = evolve_state<Aggregate>(state, record);
      if (!readable) cause = unreadable_at(record.position);
    };
    if (!found) return true;
    if constexpr (is_memory) {
      constexpr bool with_positions = std::is_same_v<Moment, at_position> || knows_positions<Aggregate>;
      if (!each_of<Aggregate, with_positions>(table, found.number, fold) && !is_beginning(when)) return cause = overwritten(), false;
      return readable;
    } else {
      if (lost_) return cause = failure_, false;
      const bool read = log_.read(flow_type::template aggregate_tag<Aggregate>, found->stream, table.key(found.number), 0, fold);
      if (!read) cause = log_.last_failure();
      return read && readable;
    }
  }

  /// Projects all events up to a moment to one view. False: `cause` says why it cannot be told.
  template <class View, class Moment>
  bool project_until(const Moment& when, View& view, failure& cause) {
    bool readable = true;
    const auto project = [&](const recorded& record) {
      if (!readable || !includes(when, record)) return;
      readable = read_event<flow_type, typename flow_type::current_events, is_memory>(record, [&](const auto& event) {
        if constexpr (projects<View, std::remove_cvref_t<decltype(event)>>) call_project(view, event, [&] { return about_record(record); });
      });
      if (!readable) cause = unreadable_at(record.position);
    };
    if constexpr (is_memory) {
      const mark_type first = log_.events().first();
      if (first.records != 0) return cause = overwritten(first.records + 1), false;
      each_record(first, log_.events().here(), project);
      return readable;
    } else {
      if (lost_) return cause = failure_, false;
      const bool read = log_.read_all(0, project);
      if (!read) cause = log_.last_failure();
      return read && readable;
    }
  }

  /// The unit of work cannot be kept.
  void doom(const failure& cause) {
    doomed_ = true;
    fails(cause);
  }


  /// The origin of a command that came from outside.
  template <class Request>
  [[gnu::always_inline]] origin origin_of(const Request& request) {
    if constexpr (flow_type::is_traced) {
      message_id id{0, log_.last_position() + 1};
      if constexpr (same<Request, once>) {
        const auto hash = hash128{}.add(request.source, __builtin_strlen(request.source)).add(request.number);
        id = {hash.high, hash.low};
      }
      return {open_ ? time_ : clock_(), id, id};
    } else {
      return {};
    }
  }

  /// A failure that ends the current command.
  bool fails(const failure& cause) {
    failure_ = cause;
    return false;
  }
  bool doomed() const noexcept { return doomed_; }

 protected:
  using unit_type = typename records_of<log_type, flow_type>::type;
  using mark_type = typename unit_type::mark;

  /// The records of the unit of work: in memory the log itself.
  [[gnu::always_inline]] auto& unit() noexcept {
    if constexpr (is_memory) return log_.events();
    else return pending_;
  }
  std::size_t outcome_count() const noexcept {
    if constexpr (is_memory) return log_.outcome_count();
    else return 0;
  }
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

  template <class Table, class Key>
  about about_now(Table& table, const Key& key, std::uint64_t version, const origin& from) {
    return {table.bytes_of(key), version, log_.last_position(), from.time, from.correlation, from.causation};
  }
  template <class Table, class Place>
  about about_event(Table& table, Place place, std::uint64_t version, std::uint64_t position, const origin& from) {
    return {table.key(place.number), version, position, from.time, from.correlation, from.causation};
  }
  static about about_record(const recorded& record) {
    return {record.key, record.version, record.position, record.from.time, record.from.correlation, record.from.causation};
  }

  [[gnu::noinline, gnu::cold]] void no_room_for_entities() {
    fails(failure(failure::kind::full, 0, "the store has no room left for entities"));
  }
  [[gnu::noinline, gnu::cold]] bool no_room_for_events() {
    log_.report_full("events");
    return fails(log_.last_failure());
  }


  template <class Handler, class Table, class Place, class Event>
  [[gnu::always_inline]] bool append([[maybe_unused]] Table& table, Place place, const Event& event, const origin& from) {
    constexpr auto tag = flow_type::template tag<Event>;
    constexpr auto aggregate = flow_type::template aggregate_tag<typename Handler::aggregate>;
    auto& entity = *place;
    const std::uint32_t number = place.number;
    const std::uint32_t version = entity.version + 1;  // read once: the record is bytes to the compiler, which may be anything's
    if constexpr (is_memory) {
      const link address = log_.events().put(tag, aggregate, number, version, entity.stream.head, from, event);
      if constexpr (log_type::can_fail)
        if (address == 0) [[unlikely]] return no_room_for_events();
      entity.stream.head = address;
    } else {
      switch (log_.template append<typename Handler::aggregate>(entity.stream, number, table.key(number), version, from, event)) {
        case append_result::ok: break;
        case append_result::conflict:
          return fails(failure(failure::kind::conflict, 0, "others changed the entity while the command was decided"));
        case append_result::failed: return fails(log_.last_failure());
      }
      pending_.put(tag, aggregate, number, version, 0, from, event);
    }
    entity.version = version;
    return true;
  }

  /// A stream holds what the decisions of its aggregate record: another event of the model in it is an error, as an unknown one is.
  template <class Aggregate>
  [[gnu::noinline]] bool evolve_state(typename Aggregate::state_type& state, const recorded& record) {
    return read_event<flow_type, typename flow_type::template events_of<Aggregate>, is_memory>(
        record, [&](const auto& event) { call_evolve(state, event, [&] { return about_record(record); }); });
  }
  template <class Aggregate, class Entity>
  void evolve_by(Entity& entity, const recorded& record) {
    if (!evolve_state<Aggregate>(entity.state, record)) unreadable(record);
  }

  template <class Aggregate>
  static constexpr bool knows_positions = any_evolves_about<typename Aggregate::state_type, typename flow_type::template events_of<Aggregate>>;

  /// In memory: visit(recorded) for the kept records of one entity, in order. The links of a stream do not tell positions: with them
  /// the whole log is gone through, without them they are 0. False: older ones are no longer kept.
  template <class Aggregate, bool WithPositions, class Table, class Visit>
  bool each_of(Table& table, std::uint32_t number, Visit&& visit) {
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

  void project_record(const recorded& record) {
    const bool readable = read_event<flow_type, typename flow_type::current_events, is_memory>(record, [&](const auto& event) {
      if constexpr (views<Model>::template take<std::remove_cvref_t<decltype(event)>>) views_.publish(event, [&] { return about_record(record); });
    });
    if (!readable) unreadable(record);
  }

  // ---- taking back

  /// Undoes one command that failed half way. Where the log is no memory the whole unit is doomed.
  [[gnu::noinline, gnu::cold]] void give_up(mark_type start, std::size_t outcomes) {
    if constexpr (is_memory) {
      take_back(start);
      log_.cut_outcomes(outcomes);
    } else {
      doomed_ = true;
    }
  }

  struct stale {
    std::uint16_t aggregate;
    std::uint32_t entity;
  };

  /// Cuts the records after the mark and folds the entities concerned anew.
  void take_back(mark_type start) {
    std::vector<stale> touched;
    unit().each(start, unit().here(), [&](const record_head& head, std::uint64_t) {
      table_at(head.aggregate, [&](auto& table, auto) {
        auto& entity = table.at(head.entity);
        if (entity.version < head.version) return;
        entity.version = head.version - 1;
        if constexpr (is_memory) entity.stream.head = head.previous;
        else if (entity.version == 0) entity.stream = {};
        touched.push_back({head.aggregate, head.entity});
      });
    });
    unit().cut(start);
    for (const stale& one : touched) table_at(one.aggregate, [&](auto& table, auto which) { fold_anew(table, one, which); });
    each_table([](auto& table) { table.drop_unused(); });
  }

  template <class Table, class Aggregate>
  void fold_anew(Table& table, const stale& which, type_is<Aggregate>) {
    auto& entity = table.at(which.entity);
    entity.state = typename Aggregate::state_type{};
    if (entity.version == 0) return;
    if constexpr (is_memory) {
      each_of<Aggregate, knows_positions<Aggregate>>(table, which.entity, [&](const recorded& record) { evolve_by<Aggregate>(entity, record); });
    } else {
      const bool read = log_.read(which.aggregate, entity.stream, table.key(which.entity), 0, [&](const recorded& record) {
        if (record.version <= entity.version) evolve_by<Aggregate>(entity, record);  // what others recorded since comes with the next catch_up
      });
      if (!read) lose(log_.last_failure());
    }
  }

  /// Takes in an event that another process recorded, or that was there when the log was opened.
  void take_in(const recorded& record) {
    table_at(record.aggregate, [&](auto& table, auto which) {
      auto* const entity = table.find_or_add(record.key);
      if (entity == nullptr || record.version != entity->version + 1) return unreadable(record);
      entity->version = static_cast<std::uint32_t>(record.version);
      evolve_by<typename decltype(which)::type>(*entity, record);
    });
    project_record(record);
  }

  [[gnu::noinline, gnu::cold]] void unreadable(const recorded& record) {
    lose(unreadable_at(record.position));
  }
  static failure unreadable_at(std::uint64_t position) {
    failure cause(failure::kind::corrupt, 0, "the event at position ", position, " cannot be read");
    cause.position = position;
    return cause;
  }
  static failure overwritten(std::uint64_t first_kept = 0) {
    failure cause(failure::kind::truncated, 0, "the store keeps its last records only, and the older ones were asked for");
    cause.position = first_kept;
    return cause;
  }
  void lose(const failure& cause) {
    if (!lost_) failure_ = cause;
    lost_ = true;
  }

  log_type log_;
  [[no_unique_address]] decltype(make_pending()) pending_ = make_pending();
  values_of<mapped<table_type, typename flow_type::aggregates>> tables_{};
  views<Model> views_;
  [[no_unique_address]] Clock clock_;
  timestamp time_;
  mark_type unit_{};
  std::size_t outcomes_before_ = 0;
  bool open_ = false;
  bool doomed_ = false;
  bool lost_ = false;
  failure failure_;
};

}  // namespace gesta::detail
