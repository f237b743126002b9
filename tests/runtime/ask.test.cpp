// What sagas ask of other services: whatever happens to messages and programs, each order comes to the end that it has when nothing happens.
#include <gesta/runtime/ask.hpp>

#include <doctest/doctest.h>

#include <gesta/runtime/keeping_up.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/testing/explore.hpp>

#include <algorithm>
#include <memory>
#include <string>

#include "../folder.hpp"
#include "remote_lab.hpp"

namespace {

using namespace lab;

constexpr int order_count = 6;

/// Two services and what lies between them, until nothing is open any more.
class world {
 public:
  explicit world(plan faults = {}) : faults_(faults), hub_(test_clock{}) {
    time_now = 1000;
    for (gesta::testing::afterlife* kept : {&shop_log, &depot_log}) {
      kept->dies_at_commit = dies_by_plan;
      kept->who = &faults_;
    }
  }
  /// What it came to; empty: it came to no end.
  std::string run(std::size_t messages_a_commit = 1) {
    const gesta::exchanges how{.messages_a_commit = messages_a_commit};
    for (rounds = 0; rounds < 400; ++rounds, ++time_now) {
      if (!shop_) start_shop();
      if (!depot_) start_depot();
      (void)shop_->sagas.poll();
      (void)shop_->asks.poll(how);
      if (shop_log.is_dead || faults_.has_died) shop_.reset(), shop_log.is_dead = faults_.has_died = false;
      (void)depot_->serves.poll();
      if (depot_log.is_dead || faults_.has_died) depot_.reset(), depot_log.is_dead = faults_.has_died = false;
      if (shop_) shop_->asks.link().release([](const held_message& held) { return held.due >= 0 && held.due <= time_now; });
      if (rounds > 20 && is_over()) return end();
    }
    return {};
  }
  int places() const { return faults_.places; }
  int rounds = 0;
  gesta::testing::afterlife shop_log, depot_log;

 private:
  void start_shop() {
    shop_ = std::make_unique<shop_program>(shop_log, bad_wire{&hub_, &faults_});
    for (int i = 1; i <= order_count; ++i)
      if (shop_->app.state<orders>(i).placed == 0) shop_->app.handle(place{i, 1 + i % 4}).match([](const order&) {}, [](const gesta::failure&) {});
  }
  void start_depot() { depot_ = std::make_unique<depot_program>(depot_log, bad_wire{&hub_, &faults_}); }
  bool is_over() {
    if (!shop_ || !depot_ || !faults_.waiting.empty() || hub_.kept() != 0) return false;
    int open = 0;
    for (int i = 1; i <= order_count; ++i) open += shop_->app.state<orders>(i).placed == 0;
    shop_->sagas.open([&](const char*, const auto&, const gesta::saga_standing&) { ++open; });
    return open == 0;
  }
  std::string end() {
    std::string text;
    for (int i = 1; i <= order_count; ++i) {
      const auto& o = shop_->app.state<orders>(i);
      const auto& p = depot_->app.state<parcels>(i);
      text += "order " + std::to_string(i) + ": placed " + std::to_string(o.placed) + ", confirmed " + std::to_string(o.confirmed) + ", cancelled " +
              std::to_string(o.cancelled) + ", sent " + std::to_string(p.sent) + ", reminded " + std::to_string(p.reminders) + "\n";
    }
    for (int item = 11; item < 16; ++item) text += "out of " + std::to_string(item) + ": " + std::to_string(depot_->app.state<shelves>(item).out) + "\n";
    depot_->serves.link().each_dead("depot.counter", [&](const gesta::dead_letter& one) { return text += "dead: " + std::string(one.cause) + "\n", true; });
    depot_->serves.link().each_dead("shop.desk", [&](const gesta::dead_letter& one) { return text += "dead: " + std::string(one.cause) + "\n", true; });
    return text;
  }

