// A saga that was changed while instances of it were under way: they come to their end by what they began with.
#include <gesta/runtime/sagas.hpp>

#include <doctest/doctest.h>

#include <string>

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/sqlite.hpp>

#include "../folder.hpp"
#include "saga_lab.hpp"

using is = gesta::saga_standing::is;
using lab::decided;

namespace {

// The same steps in another order, and one that can no longer be called off.
struct work_2 : gesta::saga<gesta::by<"job">, lab::beginning, lab::b, lab::a, lab::c, lab::by_caller> {
  static constexpr auto id = gesta::event_id{"work", 2};
};
struct both : gesta::model<lab::jobs, lab::services, work_2, gesta::pinned<lab::work>> {};

template <class Model, class Saga>
constexpr std::uint64_t print = gesta::detail::definition_of<typename gesta::flow<Model>::template stream_of<Saga>::reading>;
static_assert(print<both, work_2> != print<lab::model, lab::work>);
static_assert(print<both, lab::work> == print<lab::model, lab::work>);

}  // namespace

TEST_CASE("what began under the old version ends by it, and what begins now goes by the new one") {
  lab::begin();
  lab::now = 1'000'000'000;
  const folder dir;
  const gesta::sqlite_store store{dir / "lab.db"};
  {
    auto app = gesta::start<lab::model>(store, lab::clock{});
    auto sagas = gesta::run_sagas(app);
    for (int job = 1; job <= 3; ++job) REQUIRE(lab::done(app, job));
    CHECK(sagas.poll({.steps = 3}));
  }
  CHECK(decided == "run a run a run a a a a");
  lab::begin();
  auto app = gesta::start<both>(store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  REQUIRE(lab::done(app, 4));
  REQUIRE(lab::done(app, 1));  // it has begun, by the old one
  CHECK(sagas.ignored<work_2>().already_begun == 1);
  const auto call_off = [&](int job) {
    app.handle(lab::call_off{job}).match([](const lab::job&) {}, [](const gesta::failure& cause) { FAIL(cause.describe()); });
  };
  call_off(3);
  CHECK(sagas.ignored<work_2>().not_found == 0);
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work>(1).what == is::completed);
  CHECK(sagas.state<lab::work>(2).what == is::completed);
  CHECK(sagas.state<lab::work>(3).what == is::compensated);
  CHECK(sagas.state<work_2>(1).what == is::not_begun);
  CHECK(sagas.state<work_2>(4).what == is::completed);
  CHECK(app.state<lab::services>(4).held == 10'101);
  CHECK(app.state<lab::services>(3).held == 0);
  call_off(5);
  CHECK(sagas.ignored<work_2>().not_found == 1);
  int open = 0;
  sagas.open([&](const char*, const auto&, const gesta::saga_standing&) { ++open; });
  CHECK(open == 0);
}

namespace {

// The same steps in another order, under the old name and version: what a lock would not have let through.
struct turned : gesta::saga<gesta::by<"job">, lab::beginning, lab::b, lab::a, lab::c, lab::by_caller> {
  static constexpr auto id = lab::work::id;
};
struct turned_model : gesta::model<lab::jobs, lab::services, turned> {};

}  // namespace

TEST_CASE("what began under another definition without a version of its own is put aside, and ends when that is back") {
  lab::begin();
  const folder dir;
  const gesta::sqlite_store store{dir / "lab.db"};
  {
    auto app = gesta::start<lab::model>(store, lab::clock{});
    auto sagas = gesta::run_sagas(app);
    REQUIRE(lab::done(app, 1));
    CHECK(sagas.poll({.steps = 1}));
  }
  {
    auto app = gesta::start<turned_model>(store, lab::clock{});
    auto sagas = gesta::run_sagas(app);
    REQUIRE(lab::done(app, 2));
    const gesta::ran run = sagas.poll();
    CHECK(run.caught_up);
    CHECK(run.put_aside == 1);
    const gesta::saga_standing aside = sagas.state<turned>(1);
    CHECK(aside.what == is::put_aside);
    CHECK(aside.cause.why == gesta::failure::kind::differs);
    CHECK(std::string(aside.cause.describe()).find("pin the old one") != std::string::npos);
    CHECK(sagas.state<turned>(2).what == is::completed);
    app.handle(lab::call_off{1}).match([](const lab::job&) { FAIL("it was heard by a saga that has changed"); },
                                       [](const gesta::failure& cause) { CHECK(cause.why == gesta::failure::kind::differs); });
  }
  auto app = gesta::start<lab::model>(store, lab::clock{});
  auto sagas = gesta::run_sagas(app);
  CHECK(sagas.poll().caught_up);
  CHECK(sagas.state<lab::work>(1).what == is::completed);
}
