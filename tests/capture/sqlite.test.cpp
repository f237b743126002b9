#include <doctest/doctest.h>

#include <gesta/gesta.hpp>

#include <gesta/capture/deliver.hpp>
#include <gesta/capture/sqlite.hpp>
#include <gesta/store/sqlite.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "../folder.hpp"
#include "rows.hpp"

namespace {

struct database {
  sqlite3* handle = nullptr;

  explicit database(const char* path = ":memory:") { REQUIRE(sqlite3_open(path, &handle) == SQLITE_OK); }
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() { sqlite3_close(handle); }

  /// What SQLite says; empty when all went well.
  std::string run(const std::string& sql) const {
    char* words = nullptr;
    sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &words);
    const std::string said = words == nullptr ? "" : words;
    sqlite3_free(words);
    return said;
  }
  /// Each statement for itself, as a program does: one that fails does not end the others.
  std::string run_each(const std::vector<std::string>& statements) const {
    std::string said;
    for (const std::string& one : statements)
      if (const std::string words = run(one); !words.empty()) said += (said.empty() ? "" : "; ") + words;
    return said;
  }
  std::int64_t number(const std::string& sql) const {
    sqlite3_stmt* ask = nullptr;
    REQUIRE(sqlite3_prepare_v2(handle, sql.c_str(), -1, &ask, nullptr) == SQLITE_OK);
    const std::int64_t value = sqlite3_step(ask) == SQLITE_ROW ? sqlite3_column_int64(ask, 0) : -1;
    sqlite3_finalize(ask);
    return value;
  }
};

gesta::timestamp at_noon() noexcept { return {43200}; }

const char* const tables =
    "create table customers(id integer primary key, name text not null, city text);"
    "create table lines(book integer not null, line integer not null, price real, note blob, primary key(book, line)) without rowid;";

// What a script changes, and what is told of it; `fails` is what SQLite says to the script.
struct script {
  const char* name;
  std::vector<std::string> before;
  std::vector<std::string> sql;
  std::vector<std::string> told;
  const char* fails = "";
};

