// gesta-broker: the broker of gesta::socket as a program of its own.
#include <gesta/transport/socket_broker.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

gesta::socket_broker<>* running = nullptr;
void stop(int) {
  if (running != nullptr) running->stop();
}

int usage() {
  std::fputs(
      "usage: gesta-broker [--disk] [--window SECONDS] [--mode OCTAL] SOCKET MESSAGES\n"
      "\n"
      "Serves clients of gesta::socket at the path SOCKET, and keeps their messages in the file MESSAGES, until it gets SIGTERM or SIGINT.\n"
      "  --disk             messages outlive a power failure too: what gesta::durable_socket asks for\n"
      "  --window SECONDS   how long an id is recognised; 120 unless said, as gesta::socket says\n"
      "  --mode OCTAL       who may connect: the permissions of SOCKET; 600 unless said\n",
      stderr);
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  gesta::socket_broker_options options;
  int at = 1;
  for (; at < count && arguments[at][0] == '-'; ++at) {
    const bool has_value = at + 1 < count;
    char* end = nullptr;
    if (std::strcmp(arguments[at], "--disk") == 0) {
      options.outlives = gesta::survival::disk;
    } else if (std::strcmp(arguments[at], "--window") == 0 && has_value) {
      options.dedup_window = gesta::seconds(std::strtol(arguments[++at], &end, 10));
      if (*end != '\0' || options.dedup_window < gesta::duration{}) return usage();
    } else if (std::strcmp(arguments[at], "--mode") == 0 && has_value) {
      options.mode = static_cast<unsigned>(std::strtoul(arguments[++at], &end, 8));
      if (*end != '\0' || options.mode > 0777) return usage();
    } else {
      return usage();
    }
  }
  if (count - at != 2) return usage();
  gesta::socket_broker<> broker(arguments[at], arguments[at + 1], options);
  running = &broker;
  std::signal(SIGTERM, stop);
  std::signal(SIGINT, stop);
  const bool is_good = broker.broken() == nullptr && (std::printf("serving\n"), std::fflush(stdout), broker.run());
  running = nullptr;
  if (is_good) return 0;
  std::fprintf(stderr, "gesta-broker: %s\n", broker.broken()->describe());
  return 1;
}
