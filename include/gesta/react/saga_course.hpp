// The course of one saga: what follows from an answer, said in indices. One machine for whoever runs, explores or draws a saga.
// Floor: react.
// May include: nothing of gesta.
//
// A saga is a table of rules (react/saga_table.hpp makes it from the type) and a status. Each input leads to acts, in order; an act is what is
// recorded, and `note` is the only function that changes a status: who runs a saga on a copy of the status and writes down the acts, folds the
// same status out of what was written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gesta::detail {

inline constexpr std::uint16_t no_step = 0xffff;

// ---- the table

/// What the saga says to an outcome of a step's command, or of its undo's.
struct outcome_rule {
  enum class says : std::uint8_t { proceed, compensate, again, until_answered, stuck };

  says answer = says::proceed;
  bool is_success = false;   ///< an event that is no failure
  bool may_stand = false;    ///< something may have been done: an event, or nobody knows
  bool is_unknown = false;   ///< timed_out
  std::uint32_t times = 0;   ///< of again
};
enum class undo_is : std::uint8_t { a_command, needless, impossible };
enum class group_is : std::uint8_t { all_of, any_of };  ///< a step alone is an all_of

struct step_rule {
  std::uint16_t group = 0;
  undo_is undo = undo_is::a_command;
  std::uint16_t first_outcome = 0;  ///< in the table's outcomes
  std::uint16_t outcomes = 0;
  std::uint16_t first_undo_outcome = 0;
  std::uint16_t undo_outcomes = 0;
};
struct group_rule {
  group_is is = group_is::all_of;
  std::uint16_t first = 0;
  std::uint16_t steps = 0;
};
/// Step 0 is the beginning; group 0 holds it alone.
struct course_table {
  const step_rule* steps = nullptr;
  const group_rule* groups = nullptr;
  const outcome_rule* outcomes = nullptr;
  std::uint16_t step_count = 0;
  std::uint16_t group_count = 0;
  std::uint16_t pivot = no_step;  ///< the first step that cannot be undone

  constexpr const outcome_rule& outcome(std::size_t step, std::size_t which) const { return outcomes[steps[step].first_outcome + which]; }
  constexpr const outcome_rule& undo_outcome(std::size_t step, std::size_t which) const { return outcomes[steps[step].first_undo_outcome + which]; }
};

// ---- the status

enum class step_is : std::uint8_t {
  untouched,
  asked,       ///< its command is open
  done,
  not_done,    ///< answered, and nothing of it stands
  unknown,     ///< not answered in time: undone as if it was done
  undo_asked,  ///< its undo's command is open
  undone,
  stuck,       ///< its undo was refused: a person has to look
};
struct step_status {
  step_is is = step_is::untouched;
  bool won = false;            ///< the first success of its any_of
  std::uint16_t overdue = 0;   ///< how many of its commands were not answered in time, and not since
  std::uint32_t attempts = 0;  ///< how often the open command was asked again
  std::uint32_t size = 1;      ///< how many commands it asks
  std::uint32_t answered = 0;  ///< of them
  std::uint32_t standing = 0;  ///< of them, what is to be undone when it goes back

  friend constexpr bool operator==(const step_status&, const step_status&) = default;
};
enum class course_is : std::uint8_t {
  not_begun,
  under_way,
  completed,
  compensated,
  moved,  ///< it goes on by another version of the saga, elsewhere
};
struct course_status {
  course_is is = course_is::not_begun;
  bool failing = false;     ///< open answers are awaited, then it goes back
  std::uint16_t group = 0;  ///< where it is

  friend constexpr bool operator==(const course_status&, const course_status&) = default;
};

/// A status in the hands of the machine.
struct course_view {
  course_status& whole;
  step_status* steps;
};

// ---- acts

enum class act_is : std::uint8_t {
  begun,
  asked,        ///< `size` commands, the first of them is open
  answered,     ///< the step's open command, as `becomes`; where it asks more, and nothing has failed, the next is open
  asked_again,  ///< the open command, or that of the undo
  failed,       ///< by an answer of the step, or by an interrupt or an any_of that asked nothing (no_step): once, by what failed first
  undo_asked,   ///< the last of what stands
  undone,       ///< the last of what stands
  passed_over,  ///< nothing of the step has to be undone
  got_stuck,
  retried,      ///< by a person: the undo is asked again
  resolved,     ///< by a person: counts as undone
  completed,
  compensated,
  late,         ///< an answer that came after its time had passed: it is no longer missing, and nothing else changes
  ignored,      ///< an input that was seen before, or that comes too late: changes nothing, is not recorded
};
struct act {
  act_is is;
  std::uint16_t step = no_step;
  step_is becomes = step_is::untouched;  ///< of answered: done, not_done or unknown
  bool is_success = false;               ///< of answered
};

