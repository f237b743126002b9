// The events of one stream in a SQLite file: each names the one before it, so the way goes from the stream's end back.
// Floor: store. Above single events; the table `streams` says where a stream ends.
// May include: store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/store/slice.hpp>
#include <gesta/store/snapshots.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_record.hpp>
#include <gesta/store/sqlite_records.hpp>
#include <gesta/store/sqlite_snapshots.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/sqlite_stream_rows.hpp>
#include <gesta/store/sqlite_streams.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// What an event says of its place.
struct record_link {
  std::int64_t position, version;
};

/// Reads streams by their links. An index over (stream, version) would cost each append more than the way back costs a reading
/// (docs/dead-ends.md). A stream's head may be given as an earlier event of it than its last.
class sqlite_chains {
 public:
  sqlite_chains(sqlite_file& file, sqlite_streams& keys, sqlite_records& records, sqlite_snapshots& snapshots)
      : file_(file), keys_(keys), records_(records), snapshots_(snapshots) {}

  bool prepare() {
    return records_.prepare(one_, record_row::query, "position = ?") &&
           records_.prepare(back_, record_row::linked_query, "position <= ? order by position desc") &&
           file_.prepare(link_, "select stream, version, previous from events where position = ?");
  }

  /// A part of a stream, counted in versions: f(const recorded&) may end it by false. What was erased is passed over. False: an error.
  template <class F>
  bool read(const stream_row& head, const slice& part, F&& f) {
    std::int64_t from = std::max(as_number(part.after) + 1, head.first), to = std::min(as_number(part.to), head.version);
    const std::int64_t limit = as_number(part.limit);
    if (from > to || limit == 0) return true;
    if (const char* const why = keys_.find_alone(head.number)) return file_.damaged_at(head.last, why);
    bool wants_more = true;
    if (part.backwards) {
      if (to - from >= limit) from = to - limit + 1;
      const auto hand = [&](record_link link) { return read_one(link.position, f, wants_more) && wants_more; };
      return walk(head, from, to, hand) || !wants_more;
    }
    if (to - from >= limit) to = from + limit - 1;
    gathered& rows = gathered_;
    rows.clear();
    if (!gather(head, from, to, rows)) return false;
    for (std::size_t i = rows.positions.size(); wants_more && i-- != 0;)
      if (!read_one(rows.positions[i], f, wants_more)) return false;
    for (std::size_t i = rows.records.size(); wants_more && i-- != 0;) {
      recorded& one = rows.records[i].what;
      one.payload = rows.bytes.data() + rows.records[i].payload;
      wants_more = goes_on(f, one);
    }
    return true;
  }

  /// The same forwards and without a limit, but from the newest snapshot on that is sound, at most of version part.to and of position `upto`,
  /// and that use(const stored_snapshot&) takes. Events are handed over up to that version or beyond that position.
  template <class Use, class F>
  bool read_from_snapshot(const stream_row& head, slice part, std::uint64_t upto, Use&& use, F&& f) {
    const std::int64_t most = std::min(as_number(part.to), head.version);
    bool failed = false;
    const auto take = [&](const stored_snapshot& found) {
      if (failed || !proves(head.number, as_number(found.version), as_number(found.position), failed) || !use(found)) return failed;
      part.after = found.version;
      return true;
    };
    if (!snapshots_.each_before(head.number, most, as_number(upto), take) || failed) return false;
    if (as_count(most) <= part.after) return true;
    stream_row later = head;  // the way back begins there
    if (!snapshots_.next_after(head.number, most, as_number(upto), later.version, later.last)) return false;
    if (later.version < 1 || later.version > head.version || !proves(head.number, later.version, later.last, failed)) later = head;
    return !failed && read(later, part, f);
  }

