// The running system as its users see it: commands in, outcomes out, views to look at.
// Floor: runtime.
// May include: all above.
//
// The way of a command: its entity is found; `decide` is called; its events are appended and evolve the state; the reactors of each
// event act, in the order of the model, each to its end; when all that is kept, the events are projected in order of position, to the
// views in the order of the model. A store that is no memory puts a transaction around it. Nothing of a unit that fails is kept or seen.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include <gesta/runtime/appending.hpp>
#include <gesta/runtime/by_tags.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/command_under_way.hpp>
#include <gesta/runtime/engine.hpp>
#include <gesta/runtime/erasing.hpp>
#include <gesta/runtime/facts.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/runtime/options.hpp>
#include <gesta/runtime/outcome.hpp>
#include <gesta/runtime/past.hpp>
#include <gesta/runtime/same_verbs.hpp>
#include <gesta/runtime/stored.hpp>

namespace gesta {

template <class Aggregate>
class port;

namespace detail {

/// Reaches what an app holds.
struct facts_of_app {
  template <class App>
  static auto& engine(App& app) noexcept {
    return app.engine_;
  }
  template <class App>
  static constexpr bool in_memory = std::remove_reference_t<decltype(facts_of_app::engine(std::declval<App&>()))>::is_memory;
};

template <class View, class Events>
inline constexpr bool projects_any = false;
template <class View, class... E>
inline constexpr bool projects_any<View, types<E...>> = (projects<View, E> || ...);

}  // namespace detail

/// What a batch, a snapshot that was asked for, or an erasing came to: true when everything is kept; else why() is the cause and nothing of
/// it is.
class [[nodiscard]] committed {
 public:
  committed() = default;
  explicit committed(const failure& cause) : cause_(cause), kept_(false) {}
  explicit operator bool() const noexcept { return kept_; }
  const failure& why() const noexcept { return cause_; }

 private:
  failure cause_;
  bool kept_ = true;
};

namespace detail {

// Stands for what is not there, where a report says so.
template <class T>
inline const T none_of{};

// Named so that a debugger says it: a command was given to a batch that is over, or that began while another one was open.
[[noreturn, gnu::cold]] inline void batch_is_over() { __builtin_abort(); }

/// Makes the outcome that the caller gets.
template <class Outcome, class Expectation>
struct answer_caller {
  const failure& cause;
  Expectation expectation;

  static constexpr bool is_root = true;

  [[gnu::always_inline]] constexpr bool expects(std::uint64_t version) const noexcept {
    if constexpr (same<Expectation, expected>) return expectation.holds(version);
    else if constexpr (same<Expectation, seen>) return version <= expectation.position;
    else return true;
  }
  [[gnu::always_inline]] Outcome unexpected(std::uint64_t version) const { return Outcome(conflict{version}); }
  Outcome failed() const { return Outcome(cause); }
  template <class State>
  [[gnu::always_inline]] Outcome settled(const State& state, std::uint64_t version, std::uint64_t position) const {
    return Outcome(typename Outcome::to_settle{}, state, version, position);
  }
  template <class Decision, class State>
  [[gnu::always_inline]] Outcome refused(const Decision& d, std::size_t which, const State& state, std::uint64_t version) const {
    return Outcome(d.refusal(), which, state, version);
  }
};

}  // namespace detail

/// A model running on a store. Made by `gesta::start`; neither copyable nor movable. One thread at a time. Verbs stands for the verbs of
/// the model that a file sees: files that see others have another app, and are found out before main.
template <class Model, class Store, class Clock = system_clock, std::uint64_t Verbs = detail::verbs_seen<Model>()>
class app : public detail::log_reading<app<Model, Store, Clock, Verbs>, detail::engine<detail::as_seen<Model, Verbs>, Store, Clock>> {
  using engine_type = detail::engine<detail::as_seen<Model, Verbs>, Store, Clock>;
  using flow_type = typename engine_type::flow_type;

  template <class Projection>
  static constexpr bool has_rows = views<detail::as_seen<Model, Verbs>>::template has_rows<Projection>;
  template <class View>
  static constexpr bool is_view = views<detail::as_seen<Model, Verbs>>::template has_view<View>;
  template <class View>
  static constexpr bool is_of_rows = !is_view<View> && (detail::projection_of_rows<View> || views<detail::as_seen<Model, Verbs>>::template has_rows_of<View>);
  template <class Projection>
  static constexpr bool is_inlined = detail::contains<Projection, detail::inlined_in<Store>>;

 public:
  using model_type = Model;
  /// Whether an outcome can be a gesta::failure.
  static constexpr bool can_fail = engine_type::can_fail;
  /// Whether units of the store run side by side, so that positions have gaps: see gesta::postgres_by_horizon.
  static constexpr bool has_horizon = log_with_horizon<typename engine_type::log_type>;
  /// Whether it was started with gesta::observed_by.
  static constexpr bool is_observed = engine_type::is_observed;
  /// Whether the store can erase events, and close a stream.
  static constexpr bool can_erase = detail::can_erase<engine_type>;
  static constexpr bool can_close = can_erase && can_fail;

