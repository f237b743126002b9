// What went wrong once while sagas, processes and delayed commands ran: one case for each.
#include <gesta/runtime/saga_runner.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <string>

#include "../folder.hpp"
#include "saga_lab.hpp"

using is = gesta::saga_standing::is;
using lab::answers;
using lab::decided;
using lab::script;

// ---- beside the services of the laboratory: notes, of which a test says by the job how they are answered

namespace lapses {

struct nothing_kept {};
struct noted   { int job; static constexpr auto id = "lapses.noted"; };
struct cleared { int job; static constexpr auto id = "lapses.cleared"; };
struct echoed  { int job; static constexpr auto id = "lapses.echoed"; };
struct note    { int job; static constexpr auto id = "lapses.note"; };
struct clear   { int job; static constexpr auto id = "lapses.clear"; };
struct echo    { int job; static constexpr auto id = "lapses.echo"; };
constexpr void evolve(nothing_kept&, const noted&) {}
constexpr void evolve(nothing_kept&, const cleared&) {}
constexpr void evolve(nothing_kept&, const echoed&) {}
/// What a test says of this command for this job: script["note1"].
inline answers next(const char* command, int job) { return lab::next((command + std::to_string(job)).c_str()); }
inline auto decide(const nothing_kept&, const note& c) -> gesta::emits<noted> {
  (void)next("note", c.job);
  return noted{c.job};
}
inline auto decide(const nothing_kept&, const clear& c) -> gesta::emits<cleared> {
  (void)next("clear", c.job);
  return cleared{c.job};
}
inline auto decide(const nothing_kept&, const echo& c) -> gesta::emits<echoed>::or_nothing {
  if (next("echo", c.job) == answers::nothing) return gesta::no_change;
  return echoed{c.job};
}
struct notes : gesta::aggregate<nothing_kept, gesta::commands<note, clear, echo>, gesta::by<"job">> { static constexpr auto id = "note"; };

struct beginning { static constexpr auto id = "beginning"; using begun_by = lab::started; using undo = gesta::needless; };
struct notes_it {
  static constexpr auto id = "notes_it";
  using undo = gesta::needless;
  auto run(const lab::started& s) -> note { return {s.job}; }
};

struct fresh {
  fresh() { lab::begin(); lab::now = 1'000'000'000'000; }
};

struct fresh_file : fresh {
  folder dir;
  gesta::sqlite_store store{dir / "lapses.db"};
};

template <class App, class Command>
void tell(App& app, const Command& command) {
  app.handle(command).match([](const auto&...) {}, [](const gesta::failure& cause) { FAIL(cause.describe()); });
}

}  // namespace lapses

using namespace lapses;

// ---- what throws

