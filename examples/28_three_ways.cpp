// One definition, three ways to keep a view: in the commit of its events, behind a consumer, or not at all. Where the program is composed says which.
#include <gesta/gesta.hpp>
#include <gesta/runtime/inlined.hpp>
#include <gesta/runtime/reader.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <cstdio>

#include "sales.hpp"

struct sales_in { gesta::text<8> country; int cents = 0; };
constexpr void project(sales_in& row, const sold& e) { row.cents += e.cents; }
struct revenue : gesta::projection<gesta::rows<sales_in, "country">, gesta::follows<orders>> { static constexpr auto id = "revenue"; };

struct market : gesta::model<orders, revenue> {};

template <class App>
void sell_to(App& app, const char* number, gesta::text<8> country, int cents) {
  app.handle(number, sell{country, cents})
      .match([](const order&) {}, [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
}
void show(const char* way, const sales_in* row) {
  if (row == nullptr) std::printf("%-9s nothing yet\n", way);
  else std::printf("%-9s %d\n", way, row->cents);
}

int main() {
  const gesta::sqlite_store file{"three_ways.db"};
  {
    // Nobody keeps it: it is folded from the log for each question.
    auto app = gesta::start<market>(file, gesta::live<revenue>{});
    sell_to(app, "1", "FR", 100);
    show("live:", &*app.live<revenue>("FR"));
  }
  {
    // A consumer keeps it, in its own time: here in tables of the same file. It may be another thread or process.
    auto app = gesta::start<market>(file, gesta::async<revenue>{});
    auto log = gesta::reader<market>(file);
    auto keeper = gesta::consume<revenue>(log, gesta::sqlite_views{"three_ways.db"});
    show("async:", keeper.row("FR"));
    if (!keeper.poll()) return 1;
    show("async:", keeper.row("FR"));
  }
  {
    // The app keeps it in the commit of the events: whoever has the outcome of a command finds it in the rows. It goes on where the consumer stood.
    auto app = gesta::start<market>(file, gesta::inlined<revenue>{});
    sell_to(app, "2", "FR", 250);
    show("inlined:", app.row<revenue>("FR"));
  }
}
