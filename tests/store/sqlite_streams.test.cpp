// Keys of streams are read once and kept: never of a unit that was taken back, and also of streams and types that others added.
#include "sqlite_files.hpp"

#include <gesta/codec/binary.hpp>

TEST_CASE("a key that was read in a unit which was taken back is not that of the stream that takes its number") {
  const folder f;
  fill(f / "a.db", 1, "first");
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  for (const char* key : {"ann", "bob", "a name that is longer"}) {
    REQUIRE(start(log));
    REQUIRE(append(log, key, 1) == append_result::ok);
    REQUIRE(append(log, std::string(key) + " too", 1) == append_result::ok);
    CHECK(all(log) == lines{"1 first/1 0", "2 " + std::string(key) + "/1 0", "3 " + std::string(key) + " too/1 0"});
    log.rollback();
    CHECK(all(log) == lines{"1 first/1 0"});
  }
}

TEST_CASE("streams that others made meanwhile are read, from whatever position on and one by one") {
  const folder f;
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"}), other(gesta::sqlite_store{.path = f / "a.db"});
  lines expected;
  for (int i = 1; i <= 50; ++i) {
    const std::string key = "key" + std::to_string(i);
    REQUIRE(start(other));
    REQUIRE(append(other, key, 1) == append_result::ok);
    REQUIRE(other.commit());
    expected.push_back(std::to_string(i) + ' ' + key + "/1 0");
    if (i % 7 == 0) CHECK(all(log) == expected);
    lines one;
    const auto note = [&](const gesta::recorded& r) { return one.push_back(line_of(r)), true; };
    if (i % 5 == 0) CHECK(log.read(0, {}, bytes_of(key), {}, note));
    if (i % 5 == 0) CHECK(one == lines{expected.back()});
    one.clear();
    if (i % 11 == 0) CHECK(log.read_all({.backwards = true}, note));
    if (i % 11 == 0) CHECK(one == lines(expected.rbegin(), expected.rend()));
  }
}

TEST_CASE("a log that is read from its middle on finds streams far behind those it knows") {
  const folder f;
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    for (int i = 1; i <= 1000; ++i) REQUIRE(append(log, "key" + std::to_string(i), 1) == append_result::ok);
    REQUIRE(log.commit());
  }
  for (const std::uint64_t after : {0u, 10u, 500u, 990u}) {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    for (int round = 0; round < 2; ++round)
      for (const bool backwards : {false, true}) {
        std::uint64_t count = 0;
        CHECK(log.read_all({.after = after, .backwards = backwards}, [&](const gesta::recorded& r) {
          ++count;
          return line_of(r) == std::to_string(r.position) + " key" + std::to_string(r.position) + "/1 0";
        }));
        CHECK(count == 1000 - after);
      }
  }
}

TEST_CASE("a reader may end in the middle, and the next reading begins where it should") {
  const folder f;
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    for (int i = 1; i <= 20; ++i) REQUIRE(append(log, "key" + std::to_string(i), 1) == append_result::ok);
    REQUIRE(log.commit());
  }
  for (int stop = 1; stop <= 20; ++stop) {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    int count = 0;
    CHECK(log.read_all({}, [&](const gesta::recorded&) { return ++count < stop; }));
    CHECK(count == stop);
    CHECK(all(log).size() == 20);
    CHECK(all(log).back() == "20 key20/1 0");
  }
}

TEST_CASE("a stream of any length is read forwards, in part and as a whole") {
  const folder f;
  constexpr std::uint64_t length = 2500;  // some 4 MB: more than is kept on the way back
  const auto size_of = [](std::uint64_t version) { return static_cast<std::size_t>(version * 7919 % 3500); };
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  for (std::uint64_t v = 1; v <= length; ++v) {
    REQUIRE(append(log, "a", v, noted{std::string(size_of(v), static_cast<char>('a' + v % 26))}) == append_result::ok);
    if (v % 3 == 0) REQUIRE(append(log, "b", v / 3) == append_result::ok);
  }
  REQUIRE(log.commit());
  for (const auto& [after, to] : {std::pair<std::uint64_t, std::uint64_t>{0, length}, {0, 10}, {1000, length}, {2400, 2450}, {3, 1500}}) {
    std::uint64_t expected = after;
    CHECK(log.read(0, {}, bytes_of("a"), {.after = after, .to = to}, [&](const gesta::recorded& r) {
      CHECK(r.version == ++expected);
      CHECK(r.key == bytes_of("a"));
      noted event;
      REQUIRE(gesta::decode(static_cast<const std::byte*>(r.payload), r.size, event));
      CHECK(event.words == std::string(size_of(r.version), static_cast<char>('a' + r.version % 26)));
      return true;
    }));
    CHECK(expected == to);
  }
}