  /// Follows the links from the last event of a stream back to version `from`, and calls step(record_link) from version `to` on. False: an
  /// error, or a step said so. Where `end` is given, it says the event before that.
  template <class Step>
  bool walk(const stream_row& head, std::int64_t from, std::int64_t to, Step&& step, stream_row* end = nullptr) {
    std::int64_t at = head.last;
    for (std::int64_t version = head.version; version >= from; --version) {
      std::int64_t before = 0;
      {
        const sqlite_reading reading(link_.set(0, at));
        bool failed = false;
        if (!file_.next(link_, failed)) return !failed && file_.damaged_at(at, "it is missing");
        if (link_.number(0) != head.number || link_.number(1) != version) return file_.damaged_at(at, not_of_the_stream);
        before = link_.number(2);
      }
      if (version <= to && !step(record_link{at, version})) return false;
      if (before >= at) return file_.damaged_at(at, not_after_the_one_before);
      at = before;
    }
    if (end != nullptr) {
      end->version = from - 1;
      end->last = at;
    }
    return true;
  }

 private:
  static constexpr const char* not_of_the_stream = "it is not of the stream that leads to it";
  static constexpr const char* not_after_the_one_before = "it is not after the one before it";

  /// The way back along a stream, to be gone forwards: its last events whole, those before by their positions, so that a long stream does not
  /// fill the memory.
  struct gathered {
    struct row {
      recorded what;
      std::size_t payload;  ///< where it begins in `bytes`
    };
    static constexpr std::size_t most_bytes = std::size_t{1} << 20;
    std::vector<row> records;
    std::vector<std::byte> bytes;
    std::vector<std::int64_t> positions;

    bool is_full() const noexcept { return bytes.size() + records.size() * sizeof(row) > most_bytes; }
    void clear() noexcept {
      records.clear();
      bytes.clear();
      positions.clear();
    }
  };
  bool gather(const stream_row& head, std::int64_t from, std::int64_t to, gathered& rows) {
    stream_row before = head;
    if (to < head.version && !walk(head, to + 1, to, [](record_link) { return true; }, &before)) return false;
    std::int64_t at = before.last;
    // Events that were appended together lie side by side: then the next one is a step away, and only where others lie between is it looked up.
    const sqlite_reading reading(back_);
    const record_row row{back_};
    bool is_next = false;
    for (std::int64_t version = to; version >= from; --version) {
      if (rows.is_full()) {
        before.version = version;
        before.last = at;
        return walk(before, from, version, [&](record_link link) { return rows.positions.push_back(link.position), true; });
      }
      if (!is_next) {
        back_.reset();
        back_.set(0, at);
      }
      bool failed = false;
      if (!file_.next(back_, failed) || row.position() != at) return !failed && file_.damaged_at(at, "it is missing");
      if (row.stream() != head.number || row.version() != version) return file_.damaged_at(at, not_of_the_stream);
      const std::int64_t previous = row.previous();
      if (previous >= at) return file_.damaged_at(at, not_after_the_one_before);
      recorded record{};
      if (!records_.understand(row, at, record)) return false;
      is_next = previous == at - 1;
      at = previous;
      if (sqlite_records::has_left(record) || (record.size == 0 && row.is_erased())) continue;  // as hand_over
      rows.records.push_back({record, rows.bytes.size()});
      const auto* const payload = static_cast<const std::byte*>(record.payload);
      rows.bytes.insert(rows.bytes.end(), payload, payload + record.size);
    }
    return true;
  }

  template <class F>
  bool read_one(std::int64_t position, F&& f, bool& wants_more) {
    const sqlite_reading reading(one_.set(0, position));
    bool failed = false;
    if (!file_.next(one_, failed)) return !failed && file_.damaged_at(position, "its stream does not exist");
    return records_.hand_over({one_}, position, f, wants_more);
  }

  /// Whether an event of this stream and version lies at a position. Nothing is broken when not: who says so may be wrong.
  bool proves(std::int64_t number, std::int64_t version, std::int64_t position, bool& failed) {
    const sqlite_reading reading(link_.set(0, position));
    return file_.next(link_, failed) && link_.number(0) == number && link_.number(1) == version;
  }

  sqlite_file& file_;
  sqlite_streams& keys_;
  sqlite_records& records_;
  sqlite_snapshots& snapshots_;
  gathered gathered_;  ///< of the reading that is under way, so that the next one need not make room
  sqlite_statement one_, back_, link_;
};

}  // namespace gesta::detail
