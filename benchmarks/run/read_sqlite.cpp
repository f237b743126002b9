// W5 in files: a view that a consumer keeps in an SQLite table, beside the same work by hand: the events are read from the log's file by a position,
// and each is one upsert in a transaction for each thousand events, with the position in a row of its own.
//
//   benchmark.read_sqlite [--repetitions N] [--events N] [--folder DIR] [--hold]
//
// - few rows: 38 countries, by text: as the revenue of a shop;
// - some rows: 4,372 articles, by text;
// - many rows: 100,000 articles, by number, at random: nearly each event of a unit is of another row.
//
// Durability is `process`, so that no disk is measured. Both make the same rows, which is checked. A repetition fills the view by both ways, one after
// the other, from nothing; printed are medians of processor time, and the median of the ratios within a repetition. Then the view again made from
// nothing with what an app does alone: gesta::app::live, and inlined. --hold: exit 1 below the floor.
#include <sqlite3.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/inlined.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include "random.hpp"

namespace shop {

using name_type = gesta::text<16>;
struct sold {
  name_type country, article;
  std::uint64_t number;
  std::int64_t cents;
  static constexpr auto id = "shop.sold";
};
struct sell {
  sold what;
};
struct till {};
constexpr void evolve(till&, const sold&) {}
constexpr auto decide(const till&, const sell& c) -> gesta::emits<sold> { return c.what; }
struct tills : gesta::aggregate<till, gesta::commands<sell>> {
  static constexpr auto id = "shop.till";
  using key = std::uint32_t;
};

struct country_row {
  name_type country;
  std::int64_t cents = 0, sales = 0;
};
struct article_row {
  name_type article;
  std::int64_t cents = 0, sales = 0;
};
struct number_row {
  std::uint64_t number = 0;
  std::int64_t cents = 0, sales = 0;
};
constexpr void project(country_row& r, const sold& e) noexcept { r.cents += e.cents, ++r.sales; }
constexpr void project(article_row& r, const sold& e) noexcept { r.cents += e.cents, ++r.sales; }
constexpr void project(number_row& r, const sold& e) noexcept { r.cents += e.cents, ++r.sales; }
struct by_country : gesta::projection<gesta::rows<country_row, "country">> {
  static constexpr auto id = "by_country";
};
struct by_article : gesta::projection<gesta::rows<article_row, "article">> {
  static constexpr auto id = "by_article";
};
struct by_number : gesta::projection<gesta::rows<number_row, "number">> {
  static constexpr auto id = "by_number";
};
struct model : gesta::model<tills, by_country, by_article, by_number> {};
template <template <class...> class Said>
using all_views = Said<by_country, by_article, by_number>;

}  // namespace shop

namespace {

using namespace shop;

[[noreturn]] void give_up(const char* what, const char* why) {
  std::fprintf(stderr, "benchmark.read_sqlite: %s: %s\n", what, why);
  std::exit(1);
}

/// Processor time of the process: others may use the machine, and no disk is waited for.
double seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
double median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}
double cost(double start, std::size_t events) { return (seconds() - start) * 1e9 / static_cast<double>(events); }