  app(const Store& store, Clock clock, unknown_events policy = unknown_events::fail) : engine_(store, static_cast<Clock&&>(clock), policy) {
    (void)sizeof(diagnostic::cannot_take_back<(can_take_back() || !can_fail), Store>);
    constexpr bool knows_all = can_take_back() && !detail::caches_states<Store>;
    (void)sizeof(diagnostic::boundary_without_all_events<(knows_all || !engine_type::tag_states_type::any), Store>);
    (void)sizeof(diagnostic::sagas_without_all_records<(knows_all || flow_type::performers::size == 0), Store>);
    (void)sizeof(diagnostic::side_by_side_without_cached_states<(!has_horizon || detail::caches_states<Store>), Store>);
    (void)sizeof(diagnostic::side_by_side_with_views<(!has_horizon || engine_type::views_type::projections::size == 0), Model, Store>);
    (void)&detail::same_verbs<Model, Verbs>::compared;
  }

  /// Handles a command that carries its key, or a key and a command; then, in any order, gesta::once and gesta::expected, for a boundary
  /// gesta::seen.
  /// The outcome has to be answered by `match` exactly when it can be more than accepted.
  template <class First, class... Rest>
  [[gnu::always_inline]] decltype(auto) handle(const First& first, const Rest&... rest) {
    if constexpr (flow_type::template knows<First>) {
      using aggregate = typename flow_type::template handler_of<First>::aggregate;
      (void)sizeof(diagnostic::command_needs_key<detail::carries_key<aggregate>, First>);
      if constexpr (!detail::carries_key<aggregate>) return detail::mistaken{};
      else if constexpr (!detail::options_fit<Rest...>) return detail::report_options<First, Rest...>();
      else return carry_out(detail::key_in<aggregate>(first), first, rest...);
    } else {
      return handle_at(first, rest...);
    }
  }

  /// A unit of work of many commands. Not copyable.
  class batch_type {
   public:
    batch_type(const batch_type&) = delete;
    batch_type& operator=(const batch_type&) = delete;
    ~batch_type() {
      if (open_) whole_.engine_.roll_back();
    }

    /// As app::handle; a rejection leaves the batch as it was, a failure of a store that is no memory ends it. A batch that is over, or
    /// could not begin, decides nothing: the outcome is why(), and where outcomes cannot be a failure the program ends.
    template <class... Argument>
    [[gnu::always_inline]] auto handle(const Argument&... argument) {
      using result = decltype(whole_.handle(argument...));
      if constexpr (!detail::same<result, detail::mistaken>) {
        if (!open_) [[unlikely]] {
          if constexpr (result::can_fail) return result(why_);
          else detail::batch_is_over();
        }
      }
      return whole_.handle(argument...);
    }

    /// As app::append.
    template <class... Argument>
    appended append(const Argument&... argument) {
      return open_ ? whole_.append(argument...) : appended(why_);
    }

    /// Keeps everything, then projects it; the batch is over. False, and nothing is kept, also when it was over or could not begin.
    committed commit() {
      if (!open_) return committed(why_);
      open_ = false;
      whole_.named_conditions_.clear();
      why_ = failure(failure::kind::busy, 0, "the batch is over");
      if (whole_.engine_.commit()) return {};
      why_ = whole_.engine_.last_failure();
      if constexpr (is_observed) whole_.tell(stalled{"batch", why_});
      return committed(why_);
    }

   private:
    friend app;
    explicit batch_type(app& whole) : whole_(whole), open_(whole.engine_.begin()) {
      whole.named_conditions_.clear();
      if (open_) return;
      why_ = whole.engine_.last_failure();
      if constexpr (is_observed) whole.tell(stalled{"batch", why_});
    }

    app& whole_;
    bool open_;
    failure why_;
  };

  /// Opens a unit of work for many commands: `auto batch = app.batch();`. Until its commit nothing is kept and no view changes;
  /// without a commit all is taken back. While it is open, every command of the app belongs to it, and another batch cannot be
  /// committed. Not for last_records_store, which
  /// may have overwritten what would have to be taken back.
  batch_type batch() {
    (void)sizeof(diagnostic::cannot_take_back<can_take_back(), Store>);
    return batch_type(*this);
  }

  /// The view of this type, with all that is committed. Of a projection without rows.
  template <class View>
  const View& view() const noexcept {
    constexpr bool is_kept = is_of_rows<View> || !is_view<View> || engine_type::views_type::template has_view<View>;
    (void)sizeof(diagnostic::rows_asked_as_view<!is_of_rows<View>, View>);
    (void)sizeof(diagnostic::view_kept_elsewhere<is_kept, View>);
    if constexpr (!is_of_rows<View> && is_kept) return engine_.read_side().template view<View>();
    else return *static_cast<const View*>(nullptr);
  }

  /// The rows of a projection of the model, with all that is committed: a gesta::row_table that is only read.
  template <class Projection>
    requires(!is_inlined<Projection>)
  const auto& rows() const noexcept {
    constexpr bool is_kept = !has_rows<Projection> || engine_type::views_type::template has_rows<Projection>;
    (void)sizeof(diagnostic::rows_asked_as_view<has_rows<Projection>, Projection>);
    (void)sizeof(diagnostic::view_kept_elsewhere<is_kept, Projection>);
    if constexpr (!has_rows<Projection>) return engine_;
    else if constexpr (is_kept) return engine_.read_side().template rows<Projection>();
    else return detail::none_of<detail::rows_in_memory<Projection>>;
  }
  /// Of an inlined one they are read from the file, as others have changed them; a view without rows is one row: `app.row<turnover>()`.
  template <class Projection>
    requires(is_inlined<Projection>)
  auto& rows() noexcept {
    return engine_.inlined().template rows<Projection>();
  }
  template <class Projection>
    requires(is_inlined<Projection>)
  const typename Projection::view_type* row(const typename detail::projected_rows<Projection>::key_type& key = {}) {
    return rows<Projection>().find(key);
  }
  /// One row of it, by its key as entities are named: `app.row<by_country>("FR")`; nullptr where there is none. Valid until the next command.
  template <class Projection, class Key>
    requires(!is_inlined<Projection>)
  auto row(const Key& key) const noexcept {
    const auto& all = rows<Projection>();
    if constexpr (requires { all.find(key); }) return all.find(key);
    else return static_cast<const Projection*>(nullptr);
  }

