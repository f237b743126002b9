// A school with courses (an aggregate), enrolments and user names (two boundaries), the same in plain words one command after another, and
// the question whether what clients were told at the same time is what they would have been told one after another.
#pragma once

#include <gesta/domain.hpp>
#include <gesta/model/model.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace serial {

// ---- the domain, as gesta runs it

struct planned  { int course; unsigned seats; static constexpr auto id = "planned"; using tags = gesta::tags<"course">; };
struct closed   { int course; static constexpr auto id = "closed"; using tags = gesta::tags<"course">; };
struct plan     { int course; unsigned seats; };
struct close    { int course; };
struct already  { static constexpr auto id = "already"; };
struct lessons  { bool planned = false, closed = false; };
inline void evolve(lessons& l, const planned&) { l.planned = true; }
inline void evolve(lessons& l, const closed&) { l.closed = true; }
inline auto decide(const lessons& l, const plan& c) -> gesta::emits<planned>::or_rejects<already> {
  if (l.planned) return already{};
  return planned{c.course, c.seats};
}
inline auto decide(const lessons& l, const close& c) -> gesta::emits<closed>::or_nothing {
  if (!l.planned || l.closed) return gesta::no_change;
  return closed{c.course};
}
struct courses : gesta::aggregate<lessons, gesta::commands<plan, close>, gesta::by<"course">> { static constexpr auto id = "course"; };

struct enrolled  { int course; int student; static constexpr auto id = "enrolled"; using tags = gesta::tags<"course", "student">; };
struct withdrawn { int course; int student; static constexpr auto id = "withdrawn"; using tags = gesta::tags<"course", "student">; };
struct enrol     { int course; int student; };
struct withdraw  { int course; int student; };
struct not_open  { static constexpr auto id = "not_open"; };
struct full      { static constexpr auto id = "full"; };
struct busy      { static constexpr auto id = "busy"; };
struct course    { unsigned seats = 0, taken = 0; bool open = false; using tags = gesta::tags<"course">; };
struct student   { unsigned courses = 0; using tags = gesta::tags<"student">; };
struct place     { bool taken = false; using tags = gesta::tags<"course", "student">; };
inline void evolve(course& c, const planned& e) { c.seats = e.seats, c.open = true; }
inline void evolve(course& c, const closed&) { c.open = false; }
inline void evolve(course& c, const enrolled&) { ++c.taken; }
inline void evolve(course& c, const withdrawn&) { --c.taken; }
inline void evolve(student& s, const enrolled&) { ++s.courses; }
inline void evolve(student& s, const withdrawn&) { --s.courses; }
inline void evolve(place& p, const enrolled&) { p.taken = true; }
inline void evolve(place& p, const withdrawn&) { p.taken = false; }
inline auto decide(const course& c, const student& s, const place& p, const enrol& e)
    -> gesta::emits<enrolled>::or_nothing::or_rejects<not_open, full, busy> {
  if (p.taken) return gesta::no_change;
  if (!c.open) return not_open{};
  if (c.taken >= c.seats) return full{};
  if (s.courses >= 2) return busy{};
  return enrolled{e.course, e.student};
}
inline auto decide(const place& p, const withdraw& e) -> gesta::emits<withdrawn>::or_nothing {
  if (!p.taken) return gesta::no_change;
  return withdrawn{e.course, e.student};
}
struct enrolments : gesta::boundary<gesta::states<course, student, place>, gesta::commands<enrol, withdraw>> { static constexpr auto id = "enrolments"; };

