// A disk that is full, really: a file system in memory of so many pages, on which a program goes on until the system says ENOSPC. Needs the
// right to mount one, as root or within a user namespace; where there is none the test says so and is skipped.
#include "sqlite_files.hpp"

#include <gesta/gesta.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <map>

namespace {

// ---- a small disk

bool write_text(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  const bool good = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<::ssize_t>(text.size());
  if (file >= 0) ::close(file);
  return good;
}

/// Gives the process mounts of its own, which end with it, however it ends. False: it may not.
bool may_mount() {
  const ::uid_t user = ::getuid();
  const ::gid_t group = ::getgid();
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    const bool mapped = write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", "0 " + std::to_string(user) + " 1") &&
                        write_text("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
    if (!mapped) return false;
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

constexpr std::size_t page = 4096;

/// Nothing is left to ctest but to say that the test was skipped: SKIP_RETURN_CODE.
[[noreturn]] void skip(const char* why) {
  std::printf("skipped: no file system can be mounted here: %s, %s\n", why, std::strerror(errno));
  std::fflush(stdout);
  std::_Exit(77);
}

/// A file system of so many pages.
class small_disk {
 public:
  explicit small_disk(std::size_t pages) {
    static const bool may = may_mount();
    if (!may) skip("unshare");
    if (::mount("tmpfs", at_.at.c_str(), "tmpfs", 0, ("size=" + std::to_string(pages * page)).c_str()) != 0) skip("mount");
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() { CHECK(::umount2(at_.at.c_str(), MNT_DETACH) == 0); }

  std::string operator/(const char* name) const { return at_ / name; }
  void grow(std::size_t pages) {
    REQUIRE(::mount("tmpfs", at_.at.c_str(), "tmpfs", MS_REMOUNT, ("size=" + std::to_string(pages * page)).c_str()) == 0);
  }
  /// Leaves so many pages free.
  void fill_up(std::size_t left) {
    const int file = ::open((at_ / "ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(file >= 0);
    const std::string zeros(page, '\0');
    ::off_t size = 0;
    while (::write(file, zeros.data(), page) == static_cast<::ssize_t>(page)) size += static_cast<::off_t>(page);
    CHECK(errno == ENOSPC);
    CHECK(::ftruncate(file, size - static_cast<::off_t>(left * page)) == 0);
    ::close(file);
  }

 private:
  folder at_;
};

// ---- a program that writes

struct kept {
  std::int64_t number;
  std::string words;
  static constexpr auto id = "kept";
};
struct keep {
  std::int64_t number;
  std::int64_t size;
};
struct shelf {
  std::int64_t count = 0;
  std::int64_t last = 0;
};
void evolve(shelf& s, const kept& e) {
  ++s.count;
  s.last = e.number;
}
auto decide(const shelf&, const keep& c) -> gesta::emits<kept> {
  return kept{c.number, std::string(static_cast<std::size_t>(c.size), static_cast<char>('a' + c.number % 26))};
}
struct shelves : gesta::aggregate<shelf, gesta::commands<keep>> {
  static constexpr auto id = "shelf";
};
struct counted {
  std::int64_t events = 0;
};
void project(counted& c, const kept&) { ++c.events; }
struct counting : gesta::projection<counted, gesta::follows<shelves>> {
  static constexpr auto id = "counting";
};
struct room : gesta::model<shelves, counting> {};

using app_type = decltype(gesta::start<room>(gesta::sqlite_store{}));

std::string shelf_of(std::int64_t number) { return std::string(1, static_cast<char>('a' + number % 3)); }
std::int64_t size_of(std::int64_t number, std::int64_t most) { return number % 4 * most / 3; }

/// The next numbers, each a command under gesta::once, or so many of them in one batch.
struct writer {
  app_type app;
  std::int64_t most;
  std::int64_t batch;
  std::int64_t acknowledged = 0;

  /// Whether the next unit was kept; else why.
  bool write(gesta::failure& why) {
    const auto one = [&](auto& to, std::int64_t n) {
      return to.handle(shelf_of(n), keep{n, size_of(n, most)}, gesta::once{"writer", static_cast<std::uint64_t>(n)})
          .match([](const shelf&) { return true; }, [&](const gesta::failure& f) { return why = f, false; });
    };
    if (batch == 1) {
      if (!one(app, acknowledged + 1)) return false;
    } else {
      auto unit = app.batch();
      for (std::int64_t i = 1; i <= batch; ++i)
        if (!one(unit, acknowledged + i)) return false;
      if (const gesta::committed done = unit.commit(); !done) return why = done.why(), false;
    }
    acknowledged += batch;
    return true;
  }
};

/// What the program shows, in one line: of the states, of the view, of the log.
std::string seen_by(app_type& app) {
  std::string out;
  for (std::int64_t n = 0; n < 3; ++n) {
    const shelf& s = app.template state<shelves>(shelf_of(n));
    out += std::to_string(s.count) + '/' + std::to_string(s.last) + '/' + std::to_string(app.template version<shelves>(shelf_of(n))) + ' ';
  }
  return out + std::to_string(app.template view<counted>().events) + ' ' + std::to_string(app.last_position());
}

/// Whether the store holds the numbers 1 to `last` in this order, each as it was written.
bool holds(app_type& app, std::int64_t last, std::int64_t most) {
  std::int64_t next = 1;
  bool good = true;
  const bool readable = app.each_event([&](const kept& e, const gesta::about& a) {
    const bool is_next = e.number == next && a.position == static_cast<std::uint64_t>(next);
    good = good && is_next && e.words.size() == static_cast<std::size_t>(size_of(next, most));
    ++next;
  });
  return readable && good && next == last + 1;
}

struct shape {
  const char* name;
  std::int64_t most;       ///< bytes of an event
  std::int64_t batch;      ///< commands of a unit
  std::size_t from, step;  ///< pages of the disk
  int sizes;
};
// By single pages, each of which makes another write the first that finds no room; and with room for the write-ahead log to be moved.
constexpr shape shapes[] = {
    {"small events", 3000, 1, 40, 1, 48},
    {"large events", 40000, 1, 120, 1, 24},
    {"batches", 3000, 50, 150, 1, 24},
    {"a log that is moved", 40000, 1, 1800, 331, 6},
};

/// What came of one disk.
struct course {
  std::int64_t written = 0;  ///< before it was full
  int refused = 0;
  int code = 0;  ///< of the engine, where it was full first
};

course run(const shape& s, std::size_t pages) {
  course came;
  small_disk disk(pages);
  const std::string path = disk / "a.db";
  std::int64_t acknowledged = 0;
  {
    writer w{gesta::start<room>(gesta::sqlite_store{.path = path}), s.most, s.batch};
    REQUIRE_MESSAGE(w.app.broken() == nullptr, w.app.broken()->describe());
    gesta::failure why;
    while (w.write(why)) REQUIRE(w.acknowledged < 1'000'000);
    // Full, and nothing has changed; nor has it when the same is tried again.
    const std::string before = seen_by(w.app);
    CHECK(w.app.view<counted>().events == w.acknowledged);
    came.code = why.code;
    came.written = w.acknowledged;
    for (int i = 0; i < 3; ++i) {
      CHECK_MESSAGE(why.why == kind::full, why.describe());
      CHECK(w.app.broken() == nullptr);
      CHECK(seen_by(w.app) == before);
      if (w.write(why)) break;  // the write-ahead log may have begun anew meanwhile
      ++came.refused;
    }
    CHECK(holds(w.app, w.acknowledged, s.most));

    // Room is made; the same app goes on.
    disk.grow(pages + 100000);
    for (int i = 0; i < (s.batch == 1 ? 5 : 1); ++i) {
      const bool goes_on = w.write(why);
      REQUIRE_MESSAGE(goes_on, why.describe());
    }
    CHECK(holds(w.app, w.acknowledged, s.most));
    acknowledged = w.acknowledged;
  }
  CHECK(answer(path, "pragma integrity_check") == "ok");
  CHECK(answer(path, "select count(*) from outcomes") == std::to_string(acknowledged));
  auto again = gesta::start<room>(gesta::sqlite_store{.path = path});
  REQUIRE(again.broken() == nullptr);
  CHECK(holds(again, acknowledged, s.most));
  CHECK(again.view<counted>().events == acknowledged);
  return came;
}

}  // namespace

TEST_CASE("on a full disk a unit fails with `full`, nothing has changed, and the same app goes on when there is room") {
  for (const shape& s : shapes) {
    course all;
    for (int i = 0; i < s.sizes; ++i) {
      const std::size_t pages = s.from + static_cast<std::size_t>(i) * s.step;
      CAPTURE(s.name);
      CAPTURE(pages);
      const course came = run(s, pages);
      all.written += came.written;
      all.refused += came.refused;
    }
    CHECK(all.written > s.sizes);
    CHECK(all.refused >= s.sizes);
    std::printf("%s: %d disks of %zu to %zu pages, %lld events kept, %d more tries refused as full\n", s.name, s.sizes, s.from,
                s.from + static_cast<std::size_t>(s.sizes - 1) * s.step, static_cast<long long>(all.written), all.refused);
  }
}

TEST_CASE("so it is where the log has room and its index, which grows by eight pages, has not") {
  constexpr shape s{"a batch of 4,250 pages: the index begins its second part at 4,063", 200000, 170, 4140, 4, 0};
  int found = 0;
  std::size_t pages = s.from;
  for (course came; came.written == 0; pages += s.step) {
    CAPTURE(pages);
    REQUIRE(pages < 6000);
    came = run(s, pages);
    found += came.code == SQLITE_IOERR_SHMSIZE;
  }
  CHECK(found > 0);
  std::printf("%s: %d disks of %zu to %zu pages without room for it\n", s.name, found, s.from, pages - s.step);
}

TEST_CASE("a store that was killed is opened on a full disk, or says `full`, and is whole when there is room") {
  constexpr std::int64_t kept_before = 50;
  int full = 0;
  for (std::size_t left = 0; left <= 24; ++left) {
    small_disk disk(4000);
    const std::string path = disk / "a.db";
    std::int64_t acknowledged = kept_before;
    CAPTURE(left);
    child victim([&](auto say) {
      writer w{gesta::start<room>(gesta::sqlite_store{.path = path}), 10000, 1};
      gesta::failure why;
      while (w.acknowledged < kept_before)
        if (!w.write(why)) return false;
      say();
      stay();
    });
    REQUIRE(victim.said());
    victim.kill();
    ::unlink((path + "-shm").c_str());  // as after a restart of the machine
    disk.fill_up(left);
    {
      writer w{gesta::start<room>(gesta::sqlite_store{.path = path}), 10000, 1, kept_before};
      gesta::failure why;
      if (w.app.broken() != nullptr) {
        why = *w.app.broken();
        ++full;
      } else {
        CHECK(holds(w.app, acknowledged, w.most));
        while (w.write(why)) ++acknowledged;
        CHECK(w.app.broken() == nullptr);
      }
      CHECK_MESSAGE(why.why == kind::full, why.describe());
    }
    disk.grow(8000);
    writer w{gesta::start<room>(gesta::sqlite_store{.path = path}), 10000, 1, acknowledged};
    REQUIRE_MESSAGE(w.app.broken() == nullptr, w.app.broken()->describe());
    CHECK(holds(w.app, acknowledged, w.most));
    gesta::failure why;
    CHECK(w.write(why));
    CHECK(holds(w.app, acknowledged + 1, w.most));
  }
  CHECK(full > 0);
  std::printf("%d stores without room to be opened\n", full);
}

TEST_CASE("a store that finds no room to be made says `full`, and is made when there is room") {
  int full = 0;
  for (std::size_t pages = 1; pages <= 60; ++pages) {
    small_disk disk(pages);
    const std::string path = disk / "a.db";
    CAPTURE(pages);
    {
      auto app = gesta::start<room>(gesta::sqlite_store{.path = path});
      if (app.broken() == nullptr) continue;
      CHECK_MESSAGE(app.broken()->why == kind::full, app.broken()->describe());
      ++full;
    }
    disk.grow(pages + 1000);
    writer w{gesta::start<room>(gesta::sqlite_store{.path = path}), 1000, 1};
    REQUIRE_MESSAGE(w.app.broken() == nullptr, w.app.broken()->describe());
    gesta::failure why;
    CHECK(w.write(why));
  }
  CHECK(full >= 10);
  std::printf("%d disks too small to make a store on\n", full);
}
