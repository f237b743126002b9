// One share of a relay: a consumer that makes integration events of the events of a log, and publishes those whose keys are of its share.
// Floor: runtime. What gesta::relay is made of.
// May include: all above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <gesta/codec/stored.hpp>
#include <gesta/decide/key_rule.hpp>
#include <gesta/delivery/claim_check.hpp>
#include <gesta/delivery/cloud_event.hpp>
#include <gesta/delivery/parcel.hpp>
#include <gesta/delivery/payload.hpp>
#include <gesta/detail/hash.hpp>
#include <gesta/message/duration.hpp>
#include <gesta/message/key.hpp>
#include <gesta/model/outside.hpp>
#include <gesta/react/publish.hpp>
#include <gesta/react/rows.hpp>
#include <gesta/runtime/acting_outside.hpp>
#include <gesta/runtime/attempt.hpp>
#include <gesta/runtime/back_off.hpp>
#include <gesta/runtime/consumer_options.hpp>
#include <gesta/runtime/feed.hpp>
#include <gesta/runtime/log_reading.hpp>
#include <gesta/runtime/only.hpp>
#include <gesta/runtime/told_names.hpp>
#include <gesta/transport/transport.hpp>
#include <gesta/transport/well_formed.hpp>

namespace gesta {

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
          if (rules_.patience.holds(now_, again_at_)) return result.stop(trouble_);
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

}  // namespace gesta
