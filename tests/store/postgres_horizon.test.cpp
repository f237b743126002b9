// A PostgreSQL log whose units run side by side, by many programs. What two of them may do to each other the laws say: testing/laws/store_table.hpp.
#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/store/postgres.hpp>
#include <gesta/store/postgres_bell.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "postgres_logs.hpp"

namespace {

struct counted {
  std::int64_t number;  ///< which count of its counter it is
  static constexpr auto id = "counted";
};
struct count {
  unsigned microseconds = 0;  ///< that the decision takes
};
struct counter {
  std::int64_t last = 0;
};
void evolve(counter& c, const counted& e) { c.last = e.number; }
auto decide(const counter& c, const count& how) -> gesta::emits<counted> {
  if (how.microseconds != 0) ::usleep(how.microseconds);
  return counted{c.last + 1};
}
struct counters : gesta::aggregate<counter, gesta::commands<count>> {
  static constexpr auto id = "counter";
};

struct sum {
  std::int64_t counts = 0;
};
void project(sum& s, const counted&) { ++s.counts; }
struct in_sum : gesta::projection<sum> {
  static constexpr auto id = "in_sum";
};

struct factory : gesta::model<counters, in_sum> {};
using outside = gesta::async<in_sum>;

auto store_in(const fresh& in) { return gesta::postgres_by_horizon{in.store()}; }
auto start(const fresh& in) { return gesta::start<factory>(store_in(in), gesta::cached_states{.most = 100}, outside{}); }

auto start_with_snapshots(const fresh& in, unsigned every) {
  return gesta::start<factory>(store_in(in), gesta::cached_states{.most = 100}, gesta::snapshots{.every = every}, outside{});
}

/// How many events a reader gets, and whether their positions ascend.
struct seen {
  std::int64_t events = 0;
  bool ascends = true;
};
template <class Log>
seen all_of(Log& log) {
  seen all;
  std::uint64_t last = 0;
  CHECK(log.read({}, [&](const auto&, const gesta::about& where) {
    all.ascends = all.ascends && where.position > last;
    last = where.position;
    ++all.events;
  }));
  return all;
}

/// Makes an open batch send what it has.
template <class App>
void look(App& app) {
  (void)app.read({.limit = 1}, [](const auto&, const gesta::about&) {});
}
/// Whether somebody comes to wait for a lock.
bool somebody_waits() {
  for (int turn = 0; turn < 5000; ++turn, ::usleep(1000))
    if (sql("select count(*) from pg_locks where not granted") != "0") return true;
  return false;
}

template <class Outcome>
bool is_kept(const Outcome& outcome) {
  return outcome.match([](const counter&) { return true; }, [](const gesta::failure&) { return false; });
}
}  // namespace

TEST_CASE("what many programs decide on the same entities at a time is decided one after the other") {
  const fresh in;
  (void)start(in);
  constexpr int programs = 6, each = 60, keys = 3;
  std::vector<std::unique_ptr<other_program>> all;
  for (int i = 0; i < programs; ++i)
    all.push_back(std::make_unique<other_program>([&](auto) {
      auto app = start(in);
      for (int n = 0; n < each; ++n)
        if (!is_kept(app.handle("c" + std::to_string(n % keys), count{}))) return false;
      return true;
    }));
  for (auto& one : all) CHECK(one->ended());
  auto app = start(in);
  for (int key = 0; key < keys; ++key) CHECK(app.state<counters>("c" + std::to_string(key)).last == programs * each / keys);
  const seen log = all_of(app);
  CHECK(log.events == programs * each);
  CHECK(log.ascends);
}

TEST_CASE("who decides slowly is not passed over for ever by those who are quick") {
  const fresh in;
  auto slow = start(in);
  other_program quick([&](auto say) {
    auto app = start(in);
    for (say();;) (void)is_kept(app.handle("a", count{}));
    return true;
  });
  CHECK(quick.said());
  for (int i = 0; i < 10; ++i) CHECK(is_kept(slow.handle("a", count{5000})));
}

