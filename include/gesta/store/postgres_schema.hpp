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
///     events     position: 1, 2, 3, ... in the order of commits, without gaps; by horizon see below. version: 1, 2, 3, ... in the stream.
///                time: nanoseconds since 1970. correlation: NULL where there is none. causation: likewise; NULL where it is the
///                correlation. payload: the event in gesta's binary form; NULL where it was erased.
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
///     source_numbers   a sequence: the number of the last source by horizon.
///     contended  empty. Units that were taken back for others stand in line at its lock, and who is kept passes by it.
///     ledger     a view for people: every event with its key, its name, its time, and its payload as the JSON that gesta::json writes of it.
///                The functions ledger_* read the payload as the form of its type says (codec/wire_form.hpp), one call for each value within. What
///                is not of that form, or sealed, is {"hex":"..."}; NULL where it was erased.
///
/// Whoever writes holds the advisory lock postgres_lock(schema) from before he reads until he has committed, so positions become visible in
/// their order: who has seen one will never see a lower one appear.
///
/// By horizon units run side by side, and nobody holds that lock. A unit first takes a shared advisory lock whose second number is the last claim
/// that was given, then claims one: a higher one. So who reads the last claim and then the locks knows that all claims up to the lowest of them have
/// ended, for ever, and reads up to there: `horizon`, in the schema that the connection looks into. Its parts see the log one after the other, so
/// what a unit that ended meanwhile wrote is seen. A unit sees what was committed before its claim, so positions follow what was known; what two
/// change at a time is the second one's conflict: rows of streams are compared by their versions, keys and names are unique. There are no foreign
/// keys: each would cost a look-up for each row.
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
create sequence source_numbers;
create table contended();
create function horizon(log integer) returns bigint language plpgsql as $$
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
create function ledger_text(bytes bytea) returns text language plpgsql immutable as $$
declare
  zero constant bytea := decode('00', 'hex');
  rest bytea := bytes;
  part bytea;
  words text;
  said text := '"';
begin
  loop  -- text of PostgreSQL holds no zero, so it is said in parts from one to the next
    part := case position(zero in rest) when 0 then rest else substring(rest for position(zero in rest) - 1) end;
    words := replace(replace(convert_from(part, 'UTF8'), E'\\', E'\\\\'), '"', E'\\"');
    if words ~ '[\x01-\x1f]' then
      for code in 1..31 loop
        words := replace(words, chr(code), case code when 9 then E'\\t' when 10 then E'\\n' when 13 then E'\\r' else E'\\u' || lpad(to_hex(code), 4, '0') end);
      end loop;
    end if;
    said := said || words;
    exit when length(part) = length(rest);
    rest := substring(rest from length(part) + 2);
    said := said || E'\\u0000';
  end loop;
  return said || '"';
exception when character_not_in_repertoire or untranslatable_character then
  return '{"hex":"' || encode(bytes, 'hex') || '"}';
end $$;
create function ledger_fraction(bits bigint, is_small boolean) returns text language plpgsql immutable set extra_float_digits = 1 as $$
declare
  is_negative constant boolean := case when is_small then bits >> 31 <> 0 else bits < 0 end;
  sign constant text := case when is_negative then '-' else '' end;
  fraction_bits constant integer := case when is_small then 23 else 52 end;
  hidden constant bigint := 1::bigint << fraction_bits;
  exponent integer := (bits >> fraction_bits) & case when is_small then 255 else 2047 end;
  whole bigint := bits & (hidden - 1);
  shown text;
  digits text;
  place integer;  -- of the first digit, as a power of ten
  exact numeric;
  border numeric;
  fixed text;
  short text;
