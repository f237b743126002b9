// A broker, a publisher and a receiver are killed at every call by which something leaves them: before it, in the middle of it, behind it. What was
// acknowledged is neither lost nor doubled.
#include <gesta/transport/socket.hpp>
#include <gesta/transport/socket_broker.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <csignal>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

enum class place { before, within, behind };
// Of this process: at which call it ends; 0: at none.
int calls = 0, fatal = 0;
place where = place::before;

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  while (true) ::pause();
}
/// Makes the call, or a part of it, or none; and ends where it is to.
template <class Call>
ssize_t counted(std::size_t size, Call&& call) {
  const bool is_last = fatal != 0 && ++calls == fatal;
  if (is_last && where == place::before) die();
  const ssize_t done = call(is_last && where == place::within ? size / 2 : size);
  if (is_last) die();
  return done;
}

}  // namespace

// They stand before those of the C library, for this program.
extern "C" ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  return counted(size, [&](std::size_t some) { return ::syscall(SYS_pwrite64, file, bytes, some, at); });
}
extern "C" ssize_t send(int file, const void* bytes, size_t size, int flags) {
  return counted(size, [&](std::size_t some) { return ::syscall(SYS_sendto, file, bytes, some, flags, nullptr, 0); });
}

namespace {

constexpr std::string_view topics[] = {"shop.placed.v1"};
constexpr int messages = 5;

std::string folder() {
  static const std::string made = [] {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / ("gesta-kills-" + std::to_string(::getpid()));
    std::filesystem::create_directories(path);
    return path.string();
  }();
  return made;
}

/// Runs in a process of its own, which ends with this one.
template <class Do>
pid_t in_process(int fatal_call, place fatal_place, Do&& doing) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  calls = 0;
  fatal = fatal_call;
  where = fatal_place;
  doing();
  ::_exit(0);
}
/// Whether it was killed; otherwise it came to its end.
bool was_killed(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

class broker_process {
 public:
  broker_process() { begin(0, place::before); }
  ~broker_process() {
    ::kill(child_, SIGKILL);
    was_killed(child_);
  }
  void begin(int fatal_call, place fatal_place) {
    child_ = in_process(fatal_call, fatal_place, [] {
      gesta::socket_broker<> broker(folder() + "/bus", folder() + "/messages");
      if (broker.broken() != nullptr) ::_exit(2);
      broker.tidy_from(600);  // the file is written anew often
      broker.run();
    });
  }
  /// One that was killed begins again, for good. Whether it was.
  bool again() {
    int status = 0;
    if (::waitpid(child_, &status, WNOHANG) != child_) return false;
    if (!WIFSIGNALED(status)) std::abort();  // it could not open
    begin(0, place::before);
    return true;
  }
  void kill() {
    ::kill(child_, SIGKILL);
    was_killed(child_);
  }

 private:
  pid_t child_ = 0;
};

std::string key_of(int n) { return n % 2 == 0 ? "even" : "odd"; }

/// As a relay does: until each is there, in the order of its key.
template <class Again>
void publish_all(gesta::socket::connection& link, Again&& again) {
  for (int n = 0; n < messages; ++n) {
    const std::string number = std::to_string(n), key = key_of(n);
    for (int tries = 0;; ++tries) {
      if (tries == 5000) std::abort();
      const auto came = link.wait(link.publish({.topic = topics[0], .id = number, .key = key, .payload = number}), gesta::seconds(5));
      if (came == gesta::acceptance::accepted || came == gesta::acceptance::duplicate) break;
      again();
      gesta::detail::socket_client::sleep(gesta::milliseconds(1));
    }
  }
}

/// What a receiver saw of each message.
struct seen {
  int deliveries = 0, acknowledged = 0, after = 0;  ///< after: deliveries behind an acknowledgement that succeeded
};
struct receiver {
  std::map<int, seen> of;
  std::map<std::string, std::vector<int>> first;  ///< by key, in the order in which each came first

  void note(gesta::socket_subscription& member, const gesta::delivered& one) {
    const int n = std::atoi(std::string(one.payload).c_str());
    seen& it = of[n];
    if (it.acknowledged != 0) ++it.after;
    if (it.deliveries++ == 0) first[std::string(one.key)].push_back(n);
    if (member.ack(one.token)) ++it.acknowledged;
  }
  /// Until all are acknowledged and nothing comes any more.
  template <class Again>
  void take_all(gesta::socket_subscription& member, Again&& again) {
    for (int quiet = 0, tries = 0; quiet < 2; ++tries) {
      if (tries == 5000) std::abort();
      std::size_t done = 0;
      for (const auto& [n, it] : of) done += it.deliveries != 0;
      const std::size_t got = member.receive(2, gesta::milliseconds(done == messages ? 2 : 20), [&](const gesta::delivered& one) { note(member, one); });
      again();
      quiet = got == 0 && done == messages && member.broken() == nullptr ? quiet + 1 : 0;
    }
  }
  /// What is wrong, in words; empty: nothing.
  std::string wrong() const {
    std::string all;
    for (int n = 0; n < messages; ++n) {
      const auto at = of.find(n);
      if (at == of.end()) all += " lost " + std::to_string(n);
      else if (at->second.after != 0) all += " doubled " + std::to_string(n);
    }
    for (const auto& [key, numbers] : first)
      for (std::size_t i = 1; i < numbers.size(); ++i)
        if (numbers[i] < numbers[i - 1]) all += " out of order " + key;
    return all;
  }
};

void empty_folder() {
  std::filesystem::remove_all(folder());
  std::filesystem::create_directories(folder());
}
gesta::socket bus() { return {folder() + "/bus"}; }
void until_it_is_there(gesta::socket::connection& link) {
  for (int i = 0; link.broken() != nullptr; ++i) {
    if (i == 5000) std::abort();
    gesta::detail::socket_client::sleep(gesta::milliseconds(1));
  }
}

/// Counts up the calls until a run comes to its end without a kill. Returns how many kills there were.
template <class Run>
int at_every_call(Run&& run) {
  int kills = 0;
  for (const place at : {place::before, place::within, place::behind})
    for (int call = 1; run(call, at); ++call) ++kills;
  return kills;
}

TEST_CASE("a broker that is killed at any of its calls loses nothing and doubles nothing") {
  std::string wrong;
  const int kills = at_every_call([&](int call, place at) {
    empty_folder();
    broker_process broker;
    gesta::socket::connection link(bus());
    until_it_is_there(link);
    broker.kill();
    broker.begin(call, at);
    bool was = false;
    const auto again = [&] { was = broker.again() || was; };
    for (int i = 0; i < 5000 && link.broken() != nullptr; ++i) {  // it may be killed while it opens
      again();
      gesta::detail::socket_client::sleep(gesta::milliseconds(1));
    }
    auto member = link.subscribe({.topics = topics, .group = "stock", .from_beginning = true});
    publish_all(link, again);
    receiver by;
    by.take_all(member, again);
    if (!by.wrong().empty()) wrong += " at " + std::to_string(call) + ':' + by.wrong();
    return was;
  });
  CHECK(wrong == "");
  CHECK(kills >= 40);
  MESSAGE(kills, " kills of the broker");
}

TEST_CASE("a publisher that is killed at any of its calls and publishes again has published each once") {
  std::string wrong;
  broker_process broker;
  int run = 0;
  const int kills = at_every_call([&](int call, place at) {
    const std::string group = "stock-" + std::to_string(++run);
    gesta::socket::connection link(bus());
    until_it_is_there(link);
    auto member = link.subscribe({.topics = topics, .group = group});
    const auto publish = [&] {
      gesta::socket::connection mine(bus());
      for (int n = 0; n < messages; ++n) {
        const std::string number = std::to_string(n), id = group + '.' + number, key = key_of(n);
        (void)mine.wait(mine.publish({.topic = topics[0], .id = id, .key = key, .payload = number}), gesta::seconds(5));
      }
    };
    const bool was = was_killed(in_process(call, at, publish));
    publish();
    receiver by;
    by.take_all(member, [] {});
    if (!by.wrong().empty()) wrong += " at " + std::to_string(call) + ':' + by.wrong();
    for (const auto& [n, it] : by.of)
      if (it.deliveries != 1) wrong += " came twice " + std::to_string(n);
    link.forget(group);
    return was;
  });
  CHECK(wrong == "");
  CHECK(kills >= 15);
  MESSAGE(kills, " kills of the publisher");
}

TEST_CASE("a receiver that is killed at any of its calls leaves to the next one what it has not acknowledged") {
  std::string wrong;
  broker_process broker;
  int run = 0;
  const int kills = at_every_call([&](int call, place at) {
    const std::string group = "stock-" + std::to_string(++run);
    const std::string notes = folder() + "/acknowledged";
    std::filesystem::remove(notes);
    gesta::socket::connection link(bus());
    until_it_is_there(link);
    { auto founder = link.subscribe({.topics = topics, .group = group}); }
    for (int n = 0; n < messages; ++n) {
      const std::string number = std::to_string(n), key = key_of(n);
      (void)link.wait(link.publish({.topic = topics[0], .key = key, .payload = number}), gesta::seconds(5));
    }
    const bool was = was_killed(in_process(call, at, [&] {
      gesta::socket::connection mine(bus());
      auto member = mine.subscribe({.topics = topics, .group = group});
      std::FILE* const to = std::fopen(notes.c_str(), "a");
      for (int i = 0; i < messages; ++i)
        member.receive(1, gesta::milliseconds(500), [&](const gesta::delivered& one) {
          if (!member.ack(one.token)) return;
          std::fprintf(to, "%c", one.payload[0]);
          std::fflush(to);
        });
      std::fclose(to);
    }));
    std::string acknowledged;
    if (std::FILE* const from = std::fopen(notes.c_str(), "r")) {
      for (int c = 0; (c = std::fgetc(from)) != EOF;) acknowledged.push_back(static_cast<char>(c));
      std::fclose(from);
    }
    auto member = link.subscribe({.topics = topics, .group = group});
    std::string rest;
    for (int quiet = 0; quiet < 2;)
      quiet = member.receive(4, gesta::milliseconds(quiet == 0 && !was ? 1 : 5), [&](const gesta::delivered& one) {
                rest += one.payload;
                member.ack(one.token);
              }) == 0
                  ? quiet + 1
                  : 0;
    for (int n = 0; n < messages; ++n) {
      const char c = static_cast<char>('0' + n);
      const bool before = acknowledged.find(c) != std::string::npos, later = rest.find(c) != std::string::npos;
      if (before && later) wrong += " doubled " + std::to_string(n) + " at " + std::to_string(call);
      // An acknowledgement of which it was never told may have arrived: one message, no more.
      if (!before && !later && acknowledged.size() + rest.size() + 1 < messages) wrong += " lost " + std::to_string(n) + " at " + std::to_string(call);
    }
    link.forget(group);
    return was;
  });
  CHECK(wrong == "");
  CHECK(kills >= 15);
  MESSAGE(kills, " kills of the receiver");
  std::filesystem::remove_all(folder());
}

}  // namespace
