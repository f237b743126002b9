// The relay: what is told, in which order, what happens when the transport, the view store or the program fails, and how several relays work together.
#include <gesta/runtime/relay.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/store/memory_views.hpp>

#include <doctest/doctest.h>

#include "outlasting.hpp"

namespace {

using outlasting::fate;

struct placed { int number; static constexpr auto id = "order.placed"; };
struct packed { int boxes; static constexpr auto id = "order.packed"; };
struct noted { int number; static constexpr auto id = "order.noted"; };
struct place { int number; };
struct pack { int boxes; };
struct note { int number; };
struct order { int count = 0; };
constexpr void evolve(order& o, const placed&) { ++o.count; }
constexpr void evolve(order&, const packed&) {}
constexpr void evolve(order&, const noted&) {}
constexpr auto decide(const order&, const place& c) -> gesta::emits<placed> { return placed{c.number}; }
constexpr auto decide(const order&, const pack& c) -> gesta::emits<packed> { return packed{c.boxes}; }
constexpr auto decide(const order&, const note& c) -> gesta::emits<noted> { return noted{c.number}; }

struct order_placed { int number; static constexpr auto id = gesta::integration_id{"shop.order_placed", 2}; };
struct box_packed { int number; static constexpr auto id = gesta::integration_id{"shop.box_packed"}; };
order_placed publish(const placed& e) { return {e.number}; }
gesta::many<box_packed> publish(const packed& e) {
  gesta::many<box_packed> all;
  for (int i = 0; i < e.boxes; ++i) all.push_back({i});
  return all;
}

struct orders : gesta::aggregate<order, gesta::commands<place, pack, note>> { static constexpr auto id = "order"; };
struct shop : gesta::model<orders> {};

struct outlet { static constexpr auto id = "shop.outlet"; static constexpr auto source = "shop"; };
struct by_number { static constexpr auto id = "shop.by_number"; };
[[maybe_unused]] bool is_keyless = false;
int locate(const by_number&, const placed& e) {
#if __cpp_exceptions
  if (is_keyless && e.number == 3) throw 3;
#endif
  return e.number % 2;
}

constexpr std::string_view topics[] = {"shop.order_placed", "shop.box_packed"};

/// What came, with repetitions.
struct heard {
  struct one {
    std::string key, id;
    int number;
  };
  std::vector<one> all;

  /// Of each key the numbers in the order in which they came first.
  std::map<std::string, std::vector<int>> by_key() const {
    std::map<std::string, std::vector<int>> out;
    std::set<std::string> seen;
    for (const one& each : all)
      if (seen.insert(each.id).second) out[each.key].push_back(each.number);
    return out;
  }
};

/// Everything that outlives the relay of a test: the log, its transport, its view store.
struct world {
  decltype(gesta::start<shop>(gesta::memory_store{})) app = gesta::start<shop>(gesta::memory_store{});
  outlasting::hub hub{outlasting::clock{}};
  outlasting::content kept{};
  outlasting::bus bus{hub};
  outlasting::bus::connection ear{bus};
  outlasting::bus::subscription all = ear.subscribe({.topics = topics, .group = "all", .in_flight = 100'000, .deliveries = 0, .from_beginning = true});

  heard listen() {
    heard what;
    while (all.receive(1000, {}, [&](const gesta::delivered& message) {
      int number = -1;
      if (message.topic == "shop.order_placed") {
        order_placed e{};
        CHECK(gesta::decode(reinterpret_cast<const std::byte*>(message.payload.data()), message.payload.size(), e));
        number = e.number;
      } else {
        box_packed e{};
        CHECK(gesta::decode(reinterpret_cast<const std::byte*>(message.payload.data()), message.payload.size(), e));
        number = e.number;
      }
      what.all.push_back({std::string(message.key), std::string(message.id), number});
      CHECK(all.ack(message.token));
    }) != 0) {}
    return what;
  }
};

const std::map<std::string, std::vector<int>> all_of_them{{"a", {1, 3, 0, 1, 6}}, {"b", {2, 5}}, {"c", {4}}};
void fill(world& w) {
  w.app.handle("a", place{1});
  w.app.handle("b", place{2});
  w.app.handle("a", note{100});
  w.app.handle("a", place{3});
  w.app.handle("c", place{4});
  w.app.handle("b", place{5});
  w.app.handle("a", pack{2});
  w.app.handle("a", place{6});
}

constexpr gesta::back_off quick{.first = gesta::duration{10}, .factor = 2, .most = gesta::duration{40}, .answer = {}};

}  // namespace

TEST_CASE("what is told of the log comes once, those of one key in order, with what surrounds it") {
  world w;
  fill(w);
  fate lives;
  outlasting::link link(w.bus, lives);
  auto out = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &lives}, link, gesta::from_beginning{}, outlasting::clock{});
  const gesta::consumed first = out.poll();
  CHECK(first);
  CHECK(first.caught_up);
  CHECK(first.handled == 8);
  CHECK(out.checkpoint().position == 8);
  CHECK(link.most_under_way_of_a_key == 1);
  CHECK(link.most_under_way == 3);
  CHECK(out.poll().handled == 0);
  const heard what = w.listen();
  CHECK(what.all.size() == 8);
  CHECK(what.by_key() == all_of_them);