const script scripts[] = {
    {"a row comes, becomes another one and goes", {}, {"insert into customers values(1, 'ann', 'Ulm')", "update customers set city = null", "delete from customers where id = 1"},
     {"+ 1 ann Ulm", "1 ann Ulm -> 1 ann -", "- 1 ann -"}},
    {"rows of one statement come in order", {}, {"insert into customers(name) values('a'), ('b'), ('c')"}, {"+ 1 a -", "+ 2 b -", "+ 3 c -"}},
    {"an empty text is no NULL", {}, {"insert into customers values(1, '', '')"}, {"+ 1  "}},
    {"a text keeps a zero inside", {}, {"insert into customers values(1, 'a', cast(x'6100620A' as text))"}, {std::string("+ 1 a a\0b\n", 10)}},
    {"what is rolled back is not told", {}, {"begin", "insert into customers values(1, 'a', null)", "rollback", "insert into customers values(2, 'b', null)"}, {"+ 2 b -"}},
    {"what is rolled back last is not told", {}, {"insert into customers values(2, 'b', null)", "begin", "insert into customers values(1, 'a', null)", "rollback"}, {"+ 2 b -"}},
    {"what is rolled back to a savepoint is not told", {},
     {"begin", "insert into customers values(1, 'a', null)", "savepoint s", "insert into customers values(2, 'b', null)", "update customers set name = 'x'", "rollback to s",
      "insert into customers values(3, 'c', null)", "commit"},
     {"+ 1 a -", "+ 3 c -"}},
    {"what is released into a savepoint goes with it", {},
     {"begin", "savepoint o", "savepoint i", "insert into customers values(2, 'b', null)", "release i", "rollback to o", "insert into customers values(3, 'c', null)", "commit"}, {"+ 3 c -"}},
    {"of a statement that fails nothing is told", {"insert into customers values(1, 'a', null)"},
     {"begin", "insert into customers values(5, 'e', null), (6, 'f', null), (1, 'twice', null)", "insert into customers values(7, 'g', null)", "commit"}, {"+ 7 g -"},
     "UNIQUE constraint failed: customers.id"},
    {"an ignored row is no change", {"insert into customers values(1, 'a', null)"}, {"insert or ignore into customers values(1, 'b', null), (2, 'c', null)"}, {"+ 2 c -"}},
    {"an upsert is an update", {"insert into customers values(1, 'a', null)"}, {"insert into customers values(1, 'b', null) on conflict(id) do update set name = excluded.name"},
     {"1 a - -> 1 b -"}},
    {"replace takes a row away and brings another one", {"insert into customers values(1, 'a', null)"}, {"replace into customers values(1, 'b', 'Ulm')"}, {"- 1 a -", "+ 1 b Ulm"}},
    {"replace takes away every row that it conflicts with", {"create unique index names on customers(name)", "insert into customers values(1, 'a', null), (2, 'b', null)"},
     {"insert or replace into customers values(1, 'b', null)"}, {"- 1 a -", "- 2 b -", "+ 1 b -"}},
    {"update or replace does so too", {"create unique index names on customers(name)", "insert into customers values(1, 'a', null), (2, 'b', null)"},
     {"update or replace customers set name = 'b' where id = 1"}, {"- 2 b -", "1 a - -> 1 b -"}},
    {"a replacement that fails is not told", {"insert into customers values(1, 'a', null)"}, {"begin", "insert or replace into customers values(1, 'b', null), (2, null, null)",
     "insert into customers values(3, 'c', null)", "commit"}, {"+ 3 c -"}, "NOT NULL constraint failed: customers.name"},
    {"a deletion of all tells each row", {"insert into customers values(1, 'a', null), (2, 'b', null)"}, {"delete from customers"}, {"- 1 a -", "- 2 b -"}},
    {"a changed key is one update with both", {"insert into customers values(1, 'a', null)"}, {"update customers set id = 9"}, {"1 a - -> 9 a - (key 1 -> 9)"}},
    {"a key of two columns, in a table without rowid", {}, {"insert into lines values(1, 1, 2.5, x'00ff')", "update lines set line = 2", "update lines set price = null", "delete from lines"},
     {"+ 1/1 2.5 00ff", "1/1 2.5 00ff -> 1/2 2.5 00ff (key 1/1 -> 1/2)", "1/2 2.5 00ff -> 1/2 - 00ff", "- 1/2 - 00ff"}},
    {"an update that changes nothing is a change", {"insert into customers values(1, 'a', null)"}, {"update customers set name = name"}, {"1 a - -> 1 a -"}},
    {"an integer in a column of reals is a number", {}, {"insert into lines values(1, 1, 3, null)"}, {"+ 1/1 3 -"}},
    {"tables keep the order of their changes", {}, {"begin", "insert into customers values(1, 'a', null)", "insert into lines values(1, 1, 1, null)", "update customers set name = 'b'", "commit"},
     {"+ 1 a -", "+ 1/1 1 -", "1 a - -> 1 b -"}},
    {"what a trigger changes follows what made it", {"create trigger t after insert on customers begin insert into lines values(new.id, 1, null, null); update customers set city = 'Ulm' where id = new.id; end"},
     {"insert into customers values(1, 'a', null)"}, {"+ 1 a -", "+ 1/1 - -", "1 a - -> 1 a Ulm"}},
    {"a trigger that ignores what was done does not hide it", {"create trigger t after insert on customers begin select raise(ignore); end"},
     {"insert into customers values(1, 'a', null)"}, {"+ 1 a -"}},
    {"a trigger that ignores a row lets nothing be told", {"create trigger t before insert on customers when new.id = 1 begin select raise(ignore); end"},
     {"insert into customers values(1, 'a', null), (2, 'b', null)"}, {"+ 2 b -"}},
    {"what a trigger changes before stands before", {"create trigger t before insert on customers begin insert into lines values(new.id, 1, null, null); end"},
     {"insert into customers values(1, 'a', null)"}, {"+ 1/1 - -", "+ 1 a -"}},
    {"what a foreign key takes away is told", {"pragma foreign_keys = on", "create table parts(id integer primary key, name text not null, city text references customers(id))",
     "drop table lines", "create table lines(book integer not null references customers on delete cascade, line integer not null, price real, note blob, primary key(book, line))",
     "insert into customers values(1, 'a', null)", "insert into lines values(1, 1, null, null)"}, {"delete from customers"}, {"- 1 a -", "- 1/1 - -"}},
    {"a deletion that a trigger of another table stops is not told later, whoever changes something next",
     {"pragma foreign_keys = on", "drop table lines",
      "create table lines(book integer not null references customers on delete cascade, line integer not null, price real, note blob, primary key(book, line))",
      "create trigger t before delete on lines begin select raise(abort, 'no'); end", "create table log(n)", "create trigger l after insert on log begin update lines set price = new.n; end",
      "insert into customers values(1, 'a', null)", "insert into lines values(1, 1, null, null)"},
     {"begin", "delete from customers", "insert into log values(4)", "commit"}, {"1/1 - - -> 1/1 4 -"}, "no"},
    {"columns that come later are passed over", {"insert into customers values(1, 'a', null)"}, {"alter table customers add column age integer", "insert into customers values(2, 'b', null, 7)",
     "update customers set age = 8 where id = 1"}, {"+ 2 b -", "1 a - -> 1 a -"}},
    {"a column that went is not there, and that is not NULL", {}, {"insert into customers values(1, 'a', 'Ulm')", "alter table customers drop column city", "insert into customers values(2, 'b')"},
     {"+ 1 a Ulm", "+ 2 b (no column)"}},
    {"a column that got another name is not there", {}, {"alter table customers rename column city to town", "insert into customers values(2, 'b', 'Ulm')"}, {"+ 2 b (no column)"}},
    {"a change of the schema that was rolled back leaves no names behind, though its number is given again", {},
     {"begin", "alter table customers rename column city to town", "insert into customers values(1, 'a', 'Ulm')", "rollback",
      "alter table customers add column age integer", "insert into customers values(2, 'b', 'Ulm', 7)"},
     {"+ 2 b Ulm"}},
    {"an old row's NULL in a column with a default is not told: SQLite's hook may mean the default",
     {"drop table customers", "create table customers(id integer primary key, name text not null)", "insert into customers values(1, 'a')", "alter table customers add column city text default 'Ulm'"},
     {"update customers set name = 'b'", "update customers set name = 'c'"}, {"1 a (not told) -> 1 b Ulm", "1 b Ulm -> 1 c Ulm"}},
};

