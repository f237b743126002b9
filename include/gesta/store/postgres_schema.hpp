// What stands in a schema of the PostgreSQL store. The one place that says it; psql reads it all.
// Floor: store.
// May include: detail.
#pragma once

#include <cstdint>
#include <string_view>

#include <gesta/detail/hash.hpp>

namespace gesta::detail {

/// The version of the tables below. A schema with a higher one was made by a newer gesta.
inline constexpr std::int32_t postgres_format = 1;

/// The number of the advisory lock that whoever writes to a log holds from the begin of his unit to its commit. It is a lock of the database,
/// so the name of the schema makes it the log's own.
constexpr std::int64_t postgres_lock(std::string_view schema) noexcept {
  return static_cast<std::int64_t>(hash128{}.add("gesta", 5).add(schema.data(), schema.size()).low);
}

/// The first of the two numbers of the advisory locks by which units that run side by side say that they are under way.
constexpr std::int32_t postgres_units(std::string_view schema) noexcept {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(hash128{}.add("gesta units", 11).add(schema.data(), schema.size()).low));
}

/// By horizon a unit has as many positions: those of its claim, shifted by so many bits, and the ones behind it.
inline constexpr int postgres_unit_bits = 20;

/// The tables. Rows of events are only ever added; what is erased loses its payload and keeps its row, so positions and versions never have
/// gaps. A row of streams follows the end of its stream, once per unit; rows of snapshots may go.
///
///     gesta_format   one row: the version of these tables, and how positions are given: 'lock', 'horizon', or '' where no log was opened yet.
///     types      the log's dictionary of what the program calls by an `id`. Records name their type by its number here, never by its
///                place in the model. kind: 'event', 'rejection' or 'aggregate'. form: what its bytes are (codec/wire_form.hpp), of an
///                aggregate those of its keys.
///     streams    one row for each entity that has events. key: text as it is, a number in decimal digits, else `\x` and the bytes in hex, as
///                text that is not UTF-8, holds a zero or begins with `\x` itself. version, last: version and position of the last event.
///                first: the first version that was not erased. closed: nothing may be added any more.
///     events     position: 1, 2, 3, ... in the order of commits, without gaps. version: 1, 2, 3, ... in the stream. time: nanoseconds since
///                1970. correlation: NULL where there is none. causation: likewise; NULL where it is the correlation. payload: the event in
///                gesta's binary form; NULL where it was erased.
///     incarnations   one row when the log is made, one more for each `select restored()` after a dump was restored. after: the last position
///                that the log then held. A position is a place in the log only together with the incarnation.
///     snapshots  states that were kept beside the events; any of them may be deleted at any time. fingerprint: what the bytes of state
///                are. checksum: of the row. There are none of streams of which something was erased.
///     sources    the senders named by gesta::once, as keys are written.
///     outcomes   what became of each request of a gesta::once. verdict: 0 accepted, 1 nothing to do, 2 rejected. version: of the entity
///                then. position: of the last event; NULL where there is none. rejection, payload: what it was rejected with.
///     units      a sequence that moves on with every unit that was kept, so that who looks knows whether others have written.
///     claims     a sequence: the number of the last unit by horizon. A unit has the positions from claim * 2^20 + 1 on.
///     stream_numbers   a sequence: the last number that may be given to a stream by horizon, where a program takes 64 at a time.
///     contended  empty. Units that were taken back for others stand in line at its lock.
///     ledger     a view for people: every event with its key, its name and its time.
///
/// Whoever writes holds the advisory lock postgres_lock(schema) from before he reads until he has committed, so positions become visible in
/// their order: who has seen one will never see a lower one appear.
///
/// By horizon units run side by side, and nobody holds that lock. A unit first takes a shared advisory lock whose second number is the last claim that was
/// given, then claims one: a higher one. So who reads the last claim and then the locks knows that all claims up to the lowest of them have
/// ended, for ever, and reads up to there: `horizon`. Its parts see the log one after the other, so what a unit that ended meanwhile wrote is
/// seen. A unit sees what was committed before its claim, so positions follow what was known; what two change at a time is the second one's
/// conflict: rows of streams are compared by their versions, keys and names are unique. There are no foreign keys: each would cost a look-up for each row.
inline constexpr const char* postgres_tables = R"(
create table gesta_format(format integer not null, positions text not null default '');
create table types(
  type      integer primary key,
  kind      text    not null,
  id        text    not null,
  version   integer not null,
  form      text    not null,
  unique(kind, id, version));
create table streams(
  stream    bigint  primary key,
  aggregate integer not null,
  key       text    collate "C" not null,
  version   bigint  not null,
  last      bigint  not null,
  first     bigint  not null default 1,
  closed    boolean not null default false,
  unique(aggregate, key)) with (fillfactor = 80);
create table events(
  position    bigint  primary key,
  stream      bigint  not null,
  version     bigint  not null,
  type        integer not null,
  time        bigint  not null,
  correlation uuid,
  causation   uuid,
  payload     bytea,
  unique(stream, version));
create table incarnations(
  number      integer primary key,
  incarnation uuid   not null,
  after       bigint not null,
  time        bigint not null);
create table snapshots(
  stream      bigint not null,
  version     bigint not null,
  position    bigint not null,
  fingerprint bigint not null,
  checksum    bigint not null,
  state       bytea  not null,
  primary key(stream, version));
create table sources(
  source    integer primary key,
  name      text collate "C" not null unique);
create table outcomes(
  source    integer not null,
  number    bigint  not null,
  verdict   integer not null,
  version   bigint  not null,
  position  bigint,
  rejection integer,
  payload   bytea,
  primary key(source, number));
create sequence units;
create sequence claims minvalue 0;
select setval('claims', 0);
create sequence stream_numbers increment by 64 minvalue 64;
create table contended();
create function horizon(log integer) returns bigint language plpgsql set search_path from current as $$
declare
  claimed bigint;
  oldest bigint;
  seen bigint;
begin
  select last_value into claimed from claims;
  select coalesce(max(age), 0) into oldest from (
    select (claimed - objid::bigint) & 4294967295 as age from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()) and objsubid = 2
      and classid::bigint = (log::bigint & 4294967295)) as under_way where age < 2147483648;
  select coalesce(max(position), 0) into seen from events where position < (claimed - oldest + 1) << 20;
  return seen;
end $$;
create view ledger as
  select e.position, a.id as aggregate, s.key, e.version, t.id as event, t.version as event_version,
         case when e.time <> 0 then to_timestamp(e.time / 1000000000.0) end as time, e.correlation, coalesce(e.causation, e.correlation) as causation, e.payload
  from events e join streams s on s.stream = e.stream join types t on t.type = e.type join types a on a.type = s.aggregate;
create function restored() returns uuid language sql set search_path from current as $$
  insert into incarnations
  select max(number) + 1, gen_random_uuid(), (select coalesce(max(position), 0) from events), (extract(epoch from clock_timestamp()) * 1000000000)::bigint
  from incarnations returning incarnation $$;
)";

}  // namespace gesta::detail
