// One unit of work: commands are decided, events kept, reactors follow, views are projected; or all of it is taken back.
// Floor: runtime. `app` is its public face.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/detail/hana.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/address.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/runtime/entities.hpp>
#include <gesta/runtime/outcome.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/views.hpp>
#include <gesta/store/record.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// In the place of a gesta::once where the sender gave none.
struct unnumbered {};

/// The bound that a reactor sets itself by `using cycle`; 0: it stands on no cycle.
template <class Reactor>
inline constexpr unsigned cycle_bound = 0;
template <class Reactor>
  requires requires { Reactor::cycle::bound; }
inline constexpr unsigned cycle_bound<Reactor> = Reactor::cycle::bound;

template <class Reactors>
inline constexpr bool any_cycle_allowed = false;
template <class... R>
inline constexpr bool any_cycle_allowed<types<R...>> = ((cycle_bound<R> != 0) || ...);

template <class Event, class Reactors>
inline constexpr bool anybody_reacts = false;
template <class Event, class... R>
inline constexpr bool anybody_reacts<Event, types<R...>> = (reacts<R, Event> || ...);

template <class Events, class Reactors>
inline constexpr bool any_is_reacted_to = false;
template <class... E, class Reactors>
inline constexpr bool any_is_reacted_to<types<E...>, Reactors> = (anybody_reacts<E, Reactors> || ...);

template <class Events, class Projections>
inline constexpr bool any_is_projected = false;
template <class... E, class Projections>
inline constexpr bool any_is_projected<types<E...>, Projections> = (anybody_projects<E, Projections> || ...);

template <class Part>
inline constexpr bool is_run = false;
template <class Event>
inline constexpr bool is_run<run<Event>> = true;

/// What holds the records of the current unit of work: the log itself where it is memory, else records of the engine's own.
struct no_records {};
template <class Log, class Flow>
struct records_of : type_is<records<Flow::is_traced, when_full::grow>> {};
template <class Log, class Flow>
  requires(Log::is_memory)
struct records_of<Log, Flow> : type_is<typename Log::records_type> {};

/// How often a decision is made anew when others changed the entity meanwhile.
inline constexpr unsigned conflict_retries = 16;

/// The parts of a running model and what is done with them. Not copyable; one thread at a time.
template <class Model, class Store, class Clock>
class engine {
 public:
  using flow_type = flow<Model>;
  using log_type = typename Store::template log<Model>;
  using reactor_list = typename flow_type::reactors;
  static constexpr bool is_memory = log_type::is_memory;
  static constexpr bool can_fail = log_type::can_fail || any_cycle_allowed<reactor_list>;

  template <class Aggregate>
  using table_type = entities<Aggregate, typename log_type::stream>;

  engine(const Store& store, Clock clock) : log_(store), clock_(static_cast<Clock&&>(clock)) {
    if constexpr (is_memory) {
      each_table([&](auto& t) { t.reserve(log_.reserved_streams(), log_type::can_fail); });
    } else if (const failure* const cause = log_.broken()) {
      lose(*cause);
    } else if (begin()) {
      (void)commit();
    }
  }
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine() {
    if (open_) roll_back();
  }

