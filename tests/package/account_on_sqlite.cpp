// The same on a file that is opened twice: ends with 0 when the second run finds what the first one stored.
#include <gesta/gesta.hpp>
#include <gesta/store/sqlite.hpp>

#include <cstdio>

#include "account.hpp"

struct bank : gesta::model<accounts> {};

int deposit_on(const char* path) {
  int balance = 0;
  auto app = gesta::start<bank>(gesta::sqlite_store{.path = path});
  app.handle("alice", deposit{100}).match([&](const account& now) { balance = now.balance; },
                                          [](const gesta::failure& why) { std::fprintf(stderr, "%s\n", why.describe()); });
  return balance;
}

int main() {
  const char* path = "account.db";
  std::remove(path);
  return deposit_on(path) == 100 && deposit_on(path) == 200 ? 0 : 1;
}
