#include <gesta/react/saga_course.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

// The machine is a status that each input changes. What it is held against is a script that is read from its top to where the inputs end, so that
// the two have no thought in common: here a step that was asked is a place in a loop.

namespace {

using gesta::detail::act;
using gesta::detail::act_is;
using gesta::detail::course;
using gesta::detail::course_is;
using gesta::detail::course_status;
using gesta::detail::course_table;
using gesta::detail::group_is;
using gesta::detail::group_rule;
using gesta::detail::no_step;
using gesta::detail::outcome_rule;
using gesta::detail::step_is;
using gesta::detail::step_rule;
using gesta::detail::step_status;
using gesta::detail::undo_is;
using says = outcome_rule::says;

enum class input_is : std::uint8_t { begin, answer, late_answer, undo_answer, interrupt, retry, resolve };
struct input {
  input_is is;
  std::uint16_t step = no_step;
  std::uint16_t outcome = no_step;
};

// Every kind of outcome that a step can have; all steps have all of them.
constexpr outcome_rule outcomes[] = {
    {says::proceed, true, true, false, 0},             // its event
    {says::proceed, false, false, false, 0},           // a refusal that is no failure, or nothing
    {says::compensate, false, false, false, 0},        // a refusal
    {says::compensate, false, true, false, 0},         // an event that is a failure
    {says::compensate, false, true, true, 0},          // not answered in time
    {says::proceed, false, true, true, 0},             // not answered in time, and no matter
    {says::again, false, false, false, 1},             // a refusal
    {says::until_answered, false, true, true, 0},      // not answered in time
    {says::until_answered, false, false, false, 0},    // a refusal
    {says::proceed, false, false, false, 0},           // of the undo: undone already
    {says::stuck, false, false, false, 0},             //
    {says::again, false, false, false, 1},             //
    {says::until_answered, false, false, false, 0},    //
};
constexpr std::uint16_t run_outcomes = 9, undo_outcomes = 4;

struct shape {
  std::vector<step_rule> steps;
  std::vector<group_rule> groups;
  std::vector<std::uint32_t> sizes;
  course_table table;

  // A group per list: of how many steps, and which kind.
  shape(const std::vector<std::pair<group_is, std::uint16_t>>& parts, const std::vector<undo_is>& undos, std::vector<std::uint32_t> size_of)
      : sizes(std::move(size_of)) {
    steps.push_back({0, undos[0], 0, run_outcomes, run_outcomes, undo_outcomes});
    groups.push_back({group_is::all_of, 0, 1});
    for (const auto& [is, count] : parts) {
      groups.push_back({is, static_cast<std::uint16_t>(steps.size()), count});
      for (std::uint16_t i = 0; i < count; ++i)
        steps.push_back({static_cast<std::uint16_t>(groups.size() - 1), undos[steps.size()], 0, run_outcomes, run_outcomes, undo_outcomes});
    }
    table = {steps.data(), groups.data(), outcomes, static_cast<std::uint16_t>(steps.size()), static_cast<std::uint16_t>(groups.size()), no_step};
    for (std::uint16_t i = static_cast<std::uint16_t>(steps.size()); i-- != 0;)
      if (steps[i].undo == undo_is::impossible) table.pivot = i;
  }
  shape(const shape&) = delete;
};

// An act as four characters, and what a person reads.
void put(std::string& to, const act& a) {
  to += static_cast<char>(a.is);
  to += static_cast<char>(a.step == no_step ? -1 : a.step);
  to += static_cast<char>(a.becomes);
  to += static_cast<char>(a.is_success);
}
std::string told(const std::string& acts) {
  static const char* const names[] = {"begun",  "asked",     "answered", "again",    "failed",    "undo",        "undone", "over",
                                      "stuck!", "retried",   "resolved", "completed", "compensated", "late",      "ignored"};
  std::string text;
  for (std::size_t i = 0; i < acts.size(); i += 4) {
    text += names[static_cast<int>(acts[i])];
    if (acts[i + 1] != -1) text += " " + std::to_string(acts[i + 1]);
    if (static_cast<act_is>(acts[i]) == act_is::answered) text += (acts[i + 3] != 0 ? " well as " : " ill as ") + std::to_string(acts[i + 2]);
    text += "; ";
  }
  return text;
}

// ---- the script

class script {
 public:
  script(const shape& s, const std::vector<input>& inputs) : s_(s), inputs_(inputs), stands_(s.steps.size()), overdue_(s.steps.size()) {}

