#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>

#include <string>
#include <vector>

#include "shared_store.hpp"

// On a store that is shared and can fail: decisions are made anew when others were faster, and what fails leaves nothing.
// How the apps keep states; conflict_cached.test.cpp says otherwise.
#ifndef STATES
#define STATES
#endif

namespace {

struct deposited {
  int amount;
  static constexpr auto id = "deposited";
};
struct withdrawn {
  int amount;
  static constexpr auto id = "withdrawn";
};
struct deposit {
  int amount;
};
struct withdraw {
  int amount;
};
struct insufficient_funds {
  int missing;
  static constexpr auto id = "insufficient_funds";
};
struct account {
  int balance = 0;
};
int decisions = 0;
void evolve(account& a, const deposited& e) { a.balance += e.amount; }
void evolve(account& a, const withdrawn& e) { a.balance -= e.amount; }
auto decide(const account&, const deposit& c) -> gesta::emits<deposited>::or_nothing {
  ++decisions;
  if (c.amount == 0) return gesta::no_change;
  return deposited{c.amount};
}
auto decide(const account& a, const withdraw& c) -> gesta::emits<withdrawn>::or_rejects<insufficient_funds> {
  ++decisions;
  if (c.amount > a.balance) return insufficient_funds{c.amount - a.balance};
  return withdrawn{c.amount};
}
struct accounts : gesta::aggregate<account, gesta::commands<deposit, withdraw>> {
  static constexpr auto id = "account";
};
struct journal {
  std::vector<std::string> lines;
};
void note(journal& j, const char* what, int amount, const gesta::about& a) {
  j.lines.push_back(std::to_string(a.position) + " " + std::string(a.key.data, a.key.size) + " v" + std::to_string(a.version) + " " + what + " " +
                    std::to_string(amount));
}
void project(journal& j, const deposited& e, const gesta::about& a) { note(j, "in", e.amount, a); }
void project(journal& j, const withdrawn& e, const gesta::about& a) { note(j, "out", e.amount, a); }
struct journals : gesta::projection<journal, gesta::follows<accounts>> {
  static constexpr auto id = "journal";
};
struct bank : gesta::model<accounts, journals> {};

using lines = std::vector<std::string>;

std::string told(const auto& outcome) {
  return outcome.match([](const account& a) { return "balance " + std::to_string(a.balance); },
                       [](const insufficient_funds& no) { return "short of " + std::to_string(no.missing); },
                       [](const gesta::conflict& c) { return "version " + std::to_string(c.actual); },
                       [](const gesta::failure& f) { return std::string("failed: ") + f.describe(); });
}

/// Two apps on one disk; the second acts while the first is about to commit, so many times.
struct two_apps {
  shared::disk disk;
  decltype(gesta::start<bank>(shared::store{} STATES)) mine = gesta::start<bank>(shared::store{&disk} STATES);
  decltype(gesta::start<bank>(shared::store{} STATES)) other = gesta::start<bank>(shared::store{&disk} STATES);

  int left = 0;
  template <class Act>
  void interfere(int times, Act act) {
    left = times;
    disk.before_commit = [this, act] {
      if (left-- > 0) act(other);
    };
  }
};

}  // namespace

TEST_CASE("a decision is made anew on what others recorded meanwhile") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  t.interfere(1, [](auto& other) { CHECK(told(other.handle("a", withdraw{50})) == "balance 50"); });
  CHECK(told(t.mine.handle("a", withdraw{80})) == "short of 30");
  CHECK(t.mine.state<accounts>("a").balance == 50);
  CHECK(t.mine.version<accounts>("a") == 2);

  t.interfere(1, [](auto& other) { CHECK(told(other.handle("a", deposit{30})) == "balance 80"); });
  CHECK(told(t.mine.handle("a", withdraw{20})) == "balance 60");
  CHECK(t.mine.view<journal>().lines == lines{"1 a v1 in 100", "2 a v2 out 50", "3 a v3 in 30", "4 a v4 out 20"});
  CHECK(told(t.other.handle("a", deposit{0})) == "balance 60");
  CHECK(t.other.view<journal>().lines == t.mine.view<journal>().lines);
}

