// What nobody may do, so that it is seen that ThreadSanitizer sees it: two threads use one app and nothing says who is first.
//
//   race memory | sqlite FILE | partitions
//
// The second begins when the first is done, which it learns without synchronisation: the program never breaks, and only ThreadSanitizer knows
// that it might. The last: two workers count in one place, each the events of keys of its own.
#include <gesta/gesta.hpp>
#include <gesta/runtime/partitions.hpp>
#include <gesta/store/sqlite.hpp>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>

namespace {

struct counted {
  int by;
  static constexpr auto id = "race.counted";
};
struct count {
  int by;
};
struct counter {
  int count = 0;
};
void evolve(counter& c, const counted& e) { c.count += e.by; }
auto decide(const counter&, const count& c) -> gesta::emits<counted> { return counted{c.by}; }
struct counters : gesta::aggregate<counter, gesta::commands<count>> {
  static constexpr auto id = "race.counter";
};
struct hall : gesta::model<counters> {};

template <class App>
int race(App&& app) {
  std::atomic<bool> done{false};
  const auto use = [&] {
    app.handle("a", count{1}).match([](const counter&) {}, [](const gesta::failure& f) { std::fprintf(stderr, "%s\n", f.describe()); });
  };
  std::thread first([&] {
    use();
    done.store(true, std::memory_order_relaxed);
  });
  std::thread second([&] {
    while (!done.load(std::memory_order_relaxed)) std::this_thread::yield();
    use();
  });
  first.join();
  second.join();
  std::printf("counted to %d\n", app.template state<counters>("a").count);
  return 0;
}

struct in_one_place {
  using order = gesta::ordered_by_key;
  int count = 0;
  void operator()(const counted& e) { count += e.by; }
};

int race_of_workers() {
  auto app = gesta::start<hall>(gesta::memory_store{});
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g", "h"}) app.handle(key, count{1});
  in_one_place place;
  auto lanes = gesta::partition<hall>(gesta::workers{2}, [&](unsigned) -> in_one_place& { return place; });
  auto feed = app.follow();
  if (!lanes.poll(feed)) return 1;
  lanes.drain();
  std::printf("counted to %d\n", place.count);
  return 0;
}

}  // namespace

int main(int count, char** words) {
  const std::string store = count > 1 ? words[1] : "";
  if (store == "memory" && count == 2) return race(gesta::start<hall>(gesta::memory_store{}));
  if (store == "sqlite" && count == 3) return race(gesta::start<hall>(gesta::sqlite_store{.path = words[2]}));
  if (store == "partitions" && count == 2) return race_of_workers();
  return std::fprintf(stderr, "usage: race memory | sqlite FILE | partitions\n"), 2;
}
