// Threads and the SQLite store: each thread has an app of its own on one file, or an app is handed from one to the next. In the preset tsan
// also under ThreadSanitizer; what that sees of SQLite itself is said in docs/storage.md.
#include "sqlite_files.hpp"

#include <gesta/gesta.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

namespace {

struct counted {
  std::int64_t by;
  std::string words;
  static constexpr auto id = "threads.counted";
};
struct count {
  std::int64_t by;
  std::int64_t size;
};
struct counter {
  std::int64_t count = 0;
};

/// Set in the threads that the tests made; the model's functions count the calls from others.
thread_local bool is_ours = false;
std::atomic<int> calls_of_strangers{0};
void note_thread() {
  if (!is_ours) calls_of_strangers.fetch_add(1, std::memory_order_relaxed);
}

void evolve(counter& c, const counted&) {
  note_thread();
  ++c.count;
}
auto decide(const counter&, const count& c) -> gesta::emits<counted> {
  note_thread();
  return counted{c.by, std::string(static_cast<std::size_t>(c.size), 'x')};
}
struct counters : gesta::aggregate<counter, gesta::commands<count>> {
  static constexpr auto id = "threads.counter";
};
struct total {
  std::int64_t events = 0;
};
void project(total& t, const counted&) {
  note_thread();
  ++t.events;
}
struct totals : gesta::projection<total, gesta::follows<counters>> {
  static constexpr auto id = "threads.total";
};
struct hall : gesta::model<counters, totals> {};

// Waiting for the disk is not what is tested here.
gesta::sqlite_store store_at(const std::string& path) {
  return {.path = path, .level = gesta::durability::process, .patience_milliseconds = 120'000};
}
using app_type = decltype(gesta::start<hall>(gesta::sqlite_store{}));

bool add(app_type& app, const std::string& key, std::int64_t by, std::int64_t size = 10) {
  return app.handle(key, count{by, size}).match([](const counter&) { return true; }, [](const gesta::failure&) { return false; });
}

/// Threads that are joined, whatever happens. What fails in them is counted: doctest's own checks would be synchronisation.
class crew {
 public:
  crew() = default;
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;
  ~crew() { join(); }

  template <class Work>
  void add(Work work) {
    threads_.emplace_back([this, work] {
      is_ours = true;
      if (!work()) failed_.fetch_add(1, std::memory_order_relaxed);
    });
  }
  void join() {
    for (std::thread& each : threads_)
      if (each.joinable()) each.join();
  }
  int failed() const { return failed_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int> failed_{0};
  std::vector<std::thread> threads_;
};

}  // namespace

TEST_CASE("while one thread writes and the store's own thread moves the log, others read with apps of their own") {
  const folder f;
  const std::string path = f / "a.db";
  constexpr std::int64_t commands = 900, size = 8000;  // twice the length at which the log is moved
  { CHECK(gesta::start<hall>(store_at(path)).broken() == nullptr); }
  std::atomic<bool> over{false};
  std::atomic<int> reads{0};
  std::string moved;
  crew all;
  for (int i = 0; i < 3; ++i)
    all.add([&] {
      auto app = gesta::start<hall>(store_at(path));
      std::int64_t before = 0;
      for (bool last = false; !last;) {
        last = over.load(std::memory_order_relaxed);
        std::uint64_t next = 1;
        std::int64_t own = 0;
        bool in_order = true;
        const bool readable = app.each_event([&](const counted& e, const gesta::about& a) {
          in_order = in_order && a.position == next++ && e.words.size() == static_cast<std::size_t>(size);
          ++own;
        });
        if (!readable || !in_order || own < before) return false;  // nothing appears before what was there
        before = own;
        reads.fetch_add(1, std::memory_order_relaxed);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      return before == commands;
    });
  all.add([&] {
    auto app = gesta::start<hall>(store_at(path));
    while (reads.load(std::memory_order_relaxed) < 3 && all.failed() == 0) std::this_thread::yield();
    bool good = true;
    for (std::int64_t i = 0; i < commands && good; ++i) {
      good = add(app, "a", 0, size);
      if (i % 32 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (std::filesystem::file_size(path) < 1000 * 4096 && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    good = good && std::filesystem::file_size(path) >= 1000 * 4096;  // moved while all had it open
    over.store(true, std::memory_order_relaxed);
    return good && app.template view<total>().events == commands;
  });
  all.join();
  CHECK(all.failed() == 0);
  CHECK(calls_of_strangers == 0);  // the store's own thread, which has moved the log, knows nothing of the model
  CHECK(reads >= 6);
  CHECK(answer(path, "pragma integrity_check") == "ok");
}

TEST_CASE("two threads that write with apps of their own take turns: nothing is lost, each sees what the other did") {
  const folder f;
  const std::string path = f / "a.db";
  constexpr std::int64_t commands = 300;
  const gesta::sqlite_store store = store_at(path);  // one value for all
  {
    crew all;
    for (std::int64_t me = 1; me <= 2; ++me)
      all.add([&, me] {
        auto app = gesta::start<hall>(store);
        bool good = app.broken() == nullptr;
        for (std::int64_t i = 1; i <= commands && good; ++i) good = add(app, "own " + std::to_string(me), me) && add(app, "shared", me);
        return good;
      });
    all.join();
    CHECK(all.failed() == 0);
  }
  auto app = gesta::start<hall>(store);
  CHECK(app.last_position() == 4 * commands);
  CHECK(app.state<counters>("shared").count == 2 * commands);
  CHECK(app.version<counters>("own 1") == commands);
  CHECK(app.version<counters>("own 2") == commands);
  CHECK(app.view<total>().events == 4 * commands);
}

TEST_CASE("an app may be made by one thread, used by others one after another, its batch too, and be ended by yet another") {
  const folder f;
  const std::string path = f / "a.db";
  constexpr std::int64_t threads = 4, turns = 60, size = 20'000;  // so the log is moved meanwhile
  std::mutex one_at_a_time;
  std::unique_ptr<app_type> app;
  std::thread([&] { app.reset(new app_type(gesta::start<hall>(store_at(path)))); }).join();
  {
    crew all;
    for (std::int64_t me = 0; me < threads; ++me)
      all.add([&, me] {
        for (std::int64_t i = 0; i < turns; ++i) {
          const std::lock_guard<std::mutex> turn(one_at_a_time);
          if (!add(*app, "a", me, size)) return false;
        }
        return true;
      });
    all.join();
    CHECK(all.failed() == 0);
  }
  {
    auto batch = app->batch();
    std::thread([&] { (void)batch.handle("b", count{1, 1}); }).join();
    std::thread([&] { CHECK(batch.commit()); }).join();
  }
  CHECK(app->view<total>().events == threads * turns + 1);
  std::thread([&] { app.reset(); }).join();
  CHECK(f.files() == 1);  // the thread that moved the log is over, the file alone is complete
}

TEST_CASE("while nobody writes with it, any number of threads read one app by its const functions") {
  const folder f;
  auto made = gesta::start<hall>(store_at(f / "a.db"));
  for (std::int64_t i = 0; i < 100; ++i) REQUIRE(add(made, "key " + std::to_string(i % 10), i));
  const app_type& app = made;
  crew all;
  for (int i = 0; i < 4; ++i)
    all.add([&] {
      bool good = true;
      for (int n = 0; n < 200; ++n) {
        const std::string key = "key " + std::to_string(n % 10);
        good = good && app.state<counters>(key).count == 10 && app.version<counters>(key) == 10 && app.view<total>().events == 100 &&
               app.last_position() == 100 && app.first_position() == 1 && app.broken() == nullptr && app.state<counters>("none").count == 0;
      }
      return good;
    });
  all.join();
  CHECK(all.failed() == 0);
}