// A table that is not what the row says.
struct misfit {
  const char* name;
  const char* table;
  const char* why;
};
const misfit misfits[] = {
    {"no table", "", "there is no table customers"},
    {"no column", "create table customers(id integer primary key, name text not null)", "customers.city: there is no such column"},
    {"text where a number is wanted", "create table customers(id text primary key, name text not null, city text)", "customers.id: the column is TEXT, and the field is an integer"},
    {"number where a text is wanted", "create table customers(id integer primary key, name integer not null, city text)", "customers.name: the column is INTEGER, and the field is a text"},
    {"bytes where a text is wanted, of no declared kind, can be texts", "create table customers(id integer primary key, name blob not null, city)", ""},
    {"NULL where the field cannot be", "create table customers(id integer primary key, name text, city text)", "customers.name: the column can be NULL, and the field cannot"},
    {"no primary key", "create table customers(id integer, name text not null, city text)", "customers: its primary key has 0 columns, and the key of the row has 1"},
    {"another primary key", "create table customers(id integer not null, name text primary key not null, city text)", "customers.id: it is a part of the key of the row, and not of the primary key"},
    {"a larger primary key", "create table customers(id integer, name text not null, city text, primary key(id, name))", "customers: its primary key has 2 columns"},
    {"a generated column", "create table customers(id integer primary key, name text not null, city text as (name))", "customers.city: a table with generated columns cannot be captured"},
};

std::string told_by(gesta::sqlite_capture<customer, line>& changes, std::vector<std::string>& told, bool& good) {
  const gesta::captured polled = changes.poll(telling{told});
  good = static_cast<bool>(polled);
  return polled.why().describe();
}

}  // namespace

TEST_CASE("what is committed is told, and nothing else, as rows before and after") {
  for (const script& one : scripts) {
    CAPTURE(one.name);
    database db;
    REQUIRE(db.run(tables) == "");
    REQUIRE(db.run_each(one.before) == "");
    std::vector<std::string> told;
    gesta::sqlite_capture<customer, line> changes(db.handle, "reader");
    REQUIRE_MESSAGE(changes, changes.why().describe());
    CHECK(db.run_each(one.sql) == one.fails);
    bool good = false;
    CHECK(told_by(changes, told, good) == "");
    CHECK(good);
    CHECK(told == one.told);
    // All of it is acknowledged, and the journal is empty.
    CHECK(changes.acknowledge());
    CHECK(db.number("select count(*) from gesta_changes") == 0);
  }
}

