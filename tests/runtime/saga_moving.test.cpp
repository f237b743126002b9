// Instances of an earlier version that go over to a later one: what moves, what stays, and that nothing is lost or done twice wherever it dies.
#include <gesta/runtime/saga_moving.hpp>

#include <doctest/doctest.h>

#include <cstdint>

#include <string>
#include <type_traits>
#include <vector>

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/testing/mortal_store.hpp>
#include <gesta/testing/replays.hpp>

#include "saga_lab.hpp"

using is = gesta::saga_standing::is;
using lab::answers;
using lab::decided;
using lab::script;

namespace lab {

// A service that came later, and the step that asks it: behind a, before b.
struct checked { int job; static constexpr auto id = "lab.checked"; };
struct check   { int job; static constexpr auto id = "lab.check"; };
struct checks  { int count = 0; };
constexpr void evolve(checks& s, const checked&) { ++s.count; }
inline auto decide(const checks&, const check& c) -> gesta::emits<checked> {
  (void)next("check");
  return checked{c.job};
}
struct checkers : gesta::aggregate<checks, gesta::commands<check>, gesta::by<"job">> { static constexpr auto id = "checker"; };
struct look_at_it {
  static constexpr auto id = "look_at_it";
  using undo = gesta::needless;
  auto run(const started& s) -> check { return {s.job}; }
};

struct work_1 : gesta::saga<gesta::by<"job">, beginning, a, b, c, by_caller> { static constexpr auto id = gesta::event_id{"labour", 1}; };
struct work_2 : gesta::saga<gesta::by<"job">, beginning, a, look_at_it, b, c, by_caller> { static constexpr auto id = gesta::event_id{"labour", 2}; };
// Jobs above 100 stay with what they began by.
inline auto migrate(const gesta::instance_of<work_1>& was) -> gesta::moves_to<work_2> { return {was.beginning().job <= 100}; }

// The same, and what is past the place of the new step counts as looked at; and one that has no a any more.
struct work_3 : gesta::saga<gesta::by<"job">, beginning, a, b, c, by_caller> { static constexpr auto id = gesta::event_id{"travail", 1}; };
struct work_4 : gesta::saga<gesta::by<"job">, beginning, a, look_at_it, b, c, by_caller> { static constexpr auto id = gesta::event_id{"travail", 2}; };
inline auto migrate(const gesta::instance_of<work_3>&) -> gesta::moves_to<work_4> { return {}; }
inline auto migrate(const gesta::instance_of<work_3>& was, const look_at_it&) -> checked { return {was.beginning().job}; }

struct work_5 : gesta::saga<gesta::by<"job">, beginning, a, b, c> { static constexpr auto id = gesta::event_id{"toil", 1}; };
struct work_6 : gesta::saga<gesta::by<"job">, beginning, b, c> { static constexpr auto id = gesta::event_id{"toil", 2}; };
inline auto migrate(const gesta::instance_of<work_5>&) -> gesta::moves_to<work_6> { return {}; }

// One whose second step asks another service: what has gone there has its number from the stream that asked.
struct fetched { int job; static constexpr auto id = gesta::integration_id{"lab.fetched"}; };
struct fetch   { int job; static constexpr auto id = "lab.fetch"; };
auto decide(const gesta::elsewhere&, const fetch&) -> gesta::emits<fetched>;
struct by_mail {
  static constexpr auto id = "by_mail";
  static constexpr auto within = gesta::seconds(30);
  using undo = gesta::irreversible;
  auto run(const started& s) -> fetch { return {s.job}; }
  auto on(const gesta::timed_out&) -> gesta::until_answered { return {}; }
};
struct work_7 : gesta::saga<gesta::by<"job">, beginning, a, by_mail, c> { static constexpr auto id = gesta::event_id{"errand", 1}; };
struct work_8 : gesta::saga<gesta::by<"job">, beginning, a, by_mail, look_at_it, c> { static constexpr auto id = gesta::event_id{"errand", 2}; };
inline auto migrate(const gesta::instance_of<work_7>&) -> gesta::moves_to<work_8> { return {}; }

template <class Old>
struct was : gesta::model<jobs, services, checkers, Old> {};
template <class Old, class New>
struct today : gesta::model<jobs, services, checkers, New, gesta::pinned<Old>> {};

}  // namespace lab

