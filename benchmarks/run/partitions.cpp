// What it costs to hand events to other threads:
// - a value through a bounded buffer, from one thread to another;
// - from the append of an event to where a view that another thread keeps shows it, in microseconds: the thread of an app in memory appends
//   and gives what was kept, one worker projects it. At some pace, and as fast as it goes;
// - a log in memory, handled by this thread alone, and by one and two workers, with little and with much work for each event.
//
//   benchmark.partitions [--repetitions N] [--events N]
//
// Latencies are of one run each, throughput is the median of the repetitions. There is one thread more than workers: on a machine of two
// cores, two workers and the thread that gives share them.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/runtime/partitions.hpp>

namespace {

using clock_type = std::chrono::steady_clock;

struct moved {
  std::int64_t amount, about, why, by;
  static constexpr auto id = "account.moved";
};
struct move {
  std::int64_t amount;
};
struct account {
  std::int64_t balance = 0;
};
constexpr void evolve(account& a, const moved& e) { a.balance += e.amount; }
constexpr auto decide(const account& a, const move& c) -> gesta::emits<moved> { return moved{c.amount, a.balance, 0, 0}; }
struct accounts : gesta::aggregate<account, gesta::commands<move>> {
  static constexpr auto id = "account";
  using key = std::uint32_t;
};
struct bank : gesta::model<accounts, gesta::lean> {};

constexpr std::uint32_t keys = 10'000;

[[noreturn]] void give_up(const char* why) {
  std::fprintf(stderr, "benchmark.partitions: %s\n", why);
  std::exit(1);
}

double nanoseconds(clock_type::time_point from, clock_type::time_point to) { return std::chrono::duration<double, std::nano>(to - from).count(); }

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

/// Prints the middle, the last hundredth and the worst of some times in microseconds.
void line(const char* what, std::vector<double> of) {
  std::sort(of.begin(), of.end());
  std::printf("  %-58s%10.2f%10.2f%10.1f\n", what, of[of.size() / 2], of[of.size() * 99 / 100], of.back());
}

double median(std::vector<double> of) {
  std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2), of.end());
  return of[of.size() / 2];
}

// ---- through a buffer

double through_a_buffer(std::uint64_t count) {
  struct value {
    std::uint64_t word[8];
  };
  gesta::bounded_buffer<value> buffer;
  std::uint64_t sum = 0;
  const auto begin = clock_type::now();
  std::thread taker([&] {
    while (buffer.take([&](const value& v) { sum += v.word[0]; }) != 0) {
    }
  });
  for (std::uint64_t i = 0; i < count; ++i)
    if (buffer.fill([&](value& v) { v.word[0] = i; }) != gesta::handed_in::kept) give_up("closed");
  buffer.close();
  taker.join();
  if (sum != count * (count - 1) / 2) give_up("another sum");
  return nanoseconds(begin, clock_type::now()) / static_cast<double>(count);
}

// ---- a view that another thread keeps

struct view_keeper {
  std::vector<std::int64_t>* balances;
  const clock_type::time_point* begun;  // by position
  double* took;

  void operator()(const moved& e, const gesta::about& where) {
    (*balances)[gesta::key_from<std::uint32_t>(where.key)] += e.amount;
    took[where.position] = nanoseconds(begun[where.position], clock_type::now()) / 1000;
  }
};

void append_to_visible(const char* what, std::uint64_t count, std::chrono::nanoseconds pace) {
  auto app = gesta::start<bank>(gesta::memory_store{});
  std::vector<std::int64_t> balances(keys);
  std::vector<clock_type::time_point> begun(count + 1);
  std::vector<double> took(count + 1);
  auto lanes = gesta::partition<bank>(gesta::one_worker, [&](unsigned) { return view_keeper{&balances, begun.data(), took.data()}; });
  auto feed = app.follow();
  auto next = clock_type::now();
  for (std::uint64_t i = 1; i <= count; ++i) {
    for (; pace.count() != 0 && clock_type::now() < next;) {
    }
    next = begun[i] = clock_type::now();
    next += pace;
    app.handle(static_cast<std::uint32_t>(i * 7919 % keys), move{1});
    if (!lanes.poll(feed)) give_up("nothing is given");
  }
  lanes.drain();
  std::int64_t sum = 0;
  for (const std::int64_t balance : balances) sum += balance;
  if (lanes.done() != count || sum != static_cast<std::int64_t>(count)) give_up("the view misses something");
  took.erase(took.begin());
  line(what, std::move(took));
}

