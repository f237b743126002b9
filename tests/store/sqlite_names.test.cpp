// A SQLite file has its own dictionary: records are named by ids, and what the model no longer knows is noticed at opening.
#include "sqlite_files.hpp"

namespace models {

// The same commands and ids in another order, so that every tag differs.
struct accounts_reordered : gesta::aggregate<account, gesta::commands<close_account, write_note, open_account>> {
  static constexpr auto id = "test.account";
};
struct bank_reordered { using parts = gesta::detail::types<accounts_reordered>; };

// Another aggregate stands before it.
struct desk {};
struct ring {};
struct rung { static constexpr auto id = "test.rung"; };
inline void evolve(desk&, const rung&) {}
inline auto decide(const desk&, const ring&) -> gesta::emits<rung> { return rung{}; }
struct desks : gesta::aggregate<desk, gesta::commands<ring>> { static constexpr auto id = "test.desk"; };
struct bank_with_desks { using parts = gesta::detail::types<desks, accounts_reordered>; };

// Without notes.
struct quiet_accounts : gesta::aggregate<account, gesta::commands<open_account, close_account>> {
  static constexpr auto id = "test.account";
};
struct bank_without_notes { using parts = gesta::detail::types<quiet_accounts>; };
struct bank_with_retired_notes { using parts = gesta::detail::types<quiet_accounts, gesta::retired<"test.gone", "test.noted">>; };
struct bank_without_accounts { using parts = gesta::detail::types<desks, gesta::retired<"test.opened", "test.noted", "test.closed">>; };
struct bank_with_lost_accounts { using parts = gesta::detail::types<desks, gesta::retired<"test.noted", "test.closed">>; };

// A later version of opened.
struct opened_2 { std::int64_t owner, branch; static constexpr auto id = gesta::event_id{"test.opened", 2}; };
inline opened_2 upcast(const opened& e) { return {e.owner, 0}; }
struct later {};
inline void evolve(later&, const opened_2&) {}
inline auto decide(const later&, const open_account&) -> gesta::emits<opened_2> { return opened_2{0, 0}; }
struct later_accounts : gesta::aggregate<later, gesta::commands<open_account>> { static constexpr auto id = "test.account"; };
struct later_bank { using parts = gesta::detail::types<later_accounts, gesta::history<opened>>; };
struct forgetful_bank { using parts = gesta::detail::types<later_accounts>; };

}  // namespace models

namespace {

template <class Model>
using log_for = gesta::sqlite_store::log<Model>;

void write(const std::string& path) {
  log_of_bank log(gesta::sqlite_store{.path = path});
  REQUIRE(start(log));
  REQUIRE(append(log, "a", 1) == append_result::ok);
  REQUIRE(append(log, "a", 2, noted{"x"}) == append_result::ok);
  REQUIRE(append(log, "b", 1, closed{}) == append_result::ok);
  REQUIRE(append(log, "b", 2, noted{"y"}) == append_result::ok);
  REQUIRE(log.commit());
}

}  // namespace

