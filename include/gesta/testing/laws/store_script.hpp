// The language in which the laws of stores are written, and who carries it out. One law is one line:
//
//     append 1@none 4 5; append 1@1 5 -> again 2..2; read 1 -> 1@1:4 2@2:5
//
// Floor: testing.
// May include: all above, std.
//
// Steps are separated by ';'. What stands behind "->" is what the step has to come to; without it the step has to succeed.
// Streams are 1, 2, 3 (slots, with digits as events; ~5 is a recount; digits, recounts, digits in one append) and a, b, c (books, with words as events).
//
//     append STREAM@EXPECTED EVENT... [, STREAM@EXPECTED EVENT...] [once=N] [time=T]     EXPECTED: a version, none, any, exists
//         -> FIRST..LAST | again FIRST..LAST | again ..LAST (by its name) | nothing | again nothing | conflict WHICH ACTUAL | FAILURE
//     handle STREAM DIGIT|WORD [expected=EXPECTED] [once=N]      -> VERSION@POSITION | again ... | nothing | rejected | conflict ACTUAL | FAILURE
//     handle STREAM DIGIT,DIGIT                                  two events of one decision
//     read STREAM [after=] [to=] [limit=] [back] [recounts]      -> VERSION@POSITION:EVENT ... | - | FAILURE    recounts: asks for no other events
//     log [after=] [to=] [limit=] [back] [recounts]              likewise, by positions
//     poll [limit=] [recounts]                                   what a feed hands over that it has not yet -> as log
//     poll from=POSITION | poll foreign                          from a position, or one of another log, on
//     state STREAM [version=|position=|time=]                    -> DIGITS or WORDS, or -
//     last -> POSITION        version STREAM -> VERSION          time STREAM -> of each event
//     truncate STREAM VERSION | close STREAM                     erases what lies before the version, or all -> done | FAILURE
//     batch | commit | rollback                                  one unit of work of several steps
//     look                                                       takes in what others appended
//     reopen                                                     where the store outlives its program; else nothing
//     other STEP                                                 by another program on the same store, where there can be one
//     beside STEP                                                likewise, while a batch is open: where units run side by side
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gesta/testing/laws/store_model.hpp>

namespace gesta::laws {

namespace detail {

using words = std::vector<std::string>;

inline words split(const std::string& text, char at) {
  words all(1);
  for (const char c : text) {
    if (c == at) all.emplace_back();
    else all.back() += c;
  }
  words out;
  for (std::string& one : all) {
    const auto begin = one.find_first_not_of(' ');
    if (begin != std::string::npos) out.push_back(one.substr(begin, one.find_last_not_of(' ') - begin + 1));
  }
  return out;
}

inline std::uint64_t number_of(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 10); }
inline bool is_slot(const std::string& stream) { return stream[0] >= '0' && stream[0] <= '9'; }

inline std::string name_of(failure::kind why) {
  constexpr const char* names[] = {"full",      "busy",         "cannot_open", "input_output", "corrupt",  "conflict",  "unknown_event", "chain_too_long",
                                   "differs",   "too_large",    "interrupted", "duplicate",    "ahead_of_log", "tombstoned", "truncated"};
  const auto at = static_cast<std::size_t>(why);
  return at < sizeof names / sizeof *names ? names[at] : "?";
}

/// `key=value` among the words, taken out of them; empty where there is none.
inline std::string option(words& from, const std::string& key) {
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i].rfind(key + '=', 0) == 0) {
      const std::string value = from[i].substr(key.size() + 1);
      from.erase(from.begin() + static_cast<std::ptrdiff_t>(i));
      return value;
    }
  return {};
}
inline bool flag(words& from, const std::string& name) {
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i] == name) return from.erase(from.begin() + static_cast<std::ptrdiff_t>(i)), true;
  return false;
}

inline expected expectation_of(const std::string& text) {
  if (text == "any") return expected::any();
  if (text == "none") return expected::none();
  if (text == "exists") return expected::exists();
  return expected{number_of(text)};
}

inline slice slice_of(words& from) {
  slice part;
  if (const std::string s = option(from, "after"); !s.empty()) part.after = number_of(s);
  if (const std::string s = option(from, "to"); !s.empty()) part.to = number_of(s);
  if (const std::string s = option(from, "limit"); !s.empty()) part.limit = number_of(s);
  part.backwards = flag(from, "back");
  return part;
}

