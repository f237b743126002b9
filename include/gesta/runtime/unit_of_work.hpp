// One unit of work: events are appended and evolve the states, then they are projected; or all of it is taken back.
// Floor: runtime. Between the log, the entities and the views; the engine decides in it.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <gesta/codec/personal.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/detail/list.hpp>
#include <gesta/message/most_bytes.hpp>
#include <gesta/message/once.hpp>
#include <gesta/runtime/holdings.hpp>
#include <gesta/runtime/loading.hpp>
#include <gesta/runtime/performers.hpp>
#include <gesta/runtime/reading.hpp>
#include <gesta/runtime/snapshot_taking.hpp>
#include <gesta/runtime/stored.hpp>
#include <gesta/runtime/view_modes.hpp>
#include <gesta/store/record.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// Changes what a running model holds, in units. Not copyable; one thread at a time.
template <class Model, class Store, class Clock>
class unit_of_work : public holdings<Model, Store> {
  using base = holdings<Model, Store>;

 public:
  using typename base::flow_type;
  using typename base::log_type;
  using typename base::mark_type;
  using typename base::tag_states_type;
  using base::is_memory;
  using base::unit;

  unit_of_work(const Store& store, Clock clock, unknown_events policy = unknown_events::fail)
      : base(store), clock_(static_cast<Clock&&>(clock)), unknown_(policy), inlined_(*this) {
    if constexpr (is_memory) {
      this->each_table([&](auto& t) { t.reserve(log_.reserved_streams(), log_type::can_fail); });
      if constexpr (tag_states_type::any) this->tag_states_.reserve(log_.reserved_streams(), log_type::can_fail);
    } else if (const failure* const cause = log_.broken()) {
      this->lose(*cause);
    } else if (!take_in_all()) {
      this->lose(log_.last_failure());  // read outside a unit, so that a long log keeps nobody from writing
    } else {
      if constexpr (inlines) bring_inlined_to_now();
      if constexpr (base::is_observed)
        if (!lost_) this->watch_.tell(caught_up{"app", log_.last_position()});
    }
  }
  ~unit_of_work() {
    if (open_) roll_back();
  }

  bool open() const noexcept { return open_; }

  // ---- the unit of work

  /// Takes in what others appended. Nothing to do in memory, and within a unit, which began with it. False: broken() or last_failure() says why.
  bool catch_up() {
    if constexpr (!is_memory) {
      if (lost_) return false;
      if (!open_ && !take_in_all()) return fails(log_.last_failure());
      if constexpr (base::caches_states)
        if (!open_) ++this->looks_;
    }
    return !lost_;
  }

  /// The position of the last event that is kept: of an open unit none is. Where units run side by side, as far as none is under way.
  std::uint64_t kept_position() const noexcept {
    if constexpr (log_with_horizon<log_type>) return log_.horizon();
    else return position_before_unit();
  }
  /// The last position before the open unit; where none is open, the last one. What the unit appended lies behind it, and nothing else that it sees.
  std::uint64_t position_before_unit() const noexcept {
    if (!open_) return log_.last_position();
    if constexpr (is_memory) return unit_.records;
    else return log_.last_position() - (pending_.count() - unit_.records);
  }

  /// Opens a unit. False: last_failure() says why; nothing is open.
  bool begin() {
    if (lost_) return false;
    if (open_) return fails(failure(failure::kind::busy, 0, "another batch of this app is open"));
    doomed_ = false;
    if constexpr (is_memory) {
      outcomes_before_ = log_.outcome_count();
    } else {
      if constexpr (base::caches_states)
        this->each_table([this](auto& table) {
          if constexpr (requires { table.make_room(0); }) table.make_room(this->most_states());
        });
      if (!log_.begin()) return fails(log_.last_failure());
      const bool caught_up = take_in_all();
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
      bool kept = !doomed_;
      if constexpr (base::keeps_snapshots) kept = kept && take_due_snapshots(*this, unit_);
      if constexpr (inlines)
        if (kept && (brings_to_now_ || pending_.count() != unit_.records) && !inlined_.keep_up(most_in_unit(), failure_)) doom(failure(failure_)), kept = false;
      if (!kept || !log_.commit()) {
        if (!doomed_) failure_ = log_.last_failure();
        roll_back();
        return false;
      }
    } else if (doomed_) {
      roll_back();
      return false;
    }
    open_ = false;
    if constexpr (inlines) inlined_.kept();
    if constexpr (is_memory && base::keeps_snapshots) take_due_snapshots(*this, unit_);
    project_since(unit_);
    if constexpr (!is_memory) pending_.cut(unit_);
    if constexpr (base::is_observed) this->watch_.tell_notes();
    return true;
  }