TEST_CASE("a conflict that the store finds at the append is the same") {
  two_apps t;
  t.disk.sees_conflict_at_append = true;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  t.interfere(1, [](auto& other) { CHECK(told(other.handle("a", withdraw{50})) == "balance 50"); });
  decisions = 0;
  CHECK(told(t.mine.handle("a", withdraw{20})) == "balance 30");
  CHECK(decisions == 3);
  CHECK(t.disk.events.size() == 3);
}

TEST_CASE("others who write between the taking back and the next attempt are counted once") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  t.disk.fails_at_commit = gesta::failure::kind::conflict;
  t.disk.failing_commits = 1;
  t.disk.after_rollback = [&] { CHECK(told(t.other.handle("a", deposit{10})) == "balance 110"); };
  CHECK(told(t.mine.handle("a", deposit{1})) == "balance 111");
  CHECK(t.mine.version<accounts>("a") == 3);
}

TEST_CASE("a conflict that comes back every time is a failure in the end, and leaves nothing") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  t.interfere(1000, [](auto& other) { CHECK(told(other.handle("b", deposit{1})).starts_with("balance")); });
  decisions = 0;
  CHECK(told(t.mine.handle("a", deposit{7}, gesta::once{"test", 1})) == "failed: others wrote");
  const int attempts = decisions / 2;  // each of mine, and one of the other's
  CHECK(attempts == 1 + gesta::detail::conflict_retries);
  t.interfere(0, [](auto&) {});
  CHECK(t.mine.state<accounts>("a").balance == 100);
  CHECK(t.mine.version<accounts>("a") == 1);
  const auto later = t.mine.handle("a", deposit{7}, gesta::once{"test", 1});
  CHECK_FALSE(later.repeated());
  CHECK(told(later) == "balance 107");
}

TEST_CASE("an expected version is compared anew in each attempt") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  t.interfere(1, [](auto& other) { CHECK(told(other.handle("a", deposit{1})) == "balance 101"); });
  CHECK(told(t.mine.handle("a", withdraw{5}, gesta::expected{1})) == "version 2");
  CHECK(t.disk.events.size() == 2);
}

TEST_CASE("a request that another app has handled meanwhile gives its outcome") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  t.interfere(1, [](auto& other) { CHECK(told(other.handle("a", deposit{5}, gesta::once{"test", 1})) == "balance 105"); });
  const auto outcome = t.mine.handle("a", deposit{5}, gesta::once{"test", 1});
  CHECK(outcome.repeated());
  CHECK(outcome.version() == 2);
  CHECK(told(outcome) == "balance 105");
  CHECK(t.disk.events.size() == 2);
}

TEST_CASE("a commit that fails leaves states, views, versions and outcomes as they were") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  t.disk.fails_at_commit = gesta::failure::kind::input_output;
  t.disk.failing_commits = 2;
  decisions = 0;
  CHECK(told(t.mine.handle("a", deposit{1}, gesta::once{"test", 1})) == "failed: the disk is gone");
  CHECK(told(t.mine.handle("new", deposit{1})) == "failed: the disk is gone");
  CHECK(decisions == 2);  // only a conflict is tried again
  CHECK(t.mine.state<accounts>("a").balance == 100);
  CHECK(t.mine.version<accounts>("a") == 1);
  CHECK(t.mine.version<accounts>("new") == 0);
  CHECK(t.mine.last_position() == 1);
  CHECK(t.mine.view<journal>().lines == lines{"1 a v1 in 100"});
  const auto again = t.mine.handle("a", deposit{1}, gesta::once{"test", 1});
  CHECK_FALSE(again.repeated());
  CHECK(told(again) == "balance 101");
}

TEST_CASE("a store that is busy fails the command before anything is decided") {
  two_apps t;
  t.disk.failing_begins = 1;
  decisions = 0;
  CHECK(told(t.mine.handle("a", deposit{1})) == "failed: somebody else writes");
  CHECK(decisions == 0);
  CHECK(told(t.mine.handle("a", deposit{1})) == "balance 1");
}

