// Who tells others what happened here: it follows a log, makes integration events of its events, and publishes them, those of one key in order.
// Floor: runtime.
// May include: all above.
//
//     struct outlet { static constexpr auto id = "shop.outlet"; };      // names its checkpoint, and says who speaks
//     auto out = gesta::relay<outlet>(app, gesta::sqlite_views{"shop.db"}, link, gesta::from_beginning{});
//     out.poll();                                                       // or gesta::keep_up(out, bell)
//
// The log is the outbox: an event that was kept cannot be missing in it, and is not written twice. What is published is noted when the transport has
// accepted it. A program that ends between the two publishes again, under the same ids: they are made of the place in the log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/codec/stored.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/delivery/claim_check.hpp>
#include <gesta/delivery/cloud_event.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/delivery/payload.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/key.hpp>
#include <gesta/message/most_bytes.hpp>
#include <gesta/model/diagnostic.hpp>
#include <gesta/model/outside.hpp>
#include <gesta/react/effect.hpp>
#include <gesta/react/publish.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/runtime/acting_outside.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/back_off.hpp>
#include <gesta/runtime/clock.hpp>
#include <gesta/runtime/consumer_options.hpp>
#include <gesta/runtime/effects.hpp>
#include <gesta/runtime/feed.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/runtime/only.hpp>
#include <gesta/runtime/told_names.hpp>
#include <gesta/transport/transport.hpp>
#include <gesta/transport/well_formed.hpp>

