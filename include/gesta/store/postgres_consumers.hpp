// Who fills views, in tables of a PostgreSQL schema: how far each consumer has come, and the letters it has put aside.
// Floor: store. A part of postgres_views.hpp; its rows are committed with those of the views.
// May include: detail, message, store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gesta/store/columns.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/postgres_rows.hpp>
#include <gesta/store/progress.hpp>

namespace gesta::detail {

/// The tables beside those of the views. They are made by who first opens views in a schema.
///
///     views      one row for each table of a view. name: of the table. schema: what its columns are, and its key, in the words of
///                codec/wire_form.hpp; so bytes can be read without the program.
///     consumers  one row for each consumer: gesta::progress. incarnation, position: of the log that is followed; what is in the views of this
///                schema is what came up to there. time: when the event there was recorded. owner, until: who may go on, and when his claim ends;
///                NULL and 0: whoever comes first. Times are nanoseconds since 1970.
///     letters    events that a consumer has put aside. position: of the event. key: the byte form of what keeps its order. attempts: 0
///                where it waits behind an earlier one. part: the first of its hand-overs that was not done. due: 0 when a person says so.
///                discarded: why a person has closed it; empty while it is open.
inline constexpr const char* postgres_view_tables = R"(
create table if not exists views(
  name   text collate "C" primary key,
  schema text not null);
create table if not exists consumers(
  name        text collate "C" primary key,
  incarnation uuid    not null,
  position    bigint  not null,
  time        bigint  not null,
  owner       uuid,
  until       bigint  not null,
  paused      boolean not null,
  serving     boolean not null);
create table if not exists letters(
  consumer  text collate "C" not null,
  position  bigint  not null,
  key       bytea   not null,
  cause     text    not null,
  attempts  bigint  not null,
  part      bigint  not null,
  since     bigint  not null,
  due       bigint  not null,
  discarded text    not null,
  primary key(consumer, position, key));
create index if not exists letters_of_key on letters(consumer, key) where discarded = '';
create index if not exists letters_due on letters(consumer, due, key) where due <> 0;
)";

/// Checkpoints and letters by the name of their consumer. Within a unit and, for reading, outside of one.
class postgres_consumers {
 public:
  explicit postgres_consumers(postgres_rows_unit& unit) : unit_(unit) {}

  bool load(std::string_view consumer, progress& state) {
    state = {};
    postgres_answer found;
    if (unit_.is_doomed() || !unit_.ask(load_, found, postgres_arguments<1>().add(text(consumer, 0)))) return false;
    return found.rows() == 0 || read(found[0], state) || wrong("consumers", consumer);
  }
  bool save(std::string_view consumer, const progress& state) {
    if (unit_.is_doomed() || !fits(state.at.position)) return false;
    postgres_arguments<8> arguments;
    arguments.add(text(consumer, 0)).id(state.at.incarnation).number(static_cast<std::int64_t>(state.at.position)).number(state.time.nanoseconds);
    state.owner == message_id{} ? arguments.add({}) : arguments.id(state.owner);
    unit_.file().queue(save_, arguments.number(state.until.nanoseconds).boolean(state.is_paused).boolean(state.is_serving));
    return true;
  }
  /// visit(std::string_view name, const progress&) for each consumer, by name, until it gives false.
  template <class Visit>
  bool each_consumer(Visit&& visit) {
    postgres_answer all;
    if (unit_.is_doomed() || !unit_.ask(all_, all)) return false;
    for (int i = 0; i < all.rows(); ++i) {
      progress state;
      postgres_text room;
      std::string_view who;
      if (!room.restored(all[i].bytes(7), who) || !read(all[i], state)) return wrong("consumers", all[i].bytes(7));
      if constexpr (std::is_void_v<decltype(visit(who, static_cast<const progress&>(state)))>) visit(who, static_cast<const progress&>(state));
      else if (!visit(who, static_cast<const progress&>(state))) return true;
    }
    return true;
  }