  /// Takes everything of the open unit back.
  [[gnu::noinline, gnu::cold]] void roll_back() {
    open_ = false;
    if constexpr (!is_memory) log_.rollback();
    if constexpr (inlines) inlined_.roll_back();
    take_back(unit_);
    if constexpr (is_memory) log_.cut_outcomes(outcomes_before_);
    if constexpr (base::is_observed) this->watch_.forget();
  }

  auto here() { return unit().here(); }

  /// What the instances of a performer have to do.
  template <class Performer>
  performer_work& work_of() noexcept {
    return work_.of[performer_index<flow_type, typename flow_type::template stream_of<Performer>>];
  }

  // ---- for inlined views

  using clock_type = Clock;
  static constexpr bool inlines = inlined_in<Store>::size != 0;
  auto& inlined() noexcept { return inlined_; }
  const Clock& clock() const noexcept { return clock_; }
  unknown_events unknown_policy() const noexcept {
    if constexpr (is_memory) return unknown_events::fail;
    else return unknown_.policy();
  }
  /// The last position before the open unit.
  std::uint64_t unit_begin() const noexcept { return log_.last_position() - (pending_.count() - unit_.records); }
  template <class Visit>
  void each_record_of_unit(Visit&& visit) {
    this->each_record(unit_, unit().here(), visit);
  }

