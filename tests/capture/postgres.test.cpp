#include <doctest/doctest.h>

#include <gesta/gesta.hpp>

#include <gesta/capture/deliver.hpp>
#include <gesta/capture/postgres.hpp>
#include <gesta/store/sqlite.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "../folder.hpp"
#include "../servers/postgres.hpp"
#include "rows.hpp"

namespace {

postgres_server& server() {
  static postgres_server one({"wal_level=logical", "max_replication_slots=20", "max_wal_senders=20"});
  return one;
}

struct database {
  PGconn* connection = PQconnectdb(server().address().c_str());

  database() {
    REQUIRE(PQstatus(connection) == CONNECTION_OK);
    PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);
  }
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() { PQfinish(connection); }

  /// What the server says; empty when all went well.
  std::string run(const std::string& sql) const {
    PGresult* const result = PQexec(connection, sql.c_str());
    const char* const words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string said = words != nullptr ? words : PQresultStatus(result) == PGRES_FATAL_ERROR ? "lost" : "";
    PQclear(result);
    return said;
  }
  std::string run_each(const std::vector<std::string>& statements) const {
    std::string said;
    for (const std::string& one : statements)
      if (const std::string words = run(one); !words.empty()) said += (said.empty() ? "" : "; ") + words;
    return said;
  }
  std::string value(const std::string& sql) const {
    PGresult* const result = PQexec(connection, sql.c_str());
    const std::string found = PQntuples(result) == 1 ? PQgetvalue(result, 0, 0) : PQerrorMessage(connection);
    PQclear(result);
    return found;
  }
};

