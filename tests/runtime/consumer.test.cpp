#include <gesta/runtime/consumer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gesta/gesta.hpp>

#include "map_views.hpp"

namespace {

struct sold {
  gesta::text<8> country;
  std::int64_t cents;
  static constexpr auto id = "order.sold";
};
struct moved {
  gesta::text<8> from, to;
  static constexpr auto id = "order.moved";
};
struct noted {
  int what;
  static constexpr auto id = "order.noted";
};
struct sell {
  gesta::text<8> country;
  std::int64_t cents;
};
struct move {
  gesta::text<8> from, to;
};
struct note {
  int what;
};
struct order {
  std::int64_t cents = 0;
};
constexpr void evolve(order& o, const sold& e) { o.cents += e.cents; }
constexpr void evolve(order&, const moved&) {}
constexpr void evolve(order&, const noted&) {}
constexpr auto decide(const order&, const sell& c) -> gesta::emits<sold> { return sold{c.country, c.cents}; }
constexpr auto decide(const order&, const move& c) -> gesta::emits<moved> { return moved{c.from, c.to}; }
constexpr auto decide(const order&, const note& c) -> gesta::emits<noted> { return noted{c.what}; }
struct orders : gesta::aggregate<order, gesta::commands<sell, move, note>> {
  static constexpr auto id = "order";
};
struct shop : gesta::model<orders> {};

// While it is set, a sale of this many cents cannot be projected.
[[maybe_unused]] std::int64_t poison = -1;

struct country_row {
  gesta::text<8> country;
  std::int64_t cents = 0;
  std::vector<std::int64_t> sales;  // what was projected, in order
};
void project(country_row& r, const sold& e) {
  r.cents += e.cents;
#if __cpp_exceptions
  if (e.cents == poison) throw std::runtime_error("poison");
#endif
  r.sales.push_back(e.cents);
}
gesta::row project(country_row& r, const moved& e) {
  if (r.country == e.from) return gesta::row::goes;
  r.sales.push_back(-1);
  return gesta::row::stays;
}
struct by_country : gesta::projection<gesta::rows<country_row, "country">> {
  static constexpr auto id = "by_country";
};
gesta::list<gesta::text<8>, 2> locate(const by_country&, const moved& e) { return {e.from, e.to}; }

struct counting_clock {
  std::int64_t* now;
  gesta::timestamp operator()() const { return {*now}; }
};

template <class Keeper>
std::string rows_of(Keeper& keeper) {
  std::string text;
  (void)keeper.rows().each([&](const country_row& r) {
    text += std::string(r.country.data(), r.country.size()) + ":";
    for (const auto n : r.sales) text += " " + std::to_string(n);
    text += "; ";
    return true;
  });
  return text;
}
template <class Keeper>
[[maybe_unused]] std::string letters_of(Keeper& keeper) {
  std::string text;
  CHECK(keeper.letters([&](const gesta::letter& l) {
    text += std::to_string(l.position) + " " + l.key + " " + std::to_string(l.attempts) + (l.cause.empty() ? "" : " " + l.cause) +
            (l.discarded.empty() ? "" : " discarded: " + l.discarded) + "; ";
  }));
  return text;
}

}  // namespace

TEST_CASE("a consumer keeps a view of what was kept, from where it was") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  app.handle("2", sell{"DE", 20});
  app.handle("1", note{1});
  const auto first = keeper.poll(2);
  CHECK(first);
  CHECK(first.handled == 2);
  CHECK_FALSE(first.caught_up);
  app.handle("3", sell{"FR", 30});
  const auto second = keeper.poll();
  CHECK(second);
  CHECK(second.handled == 1);
  CHECK(second.caught_up);
  CHECK(rows_of(keeper) == "DE: 20; FR: 10 30; ");
  CHECK(keeper.checkpoint().position == 4);
  CHECK(keeper.poll().handled == 0);
}

TEST_CASE("nothing of an open batch is seen") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  {
    auto batch = app.batch();
    batch.handle("1", sell{"FR", 10});
    CHECK(keeper.poll().handled == 0);
  }
  CHECK(keeper.poll().handled == 0);
  CHECK(rows_of(keeper).empty());
}

TEST_CASE("an event may belong to several rows, and a row may go") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  app.handle("1", move{"FR", "DE"});
  CHECK(keeper.poll().handled == 3);
  CHECK(rows_of(keeper) == "DE: -1; ");
}