  /// Projects every event since a mark, in order of position.
  template <class Mark>
  [[gnu::noinline]] void project_since(Mark mark) {
    if constexpr (base::views_type::projections::size != 0)
      this->each_record(mark, unit().here(), [&](const recorded& record) { project_record(record); });
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

  /// Seals the personal data of an event before anybody keeps it. False: the event cannot be kept.
  template <class Event>
  [[gnu::noinline]] bool seal(Event& event) {
    return this->keys().seal(event) || fails(this->keys().last_failure());
  }

  /// Whether an event may be larger than the model's budget, so that it has to be measured.
  template <class Event>
  static constexpr bool is_measured = flow_type::budget != 0 && most_bytes<Event>() == npos;
  template <class Event>
  [[gnu::noinline]] bool is_within_budget(const Event& event) {
    const std::size_t size = encoded_size(event);
    return size <= flow_type::budget || fails(failure(failure::kind::too_large, 0, "the event ", id_of<Event>.name, " has ", std::uint64_t{size},
                                                       " bytes, and the model's budget is ", std::uint64_t{flow_type::budget}));
  }

  /// A failure that ends the current command.
  bool fails(const failure& cause) {
    failure_ = cause;
    return false;
  }
  bool doomed() const noexcept { return doomed_; }

  /// The position of the first event of an entity that the model does not know; 0: there is none.
  std::uint64_t first_unknown([[maybe_unused]] std::uint16_t aggregate, [[maybe_unused]] key_bytes key) const noexcept {
    if constexpr (is_memory) return 0;
    else return unknown_.first_unknown(aggregate, key);
  }
  const std::vector<parked_event>& parked() const noexcept {
    static const std::vector<parked_event> none;
    if constexpr (is_memory) return none;
    else return unknown_.parked();
  }
  /// Where states are cached: brings an entity to now, see load_entity. False: last_failure() says why; where it is not an event that the
  /// model does not know, the unit fails, or where none is open the app is broken.
  template <class Aggregate, class Key, class Place>
  bool load(const Key& key, Place& found) {
    failure cause;
    if (load_entity<Aggregate>(*this, key, found, open_, cause)) return true;
    if (open_ && cause.why == failure::kind::unknown_event) return fails(cause);  // of this entity alone
    if (open_) doom(cause);
    else this->lose(cause);
    return false;
  }
  /// Where states are cached: the place of an entity that is to be read, or nothing. What is there and was not asked for in the open unit is
  /// given as it is.
  template <class Aggregate, class Key>
  auto to_read(const Key& key) {
    auto& table = this->template table_of<Aggregate>();
    if (!open_) table.make_room_to_read(this->most_states() + table.most_read);
    auto found = table.find(key);
    if (lost_) return found;
    if (open_ || !found || found->looked != this->looks_) (void)load<Aggregate>(key, found);
    if (found) table.note_read(*found);
    return found;
  }

  /// Whether an entity can be decided on: its state holds all its facts. False: last_failure() says why not.
  template <class Aggregate, class Place>
  [[gnu::always_inline]] bool is_whole([[maybe_unused]] const Place& found) {
    if constexpr (is_memory) return true;
    else
      return !found || unknown_.empty() ||
             has_no_unknown(flow_type::template aggregate_tag<Aggregate>, this->template table_of<Aggregate>().key(found.number));
  }
  std::size_t outcome_count() const noexcept {
    if constexpr (is_memory) return log_.outcome_count();
    else return 0;
  }
  /// Undoes one command that failed half way. Where the log is no memory the whole unit is doomed.
  [[gnu::noinline, gnu::cold]] void give_up(mark_type start, std::size_t outcomes) {
    if constexpr (is_memory) {
      take_back(start);
      log_.cut_outcomes(outcomes);
      if constexpr (base::is_observed) this->watch_.forget_behind(start.records);
    } else {
      doomed_ = true;
    }
  }

 protected:
  using base::failure_;
  using base::log_;
  using base::lost_;
  using base::pending_;

  /// What the log has and inlined views have not, in units of their own that keep nobody from writing for long.
  void bring_inlined_to_now() {
    bool behind = false;
    failure cause;
    if (const failure* const broken = inlined_.broken()) return this->lose(*broken);
    brings_to_now_ = true;
    while (inlined_.look_behind(log_.last_position(), behind, cause) && behind)
      if (!begin() || !commit()) return this->lose(failure(failure_));
    brings_to_now_ = false;
    if (cause.detail[0] != '\0') this->lose(cause);
  }
  std::uint64_t most_in_unit() const noexcept { return brings_to_now_ ? 10'000 : slice::end; }

  template <class Table, class Key>
  about about_now(Table& table, const Key& key, std::uint64_t version, const origin& from) {
    return {table.bytes_of(key), version, log_.last_position(), from.time, from.correlation, from.causation};
  }
  template <class Table, class Place>
  about about_event(Table& table, Place place, std::uint64_t version, std::uint64_t position, const origin& from) {
    return {table.key(place.number), version, position, from.time, from.correlation, from.causation};
  }

  [[gnu::noinline, gnu::cold]] bool has_no_unknown(std::uint16_t aggregate, key_bytes key) {
    const std::uint64_t position = first_unknown(aggregate, key);
    return position == 0 || misses("nothing is decided on an entity that has an event which the model does not know, at position ", position);
  }
  /// Whether states about tags hold all their facts: an event that the model does not know may have any tag.
  bool knows_all_tagged() {
    if constexpr (is_memory) return true;
    else
      return unknown_.first() == 0 ||
             misses("nothing is decided across entities while there is an event which the model does not know, at position ", unknown_.first());
  }
  [[gnu::noinline, gnu::cold]] bool misses(const char* what, std::uint64_t position) {
    failure cause(failure::kind::unknown_event, 0, what, position);
    cause.position = position;
    return fails(cause);
  }

  [[gnu::noinline, gnu::cold]] void no_room_for_entities() {
    fails(failure(failure::kind::full, 0, "the store has no room left for entities"));
  }
  [[gnu::noinline, gnu::cold]] bool no_more_events() {
    return fails(failure(failure::kind::tombstoned, 0, "the stream is closed, nothing may be added"));
  }
  [[gnu::noinline, gnu::cold]] bool no_room_for_events() {
    log_.report_full("events");
    return fails(log_.last_failure());
  }

  [[gnu::noinline, gnu::cold]] bool not_appended(append_result why) {
    if (why == append_result::conflict) return fails(failure(failure::kind::conflict, 0, "others changed the entity while the command was decided"));
    return fails(log_.last_failure());
  }

  template <class Aggregate, class Table, class Place, class Event>
  [[gnu::always_inline]] bool append([[maybe_unused]] Table& table, Place place, const Event& event, const origin& from) {
    constexpr auto tag = flow_type::template tag<Event>;
    constexpr auto aggregate = flow_type::template aggregate_tag<Aggregate>;
    auto& entity = *place;
    const std::uint32_t number = place.number;
    if constexpr (is_measured<Event>)
      if (!is_within_budget(event)) return false;
    const std::uint32_t version = entity.version + 1;  // read once: the record is bytes to the compiler, which may be anything's
    if constexpr (is_memory) {
      if constexpr (requires { entity.stream.closed; })
        if (entity.stream.closed) [[unlikely]] return no_more_events();
      const link address = log_.events().put(tag, aggregate, number, version, entity.stream.head, from, event);
      if constexpr (log_type::can_fail)
        if (address == 0) [[unlikely]] return no_room_for_events();
      entity.stream.head = address;
    } else {
      const append_result done = log_.template append<Aggregate>(entity.stream, number, table.key(number), version, from, event);
      if (done != append_result::ok) [[unlikely]] return not_appended(done);
      pending_.put(tag, aggregate, number, version, 0, from, event);
    }
    if constexpr (base::template is_cached<Aggregate>) entity.checked = log_.times_changed();
    entity.version = version;
    if constexpr (keeps_records<Aggregate>) note_work<Aggregate>(entity, number);
    return true;
  }

  /// Appends an event that belongs to somebody else; where it holds personal data, a sealed copy of it.
  template <class Aggregate, class Table, class Place, class Event>
  [[gnu::always_inline]] bool append_sealed(Table& table, Place place, const Event& event, const origin& from) {
    if constexpr (base::has_keys && holds_personal<Event>()) {
      Event sealed(event);
      return seal(sealed) && append<Aggregate>(table, place, sealed, from);
    } else {
      return append<Aggregate>(table, place, event, from);
    }
  }

  /// An event that was just appended evolves the states about tags that it belongs to. False: there is no room for one.
  template <class Table, class Place, class Event>
  [[gnu::always_inline]] bool fold_appended([[maybe_unused]] Table& table, [[maybe_unused]] Place place, [[maybe_unused]] const Event& event,
                                            [[maybe_unused]] const origin& from) {
    if constexpr (tag_states_type::template take<Event>) {
      const auto make = [&] { return about_event(table, place, place->version, log_.last_position(), from); };
      if (this->tag_states_.fold(event, log_.last_position(), make)) return true;
      no_room_for_entities();
      return false;
    } else {
      return true;
    }
  }

  /// The records of an instance have changed: whoever lets performers act looks at it.
  template <class Aggregate, class Entity>
  void note_work(Entity& entity, std::uint32_t number) {
    if constexpr (requires { entity.state.is_to_send; })
      if (!entity.state.is_to_send) {
        entity.state.is_to_send = true;
        work_.of[performer_index<flow_type, Aggregate>].to_send.push_back(number);
      }
    if (entity.state.is_queued) return;
    entity.state.is_queued = true;
    work_.of[performer_index<flow_type, Aggregate>].push(number);
  }

  template <class Aggregate, class Entity>
  void evolve_by(Entity& entity, const recorded& record) {
    if (!this->template evolve_state<Aggregate>(entity.state, record)) unreadable(record);
  }

  /// Folds a recorded event into the states about tags that it belongs to. False: there is no room, or it cannot be read.
  bool fold_tagged(const recorded& record) {
    bool fits = true;
    const bool readable = visit_derived<flow_type, is_memory>(record, [&](const auto& event) {
      fits = fits && this->tag_states_.fold(event, record.position, [&] { return detail::about_record(record); });
    });
    if (!readable) unreadable(record);
    if (!fits) no_room_for_entities();
    return readable && fits;
  }
  void mark_tagged(mark_type start) {
    this->each_record(start, unit().here(), [&](const recorded& record) {
      (void)visit_derived<flow_type, is_memory>(record, [&](const auto& event) { this->tag_states_.mark(event); });
    });
  }
  /// Folds the marked states again, by all events that are left: what is taken back costs as many events as the log has.
  void fold_marked_again() {
    if (!this->tag_states_.is_stale()) return;
    failure cause;
    const slice part{.to = log_.last_position()};  // what others recorded since comes with the next catch_up
    const bool read = detail::each_stored(*this, part, cause, [&](const recorded& record) {
      const bool readable = visit_derived<flow_type, is_memory>(record, [&](const auto& event) {
        this->tag_states_.fold_again(event, record.position, [&] { return detail::about_record(record); });
      });
      if (!readable) unreadable(record);
      return readable;
    });
    if (!read) this->lose(cause);
    this->tag_states_.settle();
  }

  template <class Event>
  using is_projected = std::bool_constant<base::views_type::template take<Event>>;
  using projected_events = filtered<typename flow_type::current_events, is_projected>;

  /// What no view hears is not read.
  void project_record([[maybe_unused]] const recorded& record) {
    if constexpr (projected_events::size != 0) {
      const auto publish = [&](const auto& event) { this->views_.publish(event, [&] { return detail::about_record(record); }); };
      if (!visit_events<flow_type, projected_events, is_memory>(record, publish)) unreadable(record);
    }
  }

  // ---- taking back

  struct stale {
    std::uint16_t aggregate;
    std::uint32_t entity;
  };

  /// Cuts the records after the mark and folds the entities concerned anew.
  void take_back(mark_type start) {
    if constexpr (tag_states_type::any) mark_tagged(start);
    std::vector<stale> touched;
    unit().each(start, unit().here(), [&](const record_head& head, std::uint64_t) {
      this->table_at(head.aggregate, [&](auto& table, auto which) {
        if constexpr (base::template is_cached<typename decltype(which)::type>) {
          table.drop(head.entity);
        } else {
          auto& entity = table.at(head.entity);
          if (entity.version < head.version) return;
          entity.version = head.version - 1;
          if constexpr (base::is_memory) entity.stream.head = head.previous;
          else if (entity.version == 0) entity.stream = {};
          touched.push_back({head.aggregate, head.entity});
        }
      });
    });
    unit().cut(start);
    for (const stale& one : touched) this->table_at(one.aggregate, [&](auto& table, auto which) { fold_anew(table, one, which); });
    this->each_table([](auto& table) { table.drop_unused(); });
    if constexpr (tag_states_type::any) fold_marked_again();
  }

  template <class Table, class Aggregate>
  void fold_anew(Table& table, const stale& which, type_is<Aggregate>) {
    auto& entity = table.at(which.entity);
    entity.state = typename Aggregate::state_type{};
    if (entity.version == 0) return;
    if constexpr (keeps_records<Aggregate>) note_work<Aggregate>(entity, which.entity);
    if constexpr (is_memory) {
      this->template each_record_of<base::template knows_positions<Aggregate>>(table, which.entity, {}, [&](const recorded& record) {
        evolve_by<Aggregate>(entity, record);
        return true;
      });
    } else {
      const slice part{.to = entity.version};  // what others recorded since comes with the next catch_up
      const bool read = log_.read(which.aggregate, entity.stream, table.key(which.entity), part,
                                  [&](const recorded& record) { return evolve_by<Aggregate>(entity, record), true; });
      if (!read) this->lose(log_.last_failure());
    }
  }

  /// Takes in what others recorded since, at first everything. Entities of a cache are brought to now when they are needed: views and what
  /// boundaries read are told alone, and where there are none nothing is read.
  bool take_in_all() {
    if constexpr (base::caches_states && base::views_type::projections::size == 0 && !tag_states_type::any) return log_.skip();
    else return log_.catch_up([&](const recorded& record) { take_in(record); });
  }
  /// Takes in an event that another process recorded, or that was there when the log was opened.
  void take_in(const recorded& record) {
    if (record.tag == unknown_tag) [[unlikely]] return take_in_unknown(record);
    this->table_at(record.aggregate, [&]([[maybe_unused]] auto& table, auto which) {
      if constexpr (!base::template is_cached<typename decltype(which)::type>) {
        using aggregate = typename decltype(which)::type;
        const auto entity = table.place_of(record.key);
        if (!entity || record.version != entity->version + 1) return unreadable(record);
        entity->version = static_cast<std::uint32_t>(record.version);
        if constexpr (keeps_records<aggregate>) note_work<aggregate>(*entity, entity.number);
        if (!unknown_.empty()) [[unlikely]]
          if (first_unknown(record.aggregate, record.key) != 0) return;  // its state stays the one before that event
        evolve_by<aggregate>(*entity, record);
      }
    });
    if constexpr (tag_states_type::any) (void)fold_tagged(record);
    project_record(record);
  }

  [[gnu::noinline, gnu::cold]] void take_in_unknown(const recorded& record) {
    if (unknown_.policy() == unknown_events::fail) return this->lose(detail::why_unknown(record));
    unknown_.note(record.position);
    this->table_at(record.aggregate, [&]([[maybe_unused]] auto& table, auto which) {
      if constexpr (!base::template is_cached<typename decltype(which)::type>) {  // there whoever loads the entity meets it
        const auto entity = table.place_of(record.key);
        if (!entity || record.version != entity->version + 1) return this->lose(unreadable_at(record.position));
        entity->version = static_cast<std::uint32_t>(record.version);
        unknown_.block(record.aggregate, record.key, record.position);
      }
    });
    if (unknown_.policy() == unknown_events::park) {
      unknown_.park(record);
      if constexpr (base::is_observed)
        this->watch_.tell(gesta::parked{"app", record.position, record.key, detail::why_unknown(record).describe(), 0});
    }
  }

  [[gnu::noinline, gnu::cold]] void unreadable(const recorded& record) {
    this->lose(detail::why_unreadable(record));
  }

  [[no_unique_address]] Clock clock_;
  timestamp time_;
  mark_type unit_{};
  std::size_t outcomes_before_ = 0;
  bool open_ = false;
  bool doomed_ = false;
  [[no_unique_address]] all_work<flow_type::performers::size> work_;
  [[no_unique_address]] std::conditional_t<is_memory, nothing_unknown, unknown_facts> unknown_;
  bool brings_to_now_ = false;
  [[no_unique_address]] inlined_views<unit_of_work, inlined_in<Store>> inlined_;
};

}  // namespace gesta::detail