  /// The state of one entity, the fold of its events; State{} when it has none. Valid until the next command.
  template <class Aggregate, class Key>
    requires(!engine_type::template is_cached<Aggregate>)
  const typename Aggregate::state_type& state(const Key& key) const {
    const auto& table = engine_.template table_of<Aggregate>();
    const auto found = table.find(key);
    return found ? found->state : table.blank();
  }
  /// With gesta::cached_states it is read from the store where it is not there. Where that fails it is State{}, and broken() says why. Valid
  /// until the next command, or until 64 other states were asked for.
  template <class Aggregate, class Key>
    requires(engine_type::template is_cached<Aggregate>)
  const typename Aggregate::state_type& state(const Key& key) {
    const auto found = engine_.template to_read<Aggregate>(key);
    return found ? found->state : engine_.template table_of<Aggregate>().blank();
  }

  /// The state of one entity as it was, folded anew: `app.state<accounts>("alice", gesta::at_version{3})`, gesta::at_position{n} or
  /// gesta::at_time{t}. Costs as many events as the entity has; in memory, by position, as many as the log has. Events of an open batch
  /// count. State{} where the entity had no event yet.
  template <class Aggregate, class Key, class Moment>
    requires(detail::is_moment<Moment>)
  past<typename Aggregate::state_type> state(const Key& key, const Moment& when) {
    constexpr bool is_timed = flow_type::is_traced || !detail::same<Moment, at_time>;
    (void)sizeof(diagnostic::no_times_kept<is_timed, Model>);
    typename Aggregate::state_type was{};
    failure cause;
    if (!engine_.catch_up()) return past<typename Aggregate::state_type>(engine_.last_failure());
    if (detail::fold_until<Aggregate>(engine_, key, when, was, cause)) return past(was);
    return past<typename Aggregate::state_type>(cause);
  }

  /// A state that boundaries read, by the values of its tags in their order: `app.state<course>("c1")`, `app.state<attendance>("c1", "anna")`.
  /// State{} when no event belongs to it. Valid until the next command.
  template <class State, class... Value>
    requires(detail::is_tag_state<flow_type, State> && !detail::ends_with_moment<Value...>)
  const State& state(const Value&... value) const {
    return detail::state_by_tags<State>(engine_, value...);
  }
  /// The same as it was at gesta::at_position{n} or gesta::at_time{t}, given last. Costs as many events as the log has.
  template <class State, class... Given>
    requires(detail::is_tag_state<flow_type, State> && detail::ends_with_moment<Given...>)
  past<State> state(const Given&... given) {
    return detail::past_state_by_tags<State>(engine_, given...);
  }

  /// A view of this type as it was, projected anew from all events up to gesta::at_position{n} or gesta::at_time{t}. It need not be one
  /// of the model's. Costs as many events as the log has.
  template <class View, class Moment>
    requires(detail::is_moment<Moment>)
  past<View> view(const Moment& when, unknown_events unknown = unknown_events::fail) {
    (void)sizeof(diagnostic::rows_asked_as_view<!is_of_rows<View>, View>);
    can_be_told<View, Moment>();
    View was{};
    failure cause;
    if (!engine_.catch_up()) return past<View>(engine_.last_failure());
    if constexpr (!is_of_rows<View>)
      if (detail::project_until(engine_, when, was, cause, unknown)) return past<View>(static_cast<View&&>(was));
    return past<View>(cause);
  }

  /// The rows of a projection as they were, likewise: `app.rows<by_country>(gesta::at_position{n})->find("FR")`.
  template <detail::projection_of_rows Projection, class Moment>
    requires(detail::is_moment<Moment>)
  past<detail::rows_in_memory<Projection>> rows(const Moment& when, unknown_events unknown = unknown_events::fail) {
    using table = detail::rows_in_memory<Projection>;
    can_be_told<typename Projection::view_type, Moment>();
    table were;
    failure cause;
    if (!engine_.catch_up()) return past<table>(engine_.last_failure());
    if (detail::project_rows_until<Projection>(engine_, when, were, cause, unknown)) return past<table>(static_cast<table&&>(were));
    return past<table>(cause);
  }
  /// One row as it was; no other is made.
  template <detail::projection_of_rows Projection, class Key, class Moment>
    requires(detail::is_moment<Moment>)
  past_row<typename Projection::view_type> row(const Key& key, const Moment& when, unknown_events unknown = unknown_events::fail) {
    using result = past_row<typename Projection::view_type>;
    using key_type = typename detail::projected_rows<Projection>::key_type;
    can_be_told<typename Projection::view_type, Moment>();
    typename Projection::view_type was{};
    bool exists = false;
    failure cause;
    if (!engine_.catch_up()) return result(engine_.last_failure());
    const key_type wanted = detail::key_of_row<key_type>(key_value_of<key_type>(key));
    if (detail::project_row_until<Projection>(engine_, when, was, exists, wanted, cause, unknown)) return result(was, exists);
    return result(cause);
  }

