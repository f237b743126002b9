// A member of a group at a NATS server.
// Floor: transport.
// May include: detail, message, store, delivery; cnats.
//
// A group is a durable pull consumer for each topic; or, where keys have an order, one for each partition with one message under way, as the server
// does not hold up a key for a message that was handed back. A lane is one such consumer; all lanes of a member answer to one inbox. The server
// counts deliveries, and the member buries what came too often: it is kept in the stream of dead letters before it is taken off the lane.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gesta/transport/nats_link.hpp>
#include <gesta/transport/transport.hpp>
#include <gesta/transport/well_formed.hpp>

namespace gesta::detail {

inline constexpr const char* nats_key_header = "Gesta-Key";
inline constexpr const char* nats_topic_header = "Gesta-Topic";
inline constexpr const char* nats_cause_header = "Gesta-Cause";
inline constexpr const char* nats_deliveries_header = "Gesta-Deliveries";
inline constexpr const char* nats_blank_header = "Gesta-Blank";  ///< the values that are blank, as name:which; cnats (3.4) does not read those
inline constexpr const char* nats_id_header = "Gesta-Id";  ///< of a letter; other messages have theirs in the server's own

/// Whether a header of that name is ours or the server's, and none of the message.
inline bool is_nats_own(std::string_view name) noexcept { return name.starts_with("Nats-") || name.starts_with("Gesta-"); }

/// Whether one of the words, with blanks between them, is this.
inline bool has_word(std::string_view words, std::string_view word) noexcept {
  for (std::size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || words[at - 1] == ' ') && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

/// A message as it was received, with what its views look at.
struct nats_parcel {
  nats_message message;
  std::string topic, key, id, cause;
  std::vector<header> headers;

  std::string_view value_of(const char* name) const {
    const char* value = nullptr;
    return natsMsgHeader_Get(message.get(), name, &value) == NATS_OK && value != nullptr ? std::string_view(value) : std::string_view();
  }
  std::string_view payload() const {
    const char* const data = natsMsg_GetData(message.get());
    return data == nullptr ? std::string_view() : std::string_view(data, static_cast<std::size_t>(natsMsg_GetDataLength(message.get())));
  }
  /// Reads key, id and headers. A message of somebody else has no key, and no id.
  void read() {
    if (!from_header_value(value_of(nats_key_header), key)) key.clear();
    const std::string_view letter = value_of(nats_id_header);
    if (!from_header_value(letter.data() != nullptr ? letter : value_of("Nats-Msg-Id"), id)) id.clear();
    if (!from_header_value(value_of(nats_cause_header), cause)) cause.clear();
    headers.clear();
    const std::string_view blank = value_of(nats_blank_header);
    const char** names = nullptr;
    int count = 0;
    if (natsMsgHeader_Keys(message.get(), &names, &count) != NATS_OK) return;
    for (int i = 0; i < count; ++i) {
      if (is_nats_own(names[i])) continue;
      const char** values = nullptr;
      int many = 0;
      if (natsMsgHeader_Values(message.get(), names[i], &values, &many) != NATS_OK) continue;
      for (int v = 0; v < many; ++v) {  // names and values belong to the message
        const bool is_blank = !blank.empty() && has_word(blank, std::string(names[i]) + ":" + std::to_string(v));
        headers.push_back({names[i], is_blank ? std::string_view() : std::string_view(values[v])});
      }
      std::free(values);
    }
    std::free(names);
  }
};

/// A message to be sent, with the key and the headers of a parcel.
inline natsStatus make_nats_message(nats_message& made, const std::string& subject, const std::string& reply, std::string_view key,
                                    std::span<const header> headers, std::string_view payload, std::string& text) {
  natsStatus came = natsMsg_Create(made.fill(), subject.c_str(), reply.c_str(), payload.data(), static_cast<int>(payload.size()));
  const auto add = [&](const char* name, const char* value) {
    if (came == NATS_OK) came = natsMsgHeader_Add(made.get(), name, value);
  };
  if (!key.empty()) add(nats_key_header, as_header_value(key).c_str());
  std::string blank;
  for (const header& one : headers) {
    text.assign(one.name);
    text += '\0';
    text += one.value.empty() ? std::string_view("-") : one.value;
    add(text.c_str(), text.c_str() + one.name.size() + 1);
    if (!one.value.empty()) continue;
    std::size_t before = 0;
    for (const header* other = headers.data(); other != &one; ++other) before += other->name == one.name;
    blank += (blank.empty() ? "" : " ") + std::string(one.name) + ":" + std::to_string(before);
  }
  if (!blank.empty()) add(nats_blank_header, blank.c_str());
  return came;
}

class nats_subscription {
 public:
  nats_subscription(std::shared_ptr<nats_link> link, const subscribing& how, bool by_key)
      : link_(std::move(link)), group_(how.group), in_flight_(how.in_flight), settle_within_(how.settle_within), deliveries_(how.deliveries),
        from_beginning_(how.from_beginning), by_key_(by_key), topics_(how.topics.begin(), how.topics.end()) {
    std::sort(topics_.begin(), topics_.end());
    topics_.erase(std::unique(topics_.begin(), topics_.end()), topics_.end());
    const char* why = malformed(how);
    if (why == nullptr && link_->is_hopeless()) why = "the name of the stream is not one word";  // nothing else is known yet
    if (why != nullptr) {
      refused_ = failure(failure::kind::malformed, 0, why);
      is_refused_ = true;
    } else {
      (void)ready(link_->has_been_connected() ? link_->place().patience : duration{});  // nobody waits for a server that was never there
    }
  }
  nats_subscription(nats_subscription&&) noexcept = default;
  nats_subscription& operator=(nats_subscription&& other) noexcept {
    if (this == &other) return *this;
    this->~nats_subscription();
    return *::new (this) nats_subscription(std::move(other));
  }
  ~nats_subscription() {
    if (!inbox_) return;
    (void)natsSubscription_Unsubscribe(inbox_.get());
    hands_back();
    (void)natsConnection_FlushTimeout(link_->connection(), 1000);
  }

  template <class Take>
  std::size_t receive(std::size_t limit, duration wait, Take&& take) {
    if (visits_ == 0) settled_.clear();
    const steady::time_point end = after(wait);
    if (limit == 0 || !is_room_by(end)) return 0;
    limit = std::min<std::size_t>(limit, in_flight_ - open_.size());
    std::size_t count = 0;
    while (true) {
      while (count < limit && !left_.empty()) {
        nats_message next = std::move(left_.front());
        left_.erase(left_.begin());
        takes_late(std::move(next), limit, count, take);
      }
      rounds(limit, count, wait.nanoseconds <= 0, take);
      if (count != 0 || steady::now() >= end) return count;
      if (!is_ready_by(end)) return count;  // a connection that was lost meanwhile is waited for
      waits(limit, count, end, take);
    }
  }

  bool ack(delivery_token token) { return settles(token, "+ACK"); }
  bool nak(delivery_token token, duration delay) {
    const auto at = finds(token);
    if (at == open_.end()) return false;
    if (is_last(at->second)) return buries(at->second, too_often(at->second.deliveries)) && settles(token, "+TERM");
    const std::string how = delay.nanoseconds <= 0 ? std::string("-NAK") : "-NAK {\"delay\": " + std::to_string(delay.nanoseconds) + "}";
    if (!says(at->second.reply, how)) return false;
    settled_.push_back(open_.extract(at));
    return true;
  }
  bool term(delivery_token token, std::string_view reason) {
    const auto at = finds(token);
    if (at == open_.end()) return false;
    return buries(at->second, reason) && settles(token, "+TERM");
  }
  bool extend(delivery_token token) {
    const auto at = finds(token);
    if (at == open_.end()) return false;
    at->second.until = after(settle_within_);
    return says(at->second.reply, "+WPI");
  }

  const failure* broken() {
    if (is_refused_) return &refused_;
    return ready({}) ? nullptr : &link_->last_failure();
  }
  const failure& last_failure() const noexcept { return is_refused_ ? refused_ : link_->last_failure(); }

 private:
  struct lane {
    std::string stream, consumer, ask_subject;
    std::int64_t made;          ///< in nanoseconds of the server's clock, from its disk some microseconds later; one made anew has another
    std::size_t batch;          ///< so many are asked for at once, at most
    std::size_t asked = 0;      ///< of those that were asked for last, and have not come
    std::uint64_t request = 0;  ///< the last one
    bool is_endless = false;    ///< it has no time
    bool has_more = false;      ///< as the server said with the last message
    steady::time_point until{};       ///< an answer to one with a time does not come after that
    steady::time_point held_until{};  ///< others of the group had all that may be under way: it is asked by requests with a time until then
  };
  /// What the server says in the subject where a message is settled.
  struct placed {
    std::string_view stream, consumer;
    std::uint32_t deliveries = 1;
    std::uint64_t sequence = 0, pending = 0;
    timestamp time{};
  };
  struct open_message {
    const char* reply;  ///< where it is settled; the message's
    steady::time_point until;
    std::size_t lane;
    nats_parcel parcel;
    std::uint64_t sequence;
    std::uint32_t deliveries;
  };
  using open_map = std::unordered_map<delivery_token, open_message>;
  struct said {
    std::string reply;
    const char* how = nullptr;
    std::int64_t made = 0;  ///< the lane's consumer
  };

  // ---- the consumers

  bool is_ready_by(steady::time_point end) {
    while (!ready(milliseconds(milliseconds_until(end)))) {
      if (is_refused_ || link_->is_hopeless() || steady::now() >= end) return false;
      nats_link::rests(end);
    }
    return true;
  }
  /// Waits for the connection, and where all that may be under way is, for the time of one of them to pass: nobody settles any while this one waits.
  bool is_room_by(steady::time_point end) {
    while (is_ready_by(end)) {
      for (auto at = open_.begin(); at != open_.end();)  // those are handed out again, to whoever asks
        if (const auto one = at++; one->second.until <= steady::now()) settled_.push_back(open_.extract(one));
      if (open_.size() < in_flight_) return true;
      if (steady::now() >= end) return false;
      nats_link::rests(end);
    }
    return false;
  }
  bool ready(duration patience) {
    if (is_refused_ || !link_->ready(patience)) return false;
    if (inbox_ && losses_ == link_->losses()) return true;
    if (!inbox_ && !opens_inbox()) return false;
    losses_ = link_->losses();
    hands_back();  // what was under way to the lost connection; its requests may be forgotten
    if (makes_consumers()) return says_again(), true;
    inbox_.reset();
    return false;
  }
  bool opens_inbox() {
    char* name = nullptr;
    natsStatus came = natsInbox_Create(&name);
    if (came == NATS_OK) inbox_subject_ = std::string(name) + ".";
    natsInbox_Destroy(name);
    if (came == NATS_OK) came = natsConnection_SubscribeSync(inbox_.fill(), link_->connection(), (inbox_subject_ + "*").c_str());
    if (came == NATS_OK) came = natsSubscription_SetPendingLimits(inbox_.get(), -1, -1);
    if (came == NATS_OK) return true;
    inbox_.reset();
    return link_->fails_with("subscribing", came);
  }
  bool makes_consumers() {
    lanes_.clear();
    open_requests_ = 0;
    const std::string& stream = link_->place().stream;
    const std::string name = as_nats_word(group_);
    bool made = true;
    if (by_key_) {
      for (unsigned i = 0; made && i < link_->place().partitions; ++i)
        made = adds(stream, name + "==" + std::to_string(i), stream + "." + std::to_string(i) + ".>", 1);
    } else {
      for (std::size_t i = 0; made && i < topics_.size(); ++i)
        made = adds(stream, name + "==" + as_nats_word(topics_[i]), stream + ".0." + topics_[i], in_flight_);
    }
    return made && adds(link_->again_stream(), name, link_->again_stream() + "." + group_, in_flight_);
  }
  bool adds(const std::string& stream, const std::string& name, const std::string& filter, std::uint32_t in_flight) {
    if (name.size() > 240) {
      refused_ = failure(failure::kind::malformed, 0, "the names of a group and of a topic are longer together than the server can keep");
      is_refused_ = true;
      return link_->fails(refused_);
    }
    const std::string topics = by_key_ ? with_topics_of(stream, name) : std::string();
    jsConsumerConfig config;
    (void)jsConsumerConfig_Init(&config);
    config.Description = topics.c_str();
    config.Durable = name.c_str();
    config.AckPolicy = js_AckExplicit;
    config.AckWait = settle_within_.nanoseconds;
    config.FilterSubject = filter.c_str();
    config.MaxAckPending = in_flight;
    config.MaxDeliver = -1;
    config.DeliverPolicy = from_beginning_ || stream != link_->place().stream ? js_DeliverAll : js_DeliverNew;
    nats_owned<jsConsumerInfo, jsConsumerInfo_Destroy> info;
    jsErrCode code{};
    natsStatus came = js_GetConsumerInfo(info.fill(), link_->streams(), stream.c_str(), name.c_str(), nullptr, &code);
    if (came == NATS_OK) {
      const jsConsumerConfig& is = *info.get()->Config;
      config.DeliverPolicy = is.DeliverPolicy;  // where it began is said once
      const auto text = [](const char* of) { return of == nullptr ? std::string_view() : std::string_view(of); };
      const bool same = is.AckWait == config.AckWait && is.MaxAckPending == config.MaxAckPending && filter == text(is.FilterSubject) &&
                        topics == text(is.Description);
      if (!same) came = js_UpdateConsumer(info.fill(), link_->streams(), stream.c_str(), &config, nullptr, &code);
    } else if (code == JSConsumerNotFoundErr || came == NATS_NOT_FOUND) {
      came = js_AddConsumer(info.fill(), link_->streams(), stream.c_str(), &config, nullptr, &code);
    }
    if (came != NATS_OK) {
      link_->doubt();
      return link_->fails_with(("the group " + name + " could not be made").c_str(), came, static_cast<int>(code));
    }
    lanes_.push_back({.stream = stream, .consumer = name, .ask_subject = "$JS.API.CONSUMER.MSG.NEXT." + stream + "." + name,
                      .made = info ? info.get()->Created : 0, .batch = in_flight, .has_more = info && info.get()->NumPending != 0});
    return true;
  }

  /// The topics of a group of which each member has a part: written down with its consumers, with blanks between them.
  std::string with_topics_of(const std::string& stream, const std::string& name) {
    std::string all = topics_of(stream, name);
    for (const std::string& topic : topics_)
      if (!has_word(all, topic)) all += (all.empty() ? "" : " ") + topic;
    return all;
  }
  std::string topics_of(const std::string& stream, const std::string& name) {
    nats_owned<jsConsumerInfo, jsConsumerInfo_Destroy> info;
    const natsStatus came = js_GetConsumerInfo(info.fill(), link_->streams(), stream.c_str(), name.c_str(), nullptr, nullptr);
    return came == NATS_OK && info.get()->Config->Description != nullptr ? info.get()->Config->Description : std::string();
  }
  /// Whether another member of the group has asked for a topic that this one has not, when that message came. Whoever asked before it was published
  /// is seen, as the words are read after the number of the last message.
  bool is_of_another(const lane& of, std::string_view topic, std::uint64_t sequence) {
    if (has_word(group_topics_, topic)) return true;
    if (sequence <= group_topics_known_to_) return false;
    nats_owned<jsStreamInfo, jsStreamInfo_Destroy> info;
    if (js_GetStreamInfo(info.fill(), link_->streams(), of.stream.c_str(), nullptr, nullptr) != NATS_OK) return true;
    const std::uint64_t last = info.get()->State.LastSeq;
    group_topics_ = topics_of(of.stream, of.consumer);
    if (group_topics_.empty()) return true;
    group_topics_known_to_ = last;
    return has_word(group_topics_, topic);
  }

  // ---- receiving

  // No request may be left open when nobody waits for it any more: it would be given messages; and where this server (2.9) comes upon one that is
  // over, by its time or as nobody listens, a message that is to be handed out again is away until it is late. So receive ends with none open. A
  // request without a time is answered at once, by what there is, or that there is nothing; only where others of the group have all that may be under
  // way it is not. Then it is taken back, and that lane is asked for a while by requests of a few milliseconds, which are over when they are
  // answered, or by themselves.

  /// Takes what is there, of all lanes or of those that may answer at once: asks one lane behind the other, those with one message under way
  /// together, for no more than there is room for. The lane of revived letters, which mostly has none, is the last one, and where the others always
  /// fill the room, it is asked beside them now and then.
  template <class Take>
  void rounds(std::size_t limit, std::size_t& count, bool of_all, Take& take) {
    const std::size_t others = lanes_.size() - 1;
    const steady::time_point now = steady::now();
    const bool revived_first = now >= revived_due_;
    for (std::size_t asked = 0; asked < lanes_.size() && count < limit;) {
      std::size_t room = limit - count;
      const auto asks_lane = [&](lane& one, std::size_t most) {
        const bool at_once = deliveries_ != 1 && now >= one.held_until;
        if (!is_free(one) || !(of_all || one.has_more || at_once)) return;
        const std::size_t batch = std::min({room, one.batch, most});
        const std::int64_t time = at_once ? 0 : one.has_more && one.batch != 1 ? std::max<std::int64_t>(time_asked_, 100) : time_asked_;
        if (asks(one, batch, time)) room -= batch;
      };
      if (asked == 0 && revived_first) asks_lane(revived(), std::max<std::size_t>(room / 16, 1)), ++asked;
      for (; room != 0 && asked < lanes_.size(); ++asked) {
        if (asked == others && !revived_first) asks_lane(revived(), room);
        else asks_lane(lanes_[next_lane_ = (next_lane_ + 1) % others], room);
      }
      if ((!hears(limit, count, take) && losses_ != link_->losses()) || !inbox_) return;
    }
  }

  /// Waits for one message: looks again when something is published, as others are told it too, and from time to time, for what is handed out again.
  template <class Take>
  void waits(std::size_t limit, std::size_t& count, steady::time_point end, Take& take) {
    nats_inbox wakes;
    for (std::int64_t slice = 1; count == 0 && inbox_ && losses_ == link_->losses(); slice = std::min<std::int64_t>(slice * 2, 64)) {
      if (!wakes && !listens(wakes)) return nats_Sleep(1);
      rounds(limit, count, true, take);
      const std::int64_t left = milliseconds_until(end);
      if (count != 0 || left == 0) return;
      nats_message word;
      if (natsSubscription_NextMsg(word.fill(), wakes.get(), std::min(left, slice)) != NATS_OK) continue;
      wakes.reset();  // it tells one
      slice = 1;
    }
  }
  /// Is told when one more message of the topics is published. All its bytes come; so only one, and only while somebody waits.
  bool listens(nats_inbox& wakes) {
    const std::string subject = link_->place().stream + ".*." + (topics_.size() == 1 ? topics_.front() : ">");
    return natsConnection_SubscribeSync(wakes.fill(), link_->connection(), subject.c_str()) == NATS_OK &&
           natsSubscription_AutoUnsubscribe(wakes.get(), 1) == NATS_OK;
  }

  /// Takes what is answered, until no request is open. False: one was answered by nobody, as the connection was lost, or the server did not come to
  /// it in its time: then requests get more time, until it goes well for a while.
  template <class Take>
  bool hears(std::size_t limit, std::size_t& count, Take& take) {
    if (open_requests_ == 0) return true;
    (void)natsConnection_FlushTimeout(link_->connection(), 100);  // now, and not when cnats' thread comes to it, a millisecond later
    steady::time_point gives_up = after(link_->place().patience);
    bool was_held = false;
    while (open_requests_ != 0) {
      std::int64_t time = 0;
      bool any_endless = false;
      for (const lane& one : lanes_)
        if (one.asked != 0) time = std::max(time, one.is_endless ? silence : milliseconds_until(one.until)), any_endless |= one.is_endless;
      nats_message next;
      natsStatus came = natsSubscription_NextMsg(next.fill(), inbox_.get(), time);
      if (came != NATS_OK) {
        if (any_endless && losses_ == link_->losses() && steady::now() < gives_up) {
          if (was_held = is_held() && !(was_held && takes_back(limit, count, take)); inbox_) continue;
        }
        if (any_endless) inbox_.reset();  // and with it what is open
        for (lane& one : lanes_) one.has_more = std::exchange(one.asked, 0) != 0;
        open_requests_ = 0;
        time_asked_ = std::min<std::int64_t>(time_asked_ * 2, 64);
        went_well_ = 0;
        return false;
      }
      while (came == NATS_OK) {
        hears_one(std::move(next), limit, count, take);
        came = open_requests_ == 0 ? NATS_TIMEOUT : natsSubscription_NextMsg(next.fill(), inbox_.get(), 0);
      }
      gives_up = after(link_->place().patience);
      was_held = false;
    }
    if (++went_well_ % 256 == 0) time_asked_ = std::max<std::int64_t>(time_asked_ / 2, 2);
    return true;
  }
  template <class Take>
  void hears_one(nats_message next, std::size_t limit, std::size_t& count, Take& take) {
    const bool is_word = !is_message(next.get());
    const placed where = is_word ? placed{} : place_of(natsMsg_GetReply(next.get()));
    const std::size_t at = is_word ? lane_that_said(next.get()) : lane_of(where);
    if (at != lanes_.size()) {
      lanes_[at].has_more = where.pending != 0;
      if (lanes_[at].asked != 0 && (lanes_[at].asked = is_word ? 0 : lanes_[at].asked - 1) == 0) --open_requests_;
    }
    if (!is_word && count == limit) left_.push_back(std::move(next));  // it was asked for earlier
    else if (!is_word && takes(std::move(next), where, at, take)) ++count;
  }

  /// Whether a lane does not answer because others have all that may be under way, and not because the server is slow.
  bool is_held() {
    for (lane& one : lanes_) {
      if (one.asked == 0 || !one.is_endless) continue;
      nats_owned<jsConsumerInfo, jsConsumerInfo_Destroy> info;
      const natsStatus came = js_GetConsumerInfo(info.fill(), link_->streams(), one.stream.c_str(), one.consumer.c_str(), nullptr, nullptr);
      if (came == NATS_OK && info.get()->NumAckPending >= info.get()->Config->MaxAckPending) return true;
    }
    return false;
  }
  /// Takes back the requests without a time that are not answered: others have what may be under way. The server gives nothing to who does not
  /// listen, but it has to find them before the next message is handed out again; so it is asked again at once, by requests that end. False: there
  /// were none.
  template <class Take>
  bool takes_back(std::size_t limit, std::size_t& count, Take& take) {
    if (std::none_of(lanes_.begin(), lanes_.end(), [](const lane& one) { return one.asked != 0 && one.is_endless; })) return false;
    nats_inbox before;
    before = std::move(inbox_);
    if (!opens_inbox()) return false;
    if (natsSubscription_Drain(before.get()) != NATS_OK) return false;
    held_for_ = std::min(held_for_ * 2, std::chrono::milliseconds(64'000));
    std::size_t room = limit - count;
    for (lane& one : lanes_) {
      if (one.asked == 0) continue;
      --open_requests_;
      const std::size_t batch = std::min(one.batch, std::max<std::size_t>(room, 1));
      one.asked = 0;
      one.held_until = steady::now() + held_for_;
      if (asks(one, batch, time_asked_)) room -= std::min(room, batch);
    }
    (void)natsConnection_FlushTimeout(link_->connection(), 100);
    for (nats_message next; natsSubscription_NextMsg(next.fill(), before.get(), 1000) == NATS_OK;)
      if (is_message(next.get())) takes_late(std::move(next), limit, count, take);
    return true;
  }
  /// A message that was asked for by an earlier request.
  template <class Take>
  void takes_late(nats_message next, std::size_t limit, std::size_t& count, Take& take) {
    const placed where = place_of(natsMsg_GetReply(next.get()));
    if (count == limit) left_.push_back(std::move(next));
    else if (takes(std::move(next), where, lane_of(where), take)) ++count;
  }

  lane& revived() {
    revived_due_ = after(milliseconds(100));
    return lanes_.back();
  }
  /// A request for so many messages, with its own number, so that a late word does not end a newer one. Milliseconds: 0: without a time.
  bool asks(lane& one, std::size_t batch, std::int64_t milliseconds) {
    one.request = ++last_request_;
    text_.assign(inbox_subject_).append(std::to_string(&one - lanes_.data())).append("-").append(std::to_string(one.request)) += '\0';
    const std::size_t request = text_.size();
    text_.append("{\"batch\":").append(std::to_string(batch)).append(",\"no_wait\":true");
    if (milliseconds != 0) text_.append(",\"expires\":").append(std::to_string(milliseconds)).append("000000");
    text_ += '}';
    if (natsConnection_PublishRequest(link_->connection(), one.ask_subject.c_str(), text_.c_str(), text_.data() + request,
                                      static_cast<int>(text_.size() - request)) != NATS_OK) return false;
    if (one.asked == 0) ++open_requests_;
    one.asked = batch;
    one.is_endless = milliseconds == 0;
    one.until = steady::now() + std::chrono::milliseconds(milliseconds + grace);
    return true;
  }
  /// Whether there may be something on a lane: not where its only message is under way here.
  bool is_free(const lane& one) const noexcept {
    return one.batch != 1 || std::none_of(open_.begin(), open_.end(), [&](const auto& each) { return &lanes_[each.second.lane] == &one; });
  }
  static bool is_message(natsMsg* message) noexcept {
    const char* const reply = natsMsg_GetReply(message);
    return reply != nullptr && std::strncmp(reply, "$JS.ACK.", 8) == 0;
  }
  /// The lane whose last request a word ends; lanes_.size() where it is about an earlier one.
  std::size_t lane_that_said(natsMsg* word) const noexcept {
    std::string_view subject(natsMsg_GetSubject(word));
    subject.remove_prefix(std::min(inbox_subject_.size(), subject.size()));
    const std::size_t at = number_of(subject);
    const std::size_t dash = subject.find('-');
    return at < lanes_.size() && dash != std::string_view::npos && number_of(subject.substr(dash + 1)) == lanes_[at].request ? at : lanes_.size();
  }

  template <class Take>
  bool takes(nats_message message, const placed& where, std::size_t at, Take& take) {
    nats_parcel next{std::move(message), {}, {}, {}, {}, {}};
    const std::string_view subject(natsMsg_GetSubject(next.message.get()));
    const char* const reply = natsMsg_GetReply(next.message.get());
    if (at == lanes_.size()) return says(reply, "-NAK"), false;
    next.read();
    const std::string& stream = link_->place().stream;
    const bool is_revived = lanes_[at].stream != stream;
    if (is_revived) {
      if (!from_header_value(next.value_of(nats_topic_header), next.topic)) next.topic.clear();
    } else {
      const std::size_t behind = subject.find('.', stream.size() + 1);
      next.topic = behind == std::string_view::npos ? std::string() : std::string(subject.substr(behind + 1));
    }
    if (!std::binary_search(topics_.begin(), topics_.end(), next.topic)) {
      const bool wanted = is_revived || is_of_another(lanes_[at], next.topic, where.sequence);
      return wanted ? says(reply, "-NAK {\"delay\": 100000000}") : says_for_good(reply, "+ACK", at), false;
    }
    open_message one{reply, after(settle_within_), at, std::move(next), where.sequence, where.deliveries};
    if (deliveries_ != 0 && where.deliveries > deliveries_) {
      one.deliveries = where.deliveries - 1;
      if (buries(one, too_often(one.deliveries))) (void)says_for_good(one.reply, "+TERM", at);
      return false;
    }
    const delivery_token token = ++last_token_;
    const nats_parcel& parcel = open_.emplace(token, std::move(one)).first->second.parcel;
    const delivered what{.token = token, .topic = parcel.topic, .id = parcel.id, .key = parcel.key, .headers = parcel.headers,
                         .payload = parcel.payload(), .deliveries = where.deliveries, .sequence = where.sequence, .published = where.time};
    ++visits_;
    take(what);
    --visits_;
    return true;
  }

  static std::uint64_t number_of(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
  }
  /// $JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.<its own>.<time>.<pending>, and newer ones with a domain and an account in front.
  static placed place_of(std::string_view reply) {
    std::string_view words[12];
    std::size_t count = 0;
    for (std::size_t from = 0; from <= reply.size() && count < 12; ++count) {
      const std::size_t end = std::min(reply.find('.', from), reply.size());
      words[count] = reply.substr(from, end - from);
      from = end + 1;
    }
    const std::size_t first = count >= 11 ? 4 : 2;
    placed where;
    if (count < first + 6) return where;
    where.stream = words[first];
    where.consumer = words[first + 1];
    where.deliveries = static_cast<std::uint32_t>(number_of(words[first + 2]));
    where.sequence = number_of(words[first + 3]);
    where.time = {static_cast<std::int64_t>(number_of(words[first + 5]))};
    where.pending = number_of(words[first + 6]);
    return where;
  }
  std::size_t lane_of(const placed& where) const noexcept {
    std::size_t at = 0;
    while (at < lanes_.size() && (lanes_[at].stream != where.stream || lanes_[at].consumer != where.consumer)) ++at;
    return at;
  }

  // ---- settling

  /// The server does not say whether a message was handed out again meanwhile; whoever is late by his own clock has to take it so.
  open_map::iterator finds(delivery_token token) {
    const bool is_lost = losses_ != link_->losses();
    if (is_lost) (void)ready({});
    const auto at = open_.find(token);
    if (at != open_.end() && at->second.until > steady::now() && (!is_lost || losses_ == link_->losses())) return at;
    link_->fails(failure(failure::kind::conflict, 0, "nothing of this member is to be settled under the token ", token));
    return open_.end();
  }
  /// For good: it does not come again.
  bool settles(delivery_token token, const char* how) {
    const auto at = finds(token);
    if (at == open_.end() || !says_for_good(at->second.reply, how, at->second.lane)) return false;
    settled_.push_back(open_.extract(at));  // a visitor that settles what it looks at looks on
    return true;
  }
  bool says_for_good(const char* reply, const char* how, std::size_t at) {
    if (said_.size() < most_said) said_.emplace_back();
    said& one = said_[said_count_++ % most_said];
    one.reply = reply;
    one.how = how;
    one.made = lanes_[at].made;
    return says(reply, how);
  }
  /// What was settled last is said once more, as it may not have arrived, and as a server that is killed forgets what it was told in the last
  /// moments: it would take the message to be under way until it is late, and hold up its key. Only to the same consumers: the messages of others
  /// have the same numbers.
  void says_again() {
    constexpr std::int64_t second = 1'000'000'000;
    for (std::uint64_t i = said_count_ - said_.size(); i != said_count_; ++i) {
      const said& one = said_[i % most_said];
      const std::size_t at = lane_of(place_of(one.reply));
      if (at == lanes_.size() || lanes_[at].made - one.made > second || one.made - lanes_[at].made > second) continue;
      if (!says(one.reply.c_str(), one.how)) return;
    }
  }
  bool is_last(const open_message& one) const noexcept { return deliveries_ != 0 && one.deliveries >= deliveries_; }
  static std::string too_often(std::uint32_t times) { return "it was delivered " + std::to_string(times) + (times == 1 ? " time" : " times"); }
  void hands_back() {
    for (const nats_message& one : left_) (void)says(natsMsg_GetReply(one.get()), "-NAK");
    left_.clear();
    for (const auto& [token, one] : open_) (void)says(one.reply, "-NAK");
    for (auto at = open_.begin(); at != open_.end();) settled_.push_back(open_.extract(at++));
  }
  bool says(const char* reply, std::string_view what) {
    const natsStatus came = natsConnection_Publish(link_->connection(), reply, what.data(), static_cast<int>(what.size()));
    return came == NATS_OK || link_->fails_with("settling", came);
  }
  /// Keeps a dead letter. Its name is made of the place of the message, so what is buried twice within two minutes is kept once.
  bool buries(const open_message& one, std::string_view cause) {
    const std::string letter = group_ + "/" + lanes_[one.lane].stream + "/" + std::to_string(one.sequence);
    nats_message made;
    std::string text;
    natsStatus came = make_nats_message(made, link_->dead_stream() + "." + group_, link_->next_reply(), one.parcel.key, one.parcel.headers,
                                        one.parcel.payload(), text);
    const auto add = [&](const char* name, const std::string& value) {
      if (came == NATS_OK) came = natsMsgHeader_Add(made.get(), name, value.c_str());
    };
    if (!one.parcel.id.empty()) add(nats_id_header, as_header_value(one.parcel.id));
    else add(nats_id_header, "");
    add(nats_topic_header, as_header_value(one.parcel.topic));
    add(nats_deliveries_header, std::to_string(one.deliveries));
    add(nats_cause_header, as_header_value(cause.substr(0, 1000)));
    add("Nats-Msg-Id", as_header_value(letter));
    if (came != NATS_OK) return link_->fails_with("a dead letter", came);
    const std::uint64_t number = link_->send(made.get());
    if (number == 0) return false;
    const nats_link::answer answer = link_->wait(number, link_->place().patience);
    return answer == nats_link::answer::accepted || answer == nats_link::answer::duplicate;
  }

  static constexpr std::size_t most_said = 1024;  ///< a server that runs writes down what it was told within a tenth of a second
  static constexpr std::int64_t grace = 500;   ///< milliseconds by which an answer comes late at most
  static constexpr std::int64_t silence = 20;  ///< and after which one is asked why it has not answered that should have done so at once

  std::shared_ptr<nats_link> link_;
  std::string group_;
  std::uint32_t in_flight_;
  duration settle_within_;
  std::uint32_t deliveries_;
  bool from_beginning_;
  bool by_key_;
  std::vector<std::string> topics_;  ///< in order
  std::string group_topics_;
  std::uint64_t group_topics_known_to_ = 0;
  nats_inbox inbox_;
  std::string inbox_subject_, text_;
  std::uint64_t losses_ = 0;
  std::vector<lane> lanes_;
  std::size_t next_lane_ = 0;
  std::uint64_t last_request_ = 0;
  std::size_t open_requests_ = 0;
  std::chrono::milliseconds held_for_{500};  ///< so long was a lane asked by short requests, the last time
  std::int64_t time_asked_ = 2;  ///< of a request, in milliseconds
  std::uint32_t went_well_ = 0;  ///< rounds since a request was not answered
  steady::time_point revived_due_{};
  std::vector<nats_message> left_;  ///< received, and not handed over yet
  open_map open_;
  std::vector<open_map::node_type> settled_;
  std::vector<said> said_;  ///< what was settled last: a ring
  std::uint64_t said_count_ = 0;
  unsigned visits_ = 0;
  delivery_token last_token_ = 0;
  bool is_refused_ = false;
  failure refused_;
};

}  // namespace gesta::detail
