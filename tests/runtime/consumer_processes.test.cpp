// Several processes that keep one view in one file: a claim passes on when its owner is killed, and no event is projected twice, with claims or
// without.
#include <gesta/runtime/consumer.hpp>

#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include "../store/sqlite_files.hpp"

#include <sys/mman.h>

#include <atomic>
#include <memory>
#include <new>

#include <gesta/runtime/query.hpp>
#include <gesta/runtime/reader.hpp>

#include "orders_by_country.hpp"

namespace {

/// What the processes of a test see of each other: a clock that stands still until somebody sets it.
struct shared_memory {
  struct content {
    std::atomic<std::int64_t> now{1'000};
    std::atomic<int> wanted{0};
  };
  content* all = nullptr;

  shared_memory() {
    void* const memory = ::mmap(nullptr, sizeof(content), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    all = ::new (memory) content;
  }
  shared_memory(const shared_memory&) = delete;
  shared_memory& operator=(const shared_memory&) = delete;
  ~shared_memory() { ::munmap(all, sizeof(content)); }
};
struct shared_clock {
  const std::atomic<std::int64_t>* now;
  gesta::timestamp operator()() const { return {*now}; }
};

gesta::sqlite_store log_in(const std::string& path) {
  return {.path = path, .level = gesta::durability::process, .patience_milliseconds = 60000};
}
gesta::sqlite_views views_in(const std::string& path) {
  return {.path = path, .level = gesta::durability::process, .patience_milliseconds = 60000};
}

template <class App>
void sell_to(App& app, int first, int last) {
  auto batch = app.batch();
  for (int i = first; i <= last; ++i)
    batch.handle(std::to_string(i % 7), sell{i % 2 == 0 ? "FR" : "DE", i}).match([](const order&) {}, [](const gesta::failure& f) { FAIL(f.describe()); });
  REQUIRE(batch.commit());
}

constexpr gesta::duration ten{10};

}  // namespace

TEST_CASE("when the owner is killed another process takes over as soon as the claim ends, and projects each event once") {
  const folder f;
  const std::string path = f / "shop.db";
  const shared_memory shared;
  auto app = gesta::start<shop>(log_in(path));
  sell_to(app, 1, 100);

  const auto owner = [&](auto say) {
    auto log = gesta::reader<shop>(log_in(path));
    auto keeper = gesta::consume<by_country>(log, views_in(path), shared_clock{&shared.all->now});
    keeper.under({{1, 1}, ten});
    if (keeper.poll(60).handled != 60) return false;
    say();
    stay();
  };
  child victim(owner);
  REQUIRE(victim.said());

  auto log = gesta::reader<shop>(log_in(path));
  auto keeper = gesta::consume<by_country>(log, views_in(path), shared_clock{&shared.all->now});
  keeper.under({{2, 2}, ten});
  CHECK(keeper.poll().owned_elsewhere);
  victim.kill();
  CHECK(keeper.poll().owned_elsewhere);  // nobody can know that it is gone
  shared.all->now = 1'009;
  CHECK(keeper.poll().owned_elsewhere);
  shared.all->now = 1'010;
  const auto taken = keeper.poll();
  CHECK(taken);
  CHECK(taken.handled == 40);
  CHECK(taken.caught_up);
  CHECK(cents_of(keeper, "FR") == 2550);
  CHECK(cents_of(keeper, "DE") == 2500);
  CHECK(answer(path, "select hex(owner) || ' ' || until from consumers") == "00000000000000020000000000000002 1020");
}

TEST_CASE("an owner that was stopped for long finds another's name, and changes nothing") {
  const folder f;
  const std::string path = f / "shop.db";
  const shared_memory shared;
  auto app = gesta::start<shop>(log_in(path));
  sell_to(app, 1, 10);
  child late([&](auto say) {
    auto log = gesta::reader<shop>(log_in(path));
    auto keeper = gesta::consume<by_country>(log, views_in(path), shared_clock{&shared.all->now});
    keeper.under({{1, 1}, ten});
    if (keeper.poll(4).handled != 4) return false;
    say();
    while (shared.all->wanted == 0) ::usleep(1000);
    // It still believes in its claim: its clock has not moved since.
    const auto again = keeper.poll();
    return again.owned_elsewhere && again.handled == 0;
  });
  REQUIRE(late.said());
  const std::int64_t later = 1'010;
  auto log = gesta::reader<shop>(log_in(path));
  auto keeper = gesta::consume<by_country>(log, views_in(path), set_clock{&later});
  keeper.under({{2, 2}, ten});
  CHECK(keeper.poll(3).handled == 3);
  shared.all->wanted = 1;
  CHECK(late.ended());
  CHECK(keeper.poll().handled == 3);
  CHECK(cents_of(keeper, "FR") + cents_of(keeper, "DE") == 55);
}

TEST_CASE("processes that race without claims project each event once") {
  const folder f;
  const std::string path = f / "shop.db";
  const shared_memory shared;
  constexpr int events = 2'000;
  auto app = gesta::start<shop>(log_in(path));
  const auto race = [&](std::uint64_t limit) {
    return [&, limit](auto) {
      auto log = gesta::reader<shop>(log_in(path));
      auto keeper = gesta::consume<by_country>(log, views_in(path));
      for (;;) {
        const auto made = keeper.poll(limit);
        if (!made) return std::fprintf(stderr, "%s\n", made.why().describe()), false;
        if (keeper.checkpoint().position == events) return true;
      }
    };
  };
  child one(race(7)), two(race(11));
  for (int i = 0; i < events / 50; ++i) sell_to(app, 50 * i + 1, 50 * i + 50);
  CHECK(one.ended());
  CHECK(two.ended());
  CHECK(answer(path, "select sum(cents) from by_country") == std::to_string(events * (events + 1) / 2));
  CHECK(answer(path, "select position from consumers") == std::to_string(events));
}

TEST_CASE("a process that is killed at any time leaves a view that the next one completes") {
  const folder f;
  const std::string path = f / "shop.db";
  auto app = gesta::start<shop>(log_in(path));
  constexpr int events = 500;
  sell_to(app, 1, events);
  for (int round = 0; round < 6; ++round) {
    child victim([&](auto say) {
      auto log = gesta::reader<shop>(log_in(path));
      auto keeper = gesta::consume<by_country>(log, views_in(path));
      for (int i = 0; i < 5; ++i)
        if (!keeper.poll(3)) return false;
      say();
      for (;;) (void)keeper.poll(1);
    });
    REQUIRE(victim.said());
    victim.kill();  // in the middle of whatever it does
  }
  auto log = gesta::reader<shop>(log_in(path));
  auto keeper = gesta::consume<by_country>(log, views_in(path));
  CHECK(keeper.poll(events).caught_up);
  CHECK(cents_of(keeper, "FR") + cents_of(keeper, "DE") == events * (events + 1) / 2);
}

TEST_CASE("a view in a file is asked by another process than the one that fills it") {
  const folder f;
  const std::string path = f / "shop.db";
  const shared_memory shared;
  auto app = gesta::start<shop>(log_in(path));
  child keeps([&](auto say) {
    auto log = gesta::reader<shop>(log_in(path));
    auto keeper = gesta::consume<by_country>(log, views_in(path));
    if (!keeper.poll()) return false;
    say();
    while (shared.all->wanted == 0) {
      if (!keeper.poll()) return false;
      ::usleep(200);
    }
    return true;
  });
  REQUIRE(keeps.said());
  auto countries = gesta::query<by_country>(views_in(path));
  for (int i = 1; i <= 20; ++i) {
    const auto sale = app.handle("1", sell{"FR", 1});
    const int shown = gesta::find(countries, "FR", gesta::own_write(app, sale, gesta::seconds(60)))
                          .match([](const country_row& r) { return static_cast<int>(r.cents); }, [](gesta::no_row) { return -1; },
                                 [](const gesta::not_yet&) { return -2; }, [](const gesta::failure&) { return -3; });
    CHECK(shown == i);
  }
  shared.all->wanted = 1;
  CHECK(keeps.ended());
  sql(path, "drop table by_country");  // what cannot be read is no row that is not there
  CHECK(gesta::find(countries, "FR").match([](const country_row&) { return 0; }, [](gesta::no_row) { return 1; }, [](const gesta::not_yet&) { return 2; },
                                           [](const gesta::failure&) { return 3; }) == 3);
}

TEST_CASE("in a file a new version has a table of its own, takes over in one commit, and the old one is dropped when somebody says so") {
  const folder f;
  const std::string path = f / "shop.db";
  auto app = gesta::start<shop>(log_in(path));
  sell_to(app, 1, 10);
  auto old = gesta::consume<by_country>(app, views_in(path));
  auto next = gesta::consume<by_country_2>(app, views_in(path));
  auto both = gesta::query<by_country_2, by_country>(views_in(path));
  const auto version = [&] {
    gesta::reflected shown;
    CHECK(gesta::reflects(both, shown));
    return shown.version;
  };
  CHECK(old.poll());
  CHECK(next.poll(9));
  CHECK(version() == 1);
  CHECK_FALSE(next.drop_older());
  CHECK(next.poll(1));
  CHECK(version() == 2);
  sell_to(app, 11, 12);
  CHECK(old.poll().handled == 2);
  CHECK(next.poll().handled == 2);
  CHECK(answer(path, "select cents from by_country where country = 'FR'") == "42");
  CHECK(answer(path, "select cents || ' of ' || orders from \"by_country@2\" where country = 'FR'") == "42 of 6");
  {
    auto again = gesta::consume<by_country_2>(app, views_in(path));
    CHECK(again.drop_older());
  }
  CHECK(answer(path, "select group_concat(name) from views") == "by_country@2");
  CHECK(answer(path, "select group_concat(name) from consumers") == "by_country@2");
  CHECK(answer(path, "select count(*) from sqlite_master where tbl_name = 'by_country'") == "0");
  CHECK(version() == 2);
  CHECK_FALSE(old.poll());  // who goes on with what was dropped is told so
}