  // What is said to the last of the inputs.
  std::string last() {
    play();
    return said_;
  }

 private:
  // The next input, said[] anew; false: there are no more.
  bool next() {
    if (at_ == inputs_.size()) return false;
    now_ = inputs_[at_++];
    said_.clear();
    return true;
  }
  void say(act_is is, std::uint16_t step = no_step, step_is becomes = step_is::untouched, bool well = false) {
    put(said_, {is, step, becomes, well});
  }

  // An input that no open command waits for.
  void aside(bool is_over = false) {
    if (now_.is == input_is::interrupt && !back_ && begun_ && !is_over && !too_late_) {
      back_ = true;
      return say(act_is::failed);
    }
    const bool is_answer = now_.is == input_is::answer || now_.is == input_is::late_answer;
    if (is_answer && begun_ && !is_over && overdue_[now_.step] > 0) {
      --overdue_[now_.step];
      return say(act_is::late, now_.step);
    }
    say(act_is::ignored, now_.is == input_is::begin || now_.is == input_is::interrupt ? no_step : now_.step);
  }

  void play() {
    while (!begun_) {
      if (!next()) return;
      if (now_.is == input_is::begin) begun_ = true;
      else aside();
    }
    say(act_is::begun);
    stands_[0] = 1;
    too_late_ = s_.steps[0].undo == undo_is::impossible;
    for (std::size_t g = 1; g < s_.groups.size() && !back_; ++g)
      if (!forward(s_.groups[g])) return;
    if (back_) {
      for (std::size_t i = s_.steps.size(); i-- != 0;)
        while (stands_[i] != 0)
          if (!undo_one(static_cast<std::uint16_t>(i))) return;
      say(act_is::compensated);
    } else {
      say(act_is::completed);
    }
    while (next()) aside(true);
  }

  bool forward(const group_rule& group) {
    std::map<std::uint16_t, std::uint32_t> left;  // of the open steps: how many answers
    for (std::uint16_t i = group.first; i < group.first + group.steps; ++i) {
      say(act_is::asked, i);
      if (s_.steps[i].undo == undo_is::impossible) too_late_ = true;
      if (s_.sizes[i] != 0) left[i] = s_.sizes[i];
    }
    std::uint16_t winner = no_step, last = no_step;
    std::map<std::uint16_t, std::uint32_t> asked_again;
    while (!left.empty()) {
      if (!next()) return false;
      const std::uint16_t who = now_.step;
      if (now_.is != input_is::answer || left.count(who) == 0) {
        aside();
        continue;
      }
      const outcome_rule rule = outcomes[now_.outcome];
      const bool needs_no_more = back_ && !rule.may_stand && !rule.is_unknown;
      if (!needs_no_more && (rule.answer == says::until_answered || (rule.answer == says::again && asked_again[who] < rule.times))) {
        ++asked_again[who];
        say(act_is::asked_again, who);
        continue;
      }
      asked_again[who] = 0;
      last = who;
      if (rule.is_unknown) ++overdue_[who];
      if (rule.may_stand || rule.is_unknown) ++stands_[who];
      const bool well = rule.answer == says::proceed;
      say(act_is::answered, who, rule.is_unknown ? step_is::unknown : rule.may_stand ? step_is::done : step_is::not_done, well);
      if (!well || back_ || --left[who] == 0) {
        left.erase(who);
        if (well && winner == no_step) winner = who;
      }
      if (!well && group.is == group_is::all_of && !back_) {
        back_ = true;
        say(act_is::failed, who);
      }
    }
    if (group.is == group_is::all_of || back_) return true;
    if (winner == no_step) {
      back_ = true;
      say(act_is::failed, last);
      return true;
    }
    for (std::uint16_t i = static_cast<std::uint16_t>(group.first + group.steps); i-- != group.first;)
      while (i != winner && stands_[i] != 0 && !back_)
        if (!undo_one(i)) return false;
    return true;
  }

