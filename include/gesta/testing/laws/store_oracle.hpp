// What a store should do, in a form that is plainly right: lists in memory, searched from the front. It carries out the same steps as
// a store and gives the same texts, so that drawn histories can be held against it.
// Floor: testing. Shares nothing with any store.
// May include: the words of store_script.hpp, std.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gesta/testing/laws/store_script.hpp>

namespace gesta::laws {

/// The oracle of one store, whatever number of programs use it: steps with `other` are the same to it.
class store_oracle {
 public:
  /// What a step should come to. No steps about time.
  std::string run(const std::string& step) {
    detail::words w = detail::split(step, ' ');
    const std::string verb = w[0];
    if (verb == "other") return run(step.substr(6));
    if (verb == "append") return append(step.substr(verb.size()));
    w.erase(w.begin());
    if (verb == "handle") return handle(w);
    if (verb == "read" || verb == "log") {
      const slice part = detail::slice_of(w);
      const bool some = detail::flag(w, "recounts");
      return lines(verb == "read" ? w[0] : std::string(), part, some);
    }
    if (verb == "poll") return poll(w);
    if (verb == "state") return state(w);
    if (verb == "last") return std::to_string(now_.log.size());
    if (verb == "version") return std::to_string(version(w[0]));
    if (verb == "look") return "done";
    if (verb == "truncate") return truncate(w[0], detail::number_of(w[1]));
    if (verb == "close") return close(w[0]);
    if (verb == "batch") return before_ = now_, in_batch_ = true, "done";
    if (verb == "commit") return in_batch_ = false, "done";
    if (verb == "rollback" || verb == "reopen") {
      if (in_batch_) now_ = before_;
      in_batch_ = false;
      return "done";
    }
    return "?";
  }

  bool in_batch() const noexcept { return in_batch_; }
  std::size_t version(const std::string& stream) const {
    std::size_t count = 0;
    for (const entry& e : now_.log) count += e.stream == stream ? 1 : 0;
    return count;
  }
  std::size_t last() const noexcept { return now_.log.size(); }

 private:
  struct entry {
    std::string stream, event;
    std::size_t version;
  };
  struct contents {
    std::vector<entry> log;
    std::map<std::string, std::string> outcomes;  ///< by name
    std::map<std::string, std::size_t> first;     ///< the first version that is kept, where something was erased; all: closed
  };

  std::vector<std::string> events_of(const std::string& stream) const {
    std::vector<std::string> all;
    for (const entry& e : now_.log)
      if (e.stream == stream) all.push_back(e.event);
    return all;
  }
  std::size_t position(const std::string& stream, std::size_t version) const {
    for (std::size_t i = 0; i < now_.log.size(); ++i)
      if (now_.log[i].stream == stream && now_.log[i].version == version) return i + 1;
    return 0;
  }
  void put(const std::string& stream, const std::string& event) { now_.log.push_back({stream, event, version(stream) + 1}); }

  // What a store refuses half way takes a batch with it, except in memory: it is not drawn in batches.
  std::string refuse() const { return "tombstoned"; }

  static bool holds(const std::string& expectation, std::size_t actual) {
    if (expectation == "any") return true;
    if (expectation == "exists") return actual > 0;
    return actual == (expectation == "none" ? 0 : detail::number_of(expectation));
  }

  // ---- append

