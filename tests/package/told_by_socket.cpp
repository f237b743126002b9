// A transport by a socket: ends with 0 when its broker is there, and is told to be missing elsewhere.
#include <gesta/transport/socket.hpp>
#include <gesta/transport/socket_broker.hpp>

int main() {
  gesta::socket_broker<> broker("bus", "bus.messages");
  const gesta::socket wire{"nowhere"};
  gesta::socket::connection link(wire);
  return broker.broken() == nullptr && link.broken() != nullptr ? 0 : 1;
}
