// A reader hands over the log of a store to who neither decides nor keeps states, in another thread or process.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../folder.hpp"
#include "shared_store.hpp"

namespace {

struct noted { int number; static constexpr auto id = "reader.noted"; };
struct note { int number; };
struct notes { int count = 0; };
void evolve(notes& n, const noted& e) { n.count = e.number; }
auto decide(const notes&, const note& c) -> gesta::emits<noted> { return noted{c.number}; }
struct all_notes : gesta::aggregate<notes, gesta::commands<note>> { static constexpr auto id = "reader.notes"; };
struct model : gesta::model<all_notes> {};

// A newer program of the same store.
namespace next_year {
struct noted { int number; static constexpr auto id = "reader.noted"; };
struct crossed_out { int number; static constexpr auto id = "reader.crossed_out"; };
struct note { int number; };
struct cross_out { int number; };
struct notes { int count = 0; };
void evolve(notes& n, const noted&) { ++n.count; }
void evolve(notes& n, const crossed_out&) { --n.count; }
auto decide(const notes&, const note& c) -> gesta::emits<noted> { return noted{c.number}; }
auto decide(const notes&, const cross_out& c) -> gesta::emits<crossed_out> { return crossed_out{c.number}; }
struct all_notes : gesta::aggregate<notes, gesta::commands<note, cross_out>> { static constexpr auto id = "reader.notes"; };
struct model : gesta::model<all_notes> {};
}  // namespace next_year

// What was noted at once last year is several notes of today, or none.
namespace last_year {
struct noted_at_once { gesta::list<int, 2> numbers; static constexpr auto id = "reader.noted_at_once"; };
struct note_at_once { gesta::list<int, 2> numbers; };
struct notes { int count = 0; };
void evolve(notes& n, const noted_at_once&) { ++n.count; }
auto decide(const notes&, const note_at_once& c) -> gesta::emits<noted_at_once> { return noted_at_once{c.numbers}; }
struct all_notes : gesta::aggregate<notes, gesta::commands<note_at_once>> { static constexpr auto id = "reader.notes"; };
struct model : gesta::model<all_notes> {};
auto upcast(const noted_at_once& old) -> gesta::emits<gesta::many<noted>> {
  return gesta::each(old.numbers, [](int number) { return noted{number}; });
}
}  // namespace last_year
struct model_with_history : gesta::model<all_notes, gesta::history<last_year::noted_at_once>> {};

const auto accepted = [](const auto&) {};
const auto fails = [](const gesta::failure& f) { FAIL(std::string(f.describe())); };

template <class App>
void write(App& app, const char* key, int from, int to) {
  for (int i = from; i <= to; ++i) app.handle(key, note{i}).match(accepted, fails);
}
template <class Feed>
std::vector<int> polled(Feed& feed) {
  std::vector<int> numbers;
  const auto r = feed.poll([&](const noted& e, const gesta::about&) { numbers.push_back(e.number); });
  CHECK_MESSAGE(r, std::string(r.why().describe()));
  return numbers;
}
template <class Log, class... Key>
std::vector<int> numbers_of(Log& log, const gesta::slice& part) {
  std::vector<int> numbers;
  CHECK(log.read(part, [&](const noted& e, const gesta::about&) { numbers.push_back(e.number); }));
  return numbers;
}
template <class Aggregate, class Log>
std::vector<int> numbers_of(Log& log, const char* key, const gesta::slice& part) {
  std::vector<int> numbers;
  CHECK(log.template read<Aggregate>(key, part, [&](const noted& e, const gesta::about&) { numbers.push_back(e.number); }));
  return numbers;
}
using ints = std::vector<int>;
const auto nothing_comes = [](const auto&, const gesta::about&) { FAIL("nothing is handed over"); };

}  // namespace

