// W5: a view of one million rows of 24 bytes, four million events of three kinds, rows at random. What an update costs, each figure beside its
// goal and its floor:
// - dense: keys count from 0, the rows lie in an array; many events at once, so that rows are fetched before they are needed. The limit is an
//   array by hand, the better one with and without fetching 16 ahead;
// - hashed: sparse keys of 64 bits, many events at once. The limits are tables of linear probing by hand, fetching 16 ahead, with rows of 24 and
//   of 32 bytes;
// - hashed, event by event, as an app projects a command's. Held against a bare boost::unordered_flat_map of the same rows; the tables by hand
//   are shown;
// - the view made anew from a log in memory: gesta::app::live. Shown beside a flat_map that is filled by hand from packed records.
//
//   benchmark.read [--only dense|hashed|log] [--repetitions N] [--rows N] [--events N] [--hold]
//
// All contenders of a group make the same rows, which is checked. Every repetition runs each contender once, one after another; printed are
// medians of nanoseconds of processor time an event, and medians of the ratios within a repetition, by which a figure is held: the machine may be busy. Whatever
// runs allocates nothing but in the last group, which is checked as well. --hold: exit 1 when a figure is beyond its floor.
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include <gesta/gesta.hpp>

#include "harness.hpp"
#include "random.hpp"

