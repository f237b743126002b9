// Runs the laws of transports, or drawn histories, on one kind of transport and says which are broken: what the mutations are tried with.
#include <gesta/transport/socket.hpp>
#include <gesta/testing/laws/transport.hpp>
#include <gesta/testing/laws/transport_histories.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "socket_places.hpp"
#include "transport_places.hpp"

int main(int count, char** arguments) {
  const auto broken = [](const std::string& law, const std::string&) {
    std::printf("broken: %s\n", law.c_str());
    std::fflush(stdout);
    std::_Exit(1);  // one is enough, and a broken broker may never answer
  };
  if (count > 1 && std::strcmp(arguments[1], "histories") == 0) gesta::laws::draw_transport_histories<GESTA_PLACE>(300, 1, broken);
  else gesta::laws::hold_for_transport<GESTA_PLACE>(broken);
  return 0;
}
