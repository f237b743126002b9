// Choreography: four services bring an order to its end, and nobody coordinates them. dance.hpp says who does what about what; leave one
// reaction out, or forget an undo, and the program does not compile: it names the path on which something would be left.
#include <gesta/gesta.hpp>

#include <cstdio>
#include <type_traits>

#include "dance.hpp"

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, dance> {};

int main() {
  auto app = gesta::start<shop>(gesta::memory_store{});

  // What one command brings about is one commit: the process is at its end when handle returns.
  const auto place = [&](int order, int item, int cents) {
    const auto before = app.last_position();
    app.handle(order::place{order, item, cents});
    std::printf("order %d:", order);
    const auto read = app.read({.after = before}, [](const auto& event, const gesta::about&) {
      std::printf(" %s", gesta::id_of<std::remove_cvref_t<decltype(event)>>.name);
    });
    if (!read) std::printf(" ...");
    std::printf("\n");
  };
  place(1, 5, 100'00);
  place(2, 5, 900'00);  // the card is declined
  place(3, 5, 100'00);
  place(7, 5, 100'00);  // undeliverable
  place(4, 5, 100'00);
  place(5, 5, 100'00);  // the fourth of three

  const char* const why[] = {"", " for payment", " for stock", " for shipping", " by the customer"};
  for (int order : {1, 2, 5, 7}) {
    const auto& now = app.state<order::orders>(order);
    std::printf("order %d is %s%s, paid %d\n", order, now.confirmed ? "confirmed" : "cancelled", why[static_cast<int>(now.cancelled)],
                app.state<payment::payments>(order).held);
  }
  std::printf("left of item 5: %d\n", app.state<stock::stocks>(5).left);
}