gesta::postgres_source source(const std::string& slot = "reader") {
  return {.address = server().address(), .slot = slot, .publication = "crm", .patience_milliseconds = 20'000};
}

const char* const tables =
    "drop publication if exists crm; drop table if exists customers, lines, others, clients cascade;"
    "create table customers(id bigint primary key, name text not null, city text);"
    "create table lines(book bigint not null, line int not null, price double precision, note bytea, primary key(book, line));"
    "create table others(n int primary key)";

// Texts of 4000 bytes that are not compressed lie apart from their row.
const std::string large = "(select string_agg(md5(i::text), '') from generate_series(1, 125) i)";
const std::string shown_large = "LARGE";

struct script {
  const char* name;
  std::vector<std::string> before;
  std::vector<std::string> sql;
  std::vector<std::string> told;
};

const script scripts[] = {
    {"a row comes, becomes another one and goes: of the old row the server tells nothing, or its key", {},
     {"insert into customers values(1, 'ann', 'Ulm')", "update customers set city = null", "delete from customers where id = 1"},
     {"+ 1 ann Ulm", "(not told) -> 1 ann -", "- 1 (not told) (not told)"}},
    {"with the full identity the old row is told", {"alter table customers replica identity full", "insert into customers values(1, 'ann', null)"},
     {"update customers set city = 'Ulm'", "delete from customers"}, {"1 ann - -> 1 ann Ulm", "- 1 ann Ulm"}},
    {"an empty text is no NULL", {}, {"insert into customers values(1, '', ''), (2, '', null)"}, {"+ 1  ", "+ 2  -"}},
    {"what is rolled back is not told", {}, {"begin", "insert into customers values(1, 'a', null)", "rollback", "insert into customers values(2, 'b', null)"}, {"+ 2 b -"}},
    {"what is rolled back to a savepoint is not told", {},
     {"begin", "insert into customers values(1, 'a', null)", "savepoint s", "insert into customers values(2, 'b', null)", "rollback to s", "insert into customers values(3, 'c', null)", "commit"},
     {"+ 1 a -", "+ 3 c -"}},
    {"an upsert is an update", {"insert into customers values(1, 'a', null)"}, {"insert into customers values(1, 'b', null) on conflict(id) do update set name = excluded.name"},
     {"(not told) -> 1 b -"}},
    {"a changed key is one update with both", {"insert into customers values(1, 'a', null)"}, {"update customers set id = 9"}, {"1 (not told) (not told) -> 9 a - (key 1 -> 9)"}},
    {"a key of two columns", {}, {"insert into lines values(1, 1, 2.5, '\\x00ff')", "update lines set line = 2", "delete from lines"},
     {"+ 1/1 2.5 00ff", "1/1 (not told) (not told) -> 1/2 2.5 00ff (key 1/1 -> 1/2)", "- 1/2 (not told) (not told)"}},
    {"a key by the index that its owner chose", {"alter table customers drop constraint customers_pkey", "create unique index by_id on customers(id)", "alter table customers alter id set not null",
                                                 "alter table customers replica identity using index by_id", "insert into customers values(1, 'a', null)"},
     {"delete from customers"}, {"- 1 (not told) (not told)"}},
    {"an update that changes nothing is a change", {"insert into customers values(1, 'a', null)"}, {"update customers set name = name"}, {"(not told) -> 1 a -"}},
    {"truncation is one change of each table that is named", {"insert into customers values(1, 'a', null)"}, {"truncate others, lines, customers"}, {"* lines", "* customers"}},
    {"a deletion of all tells each row", {"insert into customers values(1, 'a', null), (2, 'b', null)"}, {"delete from customers"}, {"- 1 (not told) (not told)", "- 2 (not told) (not told)"}},
    {"tables keep the order of their changes in a transaction", {},
     {"begin", "insert into customers values(1, 'a', null)", "insert into lines values(1, 1, 1, null)", "insert into others values(1)", "update customers set name = 'b'", "commit"},
     {"+ 1 a -", "+ 1/1 1 -", "(not told) -> 1 b -"}},
    {"a large value that a change leaves alone is not sent, which is not NULL",
     {"alter table customers alter city set storage external", "insert into customers values(1, 'a', " + large + ")"},
     {"update customers set name = 'b'", "update customers set city = null", "update customers set city = " + large}, {"(not told) -> 1 b (unchanged)", "(not told) -> 1 b -", "(not told) -> 1 b LARGE"}},
    {"with the full identity it is taken from the old row",
     {"alter table customers alter city set storage external", "alter table customers replica identity full", "insert into customers values(1, 'a', " + large + ")"},
     {"update customers set name = 'b'"}, {"1 a LARGE -> 1 b LARGE"}},
    {"columns that come later are passed over", {"insert into customers values(1, 'a', null)"}, {"alter table customers add age int default 7", "insert into customers values(2, 'b', null, 8)"}, {"+ 2 b -"}},
    {"a column that went is not there, and that is not NULL", {}, {"insert into customers values(1, 'a', 'Ulm')", "alter table customers drop city", "insert into customers values(2, 'b')"},
     {"+ 1 a Ulm", "+ 2 b (no column)"}},
    {"a column that got another name is not there", {}, {"insert into customers values(1, 'a', 'Ulm')", "alter table customers rename city to town", "insert into customers values(2, 'b', 'Bonn')"},
     {"+ 1 a Ulm", "+ 2 b (no column)"}},
    {"a table in which a row is altered within one transaction", {}, {"begin", "insert into customers values(1, 'a', 'Ulm')", "alter table customers drop city", "insert into customers values(2, 'b')", "commit"},
     {"+ 1 a Ulm", "+ 2 b (no column)"}},
    {"a table of the same name elsewhere is another one", {"create schema if not exists elsewhere", "drop table if exists elsewhere.customers", "create table elsewhere.customers(id bigint primary key, name text not null)",
                                                            "alter publication crm add table elsewhere.customers"},
     {"insert into elsewhere.customers values(5, 'x')", "insert into customers values(1, 'a', null)"}, {"+ 1 a -"}},
    {"a statement of many rows", {}, {"insert into lines select 1, i, null, null from generate_series(1, 3) i"}, {"+ 1/1 - -", "+ 1/2 - -", "+ 1/3 - -"}},
};

struct misfit {
  const char* name;
  const char* sql;
  const char* why;
};
const misfit misfits[] = {
    {"no table", "drop table customers", "there is no table customers"},
    {"not published", "alter publication crm drop table customers", "customers: the table is not in the publication crm"},
    {"no publication", "drop publication crm", "there is no publication crm"},
    {"an operation is left out", "alter publication crm set (publish = 'insert, update, delete')", "the publication crm leaves operations out"},
    {"no column", "alter table customers drop city", "customers.city: there is no such column"},
    {"number where a text is wanted", "alter table customers alter name type int using 0", "customers.name: the column is integer, and the field is a text"},
    {"text where a number is wanted", "alter table customers alter id type text", "customers.id: the column is text, and the field is an integer"},
    {"a wider number than the field", "alter table lines alter line type bigint", "lines.line: the column is bigint, and the field is an integer or too small"},
    {"NULL where the field cannot be", "alter table customers alter name drop not null", "customers.name: the column can be NULL, and the field cannot"},
    {"no primary key", "alter table customers drop constraint customers_pkey", "customers: its replica identity has 0 columns, and the key of the row has 1"},
    {"another primary key", "alter table customers drop constraint customers_pkey, add primary key(name)", "customers.id: it is a part of the key of the row, and not of the replica identity"},
    {"no identity", "alter table customers replica identity nothing", "customers: the table has REPLICA IDENTITY NOTHING"},
    {"a generated column", "alter table customers drop city, add city text generated always as (name) stored", "customers.city: a generated column is not sent by the server"},
};

using both = gesta::postgres_capture<customer, line>;

std::vector<std::string> told_by(both& changes, std::string& why, std::uint64_t most = ~std::uint64_t{0}) {
  std::vector<std::string> told;
  const gesta::captured polled = changes.poll(telling{told}, most);
  why = polled.why().describe();
  for (std::string& one : told)
    for (std::size_t at; (at = one.find("c4ca4238a0b923820dcc509a6f75849b")) != std::string::npos && one.size() >= at + 4000;) one.replace(at, 4000, shown_large);
  return told;
}

void make_tables(const database& db) {
  REQUIRE(db.run(tables) == "");
  REQUIRE(db.run("create publication crm for table customers, lines, others") == "");
}

}  // namespace

