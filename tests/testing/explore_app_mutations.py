#!/usr/bin/env python3
"""Plants one defect at a time in what runs sagas, and sees to it that exploring their real aggregates tells a story of it. laws/mutating.py says how
it is called."""
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here / "laws"))
import mutating  # noqa: E402

sagas, turn, instance, runner = "runtime/sagas.hpp", "runtime/saga_turn.hpp", "react/saga_instance.hpp", "runtime/saga_runner.hpp"
split = "if (!engine.commit() || !engine.begin()) return false;\n"

# (what is planted, header, the line's old text, its new text, which saga is explored, drawn: nothing is)
mutations = [
    ("a command is decided in a commit of its own, before that of its answer", sagas, "    bool settled(const State&, std::uint64_t, std::uint64_t position) {\n",
     "    bool settled(const State&, std::uint64_t, std::uint64_t position) {\n      " + split, "line", False),
    ("what begins it once more begins it again", sagas, "(found && found->version != 0) || is_of_another_version", "is_of_another_version", "line", False),
    ("a command that was not answered in time is decided nevertheless", sagas, "state.until(I).nanoseconds != 0 && state.until(I).nanoseconds <= now.nanoseconds", "false", "goods", False),
    ("which of many commands stands is not kept", instance, "value_at<I>(elements_).standing.push_back(one);", "(void)one;", "goods", False),
    ("the time of the whole saga is not kept", instance, "    deadline = r.until;\n", "", "goods", False),
    ("what a command was answered is not kept", instance, "apply({act_is::answered, static_cast<std::uint16_t>(I), becomes, rule.answer == outcome_rule::says::proceed});", "(void)becomes;", "line", False),
    ("that it failed is not kept", instance, "    note(act_is::failed);\n", "", "line", False),
    ("what is left over when a program ends is not taken up", runner, "      one.entity = entity;\n      return true;\n    }\n    return false;", "      (void)looked;\n    }\n    (void)one;\n    return false;", "line", False),
    ("the undo elsewhere does not say which request it follows", instance, "    if (steps[step].is == step_is::asked) one.run = position;\n", "", "elsewhere", False),
    ("what was not answered in time is asked as another request", turn, "if (state_->is_open_elsewhere(step) && !is_time_out_)", "if (state_->is_open_elsewhere(step))", "elsewhere", False),
    ("what was not answered in time is not undone", instance, "becomes = rule.is_unknown ? step_is::unknown : rule.may_stand", "becomes = rule.is_unknown ? step_is::not_done : rule.may_stand", "elsewhere", False),
    ("the cause of a failure is lost", turn, "if constexpr (!std::is_void_v<cause>) cause_ = cause_of(answer);", "", "line", False),
]

mutating.main(mutations, here / "explore_app_run.cpp")
