// The inbox: what is kept once, what is put aside, what happens when the log, the transport or the program fails; and a relay before it.
#include <gesta/runtime/inbox.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/runtime/inlined.hpp>
#include <gesta/runtime/relay.hpp>
#include <gesta/store/memory_views.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>
#include <gesta/testing/mortal_store.hpp>

#include <doctest/doctest.h>

#include "../folder.hpp"
#include "outlasting.hpp"

namespace {

using outlasting::fate;

// ---- who hears

struct shipped_1 { short number; static constexpr auto id = gesta::integration_id{"stock.shipped"}; };
struct shipped { int number; static constexpr auto id = gesta::integration_id{"stock.shipped", 2}; };
struct returned { int number; static constexpr auto id = gesta::integration_id{"stock.returned"}; };
constexpr shipped upcast(const shipped_1& old) { return {old.number}; }

struct noted { int number; static constexpr auto id = "billing.noted"; };
struct note { int number; };
struct bill { int sum = 0; };
constexpr void evolve(bill& b, const noted& e) { b.sum += e.number; }
[[maybe_unused]] bool is_poisoned = false;
auto decide(const bill&, const note& c) -> gesta::emits<noted> {
#if __cpp_exceptions
  if (is_poisoned && c.number == 3) throw 3;
#endif
  return noted{c.number};
}
struct bookkeeper { static constexpr auto id = "bookkeeper"; };
auto react(const bookkeeper&, const shipped& e, const gesta::about& about) { return gesta::to(std::string(about.key.data, about.key.size), note{e.number}); }

struct bills : gesta::aggregate<bill, gesta::commands<note>> { static constexpr auto id = "bill"; };
using stock = gesta::from_outside<shipped, returned>;
struct seen { int shipped = 0, returned = 0; };
constexpr void project(seen& s, const shipped&) { ++s.shipped; }
constexpr void project(seen& s, const returned&) { ++s.returned; }
struct seen_all : gesta::projection<seen, gesta::follows<stock>> { static constexpr auto id = "seen_all"; };
struct billing : gesta::model<bills, stock, seen_all, gesta::reactors<bookkeeper>, gesta::history<shipped_1>> {};
struct inlet { static constexpr auto id = "billing.inlet"; };
struct blind_inlet { static constexpr auto id = "billing.blind"; };

// ---- who tells

struct sent { int number; static constexpr auto id = "parcel.sent"; };
struct send { int number; };
struct parcels { int count = 0; };
constexpr void evolve(parcels& p, const sent&) { ++p.count; }
constexpr auto decide(const parcels&, const send& c) -> gesta::emits<sent> { return sent{c.number}; }
shipped publish(const sent& e) { return {e.number}; }
struct parcel_streams : gesta::aggregate<parcels, gesta::commands<send>> { static constexpr auto id = "parcel"; };
struct depot : gesta::model<parcel_streams> {};
struct outlet { static constexpr auto id = "stock.outlet"; };

constexpr std::string_view binary_type = "application/vnd.gesta.binary";
constexpr gesta::back_off quick{.first = gesta::duration{10}, .factor = 2, .most = gesta::duration{40}, .answer = {}};

template <class Event>
std::string bytes_of(const Event& event) {
  std::string out(gesta::encoded_size(event), '\0');
  gesta::encode(event, reinterpret_cast<std::byte*>(out.data()));
  return out;
}

struct world {
  outlasting::hub hub{outlasting::clock{}};
  outlasting::bus bus{hub};
  outlasting::bus::connection tongue{bus};
  gesta::cloud_event_headers headers{};

