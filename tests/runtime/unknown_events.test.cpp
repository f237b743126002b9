// A file that a newer program has written to, used by an older one: what it does not know stops nobody else, and is never passed over by a decision.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <sqlite3.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace bank {

struct deposited { int amount; static constexpr auto id = "account.deposited"; };
struct deposit { int amount; };
struct welcome { std::string who; };

}  // namespace bank

namespace older {

using bank::deposited;
struct account {
  int balance = 0;
  std::uint64_t last = 0;
};
inline void evolve(account& a, const deposited& e, const gesta::about& at) {
  a.balance += e.amount;
  a.last = at.position;
}
inline auto decide(const account&, const bank::deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
struct accounts : gesta::aggregate<account, gesta::commands<bank::deposit>> { static constexpr auto id = "account"; };

// Whoever is welcomed gets something on the account "gifts".
struct welcomed { static constexpr auto id = "guest.welcomed"; };
struct guest {
  int times = 0;
};
inline void evolve(guest& g, const welcomed&) { ++g.times; }
inline auto decide(const guest&, const bank::welcome&) -> gesta::emits<welcomed> { return welcomed{}; }
struct guests : gesta::aggregate<guest, gesta::commands<bank::welcome>, gesta::by<"who">> { static constexpr auto id = "guest"; };
struct giving { static constexpr auto id = "giving"; };
inline auto react(const giving&, const welcomed&) { return gesta::to("gifts", bank::deposit{1}); }

struct sums {
  int all = 0;
};
inline void project(sums& s, const deposited& e) { s.all += e.amount; }
struct total : gesta::projection<sums> { static constexpr auto id = "total"; };

struct model : gesta::model<accounts, guests, gesta::reactors<giving>, total> {};

// Names are given once, whoever records that they are taken.
struct taken { std::string name; static constexpr auto id = "name.taken"; using tags = gesta::tags<"name">; };
struct take { std::string name; };
struct in_use { static constexpr auto id = "name.in_use"; };
struct name {
  using tags = gesta::tags<"name">;
  bool is_taken = false;
};
inline void evolve(name& n, const taken&) { n.is_taken = true; }
inline auto decide(const name& n, const take& c) -> gesta::emits<taken>::or_rejects<in_use> {
  if (n.is_taken) return in_use{};
  return taken{c.name};
}
struct names : gesta::boundary<gesta::states<name>, gesta::commands<take>> { static constexpr auto id = "name"; };
struct model_with_names : gesta::model<accounts, names> {};

}  // namespace older

namespace newer {

using bank::deposited;
struct rewarded { int amount; std::string why; static constexpr auto id = gesta::event_id{"account.rewarded", 1}; };
struct locked { int code; static constexpr auto id = "vault.locked"; };
struct reward { int amount; std::string why; };
struct lock { int code; };
struct fill { int amount; };

struct account {
  int balance = 0;
};
inline void evolve(account& a, const deposited& e) { a.balance += e.amount; }
inline void evolve(account& a, const rewarded& e) { a.balance += e.amount; }
inline auto decide(const account&, const bank::deposit& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
inline auto decide(const account&, const reward& c) -> gesta::emits<rewarded> { return rewarded{c.amount, c.why}; }
struct accounts : gesta::aggregate<account, gesta::commands<bank::deposit, reward>> { static constexpr auto id = "account"; };

// A whole aggregate that the older program has not; one of its events is known there.
struct vault {
  int amount = 0;
};
inline void evolve(vault&, const locked&) {}
inline void evolve(vault& v, const deposited& e) { v.amount += e.amount; }
inline auto decide(const vault&, const lock& c) -> gesta::emits<locked> { return locked{c.code}; }
inline auto decide(const vault&, const fill& c) -> gesta::emits<deposited> { return deposited{c.amount}; }
struct vaults : gesta::aggregate<vault, gesta::commands<lock, fill>> { static constexpr auto id = "vault"; };

struct model : gesta::model<accounts, vaults, gesta::retired<"guest.welcomed">> {};
struct model_with_names : gesta::model<accounts, vaults, gesta::retired<"name.taken">> {};

}  // namespace newer

namespace {

using kind = gesta::failure::kind;
using gesta::unknown_events;

struct folder {
  std::string path = (std::filesystem::temp_directory_path() / "gesta-unknown-XXXXXX").string();
  folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~folder() { std::filesystem::remove_all(path); }
  operator gesta::sqlite_store() const { return {.path = path + "/a.db", .level = gesta::durability::process}; }
};

/// 1 ann deposited 5, 2 ann rewarded 7, 3 ann deposited 1, 4 bob deposited 20, 5 vault locked, 6 vault deposited 100.
void write(const folder& f) {
  auto app = gesta::start<newer::model>(gesta::sqlite_store(f));
  REQUIRE(app.handle("ann", bank::deposit{5}));
  REQUIRE(app.handle("ann", newer::reward{7, "ten years"}));
  REQUIRE(app.handle("ann", bank::deposit{1}));
  REQUIRE(app.handle("bob", bank::deposit{20}));
  REQUIRE(app.handle("north", newer::lock{1234}));
  REQUIRE(app.handle("north", newer::fill{100}));
}
auto open(const folder& f, unknown_events policy) { return gesta::start<older::model>(gesta::sqlite_store(f), policy); }

/// Why a command failed; "" when it did not.
template <class Outcome>
std::string why(const Outcome& outcome, kind expected = kind::unknown_event) {
  return outcome.match([](const auto&) { return std::string(); },
                       [&](const gesta::failure& f) {
                         CHECK(f.why == expected);
                         return std::string(f.describe());
                       });
}
const char* const on_ann = "nothing is decided on an entity that has an event which the model does not know, at position 2";

}  // namespace

TEST_CASE("unless it was said otherwise an unknown event is a failure that names it, and nothing is decided") {
  const folder f;
  write(f);
  {
    auto app = gesta::start<older::model>(gesta::sqlite_store(f));
    REQUIRE(app.broken() != nullptr);
    CHECK(app.broken()->why == kind::unknown_event);
    CHECK(app.broken()->position == 2);
    CHECK(std::string(app.broken()->describe()) ==
          "the event account.rewarded version 1 at position 2, which the model neither knows nor has retired");
    CHECK(why(app.handle("bob", bank::deposit{1})) == app.broken()->describe());
    CHECK(app.parked().empty());
  }
  auto app = gesta::start<newer::model>(gesta::sqlite_store(f));
  CHECK(app.last_position() == 6);
}

TEST_CASE("skipped or parked, an unknown event stops decisions on its own entity and on no other") {
  for (const unknown_events policy : {unknown_events::skip, unknown_events::park}) {
    const folder f;
    write(f);
    auto app = open(f, policy);
    REQUIRE(app.broken() == nullptr);
    CHECK(why(app.handle("ann", bank::deposit{1})) == on_ann);
    CHECK(why(app.handle("bob", bank::deposit{2})) == "");
    CHECK(why(app.handle("carol", bank::deposit{3})) == "");
    CHECK(app.state<older::accounts>("bob").balance == 22);

    // Its state stays the one before that event; its version counts all.
    CHECK(app.state<older::accounts>("ann").balance == 5);
    CHECK(app.state<older::accounts>("ann").last == 1);
    CHECK(app.version<older::accounts>("ann") == 3);
    CHECK(app.view<older::sums>().all == 5 + 1 + 20 + 2 + 3);  // a view passes over that one event; not of an unknown aggregate
    CHECK(app.last_position() == 8);
  }
}

TEST_CASE("facts are not appended to an entity with an unknown event either") {
  const folder f;
  write(f);
  auto app = open(f, unknown_events::park);
  const auto added = app.append(gesta::facts<older::accounts>("ann", gesta::expected::any(), older::deposited{1}));
  REQUIRE_FALSE(added);
  CHECK(added.why().why == kind::unknown_event);
  CHECK(app.append(gesta::facts<older::accounts>("bob", gesta::expected::any(), older::deposited{1})));
  CHECK(app.last_position() == 7);
}

TEST_CASE("a command whose reactor needs an entity with an unknown event fails as a whole") {
  const folder f;
  {
    auto app = gesta::start<newer::model>(gesta::sqlite_store(f));
    REQUIRE(app.handle("gifts", newer::reward{7, "first"}));
  }
  auto app = open(f, unknown_events::skip);
  CHECK(why(app.handle(bank::welcome{"eve"})).substr(0, 32) == "nothing is decided on an entity ");
  CHECK(app.last_position() == 1);
  CHECK(app.state<older::guests>("eve").times == 0);
  CHECK(why(app.handle("bob", bank::deposit{1})) == "");
}

TEST_CASE("no snapshot is taken of an entity with an unknown event") {
  const folder f;
  write(f);
  {
    auto app = gesta::start<older::model>(gesta::sqlite_store(f), unknown_events::skip, gesta::snapshots{.every = 0});
    REQUIRE(app.snapshot<older::accounts>("ann"));
    REQUIRE(app.snapshot());
    CHECK(app.state<older::accounts>("bob", gesta::at_version{1})->balance == 20);
    CHECK_FALSE(app.state<older::accounts>("ann", gesta::at_version{3}));
  }
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open((f.path + "/a.db").c_str(), &db) == SQLITE_OK);
  sqlite3_stmt* query = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, "select group_concat(key) from snapshots join streams using(stream)", -1, &query, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(query) == SQLITE_ROW);
  CHECK(std::string(reinterpret_cast<const char*>(sqlite3_column_text(query, 0))) == "bob");
  sqlite3_finalize(query);
  sqlite3_close(db);
}

