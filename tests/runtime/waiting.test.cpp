#include <gesta/runtime/waiting.hpp>

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include <gesta/runtime/consumer.hpp>
#include <gesta/runtime/query.hpp>

#include "map_views.hpp"
#include "orders_by_country.hpp"

namespace {

/// Time passes only while somebody waits, and then something may happen.
template <class Meanwhile>
struct virtual_wait {
  std::int64_t& now_;
  Meanwhile meanwhile;
  int rounds = 0;

  gesta::timestamp now() const { return {now_}; }
  void operator()(gesta::duration most) {
    CHECK(most.nanoseconds > 0);
    now_ += most.nanoseconds;
    meanwhile(++rounds);
  }
};
template <class Meanwhile>
virtual_wait(std::int64_t&, Meanwhile) -> virtual_wait<Meanwhile>;

std::string words(const gesta::waited& result) {
  return result.match([](const gesta::reached& r) { return "reached " + std::to_string(r.position) + " of " + std::to_string(r.time.nanoseconds); },
                      [](const gesta::not_yet& n) { return "not yet " + std::to_string(n.asked) + ", " + std::to_string(n.reached); },
                      [](const gesta::failure& f) { return std::string(f.why == gesta::failure::kind::ahead_of_log ? "ahead" : f.describe()); });
}

}  // namespace

TEST_CASE("one's own write is waited for, and the consumer is polled meanwhile") {
  std::int64_t now = 7;
  auto app = gesta::start<shop>(gesta::memory_store{}, set_clock{&now});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  const auto sale = app.handle("1", sell{"FR", 10});
  CHECK(sale.position() == 1);
  virtual_wait wait{now, [](int) {}};
  CHECK(words(gesta::wait_until(keeper, gesta::own_write(app, sale), wait)) == "reached 1 of 7");
  CHECK(wait.rounds == 0);
  CHECK(cents_of(keeper, "FR") == 10);
}

TEST_CASE("what one appended is waited for likewise") {
  std::int64_t now = 7;
  auto app = gesta::start<shop>(gesta::memory_store{}, set_clock{&now});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  const auto facts = app.append(gesta::facts<orders>("1", gesta::expected::none(), sold{"FR", 1}, sold{"DE", 2}));
  CHECK(words(gesta::wait_until(keeper, gesta::own_write(app, facts))) == "reached 2 of 7");
}

TEST_CASE("a command that recorded nothing has nothing to be waited for") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  const auto nothing = app.handle("1", note{0});
  const gesta::at_least wanted = gesta::own_write(app, nothing);
  CHECK(wanted.position == 0);
  CHECK(wanted.incarnation == gesta::message_id{});
  CHECK(gesta::wait_until(keeper, wanted));
}

TEST_CASE("when the time is over it is not yet there, and how far the view is can be read") {
  std::int64_t now = 1'000;
  auto app = gesta::start<shop>(gesta::memory_store{}, set_clock{&now});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  CHECK(keeper.poll());
  const auto second = app.handle("1", sell{"FR", 20});
  CHECK(keeper.pause());
  virtual_wait wait{now, [](int) {}};
  CHECK(words(gesta::wait_until(keeper, gesta::own_write(app, second, gesta::milliseconds(50)), wait)) == "not yet 2, 1");
  CHECK(now == 1'000 + 50'000'000);  // all of the time, and no more
  CHECK(wait.rounds > 3);
  SUBCASE("it comes while somebody waits") {
    virtual_wait lets_go{now, [&](int round) {
      if (round == 3) CHECK(keeper.resume());
    }};
    CHECK(words(gesta::wait_until(keeper, gesta::own_write(app, second, gesta::milliseconds(50)), lets_go)) == "reached 2 of 1000");
    CHECK(lets_go.rounds == 3);
  }
  SUBCASE("without a time it is looked at once") {
    virtual_wait never{now, [](int) { FAIL("nobody waits"); }};
    CHECK(words(gesta::wait_until(keeper, gesta::own_write(app, second), never)) == "not yet 2, 1");
  }
}

TEST_CASE("a consumer knows at once that a position is of another log") {
  std::int64_t now = 0;
  auto app = gesta::start<shop>(gesta::memory_store{});
  auto keeper = gesta::consume<by_country>(app, map_views{});
  app.handle("1", sell{"FR", 10});
  virtual_wait never{now, [](int) { FAIL("nobody waits"); }};
  CHECK(words(gesta::wait_until(keeper, {.position = 1, .timeout = gesta::seconds(1), .incarnation = {4, 4}}, never)) == "ahead");
}

TEST_CASE("a query waits for a view that somebody else fills") {
  std::int64_t now = 5;
  auto app = gesta::start<shop>(gesta::memory_store{}, set_clock{&now});
  map_views::opened<by_country> place{map_views{}};
  const shared_map_views<by_country> views{&place};
  auto keeper = gesta::consume<by_country>(app, views);
  auto countries = gesta::query<by_country>(views);
  const auto sale = app.handle("1", sell{"FR", 10});
  virtual_wait wait{now, [&](int round) {
    if (round == 2) CHECK(keeper.poll());
  }};
  CHECK(words(gesta::wait_until(countries, gesta::own_write(app, sale, gesta::seconds(1)), wait)) == "reached 1 of 5");
  CHECK(wait.rounds == 2);

  SUBCASE("a position of another incarnation is told when the time is over: whoever fills the view may learn of the log meanwhile") {
    gesta::progress state;
    CHECK(place.load("by_country", state));
    state.at.incarnation = {4, 4};
    CHECK(place.save("by_country", state));
    virtual_wait idle{now, [](int) {}};
    CHECK(words(gesta::wait_until(countries, {.position = 1, .timeout = {100}, .incarnation = {5, 5}}, idle)) == "ahead");
    virtual_wait learns{now, [&](int) {
      state.at.incarnation = {5, 5};
      CHECK(place.save("by_country", state));
    }};
    CHECK(gesta::wait_until(countries, {.position = 1, .timeout = {100}, .incarnation = {5, 5}}, learns));
  }
}

TEST_CASE("a bell that rang before is not lost, and one that nobody rings comes back after the time") {
  gesta::bell bell;
  bell.ring();
  const auto before = bell.now();
  bell(gesta::seconds(600));
  CHECK(bell.now() - before < gesta::seconds(300));
  const auto heard = bell.now();
  bell(gesta::milliseconds(2));  // a ring is heard once
  CHECK_FALSE(bell.now() - heard < gesta::milliseconds(2));
}

TEST_CASE("a bell wakes another thread") {
  gesta::bell bell;
  const auto before = bell.now();
  std::thread waits([&] { bell(gesta::seconds(600)); });
  bell.ring();
  waits.join();
  CHECK(bell.now() - before < gesta::seconds(300));
}
