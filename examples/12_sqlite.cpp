// A store that stays: SQLite. What is started on the same file again knows everything that was kept, outcomes of requests too.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdio>

#include "bank.hpp"

struct bank : gesta::model<accounts> {};

void run(const char* when) {
  auto app = gesta::start<bank>(gesta::sqlite_store{.path = "bank.db"});
  app.handle("alice", deposit{100}, gesta::once{"statement", 1})
      .match([&](const account& now) { std::printf("%s: balance %d\n", when, now.balance); },
             [&](const gesta::failure& why) { std::printf("%s: %s\n", when, why.describe()); });
  app.handle("alice", withdraw{30})
      .match([&](const account& now) {
               std::printf("%s: balance %d at version %d\n", when, now.balance, static_cast<int>(app.version<accounts>("alice")));
             },
             [&](const insufficient_funds& no) { std::printf("%s: short by %d\n", when, no.missing); },
             [&](const gesta::failure& why) { std::printf("%s: %s\n", when, why.describe()); });
}

int main() {
  run("first");
  run("again");  // the deposit is not made twice, the withdrawal has no number and is
}