TEST_CASE("nothing and rejections are kept with the same care") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{0}, gesta::once{"test", 1})) == "balance 0");
  CHECK(told(t.mine.handle("a", withdraw{5}, gesta::once{"test", 2})) == "short of 5");
  CHECK(t.disk.events.empty());
  CHECK(told(t.other.handle("a", deposit{50})) == "balance 50");
  CHECK(t.mine.handle("a", deposit{0}, gesta::once{"test", 1}).repeated());
  CHECK(told(t.mine.handle("a", withdraw{5}, gesta::once{"test", 2})) == "short of 5");
}

TEST_CASE("a batch that meets a conflict is over: what follows in it fails, and nothing of it is kept") {
  two_apps t;
  t.disk.sees_conflict_at_append = true;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  {
    auto batch = t.mine.batch();
    CHECK(told(batch.handle("b", deposit{1})) == "balance 1");
    t.interfere(1, [](auto& other) { CHECK(told(other.handle("a", deposit{5})) == "balance 105"); });
    CHECK(told(batch.handle("a", deposit{2})) == "failed: others changed the entity while the command was decided");
    CHECK(told(batch.handle("c", deposit{3})) == "failed: others changed the entity while the command was decided");
    const auto committed = batch.commit();
    CHECK_FALSE(committed);
    CHECK(committed.why().why == gesta::failure::kind::conflict);
  }
  CHECK(t.disk.events.size() == 2);
  CHECK(t.mine.state<accounts>("b").balance == 0);
  CHECK(told(t.mine.handle("a", deposit{2})) == "balance 107");
}

TEST_CASE("a batch is one commit, and without it the store is asked to take all back") {
  two_apps t;
  const int commits = t.disk.commits;
  {
    auto batch = t.mine.batch();
    for (int i = 0; i < 10; ++i) CHECK(static_cast<bool>(batch.handle("a", deposit{1})));
    REQUIRE(batch.commit());
  }
  CHECK(t.disk.commits == commits + 1);
  const int rollbacks = t.disk.rollbacks;
  { CHECK(static_cast<bool>(t.mine.batch().handle("a", deposit{1}))); }
  CHECK(t.disk.rollbacks == rollbacks + 1);
  CHECK(t.disk.events.size() == 10);
  CHECK(t.mine.state<accounts>("a").balance == 10);
}

TEST_CASE("an app that starts on what is there folds it all: states, views, outcomes") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{100}, gesta::once{"test", 1})) == "balance 100");
  CHECK(told(t.mine.handle("a", withdraw{30})) == "balance 70");
  CHECK(told(t.mine.handle("b", deposit{1})) == "balance 1");
  auto later = gesta::start<bank>(shared::store{&t.disk} STATES);
  CHECK(later.state<accounts>("a").balance == 70);
  CHECK(later.version<accounts>("a") == 2);
  CHECK(later.last_position() == 3);
  CHECK(later.view<journal>().lines == t.mine.view<journal>().lines);
  CHECK(later.handle("a", deposit{100}, gesta::once{"test", 1}).repeated());
}

TEST_CASE("an event that cannot be read stops the app, before anything is decided on a wrong state") {
  two_apps t;
  CHECK(told(t.mine.handle("a", deposit{100})) == "balance 100");
  CHECK(told(t.other.handle("a", deposit{5})) == "balance 105");
  t.disk.events[1].payload.clear();
  decisions = 0;
  CHECK(told(t.mine.handle("a", withdraw{1})) == "failed: the event at position 2 cannot be read");
  CHECK(told(t.mine.handle("b", deposit{1})) == "failed: the event at position 2 cannot be read");
  CHECK(decisions == 0);
  REQUIRE(t.mine.broken() != nullptr);
  CHECK(t.mine.broken()->why == gesta::failure::kind::corrupt);
  CHECK(t.mine.broken()->position == 2);
  CHECK(t.disk.events.size() == 2);

  auto later = gesta::start<bank>(shared::store{&t.disk} STATES);
  CHECK(told(later.handle("b", deposit{1})) == "failed: the event at position 2 cannot be read");
}

