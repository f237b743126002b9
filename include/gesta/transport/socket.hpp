// A transport between the processes of one machine, by a Unix domain socket and no server of others: `socket_broker` runs in any program and keeps
// the messages in a file, this is what its clients say.
// Floor: transport. A component of its own, gesta::socket: POSIX.
// May include: detail, message, store, delivery.
//
//     const gesta::socket bus{"/run/shop/bus"};          // a plain value; nothing is opened yet
//     gesta::socket::connection link(bus);
//     const gesta::ticket sent = link.publish({.topic = "shop.order_placed.v1", .id = "7", .key = "order-7", .payload = "..."});
//     if (link.wait(sent, gesta::seconds(5)) == gesta::acceptance::accepted) ...
//
// A lost connection comes again by itself, with the next call. What was under way to its members is then handed out again, and tickets that are open
// are answered with `unknown`.
#pragma once

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gesta/delivery/guarantee.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/socket_frame.hpp>
#include <gesta/transport/socket_journal.hpp>
#include <gesta/transport/transport.hpp>
#include <gesta/transport/well_formed.hpp>

namespace gesta {

/// What the type of a client says about its broker. A broker of which it is not true sends the client away, with failure::kind::differs.
struct socket_limits {
  duration dedup_window = minutes(2);           ///< exactly that of the broker
  std::size_t largest_message = 1024u * 1024u;  ///< the broker takes no less
  survival outlives = survival::process;        ///< the broker's messages outlive no less
};

namespace detail {

/// One connection to a broker, shared by a gesta connection and its members. One thread.
class socket_client {
 public:
  socket_client(std::string path, duration patience, socket_limits limits) : path_(std::move(path)), patience_(patience), limits_(limits) {}
  socket_client(const socket_client&) = delete;
  socket_client& operator=(const socket_client&) = delete;

  /// Which connection this is, from 1; 0: there is none and none can be had now, `why()` says the reason.
  std::uint64_t session() {
    if (file_) look();
    if (!file_) connect();
    return file_ ? session_ : 0;
  }
  const failure& why() const noexcept { return why_; }
  std::size_t largest() const noexcept { return largest_ != 0 ? largest_ : limits_.largest_message; }

  /// Asks, and waits for the answer, whose body is then in `answer`. False: the connection was lost, or there was none.
  template <class Write>
  bool ask(socket_verb verb, std::string& answer, Write&& write, duration longer = {}) {
    if (session() == 0) return false;
    const std::uint64_t number = ++number_;
    std::string out;
    {
      socket_frame frame(out, verb);
      frame.u64(number);
      write(frame);
    }
    asked_ = number;
    answer_.clear();
    const auto until = after(patience_) + std::chrono::nanoseconds(std::min(longer.nanoseconds, longest.nanoseconds));
    while (send(out, until) && file_ && asked_ == number && wait(until)) {}
    if (!file_ || asked_ == number) {
      asked_ = 0;
      if (file_) lose(failure(failure::kind::busy, 0, "the broker did not answer in time: ", path_.c_str()));
      return false;
    }
    answer = std::move(answer_);
    return true;
  }
  /// The same, where the answer is yes or no: its value, 0 with `because`.
  template <class Write>
  std::uint64_t ask_value(socket_verb verb, failure& because, Write&& write) {
    std::string answer;
    if (!ask(verb, answer, write)) return because = why_, 0;
    socket_reader from(answer);
    (void)from.u8();
    (void)from.u64();
    const std::uint64_t value = from.u64();
    const std::uint8_t kind = from.u8();
    if (value == 0) because = failure_of(kind, from.text());
    return value;
  }

  // ---- publishing

  ticket publish(const parcel& message) {
    const std::uint64_t number = session() == 0 ? 0 : ++number_;
    if (number == 0) return open(acceptance::unknown, ++number_);
    std::string out;
    socket_frame(out, socket_verb::publish).u64(number).message(message);
    open(waiting, number);
    (void)send(out, after(patience_));  // a connection that is lost meanwhile answers all open tickets
    return number;
  }
  acceptance wait_for(ticket number, duration patience, failure& because) {
    const auto until = after(patience);
    auto at = open_.find(number);
    if (at == open_.end()) {
      because = failure(failure::kind::conflict, 0, "nobody waits for this ticket: it is not of this connection, or was answered");
      return acceptance::unknown;
    }
    while (at->second == waiting && file_ && wait(until)) {}
    const acceptance came = at->second == waiting ? acceptance::unknown : at->second;
    if (came == acceptance::unknown) because = at->second == waiting && file_ ? failure(failure::kind::busy, 0, "no answer in time") : why_;
    if (const auto refused = refused_.find(number); refused != refused_.end()) {
      because = refused->second;
      refused_.erase(refused);
    }
    open_.erase(at);
    return came;
  }

