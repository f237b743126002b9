// Snapshots: a snapshot and the events after it give what all events give, whichever snapshots there are.
#include <doctest/doctest.h>

#include <gesta/gesta.hpp>

#include "histories.hpp"

using namespace histories;

TEST_CASE("a snapshot and the events after it give what all events give, in memory") {
  drawn(60, [](gesta::snapshots asked, auto&& use) {
    auto app = gesta::start<model>(gesta::memory_store{}, asked);
    use(app);
  });
  drawn(10, [](gesta::snapshots asked, auto&& use) {
    auto app = gesta::start<model>(gesta::fixed_memory_store{.bytes = 1 << 20}, asked);
    use(app);
  });
}

TEST_CASE("a store that keeps its last records tells the past back to an entity's last snapshot") {
  auto app = gesta::start<model>(gesta::last_records_store{.bytes = 2 << 20}, gesta::snapshots{.every = 10});
  for (int i = 1; i <= 25; ++i) app.handle("old", add{i});
  const sum at_20 = *app.state<sums>("old", gesta::at_version{20});
  const sum now = app.state<sums>("old");
  CHECK(*app.state<sums>("old", gesta::at_version{3}) != at_20);
  for (int i = 0; i < 100000; ++i) app.handle("new", add{i});
  CHECK(*app.state<sums>("old", gesta::at_version{20}) == at_20);  // a snapshot; the records are overwritten
  CHECK_FALSE(app.state<sums>("old", gesta::at_version{21}));
  CHECK(app.state<sums>("old", gesta::at_version{21}).why().why == gesta::failure::kind::truncated);
  CHECK_FALSE(app.state<sums>("old", gesta::at_position{22}));
  CHECK(app.snapshot<sums>("old"));
  CHECK(*app.state<sums>("old", gesta::at_version{25}) == now);
  CHECK(*app.state<sums>("old", gesta::at_position{app.last_position()}) == now);
  // The last two snapshots of an entity are kept: that at 20 and that at 25; of the busy one the last events are there too.
  CHECK(*app.state<sums>("old", gesta::at_version{20}) == at_20);
  CHECK_FALSE(app.state<sums>("old", gesta::at_version{10}));
  CHECK(*app.state<sums>("new", gesta::at_version{100000}) == app.state<sums>("new"));
  CHECK(app.state<sums>("new", gesta::at_version{99997}));
}

TEST_CASE("snapshots are not taken while a batch is open, and what is taken back leaves none") {
  auto app = gesta::start<model>(gesta::memory_store{}, gesta::snapshots{.every = 2});
  app.handle("a", add{1});
  {
    auto batch = app.batch();
    batch.handle("a", add{2});
    const auto refused = app.snapshot<sums>("a");
    CHECK_FALSE(refused);
    CHECK(refused.why().why == gesta::failure::kind::busy);
  }
  app.handle("a", add{3});
  CHECK(app.state<sums>("a", gesta::at_version{2})->total == 34);
  CHECK(app.snapshot<sums>("nobody"));  // who has no events has no snapshot either
  CHECK(*app.state<sums>("nobody", gesta::at_version{5}) == sum{});
}
