// Several processes run the sagas of one file, and one of them may be killed at any moment: each step is done once.
#include <gesta/runtime/saga_runner.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <string>

#include "../../examples/fulfilment.hpp"
#include "../folder.hpp"

namespace {

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};

constexpr int orders = 60;
constexpr int items = 12;

/// Places what is not placed yet, and runs the sagas until none is open. 0: all is well.
int work(const std::string& path, std::uint64_t steps_a_commit) {
  auto app = gesta::start<shop>(gesta::sqlite_store{path});
  auto sagas = gesta::run_sagas(app);
  for (int tries = 0; tries < 100'000; ++tries) {
    const gesta::ran made = sagas.poll({.steps = 20, .steps_a_commit = steps_a_commit});
    if (!made && made.why().why != gesta::failure::kind::busy) return 2;
    if (!made || !made.caught_up) continue;
    int open = 0;
    sagas.open([&](const char*, const auto&, const gesta::saga_standing&) { ++open; });
    if (open == 0) return app.broken() == nullptr ? 0 : 3;
  }
  return 4;
}

/// What every order came to, and how often each event stands in its stream.
std::string end_of(const std::string& path) {
  auto app = gesta::start<shop>(gesta::sqlite_store{path});
  std::map<std::string, int> events;
  int twice = 0;
  const auto count = [&](const auto& event, const gesta::about& where) {
    const std::string name = gesta::id_of<std::remove_cvref_t<decltype(event)>>.name;
    if (name.find('.') == std::string::npos || name.find("stock.") == 0) return;  // of an item there are several
    if (++events[name + " " + std::string(where.key.data, where.key.size)] > 1) ++twice;
  };
  REQUIRE(app.read(gesta::slice{}, count));
  CHECK(twice == 0);
  int held = 0, paid = 0, out = 0, shipped = 0, over = 0;
  for (int i = 1; i <= orders; ++i) {
    const auto& o = app.state<order::orders>(i);
    over += o.confirmed != (o.cancelled != order::cause::none) ? 1 : 0;
    held += app.state<payment::payments>(i).held;
    paid += o.confirmed ? 100 * i : 0;
    shipped += app.state<shipping::parcels>(i).shipped ? 1 : 0;
  }
  for (int i = 0; i < items; ++i) out += app.state<stock::stocks>(i).held;
  return std::to_string(over) + " over; " + std::to_string(held - paid) + " held too much; " + std::to_string(out - shipped) + " out too much";
}

void place_all(const std::string& path) {
  auto app = gesta::start<shop>(gesta::sqlite_store{path});
  for (int i = 1; i <= orders; ++i)
    app.handle(order::place{i, i % items, 100 * i}).match([](const order::state&) {}, [](const gesta::failure& cause) { FAIL(cause.describe()); });
}

template <class Act>
pid_t in_child(const Act& act) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(act());
  return child;
}
int wait_for(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace

TEST_CASE("three processes run the sagas of one file: each step is done once") {
  for (const std::uint64_t steps_a_commit : {1u, 5u}) {
    const folder dir;
    const std::string path = dir / "shop.db";
    place_all(path);
    pid_t children[3];
    for (pid_t& child : children) child = in_child([&] { return work(path, steps_a_commit); });
    for (const pid_t child : children) CHECK(wait_for(child) == 0);
    CHECK(end_of(path) == "60 over; 0 held too much; 0 out too much");
  }
}

TEST_CASE("a process that is killed at any moment leaves whole steps, and another one goes on") {
  const folder dir;
  const std::string path = dir / "shop.db";
  place_all(path);
  int killed = 0;
  for (int round = 0; round < 12; ++round) {
    const pid_t child = in_child([&] { return work(path, 3); });
    ::usleep(static_cast<useconds_t>(2'000 + 1'500 * round));
    ::kill(child, SIGKILL);
    killed += wait_for(child) == -SIGKILL ? 1 : 0;
  }
  MESSAGE(killed, " of 12 were killed at work");
  CHECK(wait_for(in_child([&] { return work(path, 3); })) == 0);
  CHECK(end_of(path) == "60 over; 0 held too much; 0 out too much");
}