  w.app.handle("d", place{7});
  CHECK(out.poll());
  gesta::cloud_event_read reading;
  CHECK(w.all.receive(1, {}, [&](const gesta::delivered& message) {
    REQUIRE(reading.read(message.headers));
    const gesta::envelope& e = reading.what();
    const gesta::source_place at{w.app.incarnation(), 9, 0};
    CHECK(message.topic == "shop.order_placed");
    CHECK(e.id == gesta::id_of_place(at));
    CHECK(message.id == e.id);
    CHECK(e.source == "shop/" + std::string(gesta::message_id_text(w.app.incarnation()).view()));
    CHECK(e.type == "shop.order_placed");
    CHECK(e.version == 2);
    CHECK(e.subject == "d");
    CHECK(e.key == "d");
    CHECK(e.sequence == "00000000000000000009.00000");
    CHECK(e.content_type == "application/vnd.gesta.binary");
    CHECK(e.time != gesta::timestamp{});
    CHECK(e.correlation == gesta::message_of_place(at));  // nobody named the command: outside it is the place of what it recorded
    CHECK(e.causation == e.correlation);
    gesta::trace_context trace;
    CHECK(gesta::read_traceparent(e.traceparent, trace));
    CHECK(trace.trace == e.correlation);
  }) == 1);
}

TEST_CASE("from now on nothing of the past is told, and another key may be said") {
  world w;
  fill(w);
  fate lives;
  outlasting::link link(w.bus, lives);
  auto out = gesta::relay<by_number>(w.app, gesta::memory_views{}, link, gesta::from_now{}, gesta::batch_of{2}, gesta::payload_in<gesta::binary>{});
  CHECK(out.poll().handled == 0);
  for (int i = 10; i < 15; ++i) w.app.handle(i < 12 ? "a" : "b", place{i});
  CHECK(out.poll().handled == 5);
  CHECK(w.listen().by_key() == std::map<std::string, std::vector<int>>{{"0", {10, 12, 14}}, {"1", {11, 13}}});
}

TEST_CASE("where the transport cannot be reached, or has no room, the relay waits longer each time and puts nothing aside") {
  for (const bool is_unreachable : {true, false}) {
    world w;
    fill(w);
    fate lives;
    outlasting::link link(w.bus, lives);
    auto out = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &lives}, link, gesta::from_beginning{}, outlasting::clock{}, quick);
    (is_unreachable ? link.is_unreachable : link.has_no_room) = true;
    for (const std::int64_t wait : {10, 20, 40, 40}) {
      const gesta::consumed tried = out.poll();
      CHECK(!tried);
      CHECK(tried.why().why == gesta::failure::kind::busy);
      CHECK(out.trouble() != nullptr);
      const int asked = link.asked;
      outlasting::now += wait - 1;
      CHECK(!out.poll());  // it does not even try
      CHECK(link.asked == asked);
      outlasting::now += 1;
    }
    link.is_unreachable = link.has_no_room = false;
    CHECK(out.poll().handled == 8);
    CHECK(out.trouble() == nullptr);
    CHECK(w.kept.letters["shop.outlet"].empty());
    const heard what = w.listen();
    CHECK(what.all.size() == 8);
    CHECK(what.by_key() == all_of_them);
  }
}

TEST_CASE("a clock that is set back while a relay waits for its transport does not let it wait for that time") {
  world w;
  fill(w);
  fate lives;
  outlasting::link link(w.bus, lives);
  auto out = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &lives}, link, gesta::from_beginning{}, outlasting::clock{}, quick);
  link.is_unreachable = true;
  CHECK_FALSE(out.poll());
  link.is_unreachable = false;
  outlasting::now -= 5;  // no longer than it waits in any case
  CHECK_FALSE(out.poll());
  outlasting::now -= 1'000'000;
  CHECK(out.poll().handled == 8);
  CHECK(w.listen().by_key() == all_of_them);
}