  template <class Command>
  using handler_of = typename flow_type::template handler_of<Command>;
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
    doomed_ = false;
    if constexpr (is_memory) {
      outcomes_before_ = log_.outcome_count();
    } else {
      if (!log_.begin()) return fails(log_.last_failure());
      if (!log_.catch_up([&](const recorded& record) { take_in(record); })) {
        const failure cause = log_.last_failure();
        log_.rollback();
        if (lost_) return false;
        return fails(cause);
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

  // ---- one command

  /// Decides a command and all that follows from it, in the open unit or, in memory, on its own. `answer` makes the result:
  /// refused(decision, index, state, version), settled(state, version, position), unexpected(version), failed().
  template <class Command, class Key, class Request, class Answer>
  [[gnu::always_inline]] auto decide_one(const Key& key, const Command& command, const Request& request, const origin& from, Answer&& answer) {
    using handler = handler_of<Command>;
    using state = typename handler::state;
    constexpr bool remembers = same<Request, once>;
    constexpr bool is_reacted_to = any_is_reacted_to<typename handler::events, reactor_list>;

    auto& table = table_of<typename handler::aggregate>();
    auto* found = table.find(key);
    const std::uint64_t version = found == nullptr ? 0 : found->version;
    if (!answer.expects(version)) [[unlikely]] return answer.unexpected(version);

    const mark_type start = unit().here();
    const std::size_t outcomes = outcome_count();
    auto d = call_decide<state>(found == nullptr ? table.blank() : found->state, command, [&] { return about_now(table, key, version, from); });
    if (d.refused()) {
      const std::size_t which = d.refusal_index();
      if constexpr (remembers)
        if (!remember_refusal<handler>(request, d, which, version)) return answer.failed();
      return answer.refused(d, which, found == nullptr ? table.blank() : found->state, version);
    }
    std::uint64_t last = 0;
    if (!d.empty()) {
      if (found == nullptr) {
        found = table.add(key);
        if (found == nullptr) [[unlikely]] {
          no_room_for_entities();
          return answer.failed();
        }
      }
      if (!keep<handler>(table, *found, d, from)) [[unlikely]] {
        give_up(start, outcomes);
        return answer.failed();
      }
      last = log_.last_position();
    }
    if constexpr (remembers) {
      const remembered outcome{d.empty() ? verdict::nothing : verdict::accepted, 0, found == nullptr ? 0 : found->version, last, nullptr, 0};
      if (!log_.remember(request, outcome)) [[unlikely]] {
        fails(log_.last_failure());
        give_up(start, outcomes);
        return answer.failed();
      }
    }
    if constexpr (is_reacted_to) {
      if (!d.empty() && !follow<handler>(table, *found, d, start, version, from)) [[unlikely]] {
        give_up(start, outcomes);
        return answer.failed();
      }
    } else if constexpr (is_memory && !has_open_number<typename handler::contract::event_list>) {
      // The common case: the events are still at hand and nothing can take them back.
      if constexpr (any_is_projected<typename handler::events, typename flow_type::projections>)
        if constexpr (std::remove_cvref_t<Answer>::is_root)
          if (!open_) project_own<handler>(table, *found, d, version, start.records, from);
    }
    return answer.settled(found == nullptr ? table.blank() : found->state, found == nullptr ? 0 : found->version, last);
  }

  /// True when decide_one leaves the events of this command to `project_since`.
  template <class Command>
  static constexpr bool projects_later = is_memory && (any_is_reacted_to<typename handler_of<Command>::events, reactor_list> ||
                                                       has_open_number<typename handler_of<Command>::contract::event_list>);

  auto here() { return unit().here(); }

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

  /// The outcome of an earlier handling under the same gesta::once: the state is the one of now.
  template <class Outcome, class Command, class Key>
  Outcome first_outcome(const Key& key, const remembered& first) {
    using handler = handler_of<Command>;
    const auto& table = table_of<typename handler::aggregate>();
    const auto* const found = table.find(key);
    const auto& state = found == nullptr ? table.blank() : found->state;
    if (first.what != verdict::rejected) return Outcome(typename Outcome::to_settle{}, state, first.version, first.position, true);
    return first_refusal<Outcome, 0>(typename handler::rejections{}, first, state);
  }

  /// Calls visit(event, about) for each kept event.
  template <class Visit>
  bool each_event(Visit&& visit) {
    bool readable = true;
    const auto one = [&](const recorded& record) {
      if (readable) readable = read_event<flow_type>(record, [&](const auto& event) { visit(event, about_record(record)); });
    };
    if constexpr (is_memory) {
      each_record(log_.events().first(), log_.events().here(), one);
      return readable;
    } else {
      return log_.read_all(0, one) && readable;
    }
  }

  /// The unit of work cannot be kept.
  void doom(const failure& cause) {
    doomed_ = true;
    fails(cause);
  }

  /// A new command from outside begins: reactors that may stand on a cycle count from zero.
  void begin_chain() noexcept {
    if constexpr (any_cycle_allowed<reactor_list>)
      for (unsigned& count : acts_) count = 0;
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

 private:
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
  template <class Table, class Entity>
  about about_event(Table& table, Entity& entity, std::uint64_t version, std::uint64_t position, const origin& from) {
    return {table.key(table.number(entity)), version, position, from.time, from.correlation, from.causation};
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

  // ---- keeping events

  template <class Handler, class Table, class Entity, class Decision>
  [[gnu::always_inline]] bool keep(Table& table, Entity& entity, const Decision& d, const origin& from) {
    constexpr bool open_number = has_open_number<typename Handler::contract::event_list>;
    [[maybe_unused]] mark_type start;
    if constexpr (open_number) start = unit().here();
    bool kept = true;
    d.for_each([&](const auto& part) __attribute__((always_inline)) {
      if constexpr (is_run<std::remove_cvref_t<decltype(part)>>) {
        part.for_each([&](const auto& event) { kept = kept && append<Handler>(table, entity, event, from); });
      } else if (kept) {
        kept = append<Handler>(table, entity, part, from);
        if constexpr (!open_number)
          if (kept) call_evolve(entity.state, part, [&] { return about_event(table, entity, entity.version, log_.last_position(), from); });
      }
    });
    // The range of an open number may lie in the state, so nothing evolves before all events are built.
    if constexpr (open_number)
      if (kept) each_record(start, unit().here(), [&](const recorded& record) { evolve_by(entity, record); });
    return kept;
  }

  template <class Handler, class Table, class Entity, class Event>
  [[gnu::always_inline]] bool append(Table& table, Entity& entity, const Event& event, const origin& from) {
    constexpr auto tag = flow_type::template tag<Event>;
    constexpr auto aggregate = flow_type::template aggregate_tag<typename Handler::aggregate>;
    const std::uint32_t number = table.number(entity);
    if constexpr (is_memory) {
      const link address = log_.events().put(tag, aggregate, number, entity.version + 1, entity.stream.head, from, event);
      if constexpr (log_type::can_fail)
        if (address == 0) [[unlikely]] return no_room_for_events();
      entity.stream.head = address;
    } else {
      switch (log_.template append<typename Handler::aggregate>(entity.stream, number, table.key(number), entity.version + 1, from, event)) {
        case append_result::ok: break;
        case append_result::conflict:
          return fails(failure(failure::kind::conflict, 0, "others changed the entity while the command was decided"));
        case append_result::failed: return fails(log_.last_failure());
      }
      pending_.put(tag, aggregate, number, entity.version + 1, 0, from, event);
    }
    ++entity.version;
    return true;
  }

  template <class Entity>
  [[gnu::noinline]] void evolve_by(Entity& entity, const recorded& record) {
    const bool readable = read_event<flow_type>(record, [&](const auto& event) {
      if constexpr (evolves<decltype(entity.state), std::remove_cvref_t<decltype(event)>>)
        call_evolve(entity.state, event, [&] { return about_record(record); });
    });
    if (!readable) unreadable(record);
  }

  // ---- what follows

  template <class Handler, class Table, class Entity, class Decision>
  [[gnu::always_inline]] void project_own(Table& table, Entity& entity, const Decision& d, std::uint64_t version, std::uint64_t position,
                                          const origin& from) {
    d.for_each([&](const auto& event) __attribute__((always_inline)) {
      ++version;
      ++position;
      views_.publish(event, [&] { return about_event(table, entity, version, position, from); });
    });
  }

  void project_record(const recorded& record) {
    const bool readable = read_event<flow_type>(record, [&](const auto& event) {
      if constexpr (views<Model>::template take<std::remove_cvref_t<decltype(event)>>) views_.publish(event, [&] { return about_record(record); });
    });
    if (!readable) unreadable(record);
  }

  /// The reactors of each event of one decision, event by event, each to its end. False: the unit fails.
  template <class Handler, class Table, class Entity, class Decision>
  [[gnu::noinline]] bool follow(Table& table, Entity& entity, const Decision& d, mark_type start, std::uint64_t version, const origin& from) {
    bool goes_on = true;
    if constexpr (has_open_number<typename Handler::contract::event_list>) {
      each_record(start, unit().here(), [&](const recorded& record) {
        if (goes_on)
          (void)read_event<flow_type>(record, [&](const auto& event) { goes_on = react_to(event, about_record(record)); });
      });
    } else {
      std::uint64_t position = log_.last_position() - (entity.version - version);
      d.for_each([&](const auto& event) {
        ++version;
        ++position;
        if constexpr (anybody_reacts<std::remove_cvref_t<decltype(event)>, reactor_list>)
          if (goes_on) goes_on = react_to(event, about_event(table, entity, version, position, from));
      });
    }
    return goes_on;
  }

  template <class Event>
  bool react_to(const Event& event, const about& cause) {
    const auto all = [&]<class... R>(types<R...>) { return (react_with<R>(event, cause) && ...); };
    return all(reactor_list{});
  }

  template <class Reactor, class Event>
  bool react_with(const Event& event, const about& cause) {
    if constexpr (reacts_exactly_about<Reactor, Event>) return send<Reactor>(react(Reactor{}, event, cause), cause, 0);
    else if constexpr (reacts<Reactor, Event>) return send<Reactor>(react(Reactor{}, event), cause, 0);
    else return true;
  }

  /// Sends what a reaction returned, under an id made of the reactor, the event that caused it, and the step in its answers.
  template <class Reactor, class Returned>
  bool send(const Returned& returned, const about& cause, unsigned step) {
    using command = typename command_in<Returned>::type;
    if constexpr (cycle_bound<Reactor> != 0)
      if (++acts_[index_of<Reactor, reactor_list>] > cycle_bound<Reactor>)
        return fails(failure(failure::kind::chain_too_long, 0, "the reactor ", id_of<Reactor>.name, " acted more often than its allow_cycle says"));
    const once request{id_of<Reactor>.name, cause.position << 16 | step};
    const auto id = hash128{}.add(request.source, __builtin_strlen(request.source)).add(request.number);
    const origin from{cause.time, cause.correlation, message_id{id.high, id.low}};
    if constexpr (command_in<Returned>::addressed)
      return decide_one<command>(returned.key, returned.command, request, from, heard<Reactor, command>{*this, returned.command, cause, step});
    else
      return decide_one<command>(key_in<typename handler_of<command>::aggregate>(returned), returned, request, from,
                                 heard<Reactor, command>{*this, returned, cause, step});
  }

  /// How a reactor takes the outcome of what it sent. The result says whether the unit goes on.
  template <class Reactor, class Command>
  struct heard {
    engine& whole;
    const Command& command;
    const about& cause;
    unsigned step;

    static constexpr bool is_root = false;
    static constexpr bool expects(std::uint64_t) noexcept { return true; }
    static constexpr bool unexpected(std::uint64_t) noexcept { return false; }
    static constexpr bool failed() noexcept { return false; }
    template <class State>
    bool settled(const State&, std::uint64_t, std::uint64_t position) const {
      if (position == 0) return hear(nothing{});
      return true;
    }
    template <class Decision, class State>
    bool refused(const Decision& d, std::size_t which, const State&, std::uint64_t) const {
      bool goes_on = true;
      select<Decision::rejection_list::size>(which, [&](auto at) { goes_on = hear(d.refusal().template get<at()>()); });
      return goes_on;
    }
    template <class Refusal>
    bool hear(const Refusal& refusal) const {
      if constexpr (hears_exactly_about<Reactor, Command, Refusal>) {
        if constexpr (std::is_void_v<hear_result<Reactor, Command, Refusal>>) react(Reactor{}, command, refusal, cause);
        else return whole.template send<Reactor>(react(Reactor{}, command, refusal, cause), cause, step + 1);
      } else if constexpr (hears<Reactor, Command, Refusal>) {
        if constexpr (std::is_void_v<hear_result<Reactor, Command, Refusal>>) react(Reactor{}, command, refusal);
        else return whole.template send<Reactor>(react(Reactor{}, command, refusal), cause, step + 1);
      }
      return true;
    }
  };

  template <class Handler, class Decision>
  [[gnu::noinline]] bool remember_refusal(const once& request, const Decision& d, std::size_t which, std::uint64_t version) {
    bool kept = false;
    select<Decision::rejection_list::size>(which, [&](auto at) {
      const auto& rejection = d.refusal().template get<at()>();
      using type = std::remove_cvref_t<decltype(rejection)>;
      (void)sizeof(diagnostic::stored_rejection_without_id<identified<type>, typename Handler::command, type>);
      scratch_.resize(encoded_size(rejection));
      encode(rejection, scratch_.data());
      kept = log_.remember(request, remembered{verdict::rejected, flow_type::template rejection_tag<type>, version, 0, scratch_.data(),
                                               static_cast<std::uint32_t>(scratch_.size())});
    });
    return kept || give_up_unit(log_.last_failure());
  }

  template <class Outcome, std::size_t I, class... R, class State>
  Outcome first_refusal(types<R...> contract, const remembered& first, const State& state) {
    if constexpr (I < sizeof...(R)) {
      using rejection = at<I, types<R...>>;
      if (first.rejection != flow_type::template rejection_tag<rejection>) return first_refusal<Outcome, I + 1>(contract, first, state);
      rejection again{};
      if (decode(static_cast<const std::byte*>(first.payload), first.size, again))
        return Outcome(rejection_slots<types<R...>>(again), I, state, first.version, true);
    }
    if constexpr (Outcome::can_fail) {
      return Outcome(failure(failure::kind::corrupt, 0, "the remembered outcome is a rejection that the command can no longer give, or cannot be read"));
    } else {
      return Outcome(typename Outcome::to_settle{}, state, first.version, first.position, true);  // unreachable: memory gives back what it was given
    }
  }

  // ---- taking back

  bool give_up_unit(const failure& cause) {
    if constexpr (!is_memory) doomed_ = true;
    return fails(cause);
  }

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
  }

  template <class Table, class Aggregate>
  void fold_anew(Table& table, const stale& which, type_is<Aggregate>) {
    auto& entity = table.at(which.entity);
    entity.state = typename Aggregate::state_type{};
    if (entity.version == 0) return;
    if constexpr (is_memory) {
      std::vector<const record_head*> stream;
      for (link at = entity.stream.head; at != 0;) {
        stream.push_back(unit().at(at));
        at = stream.back()->previous;
      }
      for (std::size_t i = stream.size(); i-- != 0;) {
        const record_head& head = *stream[i];
        evolve_by(entity, recorded{head.tag, head.aggregate, head.entity, table.key(head.entity), head.version, 0, unit().from(head),
                                   unit().payload(head), static_cast<std::uint32_t>(head.size - unit_type::head_size), true});
      }
    } else if (!log_.read(which.aggregate, entity.stream, table.key(which.entity), 0, [&](const recorded& record) { evolve_by(entity, record); })) {
      lose(log_.last_failure());
    }
  }

  /// Takes in an event that another process recorded, or that was there when the log was opened.
  void take_in(const recorded& record) {
    table_at(record.aggregate, [&](auto& table, auto) {
      auto* const entity = table.find_or_add(record.key);
      if (entity == nullptr || record.version != entity->version + 1) return unreadable(record);
      entity->version = static_cast<std::uint32_t>(record.version);
      evolve_by(*entity, record);
    });
    project_record(record);
  }

  [[gnu::noinline, gnu::cold]] void unreadable(const recorded& record) {
    failure cause(failure::kind::corrupt, 0, "the event at position ", record.position, " cannot be read");
    cause.position = record.position;
    lose(cause);
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
  unsigned acts_[reactor_list::size + 1] = {};
  bool open_ = false;
  bool doomed_ = false;
  bool lost_ = false;
  failure failure_;
  std::vector<std::byte> scratch_;
};

}  // namespace gesta::detail
