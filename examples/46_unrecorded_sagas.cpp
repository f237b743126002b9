// A saga without records: the steps of example 30, over plain states in memory. Nobody reads a log here, and nothing is left when the program ends:
// for a forecast, a game, a test of a rule over a million orders, or a service whose callers ask again.
#include <gesta/gesta.hpp>
#include <gesta/runtime/unrecorded_sagas.hpp>

#include <cstdio>

#include "fulfilment.hpp"

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};

const char* words_for(gesta::saga_stands how) {
  constexpr const char* names[] = {"completed", "compensated", "under way", "waiting", "stuck", "known"};
  return names[static_cast<unsigned>(how)];
}

// [forecast]
/// How many of 20 orders are confirmed when so many pieces of each item are on the shelf, and one order in seven does not arrive.
int confirmed_with(int pieces) {
  gesta::unrecorded_states<shop> states;
  gesta::unrecorded_sagas<shop, fulfilment> sagas(states);  // gesta::to_completion: each is led to its end by the call that begins it
  for (const int item : {1, 2}) states.of<stock::stocks>(item).left = pieces;
  int confirmed = 0;
  for (int number = 1; number <= 20; ++number) {
    sagas.handle(order::place{number, 1 + number % 2, 10'00});
    confirmed += states.of<order::orders>(number).confirmed ? 1 : 0;
  }
  return confirmed;
}
// [/forecast]

int main() {
  for (const int pieces : {0, 5, 10}) std::printf("%2d of each item: %2d of 20 orders confirmed\n", pieces, confirmed_with(pieces));

  // [by_event]
  gesta::unrecorded_states<shop> states;
  gesta::unrecorded_sagas<shop, fulfilment> sagas(states);
  std::printf("order 1: %s\n", words_for(sagas.begin(order::placed{1, 5, 100'00})));  // it has happened, whoever decided it
  std::printf("order 2: %s\n", words_for(sagas.begin(order::placed{2, 5, 900'00})));  // the card is declined
  std::printf("order 7: %s\n", words_for(sagas.begin(order::placed{7, 5, 30'00})));   // no parcel gets there
  // [/by_event]
  std::printf("%d of item 5 left, %d cents held for order 7\n", states.of<stock::stocks>(5).left, states.of<payment::payments>(7).held);

  // [at_once]
  // Many at once: in the order in which commands are asked, whoever asks. Here all orders pay before the first of them takes its piece.
  gesta::unrecorded_sagas<shop, fulfilment, gesta::in_order> crowd(states);
  for (const int number : {11, 12, 13, 14}) crowd.handle(order::place{number, 6, 20'00});
  const std::size_t commands = crowd.run([](int number, gesta::ended how) {
    std::printf("order %d: %s\n", number, how == gesta::ended::completed ? "completed" : "compensated");
  });
  std::printf("%d commands\n", static_cast<int>(commands));
  // [/at_once]

  // What has ended is forgotten: nothing is known of order 1 but what the states hold, and the same event begins it anew.
  std::printf("order 1 is %s\n", crowd.has(1) || sagas.has(1) ? "known" : "forgotten");
}
