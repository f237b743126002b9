// The SQLite store: everything in one file that survives the process and the machine, and that the sqlite3 program reads.
// Floor: store. An adapter: include it beside gesta.hpp and link sqlite3.
// May include: detail, message, model, codec, store.
//
//     auto app = gesta::start<bank>(gesta::sqlite_store{.path = "bank.db"});
//
// Several processes may use one file at a time: one writes, the others wait. What stands in the file: sqlite_schema.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <gesta/codec/binary.hpp>
#include <gesta/message/about.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/store/durability.hpp>
#include <gesta/store/model_ids.hpp>
#include <gesta/store/sqlite_backup.hpp>
#include <gesta/store/sqlite_log.hpp>

namespace gesta {

namespace detail {

template <class Model>
class sqlite_log_of;
template <class... Projection>
class sqlite_views_on;

}  // namespace detail

/// Keeps everything in a SQLite file, which is made where there is none. A file of another program is refused and stays as it is.
struct sqlite_store {
  std::string path;
  durability level = durability::disk;
  std::uint32_t patience_milliseconds = 5000;  ///< how long to wait while another process writes; then failure::kind::busy
  std::uint64_t most_bytes = 0;                ///< the file grows to this size, then failure::kind::full; 0: as the disk allows
  message_id (*random)() noexcept = random_id; ///< where a new file gets its name from, so that a test can say it

  template <class Model>
  using log = detail::sqlite_log_of<Model>;
};

/// Copies the file of a store to `to`, whoever uses it meanwhile: nobody waits, and what is committed meanwhile is not in the copy. The copy
/// is one complete file, of the same incarnation: keep it, and restore it to write to it. Nothing of the name `to` may be there. Whenever it
/// is stopped, no part of a file stands under that name. The folder of `to` has to be there.
inline copy_result backup(const sqlite_store& store, const std::string& to) {
  return detail::sqlite_copy(store.path.c_str(), to.c_str(), store.patience_milliseconds).backup();
}

/// Makes the file of a store, which is not there, of a backup. It is a new incarnation: who has seen positions after the last one of the
/// backup can tell that they are of a log that is gone. Whenever it is stopped, no part of a file stands under the store's path.
inline copy_result restore(const std::string& from, const sqlite_store& store) {
  return detail::sqlite_copy(from.c_str(), store.path.c_str(), store.patience_milliseconds).restore(store.random);
}

namespace detail {

/// The keys of a list of aggregates, by index.
template <class List>
struct key_table;
template <class... Aggregate>
struct key_table<types<Aggregate...>> {
  static constexpr key_column all[] = {key_column_of<Aggregate>..., key_column{}};
};

/// The opened log of a sqlite_store, typed. Neither copyable nor movable. Destroyed within a unit of work it takes the unit back.
template <class Model>
class sqlite_log_of : public sqlite_log {
 public:
  static constexpr bool can_fail = true;
  static constexpr bool is_memory = false;
  /// Views in tables of the file, with <gesta/store/sqlite_views.hpp>.
  template <class... Projection>
  using views_on = sqlite_views_on<Projection...>;

  explicit sqlite_log_of(const sqlite_store& store)
      : sqlite_log({store.path.c_str(), store.level == durability::disk, store.patience_milliseconds, store.most_bytes, store.random}, ids,
                   key_table<typename flow_type::aggregates>::all) {}

  /// Within a unit, after catch_up: appends one event as this version of its stream, which is made by its first event.
  template <class Aggregate, class Event>
  append_result append(stream& handle, std::uint32_t, const key_bytes& key, std::uint64_t version, const origin& from, const Event& event) {
    const std::size_t size = encoded_size(event);
    if (std::byte* const room = this->room(size)) encode(event, room);
    return sqlite_log::append(handle, flow_type::template aggregate_tag<Aggregate>, key, version, from, flow_type::template tag<Event>, size);
  }

 private:
  using flow_type = flow<Model>;
  static constexpr model_ids ids = ids_of_model<flow_type>;
};

}  // namespace detail

}  // namespace gesta
