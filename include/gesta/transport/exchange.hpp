// What a broker does, without threads, sockets and files: who gets which message when, what is under way, and what becomes of what nobody settles.
// `in_process` puts a lock and a clock around it, the broker of `socket` connections and a file. The text to read first: it says what the laws of
// transports mean.
// Floor: transport.
// May include: detail, message, store, delivery.
//
// Messages lie in one order, by sequence. A group has a line for each key, and of a line only the first message is ever under way: the others of that
// key wait until it is settled. So the order of a key is kept by whatever happens, and different keys never wait for each other.
//
// A message is kept until every group that is to have it has acknowledged it, or discarded it as a dead letter. What comes to a topic before its
// first group is kept for that group.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gesta/delivery/parcel.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/transport/transport.hpp>
#include <gesta/transport/well_formed.hpp>

namespace gesta {

/// How much is kept. What would need more is refused with failure::kind::full, and nothing that was accepted goes to make room.
struct message_room {
  std::size_t messages = 65'536;            ///< of one topic
  std::size_t bytes = 64u * 1024u * 1024u;  ///< of one topic: keys, headers and payloads
  std::size_t topics = 4096;
  std::size_t groups = 1024;
  std::size_t ids = 1'000'000;  ///< remembered within the dedup window
};

namespace detail {

/// A message that is kept. All its text is one allocation; the views lead into it.
class held_message {
 public:
  held_message(const parcel& from, std::uint64_t number, timestamp time) : sequence(number), published(time) {
    std::size_t size = from.topic.size() + from.id.size() + gesta::size_of(from);
    text_.reserve(size);
    topic = add(from.topic);
    id = add(from.id);
    key = add(from.key);
    headers.reserve(from.headers.size());
    for (const header& one : from.headers) {
      const std::string_view name = add(one.name);
      headers.push_back({name, add(one.value)});
    }
    payload = add(from.payload);
  }
  held_message(const held_message&) = delete;
  held_message& operator=(const held_message&) = delete;

  parcel as_parcel() const noexcept { return {topic, id, key, headers, payload}; }
  std::size_t size() const noexcept { return gesta::size_of(as_parcel()); }

  std::uint64_t sequence;
  timestamp published;
  std::string_view topic, id, key, payload;
  std::vector<header> headers;

 private:
  std::string_view add(std::string_view part) {
    const std::size_t at = text_.size();
    text_.append(part);
    return {text_.data() + at, part.size()};
  }
  std::string text_;
};
using message_pointer = std::shared_ptr<const held_message>;

/// A message that is handed out.
struct handed_out {
  delivery_token token;
  std::uint32_t deliveries;
  message_pointer message;

  /// As the receiver sees it. Lives as long as the message.
  delivered seen() const noexcept {
    return {token, message->topic, message->id, message->key, message->headers, message->payload, deliveries, message->sequence, message->published};
  }
};

/// Hears what happens to messages, where that is to outlive the program: each call is one fact, and the facts in their order make the same exchange
/// again. This one forgets.
struct no_notes {
  void published(const held_message&) noexcept {}
  void joined(std::string_view /*group*/, std::string_view /*topic*/, bool /*from_beginning*/) noexcept {}
  void handed(std::string_view /*group*/, std::uint64_t /*sequence*/, std::uint32_t /*deliveries*/) noexcept {}
  void settled(std::string_view /*group*/, std::uint64_t /*sequence*/) noexcept {}
  void buried(std::string_view /*group*/, std::uint64_t /*sequence*/, std::string_view /*cause*/, timestamp /*since*/) noexcept {}
  void revived(std::string_view /*group*/, std::uint64_t /*sequence*/) noexcept {}
  void discarded(std::string_view /*group*/, std::uint64_t /*sequence*/) noexcept {}
  void forgotten(std::string_view /*group*/) noexcept {}
};

/// A moment that does not come.
inline constexpr std::int64_t no_moment = 0x7fff'ffff'ffff'ffff;

/// Names a member of a group. Never used twice.
using member_id = std::uint64_t;

template <class Notes = no_notes>
class exchange {
 public:
  /// `first_token`: tokens and members are numbered from here on; the caller sees to it that those of an earlier run never meet it.
  exchange(message_room room, duration dedup_window, std::size_t largest, Notes notes = {}, std::uint64_t first_token = 1)
      : room_(room), window_(dedup_window), largest_(largest), notes_(std::move(notes)), next_token_(first_token) {}