#ifndef STATES_ARE_CACHED  // what is read of one entity may have gaps where something was erased; the store looks for others
TEST_CASE("a gap in the versions of an entity stops the app") {
  two_apps t;
  CHECK(told(t.other.handle("a", deposit{5})) == "balance 5");
  t.disk.events[0].version = 2;
  CHECK(told(t.mine.handle("a", deposit{1})) == "failed: the event at position 1 cannot be read");
}
#endif

// ---- what follows

namespace relay {

struct passed {
  int left;
  static constexpr auto id = "passed";
};
struct pass {
  int left;
};
struct runner {
  int passes = 0;
};
void evolve(runner& r, const passed&) { ++r.passes; }
auto decide(const runner&, const pass& c) -> gesta::emits<passed>::or_nothing {
  if (c.left == 0) return gesta::no_change;
  return passed{c.left};
}
struct runners : gesta::aggregate<runner, gesta::commands<pass>> {
  static constexpr auto id = "runner";
  using key = int;
};
struct next {
  static constexpr auto id = "next";
  using cycle = gesta::allow_cycle<"each pass leaves one less", 3>;
};
auto react(const next&, const passed& e) { return gesta::to(e.left, pass{e.left - 1}); }
struct seen {
  lines all;
};
void project(seen& s, const passed& e, const gesta::about& a) {
  s.all.push_back(std::to_string(a.position) + ": " + std::to_string(gesta::key_from<int>(a.key)) + " passed " + std::to_string(e.left));
}
struct seens : gesta::projection<seen> {
  static constexpr auto id = "seen";
};
struct model : gesta::model<runners, seens, gesta::reactors<next>> {};

bool done(const auto& outcome) {
  return outcome.match([](const runner&) { return true; }, [](const gesta::failure&) { return false; });
}

}  // namespace relay

TEST_CASE("a command and all that follows are one commit, projected after it") {
  shared::disk disk;
  auto app = gesta::start<relay::model>(shared::store{&disk} STATES);
  const int commits = disk.commits;
  CHECK(relay::done(app.handle(9, relay::pass{3})));
  CHECK(disk.commits == commits + 1);
  CHECK(app.view<relay::seen>().all == lines{"1: 9 passed 3", "2: 3 passed 2", "3: 2 passed 1"});
  auto other = gesta::start<relay::model>(shared::store{&disk} STATES);
  CHECK(other.view<relay::seen>().all == app.view<relay::seen>().all);
}

TEST_CASE("a chain that fails leaves nothing of itself, wherever it broke") {
  shared::disk disk;
  auto app = gesta::start<relay::model>(shared::store{&disk} STATES);
  CHECK(relay::done(app.handle(9, relay::pass{2})));
  CHECK_FALSE(relay::done(app.handle(9, relay::pass{4})));  // one act more than its bound
  disk.fails_at_commit = gesta::failure::kind::input_output;
  disk.failing_commits = 1;
  CHECK_FALSE(relay::done(app.handle(9, relay::pass{2})));
  CHECK(disk.events.size() == 2);
  CHECK(app.version<relay::runners>(9) == 1);
  CHECK(app.state<relay::runners>(2).passes == 1);
  CHECK(app.version<relay::runners>(4) == 0);
  CHECK(app.view<relay::seen>().all == lines{"1: 9 passed 2", "2: 2 passed 1"});
}

TEST_CASE("a chain that is run anew after a conflict counts its acts anew") {
  shared::disk disk;
  auto app = gesta::start<relay::model>(shared::store{&disk} STATES);
  disk.fails_at_commit = gesta::failure::kind::conflict;
  disk.failing_commits = 5;
  CHECK(relay::done(app.handle(9, relay::pass{3})));
  CHECK(app.last_position() == 3);
  CHECK(app.state<relay::runners>(3).passes == 1);
}
