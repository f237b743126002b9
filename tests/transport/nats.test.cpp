// JetStream through the laws of transports, each at a server of its own, and what is special to it. The laws wait for real time, so they run beside
// each other.
#include <gesta/gesta.hpp>
#include <gesta/runtime/inbox.hpp>
#include <gesta/runtime/keeping_up.hpp>
#include <gesta/testing/laws/transport.hpp>
#include <gesta/transport/nats.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../servers/nats.hpp"

namespace {

namespace need = gesta::laws::need;

const bool is_needed = (nats_server::needed_by("transport/nats"), true);

template <class Transport, unsigned Lacks>
struct at_a_server {
  using transport = Transport;
  static constexpr gesta::duration unit = gesta::milliseconds(500), patience = gesta::seconds(10), silence = gesta::milliseconds(150);
  static constexpr std::size_t room = 0;
  static constexpr unsigned lacks = Lacks;

  transport where() { return {.url = server.address()}; }
  void pass(gesta::duration time) { std::this_thread::sleep_for(std::chrono::nanoseconds(time.nanoseconds)); }
  bool restart() { return server.stop(), server.start(), true; }
  bool cut() { return restart(); }
  void goes_away() { server.stop(); }
  void comes_back() { server.start(); }

  nats_server server;
};

template <class Rig>
void all_laws_hold(const char* name) {
  std::mutex lock;
  gesta::laws::transport_findings found;
  std::atomic<std::size_t> next{0};
  std::vector<std::string> broken;
  const auto work = [&] {
    for (std::size_t i = next++; i < std::size(gesta::laws::transport_laws); i = next++) {
      gesta::laws::transport_findings one;
      std::string how;
      gesta::laws::hold_one_for_transport<Rig>(gesta::laws::transport_laws[i],
                                               [&](const char* law, const std::string& what) { how = std::string(law) + ": " + what; }, one);
      const std::lock_guard guard(lock);
      found.laws += one.laws;
      found.steps += one.steps;
      for (const std::string& each : one.left_out) found.left_out.push_back(each);
      if (!how.empty()) broken.push_back(how);
    }
  };
  std::vector<std::thread> all;
  for (int i = 0; i < 12; ++i) all.emplace_back(work);
  for (std::thread& one : all) one.join();
  for (const std::string& one : broken) FAIL_CHECK(one);
  MESSAGE(std::string(name), ": ", found.laws, " laws of ", found.steps, " steps");
  for (const std::string& one : found.left_out) MESSAGE("left out: ", one);
  CHECK(found.laws >= 100);
}

}  // namespace

TEST_CASE("the laws of transports hold at JetStream, without an order") {
  all_laws_hold<at_a_server<gesta::nats, need::room_for_others | need::remembers>>("nats");
}
TEST_CASE("the laws of transports hold at JetStream, with an order by key") {
  all_laws_hold<at_a_server<gesta::nats_by_key, need::own_topics | need::common_limit | need::room_for_others | need::remembers>>("nats_by_key");
}

namespace {

struct told {
  std::string payload;
  std::uint32_t deliveries;
};

template <class Member>
std::vector<told> receives_all(Member& member, std::size_t hoped) {
  std::vector<told> all;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (all.size() < hoped && std::chrono::steady_clock::now() < end)
    member.receive(64, gesta::milliseconds(200), [&](const gesta::delivered& one) {
      all.push_back({std::string(one.payload), one.deliveries});
      CHECK(member.ack(one.token));
    });
  return all;
}

}  // namespace