  bool put(std::string_view consumer, const letter& one) {
    if (unit_.is_doomed() || !fits(one.position)) return false;
    asked_.clear();
    unit_.file().queue(put_, postgres_arguments<9>()
                                 .add(text(consumer, 0))
                                 .number(static_cast<std::int64_t>(one.position))
                                 .add(one.key)
                                 .add(text(one.cause, 1))
                                 .number(one.attempts)
                                 .number(one.part)
                                 .number(one.since.nanoseconds)
                                 .number(one.due.nanoseconds)
                                 .add(text(one.discarded, 2)));
    return true;
  }
  bool drop(std::string_view consumer, const letter& one) {
    if (unit_.is_doomed()) return false;
    if (one.position > most) return true;
    asked_.clear();
    unit_.file().queue(drop_, postgres_arguments<3>().add(text(consumer, 0)).number(static_cast<std::int64_t>(one.position)).add(one.key));
    return true;
  }
  /// The visitor may put and drop letters; those that it puts behind the one it is given are visited too.
  template <class Visit>
  bool each_letter(std::string_view consumer, Visit&& visit) {
    letter last;
    std::int64_t after = -1;
    std::vector<letter> some;
    do {
      postgres_answer found;
      if (unit_.is_doomed() || !unit_.ask(some_, found, postgres_arguments<3>().add(text(consumer, 0)).number(after).add(last.key)) ||
          !read(found, consumer, some))
        return false;
      for (const letter& one : some)
        if constexpr (std::is_void_v<decltype(visit(one))>) visit(one);
        else if (!visit(one)) return true;
      if (some.empty()) break;
      last = some.back();
      after = static_cast<std::int64_t>(last.position);
    } while (some.size() == page);
    return true;
  }
  /// visit(const letter&) for the open letters of the keys that have one which is due, of `most` keys at most; in order of position, then of key.
  template <class Visit>
  bool each_due(std::string_view consumer, timestamp now, std::size_t most_keys, Visit&& visit) {
    postgres_answer found;
    std::vector<letter> all;
    const auto count = static_cast<std::int64_t>(most_keys < most ? most_keys : most);
    if (unit_.is_doomed() || !unit_.ask(due_, found, postgres_arguments<3>().add(text(consumer, 0)).number(now.nanoseconds).number(count)) ||
        !read(found, consumer, all))
      return false;
    for (const letter& one : all)
      if (!visit(one)) break;
    return true;
  }
  /// The letter of this position and key.
  bool find_letter(std::string_view consumer, std::uint64_t position, std::string_view of_key, letter& one, bool& found) {
    found = false;
    if (unit_.is_doomed()) return false;
    if (position > most) return true;
    postgres_answer answer;
    std::vector<letter> all;
    if (!unit_.ask(one_, answer, postgres_arguments<3>().add(text(consumer, 0)).number(static_cast<std::int64_t>(position)).add(key(of_key))) ||
        !read(answer, consumer, all))
      return false;
    found = !all.empty();
    if (found) one = all[0];
    return true;
  }
  bool any_letter(std::string_view consumer, bool& any) {
    any = false;
    if (!look_for_some(consumer)) return false;
    any = has_some_;
    return true;
  }
  bool is_blocked(std::string_view consumer, std::string_view of_key, bool& blocked) {
    blocked = false;
    if (!look_for_some(consumer)) return false;
    if (!has_some_) return true;
    postgres_answer found;
    if (!unit_.ask(of_key_, found, postgres_arguments<2>().add(text(consumer, 0)).add(key(of_key)))) return false;
    blocked = found.rows() != 0;
    return true;
  }

  /// Within a unit: drops the table of a view, whichever program made it, with its consumer and letters. A table that is none of a view's stays.
  bool drop_view(std::string_view name) {
    if (unit_.is_doomed()) return false;
    asked_.clear();
    postgres_answer found;
    if (!unit_.ask(is_view_, found, postgres_arguments<1>().add(text(name, 0)))) return false;
    if (found.rows() != 0) {
      postgres_statement table("drop table if exists " + quoted(std::string(name)));
      if (!unit_.ask(table, found)) return false;
    }
    for (postgres_statement* const statement : {&drop_view_, &drop_consumer_, &drop_letters_})
      if (!unit_.ask(*statement, found, postgres_arguments<1>().add(text(name, 0)))) return false;
    return true;
  }

  /// The unit was taken back.
  void forget() noexcept { asked_.clear(); }

 private:
  bool look_for_some(std::string_view consumer) {
    if (unit_.is_doomed()) return false;
    unit_.look();
    // Asked for each event, and mostly there are no letters at all: that is remembered as long as nobody else can have written.
    if (asked_ != consumer || generation_ != unit_.generation()) {
      postgres_answer found;
      if (!unit_.ask(any_, found, postgres_arguments<1>().add(text(consumer, 0)))) return false;
      has_some_ = found.rows() != 0;
      asked_ = consumer;
      generation_ = unit_.generation();
    }
    return true;
  }

  static constexpr std::size_t page = 64;  ///< as the statement says
  static constexpr std::uint64_t most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