namespace lapses {

struct first {
  static constexpr auto id = "first";
  auto run(const lab::started& s) -> lab::do_a {
    (void)lab::next("run first");
    return {s.job};
  }
  auto undo(const lab::a_done& d) -> lab::undo_a {
    (void)lab::next("undo first");
    return {d.job};
  }
  auto on(const lab::no&) -> gesta::compensate { return {}; }
  auto on_undo(const lab::no&) -> gesta::stuck { return {}; }
};
struct second {
  static constexpr auto id = "second";
  auto run(const lab::started& s, const lab::a_done&) -> lab::do_b {
    (void)lab::next("run second");
    return {s.job};
  }
  auto undo(const lab::do_b& c) -> lab::undo_b { return {c.job}; }
  auto on(const lab::no&) -> gesta::compensate { return {}; }
  auto on_undo(const lab::no&) -> gesta::stuck { return {}; }
};
struct third {
  static constexpr auto id = "third";
  using undo = gesta::needless;
  auto run(const lab::started& s) -> lab::do_c { return {s.job}; }
  auto on(const lab::no&) -> gesta::compensate { return {}; }
};
struct back : gesta::saga<gesta::by<"job">, beginning, first, second, third> { static constexpr auto id = "back"; };
struct there_and_back : gesta::model<lab::jobs, lab::services, back> {};

// One saga begins by what another has done.
struct causes : gesta::saga<gesta::by<"job">, beginning, notes_it> { static constexpr auto id = "causes"; };
struct begins_by_note { static constexpr auto id = "begins_by_note"; using begun_by = noted; using undo = gesta::needless; };
struct clears_it {
  static constexpr auto id = "clears_it";
  using undo = gesta::needless;
  auto run(const noted& d) -> clear { return {d.job}; }
};
struct caused : gesta::saga<gesta::by<"job">, begins_by_note, clears_it> { static constexpr auto id = "caused"; };
struct one_by_the_other : gesta::model<lab::jobs, notes, causes, caused> {};

struct later_notes : gesta::model<notes, gesta::delayed<note>> {};

// What is called off may throw: where an instance is, and where none is.
struct by_the_caller {
  static constexpr auto id = "by_the_caller";
  auto on(const lab::called_off&) -> gesta::compensate {
    (void)lab::next("on called off");
    return {};
  }
  auto not_found(const lab::called_off& e) -> note {
    (void)lab::next("not found");
    return {e.job};
  }
};
struct breaks_off : gesta::saga<gesta::by<"job">, beginning, first, second, third, by_the_caller> { static constexpr auto id = "breaks_off"; };
struct breaking_off : gesta::model<lab::jobs, lab::services, notes, breaks_off> {};

// A process whose every function may throw.
namespace throwing {
using gesta::becomes;
struct idle    { static constexpr auto id = "idle"; };
struct noting  { int job; static constexpr auto id = "noting"; using defers = gesta::inputs<lab::called_off>; };
struct holding { int job; static constexpr auto id = "holding"; };
struct gone    { static constexpr auto id = "gone"; static constexpr auto ends = gesta::ended::compensated; };
inline auto on(const idle&, const lab::started& s) -> becomes<noting>::asks<note> {
  (void)lab::next("on started");
  return {noting{s.job}, note{s.job}};
}
inline auto on(const noting& n, const noted&) -> becomes<holding> {
  (void)lab::next("on noted");
  return {holding{n.job}};
}
inline auto on(const holding&, const lab::called_off&) -> becomes<gone> {
  (void)lab::next("on called off");
  return {gone{}};
}
struct manager : gesta::process<gesta::by<"job">, gesta::begins<lab::started>, gesta::listens_to<lab::called_off>,
                                gesta::states<idle, noting, holding, gone>> {
  static constexpr auto id = "manager";
};
struct model : gesta::model<lab::jobs, notes, manager> {};
}  // namespace throwing

}  // namespace lapses

