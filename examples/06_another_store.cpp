// The same program on any store: it answers gesta::failure, and the store is one argument.
#include <gesta/gesta.hpp>

#include <cstdio>

#include "bank.hpp"

struct bank : gesta::model<accounts> {};

template <class Store>
void pay(const char* name, const Store& store) {
  auto app = gesta::start<bank>(store);
  for (const char* owner : {"alice", "bob", "carol"})
    app.handle(owner, deposit{100})
        .match([&](const account& now) { std::printf("%s: %s has %d\n", name, owner, now.balance); },
               [&](const gesta::failure& why) { std::printf("%s: %s\n", name, why.describe()); });
}

int main() {
  pay("memory", gesta::memory_store{});                               // grows, cannot fail
  pay("fixed", gesta::fixed_memory_store{.bytes = 1, .streams = 2});  // has all its room from the start
  pay("last records", gesta::last_records_store{.streams = 2});       // forgets the oldest records
}
