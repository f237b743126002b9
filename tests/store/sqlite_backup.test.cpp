// Backups while others write, and files made of them: complete, one moment of the log, and known to be another log where they go on.
#include "sqlite_files.hpp"

#include <functional>

namespace {

/// Commits without end, and says so after the first ones.
bool write_on(const std::string& path, const std::function<void()>& say) {
  log_of_bank log(gesta::sqlite_store{.path = path, .level = gesta::durability::process, .patience_milliseconds = 60000});
  std::uint64_t version = caught_up(log).size();
  for (int i = 0;; ++i) {
    if (!start(log) || append(log, "a", ++version) != append_result::ok || !log.commit()) return false;
    if (i == 20) say();
  }
}
std::size_t count_of(const std::string& path) { return std::stoul(answer(path, "select count(*) from events")); }

}  // namespace

TEST_CASE("a backup while others write all the time is a beginning of the log, and sound") {
  const folder f;
  const std::string path = f / "a.db";
  {
    log_of_bank log(gesta::sqlite_store{.path = path});
    REQUIRE(start(log));
    for (std::uint64_t i = 1; i <= 4000; ++i) REQUIRE(append(log, "a", i, noted{std::string(2000, 'x')}) == append_result::ok);  // some 8 MB
    REQUIRE(log.commit());
  }
  child writer([&](auto say) { return write_on(path, say); });
  REQUIRE(writer.said());
  std::uint64_t last = 4000;
  for (int i = 0; i < 5; ++i) {
    const std::string copy = f / ("copy" + std::to_string(i) + ".db").c_str();
    const gesta::copy_result made = gesta::backup(gesta::sqlite_store{.path = path}, copy);
    REQUIRE_MESSAGE(made, made.why().describe());
    CHECK(made.last_position() > last);  // the writer went on between
    last = made.last_position();
    CHECK_FALSE(std::filesystem::exists(copy + "-wal"));
    CHECK(answer(copy, "pragma integrity_check") == "ok");
    CHECK(count_of(copy) == last);
    CHECK(answer(copy, "select max(position) = count(*) and max(version) = count(*) from events") == "1");
    CHECK(answer(copy, "select version = last from streams") == "1");
  }
  writer.kill();
  CHECK(count_of(path) >= last);
  const auto content_until = [&](const std::string& of) {
    const std::string sums = "select sum(position * length(payload) + time) || ' ' || group_concat(distinct type) from events where position <= ";
    return answer(of, (sums + std::to_string(last)).c_str());
  };
  CHECK(content_until(path) == content_until(f / "copy4.db"));
}

TEST_CASE("no writer waits for a backup") {
  const folder f;
  const std::string path = f / "a.db";
  fill(path, 3);
  log_of_bank log(gesta::sqlite_store{.path = path, .patience_milliseconds = 0});
  std::uint64_t version = caught_up(log).size();
  sqlite3* reader = nullptr;  // what a backup holds for its whole time
  REQUIRE(sqlite3_open(path.c_str(), &reader) == SQLITE_OK);
  REQUIRE(sqlite3_exec(reader, "begin; select * from events", nullptr, nullptr, nullptr) == SQLITE_OK);
  for (int i = 0; i < 20; ++i) {
    REQUIRE(start(log));
    REQUIRE(append(log, "a", ++version) == append_result::ok);
    CHECK(log.commit());
  }
  sqlite3_close(reader);
}

TEST_CASE("a log makes a backup of its own file, without what its open unit has done") {
  const folder f;
  fill(f / "a.db", 3);
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  REQUIRE(append(log, "a", 4) == append_result::ok);
  const gesta::copy_result made = log.backup((f / "b.db").c_str());
  REQUIRE(made);
  CHECK(made.last_position() == 3);
  REQUIRE(log.commit());
  log_of_bank copy(gesta::sqlite_store{.path = f / "b.db"});
  CHECK(caught_up(copy).size() == 3);
  CHECK(copy.incarnation() == log.incarnation());
}

TEST_CASE("a restored file is a new incarnation, in which what was cut off is known to be gone") {
  const folder f;
  const gesta::sqlite_store old_store{.path = f / "a.db"}, new_store{.path = f / "b.db"};
  fill(old_store.path, 3);
  REQUIRE(gesta::backup(old_store, f / "backup.db"));
  fill(old_store.path, 2);  // lost with the old file
  log_of_bank old_log(old_store);
  const gesta::message_id before = old_log.incarnation();
  const gesta::copy_result made = gesta::restore(f / "backup.db", new_store);
  REQUIRE_MESSAGE(made, made.why().describe());
  CHECK(made.last_position() == 3);
  fill(new_store.path, 1);  // takes position 4 anew
  log_of_bank log(new_store);
  CHECK(caught_up(log).size() == 4);
  CHECK(log.incarnation() != before);
  CHECK(answer(new_store.path, "select group_concat(number || ' ' || after, ', ') from incarnations") == "1 0, 2 3");
  CHECK(answer(new_store.path, "pragma integrity_check") == "ok");
  const auto knows = [](log_of_bank& of, const gesta::message_id& incarnation, std::uint64_t position) {
    bool answer = false;
    CHECK(of.knows(incarnation, position, answer));
    return answer;
  };
  CHECK(knows(log, before, 0));
  CHECK(knows(log, before, 3));
  CHECK_FALSE(knows(log, before, 4));  // there is one of this number, and it is another
  CHECK_FALSE(knows(log, before, 5));
  CHECK(knows(log, log.incarnation(), 4));
  CHECK_FALSE(knows(log, log.incarnation(), 5));
  CHECK_FALSE(knows(log, log.incarnation(), ~std::uint64_t{0}));
  CHECK_FALSE(knows(log, {1, 2}, 1));
  CHECK(knows(old_log, before, 5));
  CHECK_FALSE(knows(old_log, log.incarnation(), 1));
  // Restored once more from the restored: the earliest cut counts.
  REQUIRE(log.backup((f / "second.db").c_str()));
  REQUIRE(gesta::restore(f / "second.db", gesta::sqlite_store{.path = f / "c.db"}));
  log_of_bank third(gesta::sqlite_store{.path = f / "c.db"});
  CHECK(knows(third, before, 3));
  CHECK_FALSE(knows(third, before, 4));
  CHECK(knows(third, log.incarnation(), 4));
}