  void tell(gesta::envelope what, std::string_view payload, std::string_view topic = "stock.shipped") {
    REQUIRE(headers.write(what));
    const gesta::ticket sent = tongue.publish({.topic = topic, .id = what.id, .key = what.key, .headers = headers.all(), .payload = payload});
    REQUIRE(tongue.wait(sent, {}) == gesta::acceptance::accepted);
  }
  void tell_shipped(std::uint64_t position, int number, std::string_view key) {
    const std::string id = gesta::id_of_place({{7, 7}, position, 0});
    tell({.id = id, .source = "stock/7", .type = "stock.shipped", .version = 2, .key = key, .correlation = {5, 5}, .content_type = binary_type}, bytes_of(shipped{number}));
  }
};

/// Polls until nothing comes: a transport that keeps the order of a key hands out one of it at a time.
template <class Inbox>
gesta::received poll_all(Inbox& in) {
  gesta::received all;
  while (true) {
    const gesta::received got = in.poll();
    all.handled += got.handled;
    all.repeated += got.repeated;
    all.put_aside += got.put_aside;
    all.handed_back += got.handed_back;
    if (!got) return all.stop(got.why()), all;
    if (got.caught_up) return all;
  }
}

/// Of each key the numbers that were kept, in order.
template <class App>
std::map<std::string, std::vector<int>> kept_by_key(App& app) {
  std::map<std::string, std::vector<int>> out;
  CHECK(app.read({}, [&](const auto& event, const gesta::about& about) {
    if constexpr (requires { event.number; }) {
      if constexpr (gesta::told_to_others<std::remove_cvref_t<decltype(event)>>) out[std::string(about.key.data, about.key.size)].push_back(event.number);
    }
  }));
  return out;
}

}  // namespace

TEST_CASE("what is heard is kept once, with its correlation, and acknowledged; its reactors act in the same commit") {
  world w;
  auto app = gesta::start<billing>(gesta::memory_store{});
  auto in = gesta::inbox<inlet>(app, w.bus, gesta::from_beginning{}, outlasting::clock{}, gesta::batch_of{2});
  CHECK(in.poll().caught_up);
  w.tell_shipped(1, 1, "a");
  w.tell_shipped(2, 2, "b");
  w.tell_shipped(1, 1, "a");
  w.tell_shipped(3, 3, "a");
  w.tell({.id = "x-1", .source = "/legacy", .type = "stock.returned", .key = "a", .traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          .content_type = binary_type}, bytes_of(returned{4}), "stock.returned");
  w.tell({.id = "x-1", .source = "/legacy", .type = "stock.returned", .key = "a", .content_type = binary_type}, bytes_of(returned{4}), "stock.returned");
  w.tell({.id = "x-1", .source = "/other", .type = "stock.returned", .key = "c", .content_type = binary_type}, bytes_of(returned{5}), "stock.returned");
  w.tell({.id = "x-2", .source = "/legacy", .type = "stock.shipped", .version = 1, .key = "c", .content_type = binary_type}, bytes_of(shipped_1{6}));
  const gesta::received got = poll_all(in);
  CHECK(got);
  CHECK(got.put_aside == 0);
  CHECK(got.handled == 8);
  CHECK(got.repeated == 2);
  CHECK(w.hub.kept() == 0);
  CHECK(kept_by_key(app) == std::map<std::string, std::vector<int>>{{"a", {1, 3, 4}}, {"b", {2}}, {"c", {5, 6}}});
  CHECK(app.state<bills>("a").sum == 4);
  CHECK(app.view<seen>().returned == 2);
  bool saw_shipped = false, saw_foreign = false, saw_note = false;
  CHECK(app.read({}, [&](const auto& event, const gesta::about& about) {
    using type = std::remove_cvref_t<decltype(event)>;
    if (about.position == 1) {
      saw_shipped = std::is_same_v<type, shipped>;
      CHECK(about.correlation == gesta::message_id{5, 5});
      CHECK(about.causation == gesta::message_of_place({{7, 7}, 1, 0}));
    }
    if constexpr (std::is_same_v<type, noted>) saw_note = saw_note || about.correlation == gesta::message_id{5, 5};
    if constexpr (std::is_same_v<type, returned>)
      saw_foreign = saw_foreign || about.correlation == gesta::message_id{0x4bf92f3577b34da6, 0xa3ce929d0e0e4736};
  }));
  CHECK(saw_shipped);
  CHECK(saw_note);
  CHECK(saw_foreign);
}

