// Snapshots in a SQLite file: they save folding, and whatever becomes of them the states are those of the events.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include "../runtime/histories.hpp"
#include "sqlite_files.hpp"

#include <cstdint>
#include <string>

// ---- a model that counts how often it folds, and what became of it later

namespace purse_models {

int folded = 0;

struct paid { int amount; static constexpr auto id = "snap.paid"; };
struct bonus { int amount; static constexpr auto id = "snap.bonus"; };
struct pay { int amount; };
struct give { int amount; };
struct purse {
  int total = 0;
  bool operator==(const purse&) const = default;
};
void evolve(purse& p, const paid& e) { ++folded, p.total += e.amount; }
void evolve(purse& p, const bonus& e) { ++folded, p.total += e.amount; }
auto decide(const purse&, const pay& c) -> gesta::emits<paid> { return paid{c.amount}; }
auto decide(const purse&, const give& c) -> gesta::emits<bonus> { return bonus{c.amount}; }
struct purses : gesta::aggregate<purse, gesta::commands<pay, give>> { static constexpr auto id = "snap.purse"; };
struct first_model : gesta::model<purses> {};

// evolve makes another state of the same events: the number is raised.
struct raised_purses : gesta::aggregate<purse, gesta::commands<pay, give>> {
  static constexpr auto id = "snap.purse";
  static constexpr unsigned snapshot_version = 1;
};
struct raised_model : gesta::model<raised_purses> {};

// The state has another field; snapshots are forgotten.
struct wide_purse {
  int total = 0, events = 0;
  bool operator==(const wide_purse&) const = default;
};
void evolve(wide_purse& p, const paid& e) { ++folded, ++p.events, p.total += e.amount; }
void evolve(wide_purse& p, const bonus& e) { ++folded, ++p.events, p.total += e.amount; }
auto decide(const wide_purse&, const pay& c) -> gesta::emits<paid> { return paid{c.amount}; }
auto decide(const wide_purse&, const give& c) -> gesta::emits<bonus> { return bonus{c.amount}; }
struct wide_purses : gesta::aggregate<wide_purse, gesta::commands<pay, give>> { static constexpr auto id = "snap.purse"; };
struct wide_model : gesta::model<wide_purses> {};

// The state has another form and says which it was; snapshots are brought to today.
struct big_purse {
  using was = purse;
  std::int64_t total = 0;
  bool operator==(const big_purse&) const = default;
};
big_purse upcast(const purse& p) { return {p.total}; }
void evolve(big_purse& p, const paid& e) { ++folded, p.total += e.amount; }
void evolve(big_purse& p, const bonus& e) { ++folded, p.total += e.amount; }
auto decide(const big_purse&, const pay& c) -> gesta::emits<paid> { return paid{c.amount}; }
auto decide(const big_purse&, const give& c) -> gesta::emits<bonus> { return bonus{c.amount}; }
struct big_purses : gesta::aggregate<big_purse, gesta::commands<pay, give>> { static constexpr auto id = "snap.purse"; };
struct big_model : gesta::model<big_purses> {};

// An event is no longer folded.
struct strict_purse {
  int total = 0;
  bool operator==(const strict_purse&) const = default;
};
void evolve(strict_purse& p, const paid& e) { ++folded, p.total += e.amount; }
auto decide(const strict_purse&, const pay& c) -> gesta::emits<paid> { return paid{c.amount}; }
struct strict_purses : gesta::aggregate<strict_purse, gesta::commands<pay>> { static constexpr auto id = "snap.purse"; };
struct strict_model : gesta::model<strict_purses, gesta::retired<"snap.bonus">> {};

}  // namespace purse_models

