#!/usr/bin/env python3
"""Takes one thing at a time out of how an instance of a saga goes over to a later version, and sees to it that a test finds it. ../testing/laws/mutating.py says how it is called."""
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "testing" / "laws"))
import mutating  # noqa: E402

moving = "runtime/saga_moving.hpp"

# (what is left out, header, the line's old text, its new text, the test that has to find it, found by drawn histories too)
mutations = [
    ("what has asked elsewhere goes over", moving, "if (step.is != step_is::untouched) return false;", "(void)step;", "saga_moving", False),
    ("what goes back already goes over", moving, "if (state.whole.failing || state.definition", "if (state.definition", "saga_moving", False),
    ("what stands of a step that is gone is left behind", moving, "return goes_forward && (may_vanish || step.standing == 0);", "return goes_forward;", "saga_moving", False),
    ("who is to stay is not asked", moving, "!migrate(instance_of<Old>(event_.template get<0>())).now) return false;", "false) return false;", "saga_moving", False),
    ("the old one does not say that it has moved", moving, "return engine_.template record_one<old_stream>(key.value(), migrated<Old>{}, why);", "return true;", "saga_moving", False),
    ("what is past a new step goes over without it", moving, "if (step == npos) return false;", "if (step == npos) break;", "saga_moving", False),
    ("what was answered is not written", moving, "kept = say([&](turn& one) { return answer<step()>(one, in.value); });", "(void)in;", "saga_moving", False),
]

mutating.main(mutations, here / "consumer_run.cpp")
