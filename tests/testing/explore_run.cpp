// Explores sagas and says what is wrong with the first that is not sound: what the mutations are tried with.
#include <gesta/testing/explore.hpp>

#include <cstdio>

#include "sagas.hpp"

namespace {

using gesta::testing::explore;
using gesta::testing::explored;

explored line() { return explore<shop, fulfilment>(); }
explored cancelled_line() { return explore<shop_of_cancellable, cancellable>(); }
explored groups() { return explore<agency, travel>(); }
explored quiet_groups() { return explore<agency, travel>({.duplicates = 0, .timeouts = 0, .crashes = 0}); }
explored goods() { return explore<depots, delivery>({.duplicates = 0, .timeouts = 2, .crashes = 0}); }

}  // namespace

int main() {
  const explored found = GESTA_PLACE();
  if (found.sound()) return 0;
  std::printf("broken: %s\n%s\n", found.problem.c_str() + found.problem.rfind("=> "), found.problem.c_str());
  return 1;
}
