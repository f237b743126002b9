// The SQLite store where things go wrong: no room, damaged files, files of others, a disk that fails.
#include "sqlite_files.hpp"

namespace {

gesta::failure why_broken(const std::string& path) {
  const log_of_bank log(gesta::sqlite_store{.path = path});
  REQUIRE(log.broken() != nullptr);
  CHECK(std::string(log.broken()->describe()).find(path.substr(0, 20)) != std::string::npos);  // the path is said
  return *log.broken();
}
bool says(const gesta::failure& cause, const char* words) { return std::string(cause.describe()).find(words) != std::string::npos; }

/// What catching up with a file came to that was changed by these statements.
gesta::failure after(const char* statements) {
  const folder f;
  {
    log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
    REQUIRE(start(log));
    for (std::uint64_t i = 1; i <= 3; ++i) REQUIRE(append(log, "a", i) == append_result::ok);
    REQUIRE(append(log, "b", 1) == append_result::ok);
    REQUIRE(log.commit());
  }
  sql(f / "a.db", statements);
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE((log.broken() != nullptr || !start(log)));
  log.rollback();
  CHECK_FALSE(log.begin());
  return log.last_failure();
}

}  // namespace

TEST_CASE("when the file has reached its size the unit fails, nothing of it is kept, and the log goes on") {
  const folder f;
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db", .most_bytes = 200'000});
  std::uint64_t version = 0;
  for (;; ++version) {
    REQUIRE(start(log));
    REQUIRE(append(log, "a", version + 1, noted{std::string(20'000, 'x')}) == append_result::ok);
    if (!log.commit()) break;
    REQUIRE(version < 100);
  }
  CHECK(log.last_failure().why == kind::full);
  CHECK(log.broken() == nullptr);
  CHECK(version > 5);
  CHECK(log.last_position() == version);
  for (int i = 0; i < 3; ++i) {  // what is written before the commit fails at once
    REQUIRE(start(log));
    CHECK(append(log, "a", version + 1, noted{std::string(1'000'000, 'x')}) == append_result::failed);
    CHECK(log.last_failure().why == kind::full);
    CHECK(append(log, "b", 1) == append_result::failed);  // the unit is lost, so nothing more is written to it
    CHECK_FALSE(log.remember({"sender", 1}, {}));
    CHECK_FALSE(log.commit());
    REQUIRE(start(log));
    REQUIRE(append(log, "a", ++version) == append_result::ok);
    REQUIRE(log.commit());
  }
  CHECK(all(log).size() == version);
}

TEST_CASE("an event that SQLite cannot keep is refused before anything is written") {
  const folder f;
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  REQUIRE(start(log));
  CHECK(append(log, "a", 1, noted{std::string(1'000'000'000, 'x')}) == append_result::failed);
  CHECK(log.last_failure().why == kind::too_large);
  CHECK_FALSE(log.commit());
  REQUIRE(start(log));
  CHECK(append(log, "a", 1) == append_result::ok);
  CHECK(log.commit());
}

TEST_CASE("after an input or output error nothing more is written until the file is opened again; what was committed is there") {
  const folder f;
  const std::string path = f / "a.db";
  fill(path, 3);
  child victim([&](auto) {
    log_of_bank log(gesta::sqlite_store{.path = path});
    if (!start(log)) return false;
    std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit is an error instead
    const ::rlimit small{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &small);
    if (append(log, "a", 4, noted{std::string(200'000, 'x')}) != append_result::ok) return false;
    if (log.commit() || log.last_failure().why != kind::input_output) return false;
    if (log.broken() == nullptr || log.begin()) return false;
    return log.last_failure().why == kind::input_output && log.last_position() == 3;
  });
  CHECK(victim.ended());
  fill(path, 1);
  log_of_bank log(gesta::sqlite_store{.path = path});
  CHECK(caught_up(log) == lines{"1 a/1 0", "2 a/2 0", "3 a/3 0", "4 a/4 0"});
}

TEST_CASE("a file of another program is refused and stays as it is") {
  const folder f;
  const std::string path = f / "other.db";
  SUBCASE("text") { write_file(path, "to do: buy milk\n"); }
  SUBCASE("long text") { write_file(path, std::string(10'000, 'x')); }
  SUBCASE("zeros") { write_file(path, std::string(8192, '\0')); }
  SUBCASE("a database without an application id") { sql(path, "create table t(x)"); }
  SUBCASE("an empty database") { sql(path, "vacuum"); }
  SUBCASE("a database of another application") { sql(path, "pragma application_id=42; create table events(position)"); }
  SUBCASE("a database with a write-ahead log") { sql(path, "pragma journal_mode=wal; create table t(x); insert into t values(1)"); }
  const std::string before = content(path);
  const gesta::failure cause = why_broken(path);
  CHECK(cause.why == kind::cannot_open);
  CHECK(says(cause, "not a file of gesta"));
  CHECK(content(path) == before);
  CHECK(f.files() == 1);
}

TEST_CASE("what another program has not yet moved from its write-ahead log is not moved by us") {
  const folder f;
  const std::string path = f / "other.db";
  child owner([&](auto say) {
    sqlite3* connection = nullptr;
    sqlite3_open(path.c_str(), &connection);
    const char* work = "pragma journal_mode=wal; create table t(x); insert into t values(1)";
    if (sqlite3_exec(connection, work, nullptr, nullptr, nullptr) != SQLITE_OK) return false;
    say();
    stay();
  });
  REQUIRE(owner.said());
  owner.kill();
  const std::string before = content(path), log_before = content(path + "-wal");
  REQUIRE(!log_before.empty());
  CHECK(says(why_broken(path), "not a file of gesta"));
  CHECK(content(path) == before);
  CHECK(content(path + "-wal") == log_before);
}

TEST_CASE("a file whose making was cut off by a loss of power is made anew; zeros that no journal explains are refused") {
  const folder f;
  const std::string path = f / "a.db", zeros(45056, '\0');
  // magic, records, nonce, pages before, bytes of a sector, bytes of a page; the rest of the sector is empty
  std::string journal("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\0\0\0\0\0\0\0\1\0\0\0\0\0\0\2\0\0\0\x10\0", 28);
  journal.resize(512);
  write_file(path, zeros);
  SUBCASE("the journal says that the file was empty") {
    write_file(path + "-journal", journal);
    log_of_bank log(gesta::sqlite_store{.path = path});
    REQUIRE(log.broken() == nullptr);
    REQUIRE(start(log));
    CHECK(append(log, "a", 1) == append_result::ok);
    CHECK(log.commit());
    return;
  }
  SUBCASE("no journal") {}
  SUBCASE("the journal of a file that had pages") {
    journal[19] = 1;
    write_file(path + "-journal", journal);
  }
  SUBCASE("something else") { write_file(path + "-journal", std::string(512, 'x')); }
  SUBCASE("a cut journal") { write_file(path + "-journal", journal.substr(0, 19)); }
  log_of_bank log(gesta::sqlite_store{.path = path});
  REQUIRE(log.broken() != nullptr);
  CHECK(log.broken()->why == kind::cannot_open);
  CHECK(content(path) == zeros);
}

TEST_CASE("a path that leads to no file is refused with its cause") {
  const folder f;
  CHECK(why_broken(f / "missing/a.db").why == kind::cannot_open);
  CHECK(why_broken(f.at.string()).why == kind::cannot_open);
  for (const char* path : {"", ":memory:"}) {
    const log_of_bank log(gesta::sqlite_store{.path = path});
    REQUIRE(log.broken() != nullptr);
    CHECK(log.broken()->why == kind::cannot_open);
  }
}

TEST_CASE("a file that cannot be written to is refused at opening") {
  const folder f;
  const std::string path = f / "a.db";
  fill(path, 1);
  std::filesystem::permissions(path, std::filesystem::perms(0444));
  child reader([&](auto) {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) return false;  // the superuser may write to everything
    const log_of_bank log(gesta::sqlite_store{.path = path});
    return log.broken() != nullptr && log.broken()->why == kind::cannot_open && says(*log.broken(), "cannot be written to");
  });
  CHECK(reader.ended());
}

TEST_CASE("a file that a newer gesta made is refused") {
  const folder f;
  fill(f / "a.db", 1);
  sql(f / "a.db", ("pragma user_version=" + std::to_string(gesta::detail::sqlite_format + 1)).c_str());
  CHECK(says(why_broken(f / "a.db"), "newer gesta"));
}

TEST_CASE("a log whose records do not follow each other is corrupt, and the position is said") {
  const auto corrupt_at = [](const char* statements) {
    const gesta::failure cause = after(statements);
    CHECK(cause.why == kind::corrupt);
    return cause.position;
  };
  CHECK(corrupt_at("delete from events where position = 2") == 2);
  CHECK(corrupt_at("delete from events where position = 1") == 1);
  CHECK(corrupt_at("update events set position = 9 where position = 4") == 4);
  CHECK(corrupt_at("update events set version = 5 where position = 2") == 2);
  CHECK(corrupt_at("update events set previous = 1 where position = 3") == 3);
  CHECK(corrupt_at("update events set stream = 2 where position = 2") == 2);
  CHECK(corrupt_at("update events set stream = 4000000000000 where position = 4") == 4);
  CHECK(corrupt_at("update events set type = 77 where position = 3") == 3);
  CHECK(corrupt_at("update streams set aggregate = 77 where stream = 1") == 1);
  CHECK(corrupt_at("delete from streams where stream = 2") == 4);
  CHECK(corrupt_at("delete from types") == 1);
  CHECK(corrupt_at("update types set kind = 'thing'") == 0);
  CHECK(corrupt_at("drop table outcomes") == 0);
}

TEST_CASE("pages that are overwritten are found when they are read") {
  const folder f;
  const std::string path = f / "a.db";
  {
    log_of_bank log(gesta::sqlite_store{.path = path});
    REQUIRE(start(log));
    for (std::uint64_t i = 1; i <= 2000; ++i) REQUIRE(append(log, "a", i, noted{std::string(100, 'x')}) == append_result::ok);
    REQUIRE(log.commit());
  }
  const std::string good = content(path);
  SUBCASE("garbage") { write_file(path, good.substr(0, 100'000) + std::string(good.size() - 100'000, '\xa5')); }
  SUBCASE("zeros") { write_file(path, good.substr(0, 100'000) + std::string(good.size() - 100'000, '\0')); }
  SUBCASE("cut off") { write_file(path, good.substr(0, 100'000)); }
  log_of_bank log(gesta::sqlite_store{.path = path});
  CHECK_FALSE((log.broken() == nullptr && start(log)));
  CHECK(log.last_failure().why == kind::corrupt);
  log.rollback();
  CHECK_FALSE(log.begin());
}

TEST_CASE("a file that is replaced by an older one while it is open is noticed") {
  const folder f;
  fill(f / "a.db", 3);
  log_of_bank log(gesta::sqlite_store{.path = f / "a.db"});
  CHECK(caught_up(log).size() == 3);
  sql(f / "a.db", "delete from events where position > 1");
  CHECK_FALSE(log.begin());
  CHECK(log.last_failure().why == kind::corrupt);
}