  Notes& notes() noexcept { return notes_; }
  std::size_t largest() const noexcept { return largest_; }

  // ---- publishing

  /// accepted, duplicate or refused. O(log n) and once per group of the topic.
  acceptance publish(const parcel& from, timestamp now, failure& why) {
    if (const char* wrong = malformed(from)) return refuse(why, failure(failure::kind::malformed, 0, wrong));
    const std::size_t size = gesta::size_of(from);
    if (size > largest_)
      return refuse(why, failure(failure::kind::too_large, 0, "a message of ", number(size), " bytes; the most: ", number(largest_)));
    forget_ids(now);
    if (recognises(from.id)) return acceptance::duplicate;
    if (!has_room(from, why)) return acceptance::refused;
    add(std::make_shared<const held_message>(from, last_ + 1, now));
    return acceptance::accepted;
  }

  // ---- members

  /// A new member of a group, which is made when it is not there. What the members say about the group is what the newest of them says. 0 and `why`.
  member_id join(const subscribing& how, timestamp now, failure& why) {
    if (const char* wrong = malformed(how)) return refuse(why, failure(failure::kind::malformed, 0, wrong)), 0;
    tick(now);
    std::size_t new_topics = 0;
    for (const std::string_view name : how.topics) new_topics += topics_.find(name) == topics_.end();
    if (topics_.size() + new_topics > room_.topics || (groups_.find(how.group) == groups_.end() && groups_.size() == room_.groups))
      return refuse(why, failure(failure::kind::full, 0, "there is no room for another topic or group")), 0;
    for (const std::string_view name : how.topics) add_topic(how.group, name, how.from_beginning);
    group& of = group_of(how.group);
    of.in_flight = how.in_flight;
    of.settle_within = how.settle_within;
    of.deliveries = how.deliveries;
    member one{&of, {}};
    for (const std::string_view name : how.topics) one.topics.push_back(&topic_of(name));
    members_.emplace(next_token_, std::move(one));
    return next_token_++;
  }

  /// A member is gone: what it has not settled is handed out again.
  void leave(member_id who, timestamp now) {
    tick(now);
    const auto at = members_.find(who);
    if (at == members_.end()) return;
    group& of = *at->second.of;
    std::vector<delivery_token> its;
    for (const auto& [token, one] : of.under_way)
      if (one.member == who) its.push_back(token);
    for (const delivery_token token : its) take_back(of, token, now, duration{});
    members_.erase(at);
  }

  /// Calls visit(handed_out&&) for up to so many. Returns how many.
  template <class Visit>
  std::size_t take(member_id who, std::size_t most, timestamp now, Visit&& visit) {
    const auto at = members_.find(who);
    if (at == members_.end()) return 0;
    tick(now);
    group& of = *at->second.of;
    std::size_t count = 0;
    for (auto next = of.ready.begin(); next != of.ready.end() && count < most && of.under_way.size() < of.in_flight;) {
      line& in = *next->second;
      waiting& first = in.first();
      if (std::find(at->second.topics.begin(), at->second.topics.end(), first.of) == at->second.topics.end()) {  // another member's
        ++next;
        continue;
      }
      next = of.ready.erase(next);
      if (is_spent(of, first)) {  // before a restart, or the newest member says a lower number
        bury_spent(of, in, now);
        continue;
      }
      in.token = next_token_++;
      ++first.deliveries;
      const timestamp until = now + of.settle_within;
      of.under_way.emplace(in.token, on_the_way{&in, who, until});
      of.deadlines.emplace(until.nanoseconds, in.token);
      notes_.handed(of.name, first.message->sequence, first.deliveries);
      visit(handed_out{in.token, first.deliveries, first.message});
      ++count;
    }
    return count;
  }

  /// When time alone may give this member something to take; no_moment where only others can.
  timestamp next_due(member_id who) const {
    const auto at = members_.find(who);
    if (at == members_.end()) return {no_moment};
    const group& of = *at->second.of;
    const std::int64_t later = of.later.empty() ? no_moment : of.later.begin()->first.first;
    return {of.deadlines.empty() ? later : std::min(later, of.deadlines.begin()->first)};
  }

  // ---- what a member does with a message. False: the token is no longer good.