TEST_CASE("of a view store that could not write, and is not broken, a relay says that it may pass") {
  using kind = gesta::failure::kind;
  for (std::uint64_t at = 1; at < 20; ++at) {
    world w;
    fill(w);
    fate lives{.at = at, .how = fate::kind::fails_before};
    outlasting::link link(w.bus, lives);
    auto out = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &lives}, link, gesta::from_beginning{}, outlasting::clock{}, quick);
    if (const gesta::consumed made = out.poll(); !made && made.why().why != kind::busy) CHECK(made.passes);
    outlasting::now += 100;
    CHECK(out.poll());
    CHECK(w.listen().by_key() == all_of_them);
  }
}

TEST_CASE("what was accepted before the transport was lost is not published again by the same relay") {
  for (std::uint64_t at = 1; at < 40; ++at) {
    world w;
    fill(w);
    fate plan;
    outlasting::link link(w.bus, plan);
    fate of_views;
    auto out = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &of_views}, link, gesta::from_beginning{}, outlasting::clock{}, quick);
    plan.at = at;
    plan.how = fate::kind::fails_before;
    for (int i = 0; i < 3; ++i) {
      (void)out.poll();
      outlasting::now += 1000;
    }
    CHECK(out.poll().caught_up);
    const heard what = w.listen();
    CHECK(what.by_key() == all_of_them);
    CHECK(what.all.size() <= 9);  // only the answer that got lost
    if (plan.steps < at) break;
  }
}

TEST_CASE("a message that is never taken is put aside, later ones of its key wait, all others go on") {
  world w;
  fill(w);
  fate lives;
  outlasting::link link(w.bus, lives);
  auto out = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &lives}, link, gesta::from_beginning{}, outlasting::clock{}, gesta::batch_of{3});
  const std::string bad = gesta::id_of_place({w.app.incarnation(), 4, 0});
  link.never_taken.insert(bad);
  const gesta::consumed made = out.poll();
  CHECK(made);
  CHECK(made.put_aside == 3);
  CHECK(made.caught_up);
  CHECK(w.listen().by_key() == std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {2, 5}}, {"c", {4}}});
  std::vector<gesta::letter> letters;
  CHECK(out.letters([&](const gesta::letter& one) { letters.push_back(one); }));
  REQUIRE(letters.size() == 3);
  CHECK(letters[0].position == 4);
  CHECK(letters[0].key == "a");
  CHECK(letters[0].cause == "larger than it takes");
  CHECK(letters[0].attempts == 1);
  CHECK(letters[1].attempts == 0);
  CHECK(out.poll().handled == 0);
  w.app.handle("a", place{9});
  CHECK(out.poll().put_aside == 1);

  SUBCASE("and is tried again when a person says so") {
    CHECK(out.retry(letters[0]));
    CHECK(out.poll().put_aside == 1);  // it is refused again
    link.never_taken.clear();
    CHECK(out.retry_all());
    (void)out.poll();
    CHECK(out.poll());
    CHECK(w.listen().by_key() == std::map<std::string, std::vector<int>>{{"a", {3, 0, 1, 6, 9}}});
  }
  SUBCASE("or given up") {
    CHECK(out.discard(letters[0], "told by telephone"));
    (void)out.poll();
    CHECK(out.poll());
    CHECK(w.listen().by_key() == std::map<std::string, std::vector<int>>{{"a", {0, 1, 6, 9}}});
  }
}

#if __cpp_exceptions
TEST_CASE("an event whose key cannot be said is put aside, and told under its key when that can be said") {
  world w;
  fill(w);
  fate lives;
  outlasting::link link(w.bus, lives);
  auto out = gesta::relay<by_number>(w.app, outlasting::views{&w.kept, &lives}, link, gesta::from_beginning{}, outlasting::clock{}, gesta::shares{3});
  is_keyless = true;
  CHECK(out.poll().put_aside == 1);
  CHECK(w.listen().by_key() == std::map<std::string, std::vector<int>>{{"0", {2, 4, 6}}, {"1", {1, 5}}, {"a", {0, 1}}});
  is_keyless = false;
  CHECK(out.retry_all());
  CHECK(out.poll().handled == 1);
  const heard told = w.listen();
  REQUIRE(told.all.size() == 1);
  CHECK(told.all[0].key == "1");
  CHECK(told.all[0].id == gesta::id_of_place({w.app.incarnation(), 4, 0}));
  CHECK(out.letters([](const gesta::letter&) { FAIL("it was told"); }));
}
#endif

