#include <gesta/runtime/keeping_up.hpp>

#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <gesta/transport/socket.hpp>
#include <gesta/transport/socket_broker.hpp>

#include "../store/sqlite_files.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include <gesta/runtime/ask.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/query.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/runtime/saga_runner.hpp>

#include "../testing/laws/socket_places.hpp"
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

TEST_CASE("a view store that could not write and is not broken is waited for") {
  const std::string stalled = "stalled: " + std::to_string(static_cast<int>(gesta::failure::kind::input_output)) + "; ";
  running r;
  r.sell_some(2);
  r.place.failing_commits = 3;
  CHECK(r.run([&](int line) { return line < 4; }));
  CHECK(r.signals.text == stalled + "by_country at 2; ");
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

namespace {

/// A keeper whose polls come to what a script says.
struct played {
  const char* script;  ///< `.` caught up, `+` handled one, `!` the transport is away, `b` busy, `x` it cannot go on
  bool is_released = false;
  static constexpr std::string_view name() noexcept { return "played"; }
  gesta::consumed poll(std::uint64_t = 0) {
    gesta::consumed made;
    switch (*script == '\0' ? '.' : *script++) {
      case '+': made.handled = 1; break;
      case '!': made.stop(gesta::failure(gesta::failure::kind::input_output, 0, "away"), true); break;
      case 'b': made.stop(gesta::failure(gesta::failure::kind::busy, 0, "held by another process")); break;
      case 'x': made.stop(gesta::failure(gesta::failure::kind::differs, 0, "another one than was meant")); break;
      default: made.caught_up = true;
    }
    return made;
  }
  gesta::read_result release() { return is_released = true, gesta::read_result(); }
};

constexpr gesta::pace tens{.look_every = {10}, .rest = {45}};

/// What it waited for, one behind the other, until the script has had so many lines.
template <class Keeper>
std::string waits_of(Keeper& keeper, int most, log_of_signals& signals, gesta::read_result& ended) {
  std::int64_t now = 0, before = 0;
  std::string waits;
  script bell{now, [&](int line) {
                waits += std::to_string(now - before) + " ";
                before = now;
                return line < most;
              }};
  ended = gesta::keep_up(keeper, bell, tens, gesta::observed_by(signals));
  return waits;
}

}  // namespace

TEST_CASE("what may pass by itself is tried later each time, is told once, and what does not ends it") {
  log_of_signals signals;
  gesta::read_result ended;
  const std::string stalled_for = "stalled: " + std::to_string(static_cast<int>(gesta::failure::kind::input_output)) + "; ";
  const std::string stalled_at_last = "stalled: " + std::to_string(static_cast<int>(gesta::failure::kind::differs)) + "; ";
  {
    played one{"!!!!!.b+.!."};
    CHECK(waits_of(one, 10, signals, ended) == "10 20 40 45 45 10 10 10 10 10 ");
    CHECK(ended);
    CHECK(one.is_released);
    CHECK(signals.text == stalled_for + "played at 0; played at 0; " + stalled_for + "played at 0; ");
  }
  signals.text.clear();
  {
    played one{"+!x"};
    CHECK(waits_of(one, 10, signals, ended) == "10 ");
    CHECK_FALSE(ended);
    CHECK(ended.why().why == gesta::failure::kind::differs);
    CHECK(signals.text == stalled_for + stalled_at_last);
  }
}

TEST_CASE("of several in turns one that waits keeps nobody waiting, and one that cannot go on ends all") {
  log_of_signals signals;
  gesta::read_result ended;
  played away{"!!!!"}, well{"..+...+++."};
  gesta::in_turns both(away, well);
  CHECK(waits_of(both, 8, signals, ended) == "10 10 10 10 10 10 10 10 ");
  CHECK(ended);
  CHECK(away.is_released);
  CHECK(well.is_released);
  CHECK(std::string(well.script).empty());
  CHECK(std::string(away.script) == "");  // at 0, 10, 30 and 70
  played ends{"+x"}, other{"...."};
  gesta::in_turns those(other, ends);
  CHECK(waits_of(those, 8, signals, ended).empty());
  CHECK(ended.why().why == gesta::failure::kind::differs);
}

namespace {

/// Keep how they were polled.
struct polled_sagas {
  gesta::strides how{};
  static constexpr std::string_view name() noexcept { return "sagas"; }
  gesta::timestamp now() const { return {}; }
  gesta::ran poll(const gesta::strides& asked = {}) { return how = asked, gesta::ran{.caught_up = true}; }
};
struct polled_exchange {
  gesta::exchanges how{};
  static constexpr std::string_view name() noexcept { return "asks"; }
  gesta::exchanged poll(const gesta::exchanges& asked = {}) { return how = asked, gesta::exchanged{}; }
};

}  // namespace

TEST_CASE("a pace says how much of sagas and of exchanges is done at once, and how much of it shares a commit") {
  polled_sagas sagas;
  polled_exchange asks;
  gesta::in_turns both(sagas, asks);
  std::int64_t now = 0;
  script bell{now, [](int) { return false; }};
  CHECK(gesta::keep_up(both, bell));
  CHECK(sagas.how.steps == 1000);
  CHECK(sagas.how.steps_a_commit == 1);
  CHECK(asks.how.messages_a_commit == 1);
  script again{now, [](int) { return false; }};
  CHECK(gesta::keep_up(both, again, gesta::pace{.at_once = 300, .together = 20}));
  CHECK(sagas.how.steps == 300);
  CHECK(sagas.how.steps_a_commit == 20);
  CHECK(asks.how.messages == 300);
  CHECK(asks.how.messages_a_commit == 20);
}

namespace {

namespace post {

struct arrived { int number; static constexpr auto id = gesta::integration_id{"post.arrived"}; };
struct count { int all = 0; };
std::atomic<int> heard{0};  // in whichever thread
void project(count& c, const arrived&) { ++c.all, ++heard; }
using outside = gesta::from_outside<arrived>;
struct counts : gesta::projection<count, gesta::follows<outside>> { static constexpr auto id = "post.counts"; };
struct office : gesta::model<outside, counts> {};
struct inlet { static constexpr auto id = "post.inlet"; };

}  // namespace post

void tells(const socket_folder& folder, std::uint64_t position) {
  gesta::socket::connection link(gesta::socket{folder.bus()});
  gesta::cloud_event_headers headers;
  const std::string id = gesta::id_of_place({{7, 7}, position, 0});
  REQUIRE(headers.write({.id = id, .source = "elsewhere", .type = "post.arrived", .version = 1, .key = "k", .content_type = "application/vnd.gesta.binary"}));
  const post::arrived event{1};
  std::string payload(gesta::encoded_size(event), '\0');
  gesta::encode(event, reinterpret_cast<std::byte*>(payload.data()));
  REQUIRE(link.wait(link.publish({.topic = "post.arrived", .id = id, .key = "k", .headers = headers.all(), .payload = payload}), gesta::seconds(20)) ==
          gesta::acceptance::accepted);
}
struct counting_signals {
  std::atomic<int>*stalls, *catches;
};
void observe(const counting_signals& c, const gesta::stalled&) { ++*c.stalls; }
void observe(const counting_signals& c, const gesta::caught_up&) { ++*c.catches; }

std::chrono::milliseconds since(std::chrono::steady_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - when);
}

}  // namespace