  plan faults_;
  hub_type hub_;
  std::unique_ptr<shop_program> shop_;
  std::unique_ptr<depot_program> depot_;
};

const char* const undisturbed =
    "order 1: placed 1, confirmed 1, cancelled 0, sent 1, reminded 1\n"
    "order 2: placed 1, confirmed 0, cancelled 1, sent 0, reminded 0\n"
    "order 3: placed 1, confirmed 0, cancelled 1, sent 0, reminded 0\n"
    "order 4: placed 1, confirmed 1, cancelled 0, sent 1, reminded 1\n"
    "order 5: placed 1, confirmed 0, cancelled 1, sent 0, reminded 0\n"
    "order 6: placed 1, confirmed 0, cancelled 1, sent 0, reminded 0\n"
    "out of 11: 2\n"
    "out of 12: 1\n"
    "out of 13: 0\n"
    "out of 14: 0\n"
    "out of 15: 0\n";

TEST_CASE("orders come to their ends by what another service answers") {
  world one;
  CHECK(one.run() == undisturbed);
  world many;
  CHECK(many.run(100) == undisturbed);
}

/// The same without the reminders: whether one came, nobody is told.
std::string but_reminders(const std::string& end) {
  std::string text;
  for (std::size_t at = 0; at < end.size();) {
    const std::size_t line = end.find('\n', at) + 1;
    text += end.substr(at, std::min(end.find(", reminded", at), line) - at) + "\n";
    at = line;
  }
  return text;
}

TEST_CASE("each message and each commit: lost, doubled, late, or with the death of a program, and the end is the same") {
  for (const fault what : all_faults) {
    int at = 0;
    for (bool was_there = true; was_there; ++at) {
      world one({.what = what, .at = at});
      INFO("fault " << static_cast<int>(what) << " at place " << at);
      const std::string end = one.run(at % 2 == 0 ? 1 : 8);
      if (what == fault::lost) REQUIRE(but_reminders(end) == but_reminders(undisturbed));
      else REQUIRE(end == undisturbed);
      was_there = one.places() > at;
    }
    CHECK(at > 20);  // so many places there are at least
  }
}

TEST_CASE("a request for which the transport has no room is sent when it has, and meanwhile others are sent and answers taken") {
  time_now = 1000;
  hub_type hub(test_clock{}, {.messages = 1});
  plan none;
  gesta::testing::afterlife log;
  shop_program shop(log, bad_wire{&hub, &none});
  wire_type wire(hub);
  wire_type::connection link(wire);
  const auto place_order = [&](int number, int lines) { shop.app.handle(place{number, lines}).match([](const order&) {}, [](const gesta::failure&) {}); };
  place_order(1, 1);
  place_order(2, 1);
  place_order(3, 0);  // asks at once to ship, which is another topic
  (void)shop.sagas.poll();
  const gesta::exchanged full = shop.asks.poll();
  CHECK(full.why().why == gesta::failure::kind::full);
  CHECK(full.refused == 0);
  CHECK(full.sent == 2);
  CHECK(hub.kept() == 2);

  REQUIRE(link.publish({.topic = "shop.desk.answers", .id = "x", .key = "x", .headers = {}, .payload = "garbage"}) != 0);
  ++time_now;
  CHECK(shop.asks.poll().parked == 1);  // there is no room still

  const std::string_view topics[] = {"depot.reserve"};
  auto depot = link.subscribe({.topics = topics, .group = "depot", .from_beginning = true});
  int came = 0;
  for (int seconds = 0; seconds < 40; ++seconds, ++time_now) {
    came += static_cast<int>(depot.receive(10, {}, [&](const gesta::delivered& one) { CHECK(depot.ack(one.token)); }));
    (void)shop.asks.poll();
  }
  CHECK(came == 2);
}

TEST_CASE("a poll waits at a transport that is away, of who asks and of who serves, and goes on when it is back") {
  time_now = 1000;
  hub_type hub(test_clock{});
  plan far{.is_away = true, .waits_until_back = 3};
  gesta::testing::afterlife logs[2];
  shop_program shop(logs[0], bad_wire{&hub, &far});
  shop.app.handle(place{1, 1}).match([](const order&) {}, [](const gesta::failure&) {});
  REQUIRE(shop.sagas.poll());
  for (int i = 0; i < 2; ++i) {  // nothing could be sent; and what is not tried again yet waits as well
    const gesta::exchanged made = shop.asks.poll({.wait = gesta::seconds(2)});
    CHECK_FALSE(made);
    CHECK(made.passes);
    CHECK(made.why().why == gesta::failure::kind::input_output);
    CHECK(far.waited == gesta::seconds(2 * (i + 1)));
  }
  (void)shop.asks.poll({.wait = gesta::seconds(2)});  // it is back behind that
  CHECK(far.waited == gesta::seconds(6));
  CHECK_FALSE(far.is_away);
  time_now += 60;
  CHECK(shop.asks.poll().sent == 1);

  far.is_away = true;
  far.waits_until_back = 2;
  depot_program depot(logs[1], bad_wire{&hub, &far});
  const gesta::exchanged made = depot.serves.poll({.wait = gesta::seconds(3)});
  CHECK_FALSE(made);
  CHECK(made.passes);
  CHECK(far.waited == gesta::seconds(9));
  (void)depot.serves.poll({.wait = gesta::seconds(3)});
  CHECK(depot.serves.poll().handled == 1);
}

TEST_CASE("a transport that does not answer, or cannot be had, holds a poll up once, and not once for each message") {
  time_now = 1000;
  hub_type hub(test_clock{});
  plan faults;
  gesta::testing::afterlife logs[2];
  shop_program shop(logs[0], bad_wire{&hub, &faults});
  for (int i = 1; i <= 8; ++i) shop.app.handle(place{i, 1}).match([](const order&) {}, [](const gesta::failure&) {});
  REQUIRE(shop.sagas.poll());
  faults.is_mute = true;
  CHECK(shop.asks.poll().passes);
  CHECK(faults.awaited == gesta::seconds(5));
  faults.is_mute = false, faults.is_away = true;
  time_now += 60;
  CHECK(shop.asks.poll().passes);
  CHECK(faults.looked == 1);
  faults.is_away = false;
  time_now += 60;
  CHECK(shop.asks.poll().sent == 8);

  depot_program depot(logs[1], bad_wire{&hub, &faults});
  faults.is_mute = true, faults.awaited = {};
  CHECK(depot.serves.poll({.messages = 4}).passes);
  CHECK(faults.awaited == gesta::seconds(5));
  faults.is_mute = false;
  time_now += 60;
  CHECK(depot.serves.poll().sent == 8);
  time_now += 60;
  CHECK(shop.asks.poll().handled == 8);
}

namespace {

/// Time goes on by what is waited; then the script goes on by a line, and ends it.
template <class Script>
struct waiter {
  Script play;
  int line = 0;
  bool is_stopped = false;
  gesta::timestamp now() const { return test_clock{}(); }
  bool is_over() const { return is_stopped; }
  void operator()(gesta::duration most) {
    time_now += most.nanoseconds / 1'000'000'000;
    is_stopped = !play(++line);
  }
};
struct heard_signals {
  std::string text;
};
void observe(heard_signals& h, const gesta::stalled& s) { h.text += std::string("stalled ") + s.who + "; "; }
void observe(heard_signals& h, const gesta::caught_up& c) { h.text += std::string(c.who) + "; "; }

}  // namespace

TEST_CASE("sagas, who asks and who serves are kept up in turns, over a transport that goes away and comes back") {
  time_now = 1000;
  hub_type hub(test_clock{});
  plan far;
  gesta::testing::afterlife logs[2];
  shop_program shop(logs[0], bad_wire{&hub, &far});
  depot_program depot(logs[1], bad_wire{&hub, &far});
  gesta::in_turns all(shop.sagas, shop.asks, depot.serves);
  heard_signals signals;
  const auto goes_on = [&](int line) {
    if (line == 1) shop.app.handle(place{1, 2}).match([](const order&) {}, [](const gesta::failure&) {});
    if (line == 2) {
      CHECK(shop.app.state<orders>(1).confirmed == 1);  // all steps, there and back, without a wait
      CHECK(signals.text == "sagas; shop.desk; depot.counter; sagas; shop.desk; depot.counter; ");
      signals.text.clear();
      far.is_away = true;
      far.waits_until_back = 12;
      shop.app.handle(place{3, 1}).match([](const order&) {}, [](const gesta::failure&) {});
    }
    return line < 60 && shop.app.state<orders>(3).confirmed == 0;
  };
  waiter bell{goes_on};
  const gesta::pace seconds_each{.look_every = gesta::seconds(1), .rest = gesta::seconds(4)};
  CHECK(gesta::keep_up(all, bell, seconds_each, gesta::observed_by(signals)));
  CHECK(bell.line < 60);
  CHECK(shop.app.state<orders>(3).confirmed == 1);
  CHECK(signals.text.find("stalled shop.desk; ") != std::string::npos);
  CHECK(signals.text.find("stalled shop.desk; ") == signals.text.rfind("stalled shop.desk; "));  // once
  CHECK(signals.text.find("stalled depot.counter; ") != std::string::npos);
}

TEST_CASE("sagas alone are kept up: what is due is done when it is, however seldom it looks") {
  time_now = 1000;
  hub_type hub(test_clock{});
  plan none;
  gesta::testing::afterlife log;
  shop_program shop(log, bad_wire{&hub, &none});
  shop.app.handle(place{1, 0}).match([](const order&) {}, [](const gesta::failure&) {});  // asks to ship, and nobody answers
  REQUIRE(shop.sagas.poll());
  const std::int64_t due = shop.sagas.poll().next_due.nanoseconds / 1'000'000'000;
  REQUIRE(due > time_now);
  std::int64_t woke = 0;
  waiter bell{[&](int line) {
    if (line == 1) woke = time_now;
    return line < 2;
  }};
  CHECK(gesta::keep_up(shop.sagas, bell, gesta::pace{.look_every = gesta::hours(1)}));  // it looks each hour, and the step's time is over before
  CHECK(woke == due);
  CHECK(shop.sagas.poll().next_due.nanoseconds / 1'000'000'000 > due);
}

TEST_CASE("after a restore a request goes on under the name and number that it had, and what is asked since has another name") {
  time_now = 1000;
  const folder f;
  const gesta::sqlite_store lived{.path = f / "a.db"}, restored{.path = f / "b.db"};
  std::vector<std::string> asked;
  const auto run = [&](const gesta::sqlite_store& store, int number) {
    hub_type hub(test_clock{});
    wire_type wire(hub);
    auto app = gesta::start<shop>(store, test_clock{});
    app.handle(place{number, 1}).match([](const order&) {}, [](const gesta::failure&) {});
    auto sagas = gesta::run_sagas(app);
    CHECK(sagas.poll());
    auto asks = gesta::ask_by<desk>(app, wire);
    CHECK(asks.poll());
    asked.clear();
    const std::string_view topics[] = {"depot.reserve"};
    auto depot = asks.link().subscribe({.topics = topics, .group = "depot", .from_beginning = true});
    while (depot.receive(10, {}, [&](const gesta::delivered& one) {
      asked.push_back(std::string(one.id) + " " + std::string(one.value_of("gesta-asker")) + " " + std::string(one.value_of("gesta-number")));
      CHECK(depot.ack(one.token));
    }) != 0) {}
  };
  run(lived, 1);
  REQUIRE(asked.size() == 1);
  const std::string first = asked[0];
  REQUIRE(gesta::backup(lived, f / "copy.db"));
  run(lived, 2);
  REQUIRE(asked.size() == 2);
  const std::string lost = asked[1];
  REQUIRE(gesta::restore(f / "copy.db", restored));
  run(restored, 3);
  REQUIRE(asked.size() == 2);
  CHECK(asked[0] == first);
  CHECK(asked[1].substr(asked[1].rfind(' ')) == lost.substr(lost.rfind(' ')));  // of the same number, and
  CHECK(asked[1] != lost);
}

TEST_CASE("the explorer walks a saga that asks elsewhere as any other") { CHECK(gesta::testing::explore<shop, fulfilment>()); }

}  // namespace

// ---- the other service, played by hand

namespace trip {  // a contract has no body, so it cannot stand in a namespace without a name

using namespace lab;

struct paid     { int trip, cents; static constexpr auto id = gesta::integration_id{"bank.paid"}; };
struct refunded { int trip; static constexpr auto id = gesta::integration_id{"bank.refunded"}; };
struct declined { int why; static constexpr auto id = "bank.declined"; };
struct closed   { static constexpr auto id = "bank.closed"; };
struct pay      { int trip, cents; static constexpr auto id = "bank.pay"; };
struct refund   { int trip; static constexpr auto id = "bank.refund"; };
struct booked   { int trip; static constexpr auto id = gesta::integration_id{"air.booked"}; };
struct freed    { int trip; static constexpr auto id = gesta::integration_id{"air.freed"}; };
struct full     { static constexpr auto id = "air.full"; };
struct book_red  { int trip; static constexpr auto id = "air.book_red"; };
struct book_blue { int trip; static constexpr auto id = "air.book_blue"; };
struct free_red  { int trip; static constexpr auto id = "air.free_red"; };
struct free_blue { int trip; static constexpr auto id = "air.free_blue"; };
auto decide(const gesta::elsewhere&, const pay&) -> gesta::emits<paid>::or_rejects<declined>;
auto decide(const gesta::elsewhere&, const refund&) -> gesta::emits<refunded>::or_nothing::or_rejects<closed>;
auto decide(const gesta::elsewhere&, const book_red&) -> gesta::emits<booked>::or_rejects<full>;
auto decide(const gesta::elsewhere&, const book_blue&) -> gesta::emits<booked>::or_rejects<full>;
auto decide(const gesta::elsewhere&, const free_red&) -> gesta::emits<freed>::or_nothing;
auto decide(const gesta::elsewhere&, const free_blue&) -> gesta::emits<freed>::or_nothing;

struct planned { int trip; static constexpr auto id = "planned"; };
struct plan_it { int trip; };
struct state { bool is_planned = false; };
void evolve(state& s, const planned&) { s.is_planned = true; }
auto decide(const state&, const plan_it& c) -> gesta::emits<planned> { return planned{c.trip}; }
struct trips : gesta::aggregate<state, gesta::commands<plan_it>, gesta::by<"trip">> { static constexpr auto id = "trip"; };

struct begins { static constexpr auto id = "begins"; using begun_by = planned; };
struct pays {
  static constexpr auto id = "pays";
  static constexpr auto within = gesta::seconds(30);
  auto run(const planned& e) const -> pay { return {e.trip, 100}; }
  auto undo(const pay& c) const -> refund { return {c.trip}; }
  auto on(const declined&) const -> gesta::again<2> { return {.after = gesta::seconds(10)}; }
  auto on(const gesta::timed_out&) const -> gesta::again<1> { return {}; }
  auto on_undo(const closed&) const -> gesta::stuck { return {}; }
};
template <class Book, class Free>
struct flies {
  static constexpr auto id = gesta::event_id{Book::id};
  static constexpr auto within = gesta::seconds(60);
  auto run(const planned& e) const -> Book { return {e.trip}; }
  auto undo(const Book& c) const -> Free { return {c.trip}; }
  auto on(const full&) const -> gesta::compensate { return {}; }
  auto on(const gesta::timed_out&) const -> gesta::compensate { return {}; }
};
struct travel : gesta::saga<gesta::by<"trip">, begins, pays, gesta::any_of<flies<book_red, free_red>, flies<book_blue, free_blue>>> {
  static constexpr auto id = "travel";
};
struct agency : gesta::model<trips, travel> {};
struct desk { static constexpr auto id = "agency.desk"; };

/// A command as the other service gets it.
struct command {
  std::string type, id, answer_to, key, asker, saga, instance, step;
  std::uint64_t number, follows;
  bool is_undo;
};

/// The agency, the transport, and a service that is played by the test.
struct table {
  gesta::testing::afterlife log;
  hub_type hub{test_clock{}};
  wire_type wire{hub};
  decltype(gesta::start<agency>(gesta::testing::mortal_store{}, test_clock{})) app = gesta::start<agency>(gesta::testing::mortal_store{&log}, test_clock{});
  decltype(gesta::run_sagas(app)) sagas = gesta::run_sagas(app);
  gesta::asker<desk, decltype(app), wire_type> asks{app, wire};
  wire_type::connection link{wire};
  wire_type::subscription member = link.subscribe({.topics = topics, .group = "others", .from_beginning = true});
  gesta::exchanged last{};
  int answers = 0;

