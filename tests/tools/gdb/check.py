#!/usr/bin/env python3
"""usage: check.py GDB PRINTERS PROGRAM EXPECTED [replace]

What gdb shows of a program with the printers is what the file expects. Ends with 77 where gdb cannot run a program.
"""
import difflib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

gdb, printers, program, expected = sys.argv[1], *map(os.path.abspath, sys.argv[2:5])
show = Path(__file__).with_name("show.py")
with tempfile.TemporaryDirectory() as folder:
    # Sanitizers look for leaks by the means of a debugger, of which there can be one.
    run = subprocess.run([gdb, "-batch", "-nx", "-ex", f"source {printers}", "-ex", f"source {show}", program], cwd=folder, text=True,
                         stdin=subprocess.DEVNULL, capture_output=True, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "LC_ALL": "C.UTF-8"})
for reason in ("ptrace: Operation not permitted", "Cannot trace", "Python scripting is not supported", "Could not trace the inferior"):
    if reason in run.stderr:
        print(f"skipped: gdb cannot run a program here: {reason}")
        sys.exit(77)
shown = run.stdout[run.stdout.find("----"):]  # what stands before is gdb's own, and so is a line about the end
shown = "".join(line for line in shown.splitlines(keepends=True) if not line.startswith("[Inferior"))
if sys.argv[5:] == ["replace"]:
    Path(expected).write_text(shown)
wanted = Path(expected).read_text()
for line in difflib.unified_diff(wanted.splitlines(), shown.splitlines(), "expected", "shown", lineterm=""):
    print(line)
# What stands in stderr is an error of a printer, or a warning about the machine's own debug information.
errors = [line for line in run.stderr.splitlines() if "rror" in line]
print(*errors, sep="\n", end="\n" if errors else "")
sys.exit(run.returncode or bool(errors) or shown != wanted)