TEST_CASE("what is committed is told in its order, as far as the server tells it") {
  postgres_server::needed_by("capture/postgres");
  const database db;
  for (const script& one : scripts) {
    CAPTURE(one.name);
    make_tables(db);
    REQUIRE(db.run_each(one.before) == "");
    both changes(source());
    REQUIRE_MESSAGE(changes, changes.why().describe());
    REQUIRE(changes.needs_backfill());
    std::string why;
    CHECK(told_by(changes, why).empty());
    CHECK(why == "there is no slot reader: backfill, or begin from_now");
    REQUIRE(changes.from_now());
    CHECK(db.run_each(one.sql) == "");
    CHECK(told_by(changes, why) == one.told);
    CHECK(why == "");
    CHECK(changes.acknowledge());
    CHECK(told_by(changes, why).empty());
    CHECK(changes.forget());
  }
}

TEST_CASE("a table that is not what its row says is refused when it is opened, with table, column and kind") {
  const database db;
  for (const misfit& one : misfits) {
    CAPTURE(one.name);
    make_tables(db);
    REQUIRE(db.run(one.sql) == "");
    const both changes(source());
    CHECK(!changes);
    CAPTURE(changes.why().describe());
    CHECK(std::strstr(changes.why().describe(), one.why) != nullptr);
    CHECK(changes.why().why == gesta::failure::kind::differs);
  }
  make_tables(db);
  // Nothing that is said holds a password.
  for (const char* address : {"host=/there/is/none password=secret", "password='secret", "postgres://gesta:secret@[/x"}) {
    const both changes({.address = address, .slot = "reader", .publication = "crm"});
    CHECK(!changes);
    CHECK(changes.why().why == gesta::failure::kind::cannot_open);
    CHECK(std::strstr(changes.why().describe(), "secret") == nullptr);
  }
}