  bool undo_one(std::uint16_t step) {
    if (s_.steps[step].undo != undo_is::a_command) {
      stands_[step] = 0;
      say(act_is::passed_over, step);
      return true;
    }
    say(act_is::undo_asked, step);
    std::uint32_t asked_again = 0;
    bool waits_for_somebody = false;
    for (;;) {
      if (!next()) return false;
      const bool mine = now_.step == step;
      if (mine && waits_for_somebody && now_.is == input_is::retry) {
        say(act_is::retried, step);
        waits_for_somebody = false;
        asked_again = 0;
      } else if (mine && waits_for_somebody && now_.is == input_is::resolve) {
        say(act_is::resolved, step);
        break;
      } else if (mine && !waits_for_somebody && now_.is == input_is::undo_answer) {
        if (now_.outcome == no_step || now_.outcome == 0) {
          say(act_is::undone, step);
          break;
        }
        if (now_.outcome == 3 || (now_.outcome == 2 && asked_again == 0)) {
          ++asked_again;
          say(act_is::asked_again, step);
        } else {
          waits_for_somebody = true;
          say(act_is::got_stuck, step);
        }
      } else {
        aside();
      }
    }
    --stands_[step];
    return true;
  }

  const shape& s_;
  const std::vector<input>& inputs_;
  std::size_t at_ = 0;
  input now_{};
  std::string said_;
  std::vector<std::uint32_t> stands_, overdue_;
  bool begun_ = false, back_ = false, too_late_ = false;
};

// ---- the machine

struct status {
  course_status whole;
  std::vector<step_status> steps;

  explicit status(const shape& s) : steps(s.steps.size()) {}
  std::string key() const {
    std::string text{static_cast<char>(whole.is), static_cast<char>(whole.failing), static_cast<char>(whole.group)};
    for (const step_status& s : steps)
      for (const auto number : {static_cast<std::uint32_t>(s.is), static_cast<std::uint32_t>(s.won), static_cast<std::uint32_t>(s.overdue),
                                s.attempts, s.size, s.answered, s.standing})
        text += static_cast<char>(number);
    return text;
  }
};

std::string feed(const shape& s, status& st, const input& in) {
  std::string said;
  auto write = [&](const act& a) {
    put(said, a);
    gesta::detail::note(s.table, {st.whole, st.steps.data()}, a, a.step == no_step ? 1 : s.sizes[a.step]);
  };
  course<decltype(write)> machine(s.table, {st.whole, st.steps.data()}, write);
  switch (in.is) {
    case input_is::begin: machine.begin(); break;
    case input_is::answer: machine.answered(in.step, in.outcome); break;
    case input_is::late_answer: machine.answered_late(in.step); break;
    case input_is::undo_answer: machine.undo_answered(in.step, in.outcome); break;
    case input_is::interrupt: machine.interrupted(); break;
    case input_is::retry: machine.retried(in.step); break;
    case input_is::resolve: machine.resolved(in.step); break;
  }
  return said;
}

std::vector<input> inputs_of(const shape& s) {
  std::vector<input> all{{input_is::begin}, {input_is::interrupt}};
  for (std::uint16_t i = 0; i < s.steps.size(); ++i) {
    if (i != 0) {
      for (std::uint16_t o = 0; o < run_outcomes; ++o) all.push_back({input_is::answer, i, o});
      all.push_back({input_is::late_answer, i});
    }
    if (s.steps[i].undo == undo_is::a_command) {
      all.push_back({input_is::undo_answer, i, no_step});
      for (std::uint16_t o = 0; o < undo_outcomes; ++o) all.push_back({input_is::undo_answer, i, o});
    }
    all.push_back({input_is::retry, i});
    all.push_back({input_is::resolve, i});
  }
  return all;
}

std::string story(const shape& s, const std::vector<input>& inputs) {
  std::string text;
  for (const group_rule& g : s.groups) text += g.is == group_is::any_of ? "any_of " : "all_of ", text += std::to_string(g.steps) + " ";
  for (std::size_t i = 0; i < s.steps.size(); ++i)
    text += "| undo " + std::to_string(static_cast<int>(s.steps[i].undo)) + " size " + std::to_string(s.sizes[i]) + " ";
  status st(s);
  for (const input& in : inputs)
    text += "\n  input " + std::to_string(static_cast<int>(in.is)) + " of " + std::to_string(in.step) + " with " + std::to_string(in.outcome) +
            " -> " + told(feed(s, st, in));
  return text;
}

// Whether an input can be one more of many: without bounds `again` would make new statuses for ever.
bool is_bounded(const status& st) {
  for (const step_status& s : st.steps)
    if (s.attempts > 1 || s.overdue > 1) return false;
  return true;
}

struct counts {
  std::size_t shapes = 0, statuses = 0, inputs = 0, differ = 0, ends = 0;
};

// Every status that the machine can come to, by its shortest story, and every input there.
void hold(const shape& s, counts& count) {
  struct place {
    status st;
    std::vector<input> path;
  };
  ++count.shapes;
  const std::vector<input> all = inputs_of(s);
  std::map<std::string, bool> seen;
  std::vector<place> open{{status(s), {}}};
  seen[open.front().st.key()] = true;
  for (std::size_t at = 0; at < open.size(); ++at) {
    for (const input& in : all) {
      status after = open[at].st;
      std::vector<input> path = open[at].path;
      path.push_back(in);
      const std::string said = feed(s, after, in);
      ++count.inputs;
      const std::string expected = script(s, path).last();
      if (said != expected) {
        if (++count.differ < 5) FAIL_CHECK(story(s, path), "\n  expected: ", told(expected));
        continue;
      }
      if (is_bounded(after) && !std::exchange(seen[after.key()], true)) open.push_back({std::move(after), std::move(path)});
    }
  }
  for (const place& one : open) count.ends += one.st.whole.is == course_is::completed || one.st.whole.is == course_is::compensated ? 1 : 0;
  count.statuses += open.size();
}

using parts = std::vector<std::pair<group_is, std::uint16_t>>;
constexpr group_is all = group_is::all_of, any = group_is::any_of;

template <class Use>
void each_choice(std::size_t places, std::size_t of, Use use) {
  std::vector<std::size_t> chosen(places);
  for (;;) {
    use(chosen);
    std::size_t i = 0;
    while (i < places && ++chosen[i] == of) chosen[i++] = 0;
    if (i == places) return;
  }
}

}  // namespace