  /// A projection folded now, from all events, for this question alone: `app.live<by_country>()` gives past<table of rows>, of one without rows
  /// past<view>. It need not be one of the model's. Costs as many events as the log has, and nothing as long as nobody asks.
  template <class Projection>
  auto live(unknown_events unknown = unknown_events::fail) {
    if constexpr (detail::projection_of_rows<Projection>) return rows<Projection>(at_position{slice::end}, unknown);
    else return view<typename Projection::view_type>(at_position{slice::end}, unknown);
  }
  /// One row of it: `app.live<by_country>("FR")`. Events of other rows are passed over.
  template <detail::projection_of_rows Projection, class Key>
    requires(!detail::same<Key, unknown_events>)
  past_row<typename Projection::view_type> live(const Key& key, unknown_events unknown = unknown_events::fail) {
    return row<Projection>(key, at_position{slice::end}, unknown);
  }

  /// Keeps a snapshot of one entity, of all of one aggregate, or of all: `app.snapshot<accounts>("alice")`. For an app that was started with
  /// gesta::snapshots. A unit of work of its own: while a batch is open it is failure::kind::busy.
  template <class Aggregate, class Key>
  committed snapshot(const Key& key) {
    return take_snapshots([&](auto& engine) { return detail::take_snapshot_of<Aggregate>(engine, key); });
  }
  template <class Aggregate>
  committed snapshot() {
    return take_snapshots([](auto& engine) { return detail::take_snapshots_of<detail::types<Aggregate>>(engine); });
  }
  committed snapshot() {
    return take_snapshots([](auto& engine) { return detail::take_snapshots_of<typename flow_type::aggregates>(engine); });
  }

  /// The version of one entity: the number of its events.
  template <class Aggregate, class Key>
    requires(engine_type::template is_cached<Aggregate>)
  std::uint64_t version(const Key& key) {
    const auto found = engine_.template to_read<Aggregate>(key);
    return found ? found->version : 0;
  }
  template <class Aggregate, class Key>
    requires(!engine_type::template is_cached<Aggregate>)
  std::uint64_t version(const Key& key) const {
    const auto found = engine_.template table_of<Aggregate>().find(key);
    return found ? found->version : 0;
  }

  /// Appends events that nobody here decides: facts of another system, a history. Each argument is gesta::facts<Aggregate>(key,
  /// expectation, event...), one per stream; all are written in one unit of work, or none. Facts without events are a condition on a
  /// stream that is not written. Behind them gesta::once{source, number}, and gesta::at_time{t} where they happened at another time.
  /// States evolve, reactors act and views follow as with events that were decided.
  ///
  /// Appended again, the same events under the same gesta::expected{version} are recognised by what lies in the stream behind that
  /// version: the result is the first one, repeated(), as long as all of them are there; some there and others new is a conflict.
  /// Under any() and exists() only gesta::once tells a repetition.
  template <class... Argument>
  appended append(const Argument&... argument) {
    if constexpr ((appendable<Argument>() && ...)) return append_in_unit(argument...);
    else return (report_argument<Argument>(), ...), appended(failure{});
  }

  /// Says a command for later, under a name: it is handled once, when its time has come, by who runs gesta::run_sagas. It is kept in the log; one
  /// that waits under the same name is replaced. A model lists such commands in gesta::delayed. As app::append: a unit of work of its own, or a
  /// part of the open batch. Where it is refused then it stays listed: see delayed.
  template <class Key, class Command>
  appended later(const Key& name, const Command& command, timestamp when) {
    constexpr bool is_listed = detail::contains<delay_records::delayed_until<Command>, typename detail::delays_of<flow_type>::records>;
    (void)sizeof(diagnostic::command_not_delayed<is_listed, Command>);
    if constexpr (!is_listed) return appended(failure{});
    else if constexpr (!decltype(report_name<Key>())::value) return appended(failure{});
    else
      return append(
          facts<typename detail::delays_of<flow_type>::stream>(name, expected::any(), delay_records::delayed_until<Command>{command, when}));
  }
  /// No length of time: a moment is meant.
  template <class Key, class Command, class Length>
    requires detail::same<Length, duration>
  appended later(const Key&, const Command&, const Length&) {
    (void)sizeof(diagnostic::delay_by_length<detail::same<Command, void>, Command>);
    return appended(failure{});
  }
  /// Takes back what waits under a name; what was refused is no longer listed. What was handled meanwhile was: then, and where nothing is listed,
  /// nothing is changed, and the position is 0.
  template <class Key>
  appended cancel(const Key& name) {
    using stream = typename detail::delays_of<flow_type>::stream;
    (void)sizeof(diagnostic::nothing_delayed<!std::is_void_v<stream>, Model>);
    if constexpr (std::is_void_v<stream>) {
      return appended(failure{});
    } else if constexpr (!decltype(report_name<Key>())::value) {
      return appended(failure{});
    } else {
      if (!engine_.open() && !engine_.catch_up()) return appended(engine_.last_failure());
      const auto found = engine_.template table_of<stream>().find(name);
      if (!found || !(found->state.waits || found->state.was_refused)) return appended(0, 0, false);
      const appended kept = append(facts<stream>(name, expected{found->version}, delay_records::cancelled{}));
      return kept.conflict() == nullptr ? kept : cancel(name);  // others were faster
    }
  }
  /// Shows the commands that app.later keeps: visit(std::string_view name, const Command&, const gesta::delay_standing&) for each that waits, was
  /// refused or is put aside, in the order in which their names were first said. The visitor may say others and cancel. False: what other programs
  /// have written could not be read. Costs a look at every name that was ever said, and a copy of each command that is shown.
  template <class Visit>
  committed delayed(Visit&& visit) {
    if constexpr (!decltype(report_delayed<Visit>(typename flow_type::delays{}))::value) {
      return {};
    } else {
      using part = detail::at<0, typename flow_type::delays>;
      if (!engine_.open() && !engine_.catch_up()) return committed(engine_.last_failure());
      engine_.template table_of<typename detail::delays_of<flow_type>::stream>().each(
          [&](auto place) { detail::performer<part>::show(engine_, place.number, visit); });
      return {};
    }
  }

