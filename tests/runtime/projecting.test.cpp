// Rows of an app: they hold what a fold of all events by hand gives, on a store in memory and on one that is none, as they are, as they were and
// when they are folded for a question alone.
#include <gesta/runtime/projecting.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>

#include "shared_store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace {

struct sold {
  gesta::text<8> country;
  int cents;
  static constexpr auto id = "rows.sold";
};
struct returned {
  gesta::text<8> country;
  int cents;
  static constexpr auto id = "rows.returned";
};
struct moved {
  gesta::text<8> from, to;
  static constexpr auto id = "rows.moved";
};
struct closed {
  static constexpr auto id = "rows.closed";
};
struct sell {
  gesta::text<8> country;
  int cents;
};
struct take_back {
  gesta::text<8> country;
  int cents;
};
struct move {
  gesta::text<8> from, to;
};
struct exchange {
  gesta::text<8> country;
  int back, out;
};
struct shut {};
struct order {
  int events = 0;
};
constexpr void evolve(order& o, const sold&) { ++o.events; }
constexpr void evolve(order& o, const returned&) { ++o.events; }
constexpr void evolve(order& o, const moved&) { ++o.events; }
constexpr void evolve(order& o, const closed&) { ++o.events; }
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
constexpr auto decide(const order&, const take_back& c) -> gesta::emits<returned> { return returned{c.country, c.cents}; }
constexpr auto decide(const order&, const move& c) -> gesta::emits<moved> { return moved{c.from, c.to}; }
constexpr auto decide(const order&, const exchange& c) -> gesta::emits<returned, sold> {
  return gesta::emit(returned{c.country, c.back}, sold{c.country, c.out});
}
constexpr auto decide(const order&, const shut&) -> gesta::emits<closed> { return closed{}; }
struct orders : gesta::aggregate<order, gesta::commands<sell, take_back, move, exchange, shut>> {
  static constexpr auto id = "rows.order";
};

struct country_row {
  int cents = 0, events = 0;
  gesta::text<8> country;
};
constexpr void project(country_row& r, const sold& e) { r.cents += e.cents, ++r.events; }
constexpr gesta::row project(country_row& r, const returned& e) {
  r.cents -= e.cents, ++r.events;
  return r.cents == 0 ? gesta::row::goes : gesta::row::stays;
}
constexpr void project(country_row& r, const moved& e) {
  r.cents += r.country == e.to ? 1 : -1;
  ++r.events;
}
struct by_country : gesta::projection<gesta::rows<country_row, "country">, gesta::follows<orders>, gesta::ignoring<closed>> {
  static constexpr auto id = "rows.by_country";
};
constexpr gesta::list<gesta::text<8>, 2> locate(const by_country&, const moved& e) { return {e.from, e.to}; }

// A row for each order, by the key that only `about` knows.
struct order_row {
  std::string name;
  std::vector<std::uint64_t> positions;
};
void project(order_row& r, const sold&, const gesta::about& a) { r.positions.push_back(a.position); }
gesta::row project(order_row&, const closed&) { return gesta::row::goes; }
struct by_order : gesta::projection<gesta::rows<order_row, "name">> {
  static constexpr auto id = "rows.by_order";
};
std::string locate(const by_order&, const sold&, const gesta::about& a) { return {a.key.data, a.key.size}; }
std::string locate(const by_order&, const closed&, const gesta::about& a) { return {a.key.data, a.key.size}; }

// Rows by number, and only of some events.
struct size_row {
  std::uint32_t size = 0;
  int count = 0;
};
constexpr void project(size_row& r, const sold&) { ++r.count; }
struct by_size : gesta::projection<gesta::rows<size_row, "size", gesta::dense>> {
  static constexpr auto id = "rows.by_size";
};
constexpr gesta::list<std::uint32_t, 1> locate(const by_size&, const sold& e) {
  if (e.cents < 10) return {};
  return {static_cast<std::uint32_t>(e.cents) / 10};
}

