// Three services that answer as a test says, and sagas over them. What was done is written down in the order in which it was decided.
#pragma once

#include <gesta/gesta.hpp>
#include <gesta/runtime/saga_runner.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace lab {

enum class answers { well, refuses, nothing, throws };

/// What each command answers next; where nothing stands, well.
inline std::map<std::string, std::deque<answers>> script;
/// The commands as they were decided.
inline std::string decided;

inline answers next(const char* command) {
  decided += decided.empty() ? command : std::string(" ") + command;
  auto& all = script[command];
  if (all.empty()) return answers::well;
  const answers now = all.front();
  all.pop_front();
#if __cpp_exceptions
  if (now == answers::throws) throw 1;
#endif
  return now;
}
inline void begin() {
  script.clear();
  decided.clear();
}

struct job { int name = 0; };
struct state { int held = 0; };

struct started    { int job; static constexpr auto id = "lab.started"; };
struct called_off { int job; static constexpr auto id = "lab.called_off"; };
struct start      { int job; };
struct call_off   { int job; };
constexpr void evolve(job&, const started&) {}
constexpr void evolve(job&, const called_off&) {}
constexpr auto decide(const job&, const start& c) -> gesta::emits<started> { return started{c.job}; }
constexpr auto decide(const job&, const call_off& c) -> gesta::emits<called_off> { return called_off{c.job}; }
struct jobs : gesta::aggregate<job, gesta::commands<start, call_off>, gesta::by<"job">> { static constexpr auto id = "job"; };

struct a_done   { int job; static constexpr auto id = "lab.a_done"; };
struct a_undone { int job; static constexpr auto id = "lab.a_undone"; };
struct b_done   { int job; static constexpr auto id = "lab.b_done"; };
struct b_undone { int job; static constexpr auto id = "lab.b_undone"; };
struct c_done   { int job; static constexpr auto id = "lab.c_done"; };
struct no       { static constexpr auto id = "lab.no"; };
struct do_a     { int job; };
struct undo_a   { int job; };
struct do_b     { int job; };
struct undo_b   { int job; };
struct do_c     { int job; };
inline void evolve(state& s, const a_done&)   { ++s.held; }
inline void evolve(state& s, const a_undone&) { --s.held; }
inline void evolve(state& s, const b_done&)   { s.held += 100; }
inline void evolve(state& s, const b_undone&) { s.held -= 100; }
inline void evolve(state& s, const c_done&)   { s.held += 10'000; }
inline auto decide(const state&, const do_a& c) -> gesta::emits<a_done>::or_rejects<no> {
  if (next("a") == answers::refuses) return no{};
  return a_done{c.job};
}
inline auto decide(const state&, const undo_a& c) -> gesta::emits<a_undone>::or_rejects<no> {
  if (next("-a") == answers::refuses) return no{};
  return a_undone{c.job};
}
inline auto decide(const state&, const do_b& c) -> gesta::emits<b_done>::or_nothing::or_rejects<no> {
  const answers now = next("b");
  if (now == answers::refuses) return no{};
  if (now == answers::nothing) return gesta::no_change;
  return b_done{c.job};
}
inline auto decide(const state& s, const undo_b& c) -> gesta::emits<b_undone>::or_nothing::or_rejects<no> {
  const answers now = next("-b");
  if (now == answers::refuses) return no{};
  if (now == answers::nothing || s.held / 100 % 100 == 0) return gesta::no_change;
  return b_undone{c.job};
}
inline auto decide(const state&, const do_c& c) -> gesta::emits<c_done>::or_rejects<no> {
  if (next("c") == answers::refuses) return no{};
  return c_done{c.job};
}
struct services : gesta::aggregate<state, gesta::commands<do_a, undo_a, do_b, undo_b, do_c>, gesta::by<"job">> { static constexpr auto id = "service"; };

struct beginning { static constexpr auto id = "beginning"; using begun_by = started; using undo = gesta::needless; };
struct a {
  static constexpr auto id = "a";
  auto run(const started& s) -> do_a {
    (void)next("run a");
    return {s.job};
  }
  auto undo(const a_done& d) -> undo_a { return {d.job}; }
  auto on(const no&) -> gesta::again<2> { return {.after = gesta::seconds(10)}; }
  auto on_undo(const no&) -> gesta::stuck { return {}; }
};
struct b {
  static constexpr auto id = "b";
  static constexpr auto within = gesta::seconds(30);
  auto run(const started& s) -> do_b { return {s.job}; }
  auto undo(const do_b& c) -> undo_b { return {c.job}; }
  auto on(const no&) -> gesta::compensate { return {}; }
  auto on(const gesta::timed_out&) -> gesta::compensate { return {}; }
  auto on_undo(const no&) -> gesta::again<1>::every<gesta::seconds(0)> { return {}; }
};
struct c {
  static constexpr auto id = "c";
  using undo = gesta::irreversible;
  auto run(const started& s) -> do_c { return {s.job}; }
  auto on(const no&) -> gesta::until_answered { return {gesta::seconds(5)}; }
};
struct by_caller {
  static constexpr auto id = "by_caller";
  auto on(const called_off&) -> gesta::compensate { return {}; }
  auto not_found(const called_off&) -> gesta::drop { return {}; }
};
struct too_long {
  static constexpr auto id = "too_long";
  static constexpr auto within = gesta::seconds(3600);
  auto on(const gesta::timed_out&) -> gesta::compensate { return {}; }
};
struct work : gesta::saga<gesta::by<"job">, beginning, a, b, c, by_caller, too_long> { static constexpr auto id = "work"; };
struct model : gesta::model<jobs, services, work> {};

/// A clock that stands where a test puts it.
inline std::int64_t now = 0;
struct clock {
  gesta::timestamp operator()() const noexcept { return {now}; }
};
inline void wait(std::int64_t seconds) { now += seconds * 1'000'000'000; }

template <class App>
bool done(App& app, int job) {
  return app.handle(start{job}).match([](const lab::job&) { return true; }, [](const gesta::failure&) { return false; });
}

}  // namespace lab
