// A command that is said for later is handled once, when its time has come, whatever happens to the program meanwhile.
#include <gesta/runtime/delays.hpp>

#include <doctest/doctest.h>

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

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

/// What app.delayed shows, a word a name.
template <class App>
std::string shown(App& app) {
  using is = gesta::delay_standing::is;
  std::string all;
  const auto show = [&](std::string_view name, const auto& command, const gesta::delay_standing& how) {
    all += std::string(name) + " " + gesta::id_of<std::remove_cvref_t<decltype(command)>>.name + " of " + std::to_string(command.cart) + " at " +
           std::to_string(how.due.nanoseconds / 1'000'000'000);
    all += how.what == is::waiting ? "; " : how.what == is::put_aside ? std::string(" put aside: ") + how.cause.detail + "; " : std::string(" refused: ") + how.refusal.c_str() + "; ";
  };
  CHECK(app.delayed(show));
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

TEST_CASE("what waits is listed, typed, with its time and the record that said it") {
  now = 7;
  auto app = gesta::start<shop>(gesta::memory_store{}, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(shown(app) == "");
  CHECK(app.later("one", remind{1, "words"}, at(10)));
  const gesta::appended said = app.later("two", drop_it{2}, at(5));
  CHECK(app.later("three", drop_it{3}, at(5)));
  CHECK(app.cancel("three"));
  CHECK(shown(app) == "one cart.remind of 1 at 10; two cart.drop of 2 at 5; ");
  int drops = 0;
  const auto look = [&](std::string_view name, const auto& command, const gesta::delay_standing& how) {
    if constexpr (std::is_same_v<decltype(command), const drop_it&>) {
      ++drops;
      CHECK(name == "two");
      CHECK(how.position == said.position());
      CHECK(how.asked.time == gesta::timestamp{7});
      CHECK(how.asked.correlation == gesta::message_id{0, said.position()});
      CHECK(how.since == how.asked.time);
    } else {
      CHECK(command.words == "words");
    }
  };
  CHECK(app.delayed(look));
  CHECK(drops == 1);
  now = at(5).nanoseconds;
  CHECK(runner.poll().steps == 1);
  CHECK(shown(app) == "one cart.remind of 1 at 10; ");
}

TEST_CASE("what was refused stays listed with its cause until somebody has looked, in this program and in the next one") {
  now = at(1).nanoseconds;
  const folder dir;
  const gesta::sqlite_store store{dir / "shop.db"};
  const char* const refused = "one cart.remind of 1 at 1 refused: cart.gone; two cart.remind of 1 at 1 refused: cart.gone; ";
  {
    auto app = gesta::start<shop>(store, test_clock{});
    auto runner = gesta::run_sagas(app);
    CHECK(app.handle(drop_it{1}).position() != 0);
    for (const char* const name : {"one", "two", "three"}) CHECK(app.later(name, remind{1, "words"}, at(1)));
    CHECK(app.later("three", drop_it{1}, at(1)));  // does nothing: that is no refusal
    CHECK(runner.poll().steps == 3);
    CHECK(shown(app) == refused);
    CHECK(runner.poll().steps == 0);
  }
  now = at(2).nanoseconds;
  auto app = gesta::start<shop>(store, test_clock{});
  auto other = gesta::start<shop>(store, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(runner.poll().steps == 0);
  CHECK(shown(app) == refused);
  const auto looks = [](std::string_view, const auto&, const gesta::delay_standing& how) {
    CHECK(how.what == gesta::delay_standing::is::refused);
    CHECK(how.since == at(1));
    CHECK(how.position != 0);
  };
  CHECK(app.delayed(looks));
  std::string stuck;
  runner.stuck<remind>([&](std::string_view name, const gesta::delay_standing& how) { stuck += std::string(name) + " " + how.refusal.c_str() + "; "; });
  CHECK(stuck == "one cart.gone; two cart.gone; ");
  runner.stuck<drop_it>([](std::string_view, const gesta::delay_standing&) { FAIL_CHECK("another command"); });
  using is = gesta::delay_standing::is;
  CHECK(runner.state<remind>("one").what == is::refused);
  CHECK(runner.state<remind>("one").refusal == "cart.gone");
  CHECK(runner.state<drop_it>("one").what == is::none);  // the name stands for another command
  CHECK(runner.state<remind>("three").what == is::none);
  CHECK(runner.state<remind>("never said").what == is::none);

  CHECK(app.later("one", drop_it{8}, at(2)));  // something else instead
  CHECK(app.cancel("two").position() != 0);    // looked at
  CHECK(app.cancel("two").position() == 0);
  CHECK(shown(other) == "one cart.drop of 8 at 2; ");
  int open = 0;
  runner.open<drop_it>([&](std::string_view name, const gesta::delay_standing& how) {
    ++open;
    CHECK(name == "one");
    CHECK(how.what == is::waiting);
    CHECK(how.due == at(2));
  });
  CHECK(open == 1);
  CHECK(runner.state<drop_it>("one").due == at(2));
  CHECK(runner.poll().steps == 1);
  CHECK(shown(other) == "");
  CHECK(runner.state<remind>("two").what == is::none);
  CHECK(ends(other, "two") == "delayed.cart.remind;refused cart.gone;delayed.cancelled;");
}

TEST_CASE("who is shown it may cancel and say others") {
  now = at(1).nanoseconds;
  auto app = gesta::start<shop>(gesta::memory_store{}, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(app.handle(drop_it{1}).position() != 0);
  for (const char* const name : {"one", "two"}) CHECK(app.later(name, remind{1, "a text that does not lie in place"}, at(1)));
  CHECK(runner.poll().steps == 2);
  CHECK(app.delayed([&](std::string_view name, const auto& command, const gesta::delay_standing& how) {
    if (how.what != gesta::delay_standing::is::refused) return;
    CHECK(app.cancel(name).position() != 0);
    if constexpr (std::is_same_v<decltype(command), const remind&>) {
      CHECK(app.later(std::string(name) + " again", remind{2, command.words}, at(3)));
      CHECK(command.words == "a text that does not lie in place");
    }
  }));
  CHECK(shown(app) == "one again cart.remind of 2 at 3; two again cart.remind of 2 at 3; ");
}

TEST_CASE("a refusal in a unit that is not kept is none") {
  now = at(1).nanoseconds;
  shared::disk disk;
  auto app = gesta::start<shop>(shared::store{&disk}, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(app.handle(drop_it{1}).position() != 0);
  CHECK(app.later("one", remind{1, "x"}, at(1)));
  disk.fails_at_commit = gesta::failure::kind::busy;
  disk.failing_commits = 1;
  CHECK_FALSE(runner.poll());
  CHECK(shown(app) == "one cart.remind of 1 at 1; ");
  CHECK(runner.poll().steps == 1);
  CHECK(shown(app) == "one cart.remind of 1 at 1 refused: cart.gone; ");
  CHECK(ends(app, "one") == "delayed.cart.remind;refused cart.gone;");
}

#ifdef __cpp_exceptions

namespace {

struct weighed { int cart; static constexpr auto id = "scale.weighed"; };
struct weigh { int cart; static constexpr auto id = "scale.weigh"; };
struct scale { int count = 0; };
bool is_broken = false;
inline void evolve(scale& s, const weighed&) { ++s.count; }
inline auto decide(const scale&, const weigh& w) -> gesta::emits<weighed> {
  if (is_broken) throw std::runtime_error("no current");
  return weighed{w.cart};
}
struct scales : gesta::aggregate<scale, gesta::commands<weigh>, gesta::by<"cart">> { static constexpr auto id = "scale"; };
struct yard : gesta::model<scales, gesta::delayed<weigh>> {};

}  // namespace

TEST_CASE("one whose decision ends with an exception is listed as put aside; the next program finds it waiting") {
  now = at(1).nanoseconds;
  is_broken = true;
  shared::disk disk;
  const auto is_aside = [](std::string_view name, const weigh& w, const gesta::delay_standing& how) {
    CHECK(name == "one");
    CHECK(w.cart == 4);
    CHECK(how.what == gesta::delay_standing::is::put_aside);
    CHECK(how.cause.why == gesta::failure::kind::interrupted);
    CHECK(std::string_view(how.cause.detail).find("no current") != std::string_view::npos);
  };
  {
    auto app = gesta::start<yard>(shared::store{&disk}, test_clock{});
    auto runner = gesta::run_sagas(app);
    CHECK(app.later("one", weigh{4}, at(1)));
    CHECK(runner.poll().put_aside == 1);
    CHECK(runner.poll().put_aside == 0);
    CHECK(app.delayed(is_aside));
    CHECK(shown(app).starts_with("one scale.weigh of 4 at 1 put aside: "));
    CHECK(runner.state<weigh>("one").what == gesta::delay_standing::is::put_aside);
    CHECK(app.later("one", weigh{4}, at(1)));  // said again it is tried again
    CHECK(shown(app) == "one scale.weigh of 4 at 1; ");
    CHECK(runner.poll().put_aside == 1);
  }
  auto app = gesta::start<yard>(shared::store{&disk}, test_clock{});
  auto runner = gesta::run_sagas(app);
  CHECK(shown(app) == "one scale.weigh of 4 at 1; ");
  CHECK(runner.poll().put_aside == 1);
  is_broken = false;
  CHECK(runner.poll().steps == 0);
  CHECK_FALSE(runner.retry<weigh>("two", "ann"));
  CHECK(runner.retry<weigh>("one", "ann"));
  CHECK(runner.poll().steps == 1);
  CHECK(app.state<scales>(4).count == 1);
  CHECK(shown(app) == "");
}

#endif