TEST_CASE("nothing is decided across entities while there is an unknown event, which may have any tag") {
  const folder f;
  const auto open_names = [&] { return gesta::start<older::model_with_names>(gesta::sqlite_store(f), unknown_events::skip); };
  const auto take = [](auto& app) {
    return app.handle(older::take{"eve"}).match(
        [](const auto&) { return std::string("taken"); }, [](const older::in_use&) { return std::string("in use"); },
        [](const gesta::failure& why) { return std::string(why.describe()); });
  };
  auto app = open_names();
  CHECK(take(app) == "taken");
  CHECK(take(app) == "in use");
  {
    auto other = gesta::start<newer::model_with_names>(gesta::sqlite_store(f));
    REQUIRE(other.handle("north", newer::lock{1234}));  // of an aggregate that is not known either
  }
  CHECK(take(app) == "nothing is decided across entities while there is an event which the model does not know, at position 2");
  CHECK(why(app.handle("bob", bank::deposit{2})) == "");
  int told = 0;
  const auto by_name = app.read(gesta::tagged<"name">("eve"), {}, [&](const auto&, const gesta::about&) { ++told; });
  CHECK_FALSE(static_cast<bool>(by_name));
  CHECK(by_name.why().why == kind::unknown_event);
  CHECK(by_name.why().position == 2);
  CHECK(told == 1);
  CHECK(app.state<older::name>("eve", gesta::at_position{1})->is_taken);
  CHECK_FALSE(static_cast<bool>(app.state<older::name>("eve", gesta::at_position{2})));
  auto again = open_names();
  CHECK(take(again) == "nothing is decided across entities while there is an event which the model does not know, at position 2");
}