TEST_CASE("a table that is not what its row says is refused when it is opened, with table, column and kind") {
  for (const misfit& one : misfits) {
    CAPTURE(one.name);
    database db;
    REQUIRE(db.run(one.table) == "");
    const gesta::sqlite_capture<customer> changes(db.handle, "reader");
    CHECK(static_cast<bool>(changes) == (*one.why == '\0'));
    if (*one.why == '\0') continue;
    CHECK(std::strstr(changes.why().describe(), one.why) != nullptr);
    CAPTURE(changes.why().describe());
    CHECK((changes.why().why == gesta::failure::kind::differs || changes.why().why == gesta::failure::kind::corrupt));
  }
  database db;
  CHECK(db.run(tables) == "");
  CHECK(db.run("begin") == "");
  CHECK(gesta::sqlite_capture<customer>(db.handle, "reader").why().why == gesta::failure::kind::busy);
  CHECK(db.run("commit") == "");
  const gesta::sqlite_capture<customer> first(db.handle, "reader");
  CHECK(first);
  CHECK(gesta::sqlite_capture<customer>(db.handle, "other").why().why == gesta::failure::kind::busy);  // one hook
  CHECK(gesta::sqlite_capture<customer>(nullptr, "reader").why().why == gesta::failure::kind::cannot_open);
  database own;
  CHECK(own.run(tables) == "");
  CHECK(own.run("create temp trigger mine after insert on main.customers begin select raise(ignore); end") == "");
  CHECK(std::strstr(gesta::sqlite_capture<customer>(own.handle, "reader").why().describe(), "has temporary triggers of its own") != nullptr);
  CHECK(own.run("insert into customers values(1, 'a', null)") == "");  // nothing is left behind
}

TEST_CASE("a value that its field cannot take stops the reader at that change until it is passed over") {
  database db;
  REQUIRE(db.run(tables) == "");
  gesta::sqlite_capture<customer, line> changes(db.handle, "reader");
  REQUIRE(db.run("insert into customers values(1, 'a', null)") == "");
  REQUIRE(db.run("insert into customers values(2, x'00', null)") == "");
  REQUIRE(db.run("insert into lines values(3, 1, 'dear', null)") == "");
  REQUIRE(db.run("insert into customers values(4, '" + std::string(41, 'x') + "', null)") == "");
  REQUIRE(db.run("insert into customers values(5, 'e', null)") == "");
  std::vector<std::string> told;
  bool good = true;
  CHECK(told_by(changes, told, good) == "customers.name: it holds bytes, and the field is something else");
  CHECK(!good);
  CHECK(changes.why().position == 2);
  CHECK(changes.position().commit == 1);
  CHECK(told_by(changes, told, good) == "customers.name: it holds bytes, and the field is something else");  // and again
  CHECK(changes.skip());
  CHECK(!changes.skip());
  CHECK(told_by(changes, told, good) == "lines.price: it holds a text, and the field is something else");
  CHECK(changes.skip());
  CHECK(told_by(changes, told, good) == "customers.name: the text is longer than the field");
  CHECK(changes.skip());
  CHECK(told_by(changes, told, good) == "");
  CHECK(told == std::vector<std::string>{"+ 1 a -", "+ 5 e -"});
  // A journal that somebody wrote into: no such bytes are a change.
  for (const char* bytes : {"69", "69=", "69=x,", "69=i,", "69=i1", "69=i1-,", "69=i123456789012345678901,", "6=i1,", "69=r00,", "69=t4,", "69=t4G,", "zz=n,", "69=n", "=n"}) {
    CAPTURE(bytes);
    REQUIRE(db.run(std::string("insert into gesta_changes(source, operation, time, after) values('customers', 0, 0, '") + bytes + "')") == "");
    CHECK(told_by(changes, told, good) != "");
    CHECK(!good);
    CHECK(changes.skip());
  }
  CHECK(told.size() == 2);
}