namespace {

using gesta::testing::afterlife;
using gesta::testing::mortal_store;

// What a program of yesterday has kept, as the model of today numbers it.
template <class From, class To>
void renumber(afterlife& kept) {
  using from = gesta::flow<From>;
  using to = gesta::flow<To>;
  const auto ids = []<class... E>(gesta::detail::types<E...>) { return std::vector<std::string>{gesta::id_of<E>.name...}; };
  const auto tags = [](const std::vector<std::string>& old, const std::vector<std::string>& now) {
    std::vector<std::uint16_t> all;
    for (const std::string& one : old)
      for (std::size_t i = 0; i < now.size(); ++i)
        if (now[i] == one) all.push_back(static_cast<std::uint16_t>(i));
    REQUIRE(all.size() == old.size());
    return all;
  };
  const auto events = tags(ids(typename from::events{}), ids(typename to::events{}));
  const auto streams = tags(ids(typename from::aggregates{}), ids(typename to::aggregates{}));
  for (afterlife::event& one : kept.events) {
    one.tag = events[one.tag];
    one.aggregate = streams[one.aggregate];
  }
}

/// Jobs that began under the old version, each some steps further than the one before.
template <class Old, class New>
afterlife begun(const std::vector<int>& jobs, const std::vector<std::uint64_t>& steps) {
  lab::begin();
  lab::now = 1'000'000'000'000;
  afterlife kept;
  auto app = gesta::start<lab::was<Old>>(mortal_store{&kept}, lab::clock{});
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    REQUIRE(lab::done(app, jobs[i]));
    for (std::uint64_t k = 0; k < steps[i]; ++k) {
      // Only this one: the others wait behind it in the queue, so that each is begun and led on by itself.
      REQUIRE(gesta::detail::facts_of_app::engine(app).begin());
      REQUIRE(gesta::detail::performer<Old>::act(gesta::detail::facts_of_app::engine(app), static_cast<std::uint32_t>(i), {lab::now}));
      REQUIRE(gesta::detail::facts_of_app::engine(app).commit());
    }
  }
  renumber<lab::was<Old>, lab::today<Old, New>>(kept);
  return kept;
}

template <class Saga, class App>
std::string records(App& app, int job) {
  using engine = std::remove_reference_t<decltype(gesta::detail::facts_of_app::engine(app))>;
  using stream = typename engine::flow_type::template stream_of<Saga>;
  std::string all;
  const auto add = [&](const auto& event, const gesta::about&) {
    const std::string name = gesta::id_of<std::remove_cvref_t<decltype(event)>>.name;
    all += (all.empty() ? "" : " ") + name.substr(name.find('.') + 1);
  };
  REQUIRE(app.template read<stream>(job, gesta::slice{}, add));
  return all;
}

}  // namespace

