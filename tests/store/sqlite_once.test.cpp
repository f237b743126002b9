// Outcomes of gesta::once in the SQLite store: exact for all time, in the commit of their events.
#include "sqlite_files.hpp"

#include <limits>

namespace {

const gesta::remembered accepted{verdict::accepted, 0, 3, 7, nullptr, 0};

std::string text_of(const gesta::remembered& outcome) { return {static_cast<const char*>(outcome.payload), outcome.size}; }

recall_result recall(log_of_bank& log, const char* source, std::uint64_t number) {
  gesta::remembered outcome;
  return log.recall({source, number}, outcome);
}

}  // namespace

TEST_CASE("an outcome comes back as it was, in the same unit and after the file was opened again") {
  const folder f;
  const std::string why = "because";
  const gesta::remembered outcomes[] = {
      accepted,
      {verdict::nothing, 0, 0, 0, nullptr, 0},
      {verdict::rejected, 0, 12, 0, why.data(), static_cast<std::uint32_t>(why.size())},
      {verdict::rejected, 0, 0, 0, nullptr, 0},
  };
  for (int pass = 0; pass < 3; ++pass) {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    for (std::uint64_t i = 0; i < std::size(outcomes); ++i) {
      if (pass == 0) {
        CHECK(recall(log, "sender", i) == recall_result::fresh);
        REQUIRE(log.remember({"sender", i}, outcomes[i]));
      }
      gesta::remembered found;
      REQUIRE(log.recall({"sender", i}, found) == recall_result::known);
      CHECK(found.what == outcomes[i].what);
      CHECK(found.rejection == outcomes[i].rejection);
      CHECK(found.version == outcomes[i].version);
      CHECK(found.position == outcomes[i].position);
      REQUIRE(found.size == outcomes[i].size);
      CHECK(text_of(found) == text_of(outcomes[i]));
    }
    REQUIRE(log.commit());
  }
}

TEST_CASE("numbers need no order and use all 64 bits") {
  const folder f;
  const std::uint64_t numbers[] = {5, 3, 0, 1ull << 63, std::numeric_limits<std::uint64_t>::max(), (1ull << 63) - 1, 4};
  const std::uint64_t others[] = {1, 2, 6, (1ull << 63) + 1, (1ull << 63) - 2};
  for (int pass = 0; pass < 2; ++pass) {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    for (const std::uint64_t number : numbers) {
      CHECK(recall(log, "sender", number) == (pass == 0 ? recall_result::fresh : recall_result::known));
      if (pass == 0) REQUIRE(log.remember({"sender", number}, accepted));
    }
    for (const std::uint64_t number : numbers) CHECK(recall(log, "sender", number) == recall_result::known);
    for (const std::uint64_t number : others) CHECK(recall(log, "sender", number) == recall_result::fresh);
    for (const std::uint64_t number : numbers) CHECK(recall(log, "another", number) == recall_result::fresh);
    REQUIRE(log.commit());
  }
}

TEST_CASE("any number of senders may take turns") {
  const folder f;
  for (int pass = 0; pass < 2; ++pass) {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    for (std::uint64_t number = 1; number <= 3; ++number)
      for (int i = 0; i < 500; ++i) {
        const std::string name = "sender " + std::to_string(i);
        REQUIRE(recall(log, name.c_str(), number) == (pass == 0 ? recall_result::fresh : recall_result::known));
        if (pass == 0) REQUIRE(log.remember({name.c_str(), number}, accepted));
      }
    REQUIRE(log.commit());
  }
}

TEST_CASE("an outcome is kept or taken back with its unit") {
  const folder f;
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  REQUIRE(log.remember({"sender", 1}, accepted));
  log.rollback();
  CHECK(recall(log, "sender", 1) == recall_result::fresh);
  REQUIRE(start(log));
  CHECK(recall(log, "sender", 1) == recall_result::fresh);
  REQUIRE(log.remember({"sender", 1}, accepted));
  REQUIRE(log.commit());
  CHECK(recall(log, "sender", 1) == recall_result::known);
}

TEST_CASE("what another log remembered is known at once, though its number is above all seen here") {
  const folder f;
  log_of_bank one(gesta::sqlite_store{.path = f / "a.db"}), two(gesta::sqlite_store{.path = f / "a.db"});
  for (std::uint64_t number = 1; number < 10; ++number) {
    log_of_bank& writer = number % 2 == 0 ? one : two;
    log_of_bank& reader = number % 2 == 0 ? two : one;
    REQUIRE(start(writer));
    CHECK(recall(writer, "sender", number) == recall_result::fresh);
    REQUIRE(writer.remember({"sender", number}, accepted));
    REQUIRE(writer.commit());
    REQUIRE(start(reader));
    CHECK(recall(reader, "sender", number) == recall_result::known);
    REQUIRE(reader.commit());
  }
  log_of_bank three(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(recall(three, "sender", 10) == recall_result::fresh);
  REQUIRE(start(one));
  REQUIRE(one.remember({"sender", 10}, accepted));
  REQUIRE(one.commit());
  CHECK(recall(three, "sender", 10) == recall_result::known);  // outside a unit too
}

TEST_CASE("the same outcome twice in one unit is refused with the whole unit") {
  const folder f;
  fill(f / "a.db", 1);
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  REQUIRE(append(log, "a", 2) == append_result::ok);
  REQUIRE(log.remember({"sender", 1}, accepted));
  REQUIRE(log.remember({"sender", 1}, accepted));
  CHECK_FALSE(log.commit());
  CHECK(log.last_failure().why == kind::conflict);
  CHECK(all(log) == lines{"1 a/1 0"});
  fill(f / "a.db", 1);
}

TEST_CASE("a rejection without an id cannot be remembered, and the unit says so") {
  const folder f;
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  CHECK_FALSE(log.remember({"sender", 1}, {verdict::rejected, gesta::flow<bank>::rejection_tag<unnamed>, 0, 0, nullptr, 0}));
  CHECK(std::string(log.last_failure().describe()) == "a rejection without an id cannot be stored");
  CHECK_FALSE(log.commit());
}