TEST_CASE("a reader goes on where it acknowledged, and two readers do not take from each other") {
  const folder where;
  const std::string path = where / "crm.db";
  std::vector<std::string> told;
  bool good = false;
  {
    database db(path.c_str());
    REQUIRE(db.run(tables) == "");
    gesta::sqlite_capture<customer, line> changes(db.handle, "first");
    CHECK(changes.position() == gesta::source_position{0, 0});
    REQUIRE(db.run("insert into customers values(1, 'a', null), (2, 'b', null)") == "");
    // A visitor that does not take a change gets it again.
    int seen = 0;
    CHECK(changes.poll([&](const auto&) { return ++seen < 2; }).changes() == 1);
    CHECK(changes.acknowledge());
    CHECK(changes.acknowledged() == gesta::source_position{1, 0});
    CHECK(told_by(changes, told, good) == "");
    CHECK(told == std::vector<std::string>{"+ 2 b -"});  // handled, and not acknowledged
  }
  {
    database db(path.c_str());
    { const gesta::sqlite_capture<customer, line> slow(db.handle, "second"); }  // from now on
    gesta::sqlite_capture<customer, line> changes(db.handle, "first");
    told.clear();
    REQUIRE(db.run("insert into customers values(3, 'c', null)") == "");
    CHECK(told_by(changes, told, good) == "");
    CHECK(told == std::vector<std::string>{"+ 2 b -", "+ 3 c -"});
    CHECK(changes.acknowledge());
    CHECK(db.number("select count(*) from gesta_changes") == 1);  // for the second
  }
  database db(path.c_str());
  gesta::sqlite_capture<customer, line> slow(db.handle, "second");
  told.clear();
  CHECK(slow.poll(telling{told}, 0).changes() == 0);
  CHECK(told_by(slow, told, good) == "");
  CHECK(told == std::vector<std::string>{"+ 3 c -"});
  // What a program makes of a change, and that it is done, can be one commit.
  REQUIRE(db.run("begin") == "");
  CHECK(slow.poll(telling{told}).why().why == gesta::failure::kind::busy);
  CHECK(slow.acknowledge());
  REQUIRE(db.run("rollback") == "");
  CHECK(db.number("select count(*) from gesta_changes") == 1);
  CHECK(db.number("select position from gesta_change_readers where name = 'second'") == 2);
  CHECK(slow.forget());
  CHECK(db.number("select count(*) from gesta_change_readers") == 1);
}

TEST_CASE("a statement that ends by FAIL keeps its rows, and their positions are given once") {
  database db;
  REQUIRE(db.run(tables) == "");
  std::vector<std::string> told;
  bool good = true;
  gesta::sqlite_capture<customer, line> changes(db.handle, "reader");
  for (const char* const id : {"1", "2"}) {
    const std::string twice = std::string("(") + id + ", 'a', null)";
    CHECK(db.run("insert or fail into customers values" + twice + ", " + twice) == "UNIQUE constraint failed: customers.id");
    CHECK(told_by(changes, told, good) == "");
    CHECK(changes.acknowledge());
  }
  REQUIRE(db.run("insert into customers values(3, 'c', null)") == "");
  CHECK(told_by(changes, told, good) == "");
  CHECK(told == std::vector<std::string>{"+ 1 a -", "+ 2 a -", "+ 3 c -"});
  CHECK(changes.position().commit == 3);
}

TEST_CASE("texts are read from a file that keeps them in UTF-16") {
  database db;
  REQUIRE(db.run("pragma encoding = 'UTF-16'") == "");
  REQUIRE(db.run(tables) == "");
  std::vector<std::string> told;
  bool good = true;
  gesta::sqlite_capture<customer, line> changes(db.handle, "reader");
  REQUIRE(db.run("insert into customers values(1, 'Bj\xc3\xb6rk', 'Ulm')") == "");
  CHECK(told_by(changes, told, good) == "");
  CHECK(changes.backfill(telling{told}));
  REQUIRE(told.size() == 2);
  CHECK(told[0] == "+ 1 Bj\xc3\xb6rk Ulm");
  CHECK(told[1].find("1 Bj\xc3\xb6rk Ulm") != std::string::npos);
}

