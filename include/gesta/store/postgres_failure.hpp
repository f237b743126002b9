// What an error of PostgreSQL means for who uses a store.
// Floor: store. Between libpq and gesta::failure.
// May include: store.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <cstring>

#include <gesta/store/failure.hpp>

namespace gesta::detail {

/// A SQLSTATE, five characters, as `failure::code`: read with base 36. 0: there is none.
constexpr int postgres_code(const char* state) noexcept {
  int code = 0;
  for (; state != nullptr && *state != '\0'; ++state) {
    const char c = *state;
    code = code * 36 + (c >= '0' && c <= '9' ? c - '0' : c - 'A' + 10);
  }
  return code;
}

/// What kind of failure a SQLSTATE is.
inline failure::kind postgres_kind(const char* state) noexcept {
  using kind = failure::kind;
  const auto is = [state](const char* other) { return std::strcmp(state, other) == 0; };
  const auto of_class = [state](const char* two) { return std::strncmp(state, two, 2) == 0; };
  if (is("55P03") || is("57014") || is("40001") || is("40P01")) return kind::busy;  // locks, time limits, who waits for each other
  if (is("53100") || is("53200")) return kind::full;                               // of disk, of memory
  if (is("53300") || is("57P03")) return kind::busy;                               // too many connections, or it is just starting
  if (is("23505")) return kind::conflict;                                          // somebody wrote without the log's lock
  if (of_class("54")) return kind::too_large;
  if (of_class("28") || is("3D000") || is("42501")) return kind::cannot_open;
  if (of_class("XX") || of_class("42") || of_class("22")) return kind::corrupt;    // tables that are not those of a log
  return kind::input_output;  // the connection, the server, its disk
}

/// The cause of an answer that is an error. Only what the server says first: its details name keys and values. `where` is the log in words.
inline failure postgres_failure(const PGresult* answer, const char* where) {
  const char* const state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  const char* const words = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr) return failure(failure::kind::input_output, 0, "the connection to the database was lost: ", where);
  return failure(postgres_kind(state), postgres_code(state), words == nullptr ? "an error" : words, " (SQLSTATE ", state, "): ", where);
}

}  // namespace gesta::detail