  bool ack(member_id who, delivery_token token, timestamp now) {
    group* const of = holder(who, token, now);
    if (of == nullptr) return false;
    line& in = land(*of, token);
    const std::uint64_t sequence = in.first().message->sequence;
    drop_first(*of, in);
    notes_.settled(of->name, sequence);
    no_longer_owed(sequence);
    return true;
  }
  bool nak(member_id who, delivery_token token, timestamp now, duration delay) {
    group* const of = holder(who, token, now);
    if (of != nullptr) take_back(*of, token, now, delay);
    return of != nullptr;
  }
  bool term(member_id who, delivery_token token, timestamp now, std::string_view cause) {
    group* const of = holder(who, token, now);
    if (of != nullptr) bury_first(*of, land(*of, token), cause, now);
    return of != nullptr;
  }
  bool extend(member_id who, delivery_token token, timestamp now) {
    group* const of = holder(who, token, now);
    if (of == nullptr) return false;
    on_the_way& one = of->under_way.find(token)->second;
    of->deadlines.erase({one.until.nanoseconds, token});
    one.until = now + of->settle_within;
    of->deadlines.emplace(one.until.nanoseconds, token);
    return true;
  }

  // ---- dead letters

  /// Calls visit(const handed_out&, cause, since) -> bool in the order of publishing, until one says false. A dead letter's token is its sequence.
  template <class Visit>
  void each_dead(std::string_view name, timestamp now, Visit&& visit) {
    tick(now);
    const auto at = groups_.find(name);
    if (at == groups_.end()) return;
    for (const auto& [sequence, one] : at->second->dead)
      if (!visit(handed_out{sequence, one.first.deliveries, one.first.message}, one.cause, one.since)) return;
  }
  bool revive(std::string_view name, std::uint64_t sequence, timestamp now) {
    tick(now);
    group* const of = find_group(name);
    const auto at = of == nullptr ? decltype(of->dead.begin()){} : of->dead.find(sequence);
    if (of == nullptr || at == of->dead.end()) return false;
    notes_.revived(of->name, sequence);
    waiting again = std::move(at->second.first);
    of->dead.erase(at);
    again.deliveries = 0;
    again.due = {};
    queue(*of, std::move(again));
    return true;
  }
  bool discard(std::string_view name, std::uint64_t sequence, timestamp now) {
    tick(now);
    group* const of = find_group(name);
    if (of == nullptr || of->dead.erase(sequence) == 0) return false;
    notes_.discarded(of->name, sequence);
    no_longer_owed(sequence);
    return true;
  }

  /// The group is ended: its members, its messages and its dead letters are gone. False: there is none of that name.
  bool forget(std::string_view name) {
    group* const of = find_group(name);
    if (of == nullptr) return false;
    for (auto at = members_.begin(); at != members_.end();) at = at->second.of == of ? members_.erase(at) : std::next(at);
    for (auto& [its_name, one] : topics_) one.groups.erase(std::remove(one.groups.begin(), one.groups.end(), of), one.groups.end());
    std::vector<std::uint64_t> owed;
    for (const auto& [key, in] : of->lines)
      for (const waiting& one : in.messages) owed.push_back(one.message->sequence);
    for (const auto& [sequence, one] : of->dead) owed.push_back(sequence);
    notes_.forgotten(of->name);
    groups_.erase(groups_.find(name));
    for (const std::uint64_t sequence : owed) no_longer_owed(sequence);
    return true;
  }

  // ---- what outlives the program

  /// Says everything that is kept as facts: told in this order to the functions below, they make this exchange again.
  template <class To>
  void tell_all(To&& to) const {
    to.numbered(last_);
    for (const auto& [time, id] : ids_by_time_) to.remembered(*id, time);
    for (const auto& [name, one] : topics_)
      for (const group* of : one.groups) to.joined(of->name, name, false);
    std::set<std::pair<const group*, std::uint64_t>> owed;
    for (const auto& [name, of] : groups_) {
      for (const auto& [key, in] : of->lines)
        for (const waiting& one : in.messages) owed.emplace(of.get(), one.message->sequence);
      for (const auto& [sequence, one] : of->dead) owed.emplace(of.get(), sequence);
    }
    for (const auto& [sequence, one] : messages_) {
      to.kept(*one.message);
      for (const group* of : one.in->groups)
        if (owed.find({of, sequence}) == owed.end()) to.settled(of->name, sequence);
    }
    for (const auto& [name, of] : groups_) {
      for (const auto& [key, in] : of->lines)
        for (const waiting& one : in.messages)
          if (one.deliveries != 0) to.handed(name, one.message->sequence, one.deliveries);
      for (const auto& [sequence, one] : of->dead) {
        to.handed(name, sequence, one.first.deliveries);
        to.buried(name, sequence, one.cause, one.since);
      }
    }
  }
  /// Tokens and members are numbered from here on.
  void number_from(std::uint64_t first_token) noexcept { next_token_ = first_token; }