std::string folder = std::filesystem::temp_directory_path().string();
std::string path_of(const char* name) { return folder + "/gesta-read-" + std::to_string(getpid()) + "-" + name + ".db"; }
void remove(const std::string& path) {
  for (const char* const end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
}
gesta::sqlite_store store_at(const std::string& path) { return {.path = path, .level = gesta::durability::process}; }
gesta::sqlite_views views_at(const std::string& path) { return {.path = path, .level = gesta::durability::process}; }

name_type named(const char* what, std::uint64_t number) {
  char text[16];
  return name_type(text, static_cast<std::size_t>(std::snprintf(text, sizeof text, "%s%u", what, static_cast<unsigned>(number))));
}

void make_log(const std::string& path, std::size_t events) {
  auto app = gesta::start<model>(store_at(path), all_views<gesta::async>{});
  bench::splitmix64 chance{7};
  for (std::size_t done = 0; done < events;) {
    auto batch = app.batch();
    for (std::size_t i = 0; i < 10'000 && done < events; ++i, ++done)
      batch.handle(static_cast<std::uint32_t>(chance.below(100)),
                   sell{{named("country", chance.below(38)), named("article", chance.below(4'372)), chance.below(100'000), static_cast<std::int64_t>(chance.below(10'000))}})
          .match([](const till&) {}, [](const gesta::failure& why) { give_up("log", why.describe()); });
    if (!batch.commit()) give_up("log", "cannot be written");
  }
}

/// One connection, one statement: everything by hand.
class by_hand {
 public:
  explicit by_hand(const std::string& path) {
    check(sqlite3_open(path.c_str(), &db_));
    run("pragma journal_mode=wal; pragma synchronous=normal; pragma cache_size=-32768");
  }
  by_hand(const by_hand&) = delete;
  by_hand& operator=(const by_hand&) = delete;
  ~by_hand() { sqlite3_close(db_); }

  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* made = nullptr;
    check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr));
    return made;
  }
  void check(int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) give_up("by hand", sqlite3_errmsg(db_));
  }

 private:
  sqlite3* db_ = nullptr;
};

/// Reads the log's rows behind a position and upserts each. `bind` gives the key of an event.
template <class Bind>
void fill_by_hand(const std::string& log, const std::string& path, const char* table, std::size_t batch, Bind&& bind) {
  by_hand reads(log), writes(path);
  writes.run(table);
  writes.run("create table if not exists positions(name text primary key, position integer) without rowid; insert into positions values('view', 0)");
  sqlite3_stmt* const events = reads.prepare("select position, payload from events where position > ? order by position limit ?");
  sqlite3_stmt* const upsert = writes.prepare("insert into view values(?1, ?2, 1) on conflict do update set cents = cents + ?2, sales = sales + 1");
  sqlite3_stmt* const begin = writes.prepare("begin immediate");
  sqlite3_stmt* const commit = writes.prepare("commit");
  sqlite3_stmt* const load = writes.prepare("select position from positions where name = 'view'");
  sqlite3_stmt* const save = writes.prepare("update positions set position = ? where name = 'view'");
  const auto once = [&](sqlite3_stmt* what) {
    writes.check(sqlite3_step(what));
    sqlite3_reset(what);
  };
  for (bool any = true; any;) {
    any = false;
    once(begin);
    writes.check(sqlite3_step(load));
    sqlite3_int64 position = sqlite3_column_int64(load, 0);
    sqlite3_reset(load);
    sqlite3_bind_int64(events, 1, position);
    sqlite3_bind_int64(events, 2, static_cast<sqlite3_int64>(batch));
    while (sqlite3_step(events) == SQLITE_ROW) {
      any = true;
      position = sqlite3_column_int64(events, 0);
      sold e;
      if (!gesta::decode(static_cast<const std::byte*>(sqlite3_column_blob(events, 1)), static_cast<std::size_t>(sqlite3_column_bytes(events, 1)), e)) give_up("by hand", "cannot decode");
      bind(upsert, e);
      sqlite3_bind_int64(upsert, 2, e.cents);
      once(upsert);
    }
    sqlite3_reset(events);
    sqlite3_bind_int64(save, 1, position);
    once(save);
    once(commit);
  }
  for (sqlite3_stmt* const one : {events, upsert, begin, commit, load, save}) sqlite3_finalize(one);
}
void bind_text(sqlite3_stmt* upsert, const name_type& name) {
  sqlite3_bind_text(upsert, 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
}

template <class Projection>
void fill_by_gesta(const std::string& log, const std::string& path, std::size_t batch) {
  auto reader = gesta::reader<model>(store_at(log));
  auto keeper = gesta::consume<Projection>(reader, views_at(path));
  for (;;) {
    const gesta::consumed done = keeper.poll(batch);
    if (!done) give_up("gesta", done.why().describe());
    if (done.caught_up) return;
  }
}

std::string sums(const std::string& path, const char* table) {
  by_hand db(path);
  sqlite3_stmt* const all = db.prepare((std::string("select count(*), sum(cents), sum(sales), sum(cents * sales % 1000003) from ") + table).c_str());
  db.check(sqlite3_step(all));
  std::string text;
  for (int i = 0; i < 4; ++i) text += std::to_string(sqlite3_column_int64(all, i)) + " ";
  sqlite3_finalize(all);
  return text;
}

struct asked {
  int repetitions = 5;
  std::size_t events = 200'000;
  bool hold = false;
};

template <class Projection, class Bind>
bool compare(const asked& a, const std::string& log, const char* name, const char* table, Bind&& bind) {
  std::vector<double> hand, gesta_, ratio;
  const std::string one = path_of("hand"), other = path_of("gesta");
  for (int r = -1; r < a.repetitions; ++r) {  // the first warms up
    remove(one), remove(other);
    double start = seconds();
    fill_by_hand(log, one, table, 1000, bind);
    const double h = cost(start, a.events);
    start = seconds();
    fill_by_gesta<Projection>(log, other, 1000);
    const double g = cost(start, a.events);
    if (sums(one, "view") != sums(other, Projection::id)) give_up(name, "the rows differ");
    if (r < 0) continue;
    hand.push_back(h), gesta_.push_back(g), ratio.push_back(h / g);
  }
  const double kept = median(ratio);
  std::printf("%-34s%12.0f%12.0f%10.2f  (goal 0.9, floor 0.8)\n", name, median(hand), median(gesta_), kept);
  remove(one), remove(other);
  return kept >= 0.8;
}

template <class... Option>
double start_costs(const std::string& path, std::size_t events, const Option&... option) {
  const double start = seconds();
  auto app = gesta::start<model>(store_at(path), option...);
  if (app.broken() != nullptr) give_up("start", app.broken()->describe());
  return cost(start, events);
}

}  // namespace

int main(int count, char** words) {
  asked a;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = words[i];
    if (name == "--hold") a.hold = true;
    else if (name == "--repetitions" && i + 1 < count) a.repetitions = std::atoi(words[++i]);
    else if (name == "--events" && i + 1 < count) a.events = static_cast<std::size_t>(std::atoll(words[++i]));
    else if (name == "--folder" && i + 1 < count) folder = words[++i];
    else return std::fprintf(stderr, "usage: benchmark.read_sqlite [--repetitions N] [--events N] [--folder DIR] [--hold]\n"), 2;
  }
  if (a.repetitions < 1 || a.events == 0) return 2;
  const std::string log = path_of("log");
  make_log(log, a.events);

  std::printf("a view in an SQLite table by a consumer, %zu events, 1000 a commit\n%-34s%12s%12s%10s\n", a.events, "ns of processor time an event", "by hand", "gesta", "/by hand");
  bool kept = compare<by_country>(a, log, "38 rows, by text", "create table view(country text primary key, cents integer, sales integer) without rowid",
                                  [](sqlite3_stmt* s, const sold& e) { bind_text(s, e.country); });
  kept = compare<by_article>(a, log, "4,372 rows, by text", "create table view(article text primary key, cents integer, sales integer) without rowid",
                             [](sqlite3_stmt* s, const sold& e) { bind_text(s, e.article); }) &&
         kept;
  kept = compare<by_number>(a, log, "100,000 rows, by number", "create table view(number integer primary key, cents integer, sales integer)",
                            [](sqlite3_stmt* s, const sold& e) { sqlite3_bind_int64(s, 1, static_cast<sqlite3_int64>(e.number)); }) &&
         kept;

  std::printf("\nthe three views from nothing, when an app starts; ns of processor time an event\n");
  std::vector<double> none, memory, inlined;
  for (int r = 0; r < a.repetitions; ++r) {
    none.push_back(start_costs(log, a.events, all_views<gesta::live>{}));
    memory.push_back(start_costs(log, a.events));
    const std::string copy = path_of("copy");
    remove(copy);
    if (!gesta::backup(store_at(log), copy)) give_up("start", "the log cannot be copied");
    inlined.push_back(start_costs(copy, a.events, all_views<gesta::inlined>{}));
    remove(copy);
  }
  std::printf("%-34s%12.0f\n%-34s%12.0f\n%-34s%12.0f\n", "states alone", median(none), "states, and views in memory", median(memory), "states, and views inlined", median(inlined));
  remove(log);
  return a.hold && !kept ? 1 : 0;
}
