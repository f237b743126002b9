// What a log of rows knows of its streams while it runs: of all of them, or only of those that were asked for; and what the open unit of work
// changed of them.
// Floor: store. Within the SQLite and the PostgreSQL log.
// May include: detail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/detail/hash_index.hpp>

namespace gesta::detail {

/// What an entity remembers of its stream. It stays safe to use when the unit of work that made the stream is taken back.
struct numbered_stream {
  std::uint32_t number = 0;  ///< in the store
  std::uint32_t ticket = 0;  ///< of this log alone; 0: not yet known
};

/// What is known of a stream up to the last position seen.
struct known_stream {
  std::int64_t version = 0;
  std::int64_t position = 0;  ///< of its last event
  std::uint32_t ticket = 0;   ///< another one each time that the stream gets to be known
  std::uint32_t unit = 0;     ///< the unit that changed it last
  bool closed = false;        ///< as far as this log has seen
};

/// What a stream was before the open unit changed it.
struct changed_stream {
  std::uint32_t number;
  std::int64_t version, position;
  std::int64_t written;  ///< the version in its row
  bool closed;
};

/// Streams by their number in the store, from 1. A log that reads everything knows all; one that reads on demand knows some, and may forget
/// them between two units.
class stream_heads {
 public:
  /// From here on only some are known. Before any is.
  void know_some() noexcept { all_ = false; }
  bool are_all() const noexcept { return all_; }

  /// nullptr: it is not known. Valid until another one gets to be known.
  known_stream* find(std::int64_t number) noexcept {
    if (number <= 0) return nullptr;
    if (all_) return number <= static_cast<std::int64_t>(streams_.size()) ? &streams_[static_cast<std::size_t>(number - 1)] : nullptr;
    const std::uint32_t at = index_.find(hash(number), [&](std::uint32_t n) { return numbers_[n] == number; });
    return at == hash_index::absent ? nullptr : &streams_[at];
  }
  /// The stream that an entity remembers; nullptr: it is not known, or was made by a unit that was taken back.
  known_stream* find(const numbered_stream& remembered) noexcept {
    if (remembered.ticket == 0) return nullptr;
    known_stream* const head = find(remembered.number);
    return head != nullptr && head->ticket == remembered.ticket ? head : nullptr;
  }
  /// Makes a stream known that is not; where all are, with those before it.
  known_stream& add(std::int64_t number) {
    if (all_) {
      while (static_cast<std::int64_t>(streams_.size()) < number) make();
      return streams_[static_cast<std::size_t>(number - 1)];
    }
    numbers_.push_back(number);
    index_.insert(hash(number), static_cast<std::uint32_t>(streams_.size()), [this](std::uint32_t n) { return hash(numbers_[n]); });
    return make();
  }

  /// Where all are known: takes in the next event of a stream, which others appended. False: it does not follow the one before.
  bool take_in(std::int64_t number, std::int64_t version, std::int64_t before, std::int64_t position) {
    known_stream& head = add(number);
    if (version != head.version + 1 || before != head.position) return false;
    ++head.version;
    head.position = position;
    kept_ = streams_.size();
    return true;
  }

  /// A unit of work begins.
  void begin() noexcept { ++unit_; }
  /// Whether the open unit has changed a stream.
  bool is_changed(const known_stream& head) const noexcept { return head.unit == unit_; }
  /// The open unit is about to change a stream.
  void change(std::uint32_t number, known_stream& head) {
    if (is_changed(head)) return;
    head.unit = unit_;
    changed_.push_back({number, head.version, head.position, head.version, head.closed});
  }
  /// Each stream that the open unit changed.
  std::vector<changed_stream>& changed() noexcept { return changed_; }
  /// Others closed a stream, and the open unit will be taken back for that: known from then on.
  void close_when_taken_back(std::uint32_t number) { closed_by_others_.push_back(number); }

  /// The unit was kept.
  void keep() {
    changed_.clear();
    if (are_many()) forget();
    kept_ = streams_.size();
  }
  /// The unit was taken back: streams are what they were, and those that it made are unknown again; where only some are known, all are.
  void take_back() {
    for (const changed_stream& was : changed_) {
      known_stream& head = *find(was.number);
      head.version = was.version;
      head.position = was.position;
      head.closed = was.closed;
    }
    changed_.clear();
    if (all_) streams_.resize(kept_);
    else forget();
    for (const std::uint32_t number : closed_by_others_)
      if (known_stream* const head = find(number)) head->closed = true;
    closed_by_others_.clear();
  }
  /// Where only some are known: others wrote, or they have become many. Not while a unit has changed some.
  void forget() {
    if (all_) return;
    streams_.clear();
    numbers_.clear();
    index_ = {};
  }

 private:
  static constexpr std::size_t most_known = 16384;

  bool are_many() const noexcept { return !all_ && streams_.size() > most_known; }
  static std::uint64_t hash(std::int64_t number) noexcept { return mix(static_cast<std::uint64_t>(number)); }
  known_stream& make() {
    streams_.push_back({0, 0, ++tickets_, 0, false});
    return streams_.back();
  }

  bool all_ = true;
  std::vector<known_stream> streams_;
  std::vector<std::int64_t> numbers_;  ///< where only some are known
  hash_index index_;                   ///< likewise
  std::vector<changed_stream> changed_;
  std::vector<std::uint32_t> closed_by_others_;
  std::size_t kept_ = 0;               ///< before the open unit
  std::uint32_t tickets_ = 0;
  std::uint32_t unit_ = 0;
};

}  // namespace gesta::detail
