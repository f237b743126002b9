// An event that a view cannot take holds up its own row only. Later events of that row wait behind it, in order; nothing is skipped in silence.
#include "bank.hpp"

#include <gesta/gesta.hpp>
#include <gesta/runtime/consumer.hpp>
#include <gesta/store/memory_views.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

struct bank : gesta::model<accounts> {};

// A statement for each owner. Its form has room for so many digits, which turns out to be too few.
int largest = 999;

struct statement {
  gesta::text<16> owner;
  int lines = 0;
  int balance = 0;
};
void add_line(statement& s, int amount) {
  if (amount > largest) throw std::out_of_range("no room for " + std::to_string(amount));
  s.lines += 1;
  s.balance += amount;
}
void project(statement& s, const deposited& e) { add_line(s, e.amount); }
void project(statement& s, const withdrawn& e) { add_line(s, -e.amount); }

struct statements : gesta::projection<gesta::rows<statement, "owner">> { static constexpr auto id = "statements"; };
gesta::text<16> owner_of(const gesta::about& about) { return gesta::key_from<gesta::text<16>>(about.key); }
gesta::text<16> locate(const statements&, const deposited&, const gesta::about& about) { return owner_of(about); }
gesta::text<16> locate(const statements&, const withdrawn&, const gesta::about& about) { return owner_of(about); }

template <class Keeper>
void show(Keeper& keeper) {
  for (const char* owner : {"alice", "bob"})
    if (const statement* s = keeper.row(gesta::text<16>(owner))) std::printf("  %s: %d lines, %d\n", owner, s->lines, s->balance);
  (void)keeper.letters([](const gesta::letter& one) {
    const char* why = one.attempts == 0 ? "waits behind it" : one.cause.c_str();
    std::printf("  put aside: event %d of %s: %s%s%s\n", static_cast<int>(one.position), one.key.c_str(), why, one.discarded.empty() ? "" : "; discarded: ",
                one.discarded.c_str());
  });
}

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  auto keeper = gesta::consume<statements>(app, gesta::memory_views{});
  app.handle("alice", deposit{500});
  app.handle("alice", deposit{5000});
  app.handle("bob", deposit{70});
  (void)app.handle("alice", withdraw{200});
  app.handle("bob", deposit{7000});

  std::printf("what has no room is put aside, the others go on\n");
  if (!keeper.poll()) return 1;
  show(keeper);

  // [answers]
  std::printf("one is discarded with a reason, the other waits for a form with more room\n");
  gesta::letter of_bob;
  (void)keeper.letters([&](const gesta::letter& one) {
    if (one.key == "bob") of_bob = one;
  });
  if (!keeper.discard(of_bob, "booked by hand")) return 1;
  largest = 99999;                    // in life: another program
  if (!keeper.retry_all()) return 1;  // or retry(letter)
  if (!keeper.poll()) return 1;
  // [/answers]
  show(keeper);
}
