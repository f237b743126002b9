// An event that is larger than the model's budget is refused before anything of its unit of work is kept.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../folder.hpp"

namespace {

struct noted { std::string words; static constexpr auto id = "noted"; };
struct counted { int by; static constexpr auto id = "counted"; };
struct note { std::string words; };
struct note_all { std::vector<std::string> all; };
struct pad { int notes = 0; };
inline void evolve(pad& p, const noted&) { ++p.notes; }
inline void evolve(pad& p, const counted& e) { p.notes += 100 * e.by; }
inline auto decide(const pad&, const note& c) -> gesta::emits<counted, noted> { return gesta::emit(counted{1}, noted{c.words}); }
inline auto decide(const pad&, const note_all& c) -> gesta::emits<gesta::many<noted>> {
  return gesta::each(c.all, [](const std::string& words) { return noted{words}; });
}
struct pads : gesta::aggregate<pad, gesta::commands<note, note_all>> { static constexpr auto id = "pad"; };
struct desk : gesta::model<pads, gesta::budget<100>> {};
struct without : gesta::model<pads> {};

const std::string fits(99, 'f'), too_long(100, 't');  // a byte more says how many there are

template <class Outcome>
std::string cause(const Outcome& outcome) {
  std::string why;
  outcome.match([&](const auto& was) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(was)>, gesta::failure>) why = was.why == gesta::failure::kind::too_large ? was.describe() : "another";
  });
  return why;
}

template <class App>
void run(App&& app) {
  CHECK(cause(app.handle("a", note{fits})).empty());
  CHECK(cause(app.handle("a", note{too_long})) == "the event noted has 101 bytes, and the model's budget is 100");
  CHECK(cause(app.handle("a", note_all{{fits, too_long}})) != "");
  CHECK(app.template state<pads>("a").notes == 101);  // the first event of a refused command is gone as well
  CHECK(app.last_position() == 2);
  const auto appended = app.append(gesta::facts<pads>("b", gesta::expected::any(), noted{fits}, noted{too_long}));
  REQUIRE(!appended);
  CHECK(appended.why().why == gesta::failure::kind::too_large);
  CHECK(app.last_position() == 2);
  CHECK(cause(app.handle("a", note_all{{fits, fits}})).empty());
  CHECK(app.template version<pads>("a") == 4);
}

}  // namespace

TEST_CASE("in memory and in a file an event has to be within the budget") {
  const folder here;
  run(gesta::start<desk>(gesta::memory_store{}));
  run(gesta::start<desk>(gesta::sqlite_store{.path = here / "desk.db"}));
}

TEST_CASE("a model without a budget measures nothing, and in memory nothing can fail") {
  auto app = gesta::start<without>(gesta::memory_store{});
  app.handle("a", note{std::string(100'000, 'x')}).match([](const pad& p) { CHECK(p.notes == 101); });
}