  static std::string_view key(std::string_view bytes) noexcept { return bytes.data() == nullptr ? std::string_view("") : bytes; }
  std::string_view text(std::string_view words, std::size_t room) { return texts_[room].escaped(words); }

  bool fits(std::uint64_t position) {
    return position <= most || unit_.doom(failure(failure::kind::too_large, 0, "a position from 2^63 on: ", unit_.file().where()));
  }
  bool wrong(const char* table, std::string_view consumer) {
    const std::string name(consumer);
    return unit_.doom(failure(failure::kind::corrupt, 0, "table ", table, ", ", name.c_str(), ": what stands there cannot be read: ", unit_.file().where()));
  }

  static bool read(const postgres_row& row, progress& state) noexcept {
    if (row.number(1) < 0) return false;
    state.at = {row.id(0, {}), static_cast<std::uint64_t>(row.number(1))};
    state.time = {row.number(2)};
    state.owner = row.id(3, {});
    state.until = {row.number(4)};
    state.is_paused = row.boolean(5);
    state.is_serving = row.boolean(6);
    return true;
  }
  bool read(const postgres_answer& rows, std::string_view consumer, std::vector<letter>& all) {
    all.clear();
    for (int i = 0; i < rows.rows(); ++i) {
      letter& one = all.emplace_back();
      const postgres_row row = rows[i];
      postgres_text room;
      std::string_view cause, discarded;
      if (row.number(0) < 0 || !room.restored(row.bytes(2), cause)) return wrong("letters", consumer);
      one.cause = cause;
      if (!room.restored(row.bytes(7), discarded)) return wrong("letters", consumer);
      one.discarded = discarded;
      one.position = static_cast<std::uint64_t>(row.number(0));
      one.key = row.bytes(1);
      for (const auto& [column, to] : {column_of{3, &one.attempts}, column_of{4, &one.part}}) {
        if (row.number(column) < 0 || row.number(column) > std::int64_t{0xffffffff}) return wrong("letters", consumer);
        *to = static_cast<std::uint32_t>(row.number(column));
      }
      one.since = {row.number(5)};
      one.due = {row.number(6)};
    }
    return true;
  }
  struct column_of {
    int column;
    std::uint32_t* to;
  };

  postgres_rows_unit& unit_;
  postgres_text texts_[3];
  std::string asked_;  ///< the consumer of has_some_; empty: none
  bool has_some_ = false;
  std::uint64_t generation_ = 0;

  static std::string letters(const char* which) {
    return std::string("select position, key, cause, attempts, part, since, due, discarded from letters where ") + which;
  }
  postgres_statement load_{"select incarnation, position, time, owner, until, paused, serving from consumers where name = $1"};
  postgres_statement save_{"insert into consumers(name, incarnation, position, time, owner, until, paused, serving) values($1, $2, $3, $4, $5, $6, $7, $8) "
                           "on conflict(name) do update set incarnation = excluded.incarnation, position = excluded.position, time = excluded.time, "
                           "owner = excluded.owner, until = excluded.until, paused = excluded.paused, serving = excluded.serving"};
  postgres_statement all_{"select incarnation, position, time, owner, until, paused, serving, name from consumers order by name"};
  postgres_statement put_{"insert into letters(consumer, position, key, cause, attempts, part, since, due, discarded) values($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                          "on conflict(consumer, position, key) do update set cause = excluded.cause, attempts = excluded.attempts, part = excluded.part, "
                          "since = excluded.since, due = excluded.due, discarded = excluded.discarded"};
  postgres_statement drop_{"delete from letters where consumer = $1 and position = $2 and key = $3"};
  postgres_statement some_{letters("consumer = $1 and (position, key) > ($2, $3) order by position, key limit 64")};
  postgres_statement one_{letters("consumer = $1 and position = $2 and key = $3")};
  postgres_statement due_{letters("consumer = $1 and discarded = '' and key in (select key from letters where consumer = $1 and due <> 0 and due <= $2 "
                                  "order by due limit $3) order by position, key")};
  postgres_statement of_key_{"select 1 from letters where consumer = $1 and key = $2 and discarded = '' limit 1"};
  postgres_statement any_{"select 1 from letters where consumer = $1 and discarded = '' limit 1"};
  postgres_statement is_view_{"select 1 from views where name = $1"};
  postgres_statement drop_view_{"delete from views where name = $1"};
  postgres_statement drop_consumer_{"delete from consumers where name = $1"};
  postgres_statement drop_letters_{"delete from letters where consumer = $1"};
};

}  // namespace gesta::detail
