// The PostgreSQL store: what is particular to it. That it keeps the laws of all stores is tests/testing/laws/store_postgres.
#include <gesta/gesta.hpp>
#include <gesta/store/postgres.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "postgres_logs.hpp"

namespace {

struct deposited { std::int64_t cents; static constexpr auto id = "bank.deposited"; };
struct noted { std::string words; static constexpr auto id = "bank.noted"; };
struct deposit { std::int64_t cents; };
struct note { std::string words; };
struct account { std::int64_t cents = 0; std::string words; };
void evolve(account& a, const deposited& e) { a.cents += e.cents; }
void evolve(account& a, const noted& e) { a.words += e.words; }
auto decide(const account&, const deposit& c) -> gesta::emits<deposited> { return deposited{c.cents}; }
auto decide(const account&, const note& c) -> gesta::emits<noted> { return noted{c.words}; }
struct accounts : gesta::aggregate<account, gesta::commands<deposit, note>> { static constexpr auto id = "bank.account"; };

struct place { std::int16_t row; std::uint8_t seat; };
struct taken { static constexpr auto id = "hall.taken"; };
struct take {};
struct sit {};
struct seat { int times = 0; };
void evolve(seat& s, const taken&) { ++s.times; }
auto decide(const seat&, const take&) -> gesta::emits<taken> { return taken{}; }
auto decide(const seat&, const sit&) -> gesta::emits<taken> { return taken{}; }
struct seats : gesta::aggregate<seat, gesta::commands<take>> { static constexpr auto id = "hall.seat"; using key = place; };
struct rows : gesta::aggregate<seat, gesta::commands<sit>> { static constexpr auto id = "hall.row"; using key = std::int32_t; };

struct bank : gesta::model<accounts, seats, rows> {};

using kind = gesta::failure::kind;
using log_of_bank = gesta::postgres_store::log<bank>;
static_assert(gesta::log_in_units<log_of_bank> && gesta::log_that_erases<log_of_bank> && gesta::log_with_incarnations<log_of_bank> &&
              gesta::log_that_filters<log_of_bank> && gesta::log_for_readers<log_of_bank>);

template <class Outcome>
std::string said(const Outcome& outcome) {
  return outcome.match([](const auto&) { return std::string("done"); },
                       [](const gesta::failure& f) { return std::to_string(static_cast<int>(f.why)) + ' ' + f.describe(); });
}
template <class Outcome>
int why(const Outcome& outcome) {
  return outcome.match([](const auto&) { return -1; }, [](const gesta::failure& f) { return static_cast<int>(f.why); });
}

}  // namespace

TEST_CASE("psql reads who and what stands in the tables") {
  const fresh in;
  auto app = gesta::start<bank>(in.store());
  REQUIRE(said(app.handle("alice", deposit{100})) == "done");
  REQUIRE(said(app.handle("alice", note{"hello"})) == "done");
  REQUIRE(said(app.handle(-7, sit{})) == "done");
  REQUIRE(said(app.handle(place{3, 4}, take{})) == "done");
  CHECK(in("select string_agg(position || ' ' || aggregate || ' ' || key || ' ' || version || ' ' || event, ', ' order by position) from ledger") ==
        "1 bank.account alice 1 bank.deposited, 2 bank.account alice 2 bank.noted, 3 hall.row -7 1 hall.taken, 4 hall.seat \\x800304 1 hall.taken");
  CHECK(in("select count(*) from ledger where time > now() - interval '1 minute' and correlation = causation") == "4");
  CHECK(in("select string_agg(key || ' ' || version || ' ' || last, ', ' order by stream) from streams") == "alice 2 2, -7 1 3, \\x800304 1 4");
  CHECK(in("select form from types where id = 'bank.noted'") != "");
}

TEST_CASE("keys of any bytes come back") {
  const fresh in;
  const std::vector<std::string> keys = {"", "plain", "\\x", "\\x00", "\\\\x", std::string("a\0b", 3), "\xff\xfe", "\xc3\xa4", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                         "\xe2\x82\xac", "\xf0\x9f\x98\x80", std::string("\0", 1), "'; drop table events; --"};
  {
    auto app = gesta::start<bank>(in.store());
    for (std::size_t i = 0; i < keys.size(); ++i) REQUIRE(said(app.handle(keys[i], deposit{static_cast<std::int64_t>(i + 1)})) == "done");
    for (const std::int32_t row : {0, -1, 1, 2147483647, -2147483647 - 1}) REQUIRE(said(app.handle(row, sit{})) == "done");
  }
  auto app = gesta::start<bank>(in.store());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    CHECK(app.state<accounts>(keys[i]).cents == static_cast<std::int64_t>(i + 1));
    REQUIRE(said(app.handle(keys[i], deposit{100})) == "done");
    CHECK(app.version<accounts>(keys[i]) == 2);
  }
  for (const std::int32_t row : {0, -1, 1, 2147483647, -2147483647 - 1}) CHECK(app.state<rows>(row).times == 1);
  CHECK(in("select count(*) from streams") == std::to_string(keys.size() + 5));
  CHECK(in("select string_agg(key, ' ' order by stream) from streams where aggregate = (select type from types where id = 'hall.row')") ==
        "0 -1 1 2147483647 -2147483648");
}

