// What is erased is gone from the file, leaves no gap in positions and versions, and is known to be gone.
#include "sqlite_files.hpp"

namespace {

const char* const secret = "a secret that must be gone";

/// Ten notes of `a`, and as many of `b`, in turn.
void write(const std::string& path) {
  log_of_bank log(gesta::sqlite_store{.path = path});
  REQUIRE(start(log));
  for (std::uint64_t i = 1; i <= 10; ++i) {
    REQUIRE(append(log, "a", i, noted{secret + std::to_string(i) + std::string(i * 700, 's')}) == append_result::ok);  // some overflow their page
    REQUIRE(append(log, "b", i, noted{"b"}) == append_result::ok);
  }
  REQUIRE(log.commit());
}

std::vector<std::uint64_t> versions(log_of_bank& log, const char* key, const gesta::slice& part = {}) {
  std::vector<std::uint64_t> out;
  CHECK(log.read(0, {}, bytes_of(key), part, [&](const gesta::recorded& r) { return out.push_back(r.version), true; }));
  return out;
}
gesta::stream_head head_of(log_of_bank& log, const char* key) {
  gesta::stream_head head;
  CHECK(log.look_up(0, {}, bytes_of(key), head));
  return head;
}
std::size_t occurrences(const std::string& path, const std::string& words) {
  const std::string all = content(path);
  std::size_t count = 0;
  for (std::size_t at = all.find(words); at != std::string::npos; at = all.find(words, at + 1)) ++count;
  return count;
}
using some = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("events below a version are erased, the rest is read, and the head says where it begins") {
  const folder f;
  write(f / "a.db");
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    CHECK(log.truncate_before({}, 0, bytes_of("a"), 8));
    CHECK(versions(log, "a") == some{8, 9, 10});
    CHECK(log.commit());
    CHECK(versions(log, "a") == some{8, 9, 10});
    CHECK(versions(log, "a", {.after = 1, .to = 8}) == some{8});
    CHECK(versions(log, "a", {.after = 1, .to = 7}).empty());
    CHECK(versions(log, "a", {.after = 1, .limit = 2}) == some{8, 9});
    CHECK(versions(log, "a", {.limit = 5, .backwards = true}) == some{10, 9, 8});
    CHECK(versions(log, "b").size() == 10);
    CHECK(head_of(log, "a").first == 8);
    CHECK(head_of(log, "a").version == 10);
    CHECK_FALSE(head_of(log, "a").closed);
    CHECK(all(log).size() == 13);
    REQUIRE(start(log));
    CHECK(append(log, "a", 11) == append_result::ok);
    CHECK(log.commit());
  }
  CHECK(occurrences(f / "a.db", secret) == 3);
  CHECK(answer(f / "a.db", "pragma integrity_check") == "ok");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  const lines found = caught_up(log);  // what is erased keeps its place
  REQUIRE(found.size() == 21);
  CHECK(found[0] == "1 a/1 65535");
  CHECK(found[12] == "13 a/7 65535");
  CHECK(found[14] == "15 a/8 1");
  CHECK(found[20] == "21 a/11 0");
}

TEST_CASE("erasing goes no way back, and beyond the end erases all") {
  const folder f;
  write(f / "a.db");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  CHECK(log.truncate_before({}, 0, bytes_of("a"), 5));
  CHECK(log.truncate_before({}, 0, bytes_of("a"), 3));
  CHECK(log.truncate_before({}, 0, bytes_of("a"), 0));
  CHECK(log.truncate_before({}, 0, bytes_of("nobody"), 3));
  CHECK(log.truncate_before({}, 0, bytes_of("b"), 1000));
  CHECK(log.commit());
  CHECK(head_of(log, "a").first == 5);
  CHECK(head_of(log, "b").first == 11);
  CHECK(head_of(log, "nobody").version == 0);
  CHECK(versions(log, "b").empty());
  REQUIRE(start(log));
  CHECK(append(log, "b", 11) == append_result::ok);
  CHECK(log.commit());
  CHECK(versions(log, "b") == some{11});
}