  // Each makes one fact true again, before the first member comes. False: it cannot follow what came before.

  bool again_numbered(std::uint64_t last) noexcept { return last_ = std::max(last_, last), true; }
  bool again_remembered(std::string_view id, timestamp time) {
    if (duration{} < window_ && !id.empty() && !recognises(id)) ids_by_time_.emplace_back(time, ids_.emplace(id).first);
    return true;
  }
  /// `remembers`: its id too, from that time on.
  bool again_published(const parcel& from, std::uint64_t sequence, timestamp time, bool remembers) {
    if (messages_.find(sequence) != messages_.end()) return false;
    add(std::make_shared<const held_message>(from, sequence, time), remembers);
    return true;
  }
  bool again_joined(std::string_view group_name, std::string_view topic_name, bool from_beginning) {
    add_topic(group_name, topic_name, from_beginning);
    return true;
  }
  bool again_handed(std::string_view name, std::uint64_t sequence, std::uint32_t deliveries) {
    return at_message(name, sequence, [&](group&, line& in, std::size_t at) { in.messages[at].deliveries = deliveries; });
  }
  bool again_settled(std::string_view name, std::uint64_t sequence) {
    return at_message(name, sequence, [&](group& of, line& in, std::size_t at) {
      (void)take_out(of, in, at);
      no_longer_owed(sequence);
    });
  }
  bool again_buried(std::string_view name, std::uint64_t sequence, std::string_view cause, timestamp since) {
    return at_message(name, sequence, [&](group& of, line& in, std::size_t at) {
      of.dead.emplace(sequence, buried{take_out(of, in, at), std::string(cause), since});
    });
  }

  // ---- how much there is

  std::size_t kept() const noexcept { return messages_.size(); }
  std::uint64_t last() const noexcept { return last_; }

 private:
  static constexpr std::size_t longest_cause = 1000;  ///< bytes; the rest is cut off
  struct topic;
  struct waiting {
    message_pointer message;
    topic* of;
    std::uint32_t deliveries = 0;
    timestamp due{};  ///< not handed out before
  };
  struct line {
    std::deque<waiting> messages;  ///< never empty, by sequence behind the first
    delivery_token token = 0;      ///< of the first, while it is under way
    waiting& first() noexcept { return messages.front(); }
  };
  struct on_the_way {
    line* in;
    member_id member;
    timestamp until;
  };
  struct buried {
    waiting first;
    std::string cause;
    timestamp since;
  };
  struct group {
    std::string name;
    std::uint32_t in_flight = 256, deliveries = 0;
    duration settle_within = seconds(30);
    std::map<std::string, line, std::less<>> lines;                 ///< by key
    std::map<std::uint64_t, line*> ready;                           ///< whose first can be handed out, by its sequence
    std::map<std::pair<std::int64_t, std::uint64_t>, line*> later;  ///< whose first is not due yet
    std::map<delivery_token, on_the_way> under_way;
    std::set<std::pair<std::int64_t, delivery_token>> deadlines;  ///< one for each that is under way
    std::map<std::uint64_t, buried> dead;
  };
  struct topic {
    std::vector<group*> groups;
    std::size_t messages = 0, bytes = 0;
  };
  struct member {
    group* of;
    std::vector<topic*> topics;
  };
  struct kept_message {
    message_pointer message;
    topic* in;
    std::size_t owed;  ///< to how many groups; 0: to the first one that comes
  };

  static std::uint64_t number(std::size_t n) noexcept { return static_cast<std::uint64_t>(n); }
  static acceptance refuse(failure& why, const failure& because) {
    why = because;
    return acceptance::refused;
  }

  // ---- the tables

  group* find_group(std::string_view name) {
    const auto at = groups_.find(name);
    return at == groups_.end() ? nullptr : at->second.get();
  }
  group& group_of(std::string_view name) {
    if (group* const known = find_group(name)) return *known;
    auto made = std::make_unique<group>();
    made->name = name;
    return *groups_.emplace(std::string(name), std::move(made)).first->second;
  }
  topic& topic_of(std::string_view name) {
    const auto at = topics_.find(name);
    return at != topics_.end() ? at->second : topics_.emplace(std::string(name), topic{}).first->second;
  }

