// The incarnations of a SQLite file: a file that was restored from a backup is another log than the one it was taken from.
// Floor: store. Beside the file's connection.
// May include: message, store.
//
// Who remembers a position remembers the incarnation with it. A file that was restored lost the events after its backup, and gives their
// positions to others: it says so by a new incarnation and the last position that it shares with the one before.
#pragma once

#include <cstdint>
#include <ctime>

#include <gesta/message/about.hpp>
#include <gesta/store/sqlite_statement.hpp>
#include <gesta/store/sqlite_unit.hpp>

namespace gesta {

/// 128 random bits of SQLite's generator, which the operating system has seeded.
inline message_id random_id() noexcept {
  message_id id;
  sqlite3_randomness(sizeof id.high, &id.high);
  sqlite3_randomness(sizeof id.low, &id.low);
  return id;
}

namespace detail {

/// Enters a new incarnation, which shares everything so far with the one before. Within a transaction. SQLITE_OK or an error.
inline int add_incarnation(sqlite3* connection, const message_id& name) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const stored_id stored = stored_id::of(name);
  sqlite_statement add;
  constexpr const char* sql = "insert into incarnations(incarnation, after, time) select ?, coalesce(max(position), 0), ? from events";
  if (const int code = add.prepare(connection, sql); code != SQLITE_OK) return code;
  const int code = add.set_blob(0, {stored.bytes, sizeof stored.bytes}).set(1, std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec).step();
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

/// The incarnation of now; zero where the file has none. SQLITE_OK or an error.
inline int read_incarnation(sqlite3* connection, message_id& name) noexcept {
  sqlite_statement last;
  constexpr const char* sql = "select incarnation from incarnations order by number desc limit 1";
  if (const int code = last.prepare(connection, sql); code != SQLITE_OK) return code;
  const int code = last.step();
  name = code == SQLITE_ROW ? stored_id::read(last, 0, {}) : message_id{};
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

/// visit(incarnation, position up to which it shares all with the one before) for each, the first one first. SQLITE_OK or an error.
template <class Visit>
int each_incarnation_in(sqlite3* connection, Visit&& visit) {
  sqlite_statement all;
  int code = all.prepare(connection, "select incarnation, after from incarnations order by number");
  if (code != SQLITE_OK) return code;
  while ((code = all.step()) == SQLITE_ROW) visit(stored_id::read(all, 0, {}), static_cast<std::uint64_t>(all.number(1)));
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

/// Whether this file's log is the one in which a position was seen: its incarnation is that of now, or one that the file was restored
/// from, and the position is not after the cut. False too where it is not known. SQLITE_OK or an error.
inline int is_of_this_log(sqlite3* connection, const message_id& name, std::uint64_t position, bool& answer) noexcept {
  sqlite_statement question;
  constexpr const char* sql =
      "select (select min(after) from incarnations later where later.number > i.number) from incarnations i where incarnation = ? and "
      "(select coalesce(max(position), 0) from events) >= ?";
  if (const int code = question.prepare(connection, sql); code != SQLITE_OK) return code;
  const stored_id stored = stored_id::of(name);
  const std::int64_t at = position > std::uint64_t{1} << 62 ? std::int64_t{1} << 62 : static_cast<std::int64_t>(position);
  const int code = question.set_blob(0, {stored.bytes, sizeof stored.bytes}).set(1, at).step();
  answer = code == SQLITE_ROW && (question.is_null(0) || question.number(0) >= at);
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

}  // namespace detail

}  // namespace gesta