struct turnover {
  int cents = 0;
};
constexpr void project(turnover& t, const sold& e) { t.cents += e.cents; }
struct total : gesta::projection<turnover> {
  static constexpr auto id = "rows.total";
};

struct shop : gesta::model<orders, by_country, total, by_order, by_size> {};

// Rows that the model does not know.
struct part_row {
  int events = 0;
  gesta::text<8> country;
};
constexpr void project(part_row& r, const returned&) { ++r.events; }
struct returns_of : gesta::projection<gesta::rows<part_row, "country">> {};

using sums = std::map<std::string, int>;

template <class Table>
sums cents_of(const Table& table) {
  sums all;
  CHECK(table.each([&](const country_row& r) { all[r.country.c_str()] = r.cents; }));
  CHECK(all.size() == table.size());
  return all;
}

template <class App>
void sell_some(App& app) {
  app.handle("o1", sell{"FR", 30}).match([](const order&) {}, [](const gesta::failure&) { FAIL("the store works"); });
  app.handle("o2", sell{"DE", 5}).match([](const order&) {}, [](const gesta::failure&) { FAIL("the store works"); });
  app.handle("o1", move{"FR", "DE"}).match([](const order&) {}, [](const gesta::failure&) { FAIL("the store works"); });
  app.handle("o2", exchange{"DE", 6, 12}).match([](const order&) {}, [](const gesta::failure&) { FAIL("the store works"); });
  app.handle("o3", sell{"IT", 31}).match([](const order&) {}, [](const gesta::failure&) { FAIL("the store works"); });
  app.handle("o3", take_back{"IT", 31}).match([](const order&) {}, [](const gesta::failure&) { FAIL("the store works"); });
  app.handle("o2", shut{}).match([](const order&) {}, [](const gesta::failure&) { FAIL("the store works"); });
}

template <class App>
void holds_what_was_sold(App& app) {
  CHECK(cents_of(app.template rows<by_country>()) == sums{{"FR", 29}, {"DE", 12}});
  CHECK(app.template row<by_country>("FR")->events == 2);
  CHECK(app.template row<by_country>("DE")->events == 1);  // it went, and came again
  CHECK(app.template row<by_country>("IT") == nullptr);
  CHECK(app.template view<turnover>().cents == 78);
  CHECK(app.template row<by_order>("o1")->positions == std::vector<std::uint64_t>{1});
  CHECK(app.template row<by_order>("o2") == nullptr);
  CHECK(app.template rows<by_order>().size() == 2);
  CHECK(app.template rows<by_size>().size() == 2);
  CHECK(app.template row<by_size>(3)->count == 2);
  CHECK(app.template row<by_size>(1)->count == 1);
  CHECK(app.template row<by_size>(0) == nullptr);
}

template <class App>
void was_what_was_sold(App& app) {
  const sums by_position[] = {{}, {{"FR", 30}}, {{"FR", 30}, {"DE", 5}}, {{"FR", 29}, {"DE", 6}}, {{"FR", 29}}, {{"FR", 29}, {"DE", 12}}};
  std::uint64_t n = 0;
  for (const sums& then : by_position) {
    const auto were = app.template rows<by_country>(gesta::at_position{n});
    REQUIRE(were);
    CHECK(cents_of(*were) == then);
    for (const gesta::text<8> country : {gesta::text<8>("FR"), gesta::text<8>("DE"), gesta::text<8>("IT")}) {
      const auto was = app.template row<by_country>(country, gesta::at_position{n});
      REQUIRE(was);
      REQUIRE((was.get() != nullptr) == (then.count(country.c_str()) != 0));
      if (was.get() != nullptr) CHECK(was->cents == then.at(country.c_str()));
      if (was.get() != nullptr) CHECK(was->country == country);
    }
    ++n;
  }
  const auto now = app.template live<by_country>();
  REQUIRE(now);
  CHECK(cents_of(*now) == by_position[5]);
  CHECK(app.template live<by_country>("FR")->cents == 29);
  CHECK(app.template live<by_country>("IT").get() == nullptr);
  CHECK(app.template live<by_order>("o1")->positions == std::vector<std::uint64_t>{1});
  CHECK(app.template live<by_order>("o2").get() == nullptr);
  CHECK(app.template live<by_size>(3)->count == 2);
  CHECK(app.template live<total>()->cents == 78);
  CHECK(app.template live<returns_of>("DE")->events == 1);
  CHECK(app.template live<returns_of>()->size() == 2);
  CHECK(app.template rows<by_order>(gesta::at_time{{INT64_MAX}})->size() == 2);
  CHECK(app.template rows<by_order>(gesta::at_time{{-1}})->size() == 0);
}

}  // namespace

