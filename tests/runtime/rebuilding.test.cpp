#include <gesta/runtime/rebuilding.hpp>

#include <doctest/doctest.h>

#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/query.hpp>

#include "map_views.hpp"
#include "orders_by_country.hpp"

namespace {

template <class Keeper>
int letters_in(Keeper& keeper) {
  int count = 0;
  CHECK(keeper.letters([&](const gesta::letter&) { ++count; }));
  return count;
}

}  // namespace

TEST_CASE("a view is made anew from the beginning of the log") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  app.handle("2", sell{"DE", 20});
  CHECK(keeper.poll());
  keeper.rows().find_or_add("FR")->cents = 999;
  keeper.rows().find_or_add("XX")->cents = 1;
  CHECK(keeper.rebuild());
  CHECK(keeper.rows().size() == 0);
  gesta::reflected shown;
  CHECK(gesta::reflects(keeper, shown));
  CHECK(shown.at.position == 0);
  CHECK(keeper.poll(1).handled == 1);
  CHECK(cents_of(keeper, "FR") == 10);
  CHECK(cents_of(keeper, "DE") == -1);
  CHECK(keeper.poll().handled == 1);
  CHECK(cents_of(keeper, "DE") == 20);
  CHECK(cents_of(keeper, "XX") == -1);
}

TEST_CASE("one row is made anew up to the checkpoint, the others stay as they are") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  app.handle("2", sell{"DE", 20});
  app.handle("1", sell{"FR", 30});
  CHECK(keeper.poll(2));
  keeper.rows().find_or_add("FR")->cents = 999;
  keeper.rows().find_or_add("DE")->cents = 888;
  const auto again = keeper.rebuild("FR");
  CHECK(again);
  CHECK(again.handled == 1);
  CHECK(cents_of(keeper, "FR") == 10);
  CHECK(cents_of(keeper, "DE") == 888);
  CHECK(keeper.poll().handled == 1);
  CHECK(cents_of(keeper, "FR") == 40);
  keeper.rows().find_or_add("XX")->cents = 1;
  CHECK(keeper.rebuild("XX"));  // a row without events is none
  CHECK(cents_of(keeper, "XX") == -1);
}

TEST_CASE("the rows to which one stream belongs are made anew, whole") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  app.handle("2", sell{"FR", 20});
  app.handle("2", sell{"DE", 30});
  app.handle("3", sell{"IT", 40});
  CHECK(keeper.poll());
  for (const gesta::text<8>& country : {gesta::text<8>("FR"), gesta::text<8>("DE"), gesta::text<8>("IT")}) keeper.rows().find_or_add(country)->cents = 0;
  CHECK(keeper.rebuild_of<orders>("2").handled == 3);
  CHECK(cents_of(keeper, "FR") == 30);
  CHECK(cents_of(keeper, "DE") == 30);
  CHECK(cents_of(keeper, "IT") == 0);
}

TEST_CASE("a consumer that has stopped by itself is not let go on by being made anew") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  CHECK(keeper.poll());
  CHECK(keeper.views().put("by_country", {.position = 0, .key = "(consumer)", .cause = "too many", .attempts = 1}));
  CHECK(keeper.rebuild());
  CHECK(letters_in(keeper) == 1);
  CHECK_FALSE(keeper.poll());
  CHECK(keeper.resume());
  CHECK(keeper.poll().handled == 1);
}

TEST_CASE("a view of another log is not made anew from this one") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  CHECK(keeper.poll());
  gesta::progress state;
  CHECK(keeper.views().load("by_country", state));
  state.at.position = 7;
  CHECK(keeper.views().save("by_country", state));
  const auto refused = keeper.rebuild("FR");
  REQUIRE_FALSE(refused);
  CHECK(refused.why().why == gesta::failure::kind::ahead_of_log);
  CHECK(cents_of(keeper, "FR") == 10);
}

