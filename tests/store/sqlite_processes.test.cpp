// Several logs and processes on one SQLite file: they wait for each other, learn of each other, and may die at any time.
#include "sqlite_files.hpp"

#include <memory>

TEST_CASE("what another log appended is handed over in order, once") {
  const folder f;
  log_of_bank one(gesta::sqlite_store{.path = f / "a.db"}), two(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(one));
  REQUIRE(append(one, "a", 1) == append_result::ok);
  REQUIRE(append(one, "b", 1) == append_result::ok);
  REQUIRE(one.commit());
  CHECK(caught_up(two) == lines{"1 a/1 0", "2 b/1 0"});
  REQUIRE(start(two));
  REQUIRE(append(two, "b", 2) == append_result::ok);
  REQUIRE(append(two, "c", 1, noted{"new"}) == append_result::ok);
  REQUIRE(two.commit());
  CHECK(caught_up(two).empty());  // its own are no news
  CHECK(caught_up(one) == lines{"3 b/2 0", "4 c/1 1"});
  CHECK(caught_up(one).empty());
}

TEST_CASE("catching up outside a unit of work stops nobody from writing") {
  const folder f;
  fill(f / "a.db", 2);
  log_of_bank one(gesta::sqlite_store{.path = f / "a.db"}), two(gesta::sqlite_store{.path = f / "a.db", .patience_milliseconds = 1});
  lines out;
  REQUIRE(start(two));
  REQUIRE(append(two, "b", 1, noted{"x"}) == append_result::ok);
  const auto take = [&](const gesta::recorded& r) {
    out.push_back(line_of(r));
    if (r.position == 1) CHECK(two.commit());  // while the other reads
  };
  CHECK(one.catch_up(take));
  CHECK(out == lines{"1 a/1 0", "2 a/2 0"});
  CHECK(one.last_position() == 2);
  CHECK(one.catch_up(take));
  CHECK(one.catch_up(take));
  CHECK(out == lines{"1 a/1 0", "2 a/2 0", "3 b/1 1"});
  REQUIRE(one.begin());
  CHECK(append(one, "b", 2) == append_result::ok);
  CHECK(one.commit());
}

TEST_CASE("a version that another log took meanwhile is a conflict; after catching up the next one is free") {
  const folder f;
  log_of_bank one(gesta::sqlite_store{.path = f / "a.db"}), two(gesta::sqlite_store{.path = f / "a.db"});
  log_of_bank::stream in_one, in_two;
  const auto at = [](log_of_bank& log, log_of_bank::stream& s, std::uint64_t version) {
    return log.append<accounts>(s, 0, bytes_of("a"), version, {}, closed{});
  };
  REQUIRE(start(one));
  REQUIRE(at(one, in_one, 1) == append_result::ok);
  REQUIRE(one.commit());
  REQUIRE(start(two));
  CHECK(at(two, in_two, 1) == append_result::conflict);
  CHECK(at(two, in_two, 2) == append_result::ok);
  REQUIRE(two.commit());
  REQUIRE(one.begin());
  CHECK(at(one, in_one, 2) == append_result::conflict);  // it has not looked yet
  CHECK(at(one, in_one, 3) == append_result::conflict);
  REQUIRE(one.catch_up([](const gesta::recorded&) {}));
  CHECK(at(one, in_one, 2) == append_result::conflict);
  CHECK(at(one, in_one, 3) == append_result::ok);
  REQUIRE(one.commit());
  CHECK(all(two) == lines{"1 a/1 2", "2 a/2 2", "3 a/3 2"});
}

TEST_CASE("one stream is read with what others appended since") {
  const folder f;
  log_of_bank one(gesta::sqlite_store{.path = f / "a.db"});
  fill(f / "a.db", 2);
  CHECK(caught_up(one).size() == 2);
  fill(f / "a.db", 2);
  lines out;
  CHECK(one.read(0, {}, bytes_of("a"), {.after = 1}, [&](const gesta::recorded& r) { return out.push_back(line_of(r)), true; }));
  CHECK(out == lines{"2 a/2 0", "3 a/3 0", "4 a/4 0"});
}

