// The broker of `socket`: any program can run it, in a thread or as its only work. It keeps the messages in a file, and serves the clients of one
// path.
// Floor: transport. A part of the component gesta::socket, POSIX.
// May include: detail, message, store, delivery.
//
//     gesta::socket_broker broker("/run/shop/bus", "/var/lib/shop/bus.messages");
//     if (const gesta::failure* why = broker.broken()) ...
//     broker.run();                                      // until somebody calls broker.stop()
#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gesta/delivery/guarantee.hpp>
#include <gesta/message/clock.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/exchange.hpp>
#include <gesta/transport/socket_desk.hpp>
#include <gesta/transport/socket_frame.hpp>
#include <gesta/transport/socket_journal.hpp>

namespace gesta {

/// What is said where a broker is made.
struct socket_broker_options {
  message_room room{};
  duration dedup_window = minutes(2);           ///< that of its clients' type: gesta::socket_limits
  std::size_t largest_message = 1024u * 1024u;  ///< bytes of key, headers and payload together; at least what the clients' type says
  survival outlives = survival::process;        ///< disk: each answer waits until the file is flushed
  unsigned mode = 0600;                         ///< who may connect: the permissions of the socket, as those of a file
  std::size_t clients = 1000;                   ///< at a time; who comes beyond is sent away with failure::kind::full
};

/// Opened when it is made. Deadlines, delays and the dedup window go by `Clock`, a copy of which is kept.
///
/// There is one broker at a path, and one to a file of messages: who comes second is broken with failure::kind::busy. A socket that a killed broker
/// left behind is replaced. The file of messages is a broker's alone while it runs; beside it lies a lock, FILE.lock. The socket may be named by at
/// most 107 bytes, and its folder should be one in which nobody else can write.
template <class Clock = system_clock>
class socket_broker {
 public:
  explicit socket_broker(std::string path, std::string messages, socket_broker_options options = {}, Clock clock = {})
      : path_(std::move(path)), options_(options), clock_(std::move(clock)),
        desk_(options.room, options.dedup_window, options.largest_message, options.outlives, detail::socket_notes{&journal_}) {
    is_good_ = open(messages);
  }
  socket_broker(const socket_broker&) = delete;
  socket_broker& operator=(const socket_broker&) = delete;
  ~socket_broker() {
    if (listening_) ::unlink(path_.c_str());
  }

  /// Why it does not serve: nullptr where it does, or can. After failure::kind::input_output nobody was told what is not kept: make it again.
  const failure* broken() const noexcept { return is_good_ ? nullptr : &why_; }

  /// Serves until `stop`. False: it is broken.
  bool run() {
    while (is_good_ && !stops_.load(std::memory_order_acquire)) step(seconds(1));
    return is_good_;
  }
  /// From any thread, or a handler of signals: `run` comes to its end.
  void stop() noexcept {
    stops_.store(true, std::memory_order_release);
    const char one = 1;
    if (wake_write_) (void)!::write(wake_write_.number(), &one, 1);
  }

  /// Does what there is to do, and waits for something at most so long. For who has a loop of its own.
  void step(duration patience) {
    if (!is_good_) return;
    std::vector<pollfd> watched = what_to_watch();
    const int ready = ::poll(watched.data(), static_cast<nfds_t>(watched.size()), milliseconds_until_work(patience));
    if (ready < 0 && errno != EINTR) return fail("cannot wait for clients: ");
    if (ready < 0) return;
    if ((watched[0].revents & POLLIN) != 0) drain_wake();
    const std::size_t known = clients_.size();
    if ((watched[1].revents & POLLIN) != 0) accept_all();
    const timestamp now = clock_();
    for (std::size_t i = 0; i < known; ++i)
      if ((watched[i + 2].revents & (POLLIN | POLLHUP | POLLERR)) != 0) read_from(*clients_[i], now);
    serve(now);
  }