TEST_CASE("in a batch a command on such an entity fails and the others are kept") {
  const folder f;
  write(f);
  auto app = open(f, unknown_events::park);
  auto batch = app.batch();
  CHECK(why(batch.handle("bob", bank::deposit{1})) == "");
  CHECK(why(batch.handle("ann", bank::deposit{1})) == on_ann);
  CHECK(why(batch.handle("bob", bank::deposit{2})) == "");
  REQUIRE(batch.commit());
  CHECK(app.state<older::accounts>("bob").balance == 23);
  CHECK(app.last_position() == 8);
}

TEST_CASE("in a batch an append to such an entity fails and the others are kept") {
  const folder f;
  write(f);
  auto app = open(f, unknown_events::park);
  auto batch = app.batch();
  using gesta::expected;
  using gesta::facts;
  const bank::deposited one{1};
  CHECK(batch.append(facts<older::accounts>("bob", expected::any(), one)));
  const gesta::appended refused =
      batch.append(facts<older::accounts>("carol", expected::any(), one), facts<older::accounts>("ann", expected::any(), one));
  CHECK_FALSE(refused);
  CHECK(std::string(refused.why().describe()) == on_ann);
  CHECK(batch.append(facts<older::accounts>("bob", expected::any(), one)));
  REQUIRE(batch.commit());
  CHECK(app.state<older::accounts>("bob").balance == 22);
  CHECK(app.version<older::accounts>("carol") == 0);
  CHECK(app.last_position() == 8);
  CHECK_FALSE(app.append(facts<older::accounts>("ann", expected::any(), one)));
}