TEST_CASE("no two units wait for each other") {
  const fresh in;
  (void)start(in);
  std::vector<std::unique_ptr<other_program>> all;
  for (unsigned i = 0; i < 6; ++i)
    all.push_back(std::make_unique<other_program>([&in, i](auto) {
      auto app = start_with_snapshots(in, 2);
      const auto key = [](unsigned number) { return "k" + std::to_string(number); };
      for (unsigned n = 0; n < 150; ++n) {
        const unsigned one = (n + i) % 3, other = (one + 1 + i % 2) % 3;
        const std::string made = key(100 + n / 2 * 2 + (n + i) % 2), missed = key(100 + n / 2 * 2 + (n + i + 1) % 2);
        auto unit = app.batch();
        switch ((n + i) % 5) {
          case 0: (void)is_kept(unit.handle(key(one), count{})); break;
          case 1: (void)is_kept(unit.handle(key(one), count{})), (void)is_kept(unit.handle(key(other), count{})); break;
          case 2: (void)unit.append(gesta::facts<counters>(key(one), gesta::expected::any(), counted{1}), gesta::facts<counters>(key(other), gesta::expected::any())); break;
          case 3: (void)is_kept(unit.handle(key(one), count{})), look(app), (void)is_kept(unit.handle(key(other), count{})), look(app); break;
          default: (void)unit.append(gesta::facts<counters>(made, gesta::expected::none(), counted{1}), gesta::facts<counters>(missed, gesta::expected::none()));
        }
        (void)unit.commit();
      }
      return app.broken() == nullptr;
    }));
  for (auto& one : all) CHECK(one->ended());
  CHECK(the_server().words().find("deadlock") == std::string::npos);
  CHECK(in("select count(*) from streams s where (version, last) <> (select count(*), max(position) from events e where e.stream = s.stream)") == "0");
}

TEST_CASE("batches that send what they have wait for nobody then, and both are kept in the end") {
  const fresh in;
  auto app = start(in);
  for (const char* key : {"a", "b"}) CHECK(is_kept(app.handle(key, count{})));
  const auto both = [](auto& mine, const char* first, const char* second, auto&& between) {
    for (int tries = 0; tries < 100; ++tries) {
      auto unit = mine.batch();
      const bool has_first = is_kept(unit.handle(first, count{}));
      look(mine);
      if (tries == 0) between();
      if (has_first && is_kept(unit.handle(second, count{}))) look(mine);
      if (unit.commit()) return true;
    }
    return false;
  };
  other_program other([&](auto say) {
    auto mine = start(in);
    return both(mine, "b", "a", say);
  });
  CHECK(both(app, "a", "b", [&] { CHECK(other.said()); }));
  CHECK(other.ended());
  CHECK(app.catch_up());
  CHECK(app.state<counters>("a").last == 3);
  CHECK(app.state<counters>("b").last == 3);
  CHECK(the_server().words().find("deadlock") == std::string::npos);
}

TEST_CASE("a batch that looks at other entities, or has new senders, keeps nobody waiting before its commit") {
  const fresh in;
  auto app = start(in), other = start(in);
  for (const char* key : {"a", "z"}) CHECK(is_kept(app.handle(key, count{})));
  const auto append = [](auto& to, const char* key, const char* sender, unsigned number) {
    return to.append(gesta::facts<counters>(key, gesta::expected::any(), counted{1}), gesta::once{sender, number});
  };
  auto unit = app.batch();
  CHECK(append(unit, "a", "new", 1));
  CHECK(append(unit, "b", "newer", 1));
  CHECK(append(unit, "c", "newest", 1));
  CHECK(unit.append(gesta::facts<counters>("b", gesta::expected{1}, counted{2}), gesta::facts<counters>("c", gesta::expected{1})));
  for (const char* key : {"z", "no"}) CHECK(app.read<counters>(key, {}, [](const auto&, const gesta::about&) {}));
  SUBCASE("at an entity") { CHECK(is_kept(other.handle("a", count{}))); }
  SUBCASE("at a new one") { CHECK(is_kept(other.handle("b", count{}))); }
  SUBCASE("at a name") { CHECK(append(other, "d", "new", 2)); }
  const auto kept = unit.commit();
  REQUIRE_FALSE(kept);
  CHECK(kept.why().why == gesta::failure::kind::conflict);
  CHECK(append(app, "b", "new", 1));
  CHECK(append(app, "b", "new", 1).repeated());
}