  /// Every connection is closed; the clients come again. For tests.
  void cut() {
    const timestamp now = clock_();
    for (const auto& one : clients_) desk_.close(one->session, now);
    clients_.clear();
    (void)keep();
  }
  /// How many messages are kept, and how many clients are there. On the thread that runs it.
  std::size_t kept() const noexcept { return desk_.what.kept(); }
  std::size_t clients() const noexcept { return clients_.size(); }
  /// For tests: the file of messages is written anew from so many bytes on.
  void tidy_from(std::uint64_t bytes) noexcept { journal_.tidy_from(bytes); }

 private:
  struct client {
    explicit client(detail::owned_file connected) : file(std::move(connected)) {}
    detail::owned_file file;
    detail::socket_session session{};
    std::int64_t since = real_now();
    std::size_t sent = 0;  ///< bytes of session.out
    bool gone = false;
  };
  static constexpr std::size_t most_waiting = 32u * 1024u * 1024u;  ///< bytes that a client does not read before nothing more is read of it
  static constexpr std::int64_t longest_greeting = seconds(10).nanoseconds;

  static std::int64_t real_now() noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  void fail(const char* words) {
    why_ = failure(failure::kind::input_output, errno, words, std::strerror(errno));
    is_good_ = false;
    clients_.clear();
  }
  bool cannot(failure::kind kind, const char* words) {
    why_ = failure(kind, errno, words, path_.c_str(), ": ", std::strerror(errno));
    return false;
  }

