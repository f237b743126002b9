// A store for tests that is no memory: events are bytes on a `disk` that several apps open at once. It breaks and interferes on demand.
#pragma once

#include <gesta/codec/binary.hpp>
#include <gesta/model/flow.hpp>
#include <gesta/store/slice.hpp>
#include <gesta/store/store.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace shared {

using bytes = std::vector<std::byte>;
struct event {
  std::uint16_t tag, aggregate;
  std::string key;
  std::uint64_t version;
  gesta::origin from;
  bytes payload;
};
struct outcome {
  gesta::remembered what;
  bytes payload;
};
using request = std::pair<std::string, std::uint64_t>;

struct disk {
  std::vector<event> events;
  std::map<request, outcome> outcomes;
  std::function<void()> before_commit = [] {};   ///< where others interfere
  std::function<void()> after_rollback = [] {};  ///< once
  bool sees_conflict_at_append = false;
  gesta::failure::kind fails_at_commit{};
  int failing_commits = 0;
  int failing_begins = 0;
  int begins = 0, commits = 0, rollbacks = 0;
};

template <class Flow>
class log {
 public:
  struct stream {
    std::uint64_t last = 0;  ///< version, as this app knows it
  };
  static constexpr bool can_fail = true;
  static constexpr bool is_memory = false;

  template <class Store>
  explicit log(const Store& store) : disk_(*store.on) {}

  const gesta::failure* broken() const noexcept { return nullptr; }
  const gesta::failure& last_failure() const noexcept { return failure_; }
  std::uint64_t last_position() const noexcept { return seen_ + pending_.size(); }

  // One entity at a time.
  static constexpr bool reads_single_entities = true;
  void read_on_demand() noexcept {}
  bool skip() {
    seen_ = disk_.events.size();
    return true;
  }
  std::uint32_t times_changed() const noexcept { return times_changed_; }
  template <class Use, class F>
  bool load(std::uint16_t aggregate, stream& s, gesta::key_bytes key, std::uint64_t& version, Use&&, F&& f) {
    const std::uint64_t after = version;
    std::uint64_t position = 0;
    for (const event& e : disk_.events) {
      ++position;
      if (e.aggregate != aggregate || e.key != std::string(key.data, key.size)) continue;
      s.last = version = e.version;
      if (e.version > after && !f(as_recorded(e, position))) break;
    }
    return true;
  }

  bool begin() {
    times_changed_ += disk_.events.size() != seen_ ? 1 : 0;
    ++disk_.begins;
    if (disk_.failing_begins > 0) {
      --disk_.failing_begins;
      return fails(gesta::failure::kind::busy, "somebody else writes");
    }
    return true;
  }
  template <class F>
  bool catch_up(F&& f) {
    while (seen_ < disk_.events.size()) {
      ++seen_;
      f(as_recorded(disk_.events[seen_ - 1], seen_));
    }
    return true;
  }
  template <class Aggregate, class Event>
  gesta::append_result append(stream& s, std::uint32_t, gesta::key_bytes key, std::uint64_t version, const gesta::origin& from, const Event& e) {
    const std::string name(key.data, key.size);
    if (disk_.sees_conflict_at_append) {
      interfere();
      if (version_on_disk(Flow::template aggregate_tag<Aggregate>, name) >= version) return gesta::append_result::conflict;
    }
    bytes payload(gesta::encoded_size(e));
    gesta::encode(e, payload.data());
    pending_.push_back({Flow::template tag<Event>, Flow::template aggregate_tag<Aggregate>, name, version, from, payload});
    s.last = version;
    return gesta::append_result::ok;
  }
  bool commit() {
    ++disk_.commits;
    interfere();
    if (disk_.failing_commits > 0) {
      --disk_.failing_commits;
      return fails(disk_.fails_at_commit, "the disk is gone");
    }
    if (seen_ != disk_.events.size() && !pending_.empty()) return fails(gesta::failure::kind::conflict, "others wrote");
    disk_.events.insert(disk_.events.end(), pending_.begin(), pending_.end());
    seen_ += pending_.size();
    pending_.clear();
    for (auto& [id, o] : pending_outcomes_) disk_.outcomes[id] = std::move(o);
    pending_outcomes_.clear();
    return true;
  }
  void rollback() noexcept {
    ++disk_.rollbacks;
    pending_.clear();
    pending_outcomes_.clear();
    std::exchange(disk_.after_rollback, [] {})();
  }

  gesta::recall_result recall(const gesta::once& r, gesta::remembered& out) {
    for (const auto* all : {&disk_.outcomes, &pending_outcomes_}) {
      const auto found = all->find({r.source, r.number});
      if (found == all->end()) continue;
      out = found->second.what;
      out.payload = found->second.payload.data();
      return gesta::recall_result::known;
    }
    return gesta::recall_result::fresh;
  }
  bool remember(const gesta::once& r, const gesta::remembered& what) {
    const auto* const from = static_cast<const std::byte*>(what.payload);
    pending_outcomes_[{r.source, r.number}] = {what, bytes(from, from + what.size)};
    return true;
  }
  template <class F>
  bool read(std::uint16_t aggregate, const stream&, gesta::key_bytes key, const gesta::slice& part, F&& f) {
    return each(part, f, [&](const gesta::recorded& e) {
      return e.aggregate == aggregate && gesta::same_key(e.key, key) && part.holds(e.version);
    });
  }
  template <class F>
  bool read_all(const gesta::slice& part, F&& f) {
    return each(part, f, [&](const gesta::recorded& e) { return part.holds(e.position); });
  }

 private:
  template <class F, class Wanted>
  bool each(const gesta::slice& part, F& f, Wanted&& wanted) {
    std::vector<gesta::recorded> all;
    for (const auto* list : {&disk_.events, &pending_})
      for (const event& e : *list)
        if (const auto r = as_recorded(e, list == &pending_ ? disk_.events.size() + static_cast<std::size_t>(&e - pending_.data()) + 1
                                                           : static_cast<std::size_t>(&e - disk_.events.data()) + 1);
            wanted(r))
          all.push_back(r);
    if (part.backwards) std::reverse(all.begin(), all.end());
    for (std::size_t i = 0; i < all.size() && i < part.limit; ++i)
      if (!f(all[i])) break;
    return true;
  }
  static gesta::recorded as_recorded(const event& e, std::uint64_t position) {
    return {e.tag, e.aggregate, gesta::unknown_entity, {e.key.data(), static_cast<std::uint32_t>(e.key.size())}, e.version, position, e.from,
            e.payload.data(), static_cast<std::uint32_t>(e.payload.size()), false};
  }
  std::uint64_t version_on_disk(std::uint16_t aggregate, const std::string& key) const {
    std::uint64_t version = 0;
    for (const event& e : disk_.events)
      if (e.aggregate == aggregate && e.key == key) version = e.version;
    return version;
  }
  // Others go through this store too, and are left alone.
  void interfere() {
    const auto others = std::exchange(disk_.before_commit, [] {});
    others();
    disk_.before_commit = others;
  }
  bool fails(gesta::failure::kind why, const char* what) {
    failure_ = gesta::failure(why, 0, what);
    return false;
  }

  disk& disk_;
  std::size_t seen_ = 0;
  std::uint32_t times_changed_ = 1;
  std::vector<event> pending_;
  std::map<request, outcome> pending_outcomes_;
  gesta::failure failure_;
};

struct store {
  disk* on;
  template <class Model>
  using log = shared::log<gesta::flow<Model>>;
};

}  // namespace shared
