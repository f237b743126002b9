#include <gesta/transport/in_process.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gesta/message/clock.hpp>

namespace {

struct hand_clock {
  std::atomic<std::int64_t>* at;
  gesta::timestamp operator()() const { return {at->load()}; }
};
constexpr std::string_view topics[] = {"shop.placed.v1"};

TEST_CASE("threads that publish and threads that receive: each key in its order, and each message once") {
  gesta::in_process_hub hub{gesta::system_clock{}};
  const gesta::in_process bus{hub};
  using link = decltype(bus)::connection;
  constexpr int publishers = 3, receivers = 3, each = 400;
  std::atomic<int> left = publishers * each;
  std::mutex lock;
  std::map<std::string, std::vector<int>> seen;
  std::vector<std::thread> threads;
  link first(bus);
  auto opened = first.subscribe({.topics = topics, .group = "stock"});  // the group is there before the first message
  for (int r = 0; r < receivers; ++r)
    threads.emplace_back([&, r] {
      link mine(bus);
      auto member = mine.subscribe({.topics = topics, .group = "stock", .in_flight = 8});
      int naks = 0;
      while (left.load() > 0)
        member.receive(4, gesta::milliseconds(20), [&](const gesta::delivered& one) {
          if (++naks % 7 == r) return void(member.nak(one.token, gesta::duration{}));
          {
            const std::lock_guard<std::mutex> holding(lock);
            seen[std::string(one.key)].push_back(std::stoi(std::string(one.payload)));
          }
          if (member.ack(one.token)) --left;
        });
    });
  for (int p = 0; p < publishers; ++p)
    threads.emplace_back([&, p] {
      link mine(bus);
      for (int n = 0; n < each; ++n) {
        const std::string key = std::to_string(p) + '.' + std::to_string(n % 5), payload = std::to_string(n), id = std::to_string(p * each + n);
        const gesta::ticket sent = mine.publish({.topic = topics[0], .id = id, .key = key, .payload = payload});
        if (mine.wait(sent, {}) != gesta::acceptance::accepted) std::abort();
      }
    });
  for (std::thread& one : threads) one.join();
  CHECK(seen.size() == publishers * 5);
  std::size_t in_order = 0;
  for (const auto& [key, numbers] : seen) {
    CHECK(numbers.size() == each / 5);
    for (std::size_t i = 1; i < numbers.size(); ++i) in_order += numbers[i] == numbers[i - 1] + 5;
  }
  CHECK(in_order == publishers * (each - 5));
  CHECK(hub.kept() == 0);
}

TEST_CASE("a receiver that waits is woken by what is published, and by its clock moved by hand") {
  std::atomic<std::int64_t> now = 1;
  gesta::in_process_hub hub{hand_clock{&now}};
  const gesta::in_process bus{hub};
  decltype(bus)::connection link(bus);
  auto member = link.subscribe({.topics = topics, .group = "stock", .settle_within = gesta::seconds(5)});
  std::thread publisher([&] {
    decltype(bus)::connection mine(bus);
    (void)mine.publish({.topic = topics[0], .payload = "1"});
  });
  CHECK(member.receive(1, gesta::seconds(60), [](const gesta::delivered&) {}) == 1);
  publisher.join();
  std::thread time([&] { now = gesta::seconds(6).nanoseconds; });
  std::uint32_t deliveries = 0;
  CHECK(member.receive(1, gesta::seconds(60), [&](const gesta::delivered& one) { deliveries = one.deliveries; }) == 1);
  CHECK(deliveries == 2);
  time.join();
}

TEST_CASE("a group that is forgotten gives its room back, and its members receive nothing more") {
  std::atomic<std::int64_t> now = 1;
  gesta::in_process_hub hub{hand_clock{&now}, gesta::message_room{.messages = 2}};
  const gesta::in_process bus{hub};
  decltype(bus)::connection link(bus);
  auto member = link.subscribe({.topics = topics, .group = "stock"});
  CHECK(link.publish({.topic = topics[0]}) != 0);
  CHECK(link.publish({.topic = topics[0]}) != 0);
  CHECK(link.publish({.topic = topics[0]}) == 0);
  CHECK(link.last_failure().why == gesta::failure::kind::full);
  CHECK(hub.forget("stock"));
  CHECK(!hub.forget("stock"));
  CHECK(hub.kept() == 0);
  CHECK(link.publish({.topic = topics[0]}) != 0);
  CHECK(member.receive(1, {}, [](const gesta::delivered&) {}) == 0);
}

TEST_CASE("what is said about a hub is a part of its type") {
  std::atomic<std::int64_t> now = 1;
  gesta::in_process_hub<hand_clock, {.dedup_window = gesta::seconds(5), .largest_message = 10}> hub{hand_clock{&now}};
  const gesta::in_process bus{hub};
  using type = decltype(gesta::in_process{hub});
  static_assert(gesta::transport<type> && type::dedup_window == gesta::seconds(5) && type::largest_message == 10);
  type::connection link(bus);
  CHECK(link.largest() == 10);
  CHECK(link.wait(link.publish({.topic = "a", .id = "1", .payload = "0123456789"}), {}) == gesta::acceptance::accepted);
  CHECK(link.publish({.topic = "a", .id = "2", .payload = "0123456789a"}) == 0);
  CHECK(link.last_failure().why == gesta::failure::kind::too_large);
  now = 1 + gesta::seconds(5).nanoseconds - 1;
  CHECK(link.wait(link.publish({.topic = "a", .id = "1"}), {}) == gesta::acceptance::duplicate);
  ++now;
  CHECK(link.wait(link.publish({.topic = "a", .id = "1"}), {}) == gesta::acceptance::accepted);
}

}  // namespace
