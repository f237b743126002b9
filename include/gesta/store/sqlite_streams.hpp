// The keys of a SQLite file's streams, by number: read once and kept, because every event names its stream by number only.
// Floor: store. Beside the records; a join would look each stream up for each event.
// May include: message, store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <gesta/message/key.hpp>
#include <gesta/store/sqlite_file.hpp>
#include <gesta/store/sqlite_key.hpp>
#include <gesta/store/sqlite_names.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

/// The table `streams` as far as it was read: 16 bytes a stream and its key; or only the first of them and those that were asked for last. A
/// row of it never gets another key. Streams are numbered in the order of their first events, so whoever reads events in order reads on in
/// this table as well.
class sqlite_streams {
 public:
  /// `keys` says by aggregate how the file holds its keys.
  sqlite_streams(sqlite_file& file, const sqlite_names& names, const key_column* keys) : file_(file), names_(names), keys_(keys) {}

  bool prepare() {
    return file_.prepare(rows_, "select stream, aggregate, key from streams where stream > ? order by stream") &&
           file_.prepare(one_, "select stream, aggregate, key from streams where stream = ?");
  }

  /// The statement that is left in the middle of the table; to be reset when a reading ends.
  sqlite_statement& rows() noexcept { return rows_; }

  /// From here on no more than so many keys stay in memory, however many streams there are. Before anything is read.
  void know_some() {
    most_ = most_known;
    alone_.resize(most_alone);
  }

  /// Has the stream of this number at hand. Why it cannot be read, or nullptr.
  const char* find(std::int64_t number) {
    if (number <= 0) return "its stream does not exist";
    if (number > std::min(static_cast<std::int64_t>(all_.size()) + far_ahead, most_)) return find_alone(number);
    if (number == slot(number).number) return nullptr;
    while (static_cast<std::int64_t>(all_.size()) < number)
      if (const char* const why = read_on()) return why;
    return nullptr;
  }

  /// The same, without all those before it: for who reads one stream. Until the next call of it.
  const char* find_alone(std::int64_t number) {
    single& one = slot(number);
    if (number <= static_cast<std::int64_t>(all_.size()) || number == one.number) return nullptr;
    one.number = 0;
    const sqlite_reading reading(one_.set(0, number));
    bool failed = false;
    if (!file_.next(one_, failed)) return "its stream does not exist";
    key_bytes key{};
    key_column::buffer buffer;
    if (const char* const why = understand(one_, buffer, key)) return why;
    one.aggregate = one_.number(1);
    one.key.assign(key.data, key.data + key.size);
    one.number = number;
    return nullptr;
  }

  /// How many of the first streams are known.
  std::size_t count() const noexcept { return all_.size(); }

  /// The type of its aggregate in the file. Only of a stream that was found.
  std::int64_t aggregate(std::int64_t number) const noexcept {
    const single& alone = slot(number);
    return number == alone.number ? alone.aggregate : all_[static_cast<std::size_t>(number - 1)].aggregate;
  }
  /// Its key in the byte form; of an aggregate that the model does not know as it stands in the file. Valid until the next `find`.
  key_bytes key(std::int64_t number) const noexcept {
    const single& alone = slot(number);
    if (number == alone.number) return {alone.key.data(), static_cast<std::uint32_t>(alone.key.size())};
    const stream& one = all_[static_cast<std::size_t>(number - 1)];
    return {bytes_.data() + one.at, one.size};
  }

  /// Forgets those after so many: they may belong to a unit of work that was taken back.
  void cut(std::size_t kept) noexcept {
    for (single& one : alone_) one.number = 0;
    if (all_.size() <= kept) return;
    bytes_.resize(all_[kept].at);
    all_.resize(kept);
  }

 private:
  struct stream {
    std::uint64_t at;  ///< where the bytes of its key begin
    std::uint32_t size;
    std::uint32_t aggregate;
  };

  const char* understand(const sqlite_statement& row, key_column::buffer& buffer, key_bytes& key) const {
    const std::int64_t aggregate = row.number(1);
    if (!names_.has(stored_kind::aggregate, aggregate)) return "the table types has no such aggregate";
    const std::uint16_t tag = names_.tag(stored_kind::aggregate, aggregate);
    if (tag != sqlite_names::unknown) return keys_[tag].get(row, 2, buffer, key) ? nullptr : "its key is of another type";
    const byte_view as_it_stands = row.bytes(2);
    key = {static_cast<const char*>(as_it_stands.data), static_cast<std::uint32_t>(as_it_stands.size)};
    return nullptr;
  }
  const char* read_on() {
    const auto known = static_cast<std::int64_t>(all_.size());
    if (!is_reading()) rows_.set(0, known);
    bool failed = false;
    if (!file_.next(rows_, failed) || rows_.number(0) != known + 1) return rows_.reset(), "its stream does not exist";
    key_bytes key{};
    key_column::buffer buffer;
    if (const char* const why = understand(rows_, buffer, key)) return rows_.reset(), why;
    all_.push_back({bytes_.size(), key.size, static_cast<std::uint32_t>(rows_.number(1))});
    bytes_.insert(bytes_.end(), key.data, key.data + key.size);
    return nullptr;
  }
  bool is_reading() const noexcept { return rows_.is_busy(); }

  // A stream so far behind the known ones is not the next one of a log that is read from its beginning.
  static constexpr std::int64_t far_ahead = 64;
  // Where only some are known: the first ones, and as many of the others as have a slot.
  static constexpr std::int64_t most_known = 32768;
  static constexpr std::size_t most_alone = 32768;

  /// A stream without those before it.
  struct single {
    std::int64_t number = 0;  ///< 0: none
    std::int64_t aggregate = 0;
    std::vector<char> key;
  };
  single& slot(std::int64_t number) noexcept { return alone_[static_cast<std::size_t>(number) & (alone_.size() - 1)]; }
  const single& slot(std::int64_t number) const noexcept { return alone_[static_cast<std::size_t>(number) & (alone_.size() - 1)]; }

  sqlite_file& file_;
  const sqlite_names& names_;
  const key_column* keys_;
  std::vector<stream> all_;  ///< by number, from 1
  std::vector<char> bytes_;
  std::vector<single> alone_{1};  ///< by number; their count is a power of two
  std::int64_t most_ = std::numeric_limits<std::int64_t>::max();  ///< of those that are known from the first on
  sqlite_statement rows_, one_;
};

}  // namespace gesta::detail
