#include <gesta/runtime/query.hpp>

#include <doctest/doctest.h>

#include <string>

#include "map_views.hpp"
#include "orders_by_country.hpp"

namespace {

struct no_time {
  std::int64_t passed = 0;
  gesta::timestamp now() const { return {passed}; }
  void operator()(gesta::duration most) { passed += most.nanoseconds; }
};

template <class Found>
std::string words(const Found& found) {
  return found.match([](const country_row& r) { return std::to_string(r.cents); }, [](gesta::no_row) { return std::string("none"); },
                     [](const gesta::not_yet& n) {
                       return "not yet " + std::to_string(n.asked) + ", " + std::to_string(n.reached) + (n.is_held_up ? ", held up" : "");
                     },
                     [](const gesta::failure& f) { return std::string(f.describe()); });
}

}  // namespace

TEST_CASE("a row is found as it is, or when it is as new as was asked for") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  const auto first = app.handle("1", sell{"FR", 10});
  CHECK(words(gesta::find(keeper, "FR")) == "none");  // whatever it shows
  CHECK(words(gesta::find(keeper, "FR", gesta::own_write(app, first))) == "10");
  CHECK(words(gesta::find(keeper, "DE", gesta::own_write(app, first))) == "none");
  const auto second = app.handle("1", sell{"FR", 20});
  CHECK(words(gesta::find(keeper, "FR")) == "10");
  CHECK(keeper.pause());
  CHECK(words(gesta::find(keeper, "FR", gesta::own_write(app, second, {100}), no_time{})) == "not yet 2, 1");
  CHECK(words(gesta::find(keeper, "FR", gesta::own_write(app, first))) == "10");
}

TEST_CASE("a view that nobody has filled yet has no rows to be found") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  map_views::opened<by_country> place{map_views{}};
  auto countries = gesta::query<by_country>(shared_map_views<by_country>{&place});
  CHECK(words(gesta::find(countries, "FR")) == "not yet 0, 0");
  gesta::reflected shown{.version = 7};
  CHECK(gesta::reflects(countries, shown));
  CHECK(shown.version == 0);
}

#if __cpp_exceptions
TEST_CASE("a row that an event was put aside of is not yet there, the others are") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  poison = 5;
  const auto bad = app.handle("1", sell{"FR", 5});
  const auto good = app.handle("1", sell{"DE", 7});
  const auto later = app.handle("1", sell{"FR", 8});
  CHECK(gesta::wait_until(keeper, gesta::own_write(app, later)));  // the view has seen it all
  CHECK(words(gesta::find(keeper, "DE", gesta::own_write(app, good))) == "7");
  CHECK(words(gesta::find(keeper, "FR", gesta::own_write(app, bad))) == "not yet 2, 1, held up");
  CHECK(words(gesta::find(keeper, "FR", gesta::own_write(app, later))) == "not yet 4, 1, held up");
  CHECK(words(gesta::find(keeper, "FR", {.position = 1})) == "10");
  CHECK(words(gesta::find(keeper, "FR")) == "10");
  gesta::letter head;
  CHECK(keeper.letters([&](const gesta::letter& l) { head = l; return false; }));
  CHECK(keeper.discard(head, "a test order"));
  CHECK(words(gesta::find(keeper, "FR", gesta::own_write(app, later))) == "18");
  poison = 9;  // what was discarded holds nothing up, also beside another one that does
  app.handle("1", sell{"FR", 9});
  CHECK(keeper.poll().put_aside == 1);
  CHECK(words(gesta::find(keeper, "FR", gesta::own_write(app, later))) == "18");
  CHECK(words(gesta::find(keeper, "FR", {.position = 5})) == "not yet 5, 4, held up");
  poison = -1;
}
#endif

TEST_CASE("what a view reflects is a position and a time") {
  std::int64_t now = 40;
  auto app = gesta::start<shop>(gesta::memory_store{}, set_clock{&now});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  now = 50;
  app.handle("1", sell{"FR", 10});
  CHECK(keeper.poll(1));
  gesta::reflected shown;
  CHECK(gesta::reflects(keeper, shown));
  CHECK((shown.at.position == 1 && shown.time.nanoseconds == 40 && shown.version == 1));
}
