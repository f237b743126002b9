#!/usr/bin/env python3
"""Takes one thing at a time out of consumers and effects, and sees to it that a test finds it. ../testing/laws/mutating.py says how it is called."""
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "testing" / "laws"))
import mutating  # noqa: E402

consumer, effects, letters = "runtime/consumer.hpp", "runtime/effects.hpp", "runtime/letters.hpp"
outside = "runtime/acting_outside.hpp"

# (what is left out, header, the line's old text, its new text, the test that has to find it, found by drawn histories too)
mutations = [
    ("what was noted of an event is believed after it was taken back", consumer, "    begin_record(0);  // what the last poll noted of an event may have been taken back\n", "", "consumer_faults", False),
    ("a row does not wait for an earlier event", consumer, "if (blocked) return put_aside(", "if (false) return put_aside(", "consumer", False),
    ("an effect is noted only at the end", effects, "since_commit >= most_", "false", "consumer_faults", False),
    ("a checkpoint that somebody moved is overwritten", outside, "there.at == state_.at &&", "", "effects", False),
    ("who was continued goes on", outside, "    there.owner = detail::handed_over;\n", "", "effects", False),
    ("from now on is from the beginning", outside, "from_now_ ? log_.kept_position() : 0", "0", "effects", False),
    ("an effect does not wait for one that was put aside in the same commit", effects, "blocked = blocked || one.key == key;", "(void)one;", "effects", False),
    ("what waits is not made due when the one before it is done", letters, "    of[done + 1].due = now;\n", "", "effects", False),
    ("what waits is not made due when the one before it is discarded", letters, "      open[next].due = now;\n", "      continue;\n", "effects", False),
    ("a letter is due at once", letters, "one.due.nanoseconds <= now.nanoseconds", "true", "effects", False),
    ("it stops one failure too late", letters, "in_a_row_ >= stop_.in_a_row", "in_a_row_ > stop_.in_a_row", "effects", False),
    ("a success between two failures does not count", letters, "void note_success() noexcept { in_a_row_ = 0; }", "void note_success() noexcept {}", "effects", False),
    ("the last attempt is one too many", effects, "one.attempts <= what.answer.times", "one.attempts <= what.answer.times + 1", "effects", False),
]

mutating.main(mutations, here / "consumer_run.cpp")