TEST_CASE("what has not come to the new step goes over and is looked at; what is past it stays, or is asked to") {
  afterlife kept = begun<lab::work_1, lab::work_2>({1, 2, 3, 101}, {0, 1, 2, 0});
  lab::begin();
  auto app = gesta::start<lab::today<lab::work_1, lab::work_2>>(mortal_store{&kept}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work_1>(1).what == is::moved);
  CHECK(sagas.state<lab::work_2>(1).what == is::completed);
  CHECK(sagas.state<lab::work_1>(2).what == is::moved);
  CHECK(sagas.state<lab::work_2>(2).what == is::completed);
  CHECK(sagas.state<lab::work_1>(3).what == is::completed);  // b was done before anybody had looked at it
  CHECK(sagas.state<lab::work_2>(3).what == is::not_begun);
  CHECK(sagas.state<lab::work_1>(101).what == is::completed);
  CHECK(records<lab::work_1>(app, 2) == "begun a.asked a.lab.a_done.answered b.asked migrated");
  CHECK(records<lab::work_2>(app, 2) ==
        "begun a.asked a.lab.a_done.answered look_at_it.asked look_at_it.lab.checked.answered b.asked b.lab.b_done.answered c.asked "
        "c.lab.c_done.answered completed");
  for (const int job : {1, 2, 3, 101}) CHECK(app.state<lab::services>(job).held == 10'101);
  for (const int job : {1, 2}) CHECK(app.state<lab::checkers>(job).count == 1);
  for (const int job : {3, 101}) CHECK(app.state<lab::checkers>(job).count == 0);
  int open = 0;
  sagas.open([&](const char*, const auto&, const gesta::saga_standing&) { ++open; });
  CHECK(open == 0);
  CHECK((gesta::testing::replays<lab::today<lab::work_1, lab::work_2>, lab::work_2>(app)));
  CHECK((gesta::testing::replays<lab::today<lab::work_1, lab::work_2>, lab::work_1>(app)));
}

TEST_CASE("what is past the new step goes over where it is said what that counts as") {
  afterlife kept = begun<lab::work_3, lab::work_4>({1, 2, 3}, {1, 2, 0});
  lab::begin();
  auto app = gesta::start<lab::today<lab::work_3, lab::work_4>>(mortal_store{&kept}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["c"] = {answers::refuses};
  CHECK(sagas.poll().caught_up);
  lab::wait(10);
  CHECK(sagas.poll().caught_up);
  for (const int job : {1, 2, 3}) {
    CHECK(sagas.state<lab::work_3>(job).what == is::moved);
    CHECK(sagas.state<lab::work_4>(job).what == is::completed);
    CHECK(app.state<lab::services>(job).held == 10'101);
  }
  CHECK(app.state<lab::checkers>(1).count == 1);  // it had not come to b
  CHECK(app.state<lab::checkers>(2).count == 0);
  CHECK(records<lab::work_4>(app, 2).find("a.lab.a_done.answered look_at_it.asked look_at_it.lab.checked.answered b.asked b.lab.b_done.answered") !=
        std::string::npos);
}

TEST_CASE("what stands of a step that is gone, or goes back, or waits, is left to the version that did it") {
  afterlife kept = begun<lab::work_5, lab::work_6>({1, 2}, {0, 1});
  lab::begin();
  auto app = gesta::start<lab::today<lab::work_5, lab::work_6>>(mortal_store{&kept}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["b"] = {answers::refuses, answers::refuses};
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work_6>(1).what == is::compensated);  // moved before a was done: nothing of it was to be undone
  CHECK(records<lab::work_6>(app, 1) == "begun b.asked b.lab.no.answered failed beginning.passed_over compensated");
  CHECK(sagas.state<lab::work_5>(2).what == is::compensated);
  CHECK(records<lab::work_5>(app, 2) ==
        "begun a.asked a.lab.a_done.answered b.asked b.lab.no.answered failed a.undo_asked a.undone beginning.passed_over compensated");
  CHECK(app.state<lab::services>(2).held == 0);
}

TEST_CASE("what has asked a service elsewhere waits for its answer where it asked") {
  afterlife kept = begun<lab::work_7, lab::work_8>({1, 2}, {0, 1});
  lab::begin();
  auto app = gesta::start<lab::today<lab::work_7, lab::work_8>>(mortal_store{&kept}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work_7>(1).what == is::moved);
  CHECK(sagas.state<lab::work_8>(1).what == is::going_on);
  CHECK(sagas.state<lab::work_8>(1).step == "by_mail");
  lab::wait(31);
  CHECK(sagas.poll().caught_up);  // not when its time is over either: it is sent again, by the one that asked
  CHECK(sagas.state<lab::work_7>(2).what == is::going_on);
  CHECK(sagas.state<lab::work_7>(2).step == "by_mail");
  CHECK(sagas.state<lab::work_8>(2).what == is::not_begun);
  CHECK(records<lab::work_7>(app, 2).find("migrated") == std::string::npos);
  CHECK(records<lab::work_7>(app, 1) == "begun a.asked migrated");
}

TEST_CASE("an event from outside is heard by the version that an instance goes by") {
  afterlife kept = begun<lab::work_1, lab::work_2>({1, 2}, {1, 1});
  lab::begin();
  auto app = gesta::start<lab::today<lab::work_1, lab::work_2>>(mortal_store{&kept}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  REQUIRE(sagas.poll({.steps = 1}));  // the first has gone over
  CHECK(sagas.state<lab::work_2>(1).what == is::going_on);
  const auto call_off = [&](int job) {
    app.handle(lab::call_off{job}).match([](const lab::job&) {}, [](const gesta::failure& cause) { FAIL(cause.describe()); });
  };
  call_off(1);
  call_off(2);
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work_1>(1).what == is::moved);
  CHECK(sagas.state<lab::work_2>(1).what == is::compensated);
  CHECK(sagas.state<lab::work_1>(2).what == is::compensated);
  CHECK(sagas.state<lab::work_2>(2).what == is::not_begun);
  for (const int job : {1, 2}) CHECK(app.state<lab::services>(job).held == 0);
  CHECK(sagas.ignored<lab::work_2>().not_found == 0);
  REQUIRE(lab::done(app, 1));  // the event that begins it, again
  CHECK(sagas.ignored<lab::work_2>().already_begun == 1);
}

TEST_CASE("killed before or behind any commit, each instance goes over once and ends as if nobody had died") {
  const afterlife yesterday = begun<lab::work_3, lab::work_4>({1, 2, 3}, {0, 1, 2});
  struct killer {
    int at;
    afterlife::death how;
    int seen = 0;
  };
  int killed = 0;
  for (const afterlife::death how : {afterlife::death::before, afterlife::death::behind})
    for (int at = 0; at < 100; ++at) {
      lab::begin();
      afterlife kept = yesterday;
      killer one{at, how};
      kept.who = &one;
      kept.dies_at_commit = [](void* who) {
        killer& k = *static_cast<killer*>(who);
        return k.seen++ == k.at ? k.how : afterlife::death::none;
      };
      bool has_died = false;
      for (int program = 0; program < 2; ++program) {
        kept.is_dead = false;
        auto app = gesta::start<lab::today<lab::work_3, lab::work_4>>(mortal_store{&kept}, lab::clock{});
        auto sagas = gesta::run_sagas(app);
        const bool lived = static_cast<bool>(sagas.poll());
        has_died = has_died || !lived;
        if (!lived) continue;
        for (const int job : {1, 2, 3}) {
          CHECK(sagas.state<lab::work_3>(job).what == is::moved);
          CHECK(sagas.state<lab::work_4>(job).what == is::completed);
          CHECK(app.state<lab::services>(job).held == 10'101);
          CHECK(records<lab::work_3>(app, job).find("migrated") == records<lab::work_3>(app, job).rfind("migrated"));
        }
        CHECK(app.state<lab::checkers>(3).count == 0);
        break;
      }
      if (!has_died) break;
      ++killed;
    }
  CHECK(killed >= 20);
  MESSAGE(killed, " deaths");
}
