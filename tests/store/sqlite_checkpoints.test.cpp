// The write-ahead log is moved into the file while its writer goes on.
#include "sqlite_files.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace {

std::size_t size_of(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 ? static_cast<std::size_t>(found.st_size) : 0;
}

/// A log that commits events of 8 KB, one by one.
class writer {
 public:
  explicit writer(const std::string& path) : log_(gesta::sqlite_store{.path = path, .level = gesta::durability::process}) {
    REQUIRE(log_.broken() == nullptr);
    REQUIRE(log_.catch_up([](const gesta::recorded&) {}));
    version_ = log_.last_position();
  }
  void commit() {
    REQUIRE(log_.begin());
    REQUIRE(append(log_, "a", ++version_, noted{std::string(8000, 'x')}) == append_result::ok);
    REQUIRE(log_.commit());
  }
  std::uint64_t count() const { return version_; }

 private:
  log_of_bank log_;
  std::uint64_t version_ = 0;
};

constexpr std::size_t page = 4096;

}  // namespace

TEST_CASE("what is committed reaches the file while the log is open and written, and the log begins anew") {
  const folder f;
  const std::string file = f / "a.db";
  std::uint64_t written = 0;
  {
    writer w(file);
    w.commit();
    const std::size_t before = size_of(file);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (size_of(file) < before + 40000 * page) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      w.commit();
      if (w.count() % 64 == 0) std::this_thread::yield();
    }
    // Without a new beginning the write-ahead log would be as long as the file; its bound is 16,384 pages and one commit.
    CHECK(size_of(file + "-wal") < 17000 * page);
    written = w.count();
  }
  CHECK(size_of(file + "-wal") == 0);
  log_of_bank again(gesta::sqlite_store{.path = file});
  CHECK(all(again).size() == written);
}

TEST_CASE("a program that changes its folder keeps its file") {
  const folder f;
  char here[4096];
  REQUIRE(::getcwd(here, sizeof here) != nullptr);
  REQUIRE(::chdir((f / ".").c_str()) == 0);
  {
    writer w("a.db");
    REQUIRE(::chdir("/") == 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (size_of(f / "a.db") < 2000 * page) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      w.commit();
    }
  }
  REQUIRE(::chdir(here) == 0);
  CHECK(size_of(f / "a.db-wal") == 0);
}

TEST_CASE("where no further connection can be had the writer moves the log itself") {
  const folder f;
  const std::string file = f / "a.db";
  writer w(file);
  w.commit();
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const int next = ::dup(0);
  ::close(next);
  const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  for (int i = 0; i < 3000; ++i) w.commit();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(size_of(file) > 3000 * page);
  CHECK(size_of(file + "-wal") < 2000 * page);
}