/// Changes a status by an act.
constexpr void note(const course_table& table, course_view at, const act& one, std::uint32_t size = 1) {
  step_status none;
  step_status& step = one.step == no_step ? none : at.steps[one.step];
  switch (one.is) {
    case act_is::begun:
      at.whole = {course_is::under_way, false, 1};
      at.steps[0] = {step_is::done, false, 0, 0, 1, 1, 1};
      break;
    case act_is::asked: step = {size != 0 ? step_is::asked : step_is::not_done, false, 0, 0, size, 0, 0}; break;
    case act_is::answered: {
      const bool stands = one.becomes != step_is::not_done;
      ++step.answered;
      step.standing += stands ? 1 : 0;
      step.overdue = static_cast<std::uint16_t>(step.overdue + (one.becomes == step_is::unknown ? 1 : 0));
      step.attempts = 0;
      if (one.is_success && step.answered < step.size && !at.whole.failing) break;  // the next one is open
      step.is = one.becomes == step_is::unknown ? step_is::unknown : step.standing != 0 ? step_is::done : step_is::not_done;
      const group_rule& group = table.groups[table.steps[one.step].group];
      if (group.is == group_is::any_of && one.is_success) {
        bool is_first = true;
        for (std::uint16_t i = 0; i < group.steps; ++i) is_first = is_first && !at.steps[group.first + i].won;
        step.won = is_first;
      }
      break;
    }
    case act_is::asked_again: ++step.attempts; break;
    case act_is::failed: at.whole.failing = true; break;
    case act_is::undo_asked:
      step.is = step_is::undo_asked;
      step.attempts = 0;
      break;
    case act_is::undone:
    case act_is::resolved:
      --step.standing;
      step.is = step.standing != 0 ? step_is::done : step_is::undone;
      break;
    case act_is::passed_over:
      step.standing = 0;
      step.is = step_is::undone;
      break;
    case act_is::got_stuck: step.is = step_is::stuck; break;
    case act_is::retried:
      step.is = step_is::undo_asked;
      step.attempts = 0;
      break;
    case act_is::completed: at.whole.is = course_is::completed; break;
    case act_is::compensated: at.whole.is = course_is::compensated; break;
    case act_is::late: --step.overdue; break;
    case act_is::ignored: break;
  }
  // The group is over when nothing of it is open: where it is, is derived, so that it need not be written down.
  while (at.whole.is == course_is::under_way && !at.whole.failing && at.whole.group < table.group_count) {
    const group_rule& group = table.groups[at.whole.group];
    bool is_over = true;
    bool has_won = group.is == group_is::all_of;
    for (std::uint16_t i = 0; i < group.steps; ++i) {
      const step_status& s = at.steps[group.first + i];
      const bool loses = group.is == group_is::any_of && !s.won && s.standing != 0;
      is_over = is_over && !loses && s.is != step_is::untouched && s.is != step_is::asked && s.is != step_is::undo_asked && s.is != step_is::stuck;
      has_won = has_won || s.won;
    }
    if (!is_over || !has_won) break;
    ++at.whole.group;
  }
}

/// Runs a saga: each function takes an input and calls write(act) for what follows, in order; write has to note the act in the status that the
/// course was made of, before it returns.
template <class Write>
class course {
 public:
  constexpr course(const course_table& table, course_view at, Write write) : table_(table), at_(at), write_(write) {}

