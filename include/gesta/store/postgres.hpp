// The PostgreSQL store: a log in a schema of a database, for several programs on several machines, that psql reads.
// Floor: store. An adapter: include it beside gesta.hpp and link libpq.
// May include: detail, message, model, codec, store.
//
//     auto app = gesta::start<bank>(gesta::postgres_store{"host=/run/postgresql dbname=bank"});
//
// Any number of programs may use one log at a time: one writes, the others wait for it. What stands in the tables: postgres_schema.hpp.
#pragma once

#include <sys/random.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include <gesta/codec/binary.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/store/durability.hpp>
#include <gesta/store/model_ids.hpp>
#include <gesta/store/postgres_log.hpp>

namespace gesta {

/// 128 random bits of the operating system; zero where it has none.
inline message_id system_random_id() noexcept {
  message_id id;
  if (::getrandom(&id, sizeof id, 0) != static_cast<ssize_t>(sizeof id)) return {};
  return id;
}

namespace detail {

template <class Model>
class postgres_log_of;
template <class Model>
class postgres_log_by_horizon_of;
template <class... Projection>
class postgres_views_on;

}  // namespace detail

/// Keeps everything in a schema of a PostgreSQL database, which is made where there is none. A schema of something else is refused and stays as
/// it is. A connection that is lost takes its open unit with it; the next unit, or reading, makes a new one.
struct postgres_store {
  std::string address;                          ///< as libpq takes it: "host=... dbname=...", or postgresql://...
  std::string schema = "gesta";                 ///< of the log: several logs live in one database
  durability level = durability::disk;          ///< process: a commit does not wait for the server's disk; its crash may take the last ones
  std::uint32_t patience_milliseconds = 5000;   ///< how long to wait while another one writes, then failure::kind::busy; and for a lost server
  bool rings = false;                           ///< each commit wakes who waits at a gesta::postgres_bell
  message_id (*random)() noexcept = system_random_id;  ///< where a new log gets its name from, so that a test can say it

  template <class Model>
  using log = detail::postgres_log_of<Model>;
};

/// The same, for many writers at a time: units of work run side by side, and share the server's waiting for its disk. What two of them change at a time,
/// or one changes and the other has read, the second one decides again. Readers and consumers go up to the horizon: as far as no unit is
/// under way. A schema is written in one of the two ways, from its first log on.
///
///     auto app = gesta::start<bank>(gesta::postgres_by_horizon{{.address = "..."}}, gesta::cached_states{});
///
/// What it has not got: positions without gaps (they ascend, and of one unit they lie side by side); sagas, boundaries, views in memory or inlined,
/// which follow every event of a log within its units; and an event that was kept is read in the log only when all units that began before it have
/// ended, while its entity shows it at once.
struct postgres_by_horizon : postgres_store {
  template <class Model>
  using log = detail::postgres_log_by_horizon_of<Model>;
};

namespace detail {

/// What both logs have in common.
template <class Model>
class typed_postgres_log : public postgres_log {
 public:
  static constexpr bool can_fail = true;
  static constexpr bool is_memory = false;

  typed_postgres_log(const postgres_store& store, postgres_positions positions)
      : postgres_log({store.address.c_str(), store.schema.c_str(), store.level == durability::disk, store.patience_milliseconds, store.random, positions},
                     ids_of_model<flow_type>, postgres_keys<typename flow_type::aggregates>::all, store.rings) {}

  /// Within a unit, after catch_up: appends one event as this version of its stream, which is made by its first event.
  template <class Aggregate, class Event>
  append_result append(stream& handle, std::uint32_t, const key_bytes& key, std::uint64_t version, const origin& from, const Event& event) {
    return postgres_log::append(handle, flow_type::template aggregate_tag<Aggregate>, key, version, from, flow_type::template tag<Event>,
                                encoded_size(event), [&](std::byte* room) { encode(event, room); });
  }

 private:
  using flow_type = flow<Model>;
};

/// The opened log of a postgres_store, typed. Neither copyable nor movable. Destroyed within a unit of work it takes the unit back.
template <class Model>
class postgres_log_of : public typed_postgres_log<Model> {
 public:
  /// Views in tables of the schema, with <gesta/store/postgres_views.hpp>.
  template <class... Projection>
  using views_on = postgres_views_on<Projection...>;

  explicit postgres_log_of(const postgres_store& store) : typed_postgres_log<Model>(store, postgres_positions::by_lock) {}
};

/// The opened log of a postgres_by_horizon.
template <class Model>
class postgres_log_by_horizon_of : public typed_postgres_log<Model> {
 public:
  /// Others write while a unit is open, and an event may come into view behind one of a higher position.
  static constexpr bool has_horizon = true;

  explicit postgres_log_by_horizon_of(const postgres_store& store) : typed_postgres_log<Model>(store, postgres_positions::by_horizon) {}
};

}  // namespace detail

}  // namespace gesta