begin
  if exponent = (case when is_small then 255 else 2047 end) then
    return case when whole <> 0 then '"NaN"' when is_negative then '"-Infinity"' else '"Infinity"' end;
  end if;
  if exponent = 0 and whole = 0 then
    return sign || '0';
  end if;
  if exponent = 0 then
    exponent := 1;
  else
    whole := whole | hidden;
  end if;
  exponent := exponent - fraction_bits - case when is_small then 127 else 1023 end;
  shown := case when is_small then (whole * power(2::float8, exponent::float8))::float4::text else (whole * power(2::float8, exponent::float8))::text end;
  fixed := split_part(split_part(shown, 'e', 1), '.', 1);
  short := split_part(split_part(shown, 'e', 1), '.', 2);
  digits := rtrim(ltrim(fixed || short, '0'), '0');
  place := case when shown like '%e%' then split_part(shown, 'e', 2)::integer when fixed <> '0' then length(fixed) - 1
                else length(ltrim(short, '0')) - length(short) - 1 end;
  if exponent >= 0 then
    exact := whole * 2::numeric ^ exponent;
    -- A decimal half way to the next number is read as the even one of both, and PostgreSQL does not say it.
    if exponent > 0 and whole & 1 = 0 then
      foreach border in array array[exact + 2::numeric ^ (exponent - 1), exact - 2::numeric ^ (exponent - 1) / case when whole = hidden then 2 else 1 end] loop
        fixed := trunc(border)::text;
        if length(rtrim(fixed, '0')) < length(digits) and border = trunc(border) then
          digits := rtrim(fixed, '0');
          place := length(fixed) - 1;
        end if;
      end loop;
    end if;
  end if;
  short := left(digits, 1) || case when length(digits) > 1 then '.' || substr(digits, 2) else '' end || case when place < 0 then 'e-' else 'e+' end ||
           case when abs(place) < 10 then '0' else '' end || abs(place);
  fixed := case when place >= length(digits) - 1 then coalesce(trunc(exact)::text, rpad(digits, place + 1, '0'))
                when place >= 0 then left(digits, place + 1) || '.' || substr(digits, place + 2)
                else '0.' || repeat('0', -place - 1) || digits end;
  return sign || case when length(fixed) <= length(short) then fixed else short end;
end $$;
create function ledger_value(form text, payload bytea, inout place integer, out said text) language plpgsql immutable as $$
declare
  kind constant text := split_part(form, '"', 2);
  size constant integer := case when left(form, 1) = '"' then case kind when 'u8' then 1 when 'byte' then 1 when 'bool' then 1 when 'char' then 1 when 'i8' then 1
    when 'u16' then 2 when 'i16' then 2 when 'u32' then 4 when 'i32' then 4 when 'f32' then 4 when 'u64' then 8 when 'i64' then 8 when 'f64' then 8 end end;
  n bigint := 0;
  shift integer := 0;
  byte integer;
  field text;
  of text;
  one record;
  other record;
  keys text[];
  parts text[];