  static constexpr std::string_view topics[] = {"bank.pay", "bank.refund", "air.book_red", "air.book_blue", "air.free_red", "air.free_blue"};

  table() {
    time_now = 1000;
    app.handle(plan_it{7}).match([](const state&) {}, [](const gesta::failure& cause) { FAIL(cause.describe()); });
  }
  void poll() {
    REQUIRE(sagas.poll());
    last = asks.poll();
    INFO(last.why().describe());
    CHECK(last);
  }
  std::vector<command> commands() {
    poll();
    std::vector<command> all;
    std::vector<gesta::delivery_token> tokens;
    const auto take = [&](const gesta::delivered& one) {
      gesta::detail::request_line line;
      REQUIRE(gesta::detail::read_request(one, line) == nullptr);
      all.push_back({std::string(one.topic), std::string(one.id), std::string(line.answer_to), std::string(one.key), std::string(line.asker),
                     std::string(line.saga), std::string(line.instance), std::string(line.step), line.number, line.follows, line.is_undo});
      tokens.push_back(one.token);
    };
    while (member.receive(100, {}, take) != 0) {  // of one key one at a time
      for (const gesta::delivery_token token : tokens) CHECK(member.ack(token));
      tokens.clear();
    }
    return all;
  }
  void say(const command& to, gesta::detail::answer_is what, const char* type, const std::string& payload, unsigned version = 1) {
    gesta::detail::request_headers headers;
    const gesta::detail::answer_is how = what;
    const std::string id = "answer-" + std::to_string(++answers);
    std::string why;
    REQUIRE(headers.write({.asker = to.asker, .number = to.number, .follows = to.follows, .saga = to.saga, .instance = to.instance, .step = to.step, .is_undo = to.is_undo},
                          {.id = id, .source = "test", .type = type, .version = version, .content_type = gesta::detail::binary_content}, why, &how));
    REQUIRE(link.wait(link.publish({.topic = to.answer_to, .id = id, .key = to.key, .headers = headers.all(), .payload = payload}), {}) == gesta::acceptance::accepted);
    poll();
  }
  template <class Outcome>
  void say(const command& to, const Outcome& outcome) {
    std::string bytes;
    gesta::detail::encode_to(outcome, bytes);
    say(to, gesta::told_to_others<Outcome> ? gesta::detail::answer_is::an_event : gesta::detail::answer_is::a_rejection, gesta::id_of<Outcome>.name, bytes);
  }
  void say_nothing(const command& to) { say(to, gesta::detail::answer_is::nothing, "gesta.nothing", ""); }
  gesta::saga_standing::is stands() { return sagas.state<travel>(7).what; }
  std::vector<std::string> dead() {
    std::vector<std::string> causes;
    asks.letters([&](const gesta::dead_letter& one) { causes.emplace_back(one.cause); });
    return causes;
  }
};

using is = gesta::saga_standing::is;

TEST_CASE("refused, it is asked again as another request; not answered in time, as the same one") {
  table t;
  const auto first = t.commands();
  REQUIRE(first.size() == 1);
  CHECK(first[0].type == "bank.pay");
  CHECK(first[0].step == "pays");
  CHECK(first[0].asker == "agency.desk/00000000000000000000000000000000");
  CHECK(first[0].answer_to == "agency.desk.answers");
  CHECK(first[0].follows == 0);
  CHECK(t.commands().empty());
  t.say(first[0], declined{1});
  CHECK(t.commands().empty());  // not before ten seconds have passed
  time_now += 10;
  const auto second = t.commands();
  REQUIRE(second.size() == 1);
  CHECK(second[0].number != first[0].number);
  CHECK(second[0].id != first[0].id);
  time_now += 29;
  CHECK(t.commands().empty());
  time_now += 1;
  CHECK(t.sagas.poll().steps == 1);  // again<1> of timed_out: attempts are counted together, so it goes back
  const auto undo = t.commands();
  REQUIRE(undo.size() == 1);
  CHECK(undo[0].type == "bank.refund");
  CHECK(undo[0].follows == second[0].number);
  t.say_nothing(undo[0]);
  CHECK(t.stands() == is::compensated);
}

TEST_CASE("what is not answered in time is sent once more under its number, and the first answer counts") {
  table t;
  const auto first = t.commands();
  time_now += 130;  // behind the window in which the transport knows an id
  CHECK(t.commands().empty());  // its time has passed: gesta::again waits for a second
  time_now += 1;
  const auto again = t.commands();
  REQUIRE(again.size() == 1);
  CHECK(again[0].number == first[0].number);
  CHECK(again[0].id == first[0].id);
  t.say(again[0], paid{7, 100});
  CHECK(t.last.handled == 1);
  t.say(first[0], paid{7, 100});
  CHECK(t.last.ignored == 1);
  CHECK(t.sagas.ignored<travel>().late == 1);
  CHECK(t.commands().size() == 2);  // both flights
}

TEST_CASE("of two that are asked, the first success stands, and the other is undone elsewhere") {
  table t;
  t.say(t.commands().at(0), paid{7, 100});
  const auto both = t.commands();
  REQUIRE(both.size() == 2);
  t.say(both[1], booked{7});
  CHECK(t.commands().empty());
  t.say(both[0], booked{7});
  const auto undo = t.commands();
  REQUIRE(undo.size() == 1);
  CHECK(undo[0].type == "air.free_red");
  CHECK(undo[0].is_undo);
  CHECK(undo[0].follows == both[0].number);
  CHECK(t.stands() == is::going_on);
  t.say(undo[0], freed{7});
  CHECK(t.stands() == is::completed);
  t.say(undo[0], freed{7});
  CHECK(t.last.ignored == 1);
}

TEST_CASE("an undo that is not answered is sent again; refused, it waits for a person; retried, it is another request") {
  table t;
  const auto pay_it = t.commands();
  t.say(pay_it.at(0), paid{7, 100});
  for (const command& one : t.commands()) t.say(one, full{});
  const auto undo = t.commands();
  REQUIRE(undo.size() == 1);
  CHECK(undo[0].type == "bank.refund");
  CHECK(undo[0].follows == pay_it[0].number);
  CHECK(t.stands() == is::going_back);
  time_now += 130;  // `within` of the step is 30 seconds, and the transport knows an id for two minutes
  const auto again = t.commands();
  REQUIRE(again.size() == 1);
  CHECK(again[0].number == undo[0].number);
  t.say(again[0], closed{});
  CHECK(t.stands() == is::stuck);
  CHECK(t.commands().empty());
  CHECK(t.sagas.retry<travel>(7, "ann"));
  const auto retried = t.commands();
  REQUIRE(retried.size() == 1);
  CHECK(retried[0].number != undo[0].number);
  t.say_nothing(retried[0]);
  CHECK(t.stands() == is::compensated);
}

TEST_CASE("an answer behind its time is recorded, and changes nothing") {
  table t;
  const auto first = t.commands();
  time_now += 30;
  t.poll();
  time_now += 1 + 30;  // gesta::again waits for a second
  t.poll();  // exhausted: it goes back, and what may have been paid is paid back
  CHECK(t.stands() == is::going_back);
  t.say(first.at(0), paid{7, 100});
  CHECK(t.last.handled == 1);
  int late = 0;
  CHECK(t.app.each_event([&](const auto& event, const gesta::about&) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(event)>, gesta::saga_records::late<travel>>) late += event.outcome == "bank.paid";
  }));
  CHECK(late == 1);
  t.say(first.at(0), paid{7, 100});
  CHECK(t.last.ignored == 1);
  const auto undo = t.commands();
  REQUIRE(undo.size() == 1);
  t.say(undo[0], refunded{7});
  CHECK(t.stands() == is::compensated);
}

