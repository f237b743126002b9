#include <doctest/doctest.h>

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>
#include <gesta/runtime/start.hpp>
#include <gesta/store/memory.hpp>

#include <string>

// Reactors that feed each other, within a bound.
namespace ring {

struct passed {
  int left;
  static constexpr auto id = "passed";
};
struct pass {
  int left;
};
struct stop {
  static constexpr auto id = "stop";
};
struct player {
  int passes = 0;
};
void evolve(player& p, const passed&) { ++p.passes; }
auto decide(const player&, const pass& c) -> gesta::emits<passed>::or_nothing {
  if (c.left == 0) return gesta::no_change;
  return passed{c.left};
}
struct players : gesta::aggregate<player, gesta::commands<pass>> {
  static constexpr auto id = "player";
  using key = int;
};
struct neighbour {
  static constexpr auto id = "neighbour";
  using cycle = gesta::allow_cycle<"each pass leaves one less", 3>;
};
auto react(const neighbour&, const passed& e) { return gesta::to(e.left % 2, pass{e.left - 1}); }
struct count {
  int passes = 0;
};
void project(count& c, const passed&) { ++c.passes; }
struct counts : gesta::projection<count> {
  static constexpr auto id = "counts";
};
struct model : gesta::model<players, counts, gesta::reactors<neighbour>> {};

std::string told(int left, auto& app) {
  return app.handle(0, pass{left}).match([](const player&) { return std::string("done"); }, [](const gesta::failure& f) {
    return (f.why == gesta::failure::kind::chain_too_long ? "too long: " : "failed: ") + std::string(f.describe());
  });
}

}  // namespace ring

TEST_CASE("a cycle runs up to its bound, counted anew for each command") {
  auto app = gesta::start<ring::model>(gesta::memory_store{});
  CHECK(ring::told(3, app) == "done");
  CHECK(ring::told(3, app) == "done");
  CHECK(app.last_position() == 6);
}

TEST_CASE("beyond its bound the whole chain fails and leaves nothing") {
  auto app = gesta::start<ring::model>(gesta::memory_store{});
  CHECK(ring::told(2, app) == "done");
  const auto zero = app.state<ring::players>(0).passes, one = app.state<ring::players>(1).passes;
  CHECK(ring::told(4, app) == "too long: the reactor neighbour acted more often than its allow_cycle says");
  CHECK(app.last_position() == 2);
  CHECK(app.state<ring::players>(0).passes == zero);
  CHECK(app.state<ring::players>(1).passes == one);
  CHECK(app.view<ring::count>().passes == 2);
  // What the broken chain had sent is forgotten too.
  CHECK_FALSE(app.handle(0, ring::pass{0}, gesta::once{"neighbour", 3 << 16}).repeated());
  CHECK(ring::told(1, app) == "done");
}
