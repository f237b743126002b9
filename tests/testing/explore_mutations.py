#!/usr/bin/env python3
"""Plants one defect at a time in the course of a saga or in what its messages travel by, and sees to it that the explorer tells a story of it.
laws/mutating.py says how it is called."""
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here / "laws"))
import mutating  # noqa: E402

course, explorer = "react/saga_course.hpp", "testing/explorer.hpp"

# (what is planted, header, the line's old text, its new text, which saga is explored, drawn: nothing is)
mutations = [
    ("an undo overtakes its run", explorer, "const std::size_t may_arrive = w.steps[i].queued != 0 ? 1 : 0;", "const std::size_t may_arrive = w.steps[i].queued;", "line", False),
    ("services do not remember what they have done", explorer, "return (m.is_undo ? e.undo_rounds : e.run_rounds) > m.round;", "return (void)e, (void)m, false;", "line", False),
    ("a step that was not answered in time is not undone", course, "const bool stands = one.becomes != step_is::not_done;", "const bool stands = one.becomes == step_is::done;", "line", False),
    ("undone in the order in which it was done", course, "for (std::uint16_t i = static_cast<std::uint16_t>(first + count); i-- != first;) {", "for (std::uint16_t i = first; i != first + count; ++i) {", "line", False),
    ("one undo is skipped", course, "if (s.standing == 0 || (but_winner && s.won)) continue;", "if (s.standing == 0 || (but_winner && s.won) || i == 1) continue;", "line", False),
    ("commands are sent before the commit, and the input is not read again", explorer, "      w = before_;  // nothing of it was kept, and the input comes again\n",
     "      const world after = w;\n      w = before_;\n      w.replies = after.replies;\n      for (const auto& [step, one] : asked_) send(w.steps[step], one);\n", "line", False),
    ("a step that was refused is undone as well", course, "rule.may_stand ? step_is::done : step_is::not_done", "step_is::done", "line", False),
    ("it goes back before all of a group have answered", course, "if (is == step_is::asked || is ==", "if ((is == step_is::asked && !at_.whole.failing) || is ==", "quiet_groups", False),
    ("who lost in an any_of is not undone", course, "const bool loses = group.is == group_is::any_of && !s.won && s.standing != 0;", "const bool loses = false;", "quiet_groups", False),
    ("every success wins", course, "step.won = is_first;", "step.won = true;", "quiet_groups", False),
    ("the winner is undone as well", course, "(but_winner && s.won)", "(false && but_winner)", "quiet_groups", False),
    ("one of all_of failed, and it goes on", course, "group_is::all_of) say(act_is::failed, step);", "group_is::all_of && step != 2) say(act_is::failed, step);", "quiet_groups", False),
    ("nobody of any_of succeeded, and it goes on", course, "bool has_won = group.is == group_is::all_of;", "bool has_won = true;", "quiet_groups", False),
    ("a duplicate of the beginning begins again", course, "if (at_.whole.is != course_is::not_begun) return say(act_is::ignored);", "if (at_.whole.is == course_is::completed) return say(act_is::ignored);", "line", False),
    ("an interrupt is heard when it is too late", course, "(table_.pivot == no_step || at_.steps[table_.pivot].is == step_is::untouched);", "true;", "cancelled_line", False),
    ("an interrupt is not heard", course, "    if (!may) return say(act_is::ignored);\n    say(act_is::failed);", "    say(act_is::ignored);", "cancelled_line", False),
    ("an interrupt does not wait for the open answer", course, "if (is == step_is::asked || is ==", "if ((is == step_is::asked && !at_.whole.failing) || is ==", "cancelled_line", False),
    ("asked again once too rarely, then it goes on", course, "const bool fails = rule.answer != says::proceed;", "const bool fails = rule.answer == says::compensate;", "goods", False),
    ("a refusal is asked on although it goes back", course, "const bool may_end = at_.whole.failing && !rule.may_stand;", "const bool may_end = false;", "goods", False),
    ("a time that ran out is an answer when it goes back", course, "const bool may_end = at_.whole.failing && !rule.may_stand;", "const bool may_end = at_.whole.failing;", "goods", False),
    ("only one of many commands is undone", course, "step.is = step.standing != 0 ? step_is::done : step_is::undone;", "step.standing = 0, step.is = step_is::undone;", "goods", False),
    ("many commands are over with the first answer", course, "if (one.is_success && step.answered < step.size && !at.whole.failing) break;", "", "goods", False),
    ("an undo that was refused counts as undone", course, "if (rule.answer != says::proceed) return say(act_is::got_stuck, step);", "", "goods", False),
    ("an undo that was refused is not asked again", course, "s.attempts < rule.times)) return say(act_is::asked_again, step);", "s.attempts < rule.times)) return;", "goods", False),
    ("what a person resolved stays", course, "    say(act_is::resolved, step);\n    go_on();", "    say(act_is::resolved, step);", "goods", False),
    ("what is needless is undone too", course, "if (table_.steps[i].undo == undo_is::a_command) say(act_is::undo_asked, i);", "if (true) say(act_is::undo_asked, i);", "goods", False),
]

mutating.main(mutations, here / "explore_run.cpp")