struct released { std::string name; int user; static constexpr auto id = "name.released"; using tags = gesta::tags<"name", "user">; };
struct claimed  { std::string name; int user; bool instead; static constexpr auto id = "name.claimed"; using tags = gesta::tags<"name", "user">; };
struct claim    { std::string name; int user; };
struct release  { int user; };
struct in_use   { static constexpr auto id = "in_use"; };
struct holder   { int user = 0; using tags = gesta::tags<"name">; };
struct user     { std::string name; using tags = gesta::tags<"user">; };
inline void evolve(holder& h, const claimed& e) { h.user = e.user; }
inline void evolve(holder& h, const released&) { h.user = 0; }
inline void evolve(user& u, const claimed& e) { u.name = e.name; }
inline void evolve(user& u, const released&) { u.name.clear(); }
inline auto decide(const holder& h, const user& u, const claim& c) -> gesta::emits<released, claimed>::or_nothing::or_rejects<in_use> {
  if (h.user == c.user) return gesta::no_change;
  if (h.user != 0) return in_use{};
  if (u.name.empty()) return claimed{c.name, c.user, false};
  return gesta::emit(released{u.name, c.user}, claimed{c.name, c.user, true});
}
inline auto decide(const user& u, const release& c) -> gesta::emits<released>::or_nothing {
  if (u.name.empty()) return gesta::no_change;
  return released{u.name, c.user};
}
struct names : gesta::boundary<gesta::states<holder, user>, gesta::commands<claim, release>> { static constexpr auto id = "names"; };

struct school : gesta::model<courses, enrolments, names> {};

// ---- the same, one after another

enum class verb : std::uint8_t { plan, close, enrol, withdraw, claim, release };
enum class said : std::uint8_t { accepted, nothing, already, not_open, full, busy, in_use, conflict, failed };

/// A wish: a course and a student, or a name and a user.
struct wish {
  verb what = verb::plan;
  int first = 0;
  int second = 0;
};
inline std::string name_of(int number) { return "name" + std::to_string(number); }

/// An event in the words of this model: what, and whom it concerns.
struct happening {
  char what;  ///< p, c, e, w, r(eleased), n(amed), N(amed, after r of the same wish)
  int first;
  int second;
  bool operator==(const happening&) const = default;
};

/// What was wished, when, and what was told.
struct exchange {
  wish wished;
  std::uint64_t call = 0, answer = 0;  ///< of one clock
  bool has_seen = false;
  std::uint64_t seen = 0;
  said told = said::failed;
  std::uint64_t position = 0;  ///< of the last event; of a conflict: the position that was told
};

struct school_now {
  std::map<int, std::pair<unsigned, bool>> courses;  ///< seats, open
  std::set<int> ever;
  std::set<std::pair<int, int>> places;
  std::map<int, int> holder_of;  ///< name -> user

  unsigned taken(int course) const {
    return static_cast<unsigned>(std::count_if(places.begin(), places.end(), [&](const auto& p) { return p.first == course; }));
  }
  unsigned courses_of(int student) const {
    return static_cast<unsigned>(std::count_if(places.begin(), places.end(), [&](const auto& p) { return p.second == student; }));
  }
  int name_held_by(int user) const {
    for (const auto& [name, holder] : holder_of)
      if (holder == user) return name;
    return 0;
  }

  said answer(const wish& w, std::vector<happening>& events) const {
    const auto found = courses.find(w.first);
    const bool is_planned = found != courses.end();
    switch (w.what) {
      case verb::plan:
        if (is_planned) return said::already;
        return events.push_back({'p', w.first, w.second}), said::accepted;
      case verb::close:
        if (!is_planned || !found->second.second) return said::nothing;
        return events.push_back({'c', w.first, 0}), said::accepted;
      case verb::enrol:
        if (places.count({w.first, w.second}) != 0) return said::nothing;
        if (!is_planned || !found->second.second) return said::not_open;
        if (taken(w.first) >= found->second.first) return said::full;
        if (courses_of(w.second) >= 2) return said::busy;
        return events.push_back({'e', w.first, w.second}), said::accepted;
      case verb::withdraw:
        if (places.count({w.first, w.second}) == 0) return said::nothing;
        return events.push_back({'w', w.first, w.second}), said::accepted;
      case verb::claim: {
        const auto holds = holder_of.find(w.first);
        if (holds != holder_of.end()) return holds->second == w.second ? said::nothing : said::in_use;
        const int old = name_held_by(w.second);
        if (old != 0) events.push_back({'r', old, w.second});
        return events.push_back({old == 0 ? 'n' : 'N', w.first, w.second}), said::accepted;
      }
      case verb::release: {
        const int old = name_held_by(w.second);
        if (old == 0) return said::nothing;
        return events.push_back({'r', old, w.second}), said::accepted;
      }
    }
    return said::failed;
  }