TEST_CASE("a closed stream holds nothing and takes nothing, in every log and for ever") {
  const folder f;
  write(f / "a.db");
  log_of_bank other(gesta::sqlite_store{.path = f / "a.db"});
  log_of_bank::stream known;
  REQUIRE(start(other));
  REQUIRE(other.append<accounts>(known, 0, bytes_of("a"), 11, {}, noted{std::string(secret) + "11"}) == append_result::ok);
  REQUIRE(other.commit());
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    CHECK(append(log, "a", 12, noted{std::string(secret) + "12"}) == append_result::ok);
    CHECK(log.close({}, 0, bytes_of("a")));
    CHECK(append(log, "a", 13) == append_result::failed);
    CHECK(log.last_failure().why == kind::tombstoned);
    CHECK_FALSE(log.commit());  // the unit is lost
    CHECK_FALSE(head_of(log, "a").closed);
    REQUIRE(start(log));
    CHECK(append(log, "a", 12, noted{std::string(secret) + "12"}) == append_result::ok);
    CHECK(log.close({}, 0, bytes_of("a")));
    CHECK(log.close({}, 0, bytes_of("a")));  // again
    CHECK(log.commit());
    CHECK(head_of(log, "a").closed);
    CHECK(head_of(log, "a").version == 12);
    CHECK(head_of(log, "a").first == 13);
    CHECK(versions(log, "a").empty());
    REQUIRE(start(log));
    CHECK(append(log, "a", 13) == append_result::failed);
    CHECK(log.last_failure().why == kind::tombstoned);
    CHECK_FALSE(log.commit());
  }
  // One that knew the stream before finds out at its commit, and remembers it.
  REQUIRE(start(other));
  CHECK(other.append<accounts>(known, 0, bytes_of("a"), 13, {}, closed{}) == append_result::ok);
  CHECK_FALSE(other.commit());
  CHECK(other.last_failure().why == kind::tombstoned);
  CHECK(other.broken() == nullptr);
  REQUIRE(start(other));
  CHECK(other.append<accounts>(known, 0, bytes_of("a"), 13, {}, closed{}) == append_result::failed);
  CHECK(other.last_failure().why == kind::tombstoned);
  other.rollback();
  REQUIRE(start(other));
  CHECK(append(other, "b", 11) == append_result::ok);
  CHECK(other.commit());
  log_of_bank again(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(again));
  CHECK(append(again, "a", 13) == append_result::failed);
  CHECK(again.last_failure().why == kind::tombstoned);
  again.rollback();
  CHECK(all(again).size() == 11);
}

TEST_CASE("what was erased is neither in the file nor beside it") {
  const folder f;
  write(f / "a.db");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  REQUIRE(log.close({}, 0, bytes_of("a")));
  REQUIRE(log.commit());
  CHECK(occurrences(f / "a.db", secret) == 0);  // while the log is still open
  CHECK(occurrences(f / "a.db-wal", secret) == 0);
  CHECK(occurrences(f / "a.db", "ssssssss") == 0);
}

TEST_CASE("erasing that is taken back erases nothing") {
  const folder f;
  write(f / "a.db");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  REQUIRE(log.truncate_before({}, 0, bytes_of("a"), 5));
  REQUIRE(log.close({}, 0, bytes_of("b")));
  log.rollback();
  CHECK(versions(log, "a").size() == 10);
  CHECK(versions(log, "b").size() == 10);
  CHECK(head_of(log, "a").first == 1);
  CHECK_FALSE(head_of(log, "b").closed);
  REQUIRE(start(log));
  CHECK(append(log, "b", 11) == append_result::ok);
  CHECK(log.commit());
}

TEST_CASE("who has not caught up erases nothing") {
  const folder f;
  write(f / "a.db");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(log.begin());
  CHECK_FALSE(log.truncate_before({}, 0, bytes_of("a"), 5));
  CHECK(log.last_failure().why == kind::conflict);
  CHECK_FALSE(log.commit());
  REQUIRE(start(log));
  CHECK(versions(log, "a").size() == 10);
  CHECK(log.truncate_before({}, 0, bytes_of("a"), 5));
  CHECK(log.commit());
}

TEST_CASE("the head of a stream stands in the file once its unit is kept, and says what the events say") {
  const folder f;
  write(f / "a.db");
  constexpr const char* wrong =
      "select count(*) from streams s where version <> (select max(version) from events e where e.stream = s.stream) or last <> "
      "(select max(position) from events e where e.stream = s.stream)";
  CHECK(answer(f / "a.db", wrong) == "0");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(head_of(log, "a").version == 10);  // no event was read
  CHECK(head_of(log, "a").position == 19);
  REQUIRE(start(log));
  for (std::uint64_t i = 11; i < 3011; ++i) REQUIRE(append(log, i % 2 == 0 ? "a" : "c", i % 2 == 0 ? i / 2 + 5 : i / 2 - 4) == append_result::ok);
  CHECK(head_of(log, "a").version == 1510);
  log.rollback();
  CHECK(head_of(log, "a").version == 10);
  CHECK(head_of(log, "c").version == 0);
  REQUIRE(start(log));
  for (std::uint64_t i = 11; i < 3011; ++i) REQUIRE(append(log, i % 2 == 0 ? "a" : "c", i % 2 == 0 ? i / 2 + 5 : i / 2 - 4) == append_result::ok);
  REQUIRE(log.commit());
  CHECK(answer(f / "a.db", wrong) == "0");
}

