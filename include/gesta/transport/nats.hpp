// Messages over NATS JetStream: https://docs.nats.io/nats-concepts/jetstream
// Floor: transport.
// May include: detail, message, store, delivery; cnats.
//
// What is accepted is in the server's file, and not flushed to the disk: a killed server loses nothing, a loss of power may (a server of version 2.9
// flushes every two minutes, and cannot be told otherwise). So `survival::process`, whatever the server is configured to.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <gesta/transport/nats_link.hpp>
#include <gesta/transport/nats_subscription.hpp>
#include <gesta/transport/transport.hpp>
#include <gesta/transport/well_formed.hpp>

namespace gesta {

namespace detail {

template <class Transport>
class nats_connection;

template <bool ByKey>
struct nats_transport {
  std::string url = "nats://127.0.0.1:4222";  ///< of one server, or of several with commas between them; may hold a user and a password
  std::string stream = "gesta";               ///< one word: names the streams and begins all subjects
  unsigned partitions = ByKey ? 16 : 1;       ///< so many keys are under way at once; said once for a stream
  duration patience = seconds(5);             ///< how long a call of the server may take
  duration keep{};                            ///< how long messages are kept, also what a group has not seen; zero: for good, or as the stream that is there
  std::uint64_t most_bytes = 0;               ///< how much is kept: what goes beyond is refused, failure::kind::full; 0: as the disk allows, or likewise

  static constexpr guarantee promises{.comes = gesta::arrival::at_least_once,
                                      .order = ByKey ? ordering::by_key : ordering::none,
                                      .nak = ByKey ? handing_back::keeps_order : handing_back::loses_order,
                                      .outlives = survival::process};
  static constexpr duration dedup_window = minutes(2);
  static constexpr std::size_t largest_message = 1'000'000;

  using connection = nats_connection<nats_transport>;
};

}  // namespace detail

/// JetStream with as many messages under way as a group allows: fast, and in no promised order, as what is handed back comes behind what follows it.
/// `in_flight` is counted for each topic of a group.
using nats = detail::nats_transport<false>;

/// JetStream with the order of each key: keys are spread over partitions, each of which has one message under way for a group. So keys of one
/// partition wait for each other, and `in_flight` is a member's own limit.
using nats_by_key = detail::nats_transport<true>;

/// An opened `gesta::nats` or `gesta::nats_by_key`. Not copyable. It comes to its streams when it is used: a server that is
/// not there yet makes it `broken()`, and is tried again by the next call.
template <class Transport>
class detail::nats_connection {
 public:
  using subscription = detail::nats_subscription;
  static constexpr std::size_t largest_message = Transport::largest_message;

  explicit nats_connection(const Transport& where)
      : link_(std::make_shared<detail::nats_link>(detail::nats_place{where.url, where.stream, where.partitions == 0 || !by_key ? 1 : where.partitions,
                                                                     where.patience, where.keep, where.most_bytes})) {}

  const failure* broken() { return link_->broken(); }
  const failure& last_failure() const noexcept { return link_->last_failure(); }
  static constexpr std::size_t largest() noexcept { return Transport::largest_message; }

  ticket publish(const parcel& message) {
    if (!is_fit(message)) return 0;
    if (!link_->ready({})) return link_->last_failure().why == failure::kind::busy ? link_->sends_nothing() : ticket{0};
    natsStatus came = detail::make_nats_message(made_, link_->subject_of(message.topic, message.key), link_->next_reply(), message.key,
                                                message.headers, message.payload, text_);
    if (came == NATS_OK && !message.id.empty()) came = natsMsgHeader_Add(made_.get(), "Nats-Msg-Id", detail::as_header_value(message.id).c_str());
    if (came != NATS_OK) return link_->fails_with("a message could not be made", came), ticket{0};
    return link_->send(made_.get());
  }
  acceptance wait(ticket number, duration time) {
    switch (link_->wait(number, time)) {
      case detail::nats_link::answer::accepted: return acceptance::accepted;
      case detail::nats_link::answer::duplicate: return acceptance::duplicate;
      case detail::nats_link::answer::refused: return acceptance::refused;
      default: return acceptance::unknown;
    }
  }

  subscription subscribe(const subscribing& how) { return subscription(link_, how, by_key); }

