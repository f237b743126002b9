// The SQLite store: what is appended is kept in order, found again, and named by the file's own dictionary.
#include "sqlite_files.hpp"

#include <gesta/codec/binary.hpp>

TEST_CASE("what was committed is there when the file is opened again") {
  const folder f;
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(log.broken() == nullptr);
    CHECK(caught_up(log).empty());
    REQUIRE(start(log));
    CHECK(append(log, "ann", 1) == append_result::ok);
    CHECK(append(log, "bob", 1) == append_result::ok);
    CHECK(append(log, "ann", 2, noted{"hello"}) == append_result::ok);
    CHECK(log.last_position() == 3);
    CHECK(log.commit());
  }
  CHECK(f.files() == 1);  // the file alone is complete
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(caught_up(log) == lines{"1 ann/1 0", "2 bob/1 0", "3 ann/2 1"});
  CHECK(caught_up(log).empty());
  CHECK(log.last_position() == 3);
}

TEST_CASE("a record comes back with everything that was said of it") {
  const folder f;
  const gesta::message_id id{0x0123456789abcdef, 42}, other{1, 2}, none{};
  const std::vector<gesta::origin> origins = {
      {{7}, id, id}, {{-1}, id, other}, {{1'700'000'000'123'456'789}, none, none}, {{0}, none, other}, {{0}, id, none}};
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    log_of_bank::stream stream;
    for (std::size_t i = 0; i < origins.size(); ++i)
      REQUIRE(log.append<accounts>(stream, 0, bytes_of("key"), i + 1, origins[i], noted{std::string(i * 1000, 'x')}) == append_result::ok);
    REQUIRE(log.commit());
  }
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  std::size_t at = 0;
  REQUIRE(log.begin());
  CHECK(log.catch_up([&](const gesta::recorded& r) {
    REQUIRE(at < origins.size());
    CHECK(r.from.time == origins[at].time);
    CHECK(r.from.correlation == origins[at].correlation);
    CHECK(r.from.causation == origins[at].causation);
    CHECK(r.aggregate == 0);
    CHECK(r.entity == gesta::unknown_entity);
    CHECK_FALSE(r.in_place);
    noted event;
    REQUIRE(gesta::decode(static_cast<const std::byte*>(r.payload), r.size, event));
    CHECK(event.words == std::string(at * 1000, 'x'));
    ++at;
  }));
  CHECK(at == origins.size());
}

TEST_CASE("positions have no gaps, whatever was taken back between them") {
  const folder f;
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  for (std::uint64_t i = 1; i <= 20; ++i) {
    REQUIRE(start(log));
    CHECK(append(log, "a", i) == append_result::ok);
    if (i % 3 == 0) {
      CHECK(append(log, "other", 1) == append_result::ok);
      log.rollback();
      CHECK(log.last_position() == i - 1);
      REQUIRE(start(log));
      CHECK(append(log, "a", i) == append_result::ok);
    }
    CHECK(log.last_position() == i);
    REQUIRE(log.commit());
  }
  log_of_bank again(gesta::sqlite_store{.path = f / "a.db"});
  const lines found = caught_up(again);
  REQUIRE(found.size() == 20);
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == std::to_string(i + 1) + " a/" + std::to_string(i + 1) + " 0");
}

TEST_CASE("a batch that is rolled back leaves nothing, whatever its size") {
  const folder f;
  fill(f / "a.db", 2);
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  for (const int size : {1, 10, 5000}) {  // the last is larger than what waits in memory
    REQUIRE(start(log));
    for (int i = 0; i < size; ++i) REQUIRE(append(log, "a", static_cast<std::uint64_t>(i) + 3) == append_result::ok);
    for (int i = 0; i < size; ++i) REQUIRE(append(log, "new" + std::to_string(i), 1, noted{"n"}) == append_result::ok);
    for (int i = 0; i < size; ++i) REQUIRE(log.remember({"sender", static_cast<std::uint64_t>(i)}, {}));
    log.rollback();
    CHECK(log.last_position() == 2);
    CHECK(all(log) == lines{"1 a/1 0", "2 a/2 0"});
    gesta::remembered outcome;
    CHECK(log.recall({"sender", 0}, outcome) == recall_result::fresh);
  }
  REQUIRE(start(log));
  CHECK(append(log, "a", 3) == append_result::ok);
  CHECK(log.commit());
}

TEST_CASE("a unit that is open when the log is closed is taken back") {
  const folder f;
  fill(f / "a.db", 1);
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    REQUIRE(append(log, "a", 2) == append_result::ok);
  }
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(all(log) == lines{"1 a/1 0"});
}