namespace {

std::size_t allocations = 0;

void* allocate(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* const p = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (p == nullptr) std::abort();
  return p;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new[](std::size_t size) { return allocate(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t a) { return allocate(size, static_cast<std::size_t>(a)); }
void* operator new[](std::size_t size, std::align_val_t a) { return allocate(size, static_cast<std::size_t>(a)); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace shop {

struct sold { std::uint64_t article; std::uint32_t shelf, quantity; std::int64_t cents; static constexpr auto id = "shop.sold"; };
struct returned { std::uint64_t article; std::uint32_t shelf, quantity; std::int64_t cents; static constexpr auto id = "shop.returned"; };
struct priced { std::uint64_t article; std::uint32_t shelf, quantity; std::int64_t cents; static constexpr auto id = "shop.priced"; };

struct sell { sold what; };
struct take_back { returned what; };
struct price { priced what; };
struct till {};
constexpr void evolve(till&, const sold&) {}
constexpr void evolve(till&, const returned&) {}
constexpr void evolve(till&, const priced&) {}
constexpr auto decide(const till&, const sell& c) -> gesta::emits<sold> { return c.what; }
constexpr auto decide(const till&, const take_back& c) -> gesta::emits<returned> { return c.what; }
constexpr auto decide(const till&, const price& c) -> gesta::emits<priced> { return c.what; }
struct tills : gesta::aggregate<till, gesta::commands<sell, take_back, price>> {
  static constexpr auto id = "shop.till";
  using key = gesta::dense;
};

struct article_row {
  std::uint64_t article = 0;
  std::int64_t cents = 0;
  std::uint32_t sold = 0, others = 0;
};
struct shelf_row {
  std::uint32_t shelf = 0, others = 0;
  std::int64_t cents = 0;
  std::uint64_t sold = 0;
};
static_assert(sizeof(article_row) == 24 && sizeof(shelf_row) == 24 && sizeof(sold) == 24);

template <class Row>
[[gnu::always_inline]] constexpr void add(Row& r, std::int64_t cents) { r.cents += cents, ++r.sold; }
constexpr void project(article_row& r, const sold& e) { add(r, e.cents); }
constexpr void project(article_row& r, const returned& e) { r.cents -= e.cents, r.others += e.quantity; }
constexpr void project(article_row& r, const priced& e) { r.others ^= static_cast<std::uint32_t>(e.cents); }
constexpr void project(shelf_row& r, const sold& e) { add(r, e.cents); }
constexpr void project(shelf_row& r, const returned& e) { r.cents -= e.cents, r.others += e.quantity; }
constexpr void project(shelf_row& r, const priced& e) { r.others ^= static_cast<std::uint32_t>(e.cents); }

struct by_article : gesta::projection<gesta::rows<article_row, "article">> { static constexpr auto id = "shop.by_article"; };
struct by_shelf : gesta::projection<gesta::rows<shelf_row, "shelf", gesta::dense>> { static constexpr auto id = "shop.by_shelf"; };
struct ledger : gesta::model<tills, gesta::lean> {};

}  // namespace shop

namespace {

/// Of the processor, for this thread: whoever else runs meanwhile is not counted.
double nanoseconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}
using shop::article_row, shop::shelf_row;

/// A packed record as the limits have it.
struct record {
  std::uint32_t tag, size;
  alignas(8) std::byte event[24];

  template <class Event>
  const Event& as() const noexcept { return *std::launder(reinterpret_cast<const Event*>(event)); }
  // The three kinds have the same fields at the same places.
  std::uint64_t article() const noexcept { return read<std::uint64_t>(0); }
  std::uint32_t shelf() const noexcept { return read<std::uint32_t>(8); }

 private:
  template <class Field>
  Field read(std::size_t at) const noexcept {
    Field field;
    std::memcpy(&field, event + at, sizeof field);
    return field;
  }
};
static_assert(sizeof(record) == 32);

template <class Event>
record packed(std::uint32_t tag, const Event& event) {
  record r{tag, sizeof(record), {}};
  std::memcpy(r.event, &event, sizeof event);
  return r;
}

/// What a reader of the log does for each kind: the same for all contenders.
template <class Find>
[[gnu::always_inline]] inline void apply(const record& r, Find&& find) {
  switch (r.tag) {
    case 0: project(find(r.as<shop::sold>()), r.as<shop::sold>()); break;
    case 1: project(find(r.as<shop::returned>()), r.as<shop::returned>()); break;
    default: project(find(r.as<shop::priced>()), r.as<shop::priced>()); break;
  }
}

struct work {
  std::vector<std::uint64_t> keys;
  std::vector<record> records;
};

template <class Row>
std::uint64_t mixed(std::uint64_t sum, const Row& r) {
  return gesta::detail::mix(sum ^ static_cast<std::uint64_t>(r.cents)) ^ (std::uint64_t{r.others} << 32 | static_cast<std::uint32_t>(r.sold));
}

/// Linear probing by hand: rows of their own size, or filled up so that none lies in two lines.
template <std::size_t Size>
class probed {
 public:
  struct alignas(Size == 32 ? 32 : 8) slot : article_row {};
  explicit probed(std::size_t rows) {
    std::size_t slots = 16;
    while (slots < rows * 2) slots *= 2;
    slots_.resize(slots);
  }
  [[gnu::always_inline]] article_row& at(std::uint64_t key) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = gesta::detail::mix(key) & mask;; i = (i + 1) & mask) {
      if (slots_[i].article == key) [[likely]] return slots_[i];
      if (slots_[i].article == 0) return slots_[i].article = key, slots_[i];
    }
  }
  [[gnu::always_inline]] void prefetch(std::uint64_t key) const { __builtin_prefetch(&slots_[gesta::detail::mix(key) & (slots_.size() - 1)], 1); }

 private:
  std::vector<slot> slots_;
};

struct contender {
  std::string name;
  bool is_limit;
  std::function<void()> run;
  std::function<std::uint64_t()> sum;
  std::vector<double> took{};
};
struct held_figure {
  std::string name;
  double goal, floor;
};

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

/// Runs all, prints each beside the best limit. False: a checksum differs, something allocated, or a figure is beyond its floor.
bool measure(const char* title, std::vector<contender>& all, const std::vector<held_figure>& held, std::size_t events, int repetitions, bool may_allocate) {
  bool good = true;
  for (int i = -1; i < repetitions; ++i) {
    for (contender& one : all) {
      const std::size_t before = allocations;
      const double start = nanoseconds_now();
      one.run();
      bench::barrier();
      const double took = (nanoseconds_now() - start) / static_cast<double>(events);
      const std::size_t made = allocations - before;
      if (i >= 0) one.took.push_back(took);
      if (i >= 0 && made != 0 && !may_allocate) good = false, std::printf("%s allocates: %zu times\n", one.name.c_str(), made);
    }
  }
  std::printf("%s\n", title);
  for (const contender& one : all) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < one.took.size(); ++i) {
      double best = 0;
      for (const contender& other : all)
        if (other.is_limit && (best == 0 || median(other.took) < best)) best = median(other.took);
      for (const contender& other : all)
        if (other.is_limit && median(other.took) == best) ratios.push_back(one.took[i] / other.took[i]);
    }
    const double ratio = median(ratios);
    std::printf("  %-46s %8.2f ns  %5.2f", one.name.c_str(), median(one.took), ratio);
    for (const held_figure& figure : held)
      if (figure.name == one.name) {
        std::printf("  goal %.2f, floor %.2f%s", figure.goal, figure.floor, ratio > figure.floor ? "  BEYOND" : "");
        good = good && ratio <= figure.floor;
      }
    std::printf("\n");
    if (one.sum() != all[0].sum()) good = false, std::printf("  %s: other rows than %s\n", one.name.c_str(), all[0].name.c_str());
  }
  return good;
}

