// What stands in a file of the SQLite store. The one place that says it; the sqlite3 program reads it all.
// Floor: store.
// May include: nothing of gesta.
#pragma once

#include <cstdint>

namespace gesta::detail {

/// `pragma application_id`: "gest". A file with another one belongs to another program and is never touched.
inline constexpr std::int64_t sqlite_application = 0x67657374;

/// `pragma user_version`: the version of the tables below. A file with a higher one was made by a newer gesta.
inline constexpr std::int64_t sqlite_format = 4;

/// The tables. Rows of events are only ever added; what is erased loses its payload and keeps its row, so positions and versions never have
/// gaps. A row of streams follows the end of its stream, once per unit; rows of snapshots may go.
///
///     types      the file's dictionary of what the program calls by an `id`. Records name their type by its number here, never by its
///                place in the model. kind: 'event', 'rejection' or 'aggregate'. A type is entered when it is first stored. form: what its
///                bytes are (codec/wire_form.hpp), of an aggregate those of its keys; empty where no program that knows it was here
///                since format 1.
///     streams    one row for each entity that has events. key: TEXT where keys are text, INTEGER where they are integers (or one of
///                those in a struct or an enum), else BLOB in the byte form of gesta. version, last: version and position of the last
///                event. first: the first version that was not erased. closed: 1 where nothing may be added any more.
///     events     position: 1, 2, 3, ... in the order of commits, without gaps. version: 1, 2, 3, ... in the stream. previous: the
///                position of the stream's event before; NULL for the first. time: nanoseconds since 1970. correlation: 16
///                bytes; NULL where there is none. causation: likewise; NULL where it is the correlation, which most are: it would be a
///                seventh of the file. payload: the event in gesta's binary form; NULL where it was erased.
///     incarnations   one row when the file is made, one more for each restore from a backup. incarnation: 16 random bytes. after: the
///                last position that the file then held. A position is a place in the log only together with the incarnation.
///     snapshots  states that were kept beside the events; any of them may be deleted at any time. version, position: of the stream's event
///                after which it was the state. fingerprint: what the bytes of state are. checksum: of the row. There are none of streams
///                of which something was erased.
///     ledger     a view for people: every event with its key, its time and its content as JSON (sqlite_ledger.hpp).
///     sources    the senders named by gesta::once.
///     outcomes   what became of each request of a gesta::once. verdict: 0 accepted, 1 nothing to do, 2 rejected. version: of the entity
///                then. position: of the last event; NULL where there is none. rejection, payload: what it was rejected with.
///
/// There is no index on (stream, version): `previous` serves to read one stream, and that versions have no gaps and no duplicates is
/// seen to by the only writer of the moment and checked whenever records are read. With the index the same data took 1.4 times as long
/// to write where commands come in the order of a shop's invoices, 8 times where they come in random order. Whoever queries streams
/// often may add one; it is maintained like any other: `create unique index events_of_stream on events(stream, version)`.
inline constexpr const char* sqlite_tables = R"(
create table types(
  type      integer primary key,
  kind      text    not null,
  id        text    not null,
  version   integer not null,
  form      text    not null,
  unique(kind, id, version));
create table streams(
  stream    integer primary key,
  aggregate integer not null references types,
  key               not null,
  version   integer not null,
  last      integer not null,
  first     integer not null default 1,
  closed    integer not null default 0,
  unique(aggregate, key));
create table events(
  position    integer primary key,
  stream      integer not null references streams,
  version     integer not null,
  previous    integer references events,
  type        integer not null references types,
  time        integer not null,
  correlation blob,
  causation   blob,
  payload     blob);
create table incarnations(
  number      integer primary key,
  incarnation blob    not null,
  after       integer not null,
  time        integer not null);
create table snapshots(
  stream      integer not null references streams,
  version     integer not null,
  position    integer not null references events,
  fingerprint integer not null,
  checksum    integer not null,
  state       blob    not null,
  primary key(stream, version)) without rowid;
create table sources(
  source    integer primary key,
  name      text not null unique);
create table outcomes(
  source    integer not null references sources,
  number    integer not null,
  verdict   integer not null,
  version   integer not null,
  position  integer references events,
  rejection integer references types,
  payload   blob,
  primary key(source, number)) without rowid;
)";

}  // namespace gesta::detail