TEST_CASE("what cannot be understood is put aside with its cause, and stops nobody") {
  world w;
  auto app = gesta::start<billing>(gesta::memory_store{});
  auto in = gesta::inbox<inlet>(app, w.bus, gesta::from_beginning{}, outlasting::clock{}, gesta::largest_payload{100});
  CHECK(in.poll().caught_up);
  const std::string good = bytes_of(shipped{1});
  const gesta::envelope what{.id = "1", .source = "s", .type = "stock.shipped", .version = 2, .key = "k", .content_type = binary_type};
  const auto tell = [&](auto alter, std::string_view payload) {
    gesta::envelope one = what;
    alter(one);
    w.tell(one, payload);
  };
  const auto as_it_is = [](gesta::envelope&) {};
  tell([](gesta::envelope& e) { e.type = "stock.melted"; }, good);
  tell([](gesta::envelope& e) { e.version = 9; }, good);
  tell([](gesta::envelope& e) { e.content_type = "text/plain"; }, good);
  tell([](gesta::envelope& e) { e.content_type = {}; }, good);
  tell(as_it_is, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
  tell(as_it_is, good.substr(0, good.size() - 1));
  tell(as_it_is, good + "x");
  tell(as_it_is, std::string(101, 'x'));
  CHECK(w.tongue.publish({.topic = "stock.shipped", .id = "bare", .key = "k", .payload = good}) != 0);
  const gesta::header wrong[] = {{"ce-specversion", "0.3"}, {"ce-id", "%zz"}};
  CHECK(w.tongue.publish({.topic = "stock.shipped", .id = "old", .key = "k", .headers = wrong, .payload = good}) != 0);
  w.tell_shipped(1, 5, "k");
  const gesta::received got = poll_all(in);
  CHECK(got);
  CHECK(got.put_aside == 10);
  CHECK(got.handled == 1);
  CHECK(kept_by_key(app) == std::map<std::string, std::vector<int>>{{"k", {5}}});
  std::vector<std::string> causes;
  gesta::delivery_token second{};
  CHECK(in.letters([&](const gesta::dead_letter& one) {
    causes.emplace_back(one.cause);
    if (causes.size() == 2) second = one.message.token;
  }));
  CHECK(causes == std::vector<std::string>{"the type stock.melted is not known", "version 9 of stock.shipped is not known", "the content type text/plain is not read",
                                           "the content type  is not read", "the payload is not what its type says", "the payload is not what its type says",
                                           "the payload is not what its type says", "the payload is larger than 100 bytes", "the envelope: specversion is missing",
                                           "the envelope: specversion is not 1.0"});
  CHECK(in.retry(second));
  CHECK(in.poll().put_aside == 1);
}

TEST_CASE("bytes that are drawn are put aside, or are an event: nothing else happens") {
  world w;
  auto app = gesta::start<billing>(gesta::memory_store{});
  auto in = gesta::inbox<inlet>(app, w.bus, gesta::from_beginning{}, outlasting::clock{});
  CHECK(in.poll().caught_up);
  std::uint64_t seed = 42, handled = 0, aside = 0;
  const auto draw = [&] { return static_cast<char>(gesta::detail::mix(seed++)); };
  for (int round = 0; round < 200; ++round) {
    std::string payload, value;
    for (int i = round % 12; i != 0; --i) payload += draw();
    for (int i = round % 7; i != 0; --i) value += static_cast<char>(33 + (static_cast<unsigned char>(draw()) % 94));
    const gesta::header headers[] = {{"ce-specversion", "1.0"}, {"ce-id", value}, {"ce-source", round % 3 == 0 ? std::string_view(value) : "s"}, {"ce-type", "stock.shipped"},
                                     {"ce-typeversion", round % 5 == 0 ? std::string_view(value) : "2"}, {"content-type", binary_type}};
    REQUIRE(w.tongue.publish({.topic = "stock.shipped", .id = "d", .key = payload, .headers = headers, .payload = payload}) != 0);
    const gesta::received got = in.poll();
    CHECK(got);
    handled += got.handled;
    aside += got.put_aside;
  }
  CHECK(handled + aside == 200);
  CHECK(aside > 100);
  CHECK(w.hub.kept() == aside);
}

#if __cpp_exceptions
TEST_CASE("a message that the model cannot handle is put aside, and nothing else of its batch is lost") {
  world w;
  gesta::testing::afterlife log;
  auto app = gesta::start<billing>(gesta::testing::mortal_store{&log});
  auto in = gesta::inbox<inlet>(app, w.bus, gesta::from_beginning{}, outlasting::clock{});
  CHECK(in.poll().caught_up);
  for (int i = 1; i < 6; ++i) w.tell_shipped(static_cast<std::uint64_t>(i), i, std::string(1, static_cast<char>('a' + i)));
  is_poisoned = true;
  const gesta::received got = in.poll();
  is_poisoned = false;
  CHECK(got);
  CHECK(got.handled == 4);
  CHECK(got.put_aside == 1);
  CHECK(kept_by_key(app) == std::map<std::string, std::vector<int>>{{"b", {1}}, {"c", {2}}, {"e", {4}}, {"f", {5}}});
  gesta::delivery_token token{};
  CHECK(in.letters([&](const gesta::dead_letter& one) { token = one.message.token; }));
  CHECK(in.retry(token));
  CHECK(in.poll().handled == 1);
  CHECK(app.state<bills>("d").sum == 3);
}
#endif

#if __cpp_exceptions
namespace {

struct noted_number { int number = 0, times = 0; };
void project(noted_number& r, const shipped&) { ++r.times; }
struct by_number : gesta::projection<gesta::rows<noted_number, "number">, gesta::follows<gesta::from_outside<shipped>>> { static constexpr auto id = "by_number"; };
int locate(const by_number&, const shipped& e) {
  if (is_poisoned && e.number == 3) throw 3;
  return e.number;
}
struct noting : gesta::model<gesta::from_outside<shipped>, by_number> {};

}  // namespace

TEST_CASE("a message whose commit an inlined view is in the way of waits with those of its key, and all others are kept") {
  world w;
  const folder here;
  auto app = gesta::start<noting>(gesta::sqlite_store{.path = here / "noting.db", .level = gesta::durability::process}, gesta::inlined<by_number>{});
  auto in = gesta::inbox<inlet>(app, w.bus, gesta::from_beginning{}, outlasting::clock{}, quick);
  w.tell_shipped(1, 3, "a");
  w.tell_shipped(2, 4, "a");
  w.tell_shipped(3, 5, "b");
  w.tell_shipped(4, 6, "c");
  is_poisoned = true;
  const gesta::received made = in.poll();
  CHECK(made.why().why == gesta::failure::kind::interrupted);
  CHECK(made.passes);
  CHECK(made.handled == 2);
  CHECK(kept_by_key(app) == std::map<std::string, std::vector<int>>{{"b", {5}}, {"c", {6}}});
  is_poisoned = false;
  outlasting::now += 100;
  CHECK(poll_all(in).handled == 2);
  CHECK(kept_by_key(app) == std::map<std::string, std::vector<int>>{{"a", {3, 4}}, {"b", {5}}, {"c", {6}}});
}
#endif

TEST_CASE("a log that cannot be written hands back, later each time, and loses nothing") {
  world w;
  gesta::testing::afterlife log;
  auto app = gesta::start<billing>(gesta::testing::mortal_store{&log});
  auto in = gesta::inbox<inlet>(app, w.bus, gesta::from_beginning{}, outlasting::clock{}, quick);
  CHECK(in.poll().caught_up);
  for (int i = 1; i < 6; ++i) w.tell_shipped(static_cast<std::uint64_t>(i), i, i % 2 == 0 ? "even" : "odd");
  log.is_dead = true;
  for (int failures = 0; failures < 20; ++failures) {
    const gesta::received got = in.poll();
    CHECK(!got);
    CHECK(got.handed_back == 2);  // of each key the first
    CHECK(in.poll().caught_up);  // they are not there yet
    outlasting::now += 40;
  }
  log.is_dead = false;
  CHECK(poll_all(in).handled == 5);
  CHECK(kept_by_key(app) == std::map<std::string, std::vector<int>>{{"even", {2, 4}}, {"odd", {1, 3, 5}}});
  CHECK(w.hub.kept() == 0);
}

namespace {

const std::map<std::string, std::vector<int>> all_parcels{{"a", {1, 3, 5}}, {"b", {2, 6}}, {"c", {4}}};

/// A store of blobs each of whose calls is a step.
struct mortal_blobs {
  gesta::memory_blobs* kept;
  fate* mine;
  gesta::failure cause{gesta::failure::kind::input_output, 0, "the store of blobs is gone"};
  bool put(std::string_view name, std::string_view bytes, gesta::timestamp now) {
    return mine->step([&] { return kept->put(name, bytes, now); });
  }
  gesta::blob_found get(std::string_view name, std::string& out) {
    gesta::blob_found found = gesta::blob_found::failed;
    const bool is_told = mine->step([&] { return found = kept->get(name, out), true; });
    return is_told ? found : gesta::blob_found::failed;
  }
  bool collect(gesta::timestamp before, std::uint64_t& count) {
    return mine->step([&] { return kept->collect(before, count); });
  }
  const gesta::failure& last_failure() const { return cause; }
};

/// Whoever tells and whoever hears, both with programs that die: the numbers that were kept.
struct two_services {
  gesta::testing::afterlife log;
  outlasting::content kept;
  outlasting::hub hub{outlasting::clock{}};
  outlasting::bus bus{hub};
  decltype(gesta::start<depot>(gesta::memory_store{})) from = gesta::start<depot>(gesta::memory_store{});
  two_services() {
    outlasting::bus::connection ear(bus);
    constexpr std::string_view topics[] = {"stock.shipped", "stock.returned"};
    (void)ear.subscribe({.topics = topics, .group = "billing.inlet", .from_beginning = true});
    for (const auto& [key, number] : {std::pair{"a", 1}, {"b", 2}, {"a", 3}, {"c", 4}, {"a", 5}, {"b", 6}}) from.handle(key, send{number});
  }

  gesta::memory_blobs blobs{};
  bool by_claim = false;  ///< no payload travels
  std::uint64_t run(fate& mine, std::size_t batch) {
    mortal_blobs mortals{&blobs, &mine};
    return by_claim ? run(mine, batch, gesta::claim_check{mortals, 0, {.keep = gesta::minutes(5)}}) : run(mine, batch, quick);
  }
  template <class Option>
  std::uint64_t run(fate& mine, std::size_t batch, const Option& option) {
    outlasting::mortal_bus mortal{bus, &mine};
    log.is_dead = false;
    log.who = &mine;
    log.dies_at_commit = [](void* who) {
      auto& plan = *static_cast<fate*>(who);
      using death = gesta::testing::afterlife::death;
      if (plan.is_dead) return death::before;
      if (++plan.steps != plan.at || plan.how == fate::kind::lives) return death::none;
      plan.is_dead = true;
      return plan.how == fate::kind::dies_before || plan.how == fate::kind::fails_before ? death::before : death::behind;
    };
    outlasting::link wire(mortal);
    auto app = gesta::start<billing>(gesta::testing::mortal_store{&log});
    auto out = gesta::relay<outlet>(from, outlasting::views{&kept, &mine}, wire, gesta::from_beginning{}, outlasting::clock{}, gesta::batch_of{batch}, quick, option);
    auto in = gesta::inbox<inlet>(app, mortal, gesta::from_beginning{}, outlasting::clock{}, gesta::batch_of{batch}, quick, option);
    for (int i = 0; i < 12 && !mine.is_dead; ++i) {
      (void)out.poll();
      (void)in.poll();
      outlasting::now += 50;
    }
    outlasting::now += 31'000'000'000;  // what was under way when it died is handed out again
    return mine.steps;
  }
};

}  // namespace

TEST_CASE("wherever one of the programs dies or a step fails, each fact is kept once, and each key in order") {
  std::uint64_t tried = 0;
  for (const bool by_claim : {false, true})
  for (const fate::kind how : {fate::kind::dies_before, fate::kind::dies_behind, fate::kind::fails_before, fate::kind::fails_behind}) {
    for (const std::size_t batch : {std::size_t{1}, std::size_t{2}, std::size_t{256}}) {
      for (std::uint64_t at = 1;; ++at) {
        two_services both;
        both.by_claim = by_claim;
        fate first;
        first.at = at;
        first.how = how;
        const std::uint64_t steps = both.run(first, batch);
        for (int i = 0; i < 2; ++i) {
          fate lives;
          (void)both.run(lives, batch);
        }
        both.log.dies_at_commit = nullptr;
        auto app = gesta::start<billing>(gesta::testing::mortal_store{&both.log});
        CHECK(kept_by_key(app) == all_parcels);
        CHECK(app.state<bills>("a").sum == 9);
        CHECK(app.view<seen>().shipped == 6);
        CHECK(both.hub.kept() == 0);
        if (by_claim) {  // what no message names any more is taken away, also what a program left that died before it published
          std::uint64_t count = 0;
          outlasting::now += gesta::minutes(5).nanoseconds;
          fate lives;
          (void)both.run(lives, batch);
          CHECK(both.blobs.collect({outlasting::now}, count));
          CHECK(count == 0);
        }
        ++tried;
        if (steps < at) break;
      }
    }
  }
  CHECK(tried > 200);
}

// ---- what stays behind

TEST_CASE("what is too large stays behind, and is heard as if it had travelled; the rest travels") {
  outlasting::hub hub{outlasting::clock{}};
  outlasting::bus bus{hub};
  outlasting::bus::connection wire(bus);
  gesta::memory_blobs blobs;
  auto small = gesta::start<depot>(gesta::memory_store{}), large = gesta::start<depot>(gesta::memory_store{});
  auto app = gesta::start<billing>(gesta::memory_store{});
  auto whole = gesta::relay<outlet>(small, gesta::memory_views{}, wire, gesta::from_beginning{}, outlasting::clock{}, gesta::claim_check{blobs, 4, {.keep = {}}});
  auto out = gesta::relay<outlet>(large, gesta::memory_views{}, wire, gesta::from_beginning{}, outlasting::clock{}, gesta::claim_check{blobs, 3, {.keep = {}}});
  auto in = gesta::inbox<inlet>(app, bus, gesta::from_beginning{}, outlasting::clock{}, gesta::claim_check{blobs});
  auto blind = gesta::inbox<blind_inlet>(app, bus, gesta::from_beginning{}, outlasting::clock{});
  CHECK(in.poll().caught_up);
  CHECK(blind.poll().caught_up);
  small.handle("a", send{1});  // of four bytes
  large.handle("b", send{2});
  large.handle("c", send{2});
  CHECK(whole.poll().handled == 1);
  CHECK(out.poll().handled == 2);
  CHECK(poll_all(in).handled == 3);
  CHECK(kept_by_key(app) == std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {2}}, {"c", {2}}});
  CHECK(poll_all(blind).put_aside == 2);  // without a claim check nobody guesses
  CHECK(blind.letters([](const gesta::dead_letter& one) { CHECK(one.cause == "the payload is elsewhere, and no claim check is read here"); }));
  std::uint64_t count = 0;
  outlasting::now += 1;
  CHECK(blobs.collect({outlasting::now}, count));
  CHECK(count == 1);  // one payload is kept once
}

