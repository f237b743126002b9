// What becomes of an instance when answers are refusals, come late or not at all, when somebody interrupts, and when a person has to look.
#include <gesta/runtime/saga_runner.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <string>

#include "../folder.hpp"
#include "saga_lab.hpp"

using gesta::saga_standing;
using is = saga_standing::is;
using lab::answers;
using lab::decided;
using lab::script;
using stream = gesta::flow<lab::model>::stream_of<lab::work>;

namespace {

/// The names of an instance's records.
template <class App>
std::string records(App& app, int job) {
  std::string all;
  const auto add = [&](const auto& event, const gesta::about&) {
    const std::string name = gesta::id_of<std::remove_cvref_t<decltype(event)>>.name;
    all += (all.empty() ? "" : " ") + name.substr(name.find('.') + 1);
  };
  REQUIRE(app.template read<stream>(job, gesta::slice{}, add));
  return all;
}

struct in_memory {
  in_memory() { lab::begin(); lab::now = 1'000'000'000'000; }
};

}  // namespace

TEST_CASE("a step that is refused is asked again after its time, and goes on when it is answered") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["a"] = {answers::refuses, answers::refuses};
  app.handle(lab::start{1});
  gesta::ran made = sagas.poll();
  CHECK(made.caught_up);
  CHECK(made.next_due.nanoseconds == lab::now + 10'000'000'000);
  CHECK(decided == "run a a");
  CHECK(sagas.state<lab::work>(1).what == is::going_on);
  CHECK(sagas.state<lab::work>(1).next == made.next_due);
  CHECK(sagas.state<lab::work>(1).step == "a");
  lab::wait(9);
  CHECK(sagas.poll().steps == 0);
  lab::wait(1);
  CHECK(sagas.poll().steps == 1);
  lab::wait(10);
  CHECK(sagas.poll().steps == 3);
  CHECK(decided == "run a a a a b c");
  CHECK(sagas.state<lab::work>(1).what == is::completed);
  CHECK(records(app, 1) ==
        "begun a.asked asked_again asked_again a.lab.a_done.answered b.asked b.lab.b_done.answered c.asked c.lab.c_done.answered completed");
}

TEST_CASE("refused more often than it is asked again, it goes back") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["a"] = {answers::refuses, answers::refuses, answers::refuses};
  app.handle(lab::start{1});
  for (int i = 0; i < 3; ++i, lab::wait(10)) CHECK(sagas.poll());
  CHECK(sagas.state<lab::work>(1).what == is::compensated);
  CHECK(records(app, 1) == "begun a.asked asked_again asked_again a.lab.no.answered failed beginning.passed_over compensated");
}

TEST_CASE("a refusal is an answer where the saga goes back already") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["a"] = {answers::refuses, answers::refuses, answers::refuses};
  app.handle(lab::start{1});
  CHECK(sagas.poll().steps == 1);
  app.handle(lab::call_off{1});
  CHECK(sagas.state<lab::work>(1).what == is::going_back);
  lab::wait(10);
  CHECK(sagas.poll().caught_up);
  CHECK(decided == "run a a a");
  CHECK(sagas.state<lab::work>(1).what == is::compensated);
  CHECK(records(app, 1) == "begun a.asked asked_again failed a.lab.no.answered beginning.passed_over compensated");
}

TEST_CASE("until_answered has no end") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  for (int i = 0; i < 50; ++i) script["c"].push_back(answers::refuses);
  app.handle(lab::start{1});
  for (int i = 0; i < 51; ++i, lab::wait(5)) {
    CHECK(sagas.state<lab::work>(1).what != is::completed);
    CHECK(sagas.poll());
  }
  CHECK(sagas.state<lab::work>(1).what == is::completed);
}

