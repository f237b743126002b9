// An event that cannot be handled holds up its own key only. Later events of that key wait behind it, in order; nothing is skipped in silence.
#include "bank.hpp"

#include <gesta/gesta.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/store/memory_views.hpp>

#include <cstdio>
#include <string>

struct bank : gesta::model<accounts> {};

// Each deposit is printed on a form. Its field has room for so many digits, which turns out to be too few.
struct printer { int largest = 999; };

struct no_room {
  int amount;
  std::string describe() const { return std::to_string(amount) + " is too wide"; }  // words for people, kept with the letter
};

struct receipts { static constexpr auto id = "receipts"; };
auto perform(const receipts&, const deposited& e, printer& p, const gesta::about& about) -> gesta::done::or_fails<no_room> {
  if (e.amount > p.largest) return no_room{e.amount};
  std::printf("  printed: %.*s %d\n", static_cast<int>(about.key.size), about.key.data, e.amount);
  return gesta::done{};
}
gesta::park on_failure(const receipts&, const no_room&) { return {}; }  // trying again changes nothing

template <class Consumer>
void show_letters(Consumer& consumer) {
  (void)consumer.letters([](const gesta::letter& one) {
    std::printf("  put aside: event %d of %s: %s", static_cast<int>(one.position), one.key.c_str(), one.attempts == 0 ? "waits" : one.cause.c_str());
    std::printf("%s%s\n", one.discarded.empty() ? "" : ", discarded: ", one.discarded.c_str());
  });
}

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  printer wide_or_not;
  auto consumer = gesta::perform_by<receipts>(app, gesta::memory_views{}, wide_or_not, gesta::from_beginning{});
  app.handle("alice", deposit{500});
  app.handle("alice", deposit{5000});
  app.handle("bob", deposit{70});
  app.handle("alice", deposit{20});
  app.handle("bob", deposit{7000});

  std::printf("what has no room is put aside, and what comes behind it; the others go on\n");
  if (!consumer.poll()) return 1;
  show_letters(consumer);

  std::printf("one is discarded with a reason, the other waits for a wider form\n");
  // [answers]
  gesta::letter of_bob;
  (void)consumer.letters([&](const gesta::letter& one) {
    if (one.key == "bob") of_bob = one;
  });
  if (!consumer.discard(of_bob, "written by hand")) return 1;
  wide_or_not.largest = 99999;
  if (!consumer.retry_all()) return 1;  // or retry(letter)
  if (!consumer.poll()) return 1;
  // [/answers]
  show_letters(consumer);
}