TEST_CASE("several logs live in one database, each with a lock of its own") {
  const fresh here, there;
  auto one = gesta::start<bank>(here.store()), other = gesta::start<bank>(there.store());
  auto open = one.batch();
  REQUIRE(said(open.handle("a", deposit{1})) == "done");
  CHECK(said(other.handle("a", deposit{2})) == "done");
  REQUIRE(open.commit());
  CHECK(one.state<accounts>("a").cents == 1);
  CHECK(other.state<accounts>("a").cents == 2);
  CHECK_FALSE(one.incarnation() == other.incarnation());
}

TEST_CASE("who waits longer than his patience is told that it is busy, and goes on afterwards") {
  const fresh in;
  auto one = gesta::start<bank>(in.store());
  auto impatient = in.store();
  impatient.patience_milliseconds = 20;
  auto two = gesta::start<bank>(impatient);
  auto open = one.batch();
  REQUIRE(said(open.handle("a", deposit{1})) == "done");
  CHECK(why(two.handle("a", deposit{1})) == static_cast<int>(kind::busy));
  CHECK(two.broken() == nullptr);
  REQUIRE(open.commit());
  CHECK(said(two.handle("a", deposit{2})) == "done");
  CHECK(two.state<accounts>("a").cents == 3);
}

TEST_CASE("a schema of something else is refused and stays as it is") {
  const fresh in;
  sql("create schema " + in.schema + "; create table " + in.schema + ".streams(mine integer)");
  auto app = gesta::start<bank>(in.store());
  CHECK(why(app.handle("a", deposit{1})) == static_cast<int>(kind::cannot_open));
  CHECK(sql("select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = '" + in.schema + "'") == "1");
}

TEST_CASE("a log that a newer gesta made is refused") {
  const fresh in;
  (void)gesta::start<bank>(in.store());
  in("update gesta_format set format = 2");
  auto app = gesta::start<bank>(in.store());
  CHECK(said(app.handle("a", deposit{1})).find("newer") != std::string::npos);
}

TEST_CASE("no secret stands in what is said about an address") {
  const fresh in;
  auto wrong = in.store();
  for (const char* address : {"host=/nowhere password=sesame user=me", "postgresql://me:sesame@/nowhere?x=", "password=sesame nonsense sesame", "host=sesame'"}) {
    wrong.address = address;
    wrong.patience_milliseconds = 1;
    auto app = gesta::start<bank>(wrong);
    const std::string words = said(app.handle("a", deposit{1}));
    CHECK(words.find(std::to_string(static_cast<int>(kind::cannot_open)) + ' ') == 0);
    if (std::string(address) != "host=sesame'") CHECK_MESSAGE(words.find("sesame") == std::string::npos, words);
  }
}

TEST_CASE("a connection that was cut between two units is made anew, and nothing was lost") {
  const fresh in;
  auto app = gesta::start<bank>(in.store());
  REQUIRE(said(app.handle("a", deposit{1})) == "done");
  cut_connections();
  CHECK(said(app.handle("a", deposit{2})) == "done");
  CHECK(app.state<accounts>("a").cents == 3);
  auto reader = gesta::reader<bank>(in.store());
  cut_connections();
  int seen = 0;
  CHECK(reader.read({}, [&](const auto&, const gesta::about&) { ++seen; }));
  CHECK(seen == 2);
}

TEST_CASE("a unit whose connection is cut has failed, and the next one goes on with what is kept") {
  const fresh in;
  auto app = gesta::start<bank>(in.store());
  REQUIRE(said(app.handle("a", deposit{1})) == "done");
  {
    auto open = app.batch();
    REQUIRE(said(open.handle("a", deposit{10})) == "done");
    REQUIRE(said(open.handle("b", deposit{10})) == "done");
    cut_connections();
    const auto kept = open.commit();
    REQUIRE_FALSE(kept);
    CHECK(kept.why().why == kind::input_output);
  }
  CHECK(app.broken() == nullptr);
  CHECK(app.state<accounts>("a").cents == 1);
  CHECK(app.version<accounts>("b") == 0);
  CHECK(said(app.handle("b", deposit{5})) == "done");
  CHECK(in("select string_agg(position::text, ' ' order by position) from events") == "1 2");
}