/// Whether each law is tried again with the store opened anew behind each step. A place to which it is dear says `opens_anew()`.
template <class Place>
bool is_opened_anew() {
  if constexpr (requires { Place::opens_anew(); }) return Place::opens_anew();
  else return Place::outlives;
}

/// What one append gives to one stream.
struct given_facts {
  std::string stream;
  expected expectation;
  std::vector<std::int64_t> digits, recounts, later;  ///< in this order
  words said;
};

inline given_facts facts_from(const std::string& text) {
  words parts = split(text, ' ');
  given_facts out;
  const auto at = parts[0].find('@');
  out.stream = parts[0].substr(0, at);
  out.expectation = expectation_of(parts[0].substr(at + 1));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (!is_slot(out.stream)) out.said.push_back(parts[i]);
    else if (parts[i][0] == '~') out.recounts.push_back(std::atoll(parts[i].c_str() + 1));
    else (out.recounts.empty() ? out.digits : out.later).push_back(std::atoll(parts[i].c_str()));
  }
  return out;
}

constexpr auto make_count = [](std::int64_t digit) { return counted{digit}; };
constexpr auto make_recount = [](std::int64_t digit) { return recounted{digit}; };
constexpr auto make_word = [](const std::string& word) { return said{word}; };

}  // namespace detail

/// The laws speak of positions as 1, 2, 3, ... Where a log has gaps they are the places of the events that were kept, in the order of their
/// positions: this has them.
class places_in_log {
 public:
  bool are_learnt_in_batches = true;  ///< which reads what the batch wrote, so that it is sent to the store: others may then have to wait

  void add(std::uint64_t position) {
    const auto at = std::lower_bound(all_.begin(), all_.end(), position);
    if (at == all_.end() || *at != position) all_.insert(at, position);
  }
  std::uint64_t place_of(std::uint64_t position) const {
    return static_cast<std::uint64_t>(std::upper_bound(all_.begin(), all_.end(), position) - all_.begin());
  }
  std::uint64_t position_at(std::uint64_t place) const {
    if (place == 0) return 0;
    return place <= all_.size() ? all_[place - 1] : (all_.empty() ? 0 : all_.back()) + (place - all_.size());
  }

 private:
  std::vector<std::uint64_t> all_;
};

/// Runs steps on one app, each a text; the results are texts as well.
template <class App>
class script_runner {
 public:
  /// Positions have gaps, an event may be hidden by a unit that began before it, and views are kept by others.
  static constexpr bool has_horizon = App::has_horizon;

  /// `followed` is where the feed of this program goes on, and outlives it; `kept` are the places of all programs of a store, likewise.
  script_runner(App& app, checkpoint& followed, places_in_log& kept) : app_(app), followed_(followed), kept_(kept) {}

  bool in_batch() const noexcept { return batch_.has_value(); }
  void end_batch() { batch_.reset(); }

  /// What a step comes to. An unknown step is "?".
  std::string run(const std::string& step) {
    learn();
    detail::words w = detail::split(step, ' ');
    const std::string verb = w[0];
    if (verb == "append") return append(step.substr(verb.size()));
    w.erase(w.begin());
    if (verb == "handle") return handle(w);
    if (verb == "read") return read(w);
    if (verb == "log") return log(w);
    if (verb == "poll") return poll(w);
    if (verb == "state") return state(w);
    if (verb == "time") return times(w);
    if (verb == "look") return app_.catch_up() ? "done" : "failed";
    if (verb == "last") return std::to_string(place_of(app_.last_position()));
    if (verb == "version") return std::to_string(version(w[0]));
    if (verb == "truncate") return truncate(w[0], detail::number_of(w[1]));
    if (verb == "close") return close(w[0]);
    if (verb == "batch") return batch_.emplace(app_), "done";
    if (verb == "commit" && batch_) return commit();
    if (verb == "rollback") return batch_.reset(), "done";
    return "?";
  }