  /// Erases the events of one entity before a version, for good: "closing the books". Versions and positions of all others stay. The state
  /// has to be the same without them, because a later event says it all; else it is failure::kind::differs and nothing is erased. Whoever
  /// reads what is gone gets failure::kind::truncated. A version behind the last event is failure::kind::conflict; below the first that is
  /// kept there is nothing to do. Views keep what they have seen until the program starts again. A unit of work of its own: while a batch is
  /// open it is failure::kind::busy. Costs a step for each event of the entity that is kept, and a write for each that goes.
  template <class Aggregate, class Key>
  committed truncate_before(const Key& key, std::uint64_t version) {
    constexpr bool is_comparable = detail::comparable<typename Aggregate::state_type>;
    (void)sizeof(diagnostic::store_cannot_erase<can_erase, Store>);
    (void)sizeof(diagnostic::state_not_comparable<is_comparable, typename Aggregate::state_type>);
    (void)sizeof(diagnostic::erases_tagged<!is_tagged<Aggregate>, Aggregate>);
    if constexpr (can_erase && is_comparable && !is_tagged<Aggregate>)
      return in_unit_of_its_own([&] { return detail::erase_before<Aggregate>(engine_, key, version); });
    else return {};
  }

  /// Erases all events of one entity and closes its stream for ever: a tombstone. Its state is that of an entity without events, and nothing
  /// can be recorded for it any more: failure::kind::tombstoned, which is also what a reader gets. An entity without events cannot be
  /// closed: failure::kind::conflict. For a store that can refuse. Else as truncate_before.
  template <class Aggregate, class Key>
  committed close(const Key& key) {
    (void)sizeof(diagnostic::store_cannot_erase<can_erase, Store>);
    (void)sizeof(diagnostic::store_cannot_close<(!can_erase || can_close), Store>);
    (void)sizeof(diagnostic::erases_tagged<!is_tagged<Aggregate>, Aggregate>);
    if constexpr (can_close && !is_tagged<Aggregate>)
      return in_unit_of_its_own([&] { return detail::close_stream<Aggregate>(engine_, key); });
    else return {};
  }

  /// The events that the model does not know and that were passed over, in order of position, where the app was started with
  /// gesta::unknown_events::park. They lie in the log as before; a program that knows them takes them in when it starts.
  const std::vector<parked_event>& parked() const noexcept { return engine_.parked(); }

  /// A handle on one aggregate that names neither model nor store; see gesta::port. Needs <gesta/runtime/port_table.hpp>.
  template <class Aggregate>
  gesta::port<Aggregate> port();

  /// Brings the memory of an entity near, for a loop that knows its next keys.
  template <class Aggregate, class Key>
  [[gnu::always_inline]] void prefetch(const Key& key) const {
    engine_.template table_of<Aggregate>().prefetch(key);
  }

 private:
  friend detail::facts_of_app;
  friend detail::log_reading<app, engine_type>;
  friend feed<app>;  // which tells observers

  /// Whether what a view was can be asked for by such a moment.
  template <class View, class Moment>
  static constexpr void can_be_told() {
    constexpr bool is_timed = flow_type::is_traced || !detail::same<Moment, at_time>;
    constexpr bool is_of_all = !detail::same<Moment, at_version>;
    (void)sizeof(diagnostic::no_times_kept<is_timed, Model>);
    (void)sizeof(diagnostic::view_has_no_version<is_of_all, View>);
    (void)sizeof(diagnostic::view_projects_nothing<(!is_of_all || is_of_rows<View> || detail::projects_any<View, typename flow_type::current_events>), View>);
  }

  engine_type& held() noexcept { return engine_; }
  const engine_type& held() const noexcept { return engine_; }

  template <class Take>
  committed take_snapshots(Take&& take) {
    (void)sizeof(diagnostic::no_snapshots_kept<engine_type::keeps_snapshots, Store>);
    if constexpr (engine_type::keeps_snapshots) {
      for (unsigned attempt = 0;; ++attempt) {
        guard unit{engine_};
        if (!unit.begin()) return committed(engine_.last_failure());
        const bool is_taken = take(engine_);
        if (is_taken && unit.commit()) return {};
        const failure cause = is_taken || engine_.doomed() ? engine_.last_failure() : engine_.log().last_failure();
        if (cause.why != failure::kind::conflict || attempt == detail::conflict_retries) return committed(cause);
      }
    } else {
      return {};
    }
  }

  template <class... Event>
  static constexpr bool any_tagged(detail::types<Event...>) {
    return (engine_type::tag_states_type::template take<Event> || ...);
  }
  template <class Aggregate>
  static constexpr bool is_tagged = any_tagged(typename flow_type::template events_of<Aggregate>{});

