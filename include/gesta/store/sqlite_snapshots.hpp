// The table `snapshots` of a SQLite file: states that were kept beside the events, and how far they are trusted.
// Floor: store. Between the log and the file.
// May include: detail, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/store/snapshots.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

/// Keeps and finds snapshots by stream. A row that is not what was written, by its checksum, is as if it were not there.
class sqlite_snapshots {
 public:
  explicit sqlite_snapshots(sqlite_file& file) : file_(file) {}

  bool prepare() {
    return file_.prepare(
               put_,
               "insert or replace into snapshots(stream, version, position, fingerprint, checksum, state) values(?, ?, ?, ?, ?, ?)") &&
           file_.prepare(before_,
                         "select version, position, fingerprint, checksum, state from snapshots "
                         "where stream = ? and version <= ? and position <= ? order by version desc") &&
           file_.prepare(
               after_,
               "select version, position from snapshots where stream = ? and version > ? and position > ? order by version limit 1") &&
           file_.prepare(erase_, "delete from snapshots where stream = ?");
  }

  /// Room for so many bytes of a state, until the next call.
  std::byte* room(std::size_t size) {
    if (bytes_.size() < size) bytes_.resize(size);
    return bytes_.data();
  }
  /// Within a unit: keeps a snapshot of a stream, in the place of one of that version.
  bool put(std::int64_t stream, const stored_snapshot& taken) {
    const auto word = [](std::uint64_t number) { return static_cast<std::int64_t>(number); };
    return file_.run(put_.set(0, stream)
                         .set(1, word(taken.version))
                         .set(2, word(taken.position))
                         .set(3, word(taken.fingerprint))
                         .set(4, word(checksum(stream, taken)))
                         .set_blob(5, {taken.state, taken.size}));
  }
  /// Within a unit: forgets the snapshots of a stream.
  bool erase(std::int64_t stream) { return file_.run(erase_.set(0, stream)); }

  /// The sound snapshots of a stream up to a version and a position, from the newest on, until use(const stored_snapshot&) takes one.
  /// False: the file could not be read.
  template <class Use>
  bool each_before(std::int64_t stream, std::int64_t version, std::int64_t position, Use&& use) {
    const sqlite_reading reading(before_.set(0, stream).set(1, version).set(2, position));
    bool failed = false;
    while (file_.next(before_, failed)) {
      const auto count = [this](int column) { return static_cast<std::uint64_t>(before_.number(column)); };
      const byte_view state = before_.bytes(4);
      const stored_snapshot found{count(0), count(1), count(2), state.data, state.size};
      if (count(3) == checksum(stream, found) && use(found)) return true;
    }
    return !failed;
  }

  /// Where the first snapshot after a version and a position says that an event of the stream lies; to be proved. Version 0: there is none.
  bool next_after(std::int64_t stream, std::int64_t version, std::int64_t position, std::int64_t& version_there, std::int64_t& position_there) {
    const sqlite_reading reading(after_.set(0, stream).set(1, version).set(2, position));
    bool failed = false;
    version_there = 0;
    if (!file_.next(after_, failed)) return !failed;
    version_there = after_.number(0);
    position_there = after_.number(1);
    return true;
  }

 private:
  /// Of all that a row says: one that was moved to another stream or version does not pass either. Stored: changing it makes every snapshot
  /// that exists unsound, which costs only time.
  static std::uint64_t checksum(std::int64_t stream, const stored_snapshot& of) noexcept {
    return hash128{}
        .add(static_cast<std::uint64_t>(stream))
        .add(of.version)
        .add(of.position)
        .add(of.fingerprint)
        .add(static_cast<const char*>(of.state), of.size)
        .low;
  }

  sqlite_file& file_;
  std::vector<std::byte> bytes_;
  sqlite_statement put_, before_, after_, erase_;
};

}  // namespace gesta::detail
