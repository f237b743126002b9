// Commands of other services: each is decided once, and answered the same however often it comes.
#include <gesta/runtime/serve.hpp>

#include <doctest/doctest.h>

#include <gesta/runtime/inlined.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <string>
#include <vector>

#include "../folder.hpp"
#include "remote_lab.hpp"

namespace far {

using namespace lab;

struct told    { int seat; static constexpr auto id = gesta::integration_id{"far.told"}; };
struct warned  { int seat; static constexpr auto id = gesta::integration_id{"far.warned"}; };
struct taken_already { int seat; static constexpr auto id = "far.taken_already"; };
struct sit     { int seat; gesta::text<8> who; static constexpr auto id = "far.sit"; };
struct shout   { int seat; static constexpr auto id = "far.shout"; };
auto decide(const gesta::elsewhere&, const sit&) -> gesta::emits<told>::or_nothing::or_rejects<taken_already>;
auto decide(const gesta::elsewhere&, const shout&) -> gesta::emits<told, warned>;

struct sat     { int seat; gesta::text<8> who; static constexpr auto id = "sat"; using tags = gesta::tags<"seat">; };
struct counted { int seat; static constexpr auto id = "counted"; };
struct shouted { int seat; int times; static constexpr auto id = "shouted"; };
inline auto publish(const sat& e) -> told { return {e.seat}; }
inline auto publish(const shouted& e) -> warned { return {e.seat + 100 * e.times}; }

struct seat { gesta::text<8> who; using tags = gesta::tags<"seat">; };
inline void evolve(seat& s, const sat& e) { s.who = e.who; }
inline auto decide(const seat& s, const sit& c) -> gesta::emits<sat>::or_nothing::or_rejects<taken_already> {
  if (s.who == c.who) return gesta::no_change;
  if (s.who.size() != 0) return taken_already{c.seat};
  return sat{c.seat, c.who};
}
struct voice { int times = 0; };
inline void evolve(voice& v, const counted&) { ++v.times; }
inline void evolve(voice&, const shouted&) {}
inline auto decide(const voice& v, const shout& c) -> gesta::emits<counted, shouted> {
#if __cpp_exceptions
  if (c.seat == 99) throw 1;
#endif
  return gesta::emit(counted{c.seat}, shouted{c.seat, v.times + 1});
}
struct seats : gesta::boundary<gesta::states<seat>, gesta::commands<sit>> { static constexpr auto id = "seats"; };
struct voices : gesta::aggregate<voice, gesta::commands<shout>, gesta::by<"seat">> { static constexpr auto id = "voice"; };
struct hall : gesta::model<seats, voices, shelves, parcels> {};
struct desk { static constexpr auto id = "far.desk"; };

struct answer {
  std::string type, id, payload;
  gesta::detail::answer_is what;
  std::uint64_t number;
};

struct table {
  gesta::testing::afterlife log;
  hub_type hub;
  wire_type wire{hub};
  using app_type = decltype(gesta::start<hall>(gesta::testing::mortal_store{}, test_clock{}));
  app_type app = gesta::start<hall>(gesta::testing::mortal_store{&log}, test_clock{});
  gesta::server<desk, app_type, wire_type, sit, shout, reserve, release> serves{app, wire};
  wire_type::connection link{wire};
  wire_type::subscription member = link.subscribe({.topics = topics, .group = "asker", .from_beginning = true});
  gesta::exchanged last{};
  int sent = 0;

  static constexpr std::string_view topics[] = {"asker.answers"};