  template <class Erase>
  committed in_unit_of_its_own(Erase&& erase) {
    for (unsigned attempt = 0;; ++attempt) {
      guard unit{engine_};
      if (!unit.begin()) return committed(engine_.last_failure());
      const bool is_erased = erase();
      if (is_erased && unit.commit()) return {};
      // What it was refused for on the state of now is the answer; where others were faster, it is done anew.
      const bool others_wrote = (is_erased || engine_.doomed()) && engine_.last_failure().why == failure::kind::conflict;
      if (!others_wrote || attempt == detail::conflict_retries) return committed(engine_.last_failure());
    }
  }

  static constexpr bool can_take_back() {
    if constexpr (engine_type::is_memory) return engine_type::log_type::keeps_all;
    else return true;
  }

  // ---- appending

  /// Whether a visitor takes all commands that may be delayed, and there are any; reports where not.
  template <class Visit, class... Command>
  static constexpr auto report_delayed(detail::types<gesta::delayed<Command...>>) {
    ((void)sizeof(diagnostic::delayed_not_visited<detail::visits_delayed<Visit, Command>, Command>), ...);
    return std::bool_constant<(detail::visits_delayed<Visit, Command> && ...)>{};
  }
  template <class Visit>
  static constexpr auto report_delayed(detail::types<>) {
    (void)sizeof(diagnostic::nothing_delayed<detail::same<Visit, void>, Model>);
    return std::false_type{};
  }
  /// Whether what a delayed command is called can be a name; reports where not.
  template <class Name>
  static constexpr auto report_name() {
    using table = typename engine_type::template table_type<typename detail::delays_of<flow_type>::stream>;
    constexpr bool is_name = table::template takes<Name>;
    (void)sizeof(diagnostic::delay_without_name<is_name, Name>);
    return std::bool_constant<is_name>{};
  }
  template <class Facts, class... Event>
  static constexpr bool all_recorded(detail::types<Event...>) {
    return (detail::contains<Event, typename flow_type::template events_of<typename Facts::aggregate>> && ...);
  }
  template <class Facts>
  static constexpr bool key_fits = engine_type::template table_type<typename Facts::aggregate>::template takes<typename Facts::key_type>;
  template <class Argument>
  static constexpr bool appendable() {
    if constexpr (!detail::is_facts<Argument>) {
      return detail::same<Argument, once> || (flow_type::is_traced && detail::same<Argument, at_time>);
    } else if constexpr (!detail::contains<typename Argument::aggregate, typename flow_type::aggregates>) {
      return false;
    } else {
      return key_fits<Argument> && all_recorded<Argument>(detail::contract_events<typename Argument::contract>{});
    }
  }
  template <class Argument>
  static void report_argument() {
    if constexpr (!detail::is_facts<Argument>) {
      constexpr bool is_time = detail::same<Argument, at_time>;
      (void)sizeof(diagnostic::cannot_append<(detail::same<Argument, once> || is_time), Argument>);
      (void)sizeof(diagnostic::no_times_kept<(flow_type::is_traced || !is_time), Model>);
    } else if constexpr (!detail::contains<typename Argument::aggregate, typename flow_type::aggregates>) {
      (void)sizeof(diagnostic::not_in_model<false, typename Argument::aggregate>);
    } else {
      using table = typename engine_type::template table_type<typename Argument::aggregate>;
      (void)sizeof(diagnostic::wrong_key_of_facts<key_fits<Argument>, typename Argument::aggregate, typename table::key_type>);
      report_events<typename Argument::aggregate>(detail::contract_events<typename Argument::contract>{});
    }
  }
  template <class Aggregate, class... Event>
  static void report_events(detail::types<Event...>) {
    using recorded_events = typename flow_type::template events_of<Aggregate>;
    ((void)sizeof(diagnostic::fact_of_another<detail::contains<Event, recorded_events>, Aggregate, Event>), ...);
  }

  template <class... Argument>
  appended append_in_unit(const Argument&... argument) {
    if (engine_.open()) {
      if (engine_.doomed()) return told(appended(engine_.last_failure()), argument...);
      detail::command_under_way<engine_type> under_way{engine_};
      appended outcome = append_now(argument...);
      under_way.end();
      return told(outcome, argument...);
    }
    for (unsigned attempt = 0;; ++attempt) {
      guard unit{engine_};
      if (!unit.begin()) return told(appended(engine_.last_failure()), argument...);
      const appended outcome = append_now(argument...);
      named_conditions_.clear();
      const bool is_kept = outcome && !outcome.repeated() && (outcome.position() != 0 || detail::is_given<once, Argument...>);
      if (!is_kept && !engine_.doomed()) {
        unit.end();
        return told(outcome, argument...);
      }
      if (unit.commit()) return outcome;  // of one that is doomed it says the cause
      if (engine_.last_failure().why != failure::kind::conflict || attempt == detail::conflict_retries)
        return told(appended(engine_.last_failure()), argument...);
      if constexpr (is_observed) tell(retried{"append", attempt + 1, engine_.last_failure().describe(), 0});
    }
  }