namespace {

using namespace purse_models;

gesta::sqlite_store at(const std::string& path) {
  gesta::sqlite_store store;
  store.path = path;
  store.level = gesta::durability::process;
  return store;
}

const auto fine = [](const auto&) {};

/// 95 payments and a bonus every tenth time, with a snapshot every ten events.
void fill_purse(const std::string& path) {
  auto app = gesta::start<first_model>(at(path), gesta::snapshots{.every = 10});
  for (int i = 1; i <= 95; ++i) {
    if (i % 10 == 5) app.handle("p", give{1000}).match(fine);
    else app.handle("p", pay{i}).match(fine);
  }
  REQUIRE(app.broken() == nullptr);
}

/// How many events are folded for the state at a version, and that it is the state of all events.
template <class Model, class Aggregate>
int folds(const std::string& path, std::uint64_t version, gesta::snapshots asked = {.every = 10}) {
  auto app = gesta::start<Model>(at(path), asked);
  auto plain = gesta::start<Model>(at(path));
  REQUIRE(app.broken() == nullptr);
  const auto expected = plain.template state<Aggregate>("p", gesta::at_version{version});
  REQUIRE(expected);
  folded = 0;
  const auto was = app.template state<Aggregate>("p", gesta::at_version{version});
  const int count = folded;
  REQUIRE(was);
  CHECK(*was == *expected);
  return count;
}

}  // namespace

TEST_CASE("a snapshot and the events after it give what all events give, in a file, and when it is opened again") {
  namespace h = histories;
  int round = 0;
  h::drawn(25, [&](gesta::snapshots asked, auto&& use) {
    folder here;
    const std::string path = here / "a.db";
    {
      auto app = gesta::start<h::model>(at(path), asked);
      use(app);
    }
    ++round;
  });
  CHECK(round == 25);
}

TEST_CASE("whatever is deleted of snapshots, or done to their bytes, states are those of the events") {
  namespace h = histories;
  constexpr const char* harm[] = {
      "delete from snapshots where (version * 7 + stream) % 3 = 0",
      "delete from snapshots",
      "update snapshots set state = randomblob(length(state)) where (version + stream) % 2 = 0",
      "update snapshots set state = substr(state, 1, length(state) - 1) where version % 2 = 0",
      "update snapshots set state = state || x'00'",
      "update snapshots set state = ''",
      "update snapshots set state = 'text', position = 'text', fingerprint = 'text'",
      "update snapshots set fingerprint = fingerprint + 1 where version % 3 = 0",
      "update snapshots set checksum = checksum + 1 where version % 2 = 1",
      "update or ignore snapshots set version = version + 1",
      "update or ignore snapshots set version = version + 1000000",
      "update or ignore snapshots set version = -version",
      "update snapshots set position = position + 1 where version % 2 = 0",
      "update snapshots set position = -1",
      "update or ignore snapshots set stream = stream % 3 + 1",
      "insert or ignore into snapshots select stream, version + 1, position, fingerprint, checksum, state from snapshots",
      "insert or ignore into snapshots select s.stream, 1, 1, 1, 1, x'0102030405060708090a0b0c0d0e0f' from streams s",
  };
  unsigned which = 0;
  h::drawn(34, [&](gesta::snapshots asked, auto&& use) {
    folder here;
    const std::string path = here / "a.db";
    if (asked.every == 0) asked.every = 4;
    {
      auto app = gesta::start<h::model>(at(path), asked);
      use(app);
    }
    const char* const done = harm[which++ % (sizeof harm / sizeof *harm)];
    CAPTURE(done);
    sql(path, done);
    auto app = gesta::start<h::model>(at(path), asked);
    use.check(app);
  });
}

TEST_CASE("a state of the past costs the events since the snapshot before it") {
  folder here;
  const std::string path = here / "a.db";
  fill_purse(path);
  CHECK(answer(path, "select count(*), group_concat(version) from snapshots") == "9");
  for (const unsigned version : {1u, 9u, 10u, 11u, 49u, 50u, 95u, 200u})
    CHECK(folds<first_model, purses>(path, version) == (version > 95 ? 5 : static_cast<int>(version % 10)));
  sql(path, "delete from snapshots where version in (30, 40)");
  CHECK(folds<first_model, purses>(path, 49) == 29);
}