#if __cpp_exceptions
TEST_CASE("open letters of a row that is made anew are tried in their place; what a person discarded stays so") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  poison = 5;
  app.handle("1", sell{"FR", 10});
  app.handle("1", sell{"FR", 5});
  app.handle("1", sell{"FR", 20});
  app.handle("1", sell{"DE", 5});
  app.handle("1", sell{"DE", 6});
  CHECK(keeper.poll());
  CHECK(letters_in(keeper) == 4);
  CHECK(cents_of(keeper, "FR") == 10);

  SUBCASE("it fails again where its cause is still there") {
    CHECK(keeper.rebuild("FR").put_aside == 2);
    CHECK(letters_in(keeper) == 4);
    CHECK(cents_of(keeper, "FR") == 10);
  }
  SUBCASE("the cause is gone") {
    poison = -1;
    CHECK(keeper.rebuild("FR").handled == 3);
    CHECK(letters_in(keeper) == 2);
    CHECK(cents_of(keeper, "FR") == 35);
    CHECK(cents_of(keeper, "DE") == -1);
    app.handle("1", sell{"DE", 7});
    CHECK(keeper.poll().put_aside == 1);  // the other row is still held up
  }
  SUBCASE("discarded") {
    gesta::letter head;
    CHECK(keeper.letters([&](const gesta::letter& l) { head = l; return false; }));
    CHECK(keeper.discard(head, "a test order"));
    poison = -1;
    CHECK(keeper.poll());
    CHECK(cents_of(keeper, "FR") == 30);
    CHECK(keeper.rebuild("FR"));
    CHECK(cents_of(keeper, "FR") == 30);
    CHECK(keeper.rebuild());
    CHECK(keeper.poll());
    CHECK(cents_of(keeper, "FR") == 30);
    CHECK(cents_of(keeper, "DE") == 11);
    CHECK(letters_in(keeper) == 1);
  }
  poison = -1;
}
#endif

TEST_CASE("a new version is built beside the old one, serves in the commit in which it has come as far, and the old one goes on") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  map_views::opened<by_country, by_country_2> place{map_views{}};
  const shared_map_views<by_country, by_country_2> views{&place};
  auto old = gesta::consume<by_country>(app, views);
  auto next = gesta::consume<by_country_2>(app, views);
  auto both = gesta::query<by_country_2, by_country>(views);
  auto only_new = gesta::query<by_country_2>(views);
  const auto shown = [&](auto& from) {
    return gesta::find(from, "FR").match([](const auto& row) -> std::string {
      using row_type = std::remove_cvref_t<decltype(row)>;
      if constexpr (requires { row.orders; }) return "2: " + std::to_string(row.cents) + " of " + std::to_string(row.orders);
      else if constexpr (requires { row.cents; }) return "1: " + std::to_string(row.cents);
      else if constexpr (std::is_same_v<row_type, gesta::no_row>) return "none";
      else if constexpr (std::is_same_v<row_type, gesta::not_yet>) return "not yet, " + std::to_string(row.reached);
      else return row.describe();
    });
  };
  CHECK(shown(both) == "not yet, 0");
  for (int i = 1; i <= 4; ++i) app.handle("1", sell{"FR", i});
  CHECK(old.poll(3));
  CHECK(shown(both) == "1: 6");
  CHECK(next.poll(2));
  CHECK(shown(both) == "1: 6");
  CHECK(shown(only_new) == "not yet, 0");
  gesta::reflected now;
  CHECK(gesta::reflects(both, now));
  CHECK((now.version == 1 && now.at.position == 3));
  const auto early = next.drop_older();
  REQUIRE_FALSE(early);
  CHECK(early.why().why == gesta::failure::kind::conflict);
  CHECK(shown(both) == "1: 6");

  CHECK(next.poll(1));
  CHECK(shown(both) == "2: 6 of 3");
  CHECK(shown(only_new) == "2: 6 of 3");
  CHECK(gesta::reflects(both, now));
  CHECK((now.version == 2 && now.at.position == 3));
  CHECK(old.poll());  // a program of before goes on beside it
  CHECK(cents_of(old, "FR") == 10);
  CHECK(shown(both) == "2: 6 of 3");  // who serves goes on to, also behind the old one
  CHECK(next.poll());
  CHECK(shown(both) == "2: 10 of 4");

  CHECK(next.drop_older());
  gesta::progress state;
  CHECK(place.load("by_country", state));
  CHECK(state == gesta::progress{});
  CHECK(shown(both) == "2: 10 of 4");
}