  /// Observers hear of an append that failed: what was expected did not hold, or there is a cause.
  template <class... Argument>
  appended told(const appended& outcome, const Argument&... argument) {
    if constexpr (is_observed) {
      std::size_t which = 0;
      if (outcome.conflict() != nullptr) {
        (note_conflict(which++, outcome, argument), ...);
        if (!engine_.open()) engine_.watching().tell_notes();
      } else if (!outcome) {
        tell(stalled{"append", outcome.why()});
      }
    } else {
      ((void)argument, ...);
    }
    return outcome;
  }
  template <class Argument>
  void note_conflict(std::size_t which, const appended& outcome, const Argument& argument) {
    if constexpr (detail::is_facts<Argument>) {
      using aggregate = typename Argument::aggregate;
      if (which != outcome.which()) return;
      engine_.watching().template note_conflict<detail::appending_facts, aggregate>(engine_.template table_of<aggregate>().bytes_of(argument.key()),
                                                                                   argument.expectation(), outcome.conflict()->actual,
                                                                                   engine_.here().records);
    }
  }

  /// The version of the last stream that got an event.
  template <class Argument>
  void note_version(const Argument& argument, std::uint64_t& version) {
    if constexpr (detail::is_facts<Argument>) {
      bool has_events = false;
      argument.for_each([&](const auto& part) {
        if constexpr (detail::is_run<std::remove_cvref_t<decltype(part)>>) part.for_each([&](const auto&) { has_events = true; });
        else has_events = true;
      });
      if (!has_events) return;
      const auto found = engine_.template table_of<typename Argument::aggregate>().find(argument.key());
      version = found ? std::uint64_t{found->version} : 0;
    }
  }

  template <class... Argument>
  appended append_now(const Argument&... argument) {
    constexpr bool is_once = detail::is_given<once, Argument...>;
    using request_type = std::conditional_t<is_once, once, detail::unnumbered>;
    const auto request = detail::given_or_none<request_type>(argument...);
    engine_.begin_chain();
    if constexpr (is_once) {
      remembered first;
      switch (engine_.log().recall(request, first)) {
        case recall_result::fresh: break;
        case recall_result::known:
          if (first.what == verdict::rejected)
            return appended(failure(failure::kind::duplicate, 0, "the request ", request.source, " ", request.number, " was a command, and it was refused"));
          if (is_of_open_batch(request, first))
            return appended(failure(failure::kind::duplicate, 0, "the name ", request.source, " ", request.number, " was used twice in one batch"));
          return appended(0, first.position, true);
        case recall_result::failed: engine_.doom(engine_.log().last_failure()); return appended(engine_.last_failure());
      }
    }
    origin from = engine_.origin_of(request);
    if constexpr (detail::is_given<at_time, Argument...>) from.time = detail::given_option<at_time>(argument...).time;
    const appended outcome = detail::appending<engine_type>(engine_).carry_out(from, argument...);
    if constexpr (is_once) {
      if (!outcome || outcome.repeated()) return outcome;
      const verdict became = outcome.position() == 0 ? verdict::nothing : verdict::accepted;
      std::uint64_t version = 0;
      (note_version(argument, version), ...);
      if (!engine_.log().remember(request, {became, 0, version, outcome.position(), nullptr, 0})) {
        engine_.doom(engine_.log().last_failure());
        return appended(engine_.last_failure());
      }
      if (became == verdict::nothing) named_conditions_.emplace_back(request);
    }
    return outcome;
  }

  // Whether what is remembered under a name is of the batch that is open: its last event is not kept yet. An append without events has
  // none to tell it by.
  bool is_of_open_batch(const once& request, const remembered& first) const noexcept {
    if (first.position != 0) return first.position > engine_.position_before_unit();
    for (const named_condition& earlier : named_conditions_)
      if (earlier.number == request.number && std::strncmp(earlier.source, request.source, sizeof earlier.source) == 0) return true;
    return false;
  }

  template <class Command>
  decltype(auto) handle_at(const Command&) {
    (void)sizeof(diagnostic::command_not_in_model<false, Command>);
    return detail::mistaken{};
  }
  template <class Key, class Command, class... Option>
  decltype(auto) handle_at(const Key&, const Command&, const Option&...) {
    constexpr bool alone = detail::is_option<Command>;
    (void)sizeof(diagnostic::command_not_in_model<false, std::conditional_t<alone, Key, Command>>);
    return detail::mistaken{};
  }
  template <class Key, class Command, class... Option>
    requires(flow_type::template knows<Command>)
  [[gnu::always_inline]] decltype(auto) handle_at(const Key& key, const Command& command, const Option&... option) {
    using aggregate = typename flow_type::template handler_of<Command>::aggregate;
    using table = typename engine_type::template table_type<aggregate>;
    constexpr bool fits = table::template takes<Key> && !detail::carries_key<aggregate>;
    (void)sizeof(diagnostic::wrong_key<fits, Command, typename table::key_type>);
    if constexpr (!fits) return detail::mistaken{};
    else if constexpr (!detail::options_fit<Option...>) return detail::report_options<Command, Option...>();
    else return carry_out(key, command, option...);
  }

  template <class Command, class... Option>
  using outcome_of =
      detail::outcome_for<typename flow_type::template handler_of<Command>::state, typename flow_type::template handler_of<Command>::rejections,
                          detail::is_given<expected, Option...> || detail::is_given<seen, Option...>, can_fail>;

  /// A command as a unit of work of its own, or within the open batch. In memory, where nothing follows from the events, it is a few dozen
  /// instructions in the function that calls `handle`: there the outcome never lies in memory, which is half of the cost on Clang. All
  /// else is a function of its own.
  template <class Key, class Command, class... Option>
  [[gnu::always_inline]] outcome_of<Command, Option...> carry_out(const Key& key, const Command& command, const Option&... option) {
    if constexpr (!engine_type::is_memory) return carry_out_in_unit(key, command, option...);
    else if constexpr (engine_type::keeps_snapshots || is_observed || engine_type::template projects_later<Command> || detail::is_given<once, Option...>)
      return carry_out_in_memory(key, command, option...);
    else return decide<outcome_of<Command, Option...>>(key, command, option...);
  }