TEST_CASE("a head that is not that of its events is corrupt, when it is read and when it is written") {
  const folder f;
  write(f / "a.db");
  const auto why = [&](const char* statements, auto act) {
    const folder own;
    std::filesystem::copy_file(f / "a.db", own / "a.db");
    log_of_bank log(gesta::sqlite_store{.path = own / "a.db"});
    REQUIRE(start(log));
    REQUIRE(log.commit());
    sql(own / "a.db", statements);
    CHECK_FALSE(act(log));
    CHECK(log.broken() != nullptr);
    return log.last_failure().why;
  };
  const auto reads = [](log_of_bank& log) { return log.read(0, {}, bytes_of("a"), {}, [](const gesta::recorded&) { return true; }); };
  const auto writes = [](log_of_bank& log) { return start(log) && append(log, "a", 11) == append_result::ok && log.commit(); };
  CHECK(why("update streams set version = 9", reads) == kind::corrupt);
  CHECK(why("update streams set version = 0, last = 0", reads) == kind::corrupt);
  CHECK(why("update streams set last = 18", reads) == kind::corrupt);
  CHECK(why("update streams set last = 1000", reads) == kind::corrupt);
  CHECK(why("update streams set first = 12", reads) == kind::corrupt);
  CHECK(why("update streams set version = 9", writes) == kind::corrupt);
  CHECK(why("delete from events where position = 5", reads) == kind::corrupt);
  CHECK(why("update events set previous = position where position = 5", reads) == kind::corrupt);
}

TEST_CASE("any part of a stream is read in both directions, and a visitor may end the reading") {
  const folder f;
  write(f / "a.db");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  for (std::uint64_t after = 0; after <= 12; ++after)
    for (std::uint64_t to = 0; to <= 12; ++to)
      for (std::uint64_t limit = 0; limit <= 12; ++limit) {
        some forwards, backwards;
        for (std::uint64_t v = 1; v <= 10; ++v)
          if (v > after && v <= to && forwards.size() < limit) forwards.push_back(v);
        for (std::uint64_t v = 10; v >= 1; --v)
          if (v > after && v <= to && backwards.size() < limit) backwards.push_back(v);
        CHECK(versions(log, "a", {after, to, limit}) == forwards);
        CHECK(versions(log, "a", {after, to, limit, true}) == backwards);
      }
  constexpr std::uint64_t end = ~std::uint64_t{0};
  for (const std::uint64_t far : {end, end - 1, std::uint64_t{1} << 63, std::uint64_t{1} << 62}) {
    CHECK(versions(log, "a", {far, far, far}).empty());
    CHECK(versions(log, "a", {8, far, far}) == some{9, 10});
    CHECK(versions(log, "a", {8, far, far, true}) == some{10, 9});
  }
  CHECK(versions(log, "nobody").empty());
  CHECK(versions(log, "nobody", {.backwards = true}).empty());
  some taken;
  const auto three = [&](const gesta::recorded& r) { return taken.push_back(r.version), taken.size() < 3; };
  CHECK(log.read(0, {}, bytes_of("a"), {.after = 3}, three));
  CHECK(taken == some{4, 5, 6});
  taken.clear();
  CHECK(log.read(0, {}, bytes_of("a"), {.backwards = true}, three));
  CHECK(taken == some{10, 9, 8});
  log.rollback();
}

TEST_CASE("a log that is read in parts passes over what is erased and notices what is missing") {
  const folder f;
  write(f / "a.db");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  REQUIRE(log.truncate_before({}, 0, bytes_of("a"), 6));
  REQUIRE(log.commit());
  const auto positions = [&](const gesta::slice& part) {
    some out;
    CHECK(log.read_all(part, [&](const gesta::recorded& r) { return out.push_back(r.position), true; }));
    return out;
  };
  CHECK(positions({.to = 5}) == some{2, 4});
  CHECK(positions({.after = 8, .to = 12}) == some{10, 11, 12});
  CHECK(positions({.to = 12, .limit = 3, .backwards = true}) == some{12, 11, 10});
  CHECK(positions({.after = 18}) == some{19, 20});
  CHECK(positions({.after = 18, .backwards = true}) == some{20, 19});
  CHECK(positions({.after = 20}).empty());
  CHECK(positions({.after = 500}).empty());
  CHECK(positions({.after = 500, .backwards = true}).empty());
  log_of_bank other(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(other));
  REQUIRE(append(other, "c", 1) == append_result::ok);
  REQUIRE(append(other, "c", 2) == append_result::ok);
  REQUIRE(other.commit());
  CHECK(positions({.after = 20, .backwards = true}) == some{22, 21});
  CHECK(positions({.after = 20}) == some{21, 22});
  SUBCASE("forwards") {
    sql(f / "a.db", "delete from events where position = 15");
    CHECK_FALSE(log.read_all({}, [](const gesta::recorded&) { return true; }));
    CHECK(log.last_failure().why == kind::corrupt);
    CHECK(log.last_failure().position == 15);
  }
  SUBCASE("backwards") {
    sql(f / "a.db", "delete from events where position = 15");
    CHECK_FALSE(log.read_all({.backwards = true}, [](const gesta::recorded&) { return true; }));
    CHECK(log.last_failure().position == 15);
  }
}