TEST_CASE("what is not answered in time is undone as if it was done, and its undo may find nothing") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  app.handle(lab::start{1});
  CHECK(sagas.poll({.steps = 1}).steps == 1);  // b is asked
  lab::wait(30);
  CHECK(sagas.poll().caught_up);
  CHECK(decided == "run a a -b -a");
  CHECK(records(app, 1) ==
        "begun a.asked a.lab.a_done.answered b.asked b.timed_out failed b.undo_asked b.undone a.undo_asked a.undone beginning.passed_over compensated");
  CHECK(app.state<lab::services>(1).held == 0);
}

TEST_CASE("an answer that comes after its time is recorded where it was missing, once, and changes nothing") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  app.handle(lab::start{1});
  CHECK(sagas.poll({.steps = 1}));
  lab::wait(30);
  CHECK(sagas.poll({.steps = 1}));  // b has timed out, its undo is asked
  auto& engine = gesta::detail::facts_of_app::engine(app);
  const auto answer = [&](std::uint16_t step) {
    REQUIRE(engine.begin());
    REQUIRE(gesta::detail::performer<lab::work>::answer_late(engine, 0, {lab::now}, step, "lab.b_done"));
    REQUIRE(engine.commit());
  };
  answer(1);
  CHECK(sagas.ignored<lab::work>().late == 1);  // a was answered
  answer(2);
  answer(2);
  CHECK(sagas.ignored<lab::work>().late == 2);
  CHECK(sagas.poll().caught_up);
  answer(2);
  CHECK(sagas.ignored<lab::work>().late == 3);
  CHECK(records(app, 1) ==
        "begun a.asked a.lab.a_done.answered b.asked b.timed_out failed b.undo_asked late b.undone a.undo_asked a.undone beginning.passed_over "
        "compensated");
}

TEST_CASE("in time by a nanosecond it is asked") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  app.handle(lab::start{1});
  CHECK(sagas.poll({.steps = 1}).steps == 1);
  lab::wait(30);
  --lab::now;
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work>(1).what == is::completed);
}

TEST_CASE("a step that did nothing leaves nothing to be undone") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["b"] = {answers::nothing};
  app.handle(lab::start{1});
  CHECK(sagas.poll({.steps = 2}).steps == 2);
  app.handle(lab::call_off{1});
  CHECK(sagas.poll().caught_up);
  CHECK(decided == "run a a b c");  // c was asked: too late to go back
  CHECK(sagas.ignored<lab::work>().too_late == 1);
  CHECK(sagas.state<lab::work>(1).what == is::completed);
}

TEST_CASE("an interrupt: the open answer is awaited, then it goes back; later, or for nobody, it is counted") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  app.handle(lab::call_off{1});
  CHECK(sagas.ignored<lab::work>().not_found == 1);
  app.handle(lab::start{1});
  CHECK(sagas.poll({.steps = 1}).steps == 1);
  app.handle(lab::call_off{1});
  CHECK(sagas.state<lab::work>(1).what == is::going_back);
  CHECK(sagas.poll().caught_up);
  CHECK(decided == "run a a b -b -a");
  CHECK(sagas.state<lab::work>(1).what == is::compensated);
  app.handle(lab::call_off{1});
  CHECK(sagas.ignored<lab::work>().too_late == 1);
  CHECK(records(app, 1) ==
        "begun a.asked a.lab.a_done.answered b.asked failed b.lab.b_done.answered b.undo_asked b.undone a.undo_asked a.undone beginning.passed_over "
        "compensated");
}

TEST_CASE("a second beginning of one key is counted, and changes nothing") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  app.handle(lab::start{1});
  app.handle(lab::start{1});
  CHECK(sagas.ignored<lab::work>().already_begun == 1);
  CHECK(sagas.poll().steps == 3);
  app.handle(lab::start{1});
  CHECK(sagas.ignored<lab::work>().already_begun == 2);
  CHECK(sagas.poll().steps == 0);
}