TEST_CASE("a blob that is missing or damaged is waited for, and then its message is put aside with the cause; its store is waited for as long as it takes") {
  world w;
  gesta::memory_blobs blobs;
  fate mine;
  mortal_blobs mortals{&blobs, &mine};
  auto app = gesta::start<billing>(gesta::memory_store{});
  auto in = gesta::inbox<inlet>(app, w.bus, gesta::from_beginning{}, outlasting::clock{}, quick, gesta::claim_check{mortals, 0, {.largest = 1000, .tries = 3}});
  CHECK(in.poll().caught_up);
  std::uint64_t position = 0;
  const auto tell = [&](std::string_view token, std::string_view key) {
    const std::string id = gesta::id_of_place({{7, 7}, ++position, 0});
    w.tell({.id = id, .source = "stock/7", .type = "stock.shipped", .version = 2, .key = key, .content_type = binary_type, .dataref = token}, {});
  };
  const auto check_in = [&](int number) {
    std::string token;
    CHECK(gesta::check_in(bytes_of(shipped{number}), blobs, 0, {outlasting::now}, token));
    return token;
  };
  std::vector<std::string> causes;
  const auto read_causes = [&] {
    causes.clear();
    CHECK(in.letters([&](const gesta::dead_letter& one) { causes.emplace_back(one.cause); }));
    return causes;
  };

  const std::string good = check_in(1), late = check_in(2), damaged = check_in(3), never = check_in(4);
  std::uint64_t count = 0;
  CHECK(blobs.collect({outlasting::now + 1}, count));
  CHECK(count == 4);
  CHECK(check_in(1) == good);
  CHECK(blobs.put(damaged.substr(0, 64), "x", {outlasting::now}));
  tell(late, "late");
  tell(good, "late");
  tell(damaged, "damaged");
  tell(never, "never");
  tell(good, "good");
  tell("https://example.com/elsewhere", "foreign");
  tell(std::string(64, 'a') + "/1001", "huge");
  gesta::received got = in.poll();
  CHECK(got);
  CHECK(got.handled == 1);
  CHECK(got.put_aside == 2);
  CHECK(got.handed_back == 3);  // of the key `late` the first
  CHECK(in.poll().caught_up);
  CHECK(check_in(2) == late);  // it arrives behind its message
  outlasting::now += 40;
  got = poll_all(in);
  CHECK(got.handled == 2);
  CHECK(got.handed_back == 2);
  CHECK(got.put_aside == 0);
  outlasting::now += 40;
  got = poll_all(in);
  CHECK(got.put_aside == 2);
  CHECK(kept_by_key(app) == std::map<std::string, std::vector<int>>{{"late", {2, 1}}, {"good", {1}}});
  CHECK(read_causes().size() == 4);
  for (const char* cause : {"this is no token of a claim check", "is not fetched", "is not there, or no more", "is not what was checked in"}) {
    int found = 0;
    for (const std::string& one : causes) found += one.find(cause) != std::string::npos;
    CHECK_MESSAGE(found == 1, cause);
  }
  CHECK(check_in(4) == never);  // a person has brought it back
  gesta::delivery_token token{};
  CHECK(in.letters([&](const gesta::dead_letter& one) {
    if (one.message.key == "never") token = one.message.token;
  }));
  CHECK(in.retry(token));
  CHECK(poll_all(in).handled == 1);

  tell(good, "patient");
  mine.is_dead = true;
  for (int times = 0; times < 20; ++times) {
    got = in.poll();
    CHECK(!got);
    CHECK(got.handed_back == 1);
    outlasting::now += 40;
  }
  mine.is_dead = false;
  CHECK(poll_all(in).handled == 1);
  CHECK(read_causes().size() == 3);
}