TEST_CASE("with few states at hand such an entity fails its own commands alone, in a batch too, and gets no snapshot") {
  const folder f;
  write(f);
  auto app = gesta::start<older::model>(gesta::sqlite_store(f), unknown_events::park, gesta::cached_states{.most = 1}, gesta::snapshots{.every = 0});
  const char* const met = "the event account.rewarded version 1 at position 2, which the model neither knows nor has retired";
  auto batch = app.batch();
  CHECK(why(batch.handle("bob", bank::deposit{1})) == "");
  CHECK(why(batch.handle("ann", bank::deposit{1})) == met);
  CHECK_FALSE(batch.append(gesta::facts<older::accounts>("ann", gesta::expected::any(), bank::deposited{1})));
  CHECK(why(batch.handle("bob", bank::deposit{2})) == "");
  REQUIRE(batch.commit());
  CHECK(app.state<older::accounts>("bob").balance == 23);
  CHECK(app.last_position() == 8);
  CHECK(app.snapshot<older::accounts>("ann"));
  CHECK(app.snapshot());
  CHECK(app.broken() == nullptr);
}

TEST_CASE("a parked event is kept with its id, its place and its bytes") {
  const folder f;
  write(f);
  auto app = open(f, unknown_events::park);
  REQUIRE(app.parked().size() == 3);
  const gesta::parked_event& first = app.parked()[0];
  CHECK(std::string(first.id()) == "account.rewarded");
  CHECK(first.shape == 1);
  CHECK(first.version == 2);
  CHECK(first.position == 2);
  CHECK(std::string(first.key.data(), first.key.size()) == "ann");
  CHECK(first.from.time.nanoseconds > 0);
  newer::rewarded event{};
  REQUIRE(gesta::decode(first.payload.data(), first.payload.size(), event));
  CHECK(event.amount == 7);
  CHECK(event.why == "ten years");

  // Of an aggregate that the model does not know, events that it knows elsewhere are unknown too.
  CHECK(std::string(app.parked()[1].id()) == "vault.locked");
  CHECK(app.parked()[1].position == 5);
  CHECK(std::string(app.parked()[1].key.data(), app.parked()[1].key.size()) == "north");
  CHECK(std::string(app.parked()[2].id()) == "account.deposited");
  CHECK(app.parked()[2].position == 6);
  CHECK(app.parked()[2].version == 2);

  CHECK(open(f, unknown_events::skip).parked().empty());
}

TEST_CASE("a program that knows them takes parked events in, with what was recorded meanwhile") {
  const folder f;
  write(f);
  {
    auto app = open(f, unknown_events::park);
    REQUIRE(why(app.handle("bob", bank::deposit{2})) == "");
  }
  auto app = gesta::start<newer::model>(gesta::sqlite_store(f), unknown_events::park);
  CHECK(app.parked().empty());
  CHECK(app.state<newer::accounts>("ann").balance == 13);
  CHECK(app.state<newer::accounts>("bob").balance == 22);
  CHECK(why(app.handle("ann", bank::deposit{1})) == "");
}

TEST_CASE("an unknown event that comes while the program runs is taken like one that was there") {
  for (const unknown_events policy : {unknown_events::fail, unknown_events::park}) {
    const folder f;
    auto app = open(f, policy);
    REQUIRE(why(app.handle("ann", bank::deposit{5})) == "");
    auto other = gesta::start<newer::model>(gesta::sqlite_store(f));
    REQUIRE(other.handle("ann", newer::reward{7, "ten years"}));
    if (policy == unknown_events::fail) {
      CHECK(why(app.handle("bob", bank::deposit{1})) == "the event account.rewarded version 1 at position 2, which the model neither knows nor has retired");
      CHECK(app.broken() != nullptr);
    } else {
      CHECK(why(app.handle("bob", bank::deposit{1})) == "");
      CHECK(why(app.handle("ann", bank::deposit{1})) == on_ann);
      CHECK(app.state<older::accounts>("ann").balance == 5);
      REQUIRE(app.parked().size() == 1);
      CHECK(app.parked()[0].position == 2);
    }
    CHECK(other.handle("ann", bank::deposit{1}));  // nothing of it is locked
  }
}