  void apply(const happening& e) {
    if (e.what == 'p') courses[e.first] = {static_cast<unsigned>(e.second), true};
    if (e.what == 'c') courses[e.first].second = false;
    if (e.what == 'e') places.insert({e.first, e.second});
    if (e.what == 'w') places.erase({e.first, e.second});
    if (e.what == 'r') holder_of.erase(e.first);
    if (e.what == 'n' || e.what == 'N') holder_of[e.first] = e.second;
  }

  /// "" or the rule that is broken: seats, courses of a student, names of a user. That a name has one holder is what holder_of is.
  std::string broken_rule() const {
    for (const auto& [course, has] : courses)
      if (taken(course) > has.first) return "course " + std::to_string(course) + " has more students than seats";
    for (const auto& [course, student] : places)
      if (courses_of(student) > 2) return "student " + std::to_string(student) + " has more than two courses";
    std::set<int> users;
    for (const auto& [name, user] : holder_of)
      if (!users.insert(user).second) return "user " + std::to_string(user) + " has two names";
    return "";
  }
};

/// Whether an event belongs to what the decision of a wish reads.
inline bool concerns(const happening& e, const wish& w) {
  const bool is_name = e.what == 'r' || e.what == 'n' || e.what == 'N';
  const bool is_pair = e.what == 'e' || e.what == 'w';
  switch (w.what) {
    case verb::enrol: return !is_name && (e.first == w.first || (is_pair && e.second == w.second));
    case verb::withdraw: return is_pair && e.first == w.first && e.second == w.second;
    case verb::claim: return is_name && (e.first == w.first || e.second == w.second);
    case verb::release: return is_name && e.second == w.second;
    default: return false;  // of an aggregate
  }
}

/// "" when what clients were told is what they would have been told one after another, in an order that keeps every answer before every
/// later call; else what cannot be explained.
///
/// Who was accepted stands where its events stand. Who changed nothing stands between two events: for each in turn the first place that
/// explains the answer and is not before anybody who had their answer before the call. To take the first is best for all who come after.
inline std::string check(const std::vector<happening>& log, std::vector<exchange> told) {
  std::vector<school_now> at(1);  // after so many events
  for (const happening& e : log) {
    school_now next = at.back();
    if ((e.what == 'n' || e.what == 'N') && next.holder_of.count(e.first) != 0) return "a name that is held is given at position " + std::to_string(at.size());
    next.apply(e);
    if (const std::string why = next.broken_rule(); !why.empty()) return why + " at position " + std::to_string(at.size());
    at.push_back(std::move(next));
  }
  const auto last_before = [&](const wish& w, std::size_t place) {
    while (place != 0 && !concerns(log[place - 1], w)) --place;
    return static_cast<std::uint64_t>(place);
  };
  const auto answer_at = [&](const exchange& one, std::size_t place, std::vector<happening>& events) {
    if (one.has_seen && last_before(one.wished, place) > one.seen) return said::conflict;
    return at[place].answer(one.wished, events);
  };
  const auto line_of = [](const exchange& one) {
    return "wish " + std::to_string(static_cast<int>(one.wished.what)) + "(" + std::to_string(one.wished.first) + ", " + std::to_string(one.wished.second) +
           ") told " + std::to_string(static_cast<int>(one.told)) + " at " + std::to_string(one.position);
  };

  std::sort(told.begin(), told.end(), [](const exchange& a, const exchange& b) { return a.call < b.call; });
  std::vector<bool> explained(log.size(), false);
  std::vector<std::size_t> place(told.size(), 0), first(told.size(), 0);
  for (std::size_t i = 0; i < told.size(); ++i) {
    const exchange& one = told[i];
    if (one.told == said::failed) return line_of(one) + ": a store that is well fails";
    if (one.told != said::accepted) continue;
    std::vector<happening> events;
    const std::size_t count = one.position != 0 && one.position <= log.size() && log[one.position - 1].what == 'N' ? 2 : 1;
    if (one.position < count || one.position > log.size()) return line_of(one) + ": there is no such event";
    const std::size_t begin = static_cast<std::size_t>(one.position) - count;
    const bool would_be_told = answer_at(one, begin, events) == said::accepted && events.size() == count;
    if (!would_be_told || !std::equal(events.begin(), events.end(), log.begin() + static_cast<std::ptrdiff_t>(begin)))
      return line_of(one) + ": nobody would have been told so there";
    for (std::size_t e = begin; e < one.position; ++e) {
      if (explained[e]) return line_of(one) + ": the event is somebody else's";
      explained[e] = true;
    }
    first[i] = begin;
    place[i] = static_cast<std::size_t>(one.position);
  }
  for (std::size_t e = 0; e < log.size(); ++e)
    if (!explained[e]) return "nobody was told of the event at position " + std::to_string(e + 1);

  for (std::size_t i = 0; i < told.size(); ++i) {
    const exchange& one = told[i];
    std::size_t earliest = 0, latest = log.size();
    for (std::size_t j = 0; j < told.size(); ++j) {
      if (told[j].answer < one.call) earliest = std::max(earliest, place[j]);
      if (one.answer < told[j].call && told[j].told == said::accepted) latest = std::min(latest, first[j]);
    }
    if (one.told == said::accepted) {
      if (first[i] < earliest) return line_of(one) + ": it stands before somebody who had their answer before it was wished";
      continue;
    }
    std::size_t found = earliest;
    for (; found <= latest; ++found) {
      std::vector<happening> events;
      if (answer_at(one, found, events) != one.told) continue;
      if (one.told == said::conflict && last_before(one.wished, found) != one.position) continue;
      break;
    }
    if (found > latest) return line_of(one) + ": no moment between the call and the answer explains it";
    place[i] = found;
  }
  return "";
}

