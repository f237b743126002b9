// The messages of PostgreSQL's logical replication by pgoutput, version 1, and the frames around them: read from any bytes. What a server never
// sends gives a sentence, reads nothing beyond its end and allocates no more than a multiple of its size.
// Floor: capture. Knows no row and no connection.
// May include: detail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gesta/detail/chars.hpp>

namespace gesta::detail {

/// Numbers in the order of the network, and texts that end with a zero, one after the other. After the first that is not there nothing is read.
class pg_bytes {
 public:
  explicit pg_bytes(chars all) noexcept : at_(all.data), left_(all.size) {}

  bool good() const noexcept { return good_; }
  std::size_t left() const noexcept { return good_ ? left_ : 0; }
  std::uint64_t number(std::size_t size) noexcept {
    if (!has(size)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(at_[i]);
    skip(size);
    return value;
  }
  chars text() noexcept {
    std::size_t size = 0;
    while (good_ && size < left_ && at_[size] != '\0') ++size;
    if (!has(size + 1)) return {};
    const chars found{at_, size};
    skip(size + 1);
    return found;
  }
  chars bytes(std::size_t size) noexcept {
    if (!has(size)) return {};
    const chars found{at_, size};
    skip(size);
    return found;
  }

 private:
  bool has(std::size_t size) noexcept { return good_ = good_ && size <= left_; }
  void skip(std::size_t size) noexcept {
    at_ += size;
    left_ -= size;
  }

  const char* at_;
  std::size_t left_;
  bool good_ = true;
};

/// One value: 'n' NULL, 'u' unchanged and not sent, 't' its text. It lies in the message.
struct pg_cell {
  char kind = 'n';
  chars text{};
};

/// A table as the server describes it before its first change, and again when it was altered.
struct pg_relation {
  struct column {
    std::string name;
    std::uint32_t type = 0;
    bool is_key = false;
  };
  std::uint32_t id = 0;
  std::string space, name;
  char identity = 'd';
  std::vector<column> columns;
};

/// One message. Which members mean something depends on the kind.
struct pg_message {
  char kind = '\0';  ///< B begin, C commit, R relation, I insert, U update, D delete, T truncate; others are passed over
  std::uint64_t commit = 0;  ///< B: where the commit will stand; C: where it stands
  std::uint64_t end = 0;     ///< C: behind the commit
  std::int64_t time = 0;     ///< B: in microseconds since 2000
  std::uint32_t transaction = 0;
  std::uint32_t relation = 0;  ///< I, U, D
  char old_kind = '\0';        ///< U, D: 'K' the key alone, 'O' the whole old row, 0 nothing
  std::vector<pg_cell> before, after;
  std::vector<std::uint32_t> truncated;
  pg_relation described;
};

inline bool read_tuple(pg_bytes& from, std::vector<pg_cell>& to) {
  const std::uint64_t count = from.number(2);
  to.clear();
  if (count > from.left()) return false;  // a value takes a byte at least
  for (std::uint64_t i = 0; i < count; ++i) {
    pg_cell cell;
    cell.kind = static_cast<char>(from.number(1));
    if (cell.kind == 't') cell.text = from.bytes(from.number(4));
    else if (cell.kind != 'n' && cell.kind != 'u') return false;
    to.push_back(cell);
  }
  return from.good();
}

/// Reads one message. nullptr: it is one; else what is wrong with it. What it holds lies in `bytes`.
inline const char* read_pg_message(chars bytes, pg_message& to) {
  pg_bytes from(bytes);
  to.kind = static_cast<char>(from.number(1));
  switch (to.kind) {
    case 'B':
      to.commit = from.number(8);
      to.time = static_cast<std::int64_t>(from.number(8));
      to.transaction = static_cast<std::uint32_t>(from.number(4));
      break;
    case 'C':
      from.number(1);
      to.commit = from.number(8);
      to.end = from.number(8);
      from.number(8);
      break;
    case 'O':
      from.number(8);
      from.text();
      break;
    case 'Y':
      from.number(4);
      from.text();
      from.text();
      break;
    case 'M':
      from.number(9);
      from.text();
      from.bytes(from.number(4));
      break;
    case 'R': {
      pg_relation& of = to.described;
      of.id = static_cast<std::uint32_t>(from.number(4));
      const chars space = from.text(), name = from.text();
      of.space.assign(space.data, space.size);
      of.name.assign(name.data, name.size);
      of.identity = static_cast<char>(from.number(1));
      const std::uint64_t count = from.number(2);
      of.columns.clear();
      if (count > from.left() / 10) return "a relation has more columns than it has bytes";
      for (std::uint64_t i = 0; i < count; ++i) {
        const bool is_key = from.number(1) == 1;
        const chars column = from.text();
        const auto type = static_cast<std::uint32_t>(from.number(4));
        from.number(4);
        of.columns.push_back({std::string(column.data, column.size), type, is_key});
      }
      break;
    }
    case 'I':
      to.relation = static_cast<std::uint32_t>(from.number(4));
      if (from.number(1) != 'N' || !detail::read_tuple(from, to.after)) return "an insertion has no row";
      break;
    case 'U': {
      to.relation = static_cast<std::uint32_t>(from.number(4));
      to.old_kind = '\0';
      to.before.clear();
      auto kind = static_cast<char>(from.number(1));
      if (kind == 'K' || kind == 'O') {
        to.old_kind = kind;
        if (!detail::read_tuple(from, to.before)) return "an update has no old row";
        kind = static_cast<char>(from.number(1));
      }
      if (kind != 'N' || !detail::read_tuple(from, to.after)) return "an update has no new row";
      break;
    }
    case 'D':
      to.relation = static_cast<std::uint32_t>(from.number(4));
      to.old_kind = static_cast<char>(from.number(1));
      if ((to.old_kind != 'K' && to.old_kind != 'O') || !detail::read_tuple(from, to.before)) return "a deletion has no row";
      break;
    case 'T': {
      const std::uint64_t count = from.number(4);
      from.number(1);
      to.truncated.clear();
      if (count > from.left() / 4) return "a truncation names more tables than it has bytes";
      for (std::uint64_t i = 0; i < count; ++i) to.truncated.push_back(static_cast<std::uint32_t>(from.number(4)));
      break;
    }
    default: return "a message is of an unknown kind";
  }
  if (!from.good()) return "a message ends too early";
  return from.left() == 0 ? nullptr : "a message goes on behind its end";
}

/// What the server sends in copy mode: data, or that it is alive.
struct pg_frame {
  char kind = '\0';  ///< w data, k alive
  std::uint64_t end = 0;   ///< k: all before it was sent
  bool wants_reply = false;
  chars data{};
};

/// nullptr: it is one; else what is wrong.
inline const char* read_pg_frame(chars bytes, pg_frame& to) {
  pg_bytes from(bytes);
  to = {};
  to.kind = static_cast<char>(from.number(1));
  if (to.kind == 'w') {
    from.number(8);
    from.number(8);
    from.number(8);
    if (!from.good()) return "a frame ends too early";
    to.data = from.bytes(from.left());
    return nullptr;
  }
  if (to.kind != 'k') return "a frame is of an unknown kind";
  to.end = from.number(8);
  from.number(8);
  to.wants_reply = from.number(1) != 0;
  return from.good() && from.left() == 0 ? nullptr : "a frame has another size";
}

/// The messages in their order: within transactions, each table described before it is changed. Gives the position of each change.
class pg_order {
 public:
  /// Takes the message. nullptr: it may come here; else what is wrong.
  const char* take(const pg_message& message) {
    switch (message.kind) {
      case 'B':
        if (is_open_) return "a transaction begins within another one";
        is_open_ = true;
        commit_ = message.commit;
        index_ = 0;
        time_ = message.time;
        transaction_ = message.transaction;
        return nullptr;
      case 'C':
        if (!is_open_) return "a transaction ends that did not begin";
        if (message.commit != commit_ || message.end < commit_) return "a transaction ends elsewhere than it said";
        is_open_ = false;
        return nullptr;
      case 'R': {
        if (pg_relation* const known = find(message.described.id)) *known = message.described;
        else relations_.push_back(message.described);
        return nullptr;
      }
      case 'I':
      case 'U':
      case 'D':
        if (!is_open_) return "a change stands outside of a transaction";
        of_ = find(message.relation);
        if (of_ == nullptr) return "a table is changed that was not described";
        if ((message.kind != 'D' && message.after.size() != of_->columns.size()) || (message.old_kind != '\0' && message.kind != 'I' && message.before.size() != of_->columns.size()))
          return "a row has another number of columns than its table";
        ++index_;
        return nullptr;
      case 'T':
        return is_open_ ? nullptr : "a truncation stands outside of a transaction";
      default: return nullptr;
    }
  }
  /// The next table that a truncation names; nullptr: it was not described, which is no mistake where nobody asked for it.
  const pg_relation* truncate(std::uint32_t relation) {
    ++index_;
    return find(relation);
  }
  /// The table of the change that was taken last.
  const pg_relation& changed() const noexcept { return *of_; }
  bool is_open() const noexcept { return is_open_; }
  std::uint64_t commit() const noexcept { return commit_; }
  std::uint64_t index() const noexcept { return index_; }
  std::uint32_t transaction() const noexcept { return transaction_; }
  /// Of the commit, in nanoseconds since 1970.
  std::int64_t time() const noexcept {
    constexpr std::int64_t between = 946'684'800'000'000, most = 9'000'000'000'000'000;  // microseconds
    return time_ > most - between || time_ < -most ? 0 : (time_ + between) * 1000;
  }
  /// A new connection: the server begins anew.
  void reset() { *this = pg_order(); }

 private:
  pg_relation* find(std::uint32_t id) noexcept {
    for (pg_relation& one : relations_)
      if (one.id == id) return &one;
    return nullptr;
  }

  std::vector<pg_relation> relations_;
  const pg_relation* of_ = nullptr;
  std::uint64_t commit_ = 0, index_ = 0;
  std::int64_t time_ = 0;
  std::uint32_t transaction_ = 0;
  bool is_open_ = false;
};

}  // namespace gesta::detail