TEST_CASE("what nobody can read becomes a dead letter with its cause, and nobody waits for it") {
  table t;
  const auto first = t.commands();
  using answer = gesta::detail::answer_is;
  const auto with = [&](auto change) {
    command one = first.at(0);
    change(one);
    return one;
  };
  t.say(with([](command& c) { c.asker = "agency.desk/00000000000000000000000000000001"; }), paid{7, 100});
  t.say(with([](command& c) { c.saga = "journey"; }), paid{7, 100});
  t.say(with([](command& c) { c.instance = "00"; }), paid{7, 100});
  t.say(with([](command& c) { c.instance = "no"; }), paid{7, 100});
  t.say(with([](command& c) { c.instance = gesta::detail::hex_of(std::string(c.instance.size() / 2, '\5')); }), paid{7, 100});
  t.say(with([](command& c) { c.step = "walks"; }), paid{7, 100});
  t.say(first[0], answer::an_event, "bank.paid", "garbage");
  t.say(first[0], answer::an_event, "bank.stolen", "");
  t.say(first[0], answer::an_event, "bank.paid", std::string(8, '\0'), 2);
  t.say_nothing(first[0]);
  const std::vector<std::string> causes = {"it answers a request of another log than this one",
                                           "the model has no such saga",
                                           "there is no such instance",
                                           "there is no such instance",
                                           "there is no such instance",
                                           "the saga has no such step",
                                           "the outcome cannot be read",
                                           "the contract of the command names no such outcome",
                                           "the outcome is of a version that is not known here",
                                           "the contract of the command names no such outcome"};
  CHECK(t.dead() == causes);
  CHECK(t.link.wait(t.link.publish({.topic = "agency.desk.answers", .id = "x", .key = "k", .headers = {}, .payload = "?"}), {}) == gesta::acceptance::accepted);
  t.poll();
  CHECK(t.dead().size() == causes.size() + 1);
  gesta::delivery_token token = 0;
  t.asks.letters([&](const gesta::dead_letter& one) { return token = one.message.token, false; });
  CHECK(t.asks.retry(token));
  CHECK(t.dead().size() == causes.size());
  t.poll();
  CHECK(t.last.parked == 1);
  t.asks.letters([&](const gesta::dead_letter& one) { return token = one.message.token, false; });
  CHECK(t.asks.discard(token));
  CHECK_FALSE(t.asks.retry(token));
  CHECK(t.dead().size() == causes.size());
  t.say(first[0], paid{7, 100});
  CHECK(t.last.handled == 1);
  CHECK(t.commands().size() == 2);
}

TEST_CASE("while a batch is open nothing is asked, for nothing of it is kept") {
  table t;
  auto batch = t.app.batch();
  const gesta::exchanged made = t.asks.poll();
  CHECK(!made);
  CHECK(made.why().why == gesta::failure::kind::busy);
}

}  // namespace trip
