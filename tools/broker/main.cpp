// gesta-broker: the broker of gesta::socket as a program of its own, and what a person says to one that runs about dead letters.
#include <gesta/detail/json_text.hpp>
#include <gesta/transport/socket.hpp>
#include <gesta/transport/socket_broker.hpp>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

namespace {

gesta::socket_broker<>* running = nullptr;
void stop(int) {
  if (running != nullptr) running->stop();
}

int usage() {
  std::fputs(
      "usage: gesta-broker [--disk] [--window SECONDS] [--mode OCTAL] SOCKET MESSAGES\n"
      "       gesta-broker [--window SECONDS] letters SOCKET GROUP\n"
      "       gesta-broker [--window SECONDS] retry SOCKET GROUP TOKEN|all\n"
      "       gesta-broker [--window SECONDS] discard SOCKET GROUP TOKEN\n"
      "\n"
      "Serves clients of gesta::socket at the path SOCKET, and keeps their messages in the file MESSAGES, until it gets SIGTERM or SIGINT.\n"
      "  --disk             messages outlive a power failure too: what gesta::durable_socket asks for\n"
      "  --window SECONDS   how long an id is recognised; 120 unless said, as gesta::socket says\n"
      "  --mode OCTAL       who may connect: the permissions of SOCKET; 600 unless said\n"
      "\n"
      "letters   asks the broker at SOCKET, one JSON object per line and dead letter of the group: token, topic, id, key, deliveries, bytes of payload,\n"
      "          when it was published, since when it is put aside, cause. The window is that with which the broker was started\n"
      "retry     lets one of them be received again as if it were new, or all of them\n"
      "discard   takes it away for ever\n",
      stderr);
  return 2;
}

// ---- dead letters

void put_text(const char* name, std::string_view text, std::string& line) {
  gesta::detail::json::appended to{line};
  line += line.empty() ? "{\"" : ",\"";
  line += name;
  line += "\":";
  gesta::detail::json::put_text({text.data(), text.size()}, to);
}
void put_number(const char* name, std::uint64_t number, std::string& line) {
  line += line.empty() ? "{\"" : ",\"";
  line += name;
  line += "\":" + std::to_string(number);
}
void put_time(const char* name, gesta::timestamp when, std::string& line) {
  const std::time_t seconds = static_cast<std::time_t>(when.nanoseconds / 1'000'000'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  put_text(name, {text, size}, line);
}
int complain(const gesta::failure& why) {
  std::fprintf(stderr, "gesta-broker: %s\n", why.describe());
  return why.why == gesta::failure::kind::conflict ? 2 : 1;
}

int say_of_letters(std::string_view what, const char* path, std::string_view group, const char* word, gesta::duration window) {
  gesta::detail::socket_client link(path, gesta::seconds(10), {.dedup_window = window, .largest_message = 1, .outlives = gesta::survival::process});
  gesta::failure why;
  std::vector<gesta::delivery_token> tokens;
  if (what == "letters" || std::strcmp(word, "all") == 0) {
    const bool is_shown = what == "letters";
    const bool is_read = gesta::detail::each_dead_of(link, group, why, [&](const gesta::dead_letter& one) {
      tokens.push_back(one.message.token);
      if (!is_shown) return true;
      std::string line;
      put_number("token", one.message.token, line);
      put_text("topic", one.message.topic, line);
      put_text("id", one.message.id, line);
      put_text("key", one.message.key, line);
      put_number("deliveries", one.message.deliveries, line);
      put_number("bytes", one.message.payload.size(), line);
      put_time("published", one.message.published, line);
      put_time("since", one.since, line);
      put_text("cause", one.cause, line);
      std::printf("%s}\n", line.c_str());
      return true;
    });
    if (!is_read) return complain(why);
    if (is_shown) return 0;
  } else {
    char* end = nullptr;
    tokens.push_back(std::strtoull(word, &end, 10));
    if (*word == '\0' || *end != '\0') return usage();
  }
  const auto verb = what == "retry" ? gesta::detail::socket_verb::revive : gesta::detail::socket_verb::discard;
  for (const gesta::delivery_token token : tokens)
    if (link.ask_value(verb, why, [&](auto& frame) { frame.text(group).u64(token); }) == 0) return complain(why);
  return 0;
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
  const std::string_view what = at < count ? arguments[at] : "";
  if (what == "letters" || what == "retry" || what == "discard") {  // a socket of such a name is written ./letters
    const int words = what == "letters" ? 3 : 4;
    if (count - at != words || (what == "discard" && std::strcmp(arguments[at + 3], "all") == 0)) return usage();
    return say_of_letters(what, arguments[at + 1], arguments[at + 2], words == 4 ? arguments[at + 3] : "", options.dedup_window);
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
