// A sender that numbers its requests may repeat them; a caller that says which version it saw is told when that is past.
#include <gesta/gesta.hpp>

#include <cstdio>

#include "bank.hpp"

struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});

  // The outcome is kept with the events, rejections too: what was refused stays refused.
  const auto line_7 = gesta::once{"statement", 7};
  for (int attempt = 1; attempt <= 2; ++attempt) {
    app.handle("alice", withdraw{50}, line_7)
        .match([](const account& now) { std::printf("balance %d\n", now.balance); },
               [](const insufficient_funds& no) { std::printf("short by %d\n", no.missing); });
    app.handle("alice", deposit{100}, gesta::once{"statement", 8});
  }
  std::printf("balance %d, version %d\n", app.state<accounts>("alice").balance, static_cast<int>(app.version<accounts>("alice")));

  for (const unsigned seen : {1u, 1u})
    app.handle("alice", deposit{1}, gesta::expected{seen})
        .match([](const account& now) { std::printf("balance %d\n", now.balance); },
               [](const gesta::conflict& with) { std::printf("somebody was faster: version %d\n", static_cast<int>(with.actual)); });
}