  /// The event that begins it. One that is under way, or over, is left alone.
  constexpr void begin() {
    if (at_.whole.is != course_is::not_begun) return say(act_is::ignored);
    say(act_is::begun);
    go_on();
  }
  /// The open command of a step was answered. Whose answer it is, the caller knows: that of an earlier command of the step is answered_late.
  constexpr void answered(std::uint16_t step, std::size_t outcome) {
    const step_status& s = at_.steps[step];
    if (at_.whole.is != course_is::under_way || s.is != step_is::asked) return answered_late(step);
    const outcome_rule& rule = table_.outcome(step, outcome);
    using says = outcome_rule::says;
    const bool may_end = at_.whole.failing && !rule.may_stand;  // it goes back anyway, and nothing was done: that is an answer
    const bool asks_again = !may_end && (rule.answer == says::until_answered || (rule.answer == says::again && s.attempts < rule.times));
    if (asks_again) return say(act_is::asked_again, step);
    const bool fails = rule.answer != says::proceed;
    write_(act{act_is::answered, step, rule.is_unknown ? step_is::unknown : rule.may_stand ? step_is::done : step_is::not_done, !fails});
    if (fails && !at_.whole.failing && table_.groups[table_.steps[step].group].is == group_is::all_of) say(act_is::failed, step);
    last_ = step;
    go_on();
  }
  /// A command of a step was answered that is not open: its time had passed, or it was answered before.
  constexpr void answered_late(std::uint16_t step) {
    say(at_.whole.is == course_is::under_way && at_.steps[step].overdue != 0 ? act_is::late : act_is::ignored, step);
  }
  /// The open command of a step's undo was answered: by its event or by nothing (no_step), or by a rejection.
  constexpr void undo_answered(std::uint16_t step, std::size_t rejection) {
    const step_status& s = at_.steps[step];
    if (at_.whole.is != course_is::under_way || s.is != step_is::undo_asked) return say(act_is::ignored, step);
    if (rejection != no_step) {
      const outcome_rule& rule = table_.undo_outcome(step, rejection);
      using says = outcome_rule::says;
      if (rule.answer == says::until_answered || (rule.answer == says::again && s.attempts < rule.times)) return say(act_is::asked_again, step);
      if (rule.answer != says::proceed) return say(act_is::got_stuck, step);
    }
    say(act_is::undone, step);
    go_on();
  }
  /// From outside: it shall go back. Only while everything can be undone.
  constexpr void interrupted() {
    const bool may = at_.whole.is == course_is::under_way && !at_.whole.failing &&
                     (table_.pivot == no_step || at_.steps[table_.pivot].is == step_is::untouched);
    if (!may) return say(act_is::ignored);
    say(act_is::failed);
    go_on();
  }
  /// A person lets an undo that is stuck be asked again.
  constexpr void retried(std::uint16_t step) { say(at_.steps[step].is == step_is::stuck ? act_is::retried : act_is::ignored, step); }
  /// A person has undone by hand what was stuck.
  constexpr void resolved(std::uint16_t step) {
    if (at_.steps[step].is != step_is::stuck) return say(act_is::ignored, step);
    say(act_is::resolved, step);
    go_on();
  }
  /// What is left to do where nobody is waited for: a person has resolved by a record alone, or a step could not be asked.
  constexpr void resume() { go_on(); }

 private:
  constexpr void say(act_is what, std::uint16_t step = no_step) { write_(act{what, step}); }

  /// Whether somebody's answer, or a person, is waited for.
  constexpr bool waits() const {
    for (std::uint16_t i = 0; i < table_.step_count; ++i) {
      const step_is is = at_.steps[i].is;
      if (is == step_is::asked || is == step_is::undo_asked || is == step_is::stuck) return true;
    }
    return false;
  }
  /// Undoes the last of these steps that stands; false: there is none.
  constexpr bool undo_last(std::uint16_t first, std::uint16_t count, bool but_winner) {
    for (std::uint16_t i = static_cast<std::uint16_t>(first + count); i-- != first;) {
      const step_status& s = at_.steps[i];
      if (s.standing == 0 || (but_winner && s.won)) continue;
      if (table_.steps[i].undo == undo_is::a_command) say(act_is::undo_asked, i);
      else say(act_is::passed_over, i);
      return true;
    }
    return false;
  }
  constexpr void go_on() {
    while (at_.whole.is == course_is::under_way && !waits()) {
      if (at_.whole.failing) {
        if (!undo_last(0, table_.step_count, false)) say(act_is::compensated);
      } else if (at_.whole.group == table_.group_count) {
        say(act_is::completed);
      } else {
        const group_rule& group = table_.groups[at_.whole.group];
        if (at_.steps[group.first].is == step_is::untouched) {
          for (std::uint16_t i = 0; i < group.steps; ++i) say(act_is::asked, static_cast<std::uint16_t>(group.first + i));
        } else {
          bool has_won = false;
          for (std::uint16_t i = 0; i < group.steps; ++i) has_won = has_won || at_.steps[group.first + i].won;
          if (!has_won) say(act_is::failed, last_ != no_step && table_.steps[last_].group == at_.whole.group ? last_ : no_step);
          else if (!undo_last(group.first, group.steps, true)) return;  // not reached: the group would be over
        }
      }
    }
  }

  const course_table& table_;
  course_view at_;
  Write write_;
  std::uint16_t last_ = no_step;
};

}  // namespace gesta::detail
