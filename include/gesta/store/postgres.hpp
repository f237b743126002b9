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

namespace detail {

/// The opened log of a postgres_store, typed. Neither copyable nor movable. Destroyed within a unit of work it takes the unit back.
template <class Model>
class postgres_log_of : public postgres_log {
 public:
  static constexpr bool can_fail = true;
  static constexpr bool is_memory = false;
  /// Views in tables of the schema, with <gesta/store/postgres_views.hpp>.
  template <class... Projection>
  using views_on = postgres_views_on<Projection...>;

  explicit postgres_log_of(const postgres_store& store)
      : postgres_log({store.address.c_str(), store.schema.c_str(), store.level == durability::disk, store.patience_milliseconds, store.random},
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

}  // namespace detail

}  // namespace gesta
