#include <gesta/runtime/lease.hpp>

#include <doctest/doctest.h>

#include <gesta/runtime/consumer.hpp>

#include "map_views.hpp"
#include "orders_by_country.hpp"

namespace {

constexpr gesta::message_id anna{1, 1}, berta{2, 2};
constexpr gesta::duration ten{10};

struct two_consumers {
  std::int64_t now = 100;
  decltype(gesta::start<shop>(gesta::memory_store{})) app = gesta::start<shop>(gesta::memory_store{});
  map_views::opened<by_country> place{map_views{}};
  shared_map_views<by_country> views{&place};
  decltype(gesta::consume<by_country>(app, views, set_clock{&now})) first = gesta::consume<by_country>(app, views, set_clock{&now});
  decltype(gesta::consume<by_country>(app, views, set_clock{&now})) second = gesta::consume<by_country>(app, views, set_clock{&now});

  two_consumers() {
    first.under({anna, ten});
    second.under({berta, ten});
  }
  void sell_one() { app.handle("1", sell{"FR", 1}); }
  gesta::progress kept() {
    gesta::progress state;
    CHECK(place.load("by_country", state));
    return state;
  }
};

}  // namespace

static_assert(gesta::timestamp{5} + gesta::duration{7} == gesta::timestamp{12});
static_assert(gesta::timestamp{5} + gesta::duration{0x7fff'ffff'ffff'fffe} == gesta::timestamp{0x7fff'ffff'ffff'ffff});

TEST_CASE("of two consumers of one name the one that claimed it acts, until its claim ends") {
  two_consumers t;
  t.sell_one();
  CHECK(t.first.poll().handled == 1);
  CHECK(t.kept().owner == anna);
  CHECK(t.kept().until.nanoseconds == 110);
  t.sell_one();
  const auto refused = t.second.poll();
  CHECK(refused);
  CHECK(refused.owned_elsewhere);
  CHECK_FALSE(refused.caught_up);
  CHECK(refused.handled == 0);
  CHECK(t.kept().at.position == 1);

  t.now = 109;
  CHECK(t.second.poll().owned_elsewhere);
  t.now = 110;
  const auto taken = t.second.poll();
  CHECK_FALSE(taken.owned_elsewhere);
  CHECK(taken.handled == 1);
  CHECK(t.kept().owner == berta);
  CHECK(cents_of(t.second, "FR") == 2);

  t.sell_one();  // who lost it changes nothing any more
  CHECK(t.first.poll().owned_elsewhere);
  CHECK(cents_of(t.first, "FR") == 2);
  CHECK(t.first.rebuild().owned_elsewhere);
  CHECK(cents_of(t.first, "FR") == 2);
}

TEST_CASE("a claim is renewed when less than half of it is left, also when nothing came") {
  two_consumers t;
  CHECK(t.first.poll());
  t.now = 104;
  CHECK(t.first.poll());
  CHECK(t.kept().until.nanoseconds == 110);  // an idle poll writes nothing
  t.now = 106;
  CHECK(t.first.poll());
  CHECK(t.kept().until.nanoseconds == 116);
  t.now = 111;
  CHECK(t.second.poll().owned_elsewhere);
}

TEST_CASE("a claim of a clock that was ahead is cut to its length when the clock is right again") {
  two_consumers t;
  t.now = 1'000'000;
  CHECK(t.first.poll());
  t.now = 100;
  CHECK(t.first.poll());
  CHECK(t.kept().until.nanoseconds == 110);
}

TEST_CASE("who gives his claim back lets the other one go on at once, and nobody gives back another's") {
  two_consumers t;
  t.sell_one();
  CHECK(t.first.poll());
  CHECK(t.second.release());
  CHECK(t.second.poll().owned_elsewhere);
  CHECK(t.first.release());
  CHECK_FALSE(t.second.poll().owned_elsewhere);
}

TEST_CASE("a person takes a claim over") {
  two_consumers t;
  CHECK(t.first.poll());
  t.second.take_over();
  CHECK_FALSE(t.second.poll().owned_elsewhere);
  CHECK(t.first.poll().owned_elsewhere);
  CHECK_FALSE(t.second.poll().owned_elsewhere);
  t.first.take_over();
  CHECK_FALSE(t.first.poll().owned_elsewhere);
  CHECK(t.second.poll().owned_elsewhere);  // it was taken over once
}

TEST_CASE("who makes no claim respects those of others, and goes on where there is none") {
  two_consumers t;
  auto third = gesta::consume<by_country>(t.app, t.views, set_clock{&t.now});
  t.sell_one();
  CHECK(third.poll().handled == 1);
  CHECK(t.kept().owner == gesta::message_id{});
  CHECK(t.first.poll());
  CHECK(third.poll().owned_elsewhere);
  t.now = 110;
  CHECK_FALSE(third.poll().owned_elsewhere);
}

TEST_CASE("a consumer that is paused stands still in every program, until it is let go on") {
  two_consumers t;
  t.sell_one();
  CHECK(t.second.pause());
  const auto held = t.first.poll();
  CHECK(held);
  CHECK(held.is_paused);
  CHECK(held.handled == 0);
  CHECK(t.kept().at.position == 0);
  auto again = gesta::consume<by_country>(t.app, t.views, set_clock{&t.now});
  CHECK(again.poll().is_paused);
  CHECK(t.second.resume());
  CHECK(t.first.poll().handled == 1);
}
