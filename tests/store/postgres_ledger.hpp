// The view `ledger` of PostgreSQL for the test of that of SQLite, which compares both with the JSON codec; apart, since the build goes by what a
// source includes.
#pragma once

#include <gesta/store/postgres_schema.hpp>

#include <doctest/doctest.h>
#include <libpq-fe.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "../servers/postgres.hpp"

/// A log on a server with one event of whatever is asked for.
class one_event_on_a_server {
 public:
  one_event_on_a_server() : server_({"shared_buffers=16MB", "jit=off", "autovacuum=off"}), connection_(PQconnectdb(server_.address().c_str())) {
    run("create schema gesta; set search_path = gesta; set client_encoding = 'UTF8'");
    run(gesta::detail::postgres_tables);
    run("insert into types values(1, 'aggregate', 'thing', 1, '\"text\"'), (2, 'event', 'thing.done', 1, '{\"fields\":{\"n\":\"i8\"}}')");
    run("insert into streams values(1, 1, 'a', 3, 3, 2, false)");
    run("insert into events values(1, 1, 1, 2, 0, null, null, null), (2, 1, 2, 2, 1, null, null, '\\xff'), (3, 1, 3, 2, 0, null, null, '\\xffff')");
    PQclear(PQprepare(connection_, "show", "select ledger_payload($1, $2)::text", 2, nullptr));
  }
  one_event_on_a_server(const one_event_on_a_server&) = delete;
  one_event_on_a_server& operator=(const one_event_on_a_server&) = delete;
  ~one_event_on_a_server() { PQfinish(connection_); }

  /// Runs SQL; the first value of its answer.
  std::string run(const char* statements) {
    PGresult* const answer = PQexec(connection_, statements);
    REQUIRE_MESSAGE(PQresultStatus(answer) != PGRES_FATAL_ERROR, PQerrorMessage(connection_));
    std::string out = PQntuples(answer) == 0 ? "" : PQgetvalue(answer, 0, 0);
    PQclear(answer);
    return out;
  }
  std::string shown(const std::string& form, const std::vector<std::byte>& payload) {
    const char* const values[] = {form.c_str(), payload.empty() ? "" : reinterpret_cast<const char*>(payload.data())};
    const int sizes[] = {0, static_cast<int>(payload.size())}, formats[] = {0, 1};
    PGresult* const answer = PQexecPrepared(connection_, "show", 2, values, sizes, formats, 0);
    REQUIRE_MESSAGE(PQntuples(answer) == 1, PQerrorMessage(connection_));
    const std::string out(PQgetvalue(answer, 0, 0));
    PQclear(answer);
    return out;
  }

 private:
  postgres_server server_;
  PGconn* connection_;
};

/// nullptr: there is no server here, which it says once.
inline one_event_on_a_server* on_a_server() {
  static std::optional<one_event_on_a_server> there;
  static const bool is_there = [] {
    if (postgres_server::missing() == nullptr) there.emplace();
    else MESSAGE("PostgreSQL is left out: ", postgres_server::missing());
    return there.has_value();
  }();
  return is_there ? &*there : nullptr;
}
