#include <gesta/runtime/keeping_up.hpp>

#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include "../store/sqlite_files.hpp"

#include <thread>

#include <gesta/runtime/query.hpp>
#include <gesta/runtime/reader.hpp>

#include "map_views.hpp"
#include "orders_by_country.hpp"

namespace {

/// Time passes only while somebody waits; then the script goes on by a line, and ends it.
template <class Script>
struct script {
  std::int64_t& clock;
  Script play;
  int line = 0;
  bool over = false;

  gesta::timestamp now() const { return {clock}; }
  bool is_over() const { return over; }
  void operator()(gesta::duration most) {
    clock += most.nanoseconds;
    over = !play(++line);
  }
};
template <class Script>
script(std::int64_t&, Script) -> script<Script>;

struct log_of_signals {
  std::string text;
};
void observe(log_of_signals& l, const gesta::caught_up& c) { l.text += std::string(c.who) + " at " + std::to_string(c.position) + "; "; }
void observe(log_of_signals& l, const gesta::fell_behind& b) {
  l.text += "behind by " + std::to_string(b.events) + ", " + std::to_string(b.nanoseconds) + "; ";
}
void observe(log_of_signals& l, const gesta::stalled& s) { l.text += "stalled: " + std::to_string(static_cast<int>(s.why.why)) + "; "; }

constexpr gesta::pace two_at_once{.at_once = 2, .look_every = {100}, .most_events = 4, .most_time = {}};

struct running {
  std::int64_t now = 1'000;
  decltype(gesta::start<shop>(gesta::memory_store{}, set_clock{&now})) app = gesta::start<shop>(gesta::memory_store{}, set_clock{&now});
  map_views::opened<by_country> place{map_views{}};
  shared_map_views<by_country> views{&place};
  decltype(gesta::consume<by_country>(app, views, set_clock{&now})) keeper = gesta::consume<by_country>(app, views, set_clock{&now});
  log_of_signals signals;

  void sell_some(int count) {
    for (int i = 0; i < count; ++i) app.handle("1", sell{"FR", 1});
  }
  template <class Script>
  gesta::read_result run(Script play, const gesta::pace& pace = two_at_once) {
    script bell{now, play};
    return gesta::keep_up(keeper, bell, pace, gesta::observed_by(signals));
  }
};

}  // namespace

TEST_CASE("it goes on until it is stopped, and says once when it has caught up with what came") {
  running r;
  r.sell_some(3);
  CHECK(r.run([&](int line) {
    if (line == 2) r.sell_some(1);
    return line < 4;
  }));
  CHECK(r.signals.text == "by_country at 3; by_country at 4; ");
  CHECK(cents_of(r.keeper, "FR") == 4);
}

TEST_CASE("it says once that it fell behind, and again only when it has caught up meanwhile") {
  running r;
  r.sell_some(9);
  CHECK(r.run([&](int line) {
    if (line == 1) r.sell_some(5);
    if (line == 2) r.sell_some(7);
    return line < 3;
  }));
  CHECK(r.signals.text == "behind by 7, 0; by_country at 9; by_country at 14; behind by 5, 0; by_country at 21; ");
}

TEST_CASE("it says that it fell behind in time") {
  running r;
  r.sell_some(1);
  CHECK(r.keeper.pause());
  const gesta::pace in_time{.at_once = 2, .look_every = {100}, .most_events = 0, .most_time = {250}};
  CHECK(r.run([&](int line) {
    if (line == 6) CHECK(r.keeper.resume());
    return line < 8;
  }, in_time));
  CHECK(r.signals.text == "behind by 1, 300; by_country at 1; ");
}

TEST_CASE("a consumer that another one owns waits for its turn, and gives its claim back when it is stopped") {
  running r;
  r.sell_some(1);
  auto other = gesta::consume<by_country>(r.app, r.views, set_clock{&r.now});
  other.under({{1, 1}, {350}});
  CHECK(other.poll());
  r.sell_some(1);
  r.keeper.under({{2, 2}, {1'000'000}});
  CHECK(r.run([&](int line) { return line < 6; }));
  CHECK(r.signals.text == "by_country at 2; ");
  CHECK(r.now == 1'600);
  CHECK_FALSE(other.poll().owned_elsewhere);
}

TEST_CASE("when it cannot go on it says why, and may go on when the cause is gone") {
  running r;
  r.sell_some(2);
  gesta::progress state;
  state.at.position = 7;
  CHECK(r.place.save("by_country", state));
  const auto ended = r.run([](int) { return false; });
  REQUIRE_FALSE(ended);
  CHECK(ended.why().why == gesta::failure::kind::ahead_of_log);
  CHECK(r.signals.text == "stalled: " + std::to_string(static_cast<int>(gesta::failure::kind::ahead_of_log)) + "; ");
  CHECK(r.place.save("by_country", {}));
  CHECK(r.run([](int) { return false; }));
  CHECK(cents_of(r.keeper, "FR") == 2);
}

TEST_CASE("in a thread of its own it goes on when the bell rings, and ends when it is stopped") {
  const folder f;
  const std::string path = f / "shop.db";
  const gesta::sqlite_store store{.path = path, .level = gesta::durability::process, .patience_milliseconds = 60000};
  const gesta::sqlite_views views{.path = path, .level = gesta::durability::process, .patience_milliseconds = 60000};
  auto app = gesta::start<shop>(store);
  gesta::bell bell;
  bool good = false;
  std::thread runs([&] {
    auto log = gesta::reader<shop>(store);
    auto keeper = gesta::consume<by_country>(log, views);
    good = static_cast<bool>(gesta::keep_up(keeper, bell, gesta::pace{.look_every = gesta::seconds(600)}));
  });
  auto countries = gesta::query<by_country>(views);
  for (int i = 1; i <= 50; ++i) {
    const auto sale = app.handle("1", sell{"FR", 1});
    bell.ring();
    CHECK(gesta::wait_until(countries, gesta::own_write(app, sale, gesta::seconds(300))));
  }
  bell.stop();
  runs.join();
  CHECK(good);
}
