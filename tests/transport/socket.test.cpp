#include <gesta/transport/socket.hpp>
#include <gesta/transport/socket_broker.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gesta/testing/laws/transport.hpp>
#include <gesta/testing/laws/transport_histories.hpp>

#include "../testing/laws/socket_places.hpp"

namespace {

constexpr std::string_view topics[] = {"shop.placed.v1"};
using namespace gesta::detail;

template <class Rig>
gesta::laws::transport_findings all_laws_hold() {
  auto found = gesta::laws::hold_for_transport<Rig>([](const char* law, const std::string& how) { FAIL_CHECK(std::string(law), ": ", how); });
  MESSAGE(found.laws, " laws of ", found.steps, " steps; left out: ", found.left_out.size());
  return found;
}

TEST_CASE("the laws of transports hold for sockets") { CHECK(all_laws_hold<socket_rig>().left_out.size() == 1); }
TEST_CASE("the laws of transports hold for sockets whose messages outlive a power failure") {
  CHECK(all_laws_hold<durable_socket_rig>().left_out.size() == 1);
}

TEST_CASE("drawn histories go as the model says over cuts and restarts") {
  const auto seen = gesta::laws::draw_transport_histories<socket_rig>(100, 1, [](const std::string&, const std::string& how) { FAIL_CHECK(how); });
  for (const char* what : {"cut", "restart", "publish: duplicate", "publish: full", "revive", "discard", "not settled in time", "handed out too often"})
    CHECK_MESSAGE(seen.count(what) == 1, std::string(what));
  MESSAGE("100 histories, seeds 1 to 100; restarts: ", seen.at("restart"), ", cuts: ", seen.at("cut"));
}

// ---- a client that says what it likes

/// Speaks bytes, not frames.
class raw_client {
 public:
  explicit raw_client(const std::string& path) : file_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    if (::connect(file_.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) std::abort();
  }
  void say(std::string_view bytes) { (void)!::send(file_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  void close_writing() { ::shutdown(file_.number(), SHUT_WR); }
  /// All that comes until the other end closes.
  std::string all() {
    std::string said;
    char bytes[4096];
    for (ssize_t got = 0; (got = ::recv(file_.number(), bytes, sizeof bytes, 0)) > 0;) said.append(bytes, static_cast<std::size_t>(got));
    return said;
  }
  /// The next whole frame.
  std::string frame() {
    std::string said;
    while (said.size() < 4 || said.size() < 4 + load_little(said.data(), 4)) {
      char one;
      if (::recv(file_.number(), &one, 1, 0) != 1) return "closed";
      said.push_back(one);
    }
    return said.substr(4);
  }

 private:
  owned_file file_;
};

std::string hello(std::uint32_t version = socket_version, std::string_view magic = socket_magic) {
  std::string said;
  socket_frame(said, socket_verb::hello).text(magic).u32(version).u8(0).time(gesta::minutes(2).nanoseconds).u64(10);
  return said;
}
/// What a goodbye says: "malformed: words".
std::string cause_of(const std::string& said) {
  if (said.size() < 5) return said.empty() ? "nothing" : "too little";
  socket_reader from(std::string_view(said).substr(4));
  if (from.u8() != static_cast<std::uint8_t>(socket_verb::goodbye)) return "no goodbye";
  const std::uint8_t kind = from.u8();
  const gesta::failure why = failure_of(kind, from.text());
  return std::string(gesta::laws::detail::word_of(why.why)) + ": " + why.describe();
}

TEST_CASE("whoever says what is no frame is closed with the cause, and nobody else") {
  socket_folder folder;
  running_broker broker(folder, {});
  gesta::socket::connection link(gesta::socket{folder.bus()});
  auto member = link.subscribe({.topics = topics, .group = "stock"});
  const auto works = [&] {
    const bool taken = link.wait(link.publish({.topic = topics[0], .payload = "1"}), gesta::seconds(10)) == gesta::acceptance::accepted;
    return taken && member.receive(1, gesta::seconds(10), [&](const gesta::delivered& one) { member.ack(one.token); }) == 1;
  };
  struct hostile {
    const char* name;
    std::string bytes, cause;
  };
  std::string unknown_verb = hello(), cut_short = hello(), too_much = hello(), answer = hello(), parcel_lies = hello(), first;
  socket_frame(unknown_verb, static_cast<socket_verb>(99)).u64(1);
  socket_frame(cut_short, socket_verb::ack).u64(1).u32(7);
  socket_frame(too_much, socket_verb::forget).u64(1).text("g").u8(0);
  socket_frame(answer, socket_verb::answer).u64(1).u64(1).u8(0).text("");
  socket_frame(parcel_lies, socket_verb::publish).u64(1).text("a").text("").text("").u32(0x7fffffff);
  socket_frame(first, socket_verb::publish).u64(1).message({.topic = "a"});
  const std::string no_frame = "malformed: a frame is empty, or longer than any may be", no_verb = "malformed: a frame is not what its verb says";
  const hostile all[] = {
      {"garbage", "GET / HTTP/1.1\r\n\r\n", no_frame},
      {"an empty frame", std::string(4, '\0'), no_frame},
      {"an endless frame", std::string(4, '\xff'), no_frame},
      {"no hello", first, no_verb},
      {"another program", hello(socket_version, "other"), no_verb},
      {"a verb that there is not", unknown_verb.substr(0), no_verb},
      {"too few parts", cut_short, no_verb},
      {"too many parts", too_much, no_verb},
      {"what only a broker says", answer, no_verb},
      {"more headers than bytes", parcel_lies, no_verb},
  };
  for (const hostile& one : all) {
    raw_client bad(folder.bus());
    bad.say(one.bytes);
    if (one.bytes.compare(0, hello().size(), hello()) == 0) CHECK(bad.frame().size() == 13);  // welcome
    CHECK_MESSAGE(cause_of(bad.all()) == one.cause, std::string(one.name));
    CHECK_MESSAGE(works(), std::string(one.name));
  }
  raw_client other_version(folder.bus());
  other_version.say(hello(7));
  CHECK(cause_of(other_version.all()) == "failed: the client speaks version 7, the broker version 1");
  // Cut off anywhere: nothing is answered, and nothing happens.
  std::string whole = hello();
  socket_frame(whole, socket_verb::publish).u64(1).message({.topic = "shop.placed.v1", .payload = "never"});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    raw_client half(folder.bus());
    half.say(std::string_view(whole).substr(0, size));
    half.close_writing();
    const std::string said = half.all();
    CHECK(said.size() == (size < hello().size() ? 0 : 17));
  }
  CHECK(works());
}

TEST_CASE("a client whose type says more than the broker keeps is sent away with the cause") {
  socket_folder folder;
  gesta::socket_broker_options options;
  options.largest_message = 2000;
  running_broker broker(folder, options);
  const auto why = [&](auto client) {
    typename decltype(client)::connection link(client);
    const gesta::failure* const broken = link.broken();
    return broken == nullptr ? std::string("none") : std::string(broken->describe());
  };
  using small = gesta::basic_socket<gesta::socket_limits{.dedup_window = gesta::minutes(2), .largest_message = 2000}>;
  CHECK(why(small{folder.bus()}) == "none");
  CHECK(why(gesta::socket{folder.bus()}) == "the client's type takes larger messages than this broker: 2000 bytes");
  CHECK(why(gesta::durable_socket{folder.bus()}) == "the client's type promises that messages outlive more than this broker's do");
  using other_window = gesta::basic_socket<gesta::socket_limits{.dedup_window = gesta::minutes(3), .largest_message = 2000}>;
  CHECK(why(other_window{folder.bus()}) == "the client's type says another dedup window than this broker has");
}

TEST_CASE("where no broker is, tickets are unknown, nothing is received, and all is well when one comes") {
  socket_folder folder;
  gesta::socket::connection link(gesta::socket{folder.bus()});
  CHECK(link.broken() != nullptr);
  CHECK(link.broken()->why == gesta::failure::kind::cannot_open);
  auto member = link.subscribe({.topics = topics, .group = "stock"});
  CHECK(member.broken() != nullptr);
  CHECK(member.receive(1, {}, [](const gesta::delivered&) {}) == 0);
  const gesta::ticket sent = link.publish({.topic = topics[0], .payload = "1"});
  CHECK(sent != 0);
  CHECK(link.wait(sent, gesta::seconds(1)) == gesta::acceptance::unknown);
  CHECK(link.last_failure().why == gesta::failure::kind::cannot_open);
  running_broker broker(folder, {});
  CHECK(member.broken() == nullptr);
  CHECK(link.wait(link.publish({.topic = topics[0], .payload = "1"}), gesta::seconds(10)) == gesta::acceptance::accepted);
  CHECK(member.receive(1, gesta::seconds(10), [](const gesta::delivered&) {}) == 1);
  gesta::socket::connection nowhere(gesta::socket{std::string(200, 'x')});
  CHECK(nowhere.broken()->why == gesta::failure::kind::cannot_open);
}

TEST_CASE("a broker that does not answer is waited for once, and not in each call") {
  socket_folder folder;
  const owned_file mute(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  folder.bus().copy(name.sun_path, sizeof name.sun_path - 1);
  REQUIRE(::bind(mute.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  REQUIRE(::listen(mute.number(), 100) == 0);
  gesta::socket::connection link(gesta::socket{.path = folder.bus(), .patience = gesta::milliseconds(300)});
  for (int i = 0; i < 20; ++i) {
    CHECK(link.wait(link.publish({.topic = topics[0], .payload = "1"}), gesta::seconds(5)) == gesta::acceptance::unknown);
    CHECK(link.last_failure().why == gesta::failure::kind::busy);
  }
  int asked = 0;
  while (owned_file(::accept(mute.number(), nullptr, nullptr))) ++asked;
  CHECK(asked < 5);
}

TEST_CASE("a member of a broker that closes whenever it is asked for messages comes back with none") {
  socket_folder folder;
  const owned_file port(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  folder.bus().copy(name.sun_path, sizeof name.sun_path - 1);
  REQUIRE(::bind(port.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  REQUIRE(::listen(port.number(), 100) == 0);
  std::atomic<int> closed{0};
  std::thread broker([&] {
    while (true) {
      const owned_file one(::accept(port.number(), nullptr, nullptr));
      if (!one || closed.load() > 20) return;  // who asks for ever is let go
      char bytes[4096];
      std::string said;
      (void)!::recv(one.number(), bytes, sizeof bytes, 0);
      socket_frame(said, socket_verb::welcome).u32(socket_version).u64(1u << 20);
      (void)!::send(one.number(), said.data(), said.size(), MSG_NOSIGNAL);
      // To join: the number of the question lies behind size and verb.
      if (const ssize_t got = ::recv(one.number(), bytes, sizeof bytes, 0); got > 13) {
        said.clear();
        socket_frame(said, socket_verb::answer).u64(load_little(bytes + 5, 8)).u64(1).u8(0).text("");
        (void)!::send(one.number(), said.data(), said.size(), MSG_NOSIGNAL);
        (void)!::recv(one.number(), bytes, sizeof bytes, 0);
        ++closed;
      }
    }
  });
  {
    gesta::socket::connection link(gesta::socket{.path = folder.bus(), .patience = gesta::seconds(10)});
    auto member = link.subscribe({.topics = topics, .group = "stock"});
    CHECK(member.receive(1, {}, [](const gesta::delivered&) {}) == 0);
    CHECK(closed.load() == 2);
  }
  closed = 100;
  { raw_client last(folder.bus()); }
  broker.join();
}

TEST_CASE("one broker is at a path, and one has a file; a socket that was left behind is replaced, and nothing else") {
  socket_folder folder, other;
  const auto why = [&](const std::string& bus, const std::string& messages) {
    const gesta::socket_broker<> second(bus, messages);
    return second.broken() == nullptr ? "none" : second.broken()->why == gesta::failure::kind::busy ? "busy" : "another";
  };
  {
    running_broker broker(folder, {});
    CHECK(std::string(why(folder.bus(), other.messages())) == "busy");
    CHECK(std::string(why(other.bus(), folder.messages())) == "busy");
    struct stat known {};
    CHECK(::stat(folder.bus().c_str(), &known) == 0);
    CHECK((known.st_mode & 0777) == 0600);
    CHECK(::stat(folder.messages().c_str(), &known) == 0);
    CHECK((known.st_mode & 0777) == 0600);
  }
  {  // as a killed broker leaves it
    owned_file left(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    folder.bus().copy(name.sun_path, sizeof name.sun_path - 1);
    CHECK(::bind(left.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
  }
  CHECK(std::string(why(folder.bus(), folder.messages())) == "none");
  std::ofstream(folder.bus()) << "a letter";
  CHECK(std::string(why(folder.bus(), folder.messages())) == "another");
  CHECK(std::filesystem::file_size(folder.bus()) == 8);
  gesta::socket_broker_options open;
  open.mode = 0660;
  const gesta::socket_broker<> shared(other.bus(), other.messages(), open);
  struct stat known {};
  CHECK(::stat(other.bus().c_str(), &known) == 0);
  CHECK((known.st_mode & 0777) == 0660);
}

TEST_CASE("beyond its number of clients a broker sends them away, and has a place again when one goes") {
  socket_folder folder;
  gesta::socket_broker_options options;
  options.clients = 2;
  running_broker broker(folder, options);
  gesta::socket::connection first(gesta::socket{folder.bus()});
  CHECK(first.broken() == nullptr);
  {
    gesta::socket::connection second(gesta::socket{folder.bus()});
    CHECK(second.broken() == nullptr);
    gesta::socket::connection third(gesta::socket{folder.bus()});
    CHECK(third.broken() != nullptr);
    CHECK(third.broken()->why == gesta::failure::kind::full);
  }
  gesta::socket::connection fourth(gesta::socket{folder.bus()});
  for (int i = 0; i < 1000 && fourth.broken() != nullptr; ++i) gesta::detail::socket_client::sleep(gesta::milliseconds(5));
  CHECK(fourth.broken() == nullptr);
}

// ---- the file

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

struct no_time {
  gesta::timestamp operator()() const noexcept { return {1}; }
};
/// What is kept in a file, asked from the exchange that it makes: how many messages; -1: it is not opened.
int kept_in(const std::string& path) {
  socket_journal journal;
  exchange<socket_notes> what({}, gesta::minutes(2), 1000, socket_notes{&journal});
  gesta::failure why;
  return journal.open_file(path, gesta::survival::process, what, why) == 0 ? -1 : static_cast<int>(what.kept());
}

TEST_CASE("a file cut off anywhere has all that was written whole before, and a damaged one is not opened") {
  socket_folder folder;
  std::vector<std::size_t> ends;  // of the file, with so many messages
  {
    socket_journal journal;
    exchange<socket_notes> what({}, gesta::minutes(2), 1000, socket_notes{&journal});
    gesta::failure why;
    CHECK(journal.open_file(folder.messages(), gesta::survival::process, what, why) == 1);
    for (int i = 0; i < 6; ++i) {
      ends.push_back(bytes_of(folder.messages()).size());
      CHECK(what.publish({.topic = "a", .id = std::to_string(i), .key = "k", .payload = "payload"}, {1}, why) == gesta::acceptance::accepted);
      CHECK(journal.flush(why));
    }
  }
  const std::string whole = bytes_of(folder.messages());
  const std::string copy = folder.path / "copy";
  std::size_t wrong = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_bytes(copy, std::string_view(whole).substr(0, size));
    int expected = 0;
    for (std::size_t i = 1; i < ends.size(); ++i) expected += size >= ends[i];
    if (size == whole.size()) expected = 6;
    wrong += kept_in(copy) != expected;
  }
  CHECK(wrong == 0);
  // One bit: what lies behind it was promised, so the file is not opened; in the last batch nobody can tell it from a torn one.
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    write_bytes(copy, damaged);
    const int kept = kept_in(copy);
    wrong += at < ends[5] ? kept != -1 : kept != 5;
  }
  CHECK(wrong == 0);
  write_bytes(copy, "something else");
  CHECK(kept_in(copy) == -1);
  CHECK(bytes_of(copy) == "something else");
}

TEST_CASE("a file that is written anew says the same, and is small") {
  socket_folder folder;
  gesta::failure why;
  std::string before, after;
  const auto say = [](const exchange<socket_notes>& what, std::string& to) {
    struct {
      std::string& to;
      void kept(const held_message& one) { to += "p" + std::to_string(one.sequence) + std::string(one.payload); }
      void joined(std::string_view g, std::string_view t, bool) { to += "j" + std::string(g) + std::string(t); }
      void handed(std::string_view g, std::uint64_t s, std::uint32_t n) { to += "h" + std::string(g) + std::to_string(s) + '*' + std::to_string(n); }
      void settled(std::string_view g, std::uint64_t s) { to += "s" + std::string(g) + std::to_string(s); }
      void buried(std::string_view g, std::uint64_t s, std::string_view cause, gesta::timestamp) {
        to += "b" + std::string(g) + std::to_string(s) + std::string(cause);
      }
      void numbered(std::uint64_t n) { to += "n" + std::to_string(n); }
      void remembered(std::string_view id, gesta::timestamp) { to += "r" + std::string(id); }
    } listener{to};
    what.tell_all(listener);
  };
  {
    socket_journal journal;
    exchange<socket_notes> what({}, gesta::minutes(2), 1000, socket_notes{&journal});
    CHECK(journal.open_file(folder.messages(), gesta::survival::disk, what, why) == 1);
    journal.tidy_from(10'000);
    const std::string_view both[] = {"a", "b"}, one[] = {"a"};
    const member_id stock = what.join({.topics = both, .group = "stock"}, {1}, why), audit = what.join({.topics = one, .group = "audit"}, {1}, why);
    for (int i = 0; i < 400; ++i) {
      const std::string id = std::to_string(i), key = std::to_string(i % 7);
      CHECK(what.publish({.topic = i % 3 == 0 ? "b" : "a", .id = id, .key = key, .payload = id}, {1}, why) == gesta::acceptance::accepted);
      for (const member_id member : {stock, audit})
        what.take(member, 2, {1}, [&](handed_out&& got) {
          if (i % 11 == 5) what.term(member, got.token, {1}, "bad");
          else if (i % 5 == 2) what.nak(member, got.token, {1}, {});
          else what.ack(member, got.token, {1});
        });
      CHECK(journal.flush(why));
      CHECK(journal.tidy(what, why));
    }
    say(what, before);
    CHECK(bytes_of(folder.messages()).size() < 80'000);
    CHECK(before.size() > 500);
  }
  socket_journal journal;
  exchange<socket_notes> what({}, gesta::minutes(2), 1000, socket_notes{&journal});
  CHECK(journal.open_file(folder.messages(), gesta::survival::disk, what, why) == 2);
  say(what, after);
  CHECK(after == before);
}

TEST_CASE("many clients in threads: each message has its effect once, in the order of its key") {
  socket_folder folder;
  running_broker broker(folder, {});
  constexpr int publishers = 2, receivers = 2, each = 150;
  std::atomic<int> left = publishers * each;
  std::mutex lock;
  std::map<std::string, std::vector<int>> seen;
  gesta::socket::connection first(gesta::socket{folder.bus()});
  CHECK(first.subscribe({.topics = topics, .group = "stock"}).broken() == nullptr);
  std::vector<std::thread> threads;
  for (int r = 0; r < receivers; ++r)
    threads.emplace_back([&, r] {
      gesta::socket::connection mine(gesta::socket{folder.bus()});
      auto member = mine.subscribe({.topics = topics, .group = "stock", .in_flight = 8});
      int count = 0;
      while (left.load() > 0)
        member.receive(4, gesta::milliseconds(20), [&](const gesta::delivered& one) {
          if (++count % 7 == r) return void(member.nak(one.token, gesta::duration{}));
          {
            const std::lock_guard<std::mutex> holding(lock);
            seen[std::string(one.key)].push_back(std::stoi(std::string(one.payload)));
          }
          if (member.ack(one.token)) --left;
        });
    });
  for (int p = 0; p < publishers; ++p)
    threads.emplace_back([&, p] {
      gesta::socket::connection mine(gesta::socket{folder.bus()});
      std::vector<gesta::ticket> open;
      for (int n = 0; n < each; ++n) {
        const std::string key = std::to_string(p) + '.' + std::to_string(n % 5), payload = std::to_string(n), id = std::to_string(p * each + n);
        open.push_back(mine.publish({.topic = topics[0], .id = id, .key = key, .payload = payload}));
        if (n % 10 != 9) continue;  // ten under way
        for (const gesta::ticket one : open)
          if (mine.wait(one, gesta::seconds(20)) != gesta::acceptance::accepted) std::abort();
        open.clear();
      }
    });
  for (std::thread& one : threads) one.join();
  std::size_t in_order = 0;
  for (const auto& [key, numbers] : seen)
    for (std::size_t i = 1; i < numbers.size(); ++i) in_order += numbers[i] == numbers[i - 1] + 5;
  CHECK(seen.size() == publishers * 5);
  CHECK(in_order == publishers * (each - 5));
}

}  // namespace
