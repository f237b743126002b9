#include <gesta/runtime/inlined.hpp>

#include <doctest/doctest.h>

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include "../folder.hpp"

namespace {

struct sold {
  gesta::text<8> country;
  std::int64_t cents;
  static constexpr auto id = "order.sold";
};
struct sell {
  gesta::text<8> country;
  std::int64_t cents;
};
struct refused {
  static constexpr auto id = "refused";
};
struct order {
  std::int64_t cents = 0;
};
constexpr void evolve(order& o, const sold& e) { o.cents += e.cents; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold>::or_rejects<refused> {
  if (c.cents < 0) return refused{};
  return sold{c.country, c.cents};
}
struct orders : gesta::aggregate<order, gesta::commands<sell>> {
  static constexpr auto id = "order";
};

// While it is set, a sale of this many cents cannot be projected.
[[maybe_unused]] std::int64_t poison = -1;

struct country_row {
  gesta::text<8> country;
  std::int64_t cents = 0, sales = 0;
};
void project(country_row& r, const sold& e) {
#if __cpp_exceptions
  if (e.cents == poison) throw std::runtime_error("poison");
#endif
  r.cents += e.cents;
  ++r.sales;
}
struct by_country : gesta::projection<gesta::rows<country_row, "country">, gesta::follows<orders>> {
  static constexpr auto id = "by_country";
};
struct total {
  std::int64_t cents = 0;
};
void project(total& t, const sold& e) { t.cents += e.cents; }
struct in_all : gesta::projection<total> {
  static constexpr auto id = "in_all";
};
struct shop : gesta::model<orders, by_country, in_all> {};

using gesta::durability;
gesta::sqlite_store store_in(const std::string& path) { return {.path = path, .level = durability::process}; }
gesta::sqlite_views views_in(const std::string& path) { return {.path = path, .level = durability::process}; }

template <class App>
std::string rows_of(App& app) {
  std::string text;
  CHECK(app.template rows<by_country>().each([&](const country_row& r) {
    text += std::string(r.country.data(), r.country.size()) + " " + std::to_string(r.cents) + " " + std::to_string(r.sales) + "; ";
    return true;
  }));
  return text;
}
template <class App>
bool sells(App& app, const char* order, const char* country, std::int64_t cents) {
  bool sold_it = false;
  app.handle(order, sell{gesta::text<8>(country, std::strlen(country)), cents}).match([&](const ::order&) { sold_it = true; }, [](const refused&) {}, [](const gesta::failure&) {});
  return sold_it;
}
void execute(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}
using inlined_both = gesta::inlined<by_country, in_all>;

}  // namespace

TEST_CASE("an inlined view is changed with the events of a command, and only with them") {
  const folder here;
  auto app = gesta::start<shop>(store_in(here / "shop.db"), inlined_both{});
  CHECK(sells(app, "1", "FR", 10));
  CHECK(sells(app, "2", "DE", 20));
  CHECK_FALSE(sells(app, "2", "DE", -1));
  CHECK(rows_of(app) == "DE 20 1; FR 10 1; ");
  CHECK(app.row<by_country>("FR")->cents == 10);
  CHECK(app.row<by_country>("IT") == nullptr);
  CHECK(app.row<in_all>()->cents == 30);
  {
    auto batch = app.batch();
    batch.handle("1", sell{"FR", 100}).match([](const order&) {}, [](const refused&) {}, [](const gesta::failure&) {});
    CHECK(app.row<by_country>("FR")->cents == 10);
  }
  CHECK(rows_of(app) == "DE 20 1; FR 10 1; ");
  CHECK(sells(app, "3", "FR", 1));
  CHECK(rows_of(app) == "DE 20 1; FR 11 2; ");
  {
    auto batch = app.batch();
    for (int i = 0; i < 3; ++i) batch.handle("1", sell{"IT", 7}).match([](const order&) {}, [](const refused&) {}, [](const gesta::failure&) {});
    CHECK(batch.commit());
  }
  CHECK(app.row<by_country>("IT")->cents == 21);
}

TEST_CASE("another program reads an inlined view as it is committed") {
  const folder here;
  auto app = gesta::start<shop>(store_in(here / "shop.db"), inlined_both{});
  gesta::sqlite_views::opened<by_country> others(views_in(here / "shop.db"));
  CHECK(sells(app, "1", "FR", 10));
  REQUIRE(others.find<by_country>("FR") != nullptr);
  CHECK(others.find<by_country>("FR")->cents == 10);
  CHECK(sells(app, "1", "FR", 5));
  CHECK(others.find<by_country>("FR")->cents == 15);
}

TEST_CASE("what was recorded before there was the view is in it when the app starts") {
  const folder here;
  {
    auto before = gesta::start<shop>(store_in(here / "shop.db"));
    for (int i = 0; i < 100; ++i) CHECK(sells(before, "1", i % 2 == 0 ? "FR" : "DE", i));
  }
  auto app = gesta::start<shop>(store_in(here / "shop.db"), inlined_both{});
  CHECK(rows_of(app) == "DE 2500 50; FR 2450 50; ");
  CHECK(app.row<in_all>()->cents == 4950);
}

TEST_CASE("what a program records that does not inline the view comes with the next unit of one that does, or with a consumer") {
  const folder here;
  auto app = gesta::start<shop>(store_in(here / "shop.db"), inlined_both{});
  auto other = gesta::start<shop>(store_in(here / "shop.db"), gesta::async<by_country, in_all>{});
  CHECK(sells(app, "1", "FR", 1));
  CHECK(sells(other, "2", "FR", 2));
  CHECK(sells(other, "3", "DE", 3));
  CHECK(rows_of(app) == "FR 1 1; ");
  SUBCASE("a unit") {
    CHECK(sells(app, "4", "FR", 4));
    CHECK(rows_of(app) == "DE 3 1; FR 7 3; ");
  }
  SUBCASE("a consumer") {
    auto log = gesta::reader<shop>(store_in(here / "shop.db"));
    auto keeper = gesta::consume<by_country>(log, views_in(here / "shop.db"));
    CHECK(keeper.poll().handled == 2);
    CHECK(rows_of(app) == "DE 3 1; FR 3 2; ");
    CHECK(sells(app, "4", "FR", 4));
    CHECK(rows_of(app) == "DE 3 1; FR 7 3; ");
    CHECK(keeper.poll().handled == 0);
  }
}

TEST_CASE("a view that is async or live is not kept, and can be folded when it is asked for") {
  const folder here;
  auto app = gesta::start<shop>(store_in(here / "shop.db"), gesta::live<by_country>{}, gesta::async<in_all>{});
  CHECK(sells(app, "1", "FR", 10));
  const auto now = app.live<by_country>("FR");
  REQUIRE(now);
  CHECK(now->cents == 10);
  auto in_memory = gesta::start<shop>(gesta::memory_store{}, gesta::live<by_country>{});
  in_memory.handle("1", sell{"FR", 3}).match([](const order&) {}, [](const refused&) {});
  CHECK(in_memory.live<by_country>("FR")->cents == 3);
  CHECK(in_memory.view<total>().cents == 3);
}

#if __cpp_exceptions
TEST_CASE("an event that an inlined view cannot project is kept and put aside; a consumer of the view tries it again") {
  const folder here;
  auto app = gesta::start<shop>(store_in(here / "shop.db"), inlined_both{});
  poison = 13;
  CHECK(sells(app, "1", "FR", 10));
  CHECK(sells(app, "1", "FR", 13));
  CHECK(sells(app, "1", "FR", 14));
  CHECK(sells(app, "1", "DE", 1));
  CHECK(app.state<orders>("1").cents == 38);
  CHECK(rows_of(app) == "DE 1 1; FR 10 1; ");
  CHECK(app.row<in_all>()->cents == 38);
  poison = -1;
  auto log = gesta::reader<shop>(store_in(here / "shop.db"));
  auto keeper = gesta::consume<by_country>(log, views_in(here / "shop.db"));
  gesta::letter head;
  CHECK(keeper.letters([&](const gesta::letter& one) { return head = one, false; }));
  CHECK(keeper.retry(head));
  CHECK(keeper.poll().handled == 2);
  CHECK(rows_of(app) == "DE 1 1; FR 37 3; ");
  CHECK(sells(app, "1", "FR", 1));
  CHECK(rows_of(app) == "DE 1 1; FR 38 4; ");
}
#endif

TEST_CASE("an app that caches states inlines views as well") {
  const folder here;
  auto app = gesta::start<shop>(store_in(here / "shop.db"), gesta::cached_states{.most = 2}, inlined_both{}, gesta::snapshots{.every = 2});
  for (int i = 0; i < 10; ++i) CHECK(sells(app, std::to_string(i % 3).c_str(), "FR", 1));
  CHECK(rows_of(app) == "FR 10 10; ");
}

TEST_CASE("a table of another row type is said when the app starts, and no fact is touched") {
  const folder here;
  { auto app = gesta::start<shop>(store_in(here / "shop.db"), inlined_both{}); }
  {
    gesta::sqlite_views::opened<by_country> views(views_in(here / "shop.db"));
    CHECK(views.broken() == nullptr);
  }
  execute(here / "shop.db", "update views set schema = 'other' where name = 'by_country'");
  auto app = gesta::start<shop>(store_in(here / "shop.db"), inlined_both{});
  REQUIRE(app.broken() != nullptr);
  CHECK(app.broken()->why == gesta::failure::kind::differs);
}