  /// What holds after every step, whatever it was; the law that is broken, or an empty text.
  std::string broken_invariant() {
    learn();
    std::vector<std::string> lines;
    std::uint64_t position = 0;
    bool in_order = true, is_whole = true;
    for (const char* stream : {"1", "2", "3", "a", "b", "c"}) is_whole = is_whole && !is_erased(stream);
    const auto read = app_.read({}, [&](const auto& event, const about& where) {
      in_order = in_order && (is_whole && !has_horizon ? where.position == position + 1 : where.position > position);
      position = where.position;
      lines.push_back(line(event, where));
    });
    if (!read) return std::string("the log can be read: ") + read.why().describe();
    if (!in_order) return "positions are 1, 2, 3, ... without gaps, but for what was erased";
    if (is_whole && position != app_.last_position()) return "the last position is that of the last event";
    if constexpr (!has_horizon)
      if (is_whole && !batch_ && app_.template view<history>().lines != lines) return "a view has seen each event once, in the order of the log";
    for (const char* stream : {"1", "2", "3", "a", "b", "c"})
      if (const char* const broken = is_erased(stream) ? broken_in_erased(stream) : broken_in_stream(stream, lines)) return broken;
    return {};
  }

 private:
  std::string all_of(const std::string& stream) {
    detail::words w{stream};
    return read(w);
  }
  bool is_erased(const std::string& stream) {
    const std::string all = all_of(stream);
    return all == "truncated" || all == "tombstoned";
  }
  const char* broken_in_erased(const std::string& stream) {
    if (all_of(stream) == "tombstoned" && state_now(stream) != "-") return "a closed stream has the state of one without events";
    return nullptr;
  }
  const char* broken_in_stream(const std::string& stream, const std::vector<std::string>& log) {
    detail::words backwards{stream, "back"};
    detail::words forth = detail::split(all_of(stream), ' '), back = detail::split(read(backwards), ' ');
    if (forth == detail::words{"-"}) forth.clear();
    if (back == detail::words{"-"}) back.clear();
    if (forth.size() != version(stream)) return "the version of a stream is the number of its events";
    for (std::size_t i = 0; i < forth.size(); ++i) {
      if (forth[i].rfind(std::to_string(i + 1) + '@', 0) != 0) return "versions are 1, 2, 3, ... without gaps";
      if (back.size() != forth.size() || back[forth.size() - 1 - i] != forth[i]) return "backwards is forwards turned round";
      bool in_log = false;
      for (const std::string& line : log) in_log = in_log || line == forth[i];
      if (!in_log) return "an event of a stream lies in the log at the position that it says";
    }
    return state_now(stream) == folded(stream, forth) ? nullptr : "the state is the fold of the stream";
  }

  // ---- append

  std::string append(std::string text) {
    detail::words tail;
    std::vector<detail::given_facts> all;
    std::string once_text, time_text;
    for (const std::string& part : detail::split(text, ',')) {
      detail::words w = detail::split(part, ' ');
      if (const auto s = detail::option(w, "once"); !s.empty()) once_text = s;
      if (const auto s = detail::option(w, "time"); !s.empty()) time_text = s;
      std::string rest;
      for (const std::string& one : w) rest += one + ' ';
      all.push_back(detail::facts_from(rest));
    }
    const appended r = !once_text.empty() ? append_all(all, once{"laws", detail::number_of(once_text)})
                       : !time_text.empty()
                           ? append_all(all, at_time{{static_cast<std::int64_t>(detail::number_of(time_text))}})
                           : append_all(all);
    if (r.conflict() != nullptr) return "conflict " + std::to_string(r.which()) + ' ' + std::to_string(r.conflict()->actual);
    if (!r) return detail::name_of(r.why().why);
    learn();
    const std::string first = r.first_position() == 0 ? "" : std::to_string(place_of(r.first_position()));
    const std::string where = r.position() == 0 ? "nothing" : first + ".." + std::to_string(place_of(r.position()));
    return (r.repeated() ? "again " : "") + where;
  }

