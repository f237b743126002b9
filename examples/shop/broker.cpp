// The broker between the two services: any program can run one.
//
//   shop_broker /run/shop/bus /var/lib/shop/bus.messages
#include <gesta/transport/socket_broker.hpp>

#include <csignal>
#include <cstdio>

namespace {

gesta::socket_broker<>* running = nullptr;
extern "C" void end(int) { running->stop(); }

}  // namespace

int main(int count, char** all) {
  if (count != 3) return std::fputs("usage: shop_broker SOCKET MESSAGES\n", stderr), 2;
  gesta::socket_broker<> broker(all[1], all[2]);
  running = &broker;
  std::signal(SIGTERM, end);
  if (broker.broken() == nullptr) std::fputs("ready\n", stderr);
  if (broker.run()) return 0;
  std::fprintf(stderr, "shop_broker: %s\n", broker.broken()->describe());
  return 1;
}
