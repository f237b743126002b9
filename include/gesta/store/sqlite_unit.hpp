// The rows of an open unit of work, gathered in memory and written by one statement: SQLite reads them as a table.
// Floor: store. Between `append` and the file.
// May include: message, store.
//
// One INSERT ... SELECT over a virtual table keeps its cursor at the end of the table, where a statement per row starts anew each
// time. Measured on 541,909 lines in units of 1,000: 0.6 s of processor time, 1.1 s with a statement per row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

#include <gesta/message/about.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace gesta::detail {

/// A message_id as it lies in the file: 16 bytes, the high one first, so that hex() prints it as it is written elsewhere.
struct stored_id {
  unsigned char bytes[16];

  static stored_id of(const message_id& id) noexcept {
    stored_id out;
    for (int i = 0; i < 8; ++i) {
      out.bytes[i] = static_cast<unsigned char>(id.high >> (56 - 8 * i));
      out.bytes[8 + i] = static_cast<unsigned char>(id.low >> (56 - 8 * i));
    }
    return out;
  }
  static message_id read(const sqlite_statement& row, int column, const message_id& where_null) noexcept {
    const byte_view from = row.bytes(column);
    if (from.size != sizeof bytes) return where_null;
    const auto* const byte = static_cast<const unsigned char*>(from.data);
    return {number_of(byte), number_of(byte + 8)};
  }

 private:
  // As one load: GCC 12 makes sixteen of a loop over bytes, and each waits for the one before.
  static std::uint64_t number_of(const unsigned char* first) noexcept {
    std::uint64_t number;
    std::memcpy(&number, first, sizeof number);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap64(number) : number;
  }
};

/// Hands one value of a virtual table to SQLite.
class sqlite_value {
 public:
  explicit sqlite_value(sqlite3_context* to) noexcept : to_(to) {}

  void number(std::int64_t value) const noexcept { sqlite3_result_int64(to_, value); }
  void number_or_null(std::int64_t value) const noexcept {
    if (value != 0) number(value);
  }
  void bytes(const void* data, std::size_t size) const noexcept {
    sqlite3_result_blob64(to_, size == 0 ? static_cast<const void*>("") : data, size, SQLITE_STATIC);
  }
  void id_or_null(const message_id& value) const noexcept {
    if (value != message_id{}) id(value);
  }
  void id(const message_id& value) const noexcept {
    const stored_id stored = stored_id::of(value);
    sqlite3_result_blob(to_, stored.bytes, sizeof stored.bytes, SQLITE_TRANSIENT);
  }

 private:
  sqlite3_context* to_;
};

/// An event that waits to be written. The columns stand in the order of the table `events`.
struct waiting_event {
  std::int64_t position, stream, version, previous, type;
  origin from;
  std::size_t payload, size;  ///< place and length in the bytes of the unit

  static constexpr const char* columns =
      "create table waiting(position, stream, version, previous, type, time, correlation, causation, payload)";
  void column(int which, const std::byte* bytes, sqlite_value value) const noexcept {
    switch (which) {
      case 0: return value.number(position);
      case 1: return value.number(stream);
      case 2: return value.number(version);
      case 3: return value.number_or_null(previous);
      case 4: return value.number(type);
      case 5: return value.number(from.time.nanoseconds);
      case 6: return value.id_or_null(from.correlation);
      case 7: return from.causation == from.correlation ? void() : value.id(from.causation);
      default: return value.bytes(bytes + payload, size);
    }
  }
};

/// An outcome that waits to be written. The columns stand in the order of the table `outcomes`.
struct waiting_outcome {
  std::int64_t source, number, verdict, version, position, rejection;
  std::size_t payload, size;

  static constexpr const char* columns = "create table waiting(source, number, verdict, version, position, rejection, payload)";
  void column(int which, const std::byte* bytes, sqlite_value value) const noexcept {
    switch (which) {
      case 0: return value.number(source);
      case 1: return value.number(number);
      case 2: return value.number(verdict);
      case 3: return value.number(version);
      case 4: return value.number_or_null(position);
      case 5: return value.number_or_null(rejection);
      default: return size == 0 ? void() : value.bytes(bytes + payload, size);
    }
  }
};

/// Rows in memory and the bytes they point into.
template <class Row>
class waiting_rows {
 public:
  bool empty() const noexcept { return rows_.empty(); }
  std::size_t size() const noexcept { return rows_.size(); }
  /// True when it is time to write them: more would leave the processor's cache.
  bool are_many() const noexcept { return rows_.size() >= 2048 || used_ >= std::size_t{1} << 18; }
  const Row& row(std::size_t at) const noexcept { return rows_[at]; }
  const std::byte* bytes() const noexcept { return bytes_.data(); }

