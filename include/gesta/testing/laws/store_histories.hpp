// Drawn histories of appends, decisions and readings, held against the oracle step by step.
// Floor: testing.
// May include: all above, std.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gesta/testing/laws/store.hpp>
#include <gesta/testing/laws/store_oracle.hpp>

namespace gesta::laws {

/// How often each kind of step came to each kind of outcome: "append exactly, stream with one event: written".
using store_coverage = std::map<std::string, std::size_t>;

namespace detail {

/// Draws steps for one history. All it knows of the store is what the oracle knows.
class step_drawer {
 public:
  step_drawer(std::uint64_t seed, const store_oracle& oracle, bool several_programs, bool erases)
      : state_(seed), oracle_(oracle), several_(several_programs), erases_(erases) {}

  std::string next() {
    if (oracle_.in_batch()) {
      if (one_in(5)) return one_in(3) ? "rollback" : "commit";
    } else {
      if (one_in(16)) return "batch";
      if (one_in(24)) return "reopen";
      if (erases_ && one_in(16)) return "truncate " + stream() + ' ' + number_below(5);
    }
    const std::string who = several_ && !oracle_.in_batch() && one_in(6) ? "other " : "";
    switch (below(9)) {
      case 0: case 1: case 2: return who + append();
      case 3: return who + repeated();
      case 4: return who + handle();
      case 5: return "read " + stream() + slice_text();
      case 6: return "log" + slice_text();
      case 7: return one_in(3) ? "poll limit=" + number_below(4) : "poll";
      default: return "state " + stream() + moment();
    }
  }

 private:
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(gesta::detail::mix(state_ += 0x9e3779b97f4a7c15u) >> 11) % count; }
  bool one_in(std::size_t count) { return below(count) == 0; }
  std::string number_below(std::size_t count) { return std::to_string(below(count)); }

  std::string stream() {
    constexpr const char* names[] = {"1", "2", "3", "a", "b", "c"};
    return names[below(6)];
  }
  std::string expectation(const std::string& stream) {
    const std::size_t version = oracle_.version(stream);
    switch (below(7)) {
      case 0: return "any";
      case 1: return "exists";
      case 2: return "none";
      case 3: return std::to_string(below(version + 2));
      default: return std::to_string(version);
    }
  }
  // Of few kinds, so that what is drawn twice is often the same.
  std::string events(const std::string& stream, std::size_t count) {
    std::string out;
    std::size_t recounts = is_slot(stream) && count != 0 && one_in(4) ? 1 : 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_slot(stream)) out += one_in(2) ? " x" : " yy";
      else out += (i + recounts == count ? " ~" : " ") + std::to_string(1 + below(2));
    }
    return out;
  }
  std::string part() {
    const std::string s = stream();
    return s + '@' + expectation(s) + events(s, one_in(5) ? 0 : 1 + below(3));
  }
  std::string append() {
    std::string text = "append " + part();
    while (one_in(4) && text.find(',') == std::string::npos) text += ", " + part();
    if (one_in(6)) text += " once=" + number_below(4);
    last_ = text;
    return text;
  }
  // The last append again: as it was, with its last event left out, or with one more.
  std::string repeated() {
    if (last_.empty()) return append();
    const std::string shorter = last_.substr(0, last_.rfind(' '));
    const auto part = last_.rfind(',') == std::string::npos ? std::string("append ").size() : last_.rfind(',') + 2;
    switch (below(4)) {
      case 0: return shorter.find('@', part) != std::string::npos ? shorter : last_;
      case 1: return last_ + (is_slot(last_.substr(part)) ? " ~1" : " x");
      default: return last_;
    }
  }
  std::string handle() {
    const std::string s = stream();
    std::string text = "handle " + s + ' ' + (is_slot(s) ? (one_in(6) ? "9" : one_in(6) ? "0" : std::to_string(1 + below(2))) : "x");
    if (one_in(2)) text += " expected=" + expectation(s);
    if (one_in(2)) text += (is_slot(s) ? " once=1" : " once=2") + number_below(2);  // one name belongs to one command
    return text;
  }
  std::string slice_text() {
    std::string text;
    if (one_in(2)) text += " after=" + number_below(8);
    if (one_in(2)) text += " to=" + number_below(10);
    if (one_in(3)) text += " limit=" + number_below(5);
    if (one_in(2)) text += " back";
    return text;
  }
  std::string moment() {
    if (one_in(3)) return {};
    return (one_in(2) ? " version=" : " position=") + number_below(9);
  }

  std::uint64_t state_;
  const store_oracle& oracle_;
  bool several_, erases_;
  std::string last_;
};