TEST_CASE("who closes, truncates or keeps a snapshot while others write does it anew") {
  const fresh in;
  auto app = start(in);
  for (int i = 0; i < 3; ++i) CHECK(is_kept(app.handle("a", count{})));
  const auto beside_a_batch = [&](auto&& does) {
    auto unit = app.batch();
    CHECK(is_kept(unit.handle("a", count{})));
    look(app);
    other_program other([&](auto) {
      auto mine = start(in);
      return static_cast<bool>(does(mine));
    });
    CHECK(somebody_waits());
    CHECK(unit.commit());
    CHECK(other.ended());
  };
  SUBCASE("who closes") {
    beside_a_batch([](auto& mine) { return mine.template close<counters>("a"); });
    CHECK(in("select closed::text || count(payload) from streams join events using (stream) group by closed") == "true0");
  }
  SUBCASE("who truncates") {
    beside_a_batch([](auto& mine) { return mine.template truncate_before<counters>("a", 3); });
    CHECK(in("select count(payload) from events") == "2");
  }
  SUBCASE("but an answer is given once") {
    const auto refused = app.close<counters>("nobody");
    REQUIRE_FALSE(refused);
    CHECK(refused.why().why == gesta::failure::kind::conflict);
    CHECK(in("select last_value from claims") == "4");
  }
  SUBCASE("who keeps a snapshot") {
    in("create function wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return new; end $$;"
       "create trigger waits before insert on snapshots for each row execute function wait()");
    PGconn* const gate = PQconnectdb(the_server().address().c_str());
    PQclear(PQexec(gate, "select pg_advisory_lock(7)"));
    other_program taker([&](auto) { return static_cast<bool>(start_with_snapshots(in, 1000).template snapshot<counters>("a")); });
    CHECK(somebody_waits());
    in("set session_replication_role = replica; insert into snapshots select stream, version, last, 0, 0, '' from streams");
    PQfinish(gate);
    CHECK(taker.ended());
    CHECK(in("select count(*) from snapshots where checksum <> 0") == "1");
  }
}

