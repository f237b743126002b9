// How a file of an older format becomes one of now, step by step.
// Floor: store. Beside the tables of now.
// May include: store.
//
// A step is one transaction in which the number of the format is raised, so a file is of one format or of the next, whenever the machine
// stops. A step that has been released is never changed: files that went through it exist.
#pragma once

#include <cstdint>
#include <string>

#include <gesta/store/sqlite_ledger.hpp>
#include <gesta/store/sqlite_schema.hpp>

namespace gesta::detail {

/// From one format to the next.
struct sqlite_migration {
  std::int64_t from;       ///< the format before; after it is one more
  std::string (*sql)();    ///< what is to be done
  const char* proof;       ///< a question that is answered with 1 when it was done
  bool makes_incarnation;  ///< the file gets its first incarnation
};

/// All steps, oldest first.
inline constexpr sqlite_migration sqlite_migrations[] = {
    // 1 had no forms of types, no heads of streams, no incarnations, and nothing could be erased. The heads are told by the events. What a
    // column must not be is no part of the stored rows, so the table of events is described anew and not written anew.
    {1, [] { return std::string(R"(
create table types_2(
  type      integer primary key,
  kind      text    not null,
  id        text    not null,
  version   integer not null,
  form      text    not null,
  unique(kind, id, version));
insert into types_2 select type, kind, id, version, '' from types order by type;
drop table types;
alter table types_2 rename to types;
create table streams_2(
  stream    integer primary key,
  aggregate integer not null references types,
  key               not null,
  version   integer not null,
  last      integer not null,
  first     integer not null default 1,
  closed    integer not null default 0,
  unique(aggregate, key));
insert into streams_2 select s.stream, s.aggregate, s.key, coalesce(h.version, 0), coalesce(h.last, 0), 1, 0 from streams s left join
  (select stream, max(version) as version, max(position) as last from events group by stream) h on h.stream = s.stream order by s.stream;
drop table streams;
alter table streams_2 rename to streams;
create table incarnations(
  number      integer primary key,
  incarnation blob    not null,
  after       integer not null,
  time        integer not null);
pragma writable_schema=on;
update sqlite_master set sql = replace(sql, 'payload     blob not null', 'payload     blob') where type = 'table' and name = 'events';
pragma writable_schema=reset;
)"); },
     R"(select "notnull" = 0 from pragma_table_info('events') where name = 'payload')", true},
    // 2 had no snapshots.
    {2, [] { return std::string(R"(
create table snapshots(
  stream      integer not null references streams,
  version     integer not null,
  position    integer not null references events,
  fingerprint integer not null,
  checksum    integer not null,
  state       blob    not null,
  primary key(stream, version)) without rowid;
)"); },
     "select count(*) from sqlite_master where type = 'table' and name = 'snapshots'", false},
    // 3 could not be read without the program. Somebody's own table of that name stays.
    {3, [] { return sqlite_ledger().text(); }, "select count(*) from sqlite_master where name = 'ledger'", false},
};

}  // namespace gesta::detail
