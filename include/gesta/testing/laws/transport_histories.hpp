// Drawn histories of publishing, receiving, settling, waiting and restarts, held against a model of a transport step by step. For transports that
// keep the order of keys and whose rig moves a clock.
// Floor: testing. Beside gesta.hpp.
// May include: detail, message, store, delivery, transport, std.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gesta/detail/hash.hpp>
#include <gesta/testing/laws/transport.hpp>
#include <gesta/transport/transport.hpp>

namespace gesta::laws {

/// How often each kind of step came to each kind of outcome: "ack: conflict".
using transport_coverage = std::map<std::string, std::size_t>;

/// One history. The model is told what was received and says whether it might have been; everything else it foretells.
template <class Rig>
class transport_history {
  using transport = typename Rig::transport;
  using connection = typename transport::connection;
  using subscription = decltype(std::declval<connection&>().subscribe(std::declval<const subscribing&>()));
  static_assert(transport::promises.nak == handing_back::keeps_order && Rig::patience == duration{});  // ours: only in-process rigs are told histories

 public:
  transport_history(std::uint64_t seed, transport_coverage& seen) : state_(seed), seen_(seen), link_(rig_.where()) {
    for (std::size_t m = 0; m < 3; ++m) join(m);
  }

  /// Draws and does a step. What is wrong, in words; empty: nothing.
  std::string step() {
    expire();
    switch (below(10)) {
      case 0: case 1: case 2: return publish();
      case 3: case 4: return receive();
      case 5: case 6: case 7: return settle();
      case 8: return one_in(3) ? letters() : receive();
      default: break;
    }
    if (one_in(3)) return pass();
    if (one_in(4)) return lose();
    const std::size_t m = below(3);
    members_[m].reset();
    end(m);
    join(m);
    ++seen_["a member ends"];
    return {};
  }

 private:
  enum class at { waiting, under_way, dead, over };
  struct state {
    at where = at::waiting;
    std::uint32_t deliveries = 0;
    std::int64_t time = 0;  ///< due, or to be settled
    std::size_t member = 0;
    delivery_token token = 0;
  };
  struct message {
    std::size_t topic, key;
    std::string id;
    std::int64_t published;
    std::optional<state> of[2];  ///< by group
  };
  struct token_seen {
    delivery_token token;
    std::size_t member, message;
  };
  static constexpr std::string_view topics[] = {"a", "b"};
  static constexpr const char* groups[] = {"g", "h"};
  static constexpr std::uint32_t most_deliveries = 3, in_flight = 3;
  static constexpr std::int64_t settle_within = 5;

  // Members 0 and 1 are of group g, the one for both topics and the other for the first; 2 is of group h, for the first.
  static std::size_t group_of(std::size_t m) noexcept { return m == 2 ? 1 : 0; }
  static bool hears(std::size_t m, std::size_t topic) noexcept { return topic == 0 || m == 0; }

  std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>((state_ = gesta::detail::mix(state_)) >> 33) % n; }
  bool one_in(std::size_t n) noexcept { return below(n) == 0; }

  void join(std::size_t m) {
    const std::string_view its[] = {topics[0], topics[1]};
    members_[m].emplace(link_.subscribe({.topics = std::span(its, m == 0 ? 2u : 1u), .group = groups[group_of(m)], .in_flight = in_flight,
                                         .settle_within = {settle_within * Rig::unit.nanoseconds}, .deliveries = most_deliveries}));
  }

  // ---- the model

