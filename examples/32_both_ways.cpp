// Two ways to one end: a saga that leads, and services that react to each other, over the same shop. Each failure ends alike.
#include <gesta/gesta.hpp>

#include <cstdio>

#include "dance.hpp"
#include "fulfilment.hpp"
#include "shop.hpp"

namespace {

// fulfilment.hpp knows the whole: what is done, what undoes it, what a refusal means. dance.hpp says of each service what concerns it.
struct led_shop     : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, fulfilment> {};
struct dancing_shop : gesta::model<order::orders, payment::payments, stock::stocks, shipping::parcels, dance> {};

struct end {
  bool confirmed, shipped;
  order::cause cancelled;
  int paid, left;
  friend bool operator==(const end&, const end&) = default;
};
template <class App>
end of(App& app, const order::placed& o) {
  const auto order = app.template state<order::orders>(o.order);
  return {order.confirmed, app.template state<shipping::parcels>(o.order).shipped, order.cancelled, app.template state<payment::payments>(o.order).held,
          app.template state<stock::stocks>(o.item).left};
}

}  // namespace

int main() {
  auto led_app = gesta::start<led_shop>(gesta::memory_store{});
  auto runner = gesta::run_sagas(led_app);
  auto dancing_app = gesta::start<dancing_shop>(gesta::memory_store{});
  constexpr const char* causes[] = {"confirmed", "payment", "stock", "shipping"};
  // Of each item there are three; cards stand for 500.00; nobody lives where the seventh order goes.
  for (const order::placed o : {order::placed{1, 5, 100'00}, {2, 5, 100'00}, {3, 5, 100'00}, {4, 5, 100'00}, {5, 6, 900'00}, {7, 6, 100'00}}) {
    led_app.handle(order::place{o.order, o.item, o.cents});
    while (!runner.poll().caught_up) {}
    dancing_app.handle(order::place{o.order, o.item, o.cents});

    const end one = of(led_app, o), other = of(dancing_app, o);
    std::printf("order %d: %s; paid %d, left of item %d: %d\n", o.order, causes[static_cast<int>(one.cancelled)], one.paid, o.item, one.left);
    if (one != other || one.confirmed != one.shipped || one.confirmed == (one.cancelled != order::cause::none)) return 1;
  }
}
