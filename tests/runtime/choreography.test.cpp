// A choreography runs in the commits of what it reacts to, with the facts that its reactions ask for.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "../../examples/dance.hpp"
#include "../folder.hpp"

namespace {

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, dance> {};
// The same without anybody who reacts: what a program recorded before there was a choreography, or one that only takes orders.
struct counter_only : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels> {};

struct standing {
  bool placed, confirmed;
  order::cause cancelled;
  int paid, left, reserved;
  bool shipped;

  bool operator==(const standing&) const = default;
};
template <class App>
standing of(App& app, int order, int item) {
  const auto o = app.template state<order::orders>(order);
  const auto s = app.template state<stock::stocks>(item);
  return {o.placed, o.confirmed, o.cancelled, app.template state<payment::payments>(order).held, s.left, s.held,
          app.template state<shipping::parcels>(order).shipped};
}
template <class App, class Command>
bool accepted(App& app, const Command& command) {
  bool yes = true;
  app.handle(command).match([](const auto&) {}, [&](const payment::card_declined&) { yes = false; }, [&](const stock::sold_out&) { yes = false; },
                            [&](const shipping::undeliverable&) { yes = false; }, [&](const gesta::failure&) { yes = false; });
  return yes;
}

gesta::sqlite_store in(const std::string& path) { return {.path = path, .level = gesta::durability::process}; }

template <class App>
std::vector<std::string> names_since(App& app, std::uint64_t position) {
  std::vector<std::string> names;
  const auto read = app.read({.after = position}, [&](const auto& event, const gesta::about&) { names.push_back(gesta::id_of<std::remove_cvref_t<decltype(event)>>.name); });
  CHECK(static_cast<bool>(read));
  return names;
}

template <class Start>
void dances_in_all_outcomes(Start start) {
  auto app = start();
  CHECK(accepted(app, order::place{1, 5, 100}));
  CHECK(of(app, 1, 5) == standing{true, true, order::cause::none, 100, 2, 1, true});

  CHECK(accepted(app, order::place{2, 5, 900'00}));
  CHECK(of(app, 2, 5) == standing{false, false, order::cause::payment, 0, 2, 1, false});

  const std::uint64_t before = app.last_position();
  CHECK(accepted(app, order::place{7, 5, 70}));
  CHECK(of(app, 7, 5) == standing{false, false, order::cause::shipping, 0, 2, 1, false});
  CHECK(names_since(app, before) == std::vector<std::string>{"order.placed", "payment.charged", "stock.reserved", "stock.released", "payment.refunded", "order.cancelled"});

  CHECK(accepted(app, order::place{3, 5, 100}));
  CHECK(accepted(app, order::place{4, 5, 100}));
  CHECK(accepted(app, order::place{5, 5, 50}));
  CHECK(of(app, 5, 5) == standing{false, false, order::cause::stock, 0, 0, 3, false});
  CHECK(of(app, 1, 5) == standing{true, true, order::cause::none, 100, 0, 3, true});
}

}  // namespace

TEST_CASE("the dance comes to its end in every outcome, in memory") {
  dances_in_all_outcomes([] { return gesta::start<shop>(gesta::memory_store{}); });
}

TEST_CASE("the dance comes to its end in every outcome, in SQLite, and is read back as it was") {
  folder f;
  dances_in_all_outcomes([&] { return gesta::start<shop>(in(f / "a.db")); });
  auto again = gesta::start<shop>(in(f / "a.db"));
  CHECK(of(again, 5, 5) == standing{false, false, order::cause::stock, 0, 0, 3, false});
  CHECK(of(again, 7, 5) == standing{false, false, order::cause::shipping, 0, 0, 3, false});
}

TEST_CASE("a beginning that comes twice under one name begins one process") {
  folder f;
  auto app = gesta::start<shop>(in(f / "a.db"));
  const auto place = [&] { app.handle(order::place{1, 5, 100}, gesta::once{"web", 17}).match([](const order::state&) {}, [](const gesta::failure&) { FAIL("failed"); }); };
  place();
  const std::uint64_t last = app.last_position();
  place();
  CHECK(app.last_position() == last);
  CHECK(of(app, 1, 5) == standing{true, true, order::cause::none, 100, 2, 1, true});
}

TEST_CASE("facts of before a restart are there: they are folded from the log anew") {
  folder f;
  {
    auto before = gesta::start<counter_only>(in(f / "a.db"));
    CHECK(accepted(before, order::place{7, 6, 100}));
    CHECK(accepted(before, payment::charge{7, 80}));
  }
  auto app = gesta::start<shop>(in(f / "a.db"));
  CHECK(accepted(app, stock::reserve{7, 6}));  // reserved, undeliverable: released by what was placed, refunded by what was charged
  CHECK(of(app, 7, 6) == standing{false, false, order::cause::shipping, 0, 3, 0, false});
  CHECK(names_since(app, 2) == std::vector<std::string>{"stock.reserved", "stock.released", "payment.refunded", "order.cancelled"});
}

TEST_CASE("facts that another app of the file recorded are taken in before it is reacted to") {
  folder f;
  auto app = gesta::start<shop>(in(f / "a.db"));
  auto other = gesta::start<counter_only>(in(f / "a.db"));
  CHECK(accepted(other, order::place{1, 6, 100}));
  CHECK(accepted(app, payment::charge{1, 80}));
  CHECK(of(app, 1, 6) == standing{true, true, order::cause::none, 80, 2, 1, true});
  CHECK(accepted(other, order::place{2, 6, 100}));
  REQUIRE(app.catch_up());
  CHECK(accepted(app, payment::charge{2, 80}));
  CHECK(of(app, 2, 6) == standing{true, true, order::cause::none, 80, 1, 2, true});
}

TEST_CASE("a reaction whose sure fact is missing does not act: the event belongs to no process that was begun") {
  auto app = gesta::start<shop>(gesta::memory_store{});
  CHECK(accepted(app, payment::charge{1, 80}));
  CHECK(of(app, 1, 0) == standing{false, false, order::cause::none, 80, 3, 0, false});
}

namespace {

template <class Start>
void takes_facts_back(Start start) {
  auto app = start();
  CHECK(accepted(app, order::place{7, 5, 100}));  // undeliverable: all undone, and the fact stays that item 5 was placed
  {
    auto batch = app.batch();
    CHECK(accepted(batch, order::place{7, 6, 100}));
    CHECK(accepted(batch, order::place{1, 6, 100}));
    CHECK(of(app, 1, 6).confirmed);
  }  // not committed
  CHECK(of(app, 1, 6) == standing{false, false, order::cause::none, 0, 3, 0, false});
  CHECK(accepted(app, payment::charge{1, 100}));  // of order 1 nothing was placed
  CHECK(of(app, 1, 6) == standing{false, false, order::cause::none, 100, 3, 0, false});

  const std::uint64_t before = app.last_position();
  CHECK(accepted(app, payment::charge{7, 100}));  // and of order 7 it is item 5 that was placed
  std::vector<int> items;
  const auto read = app.read({.after = before}, [&](const auto& event, const gesta::about&) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(event)>, stock::reserved>) items.push_back(event.item);
  });
  CHECK(static_cast<bool>(read));
  CHECK(items == std::vector<int>{5});
}

}  // namespace

TEST_CASE("facts of a batch that is not committed are taken back, in memory") {
  takes_facts_back([] { return gesta::start<shop>(gesta::memory_store{}); });
}

TEST_CASE("facts of a batch that is not committed are taken back, in SQLite") {
  folder f;
  takes_facts_back([&] { return gesta::start<shop>(in(f / "a.db")); });
}

// ---- several commands, and who hears their refusals

namespace post {

struct closed   { int job, count, bad; static constexpr auto id = "post.closed"; };
struct close    { int job, count, bad; };
struct told     { int job, whom;       static constexpr auto id = "post.told"; };
struct tell     { int job, whom, bad; };
struct nowhere  { int whom;            static constexpr auto id = "post.nowhere"; };
struct state    { int told = 0; };
void evolve(state&, const closed&) {}
void evolve(state& s, const told&) { ++s.told; }
auto decide(const state&, const close& c) -> gesta::emits<closed> { return closed{c.job, c.count, c.bad}; }
auto decide(const state&, const tell& c) -> gesta::emits<told>::or_rejects<nowhere> {
  if (c.whom == c.bad) return nowhere{c.whom};
  return told{c.job, c.whom};
}
struct posts : gesta::aggregate<state, gesta::commands<close, tell>, gesta::by<"job">> { static constexpr auto id = "post"; };

struct heard { std::string who; int job, whom, count; std::uint64_t position; bool operator==(const heard&) const = default; };
std::vector<heard> all_heard;

struct crier { static constexpr auto id = "crier"; };
auto react(const crier&, const closed& e) -> gesta::many<tell> {
  gesta::many<tell> all;
  for (int i = 1; i <= e.count; ++i) all.push_back({e.job, i, e.bad});
  return all;
}
void react(const crier&, const tell& asked, const nowhere& no, const gesta::about& cause) { all_heard.push_back({"crier", asked.job, no.whom, 0, cause.position}); }
struct clerk { static constexpr auto id = "clerk"; };
// Two facts and what caused it all, in one reaction.
void react(const clerk&, const tell& asked, const nowhere& no, const closed& job, const told* last, const gesta::about& cause) {
  all_heard.push_back({last ? "clerk after " + std::to_string(last->whom) : "clerk", asked.job, no.whom, job.count, cause.position});
}

struct round : gesta::choreography<gesta::by<"job">, gesta::begins<closed>, gesta::completes<closed>, gesta::reactors<crier, clerk>> {
  static constexpr auto id = "round";
};
struct office : gesta::model<posts, round> {};

}  // namespace post

TEST_CASE("several commands are asked in order until one is refused; what was answered stays, and all of the choreography hear the refusal") {
  folder f;
  auto app = gesta::start<post::office>(in(f / "a.db"));
  const auto close = [&](int job, int count, int bad) {
    post::all_heard.clear();
    app.handle(post::close{job, count, bad}).match([](const post::state&) {}, [](const gesta::failure& why) { FAIL(why.describe()); });
    return app.state<post::posts>(job).told;
  };
  CHECK(close(1, 0, 0) == 0);
  CHECK(post::all_heard.empty());
  CHECK(close(2, 3, 0) == 3);
  CHECK(post::all_heard.empty());
  CHECK(close(3, 5, 3) == 2);
  CHECK(post::all_heard == std::vector<post::heard>{{"crier", 3, 3, 0, 6}, {"clerk after 2", 3, 3, 5, 6}});
  CHECK(close(4, 5, 1) == 0);
  CHECK(post::all_heard == std::vector<post::heard>{{"crier", 4, 1, 0, 9}, {"clerk", 4, 1, 5, 9}});
}

TEST_CASE("more commands because of one event than a step has bits for are each a request of its own") {
  auto app = gesta::start<post::office>(gesta::memory_store{});
  app.handle(post::close{1, 70'000, 0});
  CHECK(app.state<post::posts>(1).told == 70'000);
}

// ---- a cycle that is allowed

namespace ball {

struct served { int game; int left; static constexpr auto id = "ball.served"; };
struct hit    { int game;           static constexpr auto id = "ball.hit"; };
struct serve  { int game, left; };
struct play   { int game; };
struct state  { int left = 0; int hits = 0; };
void evolve(state& s, const served& e) { s.left = e.left; }
void evolve(state& s, const hit&) { --s.left; ++s.hits; }
auto decide(const state&, const serve& c) -> gesta::emits<served> { return served{c.game, c.left}; }
auto decide(const state& s, const play& c) -> gesta::emits<hit>::or_nothing {
  if (s.left == 0) return gesta::no_change;
  return hit{c.game};
}
struct games : gesta::aggregate<state, gesta::commands<serve, play>, gesta::by<"game">> { static constexpr auto id = "game"; };
struct player {
  static constexpr auto id = "player";
  using cycle = gesta::allow_cycle<"the ball is out in the end", 4>;
};
auto react(const player&, const served& e) -> play { return {e.game}; }
auto react(const player&, const hit& e, const served&) -> play { return {e.game}; }
struct match : gesta::choreography<gesta::by<"game">, gesta::begins<served>, gesta::completes<served>, gesta::reactors<player>> {
  static constexpr auto id = "match";
};
struct court : gesta::model<games, match> {};

}  // namespace ball

TEST_CASE("the bound of an allowed cycle is held where reactions ask for facts, and the facts of what is beyond it are taken back") {
  auto app = gesta::start<ball::court>(gesta::memory_store{});
  app.handle(ball::serve{1, 3}).match([](const ball::state& s) { CHECK(s.hits == 3); }, [](const gesta::failure& why) { FAIL(why.describe()); });
  app.handle(ball::serve{2, 4}).match([](const ball::state&) { FAIL("went on"); },
                                      [](const gesta::failure& why) { CHECK(why.why == gesta::failure::kind::chain_too_long); });
  CHECK(app.state<ball::games>(2).hits == 0);
  CHECK(app.last_position() == 4);
  // Nothing was served in game 2, so nobody hits back by himself.
  app.handle(ball::serve{1, 2}).match([](const ball::state& s) { CHECK(s.hits == 5); }, [](const gesta::failure& why) { FAIL(why.describe()); });
}
