// A program of a user: ends with 0 when the second deposit finds the first.
#include <gesta/gesta.hpp>

#include "account.hpp"

struct bank : gesta::model<accounts> {};

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  int balance = 0;
  app.handle("alice", deposit{100});
  app.handle("alice", deposit{30}).match([&](const account& now) { balance = now.balance; });
  return balance == 130 ? 0 : 1;
}
