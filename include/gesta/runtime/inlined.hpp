// Views in tables of the store's own file, each change in the commit of its events: the consumer of each is polled within the unit of work.
// Floor: runtime. For programs that say gesta::inlined; nobody else pays for it.
// May include: all above.
//
// An inlined view is not another kind of view: it is that of a consumer, with its progress and its letters. So a program that inlines it and one that
// polls a consumer for it share it, one that does neither leaves it behind, and the next unit of one that inlines it brings it to now.
#pragma once

#include <cstdint>
#include <type_traits>

#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/runtime/unknown_events.hpp>
#include <gesta/runtime/view_modes.hpp>
#include <gesta/store/checkpoint.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta {

/// An option of gesta::start: `gesta::start<shop>(gesta::sqlite_store{"shop.db"}, gesta::inlined<by_country>{})`. The rows are kept in tables of
/// the store's file and change in the commit of the events: nobody ever sees one without the other, and what a command recorded is in the rows
/// when its outcome is known. `app.rows<by_country>()` reads them, gesta::sqlite_views in every other program. What was recorded before there was
/// the view is projected when the app starts. An event that cannot be projected is kept all the same, and is put aside as a consumer does.
/// A program that does not inline the view leaves it behind until one does that records something, or a consumer is polled.
/// For a store whose log has tables: gesta::sqlite_store, with <gesta/store/sqlite_views.hpp>.
template <class... Projection>
struct inlined {};

namespace detail {

/// The log of an engine within its open unit: what is kept, and behind it what the unit has recorded.
template <class Engine>
class log_of_unit {
 public:
  explicit log_of_unit(Engine& engine) noexcept : engine_(engine) {}

  std::uint64_t last_position() const noexcept { return engine_.log().last_position(); }
  message_id incarnation() const noexcept { return engine_.log().incarnation(); }
  bool knows(const message_id& incarnation, std::uint64_t position, bool& answer) { return engine_.log().knows(incarnation, position, answer); }
  const failure& last_failure() const noexcept { return engine_.log().last_failure(); }
  /// What the unit has recorded is at hand, and need not be read from the file.
  template <class Visit>
  bool read_all(const slice& part, Visit&& visit) {
    if (part.after < engine_.unit_begin() || part.backwards) return engine_.log().read_all(part, visit);
    bool goes_on = true;
    std::uint64_t left = part.limit;
    engine_.each_record_of_unit([&](const recorded& record) {
      if (!goes_on || left == 0 || !part.holds(record.position)) return;
      --left;
      goes_on = visit(record);
    });
    return true;
  }

 private:
  Engine& engine_;
};

/// What holds it, as readers expect.
template <class Engine>
class held_unit {
 public:
  using flow_type = typename Engine::flow_type;
  using log_type = log_of_unit<Engine>;
  static constexpr bool is_memory = false;

  explicit held_unit(Engine& engine) noexcept : engine_(engine), log_(engine) {}
  log_type& log() noexcept { return log_; }
  const log_type& log() const noexcept { return log_; }
  bool catch_up() noexcept { return engine_.broken() == nullptr; }
  std::uint64_t kept_position() const noexcept { return log_.last_position(); }
  const failure& last_failure() const noexcept { return engine_.last_failure(); }
  const failure* broken() const noexcept { return engine_.broken(); }

 private:
  Engine& engine_;
  log_type log_;
};

/// What an inlined view follows.
template <class Engine>
class unit_reader : public log_reading<unit_reader<Engine>, held_unit<Engine>> {
  friend log_reading<unit_reader, held_unit<Engine>>;

 public:
  explicit unit_reader(Engine& engine) noexcept : held_(engine) {}

 private:
  held_unit<Engine>& held() noexcept { return held_; }
  const held_unit<Engine>& held() const noexcept { return held_; }

  held_unit<Engine> held_;
};

/// A view store whose transactions are the units of a log: what is begun and committed here is kept when the unit is.
template <class Log>
struct views_in_unit {
  Log& log;

  template <class... Projection>
  class opened : public Log::template views_on<Projection...> {
    using on = typename Log::template views_on<Projection...>;

   public:
    explicit opened(const views_in_unit& in) : on(in.log.file()) {}
    bool commit() {
      if (on::flush()) return true;
      on::rollback();
      return false;
    }
  };
};

template <class Engine, class Projection>
struct inlined_view {
  using views_type = views_in_unit<typename Engine::log_type>;
  inlined_view(unit_reader<Engine>& reader, Engine& engine) : keeper(reader, views_type{engine.log()}, engine.clock(), engine.unknown_policy()) {}

  consumer<Projection, unit_reader<Engine>, views_type, typename Engine::clock_type> keeper;
};
template <class Engine>
struct reader_of_unit {
  explicit reader_of_unit(Engine& engine) noexcept : reader(engine) {}
  unit_reader<Engine> reader;
};

template <class Engine, class First, class... Rest>
class inlined_views<Engine, types<First, Rest...>> : private reader_of_unit<Engine>, private inlined_view<Engine, First>, private inlined_view<Engine, Rest>... {
  template <class Projection>
  auto& keeper() noexcept {
    return static_cast<inlined_view<Engine, Projection>&>(*this).keeper;
  }
  template <class Visit>
  void each(Visit&& visit) {
    visit(keeper<First>());
    (visit(keeper<Rest>()), ...);
  }

 public:
  explicit inlined_views(Engine& engine)
      : reader_of_unit<Engine>(engine), inlined_view<Engine, First>(this->reader, engine), inlined_view<Engine, Rest>(this->reader, engine)... {}

  const failure* broken() noexcept {
    const failure* cause = nullptr;
    each([&](auto& one) { cause = cause == nullptr ? one.broken() : cause; });
    return cause;
  }
  /// Whether any has not seen all of the log; outside of a unit. False: `cause` says why it cannot be told.
  bool look_behind(std::uint64_t last, bool& behind, failure& cause) {
    bool good = true;
    behind = false;
    each([&](auto& one) {
      progress state;
      if (!good) return;
      good = one.views().load(one.name(), state);
      if (!good) cause = one.views().last_failure();
      behind = behind || state.at.position < last;
    });
    return good;
  }
  /// Projects what none of them has seen, of each at most `limit` events; in the open unit, before it is kept. False: `cause` says why it cannot be.
  bool keep_up(std::uint64_t limit, failure& cause) {
    bool good = true;
    each([&](auto& one) {
      if (!good) return;
      const consumed result = one.poll(limit);
      good = static_cast<bool>(result);
      if (!good) cause = result.why();
    });
    return good;
  }
  /// The unit was kept.
  void kept() noexcept {
    each([](auto& one) { one.views().kept(); });
  }
  /// It was taken back.
  void roll_back() noexcept {
    each([](auto& one) { one.views().rollback(); });
  }

  template <class Projection>
  auto& rows() noexcept {
    return keeper<Projection>().rows();
  }
};

}  // namespace detail

}  // namespace gesta