TEST_CASE("snapshots of another fingerprint are passed over, those of a state that it was are brought to today") {
  folder here;
  const std::string path = here / "a.db";
  fill_purse(path);
  CHECK(folds<raised_model, raised_purses>(path, 94) == 94);
  CHECK(folds<wide_model, wide_purses>(path, 94) == 94);
  CHECK(folds<strict_model, strict_purses>(path, 94) == 94 - 9);
  CHECK(folds<big_model, big_purses>(path, 94) == 4);
  CHECK(folds<first_model, purses>(path, 94) == 4);  // they are still there
  {
    auto app = gesta::start<wide_model>(at(path), gesta::snapshots{.every = 10});
    for (int i = 0; i < 5; ++i) app.handle("p", pay{1}).match(fine);  // to 100, which makes a new one
  }
  CHECK(folds<wide_model, wide_purses>(path, 100) == 0);
  CHECK(folds<first_model, purses>(path, 100) == 10);
  {
    auto app = gesta::start<first_model>(at(path), gesta::snapshots{.every = 0});
    CHECK(app.snapshot<purses>("p"));  // in the place of the other one
  }
  CHECK(folds<first_model, purses>(path, 100) == 0);
  CHECK(answer(path, "select count(*) from snapshots where version = 100") == "1");
}

TEST_CASE("a snapshot is kept with its events or not at all") {
  folder here;
  const std::string path = here / "a.db";
  auto app = gesta::start<first_model>(at(path), gesta::snapshots{.every = 2});
  {
    auto batch = app.batch();
    for (int i = 0; i < 5; ++i) batch.handle("p", pay{i}).match(fine);
    const auto refused = app.snapshot();
    CHECK_FALSE(refused);
    CHECK(refused.why().why == gesta::failure::kind::busy);
  }
  CHECK(answer(path, "select count(*) from snapshots") == "0");
  auto batch = app.batch();
  for (int i = 0; i < 5; ++i) batch.handle("p", pay{i}).match(fine);
  CHECK(batch.commit());
  CHECK(answer(path, "select group_concat(version || ' ' || position) from snapshots") == "5 5");  // the state that the unit left
}

TEST_CASE("snapshots are taken of one entity, of an aggregate, of all; not of who has no events") {
  folder here;
  const std::string path = here / "a.db";
  auto app = gesta::start<histories::model>(at(path), gesta::snapshots{.every = 0});
  for (const char* key : {"a", "b"}) {
    app.handle(key, histories::add{1}).match(fine);
    app.handle(key, histories::note{"x"}).match(fine);
  }
  CHECK(answer(path, "select count(*) from snapshots") == "0");
  CHECK(app.snapshot<histories::sums>("nobody"));
  CHECK(app.snapshot<histories::sums>("a"));
  CHECK(answer(path, "select count(*) from snapshots") == "1");
  CHECK(app.snapshot<histories::note_books>());
  CHECK(answer(path, "select count(*) from snapshots") == "3");
  CHECK(app.snapshot());
  CHECK(app.snapshot());
  CHECK(answer(path, "select count(*) from snapshots") == "4");
}

TEST_CASE("what is erased from a stream is in no snapshot either, and none is taken of it any more") {
  folder here;
  const std::string path = here / "a.db";
  fill_purse(path);
  auto seeing = gesta::start<first_model>(at(path), gesta::snapshots{.every = 10});  // has folded what is erased now
  {
    gesta::sqlite_store::log<first_model> log(at(path));
    REQUIRE(log.begin());
    REQUIRE(log.catch_up([](const gesta::recorded&) {}));
    REQUIRE(log.truncate_before({}, 0, bytes_of("p"), 50));
    REQUIRE(log.commit());
  }
  CHECK(answer(path, "select count(*) from snapshots") == "0");
  for (int i = 0; i < 10; ++i) seeing.handle("p", pay{1}).match(fine);
  CHECK(seeing.snapshot());
  CHECK(answer(path, "select count(*) from snapshots") == "0");
  CHECK(folds<first_model, purses>(path, 105) == 56);
}

TEST_CASE("an app that asks for no snapshots neither takes nor uses them") {
  folder here;
  const std::string path = here / "a.db";
  fill_purse(path);
  auto app = gesta::start<first_model>(at(path));
  for (int i = 0; i < 20; ++i) app.handle("p", pay{1}).match(fine);
  CHECK(answer(path, "select max(version) from snapshots") == "90");
  folded = 0;
  CHECK(app.state<purses>("p", gesta::at_version{95}));
  CHECK(folded == 95);
}