  // Three streams without an option, two under a name, one at a time: what the laws say, and no more that would be compiled.
  template <class... Option>
  appended append_all(const std::vector<detail::given_facts>& all, const Option&... options) {
    constexpr bool one_only = (std::is_same_v<Option, at_time> || ...), two_only = sizeof...(Option) != 0;
    if (all.size() == 1) return with(all[0], [&](const auto& f) { return apply(f, options...); });
    if constexpr (!one_only)
      if (all.size() == 2) return with(all[0], [&](const auto& f) { return with(all[1], [&](const auto& g) { return apply(f, g, options...); }); });
    if constexpr (!two_only)
      if (all.size() == 3)
        return with(all[0], [&](const auto& f) {
          return with(all[1], [&](const auto& g) { return with(all[2], [&](const auto& h) { return apply(f, g, h); }); });
        });
    return appended(failure(failure::kind::differs, 0, "the laws do not speak of so many streams"));
  }
  template <class Take>
  static appended with(const detail::given_facts& given, Take&& take) {
    if (detail::is_slot(given.stream))
      return take(facts<slots>(detail::number_of(given.stream), given.expectation, each(given.digits, detail::make_count),
                               each(given.recounts, detail::make_recount), each(given.later, detail::make_count)));
    return take(facts<books>(given.stream, given.expectation, each(given.said, detail::make_word)));
  }
  template <class... Argument>
  appended apply(const Argument&... argument) {
    return batch_ ? batch_->open.append(argument...) : app_.append(argument...);
  }

  // ---- handle

  std::string handle(detail::words& w) {
    const std::string once_text = detail::option(w, "once"), expected_text = detail::option(w, "expected");
    const once request{"laws", detail::number_of(once_text)};
    const expected expectation = detail::expectation_of(expected_text);
    const auto send = [&](const auto& key, const auto& command) {
      if (!once_text.empty() && !expected_text.empty()) return outcome(key, command, request, expectation);
      if (!once_text.empty()) return outcome(key, command, request);
      if (!expected_text.empty()) return outcome(key, command, expectation);
      return outcome(key, command);
    };
    if (!detail::is_slot(w[0])) return send(w[0], say{w[1]});
    const auto digits = detail::split(w[1], ',');
    const auto first = static_cast<std::int64_t>(detail::number_of(digits[0]));
    if (digits.size() == 2) return outcome(detail::number_of(w[0]), count_twice{first, static_cast<std::int64_t>(detail::number_of(digits[1]))});
    return send(detail::number_of(w[0]), count{first});
  }
  template <class... Argument>
  std::string outcome(const Argument&... argument) {
    return batch_ ? text_of_outcome(batch_->open.handle(argument...)) : text_of_outcome(app_.handle(argument...));
  }
  template <class Outcome>
  std::string text_of_outcome(const Outcome& r) {
    learn();
    const std::string what = r.match([&](const auto&) { return r.position() == 0 ? "nothing" : std::to_string(r.version()) + '@' + std::to_string(place_of(r.position())); },
                                     [](const even_only&) { return std::string("rejected"); },
                                     [](const conflict& c) { return "conflict " + std::to_string(c.actual); },
                                     [](const failure& f) { return detail::name_of(f.why); });
    return (r.repeated() ? "again " : "") + what;
  }

  // ---- reading

  std::string read(detail::words& w) {
    const slice part = detail::slice_of(w);
    const bool some = detail::flag(w, "recounts");
    return detail::is_slot(w[0]) ? lines(some, [&](auto&& visit) { return app_.template read<slots>(detail::number_of(w[0]), part, visit); })
                                 : lines(some, [&](auto&& visit) { return app_.template read<books>(w[0], part, visit); });
  }
  std::string log(detail::words& w) {
    slice part = detail::slice_of(w);
    part.after = position_at(part.after);
    if (part.to != slice::end) part.to = position_at(part.to);
    return lines(detail::flag(w, "recounts"), [&](auto&& visit) { return app_.read(part, visit); });
  }
  std::string poll(detail::words& w) {
    if (const auto s = detail::option(w, "from"); !s.empty()) followed_ = {app_.incarnation(), position_at(detail::number_of(s))};
    if (detail::flag(w, "foreign")) followed_ = {{1, 2}, 1};
    const std::string limit = detail::option(w, "limit");
    const bool some = detail::flag(w, "recounts");
    auto feed = app_.follow(followed_);
    const std::string out = lines(some, [&](auto&& visit) { return feed.poll(visit, limit.empty() ? slice::end : detail::number_of(limit)); });
    followed_ = feed.checkpoint();
    return out;
  }
  template <class Read>
  std::string lines(bool recounts, Read&& read_them) {
    std::string out;
    const auto add = [&](const auto& event, const about& where) { out += (out.empty() ? "" : " ") + line(event, where); };
    const read_result r = recounts ? read_them(only<recounted>(add)) : read_them(add);
    if (!r) return detail::name_of(r.why().why);
    return out.empty() ? "-" : out;
  }
  std::string times(detail::words& w) {
    std::string out;
    const auto add = [&](const auto&, const about& where) { out += (out.empty() ? "" : " ") + std::to_string(where.time.nanoseconds); };
    const read_result r = detail::is_slot(w[0]) ? app_.template read<slots>(detail::number_of(w[0]), {}, add) : app_.template read<books>(w[0], {}, add);
    return r ? out : detail::name_of(r.why().why);
  }