namespace gesta {

/// Into how many shares the keys of an outlet are cut, each with a checkpoint and a claim of its own: so many relays can work at once, and the order of a
/// key is never broken, as a key is of one share. It stays as it was when the outlet began.
struct shares {
  std::uint32_t count = 1;
};

/// How many messages a relay publishes and notes in one commit, at most: as many are published again after a crash.
struct batch_of {
  std::size_t messages = 256;
};

namespace detail {

/// The key of an entity as text: as people read it where the type is known and it is text that may stand in a header, else its bytes in hex.
inline std::string text_or_hex(std::string_view bytes) {
  if (is_attribute_text(bytes)) return std::string(bytes);
  std::string hex;
  for (const char c : bytes) {
    hex += hex_digits[static_cast<unsigned char>(c) >> 4];
    hex += hex_digits[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}
template <class Value>
std::string text_of_key_value(const Value& value) {
  std::string text(key_text(value, nullptr, 0), '\0');
  key_text(value, text.data(), text.size() + 1);
  return text_or_hex(text);
}
template <class Key>
std::string text_of_key(key_bytes bytes) {
  const std::string_view plain(bytes.data == nullptr ? "" : bytes.data, bytes.size);
  if constexpr (!key_string<Key>) {
    key_value<Key> value{};
    if (gesta::read_key(bytes, value)) return detail::text_of_key_value(value);
  }
  return text_or_hex(plain);
}

template <class Flow, class Event, class... Aggregate>
constexpr auto key_of_recorder(types<Aggregate...>) {
  constexpr std::size_t which = first_true({contains<Event, typename Flow::template events_of<Aggregate>>..., false});
  if constexpr (which == npos) return type_is<string_key>{};
  else {
    using recorder = at<which, types<Aggregate...>>;
    if constexpr (boundary_part<recorder>) return type_is<string_key>{};
    else return type_is<typename key_rule<recorder>::key_type>{};
  }
}

/// The partition key of what is told of an event: what `locate(const Outlet&, const Event&)` says, else the key of its entity.
template <class Flow, class Outlet, class Event>
std::string partition_key(const Event& event, const about& where) {
  if constexpr (locates<Outlet, Event>) {
    const auto text = [](const auto& key) {
      using key_type = std::remove_cvref_t<decltype(key)>;
      return detail::text_of_key_value(key_value_of<key_type>(key));
    };
    return text(detail::call_locate(Outlet{}, event, where));
  } else {
    return detail::text_of_key<typename decltype(key_of_recorder<Flow, Event>(typename Flow::of_deciders::aggregates{}))::type>(where.key);
  }
}

/// Of which share a key is. Kept checkpoints depend on it: it never changes.
constexpr std::uint32_t share_of(std::string_view key, std::uint32_t count) noexcept {
  return static_cast<std::uint32_t>(mix(fnv1a(key.data(), key.size())) % count);
}

/// What a relay was told.
struct relay_rules {
  back_off patience;
  std::size_t batch;
  unknown_events unknown;
  stop_after stop;
};

/// One share of a relay, which is a consumer of its own.
template <class Outlet, class Log, class Views, class Link, class Codec, class Clock, class Observers, class Claims>
class relay_share : public acting_outside<relay_share<Outlet, Log, Views, Link, Codec, Clock, Observers, Claims>, Log, Views, Clock, Observers> {
  using base = acting_outside<relay_share, Log, Views, Clock, Observers>;
  friend base;
  using base::clock_;
  using base::log_;
  using base::now_;
  using base::state_;
  using base::stops_;
  using base::views_;
  using flow_type = flow_of_log<Log>;
  using wanted_events = published_events<flow_type>;

 public:
  template <class Start>
  relay_share(Log& log, const Views& views, Link& wire, const std::string& name, std::uint32_t number, std::uint32_t count, Start start, const Clock& clock,
              const relay_rules& rules, const Observers& observers, const Claims& claims)
      : base(log, views, name, start, Clock(clock), rules.stop, observers), link_(wire), name_(name), number_(number), count_(count), rules_(rules),
        claims_(claims) {}

  std::string_view name() const noexcept { return name_; }

  consumed poll(std::uint64_t limit) {
    consumed result;
    if (const failure* const cause = views_.broken()) return result.stop(*cause), result;
    detail::without_exceptions(
        [&] {
          if (!this->begins(result)) return;
          if (now_.nanoseconds < again_at_.nanoseconds) return result.stop(trouble_);
          if (!learns_names(result)) return;
          (void)(sends_letters(limit, result) && sends_events(limit, result));
        },
        [&](const char* words) {
          this->leaves();
          drop_batch();
          result.stop(failure(failure::kind::interrupted, 0, name_.c_str(), ": an exception outside of publish: ", words));
        });
    return result;
  }

  /// Whether the claim of this one holds.
  bool is_held_by(message_id owner) const noexcept { return owner != message_id{} && state_.owner == owner; }
  void forget_claim() noexcept { state_.owner = {}; }
  /// Why it waits for the transport; nullptr: it does not.
  failure const* trouble() const noexcept { return trouble_.detail[0] != '\0' ? &trouble_ : nullptr; }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  /// One integration event on its way.
  struct message {
    std::uint64_t position = 0;
    std::uint32_t part = 0;
    timestamp time{};
    std::string_view topic{};
    std::string id{}, key{}, payload{};
    std::string claim{};         ///< the token that travels in the place of the payload; empty: it travels itself
    cloud_event_headers headers{};
    std::string refusal{};       ///< why it is none: what `publish` threw, or what cannot be a header
    std::size_t next = none;     ///< the next one of its key
    bool is_done = false;        ///< the transport has it
  };
  enum class sent : std::uint8_t { accepted, refused, unknown };

  // ---- from events to messages

  message& place() {
    if (used_ == batch_.size()) batch_.emplace_back();
    message& one = batch_[used_++];
    one.refusal.clear();
    one.claim.clear();
    one.next = none;
    one.is_done = false;
    return one;
  }

  /// Makes the messages of an event; those for which `wants(key, part)` is false are counted and not made.
  template <class Event, class Wants>
  void make(const Event& event, const about& where, std::uint32_t& parts, Wants&& wants) {
    std::string key;
    const std::uint32_t first = parts;
    detail::without_exceptions(
        [&] {
          key = partition_key<flow_type, Outlet>(event, where);
          each_told(event, [&]() -> const about& { return where; }, [&](const auto& told, std::uint32_t) {
            const std::uint32_t part = parts++;
            if (wants(std::string_view(key), part)) write(told, where, part, key);
          });
        },
        [&](const char* words) {
          while (used_ != 0 && batch_[used_ - 1].position == where.position && batch_[used_ - 1].part >= first) --used_;
          parts = first + 1;
          if (!wants(std::string_view(key), first)) return;
          message& one = place();
          one.position = where.position;
          one.part = first;
          one.key = key;
          one.refusal = words[0] == '\0' ? "publish threw something without words" : words;
        });
  }
  template <class Integration>
  void write(const Integration& told, const about& where, std::uint32_t part, const std::string& key) {
    constexpr event_id type = id_of<Integration>;
    const told_names::named& log = names_.at(where.position);
    const source_place at{log.incarnation, where.position, part};
    message& one = place();
    one.position = where.position;
    one.part = part;
    one.time = where.time;
    one.topic = type.name;
    one.id = id_of_place(at);
    one.key = key;
    const Codec codec{};
    one.payload.resize(codec.encoded_size(told));
    codec.encode(told, reinterpret_cast<std::byte*>(one.payload.data()));
    const std::string sequence = sequence_of_place(at);
    const message_id correlation = names_.told(where.correlation);
    const traceparent_text trace(trace_of(correlation, message_of_place(at)));
    envelope around{.id = one.id,
                    .source = log.source,
                    .type = type.name,
                    .version = type.version,
                    .time = where.time,
                    .subject = key,
                    .key = key,
                    .sequence = sequence,
                    .traceparent = trace.view(),
                    .correlation = correlation,
                    .causation = names_.told(where.causation),
                    .content_type = content_type<Codec>::view()};
    envelope_result written = one.headers.write(around);
    if constexpr (has_claims) {
      if (written && stays_behind(one)) {
        one.claim = claim_of(one.payload);
        around.dataref = one.claim;
        written = one.headers.write(around);
      }
    }
    if (!written) one.refusal = "the envelope: " + written.describe();
  }
  bool learns_names(consumed& result) {
    failure cause;
    if constexpr (requires { Outlet::source; }) return names_.learn(log_, Outlet::source, cause) || this->fails(cause, result);
    else return names_.learn(log_, event_id{Outlet::id}.name, cause) || this->fails(cause, result);
  }

  // ---- to the transport

  bool is_of_this_share(std::string_view key) const noexcept { return count_ == 1 || share_of(key, count_) == number_; }

  static constexpr bool has_claims = !same<Claims, no_claim_check>;

  bool stays_behind(const message& one) const {
    return !one.payload.empty() &&
           (one.payload.size() > claims_.limit || size_of({.key = one.key, .headers = one.headers.all(), .payload = one.payload}) > link_.largest());
  }
  /// Keeps the payload of a message before it is published, and each time that it is: so the blob is no older than its message.
  bool checks_in(const message& one, failure& cause) {
    if (one.payload.size() > claims_.rules.largest) {
      cause = failure(failure::kind::too_large, 0, "a payload of ", std::uint64_t{one.payload.size()}, " bytes; the claim check keeps at most ");
      cause.add(std::uint64_t{claims_.rules.largest});
      return false;
    }
    if (claims_.blobs->put(name_in_claim(one.claim), one.payload, clock_())) return true;
    const failure why = claims_.blobs->last_failure();
    cause = failure(why.why, why.code, "the payload was not kept: ", why.describe());
    return false;
  }

  /// The ticket of a message; 0: it was refused at once, and `cause` says why.
  ticket publish(const message& one, failure& cause) {
    if (!one.refusal.empty()) {
      cause = failure(failure::kind::malformed, 0, one.refusal.c_str());
      return 0;
    }
    std::string_view travels = one.payload;
    if constexpr (has_claims) {
      if (!one.claim.empty()) {
        if (!checks_in(one, cause)) return 0;
        travels = {};
      }
    }
    const ticket number = link_.publish({.topic = one.topic, .id = one.id, .key = one.key, .headers = one.headers.all(), .payload = travels});
    if (number == 0) cause = link_.last_failure();
    return number;
  }
  sent answer(ticket number, duration patience, failure& cause) {
    if (number != 0) {
      const acceptance came = link_.wait(number, patience);
      if (came == acceptance::accepted || came == acceptance::duplicate) return sent::accepted;
      cause = link_.last_failure();
      if (came == acceptance::unknown) return sent::unknown;
    }
    return is_never_taken(cause.why) ? sent::refused : sent::unknown;
  }
  /// The transport cannot be reached, or has no room: everything stays as it is, for a while.
  bool backs_off(const failure& cause, consumed& result) {
    ++troubles_;
    again_at_ = clock_() + rules_.patience.wait_after(troubles_);
    trouble_ = failure(failure::kind::busy, cause.code, name_.c_str(), " waits for the transport: ",
                       cause.detail[0] == '\0' ? "it gave no answer" : cause.describe());
    return this->fails(trouble_, result);
  }
  void is_well() noexcept {
    troubles_ = 0;
    trouble_ = {};
    this->note_success();
  }
  void note_refusal(letter& one, const message& what, const failure& cause) {
    one.cause = cause.describe();
    one.attempts += 1;
    one.part = what.part;
    one.due = {};
    letter stops;
    if (this->note_failure("refused", one.key, one.cause, now_, stops)) stops_ = stops;
  }

  // ---- letters

  bool sends_letters(std::uint64_t limit, consumed& result) {
    std::vector<letters_of_key> due;
    stops_ = {};
    more_may_be_due_ = false;
    if (!this->any_letters(any_letters_)) return this->store_fails(result);
    if (!any_letters_) return true;
    if (!this->collect_due(now_, limit, due)) return this->store_fails(result);
    if (!due.empty()) drop_batch();  // its places are used
    for (letters_of_key& of : due) {
      for (std::size_t i = 0; i < of.all.size() && limit != 0; ++i, --limit) {
        bool failed = false;
        if (!sends_letter(of.all, i, failed, result)) return false;
        if (!stops_.key.empty()) return this->fails(this->why_stopped(stops_), result);
        if (failed) break;
      }
    }
    more_may_be_due_ = limit == 0;
    return true;
  }

  bool sends_letter(std::vector<letter>& of, std::size_t i, bool& failed, consumed& result) {
    const letter was = of[i];
    letter& one = of[i];
    std::string unread = "the event is no longer there";
    used_ = 0;
    std::uint32_t parts = 0;
    const auto take = [&](const auto& event, const about& where) {
      unread = "nothing is told of the event any more";
      // Under the key that it has now: where its key could not be said before, the letter lies under another one.
      make(event, where, parts, [&](std::string_view, std::uint32_t part) { return part >= one.part; });
    };
    const read_result read = log_.read({.after = one.position - 1, .to = one.position}, only_of<wanted_events>(take), unknown_events::skip);
    if (!read) unread = read.why().describe();
    const std::size_t count = used_;
    used_ = 0;
    std::uint64_t done = 0;
    for (std::size_t at = 0; at < count && !failed; ++at) {
      failure cause;
      const sent came = answer(publish(batch_[at], cause), rules_.patience.answer, cause);
      if (came == sent::unknown) return backs_off(cause, result);
      failed = came == sent::refused;
      if (failed) note_refusal(one, batch_[at], cause);
      else is_well(), ++done;
    }
    if (count == 0) {
      failed = true;
      one.cause = unread;
      one.attempts += 1;
      one.due = {};
    }
    if (!this->opens(result)) return false;
    bool same = false;
    if (!this->is_as_it_was(was, same)) return this->store_fails(result);
    if (!same) {
      this->rolls_back();
      failure cause(failure::kind::conflict, 0, "somebody else has changed a letter of ", name_.c_str(), " at position ", was.position);
      cause.position = was.position;
      return this->fails(cause, result);
    }
    this->note_try(was);
    if (failed ? !this->put_letter(one) : !views_.drop(name(), one) || !this->make_next_due(of, i, now_)) return this->store_fails(result);
    if (!stops_.key.empty() && !views_.put(name(), stops_)) return this->store_fails(result);
    if (!this->closes(result)) return false;
    result.handled += done;
    result.put_aside += failed ? 1 : 0;
    return true;
  }

  // ---- events

  void drop_batch() noexcept {
    used_ = 0;
    is_read_ = false;
  }

  /// Reads what is to be published next; what was read and not noted is kept, as long as nobody else has moved the checkpoint.
  void read_batch(std::uint64_t limit) {
    if (is_read_ && from_ == state_.at) return;
    drop_batch();
    from_ = state_.at;
    std::uint64_t position = 0;
    std::uint32_t parts = 0;
    time_ = state_.time;
    const auto take = [&](const auto& event, const about& where) {
      if (where.position != position) position = where.position, parts = 0;
      time_ = where.time;
      make(event, where, parts, [&](std::string_view key, std::uint32_t) { return is_of_this_share(key); });
      return used_ < rules_.batch;
    };
    gesta::feed<Log> feed(log_, state_.at, false);
    read_ = feed.poll(only_of<wanted_events>(take), limit, rules_.unknown);
    reached_ = feed.checkpoint();
    is_read_ = true;
    std::unordered_map<std::string_view, std::size_t> last;
    firsts_.clear();
    for (std::size_t i = 0; i < used_; ++i) {
      const auto [at, is_new] = last.try_emplace(batch_[i].key, i);
      if (is_new) firsts_.push_back(i);
      else batch_[at->second].next = i, at->second = i;
    }
  }

  bool sends_events(std::uint64_t limit, consumed& result) {
    while (limit != 0) {
      read_batch(limit);
      const std::uint64_t from = state_.at.position;
      failure cause;
      bool is_in_trouble = false;
      std::uint64_t done = 0;
      if (!publishes(done, is_in_trouble, cause, result)) return false;
      gesta::checkpoint place = reached_;
      timestamp time = time_;
      if (is_in_trouble) {
        place = state_.at;
        time = state_.time;
        for (std::size_t i = 0; i < used_; ++i) {
          if (!is_settled(i)) {
            if (batch_[i].position - 1 > place.position) place.position = batch_[i].position - 1;
            break;
          }
          time = batch_[i].time;
        }
        place.incarnation = log_.incarnation();
      }
      if (!notes(place, time, result)) return false;
      result.handled += done;
      if (is_in_trouble) {
        from_ = state_.at;  // what is left of the batch lies behind it
        forget_noted();
        return backs_off(cause, result);
      }
      is_read_ = false;
      if (!stops_.key.empty()) return this->fails(this->why_stopped(stops_), result);
      if (!read_) return this->fails(read_.why(), result);
      const bool is_live = state_.at.position >= log_.kept_position();
      result.caught_up = is_live && !more_may_be_due_;
      const std::uint64_t seen = state_.at.position - from;
      if (is_live || seen == 0 || seen >= limit) break;
      limit -= seen;
    }
    return true;
  }
  bool is_settled(std::size_t i) const noexcept {
    if (batch_[i].is_done) return true;
    for (const letter& one : aside_)
      if (one.position == batch_[i].position && one.key == batch_[i].key) return true;
    return false;
  }
  /// Messages that were noted are not of the batch any more; what was done behind them is not published again.
  void forget_noted() {
    for (std::size_t i = 0; i < used_; ++i)
      if (batch_[i].position <= state_.at.position) batch_[i].is_done = true;
  }

  /// Publishes what was read: of each key one at a time, and of all keys at once.
  bool publishes(std::uint64_t& done, bool& is_in_trouble, failure& trouble, consumed& result) {
    struct under_way {
      ticket number;
      std::size_t which;
      failure cause;
    };
    std::deque<under_way> all;
    aside_.clear();
    duration patience = rules_.patience.answer;
    if (const failure* const cause = used_ == 0 ? nullptr : link_.broken()) {
      is_in_trouble = true;
      trouble = *cause;
      return true;
    }
    const auto begin = [&](std::size_t which) {
      while (which != none && batch_[which].is_done) which = batch_[which].next;
      if (which == none || is_in_trouble) return;
      failure cause;
      const ticket number = publish(batch_[which], cause);
      all.push_back({number, which, cause});
    };
    for (const std::size_t first : firsts_) {
      bool blocked = false;
      if (any_letters_ && !this->is_blocked(batch_[first].key, blocked)) return this->store_fails(result);
      if (blocked) put_aside_from(first);
      else begin(first);
    }
    while (!all.empty()) {
      under_way one = all.front();
      all.pop_front();
      message& what = batch_[one.which];
      switch (answer(one.number, patience, one.cause)) {
        case sent::accepted:
          what.is_done = true;
          ++done;
          is_well();
          begin(what.next);
          break;
        case sent::refused: {
          letter refused{.position = what.position, .key = what.key, .since = now_};
          note_refusal(refused, what, one.cause);
          aside_.push_back(refused);
          put_aside_from(what.next);
          break;
        }
        case sent::unknown:
          if (!is_in_trouble) trouble = one.cause;
          is_in_trouble = true;
          patience = {};  // the others may have been answered; nobody waits for them
          break;
      }
    }
    return true;
  }
  void put_aside_from(std::size_t which) {
    for (; which != none; which = batch_[which].next) {
      if (batch_[which].is_done || is_settled(which)) continue;  // one letter stands for all that an event is told as under a key
      aside_.push_back({.position = batch_[which].position, .key = batch_[which].key, .since = now_});
    }
  }

  /// Keeps up to where it has published, and what was put aside before that.
  bool notes(const gesta::checkpoint& place, timestamp time, consumed& result) {
    std::uint64_t parked = 0;
    for (const letter& one : aside_) parked += one.position <= place.position;
    if (place == state_.at && parked == 0 && stops_.key.empty()) return true;
    if (!this->opens(result)) return drop_batch(), false;
    for (letter& one : aside_) {
      if (one.position > place.position) continue;
      bool blocked = true;  // who waits behind a letter that was closed meanwhile would wait for ever
      if (one.attempts == 0 && !this->is_blocked(one.key, blocked)) return this->store_fails(result);
      if (!blocked) one.due = now_;
      if (!this->put_letter(one)) return this->store_fails(result);
    }
    if (!stops_.key.empty() && !views_.put(name(), stops_)) return this->store_fails(result);
    const progress before = state_;
    state_.at = place;
    state_.time = time;
    if (!this->closes(result)) {
      state_ = before;
      return false;
    }
    result.put_aside += parked;
    if (parked != 0) any_letters_ = true;
    return true;
  }

  Link& link_;
  std::string name_;
  std::uint32_t number_, count_;
  relay_rules rules_;
  [[no_unique_address]] Claims claims_;
  told_names names_;
  std::deque<message> batch_;         // the places are used again
  std::size_t used_ = 0;
  std::vector<std::size_t> firsts_;   // of each key in the batch
  bool is_read_ = false, any_letters_ = false, more_may_be_due_ = false;
  gesta::checkpoint from_, reached_;  // of the batch
  timestamp time_{};
  read_result read_;
  std::vector<letter> aside_;
  timestamp again_at_{};
  std::uint32_t troubles_ = 0;
  failure trouble_{};
};

}  // namespace detail

/// Publishes the integration events of a log: made by `gesta::relay<outlet>(log, views, link, gesta::from_beginning{})`. It acts only when it is polled;
/// gesta::keep_up runs it. Not copyable; one thread at a time, the one that uses the log and the connection.
///
/// Promises: each integration event that `publish` makes of an event of the log is accepted by the transport at least once, whatever ends the program and
/// whenever, and always under the same id. Those of one key are published in the order of the log, each when the one before it was accepted; those of
/// different keys at once. A key is what `locate(const Outlet&, const Event&)` says, else that of the event's entity, as text. When the
/// transport cannot be reached, or has no room, the relay waits and tries again (`poll` is failure::kind::busy meanwhile), as gesta::back_off says. A
/// message that the transport will never take is put aside as a letter, and later ones of its key wait behind it until a person says what becomes of it.
/// With a gesta::claim_check a payload that is too large is kept in a store of blobs before its message is published; where it cannot be kept the relay
/// waits as for the transport.
///
/// Several relays of one name, on one view store: each share is worked by who holds its claim, and those who hold claims divide the shares among them.
template <class Outlet, class Log, class Views, class Link, class Codec = binary, class Clock = system_clock, class Observers = observed_by<>,
          class Claims = detail::no_claim_check>
class relaying {
  using share_type = detail::relay_share<Outlet, Log, Views, Link, Codec, Clock, Observers, Claims>;

 public:
  template <class Start>
  relaying(Log& log, const Views& views, Link& wire, Start start, const Clock& clock, shares cut, const detail::relay_rules& rules, const Observers& observers,
           const Claims& claims = {})
      : log_(log), clock_(clock), claims_(claims), count_(cut.count == 0 ? 1 : cut.count) {
    for (std::uint32_t i = 0; i < count_; ++i) {
      Start begins = start;
      if constexpr (std::is_same_v<Start, continues>) begins.id = olds_.emplace_back(name_of_share(start.id, i)).c_str();
      shares_.emplace_back(log, views, wire, name_of_share(own_name(), i), i, count_, begins, clock, rules, observers, claims);
    }
  }
  relaying(const relaying&) = delete;
  relaying& operator=(const relaying&) = delete;

  /// The outlet's id. Its checkpoint and letters lie under it; of several shares under `shop.outlet/0/4` and so on.
  static constexpr std::string_view name() noexcept { return own_name(); }

  /// Tries the letters that are due, and publishes what was kept in the log since: at most `limit` events that are told to others, for each share that is
  /// its own. False: the view store or the log failed; failure::kind::busy, while it waits for the transport; failure::kind::conflict, when somebody else
  /// publishes under this name without a claim, or has cut it into another number of shares; failure::kind::stopped, see gesta::stop_after.
  consumed poll(std::uint64_t limit = 1000) {
    consumed result;
    if (!(is_cut_ || knows_cut(result)) || !balances(result)) return result;
    if constexpr (!detail::same<Claims, detail::no_claim_check>) collects();
    const std::uint32_t most = most_shares();
    std::uint32_t mine = 0, asked = 0, elsewhere = 0, paused = 0;
    for (const share_type& one : shares_) mine += one.is_held_by(lease_.owner);
    bool is_live = true;
    for (share_type& one : shares_) {
      const bool was_mine = one.is_held_by(lease_.owner);
      if (!was_mine && mine >= most) continue;
      ++asked;
      const consumed made = one.poll(limit);
      mine += !was_mine && one.is_held_by(lease_.owner);
      result.handled += made.handled;
      result.put_aside += made.put_aside;
      elsewhere += made.owned_elsewhere;
      paused += made.is_paused;
      is_live = is_live && (made.caught_up || made.owned_elsewhere);
      if (!made && result) result.stop(made.why());
    }
    result.owned_elsewhere = elsewhere == asked;
    result.is_paused = paused != 0;
    result.caught_up = result && is_live && !result.owned_elsewhere && !result.is_paused;
    return result;
  }

  /// Up to where everything of all shares was published and noted, as this one knows it.
  const gesta::checkpoint& checkpoint() const noexcept {
    const gesta::checkpoint* least = &shares_.front().checkpoint();
    for (const share_type& one : shares_)
      if (one.checkpoint().position < least->position) least = &one.checkpoint();
    return *least;
  }
  /// How far it is behind the log: events of all kinds between its checkpoint and the end, and the age of the first of them.
  read_result measure(lag& behind) {
    behind = {};
    gesta::checkpoint at;
    for (share_type& one : shares_) {
      progress state;
      if (!one.views().load(one.name(), state)) return read_result(one.views().last_failure());
      if (&one == &shares_.front() || state.at.position < at.position) at = state.at;
    }
    const read_result known = log_.holds(at);
    if (!known) return known;
    if (const read_result counted = log_.count_behind(at, behind.events); !counted || behind.events == 0) return counted;
    const auto note = [&](const auto&, const about& where) {
      if (where.time.nanoseconds != 0) behind.nanoseconds = clock_().nanoseconds - where.time.nanoseconds;
      return false;
    };
    return log_.read({.after = at.position, .limit = 1}, note, unknown_events::skip);
  }
  /// Why it waits for the transport; nullptr: it does not.
  const failure* trouble() const noexcept {
    for (const share_type& one : shares_)
      if (const failure* const why = one.trouble()) return why;
    return nullptr;
  }
  const failure* broken() const noexcept { return shares_.front().broken(); }
  auto& views() noexcept { return shares_.front().views(); }

  // ---- several relays

  /// From the next poll on it acts under this claim only. Of several relays with claims each takes as many shares as is fair, and takes over those of
  /// one that is gone when its claim has ended.
  void under(const lease& mine) noexcept {
    lease_ = mine;
    for (share_type& one : shares_) one.under(mine);
  }
  void take_over() noexcept {
    for (share_type& one : shares_) one.take_over();
  }
  /// Gives its claims back, so that another one goes on at once.
  read_result release() {
    read_result all = leaves_members();
    for (share_type& one : shares_)
      if (const read_result kept = one.release(); all && !kept) all = kept;
    return all;
  }
  /// Lets the outlet stand still, in whichever process it runs, until somebody says resume().
  read_result pause() {
    return each([](share_type& one) { return one.pause(); });
  }
  read_result resume() {
    return each([](share_type& one) { return one.resume(); });
  }

  // ---- messages that were put aside

  /// visit(const letter&) for each event whose message was refused, or waits behind one of its key; it may return false to end it.
  template <class Visit>
  read_result letters(Visit&& visit) {
    bool goes_on = true;
    return each([&](share_type& one) {
      if (!goes_on) return read_result();
      return one.letters([&](const letter& told) {
        if constexpr (std::is_void_v<decltype(visit(told))>) visit(told);
        else goes_on = static_cast<bool>(visit(told));
        return goes_on;
      });
    });
  }
  /// As those of gesta::effects.
  read_result retry(const letter& one) { return of_key(one).retry(one); }
  read_result retry_all() {
    return each([](share_type& one) { return one.retry_all(); });
  }
  read_result discard(const letter& one, std::string_view reason) { return of_key(one).discard(one, reason); }

 private:
  static constexpr std::string_view own_name() noexcept { return event_id{Outlet::id}.name; }
  std::string name_of_share(std::string_view id, std::uint32_t i) const {
    std::string name(id);
    if (count_ != 1) name += "/" + std::to_string(i) + "/" + std::to_string(count_);
    return name;
  }
  share_type& of_key(const letter& one) { return shares_[detail::share_of(one.key, count_)]; }
  template <class Act>
  read_result each(Act&& act) {
    for (share_type& one : shares_)
      if (const read_result kept = act(one); !kept) return kept;
    return {};
  }

  /// act(views, good) in a unit of its own.
  template <class Act>
  read_result in_unit(Act&& act) {
    auto& store = views();
    if (const failure* const cause = store.broken()) return read_result(*cause);
    if (!store.begin()) return read_result(store.last_failure());
    failure cause;
    if (act(store, cause)) return store.commit() ? read_result() : read_result(store.last_failure());
    if (cause.detail[0] == '\0') cause = store.last_failure();
    store.rollback();
    return read_result(cause);
  }

  /// Takes away blobs that are older than any message on its way. Where that fails it is tried again in its time: nobody waits for it.
  void collects() {
    const duration keep = claims_.rules.keep;
    const timestamp now = clock_();
    if (keep.nanoseconds <= 0 || now.nanoseconds < collect_at_.nanoseconds) return;
    collect_at_ = now + duration{keep.nanoseconds / 16};
    std::uint64_t count = 0;
    (void)claims_.blobs->collect(timestamp{now.nanoseconds - keep.nanoseconds}, count);
  }

  /// The number of shares is kept, in the place of a position: with another one the checkpoints would not be found, and keys change their share.
  bool knows_cut(consumed& result) {
    const std::string row = std::string(own_name()) + "/shares";
    const read_result kept = in_unit([&](auto& store, failure& cause) {
      progress there;
      if (!store.load(row, there)) return false;
      if (there.at.position == count_) return true;
      if (there.at.position != 0) {
        cause = failure(failure::kind::conflict, 0, "the outlet ", own_name().data(), " is cut into ", there.at.position, " shares, and not into ");
        cause.add(std::uint64_t{count_});
        return false;
      }
      there.at.position = count_;
      return store.save(row, there);
    });
    is_cut_ = static_cast<bool>(kept);
    if (!kept) result.stop(kept.why());
    return is_cut_;
  }

  // ---- who of several takes which: each has a row that says that it lives, and counts the rows

  std::string row_of_member(std::uint32_t i) const { return std::string(own_name()) + "/member/" + std::to_string(i); }
  std::uint32_t most_shares() const noexcept { return (count_ + members_ - 1) / members_; }
  bool balances(consumed& result) {
    if (lease_.owner == message_id{} || count_ == 1) return true;
    const timestamp now = clock_();
    if (now.nanoseconds < balance_at_.nanoseconds) return true;
    std::uint32_t living = 0;
    const read_result kept = in_unit([&](auto& store, failure&) {
      bool is_member = false;
      std::uint32_t place = count_;
      progress mine;
      for (std::uint32_t i = 0; i < count_; ++i) {
        progress there;
        if (!store.load(row_of_member(i), there)) return false;
        const bool is_mine = there.owner == lease_.owner;
        const bool lives = is_mine || (there.owner != message_id{} && now.nanoseconds < there.until.nanoseconds);
        living += lives;
        if (is_mine || (!lives && !is_member && place == count_)) place = i, mine = there;
        is_member = is_member || is_mine;
      }
      if (place == count_) return true;  // more relays than shares
      living += !is_member;
      mine.owner = lease_.owner;
      mine.until = now + lease_.lasts;
      return store.save(row_of_member(place), mine);
    });
    if (!kept) return result.stop(kept.why()), false;
    members_ = living == 0 ? 1 : living;
    balance_at_ = now + duration{lease_.lasts.nanoseconds / 3};
    std::uint32_t mine = 0;
    for (const share_type& one : shares_) mine += one.is_held_by(lease_.owner);
    for (std::size_t i = shares_.size(); i-- != 0 && mine > most_shares();) {
      if (!shares_[i].is_held_by(lease_.owner)) continue;
      if (const read_result gave = shares_[i].release(); !gave) return result.stop(gave.why()), false;
      shares_[i].forget_claim();
      --mine;
    }
    return true;
  }
  read_result leaves_members() {
    if (lease_.owner == message_id{} || count_ == 1) return {};
    balance_at_ = {};
    return in_unit([&](auto& store, failure&) {
      for (std::uint32_t i = 0; i < count_; ++i) {
        progress there;
        if (!store.load(row_of_member(i), there)) return false;
        if (there.owner == lease_.owner && !store.save(row_of_member(i), progress{})) return false;
      }
      return true;
    });
  }

  Log& log_;
  [[no_unique_address]] Clock clock_;
  [[no_unique_address]] Claims claims_;
  std::uint32_t count_;
  std::deque<std::string> olds_;
  std::deque<share_type> shares_;  // they stay where they are
  lease lease_{};
  std::uint32_t members_ = 1;
  timestamp balance_at_{}, collect_at_{};
  bool is_cut_ = false;
};

namespace detail {

template <class Option>
inline constexpr bool is_payload_in = false;
template <class Codec>
inline constexpr bool is_payload_in<payload_in<Codec>> = true;
template <class Option>
concept relay_option = (consumer_option<Option> && !same<Option, events_a_commit>) || same<Option, shares> || same<Option, back_off> ||
                       same<Option, batch_of> || is_payload_in<Option> || is_claim_check<Option>;

template <class... Option>
struct codec_of_options : type_is<gesta::binary> {};
template <class Codec, class... Option>
struct codec_of_options<payload_in<Codec>, Option...> : type_is<Codec> {};
template <class First, class... Option>
  requires(!is_payload_in<First>)
struct codec_of_options<First, Option...> : codec_of_options<Option...> {};

template <class Integrations>
struct sendable;
template <class... Integration>
struct sendable<types<Integration...>> : rules::stored_rules<types<Integration...>> {};

/// The most bytes that every connection of a type takes, where the type says it; else 0.
template <class Link>
constexpr std::size_t largest_of_connection() noexcept {
  if constexpr (requires { std::size_t{Link::largest_message}; }) return Link::largest_message;
  else return 0;
}

/// Which integration event is known to be larger on the wire than a connection takes: in the binary form, as others have no bound.
template <class Integrations, class Codec, class Link>
inline constexpr std::size_t larger_than_connection = npos;
template <class... Integration, class Link>
inline constexpr std::size_t larger_than_connection<types<Integration...>, gesta::binary, Link> = [] {
  constexpr std::size_t largest = largest_of_connection<Link>();
  return first_true({(largest != 0 && most_bytes<Integration>() != npos && most_bytes<Integration>() > largest)..., false});
}();

template <class Outlet, class Log, class Views, class Link, class Start, relay_option... Option>
  requires is_start<Start>
auto relayed_by(Log& log, const Views& views, Link& wire, Start start, const Option&... option) {
  using clock = clock_in<Option...>;
  using observers = decltype(detail::observers_of(option...));
  using claims = decltype(detail::claims_of(option...));
  const relay_rules rules{detail::option_or<back_off>(back_off{}, option...), detail::option_or<batch_of>(batch_of{}, option...).messages,
                          detail::option_or<unknown_events>(unknown_events::fail, option...), detail::option_or<stop_after>(stop_after{}, option...)};
  return relaying<Outlet, Log, Views, Link, typename codec_of_options<Option...>::type, clock, observers, claims>(
      log, views, wire, start, detail::clock_of(option...), detail::option_or<shares>(shares{}, option...), rules, detail::observers_of(option...),
      detail::claims_of(option...));
}

}  // namespace detail

/// Makes the relay of an outlet. `log` is an app, or a gesta::reader, so that a relay may be a process of its own; `wire` is an opened connection of any
/// transport; both outlive it. The start says where it begins as long as it has no checkpoint in the view store: gesta::from_now, gesta::from_beginning or
/// gesta::continues. Options, in any order: a clock, gesta::shares, gesta::back_off, gesta::batch_of, gesta::payload_in<Codec>, gesta::unknown_events,
/// gesta::stop_after, gesta::claim_check, gesta::observed_by: those hear gesta::parked and gesta::retried. Does not compile without a claim check where an
/// integration event may be larger than the connection takes, as far as the types say it (E740). The outlet says `id`, the name of its checkpoint, and where it
/// wants to `source`, the name under which it speaks; it is the id otherwise.
template <class Outlet, class Log, class Views, transport_connection Link, class... Argument>
auto relay(Log& log, const Views& views, Link& wire, Argument... argument) {
  using flow_type = detail::flow_of_log<Log>;
  constexpr bool is_start_said = (detail::is_start<Argument> || ...);
  constexpr bool has_id = requires { Outlet::id; };
  constexpr bool tells = detail::published_events<flow_type>::size != 0;
  using written = typename detail::sendable<detail::integrations_in<flow_type>>;
  if constexpr (!is_start_said) {
    (void)sizeof(diagnostic::start_not_said<is_start_said, Outlet>);
    return detail::no_effects{};
  } else if constexpr (!has_id) {
    (void)sizeof(diagnostic::effect_without_id<has_id, Outlet>);
    return detail::no_effects{};
  } else if constexpr (!tells) {
    (void)sizeof(diagnostic::nothing_published<tells, typename Log::model_type>);
    return detail::no_effects{};
  } else if constexpr (!written::kept) {
    (void)sizeof(diagnostic::integration_without_wire_form<false, typename decltype(written::member())::type,
                                                           gesta::detail::at<written::unwritable, typename written::list>>);
    return detail::no_effects{};
  } else if constexpr (constexpr std::size_t large =
                           detail::larger_than_connection<detail::integrations_in<flow_type>, typename detail::codec_of_options<Argument...>::type, Link>;
                       large != detail::npos && !(detail::is_claim_check<Argument> || ...)) {
    (void)sizeof(diagnostic::integration_above_connection<false, detail::at<large, detail::integrations_in<flow_type>>, Link>);
    return detail::no_effects{};
  } else {
    return detail::relayed_by<Outlet>(log, views, wire, argument...);
  }
}

}  // namespace gesta
