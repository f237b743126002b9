// A view gets another form while it is read. The new version is built from the beginning of the log beside the old one, which serves until the new
// one has come as far; the switch is one commit. And one row alone is made anew, when somebody spoilt it.
#include <gesta/gesta.hpp>
#include <gesta/runtime/query.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <cstdio>

#include "sales.hpp"

// [versions]
struct revenue { gesta::text<8> country; int cents = 0; };
constexpr void project(revenue& r, const sold& e) { r.cents += e.cents; }
struct by_country : gesta::projection<gesta::rows<revenue, "country">> { static constexpr auto id = "by_country"; };

struct revenue_and_count { gesta::text<8> country; int cents = 0, orders = 0; };
constexpr void project(revenue_and_count& r, const sold& e) { r.cents += e.cents; ++r.orders; }
struct by_country_2 : gesta::projection<gesta::rows<revenue_and_count, "country">> {
  static constexpr auto id = "by_country";
  static constexpr auto version = 2;
};
// [/versions]

int main() {
  const gesta::sqlite_views views{"rebuild.db"};
  auto app = gesta::start<shop>(gesta::sqlite_store{"rebuild.db"});
  const auto sell_to_france = [&](int cents) {
    app.handle("1", sell{"FR", cents}).match([](const order&) {}, [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
  };

  // [switch]
  auto countries = gesta::query<by_country_2, by_country>(views);  // the newest that serves
  const auto show = [&](const char* when) {
    std::printf("%-30s", when);
    gesta::find(countries, "FR").match([](const revenue& r) { std::printf("%d\n", r.cents); },
                                       [](const revenue_and_count& r) { std::printf("%d in %d orders\n", r.cents, r.orders); },
                                       [](gesta::no_row) { std::printf("nothing\n"); }, [](const gesta::not_yet&) { std::printf("not yet\n"); },
                                       [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
  };
  // [/switch]

  auto keeper = gesta::consume<by_country>(app, views);
  for (const int cents : {10, 20, 30, 40}) sell_to_france(cents);
  show("nobody has filled it:");
  if (!keeper.poll()) return 1;
  show("version 1:");

  auto next = gesta::consume<by_country_2>(app, views);
  if (!next.poll(3)) return 1;  // three events, of four
  show("version 2 is being built:");
  if (!next.poll()) return 1;
  show("version 2 has come as far:");
  sell_to_france(50);
  if (!keeper.poll() || !next.poll()) return 1;  // a program of before goes on beside it
  show("and goes on:");

  if (!next.views().begin()) return 1;  // somebody spoils a row
  next.rows().find_or_add("FR")->cents = 0;
  if (!next.views().commit()) return 1;
  show("a row was spoilt:");
  // [row]
  if (!next.rebuild("FR")) return 1;  // from the log, in one commit
  // [/row]
  show("and made anew:");

  // [drop]
  if (!next.drop_older()) return 1;  // no program needs version 1 any more
  // [/drop]
  show("version 1 was dropped:");
}
