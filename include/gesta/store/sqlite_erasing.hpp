// Erasing in a SQLite file: payloads are taken out and zeros written over them; positions, versions and links stay.
// Floor: store. A part of the log, whose unit of work it belongs to.
// May include: store.
#pragma once

#include <cstdint>

#include <gesta/store/sqlite_chains.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_snapshots.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/sqlite_stream_rows.hpp>

namespace gesta::detail {

/// Erases the beginnings of streams. From the first erasure of a unit to its end SQLite writes zeros over whatever it frees.
class sqlite_erasing {
 public:
  sqlite_erasing(sqlite_file& file, sqlite_stream_rows& rows, sqlite_chains& chains, sqlite_snapshots& snapshots)
      : file_(file), rows_(rows), chains_(chains), snapshots_(snapshots) {}

  bool prepare() { return file_.prepare(erase_, "update events set payload = null where position = ?"); }

  /// Within a unit: erases the payloads of a stream's events below version `first`, and its snapshots, which hold what they said. False: an
  /// error, and part of it may be done. A step for each event from the stream's end on, none where nothing is erased.
  bool erase(const stream_row& head, std::int64_t first, bool closed) {
    has_erased_ = true;
    const auto erase_one = [&](record_link link) { return file_.run(erase_.set(0, link.position)); };
    return file_.overwrite(true) && snapshots_.erase(head.number) &&
           (first <= head.first || chains_.walk(head, head.first, first - 1, erase_one)) && rows_.move_begin(head.number, first, closed);
  }

  /// What the unit has erased is all there is to overwrite: before it is committed. False: an error.
  bool end() { return !has_erased_ || file_.overwrite(false); }
  /// The unit was kept: what was erased leaves the write-ahead log too.
  void keep() noexcept {
    if (has_erased_) file_.cut_log();
    has_erased_ = false;
  }
  /// The unit was taken back.
  void take_back() {
    if (has_erased_) file_.overwrite(false);
    has_erased_ = false;
  }

 private:
  sqlite_file& file_;
  sqlite_stream_rows& rows_;
  sqlite_chains& chains_;
  sqlite_snapshots& snapshots_;
  bool has_erased_ = false;  ///< the open unit
  sqlite_statement erase_;
};

}  // namespace gesta::detail