TEST_CASE("events are found again by their ids when the model lists them in another order") {
  const folder f;
  write(f / "a.db");
  log_for<bank_reordered> log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(gesta::flow<bank_reordered>::tag<closed> == 0);
  CHECK(caught_up(log) == lines{"1 a/1 2", "2 a/2 1", "3 b/1 0", "4 b/2 1"});
  REQUIRE(start(log));
  CHECK(append<accounts_reordered>(log, "a", 3, noted{"z"}) == append_result::ok);
  CHECK(log.commit());
  log_of_bank first(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(caught_up(first).back() == "5 a/3 1");
}

TEST_CASE("aggregates are found again by their ids") {
  const folder f;
  write(f / "a.db");
  log_for<bank_with_desks> log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(log.begin());
  CHECK(log.catch_up([](const gesta::recorded& r) { CHECK(r.aggregate == 1); }));
  CHECK(append<desks>(log, "a", 1, rung{}) == append_result::ok);  // the key of an account is free for a desk
  CHECK(append<accounts_reordered>(log, "a", 3, closed{}) == append_result::ok);
  CHECK(log.commit());
}

TEST_CASE("an event that the model neither knows nor has retired is handed over under its id") {
  const folder f;
  write(f / "a.db");
  log_for<bank_without_notes> log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(log.broken() == nullptr);
  REQUIRE(log.begin());
  lines all;
  REQUIRE(log.catch_up([&](const gesta::recorded& r) {
    all.push_back(std::to_string(r.position) + " " + (r.id.name == nullptr ? "known" : std::string(r.id.name) + " " + std::to_string(r.id.version)));
    CHECK((r.tag == gesta::unknown_tag) == (r.id.name != nullptr));
    CHECK(r.aggregate == 0);
    if (r.position == 2) CHECK(r.size == gesta::encoded_size(noted{"x"}));
  }));
  CHECK(all == lines{"1 known", "2 test.noted 1", "3 known", "4 test.noted 1"});
  CHECK(append<quiet_accounts>(log, "a", 3, closed{}) == append_result::ok);  // versions go on: what may be decided says the runtime
  CHECK(log.commit());
}

TEST_CASE("a type is in the file only when something of it was stored") {
  const folder f;
  fill(f / "a.db", 2);  // no notes
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    REQUIRE(append(log, "a", 3, noted{"taken back"}) == append_result::ok);
    log.rollback();
    log_for<bank_without_notes> without(gesta::sqlite_store{.path = f / "a.db"});
    CHECK(without.broken() == nullptr);
    REQUIRE(start(log));
    REQUIRE(append(log, "a", 3, noted{"kept"}) == append_result::ok);
    REQUIRE(log.commit());
  }
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(caught_up(log).back() == "3 a/3 1");
}

TEST_CASE("a retired event keeps its place: it is handed over as retired, and versions go on after it") {
  const folder f;
  write(f / "a.db");
  log_for<bank_with_retired_notes> log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(log.broken() == nullptr);
  CHECK(caught_up(log) == lines{"1 a/1 0", "2 a/2 65535", "3 b/1 1", "4 b/2 65535"});
  REQUIRE(start(log));
  CHECK(append<quiet_accounts>(log, "b", 2, closed{}) == append_result::conflict);
  CHECK(append<quiet_accounts>(log, "b", 3, closed{}) == append_result::ok);
  CHECK(log.commit());
}

TEST_CASE("an aggregate may leave with its events, not without them") {
  const folder f;
  write(f / "a.db");
  log_for<bank_without_accounts> without(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(without.broken() == nullptr);
  CHECK(caught_up(without).empty());
  CHECK(without.last_position() == 4);
  log_for<bank_with_lost_accounts> lost(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(caught_up(lost) == lines{"1 a/1 65534"});
  CHECK(lost.read_all({}, [](const gesta::recorded& r) {
    CHECK(std::string(r.id.name) == "test.opened");
    CHECK(r.aggregate == gesta::unknown_tag);
  }));
}

TEST_CASE("an old version is handed over under its own tag; without it in the history it is unknown") {
  const folder f;
  fill(f / "a.db", 1);
  {
    log_for<forgetful_bank> log(gesta::sqlite_store{.path = f / "a.db"});
    CHECK(log.catch_up([](const gesta::recorded& r) {
      CHECK(r.tag == gesta::unknown_tag);
      CHECK(std::string(r.id.name) == "test.opened");
      CHECK(r.id.version == 1);
    }));
    CHECK(log.last_position() == 1);
  }
  log_for<later_bank> log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(caught_up(log) == lines{"1 a/1 1"});
  REQUIRE(start(log));
  CHECK(append<later_accounts>(log, "a", 2, opened_2{1, 2}) == append_result::ok);
  CHECK(log.commit());
}

TEST_CASE("an event that another program's newer model adds is noticed by those that run") {
  const folder f;
  fill(f / "a.db", 1);
  log_for<bank_without_notes> log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  REQUIRE(log.commit());
  log_of_bank newer(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(newer));
  REQUIRE(append(newer, "a", 2, noted{"new"}) == append_result::ok);
  REQUIRE(newer.commit());
  CHECK(caught_up(log) == lines{"2 a/2 65534"});
  REQUIRE(start(newer));  // nothing of it is locked
  CHECK(newer.commit());
}