  std::string append(const std::string& text) {
    struct part {
      std::string stream, expectation;
      std::vector<std::string> events;
    };
    std::vector<part> parts;
    std::string name;
    for (const std::string& one : detail::split(text, ',')) {
      detail::words w = detail::split(one, ' ');
      if (const auto s = detail::option(w, "once"); !s.empty()) name = "append " + s;
      const auto at = w[0].find('@');
      parts.push_back({w[0].substr(0, at), w[0].substr(at + 1), {w.begin() + 1, w.end()}});
    }
    if (!name.empty() && now_.outcomes.count(name) != 0) {
      if (in_batch_ && before_.outcomes.count(name) == 0) return "duplicate";
      const std::string& first = now_.outcomes[name];
      return "again " + (first == "nothing" ? first : first.substr(first.find("..")));
    }
    std::string conflict, half;
    std::size_t with_events = 0, there = 0, first = 0, last = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const part& p = parts[i];
      for (std::size_t j = 0; j < i; ++j)
        if (parts[j].stream == p.stream) return "duplicate";
      with_events += p.events.empty() ? 0 : 1;
      const std::size_t actual = version(p.stream);
      if (holds(p.expectation, actual)) continue;
      const std::string found = "conflict " + std::to_string(i) + ' ' + std::to_string(actual);
      if (p.expectation != "exists" && !p.events.empty()) {
        const std::size_t from = p.expectation == "none" ? 0 : detail::number_of(p.expectation);
        if (actual > from && is_closed(p.stream)) return "tombstoned";
        if (actual > from && from + 1 < first_of(p.stream)) return "truncated";
        const auto all = events_of(p.stream);
        bool same = from + p.events.size() <= all.size();
        for (std::size_t k = 0; same && k < p.events.size(); ++k) same = all[from + k] == p.events[k];
        if (same) {
          ++there;
          if (half.empty()) half = found;
          const std::size_t begin = position(p.stream, from + 1), end = position(p.stream, from + p.events.size());
          first = first == 0 || begin < first ? begin : first;
          last = end > last ? end : last;
          continue;
        }
      }
      if (conflict.empty()) conflict = found;
    }
    if (there != 0 && there == with_events) return "again " + std::to_string(first) + ".." + std::to_string(last);
    if (!conflict.empty()) return conflict;
    if (there != 0) return half;
    const std::size_t before = now_.log.size();
    for (const part& p : parts)
      if (!p.events.empty() && is_closed(p.stream)) return refuse();
    for (const part& p : parts)
      for (const std::string& event : p.events) put(p.stream, event);
    const std::string outcome = before == now_.log.size() ? "nothing" : std::to_string(before + 1) + ".." + std::to_string(now_.log.size());
    if (!name.empty()) now_.outcomes[name] = outcome;
    return outcome;
  }

  // ---- handle

  std::string handle(detail::words& w) {
    const std::string number = detail::option(w, "once"), expectation = detail::option(w, "expected");
    const std::string name = number.empty() ? std::string() : "handle " + number;
    if (!name.empty() && now_.outcomes.count(name) != 0) return "again " + now_.outcomes[name];
    const std::string& stream = w[0];
    if (!expectation.empty() && !holds(expectation, version(stream))) return "conflict " + std::to_string(version(stream));
    std::string outcome;
    if (detail::is_slot(stream) && w[1] == "9") {
      outcome = "rejected";
    } else if (detail::is_slot(stream) && w[1] == "0") {
      outcome = "nothing";
    } else if (is_closed(stream)) {
      return refuse();
    } else {
      const auto digits = detail::split(w[1], ',');
      put(stream, digits[0]);
      if (digits.size() == 2) put(stream, '~' + digits[1]);
      outcome = std::to_string(version(stream)) + '@' + std::to_string(now_.log.size());
    }
    if (!name.empty()) now_.outcomes[name] = outcome;
    return outcome;
  }

  // ---- reading