TEST_CASE("a reader sees what an app appends, by the log and by its streams, and says the same of places in it") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db"};
  auto app = gesta::start<model>(store);
  write(app, "a", 1, 2);
  write(app, "b", 3, 3);
  auto log = gesta::reader<model>(store);
  CHECK(log.broken() == nullptr);
  CHECK(log.incarnation() == app.incarnation());
  CHECK(log.last_position() == 3);
  CHECK(log.kept_position() == 3);
  CHECK(log.first_position() == 1);
  CHECK(numbers_of(log, {}) == ints{1, 2, 3});
  CHECK(numbers_of(log, {.after = 1, .limit = 1}) == ints{2});
  CHECK(numbers_of(log, {.limit = 2, .backwards = true}) == ints{3, 2});
  CHECK(numbers_of<all_notes>(log, "a", {}) == ints{1, 2});
  CHECK(numbers_of<all_notes>(log, "a", {.limit = 1, .backwards = true}) == ints{2});
  CHECK(numbers_of<all_notes>(log, "nobody", {}).empty());
  write(app, "a", 4, 4);
  write(app, "c", 5, 5);
  CHECK(numbers_of<all_notes>(log, "a", {.after = 2}) == ints{4});
  CHECK(log.last_position() == 5);
  CHECK(log.holds({app.incarnation(), 5}));
  const auto ahead = log.holds({app.incarnation(), 6});
  CHECK_FALSE(ahead);
  CHECK(ahead.why().why == gesta::failure::kind::ahead_of_log);
  std::vector<std::pair<std::string, int>> all;
  CHECK(log.each_event([&](const noted& e, const gesta::about& a) {
    all.emplace_back(std::string(a.key.data, a.key.size), e.number);
    CHECK(a.position == all.size());
  }));
  CHECK(all == std::vector<std::pair<std::string, int>>{{"a", 1}, {"a", 2}, {"b", 3}, {"a", 4}, {"c", 5}});
}

TEST_CASE("a reader keeps nobody from writing, and sees nothing of an open batch") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db", .patience_milliseconds = 0};
  auto app = gesta::start<model>(store);
  auto log = gesta::reader<model>(store);
  auto feed = log.follow();
  write(app, "a", 1, 3);
  {
    auto batch = app.batch();
    batch.handle("a", note{4}).match(accepted, fails);
    CHECK(polled(feed) == ints{1, 2, 3});
    CHECK(feed.is_live());
    REQUIRE(batch.commit());
  }
  CHECK(polled(feed) == ints{4});
  CHECK(log.read({}, [&](const noted& e, const gesta::about&) {
    if (e.number == 2) write(app, "a", 5, 5);  // in the middle of a reading
  }));
  CHECK(polled(feed) == ints{5});
}

TEST_CASE("a reader may be there before the first writer, which finds its store") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db"};
  auto log = gesta::reader<model>(store);
  CHECK(log.broken() == nullptr);
  CHECK(log.last_position() == 0);
  auto feed = log.follow();
  CHECK(polled(feed).empty());
  CHECK(numbers_of<all_notes>(log, "a", {}).empty());  // no type has a number yet
  auto app = gesta::start<model>(store);
  write(app, "a", 1, 2);
  CHECK(numbers_of<all_notes>(log, "a", {}) == ints{1, 2});
  CHECK(polled(feed) == ints{1, 2});
  CHECK(feed.checkpoint() == gesta::checkpoint{app.incarnation(), 2});
}

TEST_CASE("a store that cannot be opened is said by every reading") {
  const folder f;
  auto log = gesta::reader<model>(gesta::sqlite_store{.path = f.path + "/no/such/folder.db"});
  REQUIRE(log.broken() != nullptr);
  CHECK(log.broken()->why == gesta::failure::kind::cannot_open);
  auto feed = log.follow();
  for (const auto& r : {log.catch_up(), log.holds({}), log.read({}, nothing_comes), log.read<all_notes>("a", {}, nothing_comes),
                        feed.poll(nothing_comes)}) {
    CHECK_FALSE(r);
    CHECK(r.why().why == gesta::failure::kind::cannot_open);
  }
  CHECK_FALSE(log.each_event(nothing_comes));
}

TEST_CASE("old events come as those of today, in the log and in their stream, and a feed goes on behind them") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db"};
  auto app = gesta::start<last_year::model>(store);
  for (const last_year::note_at_once& one : {last_year::note_at_once{{1, 2}}, {}, {{3, 4}}}) app.handle("a", one).match(accepted, fails);
  auto log = gesta::reader<model_with_history>(store);
  CHECK(numbers_of(log, {}) == ints{1, 2, 3, 4});
  CHECK(numbers_of<all_notes>(log, "a", {.after = 1}) == ints{3, 4});
  auto feed = log.follow();
  ints seen;
  CHECK(feed.poll([&](const noted& e, const gesta::about&) { return seen.push_back(e.number), false; }));
  CHECK(seen == ints{1, 2});
  CHECK(feed.checkpoint().position == 1);
  CHECK(polled(feed) == ints{3, 4});
}