TEST_CASE("a server that is killed loses nothing that was accepted, and each key keeps its order") {
  nats_server server;
  const gesta::nats_by_key where{.url = server.address(), .patience = gesta::milliseconds(500)};
  gesta::nats_by_key::connection out(where), in(where);
  const std::string_view topics[] = {"shop.placed"};
  auto member = in.subscribe({.topics = topics, .group = "g", .settle_within = gesta::seconds(1)});
  REQUIRE(member.broken() == nullptr);
  constexpr int keys = 20, rounds = 12;
  std::map<std::string, std::vector<int>> seen;
  std::size_t first_times = 0;
  const auto receive = [&](gesta::duration wait) {
    member.receive(64, wait, [&](const gesta::delivered& one) {
      std::vector<int>& of = seen[std::string(one.key)];
      const int number = std::atoi(std::string(one.payload).c_str());
      const bool is_new = std::find(of.begin(), of.end(), number) == of.end();
      if (is_new) CHECK(number == static_cast<int>(of.size()));  // behind all before it; what comes again is an earlier one
      if (is_new) of.push_back(number), ++first_times;
      (void)member.ack(one.token);
    });
  };
  // Killed in turn: before anything of the round, with half of it sent, sent and not answered, and while it is received.
  for (int round = 0; round < rounds; ++round) {
    bool is_killed = false;
    const auto kill = [&](int at) {
      if (round % 4 != at || std::exchange(is_killed, true)) return;
      server.stop(nats_server::stopping::killed);
      server.start();
    };
    kill(0);
    std::vector<int> open(keys);
    for (int i = 0; i < keys; ++i) open[static_cast<std::size_t>(i)] = i;
    while (!open.empty()) {
      std::vector<std::pair<int, gesta::ticket>> sent;
      for (const int key : open) {
        sent.emplace_back(key, out.publish({.topic = "shop.placed", .id = std::to_string(key) + "/" + std::to_string(round), .key = std::to_string(key),
                                            .payload = std::to_string(round)}));
        if (key == keys / 2) kill(1);
      }
      kill(2);
      open.clear();
      for (const auto& [key, ticket] : sent) {
        const gesta::acceptance came = out.wait(ticket, gesta::seconds(2));
        if (came == gesta::acceptance::unknown || came == gesta::acceptance::refused) open.push_back(key);
      }
    }
    receive(gesta::milliseconds(50));
    kill(3);
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (first_times < keys * rounds && std::chrono::steady_clock::now() < end) receive(gesta::milliseconds(200));
  CHECK(first_times == keys * rounds);
}

TEST_CASE("what was settled is settled, where the server is killed at once as well: the next message of its key does not wait") {
  nats_server server;
  const gesta::nats_by_key where{.url = server.address()};
  gesta::nats_by_key::connection link(where);
  const std::string_view topics[] = {"shop.placed"};
  auto member = link.subscribe({.topics = topics, .group = "g", .settle_within = gesta::hours(1), .deliveries = 3});
  REQUIRE(member.broken() == nullptr);
  // Acknowledged or given up, in turn; killed at once, while it runs, or ended in order.
  for (int round = 0; round < 12; ++round) {
    const std::string payload = std::to_string(round);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (link.wait(link.publish({.topic = "shop.placed", .id = payload, .key = "k", .payload = payload}), gesta::seconds(5)) == gesta::acceptance::unknown)
      REQUIRE(std::chrono::steady_clock::now() < end);
    bool is_there = false;
    while (!is_there && std::chrono::steady_clock::now() < end)
      member.receive(64, gesta::milliseconds(200), [&](const gesta::delivered& one) {
        CHECK((round % 2 == 0 ? member.ack(one.token) : member.term(one.token, "no")));  // earlier ones may come again
        is_there = is_there || one.payload == payload;
      });
    REQUIRE(is_there);
    if (round % 3 == 2) continue;
    server.stop(round % 3 == 0 ? nats_server::stopping::killed : nats_server::stopping::in_order);
    server.start();
  }
}

TEST_CASE("without an order, what is handed back comes behind what follows it") {
  nats_server server;
  gesta::nats::connection link(gesta::nats{.url = server.address()});
  const std::string_view topics[] = {"shop.placed"};
  auto member = link.subscribe({.topics = topics, .group = "g"});
  for (const char* payload : {"1", "2"})
    CHECK(link.wait(link.publish({.topic = "shop.placed", .key = "k", .payload = payload}), gesta::seconds(5)) == gesta::acceptance::accepted);
  CHECK(member.receive(1, gesta::seconds(5), [&](const gesta::delivered& one) { CHECK(member.nak(one.token, gesta::milliseconds(50))); }) == 1);
  const std::vector<told> rest = receives_all(member, 2);
  REQUIRE(rest.size() == 2);
  CHECK(rest[0].payload == "2");
  CHECK(rest[1].payload == "1");
  CHECK(rest[1].deliveries == 2);
}

TEST_CASE("two members with many messages share them, each once") {
  nats_server server;
  const gesta::nats where{.url = server.address()};
  gesta::nats::connection link(where), other(where);
  const std::string_view topics[] = {"shop.placed", "shop.paid"};
  auto one = link.subscribe({.topics = topics, .group = "g"});
  auto two = other.subscribe({.topics = topics, .group = "g"});
  std::vector<gesta::ticket> open;
  for (int i = 0; i < 1000; ++i) open.push_back(link.publish({.topic = topics[i % 2], .key = std::to_string(i), .payload = std::to_string(i)}));
  for (const gesta::ticket each : open) REQUIRE(link.wait(each, gesta::seconds(10)) == gesta::acceptance::accepted);
  std::set<std::string> seen;
  std::size_t count = 0, of_one = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (count < 1000 && std::chrono::steady_clock::now() < end)
    for (auto* member : {&one, &two})
      member->receive(64, gesta::milliseconds(100), [&](const gesta::delivered& each) {
        seen.insert(std::string(each.payload));
        ++count;
        of_one += member == &one;
        CHECK(member->ack(each.token));
      });
  CHECK(seen.size() == 1000);
  CHECK(count == 1000);
  CHECK(of_one > 100);
  CHECK(of_one < 900);
}

namespace {

/// How many requests for messages wait at the server, at all groups of a stream.
std::int64_t requests_open(const nats_server& server, const char* stream) {
  natsConnection* raw = nullptr;
  jsCtx* streams = nullptr;
  jsConsumerInfoList* all = nullptr;
  REQUIRE(natsConnection_ConnectTo(&raw, server.address().c_str()) == NATS_OK);
  REQUIRE(natsConnection_JetStream(&streams, raw, nullptr) == NATS_OK);
  REQUIRE(js_Consumers(&all, streams, stream, nullptr, nullptr) == NATS_OK);
  std::int64_t open = 0;
  for (int i = 0; i < all->Count; ++i) open += all->List[i]->NumWaiting;
  jsConsumerInfoList_Destroy(all);
  jsCtx_Destroy(streams);
  natsConnection_Destroy(raw);
  return open;
}

template <class Transport>
void leaves_nothing_open(std::uint32_t in_flight) {
  nats_server server;
  const Transport where{.url = server.address()};
  typename Transport::connection link(where), other(where);
  const std::string_view topics[] = {"shop.placed"};
  const gesta::subscribing how{.topics = topics, .group = "g", .in_flight = in_flight};
  auto one = link.subscribe(how);
  auto two = other.subscribe(how);
  const auto publish = [&](const char* payload) {
    CHECK(link.wait(link.publish({.topic = "shop.placed", .key = "k", .payload = payload}), gesta::seconds(5)) == gesta::acceptance::accepted);
  };
  const auto next = [&](auto& member, gesta::duration wait) {
    std::pair<std::string, gesta::delivery_token> came;
    member.receive(1, wait, [&](const gesta::delivered& each) { came = {std::string(each.payload), each.token}; });
    CHECK(requests_open(server, "gesta") == 0);
    CHECK(requests_open(server, "gesta_again") == 0);
    return came;
  };
  CHECK(next(one, gesta::milliseconds(50)).first == "");
  publish("1");
  publish("2");
  for (int round = 0; round < 3; ++round) {
    const auto held = next(one, gesta::seconds(5));
    CHECK(held.first == "1");
    CHECK(next(two, {}).first == "");  // the other has all that may be under way
    CHECK(next(two, gesta::milliseconds(100)).first == "");
    CHECK(one.nak(held.second, {}));
  }
  const auto again = next(one, gesta::seconds(5));  // and not to who has asked, and does not wait any more
  CHECK(again.first == "1");
  CHECK(one.ack(again.second));
  const auto behind = next(two, gesta::seconds(5));
  CHECK(behind.first == "2");
  CHECK(two.ack(behind.second));
  CHECK(next(two, {}).first == "");
}

}  // namespace

TEST_CASE("a member that has received, or has waited in vain, leaves no request open") {
  SUBCASE("without an order") { leaves_nothing_open<gesta::nats>(1); }
  SUBCASE("with the order of each key") { leaves_nothing_open<gesta::nats_by_key>(256); }
}

TEST_CASE("where there is no server, a connection says so without the password, and comes when there is one") {
  nats_server server;
  const std::string port = server.address().substr(server.address().rfind(':'));
  server.stop();
  gesta::nats::connection link(gesta::nats{.url = "nats://somebody:secret@127.0.0.1" + port});
  REQUIRE(link.broken() != nullptr);
  CHECK(link.broken()->why == gesta::failure::kind::cannot_open);
  CHECK(std::string(link.broken()->describe()).find("secret") == std::string::npos);
  CHECK(link.wait(link.publish({.topic = "shop.placed", .payload = "x"}), gesta::seconds(1)) == gesta::acceptance::refused);
  server.start();
  CHECK(link.broken() == nullptr);
  CHECK(link.wait(link.publish({.topic = "shop.placed", .payload = "x"}), gesta::seconds(5)) == gesta::acceptance::accepted);
}

TEST_CASE("what does not fit together is refused when it is opened") {
  nats_server server;
  gesta::nats_by_key::connection first(gesta::nats_by_key{.url = server.address(), .partitions = 4});
  CHECK(first.broken() == nullptr);
  gesta::nats_by_key::connection other(gesta::nats_by_key{.url = server.address(), .partitions = 5});
  REQUIRE(other.broken() != nullptr);  // keys would change their partitions, and lose their order
  CHECK(std::string(other.broken()->describe()).find("partitions: 4") != std::string::npos);
  gesta::nats::connection odd(gesta::nats{.url = server.address(), .stream = "two words"});
  REQUIRE(odd.broken() != nullptr);
  CHECK(odd.broken()->why == gesta::failure::kind::cannot_open);
  CHECK(other.broken()->why == gesta::failure::kind::differs);
  const std::string_view topics[] = {"shop.placed"};
  CHECK(odd.subscribe({.topics = topics, .group = "g"}).broken()->why == gesta::failure::kind::malformed);
}

TEST_CASE("a stream that keeps otherwise than a program says is refused, and is as it was; who says nothing takes it as it is") {
  using kind = gesta::failure::kind;
  nats_server server;
  const auto opened = [&](gesta::duration keep, std::uint64_t most) {
    gesta::nats::connection link(gesta::nats{.url = server.address(), .keep = keep, .most_bytes = most});
    const gesta::failure* const why = link.broken();
    return why == nullptr ? std::string() : std::to_string(static_cast<int>(why->why)) + " " + why->detail;
  };
  const std::string differs = std::to_string(static_cast<int>(kind::differs)) + " the stream gesta has ";
  CHECK(opened(gesta::days(7), 1'000'000).empty());  // made
  CHECK(opened(gesta::days(7), 1'000'000).empty());
  CHECK(opened({}, 0).empty());
  CHECK(opened(gesta::days(7), 0).empty());
  CHECK(opened(gesta::days(1), 0) == differs + ".keep = 604800000000000 nanoseconds, and this program says 86400000000000");
  CHECK(opened({}, 2'000'000) == differs + ".most_bytes = 1000000, and this program says 2000000");
  CHECK(opened(gesta::days(7), 1'000'000).empty());
  nats_server all;
  CHECK(gesta::nats::connection(gesta::nats{.url = all.address()}).broken() == nullptr);
  gesta::nats::connection less(gesta::nats{.url = all.address(), .keep = gesta::days(1)});
  REQUIRE(less.broken() != nullptr);
  CHECK(std::string(less.broken()->describe()).find("has .keep = 0 nanoseconds, and this program says 86400000000000") != std::string::npos);
}

TEST_CASE("a member waits for a server that was never there, and receives as soon as it is") {
  nats_server server;
  const gesta::nats_by_key where{.url = server.address()};
  server.stop();
  gesta::nats_by_key::connection link(where);
  const std::string_view topics[] = {"shop.placed"};
  auto member = link.subscribe({.topics = topics, .group = "g", .from_beginning = true});
  const auto began = std::chrono::steady_clock::now();
  CHECK(member.receive(1, gesta::milliseconds(200), [](const gesta::delivered&) {}) == 0);
  CHECK(std::chrono::steady_clock::now() - began >= std::chrono::milliseconds(200));
  REQUIRE(member.broken() != nullptr);
  CHECK(member.broken()->why == gesta::failure::kind::cannot_open);
  std::size_t count = 0;
  std::thread waits([&] { count = member.receive(1, gesta::seconds(60), [](const gesta::delivered&) {}); });
  server.start();  // here: it ends with its thread
  gesta::nats_by_key::connection tongue(where);
  CHECK(tongue.wait(tongue.publish({.topic = "shop.placed", .payload = "x"}), gesta::seconds(20)) == gesta::acceptance::accepted);
  waits.join();
  CHECK(count == 1);
}

namespace {

namespace post {

struct arrived { int number; static constexpr auto id = gesta::integration_id{"post.arrived"}; };
struct count { int all = 0; };
std::atomic<int> heard{0};  // in whichever thread
void project(count& c, const arrived&) { ++c.all, ++heard; }
using outside = gesta::from_outside<arrived>;
struct counts : gesta::projection<count, gesta::follows<outside>> { static constexpr auto id = "post.counts"; };
struct office : gesta::model<outside, counts> {};
struct inlet { static constexpr auto id = "post.inlet"; };

struct signals {
  std::atomic<int> stalls{0};
};
void observe(signals& s, const gesta::stalled&) { ++s.stalls; }

}  // namespace post

}  // namespace

TEST_CASE("an inbox that is kept up goes on when its server is restarted or killed, and ends when it is stopped") {
  nats_server server;
  const gesta::nats_by_key where{.url = server.address()};
  auto app = gesta::start<post::office>(gesta::memory_store{});
  gesta::bell bell;
  post::signals signals;
  bool good = false;
  std::thread runs([&] {
    auto in = gesta::inbox<post::inlet>(app, where, gesta::from_beginning{});
    good = static_cast<bool>(gesta::keep_up(in, bell, {}, gesta::observed_by(signals)));
  });
  const auto until = [](auto&& is_so) {
    for (int i = 0; i < 6000 && !is_so(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return is_so();
  };
  const auto tell = [&](int number) {
    gesta::nats_by_key::connection link(where);
    gesta::cloud_event_headers headers;
    const std::string id = gesta::id_of_place({{7, 7}, static_cast<std::uint64_t>(number), 0});
    REQUIRE(headers.write({.id = id, .source = "elsewhere", .type = "post.arrived", .version = 1, .key = "k", .content_type = "application/vnd.gesta.binary"}));
    const post::arrived event{number};
    std::string payload(gesta::encoded_size(event), '\0');
    gesta::encode(event, reinterpret_cast<std::byte*>(payload.data()));
    CHECK(link.wait(link.publish({.topic = "post.arrived", .id = id, .key = "k", .headers = headers.all(), .payload = payload}), gesta::seconds(20)) ==
          gesta::acceptance::accepted);
  };
  tell(1);
  for (int round = 1; round <= 3; ++round) {
    CHECK(until([&] { return post::heard.load() >= round; }));
    server.stop(round == 2 ? nats_server::stopping::in_order : nats_server::stopping::killed);
    CHECK(until([&] { return signals.stalls.load() >= round; }));
    server.start();
    tell(round + 1);
  }
  CHECK(until([&] { return post::heard.load() >= 4; }));
  bell.stop();
  runs.join();
  CHECK(good);
  CHECK(app.view<post::count>().all == 4);
}

TEST_CASE("a full stream refuses, and keeps what it has") {
  nats_server server;
  gesta::nats::connection link(gesta::nats{.url = server.address(), .most_bytes = 20'000});
  const std::string_view topics[] = {"shop.placed"};
  auto member = link.subscribe({.topics = topics, .group = "g"});
  std::size_t accepted = 0;
  gesta::acceptance last{};
  while (accepted < 100 && (last = link.wait(link.publish({.topic = "shop.placed", .payload = std::string(1000, 'x')}), gesta::seconds(5))) == gesta::acceptance::accepted)
    ++accepted;
  CHECK(last == gesta::acceptance::refused);
  CHECK(link.last_failure().why == gesta::failure::kind::full);
  CHECK(accepted > 10);
  CHECK(receives_all(member, accepted).size() == accepted);
}

TEST_CASE("what others put into the stream is received, or is passed over") {
  nats_server server;
  gesta::nats::connection link(gesta::nats{.url = server.address()});
  const std::string_view topics[] = {"shop.placed"};
  auto member = link.subscribe({.topics = topics, .group = "g"});
  natsConnection* raw = nullptr;
  REQUIRE(natsConnection_ConnectTo(&raw, server.address().c_str()) == NATS_OK);
  for (const char* subject : {"gesta.0.shop.placed", "gesta", "gesta.0", "gesta.0.shop", "gesta.7.shop.placed", "gesta.0.shop.placed.x", "gesta_again.g"})
    CHECK(natsConnection_PublishString(raw, subject, "by hand") == NATS_OK);
  CHECK(natsConnection_PublishString(raw, "gesta_dead.g", "by hand") == NATS_OK);
  CHECK(natsConnection_Flush(raw) == NATS_OK);
  natsConnection_Destroy(raw);
  CHECK(link.wait(link.publish({.topic = "shop.placed", .payload = "last"}), gesta::seconds(5)) == gesta::acceptance::accepted);
  const std::vector<told> all = receives_all(member, 2);
  REQUIRE(all.size() == 2);
  CHECK(all[0].payload == "by hand");
  CHECK(all[1].payload == "last");
  std::size_t dead = 0;
  CHECK(link.each_dead("g", [&](const gesta::dead_letter& one) { return ++dead, one.message.payload == "by hand"; }));
  CHECK(dead == 1);
}