/// Projects packed records, many at once, as a view that is made anew does.
template <class Projection, class Table>
void project_ahead(Table& table, const std::vector<record>& records) {
  using flow = gesta::flow<shop::ledger>;
  const gesta::detail::keys_in_events<flow, Projection> keys;
  const record *at = records.data(), *ahead = at;
  const record* const end = at + records.size();
  const auto nothing = [] { return gesta::about{}; };
  gesta::detail::looking_ahead<const record*>(
      [&](const record*& next) __attribute__((always_inline)) { return ahead != end ? (next = ahead++, true) : false; },
      [&](const record* r) __attribute__((always_inline)) { keys.look(table, static_cast<std::uint16_t>(r->tag), r->event); },
      [&](const record*& next) __attribute__((always_inline)) { return at != end ? (next = at++, true) : false; },
      [&](const record* r) __attribute__((always_inline)) {
        switch (r->tag) {
          case 0: return gesta::detail::project_to_table<Projection>(table, r->as<shop::sold>(), nothing);
          case 1: return gesta::detail::project_to_table<Projection>(table, r->as<shop::returned>(), nothing);
          default: return gesta::detail::project_to_table<Projection>(table, r->as<shop::priced>(), nothing);
        }
      });
}
/// The same event by event.
template <class Projection, class Table>
void project_each(Table& table, const std::vector<record>& records) {
  const auto nothing = [] { return gesta::about{}; };
  for (const record& r : records) {
    switch (r.tag) {
      case 0: gesta::detail::project_to_table<Projection>(table, r.as<shop::sold>(), nothing); break;
      case 1: gesta::detail::project_to_table<Projection>(table, r.as<shop::returned>(), nothing); break;
      default: gesta::detail::project_to_table<Projection>(table, r.as<shop::priced>(), nothing); break;
    }
  }
}

bool dense(const work& w, int repetitions) {
  const std::size_t rows = w.keys.size();
  const auto sum = [rows](auto&& at) {
    std::uint64_t all = 0;
    for (std::uint32_t i = 0; i < rows; ++i) all = mixed(all, at(i));
    return all;
  };
  std::vector<shelf_row> plain(rows), ahead(rows);
  gesta::detail::rows_in_memory<shop::by_shelf> each, batches;
  for (std::uint32_t i = 0; i < rows; ++i) each.find_or_add(i), batches.find_or_add(i);
  const auto in_table = [](auto& table) { return [&table](std::uint32_t i) -> const shelf_row& { return *table.find(i); }; };
  std::vector<contender> all;
  all.push_back({"by hand", true, [&] { for (const record& r : w.records) apply(r, [&](const auto& e) -> shelf_row& { return plain[e.shelf]; }); },
                 [&] { return sum([&](std::uint32_t i) -> const shelf_row& { return plain[i]; }); }});
  all.push_back({"by hand, 16 ahead", true,
                 [&] {
                   const std::size_t n = w.records.size();
                   for (std::size_t i = 0; i < n; ++i) {
                     if (i + 16 < n) __builtin_prefetch(&ahead[w.records[i + 16].shelf()], 1);
                     apply(w.records[i], [&](const auto& e) -> shelf_row& { return ahead[e.shelf]; });
                   }
                 },
                 [&] { return sum([&](std::uint32_t i) -> const shelf_row& { return ahead[i]; }); }});
  all.push_back({"gesta, event by event", false, [&] { project_each<shop::by_shelf>(each, w.records); }, [&] { return sum(in_table(each)); }});
  all.push_back({"gesta, many at once", false, [&] { project_ahead<shop::by_shelf>(batches, w.records); }, [&] { return sum(in_table(batches)); }});
  return measure("dense keys, over the best by hand", all, {{"gesta, many at once", 1.10, 1.40}}, w.records.size(), repetitions, false);
}

