// A log in PostgreSQL as the tool sees it: its tables stand in an SQLite connection as virtual ones, so that whatever looks into files looks into it.
// Named `postgres:ADDRESS` or `postgres:ADDRESS?SCHEMA`; a tool that was built without libpq says so.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gesta/store/postgres_place.hpp>
#include <gesta/store/sqlite_statement.hpp>

namespace tool {

/// Whether a name is that of a log in PostgreSQL.
bool is_postgres(const std::string& name);
/// Address and schema of such a name. Schema: "gesta" where none is said.
gesta::postgres_place place_of(const std::string& name);
/// A name for people: a path as it is, a database by its name and the schema, without the rest of the address, which may be secret.
std::string shown(const std::string& name);

/// An index of the table of a view, as gesta makes it.
struct view_index {
  std::string name;  ///< in SQLite: the table and the columns
  std::string on;    ///< the columns, in quotes
};

/// What a log in PostgreSQL looks like in SQLite.
struct postgres_layout {
  std::int64_t format = 0;                  ///< gesta_format
  bool has_gaps = false;                    ///< its units run side by side, so positions ascend with gaps
  std::vector<std::string> declarations;    ///< what makes the same tables, views and indexes in a file, without names of databases
  // Of each table of a view, since SQLite takes neither of a virtual table:
  std::map<std::string, std::string> keys;                 ///< the columns of the key, in quotes
  std::map<std::string, std::vector<view_index>> indexes;
};
/// Makes the tables of the log tables of `database`, which is of this connection, in the form of the SQLite store and as they are at this moment,
/// whoever writes meanwhile. Events, outcomes, snapshots and rows of views stay on the server until they are asked for; streams are fetched where
/// `with_streams` says so, the rest always. The connection to the server lasts as long as that to SQLite. Trouble where there is no log.
postgres_layout lay_out(sqlite3* connection, const std::string& database, const std::string& name, bool with_streams);

/// One event that is added to a stream, as it stands after the last one of it.
struct appended {
  std::int64_t stream = 0, version = 0, last = 0;  ///< version and position of the last event of the stream
  std::string event, form;                         ///< of the type, which is entered where it is not there
  std::int64_t time = 0;
  std::string payload;
};
/// Takes the lock of the log, as whoever writes to it, asks what is to be appended, and appends it: one transaction, after which programs that use
/// the log find it as what another one has written. What `decide` reads within, by a `file` of its own, stays so. Trouble of it takes all back.
void append_to_postgres(const std::string& name, const std::function<appended()>& decide);

/// Makes `to`, a schema in which there is nothing yet, the log that `from` is: all of it, or nothing.
int copy_to_postgres(const std::string& from, const std::string& to);

}  // namespace tool
