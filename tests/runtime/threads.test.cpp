// Threads and the stores in memory: an app goes from thread to thread, is read by many while nobody writes, and knows nothing of other apps.
// In the preset tsan also under ThreadSanitizer. The same for a file: tests/store/sqlite_threads.test.cpp.
#include <gesta/gesta.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

struct counted {
  std::int64_t by;
  std::string words;
  static constexpr auto id = "threads.counted";
};
struct count {
  std::int64_t by;
};
struct counter {
  std::int64_t count = 0;
  std::string last;
};
void evolve(counter& c, const counted& e) {
  c.count += e.by;
  c.last = e.words;
}
auto decide(const counter&, const count& c) -> gesta::emits<counted> { return counted{c.by, std::string(40, static_cast<char>('a' + c.by % 26))}; }
struct counters : gesta::aggregate<counter, gesta::commands<count>> {
  static constexpr auto id = "threads.counter";
};
struct total {
  std::int64_t count = 0;
};
void project(total& t, const counted& e) { t.count += e.by; }
struct totals : gesta::projection<total, gesta::follows<counters>> {
  static constexpr auto id = "threads.total";
};
struct hall : gesta::model<counters, totals> {};

template <class App>
void add(App& app, const std::string& key, std::int64_t by) {
  app.handle(key, count{by}).match([](const counter&) {}, [](const gesta::failure&) {});
}
std::string key_of(int n) { return "a key that is no small string, number " + std::to_string(n); }

/// Runs work(number) in so many threads at once and waits for them.
template <class Work>
void together(int threads, Work work) {
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) all.emplace_back([&work, i] { work(i); });
  for (std::thread& each : all) each.join();
}

/// A store with little room, where it has to be said.
template <class Store>
Store small() {
  Store store{};
  if constexpr (requires { store.bytes; }) store.bytes = 2 << 20;
  return store;
}

}  // namespace

TEST_CASE_TEMPLATE("an app is used by threads one after another, made by one and ended by another", Store, gesta::memory_store, gesta::fixed_memory_store,
                   gesta::last_records_store) {
  using app_type = decltype(gesta::start<hall>(Store{}));
  constexpr int threads = 4, turns = 500;
  std::unique_ptr<app_type> app;
  std::thread([&] { app.reset(new app_type(gesta::start<hall>(small<Store>()))); }).join();
  std::mutex one_at_a_time;
  together(threads, [&](int me) {
    for (int i = 0; i < turns; ++i) {
      const std::lock_guard<std::mutex> turn(one_at_a_time);
      add(*app, key_of(i % 50), 1);
      add(*app, key_of(100 + me), 1);
    }
  });
  CHECK(app->template view<total>().count == 2 * threads * turns);
  CHECK(app->template state<counters>(key_of(100)).count == turns);
  std::thread([&] { app.reset(); }).join();
}

TEST_CASE_TEMPLATE("while nobody writes, any number of threads read an app by its const functions", Store, gesta::memory_store, gesta::fixed_memory_store,
                   gesta::last_records_store) {
  auto made = gesta::start<hall>(small<Store>());
  for (int i = 0; i < 1000; ++i) add(made, key_of(i % 100), 1);
  const auto& app = made;
  std::atomic<int> wrong{0};
  together(4, [&](int) {
    bool good = true;
    for (int i = 0; i < 1000; ++i) {
      const std::string key = key_of(i % 100);
      good = good && app.template state<counters>(key).count == 10 && app.template version<counters>(key) == 10;
      good = good && app.template state<counters>("none").count == 0 && app.template version<counters>("none") == 0;
      good = good && app.template view<total>().count == 1000 && app.last_position() == 1000 && app.first_position() == 1 && app.broken() == nullptr;
    }
    if (!good) wrong.fetch_add(1, std::memory_order_relaxed);
  });
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("apps know nothing of each other: each thread has its own, started from one value", Store, gesta::memory_store, gesta::fixed_memory_store,
                   gesta::last_records_store) {
  const Store store = small<Store>();
  std::atomic<int> wrong{0};
  together(4, [&](int me) {
    auto app = gesta::start<hall>(store);
    for (int i = 0; i < 500; ++i) add(app, key_of(i % 50), me);
    std::int64_t seen = 0;
    const bool read = app.each_event([&](const counted& e, const gesta::about&) { seen += e.by; });
    if (!read || seen != 500 * me || app.template view<total>().count != seen || app.last_position() != 500) wrong.fetch_add(1, std::memory_order_relaxed);
  });
  CHECK(wrong == 0);
}