TEST_CASE("what comes between the hook and the journal is no silent loss") {
  database db;
  REQUIRE(db.run(tables) == "");
  REQUIRE(db.run("insert into customers values(1, 'a', 'Ulm')") == "");
  std::vector<std::string> told;
  bool good = true;
  {
    gesta::sqlite_capture<customer, line> changes(db.handle, "reader");
    sqlite3_blob* blob = nullptr;
    REQUIRE(sqlite3_blob_open(db.handle, "main", "customers", "city", 1, 1, &blob) == SQLITE_OK);
    REQUIRE(sqlite3_blob_write(blob, "Bon", 3, 0) == SQLITE_OK);
    REQUIRE(sqlite3_blob_close(blob) == SQLITE_OK);
    CHECK(std::strstr(told_by(changes, told, good).c_str(), "sqlite3_blob_write changed a row of customers") != nullptr);
    CHECK(told_by(changes, told, good) == "");  // it was said
    // The table is made anew: with it went what the capture had put there.
    REQUIRE(db.run("drop table customers; create table customers(id integer primary key, name text not null, city text)") == "");
    REQUIRE(db.run("insert into customers values(1, 'unseen', null)") == "");
    CHECK(std::strstr(told_by(changes, told, good).c_str(), "a captured table was made anew") != nullptr);
    REQUIRE(db.run("insert into customers values(2, 'b', null)") == "");
    CHECK(told_by(changes, told, good) == "");
    CHECK(told == std::vector<std::string>{"+ 2 b -"});
    sqlite3_preupdate_hook(db.handle, [](void*, sqlite3*, int, char const*, char const*, sqlite3_int64, sqlite3_int64) {}, nullptr);
    CHECK(db.run("insert into customers values(3, 'c', null)") == "gesta: another pre-update hook was set on this connection, so its changes cannot be captured");
  }
  REQUIRE(db.run("insert into customers values(3, 'c', null)") == "");  // nothing of it is left
  // A table that got another name is written to by nobody until its capture is closed.
  {
    gesta::sqlite_capture<customer, line> changes(db.handle, "reader");
    REQUIRE(db.run("alter table customers rename to clients") == "");
    CHECK(db.run("insert into clients values(4, 'd', null)") == "there is no table customers any more; close its capture");
  }
  CHECK(db.run("insert into clients values(4, 'd', null)") == "");
}

TEST_CASE("a backfill tells what stands in the tables, then the changes, without a gap and none twice") {
  const folder where;
  const std::string path = where / "crm.db";
  database db(path.c_str()), other(path.c_str());
  REQUIRE(db.run("pragma journal_mode = wal") == "");
  REQUIRE(db.run(tables) == "");
  REQUIRE(db.run("insert into customers values(1, 'a', null), (2, 'b', 'Ulm'); insert into lines values(1, 1, 2, null)") == "");
  std::vector<std::string> told;
  bool good = false;
  {
    gesta::sqlite_capture<customer, line> changes(db.handle, "reader", at_noon);
    gesta::sqlite_capture<customer, line> theirs(other.handle, "theirs");  // another program, which writes in the middle
    std::uint64_t index = 0;
    const gesta::captured done = changes.backfill([&](const auto& one) {
      CHECK(one.facts().is_initial);
      CHECK(one.position() == gesta::source_position{1, ++index});
      telling{told}(one);
      if (index == 1) CHECK(other.run("insert into customers values(9, 'z', null); delete from customers where id = 2") == "");
    });
    CHECK(done);
    CHECK(done.changes() == 3);
    CHECK(told_by(changes, told, good) == "");
    CHECK(told == std::vector<std::string>{"+ 1 a -", "+ 2 b Ulm", "+ 1/1 2 -", "+ 9 z -", "- 2 b Ulm"});
    REQUIRE(db.run("update customers set name = 'y'") == "");
    CHECK(changes.poll([](const auto& one) { CHECK((!one.facts().is_initial && one.facts().time == at_noon() && one.position().index == 0)); }).changes() == 2);
    CHECK(changes.acknowledge());
    // One that is not finished has to be made again.
    CHECK(changes.backfill([](const auto&) { return false; }).changes() == 0);
    CHECK(changes.needs_backfill());
  }
  gesta::sqlite_capture<customer, line> changes(db.handle, "reader");
  CHECK(changes.needs_backfill());
  told.clear();
  CHECK(std::strstr(told_by(changes, told, good).c_str(), "a backfill was begun and not finished") != nullptr);
  CHECK(changes.backfill(telling{told}).changes() == 3);
  CHECK(!changes.needs_backfill());
  CHECK(told == std::vector<std::string>{"+ 1 y -", "+ 9 y -", "+ 1/1 2 -"});
  told.clear();
  CHECK(told_by(changes, told, good) == "");
  CHECK(told.empty());
}