TEST_CASE("a change that does not fit stops the reader until it is passed over") {
  const database db;
  make_tables(db);
  both changes(source());
  REQUIRE(changes.from_now());
  REQUIRE(db.run("insert into customers values(1, 'a', null)") == "");
  REQUIRE(db.run("insert into customers values(2, repeat('x', 41), null)") == "");
  REQUIRE(db.run("alter table lines alter price type text") == "");
  REQUIRE(db.run("insert into lines values(3, 1, 'dear', null)") == "");
  REQUIRE(db.run("alter table customers drop name") == "");
  REQUIRE(db.run("insert into customers values(4, null)") == "");
  REQUIRE(db.run("delete from customers where id = 1") == "");
  std::string why;
  CHECK(told_by(changes, why) == std::vector<std::string>{"+ 1 a -"});
  CHECK(why == "customers.name: the text is longer than the field");
  CHECK(told_by(changes, why).empty());
  CHECK(why == "customers.name: the text is longer than the field");
  CHECK(changes.skip());
  CHECK(!changes.skip());
  CHECK(told_by(changes, why).empty());
  CHECK(why == "lines.price: the column has another type by now, and the field cannot be that");
  CHECK(changes.skip());
  CHECK(told_by(changes, why).empty());
  CHECK(why == "customers.name: the table had no such column when this was changed; make the field a std::optional, or pass over the change");
  CHECK(changes.skip());
  CHECK(told_by(changes, why).empty());  // the deletion: it too says that there is no name
  CHECK(changes.skip());
  CHECK(told_by(changes, why).empty());
  CHECK(why == "");
  CHECK(changes.forget());
}

TEST_CASE("positions are those of commits, whatever was begun first, and the same when a change comes again") {
  const database db, slow;
  make_tables(db);
  std::vector<std::pair<gesta::source_position, std::int64_t>> first, again;
  const auto note = [](auto& to) {
    return [&to](const auto& one) {
      if constexpr (requires { one.key() + 1; }) to.push_back({one.position(), one.key()});
      CHECK(one.facts().transaction != 0);
      CHECK(one.facts().time.nanoseconds > 1'600'000'000'000'000'000);
      CHECK(!one.facts().is_initial);
    };
  };
  {
    both changes(source());
    REQUIRE(changes.from_now());
    REQUIRE(slow.run("begin; insert into customers values(1, 'slow', null)") == "");
    REQUIRE(db.run("begin; insert into customers values(2, 'a', null), (3, 'b', null); insert into others values(1); insert into customers values(4, 'c', null); commit") == "");
    REQUIRE(slow.run("commit") == "");
    CHECK(changes.poll(note(first)).changes() == 4);
  }  // ends without an acknowledgement
  both changes(source());
  CHECK(!changes.needs_backfill());
  // A part, then the rest: of a transaction that was not delivered to its end nothing is acknowledged.
  CHECK(changes.poll(note(again), 2).changes() == 2);
  CHECK(changes.acknowledge());
  CHECK(changes.poll(note(again)).changes() == 2);
  CHECK(first == again);
  REQUIRE(first.size() == 4);
  CHECK(first[3].second == 1);  // it committed last
  for (std::size_t i = 1; i < first.size(); ++i) CHECK(first[i - 1].first < first[i].first);
  CHECK((first[0].first.commit == first[2].first.commit && first[2].first.index == 4));  // the third is of a table that nobody asked for
  CHECK(changes.forget());
}

