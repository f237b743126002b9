// Explores sagas over their real aggregates with the real runner, and says what is wrong: what the mutations of the runner are tried with.
#include <gesta/testing/explore_app.hpp>

#include <cstdio>

#include "remote_sagas.hpp"
#include "sagas.hpp"

namespace {

using gesta::ended;
using gesta::testing::explore_app;
using gesta::testing::explored;

explored line() {
  return explore_app<shop_of_cancellable, cancellable>(order::place{1, 5, 100}, order::ask_to_cancel{1}).each([](auto& app, ended how) {
    const bool is_done = how == ended::completed;
    const auto& o = app.template state<order::orders>(1);
    return app.template state<payment::payments>(1).held == (is_done ? 100 : 0) && app.template state<stock::stocks>(5).held == (is_done ? 1 : 0) &&
           app.template state<shipping::parcels>(1).shipped == is_done && o.confirmed == is_done && (o.cancelled != order::cause::none) == !is_done;
  });
}
explored goods() {
  return explore_app<depots, delivery>({.duplicates = 0, .refusals = 2}, depot::order_it{2}, depot::withdraw{2}).each([](auto& app, ended how) {
    const depot::state& s = app.template state<depot::all>(2);
    return how == ended::completed ? s.picked == 2 && s.billed : s.picked == 0 && !s.billed;
  });
}
explored elsewhere() {
  return explore_app<web::shop, web::selling>({.duplicates = 0, .crashes = 0}, web::place{3, 500}).each([](auto& app, ended how) {
    const web::order& o = app.template state<web::orders>(3);
    return o.is_confirmed == (how == ended::completed) && o.is_cancelled == (how == ended::compensated);
  });
}

}  // namespace

int main() {
  const explored found = GESTA_PLACE();
  if (found.sound()) return 0;
  std::printf("broken: %s\n%s\n", found.problem.c_str() + found.problem.rfind("=> "), found.problem.c_str());
  return 1;
}