TEST_CASE("while one writes, another waits no longer than its patience") {
  const folder f;
  log_of_bank one(gesta::sqlite_store{.path = f / "a.db"});
  log_of_bank two(gesta::sqlite_store{.path = f / "a.db", .patience_milliseconds = 1});
  REQUIRE(start(one));
  REQUIRE(append(one, "a", 1) == append_result::ok);
  CHECK_FALSE(two.begin());
  CHECK(two.last_failure().why == kind::busy);
  CHECK(two.broken() == nullptr);
  CHECK(all(two).empty());  // reading is free, and sees what is committed
  REQUIRE(one.commit());
  CHECK(caught_up(two) == lines{"1 a/1 0"});
}

TEST_CASE("processes that open one new file at the same time and append at the same time lose nothing") {
  const folder f;
  const std::string path = f / "a.db";
  constexpr int processes = 4, units = 25;
  const auto work = [&](const std::string& own) {
    log_of_bank log(gesta::sqlite_store{.path = path, .level = gesta::durability::process, .patience_milliseconds = 60000});
    if (log.broken() != nullptr) return std::fprintf(stderr, "%s\n", log.broken()->describe()), false;
    std::uint64_t shared = 0;
    for (int i = 1; i <= units; ++i) {
      if (!log.begin()) return std::fprintf(stderr, "%s\n", log.last_failure().describe()), false;
      log.catch_up([&](const gesta::recorded& r) { shared += r.key.size == 6; });
      gesta::remembered outcome;
      const auto number = static_cast<std::uint64_t>(i);
      if (log.recall({own.c_str(), number}, outcome) != recall_result::fresh || !log.remember({own.c_str(), number}, {})) return false;
      if (append(log, own, number) != append_result::ok || append(log, "shared", ++shared) != append_result::ok || !log.commit())
        return std::fprintf(stderr, "%s\n", log.last_failure().describe()), false;
    }
    return true;
  };
  {
    std::vector<std::unique_ptr<child>> all;
    for (int i = 0; i < processes; ++i) all.push_back(std::make_unique<child>([&, i](auto) { return work("p" + std::to_string(i)); }));
    for (auto& each : all) CHECK(each->ended());
  }
  CHECK(f.files() == 1);
  log_of_bank log(gesta::sqlite_store{.path = path});
  CHECK(caught_up(log).size() == 2 * processes * units);  // catching up checks positions and versions
}

TEST_CASE("a process that is killed in the middle of a unit leaves what it committed, and nothing of the unit") {
  const folder f;
  const std::string path = f / "a.db";
  for (const std::size_t size : {std::size_t{10}, std::size_t{200'000}}) {  // the second has long reached the file when it is killed
    const lines before = [&] {
      log_of_bank log(gesta::sqlite_store{.path = path});
      return caught_up(log);
    }();
    child victim([&](auto say) {
      log_of_bank log(gesta::sqlite_store{.path = path});
      std::uint64_t version = caught_up(log).size();
      for (int i = 0; i < 3; ++i)
        if (!start(log) || append(log, "a", ++version) != append_result::ok || !log.commit()) return false;
      if (!start(log) || !log.remember({"sender", 1}, {})) return false;
      for (int i = 0; i < 300; ++i)
        if (append(log, "a", ++version, noted{std::string(size, 'x')}) != append_result::ok) return false;
      if (append(log, "new", 1) != append_result::ok) return false;
      say();
      stay();
    });
    REQUIRE(victim.said());
    if (size > 1000) CHECK(std::filesystem::file_size(path + "-wal") > 10 * size);
    victim.kill();
    log_of_bank log(gesta::sqlite_store{.path = path});
    const lines found = caught_up(log);
    CHECK(found.size() == before.size() + 3);
    gesta::remembered outcome;
    CHECK(log.recall({"sender", 1}, outcome) == recall_result::fresh);
    REQUIRE(start(log));
    CHECK(append(log, "new", 1) == append_result::ok);
    log.rollback();
  }
}

TEST_CASE("a process that is killed while others run does not stop them") {
  const folder f;
  const std::string path = f / "a.db";
  fill(path, 1);
  log_of_bank log(gesta::sqlite_store{.path = path, .patience_milliseconds = 60000});
  child victim([&](auto say) {
    log_of_bank own(gesta::sqlite_store{.path = path});
    if (!start(own) || append(own, "a", 2) != append_result::ok) return false;
    say();
    stay();
  });
  REQUIRE(victim.said());
  victim.kill();
  CHECK(caught_up(log) == lines{"1 a/1 0"});
  REQUIRE(start(log));
  CHECK(append(log, "a", 2) == append_result::ok);
  CHECK(log.commit());
}