TEST_CASE("a relay that is paused does nothing, and one whose transport takes nothing stops by itself") {
  world w;
  fill(w);
  fate lives;
  outlasting::link link(w.bus, lives);
  auto out = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &lives}, link, gesta::from_beginning{}, outlasting::clock{}, gesta::stop_after{.in_a_row = 2});
  CHECK(out.pause());
  CHECK(out.poll().is_paused);
  CHECK(link.published.empty());
  CHECK(out.resume());
  for (std::uint64_t i = 1; i < 9; ++i) link.never_taken.insert(gesta::id_of_place({w.app.incarnation(), i, 0}));
  CHECK(out.poll().why().why == gesta::failure::kind::stopped);
  CHECK(out.poll().why().why == gesta::failure::kind::stopped);
}

TEST_CASE("relays with claims divide the shares, and take over those of one that is gone, in the order of each key") {
  world w;
  fate first_lives, second_lives;
  outlasting::link first_link(w.bus, first_lives), second_link(w.bus, second_lives);
  const auto make = [&](outlasting::link& link, fate& of) {
    return gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &of}, link, gesta::from_beginning{}, outlasting::clock{}, gesta::shares{4}, quick);
  };
  auto first = make(first_link, first_lives);
  first.under({{1, 1}, gesta::duration{900}});
  CHECK(first.poll());
  auto second = make(second_link, second_lives);
  second.under({{2, 2}, gesta::duration{900}});
  CHECK(second.poll().owned_elsewhere);
  int number = 0;
  std::map<std::string, std::vector<int>> expected;
  const auto more = [&] {
    for (int i = 0; i < 40; ++i) {
      const std::string key = "key " + std::to_string(number % 20);
      w.app.handle(key, place{number});
      expected[key].push_back(number++);
    }
  };
  for (int round = 0; round < 6; ++round) {
    more();
    outlasting::now += 301;
    CHECK(first.poll());
    CHECK(second.poll());
  }
  CHECK(first_link.published.size() > 40);
  CHECK(second_link.published.size() > 40);
  second_lives.is_dead = true;
  more();
  CHECK(first.poll());
  const heard before = w.listen();
  CHECK(before.by_key() != expected);  // what was the second's waits for its claim to end
  outlasting::now += 1000;
  CHECK(first.poll());
  outlasting::now += 1000;
  CHECK(first.poll().caught_up);
  heard what = before;
  for (const heard::one& each : w.listen().all) what.all.push_back(each);
  CHECK(what.by_key() == expected);

  fate lives;
  outlasting::link link(w.bus, lives);
  auto other = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &lives}, link, gesta::from_beginning{}, outlasting::clock{}, gesta::shares{5});
  CHECK(other.poll().why().why == gesta::failure::kind::conflict);
  CHECK(first.release());
  CHECK(w.kept.consumers["shop.outlet/0/4"].owner == gesta::message_id{});
}

TEST_CASE("wherever the program dies or a step fails, nothing is lost, each key keeps its order, and repetitions have the same id") {
  std::uint64_t tried = 0, repeated = 0;
  for (const fate::kind how : {fate::kind::dies_before, fate::kind::dies_behind, fate::kind::fails_before, fate::kind::fails_behind}) {
    for (const std::size_t batch : {std::size_t{1}, std::size_t{3}, std::size_t{256}}) {
      for (std::uint64_t at = 1;; ++at) {
        world w;
        fill(w);
        std::uint64_t steps = 0;
        bool was_last = false;
        for (int program = 0; program < 4; ++program) {  // the second one lives
          fate mine;
          if (program == 0) mine.at = at, mine.how = how;
          outlasting::link link(w.bus, mine);
          link.never_taken.insert(program == 0 ? gesta::id_of_place({w.app.incarnation(), 2, 0}) : "none");
          auto out = gesta::relay<outlet>(w.app, outlasting::views{&w.kept, &mine}, link, gesta::from_beginning{}, outlasting::clock{}, gesta::batch_of{batch}, quick);
          if (program != 0) CHECK(out.retry_all());
          for (int poll = 0; poll < 5 && !mine.is_dead; ++poll) {
            (void)out.poll();
            outlasting::now += 1000;
          }
          if (program == 0) steps = mine.steps, was_last = steps < at;
          CHECK(link.most_under_way_of_a_key <= 1);
        }
        const heard what = w.listen();
        CHECK(what.by_key() == all_of_them);
        std::map<std::string, std::string> ids;
        for (const heard::one& each : what.all) {
          const auto [known, is_new] = ids.try_emplace(each.id, each.key + std::to_string(each.number));
          CHECK(known->second == each.key + std::to_string(each.number));
          repeated += !is_new;
        }
        CHECK(w.kept.letters["shop.outlet"].empty());
        ++tried;
        if (was_last) break;
      }
    }
  }
  CHECK(tried > 250);
  CHECK(repeated > 20);
}