TEST_CASE("a server that is restarted takes the open unit with it, and no other") {
  for (const auto how : {postgres_server::stopping::immediate, postgres_server::stopping::fast, postgres_server::stopping::killed}) {
    const fresh in;
    auto store = in.store();
    store.level = gesta::durability::disk;
    auto app = gesta::start<bank>(store);
    REQUIRE(said(app.handle("a", deposit{1})) == "done");
    {
      auto open = app.batch();
      REQUIRE(said(open.handle("a", deposit{10})) == "done");
      the_server().stop(how);
      the_server().start();
      const auto kept = open.commit();
      REQUIRE_FALSE(kept);
      CHECK(kept.why().why == kind::input_output);
    }
    CHECK(said(app.handle("a", deposit{2})) == "done");
    CHECK(app.state<accounts>("a").cents == 3);
    CHECK(in("select count(*) from events") == "2");
  }
}

TEST_CASE("while the server is away commands fail, and when it is back they are done") {
  const fresh in;
  auto store = in.store();
  store.patience_milliseconds = 30;
  auto app = gesta::start<bank>(store);
  REQUIRE(said(app.handle("a", deposit{1})) == "done");
  the_server().stop();
  CHECK(why(app.handle("a", deposit{10})) == static_cast<int>(kind::input_output));
  CHECK(app.broken() == nullptr);
  the_server().start();
  CHECK(said(app.handle("a", deposit{2})) == "done");
  CHECK(app.state<accounts>("a").cents == 3);
}

TEST_CASE("whether a commit was kept whose answer was lost, its name tells") {
  const fresh in;
  auto app = gesta::start<bank>(in.store());
  int kept = 0;
  // The connection is cut by the commit itself, before the server answers: what was written is taken back there.
  in("create function cut() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;"
     "create constraint trigger cuts after insert on events deferrable initially deferred for each row execute function cut()");
  CHECK(why(app.handle("a", deposit{1}, gesta::once{"test", 1})) == static_cast<int>(kind::input_output));
  in("drop trigger cuts on events");
  app.handle("a", deposit{1}, gesta::once{"test", 1}).match([&](const account&) { ++kept; }, [](const gesta::failure&) {});
  CHECK(kept == 1);
  // The same where it was kept: another connection has done it, and nobody was told.
  auto other = gesta::start<bank>(in.store());
  REQUIRE(said(other.handle("a", deposit{1}, gesta::once{"test", 2})) == "done");
  cut_connections();
  CHECK(app.handle("a", deposit{1}, gesta::once{"test", 2}).repeated());
  CHECK(app.state<accounts>("a").cents == 2);
}

TEST_CASE("a stream that another program closed takes nothing, among others as alone") {
  const fresh in;
  auto app = gesta::start<bank>(in.store());
  for (const char* key : {"a", "b", "c"}) REQUIRE(said(app.handle(key, deposit{1})) == "done");
  in("update streams set closed = true where key = 'b'");
  {
    auto open = app.batch();
    for (const char* key : {"a", "b", "c"}) REQUIRE(said(open.handle(key, deposit{1})) == "done");
    const auto kept = open.commit();
    REQUIRE_FALSE(kept);
    CHECK(kept.why().why == kind::tombstoned);
  }
  CHECK(why(app.handle("b", deposit{1})) == static_cast<int>(kind::tombstoned));
  CHECK(said(app.handle("a", deposit{1})) == "done");
  CHECK(in("select count(*) from events") == "4");
}

TEST_CASE("another log in the place of this one is told from it") {
  const fresh in;
  auto app = gesta::start<bank>(in.store());
  REQUIRE(said(app.handle("a", deposit{1})) == "done");
  CHECK(in("select restored() is not null") == "t");
  const gesta::checkpoint seen{app.incarnation(), 1};
  cut_connections();
  CHECK(said(app.handle("a", deposit{1})).find("another log") != std::string::npos);
  auto again = gesta::start<bank>(in.store());
  CHECK_FALSE(again.incarnation() == seen.incarnation);
  CHECK(again.holds(seen));
  CHECK_FALSE(again.holds({seen.incarnation, 2}));
  REQUIRE(said(again.handle("a", deposit{1})) == "done");
  CHECK_FALSE(again.holds({seen.incarnation, 2}));
}