  bool has_room(const parcel& from, failure& why) {
    const auto at = topics_.find(from.topic);
    const bool fits = at == topics_.end() ? topics_.size() < room_.topics && room_.messages != 0 && gesta::size_of(from) <= room_.bytes
                                          : at->second.messages < room_.messages && gesta::size_of(from) <= room_.bytes - at->second.bytes;
    const bool remembers = from.id.empty() || !(duration{} < window_) || ids_.size() < room_.ids;
    if (!fits) why = failure(failure::kind::full, 0, "there is no room for another message of this topic: nobody takes what is there");
    if (fits && !remembers) why = failure(failure::kind::full, 0, "there is no room for another id within the dedup window");
    return fits && remembers;
  }

  void add(message_pointer message, bool remembers = true) {
    topic& in = topic_of(message->topic);
    last_ = std::max(last_, message->sequence);
    ++in.messages;
    in.bytes += message->size();
    if (remembers) (void)again_remembered(message->id, message->published);
    messages_.emplace_hint(messages_.end(), message->sequence, kept_message{message, &in, in.groups.size()});
    notes_.published(*message);
    for (group* const of : in.groups) queue(*of, {message, &in});
  }

  void add_topic(std::string_view group_name, std::string_view topic_name, bool from_beginning) {
    topic& in = topic_of(topic_name);
    group& of = group_of(group_name);
    if (std::find(in.groups.begin(), in.groups.end(), &of) != in.groups.end()) return;
    notes_.joined(group_name, topic_name, from_beginning);
    in.groups.push_back(&of);
    for (auto at = messages_.begin(); at != messages_.end();) {
      auto& [sequence, one] = *at;
      const auto next = std::next(at);
      if (one.in == &in && from_beginning) {
        ++one.owed;
        queue(of, {one.message, &in});
      } else if (one.in == &in && one.owed == 0) {
        one.owed = 1;
        no_longer_owed(sequence);  // the first group does not want it
      }
      at = next;
    }
  }

  /// A group has done with a message: with the last one it is gone.
  void no_longer_owed(std::uint64_t sequence) {
    const auto at = messages_.find(sequence);
    if (at == messages_.end() || --at->second.owed != 0) return;
    --at->second.in->messages;
    at->second.in->bytes -= at->second.message->size();
    messages_.erase(at);
  }

  bool recognises(std::string_view id) const { return !id.empty() && ids_.find(id) != ids_.end(); }
  void forget_ids(timestamp now) {
    while (!ids_by_time_.empty() && (ids_by_time_.front().first + window_).nanoseconds <= now.nanoseconds) {
      ids_.erase(ids_by_time_.front().second);
      ids_by_time_.pop_front();
    }
  }

  // ---- lines

  /// Puts a message into its line, by its sequence, and never before one that is under way.
  void queue(group& of, waiting one) {
    auto at = of.lines.find(one.message->key);
    if (at == of.lines.end()) at = of.lines.emplace(std::string(one.message->key), line{}).first;
    line& in = at->second;
    auto place = in.messages.end();
    const auto top = in.messages.begin() + (in.token != 0 ? 1 : 0);
    while (place != top && std::prev(place)->message->sequence > one.message->sequence) --place;
    if (place != in.messages.begin() || in.messages.empty()) {
      const bool is_first = in.messages.empty();
      in.messages.insert(place, std::move(one));
      if (is_first) schedule(of, in);
      return;
    }
    unschedule(of, in);
    in.messages.push_front(std::move(one));
    schedule(of, in);
  }
  void schedule(group& of, line& in) {
    const std::uint64_t sequence = in.first().message->sequence;
    if (in.first().due == timestamp{}) of.ready.emplace(sequence, &in);
    else of.later.emplace(std::pair(in.first().due.nanoseconds, sequence), &in);
  }
  void unschedule(group& of, line& in) {
    of.ready.erase(in.first().message->sequence);
    of.later.erase({in.first().due.nanoseconds, in.first().message->sequence});
  }