  /// Room for so many bytes; `put` keeps them, the next `room` without a `put` forgets them.
  std::byte* room(std::size_t size) {
    if (bytes_.size() - used_ < size) bytes_.resize(bytes_.size() * 2 + size);
    return bytes_.data() + used_;
  }
  /// Adds a row whose payload is what was written into the last room.
  void put(Row row, std::size_t size) {
    row.payload = used_;
    row.size = size;
    rows_.push_back(row);
    used_ += size;
  }
  void clear() noexcept {
    rows_.clear();
    used_ = 0;
    if (bytes_.size() > most_kept) std::vector<std::byte>().swap(bytes_);
  }

  /// Makes the rows readable as the table `name` of this connection, which must not outlive them.
  int show(sqlite3* connection, const char* name) noexcept;

  /// The functions by which SQLite reads them.
  static constexpr sqlite3_module table_functions() noexcept;

 private:
  struct table : sqlite3_vtab {
    const waiting_rows* rows;
  };
  struct cursor : sqlite3_vtab_cursor {
    std::size_t at;
  };
  static const waiting_rows& rows_of(sqlite3_vtab_cursor* c) noexcept { return *static_cast<table*>(c->pVtab)->rows; }
  static std::size_t& place_in(sqlite3_vtab_cursor* c) noexcept { return static_cast<cursor*>(c)->at; }

  // What SQLite frees it also allocates: no exception may pass through it.
  template <class Made>
  static Made* make() noexcept {
    void* const memory = sqlite3_malloc(static_cast<int>(sizeof(Made)));
    return memory == nullptr ? nullptr : ::new (memory) Made{};
  }

  static constexpr std::size_t most_kept = std::size_t{1} << 22;

  std::vector<Row> rows_;
  std::vector<std::byte> bytes_;
  std::size_t used_ = 0;
};

template <class Row>
constexpr sqlite3_module waiting_rows<Row>::table_functions() noexcept {
  sqlite3_module m{};  // without xCreate there is a table of the module's own name
  m.xConnect = [](sqlite3* connection, void* rows, int, const char* const*, sqlite3_vtab** out, char**) {
    if (const int code = sqlite3_declare_vtab(connection, Row::columns); code != SQLITE_OK) return code;
    table* const made = make<table>();
    if (made == nullptr) return SQLITE_NOMEM;
    made->rows = static_cast<const waiting_rows*>(rows);
    *out = made;
    return SQLITE_OK;
  };
  m.xDisconnect = [](sqlite3_vtab* t) {
    sqlite3_free(static_cast<table*>(t));
    return SQLITE_OK;
  };
  m.xBestIndex = [](sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; };
  m.xOpen = [](sqlite3_vtab*, sqlite3_vtab_cursor** out) {
    cursor* const made = make<cursor>();
    *out = made;
    return made == nullptr ? SQLITE_NOMEM : SQLITE_OK;
  };
  m.xClose = [](sqlite3_vtab_cursor* c) {
    sqlite3_free(static_cast<cursor*>(c));
    return SQLITE_OK;
  };
  m.xFilter = [](sqlite3_vtab_cursor* c, int, const char*, int, sqlite3_value**) {
    place_in(c) = 0;
    return SQLITE_OK;
  };
  m.xNext = [](sqlite3_vtab_cursor* c) {
    ++place_in(c);
    return SQLITE_OK;
  };
  m.xEof = [](sqlite3_vtab_cursor* c) { return static_cast<int>(place_in(c) >= rows_of(c).size()); };
  m.xRowid = [](sqlite3_vtab_cursor* c, sqlite3_int64* out) {
    *out = static_cast<sqlite3_int64>(place_in(c));
    return SQLITE_OK;
  };
  m.xColumn = [](sqlite3_vtab_cursor* c, sqlite3_context* to, int which) {
    rows_of(c).row(place_in(c)).column(which, rows_of(c).bytes(), sqlite_value(to));
    return SQLITE_OK;
  };
  return m;
}

template <class Row>
inline constexpr sqlite3_module waiting_table = waiting_rows<Row>::table_functions();

template <class Row>
int waiting_rows<Row>::show(sqlite3* connection, const char* name) noexcept {
  return sqlite3_create_module_v2(connection, name, &waiting_table<Row>, this, nullptr);
}

}  // namespace gesta::detail