  void hand_back(state& one, std::int64_t due) {
    one.where = one.deliveries >= most_deliveries ? at::dead : at::waiting;
    one.time = due;
    ++seen_[one.where == at::dead ? "handed out too often" : "handed back"];
  }
  void expire() {
    for (message& one : messages_)
      for (std::optional<state>& of : one.of)
        if (of && of->where == at::under_way && of->time <= now_) ++seen_["not settled in time"], hand_back(*of, 0);
  }
  void end(std::size_t m) {
    for (message& one : messages_)
      if (std::optional<state>& of = one.of[group_of(m)]; of && of->where == at::under_way && of->member == m) hand_back(*of, 0);
  }
  std::size_t kept(std::size_t topic) const {
    std::size_t count = 0;
    for (const message& one : messages_)
      count += one.topic == topic && std::any_of(std::begin(one.of), std::end(one.of), [](const auto& of) { return of && of->where != at::over; });
    return count;
  }
  bool is_first(std::size_t n, std::size_t g) const {
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const message& other = messages_[i];
      if (i == n || other.key != messages_[n].key || !other.of[g]) continue;
      if (other.of[g]->where == at::under_way) return false;
      if (i < n && other.of[g]->where == at::waiting) return false;
    }
    return true;
  }

  // ---- steps

  std::string publish() {
    message one{below(2), below(4), std::to_string(ids_), now_, {}};
    const bool repeats = ids_ != 0 && one_in(5);
    if (repeats) one.id = std::to_string(below(ids_));
    else ++ids_;
    std::string expected = "accepted";
    const auto known = published_.find(one.id);
    const std::int64_t window = transport::dedup_window.nanoseconds / Rig::unit.nanoseconds;
    if (known != published_.end() && window != 0 && known->second + window > now_) expected = "duplicate";
    else if (Rig::room != 0 && kept(one.topic) == Rig::room) expected = "full";
    const std::string payload = std::to_string(messages_.size()), key = std::to_string(one.key);
    const ticket number = link_.publish({.topic = topics[one.topic], .id = one.id, .key = key, .payload = payload});
    const acceptance taken = link_.wait(number, seconds(10));
    const std::string came = detail::word_of(taken, link_.last_failure().why);
    ++seen_["publish: " + came];
    if (came == "accepted") {
      published_[one.id] = now_;
      one.of[0].emplace();
      if (one.topic == 0) one.of[1].emplace();
      messages_.push_back(std::move(one));
    }
    return came == expected ? "" : "publish came to " + came + " and not to " + expected;
  }

  std::string receive() {
    const std::size_t m = below(3), g = group_of(m), most = 1 + below(4);
    std::size_t under_way = 0;
    std::vector<std::size_t> ready;
    for (std::size_t n = 0; n < messages_.size(); ++n) {
      const std::optional<state>& of = messages_[n].of[g];
      if (!of) continue;
      under_way += of->where == at::under_way;
      if (of->where == at::waiting && of->time <= now_ && hears(m, messages_[n].topic) && is_first(n, g)) ready.push_back(n);
    }
    const std::size_t expected = std::min({most, ready.size(), std::size_t{in_flight} - under_way});
    std::string wrong;
    std::size_t count = 0;
    members_[m]->receive(most, {}, [&](const delivered& one) {
      ++count;
      const std::size_t n = static_cast<std::size_t>(std::atoi(std::string(one.payload).c_str()));
      if (std::find(ready.begin(), ready.end(), n) == ready.end()) return void(wrong = "received what could not come: " + std::to_string(n));
      state& of = *messages_[n].of[g];
      if (one.deliveries != of.deliveries + 1) wrong = "delivery " + std::to_string(one.deliveries) + " of " + std::to_string(n);
      const message& sent = messages_[n];
      if (one.id != sent.id || one.topic != topics[sent.topic] || one.key != std::to_string(sent.key)) wrong = "another message";
      of = {at::under_way, one.deliveries, now_ + settle_within, m, one.token};
      tokens_.push_back({one.token, m, n});
    });
    ++seen_[count == 0 ? "receive: none" : count == most ? "receive: as many as asked for" : "receive: some"];
    if (expected < std::min(most, ready.size())) ++seen_["receive: the limit in flight"];
    if (wrong.empty() && count != expected) wrong = "received " + std::to_string(count) + " and not " + std::to_string(expected);
    return wrong;
  }

  std::string settle() {
    if (tokens_.empty()) return {};
    const std::size_t back = std::min<std::size_t>(tokens_.size(), one_in(4) ? 20 : 4);
    const token_seen one = tokens_[tokens_.size() - 1 - below(back)];
    const std::size_t m = one_in(8) ? below(3) : one.member;
    state& of = *messages_[one.message].of[group_of(one.member)];
    const bool expected = of.where == at::under_way && of.token == one.token && of.member == m;
    static constexpr const char* words[] = {"ack", "ack", "nak", "nak with a delay", "term", "extend"};
    const std::size_t what = below(6);
    const std::int64_t delay = what == 3 ? 1 + static_cast<std::int64_t>(below(6)) : 0;
    subscription& by = *members_[m];
    const bool came = what < 2   ? by.ack(one.token)
                      : what < 4 ? by.nak(one.token, {delay * Rig::unit.nanoseconds})
                      : what < 5 ? by.term(one.token, "bad")
                                 : by.extend(one.token);
    ++seen_[std::string(words[what]) + (came ? ": done" : ": conflict")];
    if (came != expected) return std::string(words[what]) + (came ? " was done" : " was not done") + " for " + std::to_string(one.message);
    if (!came) return {};
    if (what < 2) of.where = at::over;
    else if (what < 4) hand_back(of, delay == 0 ? 0 : now_ + delay);
    else if (what == 4) of.where = at::dead;
    else of.time = now_ + settle_within;
    return {};
  }

  std::string letters() {
    const std::size_t g = below(2);
    std::vector<std::size_t> expected, came;
    std::map<std::size_t, delivery_token> tokens;
    for (std::size_t n = 0; n < messages_.size(); ++n)
      if (messages_[n].of[g] && messages_[n].of[g]->where == at::dead) expected.push_back(n);
    link_.each_dead(groups[g], [&](const dead_letter& one) {
      came.push_back(static_cast<std::size_t>(std::atoi(std::string(one.message.payload).c_str())));
      tokens[came.back()] = one.message.token;
      return true;
    });
    if (came != expected) return "other dead letters: " + std::to_string(came.size()) + " and not " + std::to_string(expected.size());
    if (came.empty()) return {};
    const std::size_t n = came[below(came.size())];
    state& of = *messages_[n].of[g];
    const bool revives = one_in(2);
    if (!(revives ? link_.revive(groups[g], tokens[n]) : link_.discard(groups[g], tokens[n]))) return "a dead letter was not there any more";
    ++seen_[revives ? "revive" : "discard"];
    of = state{};
    if (!revives) of.where = at::over;
    return {};
  }

  std::string pass() {
    const std::int64_t time = one_in(10) ? 61 : 1 + static_cast<std::int64_t>(below(4));
    now_ += time;
    rig_.pass({time * Rig::unit.nanoseconds});
    ++seen_["time passes"];
    return {};
  }

  /// The connections, or what holds the messages: then the delays are over, and nobody counts what was under way as handed back.
  std::string lose() {
    const bool restarts = transport::promises.outlives != survival::nothing && one_in(2);
    if (restarts ? !rig_.restart() : !rig_.cut()) return {};
    ++seen_[restarts ? "restart" : "cut"];
    for (message& one : messages_)
      for (std::optional<state>& of : one.of) {
        if (of && of->where == at::under_way) hand_back(*of, 0);
        if (restarts && of && of->where == at::waiting) of->time = 0;
      }
    if (!restarts) return {};
    // What was handed out for the last time is put aside when somebody asks for it: ask, so that the model need not wait.
    for (std::size_t m = 0; m < 3; ++m)
      if (const auto* broken = members_[m]->broken()) return std::string("a member is broken: ") + broken->describe();
    return settle_spent();
  }
  /// After a restart a message that was handed out too often becomes a dead letter when its turn has come; the model has it so at once.
  std::string settle_spent() {
    for (std::size_t m : {std::size_t{0}, std::size_t{2}})
      for (std::size_t turn = 0; turn < 2 * in_flight; ++turn) {
        std::string wrong;
        const std::size_t got = members_[m]->receive(1, {}, [&](const delivered& one) {
          const std::size_t n = static_cast<std::size_t>(std::atoi(std::string(one.payload).c_str()));
          std::optional<state>& of = messages_[n].of[group_of(m)];
          if (!of || of->where != at::waiting || !is_first(n, group_of(m))) wrong = "after a restart came what could not: " + std::to_string(n);
          else if (!members_[m]->ack(one.token)) wrong = "after a restart an acknowledgement was not taken";
          else of->where = at::over;
        });
        if (!wrong.empty()) return wrong;
        if (got == 0) break;
      }
    return {};
  }

  std::uint64_t state_;
  transport_coverage& seen_;
  Rig rig_{};
  connection link_;
  std::optional<subscription> members_[3];
  std::vector<message> messages_;
  std::vector<token_seen> tokens_;
  std::map<std::string, std::int64_t> published_;
  std::size_t ids_ = 0;
  std::int64_t now_ = 0;
};

/// Draws so many histories of 120 steps, the first with this seed; says on_broken(name, how) at the first that goes wrong, with its seed.
template <class Rig, class OnBroken>
transport_coverage draw_transport_histories(std::size_t histories, std::uint64_t first_seed, OnBroken&& on_broken) {
  transport_coverage seen;
  for (std::size_t i = 0; i < histories; ++i) {
    const std::uint64_t seed = first_seed + i;
    transport_history<Rig> one(seed, seen);
    for (int step = 0; step < 120; ++step) {
      const std::string wrong = one.step();
      if (wrong.empty()) continue;
      on_broken("a drawn history", "seed " + std::to_string(seed) + ", step " + std::to_string(step) + ": " + wrong);
      return seen;
    }
  }
  return seen;
}

}  // namespace gesta::laws