  static void sleep(duration time) noexcept { (void)::poll(nullptr, 0, static_cast<int>(time.nanoseconds / 1'000'000)); }

 private:
  using clock = std::chrono::steady_clock;
  static constexpr auto waiting = static_cast<acceptance>(0xff);
  static constexpr std::size_t most_open = 1'000'000;
  static constexpr duration longest = hours(24 * 365);

  static clock::time_point after(duration time) noexcept {
    return clock::now() + std::chrono::nanoseconds(time < longest ? time.nanoseconds : longest.nanoseconds);
  }

  ticket open(acceptance state, std::uint64_t number) {
    if (open_.size() == most_open) {
      refused_.erase(open_.begin()->first);
      open_.erase(open_.begin());
    }
    open_.emplace_hint(open_.end(), number, state);
    return number;
  }

  void connect() {
    if (clock::now() < rests_until_) return;
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (path_.empty() || path_.size() >= sizeof name.sun_path) {
      why_ = failure(failure::kind::cannot_open, 0, "the path of a socket has 1 to 107 bytes: ", path_.c_str());
      return;
    }
    std::memcpy(name.sun_path, path_.data(), path_.size());
    owned_file made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made || ::connect(made.number(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
      why_ = failure(failure::kind::cannot_open, errno, "no broker is at ", path_.c_str(), ": ", std::strerror(errno));
      return;
    }
    file_ = std::move(made);
    in_.clear();
    is_welcome_ = false;
    std::string out;
    socket_frame(out, socket_verb::hello).text(socket_magic).u32(socket_version).u8(static_cast<std::uint8_t>(limits_.outlives))
        .time(limits_.dedup_window.nanoseconds).u64(limits_.largest_message);
    const auto until = after(patience_);
    while (send(out, until) && file_ && !is_welcome_ && wait(until)) {}
    if (file_ && !is_welcome_) {
      lose(failure(failure::kind::busy, 0, "the broker did not answer in time: ", path_.c_str()));
      rests_until_ = after(std::min(patience_, seconds(1)));  // who has many calls to make does not wait in each of them
    }
    if (file_) ++session_;
  }
  void lose(const failure& because) {
    why_ = because;
    file_.close();
    for (auto& [number, state] : open_)
      if (state == waiting) state = acceptance::unknown;
  }

  /// Sends all of it, and reads meanwhile: the broker may wait for that. Empties `out`.
  bool send(std::string& out, clock::time_point until) {
    std::string_view rest = out;
    while (!rest.empty() && file_) {
      const ssize_t put = ::send(file_.number(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (put > 0) {
        rest.remove_prefix(static_cast<std::size_t>(put));
        continue;
      }
      if (put < 0 && errno == EINTR) continue;
      if (put < 0 && errno == EAGAIN) {
        if (poll_for(POLLIN | POLLOUT, until)) continue;
        if (file_) lose(failure(failure::kind::busy, 0, "the broker does not read: ", path_.c_str()));
        continue;
      }
      read();  // perhaps it said why
      if (file_) lose(failure(failure::kind::input_output, errno, "the connection to the broker is lost: ", path_.c_str()));
    }
    out.clear();
    return static_cast<bool>(file_);
  }
  /// Waits until something came, and reads it. False: it is too late, or the connection is lost.
  bool wait(clock::time_point until) { return poll_for(POLLIN, until) && file_; }

  bool poll_for(short what, clock::time_point until) {
    while (file_) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
      pollfd one{file_.number(), what, 0};
      const int ready = ::poll(&one, 1, static_cast<int>(std::clamp<long long>(left + 1, 0, 60'000)));
      if (ready > 0) {
        if ((one.revents & (POLLIN | POLLHUP | POLLERR)) != 0) read();
        return true;
      }
      if (ready == 0 && clock::now() >= until) return false;
    }
    return false;
  }
  /// Whether the other end has closed, without waiting.
  void look() { read(); }

  void read() {
    char bytes[64 * 1024];
    while (file_) {
      const ssize_t got = ::recv(file_.number(), bytes, sizeof bytes, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return lose(failure(failure::kind::input_output, got < 0 ? errno : 0, "the connection to the broker is lost: ", path_.c_str()));
      in_.add({bytes, static_cast<std::size_t>(got)});
      std::string_view body;
      socket_input::state state;
      while (file_ && (state = in_.next(body, most_frame())) == socket_input::state::whole)
        if (!hear(body)) return lose(no_frame());
      if (file_ && state == socket_input::state::bad) return lose(no_frame());
      if (static_cast<std::size_t>(got) < sizeof bytes) return;
    }
  }
  failure no_frame() const { return failure(failure::kind::corrupt, 0, "the broker said something that is no frame: ", path_.c_str()); }
  std::size_t most_frame() const noexcept { return 2 * longest_frame(largest()) + full_frame; }

  /// False: no frame of a broker.
  bool hear(std::string_view body) {
    socket_reader from(body);
    const auto verb = static_cast<socket_verb>(from.u8());
    if (verb == socket_verb::goodbye) {
      const std::uint8_t kind = from.u8();
      const std::string_view words = from.text();
      if (!from.at_end()) return false;
      lose(failure_of(kind, words));
      return true;
    }
    if (!is_welcome_) {
      const std::uint32_t version = from.u32();
      const std::uint64_t most = from.u64();
      is_welcome_ = verb == socket_verb::welcome && from.at_end() && version == socket_version && most <= (std::uint64_t{1} << 40);
      largest_ = static_cast<std::size_t>(most);
      return is_welcome_;
    }
    const std::uint64_t number = from.u64();
    if (!from.good()) return false;
    if (number == asked_ && asked_ != 0) {
      answer_.assign(body);
      asked_ = 0;
      return true;
    }
    const std::uint64_t value = from.u64();
    const std::uint8_t kind = from.u8();
    const std::string_view words = from.text();
    if (verb != socket_verb::answer || !from.at_end() || value > 2) return false;
    const auto at = open_.find(number);
    if (at == open_.end()) return true;  // nobody waits for it any more
    at->second = value == 0 ? acceptance::refused : value == 1 ? acceptance::accepted : acceptance::duplicate;
    if (value == 0) refused_.insert_or_assign(number, failure_of(kind, words));
    return true;
  }

  std::string path_;
  duration patience_;
  socket_limits limits_;
  owned_file file_;
  socket_input in_;
  failure why_{};
  std::uint64_t session_ = 0, number_ = 0, asked_ = 0;
  std::string answer_;
  std::map<ticket, acceptance> open_;
  std::map<ticket, failure> refused_;
  std::size_t largest_ = 0;
  bool is_welcome_ = false;
  clock::time_point rests_until_{};  ///< nobody is asked for a connection before that
};

/// A message as it came, with where to find the next one.
inline bool read_delivered(socket_reader& from, std::vector<header>& headers, delivered& one) {
  one.token = from.u64();
  one.deliveries = from.u32();
  one.sequence = from.u64();
  one.published = {from.time()};
  const parcel message = from.message(headers);
  one.topic = message.topic;
  one.id = message.id;
  one.key = message.key;
  one.headers = message.headers;
  one.payload = message.payload;
  return from.good();
}

/// take(const dead_letter&) -> bool for each dead letter of a group, until one says false. False: the connection was lost, and `cause` says why.
template <class Take>
bool each_dead_of(socket_client& link, std::string_view group, failure& cause, Take&& take) {
  std::vector<header> headers;
  std::uint64_t behind = 0;
  int tries = 0;
  for (bool more = true; more;) {
    std::string answer;
    if (!link.ask(socket_verb::dead, answer, [&](auto& frame) { frame.text(group).u64(behind); })) {
      if (++tries < 2) continue;
      cause = link.why();
      return false;
    }
    socket_reader from(answer);
    (void)from.u8();
    (void)from.u64();
    const std::uint32_t count = from.u32();
    more = from.u8() != 0 && count != 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      dead_letter one;
      if (!read_delivered(from, headers, one.message)) return false;
      one.cause = from.text();
      one.since = {from.time()};
      behind = one.message.sequence;
      if (!take(static_cast<const dead_letter&>(one))) return true;
    }
  }
  return true;
}

}  // namespace detail

/// A member of a group; see the concept transport_subscription. It may outlive its connection. It is a member again when a lost connection is there
/// again, with the next call.
class socket_subscription {
 public:
  socket_subscription(std::shared_ptr<detail::socket_client> by, const subscribing& how) : link_(std::move(by)), how_(how), group_(how.group) {
    for (const std::string_view topic : how.topics) topics_.emplace_back(topic);
    if (const char* wrong = malformed(how)) {
      last_ = failure(failure::kind::malformed, 0, wrong);
      is_refused_ = true;
    } else {
      (void)joined();
    }
  }
  socket_subscription(socket_subscription&&) noexcept = default;
  socket_subscription& operator=(socket_subscription&& other) noexcept {
    if (this == &other) return *this;
    leave();
    link_ = std::move(other.link_);
    how_ = other.how_;
    group_ = std::move(other.group_);
    topics_ = std::move(other.topics_);
    last_ = other.last_;
    member_ = other.member_;
    session_ = other.session_;
    is_refused_ = other.is_refused_;
    return *this;
  }
  ~socket_subscription() { leave(); }

  /// Calls take(const delivered&) for up to `most` messages, after waiting for the first for `patience` at most. How many. The visitor may use this
  /// subscription.
  template <class Take>
  std::size_t receive(std::size_t most, duration patience, Take&& take) {
    using clock = std::chrono::steady_clock;
    constexpr duration again = milliseconds(20);
    const auto began = clock::now();
    std::string answer;
    bool is_new = false;  // a connection that was made without patience
    for (bool is_last = most == 0 || is_refused_; !is_last;) {
      const duration left{patience.nanoseconds - std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - began).count()};
      is_last = !(duration{} < left);
      if (joined()) {
        const auto limit = static_cast<std::uint32_t>(std::min<std::size_t>(most, 1'000'000));
        const duration wait = is_last ? duration{} : left;
        if (link_->ask(detail::socket_verb::take, answer, [&](auto& frame) { frame.u64(member_).u32(limit).time(wait.nanoseconds); }, wait))
          return visit(answer, take);
        last_ = link_->why();
        if (is_last && !is_new) {  // found lost just now: there may be another one at once
          is_new = true;
          is_last = false;
          continue;
        }
      }
      if (is_refused_) return 0;
      if (!is_last) detail::socket_client::sleep(again < left ? again : left);
    }
    return 0;
  }

  bool ack(delivery_token token) { return settle(detail::socket_verb::ack, token, {}, {}); }
  bool nak(delivery_token token, duration delay) { return settle(detail::socket_verb::nak, token, delay, {}); }
  bool term(delivery_token token, std::string_view reason) { return settle(detail::socket_verb::term, token, {}, reason); }
  bool extend(delivery_token token) { return settle(detail::socket_verb::extend, token, {}, {}); }

  /// Why this is no member now; nullptr: it is. Tries to become one again.
  const failure* broken() { return joined() ? nullptr : &last_; }
  const failure& last_failure() const noexcept { return last_; }

 private:
  bool joined() {
    if (is_refused_) return false;
    // A connection that is lost between the two is there again at once, or it is not.
    for (int tries = 0; tries < 2; ++tries) {
      const std::uint64_t session = link_->session();
      if (session == 0) return last_ = link_->why(), false;
      if (session == session_) return true;
      member_ = link_->ask_value(detail::socket_verb::join, last_, [&](auto& frame) {
        frame.text(group_).u32(how_.in_flight).time(how_.settle_within.nanoseconds).u32(how_.deliveries).u8(how_.from_beginning ? 1 : 0);
        frame.u32(static_cast<std::uint32_t>(topics_.size()));
        for (const std::string& topic : topics_) frame.text(topic);
      });
      if (member_ != 0) return session_ = session, true;
      if (last_.why == failure::kind::malformed || last_.why == failure::kind::full) return is_refused_ = true, false;
    }
    return false;
  }
  void leave() {
    if (link_ == nullptr || is_refused_ || session_ == 0 || link_->session() != session_) return;
    failure ignored;
    (void)link_->ask_value(detail::socket_verb::leave, ignored, [&](auto& frame) { frame.u64(member_); });
  }
  bool settle(detail::socket_verb verb, delivery_token token, duration delay, std::string_view reason) {
    if (!joined()) return false;
    return link_->ask_value(verb, last_, [&](auto& frame) {
      frame.u64(member_).u64(token);
      if (verb == detail::socket_verb::nak) frame.time(delay.nanoseconds);
      if (verb == detail::socket_verb::term) frame.text(reason.substr(0, 4096));
    }) != 0;
  }
  template <class Take>
  std::size_t visit(const std::string& answer, Take&& take) {
    detail::socket_reader from(answer);
    (void)from.u8();
    (void)from.u64();
    const std::uint32_t count = from.u32();
    std::vector<header> headers;
    std::size_t visited = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      delivered one;
      if (!detail::read_delivered(from, headers, one)) break;
      ++visited;
      take(static_cast<const delivered&>(one));
    }
    return visited;
  }

  std::shared_ptr<detail::socket_client> link_;
  subscribing how_;
  std::string group_;
  std::vector<std::string> topics_;
  failure last_{};
  std::uint64_t member_ = 0, session_ = 0;
  bool is_refused_ = false;
};

/// A transport between processes. `outlives` says what the messages of its broker outlive: a killed broker, or a power failure as well.
template <socket_limits Limits = socket_limits{}>
class basic_socket {
 public:
  static constexpr guarantee promises{arrival::at_least_once, ordering::by_key, handing_back::keeps_order, Limits.outlives};
  static constexpr duration dedup_window = Limits.dedup_window;
  static constexpr std::size_t largest_message = Limits.largest_message;

  std::string path;                 ///< where the broker is
  duration patience = seconds(10);  ///< how long the broker may take for an answer, before the connection counts as lost

  /// See the concept transport_connection.
  class connection {
   public:
    static constexpr std::size_t largest_message = Limits.largest_message;  ///< of any broker; this one may take more

    explicit connection(const basic_socket& to) : link_(std::make_shared<detail::socket_client>(to.path, to.patience, Limits)) {}
    connection(connection&&) noexcept = default;
    connection& operator=(connection&&) noexcept = default;

    /// Why there is no connection now; nullptr: there is one. Tries to get one.
    const failure* broken() { return link_->session() != 0 ? nullptr : &link_->why(); }
    std::size_t largest() const noexcept { return link_->largest(); }

    /// Where there is no connection, the ticket is answered with `unknown`.
    ticket publish(const parcel& message) {
      if (const char* wrong = malformed(message)) return last_ = failure(failure::kind::malformed, 0, wrong), 0;
      const std::size_t size = size_of(message);
      if (size <= largest()) return link_->publish(message);
      last_ = failure(failure::kind::too_large, 0, "a message of ", std::uint64_t{size}, " bytes; the most: ", std::uint64_t{largest()});
      return 0;
    }
    acceptance wait(ticket number, duration most) { return number == 0 ? acceptance::refused : link_->wait_for(number, most, last_); }

    socket_subscription subscribe(const subscribing& how) { return socket_subscription(link_, how); }

    /// Calls take(const dead_letter&) -> bool for each dead letter of the group in the order of publishing, until one says false. False: the
    /// connection was lost. The visitor may use the connection.
    template <class Take>
    bool each_dead(std::string_view group, Take&& take) {
      return detail::each_dead_of(*link_, group, last_, take);
    }
    bool revive(std::string_view group, delivery_token token) { return on_letter(detail::socket_verb::revive, group, token); }
    bool discard(std::string_view group, delivery_token token) { return on_letter(detail::socket_verb::discard, group, token); }
    /// The group is ended: its messages and dead letters are gone, and its members receive nothing more. False: there is no such group.
    bool forget(std::string_view group) {
      return link_->ask_value(detail::socket_verb::forget, last_, [&](auto& frame) { frame.text(group); }) != 0;
    }
    const failure& last_failure() const noexcept { return last_; }

   private:
    bool on_letter(detail::socket_verb verb, std::string_view group, delivery_token token) {
      return link_->ask_value(verb, last_, [&](auto& frame) { frame.text(group).u64(token); }) != 0;
    }
    std::shared_ptr<detail::socket_client> link_;
    failure last_{};
  };
};

/// Accepted messages outlive a killed broker.
using socket = basic_socket<>;
/// And a power failure: the broker flushes its file before it answers.
using durable_socket = basic_socket<socket_limits{.dedup_window = minutes(2), .largest_message = 1024u * 1024u, .outlives = survival::disk}>;

}  // namespace gesta
