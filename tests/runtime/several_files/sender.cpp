// A file that only sends. Built twice into each program: as NAME=new_sender, and with OLD_HEADER as NAME=old_sender.
#include "till.hpp"

#include <gesta/runtime/port.hpp>

#include <cstdio>

[[gnu::visibility("default")]] void NAME(gesta::port<till::tills> port) {
  const auto failed = [](const gesta::failure& f) { std::printf("%s\n", f.why == gesta::failure::kind::differs ? "differs" : f.describe()); };
  const auto now = [](const till::till& t) { std::printf("holds %d\n", t.cents); };
  const auto too_little = [](const till::too_little& no) { std::printf("holds only %d\n", no.cents); };
  const auto locked = [](const till::locked&) { std::printf("locked\n"); };
  port.handle("one", till::put{100}).match(now, failed);
  port.handle("one", till::take{30}).match(now, too_little, locked, failed);
  port.handle("one", till::take{300}).match(now, too_little, locked, failed);
}