TEST_CASE("a request that was handled once gives its first outcome, whatever came after it") {
  const folder f;
  {
    auto app = gesta::start<newer::model>(gesta::sqlite_store(f));
    REQUIRE(app.handle("ann", bank::deposit{5}, gesta::once{"gate", 1}));
    REQUIRE(app.handle("ann", newer::reward{7, "ten years"}));
  }
  auto app = open(f, unknown_events::skip);
  const auto outcome = app.handle("ann", bank::deposit{5}, gesta::once{"gate", 1});
  CHECK(outcome.repeated());
  CHECK(outcome.version() == 1);
  CHECK(why(app.handle("ann", bank::deposit{5}, gesta::once{"gate", 2})).substr(0, 32) == "nothing is decided on an entity ");
  CHECK_FALSE(app.handle("bob", bank::deposit{5}, gesta::once{"gate", 2}).repeated());  // that was no outcome
}

TEST_CASE("a reader says for itself what it does with them") {
  const folder f;
  write(f);
  auto app = open(f, unknown_events::park);
  int known = 0;
  const auto count = [&](const auto&) { ++known; };
  const auto counting = [&](const auto& event, const gesta::about&) { count(event); };
  SUBCASE("it fails unless it says otherwise") {
    const auto result = app.read({}, counting);
    REQUIRE_FALSE(result);
    CHECK(result.why().why == kind::unknown_event);
    CHECK(result.why().position == 2);
    CHECK(known == 1);
    CHECK_FALSE(app.each_event(counting));
    CHECK_FALSE(app.read<older::accounts>("ann", {}, counting));
    CHECK(app.read<older::accounts>("bob", {}, counting));
  }
  SUBCASE("it skips") {
    CHECK(app.each_event(counting, unknown_events::skip));
    CHECK(known == 3);
    CHECK(app.read<older::accounts>("ann", {}, counting, unknown_events::skip));
    CHECK(known == 5);
  }
  SUBCASE("a feed stays before one, and goes on behind it when that is said") {
    auto feed = app.follow();
    const auto result = feed.poll(counting);
    REQUIRE_FALSE(result);
    CHECK(result.why().why == kind::unknown_event);
    CHECK(feed.checkpoint().position == 1);
    CHECK(feed.poll(counting, gesta::slice::end, unknown_events::skip));
    CHECK(known == 3);
    CHECK(feed.is_live());
  }
  SUBCASE("it is handed them") {
    std::vector<std::string> all;
    CHECK(app.each_event(counting, [&](const gesta::recorded& record) { all.push_back(std::string(record.id.name) + " " + std::to_string(record.position)); }));
    CHECK(all == std::vector<std::string>{"account.rewarded 2", "vault.locked 5", "account.deposited 6"});
    CHECK(known == 3);
  }
}

TEST_CASE("as of a moment before an unknown event a state is told, after it not; a view says what it does with it") {
  const folder f;
  write(f);
  auto app = open(f, unknown_events::park);
  const auto before = app.state<older::accounts>("ann", gesta::at_version{1});
  REQUIRE(before);
  CHECK(before->balance == 5);
  const auto after = app.state<older::accounts>("ann", gesta::at_version{3});
  REQUIRE_FALSE(after);
  CHECK(after.why().why == kind::unknown_event);
  CHECK(after.why().position == 2);
  CHECK(app.state<older::accounts>("bob", gesta::at_position{6})->balance == 20);

  CHECK(app.view<older::sums>(gesta::at_position{1})->all == 5);
  CHECK(app.view<older::sums>(gesta::at_position{4}).why().why == kind::unknown_event);
  const auto skipped = app.view<older::sums>(gesta::at_position{4}, unknown_events::skip);
  REQUIRE(skipped);
  CHECK(skipped->all == 26);
}

TEST_CASE("a store in memory knows all that it holds; the policy is taken so that one program fits every store") {
  auto app = gesta::start<older::model>(gesta::memory_store{}, unknown_events::park);
  app.handle("ann", bank::deposit{5});
  CHECK(app.state<older::accounts>("ann").balance == 5);
  CHECK(app.parked().empty());
}
