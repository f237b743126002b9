// A reactor that follows the log: billing hears of an order behind its commit, when it is polled, and in whichever program polls it. The model of
// example 31 stays as it is; what is said here is only where the program is composed.
#include <gesta/gesta.hpp>
#include <gesta/runtime/reacting.hpp>
#include <gesta/store/sqlite.hpp>
#include <gesta/store/sqlite_views.hpp>

#include <cstdint>
#include <cstdio>
#include <type_traits>

#include "dance.hpp"

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, dance> {};

// [start]
auto open() {
  return gesta::start<shop>(gesta::sqlite_store{.path = "shop.db"}, gesta::async<payment::billing>{});  // billing does not act in the commit
}
template <class App>
auto bills_of(App& app) {
  return gesta::react_by<payment::billing>(app, gesta::sqlite_views{.path = "shop.db"}, gesta::from_beginning{});  // its checkpoint lies there
}
// [/start]

template <class App>
void show(App& app, const char* words, std::uint64_t before) {
  std::printf("%s:", words);
  const auto read = app.read({.after = before}, [](const auto& event, const gesta::about&) {
    std::printf(" %s", gesta::id_of<std::remove_cvref_t<decltype(event)>>.name);
  });
  std::printf("%s\n", read ? "" : " ...");
}

/// One command, and what its commit holds.
template <class App>
void place(App& app, int number, int cents) {
  const std::uint64_t before = app.last_position();
  app.handle(order::place{number, 5, cents}).match([](const auto&) {}, [](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
  show(app, "placed", before);
}

/// What billing has heard of, and all that followed.
template <class App, class Bills>
void poll(App& app, Bills& bills) {
  const std::uint64_t before = app.last_position();
  const gesta::consumed made = bills.poll();
  if (!made) std::printf("%s\n", made.why().describe());
  show(app, "billing", before);
}

int main() {
  {
    // [poll]
    auto app = open();
    auto bills = bills_of(app);
    place(app, 1, 100'00);  // nobody waits for the bank
    poll(app, bills);       // one unit of work: the charge, and all that follows from it in commits
    place(app, 7, 30'00);
    poll(app, bills);       // no parcel gets there: of the released piece billing hears in the same poll, and pays back
    // [/poll]
    place(app, 2, 900'00);
  }
  // The program ended before billing had heard of order 2. The next one goes on behind the checkpoint: nothing is missed, nothing is asked twice.
  auto app = open();
  auto bills = bills_of(app);
  poll(app, bills);
  for (const int number : {1, 2, 7})
    std::printf("order %d is %s, paid %d\n", number, app.state<order::orders>(number).confirmed ? "confirmed" : "cancelled",
                app.state<payment::payments>(number).held);
}