// ---- a log, by several workers

struct adder {
  using order = gesta::ordered_by_key;
  std::vector<std::int64_t>* balances;
  unsigned rounds;  // of work for each event

  void operator()(const moved& e, const gesta::about& where) {
    auto x = static_cast<std::uint64_t>(e.amount);
    for (unsigned i = 0; i < rounds; ++i) x = gesta::detail::mix(x);
    (*balances)[gesta::key_from<std::uint32_t>(where.key)] += e.amount + static_cast<std::int64_t>(rounds != 0 && x == 42);
  }
};

template <class App>
double by_this_thread(App& app, unsigned rounds) {
  std::vector<std::int64_t> balances(keys);
  adder handler{&balances, rounds};
  auto feed = app.follow();
  const auto begin = clock_type::now();
  if (!feed.poll(handler)) give_up("cannot be read");
  return nanoseconds(begin, clock_type::now()) / static_cast<double>(app.last_position());
}

template <class App>
double by_workers(App& app, unsigned count, unsigned rounds) {
  std::vector<std::vector<std::int64_t>> balances(count, std::vector<std::int64_t>(keys));
  auto lanes = gesta::partition<bank>(gesta::workers{count}, [&](unsigned n) { return adder{&balances[n], rounds}; });
  auto feed = app.follow();
  const auto begin = clock_type::now();
  if (!lanes.poll(feed)) give_up("nothing is given");
  lanes.drain();
  const double took = nanoseconds(begin, clock_type::now());
  std::int64_t sum = 0;
  for (const auto& own : balances)
    for (const std::int64_t balance : own) sum += balance;
  if (sum != static_cast<std::int64_t>(app.last_position()) || lanes.done() != app.last_position()) give_up("something is missing");
  return took / static_cast<double>(app.last_position());
}

}  // namespace

int main(int count, char** words) {
  std::uint64_t events = 1'000'000;
  int repetitions = 5;
  for (int i = 1; i < count; ++i) {
    const bool has_value = i + 1 < count;
    if (has_value && std::strcmp(words[i], "--events") == 0) events = std::strtoull(words[++i], nullptr, 10);
    else if (has_value && std::strcmp(words[i], "--repetitions") == 0) repetitions = std::atoi(words[++i]);
    else return std::fprintf(stderr, "usage: benchmark.partitions [--repetitions N] [--events N]\n"), 2;
  }
  if (events < 1000 || repetitions < 1) return std::fprintf(stderr, "benchmark.partitions: too few\n"), 2;

  char when[32];
  const std::time_t now = std::time(nullptr);
  std::strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", std::localtime(&now));
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("%s, %u threads at once, %s, %s\n", processor().c_str(), std::thread::hardware_concurrency(), __VERSION__, when);

  std::vector<double> values;
  for (int r = 0; r < repetitions; ++r) values.push_back(through_a_buffer(events * 4));
  std::printf("\na value of 64 bytes through a buffer of 1024: %.1f ns\n", median(values));

  std::printf("\n%-60s%10s%10s%10s\n", "from append to visible, us", "p50", "p99", "worst");
  append_to_visible("an event each 1 ms", 1'000, std::chrono::milliseconds(1));
  append_to_visible("an event each 100 us", 10'000, std::chrono::microseconds(100));
  append_to_visible("an event each 10 us", 100'000, std::chrono::microseconds(10));
  append_to_visible("an event each 1 us", events, std::chrono::microseconds(1));
  append_to_visible("as fast as it goes", events, {});

  auto app = gesta::start<bank>(gesta::memory_store{});
  for (std::uint64_t i = 0; i < events; ++i) app.handle(static_cast<std::uint32_t>(i * 7919 % keys), move{1});
  for (const unsigned rounds : {0u, 100u}) {
    std::vector<double> alone, one, two;
    for (int r = 0; r < repetitions; ++r) {
      alone.push_back(by_this_thread(app, rounds));
      one.push_back(by_workers(app, 1, rounds));
      two.push_back(by_workers(app, 2, rounds));
    }
    std::printf("\n%-60s%10s%14s\n", rounds == 0 ? "a log, a sum for each key" : "the same, with work for each event", "ns", "events/s");
    const auto row = [](const char* what, double took) { std::printf("  %-58s%10.1f%14.0f\n", what, took, 1e9 / took); };
    row("by the thread that reads", median(alone));
    row("by one worker", median(one));
    row("by two workers", median(two));
  }
  return 0;
}