TEST_CASE("a message that is handed back keeps its blob alive; a payload that a claim check does not keep is put aside by the relay") {
  outlasting::hub hub{outlasting::clock{}};
  outlasting::bus bus{hub};
  outlasting::bus::connection wire(bus);
  gesta::memory_blobs blobs;
  gesta::testing::afterlife log;
  auto from = gesta::start<depot>(gesta::memory_store{});
  auto app = gesta::start<billing>(gesta::testing::mortal_store{&log});
  const gesta::claim_check claims{blobs, 0, {.keep = gesta::duration{100}, .largest = 4}}, narrow{blobs, 0, {.largest = 3}};
  auto other = gesta::start<depot>(gesta::memory_store{});
  auto refused = gesta::relay<outlet>(other, gesta::memory_views{}, wire, gesta::from_beginning{}, outlasting::clock{}, narrow);
  auto out = gesta::relay<outlet>(from, gesta::memory_views{}, wire, gesta::from_beginning{}, outlasting::clock{}, claims);
  auto in = gesta::inbox<inlet>(app, bus, gesta::from_beginning{}, outlasting::clock{}, quick, claims);
  CHECK(in.poll().caught_up);
  from.handle("a", send{1});
  other.handle("b", send{1});
  CHECK(out.poll().handled == 1);
  CHECK(refused.poll().put_aside == 1);
  CHECK(refused.letters([](const gesta::letter& one) { CHECK(one.cause.find("the claim check keeps at most 3") != std::string::npos); }));
  log.is_dead = true;
  for (int times = 0; times < 10; ++times) {
    CHECK(in.poll().handed_back == 1);
    outlasting::now += 40;
    CHECK(out.poll());  // takes away what is old
  }
  log.is_dead = false;
  CHECK(poll_all(in).handled == 1);
  outlasting::now += 200;
  CHECK(out.poll());
  std::uint64_t count = 0;
  CHECK(blobs.collect({outlasting::now}, count));
  CHECK(count == 0);
}
