// One stored event: the query that finds it and what its columns mean.
// Floor: store. Between the rows of a SQLite file and gesta::recorded.
// May include: message, store.
#pragma once

#include <cstdint>

#include <gesta/message/about.hpp>
#include <gesta/store/sqlite_names.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/sqlite_streams.hpp>
#include <gesta/store/sqlite_unit.hpp>
#include <gesta/store/store.hpp>

namespace gesta::detail {

/// A row of the query, valid until its statement moves on.
struct record_row {
  static constexpr const char* query = "select position, stream, version, type, time, correlation, causation, payload from events where ";
  /// The same with the link to the stream's event before, for those that ask for it.
  static constexpr const char* linked_query =
      "select position, stream, version, type, time, correlation, causation, payload, previous from events where ";

  const sqlite_statement& row;

  std::int64_t position() const noexcept { return row.number(0); }
  std::int64_t stream() const noexcept { return row.number(1); }
  std::int64_t version() const noexcept { return row.number(2); }
  std::int64_t previous() const noexcept { return row.number(8); }  ///< only of the linked query
  bool is_erased() const noexcept { return row.is_null(7); }

  /// Fills in the record, whose position is known and whose key lies with the streams. Returns why it cannot be read, or nullptr.
  const char* read(const sqlite_names& names, sqlite_streams& streams, std::int64_t position, recorded& record) const {
    const std::int64_t number = stream();
    if (const char* const why = streams.find(number)) return why;
    record.tag = names.tag(stored_kind::event, row.number(3));
    record.aggregate = names.tag(stored_kind::aggregate, streams.aggregate(number));
    if (record.tag == sqlite_names::unknown) record.id = names.unknown_id(row.number(3));
    else if (record.aggregate == sqlite_names::unknown && record.tag != retired_tag) record.id = names.id_of_tag(record.tag);
    if (record.tag == sqlite_names::unknown && record.id.name == nullptr) return "the table types has no such event";
    if (record.id.name != nullptr) record.tag = unknown_tag;
    if (record.aggregate == sqlite_names::unknown && record.tag == retired_tag) return nullptr;
    record.key = streams.key(number);
    record.entity = unknown_entity;
    record.version = static_cast<std::uint64_t>(version());
    record.position = static_cast<std::uint64_t>(position);
    record.from.time.nanoseconds = row.number(4);
    record.from.correlation = stored_id::read(row, 5, {});
    record.from.causation = stored_id::read(row, 6, record.from.correlation);
    const byte_view payload = row.bytes(7);
    record.payload = payload.data;
    record.size = static_cast<std::uint32_t>(payload.size);
    record.in_place = false;
    return nullptr;
  }
};

}  // namespace gesta::detail
