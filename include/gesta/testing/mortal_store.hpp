// A store for tests whose programs die at a commit: what was kept lies outside of them, as bytes, and the next program finds it.
// Floor: testing.
// May include: detail, message, model, codec, store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gesta/codec/binary.hpp>
#include <gesta/message/about.hpp>
#include <gesta/message/key.hpp>
#include <gesta/message/key_bytes.hpp>
#include <gesta/message/once.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/store/failure.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

namespace gesta::testing {

/// What outlives a program: its log. `dies_at_commit` is asked at each commit that has something to keep.
struct afterlife {
  struct event {
    std::uint16_t tag, aggregate;
    std::string key;
    std::uint64_t version;
    origin from;
    std::vector<std::byte> payload;
  };
  struct outcome {
    remembered what;
    std::vector<std::byte> payload;
  };
  using request = std::pair<std::string, std::uint64_t>;
  enum class death : std::uint8_t { none, before, behind };

  std::vector<event> events;
  std::map<request, outcome> outcomes;
  death (*dies_at_commit)(void* who) = nullptr;
  void* who = nullptr;
  bool is_dead = false;  ///< the program: until it is set back, nothing is kept and nothing begins
};

namespace detail_of_mortal_store {

template <class Flow>
class log {
 public:
  struct stream {
    std::uint64_t last = 0;
  };
  static constexpr bool can_fail = true;
  static constexpr bool is_memory = false;

  template <class Store>
  explicit log(const Store& store) : kept_(*store.on) {}

  const failure* broken() const noexcept { return nullptr; }
  const failure& last_failure() const noexcept { return failure_; }
  std::uint64_t last_position() const noexcept { return seen_ + pending_.size(); }

  bool begin() { return !kept_.is_dead || dead(); }
  template <class F>
  bool catch_up(F&& f) {
    for (; seen_ < kept_.events.size(); ++seen_) f(recorded_as(kept_.events[seen_], seen_ + 1));
    return true;
  }
  template <class Aggregate, class Event>
  append_result append(stream& s, std::uint32_t, key_bytes key, std::uint64_t version, const origin& from, const Event& e) {
    std::vector<std::byte> payload(encoded_size(e));
    encode(e, payload.data());
    pending_.push_back({Flow::template tag<Event>, Flow::template aggregate_tag<Aggregate>, std::string(key.data, key.size), version, from,
                        std::move(payload)});
    s.last = version;
    return append_result::ok;
  }
  bool commit() {
    using death = afterlife::death;
    if (kept_.is_dead) return dead();
    const bool may_die = kept_.dies_at_commit != nullptr && (!pending_.empty() || !new_outcomes_.empty());
    const death how = may_die ? kept_.dies_at_commit(kept_.who) : death::none;
    kept_.is_dead = how != death::none;
    if (how == death::before) return dead();
    seen_ += pending_.size();
    for (auto& e : pending_) kept_.events.push_back(std::move(e));
    for (auto& [request, what] : new_outcomes_) kept_.outcomes[request] = std::move(what);
    pending_.clear();
    new_outcomes_.clear();
    return how == death::none || dead();
  }
  void rollback() noexcept {
    pending_.clear();
    new_outcomes_.clear();
  }

  recall_result recall(const once& request, remembered& out) {
    for (const auto* all : {&new_outcomes_, &kept_.outcomes}) {
      const auto found = all->find({request.source, request.number});
      if (found == all->end()) continue;
      out = found->second.what;
      out.payload = found->second.payload.data();
      return recall_result::known;
    }
    return recall_result::fresh;
  }
  bool remember(const once& request, const remembered& what) {
    const auto* const from = static_cast<const std::byte*>(what.payload);
    new_outcomes_[{request.source, request.number}] = {what, std::vector<std::byte>(from, from + what.size)};
    return true;
  }
  template <class F>
  bool read(std::uint16_t aggregate, const stream&, key_bytes key, const slice& part, F&& f) {
    return each(part, f, [&](const recorded& r) { return r.aggregate == aggregate && gesta::same_key(r.key, key) && part.holds(r.version); });
  }
  template <class F>
  bool read_all(const slice& part, F&& f) {
    return each(part, f, [&](const recorded& r) { return part.holds(r.position); });
  }

 private:
  template <class F, class Wanted>
  bool each(const slice& part, F& f, Wanted&& wanted) {
    std::vector<recorded> all;
    std::uint64_t position = 0;
    for (const auto* list : {&kept_.events, &pending_})
      for (const afterlife::event& e : *list)
        if (const recorded r = recorded_as(e, ++position); wanted(r)) all.push_back(r);
    if (part.backwards) std::reverse(all.begin(), all.end());
    for (std::size_t i = 0; i < all.size() && i < part.limit; ++i)
      if (!f(static_cast<const recorded&>(all[i]))) break;
    return true;
  }
  static recorded recorded_as(const afterlife::event& e, std::uint64_t position) {
    return {e.tag,    e.aggregate, unknown_entity,   {e.key.data(), static_cast<std::uint32_t>(e.key.size())}, e.version, position,
            e.from,   e.payload.data(), static_cast<std::uint32_t>(e.payload.size()), false};
  }
  bool dead() {
    failure_ = failure(failure::kind::interrupted, 0, "this program has died");
    return false;
  }

  afterlife& kept_;
  std::size_t seen_ = 0;
  std::vector<afterlife::event> pending_;
  std::map<afterlife::request, afterlife::outcome> new_outcomes_;
  failure failure_;
};

}  // namespace detail_of_mortal_store

/// The store of programs that die. One program at a time. Copies of an `afterlife` are copies of a log.
struct mortal_store {
  afterlife* on;

  template <class Model>
  using log = detail_of_mortal_store::log<flow<Model>>;
};

}  // namespace gesta::testing