  std::uint64_t version(const std::string& stream) const {
    return detail::is_slot(stream) ? app_.template version<slots>(detail::number_of(stream)) : app_.template version<books>(stream);
  }

  static std::string text(const slot& s) { return s.digits == 0 ? "-" : std::to_string(s.digits); }
  static std::string text(const book& b) { return b.words.empty() ? "-" : b.words; }
  std::string state_now(const std::string& stream) const {
    return detail::is_slot(stream) ? text(app_.template state<slots>(detail::number_of(stream))) : text(app_.template state<books>(stream));
  }
  template <class Moment>
  std::string state_at(const std::string& stream, const Moment& when) {
    const auto say = [](const auto& was) { return was ? text(*was) : detail::name_of(was.why().why); };
    return detail::is_slot(stream) ? say(app_.template state<slots>(detail::number_of(stream), when)) : say(app_.template state<books>(stream, when));
  }
  std::string state(detail::words& w) {
    if (const auto s = detail::option(w, "version"); !s.empty()) return state_at(w[0], at_version{detail::number_of(s)});
    if (const auto s = detail::option(w, "position"); !s.empty()) return state_at(w[0], at_position{position_at(detail::number_of(s))});
    if (const auto s = detail::option(w, "time"); !s.empty()) return state_at(w[0], at_time{{static_cast<std::int64_t>(detail::number_of(s))}});
    return state_now(w[0]);
  }
  static std::string folded(const std::string& stream, const detail::words& lines) {
    slot s;
    book b;
    for (const std::string& line : lines) {
      const std::string event = line.substr(line.find(':') + 1);
      if (!detail::is_slot(stream)) evolve(b, said{event});
      else if (event[0] == '~') evolve(s, recounted{std::atoll(event.c_str() + 1)});
      else evolve(s, counted{std::atoll(event.c_str())});
    }
    return detail::is_slot(stream) ? text(s) : text(b);
  }

  // ---- erasing

  static std::string text_of_commit(const committed& r) { return r ? "done" : detail::name_of(r.why().why); }
  std::string truncate(const std::string& stream, std::uint64_t version) {
    if constexpr (App::can_erase)
      return text_of_commit(detail::is_slot(stream) ? app_.template truncate_before<slots>(detail::number_of(stream), version)
                                                    : app_.template truncate_before<books>(stream, version));
    return "?";
  }
  std::string close(const std::string& stream) {
    if constexpr (App::can_close)
      return text_of_commit(detail::is_slot(stream) ? app_.template close<slots>(detail::number_of(stream)) : app_.template close<books>(stream));
    return "?";
  }

  // ---- batches

  struct open_batch {
    explicit open_batch(App& app) : open(app.batch()) {}
    typename App::batch_type open;
  };
  std::string commit() {
    const auto r = batch_->open.commit();
    batch_.reset();
    return r ? "done" : detail::name_of(r.why().why);
  }

  // ---- positions

  void learn() {
    if constexpr (has_horizon) {
      if (batch_ && !kept_.are_learnt_in_batches) return;
      own_ = kept_;
      auto& to = batch_ ? own_ : kept_;
      (void)app_.read({}, [&](const auto&, const about& where) { to.add(where.position); });
      if (!batch_) own_ = kept_;
    }
  }
  std::uint64_t place_of(std::uint64_t position) const {
    if constexpr (has_horizon) return own_.place_of(position);
    else return position;
  }
  std::uint64_t position_at(std::uint64_t place) const {
    if constexpr (has_horizon) return own_.position_at(place);
    else return place;
  }
  template <class Event>
  std::string line(const Event& event, about where) const {
    where.position = place_of(where.position);
    return line_of(event, where);
  }

  App& app_;
  checkpoint& followed_;
  places_in_log& kept_;
  places_in_log own_;  ///< with those of the open batch
  std::optional<open_batch> batch_;
};

}  // namespace gesta::laws