TEST_CASE("a stream that is cut goes on, and a part of a transaction does not come twice in one program") {
  const database db;
  make_tables(db);
  std::string why;
  both changes(source());
  REQUIRE(changes.from_now());
  const auto cut = [&] { return db.value("select count(pg_terminate_backend(pid)) from pg_stat_replication"); };
  for (int at = 0; at <= 3; ++at) {
    CAPTURE(at);
    REQUIRE(db.run("truncate customers; insert into customers values(1, 'a', null), (2, 'b', null), (3, 'c', null)") == "");
    std::vector<std::string> told = told_by(changes, why, static_cast<std::uint64_t>(at) + 1);
    CHECK(why == "");
    CHECK(cut() == "1");
    for (std::string& one : told_by(changes, why)) told.push_back(one);  // found out, and made anew
    CHECK(why == "");
    CHECK(told == std::vector<std::string>{"* customers", "+ 1 a -", "+ 2 b -", "+ 3 c -"});
    CHECK(changes.acknowledge());
  }
  // While it polls: the poll fails, the next one goes on.
  REQUIRE(db.run("insert into customers values(4, 'd', null); insert into customers values(5, 'e', null)") == "");
  REQUIRE(db.run("insert into lines select 1, i, null, null from generate_series(1, 20000) i") == "");
  std::vector<std::string> told;
  std::uint64_t lines = 0;
  const auto visit = [&](const auto& one) {
    if constexpr (requires { one.key() + 1; }) {
      telling{told}(one);
      cut();
    } else {
      CHECK(one.key().line == static_cast<int>(++lines));
    }
  };
  int polls = 1;
  while (!changes.poll(visit)) REQUIRE(++polls < 10);
  CHECK(told == std::vector<std::string>{"+ 4 d -", "+ 5 e -"});
  CHECK(lines == 20000);
  CHECK(changes.acknowledge());
  // The server stops in order, at once, and by a kill.
  for (const auto how : {postgres_server::stopping::fast, postgres_server::stopping::immediate, postgres_server::stopping::killed}) {
    CAPTURE(static_cast<int>(how));
    {
      const database now;
      REQUIRE(now.run("delete from customers; insert into customers values(6, 'f', null), (7, 'g', null)") == "");
      // A server that stops in order waits until its readers have all, or this long.
      REQUIRE(now.run("alter system set wal_sender_timeout = '500ms'") == "");
      REQUIRE(now.run("select pg_reload_conf()") == "");
    }
    REQUIRE(told_by(changes, why, 1).size() == 1);
    server().stop(how);
    CHECK(!changes.poll(visit));
    CHECK((changes.why().why == gesta::failure::kind::input_output || changes.why().why == gesta::failure::kind::cannot_open));
    server().start();
    {
      const database now;
      REQUIRE(now.run("alter system reset wal_sender_timeout") == "");
      REQUIRE(now.run("select pg_reload_conf()") == "");
    }
    told.clear();
    for (polls = 0; !changes.poll(visit); ++polls) REQUIRE(polls < 10);
    REQUIRE(told.size() >= 2);
    CHECK(told[told.size() - 2] == "+ 6 f -");
    CHECK(told[told.size() - 1] == "+ 7 g -");
    CHECK(changes.acknowledge());
  }
  CHECK(changes.forget());
}