  explicit table(gesta::message_room room = {}) : hub(test_clock{}, room) { time_now = 1000; }
  void put(const char* topic, std::uint64_t number, const std::string& payload, std::uint64_t follows = 0, unsigned version = 1,
           std::string_view content = gesta::detail::binary_content) {
    gesta::detail::request_headers headers;
    const std::string id = "command-" + std::to_string(++sent);
    std::string why;
    REQUIRE(headers.write({.asker = "asker", .number = number, .follows = follows, .answer_to = "asker.answers", .saga = "s", .instance = "07", .step = "p",
                           .is_undo = follows != 0},
                          {.id = id, .source = "test", .type = topic, .version = version, .correlation = {1, number}, .content_type = content}, why));
    REQUIRE(link.wait(link.publish({.topic = topic, .id = id, .key = id, .headers = headers.all(), .payload = payload}), {}) == gesta::acceptance::accepted);
  }
  template <class Command>
  void put(std::uint64_t number, const Command& command, std::uint64_t follows = 0) {
    std::string bytes;
    gesta::detail::encode_to(command, bytes);
    put(gesta::id_of<Command>.name, number, bytes, follows);
  }
  std::vector<answer> answers() {
    last = serves.poll();
    std::vector<answer> all;
    std::vector<gesta::delivery_token> tokens;
    const auto take = [&](const gesta::delivered& one) {
      gesta::detail::request_line line;
      gesta::cloud_event_read event;
      answer made{};
      REQUIRE(gesta::detail::read_request(one, line) == nullptr);
      REQUIRE(gesta::detail::read_answer(one, made.what));
      REQUIRE(event.read(one.headers));
      CHECK(line.asker == "asker");
      CHECK(line.instance == "07");
      CHECK(event.what().correlation == gesta::message_id{1, line.number});
      CHECK(event.what().causation == gesta::detail::id_of_request("asker", line.number));
      made.type = event.what().type;
      made.id = event.what().id;
      made.payload = one.payload;
      made.number = line.number;
      all.push_back(made);
      tokens.push_back(one.token);
    };
    while (member.receive(100, {}, take) != 0) {
      for (const gesta::delivery_token token : tokens) CHECK(member.ack(token));
      tokens.clear();
    }
    return all;
  }
  std::vector<std::string> dead() {
    std::vector<std::string> causes;
    serves.letters([&](const gesta::dead_letter& one) { causes.emplace_back(one.cause); });
    return causes;
  }
};

template <class Outcome>
Outcome read(const answer& from) {
  Outcome outcome{};
  CHECK(from.type == gesta::id_of<Outcome>.name);
  CHECK(gesta::detail::decode_from(from.payload, outcome));
  return outcome;
}

TEST_CASE("an event, a rejection and nothing are answered, and the same again when the command comes again") {
  table t;
  for (int times = 0; times < 2; ++times) {
    t.put(1, sit{3, "ann"});
    t.put(2, sit{3, "bob"});
    t.put(3, sit{3, "ann"});
    const auto all = t.answers();
    REQUIRE(all.size() == 3);
    CHECK(all[0].what == gesta::detail::answer_is::an_event);
    CHECK(read<told>(all[0]).seat == 3);
    CHECK(all[1].what == gesta::detail::answer_is::a_rejection);
    CHECK(read<taken_already>(all[1]).seat == 3);
    CHECK(all[2].what == gesta::detail::answer_is::nothing);
    CHECK(t.last.handled == (times == 0 ? 3 : 0));
    CHECK(t.last.ignored == (times == 0 ? 0 : 3));
    time_now += 200;  // behind the window in which the transport knows the id of an answer
  }
  CHECK(t.log.events.size() == 1);
  CHECK(t.log.events[0].from.correlation == gesta::message_id{1, 1});
  CHECK(t.log.events[0].from.causation == gesta::detail::id_of_request("asker", 1));
}

TEST_CASE("of several events the last that the contract names is the answer, also when more was recorded since") {
  table t;
  t.put(1, shout{5});
  t.put(2, shout{5});
  const auto all = t.answers();
  REQUIRE(all.size() == 2);
  CHECK(read<warned>(all[0]).seat == 105);
  CHECK(read<warned>(all[1]).seat == 205);
  time_now += 200;
  t.put(1, shout{5});
  const auto again = t.answers();
  REQUIRE(again.size() == 1);
  CHECK(read<warned>(again[0]).seat == 105);
  CHECK(t.log.events.size() == 4);
}

TEST_CASE("an undo that comes before what it undoes keeps that from being done") {
  table t;
  t.put(9, release{4, 1}, 8);
  t.put(8, reserve{4, 1});
  const auto all = t.answers();
  REQUIRE(all.size() == 2);
  CHECK(all[0].what == gesta::detail::answer_is::nothing);
  CHECK(all[1].what == gesta::detail::answer_is::nothing);
  CHECK(t.log.events.empty());
  t.put(18, reserve{4, 1});  // and behind it, it undoes it
  t.put(19, release{4, 1}, 18);
  const auto later = t.answers();
  REQUIRE(later.size() == 2);
  CHECK(read<reserved>(later[0]).item == 1);
  CHECK(read<released>(later[1]).item == 1);
  CHECK(t.app.state<shelves>(1).out == 0);
}

TEST_CASE("what nobody can read becomes a dead letter with its cause, and keeps nobody waiting") {
  table t;
  const std::string good(16, '\0');
  t.put("far.shout", 1, "garbage");
  t.put("far.shout", 2, "");
  t.put("far.shout", 3, good.substr(12), 0, 2);
  t.put("far.shout", 4, "{\"seat\":1}", 0, 1, "application/json");
  t.put("far.shout", 0, good.substr(12));
  CHECK(t.link.wait(t.link.publish({.topic = "far.shout", .id = "x", .key = "k", .headers = {}, .payload = "?"}), {}) == gesta::acceptance::accepted);
  t.put(5, shout{1});
  const auto all = t.answers();
  REQUIRE(all.size() == 1);
  CHECK(all[0].number == 5);
  CHECK(t.last.parked == 6);
  const std::vector<std::string> causes = {"the command cannot be read",
                                           "the command cannot be read",
                                           "the command is of a version that is not known here",
                                           "the command is in a form that is not read here",
                                           "it has no number, and could not be told from another one",
                                           "it does not say who asks, or with more than 64 characters"};
  CHECK(t.dead() == causes);
  CHECK(t.log.events.size() == 2);

  gesta::delivery_token token = 0;
  t.serves.letters([&](const gesta::dead_letter& one) { return token = one.message.token, false; });
  CHECK(t.serves.discard(token));
  CHECK_FALSE(t.serves.discard(token));
  CHECK(t.dead().size() == 5);
  t.serves.letters([&](const gesta::dead_letter& one) { return token = one.message.token, false; });
  CHECK(t.serves.retry(token));  // nobody reads it yet
  CHECK(t.dead().size() == 4);
  CHECK(t.answers().empty());
  CHECK(t.last.parked == 1);
  CHECK(t.dead().size() == 5);
}

TEST_CASE("an answer for which the transport has no room is given when it has; one that it never takes is a dead letter") {
  table t({.messages = 2});
  t.put(1, shout{1});
  t.put(2, shout{2});
  CHECK(t.serves.poll().sent == 2);
  t.put(3, shout{3});
  for (int times = 0; times < 20; ++times, ++time_now) {
    const gesta::exchanged full = t.serves.poll();
    CHECK(full.why().why == gesta::failure::kind::full);
    CHECK(full.parked + full.refused == 0);
  }
  CHECK(t.log.events.size() == 6);
  CHECK(t.answers().size() == 2);
  ++time_now;
  const auto all = t.answers();
  REQUIRE(all.size() == 1);
  CHECK(all[0].number == 3);
  CHECK(t.dead().empty());

  gesta::detail::request_headers headers;
  std::string why, bytes;
  gesta::detail::encode_to(shout{4}, bytes);
  REQUIRE(headers.write({.asker = "asker", .number = 4, .answer_to = "no topic", .saga = "s", .instance = "07", .step = "p"},
                        {.id = "c", .source = "test", .type = "far.shout", .content_type = gesta::detail::binary_content}, why));
  CHECK(t.link.publish({.topic = "far.shout", .id = "c", .key = "c", .headers = headers.all(), .payload = bytes}) != 0);
  CHECK(t.answers().empty());
  REQUIRE(t.dead().size() == 1);
  CHECK(t.dead()[0].find("its answer was refused: the topic") == 0);
}

#if __cpp_exceptions
TEST_CASE("a command whose decision throws is tried ten times, and then put aside; the others go on") {
  table t;
  t.put(1, shout{99});
  t.put(2, shout{5});
  const auto all = t.answers();
  REQUIRE(all.size() == 1);
  CHECK(all[0].number == 2);
  for (int times = 0; times < 12; ++times) {
    ++time_now;
    CHECK(t.answers().empty());
  }
  REQUIRE(t.dead().size() == 1);
  CHECK(t.dead()[0].find("an exception: ") == 0);
  CHECK(t.log.events.size() == 2);
}

struct noted_seat { int seat = 0, times = 0; };
inline void project(noted_seat& r, const counted&) { ++r.times; }
struct by_seat : gesta::projection<gesta::rows<noted_seat, "seat">> { static constexpr auto id = "by_seat"; };
inline int locate(const by_seat&, const counted& e) {
  if (e.seat == 98) throw 98;
  return e.seat;
}
struct noted_hall : gesta::model<seats, voices, shelves, parcels, by_seat> {};

TEST_CASE("a command whose commit an inlined view is in the way of comes again, and the others go on") {
  table t;
  const folder here;
  auto app = gesta::start<noted_hall>(gesta::sqlite_store{.path = here / "hall.db", .level = gesta::durability::process}, test_clock{}, gesta::inlined<by_seat>{});
  auto serves = gesta::serve<desk, sit, shout, reserve, release>(app, t.wire);
  t.put(1, shout{4});
  t.put(2, shout{98});
  t.put(3, shout{5});
  for (int times = 0; times < 3; ++times, ++time_now) {
    const gesta::exchanged made = serves.poll();
    CHECK(made.why().why == gesta::failure::kind::interrupted);
    CHECK(made.passes);
    CHECK(made.handled == (times == 0 ? 2 : 0));
  }
  for (const int seat : {4, 5}) {
    const noted_seat* const row = app.row<by_seat>(seat);
    CHECK((row != nullptr && row->times == 1));
  }
  CHECK(t.dead().empty());
}
#endif

}  // namespace far