  template <class Take>
  bool each_dead(std::string_view group, Take&& take) {
    std::uint64_t at = 0;
    while (true) {
      detail::nats_parcel letter;
      if (!reads(group, at + 1, true, letter)) return false;
      if (!letter.message) return true;
      at = natsMsg_GetSequence(letter.message.get());
      const timestamp since{natsMsg_GetTime(letter.message.get())};
      const std::string_view times = letter.value_of(detail::nats_deliveries_header);
      std::uint32_t deliveries = 1;
      (void)std::from_chars(times.data(), times.data() + times.size(), deliveries);
      if (!take(dead_letter{{.token = at, .topic = letter.topic, .id = letter.id, .key = letter.key, .headers = letter.headers,
                             .payload = letter.payload(), .deliveries = deliveries, .sequence = at, .published = since}, letter.cause, since}))
        return true;
    }
  }
  bool revive(std::string_view group, delivery_token token) {
    detail::nats_parcel letter;
    if (!reads(group, token, false, letter)) return false;
    const std::string name = std::string(group) + "/" + std::to_string(token);
    detail::nats_message made;
    natsStatus came = detail::make_nats_message(made, link_->again_stream() + "." + std::string(group), link_->next_reply(), letter.key,
                                                letter.headers, letter.payload(), text_);
    if (came == NATS_OK) came = natsMsgHeader_Add(made.get(), detail::nats_id_header, detail::as_header_value(letter.id).c_str());
    if (came == NATS_OK) came = natsMsgHeader_Add(made.get(), detail::nats_topic_header, detail::as_header_value(letter.topic).c_str());
    if (came == NATS_OK) came = natsMsgHeader_Add(made.get(), "Nats-Msg-Id", detail::as_header_value(name).c_str());
    if (came != NATS_OK) return link_->fails_with("a letter could not be made", came);
    const ticket number = link_->send(made.get());
    if (number == 0) return false;
    const acceptance kept = wait(number, link_->place().patience);
    return (kept == acceptance::accepted || kept == acceptance::duplicate) && removes(token);
  }
  bool discard(std::string_view group, delivery_token token) {
    detail::nats_parcel letter;
    return reads(group, token, false, letter) && removes(token);
  }

 private:
  static constexpr bool by_key = Transport::promises.order == ordering::by_key;

  bool is_fit(const parcel& message) {
    const char* why = malformed(message);
    for (const header& one : message.headers)
      if (detail::is_nats_own(one.name)) why = "the name of a header begins with Nats- or Gesta-";
    if (why != nullptr) return link_->fails(failure(failure::kind::malformed, 0, why));
    const std::size_t size = size_of(message);
    if (size <= largest()) return true;
    failure cause(failure::kind::too_large, 0, "a message of ", static_cast<std::uint64_t>(size), " bytes; at most ");
    cause.add(std::uint64_t{largest()});
    return link_->fails(cause);
  }

  /// The dead letter at a place of its stream, or the next one of the group.
  bool reads(std::string_view group, std::uint64_t at, bool or_next, detail::nats_parcel& letter) {
    if (!link_->ready(link_->place().patience)) return false;
    if (!or_next && at == 0) return link_->fails(failure(failure::kind::conflict, 0, "there is no such dead letter"));
    if (!is_topic(group))
      return link_->fails(failure(failure::kind::malformed, 0, "the group's name is not made of words of [A-Za-z0-9_-] with dots between them"));
    const std::string subject = link_->dead_stream() + "." + std::string(group);
    jsDirectGetMsgOptions which;
    (void)jsDirectGetMsgOptions_Init(&which);
    which.Sequence = at;
    if (or_next) which.NextBySubject = subject.c_str();
    const natsStatus came = js_DirectGetMsg(letter.message.fill(), link_->streams(), link_->dead_stream().c_str(), nullptr, &which);
    if (came == NATS_NOT_FOUND) letter.message.reset();
    else if (came != NATS_OK) return link_->fails_with("dead letters could not be read", came);
    const bool is_there = letter.message && subject == natsMsg_GetSubject(letter.message.get());
    if (!is_there) {
      letter.message.reset();
      return or_next || link_->fails(failure(failure::kind::conflict, 0, "there is no such dead letter"));
    }
    letter.read();
    if (!detail::from_header_value(letter.value_of(detail::nats_topic_header), letter.topic)) letter.topic.clear();
    return true;
  }
  bool removes(delivery_token token) {
    jsErrCode code{};
    const natsStatus came = js_DeleteMsg(link_->streams(), link_->dead_stream().c_str(), token, nullptr, &code);
    return came == NATS_OK || link_->fails_with("a dead letter could not be removed", came, static_cast<int>(code));
  }

  std::shared_ptr<detail::nats_link> link_;  ///< members of groups outlive their connection
  detail::nats_message made_;
  std::string text_;
};

}  // namespace gesta
