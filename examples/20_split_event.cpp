// One old event is several of today, or none, and an old rejection is the one of today: a file of last year, read by today's program.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdio>

#include "desk.hpp"

struct old_office : gesta::model<last_year::desks> {};
struct office : gesta::model<desks, gesta::history<moved_1, blinked_1, refused_1>> {};

static_assert(gesta::stored(moved_1{101, 102}).becomes(left{101}, entered{102}));
static_assert(gesta::stored(moved_1{101, 101}).becomes());

int main() {
  const gesta::sqlite_store file{.path = "desk.db"};
  const auto say = [](const auto&) {};
  const auto fail = [](const gesta::failure& why) { std::printf("%s\n", why.describe()); };
  {
    auto app = gesta::start<old_office>(file);
    app.handle("ann", last_year::move{101, 102}).match(say, fail);
    app.handle("ann", last_year::blink{true}).match(say, fail);
    app.handle("ann", last_year::climb{3}, gesta::once{"lift", 1}).match(say, fail);
  }
  auto app = gesta::start<office>(file);
  // What one stored event became shares its version and its position; what means nothing today keeps both.
  app.each_event([](const auto& event, const gesta::about& a) {
    using type = std::remove_cvref_t<decltype(event)>;
    std::printf("position %d, version %d: %s %d\n", static_cast<int>(a.position), static_cast<int>(a.version), gesta::id_of<type>.name, event.place);
  });
  std::printf("ann is at version %d\n", static_cast<int>(app.version<desks>("ann")));
  app.handle("ann", enter{300}, gesta::once{"lift", 1})
      .match([](const desk& now) { std::printf("at %d\n", now.place); },
             [](const refused& no) { std::printf("refused, as then: %d\n", no.place); }, fail);
  app.handle("ann", enter{103}, gesta::expected{2})
      .match([](const desk& now) { std::printf("at %d\n", now.place); }, [](const refused&) {}, [](const gesta::conflict&) {}, fail);
}