/// A wish drawn so that seats, courses and names run short.
inline wish draw(std::mt19937& random) {
  const auto below = [&](unsigned n) { return static_cast<int>(random() % n); };
  const int kind = below(20);
  if (kind == 0) return {verb::plan, 1 + below(6), 1 + below(3)};
  if (kind == 1 && below(3) == 0) return {verb::close, 1 + below(6), 0};
  if (kind < 8) return {verb::enrol, 1 + below(6), 1 + below(5)};
  if (kind < 13) return {verb::withdraw, 1 + below(6), 1 + below(5)};
  if (kind < 18) return {verb::claim, 1 + below(5), 1 + below(4)};
  return {verb::release, 0, 1 + below(4)};
}

template <class Visit>
auto as_command(const wish& w, Visit&& visit) {
  switch (w.what) {
    case verb::plan: return visit(plan{w.first, static_cast<unsigned>(w.second)});
    case verb::close: return visit(close{w.first});
    case verb::enrol: return visit(enrol{w.first, w.second});
    case verb::withdraw: return visit(withdraw{w.first, w.second});
    case verb::claim: return visit(claim{name_of(w.first), w.second});
    case verb::release: break;
  }
  return visit(release{w.second});
}

/// The whole log in the words of this model. False: it could not be read.
template <class App>
bool read_log(App& app, std::vector<happening>& log) {
  struct noting {
    std::vector<happening>& log;
    static int number_of(const std::string& name) { return std::stoi(name.substr(4)); }
    void operator()(const planned& e) { log.push_back({'p', e.course, static_cast<int>(e.seats)}); }
    void operator()(const closed& e) { log.push_back({'c', e.course, 0}); }
    void operator()(const enrolled& e) { log.push_back({'e', e.course, e.student}); }
    void operator()(const withdrawn& e) { log.push_back({'w', e.course, e.student}); }
    void operator()(const released& e) { log.push_back({'r', number_of(e.name), e.user}); }
    void operator()(const claimed& e) { log.push_back({e.instead ? 'N' : 'n', number_of(e.name), e.user}); }
  };
  return app.each_event([note = noting{log}](const auto& event, const gesta::about&) mutable { note(event); });
}

}  // namespace serial
