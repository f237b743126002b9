// Sagas with records: orders led through payment, stock, shipping and confirmation, every step of which is kept before the next is asked. In memory,
// and in a SQLite file: a commit for each step, for each order, and for many.
//
//   benchmark.durable_sagas [--orders N] [--repetitions N] [--only TEXT]
//
// The orders of benchmarks/run/saga.hpp, through the same steps; each has a number of its own. The report of every run is the same.
#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/sqlite.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "saga_model.hpp"

namespace {

namespace fs = std::filesystem;

double processor_seconds() {
  std::timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}
double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

struct figures {
  double wall = 0, processor = 0;
};

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "durable_sagas: %s\n", what);
  std::exit(1);
}

template <class App>
void place_one(App& app, std::uint32_t number) {
  const saga::placed p = saga::make_order(number, 0);
  app.handle(saga::place{p.order, p.item, p.price})
      .match([](const saga::order_state&) {}, [](const gesta::failure&) { give_up("an order could not be placed"); });
}
template <class Sagas>
void finish(Sagas& sagas, const gesta::strides& how) {
  for (;;) {
    const gesta::ran done = sagas.poll(how);
    if (!done) give_up("a step could not be kept");
    if (done.caught_up) return;
  }
}

/// Whether the ends are those that the workload says.
template <class App>
void check(App& app, std::uint32_t orders) {
  std::uint64_t confirmed = 0, cancelled = 0, declined = 0;
  for (std::uint32_t number = 0; number < orders; ++number) {
    const saga::order_state& state = app.template state<saga::orders>(number);
    confirmed += state.confirmed;
    cancelled += state.cancelled;
    declined += saga::make_order(number, 0).price > saga::most ? 1 : 0;
  }
  if (confirmed + cancelled != orders || cancelled != declined) give_up("the orders did not come to their ends");
}

struct way {
  const char* name;
  std::uint32_t batch;           ///< orders that share a batch; 0: no batch
  std::uint64_t steps_a_commit;  ///< where there is no batch
  std::uint32_t divide;          ///< so many times fewer orders
};

template <class Start>
figures measured(const way& how, std::uint32_t orders, Start start) {
  auto app = start();
  auto sagas = gesta::run_sagas(app);
  const double wall = seconds();
  const double processor = processor_seconds();
  if (how.batch == 0) {
    for (std::uint32_t number = 0; number < orders; ++number) {
      place_one(app, number);
      if (how.steps_a_commit == 1) finish(sagas, {.steps = 1000, .steps_a_commit = 1});
    }
    finish(sagas, {.steps = 100'000, .steps_a_commit = how.steps_a_commit});
  } else {
    for (std::uint32_t first = 0; first < orders; first += how.batch) {
      auto batch = app.batch();
      const std::uint32_t end = std::min(orders, first + how.batch);
      for (std::uint32_t number = first; number < end; ++number) {
        place_one(app, number);
        finish(sagas, {});
      }
      if (!batch.commit()) give_up("a batch could not be kept");
    }
  }
  const figures out{seconds() - wall, processor_seconds() - processor};
  check(app, orders);
  return out;
}

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

}  // namespace

int main(int count, char** arguments) {
  std::uint32_t orders = 20'000;
  int repetitions = 5;
  std::string only;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string word = arguments[i];
    if (word == "--orders") orders = static_cast<std::uint32_t>(std::strtoul(arguments[i + 1], nullptr, 10));
    else if (word == "--repetitions") repetitions = std::max(1, std::atoi(arguments[i + 1]));
    else if (word == "--only") only = arguments[i + 1];
    else give_up("usage: [--orders N] [--repetitions N] [--only TEXT]");
  }
  const way memory[] = {{"memory, step by step", 0, 1, 1}, {"memory, all placed, then 1,000 steps a unit", 0, 1000, 1}, {"memory, 1,000 orders a batch", 1000, 0, 1}};
  const way file[] = {{"file, a commit a step", 0, 1, 20},
                      {"file, all placed, then 1,000 steps a commit", 0, 1000, 20},
                      {"file, an order a batch", 1, 0, 20},
                      {"file, 100 orders a batch", 100, 0, 1},
                      {"file, 10,000 orders a batch", 10'000, 0, 1}};
  std::printf("%-48s %10s %12s %14s\n", "", "orders", "orders/s", "us of a processor");
  const auto print = [&](const way& how, const char* more, std::uint32_t number, const std::vector<figures>& all) {
    std::vector<double> wall, processor;
    for (const figures& one : all) {
      wall.push_back(number / one.wall);
      processor.push_back(one.processor / number * 1e6);
    }
    std::printf("%-48s %10u %12.0f %14.2f\n", (std::string(how.name) + more).c_str(), number, median(wall), median(processor));
    std::fflush(stdout);
  };
  for (const way& how : memory) {
    if (std::string(how.name).find(only) == std::string::npos) continue;
    std::vector<figures> all;
    for (int i = 0; i < repetitions; ++i) all.push_back(measured(how, orders, [] { return gesta::start<saga::shop>(gesta::memory_store{}); }));
    print(how, "", orders, all);
  }
  const fs::path folder = fs::temp_directory_path() / ("gesta-sagas-" + std::to_string(static_cast<unsigned long>(std::time(nullptr))));
  for (const gesta::durability level : {gesta::durability::disk, gesta::durability::process})
    for (const way& how : file) {
      if (std::string(how.name).find(only) == std::string::npos) continue;
      const bool is_disk = level == gesta::durability::disk;
      const std::uint32_t number = std::max(orders / how.divide, 1U);
      std::vector<figures> all;
      for (int i = 0; i < repetitions; ++i) {
        fs::create_directories(folder);
        all.push_back(measured(how, number, [&] { return gesta::start<saga::shop>(gesta::sqlite_store{.path = (folder / "orders.db").string(), .level = level}); }));
        fs::remove_all(folder);
      }
      print(how, is_disk ? ", disk" : ", process", number, all);
    }
  return 0;
}