TEST_CASE("the deadline of the saga lets it go back, and past what cannot be undone it says nothing") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["a"] = {answers::refuses};
  script["c"] = {answers::refuses};
  app.handle(lab::start{1});
  CHECK(sagas.poll({.steps = 1}));
  lab::wait(3600);
  CHECK(sagas.poll().caught_up);
  CHECK(records(app, 1) == "begun a.asked asked_again failed a.lab.a_done.answered a.undo_asked a.undone beginning.passed_over compensated");
  app.handle(lab::start{2});
  CHECK(sagas.poll().next_due.nanoseconds == lab::now + 5'000'000'000);  // c is asked again
  lab::wait(3600);
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work>(2).what == is::completed);
}

TEST_CASE("an undo that is refused waits for a person, on any store and in any program, and both answers are recorded") {
  const in_memory fresh;
  const folder dir;
  const gesta::sqlite_store store{dir / "lab.db"};
  const auto run_to_stuck = [&](auto& app, auto& sagas, int job) {
    script["b"] = {answers::refuses};
    script["-a"] = {answers::refuses};
    REQUIRE(lab::done(app, job));
    REQUIRE(sagas.poll().caught_up);
  };
  {
    auto app = gesta::start<lab::model>(store, lab::clock{});
    auto sagas = gesta::run_sagas(app);
    CHECK_FALSE(sagas.retry<lab::work>(1, "ann"));
    run_to_stuck(app, sagas, 1);
    run_to_stuck(app, sagas, 2);
    CHECK(sagas.poll().steps == 0);
  }
  auto app = gesta::start<lab::model>(store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  CHECK(sagas.poll().steps == 0);
  std::string all;
  sagas.stuck([&](const char* saga, int job, const saga_standing& one) {
    all += std::string(saga) + std::to_string(job) + std::string(one.step.c_str()) + " " + one.refusal.c_str() + "; ";
  });
  CHECK(all == "work1a lab.no; work2a lab.no; ");
  int jobs = 0;
  sagas.stuck<lab::work>([&](int job, const saga_standing& one) { jobs = 10 * jobs + job + (one.what == is::stuck ? 0 : 100); });
  CHECK(jobs == 12);
  jobs = 0;
  sagas.open<lab::work>([&](const auto& job, const saga_standing& one) {
    static_assert(std::is_same_v<decltype(job), const int&>);  // the type of the field by which events find it
    jobs = 10 * jobs + job + (one.what == is::stuck ? 0 : 100);
  });
  CHECK(jobs == 12);
  CHECK(sagas.state<lab::work>(1).what == is::stuck);

  script["-a"] = {answers::refuses};
  CHECK(sagas.retry<lab::work>(1, "ann"));
  CHECK(sagas.state<lab::work>(1).what == is::going_back);
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work>(1).what == is::stuck);
  CHECK(sagas.retry<lab::work>(1, "ann"));
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work>(1).what == is::compensated);
  CHECK(app.state<lab::services>(1).held == 0);
  CHECK(records(app, 1) ==
        "begun a.asked a.lab.a_done.answered b.asked b.lab.no.answered failed a.undo_asked got_stuck retried got_stuck retried a.undone "
        "beginning.passed_over compensated");

  CHECK(sagas.resolve<lab::work>(2, "bob", "paid back in cash"));
  CHECK(sagas.state<lab::work>(2).what == is::compensated);
  CHECK_FALSE(sagas.resolve<lab::work>(2, "bob", "again"));
  CHECK_FALSE(sagas.resolve<lab::work>(3, "bob", "who"));
  bool is_told = false;
  CHECK(app.read<stream>(2, gesta::slice{}, [&](const auto& event, const gesta::about&) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(event)>, gesta::saga_records::resolved<lab::work>>)
      is_told = event.who == "bob" && event.why == "paid back in cash" && event.step == "a";
  }));
  CHECK(is_told);
  CHECK(sagas.poll().steps == 0);
}

