// A transport within one program: a hub in memory, and connections to it, each used by one thread. The reference: what every transport does, with a
// lock and a clock around `exchange`.
// Floor: transport. Beside gesta.hpp, because it includes <mutex>: include it where it is used.
// May include: detail, message, store, delivery.
//
//     gesta::in_process_hub hub{clock};
//     gesta::in_process bus{hub};                       // a plain value: given to whoever publishes or subscribes
//     decltype(bus)::connection link(bus);
//     const gesta::ticket sent = link.publish({.topic = "shop.order_placed.v1", .id = "7", .key = "order-7", .payload = "..."});
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <gesta/delivery/guarantee.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/exchange.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta {

/// What the type of a hub says.
struct in_process_limits {
  duration dedup_window = minutes(2);           ///< how long an id is recognised, by the hub's clock; zero: never
  std::size_t largest_message = 1024u * 1024u;  ///< bytes of key, headers and payload together
};

/// Where the messages lie. It stays where it is, and outlives every connection to it. Usable by any number of threads.
///
/// Deadlines, delays and the dedup window go by `Clock`, any function object that returns a gesta::timestamp and can be called by several threads; a
/// copy of it is kept. How long a receiver waits for something to come (`receive`) is real time: it is the receiver's patience.
template <class Clock, in_process_limits Limits = in_process_limits{}>
class in_process_hub {
 public:
  explicit in_process_hub(Clock clock, message_room room = {}) : clock_(std::move(clock)), what_(room, Limits.dedup_window, Limits.largest_message) {}
  in_process_hub(const in_process_hub&) = delete;
  in_process_hub& operator=(const in_process_hub&) = delete;

  /// A group is ended: its messages and dead letters are gone, and its members receive nothing more. False: there is no such group.
  bool forget(std::string_view group) {
    const std::lock_guard<std::mutex> holding(lock_);
    return what_.forget(group);
  }
  /// How many messages are kept: for a group that has not settled them, as dead letters, or for the first group of their topic.
  std::size_t kept() const {
    const std::lock_guard<std::mutex> holding(lock_);
    return what_.kept();
  }

  /// Calls doing(exchange, now) alone. For connections.
  template <class Do>
  auto with(Do&& doing) {
    const std::lock_guard<std::mutex> holding(lock_);
    return doing(what_, clock_());
  }
  /// The same, and whoever waits looks again.
  template <class Do>
  auto and_wake(Do&& doing) {
    const auto result = with(doing);
    changed_.notify_all();
    return result;
  }
  /// Takes up to so many for a member; waits for the first at most so long. For subscriptions.
  std::vector<detail::handed_out> take(detail::member_id who, std::size_t most, duration patience) {
    using steady = std::chrono::steady_clock;
    constexpr duration look_again = milliseconds(5);  // the hub's clock may be moved by hand, which wakes nobody
    const auto until = steady::now() + std::chrono::nanoseconds(patience.nanoseconds);
    std::vector<detail::handed_out> taken;
    std::unique_lock<std::mutex> holding(lock_);
    while (true) {
      what_.take(who, most, clock_(), [&](detail::handed_out&& one) { taken.push_back(std::move(one)); });
      if (!taken.empty() || most == 0) return taken;
      const auto now = steady::now();
      if (now >= until) return taken;
      const bool comes_by_time = what_.next_due(who).nanoseconds != detail::no_moment;
      const auto slice = std::chrono::nanoseconds(look_again.nanoseconds);
      changed_.wait_for(holding, comes_by_time && slice < until - now ? slice : until - now);
    }
  }

 private:
  mutable std::mutex lock_;
  std::condition_variable changed_;
  Clock clock_;
  detail::exchange<> what_;
};

/// A member of a group; see the concept transport_subscription. It may outlive its connection, and not the hub.
template <class Hub>
class in_process_subscription {
 public:
  in_process_subscription(Hub& hub, const subscribing& how)
      : hub_(&hub), who_(hub.and_wake([&](auto& what, timestamp now) { return what.join(how, now, last_); })) {}
  in_process_subscription(in_process_subscription&& other) noexcept
      : hub_(std::exchange(other.hub_, nullptr)), last_(other.last_), who_(std::exchange(other.who_, 0)) {}
  in_process_subscription& operator=(in_process_subscription&& other) noexcept {
    std::swap(hub_, other.hub_);
    std::swap(who_, other.who_);
    std::swap(last_, other.last_);
    return *this;
  }
  ~in_process_subscription() {
    if (hub_ != nullptr && who_ != 0) hub_->and_wake([&](auto& what, timestamp now) { return what.leave(who_, now), true; });
  }

  /// Calls take(const delivered&) for up to `most` messages, after waiting for the first for `patience` at most. How many. The visitor may use this
  /// subscription.
  template <class Take>
  std::size_t receive(std::size_t most, duration patience, Take&& take) {
    if (who_ == 0) return 0;
    const std::vector<detail::handed_out> taken = hub_->take(who_, most, patience);
    for (const detail::handed_out& one : taken) take(one.seen());
    return taken.size();
  }

  bool ack(delivery_token token) {
    return settle([&](auto& what, timestamp now) { return what.ack(who_, token, now); });
  }
  bool nak(delivery_token token, duration delay) {
    return settle([&](auto& what, timestamp now) { return what.nak(who_, token, now, delay); });
  }
  bool term(delivery_token token, std::string_view reason) {
    return settle([&](auto& what, timestamp now) { return what.term(who_, token, now, reason); });
  }
  bool extend(delivery_token token) {
    return settle([&](auto& what, timestamp now) { return what.extend(who_, token, now); });
  }

  /// Why this is no member; it never becomes one.
  const failure* broken() const noexcept { return who_ == 0 ? &last_ : nullptr; }
  const failure& last_failure() const noexcept { return last_; }

 private:
  template <class Do>
  bool settle(Do&& doing) {
    if (who_ == 0) return false;
    if (hub_->and_wake(doing)) return true;
    last_ = failure(failure::kind::conflict, 0, "the token is no longer good: its message was settled, or handed out again");
    return false;
  }

  Hub* hub_;
  failure last_{};  // before who_, which may write it
  detail::member_id who_;
};

/// A transport within the program. Nothing is lost while the program runs, and everything when it ends.
template <class Clock, in_process_limits Limits = in_process_limits{}>
class in_process {
 public:
  using hub = in_process_hub<Clock, Limits>;
  using subscription = in_process_subscription<hub>;

  static constexpr guarantee promises{arrival::at_least_once, ordering::by_key, handing_back::keeps_order, survival::nothing};
  static constexpr duration dedup_window = Limits.dedup_window;
  static constexpr std::size_t largest_message = Limits.largest_message;

  explicit in_process(hub& at) noexcept : hub_(&at) {}

  /// See the concept transport_connection. What is published is accepted or refused at once, so `wait` never waits.
  class connection {
   public:
    static constexpr std::size_t largest_message = Limits.largest_message;

    explicit connection(const in_process& to) noexcept : hub_(to.hub_) {}
    connection(connection&&) noexcept = default;
    connection& operator=(connection&&) noexcept = default;

    const failure* broken() const noexcept { return nullptr; }
    std::size_t largest() const noexcept { return largest_message; }

    ticket publish(const parcel& message) {
      const acceptance came = hub_->and_wake([&](auto& what, timestamp now) { return what.publish(message, now, last_); });
      if (came == acceptance::refused) return 0;
      if (open_.size() == most_open) open_.pop_front();
      open_.push_back({++last_ticket_, came});
      return last_ticket_;
    }
    /// A ticket that was waited for, is not of this connection, or lies a million publications back, is `unknown`.
    acceptance wait(ticket number, duration) {
      if (number == 0) return acceptance::refused;
      for (auto at = open_.begin(); at != open_.end() && at->number <= number; ++at) {
        if (at->number != number) continue;
        const acceptance came = at->came;
        open_.erase(at);
        return came;
      }
      last_ = failure(failure::kind::conflict, 0, "nobody waits for this ticket: it is not of this connection, or was answered");
      return acceptance::unknown;
    }

    subscription subscribe(const subscribing& how) { return subscription(*hub_, how); }

    /// Calls take(const dead_letter&) -> bool for each dead letter of the group in the order of publishing, until one says false. The visitor must
    /// not use the hub. True.
    template <class Take>
    bool each_dead(std::string_view group, Take&& take) {
      return hub_->with([&](auto& what, timestamp now) {
        what.each_dead(group, now, [&](const detail::handed_out& one, std::string_view cause, timestamp since) {
          return take(dead_letter{one.seen(), cause, since});
        });
        return true;
      });
    }
    bool revive(std::string_view group, delivery_token token) {
      return found(hub_->and_wake([&](auto& what, timestamp now) { return what.revive(group, token, now); }));
    }
    bool discard(std::string_view group, delivery_token token) {
      return found(hub_->and_wake([&](auto& what, timestamp now) { return what.discard(group, token, now); }));
    }
    const failure& last_failure() const noexcept { return last_; }

   private:
    struct open_ticket {
      ticket number;
      acceptance came;
    };
    static constexpr std::size_t most_open = 1'000'000;

    bool found(bool is_there) {
      if (!is_there) last_ = failure(failure::kind::conflict, 0, "the group has no such dead letter");
      return is_there;
    }

    hub* hub_;
    std::deque<open_ticket> open_;  ///< by number; those that nobody has waited for yet
    ticket last_ticket_ = 0;
    failure last_{};
  };

 private:
  hub* hub_;
};
template <class Clock, in_process_limits Limits>
in_process(in_process_hub<Clock, Limits>&) -> in_process<Clock, Limits>;

}  // namespace gesta