TEST_CASE("damage is told, and where it lies") {
  const auto of = [](const char* damage) {
    const fresh in;
    {
      auto app = gesta::start<bank>(in.store());
      for (int i = 0; i < 4; ++i) REQUIRE(said(app.handle("a", deposit{1})) == "done");
    }
    in(damage);
    auto app = gesta::start<bank>(in.store());
    const std::string words = said(app.handle("a", deposit{1}));
    CHECK_MESSAGE(words.rfind(std::to_string(static_cast<int>(kind::corrupt)) + ' ', 0) == 0, words);
    return words;
  };
  CHECK(of("delete from events where position = 2").find("position 2 ") != std::string::npos);
  CHECK(of("update events set version = 9 where position = 3").find("position 3 ") != std::string::npos);
  CHECK(of("update events set stream = 3 where position = 4").find("position 4 ") != std::string::npos);
  CHECK(of("update events set type = 77 where position = 1").find("position 1 ") != std::string::npos);
  CHECK(of("update events set payload = 'x' where position = 1").find("") == 0);
  CHECK(of("delete from streams").find("position 1 ") != std::string::npos);
  CHECK(of("update streams set version = 3").find("head") != std::string::npos);
  CHECK(of("delete from types where type = 1").find("types") != std::string::npos);
  CHECK(of("drop table outcomes; drop table events cascade").find("events") != std::string::npos);
}

TEST_CASE("large events and long streams are read in pages") {
  const fresh in;
  const std::string large(3'000'000, 'x');
  {
    auto app = gesta::start<bank>(in.store());
    auto open = app.batch();
    for (int i = 0; i < 5000; ++i) REQUIRE(said(open.handle("many" + std::to_string(i % 7), deposit{i})) == "done");
    for (int i = 0; i < 3; ++i) REQUIRE(said(open.handle("large", note{large})) == "done");
    REQUIRE(open.commit());
  }
  auto app = gesta::start<bank>(in.store());
  CHECK(app.state<accounts>("large").words.size() == 3 * large.size());
  std::uint64_t next = 0, position = 5003, count = 0;
  CHECK(app.read({}, [&](const auto&, const gesta::about& where) { CHECK(where.position == ++next); }));
  CHECK(next == 5003);
  CHECK(app.read({.backwards = true}, [&](const auto&, const gesta::about& where) { CHECK(where.position == position--); }));
  CHECK(position == 0);
  CHECK(app.read({.after = 700, .limit = 3000}, [&](const auto&, const gesta::about& where) { CHECK(where.position == 701 + count++); }));
  CHECK(count == 3000);
  count = 0;
  CHECK(app.read({.limit = 2}, gesta::only<noted>([&](const auto&, const gesta::about&) { ++count; })));
  CHECK(count == 2);
  count = 0;
  // Ended in the middle of a page, while the next one is under way; then something else is asked for.
  CHECK(app.read({}, [&](const auto&, const gesta::about&) { return ++count < 300; }));
  CHECK(count == 300);
  CHECK(said(app.handle("many0", deposit{1})) == "done");
}

TEST_CASE("what a visitor does while the next page is under way disturbs nobody") {
  const fresh in;
  auto app = gesta::start<bank>(in.store());
  for (int i = 0; i < 3; ++i) {
    auto open = app.batch();
    for (int k = 0; k < 400; ++k) REQUIRE(said(open.handle("k" + std::to_string(k), deposit{1})) == "done");
    REQUIRE(open.commit());
  }
  std::uint64_t outer = 0, inner = 0;
  CHECK(app.read({}, [&](const auto&, const gesta::about&) {
    if (++outer % 100 == 0) CHECK(app.read<accounts>("k1", {}, [&](const auto&, const gesta::about&) { ++inner; }));
  }));
  CHECK(outer == 1200);
  CHECK(inner == 36);
}

TEST_CASE("states that are cached are read from the database, with snapshots, by two programs in turns") {
  const fresh in;
  auto one = gesta::start<bank>(in.store(), gesta::snapshots{.every = 10}, gesta::cached_states{.most = 2});
  auto two = gesta::start<bank>(in.store(), gesta::snapshots{.every = 10}, gesta::cached_states{.most = 2});
  for (int i = 0; i < 25; ++i)
    for (const char* key : {"a", "b", "c", "d"}) REQUIRE(said((i % 3 == 0 ? two : one).handle(key, deposit{1})) == "done");
  CHECK(one.catch_up());
  for (const char* key : {"a", "b", "c", "d"}) CHECK(one.state<accounts>(key).cents == 25);
  CHECK(in("select count(*) from snapshots") == "8");
  in("update snapshots set state = 'xxxxxxxxxxxxxx' where version = 20 and stream = 1");  // damage costs time alone
  in("update events set payload = null where stream = 2 and version < 15");               // and what a snapshot has is not read
  auto again = gesta::start<bank>(in.store(), gesta::snapshots{.every = 10}, gesta::cached_states{.most = 2});
  CHECK(again.state<accounts>("a").cents == 25);
  CHECK(again.state<accounts>("b").cents == 25);
}