TEST_CASE("a poll with patience waits where no broker is, and takes what comes when one is there") {
  socket_folder folder;
  auto app = gesta::start<post::office>(gesta::memory_store{});
  auto in = gesta::inbox<post::inlet>(app, gesta::socket{folder.bus()}, gesta::from_beginning{});
  const auto began = std::chrono::steady_clock::now();
  const gesta::received away = in.poll(10, gesta::milliseconds(150));
  CHECK_FALSE(away);
  CHECK(away.passes);
  CHECK(away.why().why == gesta::failure::kind::cannot_open);
  CHECK(since(began).count() >= 150);
  CHECK_FALSE(in.poll());  // without patience it only looks
  gesta::received made;
  std::thread waits([&] { made = in.poll(10, gesta::seconds(60)); });
  running_broker broker(folder, {});
  tells(folder, 1);
  waits.join();
  CHECK(made);
  CHECK(made.handled == 1);
}

TEST_CASE("an inbox that is kept up goes on when its broker is away and comes again, and ends when it is stopped") {
  socket_folder folder;
  auto app = gesta::start<post::office>(gesta::memory_store{});
  gesta::bell bell;
  std::atomic<int> stalls{0}, catches{0};
  const counting_signals signals{&stalls, &catches};
  bool good = false;
  post::heard = 0;
  std::optional<running_broker> broker;
  broker.emplace(folder, gesta::socket_broker_options{});
  tells(folder, 1);
  const auto until = [](auto&& is_so) {
    for (int i = 0; i < 6000 && !is_so(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return is_so();
  };
  std::thread runs([&] {
    auto in = gesta::inbox<post::inlet>(app, gesta::socket{folder.bus()}, gesta::from_beginning{});
    good = static_cast<bool>(gesta::keep_up(in, bell, {}, gesta::observed_by(signals)));
  });
  for (int round = 1; round <= 3; ++round) {
    CHECK(until([&] { return post::heard.load() >= round && catches.load() >= round; }));
    broker.reset();
    CHECK(until([&] { return stalls.load() >= round; }));
    broker.emplace(folder, gesta::socket_broker_options{});
    tells(folder, static_cast<std::uint64_t>(round) + 1);
  }
  CHECK(until([&] { return post::heard.load() >= 4; }));
  bell.stop();
  runs.join();
  CHECK(good);
  CHECK(app.view<post::count>().all == 4);
  CHECK(stalls.load() == 3);
}