  // Flattened: the decision dissolves only where `decide`, the record and `evolve` meet in one function.
  template <class Key, class Command, class... Option>
  [[gnu::flatten]] outcome_of<Command, Option...> carry_out_in_memory(const Key& key, const Command& command, const Option&... option) {
    using result = outcome_of<Command, Option...>;
    const auto start = engine_.here();
    detail::command_under_way<engine_type> under_way{engine_};
    result outcome = decide<result>(key, command, option...);
    under_way.end();
    if constexpr (engine_type::keeps_snapshots)
      if (!engine_.open()) detail::take_due_snapshots(engine_, start);
    if constexpr (engine_type::template projects_later<Command>)
      if (!engine_.open()) engine_.project_since(start);
    if constexpr (is_observed) tell_in_memory<Command>(outcome);
    return outcome;
  }

  template <class Key, class Command, class... Option>
  outcome_of<Command, Option...> carry_out_in_unit(const Key& key, const Command& command, const Option&... option) {
    using result = outcome_of<Command, Option...>;
    if (engine_.open()) {
      if (engine_.doomed()) return failed<Command, result>();
      detail::command_under_way<engine_type> under_way{engine_};
      result outcome = decide<result>(key, command, option...);
      under_way.end();
      if constexpr (is_observed) tell_if_failed<Command>(outcome);
      return outcome;
    }
    for (unsigned attempt = 0;; ++attempt) {
      guard unit{engine_};
      if (!unit.begin()) return failed<Command, result>();
      result outcome = decide<result>(key, command, option...);
      if (unit.commit()) {
        if constexpr (is_observed) tell_if_failed<Command>(outcome);
        return outcome;
      }
      if (engine_.last_failure().why != failure::kind::conflict || attempt == detail::conflict_retries) return failed<Command, result>();
      if constexpr (is_observed) tell(retried{detail::spoken_name<Command>(), attempt + 1, engine_.last_failure().describe(), 0});
    }
  }

  template <class Command, class Result>
  Result failed() {
    if constexpr (is_observed) tell_failure<Command>(engine_.last_failure());
    return Result(engine_.last_failure());
  }

  // ---- telling observers; only where there are some

  template <class What>
  void tell(const What& what) noexcept {
    engine_.watching().tell(what);
  }
  template <class Command>
  void tell_failure(const failure& cause) noexcept {
    tell(stalled{detail::spoken_name<Command>(), cause});
  }
  template <class Command, class Outcome>
  void tell_if_failed(const Outcome& outcome) noexcept {
    outcome.match([](const auto&...) {}, [this](const failure& cause) { tell_failure<Command>(cause); });
  }
  template <class Command, class Outcome>
  [[gnu::noinline]] void tell_in_memory(const Outcome& outcome) noexcept {
    if (!engine_.open()) engine_.watching().tell_notes();
    if constexpr (Outcome::can_fail) tell_if_failed<Command>(outcome);
  }

  template <class Result, class Key, class Command, class... Option>
  [[gnu::always_inline]] Result decide(const Key& key, const Command& command, const Option&... option) {
    constexpr bool is_once = detail::is_given<once, Option...>;
    using aggregate = typename flow_type::template handler_of<Command>::aggregate;
    using expected_type = std::conditional_t<detail::boundary_part<aggregate>, seen, expected>;
    constexpr bool expects = detail::is_given<expected_type, Option...>;
    (void)sizeof(diagnostic::seen_of_an_aggregate<expects || !detail::is_given<seen, Option...>, Command>);
    (void)sizeof(diagnostic::expected_of_a_boundary<expects || !detail::is_given<expected, Option...>, Command>);
    using request_type = std::conditional_t<is_once, once, detail::unnumbered>;
    using expectation = std::conditional_t<expects, expected_type, detail::unnumbered>;
    const auto request = detail::given_or_none<request_type>(option...);
    engine_.begin_chain();
    if constexpr (is_once) {
      remembered first;
      switch (engine_.log().recall(request, first)) {
        case recall_result::fresh: break;
        case recall_result::known: return engine_.template first_outcome<Result, Command>(key, command, first);
        case recall_result::failed: engine_.doom(engine_.log().last_failure()); return Result(engine_.last_failure());
      }
    }
    return engine_.template decide_one<Command>(key, command, request, engine_.origin_of(request),
                                                detail::answer_caller<Result, expectation>{engine_.last_failure(), detail::given_or_none<expectation>(option...)});
  }

  // The name of an append without events, as of the open batch: its outcome has no position to tell it by.
  struct named_condition {
    char source[64] = {};
    std::uint64_t number;
    explicit named_condition(const once& request) noexcept : number(request.number) {
      const std::size_t size = std::strlen(request.source);
      std::memcpy(source, request.source, size < sizeof source ? size : sizeof source);
    }
  };

  struct guard {
    engine_type& engine;
    bool is_own = false;  // a unit that was open before is left alone
    bool begin() { return is_own = engine.begin(); }
    bool commit() { return engine.commit(); }
    void end() {
      if (is_own && engine.open()) engine.roll_back();
    }
    ~guard() { end(); }
  };

  engine_type engine_;
  std::vector<named_condition> named_conditions_;
};

}  // namespace gesta
