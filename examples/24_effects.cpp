// An effect is what a program does outside: it is performed by a consumer that was given what it needs for it, and by nobody else.
#include "bank.hpp"

#include <gesta/gesta.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/store/memory_views.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

struct bank : gesta::model<accounts> {};

// The capability: whatever can act outside. This one writes lines, and has no connection for a while.
struct smtp {
  bool is_connected = true;
  bool send(const std::string& to, const std::string& words) {
    std::printf("  %s: %s%s\n", to.c_str(), words.c_str(), is_connected ? "" : " (no connection)");
    return is_connected;
  }
};

// [mailer]
struct mailer { static constexpr auto id = "mailer"; };  // names its checkpoint

struct unreachable {};
struct unknown_address {};

auto perform(const mailer&, const withdrawn& e, smtp& out, const gesta::about& about) -> gesta::done::or_fails<unreachable, unknown_address> {
  const std::string owner(about.key.data, about.key.size);
  if (owner == "nobody") return unknown_address{};
  if (!out.send(owner, "you took " + std::to_string(e.amount))) return unreachable{};
  return gesta::done{};
}

// Each error is answered, or it does not compile.
gesta::retry on_failure(const mailer&, const unreachable&) { return {.times = 5, .first = gesta::seconds(2), .factor = 2}; }
gesta::park on_failure(const mailer&, const unknown_address&) { return {}; }
// [/mailer]

// Time is injected, as everywhere.
std::int64_t seconds_passed = 0;
struct clock_of_the_example {
  gesta::timestamp operator()() const { return gesta::timestamp{} + gesta::seconds(1000 + seconds_passed); }
};

template <class Mails>
void poll(Mails& mails) {
  std::printf("after %d seconds\n", static_cast<int>(seconds_passed));
  if (const auto result = mails.poll(); !result) std::printf("  %s\n", result.why().describe());
}

int main() {
  auto app = gesta::start<bank>(gesta::memory_store{});
  smtp out;
  for (const char* owner : {"alice", "bob", "nobody"}) app.handle(owner, deposit{1000});
  (void)app.handle("alice", withdraw{1});  // of the past: nobody is told of it

  // [performed]
  auto mails = gesta::perform_by<mailer>(app, gesta::memory_views{}, out, gesta::from_now{}, clock_of_the_example{});
  // [/performed]
  poll(mails);

  out.is_connected = false;
  (void)app.handle("alice", withdraw{20});
  (void)app.handle("alice", withdraw{30});  // waits behind the one before
  (void)app.handle("nobody", withdraw{40});
  poll(mails);

  out.is_connected = true;
  (void)app.handle("bob", withdraw{50});  // another key: goes on meanwhile
  seconds_passed = 1;
  poll(mails);
  seconds_passed = 2;
  poll(mails);

  (void)mails.letters([](const gesta::letter& one) { std::printf("put aside: %s, %s\n", one.key.c_str(), one.cause.c_str()); });
}