bool hashed(const work& w, int repetitions) {
  const std::size_t rows = w.keys.size();
  const auto sum = [&](auto&& at) {
    std::uint64_t all = 0;
    for (const std::uint64_t key : w.keys) all = mixed(all, at(key));
    return all;
  };
  probed<24> narrow(rows), narrow_ahead(rows);
  probed<32> wide(rows), wide_ahead(rows);
  boost::unordered_flat_map<std::uint64_t, article_row> map;
  map.reserve(rows);
  gesta::detail::rows_in_memory<shop::by_article> each, batches;
  each.reserve(rows), batches.reserve(rows);
  for (const std::uint64_t key : w.keys) {
    narrow.at(key), narrow_ahead.at(key), wide.at(key), wide_ahead.at(key), map[key].article = key;
    each.find_or_add(key), batches.find_or_add(key);
  }
  const auto by_hand = [&](const char* name, auto& table, bool is_limit) {
    return contender{name, is_limit, [&] { for (const record& r : w.records) apply(r, [&](const auto& e) -> article_row& { return table.at(e.article); }); },
                     [&] { return sum([&](std::uint64_t key) -> const article_row& { return table.at(key); }); }};
  };
  const auto by_hand_ahead = [&](const char* name, auto& table) {
    return contender{name, true,
                     [&] {
                       const std::size_t n = w.records.size();
                       for (std::size_t i = 0; i < n; ++i) {
                         if (i + 16 < n) table.prefetch(w.records[i + 16].article());
                         apply(w.records[i], [&](const auto& e) -> article_row& { return table.at(e.article); });
                       }
                     },
                     [&] { return sum([&](std::uint64_t key) -> const article_row& { return table.at(key); }); }};
  };
  const auto in_table = [](auto& table) { return [&table](std::uint64_t key) -> const article_row& { return *table.find(key); }; };
  std::vector<contender> all;
  all.push_back(by_hand_ahead("linear probing by hand, 24 bytes, 16 ahead", narrow_ahead));
  all.push_back(by_hand_ahead("linear probing by hand, 32 bytes, 16 ahead", wide_ahead));
  all.push_back({"gesta, many at once", false, [&] { project_ahead<shop::by_article>(batches, w.records); }, [&] { return sum(in_table(batches)); }});
  bool good = measure("sparse keys, many at once, over the best by hand", all, {{"gesta, many at once", 1.07, 1.38}}, w.records.size(), repetitions, false);

  all.clear();
  all.push_back({"bare boost::unordered_flat_map", true,
                 [&] { for (const record& r : w.records) apply(r, [&](const auto& e) -> article_row& { return map[e.article]; }); },
                 [&] { return sum([&](std::uint64_t key) -> const article_row& { return map[key]; }); }});
  all.push_back({"gesta, event by event", false, [&] { project_each<shop::by_article>(each, w.records); }, [&] { return sum(in_table(each)); }});
  all.push_back(by_hand("linear probing by hand, 24 bytes", narrow, false));
  all.push_back(by_hand("linear probing by hand, 32 bytes", wide, false));
  good = measure("sparse keys, event by event, over flat_map", all, {{"gesta, event by event", 1.05, 1.15}}, w.records.size(), repetitions, false) && good;
  return good;
}