  /// Calls doing(group, line, place) where a message waits for a group; false: it does not.
  template <class Do>
  bool at_message(std::string_view name, std::uint64_t sequence, Do&& doing) {
    group* const of = find_group(name);
    const auto kept = messages_.find(sequence);
    if (of == nullptr || kept == messages_.end()) return false;
    const auto in = of->lines.find(kept->second.message->key);
    if (in == of->lines.end()) return false;
    for (std::size_t at = 0; at < in->second.messages.size(); ++at)
      if (in->second.messages[at].message->sequence == sequence) return doing(*of, in->second, at), true;
    return false;
  }
  /// A message leaves a line of which nothing is under way.
  waiting take_out(group& of, line& in, std::size_t at) {
    unschedule(of, in);
    if (at == 0) return drop_first(of, in);
    waiting one = std::move(in.messages[at]);
    in.messages.erase(in.messages.begin() + static_cast<std::ptrdiff_t>(at));
    schedule(of, in);
    return one;
  }

  /// The first message of the line is no longer under way; it is still the first.
  line& land(group& of, delivery_token token) {
    const auto at = of.under_way.find(token);
    line& in = *at->second.in;
    of.deadlines.erase({at->second.until.nanoseconds, token});
    of.under_way.erase(at);
    in.token = 0;
    return in;
  }
  /// The first message leaves the line, and the next one can be handed out. Neither is under way or scheduled.
  waiting drop_first(group& of, line& in) {
    waiting first = std::move(in.first());
    in.messages.pop_front();
    if (in.messages.empty()) of.lines.erase(of.lines.find(first.message->key));
    else schedule(of, in);
    return first;
  }
  void take_back(group& of, delivery_token token, timestamp now, duration delay) {
    line& in = land(of, token);
    waiting& first = in.first();
    if (is_spent(of, first)) return bury_spent(of, in, now);
    first.due = duration{} < delay ? now + delay : timestamp{};
    if (in.messages.size() == 1 || in.messages[1].message->sequence > first.message->sequence) return schedule(of, in);
    waiting later = std::move(first);  // an earlier one was revived meanwhile
    in.messages.pop_front();
    schedule(of, in);
    queue(of, std::move(later));
  }
  static bool is_spent(const group& of, const waiting& one) noexcept { return of.deliveries != 0 && one.deliveries >= of.deliveries; }
  void bury_spent(group& of, line& in, timestamp now) {
    const failure why(failure::kind::stopped, 0, "handed out ", std::uint64_t{in.first().deliveries}, " times and not acknowledged");
    bury_first(of, in, why.describe(), now);
  }
  void bury_first(group& of, line& in, std::string_view cause, timestamp now) {
    cause = cause.substr(0, longest_cause);
    waiting first = drop_first(of, in);
    const std::uint64_t sequence = first.message->sequence;
    notes_.buried(of.name, sequence, cause, now);
    of.dead.emplace(sequence, buried{std::move(first), std::string(cause), now});
  }

  /// The group in which this member has this message under way; nullptr: the token is no longer good.
  group* holder(member_id who, delivery_token token, timestamp now) {
    tick(now);
    const auto at = members_.find(who);
    if (at == members_.end()) return nullptr;
    const auto one = at->second.of->under_way.find(token);
    return one != at->second.of->under_way.end() && one->second.member == who ? at->second.of : nullptr;
  }

  /// What the passing of time does.
  void tick(timestamp now) {
    for (auto& [name, held] : groups_) {
      group& of = *held;
      while (!of.deadlines.empty() && of.deadlines.begin()->first <= now.nanoseconds) take_back(of, of.deadlines.begin()->second, now, duration{});
      while (!of.later.empty() && of.later.begin()->first.first <= now.nanoseconds) {
        line& in = *of.later.begin()->second;
        of.later.erase(of.later.begin());
        in.first().due = timestamp{};
        schedule(of, in);
      }
    }
  }

  message_room room_;
  duration window_;
  std::size_t largest_;
  Notes notes_;
  std::uint64_t next_token_;
  std::uint64_t last_ = 0;                           ///< sequence of the newest message
  std::map<std::string, topic, std::less<>> topics_;  ///< stays where it is: others point to it
  std::map<std::string, std::unique_ptr<group>, std::less<>> groups_;
  std::map<member_id, member> members_;
  std::map<std::uint64_t, kept_message> messages_;
  std::set<std::string, std::less<>> ids_;
  std::deque<std::pair<timestamp, std::set<std::string, std::less<>>::iterator>> ids_by_time_;
};

}  // namespace detail

}  // namespace gesta