TEST_CASE("a backup of format 1 is restored in the format of now") {
  const folder f;
  sql(f / "old.db", content(std::string(__FILE__).substr(0, std::string(__FILE__).rfind('/') + 1) + "sqlite_format_1.sql").c_str());
  const gesta::copy_result made = gesta::restore(f / "old.db", gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE_MESSAGE(made, made.why().describe());
  CHECK(answer(f / "a.db", "pragma user_version") == std::to_string(gesta::detail::sqlite_format));
  CHECK(answer(f / "a.db", "select count(*) from incarnations where after = 7") == "2");
  CHECK(answer(f / "old.db", "pragma user_version") == "1");
}

TEST_CASE("a copy that cannot be made says why and leaves nothing") {
  const folder f;
  fill(f / "a.db", 3);
  REQUIRE(gesta::backup(gesta::sqlite_store{.path = f / "a.db"}, f / "backup.db"));
  const std::size_t files = f.files();
  const auto why = [&](const std::string& from, const std::string& to) {
    const gesta::copy_result made = gesta::backup(gesta::sqlite_store{.path = from}, to);
    const gesta::copy_result restored = gesta::restore(from, gesta::sqlite_store{.path = to});
    REQUIRE_FALSE(made);
    REQUIRE_FALSE(restored);
    CHECK(made.why().why == restored.why().why);
    CHECK(std::strlen(made.why().describe()) > 10);
    return made.why().why;
  };
  CHECK(why(f / "a.db", f / "backup.db") == kind::cannot_open);
  CHECK(why(f / "a.db", f / "a.db") == kind::cannot_open);
  CHECK(why(f / "missing.db", f / "b.db") == kind::cannot_open);
  CHECK(why(f / "a.db", f / "missing/b.db") == kind::cannot_open);
  CHECK(f.files() == files);
  write_file(f / "text", std::string(5000, 'x'));
  CHECK(why(f / "text", f / "b.db") == kind::cannot_open);
  sql(f / "other.db", "create table t(x)");
  CHECK(why(f / "other.db", f / "b.db") == kind::cannot_open);
  write_file(f / "b.db-wal", "left from another file");
  CHECK(why(f / "a.db", f / "b.db") == kind::cannot_open);
  std::filesystem::remove(f / "b.db-wal");
  sql(f / "backup.db", ("pragma user_version=" + std::to_string(gesta::detail::sqlite_format + 1)).c_str());
  CHECK(why(f / "backup.db", f / "b.db") == kind::cannot_open);
  CHECK(f.files() == files + 2);
  const gesta::sqlite_store without{.path = f / "c.db", .random = +[]() noexcept { return gesta::message_id{}; }};
  const gesta::copy_result made = gesta::restore(f / "a.db", without);
  REQUIRE_FALSE(made);
  CHECK(made.why().why == kind::input_output);
  CHECK(f.files() == files + 2);
}

TEST_CASE("what a copy that was stopped left behind is taken away by the next one") {
  const folder f;
  fill(f / "a.db", 3);
  for (const char* name : {"b.db-unfinished", "b.db-unfinished-wal", "b.db-unfinished-journal"}) write_file(f / name, std::string(9000, 'x'));
  REQUIRE(gesta::restore(f / "a.db", gesta::sqlite_store{.path = f / "b.db"}));
  CHECK(f.files() == 2);
  log_of_bank log(gesta::sqlite_store{.path = f / "b.db"});
  CHECK(caught_up(log).size() == 3);
}

TEST_CASE("a backup beyond the size that a file may have fails, and leaves nothing") {
  const folder f;
  fill(f / "a.db", 3);
  child limited([&](auto) {
    std::signal(SIGXFSZ, SIG_IGN);
    const ::rlimit small{20'000, 20'000};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const gesta::copy_result made = gesta::backup(gesta::sqlite_store{.path = f / "a.db"}, f / "b.db");
    return !made && (made.why().why == kind::input_output || made.why().why == kind::full);
  });
  CHECK(limited.ended());
  for (const auto& each : std::filesystem::directory_iterator(f.at)) CHECK_FALSE(each.path().filename().string().starts_with("b.db"));
}