TEST_CASE("an image says why a column is not there, and a change answers each operation") {
  using gesta::absence;
  gesta::image<customer> known{customer{1, "a", std::nullopt}};
  CHECK(known.whole()->name == "a");
  CHECK(known.get<"city">() != nullptr);
  CHECK(!known.get<"city">()->has_value());
  known.set(2, absence::unchanged);
  CHECK(known.whole() == nullptr);
  CHECK(known.get<"city">() == nullptr);
  CHECK(known.why<"city">() == absence::unchanged);
  CHECK(known.why<"name">() == absence::present);
  CHECK(*known.get<"name">() == "a");
  CHECK((known.is_known() && !gesta::image<customer>(absence::never_was).is_known()));
  const auto moved = gesta::change<line>::of_updated({1, 1, 2.0, {}}, {1, 2, 2.0, {}}, {{7, 2}, 5, {}, false});
  CHECK(moved.key_changed());
  CHECK(moved.match([](const gesta::inserted<line>&) { return 0; }, [](const gesta::updated<line>& u) { return u.old_key().line * 10 + u.key().line; },
                    [](const gesta::deleted<line>&) { return 0; }, [](const gesta::truncated<line>&) { return 0; }) == 12);
  CHECK(gesta::change<customer>::of_truncated().what() == gesta::operation::truncated);
  CHECK(gesta::change<customer>::of_deleted({3, "c", {}}).key() == 3);
  CHECK((gesta::source_position{1, 9} < gesta::source_position{2, 0} && !(gesta::source_position{2, 0} < gesta::source_position{2, 0})));
}

TEST_CASE("a position has one name as a request, whatever its size") {
  using gesta::detail::change_request;
  const change_request small("crm", {5, 3}), large("crm", {(std::uint64_t{7} << 40) + 5, 3}), wide("crm", {5, (std::uint64_t{1} << 23) + 3});
  CHECK(std::string(small.source) == "change:crm");
  CHECK(small.number == (5 << 23) + 3);
  CHECK(large.number == small.number);
  CHECK(std::string(large.source) == "change:crm:7:0");
  CHECK(std::string(wide.source) == "change:crm:0:1");
  CHECK(wide.number == small.number);
  CHECK(change_request("crm", {(std::uint64_t{1} << 40) - 1, (1 << 23) - 1}).number == ~std::uint64_t{0} >> 1);  // signed, for SQLite
  CHECK(std::strlen(change_request("a listener with an id of thirty", {~std::uint64_t{0}, ~std::uint64_t{0}}).source) < 64);
}

TEST_CASE("changes become commands of a model, and refusals are heard once") {
  database db;
  REQUIRE(db.run(tables) == "");
  gesta::sqlite_capture<customer, line> changes(db.handle, "crm");
  auto app = gesta::start<bank>(gesta::memory_store{});
  std::string heard;
  REQUIRE(db.run("insert into customers values(1, 'a', null); update customers set id = 2; update customers set city = 'Ulm'; delete from customers") == "");
  const crm listener{&heard};
  CHECK(gesta::deliver<crm>(changes, app, listener).changes() == 4);
  CHECK(heard == "refused 2;");  // 2 was never opened: an update only closes
  CHECK(app.state<accounts>(1).changes == 2);
  CHECK(db.number("select count(*) from gesta_changes") == 0);
  // The same again, as after a crash before the acknowledgement: nothing is decided, and nobody hears it.
  gesta::detail::delivering<crm, decltype(app)> again{listener, app};
  CHECK(again(gesta::change<customer>::of_inserted({1, "a", {}}, {{1, 0}, 0, {}, false})));
  CHECK(again(gesta::change<customer>::of_deleted({2, "a", {}}, {{4, 0}, 0, {}, false})));
  CHECK(app.state<accounts>(1).changes == 2);
  CHECK(heard == "refused 2;");
  // A row that a backfill finds is an insertion.
  REQUIRE(db.run("insert into customers values(5, 'e', null)") == "");
  CHECK(gesta::deliver_backfill<crm>(changes, app, listener).changes() == 1);
  CHECK(app.state<accounts>(5).changes == 1);
  CHECK(gesta::deliver<crm>(changes, app, listener).changes() == 0);
  // What was changed and not seen is found by another backfill, though no position was given out since: its rows have positions of their own.
  REQUIRE(db.run("delete from customers; insert into customers values(7, 'g', null)") == "");
  CHECK(gesta::deliver<crm>(changes, app, listener).changes() == 2);
  CHECK(app.state<accounts>(7).changes == 1);
  CHECK(gesta::deliver_backfill<crm>(changes, app, listener).changes() == 1);
  CHECK(gesta::deliver_backfill<crm>(changes, app, listener).changes() == 1);
  CHECK(app.state<accounts>(7).changes == 3);
  // Where the app fails, the change is the next one again.
  gesta::sqlite_store broken{"/there/is/no/such/folder"};
  auto none = gesta::start<bank>(broken);
  REQUIRE(db.run("insert into customers values(6, 'f', null)") == "");
  CHECK(gesta::deliver<crm>(changes, none, listener).why().why == gesta::failure::kind::cannot_open);
  CHECK(changes.position().commit == changes.acknowledged().commit);
  CHECK(gesta::deliver<crm>(changes, app, listener).changes() == 1);
}