TEST_CASE("what waits at a bell hears of the end of a unit that was taken back, since others' events may come into view by it") {
  const fresh in;
  auto store = store_in(in);
  store.rings = true;
  auto slow = gesta::start<factory>(store, gesta::cached_states{.most = 100}, outside{});
  auto quick = gesta::start<factory>(store, gesta::cached_states{.most = 100}, outside{});
  auto log = gesta::reader<factory>(store_in(in));
  gesta::postgres_bell bell(store);
  CHECK(is_kept(quick.handle("a", count{})));
  {
    auto unit = slow.batch();
    CHECK(is_kept(unit.handle("b", count{})));
    CHECK(is_kept(quick.handle("a", count{})));
    for (int rings = 0; rings < 2; ++rings) bell(gesta::duration{100'000'000});  // of those that are kept already
    CHECK(all_of(log).events == 1);
  }
  const std::int64_t before = bell.now().nanoseconds;
  bell(gesta::duration{20'000'000'000});
  CHECK(bell.now().nanoseconds - before < 10'000'000'000);
  CHECK(all_of(log).events == 2);
}

TEST_CASE("numbers of streams that a server has forgotten in its crash are not given twice") {
  const fresh in;
  auto app = start(in), other = start(in);
  CHECK(is_kept(app.handle("a", count{})));
  in("select setval('stream_numbers', 64, false)");
  cut_connections();
  for (int i = 0; i < 60; ++i) CHECK(is_kept(other.handle("o" + std::to_string(i), count{})));
  CHECK(is_kept(app.handle("b", count{})));
}

TEST_CASE("senders that are new at a time are not in each other's way") {
  const fresh in;
  (void)start(in);
  std::vector<std::unique_ptr<other_program>> all;
  for (int i = 0; i < 4; ++i)
    all.push_back(std::make_unique<other_program>([&in, i](auto) {
      auto app = start(in);
      for (int n = 0; n < 40; ++n) {
        const std::string sender = std::to_string(i) + "." + std::to_string(n);
        const auto append = [&] { return app.append(gesta::facts<counters>(sender, gesta::expected::any(), counted{1}), gesta::once{sender.c_str(), 1}); };
        if (!append() || !append().repeated()) return false;  // also where the horizon is behind the first time
      }
      return true;
    }));
  for (auto& one : all) CHECK(one->ended());
  CHECK(in("select count(*) from events") == "160");
}

TEST_CASE("a snapshot that is taken beside an erasing goes with it") {
  const fresh in;
  auto app = start_with_snapshots(in, 1000);
  CHECK(is_kept(app.handle("a", count{})));
  CHECK(is_kept(app.handle("b", count{})));
  in("create function wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return new; end $$;"
     "create trigger waits before insert on snapshots for each row execute function wait()");
  PGconn* const gate = PQconnectdb(the_server().address().c_str());
  PQclear(PQexec(gate, "select pg_advisory_lock(7)"));
  other_program taker([&](auto) { return static_cast<bool>(start_with_snapshots(in, 1000).snapshot<counters>()); });
  for (int turn = 0; turn < 5000 && sql("select count(*) from pg_locks where locktype = 'advisory' and not granted") != "1"; ++turn) ::usleep(1000);
  CHECK(app.close<counters>("a"));
  PQfinish(gate);
  CHECK(taker.ended());
  CHECK(in("select string_agg(key, ' ') from snapshots join streams using (stream)") == "b");
}

TEST_CASE("who follows the log waits for the units that began before") {
  const fresh in;
  auto slow = start(in), quick = start(in);
  auto log = gesta::reader<factory>(store_in(in));
  const auto visible = [&] { return all_of(log).events; };
  CHECK(is_kept(quick.handle("a", count{})));
  CHECK(visible() == 1);

  SUBCASE("until the program of one is gone") {
    other_program writer([&](auto say) {
      auto app = start(in);
      auto unit = app.batch();
      (void)is_kept(unit.handle("b", count{}));
      say();
      ::pause();
      return false;
    });
    CHECK(writer.said());
    CHECK(is_kept(quick.handle("a", count{})));
    CHECK(visible() == 1);
    writer.kill();
    for (int turn = 0; turn < 1000 && visible() == 1; ++turn) ::usleep(1000);  // the server takes a moment to see it
    CHECK(visible() == 2);
  }
  SUBCASE("and for no transaction of others") {
    PGconn* const stranger = PQconnectdb(the_server().address().c_str());
    PQclear(PQexec(stranger, "create table if not exists strangers(n integer); begin; insert into strangers values(1)"));
    CHECK(is_kept(quick.handle("a", count{})));
    CHECK(visible() == 2);
    PQfinish(stranger);
  }
  SUBCASE("within a unit its own are there") {
    auto before = slow.batch();
    CHECK(is_kept(before.handle("b", count{})));
    auto unit = quick.batch();
    CHECK(is_kept(unit.handle("c", count{})));
    CHECK(is_kept(unit.handle("c", count{})));
    std::string forth, back;
    const auto to = [](std::string& words) { return [&words](const counted& e, const gesta::about&) { words += std::to_string(e.number); }; };
    CHECK(quick.read({}, to(forth)));
    CHECK(quick.read({.backwards = true}, to(back)));
    CHECK(forth == "112");
    CHECK(back == "211");
    std::string first, last;
    CHECK(quick.read({.limit = 2}, to(first)));
    CHECK(quick.read({.limit = 2, .backwards = true}, to(last)));
    CHECK(first == "11");
    CHECK(last == "21");
    CHECK(unit.commit());
  }
}

TEST_CASE("who follows the log waits where numbers of units outgrow the locks' as well") {
  const fresh in;
  auto slow = start(in), quick = start(in);
  auto log = gesta::reader<factory>(store_in(in));
  std::int64_t kept = 0;
  for (const std::int64_t claim : {std::int64_t{1} << 31, std::int64_t{1} << 32}) {
    in("select setval('claims', " + std::to_string(claim - 10) + ")");
    for (int turn = 0; turn < 2; ++turn) {
      auto unit = slow.batch();
      CHECK(is_kept(unit.handle("b", count{})));
      for (int i = 0; i < 15; ++i) CHECK(is_kept(quick.handle("a", count{})));
      CHECK(all_of(log).events == kept);
      CHECK(unit.commit());
      kept += 16;
      CHECK(all_of(log).events == kept);
    }
  }
}

TEST_CASE("streams that are missed cost no numbers, and a log without numbers says so") {
  const fresh in;
  auto app = start(in);
  const auto append = [&](const std::string& key) {
    return app.append(gesta::facts<counters>(key, gesta::expected::any(), counted{1}), gesta::facts<counters>("never", gesta::expected::none()),
                      gesta::facts<counters>("nor this", gesta::expected::none()));
  };
  for (int i = 0; i < 100; ++i) CHECK(append("a"));
  CHECK(in("select last_value from stream_numbers") == "64");
  in("select setval('stream_numbers', 4294967296 - 64)");
  std::string why;
  int made = 0;
  for (; made < 200 && why.empty(); made += why.empty())
    if (const auto kept = append("n" + std::to_string(made)); !kept) why = kept.why().describe();
  CHECK(why.find("no number left") != std::string::npos);
  CHECK(append("a"));
  CHECK(in("select max(stream) from streams") == "4294967295");
  CHECK(all_of(app).events == 101 + made);
}

TEST_CASE("a schema that gets another name is the same log") {
  fresh in;
  CHECK(is_kept(start(in).handle("a", count{})));
  CHECK(sql("alter schema " + in.schema + " rename to \"Other \"\"one\"\"\"").empty());
  in.schema = "Other \"one\"";
  auto app = start(in);
  CHECK(is_kept(app.handle("a", count{})));
  CHECK(all_of(app).events == 2);
}

TEST_CASE("consumers go on behind gaps, and say how many events they are behind") {
  const fresh in;
  auto app = start(in), other = start(in);
  auto log = gesta::reader<factory>(store_in(in));
  auto view = gesta::consume<in_sum>(log, gesta::memory_views{});
  for (int i = 0; i < 3; ++i) {
    CHECK(is_kept(app.handle("a", count{})));
    { auto gone = other.batch(); (void)is_kept(gone.handle("b", count{})); }
  }
  gesta::lag behind;
  CHECK(view.measure(behind));
  CHECK(behind.events == 3);
  CHECK(view.poll());
  CHECK(view.measure(behind));
  CHECK(behind.events == 0);
  auto slow = other.batch();
  CHECK(is_kept(slow.handle("b", count{})));
  CHECK(is_kept(app.handle("a", count{})));
  CHECK(view.poll());
  CHECK(view.row({})->counts == 3);
  CHECK(slow.commit());
  CHECK(view.poll());
  CHECK(view.row({})->counts == 5);
}

TEST_CASE("what was copied into a schema lies below what is appended side by side") {
  const fresh in;
  {
    auto app = gesta::start<factory>(in.store());
    for (int i = 0; i < 100; ++i) CHECK(is_kept(app.handle("k" + std::to_string(i), count{})));
  }
  in("update gesta_format set positions = ''");  // as gesta-log copy leaves it
  auto app = start(in);
  CHECK(is_kept(app.handle("k7", count{})));
  CHECK(is_kept(app.handle("new", count{})));
  CHECK(app.version<counters>("k7") == 2);
  const seen log = all_of(app);
  CHECK(log.events == 102);
  CHECK(log.ascends);
}

TEST_CASE("a schema is written in one way") {
  const fresh in, other;
  {
    auto app = start(in);
    CHECK(is_kept(app.handle("a", count{})));
  }
  auto wrong = gesta::start<factory>(in.store());
  REQUIRE(wrong.broken() != nullptr);
  CHECK(wrong.broken()->why == gesta::failure::kind::cannot_open);
  CHECK(std::string(wrong.broken()->describe()).find("gesta::postgres_by_horizon") != std::string::npos);
  CHECK(gesta::start<factory>(other.store()).broken() == nullptr);
  auto wrong_too = start(other);
  REQUIRE(wrong_too.broken() != nullptr);
  CHECK(std::string(wrong_too.broken()->describe()).find("gesta::postgres_store") != std::string::npos);
}