TEST_CASE("types that a newer program enters while a reader is open come as unknown events, as the reading says") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db"};
  auto log = gesta::reader<model>(store);
  auto newer = gesta::start<next_year::model>(store);
  newer.handle("a", next_year::note{1}).match(accepted, fails);
  newer.handle("a", next_year::cross_out{1}).match(accepted, fails);
  newer.handle("a", next_year::note{2}).match(accepted, fails);
  auto feed = log.follow();
  ints seen;
  const auto note_it = [&](const noted& e, const gesta::about&) { seen.push_back(e.number); };
  const auto r = feed.poll(note_it);
  CHECK_FALSE(r);
  CHECK(r.why().why == gesta::failure::kind::unknown_event);
  CHECK(r.why().position == 2);
  CHECK(feed.checkpoint().position == 1);
  std::string names;
  CHECK(feed.poll(note_it, gesta::slice::end, [&](const gesta::recorded& record) { names += record.id.name; }));
  CHECK(names == "reader.crossed_out");
  CHECK(seen == ints{1, 2});
  CHECK_FALSE(log.read<all_notes>("a", {}, note_it));
  seen.clear();
  CHECK(log.read<all_notes>("a", {}, note_it, gesta::unknown_events::skip));
  CHECK(seen == ints{1, 2});
}

TEST_CASE("what was erased of a stream is said to its readers, and passed over in the log") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db"};
  auto app = gesta::start<model>(store);
  write(app, "a", 1, 3);
  write(app, "b", 4, 5);
  auto log = gesta::reader<model>(store);
  CHECK(numbers_of(log, {}) == ints{1, 2, 3, 4, 5});
  REQUIRE(app.truncate_before<all_notes>("a", 3));
  REQUIRE(app.close<all_notes>("b"));
  const auto cut = log.read<all_notes>("a", {}, nothing_comes);
  CHECK_FALSE(cut);
  CHECK(cut.why().why == gesta::failure::kind::truncated);
  CHECK(cut.why().position == 3);
  CHECK(numbers_of<all_notes>(log, "a", {.after = 2}) == ints{3});
  const auto closed = log.read<all_notes>("b", {}, nothing_comes);
  CHECK_FALSE(closed);
  CHECK(closed.why().why == gesta::failure::kind::tombstoned);
  CHECK(numbers_of(log, {}) == ints{3});
  auto feed = log.follow();
  CHECK(polled(feed) == ints{3});
  CHECK(feed.checkpoint().position == 5);
}

TEST_CASE("when a backup is put in the place of the file the reader is broken, and opened again it says what the restore cut off") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db"};
  gesta::checkpoint before, behind;
  {
    auto app = gesta::start<model>(store);
    write(app, "a", 1, 2);
    REQUIRE(gesta::backup(store, f.path + "/copy.db"));
    write(app, "a", 3, 4);
  }
  auto log = gesta::reader<model>(store);
  auto feed = log.follow();
  CHECK(feed.poll([&](const noted& e, const gesta::about&) { return e.number != 2; }));
  before = feed.checkpoint();
  CHECK(polled(feed) == ints{3, 4});
  behind = feed.checkpoint();
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(store.path + part);
  const auto gone = feed.poll(nothing_comes);
  CHECK_FALSE(gone);
  CHECK(gone.why().why == gesta::failure::kind::input_output);
  REQUIRE(gesta::restore(f.path + "/copy.db", store));
  CHECK_FALSE(log.catch_up());
  REQUIRE(log.broken() != nullptr);
  CHECK(log.broken()->why == gesta::failure::kind::input_output);
  CHECK_FALSE(log.read<all_notes>("a", {}, nothing_comes));
  {
    auto app = gesta::start<model>(store);
    write(app, "a", 30, 30);
  }
  auto again = gesta::reader<model>(store);
  CHECK(again.incarnation() != before.incarnation);
  auto kept = again.follow(before), lost = again.follow(behind);
  CHECK(polled(kept) == ints{30});
  const auto r = lost.poll(nothing_comes);
  CHECK_FALSE(r);
  CHECK(r.why().why == gesta::failure::kind::ahead_of_log);
}

