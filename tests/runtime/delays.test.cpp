// A command that is said for later is handled once, when its time has come, whatever happens to the program meanwhile.
#include <gesta/runtime/delays.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <string>

#include "../folder.hpp"
#include "shared_store.hpp"

namespace {

struct reminded { std::string cart; int times; static constexpr auto id = "cart.reminded"; };
struct dropped { int cart; static constexpr auto id = "cart.dropped"; };
struct remind { int cart; std::string words; static constexpr auto id = "cart.remind"; };
struct drop_it { int cart; static constexpr auto id = "cart.drop"; };
struct gone { static constexpr auto id = "cart.gone"; };
struct cart { int reminders = 0; bool is_dropped = false; };
inline void evolve(cart& c, const reminded&) { ++c.reminders; }
inline void evolve(cart& c, const dropped&) { c.is_dropped = true; }
inline auto decide(const cart& c, const remind& r) -> gesta::emits<reminded>::or_rejects<gone> {
  if (c.is_dropped) return gone{};
  return reminded{r.words, c.reminders + 1};
}
inline auto decide(const cart& c, const drop_it& d) -> gesta::emits<dropped>::or_nothing {
  if (c.is_dropped) return gesta::no_change;
  return dropped{d.cart};
}
struct carts : gesta::aggregate<cart, gesta::commands<remind, drop_it>, gesta::by<"cart">> { static constexpr auto id = "cart"; };
using delays = gesta::delayed<remind, drop_it>;
struct shop : gesta::model<carts, delays> {};
using stream = gesta::flow<shop>::stream_of<delays>;

std::int64_t now = 0;
struct test_clock {
  gesta::timestamp operator()() const noexcept { return {now}; }
};
constexpr gesta::timestamp at(std::int64_t seconds) { return {seconds * 1'000'000'000}; }

/// How the commands of a name ended.
template <class App>
std::string ends(App& app, const char* name) {
  std::string all;
  CHECK(app.template read<stream>(name, gesta::slice{}, [&](const auto& event, const gesta::about&) {
    using type = std::remove_cvref_t<decltype(event)>;
    if constexpr (std::is_same_v<type, gesta::delay_records::handled>)
      all += event.how == gesta::delay_ended::accepted ? "accepted;" : event.how == gesta::delay_ended::refused ? std::string("refused ") + event.refusal.c_str() + ";" : "nothing;";
    else all += std::string(gesta::id_of<type>.name) + ";";
  }));
  return all;
}

}  // namespace

TEST_CASE("a command is handled when its time has come, and once") {
  now = 0;
  auto app = gesta::start<shop>(gesta::memory_store{}, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(app.later("one", remind{1, "a text that does not lie in place"}, at(10)));
  CHECK(app.later("two", drop_it{2}, at(5)));
  gesta::ran made = runner.poll();
  CHECK(made.caught_up);
  CHECK(made.next_due == at(5));
  now = at(10).nanoseconds - 1;
  CHECK(runner.poll().next_due == at(10));
  CHECK(app.state<carts>(2).is_dropped);
  CHECK(app.state<carts>(1).reminders == 0);
  ++now;
  CHECK(runner.poll().steps == 1);
  CHECK(runner.poll().steps == 0);
  CHECK(app.state<carts>(1).reminders == 1);
  CHECK(ends(app, "one") == "delayed.cart.remind;accepted;");
}

TEST_CASE("the name is there again: a later command replaces one that waits, and may follow one that was handled") {
  now = 0;
  auto app = gesta::start<shop>(gesta::memory_store{}, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(app.later("one", remind{1, "x"}, at(10)));
  CHECK(app.later("one", drop_it{1}, at(20)));
  now = at(15).nanoseconds;
  CHECK(runner.poll().steps == 0);
  now = at(20).nanoseconds;
  CHECK(runner.poll().steps == 1);
  CHECK(app.state<carts>(1).reminders == 0);
  CHECK(app.later("one", remind{1, "x"}, at(1)));
  CHECK(runner.poll().steps == 1);
  CHECK(app.later("one", drop_it{1}, at(1)));
  CHECK(runner.poll().steps == 1);
  CHECK(ends(app, "one") == "delayed.cart.remind;delayed.cart.drop;accepted;delayed.cart.remind;refused cart.gone;delayed.cart.drop;nothing;");
}

TEST_CASE("what is cancelled is not handled, and who cancels too late changes nothing") {
  now = 0;
  auto app = gesta::start<shop>(gesta::memory_store{}, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(app.later("one", remind{1, "x"}, at(10)));
  CHECK(app.cancel("one").position() != 0);
  CHECK(app.cancel("one").position() == 0);
  CHECK(app.cancel("never").position() == 0);
  now = at(10).nanoseconds;
  CHECK(runner.poll().steps == 0);
  CHECK(app.later("one", remind{1, "x"}, at(10)));
  CHECK(runner.poll().steps == 1);
  const auto before = app.last_position();
  CHECK(app.cancel("one").position() == 0);
  CHECK(app.last_position() == before);
  CHECK(app.state<carts>(1).reminders == 1);
}

TEST_CASE("in a batch it is said with the batch, or not at all") {
  now = 0;
  auto app = gesta::start<shop>(gesta::memory_store{}, test_clock{});
  auto runner = gesta::run_sagas(app);
  {
    auto batch = app.batch();
    CHECK(app.later("one", remind{1, "x"}, at(0)));
  }
  CHECK(runner.poll().steps == 0);
  {
    auto batch = app.batch();
    CHECK(app.later("one", remind{1, "x"}, at(0)));
    CHECK(batch.commit());
  }
  CHECK(runner.poll().steps == 1);
}

TEST_CASE("another program takes it over, and one that reads its own log again handles nothing twice") {
  now = 0;
  const folder dir;
  const gesta::sqlite_store store{dir / "shop.db"};
  {
    auto app = gesta::start<shop>(store, test_clock{});
    CHECK(app.later("one", remind{1, "words"}, at(10)));
  }
  auto app = gesta::start<shop>(store, test_clock{});
  auto other = gesta::start<shop>(store, test_clock{});
  auto runner = gesta::run_sagas(app), others = gesta::run_sagas(other);
  CHECK(runner.poll().next_due == at(10));
  now = at(10).nanoseconds;
  CHECK(others.poll().steps == 1);
  CHECK(runner.poll().steps == 0);
  CHECK(app.state<carts>(1).reminders == 1);
}

TEST_CASE("a commit that fails keeps neither the decision nor that it was handled") {
  now = 0;
  shared::disk disk;
  auto app = gesta::start<shop>(shared::store{&disk}, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(app.later("one", remind{1, "x"}, at(0)));
  disk.fails_at_commit = gesta::failure::kind::busy;
  disk.failing_commits = 1;
  CHECK_FALSE(runner.poll());
  CHECK(app.state<carts>(1).reminders == 0);
  CHECK(runner.poll().steps == 1);
  CHECK(app.state<carts>(1).reminders == 1);
}
