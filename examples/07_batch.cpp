// Many commands as one unit of work: all of it is kept, or nothing.
#include <gesta/gesta.hpp>

#include <cstdio>

#include "bank.hpp"

struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  const auto show = [&] { std::printf("alice %d, bob %d\n", app.state<accounts>("alice").balance, app.state<accounts>("bob").balance); };

  {
    auto batch = app.batch();
    batch.handle("alice", deposit{100});
    batch.handle("bob", deposit{50});
    if (const auto kept = batch.commit(); !kept) std::printf("%s\n", kept.why().describe());
  }
  show();
  {
    auto batch = app.batch();
    batch.handle("alice", deposit{1000});
    (void)batch.handle("bob", withdraw{50});
    show();
  }  // no commit: taken back
  show();
}