TEST_CASE("a file of an older format is brought to the one of now when readers open it, also several at once") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db"};
  const std::string here = __FILE__;
  std::ifstream file(here.substr(0, here.rfind('/')) + "/../store/sqlite_format_1.sql");
  const std::string tables{std::istreambuf_iterator<char>(file), {}};
  REQUIRE(!tables.empty());
  sqlite3* made = nullptr;
  REQUIRE(sqlite3_open(store.path.c_str(), &made) == SQLITE_OK);
  REQUIRE(sqlite3_exec(made, tables.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(made);
  std::uint64_t seen[4] = {}, last[4] = {};
  std::vector<std::thread> readers;
  for (int which = 0; which < 4; ++which)
    readers.emplace_back([&, which] {
      auto log = gesta::reader<model>(store);
      const auto count = [&](const gesta::recorded& record) { seen[which] += record.id.name != nullptr ? 1 : 0; };
      if (log.read({}, nothing_comes, count)) last[which] = log.last_position();
    });
  for (auto& one : readers) one.join();
  CHECK(seen[0] > 0);
  for (int which = 0; which < 4; ++which) {
    CHECK(seen[which] == seen[0]);
    CHECK(last[which] == seen[which]);
  }
}

TEST_CASE("more streams than a reader keeps keys of come with their own keys, from the beginning, from a checkpoint and backwards") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db", .level = gesta::durability::process};
  constexpr int streams = 70'000;  // more than are kept in either way
  {
    auto app = gesta::start<model>(store);
    auto batch = app.batch();
    for (int round = 0; round < 2; ++round)
      for (int i = 0; i < streams; ++i) batch.handle(std::to_string(i), note{i}).match(accepted, fails);
    REQUIRE(batch.commit());
  }
  auto log = gesta::reader<model>(store);
  int seen = 0, wrong = 0;
  const auto compare = [&](const noted& e, const gesta::about& a) {
    ++seen;
    wrong += std::string(a.key.data, a.key.size) != std::to_string(e.number) ? 1 : 0;
  };
  CHECK(log.each_event(compare));
  CHECK(seen == 2 * streams);
  auto other = gesta::reader<model>(store);
  CHECK(other.read({.after = streams + 40'000}, compare));
  CHECK(other.read({.after = 20'000, .backwards = true}, compare));
  CHECK(seen == 2 * streams + 30'000 + 120'000);
  CHECK(wrong == 0);
  CHECK(numbers_of<all_notes>(log, "69999", {}) == ints{69'999, 69'999});
  CHECK(numbers_of<all_notes>(log, "7", {}) == ints{7, 7});
}

TEST_CASE("a reader in another thread hands over everything once and in order while an app writes") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db", .level = gesta::durability::process};
  constexpr int count = 2000;
  ints seen;
  std::thread consumer([&] {
    auto log = gesta::reader<model>(store);
    auto feed = log.follow();
    while (seen.size() < count)
      if (!feed.poll([&](const noted& e, const gesta::about&) { seen.push_back(e.number); }, 100)) return;
  });
  {
    auto app = gesta::start<model>(store);
    write(app, "a", 1, count);
  }
  consumer.join();
  REQUIRE(seen.size() == count);
  for (int i = 0; i < count; ++i) CHECK(seen[static_cast<std::size_t>(i)] == i + 1);
}

TEST_CASE("a reader in another process hands over everything once and in order while an app writes") {
  const folder f;
  const gesta::sqlite_store store{.path = f.path + "/a.db", .level = gesta::durability::process};
  constexpr int count = 500;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto log = gesta::reader<model>(store);
    auto feed = log.follow();
    int next = 1;
    bool good = log.broken() == nullptr;
    const auto compare = [&](const noted& e, const gesta::about&) { good = good && e.number == next++; };
    while (good && next <= count)
      if (!feed.poll(compare)) good = false;
    ::_exit(good ? 0 : 1);
  }
  {
    auto app = gesta::start<model>(store);
    write(app, "a", 1, count);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

TEST_CASE("a store of one's own that offers no more than a log in units has readers as well") {
  shared::disk on;
  auto app = gesta::start<model>(shared::store{&on});
  write(app, "a", 1, 2);
  auto log = gesta::reader<model>(shared::store{&on});
  auto feed = log.follow();
  CHECK(polled(feed) == ints{1, 2});
  write(app, "b", 3, 3);
  CHECK(polled(feed) == ints{3});
  CHECK(numbers_of<all_notes>(log, "a", {}) == ints{1, 2});
  CHECK(numbers_of(log, {.limit = 1, .backwards = true}) == ints{3});
  CHECK(log.last_position() == 3);
  CHECK(log.incarnation() == gesta::message_id{});
}