TEST_CASE("a backfill tells what stands in the tables, then the changes, without a gap and none twice") {
  const database db;
  make_tables(db);
  REQUIRE(db.run("insert into customers values(1, 'a', null), (2, 'b', 'Ulm'); insert into lines values(1, 1, 2.5, '\\x00ff')") == "");
  std::vector<std::string> told;
  std::string why;
  both changes(source());
  std::uint64_t index = 0;
  gesta::source_position last;
  const gesta::captured done = changes.backfill([&](const auto& one) {
    CHECK(one.facts().is_initial);
    CHECK(one.position().index == ++index);
    last = one.position();
    telling{told}(one);
    if (index == 1) CHECK(db.run("insert into customers values(9, 'z', null); delete from customers where id = 2") == "");
  });
  CHECK(std::string(done.why().describe()) == "");
  CHECK(done.changes() == 3);
  CHECK(told == std::vector<std::string>{"+ 1 a -", "+ 2 b Ulm", "+ 1/1 2.5 00ff"});
  CHECK(told_by(changes, why) == std::vector<std::string>{"+ 9 z -", "- 2 (not told) (not told)"});
  CHECK(last < changes.position());
  CHECK(changes.backfill(telling{told}).why().why == gesta::failure::kind::conflict);
  // One that does not come to its end leaves nothing.
  CHECK(changes.forget());
  CHECK(changes.backfill([](const auto&) { return false; }).changes() == 0);
  CHECK(changes.needs_backfill());
  CHECK(db.value("select count(*) from pg_replication_slots") == "0");
  REQUIRE(db.run("alter table customers alter city type varchar(9)") == "");
  REQUIRE(db.run("insert into customers values(8, repeat('x', 41), null)") == "");
  CHECK(std::strstr(changes.backfill(telling{told}).why().describe(), "customers.name: the text is longer than the field") != nullptr);
  CHECK(db.value("select count(*) from pg_replication_slots") == "0");
  // Somebody drops the slot: that is told, and not taken for a new reader.
  CHECK(changes.from_now());
  CHECK(changes.poll(telling{told}).changes() == 0);
  CHECK(db.value("select count(pg_terminate_backend(pid)) from pg_stat_replication") == "1");
  for (int i = 0; i < 1000 && db.run("select pg_drop_replication_slot('reader')") != ""; ++i) ::usleep(1000);
  CHECK(told_by(changes, why).empty());
  CHECK(std::strstr(why.c_str(), "somebody dropped the slot reader") != nullptr);
  CHECK(changes.needs_backfill());
}

TEST_CASE("a table in partitions is one table, where the publication says so") {
  const database db;
  make_tables(db);
  REQUIRE(db.run("drop table customers; create table customers(id bigint primary key, name text not null, city text) partition by range(id);"
                 "create table low partition of customers for values from (0) to (10); create table high partition of customers for values from (10) to (20);"
                 "drop publication crm; create publication crm for table customers with (publish_via_partition_root = true);"
                 "insert into customers values(1, 'a', null), (11, 'b', null)") == "");
  gesta::postgres_capture<customer> changes(source());
  REQUIRE_MESSAGE(changes, changes.why().describe());
  std::vector<std::string> told;
  CHECK(changes.backfill(telling{told}));
  REQUIRE(db.run("update customers set id = 5 where id = 11") == "");  // PostgreSQL moves it
  CHECK(changes.poll(telling{told}));
  CHECK(told == std::vector<std::string>{"+ 1 a -", "+ 11 b -", "- 11 (not told) (not told)", "+ 5 b -"});
  CHECK(changes.forget());
}

TEST_CASE("as it is documented") {
  const database db;
  make_tables(db);
  std::vector<std::string> told;
  const telling visitor{told};
  const std::string address = server().address();
  REQUIRE(db.run("insert into customers values(1, 'a', null)") == "");
  {
    // [documented]
    const gesta::postgres_source from{.address = address, .slot = "welcome", .publication = "welcome"};
    bool good = static_cast<bool>(gesta::publish_tables<customer>(from));  // once; or the owner of the database does it
    gesta::postgres_capture<customer> changes(from);
    if (!changes) std::printf("%s\n", changes.why().describe());
    if (good && changes.needs_backfill()) good = static_cast<bool>(changes.backfill(visitor));  // or changes.from_now()
    if (good) good = static_cast<bool>(changes.poll(visitor));  // all that was committed before the call
    if (good) good = static_cast<bool>(changes.acknowledge());  // the server need not keep it any longer
    // [/documented]
    CHECK(good);
    CHECK(changes.forget());
  }
  CHECK(told == std::vector<std::string>{"+ 1 a -"});
  CHECK(db.run("drop publication welcome") == "");
}

