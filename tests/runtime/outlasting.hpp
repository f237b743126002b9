// What outlives a program that dies, for tests of delivery: a view store whose content lies outside of it, a transport through which it publishes and
// receives, and the step at which it dies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gesta/store/failure.hpp>
#include <gesta/store/letter.hpp>
#include <gesta/store/progress.hpp>
#include <gesta/transport/in_process.hpp>
#include <gesta/transport/transport.hpp>

namespace outlasting {

/// Counts the steps of a program. At one of them it dies, before the step or behind it, or the step fails and the program goes on.
struct fate {
  enum class kind : std::uint8_t { lives, dies_before, dies_behind, fails_before, fails_behind };
  std::uint64_t steps = 0, at = 0;
  kind how = kind::lives;
  bool is_dead = false;

  /// doing() where the program is alive; false: the step failed as far as the program knows.
  template <class Do>
  bool step(Do&& doing) {
    if (is_dead) return false;
    if (++steps != at || how == kind::lives) return doing();
    if (how == kind::dies_before) return is_dead = true, false;
    if (how == kind::fails_before) return false;
    const bool done = doing();
    (void)done;
    if (how == kind::dies_behind) is_dead = true;
    return false;
  }
};

struct content {
  std::map<std::string, gesta::progress, std::less<>> consumers;
  std::map<std::string, std::map<std::pair<std::uint64_t, std::string>, gesta::letter>, std::less<>> letters;
};

/// A view store without rows.
struct views {
  content* kept;
  fate* of;

  template <class... Projection>
  class opened {
   public:
    explicit opened(const views& where) : kept_(where.kept), of_(where.of) {}
    const gesta::failure* broken() const { return nullptr; }
    const gesta::failure& last_failure() const { return cause_; }
    bool begin() {
      return told(of_->step([&] { return now_ = *kept_, is_open_ = true; }));
    }
    bool commit() {
      const bool done = of_->step([&] { return *kept_ = now_, true; });
      is_open_ = false;
      return told(done);
    }
    void rollback() { is_open_ = false; }
    bool load(std::string_view name, gesta::progress& state) {
      const auto& all = seen().consumers;
      const auto found = all.find(name);
      state = found == all.end() ? gesta::progress{} : found->second;
      return told(!of_->is_dead);
    }
    bool save(std::string_view name, const gesta::progress& state) { return now_.consumers[std::string(name)] = state, told(!of_->is_dead); }
    bool put(std::string_view name, const gesta::letter& one) {
      now_.letters[std::string(name)][{one.position, one.key}] = one;
      return told(!of_->is_dead);
    }
    bool drop(std::string_view name, const gesta::letter& one) {
      now_.letters[std::string(name)].erase({one.position, one.key});
      return told(!of_->is_dead);
    }
    template <class Visit>
    bool each_letter(std::string_view name, Visit&& visit) {
      const auto& all = seen().letters;
      const auto found = all.find(name);
      if (found == all.end()) return told(!of_->is_dead);
      const auto copy = found->second;
      for (const auto& [place, one] : copy)
        if (!visit(one)) break;
      return told(!of_->is_dead);
    }
    bool is_blocked(std::string_view name, std::string_view key, bool& blocked) {
      blocked = false;
      return each_letter(name, [&](const gesta::letter& one) { return blocked = one.key == key && one.discarded.empty(), !blocked; });
    }