  bool open(const std::string& messages) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (path_.empty() || path_.size() >= sizeof name.sun_path) {
      why_ = failure(failure::kind::cannot_open, 0, "the path of a socket has 1 to 107 bytes: ", path_.c_str());
      return false;
    }
    std::memcpy(name.sun_path, path_.data(), path_.size());
    // Held as long as the program lives, however it ends: who holds it may replace a socket that lies there.
    lock_ = detail::owned_file(::open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock_) return cannot(failure::kind::cannot_open, "cannot make the lock beside ");
    if (::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0) return cannot(failure::kind::busy, "another broker is at ");
    const std::uint64_t run = journal_.open_file(messages, options_.outlives, desk_.what, why_);
    if (run == 0) return false;
    desk_.what.number_from((run << 32) + 1);  // what was handed out in another run is not good in this one
    int wake[2] = {-1, -1};
    if (::pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0) return cannot(failure::kind::cannot_open, "no pipe for ");
    wake_read_ = detail::owned_file(wake[0]);
    wake_write_ = detail::owned_file(wake[1]);
    struct stat there {};
    if (::lstat(path_.c_str(), &there) == 0) {
      if (!S_ISSOCK(there.st_mode)) {
        errno = EEXIST;
        return cannot(failure::kind::cannot_open, "there is something that is no socket at ");
      }
      ::unlink(path_.c_str());
    }
    detail::owned_file made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // Before it has a name: nobody connects to it under other permissions.
    if (!made || ::fchmod(made.number(), options_.mode) != 0) return cannot(failure::kind::cannot_open, "no socket for ");
    if (::bind(made.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return cannot(failure::kind::cannot_open, "cannot make ");
    if (::chmod(path_.c_str(), options_.mode) != 0 || ::listen(made.number(), 128) != 0) {
      ::unlink(path_.c_str());
      return cannot(failure::kind::cannot_open, "cannot listen at ");
    }
    listening_ = std::move(made);
    return true;
  }

  std::vector<pollfd> what_to_watch() const {
    std::vector<pollfd> watched{{wake_read_.number(), POLLIN, 0}, {listening_.number(), POLLIN, 0}};
    for (const auto& one : clients_) {
      const std::size_t waiting = one->session.out.size() - one->sent;
      const bool reads = !one->session.closing && waiting < most_waiting;
      watched.push_back({one->file.number(), static_cast<short>((reads ? POLLIN : 0) | (waiting != 0 ? POLLOUT : 0)), 0});
    }
    return watched;
  }
  /// Until somebody's patience is over, or time gives somebody something.
  int milliseconds_until_work(duration patience) const {
    constexpr std::int64_t ms = 1'000'000, look_again = 5 * ms;  // a clock that is not the machine's may be moved
    const std::int64_t now = real_now();
    std::int64_t least = patience.nanoseconds;
    for (const auto& one : clients_) {
      if (!one->session.greeted) least = std::min(least, one->since + longest_greeting - now);
      for (const auto& parked : one->session.parked) {
        least = std::min(least, parked.until - now);
        if (desk_.what.next_due(parked.member).nanoseconds != detail::no_moment) least = std::min(least, look_again);
      }
    }
    return static_cast<int>(std::clamp<std::int64_t>((least + ms - 1) / ms, 0, 1000));
  }
  void drain_wake() noexcept {
    char bytes[64];
    while (::read(wake_read_.number(), bytes, sizeof bytes) > 0) {}
  }
  void accept_all() {
    while (true) {
      detail::owned_file came(::accept4(listening_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!came) return;
      clients_.push_back(std::make_unique<client>(std::move(came)));
      if (clients_.size() <= options_.clients) continue;
      desk_.say_goodbye(clients_.back()->session, failure(failure::kind::full, 0, "the broker has no place for another client"));
    }
  }
  void read_from(client& from, timestamp now) {
    char bytes[64 * 1024];
    // One piece each: nobody keeps the others waiting.
    const ssize_t got = ::recv(from.file.number(), bytes, sizeof bytes, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) from.gone = true;
    else desk_.feed(from.session, {bytes, static_cast<std::size_t>(got)}, now, real_now());
  }

  void serve(timestamp now) {
    const std::int64_t real = real_now();
    for (const auto& one : clients_)
      if (!one->gone && !one->session.greeted && !one->session.closing && real - one->since > longest_greeting)
        desk_.say_goodbye(one->session, failure(failure::kind::malformed, 0, "a client says hello within 10 seconds"));
    for (const auto& one : clients_)
      if (one->gone) desk_.close(one->session, now);
    // Each turn another one begins: who was there first does not get all.
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      client& one = *clients_[(i + turn_) % clients_.size()];
      if (!one.gone && one.session.out.size() - one.sent < most_waiting) desk_.serve(one.session, now, real);
    }
    ++turn_;
    if (!keep()) return;  // before anybody is told
    for (const auto& one : clients_) send_to(*one, now);
    clients_.erase(std::remove_if(clients_.begin(), clients_.end(), [](const auto& one) { return one->gone; }), clients_.end());
    if (!keep()) return;
    if (!journal_.tidy(desk_.what, why_)) {
      is_good_ = false;
      clients_.clear();
    }
  }
  bool keep() {
    if (journal_.flush(why_)) return true;
    is_good_ = false;
    clients_.clear();
    return false;
  }
  void send_to(client& to, timestamp now) {
    std::string& out = to.session.out;
    while (!to.gone && to.sent < out.size()) {
      const ssize_t put = ::send(to.file.number(), out.data() + to.sent, out.size() - to.sent, MSG_NOSIGNAL);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0 && errno == EAGAIN) break;
      if (put <= 0) to.gone = true;
      else to.sent += static_cast<std::size_t>(put);
    }
    if (to.sent == out.size()) {
      out.clear();
      to.sent = 0;
      if (to.session.closing) to.gone = true;
    } else if (to.sent > most_waiting) {
      out.erase(0, to.sent);
      to.sent = 0;
    }
    if (to.gone) desk_.close(to.session, now);
  }

  std::string path_;
  socket_broker_options options_;
  Clock clock_;
  failure why_{};
  detail::socket_journal journal_;
  detail::socket_desk<detail::socket_notes> desk_;
  detail::owned_file lock_, listening_, wake_read_, wake_write_;
  std::vector<std::unique_ptr<client>> clients_;
  std::size_t turn_ = 0;
  std::atomic<bool> stops_{false};
  bool is_good_ = false;
};

}  // namespace gesta
