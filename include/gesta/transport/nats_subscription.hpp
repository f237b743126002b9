// A member of a group at a NATS server.
// Floor: transport.
// May include: detail, message, store, delivery; cnats.
//
// A group is a durable pull consumer for each topic; or, where keys have an order, one for each partition with one message under way, as the server does
// not hold up a key for a message that was handed back. A lane is one such consumer; all lanes of a member answer to one inbox. The server counts
// deliveries, and the member buries what came too often: it is kept in the stream of dead letters before it is taken off the lane.
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
    if (const char* const why = malformed(how)) {
      refused_ = failure(failure::kind::malformed, 0, why);
      is_refused_ = true;
    } else {
      (void)ready(link_->place().patience);
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
    for (auto at = open_.begin(); at != open_.end();)  // those are handed out again, to whoever asks
      if (const auto one = at++; one->second.until <= steady::now()) settled_.push_back(open_.extract(one));
    limit = std::min<std::size_t>(limit, in_flight_ > open_.size() ? in_flight_ - open_.size() : 0);
    if (limit == 0 || !ready(wait)) return 0;
    std::size_t count = 0;
    while (true) {
      while (count < limit && !left_.empty()) {
        nats_message next = std::move(left_.front());
        left_.erase(left_.begin());
        if (takes(std::move(next), take)) ++count;
      }
      rounds(limit, count, wait.nanoseconds <= 0, take);
      if (count != 0 || steady::now() >= end) return count;
      if (!ready(milliseconds(milliseconds_until(end)))) return count;  // a connection that was lost meanwhile is waited for
      waits(limit, count, end, take);
    }
  }

  bool ack(delivery_token token) { return settles(token, "+ACK"); }
  bool nak(delivery_token token, duration delay) {
    const auto at = finds(token);
    if (at == open_.end()) return false;
    if (is_last(at->second)) return buries(at->second, too_often(at->second.deliveries)) && settles(token, "+TERM");
    return settles(token, delay.nanoseconds <= 0 ? std::string("-NAK") : "-NAK {\"delay\": " + std::to_string(delay.nanoseconds) + "}");
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
    std::size_t batch;          ///< so many are asked for at once, at most
    std::size_t asked = 0;      ///< of those that were asked for last, and have not come
    std::uint64_t request = 0;  ///< the last one
    bool has_more = false;      ///< as the server said with the last message
    steady::time_point until{};  ///< when the last request is over
  };
  struct open_message {
    std::string reply;  ///< where it is settled
    steady::time_point until;
    std::size_t lane;
    nats_parcel parcel;
    std::uint64_t sequence;
    std::uint32_t deliveries;
  };
  using open_map = std::unordered_map<delivery_token, open_message>;

  // ---- the consumers

  bool ready(duration patience) {
    if (is_refused_ || !link_->ready(patience)) return false;
    if (inbox_ && losses_ == link_->losses()) return true;
    if (!inbox_ && !opens_inbox()) return false;
    losses_ = link_->losses();
    hands_back();  // what was under way to the lost connection; its requests may be forgotten
    if (makes_consumers()) return true;
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
    const std::string& stream = link_->place().stream;
    const std::string name = as_nats_word(group_);
    bool made = true;
    if (by_key_) {
      for (unsigned i = 0; made && i < link_->place().partitions; ++i)
        made = adds(stream, name + "==" + std::to_string(i), stream + "." + std::to_string(i) + ".>", 1);
    } else {
      for (std::size_t i = 0; made && i < topics_.size(); ++i) made = adds(stream, name + "==" + as_nats_word(topics_[i]), stream + ".0." + topics_[i], in_flight_);
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
      const bool same = is.AckWait == config.AckWait && is.MaxAckPending == config.MaxAckPending && filter == (is.FilterSubject == nullptr ? "" : is.FilterSubject) && topics == (is.Description == nullptr ? "" : is.Description);
      if (!same) came = js_UpdateConsumer(info.fill(), link_->streams(), stream.c_str(), &config, nullptr, &code);
    } else if (code == JSConsumerNotFoundErr || came == NATS_NOT_FOUND) {
      came = js_AddConsumer(info.fill(), link_->streams(), stream.c_str(), &config, nullptr, &code);
    }
    if (came != NATS_OK) {
      link_->doubt();
      return link_->fails_with(("the group " + name + " could not be made").c_str(), came, static_cast<int>(code));
    }
    lanes_.push_back({.stream = stream, .consumer = name, .ask_subject = "$JS.API.CONSUMER.MSG.NEXT." + stream + "." + name, .batch = in_flight,
                      .has_more = info && info.get()->NumPending != 0});
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
  /// Whether another member of the group has asked for a topic that this one has not, when that message came. Whoever asked before it was published is
  /// seen, as the words are read after the number of the last message.
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

  // A request that is open when nobody waits for it any more would be given messages: this server (2.9) does not look whether anybody is there. So
  // receive ends with none open, and waits by short ones.

  /// Takes what is there, of all lanes or of those of which the server has said that there is more: asks one lane behind the other, those with one
  /// message under way together, for no more than there is room for. The server answers each request with its messages and, where those were fewer,
  /// with a word; where there is none, or others of the group have all that may be under way, when the request's time is over. So the lane of revived
  /// letters, which mostly has none, is the last one, and where the others always fill the room, it is asked beside them now and then.
  template <class Take>
  void rounds(std::size_t limit, std::size_t& count, bool of_all, Take& take) {
    const std::size_t others = lanes_.size() - 1;
    const bool revived_first = steady::now() >= revived_due_;
    for (std::size_t asked = 0; asked < lanes_.size() && count < limit;) {
      std::size_t room = limit - count;
      const auto asks_lane = [&](lane& one, std::size_t most) {
        if (!is_free(one) || !(of_all || one.has_more)) return;
        const std::size_t batch = std::min({room, one.batch, most});
        if (asks(one, batch, true, one.has_more && one.batch != 1 ? std::max<std::int64_t>(time_asked_, 100) : time_asked_)) room -= batch;
      };
      if (asked == 0 && revived_first) asks_lane(revived(), std::max<std::size_t>(room / 16, 1)), ++asked;
      for (; room != 0 && asked < lanes_.size(); ++asked) {
        if (asked == others && !revived_first) asks_lane(revived(), room);
        else asks_lane(lanes_[next_lane_ = (next_lane_ + 1) % others], room);
      }
      if (!hears(limit, count, take) && losses_ != link_->losses()) return;
    }
  }

  /// Waits for one message of each lane, for longer and longer: until there is one, and no request is open.
  template <class Take>
  void waits(std::size_t limit, std::size_t& count, steady::time_point end, Take& take) {
    for (std::int64_t slice = 2; count == 0 && losses_ == link_->losses(); slice = std::min<std::int64_t>(slice * 2, 64)) {
      const std::int64_t left = milliseconds_until(end);
      if (left == 0) return;
      const bool with_revived = steady::now() >= revived_due_;
      std::size_t room = limit;
      for (std::size_t i = 0; i + 1 < lanes_.size() && room != 0; ++i) {
        lane& one = lanes_[next_lane_ = (next_lane_ + 1) % (lanes_.size() - 1)];
        if (is_free(one) && asks(one, 1, false, std::min(left, std::max(slice, time_asked_)))) --room;
      }
      if (with_revived && room != 0 && is_free(lanes_.back())) (void)asks(revived(), 1, true, time_asked_);
      if (std::none_of(lanes_.begin(), lanes_.end(), [](const lane& one) { return one.asked != 0; })) return nats_Sleep(1);
      (void)hears(limit, count, take);
    }
  }

  /// Takes what is answered, until no request is open. False: one was answered by nobody, as the connection was lost, or the server did not come to it in
  /// its time: then requests get more time, until it goes well for a while.
  template <class Take>
  bool hears(std::size_t limit, std::size_t& count, Take& take) {
    const auto open = [&] { return std::any_of(lanes_.begin(), lanes_.end(), [](const lane& one) { return one.asked != 0; }); };
    steady::time_point last = steady::now();
    for (const lane& one : lanes_)
      if (one.asked != 0) last = std::max(last, one.until);
    while (open()) {
      nats_message next;
      const natsStatus came = natsSubscription_NextMsg(next.fill(), inbox_.get(), milliseconds_until(last) + grace);
      if (came != NATS_OK) {
        for (lane& one : lanes_) one.has_more = std::exchange(one.asked, 0) != 0;
        time_asked_ = std::min<std::int64_t>(time_asked_ * 2, 64);
        went_well_ = 0;
        return false;
      }
      const bool is_word = !is_message(next.get());
      const placed where = is_word ? placed{} : place_of(natsMsg_GetReply(next.get()));
      const std::size_t at = is_word ? lane_that_said(next.get()) : lane_of(where);
      if (at != lanes_.size()) lanes_[at].has_more = where.pending != 0;
      if (!is_word && count == limit) left_.push_back(std::move(next));  // it was asked for earlier
      else if (!is_word && takes(std::move(next), take)) ++count;
      if (at != lanes_.size() && lanes_[at].asked != 0) lanes_[at].asked = is_word ? 0 : lanes_[at].asked - 1;
    }
    if (++went_well_ % 256 == 0) time_asked_ = std::max<std::int64_t>(time_asked_ / 2, 2);
    return true;
  }

  lane& revived() {
    revived_due_ = after(milliseconds(100));
    return lanes_.back();
  }
  /// A request for so many messages, with its own number, so that a late word does not end a newer one.
  bool asks(lane& one, std::size_t batch, bool at_once, std::int64_t milliseconds) {
    one.request = ++last_request_;
    const std::string reply = inbox_subject_ + std::to_string(&one - lanes_.data()) + "-" + std::to_string(one.request);
    const std::string request = "{\"batch\":" + std::to_string(batch) + (at_once ? ",\"no_wait\":true" : "") +
                                ",\"expires\":" + std::to_string(milliseconds) + "000000}";
    if (natsConnection_PublishRequestString(link_->connection(), one.ask_subject.c_str(), reply.c_str(), request.c_str()) != NATS_OK) return false;
    one.asked = batch;
    one.until = steady::now() + std::chrono::milliseconds(milliseconds);
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
  bool takes(nats_message message, Take& take) {
    nats_parcel next{std::move(message), {}, {}, {}, {}, {}};
    const std::string_view subject(natsMsg_GetSubject(next.message.get()));
    const std::string reply = natsMsg_GetReply(next.message.get());
    const placed where = place_of(reply);
    const std::size_t at = lane_of(where);
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
      return says(reply, wanted ? "-NAK {\"delay\": 100000000}" : "+ACK"), false;
    }
    open_message one{reply, after(settle_within_), at, std::move(next), where.sequence, where.deliveries};
    if (deliveries_ != 0 && where.deliveries > deliveries_) {
      one.deliveries = where.deliveries - 1;
      if (buries(one, too_often(one.deliveries))) (void)says(one.reply, "+TERM");
      return false;
    }
    const delivery_token token = ++last_token_;
    const nats_parcel& parcel = open_.emplace(token, std::move(one)).first->second.parcel;
    const delivered what{.token = token, .topic = parcel.topic, .id = parcel.id, .key = parcel.key, .headers = parcel.headers, .payload = parcel.payload(),
                         .deliveries = where.deliveries, .sequence = where.sequence, .published = where.time};
    ++visits_;
    take(what);
    --visits_;
    return true;
  }

  /// What the server says in the subject where a message is settled.
  struct placed {
    std::string_view stream, consumer;
    std::uint32_t deliveries = 1;
    std::uint64_t sequence = 0, pending = 0;
    timestamp time{};
  };
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
  bool settles(delivery_token token, const std::string& how) {
    const auto at = finds(token);
    if (at == open_.end() || !says(at->second.reply, how)) return false;
    settled_.push_back(open_.extract(at));  // a visitor that settles what it looks at looks on
    return true;
  }
  bool is_last(const open_message& one) const noexcept { return deliveries_ != 0 && one.deliveries >= deliveries_; }
  static std::string too_often(std::uint32_t times) { return "it was delivered " + std::to_string(times) + (times == 1 ? " time" : " times"); }
  void hands_back() {
    for (const nats_message& one : left_) (void)says(natsMsg_GetReply(one.get()), "-NAK");
    left_.clear();
    for (const auto& [token, one] : open_) (void)says(one.reply, "-NAK");
    for (auto at = open_.begin(); at != open_.end();) settled_.push_back(open_.extract(at++));
  }
  bool says(const std::string& reply, const std::string& what) {
    const natsStatus came = natsConnection_PublishString(link_->connection(), reply.c_str(), what.c_str());
    return came == NATS_OK || link_->fails_with("settling", came);
  }
  /// Keeps a dead letter. Its name is made of the place of the message, so what is buried twice within two minutes is kept once.
  bool buries(const open_message& one, std::string_view cause) {
    const std::string letter = group_ + "/" + lanes_[one.lane].stream + "/" + std::to_string(one.sequence);
    nats_message made;
    std::string text;
    natsStatus came = make_nats_message(made, link_->dead_stream() + "." + group_, link_->next_reply(), one.parcel.key, one.parcel.headers, one.parcel.payload(),
                                        text);
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

  static constexpr std::int64_t grace = 500;  ///< milliseconds by which an answer comes late at most

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
  std::string inbox_subject_;
  std::uint64_t losses_ = 0;
  std::vector<lane> lanes_;
  std::size_t next_lane_ = 0;
  std::uint64_t last_request_ = 0;
  std::int64_t time_asked_ = 2;  ///< of a request, in milliseconds
  std::uint32_t went_well_ = 0;  ///< rounds since a request was not answered
  steady::time_point revived_due_{};
  std::vector<nats_message> left_;  ///< received, and not handed over yet
  open_map open_;
  std::vector<open_map::node_type> settled_;
  unsigned visits_ = 0;
  delivery_token last_token_ = 0;
  bool is_refused_ = false;
  failure refused_;
};

}  // namespace gesta::detail
