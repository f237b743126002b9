// The table `streams` of a SQLite file: where each stream ends, where it begins since something was erased, and whether it is closed.
// Floor: store. Between the log and the file; the keys of all streams at hand are in sqlite_streams.hpp.
// May include: message, store.
#pragma once

#include <cstdint>

#include <gesta/message/key.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_key.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

// Counts are unsigned where gesta speaks of them and signed in SQLite; no log comes to 2^62 events.
constexpr std::uint64_t as_count(std::int64_t number) noexcept { return static_cast<std::uint64_t>(number); }
constexpr std::int64_t as_number(std::uint64_t count) noexcept {
  constexpr std::uint64_t most = std::uint64_t{1} << 62;
  return static_cast<std::int64_t>(count < most ? count : most);
}

/// A row of the table.
struct stream_row {
  std::int64_t number = 0;   ///< 0: there is no such stream
  std::int64_t version = 0;  ///< of its last event
  std::int64_t last = 0;     ///< position of that
  std::int64_t first = 1;    ///< the first version that was not erased
  bool closed = false;

  /// Whether it can be the row of this stream, which has events.
  bool is_sound(std::int64_t of) const noexcept {
    return number == of && version >= 1 && last >= version && first >= 1 && first <= version + 1;
  }
};

/// Finds, makes and changes rows. `type` is the aggregate's number in the file; `keys` says by aggregate how the file holds its keys.
class sqlite_stream_rows {
 public:
  sqlite_stream_rows(sqlite_file& file, const key_column* keys) : file_(file), keys_(keys) {}

  bool prepare() {
    return file_.prepare(find_, "select stream, version, last, first, closed from streams where aggregate = ? and key = ?") &&
           file_.prepare(read_, "select stream, version, last, first, closed from streams where stream = ?") &&
           file_.prepare(keys_of_, "select key from streams where aggregate = ? order by stream") &&
           file_.prepare(make_, "insert into streams(aggregate, key, version, last) values(?, ?, 0, 0)") &&
           file_.prepare(end_, "update streams set version = ?, last = ? where stream = ? and version = ? and closed = 0") &&
           file_.prepare(begin_, "update streams set first = ?, closed = ? where stream = ?");
  }

  /// The row of a key's stream, where it is there. False: it could not be read.
  bool find(std::uint16_t aggregate, std::int64_t type, const key_bytes& key, stream_row& out, bool& is_there) {
    const sqlite_reading reading(keys_[aggregate].set(find_.set(0, type), 1, key));
    bool failed = false;
    is_there = file_.next(find_, failed);
    if (is_there) out = row(find_);
    return !failed;
  }
  /// The row of a stream that is there. False: it could not be read.
  bool read(std::int64_t number, stream_row& out) {
    const sqlite_reading reading(read_.set(0, number));
    bool failed = false;
    if (!file_.next(read_, failed)) return !failed && file_.damaged("a stream is missing");
    out = row(read_);
    return true;
  }
  /// Calls visit(key_bytes) for each stream of an aggregate, until it gives false. False: also where the file could not be read.
  template <class Visit>
  bool each_key(std::uint16_t aggregate, std::int64_t type, Visit&& visit) {
    const sqlite_reading reading(keys_of_.set(0, type));
    bool failed = false;
    while (file_.next(keys_of_, failed)) {
      key_bytes key;
      key_column::buffer buffer;
      if (!keys_[aggregate].get(keys_of_, 0, buffer, key)) return file_.damaged("a key is of another type");
      if (!visit(key)) return false;
    }
    return !failed;
  }

  /// Within a unit: makes the stream of a key that has none, and gives its number. -1: an error.
  std::int64_t make(std::uint16_t aggregate, std::int64_t type, const key_bytes& key) {
    if (!file_.run(keys_[aggregate].set(make_.set(0, type), 1, key))) return -1;
    return sqlite3_last_insert_rowid(file_.connection());
  }
  /// Within a unit: moves the end of an open stream on from version `before`. `moved`: whether its row was that. False: an error.
  bool move_end(std::int64_t number, std::int64_t before, std::int64_t version, std::int64_t last, bool& moved) {
    if (!file_.run(end_.set(0, version).set(1, last).set(2, number).set(3, before))) return false;
    moved = sqlite3_changes(file_.connection()) == 1;
    return true;
  }
  /// Within a unit: moves the first version that was not erased, and says whether the stream is closed. False: an error.
  bool move_begin(std::int64_t number, std::int64_t first, bool closed) {
    return file_.run(begin_.set(0, first).set(1, std::int64_t{closed}).set(2, number));
  }

 private:
  static stream_row row(const sqlite_statement& at) noexcept {
    return {at.number(0), at.number(1), at.number(2), at.number(3), at.number(4) != 0};
  }

  sqlite_file& file_;
  const key_column* keys_;
  sqlite_statement find_, read_, keys_of_, make_, end_, begin_;
};

}  // namespace gesta::detail
