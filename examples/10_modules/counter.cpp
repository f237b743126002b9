// The counter module: a shared library. To include the port costs a small part of what it costs to run a model.
#include "counter.hpp"

#include <cstdio>

namespace counter {

void sell(gesta::port<stock::shelves> stock, const char* product, int pieces) {
  stock.handle(product, stock::send_out{pieces})
      .match([&](const stock::shelf& now) { std::printf("sold %d of %s, %d left\n", pieces, product, now.pieces); },
             [&](const stock::sold_out& no) { std::printf("only %d of %s\n", no.left, product); },
             [&](const gesta::failure& why) { std::printf("%s\n", why.describe()); });
}

}  // namespace counter
