// What the tests of the PostgreSQL store share: one server for the program, schemas in it, and what another program would do to them.
#pragma once

#include <gesta/store/postgres.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../servers/postgres.hpp"

namespace {

/// The server of this program. Without one the program has ended as skipped.
inline postgres_server& the_server() {
  static postgres_server* const server = [] {
    postgres_server::needed_by("tests of the PostgreSQL store");
    static postgres_server one({"shared_buffers=16MB", "max_connections=60", "jit=off", "autovacuum=off", "max_prepared_transactions=4"});
    return &one;
  }();
  return *server;
}
// Before the first test, so that it is made by the thread that ends last.
[[maybe_unused]] const bool is_there = (the_server(), true);

/// Runs SQL as another program would, and gives the first value of its answer; in words what went wrong.
inline std::string sql(const std::string& text) {
  PGconn* const connection = PQconnectdb(the_server().address().c_str());
  PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
  PGresult* const answer = PQexec(connection, text.c_str());
  std::string out;
  if (PQresultStatus(answer) == PGRES_FATAL_ERROR) out = PQerrorMessage(connection);
  else if (PQntuples(answer) > 0) out = PQgetvalue(answer, 0, 0);
  PQclear(answer);
  PQfinish(connection);
  return out;
}

/// A schema of its own.
struct fresh {
  std::string schema;

  fresh() {
    static int made = 0;
    schema = "t" + std::to_string(++made);
  }
  gesta::postgres_store store() const {
    return {.address = the_server().address(), .schema = schema, .level = gesta::durability::process, .patience_milliseconds = 5000};
  }
  /// SQL in the schema.
  std::string operator()(const std::string& text) const { return sql("set search_path = " + schema + "; " + text); }
};

/// Takes everything out of a schema's tables: a new log, cheaper than making the tables anew.
inline void empty(const std::string& schema) {
  static PGconn* const connection = PQconnectdb(the_server().address().c_str());
  PQclear(PQexec(connection, ("set search_path = " + schema + "; delete from types; delete from streams; delete from events; delete from snapshots; "
                              "delete from sources; delete from outcomes").c_str()));
}

/// A child process that runs work(say): say() tells the parent that it has come to the place agreed upon. It ends without destructors, so the server
/// stays the parent's.
class other_program {
 public:
  template <class Work>
  explicit other_program(Work&& work) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    std::fflush(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::close(ends[0]);
      const bool good = work([&] { (void)!::write(ends[1], "x", 1); });
      ::_exit(good ? 0 : 1);
    }
    ::close(ends[1]);
    from_ = ends[0];
  }
  other_program(const other_program&) = delete;
  other_program& operator=(const other_program&) = delete;
  ~other_program() {
    ::close(from_);
    if (process_ > 0) kill();
  }

  /// Waits until it has said something. False: it ended before.
  bool said() {
    char word;
    return ::read(from_, &word, 1) == 1;
  }
  void kill() {
    ::kill(process_, SIGKILL);
    ended();
  }
  /// Waits for its end. True: its work was good.
  bool ended() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  ::pid_t process_ = -1;
  int from_ = -1;
};

/// Ends the connections of all others, as an administrator or a network would.
inline void cut_connections() {
  sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'");
}

}  // namespace
