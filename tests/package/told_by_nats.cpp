// A transport by NATS: ends with 0 when it is said that nobody is there. No server is needed for that.
#include <gesta/transport/nats.hpp>

int main() {
  const gesta::nats wire{.url = "nats://127.0.0.1:1"};
  gesta::nats::connection link(wire);
  return link.broken() != nullptr && link.broken()->why == gesta::failure::kind::cannot_open ? 0 : 1;
}
