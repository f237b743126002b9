// Reading one's own write. A view is kept by a consumer in a thread of its own; who has just sold something asks for a row that shows it, and gets
// the row, or is told that it is not yet there. A row that is too old cannot be taken for a new one: match has to answer.
#include <gesta/gesta.hpp>
#include <gesta/runtime/keeping_up.hpp>
#include <gesta/runtime/query.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <cstdio>
#include <thread>

#include "sales.hpp"

struct revenue { gesta::text<8> country; int cents = 0; };
constexpr void project(revenue& r, const sold& e) { r.cents += e.cents; }
struct by_country : gesta::projection<gesta::rows<revenue, "country">> { static constexpr auto id = "by_country"; };

int number(std::uint64_t n) { return static_cast<int>(n); }

int main() {
  const gesta::sqlite_store file{"waiting.db"};
  const gesta::sqlite_views views{"waiting.db"};
  auto app = gesta::start<shop>(file);
  auto countries = gesta::query<by_country>(views);
  const auto show = [&](const gesta::text<8>& country, const gesta::at_least& wanted) {
    // [find]
    gesta::find(countries, country, wanted).match(
        [](const revenue& r) { std::printf("%s: %d\n", r.country.c_str(), r.cents); },
        [&](gesta::no_row) { std::printf("%s: nothing was ever sold there\n", country.c_str()); },
        [](const gesta::not_yet& late) { std::printf("not yet: asked for %d, it shows %d\n", number(late.asked), number(late.reached)); },
        [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
    // [/find]
  };

  gesta::bell bell;
  std::thread keeps([&] {  // it could be another process
    auto log = gesta::reader<shop>(file);
    auto keeper = gesta::consume<by_country>(log, views);
    if (const gesta::read_result ended = gesta::keep_up(keeper, bell); !ended) std::printf("%s\n", ended.why().describe());
  });
  // [own]
  const auto first = app.handle("1", sell{"FR", 100});
  bell.ring();
  show("FR", gesta::own_write(app, first, gesta::seconds(60)));
  // [/own]
  show("DE", gesta::own_write(app, first, gesta::seconds(60)));
  const auto second = app.handle("2", sell{"FR", 50});
  bell.ring();
  gesta::wait_until(countries, gesta::own_write(app, second, gesta::seconds(60)))
      .match([](const gesta::reached& r) { std::printf("the whole view shows position %d\n", number(r.position)); },
             [](const gesta::not_yet&) { std::printf("not yet\n"); }, [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
  bell.stop();
  keeps.join();

  const auto third = app.handle("3", sell{"FR", 7});  // nobody keeps the view now
  show("FR", gesta::own_write(app, third, gesta::milliseconds(1)));
  show("FR", {});  // whatever it shows
  show("FR", {.position = third.position(), .incarnation = {1, 2}});  // a position of another log, as before a restore
}
