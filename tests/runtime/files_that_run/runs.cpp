// A file that runs the model in memory. Built as NAME=first and as NAME=second, which sees the verbs that SEES says.
#include "shop.hpp"

#include <cstdio>

void NAME() {
  auto app = gesta::start<shop::whole>(gesta::memory_store{});
  app.handle("one", shop::sell{100});
  const shop::turnover& seen = app.view<shop::turnover>();
  std::printf("sold %d, given back %d, notes %d\n", seen.sold, seen.given_back, app.state<shop::tills>("one").notes);
}