TEST_CASE("a large transaction is told when it is committed, and what is open keeps nobody waiting") {
  const database db, other;
  make_tables(db);
  std::string why;
  both changes(source());
  REQUIRE(changes.from_now());
  REQUIRE(db.run("begin; insert into lines select 1, i, i, null from generate_series(1, 50000) i") == "");
  REQUIRE(other.run("insert into customers values(1, 'a', null)") == "");
  CHECK(told_by(changes, why) == std::vector<std::string>{"+ 1 a -"});
  REQUIRE(db.run("commit") == "");
  std::uint64_t count = 0;
  std::vector<std::uint64_t> indices;
  CHECK(changes.poll([&](const auto& one) {
    ++count;
    if (one.position().index != count) indices.push_back(one.position().index);
  }).changes() == 50000);
  CHECK(indices.empty());
  CHECK(changes.acknowledge());
  // What concerns nobody is acknowledged too, so that the server does not keep it.
  REQUIRE(db.run("insert into others select generate_series(1, 1000)") == "");
  CHECK(told_by(changes, why).empty());
  CHECK(changes.acknowledge());
  bool is_told = false;
  for (int i = 0; i < 2000 && !is_told; ++i) {
    is_told = db.value("select confirmed_flush_lsn >= pg_lsn('" + db.value("select pg_current_wal_flush_lsn()") + "') - 1000000 from pg_replication_slots") == "t";
    if (!is_told) ::usleep(1000);
  }
  CHECK(is_told);
  CHECK(changes.forget());
}

namespace {

int steps = 0, dies_at = 0;
void step() {
  if (++steps == dies_at) ::_exit(9);
}

struct mortal {
  both& changes;
  using row_list = both::row_list;
  template <class Visit>
  gesta::captured poll(Visit& visit, std::uint64_t) {
    return changes.poll([&](const auto& one) {
      step();
      const bool took = visit(one);
      step();
      return took;
    }, 2);  // in the middle of transactions too
  }
  gesta::captured acknowledge() {
    step();
    const gesta::captured done = changes.acknowledge();
    step();
    return done;
  }
};

int live(const std::string& log) {
  both changes(source("mortal"));
  if (!changes) return 2;
  auto app = gesta::start<bank>(gesta::sqlite_store{.path = log, .level = gesta::durability::process});  // what ends are programs, not machines
  mortal source{changes};
  for (int i = 0; i < 100; ++i) {
    const gesta::captured done = gesta::deliver<crm>(source, app);
    if (!done) return 4;
    if (done.changes() == 0) return 0;
  }
  return 5;
}

}  // namespace

TEST_CASE("a program that ends at any step loses nothing and doubles nothing") {
  database db;
  make_tables(db);
  {
    both made(source("mortal"));
    REQUIRE(made.from_now());
  }
  const folder where;
  const std::string log = where / "bank.db";
  int points = 0, id = 0;
  for (bool all_done = false; !all_done;) {
    REQUIRE(points < 200);
    const int first = id + 1;
    for (int transaction = 0; transaction < 3; ++transaction) {
      std::string sql = "begin; ";
      for (int i = 0; i < 3; ++i) sql += "insert into customers values(" + std::to_string(++id) + ", 'a', null); ";
      REQUIRE(db.run(sql + "commit") == "");
    }
    int result = 9;
    for (int life = 0; result == 9; ++life) {
      REQUIRE(life < 100);
      std::fflush(stdout);
      const pid_t child = ::fork();
      if (child == 0) {
        steps = 0;
        dies_at = life < 2 ? points + 1 : 0;
        const int code = live(log);
        ::_exit(code);
      }
      int status = 0;
      REQUIRE(::waitpid(child, &status, 0) == child);
      REQUIRE(WIFEXITED(status));
      result = WEXITSTATUS(status);
      all_done = life == 0 && result == 0;  // there are no more steps
    }
    CAPTURE(points);
    CHECK(result == 0);
    auto app = gesta::start<bank>(gesta::sqlite_store{.path = log});
    for (int i = first; i <= id; ++i) CHECK(app.state<accounts>(i).changes == 1);
    CHECK(app.last_position() == static_cast<std::uint64_t>(id));
    points += !all_done;
  }
  MESSAGE("ended at each of ", points, " steps, twice each");
  CHECK(points >= 24);
  both changes(source("mortal"));
  CHECK(changes.forget());
}
