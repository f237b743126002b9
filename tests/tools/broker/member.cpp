// A member of a group, for the tests of gesta-broker: `member SOCKET puts_aside` publishes three messages, and puts them aside; `member SOCKET receives`
// prints what it receives, and how often that was delivered.
#include <gesta/transport/socket.hpp>

#include <cstdio>
#include <cstring>
#include <string>

int main(int count, char** words) {
  if (count != 3) return 2;
  gesta::socket::connection link(gesta::socket{words[1]});
  const std::string_view topics[] = {"post.arrived"};
  auto member = link.subscribe({.topics = topics, .group = "post.office", .from_beginning = true});
  if (member.broken() != nullptr) return std::printf("%s\n", member.broken()->describe()), 1;
  int left = 0;
  const bool puts_aside = std::strcmp(words[2], "puts_aside") == 0;
  if (puts_aside) {
    for (const char* key : {"a", "b", "c"})
      if (link.wait(link.publish({.topic = topics[0], .id = std::string("id-") + key, .key = key, .payload = "12345"}), gesta::seconds(10)) !=
          gesta::acceptance::accepted)
        return 1;
    left = 3;
  }
  const auto take = [&](const gesta::delivered& one) {
    --left;
    if (puts_aside) return void(member.term(one.token, std::string("nobody reads \"") + std::string(one.key) + "\""));
    std::printf("%s %d\n", std::string(one.key).c_str(), static_cast<int>(one.deliveries));
    (void)member.ack(one.token);
  };
  do {
    if (member.receive(10, puts_aside ? gesta::seconds(10) : gesta::duration{}, take) == 0) break;
  } while (left != 0);
  return puts_aside && left != 0 ? 1 : 0;
}