  /// `some`: recounts alone.
  std::string lines(const std::string& stream, const slice& part, bool some) const {
    if (!stream.empty() && is_closed(stream)) return "tombstoned";
    if (!stream.empty() && part.after + 1 < first_of(stream) && part.to > part.after) return "truncated";
    std::vector<std::string> all;
    for (std::size_t i = 0; i < now_.log.size(); ++i) {
      const entry& e = now_.log[i];
      const std::size_t number = stream.empty() ? i + 1 : e.version;
      if ((stream.empty() || e.stream == stream) && number > part.after && number <= part.to && is_handed_over(e, some))
        all.push_back(std::to_string(e.version) + '@' + std::to_string(i + 1) + ':' + e.event);
    }
    if (part.backwards) all = {all.rbegin(), all.rend()};
    std::string out;
    for (std::size_t i = 0; i < all.size() && i < part.limit; ++i) out += (out.empty() ? "" : " ") + all[i];
    return out.empty() ? "-" : out;
  }
  /// The fold of what is kept of a stream from a version on, up to a version and a position.
  std::string folded(const std::string& stream, std::size_t first, std::size_t most_version, std::size_t most_position, bool& any) const {
    std::string text;
    for (std::size_t i = 0; i < now_.log.size() && i < most_position; ++i) {
      const entry& e = now_.log[i];
      if (e.stream != stream || e.version < first || e.version > most_version) continue;
      any = true;
      if (!detail::is_slot(stream)) text += (text.empty() ? "" : "-") + e.event;
      else if (e.event[0] == '~') text = e.event.substr(1);
      else text += e.event;
    }
    return text.empty() ? "-" : text;
  }
  // Of the first program; the other's feed is not drawn.
  std::string poll(detail::words& w) {
    const std::size_t end = in_batch_ ? before_.log.size() : now_.log.size();
    if (const auto s = detail::option(w, "from"); !s.empty()) followed_ = detail::number_of(s);
    if (detail::flag(w, "foreign") || followed_ > end) return "ahead_of_log";
    const std::string limit = detail::option(w, "limit");
    const bool some = detail::flag(w, "recounts");
    slice part{.after = followed_, .to = end};
    std::size_t left = limit.empty() ? ~std::size_t{0} : detail::number_of(limit);
    for (part.to = followed_; part.to < end && left != 0; ++part.to)
      if (is_handed_over(now_.log[part.to], some)) --left;
    followed_ = part.to;
    return lines({}, part, some);
  }
  std::string state(detail::words& w) const {
    constexpr std::size_t all = ~std::size_t{0};
    std::size_t most_version = all, most_position = all;
    bool of_now = true;
    if (const auto s = detail::option(w, "version"); !s.empty()) most_version = detail::number_of(s), of_now = false;
    if (const auto s = detail::option(w, "position"); !s.empty()) most_position = detail::number_of(s), of_now = false;
    const std::size_t first = first_of(w[0]);
    if (is_closed(w[0])) return of_now || most_version == 0 || most_position == 0 ? "-" : "tombstoned";
    bool any = false;
    const std::string text = folded(w[0], first, most_version, most_position, any);
    return first > 1 && !any && most_version != 0 && most_position != 0 ? "truncated" : text;
  }

  // ---- erasing

  bool is_handed_over(const entry& e, bool some) const { return e.version >= first_of(e.stream) && (!some || e.event[0] == '~'); }
  std::size_t first_of(const std::string& stream) const {
    const auto at = now_.first.find(stream);
    return at == now_.first.end() ? 1 : at->second;
  }
  bool is_closed(const std::string& stream) const { return first_of(stream) > version(stream) && version(stream) != 0; }
  std::string truncate(const std::string& stream, std::size_t before) {
    if (in_batch_) return "busy";
    if (is_closed(stream)) return "tombstoned";
    if (version(stream) == 0 || before <= first_of(stream)) return "done";
    if (before > version(stream)) return "conflict";
    bool any = false;
    constexpr std::size_t all = ~std::size_t{0};
    if (folded(stream, before, all, all, any) != folded(stream, first_of(stream), all, all, any)) return "differs";
    now_.first[stream] = before;
    return "done";
  }
  std::string close(const std::string& stream) {
    if (in_batch_) return "busy";
    if (version(stream) == 0) return "conflict";
    now_.first[stream] = version(stream) + 1;
    return "done";
  }

  contents now_, before_;
  std::size_t followed_ = 0;
  bool in_batch_ = false;
};

}  // namespace gesta::laws