TEST_CASE("rows in memory follow the commands") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  CHECK(app.rows<by_country>().size() == 0);
  sell_some(app);
  holds_what_was_sold(app);
  was_what_was_sold(app);
}

TEST_CASE("rows are made again where an app starts on a store that has events") {
  shared::disk disk;
  {
    auto app = gesta::start<shop>(shared::store{&disk});
    sell_some(app);
    holds_what_was_sold(app);
    was_what_was_sold(app);
  }
  auto app = gesta::start<shop>(shared::store{&disk});
  holds_what_was_sold(app);
  was_what_was_sold(app);
}

TEST_CASE("rows change with the commit of a batch, and not without") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  {
    auto batch = app.batch();
    batch.handle("o1", sell{"FR", 1});
    CHECK(app.rows<by_country>().size() == 0);
  }
  CHECK(app.rows<by_country>().size() == 0);
  auto batch = app.batch();
  batch.handle("o1", sell{"FR", 1});
  batch.handle("o1", sell{"FR", 2});
  CHECK(batch.commit());
  CHECK(app.row<by_country>("FR")->cents == 3);
}

TEST_CASE("an event that cannot be read leaves no rows to tell") {
  shared::disk disk;
  auto app = gesta::start<shop>(shared::store{&disk});
  sell_some(app);
  disk.events[1].payload.clear();
  CHECK_FALSE(app.rows<by_country>(gesta::at_position{3}));
  CHECK_FALSE(app.live<by_country>());
  const auto was = app.live<by_country>("FR");
  CHECK_FALSE(was);
  CHECK(was.get() == nullptr);
  CHECK(was.why().why == gesta::failure::kind::corrupt);
}

TEST_CASE("events without a log are projected to rows, too") {
  gesta::views<shop> views;
  views.publish(sold{"FR", 3});
  views.publish(sold{"FR", 4});
  CHECK(views.rows<by_country>().find("FR")->cents == 7);
  CHECK(views.rows<by_order>().find("")->positions == std::vector<std::uint64_t>{0, 0});
}

namespace {

/// A table that has no room.
struct no_table {
  using key_type = gesta::text<8>;
  bool is_full = false, cannot_erase = false;
  country_row row;
  country_row* find_or_add(const key_type&) { return is_full ? nullptr : &row; }
  bool erase(const key_type&) { return !cannot_erase; }
};

}  // namespace

TEST_CASE("a table that cannot is no success") {
  const auto nothing = [] { return gesta::about{}; };
  no_table table;
  CHECK(gesta::detail::project_to_table<by_country>(table, sold{"FR", 3}, nothing));
  CHECK(table.row.cents == 3);
  CHECK(gesta::detail::project_to_table<by_country>(table, returned{"FR", 3}, nothing));
  table.cannot_erase = true;
  CHECK_FALSE(gesta::detail::project_to_table<by_country>(table, returned{"FR", 0}, nothing));
  table.is_full = true;
  CHECK_FALSE(gesta::detail::project_to_table<by_country>(table, sold{"FR", 3}, nothing));
  CHECK_FALSE(gesta::detail::project_to_table<by_country>(table, moved{"FR", "DE"}, nothing));
}