   private:
    const content& seen() const { return is_open_ ? now_ : *kept_; }
    bool told(bool good) {
      if (!good) cause_ = gesta::failure(gesta::failure::kind::input_output, 0, "the view store is gone");
      return good;
    }
    content* kept_;
    fate* of_;
    content now_;
    bool is_open_ = false;
    gesta::failure cause_;
  };
};

inline std::int64_t now = 1'000'000'000;
struct clock {
  gesta::timestamp operator()() const noexcept { return {now}; }
};

using hub = gesta::in_process_hub<clock, gesta::in_process_limits{.dedup_window = {}, .largest_message = 4096}>;
using bus = gesta::in_process<clock, gesta::in_process_limits{.dedup_window = {}, .largest_message = 4096}>;

/// A subscription whose answers are steps.
class member {
 public:
  member(bus::subscription&& of, fate* mine, gesta::failure* cause) : of_(std::move(of)), fate_(mine), cause_(cause) {}
  template <class Take>
  std::size_t receive(std::size_t most, gesta::duration patience, Take&& take) {
    std::size_t count = 0;
    (void)fate_->step([&] { return count = of_.receive(most, patience, take), true; });
    return count;
  }
  bool ack(gesta::delivery_token token) {
    return fate_->step([&] { return of_.ack(token); });
  }
  bool nak(gesta::delivery_token token, gesta::duration delay) {
    return fate_->step([&] { return of_.nak(token, delay); });
  }
  bool term(gesta::delivery_token token, std::string_view reason) {
    return fate_->step([&] { return of_.term(token, reason); });
  }
  bool extend(gesta::delivery_token token) {
    return fate_->step([&] { return of_.extend(token); });
  }
  const gesta::failure* broken() const { return of_.broken(); }
  const gesta::failure& last_failure() const { return *cause_; }

 private:
  bus::subscription of_;
  fate* fate_;
  gesta::failure* cause_;
};

class link;
/// A transport whose connections die and fail by plan.
struct mortal_bus {
  using connection = link;
  static constexpr gesta::guarantee promises = bus::promises;
  static constexpr gesta::duration dedup_window{};
  static constexpr std::size_t largest_message = 4096;
  bus to;
  fate* mine;
};

/// A connection that dies and fails by plan, and writes down what it was asked.
class link {
 public:
  link(const bus& to, fate& mine) : of_(to), fate_(&mine) {}
  explicit link(const mortal_bus& to) : of_(to.to), fate_(to.mine) {}

  bool is_unreachable = false, has_no_room = false;
  std::set<std::string> never_taken;             ///< ids
  std::vector<std::string> published;            ///< ids, in order
  std::map<std::string, int> under_way;          ///< by key: published and not waited for
  int most_under_way_of_a_key = 0, most_under_way = 0, asked = 0;

  const gesta::failure* broken() const { return nullptr; }
  std::size_t largest() const { return of_.largest(); }
  gesta::ticket publish(const gesta::parcel& message) {
    using kind = gesta::failure::kind;
    ++asked;
    if (has_no_room) return cause_ = gesta::failure(kind::full, 0, "no room"), gesta::ticket{0};
    if (never_taken.contains(std::string(message.id))) return cause_ = gesta::failure(kind::too_large, 0, "larger than it takes"), gesta::ticket{0};
    gesta::ticket number = 0;
    if (!is_unreachable)
      (void)fate_->step([&] {
        published.emplace_back(message.id);
        number = of_.publish(message);
        if (number == 0) cause_ = of_.last_failure();
        return true;
      });
    if (number == 0 && cause_.why == kind::too_large) return 0;
    open_[++last_] = {number, std::string(message.key)};
    most_under_way_of_a_key = std::max(most_under_way_of_a_key, ++under_way[std::string(message.key)]);
    most_under_way = std::max(most_under_way, static_cast<int>(open_.size()));
    return last_;
  }
  gesta::acceptance wait(gesta::ticket ours, gesta::duration patience) {
    if (ours == 0) return gesta::acceptance::refused;
    const auto [number, key] = open_[ours];
    open_.erase(ours);
    --under_way[key];
    gesta::acceptance came = gesta::acceptance::unknown;
    if (number != 0) (void)fate_->step([&] { return came = of_.wait(number, patience), true; });
    if (number == 0) cause_ = gesta::failure(gesta::failure::kind::busy, 0, "the cable is out");
    return came;
  }
  member subscribe(const gesta::subscribing& how) { return member(of_.subscribe(how), fate_, &cause_); }
  template <class Take>
  bool each_dead(std::string_view group, Take&& take) {
    return of_.each_dead(group, take);
  }
  bool revive(std::string_view group, gesta::delivery_token token) { return of_.revive(group, token); }
  bool discard(std::string_view group, gesta::delivery_token token) { return of_.discard(group, token); }
  const gesta::failure& last_failure() const { return cause_; }

 private:
  bus::connection of_;
  fate* fate_;
  gesta::failure cause_;
  std::map<gesta::ticket, std::pair<gesta::ticket, std::string>> open_;
  gesta::ticket last_ = 0;
};

}  // namespace outlasting