TEST_CASE("a stream remembered from a unit that was taken back never leads to another stream") {
  const folder f;
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  log_of_bank::stream ann, bob;
  REQUIRE(start(log));
  REQUIRE(log.append<accounts>(ann, 0, bytes_of("ann"), 1, {}, closed{}) == append_result::ok);
  log.rollback();
  REQUIRE(start(log));
  REQUIRE(log.append<accounts>(bob, 0, bytes_of("bob"), 1, {}, closed{}) == append_result::ok);
  REQUIRE(log.append<accounts>(ann, 0, bytes_of("ann"), 1, {}, closed{}) == append_result::ok);
  REQUIRE(log.append<accounts>(bob, 0, bytes_of("bob"), 2, {}, closed{}) == append_result::ok);
  REQUIRE(log.commit());
  CHECK(all(log) == lines{"1 bob/1 2", "2 ann/1 2", "3 bob/2 2"});
}

TEST_CASE("an event is refused unless its version is the next of its stream") {
  const folder f;
  fill(f / "a.db", 2);
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  for (const std::uint64_t wrong : {0u, 1u, 2u, 4u}) CHECK(append(log, "a", wrong) == append_result::conflict);
  for (const std::uint64_t wrong : {0u, 2u}) CHECK(append(log, "new", wrong) == append_result::conflict);
  CHECK(append(log, "a", 3) == append_result::ok);
  CHECK(append(log, "a", 3) == append_result::conflict);
  CHECK(log.commit());
  CHECK(all(log) == lines{"1 a/1 0", "2 a/2 0", "3 a/3 0"});
}

TEST_CASE("one stream is read forwards from any version, those of the open unit included") {
  const folder f;
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    for (std::uint64_t i = 1; i <= 5; ++i)
      for (const char* key : {"a", "b"}) REQUIRE(append(log, key, i) == append_result::ok);
    REQUIRE(log.commit());
  }
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  const auto read = [&](const char* key, std::uint64_t after) {
    lines out;
    CHECK(log.read(0, {}, bytes_of(key), {.after = after}, [&](const gesta::recorded& r) { return out.push_back(line_of(r)), true; }));
    return out;
  };
  for (int pass = 0; pass < 2; ++pass) {  // before and after catching up
    CHECK(read("b", 3) == lines{"8 b/4 0", "10 b/5 0"});
    CHECK(read("a", 0) == lines{"1 a/1 0", "3 a/2 0", "5 a/3 0", "7 a/4 0", "9 a/5 0"});
    CHECK(read("a", 5).empty());
    CHECK(read("a", 99).empty());
    CHECK(read("a", ~std::uint64_t{0}).empty());
    CHECK(read("nobody", 0).empty());
    if (pass == 0) CHECK(caught_up(log).size() == 10);
  }
  REQUIRE(start(log));
  REQUIRE(append(log, "b", 6) == append_result::ok);
  CHECK(read("b", 4) == lines{"10 b/5 0", "11 b/6 0"});
  log.rollback();
  CHECK(read("b", 4) == lines{"10 b/5 0"});
}

TEST_CASE("a key may be any bytes") {
  const folder f;
  const std::string keys[] = {"", "plain", "Zürich", std::string("a\0b", 3), std::string("a\0", 2), "a", "\xff\xfe", "42", "042",
                              "it's \"quoted\""};
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  for (const std::string& key : keys) CHECK(append(log, key, 1) == append_result::ok);
  for (const std::string& key : keys) CHECK(append(log, key, 2) == append_result::ok);
  REQUIRE(log.commit());
  log_of_bank again(gesta::sqlite_store{.path = f / "a.db"});
  std::vector<std::string> found;
  CHECK(again.read_all({}, [&](const gesta::recorded& r) {
    if (r.version == 1) found.emplace_back(r.key.data, r.key.size);
    return true;
  }));
  CHECK(found == std::vector<std::string>(std::begin(keys), std::end(keys)));
}

TEST_CASE("the sqlite3 program reads every event") {
  const folder f;
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    REQUIRE(append(log, "ann", 1) == append_result::ok);
    REQUIRE(append(log, "ann", 2, closed{}) == append_result::ok);
    REQUIRE(log.commit());
  }
  const std::string out = f / "out.txt";
  const std::string query =
      "select position, key, e.version, t.id from events e join streams using(stream) join types t using(type) order by 1";
  const std::string command = "sqlite3 '" + (f / "a.db") + "' \"" + query + "\" > '" + out + "'";
  if (std::system("sqlite3 --version > /dev/null 2>&1") != 0) {
    MESSAGE("left out: the sqlite3 program is not installed");
    return;
  }
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(content(out) == "1|ann|1|test.opened\n2|ann|2|test.closed\n");
}

TEST_CASE("an index that somebody adds for their queries is kept up") {
  const folder f;
  fill(f / "a.db", 2);
  sql(f / "a.db", "create unique index events_of_stream on events(stream, version)");
  fill(f / "a.db", 2);
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(caught_up(log).size() == 4);
}
