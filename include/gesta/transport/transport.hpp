// What every transport can do. A transport is a plain value that says where and how; its `connection` is the opened one.
// Floor: transport.
// May include: detail, message, store, delivery.
//
// What it promises is said in its type, and tried by <gesta/testing/laws/transport.hpp>: who needs more than that does not compile.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <gesta/delivery/guarantee.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>

namespace gesta {

/// Names a message that was published and whose acceptance is awaited, within its connection; 0: it was refused at once.
using ticket = std::uint64_t;

/// What became of a published message.
enum class acceptance : std::uint8_t {
  accepted,   ///< the transport has it, as its guarantee says
  duplicate,  ///< it had one of this id already, within its window: nothing was added
  refused,    ///< it will not take it; `last_failure` says why: publish another one
  unknown,    ///< no answer in time, or the connection is lost: publish it again, it may come twice
};

/// Who subscribes to what. A group has all topics that its members ever asked for, and a member gets those of its own; the order of a key is that of
/// all of them. What the members of a group say about it differently, is as the newest of them says.
struct subscribing {
  std::span<const std::string_view> topics{};  ///< one or more, each whole; no patterns
  std::string_view group{};                    ///< its members share the messages; each group gets all, from its first subscription on
  std::uint32_t in_flight = 256;               ///< so many are handed out and not settled, at most, to the whole group
  duration settle_within = seconds(30);        ///< what is not settled by then is handed out again; `extend` begins it anew
  std::uint32_t deliveries = 10;               ///< what was handed out so often, and is not acknowledged, becomes a dead letter; 0: never
  bool from_beginning = false;                 ///< a new group begins with the first message that is kept, and not with the next
};

/// A message that nobody could settle, with its cause. Views: they live until the visitor returns.
struct dead_letter {
  delivered message;
  std::string_view cause;  ///< the reason given to `term`, or how often it was delivered
  timestamp since{};
};

/// Takes a received message. Stands for every visitor in the concepts below.
using take_delivered = void (*)(const delivered&);
using take_dead_letter = bool (*)(const dead_letter&);

/// A member of a group, on the thread of its connection; it may outlive that. Ended by its destructor: what it has not settled is handed out again,
/// to whoever is there. A token that is no longer good (settled, handed out again meanwhile, another member's) makes `ack` and the others false, with
/// failure::kind::conflict. The visitor of `receive` may use the member; how long `receive` waits is real time, whatever the transport's clock is.
/// `broken` is set for ever where what was asked for is malformed or there is no room, or the transport is another one than was meant (failure::kind::differs),
/// and for a while where the connection is lost: then `receive` waits for it, as for a message, and goes on as soon as it is there.
template <class Subscription>
concept transport_subscription = requires(Subscription& member, take_delivered take, delivery_token token, duration time, std::string_view reason) {
  { member.receive(std::size_t{}, time, take) } -> std::same_as<std::size_t>;  // how many; waits for the first, and for a lost connection, so long at most;
                                                                               // 0: none, or `broken`
  { member.ack(token) } -> std::same_as<bool>;
  { member.nak(token, time) } -> std::same_as<bool>;     // hand it out again, not before that time has passed
  { member.term(token, reason) } -> std::same_as<bool>;  // never again: a dead letter with that cause
  { member.extend(token) } -> std::same_as<bool>;        // its time to be settled begins anew
  { member.broken() } -> std::same_as<const failure*>;
  { member.last_failure() } -> std::convertible_to<const failure&>;
};

/// An opened transport. One thread at a time; two connections are used by two threads. What is published through one connection with one key comes in
/// that order, where the guarantee says so, as long as each was accepted before the next was published. A topic, group, id or header that is not well
/// formed (transport/well_formed.hpp) is refused with failure::kind::malformed, what is too long with too_large, what there is no room for with full.
/// A token of a dead letter is good for `revive` and `discard`, in its group; one that is not makes them false, with failure::kind::conflict.
template <class Connection>
concept transport_connection =
    requires(Connection& link, const parcel& message, ticket number, duration time, const subscribing& how, std::string_view group,
             take_dead_letter take) {
      { link.broken() } -> std::same_as<const failure*>;  // why it cannot be used now; a lost connection comes again by itself
      { link.publish(message) } -> std::same_as<ticket>;
      { link.wait(number, time) } -> std::same_as<acceptance>;  // each ticket once; another time, or another's: unknown; 0: refused
      { link.largest() } -> std::same_as<std::size_t>;          // bytes of key, headers and payload together
      { link.subscribe(how) } -> transport_subscription;
      { link.each_dead(group, take) } -> std::same_as<bool>;
      { link.revive(group, delivery_token{}) } -> std::same_as<bool>;   // a dead letter is handed out again, as if it were new
      { link.discard(group, delivery_token{}) } -> std::same_as<bool>;  // and is gone
      { link.last_failure() } -> std::convertible_to<const failure&>;
    };

/// A transport: `promises` is its guarantee, `dedup_window` how long it recognises an id (zero: never), `largest_message` the most bytes that every
/// opened one takes (0: only `largest()` knows).
template <class Transport>
concept transport = requires {
  typename Transport::connection;
  { Transport::promises } -> std::convertible_to<guarantee>;
  { Transport::dedup_window } -> std::convertible_to<duration>;
  { Transport::largest_message } -> std::convertible_to<std::size_t>;
} && std::constructible_from<typename Transport::connection, const Transport&> && transport_connection<typename Transport::connection>;

}  // namespace gesta