#if __cpp_exceptions
TEST_CASE("a poisonous event holds up its own row only, and what waits keeps its order") {
  std::int64_t now = 5;
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{}, counting_clock{&now});
  poison = 11;
  app.handle("1", sell{"FR", 10});
  app.handle("1", sell{"FR", 11});
  app.handle("1", sell{"DE", 1});
  app.handle("1", sell{"FR", 12});
  app.handle("1", move{"FR", "DE"});
  const auto first = keeper.poll();
  CHECK(first);
  CHECK(first.caught_up);
  CHECK(first.put_aside == 3);
  CHECK(rows_of(keeper) == "DE: 1 -1; FR: 10; ");
  CHECK(keeper.row("FR")->cents == 10);  // what project did before it threw is undone
  CHECK(letters_of(keeper) == "2 FR 1 poison; 4 FR 0; 5 FR 0; ");

  CHECK(keeper.poll().put_aside == 0);  // nothing is tried again by itself
  gesta::letter head;
  CHECK(keeper.letters([&](const gesta::letter& l) { head = l; return false; }));
  CHECK(keeper.retry(head));
  CHECK(keeper.poll().put_aside == 1);  // it fails again
  CHECK(letters_of(keeper) == "2 FR 2 poison; 4 FR 0; 5 FR 0; ");

  SUBCASE("tried again when its cause is gone, those behind it follow") {
    poison = -1;
    CHECK(keeper.retry(head));
    const auto again = keeper.poll();
    CHECK(again.handled == 3);
    CHECK(letters_of(keeper).empty());
    CHECK(rows_of(keeper) == "DE: 1 -1; ");
  }
  SUBCASE("it has not caught up while letters are due that were not tried") {
    poison = -1;
    CHECK(keeper.retry(head));
    CHECK_FALSE(keeper.poll(2).caught_up);
    CHECK(letters_of(keeper) == "5 FR 0; ");
    CHECK(keeper.poll(2).caught_up);
    CHECK(letters_of(keeper).empty());
  }
  SUBCASE("discarded with a reason, those behind it follow") {
    CHECK(keeper.discard(head, "a test order"));
    CHECK(keeper.poll().handled == 2);
    CHECK(letters_of(keeper) == "2 FR 2 poison discarded: a test order; ");
    app.handle("1", sell{"FR", 13});
    CHECK(keeper.poll().handled == 1);
    CHECK(rows_of(keeper) == "DE: 1 -1; FR: 13; ");
  }
  SUBCASE("a second one behind it stops there") {
    poison = 12;
    CHECK(keeper.retry(head));
    CHECK(keeper.poll().handled == 1);
    CHECK(letters_of(keeper) == "4 FR 1 poison; 5 FR 0; ");
  }
  SUBCASE("a letter that is not there cannot be tried again") {
    head.position = 3;
    const auto result = keeper.retry(head);
    REQUIRE_FALSE(result);
    CHECK(result.why().why == gesta::failure::kind::conflict);
  }
  poison = -1;
}
#endif

TEST_CASE("a consumer says how far it is behind") {
  std::int64_t now = 1'000;
  auto app = gesta::start<shop>(gesta::memory_store{}, counting_clock{&now});
  auto keeper = gesta::consume<by_country>(app, map_views{}, counting_clock{&now});
  gesta::lag behind;
  CHECK(keeper.measure(behind));
  CHECK((behind.events == 0 && behind.nanoseconds == 0));
  app.handle("1", sell{"FR", 10});
  now = 1'500;
  app.handle("1", sell{"FR", 20});
  now = 1'700;
  CHECK(keeper.measure(behind));
  CHECK((behind.events == 2 && behind.nanoseconds == 700));
  CHECK(keeper.poll(1));
  CHECK(keeper.measure(behind));
  CHECK((behind.events == 1 && behind.nanoseconds == 200));
}

TEST_CASE("what is kept about a consumer says up to which event and which time its view is") {
  std::int64_t now = 1'000;
  auto app = gesta::start<shop>(gesta::memory_store{}, counting_clock{&now});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  now = 1'500;
  app.handle("1", note{1});  // nothing that the view projects
  CHECK(keeper.poll(1));
  gesta::progress state;
  CHECK(keeper.views().load("by_country", state));
  CHECK((state.at.position == 1 && state.time.nanoseconds == 1'000));
  CHECK(keeper.poll());
  CHECK(keeper.views().load("by_country", state));
  CHECK((state.at.position == 2 && state.time.nanoseconds == 1'500));
}