#if __cpp_exceptions
namespace {

template <class Action>
bool throws(const Action& action) {
  try {
    action();
  } catch (int) {
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("what throws out of a batch is to be done as before, where it began before the batch") {
  const fresh_file start;
  auto app = gesta::start<lab::model>(start.store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  tell(app, lab::start{1});
  script["a"] = {answers::throws};
  const auto in_batch = [&] {
    auto batch = app.batch();
    (void)sagas.poll();
  };
  CHECK(throws(in_batch));
  CHECK(sagas.poll().steps == 3);
  CHECK(sagas.state<lab::work>(1).what == is::completed);
}

TEST_CASE("an undo that throws while a person resolves the one before leaves no unit of work open") {
  const fresh start;
  auto app = gesta::start<there_and_back>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["c"] = {answers::refuses};
  script["-b"] = {answers::refuses};
  tell(app, lab::start{1});
  CHECK(sagas.poll().caught_up);
  REQUIRE(sagas.state<back>(1).what == is::stuck);
  script["undo first"] = {answers::throws};
  const auto before = app.last_position();
  CHECK(throws([&] { (void)sagas.resolve<back>(1, "ann", "by hand"); }));
  CHECK_FALSE(gesta::detail::facts_of_app::engine(app).open());
  CHECK(app.last_position() == before);
  tell(app, lab::start{2});
  CHECK(sagas.state<back>(1).what == is::stuck);
  CHECK(sagas.resolve<back>(1, "ann", "by hand"));
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<back>(1).what == is::compensated);
  CHECK(sagas.state<back>(2).what == is::completed);
}

TEST_CASE("behind a run that throws where the saga begins no later step is asked for what it would run") {
  const fresh start;
  auto app = gesta::start<there_and_back>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["run first"] = {answers::throws, answers::throws};
  tell(app, lab::start{1});
  CHECK(sagas.poll().put_aside == 1);
  CHECK(decided == "run first run first");  // and never "run second", whose fact is not there yet
  CHECK(sagas.retry<back>(1, "ann"));
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<back>(1).what == is::completed);
}

TEST_CASE("what is put aside is the instance that throws, also where the unit taken back is the one in which it began") {
  const fresh start;
  auto app = gesta::start<one_by_the_other>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  for (int i = 0; i < 10; ++i) script["clear1"].push_back(answers::throws);
  for (int job = 1; job <= 3; ++job) tell(app, lab::start{job});
  const gesta::ran made = sagas.poll({.steps = 100, .steps_a_commit = 20});
  CHECK(made.caught_up);
  CHECK(made.put_aside == 1);
  CHECK(sagas.state<caused>(1).what == is::put_aside);
  CHECK(sagas.state<caused>(2).what == is::completed);
  CHECK(sagas.state<caused>(3).what == is::completed);
  for (int job = 1; job <= 3; ++job) CHECK(sagas.state<causes>(job).what == is::completed);
}

TEST_CASE("an interrupt that throws is the saga's own failure: whoever called off is told nothing, and the next program asks it again first") {
  const fresh_file start;
  {
    auto app = gesta::start<breaking_off>(start.store, lab::clock{});
    auto sagas = gesta::run_sagas(app);
    for (int job = 1; job <= 2; ++job) tell(app, lab::start{job});
    script["on called off"] = {answers::throws, answers::throws, answers::throws};
    CHECK_FALSE(throws([&] { tell(app, lab::call_off{1}); }));
    CHECK(app.version<lab::jobs>(1) == 2);
    const gesta::ran made = sagas.poll();
    CHECK(made.put_aside == 1);
    CHECK(made.caught_up);
    CHECK(sagas.state<breaks_off>(1).what == is::put_aside);
    CHECK(sagas.state<breaks_off>(1).cause.why == gesta::failure::kind::interrupted);
    CHECK(sagas.state<breaks_off>(2).what == is::completed);
    CHECK(app.version<lab::services>(1) == 0);  // it goes no further before that is heard
  }
  auto app = gesta::start<breaking_off>(start.store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  CHECK(sagas.poll().put_aside == 1);
  CHECK(sagas.retry<breaks_off>(1, "ann"));
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<breaks_off>(1).what == is::compensated);
  CHECK(decided == "run first run first on called off on called off a run second b c on called off on called off a undo first -a");
}

TEST_CASE("a not_found that throws is told of the saga, and whoever called off is told nothing") {
  const fresh_file start;
  auto app = gesta::start<breaking_off>(start.store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["not found"] = {answers::throws};
  CHECK_FALSE(throws([&] { tell(app, lab::call_off{1}); }));
  CHECK(app.version<lab::jobs>(1) == 1);
  CHECK(app.version<notes>(1) == 0);
  CHECK(sagas.ignored<breaks_off>().threw == 1);
  CHECK(sagas.ignored<breaks_off>().last_thrown.why == gesta::failure::kind::interrupted);
  tell(app, lab::call_off{1});
  CHECK(app.version<notes>(1) == 1);
}

TEST_CASE("what a process throws when it hears is its own failure: whoever is heard is told nothing, and the next program begins with it") {
  const fresh_file start;
  {
    auto app = gesta::start<throwing::model>(start.store, lab::clock{});
    auto sagas = gesta::run_sagas(app);
    script["on started"] = {answers::throws, answers::throws};
    CHECK_FALSE(throws([&] { tell(app, lab::start{1}); }));
    CHECK(app.version<lab::jobs>(1) == 1);
    tell(app, lab::call_off{1});  // it waits behind its beginning
    CHECK(sagas.poll().put_aside == 1);
    CHECK(sagas.state<throwing::manager>(1).what == is::put_aside);
    CHECK(sagas.state<throwing::manager>(1).cause.why == gesta::failure::kind::interrupted);
    tell(app, lab::start{2});
    CHECK(sagas.poll().caught_up);
    CHECK(sagas.state<throwing::manager>(2).step == "holding");
    script["on called off"] = {answers::throws, answers::throws};
    CHECK_FALSE(throws([&] { tell(app, lab::call_off{2}); }));
    CHECK(sagas.poll().put_aside == 1);
    CHECK(sagas.state<throwing::manager>(2).what == is::put_aside);
  }
  script["on started"] = {answers::throws};
  auto app = gesta::start<throwing::model>(start.store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  CHECK(sagas.poll().put_aside == 1);  // the first: nothing is thrown any more by the second
  CHECK(sagas.state<throwing::manager>(2).what == is::compensated);
  CHECK(sagas.retry<throwing::manager>(1, "ann"));
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<throwing::manager>(1).what == is::compensated);
  CHECK(app.version<notes>(1) == 1);
}

TEST_CASE("a delayed command that threw is done when it is replaced, and its name can be used anew") {
  const fresh start;
  auto app = gesta::start<later_notes>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["note1"] = {answers::throws};
  CHECK(app.later("a note", note{1}, {lab::now}));
  CHECK(sagas.poll().put_aside == 1);
  CHECK(app.later("a note", note{2}, {lab::now}));
  CHECK(sagas.poll().steps == 1);
  CHECK(decided == "note1 note2");
  script["note3"] = {answers::throws};
  CHECK(app.later("a note", note{3}, {lab::now}));
  CHECK(sagas.poll().put_aside == 1);
  CHECK(app.cancel("a note"));
  CHECK(sagas.poll().caught_up);
  CHECK(app.later("a note", note{4}, {lab::now}));
  CHECK(sagas.poll().steps == 1);
  CHECK(decided == "note1 note2 note3 note4");
}
#endif

// ---- what its own commands run into

namespace lapses {

struct echoes_it {
  static constexpr auto id = "echoes_it";
  using undo = gesta::needless;
  auto run(const lab::started& s) -> echo { return {s.job}; }
};
struct echoing : gesta::saga<gesta::by<"job">, beginning, echoes_it> { static constexpr auto id = "echoing"; };
struct walls {
  static constexpr auto id = "walls";
  using cycle = gesta::allow_cycle<"an echo answers nothing in the end", 3>;
};
inline echo react(const walls&, const echoed& e) { return {e.job}; }
struct hall : gesta::model<lab::jobs, notes, gesta::reactors<walls>, echoing> {};

struct noting : gesta::saga<gesta::by<"job">, beginning, notes_it> { static constexpr auto id = "noting"; };
struct noting_model : gesta::model<lab::jobs, notes, noting> {};

}  // namespace lapses

TEST_CASE("an instance whose command has no end of reactions is put aside, and the others go on") {
  const fresh start;
  auto app = gesta::start<hall>(gesta::memory_store{}, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  script["echo2"] = {answers::well, answers::nothing};
  for (int job = 1; job <= 2; ++job) tell(app, lab::start{job});
  const gesta::ran made = sagas.poll({.steps = 20});
  CHECK(made);
  CHECK(made.put_aside == 1);
  CHECK(made.caught_up);
  CHECK(sagas.state<echoing>(1).cause.why == gesta::failure::kind::chain_too_long);
  CHECK(sagas.state<echoing>(2).what == is::completed);
}

TEST_CASE("an instance whose command is for a closed stream is put aside, and the others go on") {
  const fresh_file start;
  auto app = gesta::start<noting_model>(start.store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  tell(app, note{1});
  CHECK(app.close<notes>(1));
  for (int job = 1; job <= 3; ++job) tell(app, lab::start{job});
  const gesta::ran made = sagas.poll({.steps = 20});
  CHECK(made);
  CHECK(made.put_aside == 1);
  CHECK(made.caught_up);
  CHECK(sagas.state<noting>(1).cause.why == gesta::failure::kind::tombstoned);
  CHECK(sagas.state<noting>(2).what == is::completed);
  CHECK(sagas.state<noting>(3).what == is::completed);
}

// ---- what was changed while instances were under way

namespace lapses {

using gesta::becomes;
struct done { static constexpr auto id = "done"; static constexpr auto ends = gesta::ended::completed; };
struct gone { static constexpr auto id = "gone"; static constexpr auto ends = gesta::ended::compensated; };

// Who calls off is heard at once, and what was noted is cleared when it is.
namespace heard_at_once {
struct idle     { static constexpr auto id = "idle"; };
struct noting   { int job; static constexpr auto id = "noting"; };
struct stopping { int job; static constexpr auto id = "stopping"; using ignores = gesta::inputs<lab::called_off>; };
struct clearing { int job; static constexpr auto id = "clearing"; using ignores = gesta::inputs<lab::called_off>; };
constexpr auto on(const idle&, const lab::started& s) -> becomes<noting>::asks<note> { return {noting{s.job}, note{s.job}}; }
constexpr auto on(const noting&, const noted&) -> becomes<done> { return {done{}}; }
constexpr auto on(const noting& n, const lab::called_off&) -> becomes<stopping> { return {stopping{n.job}}; }
constexpr auto on(const stopping& s, const noted&) -> becomes<clearing>::asks<clear> { return {clearing{s.job}, clear{s.job}}; }
constexpr auto on(const clearing&, const cleared&) -> becomes<gone> { return {gone{}}; }
struct manager : gesta::process<gesta::by<"job">, gesta::begins<lab::started>, gesta::listens_to<lab::called_off>,
                                gesta::states<idle, noting, stopping, clearing, gone, done>> {
  static constexpr auto id = "manager";
};
struct model : gesta::model<lab::jobs, notes, manager> {};
}  // namespace heard_at_once

// Who calls off waits until it is noted, so that none that is stopping waits for a note.
namespace heard_later {
struct idle     { static constexpr auto id = "idle"; };
struct noting   { int job; static constexpr auto id = "noting"; using defers = gesta::inputs<lab::called_off>; };
struct holding  { int job; static constexpr auto id = "holding"; };
struct stopping { int job; static constexpr auto id = "stopping"; using ignores = gesta::inputs<lab::called_off>; };
constexpr auto on(const idle&, const lab::started& s) -> becomes<noting>::asks<note> { return {noting{s.job}, note{s.job}}; }
constexpr auto on(const noting& n, const noted&) -> becomes<holding> { return {holding{n.job}}; }
constexpr auto on(const holding& h, const lab::called_off&) -> becomes<stopping>::asks<clear> { return {stopping{h.job}, clear{h.job}}; }
constexpr auto on(const stopping&, const cleared&) -> becomes<gone> { return {gone{}}; }
struct manager : gesta::process<gesta::by<"job">, gesta::begins<lab::started>, gesta::listens_to<lab::called_off>,
                                gesta::states<idle, noting, holding, stopping, gone>> {
  static constexpr auto id = "manager";
};
struct model : gesta::model<lab::jobs, notes, manager> {};
}  // namespace heard_later

namespace in_time {
struct idle   { static constexpr auto id = "idle"; };
struct noting { int job; static constexpr auto id = "noting"; static constexpr auto within = gesta::seconds(30); };
struct late   { int job; static constexpr auto id = "late"; };
constexpr auto on(const idle&, const lab::started& s) -> becomes<noting>::asks<note> { return {noting{s.job}, note{s.job}}; }
constexpr auto on(const noting&, const noted&) -> becomes<done> { return {done{}}; }
constexpr auto on(const noting& n, const gesta::timed_out&) -> becomes<late> { return {late{n.job}}; }
constexpr auto on(const late&, const noted&) -> becomes<done> { return {done{}}; }
struct manager : gesta::process<gesta::by<"job">, gesta::begins<lab::started>, gesta::states<idle, noting, late, done>> {
  static constexpr auto id = "manager";
};
struct model : gesta::model<lab::jobs, notes, manager> {};
}  // namespace in_time

namespace any_time {
struct idle   { static constexpr auto id = "idle"; };
struct noting { int job; static constexpr auto id = "noting"; };
constexpr auto on(const idle&, const lab::started& s) -> becomes<noting>::asks<note> { return {noting{s.job}, note{s.job}}; }
constexpr auto on(const noting&, const noted&) -> becomes<done> { return {done{}}; }
struct manager : gesta::process<gesta::by<"job">, gesta::begins<lab::started>, gesta::states<idle, noting, done>> {
  static constexpr auto id = "manager";
};
struct model : gesta::model<lab::jobs, notes, manager> {};
}  // namespace any_time

struct work_without_deadline : gesta::saga<gesta::by<"job">, lab::beginning, lab::a, lab::b, lab::c, lab::by_caller> {
  static constexpr auto id = "work";
};
struct without_deadline : gesta::model<lab::jobs, lab::services, work_without_deadline> {};

/// Job 1 begins in a program of this model, which ends.
template <class Model>
void begin_1(const gesta::sqlite_store& store, bool is_called_off = false) {
  auto app = gesta::start<Model>(store, lab::clock{});
  tell(app, lab::start{1});
  if (is_called_off) tell(app, lab::call_off{1});
}

}  // namespace lapses

// Records tell causes by their places in the list: one that was begun with another order is not read by this one.
namespace lapses {

enum class too_dear : unsigned char { yes };
enum class too_late : unsigned char { yes };
template <class First, class Second>
struct giving {
  struct one {
    static constexpr auto id = "one";
    using undo = gesta::needless;
    auto run(const lab::started& s) -> lab::do_a { return {s.job}; }
    auto on(const lab::no&) -> gesta::compensate_with<First> { return First{}; }
  };
  struct two {
    static constexpr auto id = "two";
    using undo = gesta::needless;
    auto run(const lab::started& s) -> lab::do_b { return {s.job}; }
    auto on(const lab::no&) -> gesta::compensate_with<Second> { return Second{}; }
  };
  struct causes : gesta::saga<gesta::by<"job">, beginning, one, two> { static constexpr auto id = "giving"; };
  static constexpr std::uint64_t definition =
      gesta::detail::definition_of<gesta::detail::saga_flow<gesta::flow<there_and_back>::of_deciders, causes>>;
};
static_assert(giving<too_dear, too_late>::definition != giving<too_late, too_dear>::definition);
static_assert(giving<too_dear, too_dear>::definition == giving<too_late, too_late>::definition);

}  // namespace lapses

TEST_CASE("an answer for which a changed process has no cell puts its instance aside, and its command is not asked for ever") {
  const fresh_file start;
  begin_1<heard_at_once::model>(start.store, true);
  auto app = gesta::start<heard_later::model>(start.store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  tell(app, lab::start{2});
  const gesta::ran made = sagas.poll({.steps = 20});
  CHECK(made);
  CHECK(made.put_aside == 1);
  CHECK(made.caught_up);
  CHECK(made.steps == 1);  // of the other one
  CHECK(app.version<notes>(1) == 0);
  CHECK(app.version<notes>(2) == 1);
}

TEST_CASE("a time that is no longer in a process is nobody's: its instances wait for their answers") {
  const fresh_file start;
  begin_1<in_time::model>(start.store);
  lab::wait(60);
  auto app = gesta::start<any_time::model>(start.store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  const gesta::ran made = sagas.poll({.steps = 20});
  CHECK(made.steps == 1);
  CHECK(made.caught_up);
  CHECK(app.version<notes>(1) == 1);
}

TEST_CASE("a deadline that is no longer in a saga is nobody's: its instances come to their end") {
  const fresh_file start;
  begin_1<lab::model>(start.store);
  lab::wait(4000);
  auto app = gesta::start<without_deadline>(start.store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  const gesta::ran made = sagas.poll({.steps = 20});
  CHECK(made.caught_up);
  CHECK(made.steps == 3);
  CHECK(sagas.state<work_without_deadline>(1).what == is::completed);
}