begin
  if size is not null then
    if place + size > length(payload) then
      return;
    end if;
    for i in reverse place + size - 1 .. place loop
      n := (n << 8) | get_byte(payload, i);
    end loop;
    place := place + size;
    said := case kind when 'u64' then case when n < 0 then (n + 18446744073709551616)::text else n::text end
      when 'i8' then (n << 56 >> 56)::text when 'i16' then (n << 48 >> 48)::text when 'i32' then (n << 32 >> 32)::text
      when 'bool' then case n when 0 then 'false' when 1 then 'true' end
      when 'char' then ledger_text(substring(payload from place for 1))
      when 'f32' then ledger_fraction(n, true) when 'f64' then ledger_fraction(n, false) else n::text end;
    return;
  end if;
  if kind in ('text', 'list', 'set', 'map', 'multimap', 'variant') then  -- a count: seven bits a byte, the lowest first
    loop
      if place >= length(payload) or shift > 28 then
        return;
      end if;
      byte := get_byte(payload, place);
      n := n | ((byte & 127)::bigint << shift);
      place := place + 1;
      shift := shift + 7;
      exit when byte < 128;
    end loop;
    if n > length(payload) then
      return;
    end if;
  end if;
  case kind
  when 'text' then
    if place + n > length(payload) then
      return;
    end if;
    said := ledger_text(substring(payload from place + 1 for n::integer));
    place := place + n;
  when 'fields' then
    for field, of in select key, value::text from json_each(form::json -> 'fields') loop
      one := ledger_value(of, payload, place);
      if one.said is null then
        return;
      end if;
      place := one.place;
      parts := array_append(parts, to_json(field)::text || ':' || one.said);
    end loop;
    said := '{' || coalesce(array_to_string(parts, ','), '') || '}';
  when 'enum', 'duration', 'time' then
    one := ledger_value((form::json -> kind)::text, payload, place);
    place := one.place;
    said := one.said;
  when 'optional' then
    of := (form::json -> 'optional')::text;
    byte := case when place < length(payload) then get_byte(payload, place) end;
    place := place + 1;
    if byte = 0 then
      said := 'null';
    elsif byte = 1 then
      one := ledger_value(of, payload, place);
      place := one.place;
      said := case when starts_with(of, '{"optional"') then '[' || one.said || ']' else one.said end;
    end if;
  when 'variant' then
    one := ledger_value((form::json -> 'variant' -> n::integer)::text, payload, place);
    place := one.place;
    said := '{"index":' || n || ',"value":' || one.said || '}';
  when 'pair' then
    one := ledger_value((form::json #> '{pair,0}')::text, payload, place);
    other := ledger_value((form::json #> '{pair,1}')::text, payload, one.place);
    place := other.place;
    said := '[' || one.said || ',' || other.said || ']';
  when 'list', 'set', 'array' then
    n := case kind when 'array' then form::json #>> '{array,0}' else n::text end;
    of := (case kind when 'array' then form::json #> '{array,1}' else form::json -> kind end)::text;
    if of = '"byte"' and kind <> 'set' then
      if place + n > length(payload) then
        return;
      end if;
      said := '"' || encode(substring(payload from place + 1 for n::integer), 'hex') || '"';
      place := place + n;
      return;
    end if;
    for i in 1 .. n loop
      one := ledger_value(of, payload, place);
      if one.said is null then
        return;
      end if;
      place := one.place;
      parts := array_append(parts, one.said);
    end loop;
    said := '[' || coalesce(array_to_string(parts, ','), '') || ']';
  when 'map', 'multimap' then
    field := (form::json #> array[kind, '0'])::text;
    of := (form::json #> array[kind, '1'])::text;
    for i in 1 .. n loop
      one := ledger_value(field, payload, place);
      other := ledger_value(of, payload, one.place);
      if other.said is null or one.said is null then
        return;
      end if;
      place := other.place;
      keys := array_append(keys, one.said);
      parts := array_append(parts, other.said);
    end loop;
    if kind = 'map' and field = '"text"' and not exists(select from unnest(keys) k where k not like '"%') then
      said := '{' || coalesce((select string_agg(k || ':' || v, ',' order by i) from unnest(keys, parts) with ordinality as t(k, v, i)), '') || '}';
    else
      said := '[' || coalesce((select string_agg('[' || k || ',' || v || ']', ',' order by i) from unnest(keys, parts) with ordinality as t(k, v, i)), '') || ']';
    end if;
  else
    said := null;  -- sealed, or of a newer gesta
  end case;
end $$;
create function ledger_payload(form text, payload bytea) returns json language plpgsql immutable set search_path from current as $$
declare
  one record;
begin
  begin
    one := ledger_value(form, payload || decode('', 'hex'), 0);  -- what was compressed is not unpacked for each byte
    if one.place = length(payload) and one.said is not null then
      return one.said;
    end if;
  exception when others then  -- a form or a payload that somebody has damaged
    null;
  end;
  return '{"hex":"' || encode(payload, 'hex') || '"}';
end $$;
create view ledger as
  select e.position, a.id as aggregate, s.key, e.version, t.id as event, t.version as event_version,
         case when e.time <> 0 then to_timestamp(e.time / 1000000000.0) end as time, e.correlation, coalesce(e.causation, e.correlation) as causation,
         ledger_payload(t.form, e.payload) as payload
  from events e join streams s on s.stream = e.stream join types t on t.type = e.type join types a on a.type = s.aggregate;
create function restored() returns uuid language sql set search_path from current as $$
  insert into incarnations
  select max(number) + 1, gen_random_uuid(), (select coalesce(max(position), 0) from events), (extract(epoch from clock_timestamp()) * 1000000000)::bigint
  from incarnations returning incarnation $$;
)";

}  // namespace gesta::detail