bool from_a_log(const work& w, int repetitions) {
  auto app = gesta::start<shop::ledger>(gesta::memory_store{});
  for (const record& r : w.records) {
    const std::uint32_t till = r.shelf() % 64;
    if (r.tag == 0) app.handle(till, shop::sell{r.as<shop::sold>()});
    else if (r.tag == 1) app.handle(till, shop::take_back{r.as<shop::returned>()});
    else app.handle(till, shop::price{r.as<shop::priced>()});
  }
  std::uint64_t by_hand = 0, by_gesta = 0;
  const auto sum = [&](auto&& at) {
    std::uint64_t all = 0;
    for (const std::uint64_t key : w.keys)
      if (const article_row* const row = at(key)) all = mixed(all, *row);
    return all;
  };
  std::vector<contender> all;
  all.push_back({"flat_map filled from packed records", true,
                 [&] {
                   boost::unordered_flat_map<std::uint64_t, article_row> map;
                   for (const record& r : w.records)
                     apply(r, [&](const auto& e) -> article_row& {
                       article_row& row = map[e.article];
                       row.article = e.article;
                       return row;
                     });
                   if (by_hand == 0)
                     by_hand = sum([&](std::uint64_t key) {
                       const auto found = map.find(key);
                       return found == map.end() ? nullptr : &found->second;
                     });
                 },
                 [&] { return by_hand; }});
  all.push_back({"gesta, app.live<by_article>()", false,
                 [&] {
                   const auto rows = app.live<shop::by_article>();
                   if (by_gesta == 0) by_gesta = sum([&](std::uint64_t key) { return rows->find(key); });
                 },
                 [&] { return by_gesta; }});
  return measure("made anew from a log in memory, from an empty table on", all, {}, w.records.size(), repetitions, true);
}

}  // namespace

int main(int count, char** arguments) {
  std::string only;
  int repetitions = 9;
  std::size_t rows = 1'000'000, events = 4'000'000;
  bool hold = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    const char* const value = i + 1 < count ? arguments[i + 1] : nullptr;
    if (argument == "--hold") hold = true;
    else if (value != nullptr && argument == "--only") only = value, ++i;
    else if (value != nullptr && argument == "--repetitions") repetitions = std::max(1, std::atoi(value)), ++i;
    else if (value != nullptr && argument == "--rows") rows = std::max<std::size_t>(1, std::strtoull(value, nullptr, 10)), ++i;
    else if (value != nullptr && argument == "--events") events = std::max<std::size_t>(1, std::strtoull(value, nullptr, 10)), ++i;
    else return std::fprintf(stderr, "usage: benchmark.read [--only dense|hashed|log] [--repetitions N] [--rows N] [--events N] [--hold]\n"), 2;
  }
  work w;
  bench::splitmix64 random{5};
  for (std::size_t i = 0; i < rows; ++i) w.keys.push_back(random() | 1u);  // none is 0, which the tables by hand take for an empty place
  using flow = gesta::flow<shop::ledger>;
  static_assert(flow::tag<shop::sold> == 0 && flow::tag<shop::returned> == 1 && flow::tag<shop::priced> == 2);
  for (std::size_t i = 0; i < events; ++i) {
    const auto shelf = static_cast<std::uint32_t>(random.below(rows));
    const auto quantity = static_cast<std::uint32_t>(random.below(9));
    const auto cents = static_cast<std::int64_t>(random.below(10000));
    switch (random.below(3)) {
      case 0: w.records.push_back(packed(0, shop::sold{w.keys[shelf], shelf, quantity, cents})); break;
      case 1: w.records.push_back(packed(1, shop::returned{w.keys[shelf], shelf, quantity, cents})); break;
      default: w.records.push_back(packed(2, shop::priced{w.keys[shelf], shelf, quantity, cents})); break;
    }
  }
  bool good = true;
  if (only.empty() || only == "dense") good = dense(w, repetitions) && good;
  if (only.empty() || only == "hashed") good = hashed(w, repetitions) && good;
  if (only.empty() || only == "log") good = from_a_log(w, repetitions) && good;
  return hold && !good ? 1 : 0;
}
