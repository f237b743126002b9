// One stored event: the query that finds it and what its columns mean.
// Floor: store. Between the rows of a SQLite file and gesta::recorded.
// May include: message, store.
#pragma once

#include <cstdint>

#include <gesta/message/about.hpp>
#include <gesta/store/sqlite_key.hpp>
#include <gesta/store/sqlite_names.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/sqlite_unit.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// A row of the query, valid until its statement moves on.
struct record_row {
  static constexpr const char* query =
      "select e.position, e.stream, e.version, e.previous, e.type, e.time, e.correlation, e.causation, e.payload, s.aggregate, s.key "
      "from events e cross join streams s on s.stream = e.stream where ";

  const sqlite_statement& row;

  std::int64_t position() const noexcept { return row.number(0); }
  std::int64_t stream() const noexcept { return row.number(1); }
  std::int64_t version() const noexcept { return row.number(2); }
  std::int64_t previous() const noexcept { return row.number(3); }
  bool is_erased() const noexcept { return row.is_null(8); }

  /// Fills in the record; its key may lie in the buffer. Returns why it cannot be read, or nullptr.
  const char* read(const sqlite_names& names, const key_column* keys, key_column::buffer& buffer, recorded& record) const noexcept {
    record.tag = names.tag(stored_kind::event, row.number(4));
    record.aggregate = names.tag(stored_kind::aggregate, row.number(9));
    if (record.tag == sqlite_names::unknown) record.id = names.unknown_id(row.number(4));
    else if (record.aggregate == sqlite_names::unknown && record.tag != retired_tag) record.id = names.id_of_tag(record.tag);
    if (record.tag == sqlite_names::unknown && record.id.name == nullptr) return "the table types has no such event";
    if (record.id.name != nullptr) record.tag = unknown_tag;
    if (record.aggregate == sqlite_names::unknown) {
      if (!names.has(stored_kind::aggregate, row.number(9))) return "the table types has no such aggregate";
      if (record.tag == retired_tag) return nullptr;
      const byte_view key = row.bytes(10);
      record.key = {static_cast<const char*>(key.data), static_cast<std::uint32_t>(key.size)};
    } else if (!keys[record.aggregate].get(row, 10, buffer, record.key)) {
      return "its key is of another type";
    }
    record.entity = unknown_entity;
    record.version = static_cast<std::uint64_t>(version());
    record.position = static_cast<std::uint64_t>(position());
    record.from.time.nanoseconds = row.number(5);
    record.from.correlation = stored_id::read(row, 6, {});
    record.from.causation = stored_id::read(row, 7, record.from.correlation);
    const byte_view payload = row.bytes(8);
    record.payload = payload.data;
    record.size = static_cast<std::uint32_t>(payload.size);
    record.in_place = false;
    return nullptr;
  }
};

}  // namespace gesta::detail
