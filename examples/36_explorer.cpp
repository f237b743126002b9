// Testing a saga: what it asks, told at compile time; everything that can happen to its messages; and the same over the real aggregates.
#include <gesta/gesta.hpp>
#include <gesta/testing/explore.hpp>
#include <gesta/testing/explore_app.hpp>
#include <gesta/testing/given_saga.hpp>
#include <gesta/testing/undo_laws.hpp>

#include <cstdio>

#include "fulfilment.hpp"

struct shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};

using order::cause;
using gesta::testing::given;

// [given]
static_assert(given<shop, fulfilment>(order::placed{1, 5, 100})
                  .asks(payment::charge{1, 100}).answered(payment::charged{1, 100})
                  .asks(stock::reserve{1, 5}).answered(stock::sold_out{})
                  .asks(payment::refund{1, 100}).answered(payment::refunded{1, 100})
                  .asks(order::cancel{1, cause::stock}).answered(order::cancelled{1, cause::stock})
                  .compensated(cause::stock));
// [/given]

// A saga that no model takes: it sends the parcel before it is paid for. gesta::testing::explore tells what comes of it.
struct careless : gesta::saga<gesta::by<"order">, fulfil::place_order, fulfil::ship_parcel, fulfil::take_payment> {
  static constexpr auto id = "careless";
};
struct unchecked {
  using parts = gesta::flow<shop>::deciders;  // the aggregates, without the rules of a model
};

int main() {
  // [explore]
  // One message doubled, one time that passes, one crash, each at every place: outcomes come from the types, no value is needed.
  const auto found = gesta::testing::explore<shop, fulfilment>();
  std::printf("fulfilment: %s, %zu ends completed, %zu compensated\n", found ? "sound" : found.problem.c_str(), found.completed, found.compensated);
  // [/explore]
  std::printf("careless:\n%s\n", gesta::testing::explore<unchecked, careless>().problem.c_str());

  // [app]
  // The real aggregates and the real runner: refused, doubled, ended at each commit and begun anew. The check is asked at the end of each story.
  const auto all = gesta::testing::explore_app<shop, fulfilment>(order::place{1, 5, 100}).each([](auto& app, gesta::ended how) {
    const bool is_done = how == gesta::ended::completed;
    return app.template state<payment::payments>(1).held == (is_done ? 100 : 0) && app.template state<stock::stocks>(5).held == (is_done ? 1 : 0);
  });
  std::printf("an order: %s in all stories\n", all ? "right" : all.problem.c_str());
  // [/app]

  // [laws]
  // Of every aggregate: it undoes only what stands, and does nothing only where there is nothing to do.
  std::printf("aggregates: %s\n", gesta::testing::undo_laws<shop>() ? "lawful" : "not lawful");
  // [/laws]
}