TEST_CASE("rows made anew from a log in memory are those that the app has kept, whatever is on its way") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  std::uint64_t n = 0;
  const auto check = [&] {
    const auto now = app.live<by_country>();
    REQUIRE(now);
    CHECK(cents_of(*now) == cents_of(app.rows<by_country>()));
    CHECK(now->size() == app.rows<by_country>().size());
    CHECK(app.live<by_size>()->size() == app.rows<by_size>().size());
    CHECK(app.live<by_order>()->size() == app.rows<by_order>().size());
  };
  for (int i = 0; i < 600; ++i) {
    const std::uint64_t drawn = gesta::detail::mix(++n);
    const gesta::text<8> country(std::to_string(drawn % 90).c_str()), other(std::to_string(drawn / 100 % 90).c_str());
    const std::string order = "o" + std::to_string(drawn / 7 % 50);
    switch (drawn / 1000 % 4) {
      case 0: app.handle(order, sell{country, static_cast<int>(drawn / 5000 % 100)}); break;
      case 1: app.handle(order, take_back{country, static_cast<int>(drawn / 5000 % 5)}); break;
      case 2: app.handle(order, move{country, other}); break;
      default: app.handle(order, shut{}); break;
    }
    if (i < 40 || i % 100 == 0) check();
  }
  check();
}

TEST_CASE("a store that keeps its last records only cannot tell rows that began before") {
  auto app = gesta::start<shop>(gesta::last_records_store{.bytes = std::size_t{2} << 20});
  for (int i = 0; i < 60000; ++i) app.handle("o", sell{"FR", 1});
  CHECK(app.row<by_country>("FR")->cents == 60000);
  const auto were = app.live<by_country>();
  REQUIRE_FALSE(were);
  CHECK(were.why().why == gesta::failure::kind::truncated);
  CHECK(app.rows<by_country>(gesta::at_position{0})->size() == 0);
}

TEST_CASE("who looks ahead sees each item sixteen before it is its turn, and once") {
  for (const int count : {0, 1, 15, 16, 17, 40}) {
    int ahead = 0, at = 0, looked = 0;
    std::vector<int> acted;
    const auto from = [&](int& place) { return [&place, count](int& item) { return place < count && (item = place++, true); }; };
    const auto look = [&](int item) { CHECK(item == looked++); };
    const auto act = [&](int item) {
      CHECK(looked == (item + 17 < count ? item + 17 : count));
      acted.push_back(item);
      return item != 30;
    };
    CHECK(gesta::detail::looking_ahead<int>(from(ahead), look, from(at), act) == (count != 40));
    CHECK(static_cast<int>(acted.size()) == (count == 40 ? 31 : count));
    for (int i = 0; i < static_cast<int>(acted.size()); ++i) CHECK(acted[static_cast<std::size_t>(i)] == i);
  }
}

namespace {

/// Keeps the keys that were asked for.
struct looked_at {
  static int place_of(const gesta::text<8>& key) { return key.size() == 0 ? -1 : key.data()[0]; }
  void prefetch(int place) const { places.push_back(place); }
  mutable std::vector<int> places;
};

}  // namespace

TEST_CASE("a key is found in an event in place where a field says it, and nowhere else") {
  using flow = gesta::flow<shop>;
  const gesta::detail::keys_in_events<flow, by_country> keys;
  looked_at table;
  const sold one{"FR", 3};
  const returned two{"DE", 3};
  const moved three{"IT", "ES"};
  const closed four{};
  keys.look(table, flow::tag<sold>, &one);
  keys.look(table, flow::tag<returned>, &two);
  keys.look(table, flow::tag<moved>, &three);
  keys.look(table, flow::tag<closed>, &four);
  CHECK(table.places == std::vector<int>{'F', 'D'});
  CHECK(keys.takes(flow::tag<moved>));
  CHECK_FALSE(keys.takes(flow::tag<closed>));
}