namespace {

int steps = 0, dies_at = 0;
void step() {
  if (++steps == dies_at) ::_exit(9);
}

// A source whose program can end at every step.
struct mortal {
  gesta::sqlite_capture<customer, line>& changes;
  using row_list = gesta::sqlite_capture<customer, line>::row_list;
  template <class Visit>
  gesta::captured poll(Visit& visit, std::uint64_t most) {
    return changes.poll([&](const auto& one) {
      step();
      const bool took = visit(one);
      step();
      return took;
    }, most);
  }
  gesta::captured acknowledge() {
    step();
    const gesta::captured done = changes.acknowledge();
    step();
    return done;
  }
};

// One life of a program: it changes the table, as far as it has not yet, and delivers what it finds.
int live(const std::string& path, const std::string& log) {
  sqlite3* handle = nullptr;
  if (sqlite3_open(path.c_str(), &handle) != SQLITE_OK) return 1;
  sqlite3_exec(handle, "pragma synchronous = off", nullptr, nullptr, nullptr);  // what ends are programs, not machines
  gesta::sqlite_capture<customer, line> changes(handle, "crm");
  if (!changes) return 2;
  auto app = gesta::start<bank>(gesta::sqlite_store{.path = log, .level = gesta::durability::process});
  mortal source{changes};
  for (int i = 1; i <= 6; ++i) {
    const std::string sql = "insert or ignore into customers values(" + std::to_string(i) + ", 'a', null)";
    step();
    if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return 3;
    step();
    if (i % 2 == 0 && !gesta::deliver<crm>(source, app)) return 4;
  }
  const bool done = static_cast<bool>(gesta::deliver<crm>(source, app));
  return done ? 0 : 5;  // without an end: as it ends in a crash
}

}  // namespace

TEST_CASE("a program that ends at any step loses nothing and doubles nothing") {
  int points = 0;
  for (int at = 1;; ++at) {
    const folder where;
    const std::string path = where / "crm.db", log = where / "bank.db";
    {
      database db(path.c_str());
      REQUIRE(db.run(tables) == "");
      const gesta::sqlite_capture<customer, line> made(db.handle, "crm");
    }
    int result = 9;
    for (int life = 0; result == 9; ++life) {
      REQUIRE(life < 100);
      const pid_t child = ::fork();
      if (child == 0) {
        dies_at = life < 3 ? at : 0;  // again and again at this step
        ::_exit(live(path, log));
      }
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      REQUIRE(WIFEXITED(status));
      result = WEXITSTATUS(status);
      if (life == 0 && result == 0) at = -1;  // there are no more steps
    }
    CAPTURE(at);
    CHECK(result == 0);
    auto app = gesta::start<bank>(gesta::sqlite_store{.path = log.c_str()});
    for (int i = 1; i <= 6; ++i) CHECK(app.state<accounts>(i).changes == 1);
    CHECK(app.last_position() == 6);
    if (at < 0) break;
    ++points;
  }
  CHECK(points >= 20);
  MESSAGE("ended at each of ", points, " steps, three times each");
}