TEST_CASE("Every input in every status of every small saga leads to what a script that is read from its top says") {
  counts count;
  for (const parts& p : {parts{}, parts{{all, 1}}, parts{{any, 1}}, parts{{all, 1}, {all, 1}}, parts{{all, 2}}, parts{{any, 2}}}) {
    std::size_t steps = 1;
    for (const auto& part : p) steps += part.second;
    each_choice(steps, 3, [&](const std::vector<std::size_t>& undo) {
      each_choice(steps - 1, 3, [&](const std::vector<std::size_t>& size) {
        std::vector<undo_is> undos;
        std::vector<std::uint32_t> sizes{1};
        for (const std::size_t u : undo) undos.push_back(static_cast<undo_is>(u));
        for (const std::size_t z : size) sizes.push_back(static_cast<std::uint32_t>((z + 1) % 3));
        // Where there are two steps: each kind of undo of one of them, each size of one of them.
        std::size_t odd = 0;
        for (std::size_t i = 1; i < steps; ++i) odd += (undo[i] != 0 ? 1u : 0u) + (size[i - 1] != 0 ? 1u : 0u);
        const bool is_plain = undo[0] == 0 && (steps < 3 || odd < 2);
        if (is_plain) hold(shape(p, undos, sizes), count);
      });
    });
  }
  CHECK(count.differ == 0);
  CHECK(count.shapes == 46);
  CHECK(count.statuses > 10'000);
  CHECK(count.ends > 3'000);
}

TEST_CASE("Groups of two beside a step alone, and whoever begins with what cannot be undone") {
  counts count;
  const undo_is c = undo_is::a_command;
  hold(shape({{any, 2}, {all, 1}}, {c, undo_is::needless, c, c}, {1, 1, 1, 1}), count);
  hold(shape({{all, 1}, {all, 1}}, {undo_is::impossible, c, undo_is::needless}, {1, 1, 1}), count);
  CHECK(count.differ == 0);
}

TEST_CASE("Long drawn stories of larger sagas, with inputs that nobody waits for among them") {
  std::mt19937 draw(20);
  counts count;
  for (int round = 0; round < 400 && count.differ == 0; ++round) {
    parts p;
    std::size_t steps = 1;
    while (steps < 4 || draw() % 2 == 0) {
      p.push_back({draw() % 2 == 0 ? all : any, static_cast<std::uint16_t>(1 + draw() % 3)});
      steps += p.back().second;
    }
    std::vector<undo_is> undos;
    std::vector<std::uint32_t> sizes;
    for (std::size_t i = 0; i < steps; ++i) {
      undos.push_back(draw() % 4 != 0 ? undo_is::a_command : draw() % 3 != 0 ? undo_is::needless : undo_is::impossible);
      sizes.push_back(i == 0 ? 1 : draw() % 5 == 0 ? draw() % 4 : 1);
    }
    const shape s(p, undos, sizes);
    const std::vector<input> all_inputs = inputs_of(s);
    status st(s);
    std::vector<input> path{{input_is::begin}};
    feed(s, st, path.back());
    for (int i = 0; i < 60 && count.differ == 0; ++i) {
      path.push_back(all_inputs[draw() % all_inputs.size()]);
      // A failure is drawn rarely, or no story comes far.
      if (path.back().is == input_is::interrupt && draw() % 4 != 0) path.back() = {input_is::begin};
      if (path.back().is == input_is::answer && path.back().outcome >= 2 && path.back().outcome <= 4 && draw() % 3 != 0) path.back().outcome = 0;
      const std::string said = feed(s, st, path.back());
      const std::string expected = script(s, path).last();
      if (said != expected) {
        ++count.differ;
        FAIL_CHECK(story(s, path), "\n  expected: ", told(expected));
      }
      count.ends += st.whole.is == course_is::completed || st.whole.is == course_is::compensated ? 1 : 0;
    }
  }
  CHECK(count.differ == 0);
  CHECK(count.ends > 400);
}

TEST_CASE("What was written down folds to the status that wrote it") {
  const shape s({{all, 2}, {any, 2}, {all, 1}}, {undo_is::a_command, undo_is::a_command, undo_is::needless, undo_is::a_command, undo_is::a_command,
                                                 undo_is::impossible},
                {1, 2, 1, 1, 1, 1});
  std::mt19937 draw(7);
  const std::vector<input> all_inputs = inputs_of(s);
  std::size_t ends = 0;
  for (int round = 0; round < 300; ++round) {
    status st(s), folded(s);
    for (int i = 0; i < 40; ++i) {
      input in = i == 0 ? input{input_is::begin} : all_inputs[draw() % all_inputs.size()];
      if (in.is == input_is::answer && draw() % 2 == 0) in.outcome = 0;
      std::vector<act> written;
      auto write = [&](const act& a) {
        if (a.is != act_is::ignored) written.push_back(a);
        gesta::detail::note(s.table, {st.whole, st.steps.data()}, a, a.step == no_step ? 1 : s.sizes[a.step]);
      };
      course<decltype(write)> machine(s.table, {st.whole, st.steps.data()}, write);
      if (in.is == input_is::begin) machine.begin();
      else if (in.is == input_is::answer) machine.answered(in.step, in.outcome);
      else if (in.is == input_is::late_answer) machine.answered_late(in.step);
      else if (in.is == input_is::undo_answer) machine.undo_answered(in.step, in.outcome);
      else if (in.is == input_is::interrupt) machine.interrupted();
      else if (in.is == input_is::retry) machine.retried(in.step);
      else machine.resolved(in.step);
      for (const act& a : written)
        gesta::detail::note(s.table, {folded.whole, folded.steps.data()}, a, a.step == no_step ? 1 : s.sizes[a.step]);
      REQUIRE(st.key() == folded.key());
    }
    ends += st.whole.is == course_is::completed || st.whole.is == course_is::compensated ? 1 : 0;
  }
  CHECK(ends > 0);
}

// All of it is constexpr: a saga is run while a program is compiled.
namespace {

constexpr bool runs_at_compile_time() {
  constexpr step_rule steps[] = {{0, undo_is::a_command, 0, 8, 8, 4}, {1, undo_is::a_command, 0, 8, 8, 4}};
  constexpr group_rule groups[] = {{group_is::all_of, 0, 1}, {group_is::all_of, 1, 1}};
  const course_table table{steps, groups, outcomes, 2, 2, no_step};
  course_status whole;
  step_status status[2];
  auto write = [&](const act& a) { gesta::detail::note(table, {whole, status}, a); };
  course<decltype(write)> machine(table, {whole, status}, write);
  machine.begin();
  machine.answered(1, 4);
  if (status[1].is != step_is::undo_asked || !whole.failing) return false;
  machine.answered(1, 0);
  machine.undo_answered(1, no_step);
  machine.undo_answered(0, no_step);
  return whole.is == course_is::compensated && status[1].overdue == 0;
}
static_assert(runs_at_compile_time());

}  // namespace