inline std::string kind_of_expectation(const std::string& text) {
  return text == "any" || text == "exists" || text == "none" ? text : "exactly";
}
inline std::string kind_of_outcome(const std::string& result) {
  if (result.rfind("again", 0) == 0) return "repeated";
  if (result.rfind("conflict", 0) == 0) return "conflict";
  for (const char* word : {"rejected", "nothing", "duplicate", "truncated", "tombstoned", "differs", "busy", "done"})
    if (result == word) return result;
  return "written";
}
inline std::string kind_of_stream(std::size_t version) { return version == 0 ? "no event" : version == 1 ? "one event" : "many events"; }

/// The cell of the coverage that a step falls into, before it is done.
inline std::string cell_of(const std::string& step, const store_oracle& oracle) {
  words w = split(step, ' ');
  if (w[0] == "other") w.erase(w.begin());
  if (w[0] == "append") {
    const auto at = w[1].find('@');
    const bool several = step.find(',') != std::string::npos, named = step.find("once=") != std::string::npos;
    return std::string("append") + (named ? ", named" : several ? ", several streams" : "") + ", " + kind_of_expectation(w[1].substr(at + 1)) + ", " +
           kind_of_stream(oracle.version(w[1].substr(0, at)));
  }
  if (w[0] == "handle") {
    const std::string expectation = option(w, "expected");
    return "handle, " + (expectation.empty() ? std::string("nothing expected") : kind_of_expectation(expectation)) + ", " + kind_of_stream(oracle.version(w[1]));
  }
  if (w[0] == "read" || w[0] == "log") {
    const std::size_t version = w[0] == "log" ? oracle.last() : oracle.version(w[1]);
    return w[0] + (flag(w, "back") ? ", backwards, " : ", ") + kind_of_stream(version);
  }
  if (w[0] == "state") return "state" + std::string(w.size() > 2 ? ", as it was, " : ", ") + kind_of_stream(oracle.version(w[1]));
  if (w[0] == "truncate" || w[0] == "close") return w[0] + ", " + kind_of_stream(oracle.version(w[1]));
  return w[0];
}
inline bool has_outcomes(const std::string& cell) {
  for (const char* verb : {"append", "handle", "truncate", "close"})
    if (cell.rfind(verb, 0) == 0) return true;
  return false;
}

}  // namespace detail

/// Draws histories of so many steps, each on a new store, and holds each step against the oracle. Calls broken(seed, how) for a history
/// that differs: `seed` draws it again as the first one. Returns how often each kind of step came to each kind of outcome.
template <class Place, class Broken>
store_coverage hold_histories(std::uint64_t first_seed, std::size_t histories, std::size_t steps, Broken&& broken) {
  store_coverage seen;
  for (std::size_t h = 0; h < histories; ++h) {
    const std::uint64_t seed = first_seed + h;
    law_stage<Place> stage;
    store_oracle oracle;
    using app_type = typename law_stage<Place>::app_type;
    detail::step_drawer draw(seed, oracle, Place::shared, app_type::can_erase);
    std::string done;
    for (std::size_t i = 0; i < steps; ++i) {
      const std::string step = draw.next();
      if (step == "reopen" && !Place::outlives) continue;
      std::string cell = detail::cell_of(step, oracle);
      if (Place::shared && !oracle.in_batch() && step.rfind("state", 0) == 0) stage.run("look");  // it shows what this program has seen
      const std::string wanted = oracle.run(step), got = stage.run(step);
      done += step + "; ";
      if (wanted != got) {
        broken(seed, done + "gave " + got + ", not " + wanted);
        break;
      }
      if (detail::has_outcomes(cell)) {
        const std::string kind = detail::kind_of_outcome(got);
        cell = (kind == "truncated" ? detail::split(cell, ',')[0] : cell) + ": " + kind;  // whatever was expected of what was erased
      }
      ++seen[cell];
    }
    if (!stage.in_batch()) stage.run("look");
    if (const std::string how = stage.broken_invariant(false); !how.empty()) broken(seed, done + "broke: " + how);
  }
  return seen;
}

}  // namespace gesta::laws