TEST_CASE("an undo is asked again as often as it says, and then it is stuck") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["-b"] = {answers::refuses, answers::refuses};
  app.handle(lab::start{1});
  CHECK(sagas.poll({.steps = 1}));
  app.handle(lab::call_off{1});
  CHECK(sagas.poll().caught_up);
  CHECK(decided == "run a a b -b -b");
  CHECK(sagas.state<lab::work>(1).what == is::stuck);
  CHECK(sagas.state<lab::work>(1).step == "b");
}

#if __cpp_exceptions
TEST_CASE("a decision that throws puts its instance aside: nothing of it is kept, others go on, and on request it is tried again") {
  const in_memory fresh;
  const folder dir;
  const gesta::sqlite_store store{dir / "lab.db"};
  {
    auto app = gesta::start<lab::model>(store, lab::clock{});
    auto sagas = gesta::run_sagas(app);
    script["b"] = {answers::throws};
    for (int job = 1; job <= 3; ++job) REQUIRE(lab::done(app, job));
    const gesta::ran made = sagas.poll({.steps = 100, .steps_a_commit = 5});
    CHECK(made);
    CHECK(made.caught_up);
    CHECK(made.put_aside == 1);
    CHECK(made.steps == 3 + 3);  // what shared its commit is taken back with it
    CHECK(sagas.state<lab::work>(1).what == is::put_aside);
    CHECK(std::string(sagas.state<lab::work>(1).cause.describe()).find("exception") == 0);
    CHECK(sagas.state<lab::work>(2).what == is::completed);
    CHECK(sagas.poll().steps == 0);
    int waiting = 0;
    sagas.stuck([&](const char*, const auto&, const saga_standing& one) { waiting += one.what == is::put_aside ? 1 : 0; });
    CHECK(waiting == 1);
    CHECK(sagas.retry<lab::work>(1, "ann"));
    CHECK(sagas.poll().steps == 3);
    CHECK(sagas.state<lab::work>(1).what == is::completed);
    script["b"] = {answers::throws};
    REQUIRE(lab::done(app, 4));
    CHECK(sagas.poll().put_aside == 1);
  }
  auto app = gesta::start<lab::model>(store, lab::clock{});
  auto sagas = gesta::run_sagas(app);  // a further program tries by itself
  CHECK(sagas.poll().steps == 2);
  CHECK(sagas.state<lab::work>(4).what == is::completed);
}

TEST_CASE("a run that throws where the saga begins is not heard by whoever caused that") {
  for (const bool in_memory_too : {true, false}) {
    const in_memory fresh;
    const auto with = [](auto& app) {
      auto sagas = gesta::run_sagas(app);
      script["run a"] = {answers::throws, answers::throws};
      REQUIRE(lab::done(app, 1));
      CHECK(records(app, 1) == "begun");
      const gesta::ran made = sagas.poll();
      CHECK(made.put_aside == 1);
      CHECK(made.caught_up);
      CHECK(records(app, 1) == "begun");
      CHECK(sagas.template state<lab::work>(1).what == is::put_aside);
      CHECK(sagas.template retry<lab::work>(1, "ann"));
      CHECK(sagas.poll().caught_up);
      CHECK(sagas.template state<lab::work>(1).what == is::completed);
    };
    if (in_memory_too) {
      auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
      with(app);
    } else {
      const folder dir;
      auto app = gesta::start<lab::model>(gesta::sqlite_store{dir / "lab.db"}, lab::clock{});
      with(app);
    }
  }
}

TEST_CASE("within a batch an exception ends the batch") {
  const in_memory fresh;
  auto app = gesta::start<lab::model>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  {
    auto batch = app.batch();
    batch.handle(lab::start{1});
    script["b"] = {answers::throws};
    bool has_thrown = false;
    try {
      (void)sagas.poll();
    } catch (int) {
      has_thrown = true;
    }
    CHECK(has_thrown);
  }
  CHECK(app.last_position() == 0);
  app.handle(lab::start{1});
  CHECK(sagas.poll().steps == 3);
}
#endif
